// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes become messages: framing, holding, translating, queueing
 */
#include <linux/slab.h>
#include "event.h"
#include "message.h"
#include "netns.h"
#include "session.h"
#include "stream.h"

/* With less than this a stream is always served, however many there are */
#define NF_ALG_FAIR_MIN 2048
/* When memory was short, in jiffies */
#define NF_ALG_HOLD_RETRY (HZ / 50)

/* What everybody may use when half of the namespace's memory is used: an equal
 * share of that half
 */
static u32 nf_alg_stream_share(const struct nf_alg_net *an, u32 max)
{
	return max_t(u32, NF_ALG_FAIR_MIN,
		     max / 2 / (atomic_read(&an->sessions.count) + 1));
}

/**
 * nf_alg_stream_ration() - nf_alg_stream_allowance() where memory is short
 * @stream: the stream; the session's lock is held
 * @max: bytes that the namespace may use
 * @used: bytes of it that are used, half of them at least
 *
 * Return: bytes.
 */
u32 nf_alg_stream_ration(const struct nf_alg_stream *stream, u32 max, long used)
{
	const struct nf_alg_net *an = stream->session->an;
	u32 limit = nf_alg_option(an, NF_ALG_OPTION_QUEUE_MAX);

	if (used >= max)
		return 0;
	limit = min(limit, nf_alg_stream_share(an, max));
	if (stream->memory >= limit)
		return 0;
	return min_t(u32, limit - stream->memory, max - used);
}

/* Bytes as they are. Returns false if there is no memory. */
static bool nf_alg_hold_pass(struct nf_alg_stream *stream, const u8 *data,
			     u32 len, u32 in_end)
{
	struct nf_alg_chunk *chunk = nf_alg_chunk_alloc(stream, len);

	if (!chunk)
		return false;
	memcpy(chunk->data, data, len);
	nf_alg_stream_queue(stream, chunk, in_end);
	return true;
}

/**
 * nf_alg_hold_drop() - hold nothing any more
 * @stream: the stream; the session's lock is held, or nobody uses it any more
 */
void nf_alg_hold_drop(struct nf_alg_stream *stream)
{
	nf_alg_stream_charge(stream, -(s32)stream->hold_len);
	kfree(stream->hold);
	stream->hold = NULL;
	stream->hold_whole = false;
	stream->hold_off = 0;
	stream->hold_len = 0;
	stream->hold_size = 0;
}

/**
 * nf_alg_hold_flush() - let what is held go as it is
 * @stream: the stream; the session's lock is held
 *
 * Return: false if there is no memory; it is then still held.
 */
bool nf_alg_hold_flush(struct nf_alg_stream *stream)
{
	if (!stream->hold_len)
		return true;
	if (!nf_alg_hold_pass(stream, stream->hold + stream->hold_off,
			      stream->hold_len, stream->rcv_nxt))
		return false;
	nf_alg_hold_drop(stream);
	return true;
}

/* What is held is looked after @delay jiffies from now */
static void nf_alg_hold_wait(struct nf_alg_stream *stream, unsigned long delay)
{
	stream->hold_until = jiffies + delay;
	nf_alg_streams_due(stream->session->streams, stream->hold_until);
}

/**
 * nf_alg_hold_raw() - from now on a stream passes as it is
 * @stream: the stream; the session's lock is held
 * @reason: why; counted
 *
 * A connection on which neither end has said anything in this protocol is
 * not this protocol at all. Where memory is short the timer flushes later.
 */
void nf_alg_hold_raw(struct nf_alg_stream *stream, enum nf_alg_reason reason)
{
	struct nf_alg_session *session = stream->session;
	struct nf_alg_stream *back = stream->back;

	if (stream->raw)
		return;
	nf_alg_pass(session->an, session, reason);
	stream->raw = true;
	if (!nf_alg_hold_flush(stream))
		nf_alg_hold_wait(stream, NF_ALG_HOLD_RETRY);
	if (!stream->framed && !back->framed && !back->raw) {
		back->raw = true;
		if (!nf_alg_hold_flush(back))
			nf_alg_hold_wait(back, NF_ALG_HOLD_RETRY);
	}
}

/* The time of an incomplete message begins */
static void nf_alg_hold_clock(struct nf_alg_stream *stream)
{
	u32 ms = nf_alg_option(stream->session->an, NF_ALG_OPTION_HOLD_TIME);

	nf_alg_hold_wait(stream, msecs_to_jiffies(ms));
}

static noinline bool nf_alg_hold_append(struct nf_alg_stream *stream,
					const u8 *data, u32 len)
{
	u32 need = stream->hold_len + len;

	if (need > stream->hold_size) {
		u32 size = max_t(u32, need, 2 * stream->hold_size);
		u8 *hold = krealloc(stream->hold, size, GFP_ATOMIC);

		if (!hold)
			return false;
		stream->hold = hold;
		stream->hold_size = size;
	}
	if (!stream->hold_len)
		nf_alg_hold_clock(stream);
	memcpy(stream->hold + stream->hold_len, data, len);
	stream->hold_len = need;
	nf_alg_stream_charge(stream, len);
	return true;
}

/* A part of a message that is too long. Returns as nf_alg_hold_step(). */
static noinline int nf_alg_hold_skip(struct nf_alg_stream *stream,
				     const u8 *data, u32 len, u32 in)
{
	int n = min(len, stream->pass_left);

	if (!nf_alg_hold_pass(stream, data, n, in + n))
		return -ENOMEM;
	stream->pass_left -= n;
	return n;
}

/* The bytes are not, or not yet, a message: @n is what frame() said of them.
 * Returns as nf_alg_hold_step().
 */
static noinline int nf_alg_hold_partial(struct nf_alg_stream *stream,
					const u8 *data, u32 len, u32 in, int n)
{
	struct nf_alg_session *session = stream->session;
	const struct nf_alg_frame *frame = &stream->frame;
	struct nf_alg_net *an = session->an;
	u32 max = nf_alg_option(an, NF_ALG_OPTION_MESSAGE_MAX);

	if (n != NF_ALG_FRAME_MORE) {
		nf_alg_hold_raw(stream, stream->framed ?
						-n :
						NF_ALG_REASON_NOT_PROTOCOL);
		return -EPROTO;
	}
	if (frame->head &&
	    (frame->head > max || frame->body > max - frame->head)) {
		/* Its end is known: the next one may be ours again */
		nf_alg_pass(an, session, NF_ALG_REASON_MESSAGE_TOO_LONG);
		stream->pass_left = frame->head + frame->body;
		memset(&stream->frame, 0, sizeof(stream->frame));
		stream->framed = true;
		return nf_alg_hold_skip(stream, data, len, in);
	}
	if (len >= nf_alg_option(an, NF_ALG_OPTION_HOLD_MAX)) {
		nf_alg_hold_raw(stream, NF_ALG_REASON_MESSAGE_TOO_LONG);
		return -EPROTO;
	}
	return 0;
}

/* One step through bytes that lie in one row. Returns how many were dealt with;
 * 0 if the message is not complete; -ENOMEM; -EPROTO when the stream has become
 * raw.
 */
static __always_inline int nf_alg_hold_step(struct nf_alg_stream *stream,
					    const u8 *data, u32 len, u32 in)
{
	struct nf_alg_session *session = stream->session;
	struct nf_alg_message *msg = NULL;
	struct nf_alg_chunk *chunk;
	int n;

	if (unlikely(stream->pass_left))
		return nf_alg_hold_skip(stream, data, len, in);

	stream->frame.priv = nf_alg_session_priv(session);
	n = session->protocol->frame(data, len, &stream->frame);
	if (unlikely(n <= 0))
		return nf_alg_hold_partial(stream, data, len, in, n);

	if (!stream->frame.idle)
		msg = nf_alg_message_translate(session, stream->dir, data, n,
					       stream->frame.parsed);
	chunk = nf_alg_chunk_alloc(stream, msg ? n + msg->growth : n);
	if (unlikely(!chunk)) {
		if (msg)
			nf_alg_message_end(msg, false);
		return -ENOMEM;
	}
	if (msg) {
		nf_alg_message_write(msg, chunk->data);
		nf_alg_message_end(msg, true);
		stream->changed = true;
	} else {
		memcpy(chunk->data, data, n);
	}
	memset(&stream->frame, 0, sizeof(stream->frame));
	stream->framed = true;
	nf_alg_stream_queue(stream, chunk, in + n);
	return n;
}

/* Whole messages out of bytes that nobody holds yet. Returns how many bytes were
 * dealt with, and holds what is left; less than @len where memory is short.
 */
static __always_inline u32 nf_alg_hold_first(struct nf_alg_stream *stream,
					     const u8 *data, u32 len)
{
	u32 used = 0;
	int n;

	do {
		n = nf_alg_hold_step(stream, data + used, len - used,
				     stream->rcv_nxt);
		if (unlikely(n <= 0))
			break;
		used += n;
		stream->rcv_nxt += n;
	} while (used < len && !stream->raw);
	if (likely(used == len) || stream->raw || n == -ENOMEM)
		return used;
	if (!nf_alg_hold_append(stream, data + used, len - used))
		return used;
	stream->rcv_nxt += len - used;
	return len;
}

/* More bytes of a message that is held, and perhaps of those that follow */
static noinline u32 nf_alg_hold_more(struct nf_alg_stream *stream,
				     const u8 *data, u32 len)
{
	if (!nf_alg_hold_append(stream, data, len))
		return 0;
	stream->rcv_nxt += len;
	stream->hold_whole = false;
	while (stream->hold_len && !stream->raw) {
		int n = nf_alg_hold_step(stream,
					 stream->hold + stream->hold_off,
					 stream->hold_len,
					 stream->rcv_nxt - stream->hold_len);

		if (n == -ENOMEM) {
			/* The sender has said it all: the timer tries again */
			stream->hold_whole = true;
			nf_alg_hold_wait(stream, NF_ALG_HOLD_RETRY);
		}
		if (n <= 0)
			break;
		stream->hold_off += n;
		stream->hold_len -= n;
		nf_alg_stream_charge(stream, -n);
	}
	if (!stream->hold_len) {
		nf_alg_hold_drop(stream);
	} else if (stream->hold_off) {
		memmove(stream->hold, stream->hold + stream->hold_off,
			stream->hold_len);
		stream->hold_off = 0;
		if (!stream->hold_whole)
			nf_alg_hold_clock(stream);
	}
	return len;
}

/* Does one incomplete message take more than its share? What is queued becomes
 * less by waiting, this does not.
 */
static bool nf_alg_hold_greedy(const struct nf_alg_stream *stream)
{
	const struct nf_alg_net *an = stream->session->an;
	u32 max = nf_alg_option(an, NF_ALG_OPTION_MEMORY_MAX);

	return stream->hold_len > NF_ALG_FAIR_MIN &&
	       atomic_long_read(&an->sessions.memory) >= max / 2 &&
	       stream->hold_len > nf_alg_stream_share(an, max);
}

/* Is the namespace's memory used up */
static bool nf_alg_hold_short(const struct nf_alg_stream *stream, u32 len)
{
	const struct nf_alg_net *an = stream->session->an;

	return atomic_long_read(&an->sessions.memory) + len >
	       nf_alg_option(an, NF_ALG_OPTION_MEMORY_MAX);
}

/**
 * nf_alg_hold_feed() - take bytes over from the sender
 * @stream: the stream; the session's lock is held
 * @data: the bytes that stand at rcv_nxt, linear
 * @len: how many
 *
 * Return: how many were taken over; rcv_nxt has advanced by that. The sender
 * repeats the others.
 */
u32 nf_alg_hold_feed(struct nf_alg_stream *stream, const u8 *data, u32 len)
{
	u32 used = 0;

	/* The sender was offered this much, so it is taken as long as there is
	 * any memory at all
	 */
	if (unlikely(stream->memory) && nf_alg_hold_short(stream, len))
		return 0;

	if (likely(!stream->raw))
		used = unlikely(stream->hold_len) ?
			       nf_alg_hold_more(stream, data, len) :
			       nf_alg_hold_first(stream, data, len);
	if (unlikely(stream->raw) && used < len && nf_alg_hold_flush(stream) &&
	    nf_alg_hold_pass(stream, data + used, len - used,
			     stream->rcv_nxt + len - used)) {
		stream->rcv_nxt += len - used;
		used = len;
	}
	if (unlikely(stream->hold_len) && nf_alg_hold_greedy(stream))
		nf_alg_hold_raw(stream, NF_ALG_REASON_LIMIT_HELD);
	nf_alg_stream_renumber(stream);
	return used;
}

/**
 * nf_alg_hold_expire() - something was held for long enough
 * @stream: the stream; it holds something; the session's lock is held
 */
void nf_alg_hold_expire(struct nf_alg_stream *stream)
{
	nf_alg_hold_wait(stream, NF_ALG_HOLD_RETRY);
	if (stream->raw)
		nf_alg_hold_flush(stream);
	else if (stream->hold_whole)
		nf_alg_hold_feed(stream, NULL, 0);
	else if (stream->queue)
		/* While the receiver is behind, the sender may not be able to
		 * send the rest
		 */
		nf_alg_hold_clock(stream);
	else
		nf_alg_hold_raw(stream, NF_ALG_REASON_HOLD_TIMEOUT);
	nf_alg_stream_renumber(stream);
}
