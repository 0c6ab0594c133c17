/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_NETNS_H
#define NF_ALG_NETNS_H

#include <linux/bitmap.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rhashtable.h>
#include <linux/rwsem.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include "reason.h"

struct nf_alg_access_list;
struct nf_alg_service;

/* What each noun keeps per namespace; its file sets it up and takes it down */

/**
 * struct nf_alg_services - the ports of a namespace (service.c)
 * @tcp_ports: bitmap of TCP ports that have a service; NULL while there is none
 * @udp_ports: likewise UDP
 * @hash: services by port; RCU readers, writers hold nf_alg_net.config
 * @order: all of them in order of configuration
 */
struct nf_alg_services {
	unsigned long *tcp_ports;
	unsigned long *udp_ports;
	struct hlist_head hash[64];
	struct list_head order;
};

/**
 * struct nf_alg_sessions - the sessions of a namespace (session.c)
 * @list: those that have a connection, which holds the reference
 * @ids: likewise, by number, the lowest that is free; read under RCU
 * @unanswered: UDP flows that hosts outside began and nobody has answered yet,
 *	nf_alg_session.pool, the oldest first
 * @unanswered_count: how many
 * @strangers: those of them that an inside host has answered; whoever is first
 *	and has not spoken again makes room
 * @lock: guards @list, @unanswered, @strangers, @lost and @lost_list, and what
 *	@ids refers to; a session's lock may be taken inside it
 * @count: how many sessions exist, be it that only a timer still has one; the
 *	namespace goes when it is 0
 * @memory: bytes held and queued by all streams
 * @lost: connections nobody translates any more (lost.c), by sender and
 *	destination; RCU readers, written under @lock
 * @lost_list: their sessions, with a reference each, the oldest first; under
 *	@lock
 * @lost_count: how many, and how many more may become so because their
 *	connection has just left conntrack's table; 0 lets a new flow pass
 *	without a lookup
 * @leaving: the latter, twice each, by the bucket of each of its directions
 * @seed: of the hash of @lost and @leaving
 * @gone: sessions whose connection leaves conntrack's table, with a reference
 *	each; added to in any context, without a lock
 * @gone_work: detaches those, in process context
 * @sweep: looks for connections that went or were changed without a word, and
 *	forgets lost ones; scheduled while there is one of either
 */
struct nf_alg_sessions {
	struct list_head list;
	struct xarray ids;
	struct list_head unanswered;
	u32 unanswered_count;
	struct list_head strangers;
	spinlock_t lock;
	atomic_t count;
	atomic_long_t memory;
	struct hlist_head lost[64];
	struct list_head lost_list;
	atomic_t lost_count;
	atomic_t leaving[64];
	u32 seed;
	struct llist_head gone;
	struct work_struct gone_work;
	struct delayed_work sweep;
};

/**
 * struct nf_alg_bindings - the bindings of a namespace (binding.c)
 * @inside: by inside endpoint; one with several public addresses has several
 * @public: by public endpoint; listeners outside, and bindings without NAT, may
 *	have the same one in several zones
 * @remotes: struct nf_alg_remote, by binding and remote
 * @lock: taken to change bindings and who holds them; innermost
 * @count: how many; 0 lets a new flow pass without a lookup
 * @away: how many of them are listeners outside
 * @released: public ports of UDP that were given back lately: in this turn, and in
 *	the one before; NULL: none, or no memory; under @lock
 * @turned: when the turn began, in jiffies
 */
struct nf_alg_bindings {
	struct rhltable inside;
	struct rhltable public;
	struct rhashtable remotes;
	spinlock_t lock;
	atomic_t count;
	atomic_t away;
	unsigned long *released[2];
	unsigned long turned;
};

/**
 * struct nf_alg_calls - the calls and registrations of a namespace (call.c)
 * @table: by key; holds a reference to each
 * @count: how many are in @table
 * @live: how many exist, be it that only a timer or a reader still has one;
 *	the namespace goes when it is 0
 */
struct nf_alg_calls {
	struct rhashtable table;
	atomic_t count;
	atomic_t live;
};

/**
 * struct nf_alg_addresses - what the router has lost (public_address.c)
 * @gone: addresses that were taken away
 * @away: those that may come back; only @work looks at them
 * @away_count: how many
 * @work: ends what was bound to them, in process context
 */
struct nf_alg_addresses {
	struct llist_head gone;
	struct list_head away;
	unsigned int away_count;
	struct delayed_work work;
};

/**
 * struct nf_alg_hosts - who is charged for what (host.c)
 * @table: inside hosts by address, zone and VRF
 * @lock: taken to add and remove hosts
 * @count: charges of the whole namespace, by enum nf_alg_charge
 * @ports: public ports of the media range that are bound, of all addresses
 */
struct nf_alg_hosts {
	struct rhashtable table;
	spinlock_t lock;
	atomic_t count[5];
	atomic_t ports;
};

/**
 * struct nf_alg_net - all state of a namespace
 * @list: in nf_alg_nets, under nf_alg_nets_lock
 * @leaving: the namespace, or the engine, goes: no hook is registered and no
 *	work is scheduled any more; set under @config
 * @net: the namespace; this is a part of it, so no reference
 * @config: serializes configuration (services, access lists, options, hooks)
 * @generation: counts changes of the configuration; under @config
 * @hooked: the packet path's hooks are registered; under @config
 * @option: by enum nf_alg_option; READ_ONCE()
 * @access_lists: all of them, by name; writers hold @config
 * @media_from: whose media others may speak of, or NULL; RCU, written under
 *	@config
 * @big_hosts: who has no limits of its own, or NULL; likewise
 * @services: ports
 * @sessions: flows
 * @bindings: doors and media
 * @calls: their owners
 * @hosts: limits per inside host
 * @reasons: counters
 * @addresses: public ones that are no more
 */
struct nf_alg_net {
	struct list_head list;
	bool leaving;
	struct net *net;
	struct mutex config;
	u32 generation;
	bool hooked;
	u32 option[__NF_ALG_OPTION_MAX];
	struct list_head access_lists;
	struct nf_alg_access_list __rcu *media_from;
	struct nf_alg_access_list __rcu *big_hosts;
	struct nf_alg_services services;
	struct nf_alg_sessions sessions;
	struct nf_alg_bindings bindings;
	struct nf_alg_calls calls;
	struct nf_alg_hosts hosts;
	struct nf_alg_reasons __percpu *reasons;
	struct nf_alg_addresses addresses;
};

struct nf_alg_net *nf_alg_pernet(const struct net *net);

/* All namespaces whose state is up, also those that the kernel is just cleaning
 * up and for_each_net() does not see any more. A reader of the semaphore may
 * sleep, but waits for nothing that the exit of a namespace does.
 */
extern struct list_head nf_alg_nets;
extern struct rw_semaphore nf_alg_nets_lock;

/**
 * nf_alg_netns_released() - one object of a namespace less
 * @count: of objects; the namespace may be gone when this returns
 */
void nf_alg_netns_released(atomic_t *count);

/**
 * nf_alg_netns_wait() - wait until no object of a namespace is left
 * @count: of objects, counted down by nf_alg_netns_released()
 *
 * May sleep. Whoever has counted the last one down may still be running, but
 * looks at nothing of the namespace any more.
 */
void nf_alg_netns_wait(const atomic_t *count);

static inline u32 nf_alg_option(const struct nf_alg_net *an,
				enum nf_alg_option option)
{
	return READ_ONCE(an->option[option]);
}

/* Register the hooks when the first service or binding comes; caller holds
 * @config
 */
int nf_alg_hooks_register(struct nf_alg_net *an);
void nf_alg_hooks_unregister(struct nf_alg_net *an);

int nf_alg_netns_init(void);
void nf_alg_netns_exit(void);

/* Nouns, in the order in which they come up */
int nf_alg_reasons_init(struct nf_alg_net *an);
void nf_alg_reasons_exit(struct nf_alg_net *an);
void nf_alg_options_init(struct nf_alg_net *an);
void nf_alg_options_exit(struct nf_alg_net *an);
int nf_alg_hosts_init(struct nf_alg_net *an);
void nf_alg_hosts_exit(struct nf_alg_net *an);
void nf_alg_access_lists_init(struct nf_alg_net *an);
void nf_alg_access_lists_exit(struct nf_alg_net *an);
int nf_alg_services_init(struct nf_alg_net *an);
void nf_alg_services_exit(struct nf_alg_net *an);
int nf_alg_bindings_init(struct nf_alg_net *an);
void nf_alg_bindings_exit(struct nf_alg_net *an);
int nf_alg_calls_init(struct nf_alg_net *an);
void nf_alg_calls_exit(struct nf_alg_net *an);
void nf_alg_addresses_init(struct nf_alg_net *an);
void nf_alg_addresses_exit(struct nf_alg_net *an);
void nf_alg_sessions_init(struct nf_alg_net *an);
void nf_alg_sessions_end(struct nf_alg_net *an);
void nf_alg_sessions_exit(struct nf_alg_net *an);

#endif /* NF_ALG_NETNS_H */
