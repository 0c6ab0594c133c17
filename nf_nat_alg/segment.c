// SPDX-License-Identifier: GPL-2.0
/*
 * TCP packets: read, renumbered, made and sent
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv6.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <linux/netfilter_ipv4.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/tcp.h>
#include "netns.h"
#include "route.h"
#include "segment.h"
#include "session.h"
#include "stream.h"

/**
 * nf_alg_segment_checksum() - make the TCP checksum right again
 * @skb: packet whose TCP header and linear data were written to
 * @protoff: offset of the TCP header
 *
 * For packets whose checksum the device computes nothing is to be done: the
 * pseudo header has not changed.
 */
void nf_alg_segment_checksum(struct sk_buff *skb, unsigned int protoff)
{
	struct tcphdr *th = (struct tcphdr *)(skb->data + protoff);
	u32 len = skb->len - protoff;
	__wsum sum;

	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return;
	th->check = 0;
	sum = skb_checksum(skb, protoff, len, 0);
	if (skb->protocol == htons(ETH_P_IP))
		th->check = tcp_v4_check(len, ip_hdr(skb)->saddr,
					 ip_hdr(skb)->daddr, sum);
	else
		th->check = csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
					    &ipv6_hdr(skb)->daddr, len,
					    IPPROTO_TCP, sum);
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
}

/* Most fields of most packets stay as they are; and where the device computes
 * the checksum, that is over what stands there then
 */
static __always_inline void nf_alg_segment_put32(struct sk_buff *skb,
						 struct tcphdr *th,
						 __be32 *field, u32 value)
{
	__be32 new = htonl(value);

	if (*field == new)
		return;
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		inet_proto_csum_replace4(&th->check, skb, *field, new, false);
	*field = new;
}

/* The TCP header is writable; @window: or -1 to leave that */
static __always_inline void nf_alg_segment_renumber(struct sk_buff *skb,
						    unsigned int protoff,
						    u32 seq, u32 ack,
						    int window)
{
	struct tcphdr *th = (struct tcphdr *)(skb->data + protoff);

	nf_alg_segment_put32(skb, th, &th->seq, seq);
	if (th->ack)
		nf_alg_segment_put32(skb, th, &th->ack_seq, ack);
	if (window >= 0 && th->window != htons(window)) {
		__be16 new = htons(window);

		if (skb->ip_summed != CHECKSUM_PARTIAL)
			inet_proto_csum_replace2(&th->check, skb, th->window,
						 new, false);
		th->window = new;
	}
}

/**
 * nf_alg_segment_rewrite() - renumber a packet in place
 * @skb: packet
 * @protoff: offset of the TCP header
 * @seq: its sequence number
 * @ack: its acknowledgement number, if it has one
 * @window: its window field, or -1 to leave that
 *
 * Return: NF_ACCEPT, or NF_DROP if it could not be made writable.
 */
int nf_alg_segment_rewrite(struct sk_buff *skb, unsigned int protoff, u32 seq,
			   u32 ack, int window)
{
	if (skb_ensure_writable(skb, protoff + sizeof(struct tcphdr)))
		return NF_DROP;
	nf_alg_segment_renumber(skb, protoff, seq, ack, window);
	return NF_ACCEPT;
}

/* Bytes of the IP header of what we send */
static u32 nf_alg_segment_head(const struct nf_alg_stream *stream)
{
	return stream->session->family == NFPROTO_IPV4 ? sizeof(struct iphdr) :
							 sizeof(struct ipv6hdr);
}

/**
 * nf_alg_segment_room() - how much data a packet of a stream may carry
 * @stream: the stream; the session's lock is held
 *
 * Return: bytes: the receiver's MSS, or less where the path is narrower.
 */
u32 nf_alg_segment_room(const struct nf_alg_stream *stream)
{
	u32 head = nf_alg_segment_head(stream) + sizeof(struct tcphdr);
	u32 room = stream->mss;
	u32 mtu;

	if (stream->dst) {
		mtu = dst_mtu(stream->dst);
		if (mtu > head && mtu - head < room)
			room = mtu - head;
	}
	if (stream->mtu > head && stream->mtu - head < room)
		room = stream->mtu - head;
	return max_t(u32, room, NF_ALG_SEGMENT_MIN);
}

/* Write what differs from packet to packet in the IP header that stands at the
 * data
 */
static __always_inline void
nf_alg_segment_ip_again(const struct nf_alg_stream *stream, struct sk_buff *skb)
{
	struct nf_alg_session *session = stream->session;

	if (session->family == NFPROTO_IPV4) {
		struct iphdr *ip = ip_hdr(skb);

		ip->tos = stream->tos;
		ip->tot_len = htons(skb->len);
		ip->id = htons(session->ident++);
		ip->frag_off = 0;
		ip->ttl = stream->ttl;
		ip->check = 0;
		ip->check = ip_fast_csum(ip, sizeof(*ip) / 4);
	} else {
		struct ipv6hdr *ip = ipv6_hdr(skb);

		ip6_flow_hdr(ip, stream->tos, 0);
		ip->payload_len = htons(skb->len - sizeof(*ip));
		ip->hop_limit = stream->ttl;
	}
}

/* Write the IP header that stands at the data */
static void nf_alg_segment_ip(const struct nf_alg_stream *stream,
			      struct sk_buff *skb)
{
	if (stream->session->family == NFPROTO_IPV4) {
		struct iphdr *ip = ip_hdr(skb);

		ip->version = 4;
		ip->ihl = 5;
		ip->protocol = IPPROTO_TCP;
		ip->saddr = stream->from->addr.ip;
		ip->daddr = stream->to->addr.ip;
	} else {
		struct ipv6hdr *ip = ipv6_hdr(skb);

		ip->nexthdr = IPPROTO_TCP;
		ip->saddr = stream->from->addr.in6;
		ip->daddr = stream->to->addr.in6;
	}
	nf_alg_segment_ip_again(stream, skb);
}

/* Write the TCP header that stands at @off, with @len bytes of data behind it;
 * the device computes the checksum
 */
static void nf_alg_segment_tcp(const struct nf_alg_stream *stream,
			       struct sk_buff *skb, u32 off, u32 seq, u32 ack,
			       u16 window, u8 flags, u32 len)
{
	struct tcphdr *th = (struct tcphdr *)(skb->data + off);

	memset(th, 0, sizeof(*th));
	th->source = stream->from->port;
	th->dest = stream->to->port;
	th->seq = htonl(seq);
	th->ack_seq = htonl(ack);
	th->doff = sizeof(*th) / 4;
	tcp_flag_byte(th) = flags;
	th->window = htons(window);
	len += sizeof(*th);
	if (stream->session->family == NFPROTO_IPV4)
		th->check = ~tcp_v4_check(len, ip_hdr(skb)->saddr,
					  ip_hdr(skb)->daddr, 0);
	else
		th->check = ~csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
					     &ipv6_hdr(skb)->daddr, len,
					     IPPROTO_TCP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + off;
	skb->csum_offset = offsetof(struct tcphdr, check);
}

/* A packet of our own has been in POST_ROUTING */
static void nf_alg_segment_own(const struct nf_alg_session *session,
			       struct sk_buff *skb)
{
	if (session->family == NFPROTO_IPV4) {
		skb->protocol = htons(ETH_P_IP);
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		IPCB(skb)->flags = IPSKB_REROUTED;
	} else {
		skb->protocol = htons(ETH_P_IPV6);
		memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		IP6CB(skb)->flags = IP6SKB_REROUTED;
	}
}

/**
 * nf_alg_segment_dst() - take another route to a stream's receiver
 * @stream: the stream; the session's lock is held
 * @dst: the route, held by the caller while this runs; may be NULL
 *
 * The old route stays where packets cannot be sent by the new one: a packet
 * that comes by a bridge is no reason to forget how the receiver is reached.
 *
 * Return: true if the stream has @dst now, and a reference to it.
 */
bool nf_alg_segment_dst(struct nf_alg_stream *stream, struct dst_entry *dst)
{
	u8 family = stream->session->family;

	if (!nf_alg_route_usable(dst, family) || !dst_hold_safe(dst))
		return false;
	dst_release(stream->dst);
	stream->dst = dst;
	stream->dst_cookie = 0;
#if IS_ENABLED(CONFIG_IPV6)
	if (family == NFPROTO_IPV6)
		stream->dst_cookie = rt6_get_cookie((struct rt6_info *)dst);
#endif
	return true;
}

/* No packet that was routed has gone this way yet: all were bridged */
static noinline bool nf_alg_segment_find(struct nf_alg_stream *stream)
{
	struct dst_entry *dst = nf_alg_route(stream->session, stream->to);
	bool found = nf_alg_segment_dst(stream, dst);

	dst_release(dst);
	return found;
}

/* Routes change: look up again what we remember */
static int nf_alg_segment_reroute(struct nf_alg_stream *stream,
				  struct sk_buff *skb)
{
	const struct nf_alg_session *session = stream->session;
	struct net *net = session->an->net;
	int err = -EAFNOSUPPORT;

	if (session->family == NFPROTO_IPV4)
		err = ip_route_me_harder(net, NULL, skb, RTN_UNSPEC);
#if IS_ENABLED(CONFIG_IPV6)
	else
		err = ip6_route_me_harder(net, NULL, skb);
#endif
	if (err)
		return err;
	return nf_alg_segment_dst(stream, skb_dst(skb)) ? 0 : -EHOSTUNREACH;
}

/* Data offset and flags, as tcp_flag_word() sees them: PSH may be there or not */
#define NF_ALG_SEGMENT_FLAGS 0xfff70000
#define NF_ALG_SEGMENT_PLAIN 0x50100000

/* Has it come as we would have made it: one packet between the two ends, no
 * options, nothing but ACK and perhaps PSH?
 */
static __always_inline bool
nf_alg_segment_plain(const struct nf_alg_stream *stream,
		     const struct sk_buff *skb, unsigned int protoff)
{
	const struct nf_alg_endpoint *from = stream->from;
	const struct nf_alg_endpoint *to = stream->to;
	const struct tcphdr *th = (const void *)(skb->data + protoff);

	if (skb_is_gso(skb) || skb_network_offset(skb) ||
	    (tcp_flag_word(th) & htonl(NF_ALG_SEGMENT_FLAGS)) !=
		    htonl(NF_ALG_SEGMENT_PLAIN) ||
	    th->source != from->port || th->dest != to->port)
		return false;
	/* A datagram that came in pieces would go on in pieces */
	if (stream->session->family == NFPROTO_IPV4)
		return protoff == sizeof(struct iphdr) &&
		       ip_hdr(skb)->saddr == from->addr.ip &&
		       ip_hdr(skb)->daddr == to->addr.ip &&
		       !IPCB(skb)->frag_max_size;
	return protoff == sizeof(struct ipv6hdr) &&
	       ipv6_addr_equal(&ipv6_hdr(skb)->saddr, &from->addr.in6) &&
	       ipv6_addr_equal(&ipv6_hdr(skb)->daddr, &to->addr.in6) &&
	       !IP6CB(skb)->frag_max_size;
}

/**
 * nf_alg_segment_forward() - let a packet go on with the data it has
 * @stream: the stream; the session's lock is held
 * @skb: packet; its data stand at snd_nxt
 * @protoff: offset of its TCP header
 *
 * It becomes the packet that nf_alg_segment_build() would have made.
 *
 * Return: false if that cannot be; the packet has not changed then.
 */
bool nf_alg_segment_forward(struct nf_alg_stream *stream, struct sk_buff *skb,
			    unsigned int protoff)
{
	u16 window;
	u32 ack;

	if (skb_ensure_writable(skb, protoff + sizeof(struct tcphdr)) ||
	    !nf_alg_segment_plain(stream, skb, protoff))
		return false;
	nf_alg_stream_offer(stream->back, &ack, &window);
	nf_alg_segment_ip_again(stream, skb);
	nf_alg_segment_renumber(skb, protoff, stream->snd_nxt, ack, window);
	return true;
}

/**
 * nf_alg_segment_refill() - let a packet go on with other data
 * @stream: the stream; the session's lock is held
 * @skb: packet
 * @protoff: offset of its TCP header
 * @seq: sequence number of the new data, out-space of that direction
 * @flags: TCPHDR_*
 * @len: bytes of new data
 *
 * It becomes the packet that nf_alg_segment_build() would have made. What
 * others have references to is not written to: where a tap or a socket has the
 * packet as well, and where there is no room, that has to make one.
 *
 * Return: where the @len bytes of data go; NULL if that cannot be, and the
 * packet has not changed then.
 */
u8 *nf_alg_segment_refill(struct nf_alg_stream *stream, struct sk_buff *skb,
			  unsigned int protoff, u32 seq, u8 flags, u32 len)
{
	u32 head = protoff + sizeof(struct tcphdr);
	u16 window;
	u32 ack;

	if (skb_cloned(skb) || skb_headlen(skb) < head ||
	    skb_end_pointer(skb) - skb->data < head + len ||
	    !nf_alg_segment_plain(stream, skb, protoff))
		return NULL;
	/* What keeps its length, and lies in one row, is overwritten */
	if (skb->len != head + len || skb_is_nonlinear(skb)) {
		if (pskb_trim(skb, head))
			return NULL;
		__skb_put(skb, len);
	}
	nf_alg_stream_offer(stream->back, &ack, &window);
	nf_alg_segment_ip_again(stream, skb);
	nf_alg_segment_tcp(stream, skb, protoff, seq, ack, window, flags, len);
	return skb->data + head;
}

/**
 * nf_alg_segment_build() - make a packet
 * @stream: the stream in which it goes; the session's lock is held
 * @seq: sequence number, out-space of that direction
 * @flags: TCPHDR_*; all packets but a bare RST acknowledge what the other
 *	stream's sender may know
 * @len: bytes of data
 * @out: where it is queued for nf_alg_segment_transmit()
 *
 * Return: where the @len bytes of data go; NULL if there is no memory or no
 * route.
 */
u8 *nf_alg_segment_build(struct nf_alg_stream *stream, u32 seq, u8 flags,
			 u32 len, struct sk_buff_head *out)
{
	u32 head = nf_alg_segment_head(stream);
	u32 headers = head + sizeof(struct tcphdr);
	struct sk_buff *skb;
	u16 window = 0;
	u32 ack = 0;

	if (unlikely(!stream->dst) && !nf_alg_segment_find(stream))
		return NULL;
	skb = netdev_alloc_skb(NULL, LL_MAX_HEADER + headers + len);
	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER);
	skb_put(skb, headers + len);

	if (flags & TCPHDR_ACK)
		nf_alg_stream_offer(stream->back, &ack, &window);
	skb_reset_network_header(skb);
	nf_alg_segment_ip(stream, skb);
	nf_alg_segment_own(stream->session, skb);
	skb_set_transport_header(skb, head);
	nf_alg_segment_tcp(stream, skb, head, seq, ack, window, flags, len);

	skb->mark = stream->mark;
	skb->priority = stream->priority;
	dst_hold(stream->dst);
	skb_dst_set(skb, stream->dst);
	if (unlikely(!dst_check(stream->dst, stream->dst_cookie)) &&
	    nf_alg_segment_reroute(stream, skb)) {
		kfree_skb(skb);
		return NULL;
	}
	__skb_queue_tail(out, skb);
	return skb->data + headers;
}

/* nf_alg_segment_transmit() where there are some */
void __nf_alg_segment_transmit(struct nf_alg_session *session,
			       struct sk_buff_head *out)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(out)))
		dst_output(session->an->net, NULL, skb);
}
