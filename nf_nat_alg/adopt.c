// SPDX-License-Identifier: GPL-2.0
/*
 * Entries that others gave our helper
 *
 * conntrackd and ctnetlink make entries with the name of a helper, and a rule
 * ("ct helper set") gives a flow one. Nothing is known of such a flow, and its
 * first packet decides: a UDP flow is adopted if a service is there for it. An
 * open TCP connection was translated by somebody else, and is reset. Whatever
 * else it is stays as it is, and is counted.
 */
#include <linux/netdevice.h>
#include <net/dst.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack.h>
#include "adopt.h"
#include "datagram.h"
#include "event.h"
#include "flow.h"
#include "lost.h"
#include "netns.h"
#include "protocol.h"
#include "service.h"
#include "session.h"

/* The device at which the packets of a direction come in, as far as a packet of
 * direction @dir tells: NULL where that is the router itself
 */
static const struct net_device *nf_alg_adopt_device(const struct nf_conn *ct,
						    const struct sk_buff *skb,
						    u8 dir, u8 of)
{
	const struct net_device *dev;

	if (dir == of)
		dev = skb->skb_iif ? dev_get_by_index_rcu(nf_ct_net(ct),
							  skb->skb_iif) :
				     NULL;
	else
		dev = skb_dst(skb) ? skb_dst(skb)->dev : NULL;
	if (!dev || dev->flags & IFF_LOOPBACK || netif_is_l3_master(dev))
		return NULL;
	return dev;
}

/* Is it forwarded: neither the router's own nor bridged? */
static bool nf_alg_adopt_routed(const struct nf_conn *ct,
				const struct sk_buff *skb, u8 dir)
{
	return skb_dst(skb) && !(skb_dst(skb)->flags & DST_FAKE_RTABLE) &&
	       nf_alg_adopt_device(ct, skb, dir, IP_CT_DIR_ORIGINAL) &&
	       nf_alg_adopt_device(ct, skb, dir, IP_CT_DIR_REPLY);
}

static int nf_alg_adopt_vrf(const struct nf_conn *ct, const struct sk_buff *skb,
			    u8 dir, u8 inside)
{
	u8 of = inside & BIT(IP_CT_DIR_ORIGINAL) ? IP_CT_DIR_ORIGINAL :
						   IP_CT_DIR_REPLY;
	const struct net_device *dev = nf_alg_adopt_device(ct, skb, dir, of);

	return dev ? l3mdev_master_ifindex_rcu(dev) : 0;
}

/* Make a UDP flow ours, as the service table says */
static bool nf_alg_adopt_flow(struct nf_alg_net *an, struct sk_buff *skb,
			      struct nf_conn *ct, struct nf_alg_help *help,
			      u8 dir)
{
	const struct net_device *in =
		nf_alg_adopt_device(ct, skb, dir, IP_CT_DIR_ORIGINAL);
	struct nf_alg_service *service;
	u8 inside = 0;

	service = nf_alg_flow_served(an, ct, in, &inside);
	if (!service || !inside || !nf_alg_protocol_find(service->protocol))
		return false;
	/* Packets that come at the same time write the same */
	help->inside = inside;
	help->protocol = service->protocol;
	help->vrf = nf_alg_adopt_vrf(ct, skb, dir, inside);
	nf_alg_session_flags(ct, help, NF_ALG_HELP_OURS, 0);
	atomic64_inc(&service->hits);
	return true;
}

/**
 * nf_alg_adopt_packet() - first packet of a flow that others gave our helper
 * @skb: packet, in the last step of POST_ROUTING or LOCAL_IN
 * @protoff: offset of the transport header
 * @ct: the connection
 * @help: what it remembers: nothing yet
 * @dir: direction of the packet
 *
 * The caller holds RCU.
 *
 * Return: a netfilter verdict.
 */
int nf_alg_adopt_packet(struct sk_buff *skb, unsigned int protoff,
			struct nf_conn *ct, struct nf_alg_help *help,
			enum ip_conntrack_dir dir)
{
	struct nf_alg_net *an = nf_alg_pernet(nf_ct_net(ct));
	/* A first packet has just been classified: a rule without a service */
	bool known = nf_ct_is_confirmed(ct) &&
		     nf_alg_adopt_routed(ct, skb, dir);

	nf_alg_reason_count(an, NF_ALG_REASON_FOREIGN_ENTRY);
	if (known && nf_ct_protonum(ct) == IPPROTO_UDP &&
	    nf_alg_adopt_flow(an, skb, ct, help, dir))
		return nf_alg_datagram(NULL, skb, protoff, ct, help, dir);

	if (!known || nf_ct_protonum(ct) != IPPROTO_TCP) {
		nf_alg_session_flags(ct, help, NF_ALG_HELP_RAW, 0);
		return NF_ACCEPT;
	}
	help->inside = nf_alg_flow_inside(ct);
	help->vrf = nf_alg_adopt_vrf(ct, skb, dir, help->inside);
	nf_alg_lost_adopt(skb, protoff, ct, help, dir);
	return NF_DROP;
}
