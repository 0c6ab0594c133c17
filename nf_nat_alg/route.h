/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_ROUTE_H
#define NF_ALG_ROUTE_H

#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/flow.h>
#include <net/route.h>
#if IS_ENABLED(CONFIG_IPV6)
#include <net/ip6_fib.h>
#endif
#include "netns.h"
#include "session.h"

/**
 * nf_alg_route_usable() - test whether packets can be sent by a route
 * @dst: the route, or NULL
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * A packet that a bridge forwards has the route of br_netfilter, which stands
 * for the bridge and has no output function; one that a tunnel has received may
 * have the tunnel's metadata; and one that is for the router itself has a route
 * by which nothing leaves. None of them must be stored, or given to a packet
 * that is sent later.
 *
 * Return: true if it leads out of the router.
 */
static inline bool nf_alg_route_usable(const struct dst_entry *dst, u8 family)
{
	if (!dst || dst->flags & (DST_FAKE_RTABLE | DST_METADATA) || dst->error)
		return false;
#if IS_ENABLED(CONFIG_IPV6)
	if (family == NFPROTO_IPV6)
		return !(container_of(dst, const struct rt6_info, dst)
				 ->rt6i_flags &
			 RTF_LOCAL);
#endif
	return !(container_of(dst, const struct rtable, dst)->rt_flags &
		 RTCF_LOCAL);
}

/**
 * nf_alg_route_bridged() - test whether a bridge forwards a packet
 * @skb: packet in FORWARD or POST_ROUTING of IPv4 or IPv6
 *
 * A routed packet that came by a port of a bridge has br_netfilter's record as
 * well, but no port by which it leaves. A bridged one has a real route if a
 * rule has changed its destination to another host on the bridge.
 *
 * Return: true if it is on its way between two ports of a bridge.
 */
static inline bool nf_alg_route_bridged(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	if (nf_bridge_get_physoutif(skb))
		return true;
#endif
	return !dst || dst->flags & DST_FAKE_RTABLE;
}

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
