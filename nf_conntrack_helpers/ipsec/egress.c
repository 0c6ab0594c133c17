// SPDX-License-Identifier: GPL-2.0
/*
 * What an inside host sends, as it goes out
 *
 * Here the public address is known, for source NAT has been. Conntrack calls
 * its helpers last of all, before it confirms an entry; so entries in our zones
 * have one, and no other packet pays for a hook of ours behind NAT.
 */
#include <linux/ip.h>
#include <linux/module.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "compat/helper.h"
#include "egress.h"
#include "learn.h"
#include "packet.h"
#include "state.h"
#include "tunnel.h"

enum ipsec_egress_helpers {
	IPSEC_EGRESS_ESP,
	IPSEC_EGRESS_IKE,
	IPSEC_EGRESS_HELPERS
};

/**
 * struct ipsec_egress_helper - a conntrack helper
 * @me: its description
 * @live: the one that entries point to; NULL: it is not registered. Cleared
 *	after the last hook of ours is gone, so nobody attaches it afterwards.
 */
struct ipsec_egress_helper {
	struct nf_conntrack_helper me;
	struct nf_conntrack_helper *live;
};

static struct ipsec_egress_helper ipsec_egress_helpers[IPSEC_EGRESS_HELPERS];

static const struct {
	const char *name;
	u8 l4proto;
	u8 number;
} ipsec_egress_kinds[IPSEC_EGRESS_HELPERS] = {
	[IPSEC_EGRESS_ESP] = { "alg-esp", IPPROTO_ESP, NF_ALG_PROTOCOL_ESP },
	[IPSEC_EGRESS_IKE] = { "alg-ike", IPPROTO_UDP, NF_ALG_PROTOCOL_IKE },
};

static struct nf_conntrack_helper *
ipsec_egress_helper_of(const struct nf_conn *ct)
{
	int kind = nf_ct_protonum(ct) == IPPROTO_ESP ? IPSEC_EGRESS_ESP :
						       IPSEC_EGRESS_IKE;

	return READ_ONCE(ipsec_egress_helpers[kind].live);
}

bool ipsec_egress_attach(struct nf_conn *ct)
{
	struct nf_conntrack_helper *live = ipsec_egress_helper_of(ct), *old;
	struct nf_conn_help *help = nfct_help(ct);

	if (!help && !nf_ct_is_confirmed(ct))
		help = nf_ct_helper_ext_add(ct, GFP_ATOMIC);
	if (!help || !live)
		return false;
	old = rcu_access_pointer(help->helper);
	if (old)
		return old == live;
	if (!nf_alg_compat_helper_hold(live))
		return false;
	old = unrcu_pointer(
		cmpxchg(&help->helper, NULL, RCU_INITIALIZER(live)));
	if (old)
		nf_alg_compat_helper_drop(live);
	return !old || old == live;
}

/* Nothing is to be learned of the entry until its tunnel is unsettled again.
 * Whoever unsettles one attaches behind a barrier, as we look behind one. An
 * entry that ctnetlink or conntrackd has made has no room for a helper.
 */
static void ipsec_egress_detach(struct nf_conn *ct, struct ipsec_net *ns,
				const struct ipsec_tunnel *tunnel)
{
	struct nf_conntrack_helper *live = ipsec_egress_helper_of(ct);
	struct nf_conn_help *help = nfct_help(ct);

	if (!live || !help ||
	    unrcu_pointer(cmpxchg(&help->helper, RCU_INITIALIZER(live),
				  NULL)) != live)
		return;
	nf_alg_compat_helper_drop(live);
	if (tunnel ? READ_ONCE(tunnel->unsettled) : atomic_read(&ns->unsettled))
		ipsec_egress_attach(ct);
}

/* Source NAT, and nothing else, is how a tunnel of ours is translated */
static bool ipsec_egress_is_ours(const struct nf_conntrack_tuple *sent,
				 const struct nf_conntrack_tuple *back)
{
	return !nf_inet_addr_cmp(&back->dst.u3, &sent->src.u3) &&
	       nf_inet_addr_cmp(&back->src.u3, &sent->dst.u3);
}

bool ipsec_egress_differs(const struct ipsec_tunnel *tunnel,
			  const struct nf_conn *ct,
			  enum ip_conntrack_info ctinfo)
{
	int dir = CTINFO2DIR(ctinfo);
	const struct nf_conntrack_tuple *sent = &ct->tuplehash[dir].tuple;
	const struct nf_conntrack_tuple *back = &ct->tuplehash[!dir].tuple;
	const struct ipsec_peer *peer = rcu_dereference(tunnel->peer);
	bool ours = ipsec_egress_is_ours(sent, back);

	if (READ_ONCE(tunnel->plain))
		return ours;
	return peer &&
	       !(ours && nf_inet_addr_cmp(&peer->key.public, &back->dst.u3));
}

/* Conntrack alone does what is to do; so do we with what comes back */
static void ipsec_egress_plain(struct ipsec_net *ns,
			       struct ipsec_tunnel *tunnel,
			       const struct nf_conntrack_tuple *back,
			       bool translated)
{
	const struct ipsec_clue_key key = {
		.from = back->src.u3,
		.to = back->dst.u3,
		.zone = tunnel->key.zone,
		.kind = IPSEC_CLUE_BACK,
		.family = tunnel->key.family,
	};

	spin_lock_bh(&tunnel->gateway->lock);
	if (!tunnel->dead && !tunnel->plain) {
		if (translated)
			nf_alg_reason_count(ns->an,
					    NF_ALG_REASON_GATEWAY_TRANSLATED);
		ipsec_tunnel_unpeer(ns, tunnel);
		WRITE_ONCE(tunnel->plain, true);
		ipsec_tunnel_settle(ns, tunnel);
		ipsec_clue_add(ns, tunnel, &key, NF_ALG_EVIDENCE_SENT);
	}
	spin_unlock_bh(&tunnel->gateway->lock);
}

/* Rules translate a tunnel's new entry that have not translated the old one */
static void ipsec_egress_translated(struct ipsec_net *ns,
				    struct ipsec_tunnel *tunnel)
{
	spin_lock_bh(&tunnel->gateway->lock);
	if (!tunnel->dead && tunnel->plain) {
		WRITE_ONCE(tunnel->plain, false);
		ipsec_clues_drop(ns, tunnel, IPSEC_CLUE_BACK);
	}
	spin_unlock_bh(&tunnel->gateway->lock);
}

/* Learn from what an inside host sends; @sent: as it has sent it, @back: as the
 * answer comes; @leaves: the packet is behind NAT and may be held
 */
static unsigned int ipsec_egress_learn(struct ipsec_net *ns,
				       struct sk_buff *skb,
				       struct ipsec_tunnel *tunnel,
				       const struct nf_conntrack_tuple *sent,
				       const struct nf_conntrack_tuple *back,
				       bool leaves)
{
	const union nf_inet_addr *public = &back->dst.u3;
	struct ipsec_esp esp;

	if (!ipsec_egress_is_ours(sent, back)) {
		if (!READ_ONCE(tunnel->plain))
			ipsec_egress_plain(ns, tunnel, back,
					   !nf_inet_addr_cmp(public,
							     &sent->src.u3));
		return NF_ACCEPT;
	}
	if (READ_ONCE(tunnel->plain))
		ipsec_egress_translated(ns, tunnel);
	if (sent->dst.protonum == IPPROTO_ESP) {
		if (!ipsec_packet_esp(skb, tunnel->key.family, &esp))
			return NF_ACCEPT;
		return ipsec_learn_out(ns, tunnel, public, &esp,
				       leaves ? skb : NULL);
	}
	spin_lock_bh(&tunnel->gateway->lock);
	if (!tunnel->dead)
		ipsec_tunnel_public(ns, tunnel, public);
	spin_unlock_bh(&tunnel->gateway->lock);
	return NF_ACCEPT;
}

unsigned int ipsec_egress_look(struct ipsec_net *ns, struct sk_buff *skb,
			       struct nf_conn *ct,
			       enum ip_conntrack_info ctinfo, bool leaves)
{
	int dir = CTINFO2DIR(ctinfo);
	const struct nf_conntrack_tuple *sent = &ct->tuplehash[dir].tuple;
	bool confirmed = nf_ct_is_confirmed(ct);
	u8 family = nf_ct_l3num(ct);
	struct ipsec_tunnel *tunnel;
	unsigned int verdict;

	/* An error about one of ours */
	if (family == NFPROTO_IPV4 && ip_hdr(skb)->protocol == IPPROTO_ICMP)
		return NF_ACCEPT;
	tunnel = ipsec_tunnel_of_zone(ns, &sent->dst.u3, family,
				      nf_ct_zone_id(nf_ct_zone(ct), dir));
	/* What comes in is not translated any further */
	if (!tunnel || !nf_inet_addr_cmp(&tunnel->key.inside, &sent->src.u3))
		return NF_ACCEPT;
	verdict = ipsec_egress_learn(ns, skb, tunnel, sent,
				     &ct->tuplehash[!dir].tuple, leaves);
	/* The entry of one that is held may be gone with it */
	if (confirmed && verdict == NF_ACCEPT && !READ_ONCE(tunnel->unsettled))
		ipsec_egress_detach(ct, ns, tunnel);
	return verdict;
}

/* Conntrack's last word about a packet, before it confirms the entry */
static int ipsec_egress_help(struct sk_buff *skb, unsigned int protoff,
			     struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	struct ipsec_net *ns = ipsec_pernet(nf_ct_net(ct));
	u16 zone = nf_ct_zone(ct)->id;

	if (nf_ct_is_confirmed(ct) && !atomic_read(&ns->unsettled)) {
		ipsec_egress_detach(ct, ns, NULL);
		return NF_ACCEPT;
	}
	/* A rule may have given it to any flow, a service may have ended */
	if (!READ_ONCE(ns->on) || zone < READ_ONCE(ns->low) ||
	    zone > READ_ONCE(ns->high))
		return NF_ACCEPT;
	return ipsec_egress_look(ns, skb, ct, ctinfo, true);
}

/**
 * ipsec_egress_exit() - take our helpers away from all entries
 *
 * Hooks of ours are gone from every namespace, and the namespaces' state is
 * still there. May sleep. No packet is in a helper afterwards.
 */
void ipsec_egress_exit(void)
{
	int i;

	for (i = 0; i < IPSEC_EGRESS_HELPERS; i++) {
		struct nf_conntrack_helper *live = ipsec_egress_helpers[i].live;

		if (!live)
			continue;
		WRITE_ONCE(ipsec_egress_helpers[i].live, NULL);
		nf_alg_compat_helper_unregister(live);
	}
	/* Who has found the helper in an entry before may still be in it */
	synchronize_rcu();
}

/**
 * ipsec_egress_init() - register the conntrack helpers
 *
 * Return: 0 or a negative errno.
 */
int ipsec_egress_init(void)
{
	int i, err;

	for (i = 0; i < IPSEC_EGRESS_HELPERS; i++) {
		struct nf_conntrack_helper *me = &ipsec_egress_helpers[i].me;

		nf_alg_compat_helper_init(me, ipsec_egress_kinds[i].l4proto,
					  ipsec_egress_kinds[i].number,
					  ipsec_egress_help, NULL);
		strscpy(me->name, ipsec_egress_kinds[i].name, sizeof(me->name));
		me->me = THIS_MODULE;
		err = nf_alg_compat_helper_register(
			me, &ipsec_egress_helpers[i].live);
		if (err) {
			ipsec_egress_exit();
			return err;
		}
	}
	return 0;
}
