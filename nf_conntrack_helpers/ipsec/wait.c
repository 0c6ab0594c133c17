// SPDX-License-Identifier: GPL-2.0
/*
 * First packets of tunnels that wait for their turn
 *
 * A packet that waits has a route, and refers to no device: none must wait for
 * it.
 */
#include <linux/ipv6.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack_core.h>
#include "packet.h"
#include "route.h"
#include "state.h"
#include "tunnel.h"
#include "wait.h"

/**
 * struct ipsec_held - a packet that waits
 * @list: among those that may go
 * @skb: the packet. It has a reference to its route and to its entry of
 *	conntrack's, and none to a device or a socket. The route gives its device
 *	up when that goes; the entry keeps conntrack's exit of the namespace
 *	waiting, which comes after ours.
 * @esp: its header
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * Owned by its tunnel, then by the list that it is in.
 */
struct ipsec_held {
	struct list_head list;
	struct sk_buff *skb;
	struct ipsec_esp esp;
	u8 family;
};

/* Only forwarded packets may wait: those have a route that leads out, and no
 * socket. One that a bridge forwards cannot go on by its route; that of
 * br_netfilter is none.
 */
static bool ipsec_wait_may_hold(struct sk_buff *skb)
{
	if (skb->sk || nf_alg_route_bridged(skb) || !skb_valid_dst(skb))
		return false;
	return skb_dst_force(skb);
}

bool ipsec_wait_hold(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
		     const struct ipsec_esp *esp, struct sk_buff *skb)
{
	u32 max = nf_alg_option(ns->an, NF_ALG_OPTION_TUNNELS_HELD_MAX);
	enum nf_alg_reason reason = NF_ALG_REASON_LIMIT_TUNNELS_HELD;
	struct ipsec_held *held;

	if ((u32)atomic_inc_return(&ns->held) > max)
		goto refuse;
	reason = NF_ALG_REASON_TUNNEL_WAITING;
	if (!ipsec_wait_may_hold(skb))
		goto refuse;
	reason = NF_ALG_REASON_NO_MEMORY;
	held = kmalloc(sizeof(*held), GFP_ATOMIC);
	if (!held)
		goto refuse;
	held->family = tunnel->key.family;
	held->esp = *esp;
	held->skb = skb;
	skb->dev = NULL;
	tunnel->held = held;
	return true;

refuse:
	atomic_dec(&ns->held);
	nf_alg_reason_count(ns->an, reason);
	return false;
}

bool ipsec_wait_take(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
		     struct list_head *go, struct ipsec_esp *esp)
{
	struct ipsec_held *held = tunnel->held;

	if (!held)
		return false;
	tunnel->held = NULL;
	*esp = held->esp;
	list_add_tail(&held->list, go);
	return true;
}

/* What conntrack does behind its helper, and the way out, past the hooks that
 * it has been in. If the device has gone its route ends nowhere.
 */
static void ipsec_wait_resume(struct net *net, struct ipsec_held *held)
{
	struct sk_buff *skb = held->skb;

	skb->dev = READ_ONCE(skb_dst(skb)->dev);
	if (held->family == NFPROTO_IPV4)
		IPCB(skb)->flags |= IPSKB_REROUTED;
	else
		IP6CB(skb)->flags |= IP6SKB_REROUTED;
	if (nf_conntrack_confirm(skb) == NF_ACCEPT)
		dst_output(net, NULL, skb);
	else
		kfree_skb(skb);
}

void ipsec_wait_send(struct ipsec_net *ns, struct list_head *go)
{
	struct ipsec_held *held, *next;

	list_for_each_entry_safe(held, next, go, list) {
		local_bh_disable();
		ipsec_wait_resume(ns->net, held);
		local_bh_enable();
		kfree(held);
		atomic_dec(&ns->held);
	}
}

void ipsec_wait_forget(struct ipsec_net *ns, struct ipsec_tunnel *tunnel)
{
	struct ipsec_held *held = tunnel->held;

	if (!held)
		return;
	tunnel->held = NULL;
	spin_lock_bh(&ns->active_lock);
	list_add_tail(&held->list, &ns->forgotten);
	spin_unlock_bh(&ns->active_lock);
	mod_delayed_work(system_highpri_wq, &ns->learning, 0);
}

void ipsec_wait_drain(struct ipsec_net *ns)
{
	struct ipsec_held *held, *next;
	LIST_HEAD(forgotten);

	spin_lock_bh(&ns->active_lock);
	list_splice_init(&ns->forgotten, &forgotten);
	spin_unlock_bh(&ns->active_lock);
	list_for_each_entry_safe(held, next, &forgotten, list) {
		kfree_skb(held->skb);
		kfree(held);
		atomic_dec(&ns->held);
	}
}
