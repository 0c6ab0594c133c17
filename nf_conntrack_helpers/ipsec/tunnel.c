// SPDX-License-Identifier: GPL-2.0
/*
 * Tunnels, their gateways and their zones
 */
#include <linux/jiffies.h>
#include <linux/slab.h>
#include "host.h"
#include "packet.h"
#include "pair.h"
#include "report.h"
#include "state.h"
#include "tunnel.h"
#include "wait.h"

/* A tunnel whose first packet did not get through: the firewall may have
 * dropped it, and whoever sent it may be anybody
 */
#define IPSEC_TUNNEL_TRIAL (2 * HZ)
#define IPSEC_SWEEP_INTERVAL (2 * HZ)

/* How many zones behind a restored one are left alone at first */
#define IPSEC_ZONE_REST 1024

static struct kmem_cache *ipsec_tunnel_cache __read_mostly;

static __always_inline u32 ipsec_tunnel_hash(const void *data, u32 len,
					     u32 seed)
{
	const struct ipsec_tunnel_key *key = data;

	return ipsec_pair_hash(&key->inside, &key->gateway, key->family,
			       (u32)key->vrf << 16 ^ key->zone, seed);
}

/* Inline, unlike memcmp() */
static __always_inline int
ipsec_tunnel_differs(struct rhashtable_compare_arg *arg, const void *object)
{
	const struct ipsec_tunnel *tunnel = object;
	const u64 *a = arg->key, *b = (const u64 *)&tunnel->key;

	BUILD_BUG_ON(sizeof(tunnel->key) != 5 * sizeof(*a));
	return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) |
		(a[4] ^ b[4])) != 0;
}

static const struct rhashtable_params ipsec_tunnel_params = {
	.head_offset = offsetof(struct ipsec_tunnel, node),
	.key_offset = offsetof(struct ipsec_tunnel, key),
	.key_len = sizeof(struct ipsec_tunnel_key),
	.hashfn = ipsec_tunnel_hash,
	.obj_cmpfn = ipsec_tunnel_differs,
	.automatic_shrinking = true,
};

static const struct rhashtable_params ipsec_gateway_params = {
	.head_offset = offsetof(struct ipsec_gateway, node),
	.key_offset = offsetof(struct ipsec_gateway, key),
	.key_len = sizeof(struct ipsec_gateway_key),
	.automatic_shrinking = true,
};

static const struct rhashtable_params ipsec_peer_params = {
	.head_offset = offsetof(struct ipsec_peer, node),
	.key_offset = offsetof(struct ipsec_peer, key),
	.key_len = sizeof(struct ipsec_peer_key),
	.automatic_shrinking = true,
};

struct ipsec_tunnel *ipsec_tunnel_find(struct ipsec_net *ns,
				       const struct ipsec_tunnel_key *key)
{
	return rhashtable_lookup(&ns->tunnels, key, ipsec_tunnel_params);
}

struct ipsec_peer *ipsec_peer_find(struct ipsec_net *ns,
				   const struct ipsec_peer_key *key)
{
	return rhashtable_lookup(&ns->peers, key, ipsec_peer_params);
}

static struct ipsec_gateway *ipsec_gateway_find(struct ipsec_net *ns,
						const union nf_inet_addr *addr,
						u8 family)
{
	const struct ipsec_gateway_key key = {
		.addr = *addr,
		.family = family,
	};

	return rhashtable_lookup(&ns->gateways, &key, ipsec_gateway_params);
}

struct ipsec_tunnel *ipsec_tunnel_of_zone(struct ipsec_net *ns,
					  const union nf_inet_addr *addr,
					  u8 family, u16 zone)
{
	struct ipsec_gateway *gateway = ipsec_gateway_find(ns, addr, family);

	return gateway ? xa_load(&gateway->zones, zone - ns->low) : NULL;
}

struct ipsec_peer *ipsec_tunnel_peer(const struct ipsec_tunnel *tunnel)
{
	return rcu_dereference_protected(
		tunnel->peer, lockdep_is_held(&tunnel->gateway->lock));
}

struct ipsec_clue_key ipsec_tunnel_clue(const struct ipsec_peer *peer,
					enum ipsec_clue_kind kind, u64 value)
{
	return (struct ipsec_clue_key){
		.from = peer->key.gateway,
		.to = peer->key.public,
		.value = value,
		.zone = peer->key.zone,
		.kind = kind,
		.family = peer->key.family,
	};
}

/* It may be dead by the time its lock is taken; NULL: no memory */
static struct ipsec_gateway *ipsec_gateway_take(struct ipsec_net *ns,
						const union nf_inet_addr *addr,
						u8 family)
{
	struct ipsec_gateway *gateway, *fresh;

	gateway = ipsec_gateway_find(ns, addr, family);
	if (gateway)
		return gateway;
	fresh = kzalloc(sizeof(*fresh), GFP_ATOMIC);
	if (!fresh)
		return NULL;
	fresh->key.addr = *addr;
	fresh->key.family = family;
	fresh->next = READ_ONCE(ns->next);
	spin_lock_init(&fresh->lock);
	xa_init_flags(&fresh->zones, XA_FLAGS_ALLOC | XA_FLAGS_LOCK_BH);
	gateway = rhashtable_lookup_get_insert_fast(&ns->gateways, &fresh->node,
						    ipsec_gateway_params);
	if (!gateway)
		return fresh;
	kfree(fresh);
	return IS_ERR(gateway) ? NULL : gateway;
}

/* It goes with its last tunnel; its lock is held */
static void ipsec_gateway_release(struct ipsec_net *ns,
				  struct ipsec_gateway *gateway)
{
	if (gateway->tunnels || gateway->dead)
		return;
	gateway->dead = true;
	rhashtable_remove_fast(&ns->gateways, &gateway->node,
			       ipsec_gateway_params);
	xa_destroy(&gateway->zones);
	kfree_rcu(gateway, rcu);
}

/* Between a gateway, whose lock is held, and a public address */
static struct ipsec_peer *ipsec_peer_take(struct ipsec_net *ns,
					  struct ipsec_gateway *gateway,
					  const struct ipsec_peer_key *key)
{
	struct ipsec_peer *peer = ipsec_peer_find(ns, key);

	if (peer)
		return peer;
	peer = kzalloc(sizeof(*peer), GFP_ATOMIC);
	if (!peer)
		return NULL;
	peer->key = *key;
	peer->gateway = gateway;
	set_bit(ipsec_public_bit(&key->public), ns->publics);
	INIT_LIST_HEAD(&peer->tunnels);
	INIT_LIST_HEAD(&peer->pending);
	INIT_LIST_HEAD(&peer->waiting);
	INIT_LIST_HEAD(&peer->hinted);
	INIT_LIST_HEAD(&peer->active);
	if (rhashtable_insert_fast(&ns->peers, &peer->node,
				   ipsec_peer_params)) {
		kfree(peer);
		return NULL;
	}
	return peer;
}

void ipsec_tunnel_unpeer(struct ipsec_net *ns, struct ipsec_tunnel *tunnel)
{
	struct ipsec_peer *peer = ipsec_tunnel_peer(tunnel);

	WRITE_ONCE(tunnel->last_out, 0);
	if (!peer)
		return;
	ipsec_wait_forget(ns, tunnel);
	ipsec_clues_drop(ns, tunnel, IPSEC_CLUE_IN);
	ipsec_clues_drop(ns, tunnel, IPSEC_CLUE_OUT);
	ipsec_clues_drop(ns, tunnel, IPSEC_CLUE_HASHED);
	ipsec_clues_drop(ns, tunnel, IPSEC_CLUE_HALF);
	list_del_init(&tunnel->pending);
	list_del_init(&tunnel->waiting);
	list_del_init(&tunnel->hinted);
	list_del_init(&tunnel->peer_list);
	RCU_INIT_POINTER(tunnel->peer, NULL);
	tunnel->hint = false;
	tunnel->answered = false;
	tunnel->ahead = 0;
	if (tunnel->complete)
		peer->complete--;
	tunnel->complete = false;
	if (--peer->count)
		return;
	WRITE_ONCE(peer->dead, true);
	rhashtable_remove_fast(&ns->peers, &peer->node, ipsec_peer_params);
	spin_lock(&ns->active_lock);
	list_del_init(&peer->active);
	spin_unlock(&ns->active_lock);
	kfree_rcu(peer, rcu);
}

struct ipsec_peer *ipsec_tunnel_public(struct ipsec_net *ns,
				       struct ipsec_tunnel *tunnel,
				       const union nf_inet_addr *public)
{
	const struct ipsec_peer_key key = {
		.gateway = tunnel->key.gateway,
		.public = *public,
		.zone = tunnel->key.zone,
		.family = tunnel->key.family,
	};
	struct ipsec_peer *peer = ipsec_tunnel_peer(tunnel);

	lockdep_assert_held(&tunnel->gateway->lock);

	if (peer && !memcmp(&peer->key, &key, sizeof(key)))
		return peer;
	ipsec_tunnel_unpeer(ns, tunnel);
	peer = ipsec_peer_take(ns, tunnel->gateway, &key);
	if (!peer)
		return NULL;
	peer->count++;
	list_add_tail(&tunnel->peer_list, &peer->tunnels);
	rcu_assign_pointer(tunnel->peer, peer);
	if (tunnel->hint)
		list_add_tail(&tunnel->hinted, &peer->hinted);
	ipsec_report_tunnel(ns, tunnel, NF_ALG_EVENT_TUNNEL_NEW);
	return peer;
}

void ipsec_tunnel_unsettle(struct ipsec_net *ns, struct ipsec_tunnel *tunnel)
{
	if (tunnel->unsettled)
		return;
	WRITE_ONCE(tunnel->unsettled, true);
	atomic_inc(&ns->unsettled);
}

void ipsec_tunnel_settle(struct ipsec_net *ns, struct ipsec_tunnel *tunnel)
{
	if (!tunnel->unsettled)
		return;
	WRITE_ONCE(tunnel->unsettled, false);
	atomic_dec(&ns->unsettled);
}

static void ipsec_tunnel_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(ipsec_tunnel_cache,
			container_of(rcu, struct ipsec_tunnel, rcu));
}

static struct ipsec_tunnel *
ipsec_tunnel_alloc(const struct ipsec_tunnel_key *key)
{
	struct ipsec_tunnel *tunnel;

	tunnel = kmem_cache_zalloc(ipsec_tunnel_cache, GFP_ATOMIC);
	if (!tunnel)
		return NULL;
	tunnel->key = *key;
	tunnel->created = jiffies;
	tunnel->used = tunnel->created;
	INIT_LIST_HEAD(&tunnel->peer_list);
	INIT_LIST_HEAD(&tunnel->clues);
	INIT_LIST_HEAD(&tunnel->pending);
	INIT_LIST_HEAD(&tunnel->waiting);
	INIT_LIST_HEAD(&tunnel->hinted);
	return tunnel;
}

/* A zone of its own toward its gateway, whose lock is held; this one if it is
 * not 0
 */
static int ipsec_tunnel_zone(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
			     u16 wanted)
{
	const struct xa_limit limit = XA_LIMIT(0, ns->high - ns->low);
	struct ipsec_gateway *gateway = tunnel->gateway;
	u32 zone;
	int err;

	if (wanted) {
		tunnel->zone = wanted;
		zone = wanted - ns->low;
		err = xa_insert_bh(&gateway->zones, zone, tunnel, GFP_ATOMIC);
		if (err)
			return err;
		/* Behind it are those that were not restored: conntrack may
		 * have entries of theirs
		 */
		gateway->next = max(gateway->next, zone + IPSEC_ZONE_REST);
		WRITE_ONCE(ns->next, max(ns->next, gateway->next));
		return 0;
	}
	err = xa_alloc_cyclic_bh(&gateway->zones, &zone, tunnel, limit,
				 &gateway->next, GFP_ATOMIC);
	if (err < 0)
		return err;
	tunnel->zone = ns->low + zone;
	/* Those of a gateway that is forgotten rest as well */
	WRITE_ONCE(ns->next, gateway->next);
	return 0;
}

struct ipsec_tunnel *ipsec_tunnel_begin(struct ipsec_net *ns,
					const struct ipsec_tunnel_key *key,
					u8 match, u16 zone,
					enum nf_alg_reason *reason)
{
	const struct nf_alg_endpoint inside = {
		.addr = key->inside,
		.family = key->family,
	};
	struct ipsec_tunnel *tunnel, *old = NULL;
	struct ipsec_gateway *gateway;
	int err;

	*reason = NF_ALG_REASON_NO_MEMORY;
	tunnel = ipsec_tunnel_alloc(key);
	if (!tunnel)
		return NULL;
	tunnel->match = match;
	tunnel->generation = atomic_read(&ns->generation);
	tunnel->host = nf_alg_host_charge(ns->an, &inside, key->zone, key->vrf,
					  NF_ALG_CHARGE_TUNNEL, reason);
	if (!tunnel->host)
		goto free;
	*reason = NF_ALG_REASON_NO_MEMORY;
again:
	gateway = ipsec_gateway_take(ns, &key->gateway, key->family);
	if (!gateway)
		goto discharge;
	spin_lock_bh(&gateway->lock);
	if (gateway->dead) {
		spin_unlock_bh(&gateway->lock);
		goto again;
	}
	tunnel->gateway = gateway;
	err = ipsec_tunnel_zone(ns, tunnel, zone);
	if (err) {
		if (err == -EBUSY)
			*reason = zone ? NF_ALG_REASON_NONE :
					 NF_ALG_REASON_LIMIT_TUNNELS;
		goto release;
	}
	old = rhashtable_lookup_get_insert_fast(&ns->tunnels, &tunnel->node,
						ipsec_tunnel_params);
	if (old) {
		xa_erase_bh(&gateway->zones, tunnel->zone - ns->low);
		if (IS_ERR(old))
			old = NULL;
		goto release;
	}
	gateway->tunnels++;
	spin_unlock_bh(&gateway->lock);
	return tunnel;

release:
	ipsec_gateway_release(ns, gateway);
	spin_unlock_bh(&gateway->lock);
discharge:
	nf_alg_host_discharge(ns->an, tunnel->host, NF_ALG_CHARGE_TUNNEL);
free:
	/* xa_load() may have seen it */
	call_rcu(&tunnel->rcu, ipsec_tunnel_free_rcu);
	return old;
}

void ipsec_tunnel_end(struct ipsec_net *ns, struct ipsec_tunnel *tunnel)
{
	struct ipsec_gateway *gateway = tunnel->gateway;

	lockdep_assert_held(&gateway->lock);

	if (tunnel->dead)
		return;
	ipsec_report_tunnel(ns, tunnel, NF_ALG_EVENT_TUNNEL_END);
	tunnel->dead = true;
	rhashtable_remove_fast(&ns->tunnels, &tunnel->node,
			       ipsec_tunnel_params);
	xa_erase_bh(&gateway->zones, tunnel->zone - ns->low);
	ipsec_tunnel_settle(ns, tunnel);
	ipsec_tunnel_unpeer(ns, tunnel);
	ipsec_clues_drop(ns, tunnel, IPSEC_CLUE_COOKIE);
	ipsec_clues_drop(ns, tunnel, IPSEC_CLUE_BACK);
	gateway->tunnels--;
	nf_alg_host_discharge(ns->an, tunnel->host, NF_ALG_CHARGE_TUNNEL);
	call_rcu(&tunnel->rcu, ipsec_tunnel_free_rcu);
}

void ipsec_tunnel_forget(struct ipsec_net *ns, struct ipsec_tunnel *tunnel)
{
	struct ipsec_gateway *gateway = tunnel->gateway;

	spin_lock_bh(&gateway->lock);
	if (!tunnel->dead) {
		ipsec_tunnel_end(ns, tunnel);
		ipsec_gateway_release(ns, gateway);
	}
	spin_unlock_bh(&gateway->lock);
}

bool ipsec_tunnel_entries(struct ipsec_net *ns,
			  const struct ipsec_tunnel *tunnel,
			  enum ipsec_entry_verb verb)
{
	struct ipsec_entry_flow flow = {
		.source = tunnel->key.inside,
		.destination = tunnel->key.gateway,
		.zone = tunnel->zone,
		.family = tunnel->key.family,
		.protocol = IPPROTO_ESP,
	};
	bool esp, ike;

	esp = ipsec_entry(ns, &flow, verb) != IPSEC_ENTRY_NONE;
	flow.protocol = IPPROTO_UDP;
	flow.source_port = htons(IPSEC_IKE_PORT);
	flow.destination_port = htons(IPSEC_IKE_PORT);
	ike = ipsec_entry(ns, &flow, verb) != IPSEC_ENTRY_NONE;
	return esp || ike;
}

/* Is it to be forgotten */
static bool ipsec_tunnel_expired(struct ipsec_net *ns,
				 struct ipsec_tunnel *tunnel)
{
	u32 idle = (u32)jiffies - READ_ONCE(tunnel->used);
	u32 limit = nf_alg_option(ns->an, NF_ALG_OPTION_TUNNEL_IDLE_TIME) * HZ;

	if (!rcu_access_pointer(tunnel->peer) && !READ_ONCE(tunnel->plain))
		limit = IPSEC_TUNNEL_TRIAL;
	/* Its zone may go to another one when nothing is left in it */
	return idle > limit &&
	       !ipsec_tunnel_entries(ns, tunnel, IPSEC_ENTRY_LOOK);
}

/* Walk all tunnels and end those that @doomed() says; may sleep */
static unsigned int
ipsec_tunnels_end(struct ipsec_net *ns,
		  bool (*doomed)(struct ipsec_net *ns,
				 struct ipsec_tunnel *tunnel, const void *data),
		  const void *data, bool kill)
{
	struct ipsec_gateway *gateway;
	struct rhashtable_iter iter;
	struct ipsec_tunnel *tunnel;
	unsigned int ended = 0;

	rhashtable_walk_enter(&ns->tunnels, &iter);
	rhashtable_walk_start(&iter);
	while ((tunnel = rhashtable_walk_next(&iter))) {
		if (IS_ERR(tunnel))
			continue;
		if (!doomed(ns, tunnel, data))
			continue;
		gateway = tunnel->gateway;
		spin_lock_bh(&gateway->lock);
		if (!tunnel->dead) {
			ended++;
			ipsec_tunnel_end(ns, tunnel);
			ipsec_gateway_release(ns, gateway);
		}
		spin_unlock_bh(&gateway->lock);
		if (kill)
			ipsec_tunnel_entries(ns, tunnel, IPSEC_ENTRY_KILL);
		/* 30,000 of them must not keep a CPU */
		if (need_resched()) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			rhashtable_walk_start(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return ended;
}

static bool ipsec_tunnel_is_idle(struct ipsec_net *ns,
				 struct ipsec_tunnel *tunnel, const void *data)
{
	return ipsec_tunnel_expired(ns, tunnel);
}

void ipsec_tunnels_sweep(struct work_struct *work)
{
	struct ipsec_net *ns = container_of(work, struct ipsec_net, sweep.work);

	ipsec_tunnels_end(ns, ipsec_tunnel_is_idle, NULL, false);
	queue_delayed_work(system_wq, &ns->sweep, IPSEC_SWEEP_INTERVAL);
}

/**
 * struct ipsec_selection - which tunnels
 * @inside: inside host; family 0: all
 * @public: public address; family 0: all
 * @generation: those that began in this one or later stay
 */
struct ipsec_selection {
	const struct nf_alg_endpoint *inside;
	const struct nf_alg_endpoint *public;
	u32 generation;
};

static bool ipsec_tunnel_is_selected(struct ipsec_net *ns,
				     struct ipsec_tunnel *tunnel,
				     const void *data)
{
	const struct ipsec_selection *selection = data;
	const struct nf_alg_endpoint *inside = selection->inside;
	const struct nf_alg_endpoint *public = selection->public;
	const struct ipsec_peer *peer = rcu_dereference(tunnel->peer);

	if ((s32)(tunnel->generation - selection->generation) >= 0)
		return false;
	if (inside->family &&
	    (inside->family != tunnel->key.family ||
	     !nf_inet_addr_cmp(&inside->addr, &tunnel->key.inside)))
		return false;
	return !public->family ||
	       (peer && public->family == peer->key.family &&
		nf_inet_addr_cmp(&public->addr, &peer->key.public));
}

unsigned int ipsec_tunnels_clear(struct ipsec_net *ns,
				 const struct nf_alg_endpoint *inside,
				 const struct nf_alg_endpoint *public)
{
	struct ipsec_selection selection = {
		.inside = inside,
		.public = public,
	};
	unsigned int ended, total = 0;

	/* A table that changes while it is walked may hide some. Those that
	 * packets begin meanwhile stay, so there is an end to it.
	 */
	selection.generation = atomic_inc_return(&ns->generation);
	do {
		ended = ipsec_tunnels_end(ns, ipsec_tunnel_is_selected,
					  &selection, true);
		total += ended;
	} while (ended);
	return total;
}

int ipsec_tunnels_init(struct ipsec_net *ns)
{
	int err;

	BUILD_BUG_ON(sizeof(struct ipsec_peer_key) != 36);
	BUILD_BUG_ON(sizeof(struct ipsec_gateway_key) != 20);

	err = rhashtable_init(&ns->tunnels, &ipsec_tunnel_params);
	if (err)
		return err;
	err = rhashtable_init(&ns->gateways, &ipsec_gateway_params);
	if (err)
		goto tunnels;
	err = rhashtable_init(&ns->peers, &ipsec_peer_params);
	if (err)
		goto gateways;
	return 0;

gateways:
	rhashtable_destroy(&ns->gateways);
tunnels:
	rhashtable_destroy(&ns->tunnels);
	return err;
}

void ipsec_tunnels_exit(struct ipsec_net *ns)
{
	rhashtable_destroy(&ns->peers);
	rhashtable_destroy(&ns->gateways);
	rhashtable_destroy(&ns->tunnels);
}

int ipsec_tunnel_cache_init(void)
{
	ipsec_tunnel_cache = KMEM_CACHE(ipsec_tunnel, 0);
	return ipsec_tunnel_cache ? 0 : -ENOMEM;
}

void ipsec_tunnel_cache_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(ipsec_tunnel_cache);
}
