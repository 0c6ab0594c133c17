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

bool sip_literal_of(const struct sip_translation *t,
		    const struct nf_alg_span *text,
		    const struct nf_alg_endpoint *host)
{
	struct nf_alg_endpoint address;
	struct nf_alg_cursor c;

	/* Most are spelled in the usual way */
	if (host == &t->msg->from->own && text->len == t->own_len &&
	    !memcmp(sip_text(t, text), t->own, t->own_len))
		return true;
	if (host == &t->msg->to->seen && text->len == t->public_len &&
	    !memcmp(sip_text(t, text), t->public, t->public_len))
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

int sip_translate(struct nf_alg_message *msg)
{
	/* A kilobyte: what is not set here is set before it is read */
	struct sip_translation t __uninitialized;
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
	t.own_len = sip_address_print(t.own, &msg->from->own);
	t.seen_len = t.out ? sip_address_print(t.seen, &msg->from->seen) : 0;
	t.public_len = t.in ? sip_address_print(t.public, &msg->to->seen) : 0;
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
