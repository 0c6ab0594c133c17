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
#include <net/netfilter/nf_nat.h>
#include "binding.h"
#include "call.h"
#include "event.h"
#include "host.h"
#include "message.h"
#include "netns.h"
#include "port.h"
#include "trace.h"

#define NF_ALG_BIND_PORTS_MAX	16

/* A call that holds more is not a call */
#define NF_ALG_CALL_GRIPS_MAX	256

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

static u32 nf_alg_binding_hash(const struct nf_alg_endpoint *endpoint, int vrf,
			       u16 zone, u8 l4proto, u32 seed)
{
	BUILD_BUG_ON(sizeof(*endpoint) != 5 * sizeof(u32));
	return jhash2((const u32 *)endpoint, 5,
		      jhash_2words(vrf, zone << 8 | l4proto, seed));
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

/* The one to a given public address */
static struct nf_alg_binding *
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
 * nf_alg_binding_admits() - may this remote come in
 * @binding: binding
 * @remote: address and port it comes from
 *
 * Caller holds RCU.
 *
 * Return: the grip that lets it in, or NULL: doors not opened yet admit nobody.
 */
struct nf_alg_grip *
nf_alg_binding_admits(const struct nf_alg_binding *binding,
		      const struct nf_alg_endpoint *remote)
{
	struct nf_alg_grip *grip;

	hlist_for_each_entry_rcu(grip, &binding->grips, node)
		if (!(READ_ONCE(grip->flags) & NF_ALG_BIND_CLOSED) &&
		    nf_alg_endpoint_matches(&grip->remote, remote))
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

static void nf_alg_binding_release(struct nf_alg_net *an,
				   struct nf_alg_binding *b)
{
	bool door = b->flags & NF_ALG_BIND_DOOR;

	rhltable_remove(&an->bindings.inside, &b->inside_node,
			nf_alg_inside_params);
	rhashtable_remove_fast(&an->bindings.public, &b->public_node,
			       nf_alg_public_params);
	atomic_dec(&an->bindings.count);

	trace_nf_alg_binding_release(b);
	nf_alg_event_binding(an, door ? NF_ALG_EVENT_DOOR_END :
			     NF_ALG_EVENT_BINDING_END, b->protocol, b->l4proto,
			     &b->inside, &b->public);
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

/**
 * struct nf_alg_taking - one nf_alg_bind() on its way
 * @an: namespace
 * @msg: message that asks
 * @call: who will hold
 * @want: what is wanted
 * @public: public address and first port
 * @own: the bindings that exist already, by port
 */
struct nf_alg_taking {
	struct nf_alg_net *an;
	struct nf_alg_message *msg;
	struct nf_alg_call *call;
	const struct nf_alg_bind *want;
	struct nf_alg_endpoint public;
	struct nf_alg_binding *own[NF_ALG_BIND_PORTS_MAX];
};

static struct nf_alg_endpoint
nf_alg_endpoint_next(const struct nf_alg_endpoint *endpoint, u8 i)
{
	struct nf_alg_endpoint next = *endpoint;

	next.port = htons(ntohs(next.port) + i);
	return next;
}

/* The device whose address masquerade gave to the call's first connection */
static int nf_alg_call_oif(const struct nf_alg_call *call)
{
#if IS_ENABLED(CONFIG_NF_NAT_MASQUERADE)
	struct nf_conn *master = nf_alg_call_master(call);
	struct nf_conn_nat *nat;
	int oif;

	if (!master)
		return 0;
	nat = nfct_nat(master);
	oif = nat ? nat->masq_index : 0;
	nf_ct_put(master);
	return oif;
#else
	return 0;
#endif
}

static int nf_alg_binding_take(struct nf_alg_taking *taking, u8 i)
{
	const struct nf_alg_session *session = taking->msg->session;
	const struct nf_alg_bind *want = taking->want;
	struct nf_alg_net *an = taking->an;
	struct nf_alg_binding_key key = {
		.vrf = session->vrf,
		.zone = session->zone,
		.l4proto = want->l4proto,
	};
	struct nf_alg_binding *b;
	enum nf_alg_reason reason;

	b = kmem_cache_zalloc(nf_alg_binding_cache, GFP_ATOMIC);
	if (!b)
		return -NF_ALG_REASON_NO_MEMORY;
	b->host = nf_alg_host_charge(an, &want->inside, session->zone,
				     session->vrf, NF_ALG_CHARGE_BINDING,
				     &reason);
	if (!b->host)
		goto free;

	b->inside = nf_alg_endpoint_next(&want->inside, i);
	b->public = nf_alg_endpoint_next(&taking->public, i);
	b->zone = session->zone;
	b->l4proto = want->l4proto;
	b->flags = want->flags & NF_ALG_BIND_DOOR;
	b->protocol = session->protocol->id;
	b->vrf = session->vrf;
	b->oif = nf_alg_call_oif(taking->call);
	b->created = jiffies;

	/* NO_MEMORY covers what can go wrong here besides a public endpoint
	 * that is bound already, and that was looked up under the same lock.
	 */
	reason = NF_ALG_REASON_NO_MEMORY;
	key.endpoint = b->public;
	if (rhashtable_lookup_insert_key(&an->bindings.public, &key,
					 &b->public_node, nf_alg_public_params))
		goto discharge;
	key.endpoint = b->inside;
	if (rhltable_insert_key(&an->bindings.inside, &key, &b->inside_node,
				nf_alg_inside_params))
		goto remove;
	atomic_inc(&an->bindings.count);

	trace_nf_alg_binding_take(b);
	nf_alg_event_binding(an, b->flags & NF_ALG_BIND_DOOR ?
			     NF_ALG_EVENT_DOOR_NEW : NF_ALG_EVENT_BINDING_NEW,
			     b->protocol, b->l4proto, &b->inside, &b->public);
	taking->own[i] = b;
	return 0;

remove:
	/* A reader may have found it */
	rhashtable_remove_fast(&an->bindings.public, &b->public_node,
			       nf_alg_public_params);
	nf_alg_host_discharge(an, b->host, NF_ALG_CHARGE_BINDING);
	call_rcu(&b->rcu, nf_alg_binding_free_rcu);
	return -reason;
discharge:
	nf_alg_host_discharge(an, b->host, NF_ALG_CHARGE_BINDING);
free:
	kmem_cache_free(nf_alg_binding_cache, b);
	return -reason;
}

/* Find the call's grip on a binding for the same remote, and renew it */
static bool nf_alg_grip_renew(struct nf_alg_call *call,
			      const struct nf_alg_binding *b,
			      const struct nf_alg_bind *want)
{
	struct nf_alg_grip *grip;

	list_for_each_entry(grip, &call->grips, list) {
		if (grip->binding != b ||
		    memcmp(&grip->remote, &want->remote, sizeof(grip->remote)))
			continue;
		grip->round = call->round;
		grip->expiring = false;
		WRITE_ONCE(grip->flags, grip->flags |
			   (want->flags & (NF_ALG_BIND_DOOR |
					   NF_ALG_BIND_STAY)));
		return true;
	}
	return false;
}

static int nf_alg_grip_take(struct nf_alg_taking *taking, u8 i,
			    struct list_head *taken)
{
	const struct nf_alg_bind *want = taking->want;
	struct nf_alg_call *call = taking->call;
	struct nf_alg_grip *grip;
	int err;

	if (taking->own[i]) {
		if (want->flags & NF_ALG_BIND_DOOR)
			WRITE_ONCE(taking->own[i]->flags,
				   taking->own[i]->flags | NF_ALG_BIND_DOOR);
		if (nf_alg_grip_renew(call, taking->own[i], want))
			return 0;
	}

	if (call->grip_count >= NF_ALG_CALL_GRIPS_MAX)
		return -NF_ALG_REASON_LIMIT_BINDINGS;
	grip = kmem_cache_zalloc(nf_alg_grip_cache, GFP_ATOMIC);
	if (!grip)
		return -NF_ALG_REASON_NO_MEMORY;
	if (!taking->own[i]) {
		err = nf_alg_binding_take(taking, i);
		if (err) {
			kmem_cache_free(nf_alg_grip_cache, grip);
			return err;
		}
	}

	grip->binding = taking->own[i];
	grip->call = call;
	grip->remote = want->remote;
	grip->round = call->round;
	grip->flags = want->flags | NF_ALG_BIND_PENDING;
	list_add_tail(&grip->list, &call->grips);
	list_add_tail(&grip->undo, taken);
	call->grip_count++;
	hlist_add_head_rcu(&grip->node, &grip->binding->grips);
	return 0;
}

/* Ports that exist already decide where the others must lie. Return: 0 with
 * the first public port in taking->public, or -reason.
 */
static int nf_alg_bind_place(struct nf_alg_taking *taking)
{
	const struct nf_alg_session *session = taking->msg->session;
	const struct nf_alg_side *from = taking->msg->from;
	const struct nf_alg_bind *want = taking->want;
	const struct nf_alg_port_want ports = {
		.an = taking->an,
		.zone = session->zone,
		.l4proto = want->l4proto,
		.count = want->count,
		.parity = want->flags & NF_ALG_BIND_EVEN,
		.inside = &want->inside,
		.public = &from->seen,
		.peer = {
			&taking->msg->to->own,
			want->remote.family ? &want->remote : NULL,
		},
	};
	bool identity = nf_alg_same_host(&from->own, &from->seen);
	u16 prefer[3] = { ntohs(want->prefer), 0, ntohs(want->inside.port) };
	bool placed = false;
	int i, base = 0;

	for (i = 0; i < want->count; i++) {
		struct nf_alg_endpoint inside;
		int at;

		inside = nf_alg_endpoint_next(&want->inside, i);
		taking->own[i] = nf_alg_binding_exact(taking->an, want->l4proto,
						      session->zone,
						      session->vrf, &inside,
						      &from->seen);
		if (!taking->own[i])
			continue;
		at = ntohs(taking->own[i]->public.port) - i;
		if (placed && at != base)
			return -NF_ALG_REASON_NO_PUBLIC_PORT;
		base = at;
		placed = true;
	}

	taking->public = from->seen;
	if (!placed && !identity) {
		/* The flow's own mapping serves its own endpoint best */
		if (want->l4proto == session->l4proto &&
		    want->inside.port == from->own.port)
			prefer[1] = ntohs(from->seen.port);
		base = nf_alg_port_choose(&ports, prefer, ARRAY_SIZE(prefer));
		if (!base)
			return -NF_ALG_REASON_NO_PUBLIC_PORT;
		taking->public.port = htons(base);
		return 0;
	}

	if (!placed)
		base = ntohs(want->inside.port);
	if (base < 1 || base + want->count - 1 > U16_MAX)
		return -NF_ALG_REASON_NO_PUBLIC_PORT;
	for (i = 0; i < want->count; i++) {
		if (taking->own[i])
			continue;
		/* Without NAT there is no choice, and nothing to clash with
		 * but another binding
		 */
		taking->public.port = htons(base + i);
		if (identity ?
		    !!nf_alg_binding_by_public(taking->an, want->l4proto,
					       session->zone,
					       &taking->public) :
		    !nf_alg_port_free(&ports, i, base + i))
			return -NF_ALG_REASON_NO_PUBLIC_PORT;
	}
	taking->public.port = htons(base);
	return 0;
}

int nf_alg_bind(struct nf_alg_message *msg, struct nf_alg_call *call,
		const struct nf_alg_bind *want, struct nf_alg_endpoint *public)
{
	struct nf_alg_net *an = msg->session->an;
	struct nf_alg_taking taking = {
		.an = an,
		.msg = msg,
		.call = call,
		.want = want,
	};
	struct nf_alg_grip *grip, *next;
	LIST_HEAD(taken);
	int i, err;

	if (!msg->from->inside ||
	    !nf_alg_same_host(&want->inside, &msg->from->own))
		return -NF_ALG_REASON_DOOR_OTHER_HOST;
	if (!want->count || want->count > NF_ALG_BIND_PORTS_MAX ||
	    !want->inside.port ||
	    ntohs(want->inside.port) + want->count - 1 > U16_MAX ||
	    (want->l4proto != IPPROTO_UDP && want->l4proto != IPPROTO_TCP))
		return -NF_ALG_REASON_MALFORMED;

	rcu_read_lock();
	spin_lock_bh(&an->bindings.lock);
	/* A call that dies releases what it holds under this lock */
	err = -NF_ALG_REASON_MAPPING_LOST;
	if (READ_ONCE(call->state) == NF_ALG_CALL_DEAD)
		goto unlock;

	err = nf_alg_bind_place(&taking);
	for (i = 0; !err && i < want->count; i++)
		err = nf_alg_grip_take(&taking, i, &taken);
	if (err) {
		list_for_each_entry_safe(grip, next, &taken, undo)
			nf_alg_grip_release(an, grip);
	} else {
		*public = taking.public;
		list_splice_tail(&taken, &msg->undo);
	}
unlock:
	spin_unlock_bh(&an->bindings.lock);
	rcu_read_unlock();
	return err;
}
EXPORT_SYMBOL_GPL(nf_alg_bind);

/**
 * nf_alg_bind_undo() - a message failed: what it took anew is given back
 * @msg: message
 */
void nf_alg_bind_undo(struct nf_alg_message *msg)
{
	struct nf_alg_net *an = msg->session->an;
	struct nf_alg_grip *grip, *next;

	/* Others only ever make the list shorter */
	if (list_empty(&msg->undo))
		return;
	spin_lock_bh(&an->bindings.lock);
	list_for_each_entry_safe(grip, next, &msg->undo, undo)
		nf_alg_grip_release(an, grip);
	spin_unlock_bh(&an->bindings.lock);
}

/**
 * nf_alg_bind_keep() - a message was sent: what it took stays
 * @msg: message
 */
void nf_alg_bind_keep(struct nf_alg_message *msg)
{
	struct nf_alg_net *an = msg->session->an;
	struct nf_alg_grip *grip, *next;

	if (list_empty(&msg->undo))
		return;
	spin_lock_bh(&an->bindings.lock);
	list_for_each_entry_safe(grip, next, &msg->undo, undo)
		list_del_init(&grip->undo);
	spin_unlock_bh(&an->bindings.lock);
}

bool nf_alg_bind_open(struct nf_alg_call *call,
		      const struct nf_alg_endpoint *inside, u8 l4proto)
{
	struct nf_alg_net *an = call->an;
	struct nf_alg_grip *grip;
	bool found = false;

	spin_lock_bh(&an->bindings.lock);
	list_for_each_entry(grip, &call->grips, list) {
		if (grip->binding->l4proto != l4proto ||
		    !nf_alg_same_endpoint(&grip->binding->inside, inside))
			continue;
		found = true;
		if (!(grip->flags & NF_ALG_BIND_CLOSED))
			continue;
		WRITE_ONCE(grip->flags, grip->flags & ~NF_ALG_BIND_CLOSED);
		trace_nf_alg_door_open(grip->binding);
	}
	spin_unlock_bh(&an->bindings.lock);
	return found;
}
EXPORT_SYMBOL_GPL(nf_alg_bind_open);

bool nf_alg_bound_public(const struct nf_alg_session *session, u8 l4proto,
			 const struct nf_alg_endpoint *public,
			 struct nf_alg_endpoint *inside)
{
	struct nf_alg_binding *b;

	rcu_read_lock();
	b = nf_alg_binding_by_public(session->an, l4proto, session->zone,
				     public);
	if (b && inside)
		*inside = b->inside;
	rcu_read_unlock();
	return b;
}
EXPORT_SYMBOL_GPL(nf_alg_bound_public);

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
		hlist_for_each_entry_safe(grip, next, &b->grips, node)
			nf_alg_grip_release(an, grip);
		spin_unlock_bh(&an->bindings.lock);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
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
