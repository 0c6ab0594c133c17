// SPDX-License-Identifier: GPL-2.0
/*
 * Inside hosts and what they are charged for
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "host.h"
#include "netns.h"
#include "option.h"
#include "port.h"

/* A fair share of a total is one of so many */
#define NF_ALG_HOST_SHARES 64

/* Ports of a few calls, whatever the range */
#define NF_ALG_HOST_PORTS_MIN 8u

static struct kmem_cache *nf_alg_host_cache __read_mostly;

static const struct rhashtable_params nf_alg_host_params = {
	.head_offset = offsetof(struct nf_alg_host, node),
	.key_offset = offsetof(struct nf_alg_host, key),
	.key_len = sizeof(struct nf_alg_host_key),
	.automatic_shrinking = true,
};

/* Where the limits of each kind stand, and the reason of a refusal */
static const struct {
	enum nf_alg_option total;
	enum nf_alg_option per_host; /* NF_ALG_OPTION_UNSPEC: a fair share only */
	enum nf_alg_reason reason;
	bool fair;
} nf_alg_charges[__NF_ALG_CHARGE_MAX] = {
	[NF_ALG_CHARGE_SESSION] = {
		.total = NF_ALG_OPTION_SESSIONS_MAX,
		.per_host = NF_ALG_OPTION_SESSIONS_PER_HOST,
		.reason = NF_ALG_REASON_LIMIT_SESSIONS,
		.fair = true,
	},
	[NF_ALG_CHARGE_CALL] = {
		.total = NF_ALG_OPTION_CALLS_MAX,
		.per_host = NF_ALG_OPTION_CALLS_PER_HOST,
		.reason = NF_ALG_REASON_LIMIT_CALLS,
		.fair = true,
	},
	[NF_ALG_CHARGE_BINDING] = {
		.total = NF_ALG_OPTION_BINDINGS_MAX,
		.per_host = NF_ALG_OPTION_BINDINGS_PER_HOST,
		.reason = NF_ALG_REASON_LIMIT_BINDINGS,
		.fair = true,
	},
	[NF_ALG_CHARGE_TUNNEL] = {
		.total = NF_ALG_OPTION_TUNNELS_MAX,
		.per_host = NF_ALG_OPTION_TUNNELS_PER_HOST,
		.reason = NF_ALG_REASON_LIMIT_TUNNELS,
	},
	[NF_ALG_CHARGE_STRANGER] = {
		.total = NF_ALG_OPTION_STRANGERS_MAX,
		.reason = NF_ALG_REASON_LIMIT_STRANGERS,
		.fair = true,
	},
};

/* Count one more unless that were too many */
static bool nf_alg_host_count(atomic_t *count, u32 limit)
{
	int old = atomic_read(count);

	do {
		if ((u32)old >= limit)
			return false;
	} while (!atomic_try_cmpxchg(count, &old, old + 1));
	return true;
}

/* The last eighth of a total is for hosts that have less than a 64th of it, so
 * that no few hosts can use up what all others need. @used counts the host's new
 * one already.
 */
static bool nf_alg_host_fair(const struct nf_alg_host *host,
			     enum nf_alg_charge what, u32 used, u32 max)
{
	if (max < NF_ALG_HOST_SHARES || used <= max - max / 8)
		return true;
	return atomic_read(&host->count[what]) < max / NF_ALG_HOST_SHARES;
}

/* Charge a host itself, which the total has room for. Hosts of the list
 * big-hosts have no limit of their own.
 */
static bool nf_alg_host_permits(struct nf_alg_net *an, struct nf_alg_host *host,
				enum nf_alg_charge what)
{
	enum nf_alg_option per_host = nf_alg_charges[what].per_host;

	if (nf_alg_charges[what].fair &&
	    unlikely(!nf_alg_host_fair(
		    host, what, atomic_read(&an->hosts.count[what]),
		    nf_alg_option(an, nf_alg_charges[what].total))))
		return false;
	if (per_host != NF_ALG_OPTION_UNSPEC &&
	    nf_alg_host_count(&host->count[what], nf_alg_option(an, per_host)))
		return true;
	if (per_host != NF_ALG_OPTION_UNSPEC &&
	    !nf_alg_big_host(an, &host->key.host))
		return false;
	atomic_inc(&host->count[what]);
	return true;
}

/* Find a host or begin it; with a reference */
static struct nf_alg_host *nf_alg_host_take(struct nf_alg_hosts *hosts,
					    const struct nf_alg_host_key *key)
{
	struct nf_alg_host *host, *fresh;

	rcu_read_lock();
	host = rhashtable_lookup(&hosts->table, key, nf_alg_host_params);
	if (host && !refcount_inc_not_zero(&host->refs))
		host = NULL;
	rcu_read_unlock();
	if (host)
		return host;

	fresh = kmem_cache_zalloc(nf_alg_host_cache, GFP_ATOMIC);
	if (!fresh)
		return NULL;
	fresh->key = *key;
	fresh->minute = jiffies;
	INIT_LIST_HEAD(&fresh->lingering);
	refcount_set(&fresh->refs, 1);

	/* The last reference is dropped under this lock as well, so a host that
	 * is found now is alive.
	 */
	spin_lock_bh(&hosts->lock);
	host = rhashtable_lookup_get_insert_fast(&hosts->table, &fresh->node,
						 nf_alg_host_params);
	if (!IS_ERR_OR_NULL(host))
		refcount_inc(&host->refs);
	spin_unlock_bh(&hosts->lock);

	if (!host)
		return fresh;
	kmem_cache_free(nf_alg_host_cache, fresh);
	return IS_ERR(host) ? NULL : host;
}

static void nf_alg_host_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(nf_alg_host_cache,
			container_of(rcu, struct nf_alg_host, rcu));
}

static void nf_alg_host_put(struct nf_alg_hosts *hosts,
			    struct nf_alg_host *host)
{
	local_bh_disable();
	if (refcount_dec_and_lock(&host->refs, &hosts->lock)) {
		rhashtable_remove_fast(&hosts->table, &host->node,
				       nf_alg_host_params);
		spin_unlock(&hosts->lock);
		call_rcu(&host->rcu, nf_alg_host_free_rcu);
	}
	local_bh_enable();
}

/* The rate of new bindings, by minutes that begin when the last one is over */
static bool nf_alg_host_door(struct nf_alg_net *an, struct nf_alg_host *host)
{
	unsigned long minute = READ_ONCE(host->minute);
	unsigned long now = jiffies;

	if (time_after_eq(now, minute + 60 * HZ) &&
	    cmpxchg(&host->minute, minute, now) == minute)
		atomic_set(&host->doors, 0);
	return nf_alg_host_count(
		       &host->doors,
		       nf_alg_option(an, NF_ALG_OPTION_DOORS_PER_MINUTE)) ||
	       nf_alg_big_host(an, &host->key.host);
}

struct nf_alg_host *nf_alg_host_charge(struct nf_alg_net *an,
				       const struct nf_alg_endpoint *endpoint,
				       u16 zone, int vrf,
				       enum nf_alg_charge what,
				       enum nf_alg_reason *reason)
{
	struct nf_alg_hosts *hosts = &an->hosts;
	struct nf_alg_host_key key = {
		.host.addr = endpoint->addr,
		.host.family = endpoint->family,
		.vrf = vrf,
		.zone = zone,
	};
	struct nf_alg_host *host;

	*reason = nf_alg_charges[what].reason;
	if (!nf_alg_host_count(&hosts->count[what],
			       nf_alg_option(an, nf_alg_charges[what].total)))
		return NULL;

	host = nf_alg_host_take(hosts, &key);
	if (!host) {
		*reason = NF_ALG_REASON_NO_MEMORY;
		goto total;
	}
	if (!nf_alg_host_permits(an, host, what))
		goto host;
	if (what == NF_ALG_CHARGE_BINDING && !nf_alg_host_door(an, host)) {
		*reason = NF_ALG_REASON_LIMIT_DOOR_RATE;
		atomic_dec(&host->count[what]);
		goto host;
	}
	*reason = NF_ALG_REASON_NONE;
	return host;

host:
	nf_alg_host_put(hosts, host);
total:
	atomic_dec(&hosts->count[what]);
	return NULL;
}
EXPORT_SYMBOL_GPL(nf_alg_host_charge);

/**
 * nf_alg_host_discharge() - give back what nf_alg_host_charge() returned
 * @an: namespace
 * @host: inside host; its reference is gone afterwards
 * @what: what it was charged for
 */
void nf_alg_host_discharge(struct nf_alg_net *an, struct nf_alg_host *host,
			   enum nf_alg_charge what)
{
	atomic_dec(&host->count[what]);
	atomic_dec(&an->hosts.count[what]);
	nf_alg_host_put(&an->hosts, host);
}
EXPORT_SYMBOL_GPL(nf_alg_host_discharge);

/**
 * nf_alg_host_ports_max() - count the ports of media-ports that a host may have
 * @an: namespace
 *
 * A quarter, and where the range is small the ports of a few calls; of the last
 * eighth nothing unless the host has less than a 64th, so that no few hosts can
 * keep all ports from the others.
 *
 * Return: how many. Hosts of the list big-hosts may have more.
 */
u32 nf_alg_host_ports_max(struct nf_alg_net *an)
{
	u32 size = nf_alg_port_count(an);

	if (size >= NF_ALG_HOST_SHARES &&
	    atomic_read(&an->hosts.ports) >= size - size / 8)
		return size / NF_ALG_HOST_SHARES;
	return max(size / 4, NF_ALG_HOST_PORTS_MIN);
}

/**
 * nf_alg_host_ports_left() - test whether a host may have so many ports more
 * @an: namespace
 * @host: inside host, with a reference
 * @n: how many
 *
 * Return: true if nf_alg_host_port_take() will permit them.
 */
bool nf_alg_host_ports_left(struct nf_alg_net *an, struct nf_alg_host *host,
			    u32 n)
{
	return atomic_read(&host->ports) + n <= nf_alg_host_ports_max(an) ||
	       nf_alg_big_host(an, &host->key.host);
}

/**
 * nf_alg_host_port_take() - charge a host for a port of media-ports
 * @an: namespace
 * @host: inside host, with a reference
 *
 * Hosts of the list big-hosts have no limit of their own. The ports of all public
 * addresses are counted together.
 *
 * Return: true, and nf_alg_host_port_give() is due; false if those are too many.
 */
bool nf_alg_host_port_take(struct nf_alg_net *an, struct nf_alg_host *host)
{
	if (nf_alg_host_count(&host->ports, nf_alg_host_ports_max(an)))
		goto taken;
	if (!nf_alg_big_host(an, &host->key.host))
		return false;
	atomic_inc(&host->ports);
taken:
	atomic_inc(&an->hosts.ports);
	return true;
}

/**
 * nf_alg_host_port_give() - a host gives a port of media-ports back
 * @an: namespace
 * @host: inside host, with a reference
 */
void nf_alg_host_port_give(struct nf_alg_net *an, struct nf_alg_host *host)
{
	atomic_dec(&host->ports);
	atomic_dec(&an->hosts.ports);
}

/**
 * nf_alg_hosts_init() - no inside host is known yet
 * @an: namespace
 *
 * Return: 0 or a negative errno.
 */
int nf_alg_hosts_init(struct nf_alg_net *an)
{
	BUILD_BUG_ON(ARRAY_SIZE(an->hosts.count) != __NF_ALG_CHARGE_MAX);

	spin_lock_init(&an->hosts.lock);
	return rhashtable_init(&an->hosts.table, &nf_alg_host_params);
}

/**
 * nf_alg_hosts_exit() - everything that was charged is gone
 * @an: namespace
 */
void nf_alg_hosts_exit(struct nf_alg_net *an)
{
	int i;

	for (i = 0; i < __NF_ALG_CHARGE_MAX; i++)
		WARN_ON_ONCE(atomic_read(&an->hosts.count[i]));
	WARN_ON_ONCE(atomic_read(&an->hosts.ports));
	rhashtable_destroy(&an->hosts.table);
}

int nf_alg_host_cache_init(void)
{
	nf_alg_host_cache = KMEM_CACHE(nf_alg_host, SLAB_HWCACHE_ALIGN);
	return nf_alg_host_cache ? 0 : -ENOMEM;
}

void nf_alg_host_cache_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(nf_alg_host_cache);
}
