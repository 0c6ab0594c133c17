// SPDX-License-Identifier: GPL-2.0
/*
 * New flows that leave: the stop "outward", right before conntrack confirms
 *
 * The rules have been asked. Only a flow to which one has given another source
 * address is looked at: if its inside endpoint is bound to that address, it
 * leaves by the binding's port, and if NAT's own search for a port has chosen
 * what is bound for somebody else, it leaves by another one.
 *
 * The entry is unconfirmed and nobody else has it, so the reply tuple may be
 * changed as NAT itself does, and NAT translates the packet again from what
 * stands in it. NAT's table of sources is keyed by the original tuple and stays
 * right: later flows of the same source find the mapping there.
 */
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/random.h>
#include <net/dst.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_nat.h>
#include "binding.h"
#include "claim.h"
#include "event.h"
#include "flow.h"
#include "local_socket.h"
#include "netns.h"
#include "port.h"
#include "session.h"
#include "trace.h"

/* Ports tried for a flow that is to leave somebody else's */
#define NF_ALG_OUTWARD_TRIES 256

/**
 * struct nf_alg_outward_flow - a new flow that a rule has translated
 * @an: namespace
 * @skb: its packet
 * @ct: its connection, unconfirmed
 * @state: the hook
 * @source: inside endpoint
 * @chosen: public endpoint that rule and NAT have chosen
 * @destination: where it goes to, as the rules for destinations have left it
 * @vrf: VRF it came by, or 0
 */
struct nf_alg_outward_flow {
	struct nf_alg_net *an;
	struct sk_buff *skb;
	struct nf_conn *ct;
	const struct nf_hook_state *state;
	struct nf_alg_endpoint source;
	struct nf_alg_endpoint chosen;
	struct nf_alg_endpoint destination;
	int vrf;
};

/* Test whether a rule has given the flow another source address. Where only the
 * port differs NAT has resolved a clash of a flow that no rule wanted translated.
 */
static bool nf_alg_outward_translated(const struct nf_conn *ct)
{
	return READ_ONCE(ct->status) & IPS_SRC_NAT &&
	       !nf_inet_addr_cmp(
		       &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.src.u3,
		       &ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u3);
}

/* Another helper's expectation: both ends have been told its ports */
static bool nf_alg_outward_expected(const struct nf_conn *ct)
{
	const struct nf_conn *master = ct->master;

	return test_bit(IPS_EXPECTED_BIT, &ct->status) && master &&
	       !(READ_ONCE(master->status) & IPS_TEMPLATE) &&
	       nfct_help(master) && !nf_ct_is_dying(master) &&
	       !nf_alg_session_helper(master);
}

static struct nf_conntrack_tuple
nf_alg_outward_reply(const struct nf_conn *ct,
		     const struct nf_alg_endpoint *public)
{
	struct nf_conntrack_tuple reply = ct->tuplehash[IP_CT_DIR_REPLY].tuple;

	reply.dst.u3 = public->addr;
	reply.dst.u.all = public->port;
	return reply;
}

static bool nf_alg_outward_taken(const struct nf_conn *ct,
				 const struct nf_alg_endpoint *public)
{
	const struct nf_conntrack_tuple reply =
		nf_alg_outward_reply(ct, public);

	return nf_conntrack_tuple_taken(&reply, ct);
}

/* Leave by another public endpoint */
static unsigned int nf_alg_outward_move(struct nf_alg_outward_flow *flow,
					const struct nf_alg_endpoint *public)
{
	struct nf_conn *ct = flow->ct;
	enum ip_conntrack_info ctinfo;

	nf_ct_get(flow->skb, &ctinfo);
	ct->tuplehash[IP_CT_DIR_REPLY].tuple = nf_alg_outward_reply(ct, public);
	return nf_nat_packet(ct, ctinfo, NF_INET_POST_ROUTING, flow->skb);
}

/* In zones of one direction what comes from outside is another connection than
 * what the inside host sends. The one from inside takes the place of the other
 * of the same binding, for it has the zone in both directions.
 */
static void nf_alg_outward_replace(const struct nf_conn *ct,
				   const struct nf_alg_binding *b)
{
	const struct nf_conntrack_tuple reply =
		nf_alg_outward_reply(ct, &b->public);
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_zone zone;
	struct nf_alg_endpoint inside;
	struct nf_conn *old;

	if (likely(b->zone == b->outer_zone))
		return;
	nf_ct_zone_init(&zone, b->outer_zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	h = nf_conntrack_find_get(nf_ct_net(ct), &zone, &reply);
	if (!h)
		return;
	old = nf_ct_tuplehash_to_ctrack(h);
	inside = nf_alg_flow_source(old, IP_CT_DIR_REPLY);
	if (NF_CT_DIRECTION(h) == IP_CT_DIR_ORIGINAL &&
	    nf_ct_zone_id(nf_ct_zone(old), IP_CT_DIR_REPLY) == b->zone &&
	    nf_alg_same_endpoint(&inside, &b->inside))
		nf_ct_kill(old);
	nf_ct_put(old);
}

/* Find the binding by which the flow has to leave. To the address that the rule
 * chose; or, where the rule chooses among several of one device without keeping
 * to one for a host, to the one that the remote has been told of.
 */
static struct nf_alg_binding *
nf_alg_outward_own(const struct nf_alg_outward_flow *flow)
{
	struct nf_alg_binding *b, *named = NULL;
	struct rhlist_head *list, *pos;

	list = nf_alg_bindings_of_inside(flow->an, nf_ct_protonum(flow->ct),
					 nf_alg_flow_zone(flow->ct), flow->vrf,
					 &flow->source);
	rhl_for_each_entry_rcu(b, pos, list, inside_node) {
		if (!nf_alg_binding_natted(b))
			continue;
		if (nf_alg_same_host(&b->public, &flow->chosen))
			return b;
		if (!named && b->oif && b->oif == flow->state->out->ifindex &&
		    nf_alg_claim_named(flow->an, b, &flow->destination, true))
			named = b;
	}
	return named;
}

/* Return: true if @b can be used, and the packet's verdict then */
static bool nf_alg_outward_bind(struct nf_alg_outward_flow *flow,
				struct nf_alg_binding *b, unsigned int *verdict)
{
	if (nf_alg_local_socket(flow->state->net, flow->state->out,
				nf_ct_protonum(flow->ct), &flow->destination,
				&b->public)) {
		nf_alg_pass(flow->an, NULL, NF_ALG_REASON_LOCAL_SOCKET);
		return false;
	}
	if (nf_alg_outward_taken(flow->ct, &b->public)) {
		nf_alg_outward_replace(flow->ct, b);
		if (nf_alg_outward_taken(flow->ct, &b->public)) {
			nf_alg_pass(flow->an, NULL,
				    NF_ALG_REASON_BINDING_CLASH);
			return false;
		}
	}
	*verdict = nf_alg_outward_move(flow, &b->public);
	nf_alg_flow_note(b, &flow->destination);
	trace_nf_alg_flow(b, &flow->destination, false);
	return true;
}

/* Among which ports to look, without knowing the rule: in the media range if the
 * chosen one lies there; where the source port was kept, in all of NAT's class of
 * it; else near the chosen one, as the rule may have a range of its own.
 */
static void nf_alg_outward_range(const struct nf_alg_outward_flow *flow,
				 u32 *low, u32 *high)
{
	u32 port = ntohs(flow->chosen.port);

	*low = port < 512 ? 1 : port < NF_ALG_PORT_LOWEST ? 600 : 1024;
	*high = port < 512 ? 511 : port < NF_ALG_PORT_LOWEST ? 1023 : U16_MAX;
	if (flow->chosen.port != flow->source.port) {
		*low = max(*low, port - min(port, NF_ALG_OUTWARD_TRIES / 2));
		*high = min(*high, port + NF_ALG_OUTWARD_TRIES / 2);
	}
	if (nf_alg_port_ranged(flow->an, port)) {
		*low = nf_alg_option(flow->an, NF_ALG_OPTION_MEDIA_PORT_LOW);
		*high = nf_alg_option(flow->an, NF_ALG_OPTION_MEDIA_PORT_HIGH);
	}
}

/* What NAT chose is bound for another endpoint: leave by a port that nobody has.
 * Packets that race for one flow should choose alike, so the source decides where
 * the search begins, unless the rule wants it random.
 */
static unsigned int nf_alg_outward_evade(struct nf_alg_outward_flow *flow)
{
	struct nf_alg_endpoint public = flow->chosen;
	u8 l4proto = nf_ct_protonum(flow->ct);
	u32 low, high, size, at, left;

	nf_alg_outward_range(flow, &low, &high);
	size = high - low + 1;
	at = flow->chosen.port == flow->source.port ?
		     jhash2(flow->source.addr.all,
			    ARRAY_SIZE(flow->source.addr.all),
			    (__force u32)flow->source.port) :
		     get_random_u32();
	at %= size;
	for (left = min_t(u32, size, NF_ALG_OUTWARD_TRIES); left; left--) {
		public.port = htons(low + at);
		if (!nf_alg_binding_public_taken(flow->an, l4proto, &public) &&
		    !nf_alg_outward_taken(flow->ct, &public))
			return nf_alg_outward_move(flow, &public);
		if (++at == size)
			at = 0;
	}
	nf_alg_pass(flow->an, NULL, NF_ALG_REASON_BINDING_CLASH);
	return NF_ACCEPT;
}

/* The endpoint that was chosen is this source's own */
static bool nf_alg_outward_settled(const struct nf_alg_outward_flow *flow,
				   const struct nf_alg_binding *b)
{
	return nf_alg_same_endpoint(&b->inside, &flow->source) &&
	       b->zone == nf_alg_flow_zone(flow->ct) && b->vrf == flow->vrf;
}

static noinline unsigned int
nf_alg_outward_choose(struct sk_buff *skb, struct nf_conn *ct,
		      const struct nf_hook_state *state)
{
	const struct net_device *in = nf_alg_flow_device_in(skb, state);
	struct nf_alg_outward_flow flow = {
		.an = nf_alg_pernet(state->net),
		.skb = skb,
		.ct = ct,
		.state = state,
		.source = nf_alg_flow_source(ct, IP_CT_DIR_ORIGINAL),
		.chosen = nf_alg_flow_destination(ct, IP_CT_DIR_REPLY),
		.destination = nf_alg_flow_source(ct, IP_CT_DIR_REPLY),
		.vrf = l3mdev_master_ifindex_rcu(in),
	};
	struct nf_alg_binding *holder, *own;
	unsigned int verdict = NF_ACCEPT;

	holder = nf_alg_binding_by_public(
		flow.an, nf_ct_protonum(ct),
		nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_REPLY), &flow.chosen);
	if (holder && nf_alg_outward_settled(&flow, holder)) {
		nf_alg_flow_note(holder, &flow.destination);
		trace_nf_alg_flow(holder, &flow.destination, false);
		return NF_ACCEPT;
	}
	own = nf_alg_outward_own(&flow);
	if (own && nf_alg_outward_bind(&flow, own, &verdict))
		return verdict;
	if (unlikely(holder && nf_alg_binding_natted(holder)))
		return nf_alg_outward_evade(&flow);
	return NF_ACCEPT;
}

/**
 * nf_alg_outward() - let a new flow leave as its binding says
 * @skb: its first packet, in POST_ROUTING behind all rules
 * @ct: its connection, unconfirmed
 * @ctinfo: IP_CT_NEW or IP_CT_RELATED
 * @state: the hook
 *
 * Caller holds RCU.
 *
 * Return: NF_ACCEPT, or NF_DROP where the packet cannot be written to.
 */
unsigned int nf_alg_outward(struct sk_buff *skb, struct nf_conn *ct,
			    enum ip_conntrack_info ctinfo,
			    const struct nf_hook_state *state)
{
	const struct nf_alg_net *an = nf_alg_pernet(state->net);

	if (!atomic_read(&an->bindings.count) ||
	    !nf_alg_outward_translated(ct) || !nf_alg_flow_ports(ct))
		return NF_ACCEPT;
	/* What a policy of XFRM encrypts was exempted, or leaves as the rule that
	 * translated it for the tunnel has it
	 */
	if (unlikely(netif_is_l3_master(state->out) ||
		     (skb_dst(skb) && dst_xfrm(skb_dst(skb))) ||
		     nf_alg_outward_expected(ct)))
		return NF_ACCEPT;
	return nf_alg_outward_choose(skb, ct, state);
}
