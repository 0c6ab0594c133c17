// SPDX-License-Identifier: GPL-2.0
/*
 * Where hosts are, as seen from this router.
 */
#include <linux/netfilter.h>
#include <net/dst.h>
#include <net/flow.h>
#include "link.h"
#include "netns.h"

/* The device by which packets to a host leave, or 0 */
static int h323_device(const struct nf_alg_session *session,
		       const struct nf_alg_endpoint *host)
{
	struct dst_entry *dst = NULL;
	struct flowi fl;
	int device;

	memset(&fl, 0, sizeof(fl));
	if (host->family == NFPROTO_IPV6) {
		fl.u.ip6.daddr = host->addr.in6;
		fl.u.ip6.flowi6_oif = session->vrf;
	} else {
		fl.u.ip4.daddr = host->addr.ip;
		fl.u.ip4.flowi4_oif = session->vrf;
	}
	if (nf_route(session->an->net, &dst, &fl, false, host->family) || !dst)
		return 0;
	device = dst->error ? 0 : dst->dev->ifindex;
	dst_release(dst);
	return device;
}

bool h323_same_device(const struct nf_alg_session *session,
		      const struct nf_alg_endpoint *a,
		      const struct nf_alg_endpoint *b)
{
	int device;

	if (nf_alg_same_host(a, b))
		return true;
	device = h323_device(session, a);
	return device && device == h323_device(session, b);
}
