/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The virtual TCP: a message stream that can change in length while it passes.
 *
 * Each direction of a connection is a stream with two sequence spaces: "in", as
 * its sender counts, and "out", as its receiver counts. The engine takes every
 * byte of data over from the sender, keeps it until its message is complete,
 * puts the translated message into a queue of chunks and delivers that queue to
 * the receiver: it owns every byte that the receiver has not acknowledged, and
 * retransmits it. The sender hears of an acknowledgement when the receiver has
 * acknowledged the message (so its congestion control keeps governing), and at
 * once only where it would wait for ever: while a message is held, a hole
 * exists, or when it retransmits.
 */
#ifndef NF_ALG_STREAM_H
#define NF_ALG_STREAM_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/list.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <net/dsfield.h>
#include <net/dst.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/tcp.h>
#include "netns.h"
#include "protocol.h"
#include "session.h"

/**
 * struct nf_alg_chunk - bytes on their way to the receiver
 * @next: the one behind it in nf_alg_stream.queue, or NULL
 * @in_end: the sender may forget everything before this once the receiver has
 *	acknowledged the chunk; the end of a message
 * @out: sequence number of the first byte
 * @len: bytes of data
 * @room: how many there is room for, where it may become nf_alg_stream.spare
 * @fin: a FIN follows the data
 * @data: the bytes
 */
struct nf_alg_chunk {
	struct nf_alg_chunk *next;
	u32 in_end;
	u32 out;
	u32 len;
	u16 room;
	bool fin;
	u8 data[];
};

/* A chunk of at most so many bytes, all in all, is kept for the next message:
 * no connection has more than two of them, and they are not charged
 */
#define NF_ALG_CHUNK_SPARE 512

/**
 * struct nf_alg_early - a segment that came before its turn
 * @list: in nf_alg_stream.early, by sequence number
 * @seq: in-space sequence number of its first byte
 * @len: bytes of data
 * @fin: it carries a FIN
 * @data: the bytes
 */
struct nf_alg_early {
	struct list_head list;
	u32 seq;
	u32 len;
	bool fin;
	u8 data[];
};

/* What such a segment is charged with, in bytes */
static inline s32 nf_alg_early_size(const struct nf_alg_early *early)
{
	return sizeof(*early) + early->len;
}

/**
 * struct nf_alg_stream - one direction of a connection
 * @session: whose it is; constant, as the next four
 * @back: the other direction
 * @from: its sender, as the receiver knows it
 * @to: its receiver, as it knows itself
 * @dir: which direction it is
 * @rcv_nxt: in: next byte expected from the sender
 * @in_acked: in: what the receiver has acknowledged, at message ends
 * @ack_in: in: highest acknowledgement given to the sender; never retreats
 * @adv_edge: in: highest right edge offered to the sender; never retreats
 * @snd_una: out: oldest byte the receiver has not acknowledged
 * @snd_nxt: out: next byte to send
 * @q_end: out: end of the queue
 * @edge: out: right edge of the receiver's window; never retreats
 * @recover: out: snd_nxt when loss was noticed
 * @rtt_seq: out: end of the segment whose round trip is measured
 * @rtt_start: jiffies when it was sent
 * @rto_at: jiffies when the oldest byte is sent again
 * @hold_until: jiffies when an incomplete message is given up
 * @srtt: smoothed round trip in jiffies << 3, 0 before the first measurement
 * @rttvar: its variation in jiffies << 2
 * @mtu: path MTU learned from ICMP in bytes, or 0
 * @mss: largest segment the receiver accepts in bytes
 * @wscale: shift of the windows offered to the sender
 * @dupacks: duplicate acknowledgements in a row
 * @retries: retransmissions in a row without an answer
 * @raw: passes without translation for life
 * @framed: at least one message was recognized
 * @fin_in: the sender's FIN was taken over: rcv_nxt and q_end stand behind it
 * @recovering: between the noticing of a loss and its repair
 * @timing: rtt_seq and rtt_start are valid
 * @spoof: what is taken over must be acknowledged although the receiver has not
 * @must_ack: the sender waits for an acknowledgement
 * @changed: something taken over from the packet at hand was translated
 * @frame: how far the framing of the held message has come
 * @pass_left: bytes of a too long message that still pass before the next one
 * @hold_whole: what is held was short of memory, and only waits for it
 * @hold: an incomplete message, or NULL
 * @hold_off: bytes at its start that are done with
 * @hold_len: bytes behind them
 * @hold_size: bytes allocated for it
 * @early_count: segments in @early
 * @memory: bytes charged to the namespace for hold, early and queue
 * @delta: out-space minus in-space at the last message end
 * @queue: the oldest chunk that is not acknowledged, or NULL
 * @last: the youngest, if there is one
 * @next: the chunk snd_nxt stands in, NULL at the end of the queue
 * @spare: a chunk that is free, or NULL
 * @early: segments after a hole
 * @dst: route to the receiver, or NULL; a reference is held. Its device may go
 *	at any time, so it is checked before each packet that is made; never one
 *	that nf_alg_route_usable() refuses
 * @dst_cookie: for dst_check()
 * @mark: packet mark of the last packet toward the receiver
 * @priority: its priority
 * @tos: its type of service or traffic class
 * @ttl: its time to live
 *
 * Everything is guarded by the session's lock.
 */
struct nf_alg_stream {
	struct nf_alg_session *session;
	struct nf_alg_stream *back;
	const struct nf_alg_endpoint *from;
	const struct nf_alg_endpoint *to;
	u8 dir;

	u32 rcv_nxt;
	u32 in_acked;
	u32 ack_in;
	u32 adv_edge;

	u32 snd_una;
	u32 snd_nxt;
	u32 q_end;
	u32 edge;

	u32 recover;
	u32 rtt_seq;
	unsigned long rtt_start;
	unsigned long rto_at;
	unsigned long hold_until;
	u32 srtt;
	u32 rttvar;
	u16 mtu;
	u16 mss;
	u8 wscale;
	u8 dupacks;
	u8 retries;
	bool raw : 1;
	bool framed : 1;
	bool fin_in : 1;
	bool recovering : 1;
	bool timing : 1;
	bool spoof : 1;
	bool must_ack : 1;
	bool changed;

	struct nf_alg_frame frame;
	u32 pass_left;
	bool hold_whole;
	u8 *hold;
	u32 hold_off;
	u32 hold_len;
	u32 hold_size;
	u32 early_count;
	u32 memory;
	u32 delta;
	struct nf_alg_chunk *queue;
	struct nf_alg_chunk *last;
	struct nf_alg_chunk *next;
	struct nf_alg_chunk *spare;
	struct list_head early;

	struct dst_entry *dst;
	u32 dst_cookie;
	u32 mark;
	u32 priority;
	u8 tos;
	u8 ttl;
} ____cacheline_aligned;

/**
 * struct nf_alg_lost - one direction of a connection that was lost
 * @node: in nf_alg_sessions.lost; read under RCU, and the streams are freed a
 *	grace period after the last reference to the session
 * @session: the session it is a part of; a reader that goes on to use it takes
 *	a reference
 * @dir: the direction
 */
struct nf_alg_lost {
	struct hlist_node node;
	struct nf_alg_session *session;
	u8 dir;
};

/**
 * struct nf_alg_streams - the virtual TCP of a connection
 * @dir: the two streams, by the direction of their data
 * @session: whose they are
 * @timer: retransmission, window probe and hold timeout of both streams; holds
 *	a reference to the session while it is pending or runs
 * @lost: its two directions once it is lost (lost.c)
 * @closed: an RST has passed, or we gave up: packets are only renumbered
 * @handed: conntrack renumbers from now on; packets that are still here go
 * @release: to be parted from its connection when the lock is left
 * @sooner: something is due before the timer comes
 * @rcu: freed after a grace period, because of @lost
 */
struct nf_alg_streams {
	struct nf_alg_stream dir[IP_CT_DIR_MAX];
	struct nf_alg_session *session;
	struct timer_list timer;
	struct nf_alg_lost lost[IP_CT_DIR_MAX];
	bool closed;
	bool handed;
	bool release;
	bool sooner;
	struct rcu_head rcu;
};

/**
 * struct nf_alg_segment - what a TCP packet says
 * @seq: sequence number of its first byte
 * @ack: acknowledgement number
 * @window: window field, unscaled
 * @off: offset of the data in the skb in bytes
 * @len: bytes of data
 * @flags: TCPHDR_*
 */
struct nf_alg_segment {
	u32 seq;
	u32 ack;
	u32 window;
	u32 off;
	u32 len;
	u8 flags;
};

/* handshake.c */
int nf_alg_handshake(struct sk_buff *skb, unsigned int protoff,
		     struct nf_conn *ct, struct nf_alg_help *help,
		     enum ip_conntrack_dir dir);

/* segment.c: packets renumbered, made and sent */
u8 *nf_alg_segment_build(struct nf_alg_stream *stream, u32 seq, u8 flags,
			 u32 len, struct sk_buff_head *out);
int nf_alg_segment_rewrite(struct sk_buff *skb, unsigned int protoff, u32 seq,
			   u32 ack, int window);
bool nf_alg_segment_forward(struct nf_alg_stream *stream, struct sk_buff *skb,
			    unsigned int protoff);
u8 *nf_alg_segment_refill(struct nf_alg_stream *stream, struct sk_buff *skb,
			  unsigned int protoff, u32 seq, u8 flags, u32 len);
void __nf_alg_segment_transmit(struct nf_alg_session *session,
			       struct sk_buff_head *out);
bool nf_alg_segment_dst(struct nf_alg_stream *stream, struct dst_entry *dst);
u32 nf_alg_segment_room(const struct nf_alg_stream *stream);

/* stream.c: what comes in */
int nf_alg_stream_packet(struct nf_alg_session *session, struct sk_buff *skb,
			 unsigned int protoff, struct nf_conn *ct,
			 struct nf_alg_help *help, enum ip_conntrack_dir dir);
void nf_alg_streams_link(struct nf_alg_session *session);
int nf_alg_streams_begin(struct nf_alg_session *session,
			 const struct nf_alg_help *help);
void nf_alg_streams_free(struct nf_alg_session *session);
bool nf_alg_streams_idle(const struct nf_alg_streams *streams);

/* hold.c: bytes become messages */
u32 nf_alg_hold_feed(struct nf_alg_stream *stream, const u8 *data, u32 len);
bool nf_alg_hold_flush(struct nf_alg_stream *stream);
void nf_alg_hold_raw(struct nf_alg_stream *stream, enum nf_alg_reason reason);
void nf_alg_hold_drop(struct nf_alg_stream *stream);
void nf_alg_hold_expire(struct nf_alg_stream *stream);
u32 nf_alg_stream_ration(const struct nf_alg_stream *stream, u32 max,
			 long used);

/* stream_out.c: what goes out */
struct nf_alg_chunk *nf_alg_chunk_new(u32 len);
void nf_alg_stream_queue(struct nf_alg_stream *stream,
			 struct nf_alg_chunk *chunk, u32 in_end);
void __nf_alg_stream_renumber(struct nf_alg_stream *stream, u32 delta);
void nf_alg_stream_acked(struct nf_alg_stream *stream,
			 const struct nf_alg_segment *seg,
			 struct sk_buff_head *out);
void __nf_alg_stream_send(struct nf_alg_stream *stream,
			  struct sk_buff_head *out);
bool nf_alg_stream_forward(struct nf_alg_stream *stream, struct sk_buff *skb,
			   unsigned int protoff);
void nf_alg_stream_resend(struct nf_alg_stream *stream,
			  struct sk_buff_head *out);
bool nf_alg_stream_news(const struct nf_alg_stream *stream);
void nf_alg_stream_offer(struct nf_alg_stream *stream, u32 *ack, u16 *window);
void nf_alg_streams_purge(struct nf_alg_session *session);
bool nf_alg_streams_reset(struct nf_alg_session *session,
			  struct sk_buff_head *out);
void __nf_alg_streams_arm(struct nf_alg_streams *streams);
void nf_alg_streams_timer(struct timer_list *timer);

/**
 * nf_alg_segment_parse() - read a packet's TCP header
 * @skb: packet
 * @protoff: offset of the TCP header
 * @seg: where to
 *
 * Return: false if it is cut short.
 */
static inline bool nf_alg_segment_parse(const struct sk_buff *skb,
					unsigned int protoff,
					struct nf_alg_segment *seg)
{
	const struct tcphdr *th;
	struct tcphdr _th;

	th = skb_header_pointer(skb, protoff, sizeof(_th), &_th);
	if (!th || th->doff < 5)
		return false;
	seg->off = protoff + th->doff * 4;
	if (seg->off > skb->len)
		return false;
	seg->len = skb->len - seg->off;
	seg->seq = ntohl(th->seq);
	seg->ack = ntohl(th->ack_seq);
	seg->window = ntohs(th->window);
	seg->flags = tcp_flag_byte(th);
	return true;
}

/**
 * nf_alg_segment_route() - remember how packets go to a stream's receiver
 * @stream: the stream; the session's lock is held
 * @skb: a packet of that stream in POST_ROUTING
 */
static inline void nf_alg_segment_route(struct nf_alg_stream *stream,
					const struct sk_buff *skb)
{
	if (unlikely(skb_dst(skb) != stream->dst))
		nf_alg_segment_dst(stream, skb_dst(skb));
	stream->mark = skb->mark;
	stream->priority = skb->priority;
	if (stream->session->family == NFPROTO_IPV4) {
		stream->tos = ip_hdr(skb)->tos & ~INET_ECN_MASK;
		stream->ttl = ip_hdr(skb)->ttl;
	} else {
		stream->tos = ipv6_get_dsfield(ipv6_hdr(skb)) & ~INET_ECN_MASK;
		stream->ttl = ipv6_hdr(skb)->hop_limit;
	}
}

/**
 * nf_alg_segment_transmit() - send packets that were made under the lock
 * @session: session; its lock is not held
 * @out: the packets; empty afterwards
 *
 * They skip POST_ROUTING: they are translated, and are the ALG's own business
 * with the two ends. Caller holds RCU or a reference.
 */
static inline void nf_alg_segment_transmit(struct nf_alg_session *session,
					   struct sk_buff_head *out)
{
	if (unlikely(!skb_queue_empty(out)))
		__nf_alg_segment_transmit(session, out);
}

/**
 * nf_alg_stream_charge() - account for memory
 * @stream: the stream; the session's lock is held
 * @bytes: taken, or given back where negative
 */
static inline void nf_alg_stream_charge(struct nf_alg_stream *stream, s32 bytes)
{
	stream->memory += bytes;
	atomic_long_add(bytes, &stream->session->an->sessions.memory);
}

/**
 * nf_alg_stream_allowance() - how many bytes more a stream may keep
 * @stream: the stream; the session's lock is held
 *
 * Up to half of the namespace's memory is for whoever comes. Above that a
 * stream gets an equal share of that half, so that many connections that send
 * messages without end cannot starve a call beside them.
 *
 * Return: bytes.
 */
static inline u32 nf_alg_stream_allowance(const struct nf_alg_stream *stream)
{
	const struct nf_alg_net *an = stream->session->an;
	u32 max = nf_alg_option(an, NF_ALG_OPTION_MEMORY_MAX);
	u32 limit = nf_alg_option(an, NF_ALG_OPTION_QUEUE_MAX);
	long used = atomic_long_read(&an->sessions.memory);

	if (unlikely(used >= max / 2))
		return nf_alg_stream_ration(stream, max, used);
	if (stream->memory >= limit)
		return 0;
	return min_t(u32, limit - stream->memory, max - used);
}

/**
 * nf_alg_chunk_alloc() - room for bytes on their way
 * @stream: the stream; the session's lock is held
 * @len: how many bytes
 *
 * Return: an empty chunk or NULL.
 */
static inline struct nf_alg_chunk *
nf_alg_chunk_alloc(struct nf_alg_stream *stream, u32 len)
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

/**
 * nf_alg_stream_renumber() - a message has changed its length
 * @stream: the stream; the session's lock is held
 *
 * Conntrack's window check reads the offset that is in force.
 */
static inline void nf_alg_stream_renumber(struct nf_alg_stream *stream)
{
	u32 delta = stream->q_end - (stream->rcv_nxt - stream->hold_len);

	if (unlikely(delta != stream->delta))
		__nf_alg_stream_renumber(stream, delta);
}

/**
 * nf_alg_stream_send() - send what the receiver's window allows
 * @stream: the stream; the session's lock is held
 * @out: where packets go
 */
static inline void nf_alg_stream_send(struct nf_alg_stream *stream,
				      struct sk_buff_head *out)
{
	if (unlikely(stream->snd_nxt != stream->q_end))
		__nf_alg_stream_send(stream, out);
}

/**
 * nf_alg_streams_due() - something is to be done for a stream
 * @streams: both streams; the session's lock is held
 * @at: when, in jiffies
 *
 * Whoever sets a time says so. A timer that comes too early finds nothing to do
 * and is set again, which is cheaper than to move it with every packet.
 */
static inline void nf_alg_streams_due(struct nf_alg_streams *streams,
				      unsigned long at)
{
	if (!timer_pending(&streams->timer) ||
	    time_before(at, streams->timer.expires))
		streams->sooner = true;
}

/**
 * nf_alg_streams_arm() - set the timer, if it has to come sooner
 * @streams: both streams; the session's lock is held
 */
static inline void nf_alg_streams_arm(struct nf_alg_streams *streams)
{
	if (unlikely(streams->sooner))
		__nf_alg_streams_arm(streams);
}

/* path_mtu.c */
unsigned int nf_alg_stream_icmp(struct nf_alg_session *session,
				struct sk_buff *skb, enum ip_conntrack_dir dir);

int nf_alg_stream_cache_init(void);
void nf_alg_stream_cache_exit(void);

#endif /* NF_ALG_STREAM_H */
