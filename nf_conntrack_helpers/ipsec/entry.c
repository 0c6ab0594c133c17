// SPDX-License-Identifier: GPL-2.0
/*
 * Conntrack's entries of ESP and IKE
 */
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "entry.h"
#include "state.h"

enum ipsec_entry_role ipsec_entry(struct ipsec_net *ns,
				  const struct ipsec_entry_flow *flow,
				  enum ipsec_entry_verb verb)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_tuple tuple;
	struct nf_conntrack_zone zone;
	enum ipsec_entry_role role;
	struct nf_conn *ct;

	nf_ct_zone_init(&zone, flow->zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	/* Compared and hashed as bytes */
	memset(&tuple, 0, sizeof(tuple));
	tuple.src.l3num = flow->family;
	tuple.src.u3 = flow->source;
	tuple.src.u.all = flow->source_port;
	tuple.dst.u3 = flow->destination;
	tuple.dst.u.all = flow->destination_port;
	tuple.dst.protonum = flow->protocol;
	tuple.dst.dir = IP_CT_DIR_ORIGINAL;
	h = nf_conntrack_find_get(ns->net, &zone, &tuple);
	if (!h)
		return IPSEC_ENTRY_NONE;
	role = NF_CT_DIRECTION(h) == IP_CT_DIR_ORIGINAL ? IPSEC_ENTRY_ORIGINAL :
							  IPSEC_ENTRY_REPLY;
	ct = nf_ct_tuplehash_to_ctrack(h);
	if (verb == IPSEC_ENTRY_KILL)
		nf_ct_kill(ct);
	nf_ct_put(ct);
	return role;
}
