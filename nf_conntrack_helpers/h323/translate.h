/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_H323_TRANSLATE_H
#define NF_ALG_H323_TRANSLATE_H

#include "binding.h"
#include "call.h"
#include "message.h"
#include "reason.h"
#include "walker.h"

/* The longest key of a call or registration */
#define H323_KEY_MAX 64
/* Listeners that one registration names, and RAS addresses */
#define H323_LISTENERS_MAX 8

/* Index of h323_translation.call: whose call it is */
enum h323_role { H323_SENDER, H323_RECEIVER, H323_ROLES };

/* Ports that one PDU names again and again: those of audio, video and data */
#define H323_BOUND_MAX 4
/* Ports of channels that are noted at once */
#define H323_NOTES_MAX 8
/* Of a callIdentifier, in bytes */
#define H323_IDENTIFIER 16

/**
 * struct h323_key - what a call is found by
 * @len: its length in bytes; 0: not known
 * @text: the key
 */
struct h323_key {
	u8 len;
	u8 text[H323_KEY_MAX];
};

/**
 * struct h323_identity - what tells a call from others on its connection
 * @len: H323_IDENTIFIER: its callIdentifier; 2: the call reference; 0: not
 *	known
 * @bytes: as it stands in the message; the rest is zero
 */
struct h323_identity {
	u8 len;
	u8 bytes[H323_IDENTIFIER];
};

/**
 * struct h323_session - the module's part of a session
 * @legs: calls of a connection of call signalling, struct h323_leg
 * @call: of a connection of H.245, the call it belongs to
 * @ras: UDP: the RAS address by which each side registered, by direction; port
 *	0: where it sends from
 * @begun: BIT(direction) of each side that has sent a message
 * @setup: likewise, a Setup
 * @introduced: likewise, was led to the other end by a gatekeeper
 * @called: who connected waits to be called, and calls nobody (H.460.18)
 * @foreign: something else is spoken here
 * @told: that messages are signed has been said
 *
 * Under the session's lock.
 */
struct h323_session {
	struct hlist_head legs;
	struct h323_key call;
	__be16 ras[IP_CT_DIR_MAX];
	u8 begun;
	u8 setup;
	u8 introduced;
	bool called;
	bool foreign;
	bool told;
};

#define H323_PORT_FAST BIT(0) /* proposed by fast start, not taken up yet */
#define H323_PORT_PEER BIT(1) /* the channel was opened by the other side */

/**
 * struct h323_port - ports of the inside host and the channel they are for
 * @port: the first of them
 * @lcn: number of the logical channel
 * @session: its sessionID, or 0
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @count: how many
 * @flags: H323_PORT_*
 */
struct h323_port {
	__be16 port;
	u16 lcn;
	u8 session;
	u8 l4proto;
	u8 count;
	u8 flags;
};

/**
 * struct h323_bound - ports that this PDU has bound for media
 * @port: first port inside
 * @public: first port outside
 * @count: how many
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 */
struct h323_bound {
	__be16 port;
	__be16 public;
	u8 count;
	u8 l4proto;
};

/**
 * struct h323_translation - one PDU on its way
 * @msg: the engine's message
 * @session: what is known of its flow
 * @reading: what it says
 * @identity: of call signalling, the call it belongs to
 * @key: the same for those who look it up among all calls: made of @identity
 *	when it is needed; none in RAS
 * @call: the call of the sender and of the receiver, or NULL; referenced
 * @registration: likewise, for RAS
 * @listener: ports of the sender's call signalling that the message names
 * @listeners: how many
 * @ras: the port of its RAS, or 0
 * @seconds: how long a registration lasts; 0: it has no end
 * @bound: what was bound for media of the sender's call
 * @bounds: how many of them are remembered
 * @note: ports that h323_call_note() is to be told of, for that call
 * @notes: how many
 * @done: an address that was translated with the one before it, or NULL
 */
struct h323_translation {
	struct nf_alg_message *msg;
	struct h323_session *session;
	const struct h323_reading *reading;
	struct h323_identity identity;
	struct h323_key key;
	struct nf_alg_call *call[H323_ROLES];
	struct nf_alg_call *registration[H323_ROLES];
	__be16 listener[H323_LISTENERS_MAX];
	u8 listeners;
	__be16 ras;
	u32 seconds;
	struct h323_bound bound[H323_BOUND_MAX];
	u8 bounds;
	struct h323_port note[H323_NOTES_MAX];
	u8 notes;
	const struct h323_hit *done;
};

static inline const struct nf_alg_side *
h323_side(const struct h323_translation *t, enum h323_role role)
{
	return role == H323_SENDER ? t->msg->from : t->msg->to;
}

/**
 * h323_translate_ras() - translate a datagram of RAS
 * @msg: message
 *
 * Return: as nf_alg_protocol.translate.
 */
int h323_translate_ras(struct nf_alg_message *msg);

/* The same for call signalling and for H.245, on TCP */
int h323_translate_signalling(struct nf_alg_message *msg);
int h323_translate_control(struct nf_alg_message *msg);

/* nf_alg_protocol.frame of these two */
int h323_frame_signalling(const u8 *data, u32 len, struct nf_alg_frame *frame);
int h323_frame_control(const u8 *data, u32 len, struct nf_alg_frame *frame);

/* nf_alg_protocol.print of all three */
void h323_print(const struct nf_alg_message *msg,
		const struct nf_alg_change *change, char *old, char *new,
		size_t size);

/* What a PDU says is too much for a stack */
int h323_reading_cache_init(void);
void h323_reading_cache_exit(void);

#endif /* NF_ALG_H323_TRANSLATE_H */
