/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_H323_DOOR_H
#define NF_ALG_H323_DOOR_H

#include "purpose.h"
#include "translate.h"

/* A RRQ waits for its RCF, and discovery for its GCF, for so many seconds */
#define H323_REGISTER_TIME 30
#define H323_DISCOVERY_TIME 10
/* A connection that was asked for comes within */
#define H323_CONNECT_TIME 60
/* A gatekeeper that was named is used within */
#define H323_GATEKEEPER_TIME 300

/**
 * h323_call_begun() - has a call been set up on this connection
 * @t: translation
 *
 * Return: true after the first Setup, with it, and on connections of H.245.
 */
static inline bool h323_call_begun(const struct h323_translation *t)
{
	return t->msg->session->protocol->id != NF_ALG_PROTOCOL_H225 ||
	       t->session->setup || t->reading->message[0].kind == H323_SETUP;
}

/**
 * h323_introduce() - see who has brought the two ends together
 * @t: translation of the sender's first message of call signalling
 *
 * A call that comes in through a registration's door, or goes to where a
 * gatekeeper sent it: then the other endpoint need not be the one at the other
 * end of the signalling, for as long as this connection lives.
 */
void h323_introduce(struct h323_translation *t);

/**
 * h323_mention() - translate an endpoint of the sender's that opens nothing
 * @t: translation
 * @hit: where it stands
 * @purpose: what for
 * @own: the endpoint
 *
 * What is bound gets its public endpoint, and so does the flow's own; of
 * anything else the address is translated, and the port stays.
 *
 * Return: 0 or -reason.
 */
int h323_mention(struct h323_translation *t, const struct h323_hit *hit,
		 enum h323_purpose purpose, const struct nf_alg_endpoint *own);

/**
 * h323_door() - open a door to a listener of the sender's and write where it is
 * @t: translation
 * @hit: where it stands
 * @purpose: which listener
 * @own: the listener
 *
 * Where no door may be it is left as it is, and counted.
 *
 * Return: 0, or -reason as nf_alg_bind() and nf_alg_call_take().
 */
int h323_door(struct h323_translation *t, const struct h323_hit *hit,
	      enum h323_purpose purpose, const struct nf_alg_endpoint *own);

/**
 * h323_door_away() - the receiver is told of a listener outside
 * @t: translation
 * @hit: where it stands
 * @purpose: which listener
 * @far: the listener
 *
 * Its connections there will be of H.323 whatever the port. What goes wrong is
 * counted alone.
 */
void h323_door_away(struct h323_translation *t, const struct h323_hit *hit,
		    enum h323_purpose purpose,
		    const struct nf_alg_endpoint *far);

#endif /* NF_ALG_H323_DOOR_H */
