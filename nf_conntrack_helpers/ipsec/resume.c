// SPDX-License-Identifier: GPL-2.0
/*
 * Tunnels whose conntrack entries are older than we are
 */
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_tuple.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "packet.h"
#include "resume.h"
#include "service.h"
#include "state.h"
#include "tunnel.h"

/**
 * struct ipsec_resumed - a tunnel, as an entry shows it
 * @list: in ipsec_resumption.found
 * @key: inside host and gateway
 * @public: as the gateway sees the inside host
 * @zone: conntrack zone
 * @esp: it is an entry of ESP
 */
struct ipsec_resumed {
	struct list_head list;
	struct ipsec_tunnel_key key;
	union nf_inet_addr public;
	u16 zone;
	bool esp;
};

/**
 * struct ipsec_resumption - the search for entries
 * @ns: namespace
 * @found: struct ipsec_resumed
 * @room: how many more may be found
 */
struct ipsec_resumption {
	struct ipsec_net *ns;
	struct list_head found;
	u32 room;
};

static bool ipsec_resume_is_ours(const struct ipsec_net *ns,
				 const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *sent =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_zone *zone = nf_ct_zone(ct);

	if (zone->id < ns->low || zone->id > ns->high ||
	    zone->dir != NF_CT_DEFAULT_ZONE_DIR)
		return false;
	return nf_ct_protonum(ct) == IPPROTO_ESP ||
	       (nf_ct_protonum(ct) == IPPROTO_UDP &&
		sent->src.u.udp.port == htons(IPSEC_IKE_PORT) &&
		sent->dst.u.udp.port == htons(IPSEC_IKE_PORT));
}

/* Return: 0, the entry stays. Conntrack's lock of a bucket is held. */
static int ipsec_resume_look(struct nf_conn *ct, void *data)
{
	const struct nf_conntrack_tuple *sent =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_tuple *back =
		&ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	struct ipsec_resumption *resumption = data;
	struct ipsec_resumed *resumed;
	/* What the gateway began is translated to the inside host */
	bool inward = READ_ONCE(ct->status) & IPS_DST_NAT;

	if (!resumption->room || !ipsec_resume_is_ours(resumption->ns, ct))
		return 0;
	resumed = kzalloc(sizeof(*resumed), GFP_ATOMIC);
	if (!resumed)
		return 0;
	resumed->key.inside = inward ? back->src.u3 : sent->src.u3;
	resumed->key.gateway = inward ? sent->src.u3 : sent->dst.u3;
	resumed->key.family = nf_ct_l3num(ct);
	resumed->public = inward ? sent->dst.u3 : back->dst.u3;
	/* Where the gateway is translated as well it is conntrack's alone */
	if (!nf_inet_addr_cmp(inward ? &back->dst.u3 : &back->src.u3,
			      &resumed->key.gateway))
		resumed->public = resumed->key.inside;
	resumed->zone = nf_ct_zone(ct)->id;
	resumed->esp = nf_ct_protonum(ct) == IPPROTO_ESP;
	list_add_tail(&resumed->list, &resumption->found);
	resumption->room--;
	return 0;
}

/* Conntrack alone does what is to do; what comes back is to be known */
static void ipsec_resume_plain(struct ipsec_net *ns,
			       struct ipsec_tunnel *tunnel)
{
	const struct ipsec_clue_key key = {
		.from = tunnel->key.gateway,
		.to = tunnel->key.inside,
		.zone = tunnel->key.zone,
		.kind = IPSEC_CLUE_BACK,
		.family = tunnel->key.family,
	};

	WRITE_ONCE(tunnel->plain, true);
	ipsec_clue_add(ns, tunnel, &key, NF_ALG_EVIDENCE_SENT);
}

/* RCU is held, bottom halves are off */
static void ipsec_resume_one(struct ipsec_net *ns,
			     const struct ipsec_resumed *resumed)
{
	const struct nf_alg_service *service =
		nf_alg_service_portless(ns->an, NF_ALG_PROTOCOL_ESP, 0);
	enum nf_alg_reason reason;
	struct ipsec_tunnel *tunnel;

	tunnel = ipsec_tunnel_find(ns, &resumed->key);
	if (!tunnel)
		tunnel = ipsec_tunnel_begin(
			ns, &resumed->key,
			service ? READ_ONCE(service->spi_match) :
				  NF_ALG_PREDICATE_NONE,
			resumed->zone, &reason);
	if (!tunnel) {
		nf_alg_reason_count(ns->an, reason);
		return;
	}
	spin_lock_bh(&tunnel->gateway->lock);
	if (resumed->esp)
		WRITE_ONCE(tunnel->esp, true);
	if (!nf_inet_addr_cmp(&resumed->public, &resumed->key.inside))
		ipsec_tunnel_public(ns, tunnel, &resumed->public);
	else if (!tunnel->plain)
		ipsec_resume_plain(ns, tunnel);
	spin_unlock_bh(&tunnel->gateway->lock);
}

void ipsec_resume(struct ipsec_net *ns)
{
	struct ipsec_resumption resumption = {
		.ns = ns,
		.found = LIST_HEAD_INIT(resumption.found),
		/* Each may have an entry of IKE beside that of ESP */
		.room = 2 * nf_alg_option(ns->an, NF_ALG_OPTION_TUNNELS_MAX),
	};
	const struct nf_ct_iter_data search = {
		.net = ns->net,
		.data = &resumption,
	};
	struct ipsec_resumed *resumed, *next;

	nf_ct_iterate_cleanup_net(ipsec_resume_look, &search);
	list_for_each_entry_safe(resumed, next, &resumption.found, list) {
		local_bh_disable();
		rcu_read_lock();
		ipsec_resume_one(ns, resumed);
		rcu_read_unlock();
		local_bh_enable();
		kfree(resumed);
		cond_resched();
	}
}
