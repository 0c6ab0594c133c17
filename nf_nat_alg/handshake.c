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
#include "netns.h"
#include "session.h"
#include "stream.h"

#define NF_ALG_TCPOPT_MD5 19 /* RFC 2385 */
#define NF_ALG_TCPOPT_AO 29 /* RFC 5925 */

static int nf_alg_handshake_raw(struct nf_conn *ct, struct nf_alg_help *help,
				enum nf_alg_reason reason)
{
	struct nf_alg_net *an = nf_alg_pernet(nf_ct_net(ct));

	help->flags |= NF_ALG_HELP_RAW;
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
static bool nf_alg_handshake_again(struct nf_alg_help *help,
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
				help->flags & NF_ALG_HELP_AGAIN;
			if (again)
				help->flags |= NF_ALG_HELP_AGAIN;
		} else if (help->flags & NF_ALG_HELP_AGAIN &&
			   ntohl(th->ack_seq) == help->isn[!dir] + 1) {
			/* One packet only finds it set */
			help->flags &= ~NF_ALG_HELP_AGAIN;
			again = true;
		}
	}
	spin_unlock_bh(&session->lock);
	if (again && dir == IP_CT_DIR_REPLY) {
		nf_alg_session_release(session);
		help->flags &= ~NF_ALG_HELP_RAW;
	}
	return again;
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
	const struct nf_alg_protocol *protocol;
	struct nf_alg_session *session;
	struct tcphdr *th, _th;
	int optlen;
	u8 wscale;
	bool strip;
	u16 mss;

	th = skb_header_pointer(skb, protoff, sizeof(_th), &_th);
	if (!th)
		return NF_ACCEPT;
	if (!th->syn) {
		/* Data, and no SYN/ACK seen: not from its first byte */
		if (th->rst || rcu_access_pointer(help->session))
			return NF_ACCEPT;
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
	if (dir == IP_CT_DIR_REPLY && !(help->flags & NF_ALG_HELP_SYN))
		return nf_alg_handshake_raw(ct, help, NF_ALG_REASON_MIDSTREAM);

	if (strip || th->ece || th->cwr || th->res1) {
		nf_alg_options_strip((u8 *)(th + 1), optlen);
		th->ece = 0;
		th->cwr = 0;
		th->res1 = 0;
		nf_alg_segment_checksum(skb, protoff);
	}
	if (!nf_alg_handshake_again(help, th, dir))
		return NF_ACCEPT;

	help->isn[dir] = ntohl(th->seq);
	help->window[dir] = ntohs(th->window);
	help->mss[dir] = mss;
	help->wscale[dir] = wscale;
	if (dir == IP_CT_DIR_ORIGINAL) {
		help->flags |= NF_ALG_HELP_SYN;
		return NF_ACCEPT;
	}

	/* The sequence number must be what the SYN/ACK acknowledges */
	if (ntohl(th->ack_seq) != help->isn[IP_CT_DIR_ORIGINAL] + 1)
		return NF_ACCEPT;
	protocol = nf_alg_protocol_find(help->protocol);
	if (!protocol)
		return nf_alg_handshake_raw(ct, help,
					    NF_ALG_REASON_NO_PROTOCOL_MODULE);
	session = nf_alg_session_begin(ct, help, protocol);
	if (session) {
		spin_lock_bh(&session->lock);
		if (!session->dead)
			nf_alg_segment_route(&session->streams->dir[dir], skb);
		spin_unlock_bh(&session->lock);
	}
	return NF_ACCEPT;
}
