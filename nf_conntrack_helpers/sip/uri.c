// SPDX-License-Identifier: GPL-2.0
/*
 * URIs and parameters.
 */
#include "address.h"
#include "header.h"
#include "uri.h"

bool sip_hostport_parse(struct nf_alg_cursor *c, struct nf_alg_span *host,
			struct nf_alg_span *hostport, u16 *port, bool lws)
{
	struct nf_alg_cursor after;
	s32 number, len;

	host->off = c->pos;
	if (nf_alg_cursor_at(c, 0) == '[') {
		len = nf_alg_cursor_find(c, ']');
		if (len < 0)
			return false;
		nf_alg_cursor_skip(c, len + 1);
	} else {
		/* More than a name may have, but no literal */
		sip_skip_chars(c, SIP_CHAR_TOKEN);
	}
	host->len = c->pos - host->off;
	if (!host->len)
		return false;

	*hostport = *host;
	*port = 0;
	after = *c;
	if (lws)
		sip_skip_lws(&after);
	if (nf_alg_cursor_at(&after, 0) != ':')
		return true;
	nf_alg_cursor_skip(&after, 1);
	if (lws)
		sip_skip_lws(&after);
	number = sip_number_parse(&after);
	if (number < 1 || number > 65535)
		return false;
	*port = number;
	hostport->len = after.pos - hostport->off;
	*c = after;
	return true;
}

bool sip_param_next(struct nf_alg_cursor *c, struct sip_param *param)
{
	u32 start;

	sip_skip_lws(c);
	start = c->pos;
	if (nf_alg_cursor_at(c, 0) != ';')
		return false;
	nf_alg_cursor_skip(c, 1);
	sip_skip_lws(c);
	param->name.off = c->pos;
	param->name.len = sip_skip_chars(c, SIP_CHAR_PARAM);
	param->value.off = 0;
	param->value.len = 0;

	sip_skip_lws(c);
	if (nf_alg_cursor_at(c, 0) != '=')
		return true;
	nf_alg_cursor_skip(c, 1);
	sip_skip_lws(c);
	if (nf_alg_cursor_at(c, 0) == '"') {
		nf_alg_cursor_skip(c, 1);
		param->value.off = c->pos;
		if (!sip_skip_quoted(c)) {
			/* Left over, so that the caller sees it is not done */
			c->pos = start;
			return false;
		}
		param->value.len = c->pos - 1 - param->value.off;
		return true;
	}
	param->value.off = c->pos;
	param->value.len = sip_skip_chars(c, SIP_CHAR_PARAM);
	return true;
}

static bool sip_span_equal(const struct nf_alg_cursor *message,
			   const struct nf_alg_span *span, const char *word,
			   u32 len)
{
	struct nf_alg_cursor c;

	if (span->len != len)
		return false;
	nf_alg_cursor_span(&c, message, span);
	return sip_equal_fold(&c, word, len);
}

bool sip_param_find(const struct nf_alg_cursor *message,
		    const struct nf_alg_span *params, const char *name, u32 len,
		    struct nf_alg_span *value)
{
	struct sip_param param;
	struct nf_alg_cursor c;

	nf_alg_cursor_span(&c, message, params);
	while (sip_param_next(&c, &param)) {
		if (!sip_span_equal(message, &param.name, name, len))
			continue;
		if (value)
			*value = param.value;
		return true;
	}
	return false;
}

static enum sip_scheme sip_scheme_parse(struct nf_alg_cursor *c)
{
	struct nf_alg_cursor scheme = *c;
	u32 len = 3;

	if (nf_alg_cursor_at(c, 3) != ':') {
		if (nf_alg_cursor_at(c, 4) != ':')
			return SIP_SCHEME_OTHER;
		len = 4;
	}
	scheme.end = scheme.pos + len;
	nf_alg_cursor_skip(c, len + 1);
	if (sip_equal_fold(&scheme, "sip", 3))
		return SIP_SCHEME_SIP;
	return sip_equal_fold(&scheme, "sips", 4) ? SIP_SCHEME_SIPS :
						    SIP_SCHEME_OTHER;
}

static void sip_uri_params(const struct nf_alg_cursor *message,
			   struct sip_uri *uri)
{
	struct sip_param param;
	struct nf_alg_cursor c;

	nf_alg_cursor_span(&c, message, &uri->params);
	while (sip_param_next(&c, &param)) {
		if (sip_span_equal(message, &param.name, "maddr", 5)) {
			uri->maddr = param.value;
			uri->maddr.off = param.value.off ?: param.name.off;
		} else if (sip_span_equal(message, &param.name, "transport",
					  9)) {
			if (sip_span_equal(message, &param.value, "udp", 3))
				uri->transport = SIP_TRANSPORT_UDP;
			else if (sip_span_equal(message, &param.value, "tcp",
						3))
				uri->transport = SIP_TRANSPORT_TCP;
			else
				uri->transport = SIP_TRANSPORT_OTHER;
		}
	}
}

/* User and password, up to the first '@'. What follows a host may hold another
 * in spite of the grammar ("?Replaces=1@10.0.0.2"), and is no host.
 */
static bool sip_user_parse(struct nf_alg_cursor *in, struct sip_uri *uri)
{
	const u8 *text = in->base + in->pos;
	u32 left = nf_alg_cursor_left(in), at;

	for (at = 0; at < left && text[at] != '@'; at++)
		;
	if (at == left)
		return true;
	uri->user.off = in->pos;
	uri->user.len = at;
	nf_alg_cursor_skip(in, at + 1);
	return at;
}

bool sip_uri_parse(const struct nf_alg_cursor *c, struct sip_uri *uri)
{
	struct nf_alg_cursor in = *c;
	int ch;

	uri->user.off = 0;
	uri->user.len = 0;
	uri->transport = SIP_TRANSPORT_NONE;
	uri->maddr = uri->user;
	uri->scheme = sip_scheme_parse(&in);
	if (uri->scheme == SIP_SCHEME_OTHER) {
		memset(uri, 0, sizeof(*uri));
		return true;
	}

	if (!sip_user_parse(&in, uri))
		return false;
	if (!sip_hostport_parse(&in, &uri->host, &uri->hostport, &uri->port,
				false))
		return false;
	/* "sip:alice@home@10.0.0.2": all of it up to the last one is the user */
	while (nf_alg_cursor_at(&in, 0) == '@') {
		nf_alg_cursor_skip(&in, 1);
		uri->user.len = in.pos - 1 - uri->user.off;
		if (!sip_hostport_parse(&in, &uri->host, &uri->hostport,
					&uri->port, false))
			return false;
	}
	uri->params.off = in.pos;
	uri->params.len = nf_alg_cursor_left(&in);
	if (!uri->params.len)
		return true;
	ch = nf_alg_cursor_at(&in, 0);
	if (ch != ';' && ch != '?')
		return false;
	sip_uri_params(c, uri);
	return true;
}
