/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_FLOW_H
#define NF_ALG_FLOW_H

#include <linux/in.h>
#include <linux/types.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "endpoint.h"

struct net_device;
struct nf_alg_binding;
struct nf_hook_state;
struct sk_buff;

/**
 * nf_alg_flow_vrf() - in which VRF is the inside host of a flow
 * @skb: first packet of the flow, in POST_ROUTING
 * @inside: BIT(direction) of each side that is inside
 *
 * The sender's where the sender is inside, else the receiver's. Caller holds
 * RCU. nf_alg_session.vrf must be this one, because flows of media are looked
 * up with it.
 *
 * Return: ifindex of the VRF device, or 0.
 */
int nf_alg_flow_vrf(const struct sk_buff *skb, u8 inside);

/**
 * nf_alg_flow_device_in() - where a packet has come from
 * @skb: packet, in any hook
 * @state: where it is
 *
 * What a multicast router sends on comes to POST_ROUTING without its device
 * (ip_mc_output(), 6.1 to 7.2). Caller holds RCU.
 *
 * Return: the device, or NULL for a packet of the router's own.
 */
const struct net_device *
nf_alg_flow_device_in(const struct sk_buff *skb,
		      const struct nf_hook_state *state);

/**
 * nf_alg_flow_oif() - find the device where the other end of a flow is
 * @skb: packet, in POST_ROUTING
 * @inside: BIT(direction) of each side that is inside
 * @dir: direction of the packet
 *
 * Where the inside host's packets leave, and those for it come in.
 *
 * Return: ifindex, or 0.
 */
int nf_alg_flow_oif(const struct sk_buff *skb, u8 inside,
		    enum ip_conntrack_dir dir);

/**
 * nf_alg_flow_note() - remember the latest new flow of a binding
 * @b: binding
 * @peer: its other end
 *
 * A call's end asks whether that flow still exists. Written by any CPU; a torn
 * pair is not found, which does no harm.
 */
void nf_alg_flow_note(struct nf_alg_binding *b,
		      const struct nf_alg_endpoint *peer);

/* outward.c: the stop "outward"; a verdict */
unsigned int nf_alg_outward(struct sk_buff *skb, struct nf_conn *ct,
			    enum ip_conntrack_info ctinfo,
			    const struct nf_hook_state *state);

/* classify.c: the stops "outward" and "service" */
unsigned int nf_alg_flow_confirm(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state);

static inline bool nf_alg_flow_ports(const struct nf_conn *ct)
{
	u8 l4proto = nf_ct_protonum(ct);

	return l4proto == IPPROTO_UDP || l4proto == IPPROTO_TCP;
}

static inline u16 nf_alg_flow_zone(const struct nf_conn *ct)
{
	return nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_ORIGINAL);
}

static inline struct nf_alg_endpoint
nf_alg_flow_source(const struct nf_conn *ct, enum ip_conntrack_dir dir)
{
	const struct nf_conntrack_tuple *tuple = &ct->tuplehash[dir].tuple;
	struct nf_alg_endpoint endpoint = {
		.addr = tuple->src.u3,
		.port = tuple->src.u.all,
		.family = tuple->src.l3num,
	};

	return endpoint;
}

static inline struct nf_alg_endpoint
nf_alg_flow_destination(const struct nf_conn *ct, enum ip_conntrack_dir dir)
{
	const struct nf_conntrack_tuple *tuple = &ct->tuplehash[dir].tuple;
	struct nf_alg_endpoint endpoint = {
		.addr = tuple->dst.u3,
		.port = tuple->dst.u.all,
		.family = tuple->src.l3num,
	};

	return endpoint;
}

/* classify.c: sides whose address NAT changes are inside; without NAT both are.
 * Returns BIT(direction) of each.
 */
u8 nf_alg_flow_inside(const struct nf_conn *ct);

/**
 * nf_alg_flow_served() - find the service for a flow that exists
 * @an: namespace
 * @ct: the flow
 * @in: device at which its original direction comes in
 * @inside: BIT(direction) of each side that is inside and permitted
 *
 * Caller holds RCU.
 *
 * Return: the service, or NULL if there is none of the engine's own.
 */
struct nf_alg_service *nf_alg_flow_served(struct nf_alg_net *an,
					  const struct nf_conn *ct,
					  const struct net_device *in,
					  u8 *inside);

#endif /* NF_ALG_FLOW_H */
