// SPDX-License-Identifier: GPL-2.0
/*
 * Via: where a response goes.
 */
#include "header.h"
#include "via.h"

/* A token; white space around it is passed over */
static bool sip_via_token(struct nf_alg_cursor *c, struct nf_alg_cursor *token)
{
	sip_skip_lws(c);
	*token = *c;
	sip_skip_chars(c, SIP_CHAR_TOKEN);
	token->end = c->pos;
	sip_skip_lws(c);
	return nf_alg_cursor_left(token);
}

static bool sip_via_slash(struct nf_alg_cursor *c)
{
	return nf_alg_cursor_get(c) == '/';
}

static bool sip_via_name(const struct nf_alg_cursor *c,
			 const struct sip_param *param, const char *name,
			 u32 len)
{
	struct nf_alg_cursor text = *c;

	if (param->name.len != len)
		return false;
	text.pos = param->name.off;
	text.end = text.pos + len;
	return sip_equal_fold(&text, name, len);
}

/* sent-protocol in any spelling, and the white space behind it */
static bool sip_via_protocol(struct nf_alg_cursor *c, struct sip_via *via)
{
	struct nf_alg_cursor in = *c, name, version, transport;
	const u8 *usual = nf_alg_cursor_here(c, 13);

	if (usual && usual[12] > ' ') {
		via->transport = SIP_TRANSPORT_UDP;
		if (!memcmp(usual, "SIP/2.0/UDP ", 12))
			return nf_alg_cursor_skip(c, 12);
		via->transport = SIP_TRANSPORT_TCP;
		if (!memcmp(usual, "SIP/2.0/TCP ", 12))
			return nf_alg_cursor_skip(c, 12);
	}
	if (!sip_via_token(&in, &name) || !sip_via_slash(&in) ||
	    !sip_via_token(&in, &version) || !sip_via_slash(&in) ||
	    !sip_via_token(&in, &transport))
		return false;
	/* White space separates the transport from sent-by */
	if (transport.end == in.pos)
		return false;
	if (!sip_equal_fold(&name, "sip", 3) ||
	    !sip_equal_fold(&version, "2.0", 3))
		return false;
	if (sip_equal_fold(&transport, "udp", 3))
		via->transport = SIP_TRANSPORT_UDP;
	else if (sip_equal_fold(&transport, "tcp", 3))
		via->transport = SIP_TRANSPORT_TCP;
	else
		via->transport = SIP_TRANSPORT_OTHER;
	*c = in;
	return true;
}

bool sip_via_parse(const struct nf_alg_cursor *c, struct sip_via *via)
{
	struct nf_alg_cursor in = *c;
	struct sip_param param;

	via->branch.off = 0;
	via->branch.len = 0;
	via->received = via->branch;
	via->rport_value = via->branch;
	via->rport = false;
	via->alias = false;
	via->maddr = via->branch;
	if (!sip_via_protocol(&in, via))
		return false;
	if (!sip_hostport_parse(&in, &via->host, &via->sent_by, &via->port,
				true))
		return false;

	while (sip_param_next(&in, &param)) {
		if (sip_via_name(&in, &param, "branch", 6)) {
			via->branch = param.value;
		} else if (sip_via_name(&in, &param, "rport", 5)) {
			via->rport = true;
			via->rport_value = param.value;
		} else if (sip_via_name(&in, &param, "received", 8)) {
			via->received = param.value;
		} else if (sip_via_name(&in, &param, "maddr", 5)) {
			via->maddr = param.value;
			via->maddr.off = param.value.off ?: param.name.off;
		} else if (sip_via_name(&in, &param, "alias", 5)) {
			via->alias = true;
		}
	}
	sip_skip_lws(&in);
	return !nf_alg_cursor_left(&in) || nf_alg_cursor_at(&in, 0) == ',';
}
