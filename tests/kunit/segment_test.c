// SPDX-License-Identifier: GPL-2.0
/*
 * A packet that goes on with other data: byte for byte the one that would have
 * been made, and nobody else's bytes are written to
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <net/ip6_checksum.h>
#include <net/route.h>
#include "fixture.h"
#include "stream.h"

#define SEQ 1000
#define OUT 5000
#define ACK 70000
#define HEADROOM 64

/* Of the packets that come in */
enum shape {
	LINEAR = 0,
	IN_PAGE = BIT(0), /* the data lie in a page, as a socket sends them */
	OPTIONS = BIT(1), /* the TCP header has some */
	NARROW = BIT(2), /* no byte of room behind the data */
	SUMMED = BIT(3), /* the device has looked at the checksum */
};

static struct nf_alg_session *twin(struct kunit *test,
				   const struct nf_alg_session *session)
{
	struct nf_alg_session *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s);
	*s = *session;
	s->streams = kunit_kzalloc(test, sizeof(*s->streams), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s->streams);
	return s;
}

/* A connection in the middle of its life, with a route to its receiver */
static struct nf_alg_session *connection(struct kunit *test, u8 family)
{
	struct fixture *f = test->priv;
	struct nf_alg_session *s = twin(test, &f->session);
	struct flowi4 fl4 = { .daddr = htonl(INADDR_LOOPBACK) };
	struct rtable *rt;
	int dir, end;

	s->l4proto = IPPROTO_TCP;
	s->family = family;
	s->ident = 77;
	for (end = 0; family == NFPROTO_IPV6 && end < 2; end++) {
		s->side[end].own.family = family;
		s->side[end].seen.family = family;
		s->side[end].own.addr.all[3] = htonl(end + 1);
		s->side[end].seen.addr.all[3] = htonl(end + 17);
	}
	nf_alg_streams_link(s);
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		struct nf_alg_stream *stream = &s->streams->dir[dir];

		stream->rcv_nxt = dir ? ACK - 3 : SEQ;
		stream->in_acked = stream->rcv_nxt;
		stream->ack_in = stream->rcv_nxt;
		stream->adv_edge = stream->rcv_nxt;
		stream->snd_una = dir ? ACK : OUT;
		stream->snd_nxt = stream->snd_una;
		stream->q_end = stream->snd_una;
		stream->edge = stream->snd_una + 60000;
		stream->mss = 1460;
		stream->tos = 0x20;
		stream->ttl = 61;
		stream->mark = 5;
		rt = ip_route_output_key(&init_net, &fl4);
		KUNIT_ASSERT_FALSE(test, IS_ERR(rt));
		stream->dst = &rt->dst;
	}
	return s;
}

static void gone(struct nf_alg_session *s)
{
	nf_alg_streams_purge(s);
	dst_release(s->streams->dir[0].dst);
	dst_release(s->streams->dir[1].dst);
}

static u32 ip_size(const struct nf_alg_session *s)
{
	return s->family == NFPROTO_IPV4 ? sizeof(struct iphdr) :
					   sizeof(struct ipv6hdr);
}

/* A packet of the sender after NAT: with @data, whose checksum does not matter */
static struct sk_buff *packet(struct kunit *test,
			      const struct nf_alg_session *s, enum shape shape,
			      const void *data, u32 len)
{
	u32 tcp = sizeof(struct tcphdr) + (shape & OPTIONS ? 4 : 0);
	u32 head = ip_size(s) + tcp;
	u32 room = shape & NARROW ? 0 : 600;
	struct sk_buff *skb;
	struct tcphdr *th;

	skb = alloc_skb(HEADROOM + head + len + room, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, skb);
	/* The allocator rounds up: what is too much is in front */
	skb_reserve(skb,
		    shape & NARROW ? skb_tailroom(skb) - head - len : HEADROOM);
	memset(skb_put(skb, head), 0, head);
	skb_reset_network_header(skb);
	if (s->family == NFPROTO_IPV4) {
		struct iphdr *ip = ip_hdr(skb);

		skb->protocol = htons(ETH_P_IP);
		ip->version = 4;
		ip->ihl = 5;
		ip->tos = 0x23;
		ip->tot_len = htons(head + len);
		ip->ttl = 63;
		ip->protocol = IPPROTO_TCP;
		ip->saddr = s->side[0].seen.addr.ip;
		ip->daddr = s->side[1].own.addr.ip;
	} else {
		struct ipv6hdr *ip = ipv6_hdr(skb);

		skb->protocol = htons(ETH_P_IPV6);
		ip->version = 6;
		ip->payload_len = htons(tcp + len);
		ip->nexthdr = IPPROTO_TCP;
		ip->hop_limit = 63;
		ip->saddr = s->side[0].seen.addr.in6;
		ip->daddr = s->side[1].own.addr.in6;
	}
	th = (struct tcphdr *)(skb->data + ip_size(s));
	th->source = s->side[0].seen.port;
	th->dest = s->side[1].own.port;
	th->seq = htonl(SEQ);
	th->ack_seq = htonl(ACK);
	th->ack = 1;
	th->doff = tcp / 4;
	th->urg_ptr = htons(9);
	th->check = htons(0x1234);
	skb->ip_summed = shape & SUMMED ? CHECKSUM_COMPLETE : CHECKSUM_NONE;
	if (shape & IN_PAGE) {
		struct page *page = alloc_page(GFP_KERNEL);

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
		memcpy(page_address(page) + 7, data, len);
		skb_add_rx_frag(skb, 0, page, 7, len, PAGE_SIZE);
	} else {
		skb_put_data(skb, data, len);
	}
	return skb;
}

/* What its data have become waits in the queue, in two chunks */
static void translated(struct kunit *test, struct nf_alg_session *s,
		       const u8 *data, u32 len, u32 in)
{
	struct nf_alg_stream *stream = &s->streams->dir[0];
	u32 half = len / 2;
	u32 part[] = { half, len - half };
	struct nf_alg_chunk *chunk;
	int i;

	stream->rcv_nxt = SEQ + in;
	for (i = 0; i < 2; i++) {
		chunk = nf_alg_chunk_alloc(stream, part[i]);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, chunk);
		memcpy(chunk->data, data + i * half, part[i]);
		nf_alg_stream_queue(stream, chunk, SEQ + in);
	}
	stream->changed = true;
}

/* The packet that is made where none goes on */
static struct sk_buff *built(struct kunit *test, struct nf_alg_session *s)
{
	struct sk_buff_head out;
	struct sk_buff *skb;

	__skb_queue_head_init(&out);
	nf_alg_stream_send(&s->streams->dir[0], &out);
	KUNIT_ASSERT_EQ(test, skb_queue_len(&out), 1U);
	skb = __skb_dequeue(&out);
	KUNIT_EXPECT_EQ(test, s->streams->dir[0].snd_nxt,
			s->streams->dir[0].q_end);
	return skb;
}

/* As they are, and as a device without checksums sends them */
static void alike(struct kunit *test, struct nf_alg_session *s,
		  struct sk_buff *a, struct sk_buff *b)
{
	u32 head = ip_size(s);
	__wsum sum;
	__sum16 all;

	KUNIT_ASSERT_EQ(test, a->len, b->len);
	KUNIT_ASSERT_FALSE(test, skb_is_nonlinear(a));
	KUNIT_EXPECT_EQ(test, memcmp(a->data, b->data, a->len), 0);
	KUNIT_EXPECT_TRUE(test, a->ip_summed == b->ip_summed);
	KUNIT_EXPECT_EQ(test, skb_checksum_start_offset(a),
			skb_checksum_start_offset(b));
	KUNIT_EXPECT_EQ(test, a->csum_offset, b->csum_offset);
	KUNIT_ASSERT_EQ(test, skb_checksum_help(a), 0);
	KUNIT_ASSERT_EQ(test, skb_checksum_help(b), 0);
	KUNIT_EXPECT_EQ(test, memcmp(a->data, b->data, a->len), 0);
	sum = skb_checksum(a, head, a->len - head, 0);
	all = s->family == NFPROTO_IPV4 ?
		      csum_tcpudp_magic(ip_hdr(a)->saddr, ip_hdr(a)->daddr,
					a->len - head, IPPROTO_TCP, sum) :
		      csum_ipv6_magic(&ipv6_hdr(a)->saddr, &ipv6_hdr(a)->daddr,
				      a->len - head, IPPROTO_TCP, sum);
	KUNIT_EXPECT_EQ(test, (u32)all, 0U);
}

static void fill(u8 *to, u32 len, u8 first)
{
	while (len--)
		to[len] = first + len * 7;
}

/* It goes on with other data, and looks like the one that was made; so does its
 * repetition
 */
static void one(struct kunit *test, u8 family, enum shape shape, u32 in,
		u32 out_len)
{
	struct nf_alg_session *s = connection(test, family);
	struct nf_alg_session *other = connection(test, family);
	u8 *data = kunit_kzalloc(test, 1500, GFP_KERNEL);
	struct sk_buff *skb, *made, *again;
	struct sk_buff_head out;
	u32 head = ip_size(s) + sizeof(struct tcphdr);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, data);
	fill(data, 1500, 3);
	skb = packet(test, s, shape, data, in);
	fill(data, 1500, 100);
	translated(test, s, data, out_len, in);
	translated(test, other, data, out_len, in);

	KUNIT_ASSERT_TRUE(test, nf_alg_stream_forward(&s->streams->dir[0], skb,
						      ip_size(s)));
	made = built(test, other);
	KUNIT_EXPECT_EQ(test, memcmp(skb->data + head, data, out_len), 0);
	KUNIT_EXPECT_EQ(test, s->streams->dir[0].snd_nxt, OUT + out_len);
	KUNIT_EXPECT_EQ(test, s->streams->dir[1].ack_in,
			other->streams->dir[1].ack_in);
	KUNIT_EXPECT_EQ(test, s->streams->dir[1].adv_edge,
			other->streams->dir[1].adv_edge);

	/* Identification and what is offered may differ, the data may not */
	__skb_queue_head_init(&out);
	nf_alg_stream_resend(&s->streams->dir[0], &out);
	again = __skb_dequeue(&out);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, again);
	KUNIT_EXPECT_EQ(test, again->len, skb->len);
	KUNIT_EXPECT_EQ(
		test, memcmp(again->data + head, skb->data + head, out_len), 0);
	KUNIT_EXPECT_EQ(test,
			memcmp(again->data + ip_size(s), skb->data + ip_size(s),
			       14),
			0);
	kfree_skb(again);

	alike(test, s, skb, made);
	kfree_skb(skb);
	kfree_skb(made);
	gone(s);
	gone(other);
}

static void as_one_made(struct kunit *test)
{
	static const u32 len[] = { 2, 59, 60, 257, 301 };
	int i, k;

	for (i = 0; i < ARRAY_SIZE(len); i++) {
		for (k = 0; k < ARRAY_SIZE(len); k++) {
			one(test, NFPROTO_IPV4, LINEAR, len[i], len[k]);
			one(test, NFPROTO_IPV4, IN_PAGE, len[i], len[k]);
			one(test, NFPROTO_IPV4, SUMMED, len[i], len[k]);
			one(test, NFPROTO_IPV4, IN_PAGE | SUMMED, len[i],
			    len[k]);
			one(test, NFPROTO_IPV6, LINEAR, len[i], len[k]);
			one(test, NFPROTO_IPV6, IN_PAGE, len[i], len[k]);
		}
	}
	one(test, NFPROTO_IPV4, NARROW, 257, 257);
	one(test, NFPROTO_IPV4, NARROW, 257, 250);
}

/* The packet stays as it is, and the caller makes one */
static void refused(struct kunit *test, struct nf_alg_session *s,
		    struct sk_buff *skb, u32 in, u32 out_len)
{
	struct nf_alg_session *other = connection(test, s->family);
	u8 *data = kunit_kzalloc(test, 1500, GFP_KERNEL);
	u8 *before = kunit_kzalloc(test, skb->len, GFP_KERNEL);
	u8 *after = kunit_kzalloc(test, skb->len, GFP_KERNEL);
	struct sk_buff *made, *wanted;
	u32 len = skb->len;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, data);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, before);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, after);
	fill(data, 1500, 100);
	KUNIT_ASSERT_EQ(test, skb_copy_bits(skb, 0, before, len), 0);
	translated(test, s, data, out_len, in);
	translated(test, other, data, out_len, in);

	KUNIT_EXPECT_FALSE(test, nf_alg_stream_forward(&s->streams->dir[0], skb,
						       ip_size(s)));
	KUNIT_EXPECT_EQ(test, s->streams->dir[0].snd_nxt, OUT);
	KUNIT_ASSERT_EQ(test, skb->len, len);
	KUNIT_ASSERT_EQ(test, skb_copy_bits(skb, 0, after, len), 0);
	KUNIT_EXPECT_EQ(test, memcmp(before, after, len), 0);

	made = built(test, s);
	wanted = built(test, other);
	alike(test, s, made, wanted);
	kfree_skb(made);
	kfree_skb(wanted);
	gone(other);
}

static void others_bytes(struct kunit *test, enum shape shape)
{
	struct nf_alg_session *s = connection(test, NFPROTO_IPV4);
	struct sk_buff *skb, *tap;
	u8 data[80], seen[160], now[160];

	fill(data, sizeof(data), 3);
	skb = packet(test, s, shape, data, sizeof(data));
	tap = skb_clone(skb, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, tap);
	KUNIT_ASSERT_EQ(test, skb_copy_bits(tap, 0, seen, tap->len), 0);
	refused(test, s, skb, sizeof(data), sizeof(data));
	KUNIT_ASSERT_EQ(test, skb_copy_bits(tap, 0, now, tap->len), 0);
	KUNIT_EXPECT_EQ(test, memcmp(seen, now, tap->len), 0);
	kfree_skb(tap);
	kfree_skb(skb);
	gone(s);
}

/* A tap, a bridge or the sender's socket has it as well */
static void clones_stay(struct kunit *test)
{
	others_bytes(test, LINEAR);
	others_bytes(test, IN_PAGE);
}

/* NAT has given the packet a head of its own, and the data lie in a page that
 * somebody else still needs: that page keeps its bytes
 */
static void pages_stay(struct kunit *test)
{
	struct nf_alg_session *s = connection(test, NFPROTO_IPV4);
	u8 data[80], other[80];
	struct sk_buff *skb;
	struct page *page;

	fill(data, sizeof(data), 3);
	fill(other, sizeof(other), 100);
	skb = packet(test, s, IN_PAGE, data, sizeof(data));
	page = skb_frag_page(&skb_shinfo(skb)->frags[0]);
	get_page(page);
	translated(test, s, other, sizeof(other), sizeof(data));
	KUNIT_EXPECT_TRUE(test, nf_alg_stream_forward(&s->streams->dir[0], skb,
						      ip_size(s)));
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test,
			memcmp(page_address(page) + 7, data, sizeof(data)), 0);
	put_page(page);
	kfree_skb(skb);
	gone(s);
}

static void where_one_is_made(struct kunit *test)
{
	static const enum shape shape[] = { OPTIONS, NARROW, NARROW };
	static const u32 len[] = { 80, 81, 300 };
	struct nf_alg_session *s;
	struct sk_buff *skb;
	u8 data[80];
	int i;

	fill(data, sizeof(data), 3);
	for (i = 0; i < ARRAY_SIZE(shape); i++) {
		s = connection(test, NFPROTO_IPV4);
		skb = packet(test, s, shape[i], data, sizeof(data));
		refused(test, s, skb, sizeof(data), len[i]);
		kfree_skb(skb);
		gone(s);
	}
	/* It has come in pieces */
	s = connection(test, NFPROTO_IPV4);
	skb = packet(test, s, LINEAR, data, sizeof(data));
	IPCB(skb)->frag_max_size = 576;
	refused(test, s, skb, sizeof(data), sizeof(data));
	kfree_skb(skb);
	gone(s);
}

/* The window is closed, or nothing is left of the message */
static void nothing_to_send(struct kunit *test)
{
	struct nf_alg_session *s = connection(test, NFPROTO_IPV4);
	struct sk_buff *skb;
	u8 data[80];

	fill(data, sizeof(data), 3);
	skb = packet(test, s, LINEAR, data, sizeof(data));
	s->streams->dir[0].changed = true;
	KUNIT_EXPECT_FALSE(test, nf_alg_stream_forward(&s->streams->dir[0], skb,
						       ip_size(s)));
	translated(test, s, data, sizeof(data), sizeof(data));
	s->streams->dir[0].edge = OUT + sizeof(data) - 1;
	KUNIT_EXPECT_FALSE(test, nf_alg_stream_forward(&s->streams->dir[0], skb,
						       ip_size(s)));
	KUNIT_EXPECT_EQ(test, s->streams->dir[0].snd_nxt, OUT);
	kfree_skb(skb);
	gone(s);
}

/* What is acknowledged is kept for the next message, and only one */
static void one_is_spare(struct kunit *test)
{
	struct nf_alg_session *s = connection(test, NFPROTO_IPV4);
	struct nf_alg_stream *stream = &s->streams->dir[0];
	struct nf_alg_segment seg = { .flags = TCPHDR_ACK, .window = 60000 };
	struct nf_alg_chunk *spare, *chunk;
	struct sk_buff *skb;
	u8 data[200];

	fill(data, sizeof(data), 3);
	translated(test, s, data, 200, 200);
	skb = built(test, s);
	kfree_skb(skb);
	seg.ack = OUT + 200;
	nf_alg_stream_acked(stream, &seg, NULL);
	spare = stream->spare;
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, spare);
	KUNIT_EXPECT_GE(test, spare->room, 100);
	KUNIT_EXPECT_EQ(test, stream->memory, 0U);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->an->sessions.memory), 0L);

	chunk = nf_alg_chunk_alloc(stream, spare->room + 1);
	KUNIT_EXPECT_PTR_NE(test, chunk, spare);
	kfree(chunk);
	KUNIT_EXPECT_PTR_EQ(test, stream->spare, spare);
	chunk = nf_alg_chunk_alloc(stream, spare->room);
	KUNIT_EXPECT_PTR_EQ(test, chunk, spare);
	KUNIT_EXPECT_NULL(test, stream->spare);
	kfree(chunk);
	gone(s);
}

static struct kunit_case segment_cases[] = { KUNIT_CASE(as_one_made),
					     KUNIT_CASE(clones_stay),
					     KUNIT_CASE(pages_stay),
					     KUNIT_CASE(where_one_is_made),
					     KUNIT_CASE(nothing_to_send),
					     KUNIT_CASE(one_is_spare),
					     {} };

struct kunit_suite segment_suite = {
	.name = "segment",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = segment_cases,
};
