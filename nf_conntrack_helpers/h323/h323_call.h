/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_H323_CALL_H
#define NF_ALG_H323_CALL_H

#include "translate.h"

/* Ports of one call whose channels are known; others go with the call */
#define H323_CALL_PORTS 64

enum h323_call_state {
	H323_CALL_NEW,
	H323_CALL_CALLING,
	H323_CALL_RINGING,
	H323_CALL_CONNECTED,
};

/**
 * struct h323_call - the module's part of a call
 * @state: enum h323_call_state; never goes back
 * @unsignalled: its connection of call signalling is closed
 * @control_due: H.245 was announced, and nothing has been said there yet
 * @ports: how many of @port there are
 * @port: what is bound for its channels
 *
 * Under the call's lock; the first three may be looked at without it.
 */
struct h323_call {
	u8 state;
	bool unsignalled;
	bool control_due;
	u8 ports;
	struct h323_port port[H323_CALL_PORTS];
};

/**
 * struct h323_leg - a call on a connection of call signalling
 * @node: in h323_session.legs
 * @call: with a reference
 * @identity: by which messages name it
 */
struct h323_leg {
	struct hlist_node node;
	struct nf_alg_call *call;
	struct h323_identity identity;
};

/**
 * h323_call_identify() - which call does a PDU of call signalling belong to
 * @t: translation; @t->identity is set
 * @message: the PDU's own message
 *
 * By callIdentifier, which all versions but the first have; else by the call
 * reference on this connection.
 */
void h323_call_identify(struct h323_translation *t,
			const struct h323_message *message);

/**
 * h323_key_identifier() - the key of a call
 * @t: translation
 * @message: a message that has a callIdentifier
 * @key: to be filled
 */
void h323_key_identifier(const struct h323_translation *t,
			 const struct h323_message *message,
			 struct h323_key *key);

/**
 * h323_call_find() - find a call of the PDU
 * @t: translation, with an identity or a key
 * @role: whose
 *
 * Return: the call, which h323_calls_put() puts, or NULL.
 */
struct nf_alg_call *h323_call_find(struct h323_translation *t,
				   enum h323_role role);

/* For h323_call_take() */
struct nf_alg_call *h323_call_begin(struct h323_translation *t,
				    enum h323_role role);

/**
 * h323_call_take() - find a call of the PDU, or begin it
 * @t: translation, with an identity or a key
 * @role: whose; that side is inside
 *
 * Return: the call, which h323_calls_put() puts; or an ERR_PTR(-reason).
 */
static inline struct nf_alg_call *h323_call_take(struct h323_translation *t,
						 enum h323_role role)
{
	struct nf_alg_call *call = t->call[role];

	/* It may have ended by itself, or have been cleared */
	if (call && READ_ONCE(call->state) < NF_ALG_CALL_ENDED)
		return call;
	return h323_call_begin(t, role);
}

/**
 * h323_calls_put() - done with the calls of a PDU
 * @t: translation
 * @failed: it passes as it was: calls that only it began end
 */
void h323_calls_put(struct h323_translation *t, bool failed);

/* What the call has not been told yet; h323_calls_put() tells it too */
void h323_calls_note(struct h323_translation *t);

/**
 * h323_call_note() - ports were bound for a channel of the sender's call
 * @t: translation
 * @port: which, and what for
 *
 * The call is told by h323_calls_note().
 */
static inline void h323_call_note(struct h323_translation *t,
				  struct h323_port port)
{
	/* RTCP is noted with its RTP */
	if (t->notes && !memcmp(&port, &t->note[t->notes - 1], sizeof(port)))
		return;
	if (t->notes == H323_NOTES_MAX)
		h323_calls_note(t);
	t->note[t->notes++] = port;
}

/**
 * h323_call_settle() - fast start is over
 * @call: call that has been told all
 * @taken: BIT(sessionID) of the sessions that were taken up
 *
 * Ports that were proposed for others go.
 */
void h323_call_settle(struct nf_alg_call *call, u32 taken);

/**
 * h323_call_close() - a logical channel is closed, or was refused
 * @call: call that has been told all
 * @lcn: its number
 * @by_peer: the other side had opened it
 *
 * Ports that no other channel of the call has go.
 */
void h323_call_close(struct nf_alg_call *call, u16 lcn, bool by_peer);

/**
 * h323_call_advance() - the call gets further
 * @t: translation
 * @role: whose
 * @state: how far; it never goes back
 */
void h323_call_advance(struct h323_translation *t, enum h323_role role,
		       enum h323_call_state state);

/* H.245 will be spoken on a connection of its own */
void h323_call_expect_control(struct nf_alg_call *call);

/* The calls of this PDU are over */
void h323_calls_end(struct h323_translation *t);

/* nf_alg_protocol.closed and .session_end of call signalling: calls may go on
 * without it for as long as there is media
 */
void h323_signalling_closed(struct nf_alg_session *session);

#endif /* NF_ALG_H323_CALL_H */
