/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_LOCAL_SOCKET_H
#define NF_ALG_LOCAL_SOCKET_H

#include "endpoint.h"

struct net;
struct net_device;

/**
 * nf_alg_local_socket() - test whether the router itself would take a packet
 * @net: namespace
 * @dev: device it comes in by, or of the router's own packets leaves by
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @source: where it comes from
 * @public: where it goes to
 *
 * As the router's own receive path finds the socket: bound to that address or to
 * any, to that device or VRF or to none, connected to @source or not. Of TCP only
 * listeners count, because a connection has a conntrack entry. Caller holds RCU.
 *
 * Return: true if the address is the router's and a socket waits there.
 */
bool nf_alg_local_socket(struct net *net, const struct net_device *dev,
			 u8 l4proto, const struct nf_alg_endpoint *source,
			 const struct nf_alg_endpoint *public);

#endif /* NF_ALG_LOCAL_SOCKET_H */
