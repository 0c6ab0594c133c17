/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Clues: what a packet shows that tells whose it is
 */
#ifndef IPSEC_CLUE_H
#define IPSEC_CLUE_H

#include <linux/netfilter.h>
#include <linux/rhashtable.h>
#include <linux/nf_nat_alg.h>

struct ipsec_net;
struct ipsec_tunnel;

/**
 * enum ipsec_clue_kind - what a clue is
 * @IPSEC_CLUE_IN: SPI of the gateway's packets; from: gateway, to: public
 * @IPSEC_CLUE_OUT: SPI of the inside host's packets; from: gateway, to: public
 * @IPSEC_CLUE_HASHED: half of an SPI that is awaited by SPI matching, where the
 *	inside host began: the hash of the SPI that comes in
 * @IPSEC_CLUE_HALF: likewise where the gateway began: the half itself
 * @IPSEC_CLUE_COOKIE: IKE initiator's cookie; from: gateway, to: nobody
 * @IPSEC_CLUE_BACK: addresses of what comes back to a tunnel without NAT
 */
enum ipsec_clue_kind {
	IPSEC_CLUE_IN,
	IPSEC_CLUE_OUT,
	IPSEC_CLUE_HASHED,
	IPSEC_CLUE_HALF,
	IPSEC_CLUE_COOKIE,
	IPSEC_CLUE_BACK,
};

/**
 * struct ipsec_clue_key - what a packet shows
 * @from: sender, or as enum ipsec_clue_kind says
 * @to: receiver, likewise
 * @value: SPI; half of one, and above it enum nf_alg_predicate; or cookie
 * @zone: conntrack zone a rule of the user's has given
 * @kind: enum ipsec_clue_kind
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * Compared as words of 8 bytes.
 */
struct ipsec_clue_key {
	union nf_inet_addr from;
	union nf_inet_addr to;
	u64 value;
	u16 zone;
	u8 kind;
	u8 family;
	u32 spare;
} __aligned(8);

/**
 * struct ipsec_clue - a clue and its tunnel
 * @node: in ipsec_net.clues
 * @key: constant
 * @tunnel: whose it is; constant. It drops its clues when it ends and is freed
 *	after them, so under the RCU by which the clue was found it is valid.
 * @list: in ipsec_tunnel.clues, newest first; under the gateway's lock
 * @rcu: freed after a grace period
 * @used: time of the latest packet in jiffies
 * @born: when it was learned, in jiffies
 * @evidence: enum nf_alg_evidence
 * @firm: of IPSEC_CLUE_IN: a second packet came with it
 * @tied: of IPSEC_CLUE_HASHED and _HALF: two tunnels wait for the same half
 *
 * Found under RCU.
 */
struct ipsec_clue {
	struct rhash_head node;
	struct ipsec_clue_key key;
	struct ipsec_tunnel *tunnel;
	union {
		struct list_head list;
		struct rcu_head rcu;
	};
	u32 used;
	u32 born;
	u8 evidence;
	bool firm;
	bool tied;
};

/**
 * ipsec_clue_find() - whose is what a packet shows
 * @ns: namespace
 * @key: what it shows
 *
 * Caller holds RCU.
 *
 * Return: the clue, or NULL.
 */
struct ipsec_clue *ipsec_clue_find(struct ipsec_net *ns,
				   const struct ipsec_clue_key *key);

/**
 * ipsec_clue_add() - learn a clue
 * @ns: namespace
 * @tunnel: whose it is; its gateway's lock is held
 * @key: what a packet shows
 * @evidence: why we believe it
 *
 * Of a kind there are at most spis-per-tunnel; the one that was used least
 * recently makes way, a firm one only after a minute.
 *
 * Return: the clue, or NULL if there is one of another tunnel, no memory, or
 * none that makes way.
 */
struct ipsec_clue *ipsec_clue_add(struct ipsec_net *ns,
				  struct ipsec_tunnel *tunnel,
				  const struct ipsec_clue_key *key,
				  enum nf_alg_evidence evidence);

/**
 * ipsec_clue_move() - a clue is another tunnel's
 * @ns: namespace
 * @clue: the clue, which is in the table
 * @tunnel: whose it is, of the same gateway, whose lock is held
 * @evidence: why we believe it
 *
 * Whoever looks for it finds it at any time. @clue itself is forgotten.
 *
 * Return: the clue that takes its place, not firm; NULL if there is no memory,
 * or none of the tunnel's makes way: then nothing has changed.
 */
struct ipsec_clue *ipsec_clue_move(struct ipsec_net *ns,
				   struct ipsec_clue *clue,
				   struct ipsec_tunnel *tunnel,
				   enum nf_alg_evidence evidence);

/* Forget one; its gateway's lock is held */
void ipsec_clue_drop(struct ipsec_net *ns, struct ipsec_clue *clue);

/* Forget those of a kind; the gateway's lock is held */
void ipsec_clues_drop(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
		      enum ipsec_clue_kind kind);

int ipsec_clues_init(struct ipsec_net *ns);
void ipsec_clues_exit(struct ipsec_net *ns);
int ipsec_clue_cache_init(void);
void ipsec_clue_cache_exit(void);

#endif /* IPSEC_CLUE_H */
