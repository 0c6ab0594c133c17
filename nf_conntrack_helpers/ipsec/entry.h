/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Conntrack's entries of ESP and of IKE that keeps its port
 */
#ifndef IPSEC_ENTRY_H
#define IPSEC_ENTRY_H

#include <linux/netfilter.h>

struct ipsec_net;

/**
 * enum ipsec_entry_verb - what is to be done with an entry
 * @IPSEC_ENTRY_LOOK: nothing
 * @IPSEC_ENTRY_KILL: it goes
 */
enum ipsec_entry_verb {
	IPSEC_ENTRY_LOOK,
	IPSEC_ENTRY_KILL,
};

/**
 * ipsec_entry() - does conntrack have an entry of what one host sends another
 * @ns: namespace
 * @zone: conntrack zone
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @source: who sends, as the packet arrives here
 * @destination: to whom, likewise
 * @protocol: IPPROTO_ESP; or IPPROTO_UDP, from port 500 to port 500
 * @verb: what is to be done with it
 *
 * In whichever direction it began. Takes no lock of ours.
 *
 * Return: true if there is one, or was.
 */
bool ipsec_entry(struct ipsec_net *ns, u16 zone, u8 family,
		 const union nf_inet_addr *source,
		 const union nf_inet_addr *destination, u8 protocol,
		 enum ipsec_entry_verb verb);

#endif /* IPSEC_ENTRY_H */
