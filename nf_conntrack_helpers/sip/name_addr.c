// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of ["display name"] <URI>;parameters (RFC 3261 section 25.1).
 */
#include "header.h"
#include "name_addr.h"

/* Up to the next comma that is not quoted, or the end */
static bool sip_params_skip(struct nf_alg_cursor *c, struct nf_alg_span *params)
{
	u32 at = c->pos;

	params->off = at;
	while (at < c->end && c->base[at] != ',') {
		if (c->base[at++] != '"')
			continue;
		c->pos = at;
		if (!sip_skip_quoted(c))
			return false;
		at = c->pos;
	}
	c->pos = at;
	params->len = at - params->off;
	return true;
}

int sip_name_addr_next(struct nf_alg_cursor *c, struct sip_name_addr *value)
{
	u32 start;
	s32 len;
	int ch;

	value->star = false;
	for (;;) {
		sip_skip_lws(c);
		if (nf_alg_cursor_at(c, 0) != ',')
			break;
		nf_alg_cursor_skip(c, 1);
	}
	if (!nf_alg_cursor_left(c))
		return 0;

	start = c->pos;
	for (;;) {
		ch = nf_alg_cursor_at(c, 0);
		if (ch < 0 || ch == ';' || ch == ',' || ch == '<')
			break;
		nf_alg_cursor_skip(c, 1);
		if (ch == '"' && !sip_skip_quoted(c))
			return -1;
	}
	if (ch == '<') {
		nf_alg_cursor_skip(c, 1);
		len = nf_alg_cursor_find(c, '>');
		if (len < 0)
			return -1;
		value->uri.off = c->pos;
		value->uri.len = len;
		nf_alg_cursor_skip(c, len + 1);
	} else {
		/* addr-spec: what follows ';' is the header's, not the URI's */
		struct nf_alg_cursor uri = *c;

		uri.pos = start;
		uri.end = c->pos;
		while (nf_alg_cursor_at(&uri, 0) > ' ')
			nf_alg_cursor_skip(&uri, 1);
		value->uri.off = start;
		value->uri.len = uri.pos - start;
		sip_skip_lws(&uri);
		if (nf_alg_cursor_left(&uri) || !value->uri.len)
			return -1;
		if (value->uri.len == 1 && c->base[start] == '*')
			value->star = true;
	}
	return sip_params_skip(c, &value->params) ? 1 : -1;
}
