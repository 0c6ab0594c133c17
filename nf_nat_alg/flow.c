// SPDX-License-Identifier: GPL-2.0
/*
 * New flows: which follow a binding, and which are signalling
 *
 * The NAT rules decide whether a flow is translated; a binding decides by which
 * port. Packets of known flows pass each stop after a test or two.
 *
 * binding	right after conntrack, in PRE_ROUTING and LOCAL_OUT. A flow to a
 *		public endpoint from a remote that a call names is translated as
 *		the binding says, and becomes related; so does a flow from an
 *		inside endpoint to such a remote.
 * anybody	the last of NAT's own lookups there. A flow to a public endpoint
 *		that no rule has translated, where the binding admits anybody.
 * outward	right before conntrack confirms: outward.c
 * service	the same hook, behind it: classify.c
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
#include "claim.h"
#include "event.h"
#include "flow.h"
#include "local_socket.h"
#include "lost.h"
#include "netns.h"
#include "service.h"
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

int nf_alg_flow_oif(const struct sk_buff *skb, u8 inside,
		    enum ip_conntrack_dir dir)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (!(inside & BIT(dir)))
		return skb->skb_iif;
	return dst && dst->dev ? dst->dev->ifindex : 0;
}

/* What the replies look like if @from asks @to */
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

/* Test whether conntrack would find another connection for the replies, and so
 * drop ours when it confirms.
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
				  const struct nf_alg_binding *to,
				  const struct nf_alg_endpoint *from)
{
	struct nf_conntrack_tuple reply =
		nf_alg_flow_reply(ct, from, &to->inside);
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_zone zone;
	struct nf_conn *old;

	nf_ct_zone_init(&zone, to->zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	h = nf_conntrack_find_get(nf_ct_net(ct), &zone, &reply);
	if (!h)
		return;
	old = nf_ct_tuplehash_to_ctrack(h);
	if (!nfct_help(old))
		nf_ct_kill(old);
	nf_ct_put(old);
}

/* Where zones have one direction, what comes from outside has none. Two hosts of
 * different VRFs may have one inside endpoint, so what they send back is told
 * apart by the zone that their own flows have.
 */
static void nf_alg_flow_enter_zone(struct nf_conn *ct,
				   const struct nf_alg_binding *to)
{
	struct nf_conntrack_zone zone;

	if (likely(to->zone == to->outer_zone) ||
	    nf_ct_zone(ct)->dir != NF_CT_DEFAULT_ZONE_DIR ||
	    nf_ct_zone(ct)->id != to->outer_zone)
		return;
	nf_ct_zone_init(&zone, to->zone, NF_CT_ZONE_DIR_REPL, 0);
	nf_ct_zone_add(ct, &zone);
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

void nf_alg_flow_note(struct nf_alg_binding *b,
		      const struct nf_alg_endpoint *peer)
{
	int i;

	if (READ_ONCE(b->used) != (u32)jiffies)
		WRITE_ONCE(b->used, jiffies);
	for (i = 0; i < ARRAY_SIZE(b->peer_addr.all); i++)
		WRITE_ONCE(b->peer_addr.all[i], peer->addr.all[i]);
	WRITE_ONCE(b->peer_port, peer->port);
}

/* The flow becomes a relative of the call's signalling, as conntrack's own
 * expectations would make it: the firewall's "related" lets it in.
 */
static bool nf_alg_flow_relate(struct sk_buff *skb, struct nf_conn *ct,
			       const struct nf_alg_grip *grip)
{
	struct nf_conn *master;

	/* It is a relative of its sender's call already */
	if (ct->master)
		return true;
	master = nf_alg_call_master(grip->call);
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

/**
 * struct nf_alg_flow_ends - a new flow to a public endpoint
 * @source: where it comes from
 * @to: binding of the public endpoint, not of a listener outside
 * @from: the sender's own binding, or at least one of that host: both ends are
 *	translated then; or NULL
 */
struct nf_alg_flow_ends {
	struct nf_alg_endpoint source;
	struct nf_alg_binding *to;
	struct nf_alg_binding *from;
};

static bool nf_alg_flow_listened(const struct nf_conn *ct,
				 const struct nf_hook_state *state,
				 const struct nf_alg_endpoint *source,
				 const struct nf_alg_endpoint *public)
{
	return nf_alg_local_socket(state->net, state->in ?: state->out,
				   nf_ct_protonum(ct), source, public);
}

static unsigned int nf_alg_flow_both(struct nf_conn *ct,
				     const struct nf_alg_endpoint *inside,
				     const struct nf_alg_endpoint *remote)
{
	unsigned int verdict;

	verdict = nf_alg_flow_translate(ct, inside, NF_NAT_MANIP_DST);
	if (verdict != NF_ACCEPT)
		return verdict;
	return nf_alg_flow_translate(ct, remote, NF_NAT_MANIP_SRC);
}

/* A flow that @grip lets in */
static unsigned int nf_alg_flow_inbound(struct nf_alg_net *an,
					struct sk_buff *skb, struct nf_conn *ct,
					const struct nf_hook_state *state,
					const struct nf_alg_flow_ends *ends,
					struct nf_alg_grip *grip)
{
	struct nf_alg_binding *to = ends->to, *from = ends->from;
	bool natted = nf_alg_binding_natted(to);
	const struct nf_conntrack_zone zone = *nf_ct_zone(ct);
	struct nf_alg_endpoint remote;
	unsigned int verdict;

	if (natted &&
	    nf_alg_flow_listened(ct, state, &ends->source, &to->public)) {
		nf_alg_pass(an, NULL, NF_ALG_REASON_LOCAL_SOCKET);
		return NF_ACCEPT;
	}
	remote = from ? from->public : ends->source;
	if (from && from->inside.port != ends->source.port)
		remote.port = 0;

	nf_alg_flow_enter_zone(ct, to);
	if (remote.port &&
	    unlikely(nf_alg_flow_clashes(ct, &remote, &to->inside))) {
		nf_alg_flow_supersede(ct, to, &remote);
		if (nf_alg_flow_clashes(ct, &remote, &to->inside)) {
			nf_alg_pass(an, NULL, NF_ALG_REASON_BINDING_CLASH);
			/* The inside host talks with that remote by another
			 * public port: from here it gets another of the remote.
			 */
			remote.port = 0;
			if (!natted)
				goto leave;
		}
	}
	if (!nf_alg_claim_use(an, grip)) {
		nf_alg_pass(an, NULL, NF_ALG_REASON_BINDING_CLOSED);
		goto leave;
	}
	if (!nf_alg_flow_relate(skb, ct, grip))
		goto leave;

	/* Without NAT there is nothing to translate, and the rules may */
	if (from || natted) {
		verdict = nf_alg_flow_both(ct, &to->inside, &remote);
		if (verdict != NF_ACCEPT)
			return verdict;
	}

	nf_alg_flow_note(to, &ends->source);
	if (from)
		nf_alg_flow_note(from, &to->inside);
	trace_nf_alg_flow(to, &remote, true);
	return NF_ACCEPT;

leave:
	nf_ct_zone_add(ct, &zone);
	return NF_ACCEPT;
}

/* Find a claim that names where a flow goes to. Anybody may come in where nobody
 * was named, but what goes out is related only if it goes to somebody who was
 * named by the inside host, or to the other end of the signalling: a host that
 * asks for a binding gets no further than the firewall lets it.
 */
static struct nf_alg_grip *
nf_alg_flow_destined(struct nf_alg_net *an, const struct nf_conn *ct, int vrf,
		     const struct nf_alg_endpoint *source,
		     const struct nf_alg_endpoint *destination)
{
	struct rhlist_head *list, *pos;
	struct nf_alg_binding *b;
	struct nf_alg_grip *grip;

	list = nf_alg_bindings_of_inside(an, nf_ct_protonum(ct),
					 nf_alg_flow_zone(ct), vrf, source);
	rhl_for_each_entry_rcu(b, pos, list, inside_node) {
		if (nf_alg_binding_is_away(b))
			continue;
		grip = nf_alg_claim_named(an, b, destination, false);
		if (grip)
			return grip;
	}
	return NULL;
}

/* To a listener outside that an inside host was told of. The rules decide
 * whether it may go there and what it is translated to, but for the other end
 * of the signalling, where it may go as a relative. Return: true if it does.
 */
static bool nf_alg_flow_away(struct nf_alg_net *an, struct sk_buff *skb,
			     struct nf_conn *ct, struct nf_alg_binding *to,
			     const struct nf_alg_endpoint *source)
{
	struct nf_alg_endpoint peer;
	struct nf_alg_grip *grip;

	grip = nf_alg_claim_away(an, to, source);
	if (!grip)
		return false;
	nf_alg_flow_note(to, source);
	return nf_alg_call_peer(grip->call, &grip->call->key.inside, &peer) &&
	       nf_alg_same_host(&peer, &to->public) &&
	       nf_alg_flow_relate(skb, ct, grip);
}

/* A host with an open door may come to the open door of another one, if both are
 * of one protocol: a phone calls its neighbour at the address by which the world
 * knows it.
 */
static struct nf_alg_grip *
nf_alg_flow_neighbour(const struct nf_alg_binding *to,
		      const struct nf_alg_binding *from)
{
	if (READ_ONCE(to->protocol) != READ_ONCE(from->protocol) ||
	    !nf_alg_claim_door(from))
		return NULL;
	return nf_alg_claim_door(to);
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
					l3mdev_master_ifindex_rcu(in), &own,
					&to->public);
}

/* Find the binding that a new flow comes to. Where zones have one direction an
 * inside host comes by its own zone, and to its own VRF.
 */
static struct nf_alg_binding *
nf_alg_flow_to(struct nf_alg_net *an, const struct nf_conn *ct, int vrf,
	       const struct nf_alg_endpoint *destination)
{
	const struct nf_conntrack_zone *zone = nf_ct_zone(ct);
	u16 id = nf_ct_zone_id(zone, IP_CT_DIR_ORIGINAL);
	struct nf_alg_binding *to;

	to = nf_alg_binding_by_public(an, nf_ct_protonum(ct), id, destination);
	if (likely(to || zone->dir == NF_CT_DEFAULT_ZONE_DIR))
		return to;
	to = nf_alg_binding_by_public(an, nf_ct_protonum(ct),
				      nf_ct_zone_id(zone, IP_CT_DIR_REPLY),
				      destination);
	return to && to->vrf == vrf ? to : NULL;
}

/* noinline, as those below: known flows pay for no stack of theirs */
static noinline unsigned int nf_alg_flow_bind(struct sk_buff *skb,
					      struct nf_conn *ct,
					      const struct nf_hook_state *state)
{
	struct nf_alg_net *an = nf_alg_pernet(state->net);
	struct nf_alg_endpoint destination;
	struct nf_alg_flow_ends ends = {};
	struct nf_alg_binding *from = NULL;
	struct nf_alg_grip *grip;
	bool related = false;
	int vrf;

	if (!atomic_read(&an->bindings.count) || !nf_alg_flow_ports(ct))
		return NF_ACCEPT;

	vrf = l3mdev_master_ifindex_rcu(state->in);
	ends.source = nf_alg_flow_source(ct, IP_CT_DIR_ORIGINAL);
	destination = nf_alg_flow_destination(ct, IP_CT_DIR_ORIGINAL);

	ends.to = nf_alg_flow_to(an, ct, vrf, &destination);
	if (state->hook == NF_INET_PRE_ROUTING)
		from = nf_alg_binding_by_inside(
			an, nf_ct_protonum(ct), nf_alg_flow_zone(ct), vrf,
			&ends.source, ends.to ? &ends.to->public : NULL);
	if (!ends.to && !from)
		return NF_ACCEPT;

	if (unlikely(ends.to && nf_alg_binding_is_away(ends.to))) {
		related = nf_alg_flow_away(an, skb, ct, ends.to, &ends.source);
		ends.to = NULL;
	}
	if (ends.to) {
		/* The callee must see the caller's public endpoint */
		ends.from = from;
		if (!from && state->hook == NF_INET_PRE_ROUTING)
			ends.from = nf_alg_flow_caller(an, ct, state->in,
						       &ends.source, ends.to);
		grip = nf_alg_claim_named(
			an, ends.to, from ? &from->public : &ends.source, true);
		if (!grip && ends.from)
			grip = nf_alg_flow_neighbour(ends.to, ends.from);
		if (grip)
			return nf_alg_flow_inbound(an, skb, ct, state, &ends,
						   grip);
		/* By NAT's extension the stop "anybody" knows it */
		nf_ct_nat_ext_add(ct);
	}
	/* Signalling that a host begins anew is as new to the rules as it was the
	 * first time: they choose its line, and that of the call is the dead one
	 * perhaps
	 */
	if (from && !related &&
	    !nf_alg_service_port(an, nf_ct_protonum(ct), destination.port)) {
		grip = nf_alg_flow_destined(an, ct, vrf, &ends.source,
					    &destination);
		if (grip)
			nf_alg_flow_relate(skb, ct, grip);
	}
	return NF_ACCEPT;
}

/* The stop "binding" has found where it goes, and no rule has translated it */
static noinline unsigned int
nf_alg_flow_anybody(struct sk_buff *skb, struct nf_conn *ct,
		    const struct nf_hook_state *state)
{
	struct nf_alg_net *an = nf_alg_pernet(state->net);
	int vrf = l3mdev_master_ifindex_rcu(state->in);
	struct nf_alg_endpoint destination;
	struct nf_alg_flow_ends ends;
	struct nf_alg_grip *grip;
	unsigned int verdict;

	destination = nf_alg_flow_destination(ct, IP_CT_DIR_ORIGINAL);
	ends.source = nf_alg_flow_source(ct, IP_CT_DIR_ORIGINAL);
	ends.to = nf_alg_flow_to(an, ct, vrf, &destination);
	if (!ends.to || nf_alg_binding_is_away(ends.to))
		return NF_ACCEPT;
	grip = nf_alg_claim_anybody(ends.to);
	if (!grip) {
		nf_alg_pass(an, NULL, NF_ALG_REASON_BINDING_CLOSED);
		return NF_ACCEPT;
	}
	ends.from = NULL;
	if (state->hook == NF_INET_PRE_ROUTING) {
		ends.from = nf_alg_binding_by_inside(an, nf_ct_protonum(ct),
						     nf_alg_flow_zone(ct), vrf,
						     &ends.source,
						     &ends.to->public);
		if (!ends.from)
			ends.from = nf_alg_flow_caller(an, ct, state->in,
						       &ends.source, ends.to);
	}
	verdict = nf_alg_flow_inbound(an, skb, ct, state, &ends, grip);
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	/* Rules that restore marks have been asked before it had one, and by that
	 * mark the packet finds its VRF.
	 */
	if (ends.to->vrf && !skb->mark && ct->master)
		skb->mark = READ_ONCE(ct->mark);
#endif
	return verdict;
}

/* Stop "anybody" */
static unsigned int nf_alg_flow_behind(void *priv, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (likely(!nfct_nat(ct)) || nf_ct_is_confirmed(ct) ||
	    !nf_alg_flow_ports(ct))
		return NF_ACCEPT;
	return nf_alg_flow_anybody(skb, ct, state);
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
	if (unlikely(atomic_read(&an->sessions.lost_count)) &&
	    nf_alg_lost_packet(an, skb, ct))
		return NF_DROP;
	return nf_alg_flow_bind(skb, ct, state);
}

/* Media may be faster than the answer that opens its port. Taken by the router
 * itself it would become a connection there, and stay one when the port is
 * open. What the administrator forwards does not come here.
 */
static unsigned int nf_alg_flow_local(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	struct nf_alg_net *an = nf_alg_pernet(state->net);
	struct nf_alg_endpoint source, destination;
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
	if (!b || !nf_alg_binding_natted(b))
		return NF_ACCEPT;
	source = nf_alg_flow_source(ct, IP_CT_DIR_ORIGINAL);
	return nf_alg_flow_listened(ct, state, &source, &destination) ?
		       NF_ACCEPT :
		       NF_DROP;
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

/* NAT asks them in order of priority: behind all rules, and only while none has
 * translated. That there is one also brings NAT's own hooks up, without which
 * nothing would be translated.
 */
#define NF_ALG_FLOW_NAT_OPS(family)                                       \
	{                                                                 \
		.hook = nf_alg_flow_behind,                               \
		.pf = (family),                                           \
		.hooknum = NF_INET_PRE_ROUTING,                           \
		.priority = NF_IP_PRI_LAST,                               \
	},                                                                \
	{                                                                 \
		.hook = nf_alg_flow_behind, .pf = (family),               \
		.hooknum = NF_INET_LOCAL_OUT, .priority = NF_IP_PRI_LAST, \
	}

static const struct nf_hook_ops nf_alg_flow_nat_ops[] = {
	NF_ALG_FLOW_NAT_OPS(NFPROTO_IPV4),
#if IS_ENABLED(CONFIG_IPV6)
	NF_ALG_FLOW_NAT_OPS(NFPROTO_IPV6),
#endif
};

static int nf_alg_flow_nat_add(struct net *net, const struct nf_hook_ops *ops)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (ops->pf == NFPROTO_IPV6)
		return nf_nat_ipv6_register_fn(net, ops);
#endif
	return nf_nat_ipv4_register_fn(net, ops);
}

static void nf_alg_flow_nat_remove(struct net *net,
				   const struct nf_hook_ops *ops)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (ops->pf == NFPROTO_IPV6) {
		nf_nat_ipv6_unregister_fn(net, ops);
		return;
	}
#endif
	nf_nat_ipv4_unregister_fn(net, ops);
}

static void nf_alg_flow_nat_unregister(struct net *net, int n)
{
	while (n--)
		nf_alg_flow_nat_remove(net, &nf_alg_flow_nat_ops[n]);
}

static int nf_alg_flow_nat_register(struct net *net)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(nf_alg_flow_nat_ops); i++) {
		err = nf_alg_flow_nat_add(net, &nf_alg_flow_nat_ops[i]);
		if (err) {
			nf_alg_flow_nat_unregister(net, i);
			return err;
		}
	}
	return 0;
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
	nf_alg_flow_nat_unregister(an->net, ARRAY_SIZE(nf_alg_flow_nat_ops));
conntrack:
	nf_ct_netns_put(an->net, NFPROTO_INET);
	return err;
}

/**
 * nf_alg_hooks_unregister() - see no packet of a namespace any more
 * @an: namespace; the caller holds its config mutex
 *
 * A packet that runs at this moment may be in a hook of ours until a grace period
 * is over.
 */
void nf_alg_hooks_unregister(struct nf_alg_net *an)
{
	lockdep_assert_held(&an->config);
	if (!an->hooked)
		return;

	nf_unregister_net_hooks(an->net, nf_alg_flow_ops,
				ARRAY_SIZE(nf_alg_flow_ops));
	nf_alg_flow_nat_unregister(an->net, ARRAY_SIZE(nf_alg_flow_nat_ops));
	nf_ct_netns_put(an->net, NFPROTO_INET);
	an->hooked = false;
}
