// SPDX-License-Identifier: GPL-2.0
/*
 * Conntrack's entries of ESP and of IKE that keeps its port
 */
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "entry.h"
#include "packet.h"
#include "state.h"

bool ipsec_entry(struct ipsec_net *ns, u16 zone_id, u8 family,
		 const union nf_inet_addr *source,
		 const union nf_inet_addr *destination, u8 protocol,
		 enum ipsec_entry_verb verb)
{
	__be16 port = protocol == IPPROTO_UDP ? htons(IPSEC_IKE_PORT) : 0;
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_tuple tuple;
	struct nf_conntrack_zone zone;
	struct nf_conn *ct;

	nf_ct_zone_init(&zone, zone_id, NF_CT_DEFAULT_ZONE_DIR, 0);
	/* Compared and hashed as bytes */
	memset(&tuple, 0, sizeof(tuple));
	tuple.src.l3num = family;
	tuple.src.u3 = *source;
	tuple.src.u.all = port;
	tuple.dst.u3 = *destination;
	tuple.dst.u.all = port;
	tuple.dst.protonum = protocol;
	tuple.dst.dir = IP_CT_DIR_ORIGINAL;
	h = nf_conntrack_find_get(ns->net, &zone, &tuple);
	if (!h)
		return false;
	ct = nf_ct_tuplehash_to_ctrack(h);
	if (verb == IPSEC_ENTRY_KILL)
		nf_ct_kill(ct);
	nf_ct_put(ct);
	return true;
}
