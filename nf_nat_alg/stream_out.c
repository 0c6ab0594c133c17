// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual TCP, outward: the queue, its acknowledgement, its repetition
 */
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/tcp.h>
#include "event.h"
#include "lost.h"
#include "netns.h"
#include "segment.h"
#include "session.h"
#include "stream.h"

/* RFC 6298 says 1 s at least, everybody takes Linux's 200 ms */
#define NF_ALG_RTO_MIN (HZ / 5)
#define NF_ALG_RTO_MAX (30 * HZ)
/* About three minutes with the backoff above: R2 of RFC 9293, 3.8.3 */
#define NF_ALG_RETRIES 12
#define NF_ALG_DUPACKS 3

static noinline struct nf_alg_chunk *nf_alg_chunk_new(u32 len)
{
	struct nf_alg_chunk *chunk;
	size_t size = ALIGN(struct_size(chunk, data, len), 64);

	chunk = kmalloc(size, GFP_ATOMIC);
	if (chunk)
		chunk->room = size <= NF_ALG_CHUNK_SPARE ?
				      size - offsetof(typeof(*chunk), data) :
				      0;
	return chunk;
}

/**
 * nf_alg_chunk_alloc() - room for bytes on their way
 * @stream: the stream; the session's lock is held
 * @len: how many bytes
 *
 * Return: an empty chunk or NULL.
 */
struct nf_alg_chunk *nf_alg_chunk_alloc(struct nf_alg_stream *stream, u32 len)
{
	struct nf_alg_chunk *chunk = stream->spare;

	if (likely(chunk && chunk->room >= len)) {
		stream->spare = NULL;
	} else {
		chunk = nf_alg_chunk_new(len);
		if (!chunk)
			return NULL;
	}
	chunk->len = len;
	chunk->fin = false;
	return chunk;
}

/* The roomiest is kept for the next message */
static void nf_alg_chunk_free(struct nf_alg_stream *stream,
			      struct nf_alg_chunk *chunk)
{
	if (chunk->room &&
	    (!stream->spare || stream->spare->room < chunk->room))
		swap(stream->spare, chunk);
	if (unlikely(chunk))
		kfree(chunk);
}

/* Many small messages must not cost more than they are charged for */
static s32 nf_alg_chunk_size(const struct nf_alg_chunk *chunk)
{
	return sizeof(*chunk) + chunk->len;
}

static unsigned long nf_alg_stream_rto(const struct nf_alg_stream *stream)
{
	unsigned long rto;

	/* RFC 6298, 2.3 */
	if (stream->srtt)
		rto = (stream->srtt >> 3) + stream->rttvar;
	else
		rto = HZ;
	rto = max_t(unsigned long, rto, NF_ALG_RTO_MIN);
	return min_t(unsigned long, rto << stream->retries, NF_ALG_RTO_MAX);
}

static void nf_alg_stream_measure(struct nf_alg_stream *stream)
{
	u32 rtt = max_t(u32, jiffies - stream->rtt_start, 1);

	if (!stream->srtt) {
		stream->srtt = rtt << 3;
		stream->rttvar = rtt << 1;
	} else {
		s32 err = rtt - (stream->srtt >> 3);

		stream->srtt += err;
		if (err < 0)
			err = -err;
		stream->rttvar += err - (s32)(stream->rttvar >> 2);
	}
	stream->timing = false;
}

/**
 * nf_alg_stream_queue() - bytes for the receiver
 * @session: session; its lock is held
 * @dir: direction of the stream
 * @chunk: the bytes; the queue owns it from now on
 * @in_end: end of the bytes it stands for, as the sender counts
 */
void nf_alg_stream_queue(struct nf_alg_session *session,
			 enum ip_conntrack_dir dir, struct nf_alg_chunk *chunk,
			 u32 in_end)
{
	struct nf_alg_stream *stream = &session->streams->dir[dir];

	if (stream->snd_una == stream->q_end) {
		stream->retries = 0;
		stream->rto_at = jiffies + nf_alg_stream_rto(stream);
	}
	chunk->in_end = in_end;
	chunk->out = stream->q_end;
	stream->q_end += chunk->len + chunk->fin;
	list_add_tail(&chunk->list, &stream->queue);
	if (!stream->next)
		stream->next = chunk;
	nf_alg_stream_charge(session, stream, nf_alg_chunk_size(chunk));
}

/**
 * nf_alg_stream_renumber() - tell conntrack how far the two counts differ
 * @session: session; its lock is held
 * @dir: direction of the stream
 *
 * Conntrack's window check reads the offsets although it does not renumber:
 * without them it would take every acknowledgement for one of data never seen,
 * and its timeouts and states would be wrong.
 */
void nf_alg_stream_renumber(struct nf_alg_session *session,
			    enum ip_conntrack_dir dir)
{
	struct nf_alg_stream *stream = &session->streams->dir[dir];
	u32 delta = stream->q_end - (stream->rcv_nxt - stream->hold_len);
	struct nf_conn *ct = session->ct;
	struct nf_conn_seqadj *seqadj;

	if (delta == stream->delta)
		return;
	stream->delta = delta;
	if (!ct)
		return;
	seqadj = nfct_seqadj(ct);
	if (!seqadj)
		return;
	spin_lock_bh(&ct->lock);
	seqadj->seq[dir].correction_pos = stream->rcv_nxt;
	seqadj->seq[dir].offset_before = delta;
	seqadj->seq[dir].offset_after = delta;
	spin_unlock_bh(&ct->lock);
}

/* What the sender may be told: how far it is done, and how far it may go */
static void nf_alg_stream_compute(const struct nf_alg_session *session,
				  const struct nf_alg_stream *stream, u32 *ack,
				  u32 *edge)
{
	u32 unsent = stream->edge - stream->q_end;
	u32 room = nf_alg_stream_allowance(session, stream);

	*ack = stream->in_acked;
	/* Never for a FIN that the receiver has not acknowledged */
	if (stream->spoof || stream->hold_len || !list_empty(&stream->early))
		*ack = stream->rcv_nxt -
		       (stream->fin_in && stream->snd_una != stream->q_end);
	if (before(*ack, stream->ack_in))
		*ack = stream->ack_in;

	if ((s32)unsent < 0)
		unsent = 0;
	*edge = stream->rcv_nxt + min(unsent, room);
	if (before(*edge, stream->adv_edge))
		*edge = stream->adv_edge;
}

/**
 * nf_alg_stream_news() - is there something to tell the sender
 * @session: session; its lock is held
 * @stream: the stream
 *
 * Return: true if it may forget more, or send more, than it knows.
 */
bool nf_alg_stream_news(const struct nf_alg_session *session,
			const struct nf_alg_stream *stream)
{
	u32 ack, edge;

	nf_alg_stream_compute(session, stream, &ack, &edge);
	return ack != stream->ack_in ||
	       edge - stream->adv_edge >= 1U << stream->wscale;
}

/**
 * nf_alg_stream_offer() - what a packet to a stream's sender says
 * @session: session; its lock is held
 * @stream: the stream
 * @ack: acknowledgement number for the packet
 * @window: window field for the packet
 *
 * The packet must go: what it says counts as said.
 */
void nf_alg_stream_offer(const struct nf_alg_session *session,
			 struct nf_alg_stream *stream, u32 *ack, u16 *window)
{
	u32 edge, size;

	nf_alg_stream_compute(session, stream, ack, &edge);
	size = (edge - *ack) >> stream->wscale;
	/* Rounding down would take back what was offered */
	if (before(*ack + (size << stream->wscale), stream->adv_edge))
		size++;
	size = min_t(u32, size, U16_MAX);
	*window = size;

	edge = *ack + (size << stream->wscale);
	if (after(edge, stream->adv_edge))
		stream->adv_edge = edge;
	stream->ack_in = *ack;
	stream->spoof = false;
	stream->must_ack = false;
}

static void nf_alg_stream_forget(struct nf_alg_session *session,
				 struct nf_alg_stream *stream,
				 struct nf_alg_chunk *chunk)
{
	if (stream->next == chunk)
		stream->next = NULL;
	list_del(&chunk->list);
	nf_alg_stream_charge(session, stream, -nf_alg_chunk_size(chunk));
	nf_alg_chunk_free(stream, chunk);
}

/* Copy @len bytes that stand at @seq, from @chunk on */
static void nf_alg_stream_copy(struct nf_alg_chunk *chunk, u32 seq, u32 len,
			       u8 *to)
{
	while (len) {
		u32 off = seq - chunk->out;
		u32 n = min(len, chunk->len - off);

		memcpy(to, chunk->data + off, n);
		to += n;
		seq += n;
		len -= n;
		chunk = list_next_entry(chunk, list);
	}
}

/* @len more have been sent */
static void nf_alg_stream_advance(struct nf_alg_stream *stream, u32 len)
{
	struct nf_alg_chunk *next;

	stream->snd_nxt += len;
	while ((next = stream->next)) {
		if (before(stream->snd_nxt, next->out + next->len + next->fin))
			return;
		stream->next = list_is_last(&next->list, &stream->queue) ?
				       NULL :
				       list_next_entry(next, list);
	}
}

/* Send @len bytes from @seq, which stands in @chunk, and the FIN behind them if
 * @fin. Returns false if that was not possible.
 */
static bool nf_alg_stream_emit(struct nf_alg_session *session,
			       enum ip_conntrack_dir dir,
			       struct nf_alg_chunk *chunk, u32 seq, u32 len,
			       bool fin, struct sk_buff_head *out)
{
	struct nf_alg_stream *stream = &session->streams->dir[dir];
	u8 flags = TCPHDR_ACK;
	u8 *data;

	if (len && seq + len == stream->q_end - stream->fin_in)
		flags |= TCPHDR_PSH;
	if (fin)
		flags |= TCPHDR_FIN;
	data = nf_alg_segment_build(session, dir, seq, flags, len, out);
	if (!data)
		return false;
	nf_alg_stream_copy(chunk, seq, len, data);
	return true;
}

/* May so many bytes go in one packet? Few of them always may */
static bool nf_alg_stream_fits(const struct nf_alg_session *session,
			       const struct nf_alg_stream *stream, u32 len)
{
	return len <= NF_ALG_SEGMENT_MIN ||
	       len <= nf_alg_segment_room(session, stream);
}

/* @len bytes at snd_nxt, and a FIN if @fin, are on their way for the first time */
static void nf_alg_stream_sent(struct nf_alg_stream *stream, u32 len, bool fin)
{
	if (!stream->timing) {
		stream->timing = true;
		stream->rtt_start = jiffies;
		stream->rtt_seq = stream->snd_nxt + len + fin;
	}
	nf_alg_stream_advance(stream, len + fin);
}

/**
 * nf_alg_stream_forward() - what was just queued goes in the packet it came in
 * @session: session; its lock is held
 * @skb: the packet; what its data have become is all that is unsent
 * @protoff: offset of its TCP header
 * @dir: its direction
 *
 * Most packets bring whole messages: the queue keeps their bytes for a
 * repetition, but no packet needs to be made for them. Where something was
 * translated they take the place of those that came.
 *
 * Return: false if a packet has to be made after all.
 */
bool nf_alg_stream_forward(struct nf_alg_session *session, struct sk_buff *skb,
			   unsigned int protoff, enum ip_conntrack_dir dir)
{
	struct nf_alg_stream *stream = &session->streams->dir[dir];
	s32 room = stream->edge - stream->snd_nxt;
	u32 len = stream->q_end - stream->snd_nxt;
	u8 *data;

	if (!len || (s32)len > room ||
	    !nf_alg_stream_fits(session, stream, len))
		return false;
	if (stream->changed) {
		data = nf_alg_segment_refill(session, skb, protoff, dir,
					     stream->snd_nxt,
					     TCPHDR_ACK | TCPHDR_PSH, len);
		if (!data)
			return false;
		nf_alg_stream_copy(stream->next, stream->snd_nxt, len, data);
	} else if (!nf_alg_segment_forward(session, skb, protoff, dir)) {
		return false;
	}
	nf_alg_stream_sent(stream, len, false);
	return true;
}

void __nf_alg_stream_send(struct nf_alg_session *session,
			  enum ip_conntrack_dir dir, struct sk_buff_head *out)
{
	struct nf_alg_stream *stream = &session->streams->dir[dir];
	u32 mss;

	mss = stream->q_end - stream->snd_nxt;
	if (!nf_alg_stream_fits(session, stream, mss))
		mss = nf_alg_segment_room(session, stream);
	while (stream->snd_nxt != stream->q_end) {
		u32 left = stream->q_end - stream->fin_in - stream->snd_nxt;
		s32 room = stream->edge - stream->snd_nxt;
		u32 len = min(left, mss);
		bool fin = stream->fin_in && len == left;

		if (len && (s32)len > room) {
			/* A part only if nothing else makes the window grow */
			if (room <= 0 || stream->snd_una != stream->snd_nxt)
				break;
			len = room;
			fin = false;
		}
		if (!nf_alg_stream_emit(session, dir, stream->next,
					stream->snd_nxt, len, fin, out))
			break;
		nf_alg_stream_sent(stream, len, fin);
	}
}

/**
 * nf_alg_stream_resend() - send the oldest bytes again
 * @session: session; its lock is held
 * @dir: direction of the stream; its queue is not empty
 * @out: where packets go
 *
 * Where the receiver's window is closed that is one byte, to probe it.
 */
void nf_alg_stream_resend(struct nf_alg_session *session,
			  enum ip_conntrack_dir dir, struct sk_buff_head *out)
{
	struct nf_alg_stream *stream = &session->streams->dir[dir];
	struct nf_alg_chunk *chunk;
	bool first = stream->snd_nxt == stream->snd_una;
	u32 left, len;
	s32 room;
	bool fin;

	chunk = list_first_entry(&stream->queue, struct nf_alg_chunk, list);
	stream->timing = false;
	left = stream->q_end - stream->fin_in - stream->snd_una;
	room = stream->edge - stream->snd_una;
	len = min(left, nf_alg_segment_room(session, stream));
	if (len && (s32)len > room)
		len = max(room, 1);
	if (!first)
		len = min(len, stream->snd_nxt - stream->snd_una);
	fin = stream->fin_in && len == left &&
	      (first || stream->snd_nxt == stream->q_end);
	if (nf_alg_stream_emit(session, dir, chunk, stream->snd_una, len, fin,
			       out) &&
	    first)
		nf_alg_stream_advance(stream, len + fin);
}

/**
 * nf_alg_stream_acked() - the receiver has spoken
 * @session: session; its lock is held
 * @dir: direction of the stream it receives
 * @seg: what its packet says
 * @out: where packets go
 */
void nf_alg_stream_acked(struct nf_alg_session *session,
			 enum ip_conntrack_dir dir,
			 const struct nf_alg_segment *seg,
			 struct sk_buff_head *out)
{
	struct nf_alg_stream *stream = &session->streams->dir[dir];
	u32 ack = seg->ack;
	u32 edge = ack + (seg->window << stream->wscale);
	struct nf_alg_chunk *chunk, *next;

	if (before(ack, stream->snd_una) || after(ack, stream->snd_nxt))
		return;

	if (ack != stream->snd_una) {
		list_for_each_entry_safe(chunk, next, &stream->queue, list) {
			if (before(ack, chunk->out + chunk->len + chunk->fin))
				break;
			stream->in_acked = chunk->in_end;
			nf_alg_stream_forget(session, stream, chunk);
		}
		stream->snd_una = ack;
		stream->retries = 0;
		stream->dupacks = 0;
		if (stream->timing && !before(ack, stream->rtt_seq))
			nf_alg_stream_measure(stream);
		if (ack != stream->q_end)
			stream->rto_at = jiffies + nf_alg_stream_rto(stream);
		if (stream->recovering) {
			if (before(ack, stream->recover))
				nf_alg_stream_resend(session, dir, out);
			else
				stream->recovering = false;
		}
	} else if (stream->snd_una != stream->snd_nxt) {
		if (!seg->len && !seg->fin && !after(edge, stream->edge) &&
		    ++stream->dupacks == NF_ALG_DUPACKS &&
		    !stream->recovering) {
			stream->recovering = true;
			stream->recover = stream->snd_nxt;
			nf_alg_stream_resend(session, dir, out);
		}
		/* A closed window that answers is alive */
		if (stream->edge == stream->snd_una)
			stream->retries = min_t(u8, stream->retries, 6);
	}
	if (after(edge, stream->edge))
		stream->edge = edge;
}

/**
 * nf_alg_streams_purge() - own nothing any more
 * @session: session; its lock is held, or nobody uses it any more
 */
void nf_alg_streams_purge(struct nf_alg_session *session)
{
	int dir;

	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		struct nf_alg_stream *stream = &session->streams->dir[dir];
		struct nf_alg_chunk *chunk, *next_chunk;
		struct nf_alg_early *early, *next;

		list_for_each_entry_safe(chunk, next_chunk, &stream->queue,
					 list)
			nf_alg_stream_forget(session, stream, chunk);
		list_for_each_entry_safe(early, next, &stream->early, list) {
			list_del(&early->list);
			nf_alg_stream_charge(session, stream,
					     -nf_alg_early_size(early));
			kfree(early);
		}
		stream->early_count = 0;
		nf_alg_hold_drop(session, stream);
		kfree(stream->spare);
		stream->spare = NULL;
		stream->q_end = stream->snd_nxt;
		stream->snd_una = stream->snd_nxt;
		nf_alg_stream_renumber(session, dir);
	}
}

/**
 * nf_alg_streams_reset() - tell both ends that it is over
 * @session: session; its lock is held
 * @out: where packets go
 *
 * Only where an end could go wrong without being told: bytes that were
 * acknowledged cannot be delivered any more, or the two ends count differently.
 *
 * Return: true if that was so.
 */
bool nf_alg_streams_reset(struct nf_alg_session *session,
			  struct sk_buff_head *out)
{
	struct nf_alg_streams *streams = session->streams;
	bool idle = nf_alg_streams_idle(streams);
	int dir;

	if (streams->closed ||
	    (idle && streams->dir[0].fin_in && streams->dir[1].fin_in) ||
	    (idle && !streams->dir[0].delta && !streams->dir[1].delta))
		return false;
	nf_alg_pass(session->an, session, NF_ALG_REASON_MAPPING_LOST);
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		struct nf_alg_stream *stream = &streams->dir[dir];

		nf_alg_segment_build(session, dir, stream->snd_nxt,
				     TCPHDR_RST | TCPHDR_ACK, 0, out);
		/* An end that has not got everything yet accepts it only where
		 * it stands (RFC 5961, 3.2)
		 */
		if (stream->snd_una != stream->snd_nxt)
			nf_alg_segment_build(session, dir, stream->snd_una,
					     TCPHDR_RST | TCPHDR_ACK, 0, out);
	}
	nf_alg_streams_purge(session);
	streams->closed = true;
	return true;
}

/**
 * nf_alg_streams_arm() - set the timer
 * @session: session; its lock is held
 */
void nf_alg_streams_arm(struct nf_alg_session *session)
{
	struct nf_alg_streams *streams = session->streams;
	unsigned long at = 0;
	bool wanted = false;
	int dir;

	if (session->dead)
		return;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		const struct nf_alg_stream *stream = &streams->dir[dir];

		if (stream->snd_una != stream->q_end &&
		    (!wanted || time_before(stream->rto_at, at))) {
			at = stream->rto_at;
			wanted = true;
		}
		if (stream->hold_len &&
		    (!wanted || time_before(stream->hold_until, at))) {
			at = stream->hold_until;
			wanted = true;
		}
	}
	/* A timer that comes too early finds nothing to do and is set again,
	 * which is cheaper than to move it with every packet.
	 */
	if (!wanted || (timer_pending(&streams->timer) &&
			!time_before(at, streams->timer.expires)))
		return;
	refcount_inc(&session->refs);
	if (mod_timer(&streams->timer, at))
		refcount_dec(&session->refs);
}

static void nf_alg_stream_expire(struct nf_alg_session *session,
				 enum ip_conntrack_dir dir,
				 struct sk_buff_head *out)
{
	struct nf_alg_stream *stream = &session->streams->dir[dir];

	if (stream->hold_len && !time_before(jiffies, stream->hold_until))
		nf_alg_hold_expire(session, dir);
	if (stream->snd_una != stream->q_end &&
	    !time_before(jiffies, stream->rto_at)) {
		if (stream->retries >= NF_ALG_RETRIES) {
			nf_alg_pass(session->an, session,
				    NF_ALG_REASON_PEER_GONE);
			nf_alg_streams_reset(session, out);
			return;
		}
		stream->retries++;
		stream->dupacks = 0;
		stream->rto_at = jiffies + nf_alg_stream_rto(stream);
		if (stream->snd_una != stream->snd_nxt) {
			stream->recovering = true;
			stream->recover = stream->snd_nxt;
		}
		nf_alg_stream_resend(session, dir, out);
	}
	nf_alg_stream_send(session, dir, out);
}

/**
 * nf_alg_streams_timer() - something is due
 * @timer: of a session, to which it holds a reference
 */
void nf_alg_streams_timer(struct timer_list *timer)
{
	struct nf_alg_streams *streams =
		timer_container_of(streams, timer, timer);
	struct nf_alg_session *session = streams->session;
	struct sk_buff_head out;
	bool dead;

	__skb_queue_head_init(&out);
	rcu_read_lock();
	spin_lock_bh(&session->lock);
	dead = session->dead;
	if (!dead) {
		nf_alg_stream_expire(session, IP_CT_DIR_ORIGINAL, &out);
		if (!streams->closed)
			nf_alg_stream_expire(session, IP_CT_DIR_REPLY, &out);
		nf_alg_streams_arm(session);
	}
	spin_unlock_bh(&session->lock);
	nf_alg_segment_transmit(session, &out);
	rcu_read_unlock();
	if (dead)
		nf_alg_lost_remove(session);
	nf_alg_session_put(session);
}
