/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tunnels: what an inside host and a gateway have with each other
 */
#ifndef IPSEC_TUNNEL_H
#define IPSEC_TUNNEL_H

#include <linux/rhashtable.h>
#include <linux/xarray.h>
#include "clue.h"
#include "endpoint.h"
#include "entry.h"

struct ipsec_held;
struct ipsec_net;
struct nf_alg_host;

/**
 * struct ipsec_gateway_key - an address
 * @addr: address
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 */
struct ipsec_gateway_key {
	union nf_inet_addr addr;
	u32 family;
};

/**
 * struct ipsec_gateway - a gateway, and the zones in use toward it
 * @node: in ipsec_net.gateways
 * @key: its address
 * @lock: taken to learn, and to change its tunnels and peers
 * @zones: tunnels by zone, counted from ipsec_net.low: the packets of two
 *	gateways differ anyhow, so a zone serves one tunnel of each gateway
 * @next: where the search for a zone goes on, so that one rests before it is
 *	used again
 * @tunnels: how many
 * @dead: it is no longer in the table; under @lock
 * @rcu: freed after a grace period
 *
 * Found under RCU. Its tunnels own it: the last one, when it ends, takes it out
 * of the table. Peers of it have tunnels, so they go first.
 */
struct ipsec_gateway {
	struct rhash_head node;
	struct ipsec_gateway_key key;
	spinlock_t lock;
	struct xarray zones;
	u32 next;
	u32 tunnels;
	bool dead;
	struct rcu_head rcu;
};

/**
 * struct ipsec_peer_key - where a gateway sends to
 * @gateway: its address
 * @public: the address it sends to
 * @zone: the user's conntrack zone
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 */
struct ipsec_peer_key {
	union nf_inet_addr gateway;
	union nf_inet_addr public;
	u16 zone;
	u16 family;
};

/* SPIs of nobody that a peer remembers */
#define IPSEC_PEER_STRANGE 16

/**
 * struct ipsec_strange - an SPI that came and was nobody's
 * @spi: network order; 0: none
 * @since: when it came first without a pause, in jiffies
 * @last: when it came last, in jiffies
 */
struct ipsec_strange {
	__be32 spi;
	u32 since;
	u32 last;
};

/**
 * struct ipsec_peer - a gateway and one of our public addresses
 * @node: in ipsec_net.peers
 * @key: constant
 * @gateway: constant; its lock guards all that follows. No reference: a peer
 *	ends with its last tunnel, and each tunnel keeps the gateway. Whoever has
 *	found the peer under RCU may read the gateway under the same RCU.
 * @count: tunnels between the two
 * @complete: how many of them have an SPI of the gateway's
 * @tunnels: those
 * @pending: those whose new SPI has gone out and has no answer; the first one's
 *	time is up first
 * @waiting: those whose first packet is held until it is their turn
 * @hinted: those that had a key exchange a moment ago and no new SPI yet
 * @active: in ipsec_net.active, under its lock
 * @strange: SPIs that came and were nobody's: what came before a tunnel's turn
 *	is no answer to it
 * @dead: it is no longer in the table; also read without the lock
 * @rcu: freed after a grace period
 *
 * Found under RCU. Its tunnels own it: the last one that leaves it takes it out
 * of the table and of ipsec_net.active.
 */
struct ipsec_peer {
	struct rhash_head node;
	struct ipsec_peer_key key;
	struct ipsec_gateway *gateway;
	u32 count;
	u32 complete;
	struct list_head tunnels;
	struct list_head pending;
	struct list_head waiting;
	struct list_head hinted;
	struct list_head active;
	struct ipsec_strange strange[IPSEC_PEER_STRANGE];
	bool dead;
	struct rcu_head rcu;
};

/**
 * struct ipsec_tunnel_key - what an inside host sends
 * @inside: the inside host
 * @gateway: whom it sends to
 * @vrf: ifindex of its VRF, or 0
 * @zone: the user's conntrack zone
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * Compared as words of 8 bytes.
 */
struct ipsec_tunnel_key {
	union nf_inet_addr inside;
	union nf_inet_addr gateway;
	s32 vrf;
	u16 zone;
	u16 family;
} __aligned(8);

/**
 * struct ipsec_tunnel - what an inside host and a gateway have
 * @node: in ipsec_net.tunnels
 * @key: constant
 * @gateway: constant; kept by being counted in ipsec_gateway.tunnels
 * @host: who is charged; kept from nf_alg_host_charge() until the tunnel ends,
 *	which discharges it
 * @zone: conntrack zone of its packets; constant
 * @match: enum nf_alg_predicate that its SPIs are matched by; constant
 * @esp: an esp service permits its inside host; else its ESP is conntrack's
 *	alone, and only IKE is ours
 * @dead: it is no longer in the tables; under the gateway's lock
 * @plain: no NAT, or none of ours: conntrack alone does what is to do
 * @unsettled: its next packet is looked at as it goes out
 * @complete: it has an SPI of the gateway's, or had one
 * @answered: an SPI was learned since the latest one went out
 * @last_out: the latest SPI that went out, settled or not; network order
 * @used: time of the latest packet in jiffies; without a lock
 * @created: time of its birth in jiffies; constant
 * @generation: ipsec_net.generation at its birth; constant
 * @peer: gateway and public address; NULL until that is known. Kept by being
 *	counted in ipsec_peer.count; written under the gateway's lock, read under
 *	RCU.
 * @peer_list: in ipsec_peer.tunnels
 * @clues: all of its clues, newest first
 * @pending: in ipsec_peer.pending
 * @waiting: in ipsec_peer.waiting
 * @hinted: in ipsec_peer.hinted
 * @held: the packet that waits, or NULL; owned by the tunnel under the
 *	gateway's lock, until ipsec_wait_take() or ipsec_wait_forget()
 * @out_since: when @last_out went out first, in jiffies
 * @turn_since: beginning of its latest turn, in jiffies
 * @hint_since: beginning of the key exchange, in jiffies
 * @pending_until: end of its turn, in jiffies
 * @retry_at: not pending again before this time, in jiffies
 * @tries: turns without an answer since the last answer
 * @ahead: SPIs learned by a key exchange whose other half did not go out yet
 * @hint_until: end of the hint, in jiffies
 * @hint: there is one that was not used
 * @exchange: digests of the latest exchanges that made an SA, so that a
 *	repeated message is no news
 * @rcu: freed after a grace period
 *
 * Found under RCU; what is not said to be constant is written under the
 * gateway's lock, but for @used and @esp. It is in ipsec_net.tunnels, which owns
 * it, until ipsec_tunnel_end(), which also drops all of its clues; it is freed a
 * grace period later, so whoever has found it or one of its clues under RCU may
 * go on with it, and asks @dead under the lock before changing anything.
 *
 * It points to none of conntrack's entries: those are looked up by its zone, and
 * ctnetlink, conntrackd or a flush may remove or make them at any time.
 */
struct ipsec_tunnel {
	struct rhash_head node;
	struct ipsec_tunnel_key key;
	struct ipsec_gateway *gateway;
	struct nf_alg_host *host;
	u16 zone;
	u8 match;
	bool esp;
	bool dead;
	bool plain;
	bool unsettled;
	bool complete;
	bool answered;
	bool hint;
	u8 tries;
	u8 ahead;
	__be32 last_out;
	u32 used;
	u32 created;
	u32 generation;
	struct ipsec_peer __rcu *peer;
	struct list_head peer_list;
	struct list_head clues;
	struct list_head pending;
	struct list_head waiting;
	struct list_head hinted;
	struct ipsec_held *held;
	u32 out_since;
	u32 turn_since;
	u32 hint_since;
	unsigned long pending_until;
	unsigned long retry_at;
	unsigned long hint_until;
	u32 exchange[4];
	struct rcu_head rcu;
};

/* The tunnel of an inside host and a gateway, or NULL; caller holds RCU */
struct ipsec_tunnel *ipsec_tunnel_find(struct ipsec_net *ns,
				       const struct ipsec_tunnel_key *key);

/* The tunnel of a zone toward a gateway, or NULL; caller holds RCU */
struct ipsec_tunnel *ipsec_tunnel_of_zone(struct ipsec_net *ns,
					  const union nf_inet_addr *gateway,
					  u8 family, u16 zone);

/**
 * ipsec_tunnel_begin() - an inside host begins to talk to a gateway
 * @ns: namespace
 * @key: who to whom
 * @match: enum nf_alg_predicate of its service
 * @zone: the conntrack zone it must have, in the namespace's range; 0: any
 * @reason: where the reason of a refusal is put; NF_ALG_REASON_NONE: another
 *	tunnel to this gateway has the zone
 *
 * Caller holds RCU, bottom halves are off.
 *
 * Return: the tunnel, which may exist already, or NULL.
 */
struct ipsec_tunnel *ipsec_tunnel_begin(struct ipsec_net *ns,
					const struct ipsec_tunnel_key *key,
					u8 match, u16 zone,
					enum nf_alg_reason *reason);

/**
 * ipsec_tunnel_end() - forget a tunnel
 * @ns: namespace
 * @tunnel: tunnel; its gateway's lock is held
 *
 * The conntrack entries in its zone stay; see ipsec_tunnel_entries().
 */
void ipsec_tunnel_end(struct ipsec_net *ns, struct ipsec_tunnel *tunnel);

/* ipsec_tunnel_end() where no lock is held; caller holds RCU */
void ipsec_tunnel_forget(struct ipsec_net *ns, struct ipsec_tunnel *tunnel);

/**
 * ipsec_tunnel_entries() - look for conntrack entries in a tunnel's zone
 * @ns: namespace
 * @tunnel: tunnel; RCU is held
 * @verb: what is to be done with them
 *
 * Return: true if there were any.
 */
bool ipsec_tunnel_entries(struct ipsec_net *ns,
			  const struct ipsec_tunnel *tunnel,
			  enum ipsec_entry_verb verb);

/**
 * ipsec_tunnel_public() - it is known how the gateway sees an inside host
 * @ns: namespace
 * @tunnel: tunnel; its gateway's lock is held
 * @public: address
 *
 * Where it changes, all that was learned with the old one is forgotten.
 *
 * Return: the peer, or NULL if there is no memory.
 */
struct ipsec_peer *ipsec_tunnel_public(struct ipsec_net *ns,
				       struct ipsec_tunnel *tunnel,
				       const union nf_inet_addr *public);

/**
 * ipsec_tunnel_unpeer() - forget how the gateway sees an inside host
 * @ns: namespace
 * @tunnel: tunnel; its gateway's lock is held
 *
 * With it go the SPIs of both directions and the packet that waits.
 */
void ipsec_tunnel_unpeer(struct ipsec_net *ns, struct ipsec_tunnel *tunnel);

/* Its next packet must (not) be looked at; the gateway's lock is held */
void ipsec_tunnel_unsettle(struct ipsec_net *ns, struct ipsec_tunnel *tunnel);
void ipsec_tunnel_settle(struct ipsec_net *ns, struct ipsec_tunnel *tunnel);

/* A gateway and a public address that have tunnels, or NULL; caller holds RCU */
struct ipsec_peer *ipsec_peer_find(struct ipsec_net *ns,
				   const struct ipsec_peer_key *key);

/* Its peer, where the gateway's lock is held */
struct ipsec_peer *ipsec_tunnel_peer(const struct ipsec_tunnel *tunnel);

/* What a clue of this kind looks like for a tunnel whose peer is known */
struct ipsec_clue_key ipsec_tunnel_clue(const struct ipsec_peer *peer,
					enum ipsec_clue_kind kind, u64 value);

/**
 * ipsec_tunnels_clear() - forget tunnels, and their conntrack entries
 * @ns: namespace
 * @inside: inside host; family 0: all
 * @public: public address; family 0: all
 *
 * May sleep.
 *
 * Return: how many there were.
 */
unsigned int ipsec_tunnels_clear(struct ipsec_net *ns,
				 const struct nf_alg_endpoint *inside,
				 const struct nf_alg_endpoint *public);

/* Forget those that nobody uses any more; the work of ipsec_net.sweep */
void ipsec_tunnels_sweep(struct work_struct *work);

int ipsec_tunnels_init(struct ipsec_net *ns);
void ipsec_tunnels_exit(struct ipsec_net *ns);
int ipsec_tunnel_cache_init(void);
void ipsec_tunnel_cache_exit(void);

#endif /* IPSEC_TUNNEL_H */
