// SPDX-License-Identifier: GPL-2.0
/*
 * IKE: whose message is it, and what does it tell about ESP
 *
 * Several inside hosts keep port 500 toward one gateway; what comes back is
 * told apart by the initiator's cookie. What is nobody's is left to the router.
 */
#include <linux/udp.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include "egress.h"
#include "isakmp.h"
#include "learn.h"
#include "packet.h"
#include "state.h"
#include "tunnel.h"

/* Read the message. Return: true if it is one */
static bool ipsec_cookie_message(const struct ipsec_packet *packet,
				 struct ipsec_isakmp *isakmp)
{
	unsigned int off = packet->off + sizeof(struct udphdr);
	u8 buffer[IPSEC_ISAKMP_LEN];
	const u8 *data;

	if (packet->skb->len < off)
		return false;
	data = skb_header_pointer(packet->skb, off, sizeof(buffer), buffer);
	return data && ipsec_isakmp_parse(data, sizeof(buffer),
					  packet->skb->len - off, isakmp);
}

static struct ipsec_clue_key ipsec_cookie_key(const struct ipsec_packet *packet,
					      const union nf_inet_addr *gateway,
					      u64 cookie)
{
	return (struct ipsec_clue_key){
		.from = *gateway,
		.value = cookie,
		.zone = packet->zone,
		.kind = IPSEC_CLUE_COOKIE,
		.family = packet->family,
	};
}

/* An inside host shows a cookie */
static void ipsec_cookie_note(const struct ipsec_packet *packet,
			      struct ipsec_tunnel *tunnel,
			      const struct ipsec_isakmp *isakmp)
{
	const struct ipsec_clue_key key = ipsec_cookie_key(
		packet, &packet->destination, isakmp->initiator);
	struct ipsec_net *ns = packet->ns;
	struct ipsec_clue *clue = ipsec_clue_find(ns, &key);

	if (clue) {
		WRITE_ONCE(clue->used, jiffies);
		if (clue->tunnel != tunnel)
			nf_alg_reason_count(ns->an,
					    NF_ALG_REASON_IKE_COOKIE_CLASH);
		return;
	}
	spin_lock_bh(&tunnel->gateway->lock);
	if (!tunnel->dead)
		ipsec_clue_add(ns, tunnel, &key, NF_ALG_EVIDENCE_SENT);
	spin_unlock_bh(&tunnel->gateway->lock);
}

/* Whose cookie does the gateway show */
static struct ipsec_tunnel *
ipsec_cookie_owner(const struct ipsec_packet *packet,
		   const struct ipsec_isakmp *isakmp)
{
	const struct ipsec_clue_key key =
		ipsec_cookie_key(packet, &packet->source, isakmp->initiator);
	struct ipsec_clue *clue = ipsec_clue_find(packet->ns, &key);
	struct ipsec_peer *peer;

	if (!clue)
		return NULL;
	peer = rcu_dereference(clue->tunnel->peer);
	if (!peer || !nf_inet_addr_cmp(&peer->key.public, &packet->destination))
		return NULL;
	WRITE_ONCE(clue->used, jiffies);
	return clue->tunnel;
}

/* The flowtable would carry the flow past us, and it knows no zones: an entry
 * with the helper extension stays out of it
 */
static void ipsec_cookie_keep(struct nf_conn *ct)
{
	if (!nf_ct_is_confirmed(ct) && !nfct_help(ct))
		nf_ct_helper_ext_add(ct, GFP_ATOMIC);
}

/* The tunnel that a message in any zone is about, by conntrack's entry */
static struct ipsec_tunnel *
ipsec_cookie_tunnel(const struct ipsec_packet *packet, const struct nf_conn *ct,
		    enum ip_conntrack_info ctinfo, bool *from_inside)
{
	const struct nf_conntrack_tuple *other =
		&ct->tuplehash[!CTINFO2DIR(ctinfo)].tuple;
	struct ipsec_tunnel_key key = {
		.inside = packet->source,
		.gateway = packet->destination,
		.vrf = packet->vrf,
		.zone = packet->zone,
		.family = packet->family,
	};
	struct ipsec_tunnel *tunnel;

	*from_inside = true;
	tunnel = ipsec_tunnel_find(packet->ns, &key);
	if (tunnel)
		return tunnel;
	*from_inside = false;
	key.inside = other->src.u3;
	key.gateway = packet->source;
	return ipsec_tunnel_find(packet->ns, &key);
}

/* As what does the gateway see the inside host, if conntrack's entry says it */
static const union nf_inet_addr *
ipsec_cookie_public(const struct ipsec_packet *packet, const struct nf_conn *ct,
		    enum ip_conntrack_info ctinfo, bool outward)
{
	const union nf_inet_addr *public;

	if (!outward)
		return &packet->destination;
	public = &ct->tuplehash[!CTINFO2DIR(ctinfo)].tuple.dst.u3;
	if (!nf_ct_is_confirmed(ct) ||
	    nf_inet_addr_cmp(public, &packet->source))
		return NULL;
	return public;
}

/* What a message is to the entry in a tunnel's zone */
static enum ipsec_entry_role
ipsec_cookie_role(const struct ipsec_packet *packet, const __be16 *ports,
		  const struct ipsec_tunnel *tunnel)
{
	const struct ipsec_entry_flow flow = {
		.source = packet->source,
		.destination = packet->destination,
		.source_port = ports[0],
		.destination_port = ports[1],
		.zone = tunnel->zone,
		.family = packet->family,
		.protocol = IPPROTO_UDP,
	};

	return ipsec_entry(packet->ns, &flow, IPSEC_ENTRY_LOOK);
}

/* The tunnel without NAT of ours that a message comes back to, or NULL: a static
 * translation of an address that this router does not own begins like one
 */
static struct ipsec_tunnel *ipsec_cookie_back(const struct ipsec_packet *packet,
					      const __be16 *ports)
{
	struct ipsec_tunnel *tunnel = ipsec_packet_back(packet);

	if (!tunnel ||
	    ipsec_cookie_role(packet, ports, tunnel) != IPSEC_ENTRY_REPLY)
		return NULL;
	return tunnel;
}

/* The tunnel of an inside host's message, begun if need be; @isakmp: NULL if it
 * is none; @zone: the tunnel too if its zone is the message's
 */
static struct ipsec_tunnel *ipsec_cookie_out(const struct ipsec_packet *packet,
					     const __be16 *ports,
					     const struct ipsec_isakmp *isakmp,
					     struct ipsec_tunnel **zone)
{
	const struct ipsec_tunnel_key key = {
		.inside = packet->source,
		.gateway = packet->destination,
		.vrf = packet->vrf,
		.zone = packet->zone,
		.family = packet->family,
	};
	bool preserve = ports[0] == htons(IPSEC_IKE_PORT) &&
			ipsec_packet_permitted(packet, NF_ALG_PROTOCOL_IKE);
	struct ipsec_tunnel *tunnel = ipsec_tunnel_find(packet->ns, &key);

	if (!tunnel && isakmp && preserve)
		tunnel = ipsec_packet_outward(packet, NF_ALG_PROTOCOL_IKE,
					      ports);
	if (!tunnel && isakmp && ipsec_isakmp_makes_sa(isakmp))
		tunnel = ipsec_packet_outward(packet, NF_ALG_PROTOCOL_ESP,
					      ports);
	if (!tunnel || !preserve || ipsec_packet_answers(packet, ports))
		return tunnel;
	/* Without NAT of ours it stays where it has begun */
	if (READ_ONCE(tunnel->plain) &&
	    ipsec_cookie_role(packet, ports, tunnel) == IPSEC_ENTRY_NONE)
		return tunnel;
	*zone = tunnel;
	if (isakmp)
		ipsec_cookie_note(packet, tunnel, isakmp);
	return tunnel;
}

unsigned int ipsec_cookie_in(const struct ipsec_packet *packet)
{
	struct ipsec_tunnel *tunnel = NULL, *zone = NULL;
	bool outward = false, good;
	struct ipsec_isakmp isakmp;
	enum ip_conntrack_info ctinfo;
	__be16 buffer[2], *ports;
	unsigned int verdict;
	struct nf_conn *ct;

	ports = skb_header_pointer(packet->skb, packet->off, sizeof(buffer),
				   buffer);
	if (!ports)
		return NF_ACCEPT;
	good = ipsec_cookie_message(packet, &isakmp);
	if (good && ports[0] == htons(IPSEC_IKE_PORT)) {
		zone = ipsec_cookie_owner(packet, &isakmp);
		tunnel = zone;
	}
	if (!tunnel) {
		zone = ipsec_cookie_back(packet, ports);
		tunnel = zone;
	}
	if (!tunnel && ports[1] == htons(IPSEC_IKE_PORT) &&
	    !ipsec_packet_inward(packet)) {
		outward = true;
		tunnel = ipsec_cookie_out(packet, ports, good ? &isakmp : NULL,
					  &zone);
	}

	verdict = ipsec_packet_track(packet, zone);
	if (verdict != NF_ACCEPT)
		return verdict;
	ct = nf_ct_get(packet->skb, &ctinfo);
	if (!ct)
		return NF_ACCEPT;
	ipsec_cookie_keep(ct);
	if (zone && !outward) {
		verdict = ipsec_packet_enter(packet, zone, true);
		if (verdict != NF_ACCEPT)
			return verdict;
		ct = nf_ct_get(packet->skb, &ctinfo);
		if (!ct)
			return NF_ACCEPT;
	}
	/* An entry that others have made need not have our helper */
	if (zone && outward && nf_ct_is_confirmed(ct) &&
	    !rcu_access_pointer(zone->peer))
		ipsec_egress_look(packet->ns, packet->skb, ct, ctinfo, false);
	if (!tunnel)
		tunnel = ipsec_cookie_tunnel(packet, ct, ctinfo, &outward);
	if (!tunnel)
		return NF_ACCEPT;
	WRITE_ONCE(tunnel->used, jiffies);
	if (!good) {
		nf_alg_reason_count(packet->ns->an,
				    NF_ALG_REASON_IKE_MALFORMED);
		return NF_ACCEPT;
	}
	ipsec_learn_exchange(packet->ns, tunnel, &isakmp, outward,
			     ipsec_cookie_public(packet, ct, ctinfo, outward));
	return NF_ACCEPT;
}
