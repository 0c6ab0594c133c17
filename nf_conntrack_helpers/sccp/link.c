// SPDX-License-Identifier: GPL-2.0
/*
 * Who is beside whom, as seen from this router.
 */
#include <net/ip6_fib.h>
#include <net/route.h>
#include "link.h"
#include "route.h"

/**
 * struct sccp_next_hop - where a packet leaves
 * @device: by which device
 * @local: it stays here
 * @router: to whom; family 0: the host itself
 */
struct sccp_next_hop {
	int device;
	bool local;
	struct nf_alg_endpoint router;
};

static void sccp_next_hop_read(const struct dst_entry *dst, u16 family,
			       struct sccp_next_hop *hop)
{
	hop->device = dst->dev->ifindex;
	if (family == NFPROTO_IPV6) {
		const struct rt6_info *rt =
			container_of(dst, struct rt6_info, dst);

		hop->local = rt->rt6i_flags & RTF_LOCAL;
		if (!(rt->rt6i_flags & RTF_GATEWAY))
			return;
		hop->router.family = NFPROTO_IPV6;
		hop->router.addr.in6 = rt->rt6i_gateway;
	} else {
		const struct rtable *rt = container_of(dst, struct rtable, dst);

		hop->local = rt->rt_flags & RTCF_LOCAL;
		if (!rt->rt_gw_family)
			return;
		hop->router.family = rt->rt_gw_family;
		if (rt->rt_gw_family == AF_INET6)
			hop->router.addr.in6 = rt->rt_gw6;
		else
			hop->router.addr.ip = rt->rt_gw4;
	}
}

static bool sccp_next_hop(const struct nf_alg_session *session,
			  const struct nf_alg_endpoint *host,
			  struct sccp_next_hop *hop)
{
	struct dst_entry *dst = nf_alg_route(session, host);

	memset(hop, 0, sizeof(*hop));
	if (!dst)
		return false;
	sccp_next_hop_read(dst, host->family, hop);
	dst_release(dst);
	return true;
}

bool sccp_same_link(const struct nf_alg_session *session,
		    const struct nf_alg_endpoint *a,
		    const struct nf_alg_endpoint *b)
{
	struct sccp_next_hop to_a, to_b;

	return a->family == b->family && sccp_next_hop(session, a, &to_a) &&
	       sccp_next_hop(session, b, &to_b) && to_a.device == to_b.device &&
	       nf_alg_same_host(&to_a.router, &to_b.router);
}

bool sccp_elsewhere(const struct nf_alg_session *session,
		    const struct nf_alg_endpoint *host,
		    const struct nf_alg_endpoint *phone)
{
	struct sccp_next_hop to_host, to_phone;

	return host->family == phone->family &&
	       sccp_next_hop(session, host, &to_host) && !to_host.local &&
	       sccp_next_hop(session, phone, &to_phone) && !to_phone.local &&
	       to_host.device != to_phone.device;
}
