/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_NETNS_H
#define NF_ALG_NETNS_H

#include <linux/bitmap.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
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
 * @list: all of them
 * @lock: guards @list
 * @count: how many
 * @memory: bytes held and queued by all streams
 * @lost: connections nobody translates any more (lost.c), by sender and
 *	destination; RCU readers, written under @lock
 * @lost_list: their sessions; under @lock
 * @lost_count: how many; 0 lets a new flow pass without a lookup
 * @gone: sessions whose connection expired while a lock was held that comes
 *	after theirs; @gone_work parts them
 * @gone_work: process context
 */
struct nf_alg_sessions {
	struct list_head list;
	spinlock_t lock;
	atomic_t count;
	atomic_long_t memory;
	struct hlist_head lost[64];
	struct list_head lost_list;
	u32 lost_count;
	struct llist_head gone;
	struct work_struct gone_work;
};

/**
 * struct nf_alg_bindings - the bindings of a namespace (binding.c)
 * @inside: by inside endpoint; one with several public addresses has several
 * @public: by public endpoint
 * @lock: taken to change bindings and who holds them; innermost
 * @count: how many; 0 lets a new flow pass without a lookup
 * @away: how many of them are listeners outside
 */
struct nf_alg_bindings {
	struct rhltable inside;
	struct rhashtable public;
	spinlock_t lock;
	atomic_t count;
	atomic_t away;
};

/**
 * struct nf_alg_calls - the calls and registrations of a namespace (call.c)
 * @table: by key
 * @count: how many
 */
struct nf_alg_calls {
	struct rhashtable table;
	atomic_t count;
};

/**
 * struct nf_alg_addresses - what the router has lost (public_address.c)
 * @gone: addresses that were taken away
 * @work: ends what was bound to them, in process context
 */
struct nf_alg_addresses {
	struct llist_head gone;
	struct work_struct work;
};

/**
 * struct nf_alg_hosts - who is charged for what (host.c)
 * @table: inside hosts by address, zone and VRF
 * @lock: taken to add and remove hosts
 * @count: charges of the whole namespace, by enum nf_alg_charge
 */
struct nf_alg_hosts {
	struct rhashtable table;
	spinlock_t lock;
	atomic_t count[4];
};

/**
 * struct nf_alg_net - all state of a namespace
 * @net: the namespace
 * @config: serializes configuration (services, access lists, options, hooks)
 * @generation: counts changes of the configuration; under @config
 * @hooked: the packet path's hooks are registered; under @config
 * @option: by enum nf_alg_option; READ_ONCE()
 * @access_lists: all of them, by name; writers hold @config
 * @media_from: whose media others may speak of, or NULL; RCU, written under
 *	@config
 * @services: ports
 * @sessions: flows
 * @bindings: doors and media
 * @calls: their owners
 * @hosts: limits per inside host
 * @reasons: counters
 * @addresses: public ones that are no more
 */
struct nf_alg_net {
	struct net *net;
	struct mutex config;
	u32 generation;
	bool hooked;
	u32 option[__NF_ALG_OPTION_MAX];
	struct list_head access_lists;
	struct nf_alg_access_list __rcu *media_from;
	struct nf_alg_services services;
	struct nf_alg_sessions sessions;
	struct nf_alg_bindings bindings;
	struct nf_alg_calls calls;
	struct nf_alg_hosts hosts;
	struct nf_alg_reasons __percpu *reasons;
	struct nf_alg_addresses addresses;
};

struct nf_alg_net *nf_alg_pernet(const struct net *net);

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
void nf_alg_sessions_exit(struct nf_alg_net *an);

#endif /* NF_ALG_NETNS_H */
