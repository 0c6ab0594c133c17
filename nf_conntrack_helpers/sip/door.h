/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_DOOR_H
#define NF_ALG_SIP_DOOR_H

#include "binding.h"
#include "message.h"

/**
 * sip_door_permitted() - may a door lead to this inside port
 * @msg: message that asks; its sender is the inside host
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @port: the inside port, host order
 *
 * Never below 1024. UDP: the port the host itself sends from, unless it is one
 * where another service is known to listen, or a port of a service. TCP: only a
 * port of a service, and only if the option tcp-doors says so.
 *
 * Return: true if it may.
 */
bool sip_door_permitted(const struct nf_alg_message *msg, u8 l4proto, u16 port);

/**
 * sip_door_want() - describe a door
 * @msg: message that asks
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @port: the inside port, host order
 * @want: to fill: closed, and for the other end of the flow alone unless the
 *	option registrar-only is off
 */
void sip_door_want(const struct nf_alg_message *msg, u8 l4proto, u16 port,
		   struct nf_alg_bind *want);

#endif /* NF_ALG_SIP_DOOR_H */
