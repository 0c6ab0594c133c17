// SPDX-License-Identifier: GPL-2.0
/*
 * UDP: a datagram is a message
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/netfilter/nf_conntrack_core.h>
#include "datagram.h"
#include "event.h"
#include "flow.h"
#include "message.h"
#include "netns.h"
#include "pool.h"
#include "session.h"

static void nf_alg_datagram_pass(struct nf_conn *ct,
				 const struct nf_alg_session *session,
				 enum nf_alg_reason reason)
{
	nf_alg_pass(nf_alg_pernet(nf_ct_net(ct)), session, reason);
}

/* Lengths and checksums once the payload has another length */
static void nf_alg_datagram_fix(struct sk_buff *skb, unsigned int protoff,
				struct nf_alg_session *session)
{
	struct udphdr *udp = (struct udphdr *)(skb->data + protoff);
	u16 len = skb->len - protoff;
	__be16 old = udp->len;

	if (session->family == NFPROTO_IPV4) {
		struct iphdr *ip = ip_hdr(skb);

		/* Too long for the next link it is fragmented, whoever asked
		 * for the opposite: it was the right length when it was sent.
		 */
		if (ip->frag_off & htons(IP_DF)) {
			ip->frag_off = 0;
			ip->id = htons(session->ident++);
		}
		ip->tot_len = htons(skb->len);
		ip_send_check(ip);
	} else {
		ipv6_hdr(skb)->payload_len =
			htons(skb->len - sizeof(struct ipv6hdr));
	}
	skb->ignore_df = 1;

	udp->len = htons(len);
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		inet_proto_csum_replace2(&udp->check, skb, old, udp->len, true);
	} else if (udp->check) {
		__wsum sum;

		udp->check = 0;
		sum = csum_partial(udp, len, 0);
		if (session->family == NFPROTO_IPV4)
			udp->check = csum_tcpudp_magic(ip_hdr(skb)->saddr,
						       ip_hdr(skb)->daddr, len,
						       IPPROTO_UDP, sum);
		else
			udp->check = csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
						     &ipv6_hdr(skb)->daddr, len,
						     IPPROTO_UDP, sum);
		if (!udp->check)
			udp->check = CSUM_MANGLED_0;
		skb->ip_summed = CHECKSUM_NONE;
	}
}

/* Put the edits into the packet. Returns false, with nothing done, if it cannot
 * grow that much or there is no memory.
 */
static bool nf_alg_datagram_edit(struct sk_buff *skb, unsigned int protoff,
				 struct nf_alg_message *msg)
{
	unsigned int off = protoff + sizeof(struct udphdr);
	s32 room;

	if ((s32)skb->len + msg->growth > U16_MAX ||
	    skb_ensure_writable(skb, skb->len))
		return false;
	room = skb_tailroom(skb);
	if (msg->growth > room &&
	    pskb_expand_head(skb, 0, msg->growth - room, GFP_ATOMIC))
		return false;
	if (msg->growth > 0)
		skb_put(skb, msg->growth);
	/* The bytes may have moved */
	msg->data = skb->data + off;
	nf_alg_message_apply(msg, skb->data + off);
	if (msg->growth < 0)
		__skb_trim(skb, skb->len + msg->growth);
	nf_alg_datagram_fix(skb, protoff, msg->session);
	return true;
}

/* The flow's first packet: it must be in conntrack's table before anything
 * points to it. Its place may have been taken by another in this moment.
 */
static bool nf_alg_datagram_confirm(struct sk_buff *skb, struct nf_conn *ct,
				    int *verdict)
{
	enum ip_conntrack_info ctinfo;

	if (nf_ct_is_confirmed(ct))
		return true;
	*verdict = nf_conntrack_confirm(skb);
	return *verdict == NF_ACCEPT && nf_ct_get(skb, &ctinfo) == ct;
}

/* A datagram of a flow that began outside: does it answer the stranger, or has
 * that one spoken again?
 */
static noinline void nf_alg_datagram_outside(struct nf_alg_session *session,
					     enum ip_conntrack_dir dir,
					     const u8 *data, u32 len)
{
	const struct nf_alg_protocol *protocol = session->protocol;
	struct nf_alg_frame frame = {};

	if (READ_ONCE(session->host)) {
		if (dir == IP_CT_DIR_ORIGINAL && !READ_ONCE(session->recent))
			WRITE_ONCE(session->recent, true);
	} else if (dir == IP_CT_DIR_REPLY &&
		   (!protocol->frame ||
		    protocol->frame(data, len, &frame) >= 0)) {
		nf_alg_pool_answer(session);
	}
}

/**
 * nf_alg_datagram() - a packet of a UDP flow that may be ours
 * @session: its session, or NULL if it has none yet
 * @skb: packet, in the last step of POST_ROUTING
 * @protoff: offset of the UDP header
 * @ct: the connection
 * @help: what it remembers
 * @dir: direction of the packet
 *
 * Datagrams that are not of the protocol pass and are counted; they do not make
 * the flow foreign, for keepalives and STUN share its port.
 *
 * Return: a netfilter verdict; it is other than NF_ACCEPT only where conntrack
 * says so, or where the session was displaced at this moment.
 */
int nf_alg_datagram(struct nf_alg_session *session, struct sk_buff *skb,
		    unsigned int protoff, struct nf_conn *ct,
		    struct nf_alg_help *help, enum ip_conntrack_dir dir)
{
	const struct nf_alg_protocol *protocol;
	unsigned int off = protoff + sizeof(struct udphdr);
	struct nf_alg_message *msg;
	int verdict = NF_ACCEPT;
	const u8 *data;
	u32 len;

	if (skb->len <= off)
		return NF_ACCEPT;
	if (skb_is_gso(skb)) {
		nf_alg_datagram_pass(ct, session, NF_ALG_REASON_GSO_DATAGRAM);
		return NF_ACCEPT;
	}
	if (skb_linearize(skb)) {
		nf_alg_datagram_pass(ct, session, NF_ALG_REASON_NO_MEMORY);
		return NF_ACCEPT;
	}
	data = skb->data + off;
	len = skb->len - off;

	if (!session) {
		struct nf_alg_frame frame = {};

		protocol = nf_alg_protocol_find(help->protocol);
		if (!protocol)
			return NF_ACCEPT;
		if (protocol->frame && protocol->frame(data, len, &frame) < 0) {
			nf_alg_datagram_pass(ct, NULL,
					     NF_ALG_REASON_NOT_PROTOCOL);
			return NF_ACCEPT;
		}
		if (!nf_alg_datagram_confirm(skb, ct, &verdict))
			return verdict;
		session = nf_alg_session_begin(ct, help, protocol);
		if (!session)
			return NF_ACCEPT;
	}

	if (unlikely(session->outside))
		nf_alg_datagram_outside(session, dir, data, len);

	spin_lock_bh(&session->lock);
	if (session->dead) {
		/* It comes again, and finds the flow without a session */
		if (session->displaced)
			verdict = NF_DROP;
		goto unlock;
	}
	if (unlikely(!session->oif))
		session->oif = nf_alg_flow_oif(skb, help->inside, dir);
	msg = nf_alg_message_translate(session, dir, data, len, false);
	if (!msg)
		goto unlock;
	if (nf_alg_datagram_edit(skb, protoff, msg)) {
		nf_alg_message_end(msg, true);
	} else {
		nf_alg_message_end(msg, false);
		nf_alg_datagram_pass(ct, session, NF_ALG_REASON_NO_MEMORY);
	}
unlock:
	spin_unlock_bh(&session->lock);
	return verdict;
}
