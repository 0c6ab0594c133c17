// SPDX-License-Identifier: GPL-2.0
/*
 * One PDU, from one side to the other: read it, look at each address, and then
 * see what the message means.
 */
#include <linux/in.h>
#include <linux/module.h>
#include "address.h"
#include "door.h"
#include "h323_call.h"
#include "media.h"
#include "netns.h"
#include "registration.h"
#include "spare.h"
#include "tpkt.h"

static struct nf_alg_spare h323_reading_spare __read_mostly;

int h323_reading_cache_init(void)
{
	return nf_alg_spare_init(&h323_reading_spare, "h323_reading",
				 sizeof(struct h323_reading));
}

void h323_reading_cache_exit(void)
{
	nf_alg_spare_exit(&h323_reading_spare);
}

/* The sender's own address */
static int h323_hit_own(struct h323_translation *t, const struct h323_hit *hit,
			enum h323_purpose purpose,
			const struct nf_alg_endpoint *own)
{
	const struct h323_message *message = &t->reading->message[hit->message];

	if (!(hit->flags & H323_HIT_PORT))
		return h323_mention(t, hit, purpose, own);
	/* Port 0: not this time */
	if (!own->port)
		return 0;
	switch (purpose) {
	case H323_MEDIA:
	case H323_MEDIA_CONTROL:
	case H323_STREAM:
		return h323_media_own(t, hit, purpose, own);
	case H323_TARGET:
		/* An inside gatekeeper routes the call through itself */
		if (message->protocol != H323_RAS)
			return h323_mention(t, hit, purpose, own);
		fallthrough;
	case H323_RAS_LISTENER:
	case H323_RAS_ANSWER:
	case H323_LISTENER:
	case H323_FORWARDING:
	case H323_CONTROL_LISTENER:
		return h323_door(t, hit, purpose, own);
	default:
		return h323_mention(t, hit, purpose, own);
	}
}

/* What was translated for the receiver is given back as it was: its address as
 * others know it. Returns 1 if it is that, 0 if not, or -reason.
 */
static int h323_hit_restore(struct h323_translation *t,
			    const struct h323_hit *hit,
			    enum h323_purpose purpose,
			    const struct nf_alg_endpoint *public)
{
	const struct nf_alg_session *session = t->msg->session;
	const struct nf_alg_side *to = t->msg->to;
	u8 l4proto = h323_purpose_l4proto(purpose);
	struct nf_alg_endpoint inside;

	if (!to->inside || nf_alg_same_endpoint(&to->own, &to->seen) ||
	    !nf_alg_same_host(public, &to->seen))
		return 0;
	if (l4proto == session->l4proto &&
	    nf_alg_same_endpoint(public, &to->seen))
		return h323_endpoint_write(t, hit, &to->own) ?: 1;
	if ((nf_alg_bound_public(session, l4proto, public, &inside) ||
	     (!h323_purpose_opens(purpose) &&
	      nf_alg_bound_public(session, h323_other_l4proto(l4proto), public,
				  &inside))) &&
	    nf_alg_same_host(&inside, &to->own))
		return h323_endpoint_write(t, hit, &inside) ?: 1;
	return 0;
}

/* Somebody else's */
static int h323_hit_other(struct h323_translation *t,
			  const struct h323_hit *hit, enum h323_purpose purpose,
			  const struct nf_alg_endpoint *other)
{
	const struct nf_alg_side *from = t->msg->from;
	const struct nf_alg_side *to = t->msg->to;
	struct nf_alg_endpoint public;

	/* An inside host that is bound already, by its own word */
	if (from->inside && !nf_alg_same_host(&from->own, &from->seen) &&
	    nf_alg_bound_inside(t->msg->session, h323_purpose_l4proto(purpose),
				other, &public) &&
	    nf_alg_same_host(&public, &from->seen))
		return h323_endpoint_write(t, hit, &public);
	if (to->inside && hit->flags & H323_HIT_PORT)
		h323_door_away(t, hit, purpose, other);
	/* It may know its public address by itself, or repeat the receiver's */
	if (from->inside && h323_purpose_opens(purpose) &&
	    !nf_alg_same_host(other, &from->seen) &&
	    !nf_alg_same_host(other, &to->own) &&
	    !nf_alg_same_host(other, &to->seen))
		nf_alg_reason_left(t->msg, NF_ALG_REASON_DOOR_OTHER_HOST);
	return 0;
}

static int h323_hit_translate(struct h323_translation *t,
			      const struct h323_hit *hit)
{
	const struct h323_message *message = &t->reading->message[hit->message];
	enum h323_purpose purpose = h323_purpose(message, hit);
	const struct nf_alg_side *from = t->msg->from;
	struct nf_alg_endpoint endpoint;
	int err;

	if (purpose == H323_LEAVE || hit->flags & H323_HIT_MULTICAST)
		return 0;
	h323_endpoint_read(t, hit, &endpoint);
	if (h323_unspecified(&endpoint))
		return 0;
	if (endpoint.family != from->own.family) {
		if (from->inside && h323_purpose_opens(purpose))
			nf_alg_reason_left(t->msg,
					   NF_ALG_REASON_ADDRESS_FAMILY);
		return 0;
	}
	if (from->inside && nf_alg_same_host(&endpoint, &from->own))
		return h323_hit_own(t, hit, purpose, &endpoint);
	err = h323_hit_restore(t, hit, purpose, &endpoint);
	if (err)
		return err < 0 ? err : 0;
	return h323_hit_other(t, hit, purpose, &endpoint);
}

static int h323_hits_translate(struct h323_translation *t)
{
	const struct h323_hit *hit = t->reading->hit;
	const struct h323_hit *end = hit + t->reading->hits;
	int err;

	for (; hit < end; hit++) {
		if (hit == t->done)
			continue;
		err = h323_hit_translate(t, hit);
		if (err)
			return err;
	}
	return 0;
}

/* Which sessions does fast start's answer take up */
static u32 h323_fast_taken(const struct h323_translation *t)
{
	const struct h323_reading *r = t->reading;
	u32 taken = 0, i;

	for (i = 0; i < r->messages; i++) {
		const struct h323_message *m = &r->message[i];

		if (m->layer != H323_LAYER_FAST_START)
			continue;
		if (m->forward.there && m->forward.session < 32)
			taken |= BIT(m->forward.session);
		if (m->reverse.there && m->reverse.session < 32)
			taken |= BIT(m->reverse.session);
	}
	return taken;
}

static void h323_fast_answer(struct h323_translation *t, bool last)
{
	struct nf_alg_call *call = h323_call_find(t, H323_RECEIVER);
	u32 taken = h323_fast_taken(t);

	/* The first answer decides; with Connect there will be none any more */
	if (call && (taken || last)) {
		h323_calls_note(t);
		h323_call_settle(call, taken);
	}
}

static void h323_calls_advance(struct h323_translation *t,
			       enum h323_call_state state)
{
	if (h323_side(t, H323_SENDER)->inside)
		h323_call_advance(t, H323_SENDER, state);
	if (h323_side(t, H323_RECEIVER)->inside)
		h323_call_advance(t, H323_RECEIVER, state);
}

static void h323_signalling_effect(struct h323_translation *t,
				   const struct h323_message *message)
{
	if (message->kind == H323_SETUP) {
		t->session->setup |= BIT(t->msg->dir);
		h323_calls_advance(t, H323_CALL_CALLING);
		return;
	}
	if (message->kind == H323_RELEASE_COMPLETE) {
		h323_calls_end(t);
		return;
	}
	switch (message->kind) {
	case H323_CALL_PROCEEDING:
	case H323_ALERTING:
	case H323_PROGRESS:
		h323_fast_answer(t, false);
		h323_calls_advance(t, H323_CALL_RINGING);
		break;
	case H323_CONNECT:
		h323_fast_answer(t, true);
		h323_calls_advance(t, H323_CALL_CONNECTED);
		break;
	case H323_FACILITY:
	case H323_INFORMATION:
		h323_fast_answer(t, false);
		break;
	default:
		break;
	}
}

static void h323_message_effect(struct h323_translation *t,
				const struct h323_message *message)
{
	/* A channel that fast start offers or takes is no request of H.245 */
	if (message->broken || message->layer == H323_LAYER_REPORT ||
	    message->layer == H323_LAYER_FAST_START)
		return;
	switch (message->protocol) {
	case H323_RAS:
		h323_registration_effect(t, message);
		break;
	case H323_SIGNALLING:
		h323_signalling_effect(t, message);
		break;
	default:
		h323_media_effect(t, message);
		break;
	}
}

/* What do the messages mean. Returns h323_message.has of all of them. */
static u32 h323_messages_effect(struct h323_translation *t)
{
	const struct h323_message *message = t->reading->message;
	const struct h323_message *end = message + t->reading->messages;
	u32 has = 0;

	for (; message < end; message++) {
		has |= message->has;
		h323_message_effect(t, message);
	}
	return has;
}

/* The receiver will see that somebody has been at it */
static void h323_signed(struct h323_translation *t, u32 has)
{
	if (!(has & (H323_HAS_CRYPTO | H323_HAS_INTEGRITY)) ||
	    t->session->told || !t->msg->changes)
		return;
	t->session->told = true;
	nf_alg_reason_left(t->msg, NF_ALG_REASON_H235_SIGNED);
}

/* Lifetimes and listeners of what RAS registers are known before its addresses
 * are looked at
 */
static void h323_registrations_begin(struct h323_translation *t)
{
	const struct h323_message *message = t->reading->message;
	const struct h323_message *end = message + t->reading->messages;

	for (; message < end; message++)
		if (message->protocol == H323_RAS)
			h323_registration_begin(t, message);
}

/* A reading to the end: addresses first, and what the messages mean only when
 * all of them could be translated
 */
static int h323_pdu_translate(struct h323_translation *t)
{
	const struct h323_reading *r = t->reading;
	struct nf_alg_message *msg = t->msg;
	int err;

	if (r->dropped)
		nf_alg_reason_left(msg, NF_ALG_REASON_MALFORMED);
	h323_registrations_begin(t);
	err = h323_hits_translate(t);
	if (!err) {
		h323_signed(t, h323_messages_effect(t));
		t->session->begun |= BIT(msg->dir);
	}
	h323_calls_put(t, err);
	if (t->registration[H323_SENDER] || t->registration[H323_RECEIVER])
		h323_registrations_put(t);
	if (!err)
		return 0;
	/* What was taken or written must be taken back by the engine */
	if (msg->changes || msg->bound)
		return err;
	nf_alg_reason_left(msg, -err);
	return 0;
}

/* Something else is spoken on this connection: it is left alone for good */
static int h323_foreign(struct h323_translation *t, enum nf_alg_reason reason)
{
	t->session->foreign = true;
	nf_alg_reason_left(t->msg, reason);
	return 0;
}

/* Is RAS in it (H.460.17) */
static bool h323_carries_ras(const struct h323_reading *r)
{
	u32 i;

	for (i = 0; i < r->messages; i++)
		if (r->message[i].layer == H323_LAYER_RAS)
			return true;
	return false;
}

/* Who connects has the first word, and calls. Only with H.460.18 it says in a
 * Facility for which call it has come, and no more than that, and is called
 * then; with H.460.17 it begins with RAS.
 */
static bool h323_signalling_begins(struct h323_translation *t)
{
	const struct h323_message *first = &t->reading->message[0];
	struct h323_session *session = t->session;
	bool connector = t->msg->dir == IP_CT_DIR_ORIGINAL;

	if (session->begun & BIT(IP_CT_DIR_ORIGINAL))
		return !(connector && session->called &&
			 first->kind == H323_SETUP);
	if (!connector || first->broken)
		return false;
	if (first->kind == H323_SETUP || h323_carries_ras(t->reading))
		return true;
	session->called = first->kind == H323_FACILITY && first->call &&
			  !t->reading->hits;
	return session->called;
}

static int h323_signalling(struct h323_translation *t, int err)
{
	if (err)
		return t->session->begun ? err : h323_foreign(t, -err);
	if (!t->reading->messages)
		return 0;
	if (!h323_signalling_begins(t))
		return h323_foreign(t, NF_ALG_REASON_NOT_PROTOCOL);
	if (unlikely(!(t->session->begun & BIT(t->msg->dir))))
		h323_introduce(t);
	h323_call_identify(t, &t->reading->message[0]);
	return h323_pdu_translate(t);
}

/* A connection of H.245 belongs to the call whose door it came through, or that
 * named the listener it goes to.
 */
static bool h323_control_identify(struct h323_translation *t)
{
	const struct nf_alg_session *session = t->msg->session;
	const struct nf_alg_side *listener = &session->side[IP_CT_DIR_REPLY];
	struct h323_key *key = &t->session->call;
	struct nf_alg_call *call;
	u32 dir;

	for (dir = 0; !key->len && dir < IP_CT_DIR_MAX; dir++) {
		if (!session->side[dir].inside)
			continue;
		call = nf_alg_bound_call(session, IPPROTO_TCP, &listener->seen,
					 &session->side[dir].own);
		if (!call)
			continue;
		if (call->key.len <= sizeof(key->text)) {
			memcpy(key->text, call->key.bytes, call->key.len);
			key->len = call->key.len;
		}
		nf_alg_call_put(call);
	}
	t->key = *key;
	return key->len;
}

static int h323_control(struct h323_translation *t, int err)
{
	if (err)
		return t->session->begun ? err : h323_foreign(t, -err);
	if (!t->reading->messages)
		return 0;
	if (!h323_control_identify(t))
		return h323_foreign(t, NF_ALG_REASON_MAPPING_LOST);
	return h323_pdu_translate(t);
}

static int h323_ras(struct h323_translation *t, int err)
{
	if (err || !t->reading->messages)
		return err;
	return h323_pdu_translate(t);
}

/* Of the lists their lengths are enough */
static void h323_translation_init(struct h323_translation *t,
				  struct nf_alg_message *msg,
				  struct h323_session *session,
				  const struct h323_reading *reading)
{
	t->msg = msg;
	t->session = session;
	t->reading = reading;
	memset(&t->identity, 0, sizeof(t->identity));
	t->key.len = 0;
	t->call[H323_SENDER] = NULL;
	t->call[H323_RECEIVER] = NULL;
	t->registration[H323_SENDER] = NULL;
	t->registration[H323_RECEIVER] = NULL;
	t->listeners = 0;
	t->ras = 0;
	t->seconds = 0;
	t->bounds = 0;
	t->notes = 0;
	t->done = NULL;
}

static int h323_translate(struct nf_alg_message *msg,
			  int (*read)(const u8 *data, u32 len,
				      struct h323_reading *r),
			  int (*go)(struct h323_translation *t, int err))
{
	struct h323_session *session = nf_alg_session_priv(msg->session);
	struct h323_translation t __uninitialized;
	struct h323_reading *reading;
	int err;

	if (session->foreign)
		return 0;
	reading = nf_alg_spare_take(&h323_reading_spare);
	if (!reading)
		return -NF_ALG_REASON_NO_MEMORY;
	h323_translation_init(&t, msg, session, reading);
	err = read(msg->data, msg->len, reading);
	err = go(&t, err);
	nf_alg_spare_give(&h323_reading_spare, reading);
	return err;
}

int h323_translate_ras(struct nf_alg_message *msg)
{
	return h323_translate(msg, h323_read_ras, h323_ras);
}

int h323_translate_signalling(struct nf_alg_message *msg)
{
	return h323_translate(msg, h323_read_signalling, h323_signalling);
}

int h323_translate_control(struct nf_alg_message *msg)
{
	return h323_translate(msg, h323_read_control, h323_control);
}

int h323_frame_signalling(const u8 *data, u32 len, struct nf_alg_frame *frame)
{
	const struct h323_session *session = frame->priv;

	if (session && session->foreign)
		return -NF_ALG_REASON_NOT_PROTOCOL;
	return h323_tpkt_signalling(data, len, frame);
}

int h323_frame_control(const u8 *data, u32 len, struct nf_alg_frame *frame)
{
	const struct h323_session *session = frame->priv;

	if (session && session->foreign)
		return -NF_ALG_REASON_NOT_PROTOCOL;
	return h323_tpkt_control(data, len, frame);
}

static void h323_print_bytes(const u8 *bytes, u32 len, char *to, size_t size)
{
	u32 address = len < 16 ? 4 : 16;
	struct nf_alg_endpoint endpoint = {
		.family = address == 16 ? NFPROTO_IPV6 : NFPROTO_IPV4,
	};
	char text[H323_ENDPOINT_TEXT];

	memcpy(&endpoint.addr, bytes, address);
	if (len > address)
		memcpy(&endpoint.port, bytes + address, 2);
	len = min_t(size_t, h323_endpoint_print(text, &endpoint), size - 1);
	memcpy(to, text, len);
	to[len] = '\0';
}

void h323_print(const struct nf_alg_message *msg,
		const struct nf_alg_change *change, char *old, char *new,
		size_t size)
{
	h323_print_bytes(msg->data + change->off, change->old_len, old, size);
	h323_print_bytes(msg->text + change->new_off, change->new_len, new,
			 size);
}
