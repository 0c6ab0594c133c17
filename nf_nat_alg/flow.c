// SPDX-License-Identifier: GPL-2.0
/*
 * New flows: which follow a binding, and which are signalling
 *
 * Three stops, all of which let packets of known flows pass after a test or
 * two:
 *
 * binding	right after conntrack, in PRE_ROUTING and LOCAL_OUT. A flow to a
 *		public endpoint is translated as its binding says, whatever the
 *		NAT rules say, and becomes related; so does a flow from an inside
 *		endpoint to whom it was bound for.
 * source	one of NAT's own lookups in POST_ROUTING, before the rules: only
 *		new flows come here at all. A flow from an inside endpoint leaves
 *		with its public endpoint as source, whoever it goes to.
 * service	right before conntrack confirms: classify.c
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/dst.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_nat.h>
#include "binding.h"
#include "call.h"
#include "event.h"
#include "flow.h"
#include "lost.h"
#include "netns.h"
#include "session.h"
#include "trace.h"

int nf_alg_flow_vrf(const struct sk_buff *skb, u8 inside)
{
	const struct net_device *dev = skb_dst(skb)->dev;

	if (inside & BIT(IP_CT_DIR_ORIGINAL))
		dev = dev_get_by_index_rcu(dev_net(dev), skb->skb_iif);
	return dev ? l3mdev_master_ifindex_rcu(dev) : 0;
}

const struct net_device *
nf_alg_flow_device_in(const struct sk_buff *skb,
		      const struct nf_hook_state *state)
{
	if (likely(state->in) || !skb->skb_iif ||
	    skb->protocol != htons(ETH_P_IP) ||
	    !ipv4_is_multicast(ip_hdr(skb)->daddr))
		return state->in;
	return dev_get_by_index_rcu(state->net, skb->skb_iif);
}

/* What the replies look like if @to is asked by @from */
static struct nf_conntrack_tuple
nf_alg_flow_reply(const struct nf_conn *ct, const struct nf_alg_endpoint *from,
		  const struct nf_alg_endpoint *to)
{
	struct nf_conntrack_tuple reply = ct->tuplehash[IP_CT_DIR_REPLY].tuple;

	reply.src.u3 = to->addr;
	reply.src.u.all = to->port;
	reply.dst.u3 = from->addr;
	reply.dst.u.all = from->port;
	return reply;
}

/* Would another connection be found for the replies? Then conntrack would drop
 * ours when it confirms.
 */
static bool nf_alg_flow_clashes(const struct nf_conn *ct,
				const struct nf_alg_endpoint *from,
				const struct nf_alg_endpoint *to)
{
	struct nf_conntrack_tuple reply = nf_alg_flow_reply(ct, from, to);

	return nf_conntrack_tuple_taken(&reply, ct);
}

/* A flow between the same two ends that is left from before the inside endpoint
 * was bound, or was bound otherwise: the latest call decides, so let it go.
 * Flows with a helper are not media, and stay.
 */
static void nf_alg_flow_supersede(const struct nf_conn *ct,
				  const struct nf_alg_endpoint *from,
				  const struct nf_alg_endpoint *to)
{
	struct nf_conntrack_tuple reply = nf_alg_flow_reply(ct, from, to);
	struct nf_conntrack_tuple_hash *h;
	struct nf_conn *old;

	h = nf_conntrack_find_get(nf_ct_net(ct), nf_ct_zone(ct), &reply);
	if (!h)
		return;
	old = nf_ct_tuplehash_to_ctrack(h);
	if (!nfct_help(old))
		nf_ct_kill(old);
	nf_ct_put(old);
}

/* When masquerade's device goes, so does the flow */
static void nf_alg_flow_device(struct nf_conn *ct,
			       const struct nf_alg_binding *b)
{
#if IS_ENABLED(CONFIG_NF_NAT_MASQUERADE)
	struct nf_conn_nat *nat = nfct_nat(ct);

	if (nat)
		nat->masq_index = b->oif;
#endif
}

/* To an endpoint; port 0: any port that is free, its own if that is */
static unsigned int nf_alg_flow_translate(struct nf_conn *ct,
					  const struct nf_alg_endpoint *to,
					  enum nf_nat_manip_type manip)
{
	const struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS |
			 (to->port ? NF_NAT_RANGE_PROTO_SPECIFIED : 0),
		.min_addr = to->addr,
		.max_addr = to->addr,
		.min_proto.all = to->port,
		.max_proto.all = to->port,
	};

	return nf_nat_setup_info(ct, &range, manip);
}

/* What a call's end asks: does the latest flow still exist. Written by any
 * CPU; a torn pair is not found, which is no harm.
 */
static void nf_alg_flow_note(struct nf_alg_binding *b,
			     const struct nf_alg_endpoint *peer)
{
	if (b->used != (u32)jiffies)
		WRITE_ONCE(b->used, jiffies);
	b->peer_addr = peer->addr;
	WRITE_ONCE(b->peer_port, peer->port);
}

/* The flow becomes a relative of the call's signalling, as conntrack's own
 * expectations would make it: the firewall's "related" lets it in.
 */
static bool nf_alg_flow_relate(struct sk_buff *skb, struct nf_conn *ct,
			       const struct nf_alg_grip *grip)
{
	struct nf_conn *master = nf_alg_call_master(grip->call);

	if (!master)
		return false;
	ct->master = master;
	__set_bit(IPS_EXPECTED_BIT, &ct->status);
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	ct->mark = READ_ONCE(master->mark);
#endif
#if IS_ENABLED(CONFIG_NF_CONNTRACK_SECMARK)
	ct->secmark = master->secmark;
#endif
	nf_ct_set(skb, ct, IP_CT_RELATED);
	return true;
}

/* Others of the same moment may slip in with it, but nobody afterwards */
static void nf_alg_flow_once(struct nf_alg_grip *grip)
{
	u16 flags = READ_ONCE(grip->flags);

	if (unlikely(flags & NF_ALG_BIND_ONCE))
		WRITE_ONCE(grip->flags, flags | NF_ALG_BIND_CLOSED);
}

/* A flow to the public endpoint of @to; it comes from the inside endpoint of
 * @from, or at least from that host, if that is not NULL: then both of its ends
 * are translated.
 */
static unsigned int nf_alg_flow_inbound(struct nf_alg_net *an,
					struct sk_buff *skb, struct nf_conn *ct,
					struct nf_alg_binding *to,
					struct nf_alg_binding *from,
					struct nf_alg_grip *grip)
{
	struct nf_alg_endpoint source, remote;
	unsigned int verdict;

	source = nf_alg_flow_source(ct, IP_CT_DIR_ORIGINAL);
	remote = from ? from->public : source;
	if (from && from->inside.port != source.port)
		remote.port = 0;

	if (remote.port &&
	    unlikely(nf_alg_flow_clashes(ct, &remote, &to->inside))) {
		nf_alg_flow_supersede(ct, &remote, &to->inside);
		if (nf_alg_flow_clashes(ct, &remote, &to->inside)) {
			nf_alg_pass(an, NULL, NF_ALG_REASON_BINDING_CLASH);
			return NF_ACCEPT;
		}
	}
	if (!nf_alg_flow_relate(skb, ct, grip))
		return NF_ACCEPT;

	/* Without NAT there is nothing to translate, and the rules may */
	if (from || !nf_alg_same_endpoint(&to->inside, &to->public)) {
		verdict = nf_alg_flow_translate(ct, &to->inside,
						NF_NAT_MANIP_DST);
		if (verdict != NF_ACCEPT)
			return verdict;
		verdict = nf_alg_flow_translate(ct, &remote, NF_NAT_MANIP_SRC);
		if (verdict != NF_ACCEPT)
			return verdict;
		nf_alg_flow_device(ct, to);
	}

	nf_alg_flow_once(grip);
	nf_alg_flow_note(to, &source);
	if (from)
		nf_alg_flow_note(from, &to->inside);
	trace_nf_alg_flow(to, &remote, true);
	return NF_ACCEPT;
}

/* Is this the other end of the call's signalling */
static bool nf_alg_flow_to_peer(const struct nf_alg_grip *grip,
				const struct nf_alg_endpoint *destination)
{
	struct nf_alg_endpoint peer;

	return nf_alg_call_peer(grip->call, &grip->binding->inside, &peer) &&
	       nf_alg_same_host(&peer, destination);
}

/* Was the binding asked for to reach this remote? Anybody may come in where
 * nobody was named, but what goes out is related only if it goes to somebody
 * who was, or to the other end of the signalling: a host that asks for a
 * binding gets no further than the firewall lets it.
 */
static struct nf_alg_grip *
nf_alg_flow_destined(const struct nf_alg_binding *b,
		     const struct nf_alg_endpoint *destination)
{
	struct nf_alg_grip *grip;

	hlist_for_each_entry_rcu(grip, &b->grips, node) {
		if (READ_ONCE(grip->flags) & NF_ALG_BIND_CLOSED)
			continue;
		if (grip->remote.family ?
			    nf_alg_grip_permits(grip, destination) :
			    nf_alg_flow_to_peer(grip, destination))
			return grip;
	}
	return NULL;
}

/* To a listener outside that an inside host was told of. The rules decide
 * whether it may go there and what it is translated to, but for the other end
 * of the signalling, where it may go as a relative. Return: true if it does.
 */
static bool nf_alg_flow_away(struct sk_buff *skb, struct nf_conn *ct,
			     struct nf_alg_binding *to,
			     const struct nf_alg_endpoint *source)
{
	struct nf_alg_endpoint peer;
	struct nf_alg_grip *grip;

	grip = nf_alg_binding_away(to, source);
	if (!grip)
		return false;
	nf_alg_flow_note(to, source);
	return nf_alg_call_peer(grip->call, &grip->call->key.inside, &peer) &&
	       nf_alg_same_host(&peer, &to->public) &&
	       nf_alg_flow_relate(skb, ct, grip);
}

static bool nf_alg_binding_is_away(const struct nf_alg_binding *b)
{
	return b && b->flags & NF_ALG_BIND_AWAY;
}

/* Who holds an open door here, or NULL */
static struct nf_alg_grip *nf_alg_flow_opened(const struct nf_alg_binding *b)
{
	struct nf_alg_grip *grip;

	hlist_for_each_entry_rcu(grip, &b->grips, node)
		if ((READ_ONCE(grip->flags) &
		     (NF_ALG_BIND_DOOR | NF_ALG_BIND_CLOSED)) ==
		    NF_ALG_BIND_DOOR)
			return grip;
	return NULL;
}

/* Who has an open door of the same protocol himself may knock at one: a phone
 * calls its neighbour at the address by which the world knows it.
 */
static struct nf_alg_grip *
nf_alg_flow_neighbour(const struct nf_alg_binding *to,
		      const struct nf_alg_binding *from)
{
	if (to->protocol != from->protocol || !nf_alg_flow_opened(from))
		return NULL;
	return nf_alg_flow_opened(to);
}

/* A connection does not leave by the port of its host's own door, as a datagram
 * does. It is told from a stranger's where that host has a door at the port that
 * it comes to.
 */
static struct nf_alg_binding *
nf_alg_flow_caller(struct nf_alg_net *an, const struct nf_conn *ct,
		   const struct net_device *in,
		   const struct nf_alg_endpoint *source,
		   const struct nf_alg_binding *to)
{
	struct nf_alg_endpoint own = *source;

	if (nf_ct_protonum(ct) != IPPROTO_TCP ||
	    !(READ_ONCE(to->flags) & NF_ALG_BIND_DOOR))
		return NULL;
	own.port = to->inside.port;
	return nf_alg_binding_by_inside(an, IPPROTO_TCP, nf_alg_flow_zone(ct),
					l3mdev_master_ifindex_rcu(in), &own, 0);
}

/* Not inline, as its like below: known flows pay for no stack of theirs */
static noinline unsigned int nf_alg_flow_bind(struct sk_buff *skb,
					      struct nf_conn *ct,
					      const struct nf_hook_state *state)
{
	struct nf_alg_net *an = nf_alg_pernet(state->net);
	struct nf_alg_endpoint source, destination;
	struct nf_alg_binding *to, *from = NULL, *caller;
	struct nf_alg_grip *grip;
	bool related = false;
	u16 zone;
	u8 l4proto;

	if (!atomic_read(&an->bindings.count) || !nf_alg_flow_ports(ct))
		return NF_ACCEPT;

	l4proto = nf_ct_protonum(ct);
	zone = nf_alg_flow_zone(ct);
	source = nf_alg_flow_source(ct, IP_CT_DIR_ORIGINAL);
	destination = nf_alg_flow_destination(ct, IP_CT_DIR_ORIGINAL);

	to = nf_alg_binding_by_public(an, l4proto, zone, &destination);
	if (state->hook == NF_INET_PRE_ROUTING)
		from = nf_alg_binding_by_inside(
			an, l4proto, zone, l3mdev_master_ifindex_rcu(state->in),
			&source, 0);
	if (!to && !from)
		return NF_ACCEPT;
	if (unlikely(nf_alg_binding_is_away(from)))
		from = NULL;
	if (unlikely(nf_alg_binding_is_away(to))) {
		related = nf_alg_flow_away(skb, ct, to, &source);
		to = NULL;
	}

	if (to) {
		/* Who asks is known to the other by the public endpoint */
		caller = from;
		if (!from && state->hook == NF_INET_PRE_ROUTING)
			caller = nf_alg_flow_caller(an, ct, state->in, &source,
						    to);
		grip = nf_alg_binding_admits(to,
					     from ? &from->public : &source);
		if (!grip && caller)
			grip = nf_alg_flow_neighbour(to, caller);
		if (grip)
			return nf_alg_flow_inbound(an, skb, ct, to, caller,
						   grip);
		nf_alg_pass(an, NULL, NF_ALG_REASON_BINDING_CLOSED);
	}
	/* It goes out. NAT's extension is what the stop "source" knows it by. */
	if (from) {
		nf_ct_nat_ext_add(ct);
		grip = nf_alg_flow_destined(from, &destination);
		if (grip && !related)
			nf_alg_flow_relate(skb, ct, grip);
	}
	return NF_ACCEPT;
}

static noinline unsigned int nf_alg_flow_error(struct sk_buff *skb,
					       struct nf_conn *ct,
					       enum ip_conntrack_info ctinfo)
{
	u8 protocol = ip_hdr(skb)->version == 4 ? ip_hdr(skb)->protocol :
						  ipv6_hdr(skb)->nexthdr;

	if (protocol != IPPROTO_ICMP && protocol != IPPROTO_ICMPV6)
		return NF_ACCEPT;
	if (!nf_alg_session_helper(ct))
		return NF_ACCEPT;
	return nf_alg_session_icmp(skb, ct, ctinfo);
}

/* Stop "binding" */
static unsigned int nf_alg_flow_in(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct nf_alg_net *an;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (likely(ctinfo == IP_CT_ESTABLISHED ||
		   ctinfo == IP_CT_ESTABLISHED_REPLY))
		return NF_ACCEPT;
	if (unlikely(!ct))
		return NF_ACCEPT;
	if (ctinfo != IP_CT_NEW)
		return nf_alg_flow_error(skb, ct, ctinfo);
	if (READ_ONCE(ct->status) &
	    (IPS_CONFIRMED | IPS_TEMPLATE | IPS_EXPECTED | IPS_NAT_DONE_MASK))
		return NF_ACCEPT;
	an = nf_alg_pernet(state->net);
	if (unlikely(READ_ONCE(an->sessions.lost_count)) &&
	    nf_alg_lost_packet(an, skb, ct))
		return NF_DROP;
	return nf_alg_flow_bind(skb, ct, state);
}

/* Stop "source" */
static unsigned int nf_alg_flow_out(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	struct nf_alg_endpoint source, destination;
	const struct net_device *in;
	struct nf_alg_binding *b;
	struct nf_alg_net *an;
	unsigned int verdict;

	/* The stop "binding" has not found it, or it is the router's own */
	if (likely(!nfct_nat(ct)) || nf_ct_is_confirmed(ct) ||
	    !nf_alg_flow_ports(ct))
		return NF_ACCEPT;
	in = nf_alg_flow_device_in(skb, state);
	if (!in)
		return NF_ACCEPT;

	an = nf_alg_pernet(state->net);
	source = nf_alg_flow_source(ct, IP_CT_DIR_ORIGINAL);
	b = nf_alg_binding_by_inside(an, nf_ct_protonum(ct),
				     nf_alg_flow_zone(ct),
				     l3mdev_master_ifindex_rcu(in), &source,
				     state->out->ifindex);
	if (!b || unlikely(nf_alg_binding_is_away(b)))
		return NF_ACCEPT;

	/* As the rules for destinations have left it */
	destination = nf_alg_flow_source(ct, IP_CT_DIR_REPLY);
	if (!nf_alg_same_endpoint(&b->inside, &b->public)) {
		if (nf_alg_flow_clashes(ct, &b->public, &destination)) {
			nf_alg_pass(an, NULL, NF_ALG_REASON_BINDING_CLASH);
			return NF_ACCEPT;
		}
		nf_alg_flow_device(ct, b);
		verdict =
			nf_alg_flow_translate(ct, &b->public, NF_NAT_MANIP_SRC);
		if (verdict != NF_ACCEPT)
			return verdict;
	}
	nf_alg_flow_note(b, &destination);
	trace_nf_alg_flow(b, &destination, false);
	return NF_ACCEPT;
}

/* Media may be faster than the answer that opens its port. Taken by the router
 * itself it would become a connection there, and stay one when the port is
 * open. What the administrator forwards does not come here.
 */
static unsigned int nf_alg_flow_local(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	struct nf_alg_net *an = nf_alg_pernet(state->net);
	struct nf_alg_endpoint destination;
	const struct nf_alg_binding *b;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (!ct || ctinfo != IP_CT_NEW || nf_ct_is_confirmed(ct))
		return NF_ACCEPT;
	/* The router's own servers may want one of the kernel's helpers */
	nf_alg_flow_confirm(priv, skb, state);
	if (nf_ct_protonum(ct) != IPPROTO_UDP ||
	    !atomic_read(&an->bindings.count))
		return NF_ACCEPT;
	destination = nf_alg_flow_destination(ct, IP_CT_DIR_ORIGINAL);
	b = nf_alg_binding_by_public(an, IPPROTO_UDP, nf_alg_flow_zone(ct),
				     &destination);
	if (!b || nf_alg_binding_is_away(b) ||
	    nf_alg_same_endpoint(&b->inside, &b->public))
		return NF_ACCEPT;
	return NF_DROP;
}

/* The priorities have the same values in both families */
#define NF_ALG_FLOW_OPS(family)                                           \
	{                                                                 \
		.hook = nf_alg_flow_in,                                   \
		.pf = (family),                                           \
		.hooknum = NF_INET_PRE_ROUTING,                           \
		.priority = NF_IP_PRI_CONNTRACK + 1,                      \
	},                                                                \
		{                                                         \
			.hook = nf_alg_flow_in,                           \
			.pf = (family),                                   \
			.hooknum = NF_INET_LOCAL_OUT,                     \
			.priority = NF_IP_PRI_CONNTRACK + 1,              \
		},                                                        \
		{                                                         \
			.hook = nf_alg_flow_local,                        \
			.pf = (family),                                   \
			.hooknum = NF_INET_LOCAL_IN,                      \
			.priority = INT_MAX - 1,                          \
		},                                                        \
	{                                                                 \
		.hook = nf_alg_flow_confirm, .pf = (family),              \
		.hooknum = NF_INET_POST_ROUTING, .priority = INT_MAX - 1, \
	}

static const struct nf_hook_ops nf_alg_flow_ops[] = {
	NF_ALG_FLOW_OPS(NFPROTO_IPV4),
#if IS_ENABLED(CONFIG_IPV6)
	NF_ALG_FLOW_OPS(NFPROTO_IPV6),
#endif
};

/* NAT asks them in order of priority, before the rules. That there is one also
 * brings NAT's own hooks up, without which nothing would be translated.
 */
static const struct nf_hook_ops nf_alg_flow_nat4_ops = {
	.hook = nf_alg_flow_out,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_POST_ROUTING,
	.priority = NF_IP_PRI_FIRST,
};

#if IS_ENABLED(CONFIG_IPV6)
static const struct nf_hook_ops nf_alg_flow_nat6_ops = {
	.hook = nf_alg_flow_out,
	.pf = NFPROTO_IPV6,
	.hooknum = NF_INET_POST_ROUTING,
	.priority = NF_IP6_PRI_FIRST,
};
#endif

static int nf_alg_flow_nat_register(struct net *net)
{
	int err;

	err = nf_nat_ipv4_register_fn(net, &nf_alg_flow_nat4_ops);
#if IS_ENABLED(CONFIG_IPV6)
	if (err)
		return err;
	err = nf_nat_ipv6_register_fn(net, &nf_alg_flow_nat6_ops);
	if (err)
		nf_nat_ipv4_unregister_fn(net, &nf_alg_flow_nat4_ops);
#endif
	return err;
}

static void nf_alg_flow_nat_unregister(struct net *net)
{
#if IS_ENABLED(CONFIG_IPV6)
	nf_nat_ipv6_unregister_fn(net, &nf_alg_flow_nat6_ops);
#endif
	nf_nat_ipv4_unregister_fn(net, &nf_alg_flow_nat4_ops);
}

/**
 * nf_alg_hooks_register() - see packets of a namespace from now on
 * @an: namespace; the caller holds its config mutex
 *
 * Conntrack and NAT are brought up there as well. May be called again.
 *
 * Return: 0 or a negative errno.
 */
int nf_alg_hooks_register(struct nf_alg_net *an)
{
	int err;

	lockdep_assert_held(&an->config);
	if (an->hooked)
		return 0;

	err = nf_ct_netns_get(an->net, NFPROTO_INET);
	if (err)
		return err;
	err = nf_alg_flow_nat_register(an->net);
	if (err)
		goto conntrack;
	err = nf_register_net_hooks(an->net, nf_alg_flow_ops,
				    ARRAY_SIZE(nf_alg_flow_ops));
	if (err)
		goto nat;
	an->hooked = true;
	return 0;

nat:
	nf_alg_flow_nat_unregister(an->net);
conntrack:
	nf_ct_netns_put(an->net, NFPROTO_INET);
	return err;
}

/**
 * nf_alg_hooks_unregister() - see no packet of a namespace any more
 * @an: namespace; the caller holds its config mutex
 *
 * When this returns no packet is in a hook of ours.
 */
void nf_alg_hooks_unregister(struct nf_alg_net *an)
{
	lockdep_assert_held(&an->config);
	if (!an->hooked)
		return;

	nf_unregister_net_hooks(an->net, nf_alg_flow_ops,
				ARRAY_SIZE(nf_alg_flow_ops));
	nf_alg_flow_nat_unregister(an->net);
	nf_ct_netns_put(an->net, NFPROTO_INET);
	an->hooked = false;
	synchronize_net();
}
