// SPDX-License-Identifier: GPL-2.0
/*
 * Public addresses that the router loses
 *
 * A provider gives another address, a link goes for good. Masquerade drops the
 * connections that left with the old one; what was bound to it must follow, or
 * a phone's next REGISTER would be given the old address again, and its calls
 * would wait at a place where nobody is.
 */
#include <linux/inetdevice.h>
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/netfilter_ipv6.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include "public_address.h"
#include "binding.h"
#include "call.h"
#include "netns.h"

/**
 * struct nf_alg_address - an address that was taken away
 * @node: in nf_alg_addresses.gone
 * @address: the address, port 0
 */
struct nf_alg_address {
	struct llist_node node;
	struct nf_alg_endpoint address;
};

/* Another device, or another prefix, may have it still */
static bool nf_alg_address_local(struct net *net,
				 const struct nf_alg_endpoint *address)
{
	bool local = false;

	if (address->family == NFPROTO_IPV4) {
		rcu_read_lock();
		local = __ip_dev_find(net, address->addr.ip, false);
		rcu_read_unlock();
	}
#if IS_ENABLED(CONFIG_IPV6)
	if (address->family == NFPROTO_IPV6)
		local = nf_ipv6_chk_addr(net, &address->addr.in6, NULL, 0);
#endif
	return local;
}

/* Masquerade itself looks for those that left with the address, but not for
 * those that came in by a binding: the inside host's answers, and all that it
 * sends to the same place, would go on to leave with it.
 */
static int nf_alg_address_flow(struct nf_conn *ct, void *data)
{
	const struct nf_alg_endpoint *address = data;
	unsigned long status = READ_ONCE(ct->status);
	int dir;

	if (!(status & IPS_EXPECTED) || !(status & IPS_NAT_MASK) ||
	    nf_ct_l3num(ct) != address->family)
		return 0;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
		if (nf_inet_addr_cmp(&ct->tuplehash[dir].tuple.dst.u3,
				     &address->addr))
			return 1;
	return 0;
}

static void nf_alg_address_unbind(struct nf_alg_net *an,
				  const struct nf_alg_endpoint *address)
{
	const struct nf_alg_binding_filter filter = { .public = *address };

	nf_alg_binding_clear(an, &filter);
	nf_alg_calls_flush_public(an, address);
}

static void nf_alg_address_forget(struct nf_alg_net *an,
				  struct nf_alg_endpoint *address)
{
	const struct nf_ct_iter_data iter = { .net = an->net, .data = address };

	nf_alg_address_unbind(an, address);
	nf_ct_iterate_cleanup_net(nf_alg_address_flow, &iter);
	/* A message that was being translated may have bound again */
	synchronize_rcu();
	nf_alg_address_unbind(an, address);
}

static void nf_alg_address_work(struct work_struct *work)
{
	struct nf_alg_net *an =
		container_of(work, struct nf_alg_net, addresses.work);
	struct llist_node *list = llist_del_all(&an->addresses.gone);
	struct nf_alg_address *gone, *next;

	llist_for_each_entry_safe(gone, next, list, node) {
		if (!nf_alg_address_local(an->net, &gone->address))
			nf_alg_address_forget(an, &gone->address);
		kfree(gone);
	}
}

/* IPv6 says so with locks held, and IPv4 with RTNL: the rest comes later */
static void nf_alg_address_gone(const struct net *net,
				const struct nf_alg_endpoint *address)
{
	struct nf_alg_net *an = nf_alg_pernet(net);
	struct nf_alg_address *gone;

	if (!atomic_read(&an->bindings.count) && !atomic_read(&an->calls.count))
		return;
	gone = kmalloc(sizeof(*gone), GFP_ATOMIC);
	if (!gone) {
		nf_alg_reason_count(an, NF_ALG_REASON_NO_MEMORY);
		return;
	}
	gone->address = *address;
	llist_add(&gone->node, &an->addresses.gone);
	schedule_work(&an->addresses.work);
}

static int nf_alg_address_event(struct notifier_block *block,
				unsigned long event, void *data)
{
	const struct in_ifaddr *ifa = data;
	const struct nf_alg_endpoint address = {
		.family = NFPROTO_IPV4,
		.addr.ip = ifa->ifa_local,
	};

	if (event == NETDEV_DOWN)
		nf_alg_address_gone(dev_net(ifa->ifa_dev->dev), &address);
	return NOTIFY_DONE;
}

static struct notifier_block nf_alg_address_notifier = {
	.notifier_call = nf_alg_address_event,
};

#if IS_ENABLED(CONFIG_IPV6)
static int nf_alg_address6_event(struct notifier_block *block,
				 unsigned long event, void *data)
{
	const struct inet6_ifaddr *ifa = data;
	const struct nf_alg_endpoint address = {
		.family = NFPROTO_IPV6,
		.addr.in6 = ifa->addr,
	};

	if (event == NETDEV_DOWN)
		nf_alg_address_gone(dev_net(ifa->idev->dev), &address);
	return NOTIFY_DONE;
}

static struct notifier_block nf_alg_address6_notifier = {
	.notifier_call = nf_alg_address6_event,
};
#endif

int nf_alg_addresses_watch(void)
{
	int err = register_inetaddr_notifier(&nf_alg_address_notifier);

#if IS_ENABLED(CONFIG_IPV6)
	if (!err) {
		err = register_inet6addr_notifier(&nf_alg_address6_notifier);
		if (err)
			unregister_inetaddr_notifier(&nf_alg_address_notifier);
	}
#endif
	return err;
}

void nf_alg_addresses_unwatch(void)
{
#if IS_ENABLED(CONFIG_IPV6)
	unregister_inet6addr_notifier(&nf_alg_address6_notifier);
#endif
	unregister_inetaddr_notifier(&nf_alg_address_notifier);
}

/**
 * nf_alg_addresses_init() - no address was lost yet
 * @an: namespace
 */
void nf_alg_addresses_init(struct nf_alg_net *an)
{
	init_llist_head(&an->addresses.gone);
	INIT_WORK(&an->addresses.work, nf_alg_address_work);
}

/**
 * nf_alg_addresses_exit() - nobody asks any more
 * @an: namespace; its devices are gone, or nobody watches them. Its bindings
 *	are still there
 */
void nf_alg_addresses_exit(struct nf_alg_net *an)
{
	flush_work(&an->addresses.work);
}
