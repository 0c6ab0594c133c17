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
#include "segment.h"
#include "session.h"
#include "stream.h"

/**
 * nf_alg_segment_parse() - read a packet's TCP header
 * @skb: packet
 * @protoff: offset of the TCP header
 * @seg: where to
 *
 * Return: false if it is cut short.
 */
bool nf_alg_segment_parse(const struct sk_buff *skb, unsigned int protoff,
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
	seg->syn = th->syn;
	seg->fin = th->fin;
	seg->rst = th->rst;
	seg->has_ack = th->ack;
	return true;
}

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

static void nf_alg_segment_put32(struct sk_buff *skb, struct tcphdr *th,
				 __be32 *field, u32 value)
{
	__be32 new = htonl(value);

	inet_proto_csum_replace4(&th->check, skb, *field, new, false);
	*field = new;
}

/* The TCP header is writable; @window: or -1 to leave that */
static void nf_alg_segment_renumber(struct sk_buff *skb, unsigned int protoff,
				    u32 seq, u32 ack, int window)
{
	struct tcphdr *th = (struct tcphdr *)(skb->data + protoff);

	nf_alg_segment_put32(skb, th, &th->seq, seq);
	if (th->ack)
		nf_alg_segment_put32(skb, th, &th->ack_seq, ack);
	if (window >= 0) {
		__be16 new = htons(window);

		inet_proto_csum_replace2(&th->check, skb, th->window, new,
					 false);
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

/**
 * nf_alg_segment_room() - how much data a packet of a stream may carry
 * @session: session; its lock is held
 * @stream: the stream
 *
 * Return: bytes: the receiver's MSS, or less where the path is narrower.
 */
u32 nf_alg_segment_room(const struct nf_alg_session *session,
			const struct nf_alg_stream *stream)
{
	u32 head = session->family == NFPROTO_IPV4 ? sizeof(struct iphdr) :
						     sizeof(struct ipv6hdr);
	u32 room = stream->mss;
	u32 mtu;

	head += sizeof(struct tcphdr);
	if (stream->dst) {
		mtu = dst_mtu(stream->dst);
		if (mtu > head && mtu - head < room)
			room = mtu - head;
	}
	if (stream->mtu > head && stream->mtu - head < room)
		room = stream->mtu - head;
	return max_t(u32, room, NF_ALG_SEGMENT_MIN);
}

/* Write the IP header that stands at the data */
static void nf_alg_segment_ip(struct nf_alg_session *session,
			      enum ip_conntrack_dir dir, struct sk_buff *skb)
{
	const struct nf_alg_stream *stream = &session->streams->dir[dir];
	const struct nf_alg_side *from = &session->side[dir];
	const struct nf_alg_side *to = &session->side[!dir];

	if (session->family == NFPROTO_IPV4) {
		struct iphdr *ip = ip_hdr(skb);

		ip->version = 4;
		ip->ihl = 5;
		ip->tos = stream->tos;
		ip->tot_len = htons(skb->len);
		ip->frag_off = 0;
		ip->ttl = stream->ttl;
		ip->protocol = IPPROTO_TCP;
		ip->saddr = from->seen.addr.ip;
		ip->daddr = to->own.addr.ip;
		ip->id = htons(session->ident++);
		ip_send_check(ip);
	} else {
		struct ipv6hdr *ip = ipv6_hdr(skb);

		ip6_flow_hdr(ip, stream->tos, 0);
		ip->payload_len = htons(skb->len - sizeof(*ip));
		ip->nexthdr = IPPROTO_TCP;
		ip->hop_limit = stream->ttl;
		ip->saddr = from->seen.addr.in6;
		ip->daddr = to->own.addr.in6;
	}
}

/* Write the TCP header that stands at @off, with @len bytes of data behind it;
 * the device computes the checksum
 */
static void nf_alg_segment_tcp(struct nf_alg_session *session,
			       enum ip_conntrack_dir dir, struct sk_buff *skb,
			       u32 off, u32 seq, u32 ack, u16 window, u8 flags,
			       u32 len)
{
	struct tcphdr *th = (struct tcphdr *)(skb->data + off);

	memset(th, 0, sizeof(*th));
	th->source = session->side[dir].seen.port;
	th->dest = session->side[!dir].own.port;
	th->seq = htonl(seq);
	th->ack_seq = htonl(ack);
	th->doff = sizeof(*th) / 4;
	tcp_flag_byte(th) = flags;
	th->window = htons(window);
	len += sizeof(*th);
	if (session->family == NFPROTO_IPV4)
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

static void nf_alg_segment_dst(struct nf_alg_session *session,
			       struct nf_alg_stream *stream,
			       struct dst_entry *dst)
{
	dst_release(stream->dst);
	stream->dst = dst;
	stream->dst_cookie = 0;
#if IS_ENABLED(CONFIG_IPV6)
	if (session->family == NFPROTO_IPV6)
		stream->dst_cookie = rt6_get_cookie((struct rt6_info *)dst);
#endif
}

/* Routes change: look up again what we remember */
static int nf_alg_segment_reroute(struct nf_alg_session *session,
				  struct nf_alg_stream *stream,
				  struct sk_buff *skb)
{
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
	dst_hold(skb_dst(skb));
	nf_alg_segment_dst(session, stream, skb_dst(skb));
	return 0;
}

/**
 * nf_alg_segment_route() - remember how packets go to a stream's receiver
 * @session: session; its lock is held
 * @stream: the stream
 * @skb: a packet of that stream in POST_ROUTING
 */
void nf_alg_segment_route(struct nf_alg_session *session,
			  struct nf_alg_stream *stream,
			  const struct sk_buff *skb)
{
	struct dst_entry *dst = skb_dst(skb);

	if (dst && dst != stream->dst && dst_hold_safe(dst))
		nf_alg_segment_dst(session, stream, dst);
	stream->mark = skb->mark;
	stream->priority = skb->priority;
	if (session->family == NFPROTO_IPV4) {
		stream->tos = ip_hdr(skb)->tos & ~INET_ECN_MASK;
		stream->ttl = ip_hdr(skb)->ttl;
	} else {
		stream->tos = ipv6_get_dsfield(ipv6_hdr(skb)) & ~INET_ECN_MASK;
		stream->ttl = ipv6_hdr(skb)->hop_limit;
	}
}

/* Data offset and flags, as tcp_flag_word() sees them: PSH may be there or not */
#define NF_ALG_SEGMENT_FLAGS 0xfff70000
#define NF_ALG_SEGMENT_PLAIN 0x50100000

/* Has it come as we would have made it: one packet between the two ends, no
 * options, nothing but ACK and perhaps PSH?
 */
static bool nf_alg_segment_plain(const struct nf_alg_session *session,
				 const struct sk_buff *skb,
				 unsigned int protoff,
				 enum ip_conntrack_dir dir)
{
	const struct nf_alg_endpoint *from = &session->side[dir].seen;
	const struct nf_alg_endpoint *to = &session->side[!dir].own;
	const struct tcphdr *th = (const void *)(skb->data + protoff);

	if (skb_is_gso(skb) || skb_network_offset(skb) ||
	    (tcp_flag_word(th) & htonl(NF_ALG_SEGMENT_FLAGS)) !=
		    htonl(NF_ALG_SEGMENT_PLAIN) ||
	    th->source != from->port || th->dest != to->port)
		return false;
	/* A datagram that came in pieces would go on in pieces */
	if (session->family == NFPROTO_IPV4)
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
 * @session: session; its lock is held
 * @skb: packet
 * @protoff: offset of its TCP header
 * @dir: direction in which it goes; its data stand at snd_nxt
 *
 * It becomes the packet that nf_alg_segment_build() would have made.
 *
 * Return: false if that cannot be; the packet has not changed then.
 */
bool nf_alg_segment_forward(struct nf_alg_session *session, struct sk_buff *skb,
			    unsigned int protoff, enum ip_conntrack_dir dir)
{
	struct nf_alg_stream *stream = &session->streams->dir[dir];
	u16 window;
	u32 ack;

	if (skb_ensure_writable(skb, protoff + sizeof(struct tcphdr)) ||
	    !nf_alg_segment_plain(session, skb, protoff, dir))
		return false;
	nf_alg_stream_offer(session, &session->streams->dir[!dir], &ack,
			    &window);
	nf_alg_segment_ip(session, dir, skb);
	nf_alg_segment_renumber(skb, protoff, stream->snd_nxt, ack, window);
	return true;
}

/**
 * nf_alg_segment_refill() - let a packet go on with other data
 * @session: session; its lock is held
 * @skb: packet
 * @protoff: offset of its TCP header
 * @dir: direction in which it goes
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
u8 *nf_alg_segment_refill(struct nf_alg_session *session, struct sk_buff *skb,
			  unsigned int protoff, enum ip_conntrack_dir dir,
			  u32 seq, u8 flags, u32 len)
{
	u32 head = protoff + sizeof(struct tcphdr);
	u16 window;
	u32 ack;

	if (skb_cloned(skb) || skb_headlen(skb) < head ||
	    skb_end_pointer(skb) - skb->data < head + len ||
	    !nf_alg_segment_plain(session, skb, protoff, dir) ||
	    pskb_trim(skb, head))
		return NULL;
	skb_put(skb, len);
	nf_alg_stream_offer(session, &session->streams->dir[!dir], &ack,
			    &window);
	nf_alg_segment_ip(session, dir, skb);
	nf_alg_segment_tcp(session, dir, skb, protoff, seq, ack, window, flags,
			   len);
	return skb->data + head;
}

/**
 * nf_alg_segment_build() - make a packet
 * @session: session; its lock is held
 * @dir: direction in which it goes
 * @seq: sequence number, out-space of that direction
 * @flags: TCPHDR_*; all packets but a bare RST acknowledge what the other
 *	stream's sender may know
 * @len: bytes of data
 * @out: where it is queued for nf_alg_segment_transmit()
 *
 * Return: where the @len bytes of data go; NULL if there is no memory or no
 * route yet.
 */
u8 *nf_alg_segment_build(struct nf_alg_session *session,
			 enum ip_conntrack_dir dir, u32 seq, u8 flags, u32 len,
			 struct sk_buff_head *out)
{
	struct nf_alg_stream *stream = &session->streams->dir[dir];
	u32 head = session->family == NFPROTO_IPV4 ? sizeof(struct iphdr) :
						     sizeof(struct ipv6hdr);
	u32 headers = head + sizeof(struct tcphdr);
	struct sk_buff *skb;
	u16 window = 0;
	u32 ack = 0;

	if (!stream->dst)
		return NULL;
	skb = netdev_alloc_skb(NULL, LL_MAX_HEADER + headers + len);
	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER);
	skb_put(skb, headers + len);

	if (flags & TCPHDR_ACK)
		nf_alg_stream_offer(session, &session->streams->dir[!dir], &ack,
				    &window);
	skb_reset_network_header(skb);
	nf_alg_segment_ip(session, dir, skb);
	nf_alg_segment_own(session, skb);
	skb_set_transport_header(skb, head);
	nf_alg_segment_tcp(session, dir, skb, head, seq, ack, window, flags,
			   len);

	skb->mark = stream->mark;
	skb->priority = stream->priority;
	dst_hold(stream->dst);
	skb_dst_set(skb, stream->dst);
	if (unlikely(!dst_check(stream->dst, stream->dst_cookie)) &&
	    nf_alg_segment_reroute(session, stream, skb)) {
		kfree_skb(skb);
		return NULL;
	}
	__skb_queue_tail(out, skb);
	return skb->data + headers;
}

/**
 * nf_alg_segment_transmit() - send packets that were made under the lock
 * @session: session; its lock is not held
 * @out: the packets; empty afterwards
 *
 * They skip POST_ROUTING: they are translated, and are the ALG's own business
 * with the two ends. Caller holds RCU or a reference.
 */
void nf_alg_segment_transmit(struct nf_alg_session *session,
			     struct sk_buff_head *out)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(out)))
		dst_output(session->an->net, NULL, skb);
}
