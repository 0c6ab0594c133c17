// SPDX-License-Identifier: GPL-2.0
/*
 * Connections whose two ends count differently, with nobody left to translate
 *
 * Conntrack forgets a connection (conntrack -F), or the protocol's module goes,
 * while bytes are on their way. Both ends are reset, but a packet that is under
 * way at that moment, or an end that did not accept the reset, must not reach
 * the other end: its numbers mean other bytes there. So such a connection is
 * remembered for a while. Whatever comes of it in the middle is dropped, and
 * answered by a reset that stands exactly where its sender expects it.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>
#include "lost.h"
#include "netns.h"
#include "session.h"
#include "stream.h"

/* Longer than an end that has bytes to send waits between two attempts */
#define NF_ALG_LOST_TIME (60 * HZ)

static struct hlist_head *nf_alg_lost_bucket(struct nf_alg_net *an,
					     const struct nf_alg_endpoint *from,
					     const struct nf_alg_endpoint *to)
{
	u32 hash = jhash(from, sizeof(*from), jhash(to, sizeof(*to), 0));

	return &an->sessions.lost[hash % ARRAY_SIZE(an->sessions.lost)];
}

/**
 * nf_alg_lost_add() - remember a connection
 * @session: its session, which has parted from it; its virtual TCP is closed,
 *	owns nothing, and its timer does not run
 *
 * The protocol's part of the session ends here: its module may go.
 */
void nf_alg_lost_add(struct nf_alg_session *session)
{
	struct nf_alg_sessions *sessions = &session->an->sessions;
	struct nf_alg_streams *streams = session->streams;
	int dir;

	if (session->protocol->session_end)
		session->protocol->session_end(session);
	session->protocol = NULL;

	/* For the table and for the timer */
	refcount_add(2, &session->refs);
	spin_lock_bh(&sessions->lock);
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		struct nf_alg_lost *lost = &streams->lost[dir];

		lost->session = session;
		lost->dir = dir;
		hlist_add_head_rcu(
			&lost->node,
			nf_alg_lost_bucket(session->an, &session->side[dir].own,
					   &session->side[!dir].seen));
	}
	list_add_tail(&session->list, &sessions->lost_list);
	sessions->lost_count++;
	mod_timer(&streams->timer, jiffies + NF_ALG_LOST_TIME);
	spin_unlock_bh(&sessions->lock);
}

/**
 * nf_alg_lost_remove() - forget a connection
 * @session: its session; nothing happens if it is not remembered
 */
void nf_alg_lost_remove(struct nf_alg_session *session)
{
	struct nf_alg_sessions *sessions = &session->an->sessions;
	struct nf_alg_streams *streams = session->streams;
	bool found;

	spin_lock_bh(&sessions->lock);
	found = streams->lost[0].session;
	if (found) {
		streams->lost[0].session = NULL;
		hlist_del_rcu(&streams->lost[0].node);
		hlist_del_rcu(&streams->lost[1].node);
		list_del(&session->list);
		sessions->lost_count--;
	}
	spin_unlock_bh(&sessions->lock);
	if (found)
		nf_alg_session_put(session);
}

/**
 * nf_alg_lost_forget() - forget all of them
 * @an: namespace
 *
 * May sleep.
 */
void nf_alg_lost_forget(struct nf_alg_net *an)
{
	struct nf_alg_sessions *sessions = &an->sessions;
	struct nf_alg_session *session;

	for (;;) {
		spin_lock_bh(&sessions->lock);
		session = list_first_entry_or_null(&sessions->lost_list,
						   struct nf_alg_session, list);
		if (session)
			refcount_inc(&session->refs);
		spin_unlock_bh(&sessions->lock);
		if (!session)
			return;
		nf_alg_lost_remove(session);
		if (timer_delete_sync(&session->streams->timer))
			nf_alg_session_put(session);
		nf_alg_session_put(session);
	}
}

static const struct nf_alg_lost *nf_alg_lost_find(struct nf_alg_net *an,
						  const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *tuple =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	struct nf_alg_endpoint from = {
		.addr = tuple->src.u3,
		.port = tuple->src.u.all,
		.family = tuple->src.l3num,
	};
	struct nf_alg_endpoint to = {
		.addr = tuple->dst.u3,
		.port = tuple->dst.u.all,
		.family = tuple->src.l3num,
	};
	struct nf_alg_lost *lost;

	hlist_for_each_entry_rcu(lost, nf_alg_lost_bucket(an, &from, &to),
				 node) {
		const struct nf_alg_session *session = READ_ONCE(lost->session);

		if (session &&
		    nf_alg_same_endpoint(&session->side[lost->dir].own,
					 &from) &&
		    nf_alg_same_endpoint(&session->side[!lost->dir].seen, &to))
			return lost;
	}
	return NULL;
}

static int nf_alg_lost_protoff(const struct sk_buff *skb)
{
	u8 nexthdr;
	__be16 frag;

	if (skb->protocol == htons(ETH_P_IP))
		return skb_network_offset(skb) + ip_hdrlen(skb);
	nexthdr = ipv6_hdr(skb)->nexthdr;
	return ipv6_skip_exthdr(
		skb, skb_network_offset(skb) + sizeof(struct ipv6hdr), &nexthdr,
		&frag);
}

/**
 * nf_alg_lost_packet() - a packet that begins an entry in conntrack's table
 * @an: namespace
 * @skb: packet, before NAT
 * @ct: its entry, not confirmed
 *
 * The caller holds RCU, and has seen that there are such connections.
 *
 * Return: true if it is of a connection that was lost: it must be dropped, and
 * has been answered.
 */
bool nf_alg_lost_packet(struct nf_alg_net *an, const struct sk_buff *skb,
			const struct nf_conn *ct)
{
	const struct nf_alg_lost *lost;
	struct nf_alg_session *session;
	struct nf_alg_segment seg;
	struct sk_buff_head out;
	int protoff;

	if (nf_ct_protonum(ct) != IPPROTO_TCP)
		return false;
	protoff = nf_alg_lost_protoff(skb);
	/* A SYN begins another connection */
	if (protoff < 0 || !nf_alg_segment_parse(skb, protoff, &seg) ||
	    seg.flags & TCPHDR_SYN)
		return false;
	lost = nf_alg_lost_find(an, ct);
	if (!lost)
		return false;
	session = READ_ONCE(lost->session);
	if (!session || (seg.flags & (TCPHDR_RST | TCPHDR_ACK)) != TCPHDR_ACK)
		return true;

	__skb_queue_head_init(&out);
	spin_lock_bh(&session->lock);
	nf_alg_segment_build(&session->streams->dir[!lost->dir], seg.ack,
			     TCPHDR_RST, 0, &out);
	spin_unlock_bh(&session->lock);
	nf_alg_segment_transmit(session, &out);
	return true;
}
