/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_PORT_H
#define NF_ALG_PORT_H

#include "endpoint.h"

struct nf_alg_net;

/* Below these the world expects services of the host itself */
#define NF_ALG_PORT_LOWEST 1024

/**
 * struct nf_alg_port_want - adjacent public ports somebody would like to have
 * @an: namespace
 * @zone: conntrack zone id of what will come to them
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @count: how many
 * @parity: the first port must be as even or odd as @inside's
 * @media: no port that nf_alg_port_media() refuses
 * @inside: inside endpoint; the first of @count
 * @public: public address; its port is not looked at
 * @peer: endpoints the inside host is known to talk with: the flow's other end
 *	and the remote that will come; family 0 or port 0: not known
 */
struct nf_alg_port_want {
	struct nf_alg_net *an;
	u16 zone;
	u8 l4proto;
	u8 count;
	bool parity;
	bool media;
	const struct nf_alg_endpoint *inside;
	const struct nf_alg_endpoint *public;
	const struct nf_alg_endpoint *peer[2];
};

/**
 * nf_alg_port_free() - test whether a public port may be bound
 * @want: whose; @count and @parity are not looked at
 * @i: for which of its inside ports, counted from the first
 * @port: the public port, host order
 *
 * Free is what no binding has, no connection of another inside endpoint uses
 * toward a known peer, and no local socket listens on. Caller holds
 * nf_alg_bindings.lock.
 *
 * Return: true if it is free.
 */
bool nf_alg_port_free(const struct nf_alg_port_want *want, u8 i, u16 port);

/**
 * nf_alg_port_choose() - choose public ports
 * @want: how many and for whom
 * @own: public ports that the host has already, to take if they are free, in
 *	this order, host order; 0: none
 * @n: how many of those
 *
 * Otherwise one of the media range (options media-port-low and -high) and no
 * other: the inside port if it lies there and is free, else from a place that the
 * inside endpoint decides, at most 2,048 candidates. Media gets a port that a flow has used
 * in the last minutes only if there is no other. Caller holds nf_alg_bindings.lock.
 *
 * Return: the first port in host order, or 0.
 */
u16 nf_alg_port_choose(const struct nf_alg_port_want *want, const u16 *own,
		       int n);

/**
 * nf_alg_port_count() - count the ports of the media range
 * @an: namespace
 *
 * Return: how many.
 */
u32 nf_alg_port_count(struct nf_alg_net *an);

/**
 * nf_alg_port_ranged() - test whether a public port lies in the media range
 * @an: namespace
 * @port: host order
 *
 * Return: true if it does.
 */
bool nf_alg_port_ranged(struct nf_alg_net *an, u16 port);

/* For binding.c; the caller holds nf_alg_bindings.lock, or is the last one */
void nf_alg_port_released(struct nf_alg_net *an, u16 port);
void nf_alg_ports_exit(struct nf_alg_net *an);

/**
 * nf_alg_port_media() - test whether media may have a port, inside or public
 * @an: namespace
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @port: host order
 *
 * Return: false below NF_ALG_PORT_LOWEST, where the administrator has a service,
 * and where others are known to listen.
 */
bool nf_alg_port_media(struct nf_alg_net *an, u8 l4proto, u16 port);

#endif /* NF_ALG_PORT_H */
