// SPDX-License-Identifier: GPL-2.0
/*
 * SYN and SYN/ACK: what the virtual TCP must know, and what it cannot offer
 *
 * SACK blocks and timestamps would speak of the wrong sequence space, and ECN,
 * Fast Open and Multipath TCP need an end that understands them: such options
 * become NOPs. MSS and window scale stay. A connection with TCP-MD5 or TCP-AO is
 * signed: nothing of it is touched.
 */
#include <linux/tcp.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>
#include "segment.h"
#include "event.h"
#include "flow.h"
#include "netns.h"
#include "route.h"
#include "session.h"
#include "stream.h"

#define NF_ALG_TCPOPT_MD5 19 /* RFC 2385 */
#define NF_ALG_TCPOPT_AO 29 /* RFC 5925 */

static int nf_alg_handshake_raw(struct nf_conn *ct, struct nf_alg_help *help,
				enum nf_alg_reason reason)
{
	struct nf_alg_net *an = nf_alg_pernet(nf_ct_net(ct));

	nf_alg_session_flags(ct, help, NF_ALG_HELP_RAW, 0);
	if (reason)
		nf_alg_pass(an, NULL, reason);
	return NF_ACCEPT;
}

/* Read the options. Returns false if the connection is signed or the options
 * cannot be read; @strip tells whether there is something to take away.
 */
static bool nf_alg_options_read(const u8 *opt, int len, u16 *mss, u8 *wscale,
				bool *strip)
{
	*mss = 0;
	*wscale = NF_ALG_NO_WSCALE;
	*strip = false;

	while (len > 0) {
		int size;

		if (*opt == TCPOPT_EOL)
			return true;
		if (*opt == TCPOPT_NOP) {
			opt++;
			len--;
			continue;
		}
		if (len < 2 || opt[1] < 2 || opt[1] > len)
			return false;
		size = opt[1];
		switch (*opt) {
		case TCPOPT_MSS:
			if (size == TCPOLEN_MSS)
				*mss = get_unaligned_be16(opt + 2);
			break;
		case TCPOPT_WINDOW:
			if (size == TCPOLEN_WINDOW)
				*wscale = min_t(u8, opt[2], TCP_MAX_WSCALE);
			break;
		case NF_ALG_TCPOPT_MD5:
		case NF_ALG_TCPOPT_AO:
			return false;
		default:
			*strip = true;
		}
		opt += size;
		len -= size;
	}
	return true;
}

static void nf_alg_options_strip(u8 *opt, int len)
{
	while (len > 0 && *opt != TCPOPT_EOL) {
		int size = *opt == TCPOPT_NOP ? 1 : opt[1];

		if (*opt != TCPOPT_MSS && *opt != TCPOPT_WINDOW)
			memset(opt, TCPOPT_NOP, size);
		opt += size;
		len -= size;
	}
}

/* After a reset conntrack keeps the entry for some seconds, and if the end that
 * was called has sent the reset, a new connection between the same ports revives
 * it. So the session that was closed ends with the SYN/ACK that answers another
 * SYN. Returns true if this packet says something about a connection to come.
 */
static bool nf_alg_handshake_again(struct nf_conn *ct, struct nf_alg_help *help,
				   const struct tcphdr *th,
				   enum ip_conntrack_dir dir)
{
	struct nf_alg_session *session = rcu_dereference(help->session);
	bool again = false;

	if (!session)
		return true;
	spin_lock_bh(&session->lock);
	if (!session->dead && session->streams->closed) {
		if (dir == IP_CT_DIR_ORIGINAL) {
			again = ntohl(th->seq) != help->isn[dir] ||
				READ_ONCE(help->flags) & NF_ALG_HELP_AGAIN;
			if (again)
				nf_alg_session_flags(ct, help,
						     NF_ALG_HELP_AGAIN, 0);
		} else if (ntohl(th->ack_seq) == help->isn[!dir] + 1) {
			/* One packet only finds it set */
			again = nf_alg_session_flags(ct, help, 0,
						     NF_ALG_HELP_AGAIN) &
				NF_ALG_HELP_AGAIN;
		}
	}
	spin_unlock_bh(&session->lock);
	if (again && dir == IP_CT_DIR_REPLY) {
		nf_alg_session_release(session);
		nf_alg_session_flags(ct, help, 0, NF_ALG_HELP_RAW);
	}
	return again;
}

/* Begin the session of a connection that both ends have agreed to; NULL if there
 * can be none
 */
static struct nf_alg_session *nf_alg_handshake_begin(struct sk_buff *skb,
						     struct nf_conn *ct,
						     struct nf_alg_help *help,
						     u8 dir)
{
	const struct nf_alg_protocol *protocol;
	struct nf_alg_session *session;

	protocol = nf_alg_protocol_find(help->protocol);
	if (!protocol) {
		nf_alg_handshake_raw(ct, help,
				     NF_ALG_REASON_NO_PROTOCOL_MODULE);
		return NULL;
	}
	session = nf_alg_session_begin(ct, help, protocol);
	if (!session)
		return NULL;
	spin_lock_bh(&session->lock);
	session->oif = nf_alg_flow_oif(skb, help->inside, dir);
	if (!session->dead)
		nf_alg_segment_route(&session->streams->dir[dir], skb);
	spin_unlock_bh(&session->lock);
	return session;
}

/* What follows the SYN/ACK of a connection that a host outside began. Whoever
 * acknowledges the number of the inside host has received it, so SYNs with forged
 * addresses cost no session. What has other numbers than both ends agreed on is
 * no part of the connection: nobody misses it, and bytes must not pass here that
 * a session would be asked about later.
 */
static noinline int nf_alg_handshake_third(struct sk_buff *skb,
					   unsigned int protoff,
					   struct nf_conn *ct,
					   struct nf_alg_help *help, u8 dir)
{
	u32 first = help->isn[IP_CT_DIR_ORIGINAL] + 1;
	struct nf_alg_session *session;
	struct tcphdr *th, _th;

	th = skb_header_pointer(skb, protoff, sizeof(_th), &_th);
	if (!th)
		return NF_ACCEPT;
	if (dir != IP_CT_DIR_ORIGINAL || !th->ack ||
	    ntohl(th->ack_seq) != help->isn[IP_CT_DIR_REPLY] + 1 ||
	    ntohl(th->seq) - first > U16_MAX)
		return skb->len > protoff + th->doff * 4 ? NF_DROP : NF_ACCEPT;

	session = nf_alg_handshake_begin(skb, ct, help, dir);
	if (!session)
		return NF_ACCEPT;
	nf_alg_session_flags(ct, help, 0, NF_ALG_HELP_ANSWERED);
	return nf_alg_stream_packet(session, skb, protoff, ct, help, dir);
}

/**
 * nf_alg_handshake() - a packet of a connection that has no session yet, or a
 * repeated SYN of one that has
 * @skb: packet
 * @protoff: offset of the TCP header
 * @ct: connection
 * @help: what it remembers
 * @dir: direction of the packet
 *
 * Return: NF_ACCEPT; NF_DROP if the packet could not be made writable.
 */
int nf_alg_handshake(struct sk_buff *skb, unsigned int protoff,
		     struct nf_conn *ct, struct nf_alg_help *help,
		     enum ip_conntrack_dir dir)
{
	struct tcphdr *th, _th;
	int optlen;
	u8 wscale;
	bool strip;
	u16 mss;

	th = skb_header_pointer(skb, protoff, sizeof(_th), &_th);
	if (!th)
		return NF_ACCEPT;
	if (!th->syn) {
		if (th->rst || rcu_access_pointer(help->session))
			return NF_ACCEPT;
		if (READ_ONCE(help->flags) & NF_ALG_HELP_ANSWERED)
			return nf_alg_handshake_third(skb, protoff, ct, help,
						      dir);
		/* Data, and no SYN/ACK seen: not from its first byte */
		return nf_alg_handshake_raw(ct, help, NF_ALG_REASON_MIDSTREAM);
	}
	/* Two SYNs that cross: nobody does that with a server */
	if (!th->ack != (dir == IP_CT_DIR_ORIGINAL))
		return nf_alg_handshake_raw(ct, help, NF_ALG_REASON_MIDSTREAM);
	optlen = th->doff * 4 - sizeof(*th);
	if (optlen < 0)
		return NF_ACCEPT;
	if (skb->len > protoff + sizeof(*th) + optlen)
		return nf_alg_handshake_raw(ct, help,
					    NF_ALG_REASON_TCP_SYN_DATA);

	if (skb_ensure_writable(skb, protoff + sizeof(*th) + optlen))
		return NF_DROP;
	th = (struct tcphdr *)(skb->data + protoff);
	if (!nf_alg_options_read((u8 *)(th + 1), optlen, &mss, &wscale, &strip))
		return nf_alg_handshake_raw(ct, help, NF_ALG_REASON_TCP_AUTH);
	if (dir == IP_CT_DIR_REPLY &&
	    !(READ_ONCE(help->flags) & NF_ALG_HELP_SYN))
		return nf_alg_handshake_raw(ct, help, NF_ALG_REASON_MIDSTREAM);
	/* A bridge forwards the answer: there is no route by which packets to
	 * the other end could be sent. A session that is there has its own.
	 */
	if (!rcu_access_pointer(help->session) &&
	    !nf_alg_route_usable(skb_dst(skb), nf_ct_l3num(ct)))
		return nf_alg_handshake_raw(ct, help, NF_ALG_REASON_BRIDGED);

	if (strip || th->ece || th->cwr || th->res1) {
		nf_alg_options_strip((u8 *)(th + 1), optlen);
		th->ece = 0;
		th->cwr = 0;
		th->res1 = 0;
		nf_alg_segment_checksum(skb, protoff);
	}
	if (!nf_alg_handshake_again(ct, help, th, dir))
		return NF_ACCEPT;

	/* A SYN that its SYN/ACK has overtaken, or that somebody has forged:
	 * conntrack begins no connection with it, and the host that answered
	 * stays with its answer
	 */
	if (dir == IP_CT_DIR_ORIGINAL &&
	    READ_ONCE(help->flags) & NF_ALG_HELP_ANSWERED &&
	    READ_ONCE(ct->proto.tcp.state) != TCP_CONNTRACK_SYN_SENT)
		return NF_ACCEPT;
	help->isn[dir] = ntohl(th->seq);
	help->window[dir] = ntohs(th->window);
	help->mss[dir] = mss;
	help->wscale[dir] = wscale;
	if (dir == IP_CT_DIR_ORIGINAL) {
		nf_alg_session_flags(ct, help, NF_ALG_HELP_SYN,
				     NF_ALG_HELP_ANSWERED);
		return NF_ACCEPT;
	}

	/* The sequence number must be what the SYN/ACK acknowledges */
	if (ntohl(th->ack_seq) != help->isn[IP_CT_DIR_ORIGINAL] + 1)
		return NF_ACCEPT;
	/* A stranger has yet to show that it can receive */
	if (!(help->inside & BIT(IP_CT_DIR_ORIGINAL))) {
		nf_alg_session_flags(ct, help, NF_ALG_HELP_ANSWERED, 0);
		return NF_ACCEPT;
	}
	nf_alg_handshake_begin(skb, ct, help, dir);
	return NF_ACCEPT;
}
