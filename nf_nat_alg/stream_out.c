// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual TCP, outward: the queue, its acknowledgement, its repetition
 */
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/tcp.h>
#include "event.h"
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

/**
 * nf_alg_chunk_new() - nf_alg_chunk_alloc() where none is spare
 * @len: how many bytes
 *
 * Return: a chunk whose @len and @fin are not set, or NULL.
 */
struct nf_alg_chunk *nf_alg_chunk_new(u32 len)
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

/* The time of the oldest byte begins */
static void nf_alg_stream_restart(struct nf_alg_stream *stream)
{
	stream->rto_at = jiffies + nf_alg_stream_rto(stream);
	nf_alg_streams_due(stream->session->streams, stream->rto_at);
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
 * @stream: the stream; the session's lock is held
 * @chunk: the bytes; the queue owns it from now on
 * @in_end: end of the bytes it stands for, as the sender counts
 */
void nf_alg_stream_queue(struct nf_alg_stream *stream,
			 struct nf_alg_chunk *chunk, u32 in_end)
{
	if (stream->snd_una == stream->q_end) {
		stream->retries = 0;
		nf_alg_stream_restart(stream);
	}
	chunk->next = NULL;
	chunk->in_end = in_end;
	chunk->out = stream->q_end;
	stream->q_end += chunk->len + chunk->fin;
	if (unlikely(stream->queue))
		stream->last->next = chunk;
	else
		stream->queue = chunk;
	stream->last = chunk;
	if (!stream->next)
		stream->next = chunk;
	nf_alg_stream_charge(stream, nf_alg_chunk_size(chunk));
}

/**
 * __nf_alg_stream_renumber() - tell conntrack how far the two counts differ
 * @stream: the stream; the session's lock is held
 * @delta: out-space minus in-space
 *
 * Conntrack's window check reads the offsets although it does not renumber:
 * without them it would take every acknowledgement for one of data never seen,
 * and its timeouts and states would be wrong.
 */
void __nf_alg_stream_renumber(struct nf_alg_stream *stream, u32 delta)
{
	struct nf_conn *ct = stream->session->ct;
	struct nf_conn_seqadj *seqadj;
	u8 dir = stream->dir;

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
static __always_inline void
nf_alg_stream_compute(const struct nf_alg_stream *stream, u32 *ack, u32 *edge)
{
	u32 unsent = stream->edge - stream->q_end;
	u32 room = nf_alg_stream_allowance(stream);

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
 * @stream: the stream; the session's lock is held
 *
 * Return: true if it may forget more, or send more, than it knows.
 */
bool nf_alg_stream_news(const struct nf_alg_stream *stream)
{
	u32 ack, edge;

	nf_alg_stream_compute(stream, &ack, &edge);
	return ack != stream->ack_in ||
	       edge - stream->adv_edge >= 1U << stream->wscale;
}

/**
 * nf_alg_stream_offer() - what a packet to a stream's sender says
 * @stream: the stream; the session's lock is held
 * @ack: acknowledgement number for the packet
 * @window: window field for the packet
 *
 * The packet must go: what it says counts as said.
 */
void nf_alg_stream_offer(struct nf_alg_stream *stream, u32 *ack, u16 *window)
{
	u32 edge, size;

	nf_alg_stream_compute(stream, ack, &edge);
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

/* The oldest chunk is done with */
static void nf_alg_stream_forget(struct nf_alg_stream *stream)
{
	struct nf_alg_chunk *chunk = stream->queue;

	stream->queue = chunk->next;
	if (stream->next == chunk)
		stream->next = chunk->next;
	nf_alg_stream_charge(stream, -nf_alg_chunk_size(chunk));
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
		chunk = chunk->next;
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
		stream->next = next->next;
	}
}

/* Send @len bytes from @seq, which stands in @chunk, and the FIN behind them if
 * @fin. Returns false if that was not possible.
 */
static bool nf_alg_stream_emit(struct nf_alg_stream *stream,
			       struct nf_alg_chunk *chunk, u32 seq, u32 len,
			       bool fin, struct sk_buff_head *out)
{
	u8 flags = TCPHDR_ACK;
	u8 *data;

	if (len && seq + len == stream->q_end - stream->fin_in)
		flags |= TCPHDR_PSH;
	if (fin)
		flags |= TCPHDR_FIN;
	data = nf_alg_segment_build(stream, seq, flags, len, out);
	if (!data)
		return false;
	nf_alg_stream_copy(chunk, seq, len, data);
	return true;
}

/* May @len bytes go in one packet? Few of them always may; and unless we know
 * better of the path, as many as have @come so far in one.
 */
static bool nf_alg_stream_fits(const struct nf_alg_stream *stream, u32 len,
			       u32 come)
{
	if (len <= NF_ALG_SEGMENT_MIN ||
	    (len <= come && len <= stream->mss && !stream->mtu))
		return true;
	return len <= nf_alg_segment_room(stream);
}

/* What ends at @end is on its way for the first time */
static void nf_alg_stream_time(struct nf_alg_stream *stream, u32 end)
{
	if (stream->timing)
		return;
	stream->timing = true;
	stream->rtt_start = jiffies;
	stream->rtt_seq = end;
}

/**
 * nf_alg_stream_forward() - what was just queued goes in the packet it came in
 * @stream: the stream; the session's lock is held
 * @skb: the packet; what its data have become is all that is unsent
 * @protoff: offset of its TCP header
 *
 * Most packets bring whole messages: the queue keeps their bytes for a
 * repetition, but no packet needs to be made for them. Where something was
 * translated they take the place of those that came.
 *
 * Return: false if a packet has to be made after all.
 */
bool nf_alg_stream_forward(struct nf_alg_stream *stream, struct sk_buff *skb,
			   unsigned int protoff)
{
	s32 room = stream->edge - stream->snd_nxt;
	u32 len = stream->q_end - stream->snd_nxt;
	u8 *data;

	if (!len || (s32)len > room ||
	    !nf_alg_stream_fits(stream, len,
				skb->len - protoff - sizeof(struct tcphdr)))
		return false;
	if (stream->changed) {
		data = nf_alg_segment_refill(stream, skb, protoff,
					     stream->snd_nxt,
					     TCPHDR_ACK | TCPHDR_PSH, len);
		if (!data)
			return false;
		nf_alg_stream_copy(stream->next, stream->snd_nxt, len, data);
	} else if (!nf_alg_segment_forward(stream, skb, protoff)) {
		return false;
	}
	nf_alg_stream_time(stream, stream->q_end);
	stream->snd_nxt = stream->q_end;
	stream->next = NULL;
	return true;
}

void __nf_alg_stream_send(struct nf_alg_stream *stream,
			  struct sk_buff_head *out)
{
	u32 mss;

	mss = stream->q_end - stream->snd_nxt;
	if (!nf_alg_stream_fits(stream, mss, 0))
		mss = nf_alg_segment_room(stream);
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
		if (!nf_alg_stream_emit(stream, stream->next, stream->snd_nxt,
					len, fin, out))
			break;
		nf_alg_stream_time(stream, stream->snd_nxt + len + fin);
		nf_alg_stream_advance(stream, len + fin);
	}
}

/**
 * nf_alg_stream_resend() - send the oldest bytes again
 * @stream: the stream; its queue is not empty; the session's lock is held
 * @out: where packets go
 *
 * Where the receiver's window is closed that is one byte, to probe it.
 */
void nf_alg_stream_resend(struct nf_alg_stream *stream,
			  struct sk_buff_head *out)
{
	bool first = stream->snd_nxt == stream->snd_una;
	u32 left, len;
	s32 room;
	bool fin;

	stream->timing = false;
	left = stream->q_end - stream->fin_in - stream->snd_una;
	room = stream->edge - stream->snd_una;
	len = min(left, nf_alg_segment_room(stream));
	if (len && (s32)len > room)
		len = max(room, 1);
	if (!first)
		len = min(len, stream->snd_nxt - stream->snd_una);
	fin = stream->fin_in && len == left &&
	      (first || stream->snd_nxt == stream->q_end);
	if (nf_alg_stream_emit(stream, stream->queue, stream->snd_una, len, fin,
			       out) &&
	    first)
		nf_alg_stream_advance(stream, len + fin);
}

/**
 * nf_alg_stream_acked() - the receiver has spoken
 * @stream: the stream it receives; the session's lock is held
 * @seg: what its packet says
 * @out: where packets go
 */
void nf_alg_stream_acked(struct nf_alg_stream *stream,
			 const struct nf_alg_segment *seg,
			 struct sk_buff_head *out)
{
	u32 ack = seg->ack;
	u32 edge = ack + (seg->window << stream->wscale);
	struct nf_alg_chunk *chunk;

	if (before(ack, stream->snd_una) || after(ack, stream->snd_nxt))
		return;

	if (ack != stream->snd_una) {
		while ((chunk = stream->queue)) {
			if (before(ack, chunk->out + chunk->len + chunk->fin))
				break;
			stream->in_acked = chunk->in_end;
			nf_alg_stream_forget(stream);
		}
		stream->snd_una = ack;
		stream->retries = 0;
		stream->dupacks = 0;
		if (stream->timing && !before(ack, stream->rtt_seq))
			nf_alg_stream_measure(stream);
		if (ack != stream->q_end)
			nf_alg_stream_restart(stream);
		if (stream->recovering) {
			if (before(ack, stream->recover))
				nf_alg_stream_resend(stream, out);
			else
				stream->recovering = false;
		}
	} else if (stream->snd_una != stream->snd_nxt) {
		if (!seg->len && !(seg->flags & TCPHDR_FIN) &&
		    !after(edge, stream->edge) &&
		    ++stream->dupacks == NF_ALG_DUPACKS &&
		    !stream->recovering) {
			stream->recovering = true;
			stream->recover = stream->snd_nxt;
			nf_alg_stream_resend(stream, out);
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
		struct nf_alg_early *early, *next;

		while (stream->queue)
			nf_alg_stream_forget(stream);
		list_for_each_entry_safe(early, next, &stream->early, list) {
			list_del(&early->list);
			nf_alg_stream_charge(stream, -nf_alg_early_size(early));
			kfree(early);
		}
		stream->early_count = 0;
		nf_alg_hold_drop(stream);
		kfree(stream->spare);
		stream->spare = NULL;
		stream->q_end = stream->snd_nxt;
		stream->snd_una = stream->snd_nxt;
		nf_alg_stream_renumber(stream);
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

		nf_alg_segment_build(stream, stream->snd_nxt,
				     TCPHDR_RST | TCPHDR_ACK, 0, out);
		/* An end that has not got everything yet accepts it only where
		 * it stands (RFC 5961, 3.2)
		 */
		if (stream->snd_una != stream->snd_nxt)
			nf_alg_segment_build(stream, stream->snd_una,
					     TCPHDR_RST | TCPHDR_ACK, 0, out);
	}
	nf_alg_streams_purge(session);
	streams->closed = true;
	return true;
}

/**
 * __nf_alg_streams_arm() - set the timer, if anything is due
 * @streams: both streams; the session's lock is held
 */
void __nf_alg_streams_arm(struct nf_alg_streams *streams)
{
	struct nf_alg_session *session = streams->session;
	unsigned long at = 0;
	bool wanted = false;
	int dir;

	streams->sooner = false;
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
	if (!wanted || (timer_pending(&streams->timer) &&
			!time_before(at, streams->timer.expires)))
		return;
	refcount_inc(&session->refs);
	if (mod_timer(&streams->timer, at))
		refcount_dec(&session->refs);
}

static void nf_alg_stream_expire(struct nf_alg_stream *stream,
				 struct sk_buff_head *out)
{
	struct nf_alg_session *session = stream->session;

	if (stream->hold_len && !time_before(jiffies, stream->hold_until))
		nf_alg_hold_expire(stream);
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
		nf_alg_stream_resend(stream, out);
	}
	nf_alg_stream_send(stream, out);
}

/**
 * nf_alg_streams_timer() - retransmit, probe, or give up what is due
 * @timer: of a session, to which it holds a reference while it is pending and
 *	while it runs
 *
 * It is armed under the session's lock, and never once the session is dead:
 * after nf_alg_session_detach() it may still run, but does not come back.
 */
void nf_alg_streams_timer(struct timer_list *timer)
{
	struct nf_alg_streams *streams =
		timer_container_of(streams, timer, timer);
	struct nf_alg_session *session = streams->session;
	struct sk_buff_head out;

	__skb_queue_head_init(&out);
	rcu_read_lock();
	spin_lock_bh(&session->lock);
	if (!session->dead) {
		nf_alg_stream_expire(&streams->dir[IP_CT_DIR_ORIGINAL], &out);
		if (!streams->closed)
			nf_alg_stream_expire(&streams->dir[IP_CT_DIR_REPLY],
					     &out);
		__nf_alg_streams_arm(streams);
	}
	spin_unlock_bh(&session->lock);
	nf_alg_segment_transmit(session, &out);
	rcu_read_unlock();
	nf_alg_session_put(session);
}
