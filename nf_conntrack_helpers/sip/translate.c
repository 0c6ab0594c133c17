// SPDX-License-Identifier: GPL-2.0
/*
 * One message, from one side to the other.
 */
#include "contact.h"
#include "dialog.h"
#include "frame.h"
#include "identity.h"
#include "media.h"
#include "netns.h"
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
	if (!sip_address_parse(&c, &address))
		return false;
	/* What an upstream NAT makes of it is what is written */
	if (unlikely(t->external && (host == &t->msg->to->seen ||
				     host == &t->msg->from->seen)))
		return address.family == NFPROTO_IPV4 &&
		       address.addr.ip == t->external;
	return nf_alg_same_host(&address, host);
}

int sip_maddr_replace(struct sip_translation *t,
		      const struct nf_alg_span *maddr,
		      const struct nf_alg_endpoint *host)
{
	struct nf_alg_endpoint portless = *host;
	u8 address[SIP_HOSTPORT_MAX], text[SIP_HOSTPORT_MAX];
	u32 len;

	if (!maddr->off)
		return 0;
	portless.port = 0;
	len = sip_address_print(address, host);
	if (host == &t->msg->from->seen)
		len = sip_hostport_print(text, &portless, t->seen->text,
					 t->seen->len, false, 0);
	else
		len = sip_hostport_print(text, &portless, address, len, false,
					 0);
	return sip_replace(t, maddr, text, len);
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
		err = sip_identity_translate(t);
	if (!err)
		err = sip_media_translate(t);
	if (!err)
		err = sip_length_translate(t);
	if (!err)
		err = sip_dialog_settle(t);
	if (!err)
		sip_dialog_door(t);
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
	u32 address =
		nf_alg_option(session->an, NF_ALG_OPTION_EXTERNAL_ADDRESS);
	const struct nf_alg_side *side;
	struct nf_alg_endpoint external = {
		.family = NFPROTO_IPV4,
		.addr.ip = htonl(address),
	};
	int dir;

	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		side = &session->side[dir];
		sip_literal_print(&own->own[dir], &side->own);
		sip_literal_print(&own->seen[dir], &side->seen);
		if (!address || session->family != NFPROTO_IPV4 ||
		    nf_alg_same_host(&side->own, &side->seen))
			continue;
		sip_literal_print(&own->seen[dir], &external);
		own->external = external.addr.ip;
	}
}

/* Where the line begins that a piece of the message stands in */
static u32 sip_line_start(const struct nf_alg_message *msg, u32 at)
{
	const u8 *data = msg->data;

	for (;;) {
		while (at && data[at - 1] != '\n')
			at--;
		/* A fold belongs to the line before */
		if (!at || (data[at] != ' ' && data[at] != '\t'))
			return at;
		at--;
	}
}

void sip_place(const struct nf_alg_message *msg,
	       const struct nf_alg_change *change, char *text, size_t size)
{
	u32 start = sip_line_start(msg, change->off), n = 0;
	const u8 *line = msg->data + start;
	bool description = change->off - start >= 2 && line[1] == '=';
	u8 end = description ? ' ' : ':';

	/* "m=audio", "a=rtcp", "c=", or the name of a header */
	if (description && line[0] == 'a')
		end = ':';
	while (n < size - 1 && start + n < change->off && line[n] != end &&
	       line[n] > ' ' && line[n] < 0x7f) {
		text[n] = line[n];
		n++;
	}
	if (description && line[0] != 'm' && line[0] != 'a')
		n = min(n, 2U);
	/* The start line has no name */
	text[start ? n : 0] = '\0';
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
	t->external = session->external;
	t->transaction = 0;
	t->call[SIP_SENDER] = NULL;
	t->call[SIP_RECEIVER] = NULL;
	t->kept.count = 0;
	t->growth = 0;
	t->bound = false;
	t->door = 0;

	err = sip_parse(t);
	if (err)
		return err;
	err = sip_parts_translate(t);
	if (!err)
		sip_dialog_update(t);
	sip_owner_settle(t);
	sip_dialog_close(t);
	return err;
}
