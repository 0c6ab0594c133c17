// SPDX-License-Identifier: GPL-2.0
/*
 * Media: session descriptions and the ports they announce.
 */
#include "dialog.h"
#include "media.h"
#include "multipart.h"
#include "netns.h"
#include "option.h"
#include "peer.h"
#include "port.h"
#include "sdp.h"

/* RTP with RTCP, eight times */
#define SIP_MEDIA_PORTS_MAX 16
/* Parts in parts in parts */
#define SIP_MULTIPART_DEPTH 4

/**
 * struct sip_description - one session description on its way
 * @session: what it says before the first media
 * @offers: the message offers or answers: ports are bound
 * @keep: some media needs c= of the session as it is
 * @moved: media that no longer depend on it, by where a c= may be put
 * @moves: how many
 */
struct sip_description {
	struct sip_sdp_session session;
	bool offers;
	bool keep;
	u32 moved[SIP_MEDIA_MAX];
	u32 moves;
};

static bool sip_port_permitted(const struct sip_translation *t, u16 port)
{
	return nf_alg_port_media(t->msg->session->an, IPPROTO_UDP, port);
}

/* A media server that the administrator has named; @host: room for it */
static noinline const struct nf_alg_endpoint *
sip_media_server(const struct sip_translation *t,
		 const struct nf_alg_span *address,
		 struct nf_alg_endpoint *host)
{
	struct nf_alg_cursor c;

	nf_alg_cursor_span(&c, &t->c, address);
	if (!sip_address_parse(&c, host) ||
	    host->family != t->msg->from->own.family ||
	    !nf_alg_media_permitted(t->msg->session->an, host))
		return NULL;
	return host;
}

/* Whose media is at this address, if the sender may speak of it: its own, or
 * that of a media server. NULL: somebody else's
 */
static const struct nf_alg_endpoint *sip_own(const struct sip_translation *t,
					     const struct nf_alg_span *address,
					     struct nf_alg_endpoint *host)
{
	if (sip_literal_of(t, address, &t->msg->from->own))
		return &t->msg->from->own;
	if (likely(!nf_alg_option(t->msg->session->an,
				  NF_ALG_OPTION_MEDIA_FROM)))
		return NULL;
	return sip_media_server(t, address, host);
}

/* Replace a piece of the body */
static int sip_body_replace(struct sip_translation *t,
			    const struct nf_alg_span *span, const u8 *bytes,
			    u32 len)
{
	int err = sip_replace(t, span, bytes, len);

	if (!err)
		t->growth += len - span->len;
	return err;
}

static int sip_port_replace(struct sip_translation *t,
			    const struct nf_alg_span *span, u16 old, u16 port)
{
	u8 text[10];

	if (old == port)
		return 0;
	return sip_body_replace(t, span, text, sip_number_print(text, port));
}

static int sip_address_replace(struct sip_translation *t,
			       const struct nf_alg_span *span)
{
	if (!t->out)
		return 0;
	return sip_body_replace(t, span, t->seen->text, t->seen->len);
}

/* How many of @count ports may be bound: all, RTP without its RTCP, or none */
static u32 sip_ports_permitted(const struct sip_translation *t, u16 port,
			       u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (!sip_port_permitted(t, port + i))
			break;
	if (i < count)
		sip_count(t, NF_ALG_REASON_DOOR_PORT_DENIED);
	return i == count || (i == 1 && count == 2) ? i : 0;
}

/* How many ports does a media need, 0 if it cannot be translated */
static u32 sip_media_ports(const struct sip_translation *t,
			   const struct sip_sdp_media *m)
{
	u32 count = m->count;

	if (m->ice || m->transport == SIP_SDP_OTHER || m->connections > 1)
		return 0;
	/* RTCP on the same port, or none */
	if (m->transport == SIP_SDP_RTP && !m->rtcp_mux_only &&
	    !(m->rtcp_text.len && m->count == 1))
		count *= 2;
	if (count > SIP_MEDIA_PORTS_MAX || m->port + count - 1 > U16_MAX)
		return 0;
	return sip_ports_permitted(t, m->port, count);
}

static int sip_media_bind(struct sip_translation *t,
			  const struct nf_alg_endpoint *host, u16 port,
			  u32 count, u16 *public_port)
{
	struct nf_alg_bind want = {
		.inside = *host,
		.l4proto = IPPROTO_UDP,
		.count = count,
		.flags = (count > 1 ? NF_ALG_BIND_EVEN : 0) | NF_ALG_BIND_OTHER,
	};
	struct nf_alg_endpoint public;
	int err;

	want.inside.port = htons(port);
	if (unlikely(sip_media_named_only(t))) {
		/* Others as they are named; see sip_peer_media_admit() */
		want.remote = t->msg->to->inside ? t->msg->to->seen :
						   t->msg->to->own;
		want.remote.port = 0;
	}
	err = sip_dialog_bind(t, &want, &public);
	if (!err)
		*public_port = ntohs(public.port);
	return err;
}

/* a=rtcp: where it is the host's own, it follows */
static int sip_rtcp_translate(struct sip_translation *t,
			      const struct nf_alg_endpoint *host,
			      const struct sip_sdp_media *m, u16 rtp, u16 *rtcp)
{
	const struct nf_alg_endpoint *named;
	struct nf_alg_endpoint other;
	int err;

	if (!m->rtcp_text.len || !sip_port_permitted(t, m->rtcp))
		return 0;
	if (m->rtcp_address.len) {
		named = sip_own(t, &m->rtcp_address, &other);
		if (!named || !nf_alg_same_host(host, named))
			return 0;
	}
	if (m->rtcp == m->port) {
		*rtcp = rtp;
	} else if (m->rtcp != m->port + 1 || m->count > 1) {
		err = sip_media_bind(t, host, m->rtcp, 1, rtcp);
		if (err)
			return err;
	}
	err = sip_port_replace(t, &m->rtcp_text, m->rtcp, *rtcp);
	if (err || !m->rtcp_address.len)
		return err;
	return sip_address_replace(t, &m->rtcp_address);
}

/* Keep what is bound for a port bound; the description does not name it */
static int sip_port_keep(struct sip_translation *t, u16 port)
{
	struct nf_alg_endpoint inside = t->msg->from->own;
	u16 public_port;

	inside.port = htons(port);
	if (!sip_port_permitted(t, port) ||
	    !nf_alg_bound_inside(t->msg->session, IPPROTO_UDP, &inside, NULL))
		return 0;
	return sip_media_bind(t, &t->msg->from->own, port, 1, &public_port);
}

/* On hold in the manner of RFC 2543 there is no address, but what was bound
 * for the ports is still the call's
 */
static int sip_media_hold(struct sip_translation *t,
			  const struct sip_sdp_media *m)
{
	int err = sip_port_keep(t, m->port);

	if (!err)
		err = sip_port_keep(t, m->port + 1);
	if (!err && m->rtcp_text.len)
		err = sip_port_keep(t, m->rtcp);
	return err;
}

static bool sip_unspecified(const struct sip_translation *t,
			    const struct nf_alg_span *address)
{
	struct nf_alg_endpoint none = { .family = NFPROTO_IPV4 };

	if (sip_literal_of(t, address, &none))
		return true;
	none.family = NFPROTO_IPV6;
	return sip_literal_of(t, address, &none);
}

/* Other addresses of a media. One on the media's own port is bound with it */
static int sip_alternatives_translate(struct sip_translation *t,
				      const struct sip_sdp_media *m, u32 count,
				      u16 rtp)
{
	const struct nf_alg_endpoint *host;
	const struct sip_sdp_alternative *a;
	struct nf_alg_endpoint other;
	u16 port;
	int err;
	u32 i;

	for (i = 0; i < m->alternatives; i++) {
		a = &m->alternative[i];
		if (a->port + count - 1 > U16_MAX ||
		    sip_ports_permitted(t, a->port, count) != count)
			continue;
		host = sip_own(t, &a->address, &other);
		if (!host)
			continue;
		port = rtp;
		if (!rtp || a->port != m->port) {
			err = sip_media_bind(t, host, a->port, count, &port);
			if (err)
				return err;
		}
		err = sip_port_replace(t, &a->port_text, a->port, port);
		if (!err)
			err = sip_address_replace(t, &a->address);
		if (err)
			return err;
	}
	return 0;
}

static int sip_one_media(struct sip_translation *t, struct sip_description *d,
			 const struct sip_sdp_media *m)
{
	const struct nf_alg_span *in_force =
		m->connections ? &m->connection : &d->session.connection;
	const struct nf_alg_endpoint *host;
	struct nf_alg_endpoint other __uninitialized;
	u16 rtp = m->port, rtcp;
	u32 count;
	int err;

	/* Rejected or over: nothing depends on its address */
	if (!m->port)
		return 0;
	host = sip_own(t, in_force, &other);
	if (!host) {
		if (d->offers && sip_unspecified(t, in_force))
			return sip_media_hold(t, m);
		count = m->alternatives && d->offers ? sip_media_ports(t, m) :
						       0;
		return count ? sip_alternatives_translate(t, m, count, 0) : 0;
	}
	count = sip_media_ports(t, m);
	if (!count) {
		d->keep |= !m->connections;
		return 0;
	}
	if (d->offers) {
		bool pair = m->rtcp_text.len && m->count == 1 &&
			    m->rtcp == m->port + 1 &&
			    sip_port_permitted(t, m->rtcp);

		err = sip_media_bind(t, host, m->port, pair ? 2 : count, &rtp);
		if (err == -NF_ALG_REASON_DOOR_PORT_DENIED) {
			sip_count(t, -err);
			d->keep |= !m->connections;
			return 0;
		}
		if (err)
			return err;
		rtcp = rtp + 1;
		err = sip_port_replace(t, &m->port_text, m->port, rtp);
		if (!err)
			err = sip_rtcp_translate(t, host, m, rtp, &rtcp);
		if (!err)
			err = sip_alternatives_translate(t, m, count, rtp);
		if (err)
			return err;
	}
	if (m->connections)
		return sip_address_replace(t, &m->connection);
	if (d->moves == SIP_MEDIA_MAX)
		return -NF_ALG_REASON_LIMIT_EDITS;
	d->moved[d->moves++] = m->insert;
	return 0;
}

/* c= of the session, or one for each media where another needs it as it is */
static int sip_connection_translate(struct sip_translation *t,
				    const struct sip_description *d)
{
	u8 line[SIP_HOSTPORT_MAX + 16];
	struct nf_alg_span at = {};
	u32 len, i;
	int err;

	if (!d->moves || !t->out)
		return 0;
	if (!d->keep)
		return sip_address_replace(t, &d->session.connection);

	memcpy(line,
	       t->msg->from->seen.family == NFPROTO_IPV6 ? "c=IN IP6 " :
							   "c=IN IP4 ",
	       9);
	memcpy(line + 9, t->seen->text, t->seen->len);
	len = 9 + t->seen->len;
	line[len++] = '\r';
	line[len++] = '\n';
	for (i = 0; i < d->moves; i++) {
		at.off = d->moved[i];
		/* A last line without its end cannot be followed by another */
		if (t->msg->data[at.off - 1] != '\n')
			return -NF_ALG_REASON_BODY_MALFORMED;
		err = sip_body_replace(t, &at, line, len);
		if (err)
			return err;
	}
	return 0;
}

/* Who sends media, by what the far side says */
static int sip_sdp_learn(struct sip_translation *t, struct nf_alg_cursor *c)
{
	struct sip_sdp_session session __uninitialized;
	struct sip_sdp_media m __uninitialized;
	struct sip_peers peers = {};
	int more;
	u32 i;

	if (!sip_sdp_session(c, &session))
		return 0;
	while ((more = sip_sdp_media(c, &m)) > 0) {
		if (!m.port)
			continue;
		sip_peer_add(
			t, m.connections ? &m.connection : &session.connection,
			&peers);
		if (m.rtcp_address.len)
			sip_peer_add(t, &m.rtcp_address, &peers);
		for (i = 0; i < m.alternatives; i++)
			sip_peer_add(t, &m.alternative[i].address, &peers);
	}
	sip_peer_media_learn(t, &peers);
	return 0;
}

static int sip_sdp_translate(struct sip_translation *t, struct nf_alg_cursor *c)
{
	struct sip_description d __uninitialized;
	struct sip_sdp_media m __uninitialized;
	struct nf_alg_endpoint host __uninitialized;
	int more, err;

	d.keep = false;
	d.moves = 0;
	if (!sip_sdp_session(c, &d.session))
		return -NF_ALG_REASON_BODY_MALFORMED;
	d.offers = sip_dialog_offers(t);
	while ((more = sip_sdp_media(c, &m)) > 0) {
		err = sip_one_media(t, &d, &m);
		if (err)
			return err;
	}
	if (more < 0)
		return -NF_ALG_REASON_BODY_MALFORMED;
	if (nf_alg_option(t->msg->session->an, NF_ALG_OPTION_SDP_ORIGIN) &&
	    sip_own(t, &d.session.origin, &host)) {
		err = sip_address_replace(t, &d.session.origin);
		if (err)
			return err;
	}
	return sip_connection_translate(t, &d);
}

/* Does the value of Content-Type name this type; @c is advanced behind it */
static bool sip_content_type(struct nf_alg_cursor *c, const char *type,
			     u32 type_len)
{
	struct nf_alg_cursor word = *c;

	sip_skip_chars(c, SIP_CHAR_TOKEN);
	word.end = c->pos;
	if (!sip_equal_fold(&word, type, type_len))
		return false;
	sip_skip_lws(c);
	if (nf_alg_cursor_get(c) != '/')
		return false;
	sip_skip_lws(c);
	return true;
}

/* The next word is this one, in any case */
static bool sip_content_word(struct nf_alg_cursor *c, const char *name, u32 len)
{
	struct nf_alg_cursor word = *c;

	sip_skip_chars(&word, SIP_CHAR_TOKEN);
	/* "sdp/x" is something else */
	if (nf_alg_cursor_at(&word, 0) > ' ' &&
	    nf_alg_cursor_at(&word, 0) != ';')
		return false;
	word.end = word.pos;
	word.pos = c->pos;
	return sip_equal_fold(&word, name, len);
}

static bool sip_type_is_sdp(const struct sip_translation *t,
			    const struct nf_alg_span *type)
{
	struct nf_alg_cursor c;

	/* Most say it in these letters, and nothing more */
	nf_alg_cursor_span(&c, &t->c, type);
	if (sip_equal_fold(&c, "application/sdp", 15))
		return true;
	return sip_content_type(&c, "application", 11) &&
	       sip_content_word(&c, "sdp", 3);
}

/* Is it none of these codings, which change nothing */
static bool sip_body_encoded(const struct sip_translation *t,
			     const struct nf_alg_span *encoding)
{
	struct nf_alg_cursor c;

	if (!encoding->off)
		return false;
	nf_alg_cursor_span(&c, &t->c, encoding);
	sip_skip_lws(&c);
	return nf_alg_cursor_left(&c) && !sip_equal_fold(&c, "identity", 8) &&
	       !sip_equal_fold(&c, "binary", 6) &&
	       !sip_equal_fold(&c, "8bit", 4) && !sip_equal_fold(&c, "7bit", 4);
}

static int sip_body_translate(struct sip_translation *t,
			      const struct nf_alg_span *type,
			      const struct nf_alg_span *body, u32 depth);

/* A part's own Content-Length, where it has one */
static int sip_part_length(struct sip_translation *t,
			   const struct sip_part *part, s32 growth)
{
	u8 text[10];

	if (!part->length.off || !growth)
		return 0;
	return sip_body_replace(t, &part->length, text,
				sip_number_print(text,
						 part->body.len + growth));
}

static int sip_parts_of_body(struct sip_translation *t,
			     const struct nf_alg_span *type,
			     const struct nf_alg_span *body, u32 depth)
{
	struct nf_alg_span boundary = {}, params;
	struct sip_part part __uninitialized;
	struct nf_alg_cursor c;
	int more, err;
	s32 growth;

	nf_alg_cursor_span(&c, &t->c, type);
	nf_alg_cursor_skip(&c, max(nf_alg_cursor_find(&c, ';'), 0));
	params.off = c.pos;
	params.len = nf_alg_cursor_left(&c);
	sip_param_find(&t->c, &params, "boundary", 8, &boundary);
	nf_alg_cursor_span(&c, &t->c, body);
	if (!sip_multipart_begin(&c, &boundary))
		return -NF_ALG_REASON_BODY_MALFORMED;
	while ((more = sip_multipart_next(&c, &boundary, &part)) > 0) {
		if (!part.type.len)
			continue;
		if (sip_body_encoded(t, &part.encoding) ||
		    sip_body_encoded(t, &part.transfer)) {
			if (sip_type_is_sdp(t, &part.type))
				sip_count(t, NF_ALG_REASON_BODY_ENCODED);
			continue;
		}
		growth = t->growth;
		err = sip_body_translate(t, &part.type, &part.body, depth + 1);
		if (!err)
			err = sip_part_length(t, &part, t->growth - growth);
		if (err)
			return err;
	}
	return more < 0 ? -NF_ALG_REASON_BODY_MALFORMED : 0;
}

/* What somebody has signed or encrypted is nobody else's to change */
static bool sip_multipart_sealed(const struct nf_alg_cursor *subtype)
{
	struct nf_alg_cursor c = *subtype;

	return sip_content_word(&c, "signed", 6) ||
	       sip_content_word(&c, "encrypted", 9);
}

static int sip_body_translate(struct sip_translation *t,
			      const struct nf_alg_span *type,
			      const struct nf_alg_span *body, u32 depth)
{
	struct nf_alg_cursor c;

	if (sip_type_is_sdp(t, type)) {
		nf_alg_cursor_span(&c, &t->c, body);
		return t->msg->from->inside ? sip_sdp_translate(t, &c) :
					      sip_sdp_learn(t, &c);
	}
	nf_alg_cursor_span(&c, &t->c, type);
	if (!sip_content_type(&c, "multipart", 9))
		return 0;
	if (sip_multipart_sealed(&c)) {
		sip_count(t, NF_ALG_REASON_BODY_ENCODED);
		return 0;
	}
	if (!nf_alg_option(t->msg->session->an,
			   NF_ALG_OPTION_ALLOW_MULTIPART)) {
		sip_count(t, NF_ALG_REASON_BODY_MULTIPART);
		return 0;
	}
	if (depth == SIP_MULTIPART_DEPTH)
		return -NF_ALG_REASON_BODY_MALFORMED;
	return sip_parts_of_body(t, type, body, depth);
}

int sip_media_translate(struct sip_translation *t)
{
	struct nf_alg_span body = {
		.off = t->head.body,
		.len = t->head.body_len,
	};
	const struct nf_alg_span *type =
		&t->head.single[SIP_HEADER_CONTENT_TYPE];

	if (!body.len || !type->len)
		return 0;
	if (!t->msg->from->inside) {
		/* It passes, whatever there is to learn from it */
		if (t->msg->to->inside && sip_dialog_offers(t))
			sip_body_translate(t, type, &body, 0);
		return 0;
	}
	if (sip_body_encoded(t, &t->head.single[SIP_HEADER_CONTENT_ENCODING])) {
		if (sip_type_is_sdp(t, type))
			sip_count(t, NF_ALG_REASON_BODY_ENCODED);
		return 0;
	}
	return sip_body_translate(t, type, &body, 0);
}
