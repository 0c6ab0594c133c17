/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet's way through the module
 */
#ifndef IPSEC_PACKET_H
#define IPSEC_PACKET_H

#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/nf_nat_alg.h>
#include "esp.h"

struct ipsec_net;
struct ipsec_tunnel;
struct sk_buff;

/* Right before conntrack */
#define IPSEC_PRI_IN (NF_IP_PRI_CONNTRACK - 1)

#define IPSEC_IKE_PORT 500

/**
 * struct ipsec_packet - a packet that may be ours
 * @ns: namespace
 * @skb: the packet
 * @state: PRE_ROUTING
 * @off: where the payload of IP begins, in bytes from the network header's
 *	start
 * @source: sender
 * @destination: receiver
 * @zone: conntrack zone a rule of the user's has given
 * @vrf: ifindex of the VRF it came by, or 0
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 */
struct ipsec_packet {
	struct ipsec_net *ns;
	struct sk_buff *skb;
	const struct nf_hook_state *state;
	unsigned int off;
	union nf_inet_addr source;
	union nf_inet_addr destination;
	u16 zone;
	int vrf;
	u8 family;
};

/* Read the ESP header of an IP packet. Return: true if there is a good one */
bool ipsec_packet_esp(const struct sk_buff *skb, u8 family,
		      struct ipsec_esp *esp);

/**
 * ipsec_packet_outward() - begin the tunnel of a packet of an inside host
 * @packet: the packet; there is no tunnel that it belongs to
 * @protocol: NF_ALG_PROTOCOL_ESP or NF_ALG_PROTOCOL_IKE: whose service must
 *	permit the host
 * @ports: of UDP, source and destination; NULL: it is ESP
 *
 * The order matters: ask first whether the packet has the SPI or the cookie of
 * a tunnel, and whether it is what a gateway sends to a public address
 * (ipsec_packet_inward()).
 *
 * Return: the tunnel; NULL where no service permits the sender, the receiver is
 * this router, or the packet answers what the other side began.
 */
struct ipsec_tunnel *ipsec_packet_outward(const struct ipsec_packet *packet,
					  enum nf_alg_protocol_id protocol,
					  const __be16 *ports);

/**
 * ipsec_packet_inward() - test whether a gateway sends to a public address
 * @packet: the packet
 *
 * Return: true if an inside host's packets go from the receiver's address to
 * the sender.
 */
bool ipsec_packet_inward(const struct ipsec_packet *packet);

/**
 * ipsec_packet_back() - find the tunnel without NAT of ours that a packet answers
 * @packet: the packet
 *
 * Return: the tunnel, whose inside host is the receiver, or NULL.
 */
struct ipsec_tunnel *ipsec_packet_back(const struct ipsec_packet *packet);

/**
 * ipsec_packet_answers() - test whether a packet answers what others began
 * @packet: the packet, in the user's zone
 * @ports: of UDP, source and destination; NULL: it is ESP
 *
 * Return: true if conntrack has an entry without us whose first packet went the
 * other way, such as one of a static translation.
 */
bool ipsec_packet_answers(const struct ipsec_packet *packet,
			  const __be16 *ports);

/* Does a service of this protocol permit the sender */
bool ipsec_packet_permitted(const struct ipsec_packet *packet,
			    enum nf_alg_protocol_id protocol);

/**
 * ipsec_packet_track() - let conntrack have a packet, in a tunnel's zone
 * @packet: the packet
 * @tunnel: whose it is; NULL: the zone it has
 *
 * What conntrack does at its own priority, done here: between the two nobody
 * can take the template away.
 *
 * Return: conntrack's verdict; NF_ACCEPT: the packet may have an entry.
 */
unsigned int ipsec_packet_track(const struct ipsec_packet *packet,
				const struct ipsec_tunnel *tunnel);

/**
 * ipsec_packet_enter() - a tracked packet of the gateway's goes to its host
 * @packet: the packet; conntrack has had it
 * @tunnel: whose it is
 * @known: more than the addresses says so: it may begin an entry
 *
 * Where the entry is new, the packet is translated, and related to the
 * firewall. An entry of somebody else's that leads elsewhere is replaced.
 *
 * Return: a verdict.
 */
unsigned int ipsec_packet_enter(const struct ipsec_packet *packet,
				const struct ipsec_tunnel *tunnel, bool known);

/* The UDP part of it is in cookie.c */
unsigned int ipsec_cookie_in(const struct ipsec_packet *packet);

/* Hooks of a namespace; its config mutex is held */
int ipsec_hooks_register(struct ipsec_net *ns);
void ipsec_hooks_unregister(struct ipsec_net *ns);

#endif /* IPSEC_PACKET_H */
