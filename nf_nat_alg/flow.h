/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_FLOW_H
#define NF_ALG_FLOW_H

#include <linux/in.h>
#include <linux/types.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "endpoint.h"

struct net_device;
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

/* classify.c: the stop "service" */
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

#endif /* NF_ALG_FLOW_H */
