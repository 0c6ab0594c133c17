// SPDX-License-Identifier: GPL-2.0
/*
 * First packets of tunnels that wait for their turn
 *
 * A packet that waits refers to no device: devices are looked up again by their
 * index when it goes on, so that none must wait for it.
 */
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/netfilter/nf_conntrack.h>
#include "packet.h"
#include "state.h"
#include "tunnel.h"
#include "wait.h"

/**
 * struct ipsec_held - a packet that waits
 * @list: among those that may go
 * @skb: the packet
 * @esp: its header
 * @in: ifindex of the device it came by, or 0
 * @out: ifindex of the device it goes by
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 * @okfn: what comes behind the last hook
 */
struct ipsec_held {
	struct list_head list;
	struct sk_buff *skb;
	struct ipsec_esp esp;
	int in;
	int out;
	u8 pf;
	int (*okfn)(struct net *net, struct sock *sk, struct sk_buff *skb);
};

bool ipsec_wait_hold(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
		     struct sk_buff *skb, const struct nf_hook_state *state)
{
	u32 max = nf_alg_option(ns->an, NF_ALG_OPTION_TUNNELS_HELD_MAX);
	struct ipsec_held *held;

	if ((u32)atomic_inc_return(&ns->held) > max) {
		nf_alg_reason_count(ns->an, NF_ALG_REASON_LIMIT_TUNNELS_HELD);
		goto refuse;
	}
	held = kmalloc(sizeof(*held), GFP_ATOMIC);
	if (!held) {
		nf_alg_reason_count(ns->an, NF_ALG_REASON_NO_MEMORY);
		goto refuse;
	}
	/* Only forwarded packets come here, and they have no socket */
	if (state->sk || !skb_dst_force(skb) ||
	    !ipsec_packet_esp(skb, state->pf, &held->esp)) {
		kfree(held);
		goto refuse;
	}
	held->skb = skb;
	held->in = state->in ? state->in->ifindex : 0;
	held->out = state->out->ifindex;
	held->pf = state->pf;
	held->okfn = state->okfn;
	tunnel->held = held;
	return true;

refuse:
	atomic_dec(&ns->held);
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

/* On from the first hook behind ours, if they are still there */
static void ipsec_wait_resume(struct net *net, struct ipsec_held *held,
			      struct net_device *in, struct net_device *out)
{
	const struct nf_hook_entries *hooks;
	struct nf_hook_ops **ops;
	struct nf_hook_state state;
	struct sk_buff *skb = held->skb;
	unsigned int i = 0;

	nf_hook_state_init(&state, NF_INET_POST_ROUTING, held->pf, in, out,
			   NULL, net, held->okfn);
	skb->dev = out;
	if (held->pf == NFPROTO_IPV4)
		hooks = rcu_dereference(
			net->nf.hooks_ipv4[NF_INET_POST_ROUTING]);
	else
		hooks = rcu_dereference(
			net->nf.hooks_ipv6[NF_INET_POST_ROUTING]);
	if (hooks) {
		ops = nf_hook_entries_get_hook_ops(hooks);
		while (i < hooks->num_hook_entries &&
		       READ_ONCE(ops[i])->priority <= IPSEC_PRI_OUT)
			i++;
		if (nf_hook_slow(skb, &state, hooks, i) != 1)
			return;
	}
	held->okfn(net, NULL, skb);
}

void ipsec_wait_send(struct ipsec_net *ns, struct list_head *go)
{
	struct ipsec_held *held, *next;
	struct net_device *in, *out;

	list_for_each_entry_safe(held, next, go, list) {
		in = held->in ? dev_get_by_index_rcu(ns->net, held->in) : NULL;
		out = dev_get_by_index_rcu(ns->net, held->out);
		local_bh_disable();
		if (out && (in || !held->in))
			ipsec_wait_resume(ns->net, held, in, out);
		else
			kfree_skb(held->skb);
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
	kfree_skb(held->skb);
	kfree(held);
	atomic_dec(&ns->held);
}
