/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an inside host sends, as it goes out
 */
#ifndef IPSEC_EGRESS_H
#define IPSEC_EGRESS_H

#include <linux/types.h>
#include <net/netfilter/nf_conntrack.h>

struct ipsec_net;
struct ipsec_tunnel;
struct sk_buff;

/**
 * ipsec_egress_attach() - have packets of an entry looked at as they go out
 * @ct: the entry, in a zone of ours
 *
 * Return: true if they are from now on, or were before; false without memory,
 * where the entry has a helper of somebody else's, and where it is confirmed and
 * has no room for a helper: ctnetlink has made it, for conntrackd perhaps.
 */
bool ipsec_egress_attach(struct nf_conn *ct);

/**
 * ipsec_egress_differs() - test whether an entry and its tunnel disagree
 * @tunnel: tunnel
 * @ct: an entry in its zone, whose translation is known
 * @ctinfo: what the inside host's packet is to it
 *
 * They do where somebody else has made the entry again, with another
 * translation. Caller holds RCU.
 *
 * Return: true if the tunnel has to be told by ipsec_egress_look().
 */
bool ipsec_egress_differs(const struct ipsec_tunnel *tunnel,
			  const struct nf_conn *ct,
			  enum ip_conntrack_info ctinfo);

/**
 * ipsec_egress_look() - learn from a packet in one of our zones
 * @ns: namespace
 * @skb: the packet
 * @ct: its entry, whose translation is known
 * @ctinfo: its part in that
 * @leaves: it is behind NAT and has its route: it may be held. In PRE_ROUTING
 *	it may not: there its destination, if any, is none that it leaves by.
 *
 * Caller holds RCU.
 *
 * Return: a verdict; NF_STOLEN: it is held until it is its tunnel's turn.
 */
unsigned int ipsec_egress_look(struct ipsec_net *ns, struct sk_buff *skb,
			       struct nf_conn *ct,
			       enum ip_conntrack_info ctinfo, bool leaves);

int ipsec_egress_init(void);
void ipsec_egress_exit(void);

#endif /* IPSEC_EGRESS_H */
