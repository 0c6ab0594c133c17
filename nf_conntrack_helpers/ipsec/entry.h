/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Conntrack's entries of ESP and IKE
 */
#ifndef IPSEC_ENTRY_H
#define IPSEC_ENTRY_H

#include <linux/netfilter.h>

struct ipsec_net;

/**
 * enum ipsec_entry_verb - what is to be done with an entry
 * @IPSEC_ENTRY_LOOK: nothing
 * @IPSEC_ENTRY_KILL: it is removed
 */
enum ipsec_entry_verb {
	IPSEC_ENTRY_LOOK,
	IPSEC_ENTRY_KILL,
};

/**
 * enum ipsec_entry_role - what a packet is to an entry
 * @IPSEC_ENTRY_NONE: there is no entry
 * @IPSEC_ENTRY_ORIGINAL: it goes in the direction in which the entry began
 * @IPSEC_ENTRY_REPLY: it goes in the other direction
 */
enum ipsec_entry_role {
	IPSEC_ENTRY_NONE,
	IPSEC_ENTRY_ORIGINAL,
	IPSEC_ENTRY_REPLY,
};

/**
 * struct ipsec_entry_flow - the packets of one sender to one receiver
 * @source: sender, as the packets arrive here
 * @destination: receiver, likewise
 * @source_port: for IPPROTO_UDP, network order; else 0
 * @destination_port: likewise
 * @zone: conntrack zone
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @protocol: IPPROTO_ESP or IPPROTO_UDP
 */
struct ipsec_entry_flow {
	union nf_inet_addr source;
	union nf_inet_addr destination;
	__be16 source_port;
	__be16 destination_port;
	u16 zone;
	u8 family;
	u8 protocol;
};

/**
 * ipsec_entry() - look for conntrack's entry of a flow
 * @ns: namespace
 * @flow: what is sent
 * @verb: what is to be done with the entry
 *
 * Takes no lock of ours; must be called without any, because removing an entry
 * calls the destructors of others.
 *
 * Return: what a packet of @flow is, or was, to the entry.
 */
enum ipsec_entry_role ipsec_entry(struct ipsec_net *ns,
				  const struct ipsec_entry_flow *flow,
				  enum ipsec_entry_verb verb);

#endif /* IPSEC_ENTRY_H */
