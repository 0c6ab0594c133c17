/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_H323_PURPOSE_H
#define NF_ALG_H323_PURPOSE_H

#include <linux/in.h>
#include "walker.h"

/**
 * enum h323_purpose - what an address in a message is there for
 * @H323_LEAVE: nobody will use it
 * @H323_MENTION: call signalling of somebody: it opens nothing
 * @H323_MENTION_UDP: RAS or media of somebody: likewise
 * @H323_RAS_LISTENER: where the sender wants RAS to be sent to
 * @H323_RAS_ANSWER: where the sender wants the answer, from whomever
 * @H323_GATEKEEPER: another gatekeeper's RAS
 * @H323_LISTENER: where the sender accepts call signalling
 * @H323_TARGET: where call signalling is to be sent to
 * @H323_FORWARDING: likewise, instead of to the sender
 * @H323_CONTROL_LISTENER: where the sender accepts H.245
 * @H323_MEDIA: where the sender receives RTP, UDPTL and the like
 * @H323_MEDIA_CONTROL: where the sender receives RTCP
 * @H323_STREAM: where the sender accepts T.120, or media over TCP
 */
enum h323_purpose {
	H323_LEAVE,
	H323_MENTION,
	H323_MENTION_UDP,
	H323_RAS_LISTENER,
	H323_RAS_ANSWER,
	H323_GATEKEEPER,
	H323_LISTENER,
	H323_TARGET,
	H323_FORWARDING,
	H323_CONTROL_LISTENER,
	H323_MEDIA,
	H323_MEDIA_CONTROL,
	H323_STREAM,
};

/**
 * h323_purpose() - what an address is there for
 * @message: the message it stands in
 * @hit: the address
 *
 * H.225.0 7.3 and 7.9 to 7.15; H.245 annex B; H.323 8.1.7, H.460.15, .18, .19,
 * .24. Pure.
 *
 * Return: the purpose.
 */
enum h323_purpose h323_purpose(const struct h323_message *message,
			       const struct h323_hit *hit);

/**
 * h323_purpose_l4proto() - the transport it is used by
 * @purpose: the purpose
 *
 * Return: IPPROTO_UDP or IPPROTO_TCP.
 */
static inline u8 h323_purpose_l4proto(enum h323_purpose purpose)
{
	switch (purpose) {
	case H323_MENTION_UDP:
	case H323_RAS_LISTENER:
	case H323_RAS_ANSWER:
	case H323_GATEKEEPER:
	case H323_MEDIA:
	case H323_MEDIA_CONTROL:
		return IPPROTO_UDP;
	default:
		return IPPROTO_TCP;
	}
}

/* Reports do not always say by which transport */
static inline u8 h323_other_l4proto(u8 l4proto)
{
	return l4proto == IPPROTO_TCP ? IPPROTO_UDP : IPPROTO_TCP;
}

/**
 * h323_purpose_opens() - is a door asked for where the address is the sender's
 * @purpose: the purpose
 *
 * Return: true if it is.
 */
static inline bool h323_purpose_opens(enum h323_purpose purpose)
{
	switch (purpose) {
	case H323_LEAVE:
	case H323_MENTION:
	case H323_MENTION_UDP:
	case H323_GATEKEEPER:
	case H323_TARGET:
		return false;
	default:
		return true;
	}
}

#endif /* NF_ALG_H323_PURPOSE_H */
