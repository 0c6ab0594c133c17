// SPDX-License-Identifier: GPL-2.0
/*
 * One message, from one side to the other.
 */
#include "contact.h"
#include "dialog.h"
#include "frame.h"
#include "media.h"
#include "registration.h"
#include "transaction.h"

static bool sip_literal_is(const struct sip_translation *t,
			   const struct nf_alg_span *text,
			   const struct sip_literal *literal)
{
	return text->len == literal->len &&
	       !memcmp(sip_text(t, text), literal->text, literal->len);
}

bool sip_literal_of(const struct sip_translation *t,
		    const struct nf_alg_span *text,
		    const struct nf_alg_endpoint *host)
{
	struct nf_alg_endpoint address;
	struct nf_alg_cursor c;

	/* Most are spelled in the usual way */
	if (host == &t->msg->from->own && sip_literal_is(t, text, t->own))
		return true;
	if (host == &t->msg->to->seen && sip_literal_is(t, text, t->public))
		return true;
	nf_alg_cursor_span(&c, &t->c, text);
	return sip_address_parse(&c, &address) &&
	       nf_alg_same_host(&address, host);
}

/* The body has changed its length: say so where it was said */
static int sip_length_translate(struct sip_translation *t)
{
	struct nf_alg_span digits;
	struct nf_alg_cursor c;
	u8 text[10];
	u32 i, len;
	int err;

	if (!t->growth)
		return 0;
	len = sip_number_print(text, t->head.body_len + t->growth);
	for (i = 0; i < t->head.fields; i++) {
		if (t->head.field[i].name != SIP_HEADER_CONTENT_LENGTH)
			continue;
		nf_alg_cursor_span(&c, &t->c, &t->head.field[i].value);
		sip_content_length_parse(&c, &digits);
		err = sip_replace(t, &digits, text, len);
		if (err)
			return err;
	}
	return 0;
}

/* What datagrams hold besides messages: keepalives of several makes */
static bool sip_chatter(const u8 *data, u32 len)
{
	return len <= 4 && (!len || !data[0] || !memcmp(data, "jaK", min(len, 3U)));
}

static int sip_parse(struct sip_translation *t)
{
	const struct nf_alg_message *msg = t->msg;
	struct nf_alg_cursor via;

	switch (sip_head_parse(&t->c, &t->head)) {
	case SIP_HEAD_OK:
		break;
	case SIP_HEAD_FOREIGN:
		return -NF_ALG_REASON_NOT_PROTOCOL;
	case SIP_HEAD_MALFORMED:
		return -NF_ALG_REASON_MALFORMED;
	}
	nf_alg_cursor_init(&t->c, msg->data, msg->len);
	nf_alg_cursor_span(&via, &t->c, &t->head.single[SIP_HEADER_VIA]);
	return sip_via_parse(&via, &t->via) ? 0 : -NF_ALG_REASON_MALFORMED;
}

/* Bindings first, then edits: both are forgotten if this fails */
static int sip_parts_translate(struct sip_translation *t)
{
	int err = sip_transaction_translate(t);

	if (!err)
		err = sip_dialog_open(t);
	if (!err)
		err = sip_contact_translate(t);
	if (!err)
		err = sip_media_translate(t);
	if (!err)
		err = sip_length_translate(t);
	if (!err)
		err = sip_dialog_settle(t);
	/* Last, because a registrar's word cannot be taken back */
	if (!err && t->head.method == SIP_METHOD_REGISTER)
		err = sip_registration_translate(t);
	return err;
}

static void sip_literal_print(struct sip_literal *literal,
			      const struct nf_alg_endpoint *host)
{
	literal->len = sip_address_print(literal->text, host);
}

/* The module's part of a session; its addresses never change */
static struct sip_session *sip_session(struct nf_alg_session *session)
{
	struct sip_session *own = nf_alg_session_priv(session);
	int dir;

	for (dir = 0; !own->own[dir].len; dir = !dir) {
		sip_literal_print(&own->own[dir], &session->side[dir].own);
		sip_literal_print(&own->seen[dir], &session->side[dir].seen);
	}
	return own;
}

int sip_translate(struct nf_alg_message *msg)
{
	/* A kilobyte: what is not set here is set before it is read */
	struct sip_translation t __uninitialized;
	struct sip_session *session;
	u32 skip;
	int err;

	skip = sip_keepalive(msg->data, msg->len);
	if (sip_chatter(msg->data + skip, msg->len - skip))
		return 0;
	nf_alg_cursor_init(&t.c, msg->data, msg->len);
	t.c.pos = skip;
	t.msg = msg;
	t.out = !nf_alg_same_endpoint(&msg->from->own, &msg->from->seen);
	t.in = !nf_alg_same_endpoint(&msg->to->own, &msg->to->seen);
	session = sip_session(msg->session);
	t.own = &session->own[msg->dir];
	t.seen = &session->seen[msg->dir];
	t.public = &session->seen[!msg->dir];
	t.transaction = 0;
	t.call[SIP_SENDER] = NULL;
	t.call[SIP_RECEIVER] = NULL;
	t.growth = 0;
	t.bound = false;

	err = sip_parse(&t);
	if (err)
		return err;
	err = sip_parts_translate(&t);
	if (!err)
		sip_dialog_update(&t);
	sip_dialog_close(&t);
	return err;
}
