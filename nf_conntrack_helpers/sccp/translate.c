// SPDX-License-Identifier: GPL-2.0
/*
 * One message, from one side to the other.
 */
#include "media.h"
#include "netns.h"
#include "reason.h"
#include "text.h"
#include "translate.h"

int sccp_write_address(struct sccp_translation *t,
		       const struct sccp_field *field,
		       const struct nf_alg_endpoint *to)
{
	u32 len = field->endpoint.family == NFPROTO_IPV6 ? 16 : 4;

	if (!field->address_at || to->family != field->endpoint.family)
		return 0;
	return nf_alg_edit(t->msg, field->address_at, len, &to->addr, len);
}

int sccp_write_port(struct sccp_translation *t, u32 at, __be16 port)
{
	u8 bytes[4] = { ntohs(port) & 0xff, ntohs(port) >> 8 };

	if (!at)
		return 0;
	return nf_alg_edit(t->msg, at, sizeof(bytes), bytes, sizeof(bytes));
}

int sccp_write_endpoint(struct sccp_translation *t,
			const struct sccp_field *field,
			const struct nf_alg_endpoint *to)
{
	int err = sccp_write_address(t, field, to);

	return err ?: sccp_write_port(t, field->port_at, to->port);
}

/* The sender's own address, which opens nothing */
static int sccp_self(struct sccp_translation *t, const struct sccp_field *field)
{
	const struct nf_alg_side *from = t->msg->from;

	if (!from->inside || !nf_alg_same_host(&field->endpoint, &from->own))
		return 0;
	return sccp_write_address(t, field, &from->seen);
}

/* A server to register with: other members of a cluster are not known here */
static int sccp_server(struct sccp_translation *t,
		       const struct sccp_field *field)
{
	const struct nf_alg_side *from = t->msg->from;
	int err;

	if (!from->inside || !nf_alg_same_host(&field->endpoint, &from->own))
		return 0;
	err = sccp_write_address(t, field, &from->seen);
	if (!err && field->port == ntohs(from->own.port))
		err = sccp_write_port(t, field->port_at, from->seen.port);
	return err;
}

static int sccp_field_translate(struct sccp_translation *t,
				const struct sccp_field *field)
{
	if (field->meaning != SCCP_PORT_ONLY && !field->endpoint.family)
		return 0;
	switch (field->meaning) {
	case SCCP_SELF:
		return sccp_self(t, field);
	case SCCP_OWN_RECEIVE:
	case SCCP_OWN_TRANSMIT:
		return sccp_media_own(t, field);
	case SCCP_ECHO:
		return sccp_media_echo(t, field);
	case SCCP_REMOTE:
	case SCCP_SOURCE:
		return sccp_media_remote(t, field);
	case SCCP_MENTION:
		return sccp_media_mention(t, field);
	case SCCP_SERVERS:
		return sccp_server(t, field);
	case SCCP_PORT_ONLY:
		return sccp_media_port(t, field);
	default:
		return 0;
	}
}

static int sccp_fields_translate(struct sccp_translation *t)
{
	u32 i;
	int err;

	for (i = 0; i < t->reading.fields; i++) {
		err = sccp_field_translate(t, &t->reading.field[i]);
		if (err)
			return err;
	}
	return 0;
}

static void sccp_effect(struct sccp_translation *t)
{
	const u8 *body = t->msg->data + SCCP_HEADER;
	u32 len = t->msg->len - SCCP_HEADER;

	switch (t->reading.message->effect) {
	case SCCP_ALIVE:
		sccp_channels_extend(t->msg, t->session);
		break;
	case SCCP_REGISTER:
		sccp_channels_end(t->session);
		sccp_session_register(t->session, body, len);
		break;
	case SCCP_REGISTERED:
		sccp_session_registered(t->session, body, len);
		if (!sccp_session_listens(t->session))
			sccp_channels_end_listening(t->session);
		break;
	case SCCP_UNREGISTERED:
		if (!t->reading.status)
			sccp_channels_end(t->session);
		break;
	case SCCP_RESET:
		sccp_channels_end(t->session);
		break;
	case SCCP_CLOSE:
		sccp_channel_close(t->session, &t->reading);
		break;
	default:
		break;
	}
}

/* Ports were bound and the message says so: they stay for the channel's life */
static void sccp_commit(struct sccp_translation *t)
{
	const struct sccp_field *field = &t->reading.field[0];
	const struct sccp_channel *other = NULL;

	if (t->channel->port != htons(field->port)) {
		/* Some servers name the other end first */
		if (t->channel->way == SCCP_RECEIVE)
			other = sccp_channel_find(t->session, &t->reading,
						  SCCP_TRANSMIT, SCCP_SERVER,
						  0);
		sccp_channel_describe(t->channel, other && other->told.family ?
							  &other->told :
							  NULL);
	}
	t->channel->port = htons(field->port);
	sccp_channel_commit(t->channel);
}

/* The first message of a side shows whether this protocol is spoken at all */
static bool sccp_foreign(struct nf_alg_message *msg,
			 struct sccp_session *session)
{
	if (session->foreign)
		return true;
	if (session->begun & BIT(msg->dir))
		return false;
	session->begun |= BIT(msg->dir);
	if (sccp_plausible(sccp_message_id(msg->data)))
		return false;
	session->foreign = true;
	nf_alg_reason_left(msg, NF_ALG_REASON_NOT_PROTOCOL);
	return true;
}

/* A phone says a few messages for a call, and one now and then between them */
static bool sccp_too_many(struct nf_alg_message *msg,
			  struct sccp_session *session)
{
	u32 most =
		nf_alg_option(msg->session->an, NF_ALG_OPTION_SKINNY_MESSAGES);

	if (!session->messages || jiffies - session->minute >= 60 * HZ) {
		session->minute = jiffies;
		session->messages = 0;
	}
	if (session->messages >= most) {
		nf_alg_reason_left(msg, NF_ALG_REASON_LIMIT_MESSAGES);
		return true;
	}
	session->messages++;
	return false;
}

int sccp_translate(struct nf_alg_message *msg)
{
	/* Half a kilobyte: what is not set here is set before it is read */
	struct sccp_translation t __uninitialized;
	const struct sccp_message *message;
	int err;

	BUILD_BUG_ON((int)SCCP_PHONE != (int)IP_CT_DIR_ORIGINAL);
	BUILD_BUG_ON((int)SCCP_SERVER != (int)IP_CT_DIR_REPLY);

	if (msg->len < SCCP_HEADER)
		return -NF_ALG_REASON_MALFORMED;
	t.msg = msg;
	t.session = nf_alg_session_priv(msg->session);
	t.channel = NULL;
	if (sccp_foreign(msg, t.session))
		return 0;
	message = sccp_message_find(sccp_message_id(msg->data));
	if (!message)
		return 0;
	if (message->sender != msg->dir) {
		/* Some servers send it as well */
		if (message->effect == SCCP_ALIVE)
			return 0;
		nf_alg_reason_left(msg, NF_ALG_REASON_WRONG_SIDE);
		return 0;
	}
	if (sccp_too_many(msg, t.session))
		return 0;

	err = sccp_read(message, msg->data, msg->len, &t.session->dialect,
			&t.reading);
	if (!err)
		err = sccp_fields_translate(&t);
	if (!err) {
		if (t.channel)
			sccp_commit(&t);
		sccp_effect(&t);
		return 0;
	}
	if (t.channel)
		sccp_channel_drop(t.session, t.channel);
	/* What was taken or written must be taken back by the engine */
	if (msg->changes || msg->bound)
		return err;
	nf_alg_reason_left(msg, -err);
	return 0;
}

const char *sccp_title(const u8 *data, u32 len)
{
	const struct sccp_message *message;

	if (len < SCCP_HEADER)
		return NULL;
	message = sccp_message_find(sccp_message_id(data));
	return message ? message->name : NULL;
}

static void sccp_print_bytes(const u8 *bytes, u32 len, bool port, char *to,
			     size_t size)
{
	struct nf_alg_endpoint endpoint = {
		.family = len == 16 ? NFPROTO_IPV6 : NFPROTO_IPV4,
	};
	struct sccp_text text = { to, size - 1 };

	if (port) {
		sccp_text_number(&text, sccp_u32(bytes));
	} else {
		memcpy(&endpoint.addr, bytes, len);
		sccp_text_endpoint(&text, &endpoint);
	}
	to[text.len] = '\0';
}

void sccp_print(const struct nf_alg_message *msg,
		const struct nf_alg_change *change, char *old, char *new,
		size_t size)
{
	const struct sccp_session *session = nf_alg_session_priv(msg->session);
	const struct sccp_message *message;
	struct sccp_reading reading;
	bool port = true;
	u32 i;

	message = sccp_message_find(sccp_message_id(msg->data));
	if (message && !sccp_read(message, msg->data, msg->len,
				  &session->dialect, &reading))
		for (i = 0; i < reading.fields; i++)
			port &= reading.field[i].address_at != change->off;
	sccp_print_bytes(msg->data + change->off, change->old_len, port, old,
			 size);
	sccp_print_bytes(msg->text + change->new_off, change->new_len, port,
			 new, size);
}
