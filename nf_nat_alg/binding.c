// SPDX-License-Identifier: GPL-2.0
/*
 * Bindings: an inside endpoint, its public endpoint, and who holds them
 *
 * Readers on the packet path look bindings up under RCU. Whoever changes one,
 * or who holds it, takes nf_alg_bindings.lock; that happens once for a message
 * that asks for media, never for a packet.
 */
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "binding.h"
#include "call.h"
#include "event.h"
#include "host.h"
#include "netns.h"
#include "session.h"
#include "trace.h"

static struct kmem_cache *nf_alg_binding_cache __read_mostly;
static struct kmem_cache *nf_alg_grip_cache __read_mostly;

/* Public endpoints are told apart by the conntrack zone alone: conntrack itself
 * knows no VRF.
 */
struct nf_alg_binding_key {
	struct nf_alg_endpoint endpoint;
	int vrf;
	u16 zone;
	u8 l4proto;
};

/* Computed twice for each new flow of the router: short where it may be */
static u32 nf_alg_binding_hash(const struct nf_alg_endpoint *endpoint, int vrf,
			       u16 zone, u8 l4proto, u32 seed)
{
	u32 port = (__force u32)endpoint->port << 16 | zone;
	u32 rest = vrf << 8 | l4proto;

	if (endpoint->family == NFPROTO_IPV4)
		return jhash_3words((__force u32)endpoint->addr.ip, port, rest,
				    seed);
	return jhash2(endpoint->addr.all, ARRAY_SIZE(endpoint->addr.all),
		      jhash_2words(port, rest, seed));
}

static bool nf_alg_binding_same(const struct nf_alg_binding *binding,
				const struct nf_alg_binding_key *key)
{
	return binding->zone == key->zone && binding->l4proto == key->l4proto;
}

static u32 nf_alg_inside_key_hash(const void *data, u32 len, u32 seed)
{
	const struct nf_alg_binding_key *key = data;

	return nf_alg_binding_hash(&key->endpoint, key->vrf, key->zone,
				   key->l4proto, seed);
}

static u32 nf_alg_inside_hash(const void *data, u32 len, u32 seed)
{
	const struct nf_alg_binding *b = data;

	return nf_alg_binding_hash(&b->inside, b->vrf, b->zone, b->l4proto,
				   seed);
}

static int nf_alg_inside_cmp(struct rhashtable_compare_arg *arg,
			     const void *obj)
{
	const struct nf_alg_binding_key *key = arg->key;
	const struct nf_alg_binding *b = obj;

	return !nf_alg_same_endpoint(&b->inside, &key->endpoint) ||
	       b->vrf != key->vrf || !nf_alg_binding_same(b, key);
}

static u32 nf_alg_public_key_hash(const void *data, u32 len, u32 seed)
{
	const struct nf_alg_binding_key *key = data;

	return nf_alg_binding_hash(&key->endpoint, 0, key->zone, key->l4proto,
				   seed);
}

static u32 nf_alg_public_hash(const void *data, u32 len, u32 seed)
{
	const struct nf_alg_binding *b = data;

	return nf_alg_binding_hash(&b->public, 0, b->zone, b->l4proto, seed);
}

static int nf_alg_public_cmp(struct rhashtable_compare_arg *arg,
			     const void *obj)
{
	const struct nf_alg_binding_key *key = arg->key;
	const struct nf_alg_binding *b = obj;

	return !nf_alg_same_endpoint(&b->public, &key->endpoint) ||
	       !nf_alg_binding_same(b, key);
}

static const struct rhashtable_params nf_alg_inside_params = {
	.head_offset = offsetof(struct nf_alg_binding, inside_node),
	.key_len = sizeof(struct nf_alg_binding_key),
	.hashfn = nf_alg_inside_key_hash,
	.obj_hashfn = nf_alg_inside_hash,
	.obj_cmpfn = nf_alg_inside_cmp,
	.automatic_shrinking = true,
};

static const struct rhashtable_params nf_alg_public_params = {
	.head_offset = offsetof(struct nf_alg_binding, public_node),
	.key_len = sizeof(struct nf_alg_binding_key),
	.hashfn = nf_alg_public_key_hash,
	.obj_hashfn = nf_alg_public_hash,
	.obj_cmpfn = nf_alg_public_cmp,
	.automatic_shrinking = true,
};

/**
 * nf_alg_binding_by_public() - whose public endpoint is this
 * @an: namespace
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @zone: conntrack zone id
 * @public: address and port
 *
 * Caller holds RCU.
 *
 * Return: the binding, or NULL.
 */
struct nf_alg_binding *
nf_alg_binding_by_public(struct nf_alg_net *an, u8 l4proto, u16 zone,
			 const struct nf_alg_endpoint *public)
{
	const struct nf_alg_binding_key key = {
		.endpoint = *public,
		.zone = zone,
		.l4proto = l4proto,
	};

	return rhashtable_lookup(&an->bindings.public, &key,
				 nf_alg_public_params);
}

/* All bindings of an inside endpoint: one for each public address */
static struct rhlist_head *
nf_alg_bindings_of_inside(struct nf_alg_net *an, u8 l4proto, u16 zone, int vrf,
			  const struct nf_alg_endpoint *inside)
{
	const struct nf_alg_binding_key key = {
		.endpoint = *inside,
		.vrf = vrf,
		.zone = zone,
		.l4proto = l4proto,
	};

	return rhltable_lookup(&an->bindings.inside, &key,
			       nf_alg_inside_params);
}

/**
 * nf_alg_binding_by_inside() - what is this inside endpoint bound to
 * @an: namespace
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @zone: conntrack zone id
 * @vrf: ifindex of the inside host's VRF, or 0
 * @inside: address and port
 * @oif: the device the flow leaves by: a binding to a masqueraded address of
 *	another device is none; 0: not known yet
 *
 * Caller holds RCU.
 *
 * Return: the binding, or NULL.
 */
struct nf_alg_binding *
nf_alg_binding_by_inside(struct nf_alg_net *an, u8 l4proto, u16 zone, int vrf,
			 const struct nf_alg_endpoint *inside, int oif)
{
	struct rhlist_head *list, *pos;
	struct nf_alg_binding *b;

	list = nf_alg_bindings_of_inside(an, l4proto, zone, vrf, inside);
	rhl_for_each_entry_rcu(b, pos, list, inside_node)
		if (!oif || !b->oif || b->oif == oif)
			return b;
	return NULL;
}

/**
 * nf_alg_binding_exact() - an inside endpoint's binding to a public address
 * @an: namespace
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @zone: conntrack zone id
 * @vrf: ifindex of the inside host's VRF, or 0
 * @inside: address and port
 * @public: public address; the port is not looked at
 *
 * Caller holds RCU.
 *
 * Return: the binding, or NULL.
 */
struct nf_alg_binding *
nf_alg_binding_exact(struct nf_alg_net *an, u8 l4proto, u16 zone, int vrf,
		     const struct nf_alg_endpoint *inside,
		     const struct nf_alg_endpoint *public)
{
	struct rhlist_head *list, *pos;
	struct nf_alg_binding *b;

	list = nf_alg_bindings_of_inside(an, l4proto, zone, vrf, inside);
	rhl_for_each_entry_rcu(b, pos, list, inside_node)
		if (nf_alg_same_host(&b->public, public))
			return b;
	return NULL;
}

/* Family 0 stands for any host, port 0 for any port */
static bool nf_alg_endpoint_matches(const struct nf_alg_endpoint *filter,
				    const struct nf_alg_endpoint *endpoint)
{
	if (!filter->family)
		return true;
	return nf_alg_same_host(filter, endpoint) &&
	       (!filter->port || filter->port == endpoint->port);
}

/**
 * nf_alg_grip_permits() - was the binding asked for with this remote in mind
 * @grip: a call's hold on it
 * @remote: address and port
 *
 * Return: true if it is the one that was named, or none was.
 */
bool nf_alg_grip_permits(const struct nf_alg_grip *grip,
			 const struct nf_alg_endpoint *remote)
{
	return nf_alg_endpoint_matches(&grip->remote, remote);
}

/**
 * nf_alg_binding_admits() - may this remote come in
 * @binding: binding
 * @remote: address and port it comes from
 *
 * Caller holds RCU.
 *
 * Return: the grip that lets it in, or NULL: doors not opened yet admit nobody.
 */
struct nf_alg_grip *nf_alg_binding_admits(const struct nf_alg_binding *binding,
					  const struct nf_alg_endpoint *remote)
{
	struct nf_alg_grip *grip;

	hlist_for_each_entry_rcu(grip, &binding->grips, node)
		if (!(READ_ONCE(grip->flags) & NF_ALG_BIND_CLOSED) &&
		    nf_alg_grip_permits(grip, remote))
			return grip;
	return NULL;
}

/**
 * nf_alg_binding_away() - was this host told to connect to a listener outside
 * @binding: binding of NF_ALG_BIND_AWAY
 * @host: inside host; the port is not looked at
 *
 * Caller holds RCU.
 *
 * Return: the grip of the host's call, or NULL.
 */
struct nf_alg_grip *nf_alg_binding_away(const struct nf_alg_binding *binding,
					const struct nf_alg_endpoint *host)
{
	struct nf_alg_grip *grip;

	hlist_for_each_entry_rcu(grip, &binding->grips, node)
		if (nf_alg_same_host(&grip->call->key.inside, host))
			return grip;
	return NULL;
}

/**
 * nf_alg_binding_flows() - does its latest flow still exist
 * @an: namespace
 * @binding: binding
 *
 * Whichever side began a flow, one of its tuples goes from the peer to the
 * public endpoint.
 *
 * Return: true if conntrack knows it.
 */
bool nf_alg_binding_flows(struct nf_alg_net *an,
			  const struct nf_alg_binding *binding)
{
	struct nf_conntrack_tuple tuple = {};
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_zone zone;

	if (!READ_ONCE(binding->peer_port))
		return false;

	tuple.src.u3 = binding->peer_addr;
	tuple.src.u.all = binding->peer_port;
	tuple.src.l3num = binding->public.family;
	tuple.dst.u3 = binding->public.addr;
	tuple.dst.u.all = binding->public.port;
	tuple.dst.protonum = binding->l4proto;
	nf_ct_zone_init(&zone, binding->zone, NF_CT_DEFAULT_ZONE_DIR, 0);

	h = nf_alg_session_lookup(an->net, &zone, &tuple);
	if (!h)
		return false;
	nf_ct_put(nf_ct_tuplehash_to_ctrack(h));
	return true;
}

static void nf_alg_binding_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(nf_alg_binding_cache,
			container_of(rcu, struct nf_alg_binding, rcu));
}

static void nf_alg_grip_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(nf_alg_grip_cache,
			container_of(rcu, struct nf_alg_grip, rcu));
}

/**
 * nf_alg_binding_alloc() - a binding that is in no table yet
 *
 * Return: the binding, zeroed, or NULL.
 */
struct nf_alg_binding *nf_alg_binding_alloc(void)
{
	return kmem_cache_zalloc(nf_alg_binding_cache, GFP_ATOMIC);
}

/* One that never was in a table */
void nf_alg_binding_free(struct nf_alg_binding *b)
{
	kmem_cache_free(nf_alg_binding_cache, b);
}

/* A grip that links nothing yet, zeroed, or NULL */
struct nf_alg_grip *nf_alg_grip_alloc(void)
{
	return kmem_cache_zalloc(nf_alg_grip_cache, GFP_ATOMIC);
}

/* One that never linked anything */
void nf_alg_grip_free(struct nf_alg_grip *grip)
{
	kmem_cache_free(nf_alg_grip_cache, grip);
}

/**
 * nf_alg_binding_insert() - readers find a binding from now on
 * @an: namespace
 * @b: binding, complete; its public endpoint is in no other. Freed, and its
 *	host discharged, if there is no memory.
 *
 * Caller holds nf_alg_bindings.lock.
 *
 * Return: 0 or a negative errno.
 */
int nf_alg_binding_insert(struct nf_alg_net *an, struct nf_alg_binding *b)
{
	struct nf_alg_binding_key key = {
		.endpoint = b->public,
		.vrf = b->vrf,
		.zone = b->zone,
		.l4proto = b->l4proto,
	};
	int err;

	err = rhashtable_lookup_insert_key(&an->bindings.public, &key,
					   &b->public_node,
					   nf_alg_public_params);
	if (err) {
		nf_alg_host_discharge(an, b->host, NF_ALG_CHARGE_BINDING);
		nf_alg_binding_free(b);
		return err;
	}
	key.endpoint = b->inside;
	err = rhltable_insert_key(&an->bindings.inside, &key, &b->inside_node,
				  nf_alg_inside_params);
	if (err) {
		/* A reader may have found it */
		rhashtable_remove_fast(&an->bindings.public, &b->public_node,
				       nf_alg_public_params);
		nf_alg_host_discharge(an, b->host, NF_ALG_CHARGE_BINDING);
		call_rcu(&b->rcu, nf_alg_binding_free_rcu);
		return err;
	}
	atomic_inc(&an->bindings.count);
	if (b->flags & NF_ALG_BIND_AWAY)
		atomic_inc(&an->bindings.away);

	trace_nf_alg_binding_take(b);
	nf_alg_event_binding(an,
			     b->flags & NF_ALG_BIND_DOOR ?
				     NF_ALG_EVENT_DOOR_NEW :
				     NF_ALG_EVENT_BINDING_NEW,
			     b->protocol, b->l4proto, &b->inside, &b->public);
	return 0;
}

static void nf_alg_binding_release(struct nf_alg_net *an,
				   struct nf_alg_binding *b)
{
	bool door = b->flags & NF_ALG_BIND_DOOR;

	rhltable_remove(&an->bindings.inside, &b->inside_node,
			nf_alg_inside_params);
	rhashtable_remove_fast(&an->bindings.public, &b->public_node,
			       nf_alg_public_params);
	atomic_dec(&an->bindings.count);
	if (b->flags & NF_ALG_BIND_AWAY)
		atomic_dec(&an->bindings.away);

	trace_nf_alg_binding_release(b);
	nf_alg_event_binding(
		an, door ? NF_ALG_EVENT_DOOR_END : NF_ALG_EVENT_BINDING_END,
		b->protocol, b->l4proto, &b->inside, &b->public);
	nf_alg_host_discharge(an, b->host, NF_ALG_CHARGE_BINDING);
	call_rcu(&b->rcu, nf_alg_binding_free_rcu);
}

/**
 * nf_alg_grip_release() - a call lets a binding go
 * @an: namespace
 * @grip: what links them; freed
 *
 * A binding nobody holds any more goes with it. Flows that exist are not
 * touched. Caller holds nf_alg_bindings.lock.
 */
void nf_alg_grip_release(struct nf_alg_net *an, struct nf_alg_grip *grip)
{
	struct nf_alg_binding *b = grip->binding;

	hlist_del_rcu(&grip->node);
	list_del(&grip->list);
	list_del(&grip->undo);
	grip->call->grip_count--;
	call_rcu(&grip->rcu, nf_alg_grip_free_rcu);

	if (hlist_empty(&b->grips))
		nf_alg_binding_release(an, b);
}

bool nf_alg_bound_public(const struct nf_alg_session *session, u8 l4proto,
			 const struct nf_alg_endpoint *public,
			 struct nf_alg_endpoint *inside)
{
	struct nf_alg_binding *b;

	rcu_read_lock();
	b = nf_alg_binding_by_public(session->an, l4proto, session->zone,
				     public);
	if (b && b->flags & NF_ALG_BIND_AWAY)
		b = NULL;
	if (b && inside)
		*inside = b->inside;
	rcu_read_unlock();
	return b;
}
EXPORT_SYMBOL_GPL(nf_alg_bound_public);

struct nf_alg_call *nf_alg_bound_call(const struct nf_alg_session *session,
				      u8 l4proto,
				      const struct nf_alg_endpoint *public,
				      const struct nf_alg_endpoint *host)
{
	struct nf_alg_call *call = NULL;
	struct nf_alg_binding *b;
	struct nf_alg_grip *grip;

	rcu_read_lock();
	b = nf_alg_binding_by_public(session->an, l4proto, session->zone,
				     public);
	if (b) {
		hlist_for_each_entry_rcu(grip, &b->grips, node) {
			call = grip->call;
			if (nf_alg_same_host(&call->key.inside, host) &&
			    refcount_inc_not_zero(&call->refs))
				break;
			call = NULL;
		}
	}
	rcu_read_unlock();
	return call;
}
EXPORT_SYMBOL_GPL(nf_alg_bound_call);

bool nf_alg_bound_inside(const struct nf_alg_session *session, u8 l4proto,
			 const struct nf_alg_endpoint *inside,
			 struct nf_alg_endpoint *public)
{
	struct nf_alg_binding *b;

	rcu_read_lock();
	b = nf_alg_binding_by_inside(session->an, l4proto, session->zone,
				     session->vrf, inside, 0);
	if (b && public)
		*public = b->public;
	rcu_read_unlock();
	return b;
}
EXPORT_SYMBOL_GPL(nf_alg_bound_inside);

static bool nf_alg_filter_matches(const struct nf_alg_binding_filter *filter,
				  const struct nf_alg_binding *b)
{
	if (!filter)
		return true;
	return (!filter->l4proto || filter->l4proto == b->l4proto) &&
	       nf_alg_endpoint_matches(&filter->inside, &b->inside) &&
	       nf_alg_endpoint_matches(&filter->public, &b->public);
}

unsigned int nf_alg_binding_clear(struct nf_alg_net *an,
				  const struct nf_alg_binding_filter *filter)
{
	struct rhashtable_iter iter;
	struct nf_alg_binding *b;
	struct nf_alg_grip *grip;
	struct hlist_node *next;
	unsigned int cleared = 0;

	rhashtable_walk_enter(&an->bindings.public, &iter);
	rhashtable_walk_start(&iter);
	while ((b = rhashtable_walk_next(&iter))) {
		/* A resize begins the walk anew; what is gone stays gone */
		if (IS_ERR(b) || !nf_alg_filter_matches(filter, b))
			continue;
		spin_lock_bh(&an->bindings.lock);
		if (!hlist_empty(&b->grips))
			cleared++;
		hlist_for_each_entry_safe(grip, next, &b->grips, node) {
			if (grip->call->grip_count == 1)
				WRITE_ONCE(grip->call->cleared, true);
			nf_alg_grip_release(an, grip);
		}
		spin_unlock_bh(&an->bindings.lock);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);

	if (filter)
		nf_alg_calls_flush_cleared(an);
	else
		nf_alg_calls_flush_all(an);
	return cleared;
}

/**
 * nf_alg_bindings_init() - nothing is bound yet
 * @an: namespace
 *
 * Return: 0 or a negative errno.
 */
int nf_alg_bindings_init(struct nf_alg_net *an)
{
	int err;

	BUILD_BUG_ON(sizeof(struct nf_alg_binding) > 128);

	spin_lock_init(&an->bindings.lock);
	err = rhltable_init(&an->bindings.inside, &nf_alg_inside_params);
	if (err)
		return err;
	err = rhashtable_init(&an->bindings.public, &nf_alg_public_params);
	if (err)
		rhltable_destroy(&an->bindings.inside);
	return err;
}

/**
 * nf_alg_bindings_exit() - calls are gone, and so is what they held
 * @an: namespace
 */
void nf_alg_bindings_exit(struct nf_alg_net *an)
{
	WARN_ON_ONCE(atomic_read(&an->bindings.count));
	rhashtable_destroy(&an->bindings.public);
	rhltable_destroy(&an->bindings.inside);
}

int nf_alg_binding_cache_init(void)
{
	nf_alg_binding_cache = KMEM_CACHE(nf_alg_binding, SLAB_HWCACHE_ALIGN);
	if (!nf_alg_binding_cache)
		return -ENOMEM;
	nf_alg_grip_cache = KMEM_CACHE(nf_alg_grip, 0);
	if (!nf_alg_grip_cache) {
		kmem_cache_destroy(nf_alg_binding_cache);
		return -ENOMEM;
	}
	return 0;
}

void nf_alg_binding_cache_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(nf_alg_grip_cache);
	kmem_cache_destroy(nf_alg_binding_cache);
}
