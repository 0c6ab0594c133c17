// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors about packets that the virtual TCP has sent
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>
#include "session.h"
#include "stream.h"

/* The MTU that an error reports, and the sequence number of the packet it is
 * about. Returns 0 for other errors.
 */
static u32 nf_alg_path_mtu_read(const struct nf_alg_session *session,
				const struct sk_buff *skb, u32 *seq)
{
	int off = skb_network_offset(skb);
	__be32 _seq, *seqp;
	u32 mtu;

	if (session->family == NFPROTO_IPV4) {
		const struct icmphdr *icmp;
		const struct iphdr *inner;
		struct icmphdr _icmp;
		struct iphdr _inner;

		off += ip_hdrlen(skb);
		icmp = skb_header_pointer(skb, off, sizeof(_icmp), &_icmp);
		if (!icmp || icmp->type != ICMP_DEST_UNREACH ||
		    icmp->code != ICMP_FRAG_NEEDED)
			return 0;
		mtu = ntohs(icmp->un.frag.mtu);
		off += sizeof(_icmp);
		inner = skb_header_pointer(skb, off, sizeof(_inner), &_inner);
		if (!inner || inner->ihl < 5)
			return 0;
		off += inner->ihl * 4;
	} else {
		const struct icmp6hdr *icmp;
		struct icmp6hdr _icmp;
		u8 nexthdr = ipv6_hdr(skb)->nexthdr;
		__be16 frag;

		off = ipv6_skip_exthdr(skb, off + sizeof(struct ipv6hdr),
				       &nexthdr, &frag);
		if (off < 0 || nexthdr != IPPROTO_ICMPV6)
			return 0;
		icmp = skb_header_pointer(skb, off, sizeof(_icmp), &_icmp);
		if (!icmp || icmp->icmp6_type != ICMPV6_PKT_TOOBIG)
			return 0;
		mtu = ntohl(icmp->icmp6_mtu);
		/* What we send has no extension headers */
		off += sizeof(_icmp) + sizeof(struct ipv6hdr);
		mtu = max_t(u32, mtu, IPV6_MIN_MTU);
	}
	seqp = skb_header_pointer(skb, off + offsetof(struct tcphdr, seq),
				  sizeof(_seq), &_seq);
	if (!seqp)
		return 0;
	*seq = ntohl(*seqp);
	return min_t(u32, mtu, U16_MAX);
}

/**
 * nf_alg_stream_icmp() - an ICMP error about a packet of a stream
 * @session: session
 * @skb: the ICMP message, in PRE_ROUTING before NAT
 * @dir: direction of the stream that the packet belonged to
 *
 * Only errors about data that is under way count: nobody else can know its
 * sequence numbers.
 *
 * Return: NF_DROP if the engine has acted on it, NF_ACCEPT otherwise.
 */
unsigned int nf_alg_stream_icmp(struct nf_alg_session *session,
				struct sk_buff *skb, enum ip_conntrack_dir dir)
{
	unsigned int verdict = NF_ACCEPT;
	struct nf_alg_stream *stream;
	struct sk_buff_head out;
	u32 mtu, seq;

	mtu = nf_alg_path_mtu_read(session, skb, &seq);
	if (!mtu)
		return NF_ACCEPT;

	__skb_queue_head_init(&out);
	spin_lock_bh(&session->lock);
	if (session->dead || session->streams->closed)
		goto unlock;
	stream = &session->streams->dir[dir];
	if (before(seq, stream->snd_una) || !before(seq, stream->snd_nxt))
		goto unlock;
	verdict = NF_DROP;
	if (stream->mtu && mtu >= stream->mtu)
		goto unlock;
	stream->mtu = mtu;
	/* All that is under way was too big: begin again from the oldest byte,
	 * in segments that fit
	 */
	stream->recovering = true;
	stream->recover = stream->snd_nxt;
	nf_alg_stream_resend(stream, &out);
unlock:
	spin_unlock_bh(&session->lock);
	nf_alg_segment_transmit(session, &out);
	return verdict;
}
