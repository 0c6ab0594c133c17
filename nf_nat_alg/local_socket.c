// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets of the router itself: they keep their ports
 */
#include <linux/in.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include "compat/socket.h"
#include "local_socket.h"

static bool nf_alg_local_address(struct net *net, const struct net_device *dev,
				 const struct nf_alg_endpoint *public)
{
	if (public->family == NFPROTO_IPV4)
		return inet_addr_type_dev_table(net, dev, public->addr.ip) ==
		       RTN_LOCAL;
#if IS_ENABLED(CONFIG_IPV6)
	return nf_ipv6_chk_addr(net, &public->addr.in6, NULL, 0);
#else
	return false;
#endif
}

bool nf_alg_local_socket(struct net *net, const struct net_device *dev,
			 u8 l4proto, const struct nf_alg_endpoint *source,
			 const struct nf_alg_endpoint *public)
{
	int dif = dev ? dev->ifindex : 0, sdif = 0;
	int master = l3mdev_master_ifindex_rcu(dev);
	bool found;

	/* As inet_iif() and inet_sdif() say it of what a VRF has received */
	if (master && master != dif) {
		sdif = dif;
		dif = master;
	}
	if (public->family == NFPROTO_IPV4)
		found = nf_alg_compat_socket4(net, l4proto, source->addr.ip,
					      source->port, public->addr.ip,
					      public->port, dif, sdif);
	else
		found = nf_alg_compat_socket6(net, l4proto, &source->addr.in6,
					      source->port, &public->addr.in6,
					      public->port, dif, sdif);
	/* A socket of any address waits for the router's own only */
	return found && nf_alg_local_address(net, dev, public);
}
