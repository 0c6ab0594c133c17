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
	return len <= 4 &&
	       (!len || !data[0] || !memcmp(data, "jaK", min(len, 3U)));
}

static int sip_parse(struct sip_translation *t)
{
	const struct nf_alg_message *msg = t->msg;
	enum sip_head_result result = SIP_HEAD_OK;
	struct nf_alg_cursor via;

	if (!msg->parsed)
		result = sip_head_parse(&t->c, &t->head);
	switch (result) {
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

/* The addresses of a session never change */
static void sip_session_print(struct sip_session *own,
			      const struct nf_alg_session *session)
{
	int dir;

	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		sip_literal_print(&own->own[dir], &session->side[dir].own);
		sip_literal_print(&own->seen[dir], &session->side[dir].seen);
	}
}

int sip_translate(struct nf_alg_message *msg)
{
	struct sip_session *session = nf_alg_session_priv(msg->session);
	struct sip_translation *t = &session->translation;
	u32 skip;
	int err;

	skip = sip_keepalive(msg->data, msg->len);
	if (sip_chatter(msg->data + skip, msg->len - skip))
		return 0;
	if (!session->own[0].len)
		sip_session_print(session, msg->session);
	nf_alg_cursor_init(&t->c, msg->data, msg->len);
	t->c.pos = skip;
	t->msg = msg;
	t->out = !nf_alg_same_endpoint(&msg->from->own, &msg->from->seen);
	t->in = !nf_alg_same_endpoint(&msg->to->own, &msg->to->seen);
	t->own = &session->own[msg->dir];
	t->seen = &session->seen[msg->dir];
	t->public = &session->seen[!msg->dir];
	t->transaction = 0;
	t->call[SIP_SENDER] = NULL;
	t->call[SIP_RECEIVER] = NULL;
	t->growth = 0;
	t->bound = false;

	err = sip_parse(t);
	if (err)
		return err;
	err = sip_parts_translate(t);
	if (!err)
		sip_dialog_update(t);
	sip_dialog_close(t);
	return err;
}
