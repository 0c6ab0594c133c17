/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an inside host sends, as it goes out
 */
#ifndef IPSEC_EGRESS_H
#define IPSEC_EGRESS_H

#include <linux/types.h>
#include <net/netfilter/nf_conntrack.h>

struct ipsec_net;
struct sk_buff;

/**
 * ipsec_egress_attach() - packets of an entry are looked at as they go out
 * @ct: the entry, in a zone of ours
 *
 * Return: true from now on, or before; false without memory, and where the entry
 * is confirmed and has no room for a helper: somebody else has made it, such as
 * conntrackd.
 */
bool ipsec_egress_attach(struct nf_conn *ct);

/**
 * ipsec_egress_look() - a packet in one of our zones goes out
 * @ns: namespace
 * @skb: the packet
 * @ct: its entry
 * @ctinfo: its part in that
 *
 * Caller holds RCU.
 *
 * Return: a verdict; NF_STOLEN: it is held until it is its tunnel's turn.
 */
unsigned int ipsec_egress_look(struct ipsec_net *ns, struct sk_buff *skb,
			       struct nf_conn *ct,
			       enum ip_conntrack_info ctinfo);

int ipsec_egress_init(void);
void ipsec_egress_exit(void);

#endif /* IPSEC_EGRESS_H */
