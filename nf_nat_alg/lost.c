// SPDX-License-Identifier: GPL-2.0
/*
 * Connections whose two ends count differently, with nobody left to translate
 *
 * Conntrack forgets a connection (conntrack -F), or the protocol's module goes,
 * while bytes are on their way; or another router has translated it until now.
 * Both ends are reset, but a packet that is under way at that moment, or an end
 * that did not accept the reset, must not reach the other end: its numbers mean
 * other bytes there. So such a connection is remembered for a while. Whatever
 * comes of it in the middle is dropped, and answered by a reset that stands
 * exactly where its sender expects it.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>
#include "event.h"
#include "lost.h"
#include "netns.h"
#include "protocol.h"
#include "session.h"
#include "stream.h"

/* Longer than an end that has bytes to send waits between two attempts */
#define NF_ALG_LOST_TIME (60 * HZ)

static u32 nf_alg_lost_bucket(const struct nf_alg_net *an,
			      const struct nf_alg_endpoint *from,
			      const struct nf_alg_endpoint *to)
{
	u32 hash = jhash(from, sizeof(*from),
			 jhash(to, sizeof(*to), an->sessions.seed));

	return hash % ARRAY_SIZE(an->sessions.lost);
}

static u32 nf_alg_lost_bucket_of(const struct nf_alg_session *session, int dir)
{
	return nf_alg_lost_bucket(session->an, &session->side[dir].own,
				  &session->side[!dir].seen);
}

/**
 * nf_alg_lost_expect() - a connection leaves conntrack's table, and may be lost
 * @session: its session, TCP; the caller holds a reference
 * @by: 1 in the destructor of its entry, -1 once nf_alg_session_detach() has
 *	decided
 *
 * In between packets that would be taken for the beginning of an entry in the
 * middle of a connection, and that may be of this one, are dropped: the two ends
 * may count differently, and TCP repeats them. Any context, without a lock.
 */
void nf_alg_lost_expect(struct nf_alg_session *session, int by)
{
	struct nf_alg_sessions *sessions = &session->an->sessions;
	int dir;

	for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
		atomic_add(
			by,
			&sessions->leaving[nf_alg_lost_bucket_of(session, dir)]);
	atomic_add(by, &sessions->lost_count);
	/* Before the entry leaves the table: whoever does not find it there
	 * finds it counted here.
	 */
	smp_mb__after_atomic();
}

/**
 * nf_alg_lost_add() - remember a connection for NF_ALG_LOST_TIME
 * @session: its session, which is detached and dead; its virtual TCP is closed
 *	and owns nothing; the caller holds a reference
 *
 * The protocol's part of the session ends here: its module may go.
 */
void nf_alg_lost_add(struct nf_alg_session *session)
{
	struct nf_alg_sessions *sessions = &session->an->sessions;
	const struct nf_alg_protocol *protocol = session->protocol;
	struct nf_alg_streams *streams = session->streams;
	int dir;

	if (protocol) {
		if (protocol->session_end)
			protocol->session_end(session);
		session->protocol = NULL;
		nf_alg_protocol_unuse(protocol);
	}

	refcount_inc(&session->refs); /* for the table */
	session->lost_until = jiffies + NF_ALG_LOST_TIME;
	spin_lock_bh(&sessions->lock);
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		struct nf_alg_lost *lost = &streams->lost[dir];

		lost->session = session;
		lost->dir = dir;
		hlist_add_head_rcu(
			&lost->node,
			&sessions->lost[nf_alg_lost_bucket_of(session, dir)]);
	}
	list_add_tail(&session->list, &sessions->lost_list);
	atomic_inc(&sessions->lost_count);
	nf_alg_sessions_watch(session->an);
	spin_unlock_bh(&sessions->lock);
}

/* Forget the oldest one, if it was lost before @now; returns false if not */
static bool nf_alg_lost_forget_one(struct nf_alg_sessions *sessions,
				   unsigned long now)
{
	struct nf_alg_session *session;

	spin_lock_bh(&sessions->lock);
	session = list_first_entry_or_null(&sessions->lost_list,
					   struct nf_alg_session, list);
	if (session && time_before(now, session->lost_until))
		session = NULL;
	if (session) {
		hlist_del_rcu(&session->streams->lost[0].node);
		hlist_del_rcu(&session->streams->lost[1].node);
		list_del(&session->list);
		atomic_dec(&sessions->lost_count);
	}
	spin_unlock_bh(&sessions->lock);
	if (session)
		nf_alg_session_put(session);
	return session;
}

/**
 * nf_alg_lost_expire() - forget connections whose time is up
 * @an: namespace
 *
 * May sleep.
 */
void nf_alg_lost_expire(struct nf_alg_net *an)
{
	while (nf_alg_lost_forget_one(&an->sessions, jiffies))
		cond_resched();
}

/**
 * nf_alg_lost_forget() - forget all of them
 * @an: namespace; no packet runs in it
 *
 * May sleep.
 */
void nf_alg_lost_forget(struct nf_alg_net *an)
{
	while (nf_alg_lost_forget_one(&an->sessions,
				      jiffies + 2 * NF_ALG_LOST_TIME))
		cond_resched();
}

/* Find the lost connection that a packet from @from to @to is of; returns its
 * session with a reference, and the packet's direction
 */
static struct nf_alg_session *
nf_alg_lost_find(struct nf_alg_net *an, const struct nf_alg_endpoint *from,
		 const struct nf_alg_endpoint *to, u32 bucket, u8 *dir)
{
	struct nf_alg_session *session;
	struct nf_alg_lost *lost;

	hlist_for_each_entry_rcu(lost, &an->sessions.lost[bucket], node) {
		session = lost->session;
		*dir = lost->dir;
		if (nf_alg_same_endpoint(&session->side[*dir].own, from) &&
		    nf_alg_same_endpoint(&session->side[!*dir].seen, to) &&
		    refcount_inc_not_zero(&session->refs))
			return session;
	}
	return NULL;
}

/* Reset the sender of a packet of a lost connection, where it stands: its
 * acknowledgement says where that is
 */
static void nf_alg_lost_answer(struct nf_alg_session *session, u8 dir,
			       const struct nf_alg_segment *seg)
{
	struct sk_buff_head out;

	if ((seg->flags & (TCPHDR_RST | TCPHDR_ACK)) != TCPHDR_ACK)
		return;
	__skb_queue_head_init(&out);
	spin_lock_bh(&session->lock);
	nf_alg_segment_build(&session->streams->dir[!dir], seg->ack, TCPHDR_RST,
			     0, &out);
	spin_unlock_bh(&session->lock);
	nf_alg_segment_transmit(session, &out);
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
	const struct nf_conntrack_tuple *tuple =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_alg_endpoint from = {
		.addr = tuple->src.u3,
		.port = tuple->src.u.all,
		.family = tuple->src.l3num,
	};
	const struct nf_alg_endpoint to = {
		.addr = tuple->dst.u3,
		.port = tuple->dst.u.all,
		.family = tuple->src.l3num,
	};
	struct nf_alg_session *session;
	struct nf_alg_segment seg;
	int protoff;
	u32 bucket;
	u8 dir;

	if (nf_ct_protonum(ct) != IPPROTO_TCP)
		return false;
	protoff = nf_alg_lost_protoff(skb);
	/* A SYN begins another connection */
	if (protoff < 0 || !nf_alg_segment_parse(skb, protoff, &seg) ||
	    seg.flags & TCPHDR_SYN)
		return false;
	bucket = nf_alg_lost_bucket(an, &from, &to);
	if (atomic_read(&an->sessions.leaving[bucket]))
		return true;
	session = nf_alg_lost_find(an, &from, &to, bucket, &dir);
	if (!session)
		return false;
	nf_alg_lost_answer(session, dir, &seg);
	nf_alg_session_put(session);
	return true;
}

/* Remember how packets go to one end of a connection */
static void nf_alg_lost_route(struct nf_alg_stream *stream,
			      const struct sk_buff *skb)
{
	const struct nf_alg_session *session = stream->session;
	const struct nf_alg_endpoint *to = stream->to;
	struct dst_entry *dst = NULL;
	struct flowi fl = {};
	int vrf = session->side[!stream->dir].inside ? session->vrf : 0;

	if (session->family == NFPROTO_IPV4) {
		fl.u.ip4.daddr = to->addr.ip;
		fl.u.ip4.flowi4_oif = vrf;
		fl.u.ip4.flowi4_mark = skb->mark;
	} else {
		fl.u.ip6.daddr = to->addr.in6;
		fl.u.ip6.flowi6_oif = vrf;
		fl.u.ip6.flowi6_mark = skb->mark;
	}
	if (nf_route(session->an->net, &dst, &fl, false, session->family))
		return;
	nf_alg_segment_dst(stream, dst);
	stream->mark = skb->mark;
	stream->ttl = 64;
}

/**
 * nf_alg_lost_adopt() - reset a connection that somebody else translated
 * @skb: a packet of it, in the last step of POST_ROUTING
 * @protoff: offset of the TCP header
 * @ct: the connection; confirmed
 * @help: what it remembers: its inside and VRF
 * @dir: direction of the packet
 *
 * Another router may have changed the length of its messages, and then its two
 * ends count differently. So it is one of the lost: the sender of each packet is
 * reset where it stands, and no byte reaches the other end. The entry goes.
 */
void nf_alg_lost_adopt(struct sk_buff *skb, unsigned int protoff,
		       struct nf_conn *ct, struct nf_alg_help *help,
		       enum ip_conntrack_dir dir)
{
	struct nf_alg_session *session;
	enum nf_alg_reason reason;
	struct nf_alg_segment seg;

	/* Once for each entry, although packets of both ends may come at once */
	if (nf_alg_session_flags(ct, help, NF_ALG_HELP_LOST, 0) &
	    NF_ALG_HELP_LOST)
		return;
	if (!nf_alg_segment_parse(skb, protoff, &seg))
		return;
	/* It begins another connection, and comes again */
	if (seg.flags & TCPHDR_SYN) {
		nf_ct_kill(ct);
		return;
	}
	session = nf_alg_session_alloc(ct, help, NULL, &reason);
	if (!session) {
		/* The entry stays, and everything of it is dropped */
		nf_alg_pass(nf_alg_pernet(nf_ct_net(ct)), NULL, reason);
		return;
	}
	session->ct = NULL;
	session->dead = true;
	session->streams->closed = true;
	nf_alg_lost_route(&session->streams->dir[0], skb);
	nf_alg_lost_route(&session->streams->dir[1], skb);
	nf_alg_lost_add(session);
	nf_alg_lost_answer(session, dir, &seg);
	nf_alg_session_put(session);
	nf_ct_kill(ct);
	nf_ct_put(ct);
}
