// SPDX-License-Identifier: GPL-2.0
/*
 * Bindings: an inside endpoint, its public endpoint, and the claims on them
 *
 * Readers on the packet path look bindings and claims up under RCU, at a cost
 * that does not depend on how many there are. Changes are made under
 * nf_alg_bindings.lock: once for a message that asks for media, and once for the
 * only flow of a claim with NF_ALG_BIND_ONCE.
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
#include "claim.h"
#include "event.h"
#include "host.h"
#include "netns.h"
#include "port.h"
#include "session.h"
#include "trace.h"
#include "walk.h"

static struct kmem_cache *nf_alg_binding_cache __read_mostly;
static struct kmem_cache *nf_alg_grip_cache __read_mostly;

/* Public endpoints are looked up without zone and VRF: a port of an address that
 * several VRFs share outside belongs to one of them.
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

	return nf_alg_binding_hash(&key->endpoint, 0, 0, key->l4proto, seed);
}

static u32 nf_alg_public_hash(const void *data, u32 len, u32 seed)
{
	const struct nf_alg_binding *b = data;

	return nf_alg_binding_hash(&b->public, 0, 0, b->l4proto, seed);
}

static int nf_alg_public_cmp(struct rhashtable_compare_arg *arg,
			     const void *obj)
{
	const struct nf_alg_binding_key *key = arg->key;
	const struct nf_alg_binding *b = obj;

	return !nf_alg_same_endpoint(&b->public, &key->endpoint) ||
	       b->l4proto != key->l4proto;
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

/* All bindings of a public endpoint: one, unless they are of several zones and
 * change no address
 */
static struct rhlist_head *
nf_alg_bindings_of_public(struct nf_alg_net *an, u8 l4proto,
			  const struct nf_alg_endpoint *public)
{
	const struct nf_alg_binding_key key = {
		.endpoint = *public,
		.l4proto = l4proto,
	};

	return rhltable_lookup(&an->bindings.public, &key,
			       nf_alg_public_params);
}

/**
 * nf_alg_binding_by_public() - find the binding of a public endpoint
 * @an: namespace
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @zone: conntrack zone id of what comes to it
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
	struct rhlist_head *list, *pos;
	struct nf_alg_binding *b;

	list = nf_alg_bindings_of_public(an, l4proto, public);
	rhl_for_each_entry_rcu(b, pos, list, public_node)
		if (b->outer_zone == zone)
			return b;
	return NULL;
}

/**
 * nf_alg_binding_public_taken() - test whether a public endpoint is bound
 * @an: namespace
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @public: address and port
 *
 * In any zone: all that share the address share its ports.
 *
 * Return: true if it is.
 */
bool nf_alg_binding_public_taken(struct nf_alg_net *an, u8 l4proto,
				 const struct nf_alg_endpoint *public)
{
	bool taken;

	rcu_read_lock();
	taken = nf_alg_bindings_of_public(an, l4proto, public);
	rcu_read_unlock();
	return taken;
}

/**
 * nf_alg_bindings_of_inside() - find all bindings of an inside endpoint
 * @an: namespace
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @zone: conntrack zone id of what it sends
 * @vrf: ifindex of the inside host's VRF, or 0
 * @inside: address and port
 *
 * One for each public address by which it was signalled. Caller holds RCU.
 *
 * Return: them, linked by inside_node, or NULL.
 */
struct rhlist_head *
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
 * nf_alg_binding_by_inside() - find a binding of an inside endpoint
 * @an: namespace
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @zone: conntrack zone id of what it sends
 * @vrf: ifindex of the inside host's VRF, or 0
 * @inside: address and port
 * @public: the public address that is preferred, or NULL; the port is not looked
 *	at
 *
 * Caller holds RCU.
 *
 * Return: the binding to @public, else the first one, or NULL. Listeners outside
 * are none.
 */
struct nf_alg_binding *
nf_alg_binding_by_inside(struct nf_alg_net *an, u8 l4proto, u16 zone, int vrf,
			 const struct nf_alg_endpoint *inside,
			 const struct nf_alg_endpoint *public)
{
	struct nf_alg_binding *b, *first = NULL;
	struct rhlist_head *list, *pos;

	list = nf_alg_bindings_of_inside(an, l4proto, zone, vrf, inside);
	rhl_for_each_entry_rcu(b, pos, list, inside_node) {
		if (unlikely(nf_alg_binding_is_away(b)))
			continue;
		if (!public || nf_alg_same_host(&b->public, public))
			return b;
		first = first ?: b;
	}
	return first;
}

/**
 * nf_alg_binding_exact() - find an inside endpoint's binding to a public address
 * @an: namespace
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @zone: conntrack zone id of what it sends
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
	nf_ct_zone_init(&zone, binding->outer_zone, NF_CT_DEFAULT_ZONE_DIR, 0);

	h = nf_conntrack_find_get(an->net, &zone, &tuple);
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

/* What changes addresses needs the public endpoint for itself, in all zones;
 * the others are told apart by the zone.
 */
static bool nf_alg_binding_conflicts(struct nf_alg_net *an,
				     const struct nf_alg_binding *b)
{
	struct rhlist_head *list, *pos;
	struct nf_alg_binding *other;
	bool found = false;

	rcu_read_lock();
	list = nf_alg_bindings_of_public(an, b->l4proto, &b->public);
	rhl_for_each_entry_rcu(other, pos, list, public_node)
		found |= other->outer_zone == b->outer_zone ||
			 nf_alg_binding_natted(b) ||
			 nf_alg_binding_natted(other);
	rcu_read_unlock();
	return found;
}

/**
 * nf_alg_binding_discharge() - a binding's host need not pay for it any more
 * @an: namespace
 * @b: binding; its reference to the host is gone afterwards. The caller holds
 *	nf_alg_bindings.lock.
 */
void nf_alg_binding_discharge(struct nf_alg_net *an, struct nf_alg_binding *b)
{
	if (b->ranged)
		nf_alg_host_port_give(an, b->host);
	nf_alg_host_discharge(an, b->host, NF_ALG_CHARGE_BINDING);
}

/**
 * nf_alg_binding_insert() - let readers find a binding
 * @an: namespace
 * @b: binding, complete. Freed, and its host discharged, if there is no memory
 *	or its public endpoint is another's.
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

	err = nf_alg_binding_conflicts(an, b) ?
		      -EEXIST :
		      rhltable_insert_key(&an->bindings.public, &key,
					  &b->public_node,
					  nf_alg_public_params);
	if (err) {
		nf_alg_binding_discharge(an, b);
		nf_alg_binding_free(b);
		return err;
	}
	key.endpoint = b->inside;
	err = rhltable_insert_key(&an->bindings.inside, &key, &b->inside_node,
				  nf_alg_inside_params);
	if (err) {
		/* A reader may have found it */
		rhltable_remove(&an->bindings.public, &b->public_node,
				nf_alg_public_params);
		nf_alg_binding_discharge(an, b);
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
	rhltable_remove(&an->bindings.public, &b->public_node,
			nf_alg_public_params);
	atomic_dec(&an->bindings.count);
	if (b->flags & NF_ALG_BIND_AWAY)
		atomic_dec(&an->bindings.away);

	trace_nf_alg_binding_release(b);
	nf_alg_event_binding(
		an, door ? NF_ALG_EVENT_DOOR_END : NF_ALG_EVENT_BINDING_END,
		b->protocol, b->l4proto, &b->inside, &b->public);
	if (b->peer_port && !door && b->l4proto == IPPROTO_UDP)
		nf_alg_port_released(an, ntohs(b->public.port));
	nf_alg_binding_discharge(an, b);
	call_rcu(&b->rcu, nf_alg_binding_free_rcu);
}

/**
 * nf_alg_grip_link() - claim a binding
 * @an: namespace
 * @grip: the claim, with its remote and flags; in no list yet
 * @b: binding
 * @target: by which remote flows find it, struct nf_alg_grip.target; family 0:
 *	none
 *
 * A binding without any claim is gone if this fails. Caller holds
 * nf_alg_bindings.lock, and puts the claim into its call's list.
 *
 * Return: 0 or -ENOMEM.
 */
int nf_alg_grip_link(struct nf_alg_net *an, struct nf_alg_grip *grip,
		     struct nf_alg_binding *b,
		     const struct nf_alg_endpoint *target)
{
	grip->binding = b;
	if (target->family) {
		grip->target = nf_alg_claim_target(an, b, target);
		if (!grip->target) {
			if (hlist_empty(&b->grips))
				nf_alg_binding_release(an, b);
			return -ENOMEM;
		}
	}
	hlist_add_head_rcu(&grip->node, &b->grips);
	nf_alg_claim_show(grip);
	return 0;
}

/**
 * nf_alg_grip_release() - give a call's claim on a binding back
 * @an: namespace
 * @grip: the claim; freed
 *
 * A binding without any claim goes with it. Flows that exist are not touched.
 * Caller holds nf_alg_bindings.lock.
 */
void nf_alg_grip_release(struct nf_alg_net *an, struct nf_alg_grip *grip)
{
	struct nf_alg_binding *b = grip->binding;

	nf_alg_claim_hide(grip);
	hlist_del_init_rcu(&grip->node);
	if (grip->target)
		nf_alg_claim_untarget(an, b, grip->target);
	list_del(&grip->list);
	list_del(&grip->undo);
	grip->call->grip_count--;
	call_rcu(&grip->rcu, nf_alg_grip_free_rcu);

	if (hlist_empty(&b->grips))
		nf_alg_binding_release(an, b);
}

/**
 * nf_alg_bound_zone() - in which zone flows come to what a session binds
 * @session: its lock is held
 *
 * Return: a conntrack zone id.
 */
u16 nf_alg_bound_zone(const struct nf_alg_session *session)
{
	if (!session->ct)
		return session->zone;
	return nf_ct_zone_id(nf_ct_zone(session->ct),
			     session->side[IP_CT_DIR_ORIGINAL].inside ?
				     IP_CT_DIR_REPLY :
				     IP_CT_DIR_ORIGINAL);
}

bool nf_alg_bound_public(const struct nf_alg_session *session, u8 l4proto,
			 const struct nf_alg_endpoint *public,
			 struct nf_alg_endpoint *inside)
{
	struct nf_alg_binding *b;

	rcu_read_lock();
	b = nf_alg_binding_by_public(session->an, l4proto,
				     nf_alg_bound_zone(session), public);
	if (b && nf_alg_binding_is_away(b))
		b = NULL;
	if (b && inside)
		*inside = b->inside;
	rcu_read_unlock();
	return b;
}
EXPORT_SYMBOL_GPL(nf_alg_bound_public);

/* Listeners outside are known by the zone of those who were told of them */
static struct nf_alg_binding *
nf_alg_bound_anywhere(const struct nf_alg_session *session, u8 l4proto,
		      const struct nf_alg_endpoint *public)
{
	struct nf_alg_binding *b, *told = NULL;
	struct rhlist_head *list, *pos;
	u16 zone;

	list = nf_alg_bindings_of_public(session->an, l4proto, public);
	if (!list)
		return NULL;
	zone = nf_alg_bound_zone(session);
	rhl_for_each_entry_rcu(b, pos, list, public_node) {
		if (b->outer_zone == zone)
			return b;
		if (b->outer_zone == session->zone)
			told = b;
	}
	return told;
}

/* A claim of a call of @host, with a reference to the call. Of a listener outside
 * it is found by that host; all claims of other bindings are of one host, but
 * for those that the option media-from permits.
 */
static struct nf_alg_call *
nf_alg_bound_owner(struct nf_alg_net *an, const struct nf_alg_binding *b,
		   const struct nf_alg_endpoint *host)
{
	struct nf_alg_call *call;
	struct nf_alg_grip *grip;

	if (nf_alg_binding_is_away(b)) {
		grip = nf_alg_claim_away(an, b, host);
		call = grip ? grip->call : NULL;
		return call && refcount_inc_not_zero(&call->refs) ? call : NULL;
	}
	hlist_for_each_entry_rcu(grip, &b->grips, node) {
		call = grip->call;
		if (nf_alg_same_host(&call->key.inside, host) &&
		    refcount_inc_not_zero(&call->refs))
			return call;
	}
	return NULL;
}

struct nf_alg_call *nf_alg_bound_call(const struct nf_alg_session *session,
				      u8 l4proto,
				      const struct nf_alg_endpoint *public,
				      const struct nf_alg_endpoint *host)
{
	struct nf_alg_call *call = NULL;
	struct nf_alg_binding *b;

	rcu_read_lock();
	b = nf_alg_bound_anywhere(session, l4proto, public);
	if (b)
		call = nf_alg_bound_owner(session->an, b, host);
	rcu_read_unlock();
	return call;
}
EXPORT_SYMBOL_GPL(nf_alg_bound_call);

/* By which address is that inside host known in this session */
static const struct nf_alg_endpoint *
nf_alg_session_seen(const struct nf_alg_session *session,
		    const struct nf_alg_endpoint *inside)
{
	int dir;

	for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
		if (nf_alg_same_host(&session->side[dir].own, inside))
			return &session->side[dir].seen;
	return NULL;
}

bool nf_alg_bound_inside(const struct nf_alg_session *session, u8 l4proto,
			 const struct nf_alg_endpoint *inside,
			 struct nf_alg_endpoint *public)
{
	struct nf_alg_binding *b;

	rcu_read_lock();
	b = nf_alg_binding_by_inside(session->an, l4proto, session->zone,
				     session->vrf, inside,
				     nf_alg_session_seen(session, inside));
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

/* Returns true if it had an owner */
static bool nf_alg_binding_strip(struct nf_alg_net *an,
				 struct nf_alg_binding *b)
{
	struct nf_alg_grip *grip;
	struct hlist_node *next;
	bool owned;

	spin_lock_bh(&an->bindings.lock);
	owned = !hlist_empty(&b->grips);
	hlist_for_each_entry_safe(grip, next, &b->grips, node) {
		if (grip->call->grip_count == 1)
			WRITE_ONCE(grip->call->cleared, true);
		nf_alg_grip_release(an, grip);
	}
	spin_unlock_bh(&an->bindings.lock);
	return owned;
}

unsigned int nf_alg_binding_clear(struct nf_alg_net *an,
				  const struct nf_alg_binding_filter *filter)
{
	struct rhashtable *table = &an->bindings.public.ht;
	const struct bucket_table *buckets;
	struct nf_alg_walk walk = {};
	unsigned int cleared = 0;
	struct nf_alg_walk_place place;
	void *b;

	/* The lock is held for one binding and RCU for one bucket: packets of
	 * calls wait for neither. A resize begins the walk anew; what is gone
	 * stays gone.
	 */
	rcu_read_lock();
	while ((buckets = nf_alg_walk_bucket(table, &walk))) {
		nf_alg_walk_for_each(b, &place, table, buckets, &walk)
			if (nf_alg_filter_matches(filter, b))
				cleared += nf_alg_binding_strip(an, b);
		nf_alg_walk_step(&walk);
	}
	rcu_read_unlock();

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

	BUILD_BUG_ON(sizeof(struct nf_alg_binding) > 192);

	spin_lock_init(&an->bindings.lock);
	err = rhltable_init(&an->bindings.inside, &nf_alg_inside_params);
	if (err)
		return err;
	err = rhltable_init(&an->bindings.public, &nf_alg_public_params);
	if (err)
		goto free_inside;
	err = nf_alg_claims_init(an);
	if (err)
		goto free_public;
	return 0;

free_public:
	rhltable_destroy(&an->bindings.public);
free_inside:
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
	nf_alg_ports_exit(an);
	nf_alg_claims_exit(an);
	rhltable_destroy(&an->bindings.public);
	rhltable_destroy(&an->bindings.inside);
}

int nf_alg_binding_cache_init(void)
{
	nf_alg_binding_cache = KMEM_CACHE(nf_alg_binding, SLAB_HWCACHE_ALIGN);
	if (!nf_alg_binding_cache)
		return -ENOMEM;
	nf_alg_grip_cache = KMEM_CACHE(nf_alg_grip, 0);
	if (!nf_alg_grip_cache)
		goto binding;
	if (nf_alg_claim_cache_init())
		goto grip;
	return 0;

grip:
	kmem_cache_destroy(nf_alg_grip_cache);
binding:
	kmem_cache_destroy(nf_alg_binding_cache);
	return -ENOMEM;
}

void nf_alg_binding_cache_exit(void)
{
	rcu_barrier();
	nf_alg_claim_cache_exit();
	kmem_cache_destroy(nf_alg_grip_cache);
	kmem_cache_destroy(nf_alg_binding_cache);
}
