// SPDX-License-Identifier: GPL-2.0
/*
 * A packet's way through the module
 *
 * in	right before conntrack: whose is it? Conntrack gets it in the zone of its
 *	tunnel, so that several inside hosts may have the same addresses, and the
 *	same port, toward one gateway. NAT and firewall are the kernel's own.
 * out	last of all, in egress.c, and only for packets in our zones.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_nat.h>
#include <net/route.h>
#include <net/xfrm.h>
#include "egress.h"
#include "entry.h"
#include "learn.h"
#include "packet.h"
#include "report.h"
#include "service.h"
#include "state.h"
#include "tunnel.h"

static unsigned int ipsec_packet_pass(const struct ipsec_packet *packet,
				      enum nf_alg_reason reason)
{
	nf_alg_reason_count(packet->ns->an, reason);
	return NF_ACCEPT;
}

/* Where the header behind IP begins, or 0; fragments that nobody has put
 * together are none of ours
 */
static unsigned int ipsec_packet_payload(const struct sk_buff *skb, u8 family,
					 u8 *protocol)
{
	unsigned int start = skb_network_offset(skb);
	__be16 fragment;
	int off;

	if (family == NFPROTO_IPV4) {
		const struct iphdr *iph = ip_hdr(skb);

		*protocol = iph->protocol;
		return iph->frag_off & htons(IP_OFFSET) ? 0 :
							  start + iph->ihl * 4;
	}
	*protocol = ipv6_hdr(skb)->nexthdr;
	off = start + sizeof(struct ipv6hdr);
	if (!ipv6_ext_hdr(*protocol))
		return off;
	off = ipv6_skip_exthdr(skb, off, protocol, &fragment);
	return off < 0 || fragment & htons(IP6_OFFSET) ? 0 : off;
}

static __always_inline bool ipsec_packet_esp_at(const struct sk_buff *skb,
						unsigned int off,
						struct ipsec_esp *esp)
{
	u8 buffer[IPSEC_ESP_LEN];
	const u8 *data;

	data = skb_header_pointer(skb, off, sizeof(buffer), buffer);
	return data && ipsec_esp_parse(data, sizeof(buffer), esp);
}

bool ipsec_packet_esp(const struct sk_buff *skb, u8 family,
		      struct ipsec_esp *esp)
{
	unsigned int off;
	u8 protocol;

	off = ipsec_packet_payload(skb, family, &protocol);
	return off && protocol == IPPROTO_ESP &&
	       ipsec_packet_esp_at(skb, off, esp);
}

bool ipsec_packet_permitted(const struct ipsec_packet *packet,
			    enum nf_alg_protocol_id protocol)
{
	const struct nf_alg_endpoint host = {
		.addr = packet->source,
		.family = packet->family,
	};
	struct nf_alg_service *service;

	service =
		nf_alg_service_portless(packet->ns->an, protocol, packet->vrf);
	return service && nf_alg_access_list_permits(
				  rcu_dereference(service->list), &host);
}

/* Is it for this router itself, or for many */
static bool ipsec_packet_is_local(const struct ipsec_packet *packet)
{
#if IS_ENABLED(CONFIG_IPV6)
	const struct in6_addr *in6 = &packet->destination.in6;
#endif
	unsigned int type;

	if (packet->family == NFPROTO_IPV4) {
		type = inet_addr_type_dev_table(packet->ns->net,
						packet->state->in,
						packet->destination.ip);
		return type != RTN_UNICAST;
	}
#if IS_ENABLED(CONFIG_IPV6)
	return ipv6_addr_is_multicast(in6) ||
	       ipv6_addr_type(in6) & IPV6_ADDR_LINKLOCAL ||
	       ipv6_chk_addr(packet->ns->net, in6, NULL, 0);
#else
	return true;
#endif
}

static __always_inline struct ipsec_tunnel_key
ipsec_packet_key(const struct ipsec_packet *packet)
{
	return (struct ipsec_tunnel_key){
		.inside = packet->source,
		.gateway = packet->destination,
		.vrf = packet->vrf,
		.zone = packet->zone,
		.family = packet->family,
	};
}

/* The tunnel of an inside host that sends it, or NULL */
static __always_inline struct ipsec_tunnel *
ipsec_packet_tunnel(const struct ipsec_packet *packet)
{
	const struct ipsec_tunnel_key key = ipsec_packet_key(packet);

	return ipsec_tunnel_find(packet->ns, &key);
}

/* Conntrack's entry of its own for ESP between these two, without us */
static enum ipsec_entry_role
ipsec_packet_native(const struct ipsec_packet *packet,
		    enum ipsec_entry_verb verb)
{
	const struct ipsec_entry_flow flow = {
		.source = packet->source,
		.destination = packet->destination,
		.zone = packet->zone,
		.family = packet->family,
		.protocol = IPPROTO_ESP,
	};

	return ipsec_entry(packet->ns, &flow, verb);
}

bool ipsec_packet_answers(const struct ipsec_packet *packet,
			  const __be16 *ports)
{
	const struct ipsec_entry_flow flow = {
		.source = packet->source,
		.destination = packet->destination,
		.source_port = ports ? ports[0] : 0,
		.destination_port = ports ? ports[1] : 0,
		.zone = packet->zone,
		.family = packet->family,
		.protocol = ports ? IPPROTO_UDP : IPPROTO_ESP,
	};

	return ipsec_entry(packet->ns, &flow, IPSEC_ENTRY_LOOK) ==
	       IPSEC_ENTRY_REPLY;
}

/* The gateway and public address that a packet goes from and to, or NULL */
static struct ipsec_peer *ipsec_packet_peer(const struct ipsec_packet *packet)
{
	const struct ipsec_peer_key key = {
		.gateway = packet->source,
		.public = packet->destination,
		.zone = packet->zone,
		.family = packet->family,
	};

	return ipsec_peer_find(packet->ns, &key);
}

bool ipsec_packet_inward(const struct ipsec_packet *packet)
{
	return ipsec_packet_peer(packet);
}

struct ipsec_tunnel *ipsec_packet_outward(const struct ipsec_packet *packet,
					  enum nf_alg_protocol_id protocol,
					  const __be16 *ports)
{
	const struct ipsec_tunnel_key key = ipsec_packet_key(packet);
	const struct nf_alg_service *esp;
	struct nf_alg_service *service;
	struct ipsec_tunnel *tunnel;
	enum nf_alg_reason reason;

	/* What the other side began stays in conntrack's own entry, where the
	 * rules that admitted it have put it: an answer in another zone would
	 * be a new connection to the firewall.
	 */
	if (!ipsec_packet_permitted(packet, protocol) ||
	    ipsec_packet_is_local(packet) ||
	    ipsec_packet_answers(packet, ports))
		return NULL;
	esp = nf_alg_service_portless(packet->ns->an, NF_ALG_PROTOCOL_ESP,
				      packet->vrf);
	tunnel = ipsec_tunnel_begin(packet->ns, &key,
				    esp ? READ_ONCE(esp->spi_match) :
					  NF_ALG_PREDICATE_NONE,
				    0, &reason);
	if (!tunnel) {
		ipsec_packet_pass(packet, reason);
		/* What never got through makes room */
		if (reason == NF_ALG_REASON_LIMIT_TUNNELS)
			mod_delayed_work(system_wq, &packet->ns->sweep, 0);
		return NULL;
	}
	service =
		nf_alg_service_portless(packet->ns->an, protocol, packet->vrf);
	if (service)
		atomic64_inc(&service->hits);
	/* Its ESP leaves the entry that it has had without us */
	if (ipsec_packet_permitted(packet, NF_ALG_PROTOCOL_ESP)) {
		WRITE_ONCE(tunnel->esp, true);
		ipsec_packet_native(packet, IPSEC_ENTRY_KILL);
	}
	return tunnel;
}

/* That of this CPU is in a packet that waits somewhere */
static noinline struct nf_conn *
ipsec_packet_spare_template(const struct ipsec_packet *packet, u16 id)
{
	struct nf_conntrack_zone zone;

	nf_ct_zone_init(&zone, id, NF_CT_DEFAULT_ZONE_DIR, 0);
	return nf_ct_tmpl_alloc(packet->ns->net, &zone, GFP_ATOMIC);
}

/* A template of this CPU alone, as nft's "ct zone set" does it */
static __always_inline bool
ipsec_packet_template(const struct ipsec_packet *packet, u16 id)
{
	struct nf_conn *template = *raw_cpu_ptr(packet->ns->templates);
	int idle = 1;
	const struct nf_conntrack_zone zone = {
		.id = id,
		.dir = NF_CT_DEFAULT_ZONE_DIR,
	};

	/* Taken at once: where bottom halves can be preempted, another packet
	 * of this CPU may be between two steps of this
	 */
	if (likely(atomic_try_cmpxchg_acquire(&template->ct_general.use.refs,
					      &idle, idle + 1))) {
		nf_ct_zone_add(template, &zone);
	} else {
		template = ipsec_packet_spare_template(packet, id);
		if (!template)
			return false;
	}
	nf_reset_ct(packet->skb);
	nf_ct_set(packet->skb, template, IP_CT_NEW);
	return true;
}

unsigned int ipsec_packet_track(const struct ipsec_packet *packet,
				const struct ipsec_tunnel *tunnel)
{
	bool process = !in_softirq();
	enum ip_conntrack_info ctinfo;
	unsigned int verdict;
	struct nf_conn *ct;

	/* A packet that comes back from user space comes in process context */
	if (unlikely(process))
		local_bh_disable();
	if (tunnel && !ipsec_packet_template(packet, tunnel->zone)) {
		nf_alg_reason_count(packet->ns->an, NF_ALG_REASON_NO_MEMORY);
		verdict = NF_DROP;
	} else {
		verdict = nf_conntrack_in(packet->skb, packet->state);
	}
	if (unlikely(process))
		local_bh_enable();

	ct = nf_ct_get(packet->skb, &ctinfo);
	if (tunnel && ct && unlikely(!nf_ct_is_confirmed(ct)) &&
	    !ipsec_egress_attach(ct))
		nf_alg_reason_count(packet->ns->an,
				    nfct_help(ct) ?
					    NF_ALG_REASON_FOREIGN_HELPER :
					    NF_ALG_REASON_NO_MEMORY);
	return verdict;
}

/* A gateway's packet begins an entry of conntrack's: NAT's rules do not know
 * where it goes
 */
static noinline unsigned int
ipsec_packet_enter_new(const struct ipsec_packet *packet,
		       const struct ipsec_tunnel *tunnel, struct nf_conn *ct)
{
	struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS,
		.min_addr = tunnel->key.inside,
		.max_addr = tunnel->key.inside,
	};
	unsigned int verdict;

	if (!nf_ct_is_confirmed(ct) &&
	    !(ct->status & (IPS_NAT_DONE_MASK | IPS_TEMPLATE))) {
		if (nf_ct_protonum(ct) == IPPROTO_UDP) {
			range.flags |= NF_NAT_RANGE_PROTO_SPECIFIED;
			range.min_proto.all = htons(IPSEC_IKE_PORT);
			range.max_proto.all = htons(IPSEC_IKE_PORT);
		}
		verdict = nf_nat_setup_info(ct, &range, NF_NAT_MANIP_DST);
		if (verdict != NF_ACCEPT)
			return verdict;
	}
	/* For this packet alone: an entry that says "expected" needs a master */
	nf_ct_set(packet->skb, ct, IP_CT_RELATED);
	return NF_ACCEPT;
}

/* Test whether an entry leads what the gateway sends to the tunnel's host */
static __always_inline bool
ipsec_packet_leads(const struct nf_conn *ct, enum ip_conntrack_info ctinfo,
		   const struct ipsec_tunnel *tunnel)
{
	return nf_inet_addr_cmp(
		&ct->tuplehash[!CTINFO2DIR(ctinfo)].tuple.src.u3,
		&tunnel->key.inside);
}

/* Somebody else has made an entry in the tunnel's zone that leads elsewhere. It
 * would last as long as the gateway talks, so a new one takes its place.
 */
static noinline unsigned int
ipsec_packet_replace(const struct ipsec_packet *packet,
		     const struct ipsec_tunnel *tunnel, struct nf_conn *ct)
{
	nf_ct_kill(ct);
	return ipsec_packet_track(packet, tunnel);
}

unsigned int ipsec_packet_enter(const struct ipsec_packet *packet,
				const struct ipsec_tunnel *tunnel, bool known)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(packet->skb, &ctinfo);
	unsigned int verdict;

	if (unlikely(!ct))
		return NF_ACCEPT;
	if (likely(ipsec_packet_leads(ct, ctinfo, tunnel))) {
		if (likely(ctinfo != IP_CT_NEW))
			return NF_ACCEPT;
	} else if (nf_ct_is_confirmed(ct)) {
		verdict = ipsec_packet_replace(packet, tunnel, ct);
		if (verdict != NF_ACCEPT)
			return verdict;
		ct = nf_ct_get(packet->skb, &ctinfo);
		if (!ct)
			return NF_ACCEPT;
		/* Made again on another CPU */
		if (nf_ct_is_confirmed(ct))
			return ipsec_packet_leads(ct, ctinfo, tunnel) ?
				       NF_ACCEPT :
				       NF_DROP;
	}
	/* Conntrack's entry is gone, or has not seen the inside host yet */
	if (!known) {
		nf_alg_reason_count(packet->ns->an, NF_ALG_REASON_SPI_UNKNOWN);
		return NF_DROP;
	}
	return ipsec_packet_enter_new(packet, tunnel, ct);
}

static __always_inline struct ipsec_clue *
ipsec_packet_clue(const struct ipsec_packet *packet, enum ipsec_clue_kind kind,
		  u64 value)
{
	const struct ipsec_clue_key key = {
		.from = packet->source,
		.to = packet->destination,
		.value = value,
		.zone = packet->zone,
		.kind = kind,
		.family = packet->family,
	};

	return ipsec_clue_find(packet->ns, &key);
}

struct ipsec_tunnel *ipsec_packet_back(const struct ipsec_packet *packet)
{
	struct ipsec_clue *clue = ipsec_packet_clue(packet, IPSEC_CLUE_BACK, 0);

	return clue ? clue->tunnel : NULL;
}

/* Return: true for the first packet of a tick */
static bool ipsec_packet_use(struct ipsec_tunnel *tunnel)
{
	u32 now = jiffies;

	if (likely(READ_ONCE(tunnel->used) == now))
		return false;
	WRITE_ONCE(tunnel->used, now);
	return true;
}

/* Does this router itself have the SA */
static bool ipsec_packet_is_own_sa(const struct ipsec_packet *packet,
				   __be32 spi)
{
#if IS_ENABLED(CONFIG_XFRM)
	const xfrm_address_t *destination = (const void *)&packet->destination;
	unsigned short family = packet->family == NFPROTO_IPV4 ? AF_INET :
								 AF_INET6;
	struct xfrm_state *x;

	x = xfrm_state_lookup(packet->ns->net, packet->skb->mark, destination,
			      spi, IPPROTO_ESP, family);
	if (x)
		xfrm_state_put(x);
	return x;
#else
	return false;
#endif
}

/* An SPI that is not known comes from a gateway of ours */
static noinline unsigned int
ipsec_packet_strange(const struct ipsec_packet *packet, struct ipsec_peer *peer,
		     const struct ipsec_esp *esp)
{
	struct ipsec_net *ns = packet->ns;
	enum nf_alg_evidence evidence;
	struct ipsec_tunnel *tunnel;
	enum nf_alg_reason reason;
	unsigned int verdict;
	bool native;

	if (ipsec_packet_is_own_sa(packet, esp->spi))
		return NF_ACCEPT;
	/* Of an inside host that the service does not permit */
	native = ipsec_packet_native(packet, IPSEC_ENTRY_LOOK) !=
		 IPSEC_ENTRY_NONE;
	tunnel = ipsec_learn_in(ns, peer, esp, native, &evidence, &reason);
	if (!tunnel && native)
		return NF_ACCEPT;
	if (!tunnel) {
		nf_alg_reason_count(ns->an, reason);
		ipsec_report_dropped(ns, peer, esp->spi, reason);
		return NF_DROP;
	}
	ipsec_packet_use(tunnel);
	verdict = ipsec_packet_track(packet, tunnel);
	if (verdict != NF_ACCEPT)
		return verdict;
	return ipsec_packet_enter(packet, tunnel,
				  evidence != NF_ALG_EVIDENCE_SOLE);
}

/* It has an SPI that is known */
static unsigned int ipsec_packet_known(const struct ipsec_packet *packet,
				       struct ipsec_clue *clue,
				       const struct ipsec_esp *esp)
{
	struct ipsec_tunnel *tunnel = clue->tunnel;
	u32 now = jiffies;
	bool firm = READ_ONCE(clue->firm);
	unsigned int verdict;

	if (READ_ONCE(clue->used) != now)
		WRITE_ONCE(clue->used, now);
	if (unlikely(!firm))
		tunnel = ipsec_learn_firm(packet->ns, clue);
	else if (unlikely(esp->seq == 1))
		nf_alg_reason_count(packet->ns->an, NF_ALG_REASON_SPI_CLASH);
	ipsec_packet_use(tunnel);
	verdict = ipsec_packet_track(packet, tunnel);
	if (verdict != NF_ACCEPT)
		return verdict;
	return ipsec_packet_enter(
		packet, tunnel,
		firm || clue->evidence != NF_ALG_EVIDENCE_SOLE ||
			tunnel != clue->tunnel);
}

/* An entry that is confirmed may be older than the module, or somebody else may
 * have made it. How it is translated is known already, so where it has no room
 * for a helper, or says other things than the tunnel, it is looked at here.
 */
static noinline unsigned int
ipsec_packet_leave_early(const struct ipsec_packet *packet,
			 const struct ipsec_tunnel *tunnel)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(packet->skb, &ctinfo);

	if (!ct || !nf_ct_is_confirmed(ct))
		return NF_ACCEPT;
	if (!ipsec_egress_differs(tunnel, ct, ctinfo)) {
		if (!READ_ONCE(tunnel->unsettled))
			return NF_ACCEPT;
		/* That it is unsettled is seen before the helper is looked at */
		smp_mb();
		if (ipsec_egress_attach(ct))
			return NF_ACCEPT;
	}
	return ipsec_egress_look(packet->ns, packet->skb, ct, ctinfo, false);
}

/* Test whether an SPI that is not the tunnel's latest one needs no learning: of
 * two SAs in use both are known. Takes no lock.
 */
static noinline bool ipsec_packet_sent_before(const struct ipsec_packet *packet,
					      const struct ipsec_tunnel *tunnel,
					      __be32 spi)
{
	const struct ipsec_peer *peer = rcu_dereference(tunnel->peer);
	struct ipsec_clue_key key;
	struct ipsec_clue *clue;
	u32 now = jiffies;

	if (READ_ONCE(tunnel->plain))
		return true;
	if (!peer)
		return false;
	/* It is looked at as it goes out anyhow */
	if (READ_ONCE(tunnel->unsettled))
		return true;
	key = ipsec_tunnel_clue(peer, IPSEC_CLUE_OUT, ntohl(spi));
	clue = ipsec_clue_find(packet->ns, &key);
	if (!clue || clue->tunnel != tunnel)
		return false;
	if (READ_ONCE(clue->used) != now)
		WRITE_ONCE(clue->used, now);
	return true;
}

/* The same for ESP, which a tunnel of IKE alone has left to conntrack */
static struct ipsec_tunnel *
ipsec_packet_esp_back(const struct ipsec_packet *packet)
{
	struct ipsec_tunnel *tunnel = ipsec_packet_back(packet);

	return tunnel && READ_ONCE(tunnel->esp) ? tunnel : NULL;
}

/* Nothing of a tunnel has got through, and its host answers what the other side
 * began: that is in the zone of a tunnel without NAT of ours, or conntrack has
 * it without us. Return: true if it is, with its verdict.
 */
static bool ipsec_packet_needless(const struct ipsec_packet *packet,
				  struct ipsec_tunnel *tunnel,
				  unsigned int *verdict)
{
	struct ipsec_tunnel *back;

	if (rcu_access_pointer(tunnel->peer))
		return false;
	back = ipsec_packet_esp_back(packet);
	if (!back && !ipsec_packet_answers(packet, NULL))
		return false;
	ipsec_tunnel_forget(packet->ns, tunnel);
	*verdict = NF_ACCEPT;
	if (back) {
		ipsec_packet_use(back);
		*verdict = ipsec_packet_track(packet, back);
	}
	return true;
}

static unsigned int ipsec_packet_leave(const struct ipsec_packet *packet,
				       struct ipsec_tunnel *tunnel,
				       const struct ipsec_esp *esp)
{
	bool first = ipsec_packet_use(tunnel);
	unsigned int verdict;

	if (unlikely(esp->spi != READ_ONCE(tunnel->last_out)) &&
	    !ipsec_packet_sent_before(packet, tunnel, esp->spi)) {
		if (ipsec_packet_needless(packet, tunnel, &verdict))
			return verdict;
		ipsec_learn_ahead(packet->ns, tunnel);
	}
	verdict = ipsec_packet_track(packet, tunnel);
	if (unlikely(first || READ_ONCE(tunnel->unsettled)) &&
	    verdict == NF_ACCEPT)
		return ipsec_packet_leave_early(packet, tunnel);
	return verdict;
}

/* No tunnel of an inside host, no gateway that is known */
static noinline unsigned int
ipsec_packet_esp_new(const struct ipsec_packet *packet,
		     const struct ipsec_esp *esp)
{
	struct ipsec_tunnel *tunnel = ipsec_packet_esp_back(packet);

	if (tunnel) {
		ipsec_packet_use(tunnel);
		return ipsec_packet_track(packet, tunnel);
	}

	tunnel = ipsec_packet_outward(packet, NF_ALG_PROTOCOL_ESP, NULL);
	if (tunnel)
		return ipsec_packet_leave(packet, tunnel, esp);
	return NF_ACCEPT;
}

static __always_inline unsigned int
ipsec_packet_esp_in(const struct ipsec_packet *packet)
{
	struct ipsec_net *ns = packet->ns;
	struct ipsec_tunnel *tunnel;
	struct ipsec_peer *peer;
	struct ipsec_clue *clue;
	struct ipsec_esp esp;

	if (!ipsec_packet_esp_at(packet->skb, packet->off, &esp))
		return ipsec_packet_pass(packet, NF_ALG_REASON_ESP_MALFORMED);

	/* A bit says where it probably goes; the key says it surely. What a
	 * gateway sends to a public address of ours is never an inside host's,
	 * even where this router does not own that address.
	 */
	if (test_bit(ipsec_public_bit(&packet->destination), ns->publics)) {
		clue = ipsec_packet_clue(packet, IPSEC_CLUE_IN, ntohl(esp.spi));
		if (likely(clue))
			return ipsec_packet_known(packet, clue, &esp);
		peer = ipsec_packet_peer(packet);
		if (peer)
			return ipsec_packet_strange(packet, peer, &esp);
	}

	tunnel = ipsec_packet_tunnel(packet);
	if (unlikely(!tunnel))
		return ipsec_packet_esp_new(packet, &esp);
	if (unlikely(!READ_ONCE(tunnel->esp))) {
		/* Its IKE was first */
		if (!ipsec_packet_permitted(packet, NF_ALG_PROTOCOL_ESP))
			return NF_ACCEPT;
		WRITE_ONCE(tunnel->esp, true);
	}
	return ipsec_packet_leave(packet, tunnel, &esp);
}

/* What an ICMP error is about */
struct ipsec_quote {
	union nf_inet_addr source;
	union nf_inet_addr destination;
	unsigned int off;
	u8 protocol;
};

static bool ipsec_packet_quote(const struct ipsec_packet *packet,
			       struct ipsec_quote *quote)
{
	const struct sk_buff *skb = packet->skb;
	unsigned int off = packet->off + sizeof(struct icmphdr);

	memset(quote, 0, sizeof(*quote));
	if (packet->family == NFPROTO_IPV4) {
		struct iphdr buffer, *iph;

		iph = skb_header_pointer(skb, off, sizeof(buffer), &buffer);
		if (!iph || iph->frag_off & htons(IP_OFFSET))
			return false;
		quote->source.ip = iph->saddr;
		quote->destination.ip = iph->daddr;
		quote->protocol = iph->protocol;
		quote->off = off + iph->ihl * 4;
	} else {
		struct ipv6hdr buffer, *iph;

		iph = skb_header_pointer(skb, off, sizeof(buffer), &buffer);
		if (!iph)
			return false;
		quote->source.in6 = iph->saddr;
		quote->destination.in6 = iph->daddr;
		quote->protocol = iph->nexthdr;
		quote->off = off + sizeof(buffer);
	}
	return true;
}

/* Is it an error: those quote the packet they are about */
static bool ipsec_packet_is_error(const struct ipsec_packet *packet)
{
	u8 buffer, *type;

	type = skb_header_pointer(packet->skb, packet->off, 1, &buffer);
	if (!type)
		return false;
	if (packet->family == NFPROTO_IPV6)
		return !(*type & ICMPV6_INFOMSG_MASK);
	return *type == ICMP_DEST_UNREACH || *type == ICMP_SOURCE_QUENCH ||
	       *type == ICMP_TIME_EXCEEDED || *type == ICMP_PARAMETERPROB;
}

/* One of the 8 bytes of a UDP header that an error quotes is no cookie: where
 * several tunnels keep the port nobody knows
 */
static struct ipsec_tunnel *ipsec_packet_only(const struct ipsec_packet *packet,
					      const struct ipsec_peer_key *key)
{
	struct ipsec_peer *peer = ipsec_peer_find(packet->ns, key);
	struct ipsec_tunnel *tunnel = NULL;

	if (!peer)
		return NULL;
	spin_lock_bh(&peer->gateway->lock);
	if (!peer->dead && peer->count == 1)
		tunnel = list_first_entry(&peer->tunnels, struct ipsec_tunnel,
					  peer_list);
	spin_unlock_bh(&peer->gateway->lock);
	return tunnel;
}

/* Of which tunnel is the packet that an error is about */
static struct ipsec_tunnel *
ipsec_packet_about(const struct ipsec_packet *packet,
		   const struct ipsec_quote *quote)
{
	const struct ipsec_peer_key peer_key = {
		.gateway = quote->destination,
		.public = quote->source,
		.zone = packet->zone,
		.family = packet->family,
	};
	struct ipsec_tunnel_key key = {
		.inside = quote->destination,
		.gateway = quote->source,
		.vrf = packet->vrf,
		.zone = packet->zone,
		.family = packet->family,
	};
	struct ipsec_clue_key clue_key = {
		.from = quote->destination,
		.to = quote->source,
		.zone = packet->zone,
		.kind = IPSEC_CLUE_OUT,
		.family = packet->family,
	};
	struct ipsec_tunnel *tunnel;
	struct ipsec_clue *clue;
	struct ipsec_esp esp;
	__be16 ports[2], *p;

	if (quote->protocol == IPPROTO_ESP) {
		if (!ipsec_packet_esp_at(packet->skb, quote->off, &esp))
			return NULL;
		clue_key.value = ntohl(esp.spi);
		clue = ipsec_clue_find(packet->ns, &clue_key);
		if (clue)
			return clue->tunnel;
		/* It went in, and the inside answers */
		return ipsec_tunnel_find(packet->ns, &key);
	}
	if (quote->protocol != IPPROTO_UDP)
		return NULL;
	p = skb_header_pointer(packet->skb, quote->off, sizeof(ports), ports);
	if (!p || p[0] != htons(IPSEC_IKE_PORT) ||
	    p[1] != htons(IPSEC_IKE_PORT))
		return NULL;
	tunnel = ipsec_packet_only(packet, &peer_key);
	if (!tunnel)
		tunnel = ipsec_tunnel_find(packet->ns, &key);
	if (tunnel &&
	    !ipsec_tunnel_entries(packet->ns, tunnel, IPSEC_ENTRY_LOOK))
		return NULL;
	return tunnel;
}

static unsigned int ipsec_packet_icmp(const struct ipsec_packet *packet)
{
	struct ipsec_tunnel *tunnel;
	struct ipsec_quote quote;

	if (!ipsec_packet_is_error(packet) ||
	    !ipsec_packet_quote(packet, &quote) ||
	    (quote.protocol != IPPROTO_ESP && quote.protocol != IPPROTO_UDP))
		return NF_ACCEPT;
	tunnel = ipsec_packet_about(packet, &quote);
	return tunnel ? ipsec_packet_track(packet, tunnel) : NF_ACCEPT;
}

/* The user's zone; false: it is somebody else's */
static __always_inline bool ipsec_packet_zone(const struct sk_buff *skb,
					      u16 *id)
{
	const struct nf_conntrack_zone *zone;
	struct nf_conntrack_zone buffer;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	*id = 0;
	if (likely(!ct && ctinfo != IP_CT_UNTRACKED))
		return true;
	if (!ct || !nf_ct_is_template(ct))
		return false;
	zone = nf_ct_zone_tmpl(ct, skb, &buffer);
	*id = zone->id;
	return true;
}

/* Nearly no device is in one */
static __always_inline int ipsec_packet_vrf(const struct net_device *in)
{
	if (likely(!netif_is_l3_slave(in) && !netif_is_l3_master(in)))
		return 0;
	return l3mdev_master_ifindex_rcu(in);
}

/* One end of it is the IKE port */
static bool ipsec_packet_is_ike(const struct sk_buff *skb, unsigned int off)
{
	__be16 buffer[2], *ports;

	ports = skb_header_pointer(skb, off, sizeof(buffer), buffer);
	return ports && (ports[0] == htons(IPSEC_IKE_PORT) ||
			 ports[1] == htons(IPSEC_IKE_PORT));
}

static __always_inline unsigned int
ipsec_packet_in(const struct ipsec_packet *packet, u8 protocol)
{
	if (likely(protocol == IPPROTO_ESP))
		return ipsec_packet_esp_in(packet);
	switch (protocol) {
	case IPPROTO_UDP:
		if (!ipsec_packet_is_ike(packet->skb, packet->off))
			return NF_ACCEPT;
		return ipsec_cookie_in(packet);
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return ipsec_packet_icmp(packet);
	case IPPROTO_AH:
		if (ipsec_packet_permitted(packet, NF_ALG_PROTOCOL_ESP) &&
		    !ipsec_packet_is_local(packet))
			nf_alg_reason_count(packet->ns->an, NF_ALG_REASON_AH);
		return NF_ACCEPT;
	default:
		return NF_ACCEPT;
	}
}

/* Not inline: other packets pay for no stack of its */
static noinline unsigned int ipsec_packet_in4(struct ipsec_net *ns,
					      struct sk_buff *skb,
					      const struct nf_hook_state *state)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct ipsec_packet packet = {
		.ns = ns,
		.skb = skb,
		.state = state,
		.off = skb_network_offset(skb) + iph->ihl * 4,
		.source.ip = iph->saddr,
		.destination.ip = iph->daddr,
		.vrf = ipsec_packet_vrf(state->in),
		.family = NFPROTO_IPV4,
	};

	if (unlikely(iph->frag_off & htons(IP_OFFSET)) ||
	    !ipsec_packet_zone(skb, &packet.zone))
		return NF_ACCEPT;
	return ipsec_packet_in(&packet, iph->protocol);
}

#if IS_ENABLED(CONFIG_IPV6)
static noinline unsigned int ipsec_packet_in6(struct ipsec_net *ns,
					      struct sk_buff *skb,
					      const struct nf_hook_state *state)
{
	const struct ipv6hdr *iph = ipv6_hdr(skb);
	struct ipsec_packet packet = {
		.ns = ns,
		.skb = skb,
		.state = state,
		.source.in6 = iph->saddr,
		.destination.in6 = iph->daddr,
		.vrf = ipsec_packet_vrf(state->in),
		.family = NFPROTO_IPV6,
	};
	u8 protocol;

	packet.off = ipsec_packet_payload(skb, NFPROTO_IPV6, &protocol);
	if (!packet.off || !ipsec_packet_zone(skb, &packet.zone))
		return NF_ACCEPT;
	return ipsec_packet_in(&packet, protocol);
}
#endif

/* Could a UDP datagram be IKE? Whether the ports of one in pieces are, and of
 * one that ends before them, is looked at behind; to read on in a linear buffer
 * is safe, for skb_shared_info follows.
 */
static __always_inline bool ipsec_packet_may_be_ike(const struct sk_buff *skb,
						    const __be16 *ports)
{
	return skb_is_nonlinear(skb) || ports[0] == htons(IPSEC_IKE_PORT) ||
	       ports[1] == htons(IPSEC_IKE_PORT);
}

/* IPv4 without options: version and header length */
#define IPSEC_IPV4_PLAIN 0x45

/* All that other packets pay: no stack, no call. In PRE_ROUTING the data begin
 * with the IP header.
 */
static unsigned int ipsec_hook_in4(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	const struct iphdr *iph = (const void *)skb->data;

	switch (iph->protocol) {
	case IPPROTO_UDP:
		if (likely(skb->data[0] == IPSEC_IPV4_PLAIN &&
			   !ipsec_packet_may_be_ike(skb,
						    (const void *)(iph + 1))))
			return NF_ACCEPT;
		break;
	case IPPROTO_ESP:
	case IPPROTO_AH:
	case IPPROTO_ICMP:
		break;
	default:
		return NF_ACCEPT;
	}
	return ipsec_packet_in4(priv, skb, state);
}

#if IS_ENABLED(CONFIG_IPV6)
static unsigned int ipsec_hook_in6(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	const struct ipv6hdr *iph = (const void *)skb->data;

	switch (iph->nexthdr) {
	case IPPROTO_UDP:
		if (likely(!ipsec_packet_may_be_ike(skb,
						    (const void *)(iph + 1))))
			return NF_ACCEPT;
		break;
	case IPPROTO_TCP:
		return NF_ACCEPT;
	}
	return ipsec_packet_in6(priv, skb, state);
}
#endif

static const struct nf_hook_ops ipsec_hooks[] = {
	{
		.hook = ipsec_hook_in4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = IPSEC_PRI_IN,
	},
#if IS_ENABLED(CONFIG_IPV6)
	{
		.hook = ipsec_hook_in6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = IPSEC_PRI_IN,
	},
#endif
};

/* That NAT has a hook of ours to ask brings its own up; rules translate */
static unsigned int ipsec_hook_nat(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static const struct nf_hook_ops ipsec_nat4 = {
	.hook = ipsec_hook_nat,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_PRE_ROUTING,
	.priority = NF_IP_PRI_FIRST,
};

#if IS_ENABLED(CONFIG_IPV6)
static const struct nf_hook_ops ipsec_nat6 = {
	.hook = ipsec_hook_nat,
	.pf = NFPROTO_IPV6,
	.hooknum = NF_INET_PRE_ROUTING,
	.priority = NF_IP6_PRI_FIRST,
};
#endif

static void ipsec_nat_unregister(struct net *net)
{
#if IS_ENABLED(CONFIG_IPV6)
	nf_nat_ipv6_unregister_fn(net, &ipsec_nat6);
#endif
	nf_nat_ipv4_unregister_fn(net, &ipsec_nat4);
}

static int ipsec_nat_register(struct net *net)
{
	int err;

	err = nf_nat_ipv4_register_fn(net, &ipsec_nat4);
#if IS_ENABLED(CONFIG_IPV6)
	if (err)
		return err;
	err = nf_nat_ipv6_register_fn(net, &ipsec_nat6);
	if (err)
		nf_nat_ipv4_unregister_fn(net, &ipsec_nat4);
#endif
	return err;
}

/**
 * ipsec_hooks_register() - see a namespace's packets from now on
 * @ns: namespace; the engine's config mutex is held
 *
 * Return: 0 or a negative errno.
 */
int ipsec_hooks_register(struct ipsec_net *ns)
{
	int err, i;

	BUILD_BUG_ON(sizeof(ns->hooks) < sizeof(ipsec_hooks));

	/* They are given their namespace's state and need not look for it */
	for (i = 0; i < ARRAY_SIZE(ipsec_hooks); i++) {
		ns->hooks[i] = ipsec_hooks[i];
		ns->hooks[i].priv = ns;
	}
	err = nf_ct_netns_get(ns->net, NFPROTO_INET);
	if (err)
		return err;
	err = ipsec_nat_register(ns->net);
	if (err)
		goto conntrack;
	err = nf_register_net_hooks(ns->net, ns->hooks,
				    ARRAY_SIZE(ipsec_hooks));
	if (err)
		goto nat;
	return 0;

nat:
	ipsec_nat_unregister(ns->net);
conntrack:
	nf_ct_netns_put(ns->net, NFPROTO_INET);
	return err;
}

/**
 * ipsec_hooks_unregister() - take our hooks out of the packets' way
 * @ns: namespace; the engine's config mutex is held
 *
 * Packets may be in them until RCU has had a grace period.
 */
void ipsec_hooks_unregister(struct ipsec_net *ns)
{
	nf_unregister_net_hooks(ns->net, ns->hooks, ARRAY_SIZE(ipsec_hooks));
	ipsec_nat_unregister(ns->net);
	nf_ct_netns_put(ns->net, NFPROTO_INET);
}
