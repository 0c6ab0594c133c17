// SPDX-License-Identifier: GPL-2.0
/*
 * Where hosts are, as seen from this router.
 */
#include "link.h"
#include "route.h"

/* The device by which packets to a host leave, or 0 */
static int h323_device(const struct nf_alg_session *session,
		       const struct nf_alg_endpoint *host)
{
	struct dst_entry *dst = nf_alg_route(session, host);
	int device;

	if (!dst)
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
