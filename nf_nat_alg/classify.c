// SPDX-License-Identifier: GPL-2.0
/*
 * New flows that are signalling: the stop "service", right before conntrack
 * confirms, after every rule that may have assigned a helper. They get ours, or
 * the kernel's own where the service says so.
 */
#include <linux/ip.h>
#include <linux/module.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include "access_list.h"
#include "binding.h"
#include "claim.h"
#include "event.h"
#include "flow.h"
#include "kernel_helper.h"
#include "netns.h"
#include "route.h"
#include "service.h"
#include "session.h"

/* The kernel's own helpers believe the first byte they see. So they get neither
 * flows that only come from their port, which anybody may choose, nor those that
 * another flow has announced, whose content may be anybody's.
 */
static bool nf_alg_flow_believed(const struct nf_alg_service *service,
				 const struct nf_conn *ct, __be16 port)
{
	const struct nf_conntrack_tuple *orig =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;

	if (!nf_alg_kernel_helper(service->protocol))
		return true;
	return !test_bit(IPS_EXPECTED_BIT, &ct->status) &&
	       (port == orig->dst.u.all ||
		port == ct->tuplehash[IP_CT_DIR_REPLY].tuple.src.u.all);
}

/* A service that one of the flow's ports belongs to: where it goes, as sent and
 * as translated, or where it comes from.
 */
static struct nf_alg_service *nf_alg_flow_service(struct nf_alg_net *an,
						  const struct nf_conn *ct,
						  const struct net_device *in)
{
	const struct nf_conntrack_tuple *orig =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const __be16 ports[] = {
		orig->dst.u.all,
		ct->tuplehash[IP_CT_DIR_REPLY].tuple.src.u.all,
		orig->src.u.all,
	};
	u8 l4proto = nf_ct_protonum(ct);
	struct nf_alg_service *service;
	int i;

	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		if (likely(!nf_alg_service_port(an, l4proto, ports[i])))
			continue;
		service = nf_alg_service_find(
			an, l4proto, ports[i],
			in ? l3mdev_master_ifindex_rcu(in) : 0);
		if (service && nf_alg_flow_believed(service, ct, ports[i]))
			return service;
	}
	return NULL;
}

u8 nf_alg_flow_inside(const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *orig =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_tuple *reply =
		&ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	u8 inside = 0;

	if (!nf_inet_addr_cmp(&orig->src.u3, &reply->dst.u3))
		inside |= BIT(IP_CT_DIR_ORIGINAL);
	if (!nf_inet_addr_cmp(&reply->src.u3, &orig->dst.u3))
		inside |= BIT(IP_CT_DIR_REPLY);
	return inside ?: BIT(IP_CT_DIR_ORIGINAL) | BIT(IP_CT_DIR_REPLY);
}

/* Which protocol's signalling door did it come through, or does it come from,
 * or which listener outside was its sender told of; @inside: BIT(direction) of
 * each side that is inside
 */
static enum nf_alg_protocol_id nf_alg_flow_door(struct nf_alg_net *an,
						const struct nf_conn *ct,
						const struct net_device *in,
						u8 *inside)
{
	enum nf_alg_protocol_id protocol = NF_ALG_PROTOCOL_NONE;
	u16 zone = nf_alg_flow_zone(ct);
	u8 l4proto = nf_ct_protonum(ct);
	struct nf_alg_endpoint endpoint, seen;
	struct nf_alg_binding *b;
	u8 flags;

	endpoint = nf_alg_flow_destination(ct, IP_CT_DIR_ORIGINAL);
	b = nf_alg_binding_by_public(an, l4proto, zone, &endpoint);
	/* In zones of one direction a neighbour comes by its own */
	if (!b && nf_ct_zone(ct)->dir != NF_CT_DEFAULT_ZONE_DIR)
		b = nf_alg_binding_by_public(an, l4proto,
					     nf_ct_zone_id(nf_ct_zone(ct),
							   IP_CT_DIR_REPLY),
					     &endpoint);
	flags = b ? READ_ONCE(b->flags) : 0;
	endpoint = nf_alg_flow_source(ct, IP_CT_DIR_ORIGINAL);
	if (flags & NF_ALG_BIND_AWAY && nf_alg_claim_away(an, b, &endpoint)) {
		*inside = nf_alg_flow_inside(ct);
		return READ_ONCE(b->protocol);
	}
	if (!test_bit(IPS_EXPECTED_BIT, &ct->status))
		return protocol;
	if (flags & NF_ALG_BIND_DOOR && !(flags & NF_ALG_BIND_AWAY)) {
		protocol = READ_ONCE(b->protocol);
		*inside |= BIT(IP_CT_DIR_REPLY);
	}
	seen = nf_alg_flow_destination(ct, IP_CT_DIR_REPLY);
	b = nf_alg_binding_by_inside(an, l4proto, zone,
				     l3mdev_master_ifindex_rcu(in), &endpoint,
				     &seen);
	if (b && READ_ONCE(b->flags) & NF_ALG_BIND_DOOR &&
	    (!protocol || protocol == READ_ONCE(b->protocol))) {
		protocol = READ_ONCE(b->protocol);
		*inside |= BIT(IP_CT_DIR_ORIGINAL);
	}
	return protocol;
}

static u8 nf_alg_flow_permitted(const struct nf_alg_service *service,
				const struct nf_conn *ct, u8 inside)
{
	const struct nf_alg_access_list *list = rcu_dereference(service->list);
	struct nf_alg_endpoint host;
	int dir;

	for (dir = 0; list && dir < IP_CT_DIR_MAX; dir++) {
		host = nf_alg_flow_source(ct, dir);
		if (!nf_alg_access_list_permits(list, &host))
			inside &= ~BIT(dir);
	}
	return inside;
}

struct nf_alg_service *nf_alg_flow_served(struct nf_alg_net *an,
					  const struct nf_conn *ct,
					  const struct net_device *in,
					  u8 *inside)
{
	struct nf_alg_service *service = nf_alg_flow_service(an, ct, in);

	if (!service || nf_alg_kernel_helper(service->protocol))
		return NULL;
	*inside = nf_alg_flow_permitted(service, ct, nf_alg_flow_inside(ct));
	return service;
}

/* A rule has given it a helper, and that one keeps it, unless it is one of ours:
 * then the services decide as if there were no rule.
 */
static bool nf_alg_flow_foreign(const struct nf_conn *ct, bool kernel)
{
	const struct nf_conn_help *help = nfct_help(ct);

	if (!kernel && nf_alg_session_borrowed(ct))
		return false;
	return test_bit(IPS_HELPER_BIT, &ct->status) ||
	       (help && rcu_access_pointer(help->helper));
}

static enum nf_alg_reason nf_alg_flow_refuse(const struct nf_conn *ct,
					     const struct sk_buff *skb,
					     const struct net_device *in,
					     bool kernel)
{
	if (nf_alg_flow_foreign(ct, kernel))
		return NF_ALG_REASON_FOREIGN_HELPER;
	/* POST_ROUTING is not told where a bridged packet came in, either */
	if (nf_alg_route_bridged(skb))
		return NF_ALG_REASON_BRIDGED;
	/* The router's own transfers want its firewall open as well */
	if (!kernel && (!in || !skb->skb_iif))
		return NF_ALG_REASON_LOCAL_ENDPOINT;
	if (nf_ct_protonum(ct) == IPPROTO_TCP &&
	    ct->proto.tcp.state != TCP_CONNTRACK_SYN_SENT)
		return NF_ALG_REASON_MIDSTREAM;
	return NF_ALG_REASON_NONE;
}

static noinline void nf_alg_flow_classify(struct sk_buff *skb,
					  struct nf_conn *ct,
					  const struct nf_hook_state *state)
{
	const struct net_device *in = nf_alg_flow_device_in(skb, state);
	struct nf_alg_net *an = nf_alg_pernet(state->net);
	enum nf_alg_protocol_id protocol;
	struct nf_alg_service *service;
	enum nf_alg_reason reason;
	bool kernel = false;
	u8 inside = 0;
	int err;

	if (!nf_alg_flow_ports(ct) ||
	    (state->out && netif_is_l3_master(state->out)))
		return;

	service = nf_alg_flow_service(an, ct, in);
	if (service)
		kernel = nf_alg_kernel_helper(service->protocol);
	if (state->hook == NF_INET_LOCAL_IN && !kernel)
		return;
	if (service) {
		protocol = service->protocol;
		inside = nf_alg_flow_inside(ct);
	} else if (in && (test_bit(IPS_EXPECTED_BIT, &ct->status) ?
				  atomic_read(&an->bindings.count) :
				  atomic_read(&an->bindings.away))) {
		protocol = nf_alg_flow_door(an, ct, in, &inside);
		if (!protocol)
			return;
	} else {
		return;
	}

	reason = nf_alg_flow_refuse(ct, skb, in, kernel);
	if (reason) {
		nf_alg_pass(an, NULL, reason);
		return;
	}
	if (service) {
		inside = nf_alg_flow_permitted(service, ct, inside);
		if (!inside) {
			nf_alg_pass(an, NULL, NF_ALG_REASON_ACCESS_LIST);
			return;
		}
	}
	if (kernel)
		err = nf_alg_kernel_helper_attach(ct, protocol);
	else
		err = nf_alg_session_attach(an, ct, skb, protocol, inside);
	if (err) {
		nf_alg_pass(an, NULL, -err);
		return;
	}
	if (service)
		atomic64_inc(&service->hits);
}

/**
 * nf_alg_flow_confirm() - the stops "outward" and "service", a hook in
 *	POST_ROUTING; the stop in LOCAL_IN calls it as well
 * @priv: not used
 * @skb: packet
 * @state: where it is
 *
 * Return: NF_ACCEPT, or NF_DROP where a packet could not be translated.
 */
unsigned int nf_alg_flow_confirm(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	unsigned int verdict = NF_ACCEPT;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	/* New, or related by a stop before */
	if (likely(ctinfo != IP_CT_NEW && ctinfo != IP_CT_RELATED))
		return NF_ACCEPT;
	if (!ct || READ_ONCE(ct->status) & (IPS_CONFIRMED | IPS_TEMPLATE))
		return NF_ACCEPT;
	if (state->hook == NF_INET_POST_ROUTING)
		verdict = nf_alg_outward(skb, ct, ctinfo, state);
	if (verdict == NF_ACCEPT)
		nf_alg_flow_classify(skb, ct, state);
	return verdict;
}
