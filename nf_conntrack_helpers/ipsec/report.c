// SPDX-License-Identifier: GPL-2.0
/*
 * What is told to natctl: the list of tunnels, and events
 */
#include <linux/jiffies.h>
#include <linux/ratelimit.h>
#include "event.h"
#include "report.h"
#include "state.h"
#include "tunnel.h"

static struct nf_alg_endpoint ipsec_endpoint(const union nf_inet_addr *addr,
					     u8 family)
{
	return (struct nf_alg_endpoint){ .addr = *addr, .family = family };
}

/* Say it, of a tunnel and a peer; one of them may be NULL */
static void ipsec_report(struct ipsec_net *ns,
			 const struct ipsec_tunnel *tunnel,
			 const struct ipsec_peer *peer,
			 struct nf_alg_event_spi *what)
{
	struct nf_alg_endpoint inside, gateway, global = {};

	if (tunnel) {
		inside =
			ipsec_endpoint(&tunnel->key.inside, tunnel->key.family);
		gateway = ipsec_endpoint(&tunnel->key.gateway,
					 tunnel->key.family);
		what->inside = &inside;
	}
	if (peer) {
		global = ipsec_endpoint(&peer->key.public, peer->key.family);
		gateway = ipsec_endpoint(&peer->key.gateway, peer->key.family);
	}
	what->protocol = NF_ALG_PROTOCOL_ESP;
	what->public = &global;
	what->gateway = &gateway;
	__nf_alg_event_spi(ns->an, what);
}

void ipsec_report_tunnel(struct ipsec_net *ns,
			 const struct ipsec_tunnel *tunnel,
			 enum nf_alg_event event)
{
	struct nf_alg_event_spi what = { .event = event };

	if (nf_alg_event_wanted(ns->an))
		ipsec_report(ns, tunnel, ipsec_tunnel_peer(tunnel), &what);
}

void ipsec_report_spi(struct ipsec_net *ns, const struct ipsec_tunnel *tunnel,
		      const struct ipsec_peer *peer, enum nf_alg_event event,
		      __be32 spi, enum nf_alg_evidence evidence)
{
	struct nf_alg_event_spi what = {
		.event = event,
		.spi = spi,
		.evidence = evidence,
	};

	if (nf_alg_event_wanted(ns->an))
		ipsec_report(ns, tunnel, peer, &what);
}

void ipsec_report_dropped(struct ipsec_net *ns, const struct ipsec_peer *peer,
			  __be32 spi, enum nf_alg_reason reason)
{
	static DEFINE_RATELIMIT_STATE(limit, HZ, 10);
	struct nf_alg_event_spi what = {
		.event = NF_ALG_EVENT_SPI_DROPPED,
		.spi = spi,
		.reason = reason,
	};

	if (!nf_alg_event_wanted(ns->an))
		return;
	ratelimit_set_flags(&limit, RATELIMIT_MSG_ON_RELEASE);
	if (__ratelimit(&limit))
		ipsec_report(ns, NULL, peer, &what);
}

static const char *ipsec_tunnel_state(const struct ipsec_tunnel *tunnel,
				      const struct ipsec_clue *in)
{
	if (tunnel->plain)
		return "untranslated";
	if (!list_empty(&tunnel->waiting))
		return "waiting";
	if (!list_empty(&tunnel->pending) && !tunnel->answered)
		return "pending";
	if (in)
		return in->firm ? "live" : "tentative";
	return "new";
}

static int ipsec_put_spi(struct sk_buff *skb, const struct ipsec_clue *clue)
{
	struct nlattr *nest;

	nest = nla_nest_start(skb, NF_ALG_A_TUNNEL_SPI);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, NF_ALG_A_SPI_SPI, clue->key.value) ||
	    nla_put_u8(skb, NF_ALG_A_SPI_INBOUND,
		       clue->key.kind == IPSEC_CLUE_IN) ||
	    nla_put_u8(skb, NF_ALG_A_SPI_EVIDENCE, clue->evidence) ||
	    nla_put_u8(skb, NF_ALG_A_SPI_FIRM, clue->firm) ||
	    nla_put_u32(skb, NF_ALG_A_SPI_IDLE,
			((u32)jiffies - READ_ONCE(clue->used)) / HZ)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* Its SPIs and cookies, the latest first; the gateway's lock is held */
static int ipsec_put_clues(struct sk_buff *skb,
			   const struct ipsec_tunnel *tunnel)
{
	const struct ipsec_clue *clue, *in = NULL;
	u32 cookies = 0;

	list_for_each_entry(clue, &tunnel->clues, list) {
		if (clue->key.kind == IPSEC_CLUE_COOKIE) {
			cookies++;
			if (nla_put_u64_64bit(skb, NF_ALG_A_TUNNEL_COOKIE,
					      clue->key.value,
					      NF_ALG_A_TUNNEL_PAD))
				return -EMSGSIZE;
		}
		if (clue->key.kind == IPSEC_CLUE_IN && !in)
			in = clue;
		if ((clue->key.kind == IPSEC_CLUE_IN ||
		     clue->key.kind == IPSEC_CLUE_OUT) &&
		    ipsec_put_spi(skb, clue))
			return -EMSGSIZE;
	}
	return nla_put_string(skb, NF_ALG_A_TUNNEL_STATE,
			      ipsec_tunnel_state(tunnel, in)) ||
	       nla_put_u32(skb, NF_ALG_A_TUNNEL_COOKIES, cookies) ||
	       nla_put_u8(skb, NF_ALG_A_TUNNEL_ANSWERED, tunnel->answered) ||
	       (tunnel->ahead &&
		nla_put_u8(skb, NF_ALG_A_TUNNEL_AHEAD, tunnel->ahead)) ||
	       (in &&
		(nla_put_u32(skb, NF_ALG_A_TUNNEL_SPI_IN, in->key.value) ||
		 nla_put_u8(skb, NF_ALG_A_TUNNEL_EVIDENCE, in->evidence)));
}

int ipsec_report_fill(struct sk_buff *skb, const void *object)
{
	const struct ipsec_tunnel *tunnel = object;
	struct nf_alg_endpoint inside, gateway, global = {};
	__be32 last_out = READ_ONCE(tunnel->last_out);
	const struct ipsec_peer *peer;
	u32 now = jiffies;
	int err;

	inside = ipsec_endpoint(&tunnel->key.inside, tunnel->key.family);
	gateway = ipsec_endpoint(&tunnel->key.gateway, tunnel->key.family);
	peer = rcu_dereference(tunnel->peer);
	if (peer)
		global = ipsec_endpoint(&peer->key.public, peer->key.family);

	err = nla_put_u16(skb, NF_ALG_A_TUNNEL_ZONE, tunnel->zone) ||
	      (tunnel->key.zone &&
	       nla_put_u16(skb, NF_ALG_A_TUNNEL_USER_ZONE, tunnel->key.zone)) ||
	      (tunnel->key.vrf &&
	       nla_put_u32(skb, NF_ALG_A_TUNNEL_VRF, tunnel->key.vrf)) ||
	      nf_alg_put_endpoint(skb, NF_ALG_A_TUNNEL_INSIDE_LOCAL, &inside) ||
	      nf_alg_put_endpoint(skb, NF_ALG_A_TUNNEL_INSIDE_GLOBAL,
				  &global) ||
	      nf_alg_put_endpoint(skb, NF_ALG_A_TUNNEL_OUTSIDE_GLOBAL,
				  &gateway) ||
	      nla_put_u32(skb, NF_ALG_A_TUNNEL_AGE,
			  (now - tunnel->created) / HZ) ||
	      nla_put_u32(skb, NF_ALG_A_TUNNEL_IDLE,
			  (now - READ_ONCE(tunnel->used)) / HZ) ||
	      (last_out &&
	       nla_put_u32(skb, NF_ALG_A_TUNNEL_SPI_OUT, ntohl(last_out)));
	if (err)
		return -EMSGSIZE;
	spin_lock_bh(&tunnel->gateway->lock);
	err = tunnel->dead ? 0 : ipsec_put_clues(skb, tunnel);
	spin_unlock_bh(&tunnel->gateway->lock);
	return err ? -EMSGSIZE : 0;
}
