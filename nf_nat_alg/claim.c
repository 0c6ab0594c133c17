// SPDX-License-Identifier: GPL-2.0
/*
 * Claims of calls on bindings, found by the remote that they let in
 *
 * One binding may have thousands of claims: each registration that shares a door
 * has one. A new flow finds the one that lets it in by a lookup, under RCU.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include "binding.h"
#include "claim.h"
#include "netns.h"

static struct kmem_cache *nf_alg_remote_cache __read_mostly;

#define NF_ALG_REMOTE_KEY_SIZE offsetofend(struct nf_alg_remote_key, host)

static const struct rhashtable_params nf_alg_remote_params = {
	.head_offset = offsetof(struct nf_alg_remote, node),
	.key_offset = offsetof(struct nf_alg_remote, key),
	.key_len = NF_ALG_REMOTE_KEY_SIZE,
	.automatic_shrinking = true,
};

/* The key of a remote, without bytes that nobody has written */
static struct nf_alg_remote_key
nf_alg_claim_key(const struct nf_alg_binding *b,
		 const struct nf_alg_endpoint *host, __be16 port)
{
	struct nf_alg_remote_key key = { .binding = b, .host = *host };

	key.host.port = port;
	return key;
}

static struct nf_alg_remote *
nf_alg_claim_remote(struct nf_alg_net *an, const struct nf_alg_remote_key *key)
{
	return rhashtable_lookup(&an->bindings.remotes, key,
				 nf_alg_remote_params);
}

/* Lists change under their readers, who therefore take the first claim only */
#define nf_alg_claim_first(head, member)                             \
	hlist_entry_safe(rcu_dereference_raw(hlist_first_rcu(head)), \
			 struct nf_alg_grip, member)

static struct nf_alg_grip *
nf_alg_claim_find(struct nf_alg_net *an, const struct nf_alg_remote_key *key,
		  bool inward)
{
	struct nf_alg_remote *remote = nf_alg_claim_remote(an, key);
	struct nf_alg_grip *grip;

	if (!remote)
		return NULL;
	grip = nf_alg_claim_first(&remote->open, named_node);
	if (!grip && inward)
		grip = nf_alg_claim_first(&remote->inward, named_node);
	return grip;
}

/**
 * nf_alg_claim_named() - find an open claim that names a remote
 * @an: namespace
 * @b: binding
 * @remote: address and port
 * @inward: a claim with NF_ALG_BIND_INWARD will do
 *
 * Named is also the other end of the signalling that asked for the binding.
 * Caller holds RCU.
 *
 * Return: the claim, or NULL: doors not opened yet admit nobody.
 */
struct nf_alg_grip *nf_alg_claim_named(struct nf_alg_net *an,
				       const struct nf_alg_binding *b,
				       const struct nf_alg_endpoint *remote,
				       bool inward)
{
	struct nf_alg_remote_key key;
	struct nf_alg_grip *grip;

	if (!READ_ONCE(b->named))
		return NULL;
	key = nf_alg_claim_key(b, remote, 0);
	grip = nf_alg_claim_find(an, &key, inward);
	if (grip || !READ_ONCE(b->named_ports))
		return grip;
	key.host.port = remote->port;
	return nf_alg_claim_find(an, &key, inward);
}

/**
 * nf_alg_claim_anybody() - find an open claim that admits anybody
 * @b: binding
 *
 * Caller holds RCU.
 *
 * Return: the claim, or NULL.
 */
struct nf_alg_grip *nf_alg_claim_anybody(const struct nf_alg_binding *b)
{
	return nf_alg_claim_first(&b->anybody, anybody_node);
}

/**
 * nf_alg_claim_door() - find an open claim that is a door
 * @b: binding
 *
 * Caller holds RCU.
 *
 * Return: the claim, or NULL.
 */
struct nf_alg_grip *nf_alg_claim_door(const struct nf_alg_binding *b)
{
	return nf_alg_claim_first(&b->doors, door_node);
}

/**
 * nf_alg_claim_away() - test whether a host was told of a listener outside
 * @an: namespace
 * @b: binding of NF_ALG_BIND_AWAY
 * @host: inside host; the port is not looked at
 *
 * Caller holds RCU.
 *
 * Return: the claim of the host's call, or NULL.
 */
struct nf_alg_grip *nf_alg_claim_away(struct nf_alg_net *an,
				      const struct nf_alg_binding *b,
				      const struct nf_alg_endpoint *host)
{
	const struct nf_alg_remote_key key = nf_alg_claim_key(b, host, 0);

	return nf_alg_claim_find(an, &key, false);
}

static void nf_alg_claim_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(nf_alg_remote_cache,
			container_of(rcu, struct nf_alg_remote, rcu));
}

/**
 * nf_alg_claim_hide() - let no flow find a claim
 * @grip: claim; readers may be at it, so its pointers forward stay
 *
 * Caller holds nf_alg_bindings.lock.
 */
void nf_alg_claim_hide(struct nf_alg_grip *grip)
{
	hlist_del_init_rcu(&grip->anybody_node);
	hlist_del_init_rcu(&grip->door_node);
	hlist_del_init_rcu(&grip->named_node);
}

/**
 * nf_alg_claim_show() - let flows find a claim, as its flags say
 * @grip: claim, hidden
 *
 * Caller holds nf_alg_bindings.lock.
 */
void nf_alg_claim_show(struct nf_alg_grip *grip)
{
	struct nf_alg_binding *b = grip->binding;
	struct nf_alg_remote *target = grip->target;

	if (grip->flags & NF_ALG_BIND_CLOSED)
		return;
	if (!grip->remote.family && !nf_alg_binding_is_away(b))
		hlist_add_head_rcu(&grip->anybody_node, &b->anybody);
	if (grip->flags & NF_ALG_BIND_DOOR)
		hlist_add_head_rcu(&grip->door_node, &b->doors);
	if (target)
		hlist_add_head_rcu(&grip->named_node,
				   grip->flags & NF_ALG_BIND_INWARD ?
					   &target->inward :
					   &target->open);
}

/**
 * nf_alg_claim_target() - take a remote of a binding, or begin it
 * @an: namespace
 * @b: binding
 * @host: the remote; port 0: any port of that host
 *
 * Caller holds nf_alg_bindings.lock.
 *
 * Return: the remote, with one claim more; NULL where there is no memory.
 */
struct nf_alg_remote *nf_alg_claim_target(struct nf_alg_net *an,
					  struct nf_alg_binding *b,
					  const struct nf_alg_endpoint *host)
{
	const struct nf_alg_remote_key key =
		nf_alg_claim_key(b, host, host->port);
	struct nf_alg_remote *remote;

	rcu_read_lock();
	remote = nf_alg_claim_remote(an, &key);
	rcu_read_unlock();
	if (!remote) {
		remote = kmem_cache_zalloc(nf_alg_remote_cache, GFP_ATOMIC);
		if (!remote)
			return NULL;
		remote->key = key;
		if (rhashtable_insert_fast(&an->bindings.remotes, &remote->node,
					   nf_alg_remote_params)) {
			kmem_cache_free(nf_alg_remote_cache, remote);
			return NULL;
		}
	}
	remote->claims++;
	WRITE_ONCE(b->named, b->named + 1);
	if (host->port)
		WRITE_ONCE(b->named_ports, b->named_ports + 1);
	return remote;
}

/**
 * nf_alg_claim_untarget() - give a remote back
 * @an: namespace
 * @b: binding
 * @remote: what nf_alg_claim_target() returned
 *
 * Caller holds nf_alg_bindings.lock.
 */
void nf_alg_claim_untarget(struct nf_alg_net *an, struct nf_alg_binding *b,
			   struct nf_alg_remote *remote)
{
	WRITE_ONCE(b->named, b->named - 1);
	if (remote->key.host.port)
		WRITE_ONCE(b->named_ports, b->named_ports - 1);
	if (--remote->claims)
		return;
	rhashtable_remove_fast(&an->bindings.remotes, &remote->node,
			       nf_alg_remote_params);
	call_rcu(&remote->rcu, nf_alg_claim_free_rcu);
}

/**
 * nf_alg_claim_retarget() - follow signalling that has moved to another host
 * @an: namespace
 * @grip: a claim
 * @target: as in nf_alg_grip_link()
 *
 * Without memory it is found as before. Caller holds nf_alg_bindings.lock.
 */
void nf_alg_claim_retarget(struct nf_alg_net *an, struct nf_alg_grip *grip,
			   const struct nf_alg_endpoint *target)
{
	struct nf_alg_remote *old = grip->target, *remote;

	if (!target->family ||
	    (old && nf_alg_same_endpoint(&old->key.host, target)))
		return;
	remote = nf_alg_claim_target(an, grip->binding, target);
	if (!remote)
		return;
	nf_alg_claim_hide(grip);
	grip->target = remote;
	nf_alg_claim_show(grip);
	if (old)
		nf_alg_claim_untarget(an, grip->binding, old);
}

/**
 * nf_alg_claim_change() - change what a claim is
 * @grip: a claim
 * @flags: all its flags from now on
 *
 * Caller holds nf_alg_bindings.lock, under which all flags are written.
 */
void nf_alg_claim_change(struct nf_alg_grip *grip, u16 flags)
{
	u16 changed = grip->flags ^ flags;

	WRITE_ONCE(grip->flags, flags);
	if (!(changed &
	      (NF_ALG_BIND_CLOSED | NF_ALG_BIND_DOOR | NF_ALG_BIND_INWARD)))
		return;
	nf_alg_claim_hide(grip);
	nf_alg_claim_show(grip);
}

/**
 * nf_alg_claim_use() - let a flow in by a claim
 * @an: namespace
 * @grip: a claim that was found open; the caller holds RCU
 *
 * One with NF_ALG_BIND_ONCE is closed by that. It costs a lock, once for each
 * such claim.
 *
 * Return: false if another flow has used it up.
 */
bool nf_alg_claim_use(struct nf_alg_net *an, struct nf_alg_grip *grip)
{
	bool open;

	if (likely(!(READ_ONCE(grip->flags) & NF_ALG_BIND_ONCE)))
		return true;
	spin_lock_bh(&an->bindings.lock);
	/* One that was released meanwhile is in no list */
	open = !(grip->flags & NF_ALG_BIND_CLOSED) &&
	       !hlist_unhashed(&grip->node);
	if (open)
		nf_alg_claim_change(grip, grip->flags | NF_ALG_BIND_CLOSED);
	spin_unlock_bh(&an->bindings.lock);
	return open;
}

/**
 * nf_alg_claims_init() - no remote is named yet
 * @an: namespace
 *
 * Return: 0 or a negative errno.
 */
int nf_alg_claims_init(struct nf_alg_net *an)
{
	return rhashtable_init(&an->bindings.remotes, &nf_alg_remote_params);
}

/**
 * nf_alg_claims_exit() - free the table of remotes
 * @an: namespace; no claim is left
 */
void nf_alg_claims_exit(struct nf_alg_net *an)
{
	rhashtable_destroy(&an->bindings.remotes);
}

int nf_alg_claim_cache_init(void)
{
	nf_alg_remote_cache = KMEM_CACHE(nf_alg_remote, 0);
	return nf_alg_remote_cache ? 0 : -ENOMEM;
}

/* The caller has waited for RCU's callbacks */
void nf_alg_claim_cache_exit(void)
{
	kmem_cache_destroy(nf_alg_remote_cache);
}
