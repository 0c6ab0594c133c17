/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose is an SPI: known - match - key exchange - the one that is pending -
 * the sole tunnel - nobody's. Where two tunnels could have it nobody gets it.
 */
#ifndef IPSEC_LEARN_H
#define IPSEC_LEARN_H

#include <linux/netfilter.h>
#include <linux/nf_nat_alg.h>
#include "esp.h"
#include "isakmp.h"

struct ipsec_clue;
struct ipsec_net;
struct ipsec_peer;
struct ipsec_tunnel;
struct sk_buff;

/* An inside host's SPI is new: its packet is to come by ipsec_learn_out() */
void ipsec_learn_ahead(struct ipsec_net *ns, struct ipsec_tunnel *tunnel);

/**
 * ipsec_learn_out() - an inside host's packet goes out, translated
 * @ns: namespace
 * @tunnel: whose it is; unsettled
 * @public: as the gateway sees the inside host
 * @esp: its header
 * @skb: the packet; NULL if it must not be held
 *
 * With a new SPI it is the tunnel's turn to wait for the gateway's answer, or
 * the packet is held until it is.
 *
 * Return: NF_ACCEPT, NF_DROP, or NF_STOLEN where it is held.
 */
unsigned int ipsec_learn_out(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
			     const union nf_inet_addr *public,
			     const struct ipsec_esp *esp, struct sk_buff *skb);

/**
 * ipsec_learn_in() - a gateway's packet has an SPI that is not known
 * @ns: namespace
 * @peer: gateway and public address
 * @esp: its header
 * @native: conntrack has an entry of its own between the two, of an inside host
 *	that is none of ours
 * @evidence: why we believe what is returned
 * @reason: why nobody is believed to have it
 *
 * Caller holds RCU.
 *
 * Return: whose it is, or NULL.
 */
struct ipsec_tunnel *ipsec_learn_in(struct ipsec_net *ns,
				    struct ipsec_peer *peer,
				    const struct ipsec_esp *esp, bool native,
				    enum nf_alg_evidence *evidence,
				    enum nf_alg_reason *reason);

/**
 * ipsec_learn_firm() - a second packet came with an SPI
 * @ns: namespace
 * @clue: the SPI; not firm yet
 *
 * Whose it is stays, unless by now SPI matching says it is another one's: the
 * gateway spoke before that inside host did. Caller holds RCU.
 *
 * Return: whose it is.
 */
struct ipsec_tunnel *ipsec_learn_firm(struct ipsec_net *ns,
				      struct ipsec_clue *clue);

/**
 * ipsec_learn_exchange() - a message of a key exchange passes
 * @ns: namespace
 * @tunnel: whose it is
 * @isakmp: its header
 * @from_inside: the inside host sent it
 * @public: as the gateway sees the inside host, or NULL
 *
 * If the exchange makes an SA, the next new SPI is this tunnel's.
 */
void ipsec_learn_exchange(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
			  const struct ipsec_isakmp *isakmp, bool from_inside,
			  const union nf_inet_addr *public);

/* Turns end and begin; the work of ipsec_net.learning */
void ipsec_learn_turns(struct work_struct *work);

#endif /* IPSEC_LEARN_H */
