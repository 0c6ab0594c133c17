// SPDX-License-Identifier: GPL-2.0
/*
 * Media: whose end it is, and what it is bound to.
 *
 * A port is never rewritten without its address, and a binding is for the
 * sender's own address on this connection alone, or for a host of the option
 * media-from.
 */
#include "link.h"
#include "media.h"
#include "option.h"
#include "port.h"
#include "reason.h"

bool sccp_unspecified(const struct nf_alg_endpoint *endpoint)
{
	const u8 *byte = (const u8 *)&endpoint->addr;
	u32 i, len = endpoint->family == NFPROTO_IPV6 ? 16 : 4;

	if (len == 4 ? (byte[0] & 0xf0) == 0xe0 : byte[0] == 0xff)
		return true;
	for (i = 0; i < len; i++)
		if (byte[i])
			return false;
	return true;
}

static bool sccp_port_permitted(const struct sccp_translation *t, u32 port)
{
	return port <= U16_MAX &&
	       nf_alg_port_media(t->msg->session->an, IPPROTO_UDP, port);
}

/* How many ports: RTP with RTCP next to it, unless that has a place of its own */
static u8 sccp_ports(const struct sccp_field *field)
{
	bool apart = field->rtcp && field->rtcp != field->port + 1;

	return field->port == U16_MAX || apart ? 1 : 2;
}

/* What is bound already for the sender's own endpoint */
static bool sccp_bound(const struct sccp_translation *t,
		       const struct sccp_field *field,
		       struct nf_alg_endpoint *public)
{
	return field->port && field->port <= U16_MAX &&
	       nf_alg_bound_inside(t->msg->session, IPPROTO_UDP,
				   &field->endpoint, public) &&
	       nf_alg_same_host(public, &t->msg->from->seen);
}

/* Bind what a field of the sender names, and write it */
static int sccp_media_bind(struct sccp_translation *t,
			   const struct sccp_field *field, enum sccp_way way,
			   struct nf_alg_endpoint *public)
{
	struct nf_alg_message *msg = t->msg;
	u8 count = sccp_ports(field);
	struct sccp_channel *channel;
	struct nf_alg_endpoint rtcp;
	int err;

	if (!sccp_port_permitted(t, field->port) ||
	    (field->rtcp && !sccp_port_permitted(t, field->rtcp)))
		return -NF_ALG_REASON_DOOR_PORT_DENIED;
	if (count == 2 && !sccp_port_permitted(t, field->port + 1))
		count = 1;
	err = sccp_channel_take(t->session, &t->reading, way, msg->dir,
				field->endpoint.port, &channel);
	if (err)
		return err;
	t->channel = channel;

	err = sccp_channel_bind(msg, channel, &field->endpoint, field->port,
				count, public);
	if (err == -NF_ALG_REASON_NO_PUBLIC_PORT &&
	    sccp_bound(t, field, public)) {
		/* It was promised already, but its neighbour went to another */
		count = 1;
		err = sccp_channel_bind(msg, channel, &field->endpoint,
					field->port, 1, public);
	}
	if (err)
		return err;
	rtcp = *public;
	rtcp.port = htons(ntohs(public->port) + field->rtcp - field->port);
	if (field->rtcp && field->rtcp != field->port && count == 1) {
		err = sccp_channel_bind(msg, channel, &field->endpoint,
					field->rtcp, 1, &rtcp);
		if (err)
			return err;
	}

	err = sccp_write_endpoint(t, field, public);
	if (!err && field->rtcp)
		err = sccp_write_port(t, field->rtcp_at, rtcp.port);
	return err;
}

/* The sender's own address in a field, without the media it may stand for */
static int sccp_address_hide(struct sccp_translation *t,
			     const struct sccp_field *field)
{
	return sccp_write_address(t, field, &t->msg->from->seen);
}

int sccp_media_own(struct sccp_translation *t, const struct sccp_field *field)
{
	const struct nf_alg_side *from = t->msg->from;
	enum sccp_way way = field->meaning == SCCP_OWN_TRANSMIT ?
				    SCCP_TRANSMIT :
				    SCCP_RECEIVE;
	struct nf_alg_endpoint public;

	if (!from->inside || sccp_unspecified(&field->endpoint))
		return 0;
	if (!nf_alg_same_host(&field->endpoint, &from->own)) {
		/* It may know its public address by itself */
		if (nf_alg_same_host(&field->endpoint, &from->seen) ||
		    field->both)
			return 0;
		return -NF_ALG_REASON_DOOR_OTHER_HOST;
	}
	if (t->reading.status || !field->port)
		return sccp_address_hide(t, field);
	/* Most phones transmit from where they receive */
	if (way == SCCP_TRANSMIT && sccp_bound(t, field, &public))
		return sccp_write_endpoint(t, field, &public);
	return sccp_media_bind(t, field, way, &public);
}

/* Another phone behind this router. On one link the two are told each other's
 * inside endpoints, and their media does not come here at all. On different
 * links a firewall stands between them, and perhaps a VRF: they keep the public
 * endpoints, and the engine turns the media round as related to the call.
 */
static bool sccp_neighbour(const struct nf_alg_message *msg,
			   const struct nf_alg_endpoint *public,
			   struct nf_alg_endpoint *inside)
{
	const struct nf_alg_session *session = msg->session;
	struct nf_alg_endpoint again;

	/* The second look tells whether it is in the receiver's own VRF */
	return msg->to->inside &&
	       nf_alg_bound_public(session, IPPROTO_UDP, public, inside) &&
	       !nf_alg_same_endpoint(inside, public) &&
	       nf_alg_bound_inside(session, IPPROTO_UDP, inside, &again) &&
	       nf_alg_same_endpoint(&again, public) &&
	       sccp_same_link(session, &msg->to->own, inside);
}

static int sccp_media_hairpin(struct sccp_translation *t,
			      const struct sccp_field *field,
			      struct nf_alg_endpoint *told)
{
	struct nf_alg_endpoint inside;

	*told = field->endpoint;
	if (!field->port || field->port > U16_MAX ||
	    !sccp_neighbour(t->msg, &field->endpoint, &inside))
		return 0;
	*told = inside;
	return sccp_write_endpoint(t, field, told);
}

/* Let natctl show who is at the other end of what the phone receives */
static void sccp_media_describe(struct sccp_translation *t,
				const struct nf_alg_endpoint *remote)
{
	struct sccp_channel *receive;

	receive = sccp_channel_find(t->session, &t->reading, SCCP_RECEIVE,
				    !t->msg->dir, 0);
	if (receive && receive->owner)
		sccp_channel_describe(receive, remote);
}

/* Where the phone is to transmit: remember it */
static int sccp_media_told(struct sccp_translation *t,
			   const struct nf_alg_endpoint *meant,
			   const struct nf_alg_endpoint *told)
{
	struct sccp_channel *channel;
	int err;

	err = sccp_channel_take(t->session, &t->reading, SCCP_TRANSMIT,
				SCCP_SERVER, 0, &channel);
	/* What was not changed need not be remembered */
	if (err)
		return nf_alg_same_endpoint(meant, told) ? 0 : err;
	if (!nf_alg_same_endpoint(&channel->told, told))
		sccp_media_describe(t, told);
	sccp_channel_remote(channel, meant, told);
	return 0;
}

/* The server's own media, such as music on hold, or that of a host it may speak
 * for
 */
static int sccp_media_server(struct sccp_translation *t,
			     const struct sccp_field *field)
{
	enum sccp_way way = field->meaning == SCCP_REMOTE ? SCCP_TRANSMIT :
							    SCCP_RECEIVE;
	struct nf_alg_endpoint public;
	int err;

	if (!field->port)
		return sccp_address_hide(t, field);
	err = sccp_media_bind(t, field, way, &public);
	if (!err && way == SCCP_TRANSMIT)
		sccp_channel_remote(t->channel, &field->endpoint, &public);
	return err;
}

/* A server that NAT hides speaks of a neighbour of its own, or of a host on
 * another inside link, whom the phone cannot reach by that address
 */
static bool sccp_media_hidden(const struct sccp_translation *t,
			      const struct sccp_field *field)
{
	const struct nf_alg_session *session = t->msg->session;
	const struct nf_alg_side *from = t->msg->from, *to = t->msg->to;
	const struct nf_alg_endpoint *host = &field->endpoint;

	return from->inside && !nf_alg_same_host(&from->own, &from->seen) &&
	       !nf_alg_same_host(&from->seen, host) &&
	       !nf_alg_same_host(&to->own, host) &&
	       (sccp_same_link(session, &from->own, host) ||
		sccp_elsewhere(session, host, &to->own));
}

/* The administrator lets the server speak for such a host */
static bool sccp_media_permitted(const struct sccp_translation *t,
				 const struct sccp_field *field)
{
	return nf_alg_media_permitted(t->msg->session->an, &field->endpoint);
}

int sccp_media_remote(struct sccp_translation *t,
		      const struct sccp_field *field)
{
	const struct nf_alg_side *from = t->msg->from;
	struct nf_alg_endpoint told;
	int err;

	if (sccp_unspecified(&field->endpoint))
		return 0;
	if (from->inside && nf_alg_same_host(&field->endpoint, &from->own))
		return sccp_media_server(t, field);
	if (sccp_media_hidden(t, field))
		return sccp_media_permitted(t, field) ?
			       sccp_media_server(t, field) :
			       -NF_ALG_REASON_DOOR_OTHER_HOST;
	err = sccp_media_hairpin(t, field, &told);
	if (err || field->meaning != SCCP_REMOTE || !t->msg->to->inside)
		return err;
	return sccp_media_told(t, &field->endpoint, &told);
}

int sccp_media_mention(struct sccp_translation *t,
		       const struct sccp_field *field)
{
	const struct nf_alg_side *from = t->msg->from;
	struct nf_alg_endpoint public, told;

	if (sccp_unspecified(&field->endpoint))
		return 0;
	if ((from->inside && nf_alg_same_host(&field->endpoint, &from->own)) ||
	    (sccp_media_hidden(t, field) && sccp_media_permitted(t, field))) {
		if (sccp_bound(t, field, &public))
			return sccp_write_endpoint(t, field, &public);
		return sccp_address_hide(t, field);
	}
	return sccp_media_hairpin(t, field, &told);
}

int sccp_media_echo(struct sccp_translation *t, const struct sccp_field *field)
{
	struct sccp_channel *channel;

	/* Only what was changed is changed back */
	hlist_for_each_entry(channel, &t->session->channels, node)
		if (channel->told.family && field->port <= U16_MAX &&
		    nf_alg_same_endpoint(&channel->told, &field->endpoint))
			return sccp_write_endpoint(t, field, &channel->meant);
	return 0;
}

int sccp_media_port(struct sccp_translation *t, const struct sccp_field *field)
{
	struct nf_alg_endpoint public;
	struct sccp_field own = *field;

	/* Elsewhere the port is only informative */
	if (!t->msg->from->inside || !field->port ||
	    !sccp_session_listens(t->session))
		return 0;
	own.endpoint = t->msg->from->own;
	own.endpoint.port = htons(field->port);
	return sccp_media_bind(t, &own, SCCP_RECEIVE, &public);
}
