// SPDX-License-Identifier: GPL-2.0
/*
 * Public addresses that the router loses
 *
 * A provider gives another address, a link goes for good. Masquerade drops the
 * connections that left with the old one; what was bound to it must follow, or
 * a phone's next REGISTER would be given the old address again, and its calls
 * would wait at a place where nobody is.
 *
 * But a line that renews its lease, or dials again, often comes back with the
 * address that it had, and the other ends still know what was bound there. So
 * connections end at once, and bindings only when the device has another address
 * or nothing is back after NF_ALG_ADDRESS_WAIT.
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

/* How long an address may be away before what is bound to it ends */
#define NF_ALG_ADDRESS_WAIT (30 * HZ)

/* Addresses of a namespace that are waited for; more end at once */
#define NF_ALG_ADDRESSES_AWAY 64

/**
 * struct nf_alg_address - an address that was taken away
 * @node: in nf_alg_addresses.gone
 * @entry: in nf_alg_addresses.away, once the work has seen it
 * @address: the address, port 0
 * @device: name of the device that had it; a line that dials again has another
 *	device of that name
 * @until: when it is not waited for any longer, in jiffies
 */
struct nf_alg_address {
	struct llist_node node;
	struct list_head entry;
	struct nf_alg_endpoint address;
	char device[IFNAMSIZ];
	unsigned long until;
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

static bool nf_alg_address_other4(const struct net_device *dev)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev)
		if (ifa->ifa_scope < RT_SCOPE_LINK)
			return true;
	return false;
}

#if IS_ENABLED(CONFIG_IPV6)
static bool nf_alg_address_other6(const struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;
	bool other = false;

	if (!idev)
		return false;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list)
		other |= !(ipv6_addr_type(&ifa->addr) & IPV6_ADDR_LINKLOCAL);
	read_unlock_bh(&idev->lock);
	return other;
}
#endif

/* Test whether the device has an address in the place of the one that is away */
static bool nf_alg_address_replaced(struct net *net,
				    const struct nf_alg_address *away)
{
	const struct net_device *dev;
	bool replaced = false;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(net, away->device);
	if (dev && away->address.family == NFPROTO_IPV4)
		replaced = nf_alg_address_other4(dev);
#if IS_ENABLED(CONFIG_IPV6)
	if (dev && away->address.family == NFPROTO_IPV6)
		replaced = nf_alg_address_other6(dev);
#endif
	rcu_read_unlock();
	return replaced;
}

/* Take over what the notifiers have found, and end its connections */
static void nf_alg_address_collect(struct nf_alg_net *an)
{
	struct llist_node *list = llist_del_all(&an->addresses.gone);
	struct nf_alg_address *gone, *next;

	llist_for_each_entry_safe(gone, next, list, node) {
		const struct nf_ct_iter_data iter = { .net = an->net,
						      .data = &gone->address };

		if (nf_alg_address_local(an->net, &gone->address)) {
			kfree(gone);
			continue;
		}
		nf_ct_iterate_cleanup_net(nf_alg_address_flow, &iter);
		if (an->addresses.away_count++ >= NF_ALG_ADDRESSES_AWAY)
			gone->until = jiffies;
		list_add_tail(&gone->entry, &an->addresses.away);
	}
}

static void nf_alg_address_work(struct work_struct *work)
{
	struct nf_alg_net *an = container_of(to_delayed_work(work),
					     struct nf_alg_net, addresses.work);
	struct nf_alg_address *away, *next;
	unsigned long now, left = ULONG_MAX;

	nf_alg_address_collect(an);
	now = jiffies;
	list_for_each_entry_safe(away, next, &an->addresses.away, entry) {
		bool back = nf_alg_address_local(an->net, &away->address);

		if (!back && time_before(now, away->until) &&
		    !nf_alg_address_replaced(an->net, away)) {
			left = min(left, away->until - now);
			continue;
		}
		if (!back)
			nf_alg_address_forget(an, &away->address);
		list_del(&away->entry);
		an->addresses.away_count--;
		kfree(away);
	}
	/* Does nothing where a notifier has asked for an earlier one meanwhile */
	if (left != ULONG_MAX)
		schedule_delayed_work(&an->addresses.work, left);
}

/* IPv6 says so with locks held, and IPv4 with RTNL: the rest comes later */
static void nf_alg_address_gone(const struct net_device *dev,
				const struct nf_alg_endpoint *address)
{
	struct nf_alg_net *an = nf_alg_pernet(dev_net(dev));
	struct nf_alg_address *gone;

	/* All of a namespace that goes ends anyway */
	if (READ_ONCE(an->leaving) || (!atomic_read(&an->bindings.count) &&
				       !atomic_read(&an->calls.count)))
		return;
	gone = kmalloc(sizeof(*gone), GFP_ATOMIC);
	if (!gone) {
		nf_alg_reason_count(an, NF_ALG_REASON_NO_MEMORY);
		return;
	}
	gone->address = *address;
	gone->until = jiffies + NF_ALG_ADDRESS_WAIT;
	strscpy(gone->device, dev->name, sizeof(gone->device));
	llist_add(&gone->node, &an->addresses.gone);
	mod_delayed_work(system_wq, &an->addresses.work, 0);
}

/* A new address may be what was waited for, or stand in its place */
static void nf_alg_address_come(const struct net_device *dev)
{
	struct nf_alg_net *an = nf_alg_pernet(dev_net(dev));

	if (!READ_ONCE(an->leaving) &&
	    delayed_work_pending(&an->addresses.work))
		mod_delayed_work(system_wq, &an->addresses.work, 0);
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
		nf_alg_address_gone(ifa->ifa_dev->dev, &address);
	else if (event == NETDEV_UP)
		nf_alg_address_come(ifa->ifa_dev->dev);
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
		nf_alg_address_gone(ifa->idev->dev, &address);
	else if (event == NETDEV_UP)
		nf_alg_address_come(ifa->idev->dev);
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
	INIT_LIST_HEAD(&an->addresses.away);
	INIT_DELAYED_WORK(&an->addresses.work, nf_alg_address_work);
}

/**
 * nf_alg_addresses_exit() - end pending work at namespace exit
 * @an: namespace; its devices are gone, or nobody watches them, so no notifier
 *	schedules work any more. Its bindings and calls are still there.
 */
void nf_alg_addresses_exit(struct nf_alg_net *an)
{
	struct nf_alg_address *address, *next;

	/* The work schedules itself, which this prevents */
	cancel_delayed_work_sync(&an->addresses.work);
	llist_for_each_entry_safe(address, next,
				  llist_del_all(&an->addresses.gone), node)
		kfree(address);
	list_for_each_entry_safe(address, next, &an->addresses.away, entry)
		kfree(address);
}
