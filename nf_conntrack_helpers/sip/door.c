// SPDX-License-Identifier: GPL-2.0
/*
 * Doors: where the world may reach an inside host's SIP port.
 */
#include "denied_port.h"
#include "door.h"
#include "netns.h"
#include "port.h"
#include "service.h"

bool sip_door_permitted(const struct nf_alg_message *msg, u8 l4proto, u16 port)
{
	struct nf_alg_net *an = msg->session->an;

	if (port < NF_ALG_PORT_LOWEST)
		return false;
	if (l4proto == IPPROTO_TCP &&
	    !nf_alg_option(an, NF_ALG_OPTION_TCP_DOORS))
		return false;
	/* What the administrator named is meant */
	if (nf_alg_service_port(an, l4proto, htons(port)))
		return true;
	return l4proto == IPPROTO_UDP && msg->session->l4proto == IPPROTO_UDP &&
	       msg->from->own.port == htons(port) && !nf_alg_port_denied(port);
}

void sip_door_want(const struct nf_alg_message *msg, u8 l4proto, u16 port,
		   struct nf_alg_bind *want)
{
	memset(want, 0, sizeof(*want));
	want->inside = msg->from->own;
	want->inside.port = htons(port);
	want->l4proto = l4proto;
	want->count = 1;
	want->flags = NF_ALG_BIND_DOOR | NF_ALG_BIND_CLOSED;
	if (l4proto == msg->session->l4proto &&
	    msg->from->own.port == htons(port))
		want->prefer = msg->from->seen.port;
	if (nf_alg_option(msg->session->an, NF_ALG_OPTION_REGISTRAR_ONLY)) {
		want->remote = msg->to->own;
		want->remote.port = 0;
	}
}
