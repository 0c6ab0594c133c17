/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_ROUTE_H
#define NF_ALG_ROUTE_H

#include <linux/netfilter.h>
#include <net/dst.h>
#include <net/flow.h>
#include "netns.h"
#include "session.h"

/**
 * nf_alg_route() - the way by which packets to a host leave
 * @session: gives namespace and VRF
 * @host: the host; the port is not looked at
 *
 * Any context.
 *
 * Return: the route, to be given back with dst_release(); NULL: none.
 */
static inline struct dst_entry *
nf_alg_route(const struct nf_alg_session *session,
	     const struct nf_alg_endpoint *host)
{
	struct dst_entry *dst = NULL;
	struct flowi fl;

	memset(&fl, 0, sizeof(fl));
	if (host->family == NFPROTO_IPV6) {
		fl.u.ip6.daddr = host->addr.in6;
		fl.u.ip6.flowi6_oif = session->vrf;
	} else {
		fl.u.ip4.daddr = host->addr.ip;
		fl.u.ip4.flowi4_oif = session->vrf;
	}
	if (nf_route(session->an->net, &dst, &fl, false, host->family))
		return NULL;
	return dst;
}

#endif /* NF_ALG_ROUTE_H */
