// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual TCP, inward: what a packet means for the two streams
 */
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/tcp.h>
#include "event.h"
#include "netns.h"
#include "session.h"
#include "stream.h"

static struct kmem_cache *nf_alg_streams_cache __read_mostly;

#define NF_ALG_MSS_IPV4 536 /* RFC 9293, 3.7.1: where no option says */
#define NF_ALG_MSS_IPV6 1220

/* How much of a first segment is looked at where it lies in fragments */
#define NF_ALG_PEEK 128

/**
 * nf_alg_streams_link() - the two streams know each other and whose they are
 * @session: its virtual TCP has just been allocated
 */
void nf_alg_streams_link(struct nf_alg_session *session)
{
	struct nf_alg_streams *streams = session->streams;
	int dir;

	streams->session = session;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		struct nf_alg_stream *stream = &streams->dir[dir];

		stream->session = session;
		stream->back = &streams->dir[!dir];
		stream->from = &session->side[dir].seen;
		stream->to = &session->side[!dir].own;
		stream->dir = dir;
		INIT_LIST_HEAD(&stream->early);
	}
}

/**
 * nf_alg_streams_begin() - a connection was established
 * @session: its session; not published yet
 * @help: what SYN and SYN/ACK said
 *
 * Return: 0 or -ENOMEM.
 */
int nf_alg_streams_begin(struct nf_alg_session *session,
			 const struct nf_alg_help *help)
{
	bool scaled = help->wscale[0] != NF_ALG_NO_WSCALE &&
		      help->wscale[1] != NF_ALG_NO_WSCALE;
	u16 mss = session->family == NFPROTO_IPV4 ? NF_ALG_MSS_IPV4 :
						    NF_ALG_MSS_IPV6;
	struct nf_alg_streams *streams;
	struct nf_conn *ct = session->ct;
	struct nf_conn_seqadj *seqadj;
	int dir;

	streams = kmem_cache_zalloc(nf_alg_streams_cache, GFP_ATOMIC);
	if (!streams)
		return -ENOMEM;
	session->streams = streams;
	nf_alg_streams_link(session);
	timer_setup(&streams->timer, nf_alg_streams_timer, 0);

	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		struct nf_alg_stream *stream = &streams->dir[dir];
		u32 first = help->isn[dir] + 1;
		/* The receiver's window was said in its own SYN */
		u32 edge = first + help->window[!dir];

		stream->rcv_nxt = first;
		stream->in_acked = first;
		stream->ack_in = first;
		stream->adv_edge = edge;
		stream->snd_una = first;
		stream->snd_nxt = first;
		stream->q_end = first;
		stream->edge = edge;
		stream->mss = help->mss[!dir] ?: mss;
		stream->wscale = scaled ? help->wscale[!dir] : 0;
	}

	/* Its sender and its receiver count differently: conntrack's window
	 * check must not drop what is right.
	 */
	spin_lock_bh(&ct->lock);
	ct->proto.tcp.seen[0].flags |= IP_CT_TCP_FLAG_BE_LIBERAL;
	ct->proto.tcp.seen[1].flags |= IP_CT_TCP_FLAG_BE_LIBERAL;
	/* The entry may have had another connection before */
	seqadj = nfct_seqadj(ct);
	if (seqadj)
		memset(seqadj, 0, sizeof(*seqadj));
	spin_unlock_bh(&ct->lock);
	return 0;
}

static void nf_alg_streams_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(nf_alg_streams_cache,
			container_of(rcu, struct nf_alg_streams, rcu));
}

/**
 * nf_alg_streams_free() - free the virtual TCP
 * @session: session whose last reference is gone
 *
 * Only nf_alg_lost_find() may still be reading in it.
 */
void nf_alg_streams_free(struct nf_alg_session *session)
{
	struct nf_alg_streams *streams = session->streams;

	if (!streams)
		return;
	nf_alg_streams_purge(session);
	dst_release(streams->dir[0].dst);
	dst_release(streams->dir[1].dst);
	session->streams = NULL;
	call_rcu(&streams->rcu, nf_alg_streams_free_rcu);
}

static bool nf_alg_stream_idle(const struct nf_alg_stream *stream)
{
	return stream->snd_una == stream->q_end && !stream->hold_len &&
	       list_empty(&stream->early);
}

/**
 * nf_alg_streams_idle() - is there nothing on its way
 * @streams: both streams; the session's lock is held
 *
 * Return: true if the engine owns no byte.
 */
bool nf_alg_streams_idle(const struct nf_alg_streams *streams)
{
	return nf_alg_stream_idle(&streams->dir[0]) &&
	       nf_alg_stream_idle(&streams->dir[1]);
}

/* Keep a segment that came before its turn. Overlaps are sorted out when its
 * turn comes. Out of memory, the sender will repeat it.
 */
static noinline void nf_alg_stream_early(struct nf_alg_stream *in,
					 struct sk_buff *skb, u32 seq, u32 off,
					 u32 len, bool fin)
{
	struct nf_alg_net *an = in->session->an;
	struct nf_alg_early *early, *pos;
	struct list_head *place = &in->early;

	list_for_each_entry_reverse(pos, &in->early, list) {
		if (!after(pos->seq, seq)) {
			if (!after(seq + len + fin,
				   pos->seq + pos->len + pos->fin))
				return;
			place = &pos->list;
			break;
		}
	}
	if (in->early_count >=
	    nf_alg_option(an, NF_ALG_OPTION_OUT_OF_ORDER_MAX)) {
		nf_alg_reason_count(an, NF_ALG_REASON_LIMIT_OUT_OF_ORDER);
		return;
	}
	if (nf_alg_stream_allowance(in) < len)
		return;
	early = kmalloc(struct_size(early, data, len), GFP_ATOMIC);
	if (!early)
		return;
	if (skb_copy_bits(skb, off, early->data, len)) {
		kfree(early);
		return;
	}
	early->seq = seq;
	early->len = len;
	early->fin = fin;
	list_add(&early->list, place);
	in->early_count++;
	nf_alg_stream_charge(in, nf_alg_early_size(early));
}

/* The sender has nothing more to say. An incomplete message goes as it is. */
static noinline void nf_alg_stream_fin(struct nf_alg_stream *in)
{
	struct nf_alg_session *session = in->session;
	struct nf_alg_chunk *chunk;

	if (in->hold_len) {
		if (!nf_alg_hold_flush(in))
			return;
		nf_alg_pass(session->an, session, NF_ALG_REASON_HALF_CLOSED);
	}
	chunk = nf_alg_chunk_alloc(in, 0);
	if (!chunk)
		return;
	chunk->fin = true;
	in->rcv_nxt++;
	in->fin_in = true;
	nf_alg_stream_queue(in, chunk, in->rcv_nxt);
}

static noinline void nf_alg_stream_drain_early(struct nf_alg_stream *in)
{
	struct nf_alg_early *early, *next;

	list_for_each_entry_safe(early, next, &in->early, list) {
		u32 skip = in->rcv_nxt - early->seq;
		u32 end = early->seq + early->len;

		if (after(early->seq, in->rcv_nxt))
			return;
		if (!in->fin_in && after(end, in->rcv_nxt) &&
		    nf_alg_hold_feed(in, early->data + skip,
				     early->len - skip) < early->len - skip)
			return;
		if (early->fin && end == in->rcv_nxt && !in->fin_in) {
			nf_alg_stream_fin(in);
			if (!in->fin_in)
				return;
		}
		list_del(&early->list);
		in->early_count--;
		nf_alg_stream_charge(in, -nf_alg_early_size(early));
		kfree(early);
	}
}

/* Data that lie in fragments; in pieces that lie in one row */
static noinline bool nf_alg_stream_pieces(struct nf_alg_stream *in,
					  struct sk_buff *skb, u32 off, u32 len)
{
	struct skb_seq_state state;
	unsigned int done = 0;
	const u8 *data;
	u32 n;

	skb_prepare_seq_read(skb, off, off + len, &state);
	while ((n = skb_seq_read(done, &data, &state))) {
		u32 taken = nf_alg_hold_feed(in, data, n);

		if (taken < n) {
			skb_abort_seq_read(&state);
			return false;
		}
		done += n;
	}
	return done == len;
}

/* Where @len bytes at @off lie in one row, or NULL. A socket of ours puts the
 * headers into the linear part and its data into the first fragment.
 */
static const u8 *nf_alg_stream_row(const struct sk_buff *skb, u32 off, u32 len)
{
	const skb_frag_t *frag;
	struct page *page;

	if (off + len <= skb_headlen(skb))
		return skb->data + off;
	if (off < skb_headlen(skb) || !skb_shinfo(skb)->nr_frags)
		return NULL;
	off -= skb_headlen(skb);
	frag = &skb_shinfo(skb)->frags[0];
	if (off + len > skb_frag_size(frag))
		return NULL;
	page = skb_frag_page(frag);
	if (!page || PageHighMem(page))
		return NULL;
	return (const u8 *)skb_frag_address(frag) + off;
}

/* In order: hand it on */
static bool nf_alg_stream_inorder(struct nf_alg_stream *in, struct sk_buff *skb,
				  u32 off, u32 len)
{
	const u8 *data = nf_alg_stream_row(skb, off, len);

	if (unlikely(!data))
		return nf_alg_stream_pieces(in, skb, off, len);
	return nf_alg_hold_feed(in, data, len) == len;
}

/* Data, a FIN, or both. Whatever becomes of it, the packet is ours. */
static void nf_alg_stream_data(struct nf_alg_stream *in, struct sk_buff *skb,
			       const struct nf_alg_segment *seg)
{
	u32 seq = seg->seq, off = seg->off, len = seg->len;
	bool fin = seg->flags & TCPHDR_FIN;

	if (unlikely(before(seq, in->rcv_nxt))) {
		u32 old = in->rcv_nxt - seq;

		/* Said before: its acknowledgement may have been lost */
		in->spoof = true;
		in->must_ack = true;
		if (old > len || (old == len && !fin) || in->fin_in)
			return;
		seq += old;
		off += old;
		len -= old;
	}
	if (in->fin_in) {
		in->must_ack = true;
		return;
	}
	if (unlikely(after(seq + len, in->adv_edge))) {
		u32 outside = seq + len - in->adv_edge;

		if (!before(in->adv_edge, seq + len) || outside >= len) {
			/* A probe of the window, or worse */
			in->must_ack = true;
			return;
		}
		len -= outside;
		fin = false;
	}
	if (unlikely(after(seq, in->rcv_nxt))) {
		in->must_ack = true;
		nf_alg_stream_early(in, skb, seq, off, len, fin);
		return;
	}
	if (len && unlikely(!nf_alg_stream_inorder(in, skb, off, len))) {
		in->must_ack = true;
		return;
	}
	if (unlikely(fin))
		nf_alg_stream_fin(in);
	if (unlikely(!list_empty(&in->early))) {
		in->must_ack = true;
		nf_alg_stream_drain_early(in);
	}
	/* A sender with Nagle's algorithm says no more before it is answered */
	if (in->hold_len)
		in->must_ack = true;
}

/* First bytes that are not ours, with nothing on its way: no byte was touched,
 * so the connection can simply be left.
 */
static noinline bool nf_alg_stream_foreign(struct nf_alg_stream *in,
					   struct sk_buff *skb,
					   const struct nf_alg_segment *seg)
{
	struct nf_alg_session *session = in->session;
	struct nf_alg_frame frame = {};
	u8 peek[NF_ALG_PEEK];
	const u8 *data;
	u32 len;
	int n;

	if (seg->seq != in->rcv_nxt || !seg->len ||
	    !nf_alg_streams_idle(session->streams))
		return false;
	len = skb_headlen(skb) > seg->off ? skb_headlen(skb) - seg->off : 0;
	if (!len)
		len = min_t(u32, seg->len, sizeof(peek));
	data = skb_header_pointer(skb, seg->off, len, peek);
	if (!data)
		return false;
	n = session->protocol->frame(data, len, &frame);
	if (n >= 0)
		return false;
	nf_alg_pass(session->an, session, NF_ALG_REASON_NOT_PROTOCOL);
	return true;
}

/* A reset is real if it stands where the sender stands. Others are renumbered
 * and let through: the receiver knows what to do with them (RFC 5961).
 */
static noinline int nf_alg_stream_rst(struct nf_alg_stream *in,
				      struct sk_buff *skb, unsigned int protoff,
				      const struct nf_alg_segment *seg,
				      struct sk_buff_head *out)
{
	struct nf_alg_session *session = in->session;
	struct nf_alg_stream *back = in->back;
	u16 window;
	u32 ack;

	if (before(seg->seq, in->ack_in) || after(seg->seq, in->rcv_nxt))
		return nf_alg_segment_rewrite(skb, protoff,
					      seg->seq + in->delta,
					      seg->ack - back->delta, -1);
	if (in->snd_una != in->snd_nxt)
		nf_alg_segment_build(in, in->snd_una, TCPHDR_RST, 0, out);
	nf_alg_stream_offer(back, &ack, &window);
	nf_alg_streams_purge(session);
	session->streams->closed = true;
	return nf_alg_segment_rewrite(skb, protoff, in->snd_nxt, ack, -1);
}

/* Neither data nor FIN nor RST. It goes on, renumbered, if it says something;
 * a mere repetition would look like a duplicate acknowledgement to a sender
 * whose data we own.
 */
static noinline int nf_alg_stream_pure_ack(struct nf_alg_stream *in,
					   struct sk_buff *skb,
					   unsigned int protoff,
					   const struct nf_alg_segment *seg)
{
	struct nf_alg_stream *back = in->back;
	u32 seq = in->snd_nxt;
	u16 window;
	u32 ack;

	if (seg->seq == in->rcv_nxt - 1 && !in->fin_in) {
		/* A keepalive asks the other end, if nothing is on its way */
		if (!nf_alg_stream_idle(in)) {
			in->must_ack = true;
			return NF_STOLEN;
		}
		seq = in->snd_nxt - 1;
	} else if (seg->seq == in->ack_in - 1) {
		/* A probe of the window from before what we have taken over */
		in->must_ack = true;
		return NF_STOLEN;
	} else if (!nf_alg_stream_news(back) &&
		   (!nf_alg_stream_idle(back) ||
		    back->ack_in != back->rcv_nxt || seg->seq != in->rcv_nxt)) {
		return NF_STOLEN;
	}
	nf_alg_stream_offer(back, &ack, &window);
	return nf_alg_segment_rewrite(skb, protoff, seq, ack, window);
}

static int nf_alg_stream_take(struct nf_alg_streams *streams,
			      struct nf_alg_stream *in, struct sk_buff *skb,
			      unsigned int protoff,
			      const struct nf_alg_segment *seg,
			      struct sk_buff_head *out)
{
	struct nf_alg_stream *back = in->back;
	int verdict = NF_STOLEN;
	bool next;

	if (unlikely(streams->closed))
		return nf_alg_segment_rewrite(skb, protoff,
					      seg->seq + in->delta,
					      seg->ack - back->delta, -1);
	if (unlikely(seg->flags & TCPHDR_RST))
		return nf_alg_stream_rst(in, skb, protoff, seg, out);

	if (unlikely(!in->framed && !back->framed) &&
	    nf_alg_stream_foreign(in, skb, seg)) {
		streams->release = true;
		return NF_ACCEPT;
	}

	if (likely(seg->flags & TCPHDR_ACK))
		nf_alg_stream_acked(back, seg, out);
	if (seg->len || seg->flags & TCPHDR_FIN) {
		next = seg->seq == in->rcv_nxt && in->snd_nxt == in->q_end &&
		       !in->hold_len && !(seg->flags & TCPHDR_FIN);
		in->changed = false;
		nf_alg_stream_data(in, skb, seg);
		if (next && in->rcv_nxt == seg->seq + seg->len &&
		    !in->hold_len && nf_alg_stream_forward(in, skb, protoff))
			verdict = NF_ACCEPT;
	} else {
		verdict = nf_alg_stream_pure_ack(in, skb, protoff, seg);
	}

	/* Data takes what there is to say along; what is still unsaid then
	 * goes alone.
	 */
	nf_alg_stream_send(in, out);
	nf_alg_stream_send(back, out);
	if (unlikely(in->must_ack))
		nf_alg_segment_build(back, back->snd_nxt, TCPHDR_ACK, 0, out);
	if (verdict == NF_STOLEN && nf_alg_stream_news(back))
		nf_alg_segment_build(in, in->snd_nxt, TCPHDR_ACK, 0, out);

	if (unlikely(in->raw) && back->raw && !in->delta && !back->delta &&
	    nf_alg_streams_idle(streams))
		streams->release = true;
	return verdict;
}

/* The first packet of a direction comes by a bridge: packets that replace its
 * data could not be sent. While nothing has been changed the two ends go on
 * without us. Returns true if they do.
 */
static noinline bool nf_alg_stream_bridged(struct nf_alg_streams *streams,
					   const struct nf_alg_stream *in)
{
	struct nf_alg_session *session = streams->session;

	if (streams->closed || in->delta || in->back->delta ||
	    !nf_alg_streams_idle(streams))
		return false;
	nf_alg_pass(session->an, session, NF_ALG_REASON_BRIDGED);
	streams->release = true;
	return true;
}

/**
 * nf_alg_stream_packet() - a packet of a connection that has a session
 * @session: session
 * @skb: packet, in the last step of POST_ROUTING
 * @protoff: offset of the TCP header
 * @ct: the connection
 * @help: what it remembers
 * @dir: direction of the packet
 *
 * Return: NF_ACCEPT for a packet that goes on, NF_STOLEN for one the engine
 * has taken over, NF_DROP.
 */
int nf_alg_stream_packet(struct nf_alg_session *session, struct sk_buff *skb,
			 unsigned int protoff, struct nf_conn *ct,
			 struct nf_alg_help *help, enum ip_conntrack_dir dir)
{
	struct nf_alg_streams *streams = session->streams;
	struct nf_alg_segment seg __uninitialized;
	struct sk_buff_head out __uninitialized;
	struct nf_alg_stream *in;
	bool release;
	int verdict;

	if (!nf_alg_segment_parse(skb, protoff, &seg))
		return NF_ACCEPT;
	if (unlikely(seg.flags & TCPHDR_SYN))
		return nf_alg_handshake(skb, protoff, ct, help, dir);

	__skb_queue_head_init(&out);
	spin_lock_bh(&session->lock);
	if (unlikely(session->dead)) {
		/* Parted at this moment, or handed over to conntrack, whose
		 * renumbering may or may not see this packet: it comes again.
		 */
		spin_unlock_bh(&session->lock);
		return NF_DROP;
	}
	/* Read, because the compiler would compute it anew for each use */
	in = streams->dir[!dir].back;
	nf_alg_segment_route(in, skb);
	if (likely(in->dst || !nf_alg_stream_bridged(streams, in)))
		verdict = nf_alg_stream_take(streams, in, skb, protoff, &seg,
					     &out);
	else
		verdict = NF_ACCEPT;
	release = streams->release;
	if (likely(!release))
		nf_alg_streams_arm(streams);
	spin_unlock_bh(&session->lock);

	nf_alg_segment_transmit(session, &out);
	if (verdict == NF_STOLEN)
		consume_skb(skb);
	if (unlikely(release))
		nf_alg_session_release(session);
	return verdict;
}

int nf_alg_stream_cache_init(void)
{
	nf_alg_streams_cache = KMEM_CACHE(nf_alg_streams, 0);
	return nf_alg_streams_cache ? 0 : -ENOMEM;
}

void nf_alg_stream_cache_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(nf_alg_streams_cache);
}
