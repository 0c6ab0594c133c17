/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is told to natctl: the list of tunnels, and events
 */
#ifndef IPSEC_REPORT_H
#define IPSEC_REPORT_H

#include <linux/types.h>
#include <linux/nf_nat_alg.h>

struct ipsec_net;
struct ipsec_peer;
struct ipsec_tunnel;
struct sk_buff;

/* A tunnel began, ended or waits; its gateway's lock is held */
void ipsec_report_tunnel(struct ipsec_net *ns,
			 const struct ipsec_tunnel *tunnel,
			 enum nf_alg_event event);

/* An SPI was learned; network order */
void ipsec_report_spi(struct ipsec_net *ns, const struct ipsec_tunnel *tunnel,
		      const struct ipsec_peer *peer, enum nf_alg_event event,
		      __be32 spi, enum nf_alg_evidence evidence);

/* A packet with an SPI was dropped; at most ten of these a second */
void ipsec_report_dropped(struct ipsec_net *ns, const struct ipsec_peer *peer,
			  __be32 spi, enum nf_alg_reason reason);

/* nf_alg_protocol.fill */
int ipsec_report_fill(struct sk_buff *skb, const void *object);

#endif /* IPSEC_REPORT_H */
