/* SPDX-License-Identifier: GPL-2.0 */
#ifndef IPSEC_STATE_H
#define IPSEC_STATE_H

#include <linux/hash.h>
#include <linux/netfilter.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include "netns.h"

#define IPSEC_PUBLICS 256

/**
 * struct ipsec_net - what the module knows in a namespace
 * @net: the namespace; no reference: this state ends with it
 * @an: the engine's state there; no reference: the module depends on the engine,
 *	whose state is set up before this one and taken down after it
 * @on: hooks are registered; written under nf_alg_net.config, read without
 * @gone: the namespace or the module goes; under nf_alg_net.config
 * @ending: it was @on until then; between the two steps of the exit
 * @low: first conntrack zone for tunnels; constant while @on
 * @high: last one, likewise
 * @hooks: ours in the packet's way, with this as what they are given
 * @templates: what gives a packet its zone, one for each CPU. This state has a
 *	reference to each, and packets on their way into conntrack have others;
 *	allocated before the hooks are there, put after the last packet is out
 *	of them.
 * @tunnels: by inside host and gateway
 * @clues: what packets show
 * @gateways: by address
 * @peers: by gateway and public address
 * @next: where a new gateway's search for a zone begins
 * @generation: counts calls of ipsec_tunnels_clear()
 * @publics: a bit for each hash of an address that a gateway has sent to; says
 *	which of two lookups is worth trying first
 * @unsettled: tunnels whose next packet must be looked at as it goes out
 * @held: first packets that wait, and those in @forgotten
 * @active: peers where a tunnel is pending or waits
 * @forgotten: packets whose tunnel is gone; freed by @learning, because
 *	freeing one may run the destructors of others
 * @active_lock: guards @active and @forgotten; innermost
 * @learning: ends what is pending, lets the next one go, frees what is
 *	forgotten. Queued under a gateway's lock for tunnels that are not dead,
 *	so it is cancelled after the last tunnel has ended.
 * @sweep: forgets tunnels that nobody uses. Queued by itself and by hooks, so
 *	it is cancelled after these are gone.
 */
struct ipsec_net {
	struct net *net;
	struct nf_alg_net *an;
	bool on;
	bool gone;
	bool ending;
	u16 low;
	u16 high;
	struct nf_hook_ops hooks[2];
	struct nf_conn *__percpu *templates;
	struct rhashtable tunnels;
	struct rhashtable clues;
	struct rhashtable gateways;
	struct rhashtable peers;
	u32 next;
	atomic_t generation;
	unsigned long publics[BITS_TO_LONGS(IPSEC_PUBLICS)];
	atomic_t unsettled;
	atomic_t held;
	struct list_head active;
	struct list_head forgotten;
	spinlock_t active_lock;
	struct delayed_work learning;
	struct delayed_work sweep;
};

/* Which of ipsec_net.publics an address has */
static inline u32 ipsec_public_bit(const union nf_inet_addr *addr)
{
	return hash_32(addr->all[0] ^ addr->all[3], ilog2(IPSEC_PUBLICS));
}

/* The module's state in a namespace; never NULL while it is loaded */
struct ipsec_net *ipsec_pernet(const struct net *net);

/**
 * ipsec_configure() - services may have changed
 * @an: namespace; its config mutex is held
 *
 * Hooks are there while there is an esp or ike service. With the last one all
 * tunnels are forgotten.
 *
 * Return: 0 or a negative errno.
 */
int ipsec_configure(struct nf_alg_net *an);

/* A number of ms or s that an option says, in jiffies */
static inline unsigned long ipsec_option_ms(const struct ipsec_net *ns,
					    enum nf_alg_option option)
{
	return msecs_to_jiffies(nf_alg_option(ns->an, option));
}

int ipsec_state_init(void);
void ipsec_state_exit(void);
int ipsec_state_hooks_init(void);
void ipsec_state_hooks_exit(void);

#endif /* IPSEC_STATE_H */
