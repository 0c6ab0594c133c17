// SPDX-License-Identifier: GPL-2.0
/*
 * Clues: what a packet shows that tells whose it is
 */
#include <linux/jiffies.h>
#include <linux/slab.h>
#include "clue.h"
#include "netns.h"
#include "pair.h"
#include "state.h"
#include "tunnel.h"

/* How long a firm clue stays that is not used, where others want its place */
#define IPSEC_CLUE_REST (60 * HZ)

static struct kmem_cache *ipsec_clue_cache __read_mostly;

static __always_inline u32 ipsec_clue_hash(const void *data, u32 len, u32 seed)
{
	const struct ipsec_clue_key *key = data;

	seed ^= (u32)key->zone << 16 | key->kind;
	/* An SPI has 32 bits, a cookie 64 */
	if (unlikely(upper_32_bits(key->value)))
		seed = jhash_1word(upper_32_bits(key->value), seed);
	return ipsec_pair_hash(&key->from, &key->to, key->family,
			       lower_32_bits(key->value), seed);
}

/* Inline, unlike memcmp() */
static __always_inline int
ipsec_clue_differs(struct rhashtable_compare_arg *arg, const void *object)
{
	const struct ipsec_clue *clue = object;
	const u64 *a = arg->key, *b = (const u64 *)&clue->key;

	BUILD_BUG_ON(sizeof(clue->key) != 6 * sizeof(*a));
	return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) |
		(a[4] ^ b[4]) | (a[5] ^ b[5])) != 0;
}

static const struct rhashtable_params ipsec_clue_params = {
	.head_offset = offsetof(struct ipsec_clue, node),
	.key_offset = offsetof(struct ipsec_clue, key),
	.key_len = sizeof(struct ipsec_clue_key),
	.hashfn = ipsec_clue_hash,
	.obj_cmpfn = ipsec_clue_differs,
	.automatic_shrinking = true,
};

struct ipsec_clue *ipsec_clue_find(struct ipsec_net *ns,
				   const struct ipsec_clue_key *key)
{
	return rhashtable_lookup(&ns->clues, key, ipsec_clue_params);
}

static void ipsec_clue_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(ipsec_clue_cache,
			container_of(rcu, struct ipsec_clue, rcu));
}

void ipsec_clue_drop(struct ipsec_net *ns, struct ipsec_clue *clue)
{
	rhashtable_remove_fast(&ns->clues, &clue->node, ipsec_clue_params);
	list_del(&clue->list);
	call_rcu(&clue->rcu, ipsec_clue_free_rcu);
}

void ipsec_clues_drop(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
		      enum ipsec_clue_kind kind)
{
	struct ipsec_clue *clue, *next;

	list_for_each_entry_safe(clue, next, &tunnel->clues, list)
		if (clue->key.kind == kind)
			ipsec_clue_drop(ns, clue);
}

/* Make room for one more of a kind */
static bool ipsec_clue_room(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
			    enum ipsec_clue_kind kind)
{
	u32 max = nf_alg_option(ns->an, NF_ALG_OPTION_SPIS_PER_TUNNEL);
	struct ipsec_clue *clue, *oldest = NULL;
	u32 now = jiffies;
	u32 count = 0;

	list_for_each_entry(clue, &tunnel->clues, list) {
		if (clue->key.kind != kind)
			continue;
		count++;
		if (READ_ONCE(clue->firm) &&
		    now - READ_ONCE(clue->used) < IPSEC_CLUE_REST)
			continue;
		/* Those that are not firm go before those that rest */
		if (!oldest || oldest->firm > clue->firm ||
		    (oldest->firm == clue->firm &&
		     now - READ_ONCE(clue->used) >=
			     now - READ_ONCE(oldest->used)))
			oldest = clue;
	}
	if (count < max)
		return true;
	nf_alg_reason_count(ns->an, NF_ALG_REASON_LIMIT_SPIS);
	if (!oldest)
		return false;
	ipsec_clue_drop(ns, oldest);
	return true;
}

/* One more of a tunnel's, in no table yet */
static struct ipsec_clue *ipsec_clue_alloc(struct ipsec_net *ns,
					   struct ipsec_tunnel *tunnel,
					   const struct ipsec_clue_key *key,
					   enum nf_alg_evidence evidence)
{
	struct ipsec_clue *clue;

	lockdep_assert_held(&tunnel->gateway->lock);

	if (!ipsec_clue_room(ns, tunnel, key->kind))
		return NULL;
	clue = kmem_cache_zalloc(ipsec_clue_cache, GFP_ATOMIC);
	if (!clue)
		return NULL;
	clue->key = *key;
	clue->tunnel = tunnel;
	clue->evidence = evidence;
	clue->born = jiffies;
	clue->used = clue->born;
	return clue;
}

struct ipsec_clue *ipsec_clue_move(struct ipsec_net *ns,
				   struct ipsec_clue *clue,
				   struct ipsec_tunnel *tunnel,
				   enum nf_alg_evidence evidence)
{
	struct ipsec_clue *fresh;

	fresh = ipsec_clue_alloc(ns, tunnel, &clue->key, evidence);
	if (!fresh)
		return NULL;
	if (rhashtable_replace_fast(&ns->clues, &clue->node, &fresh->node,
				    ipsec_clue_params)) {
		kmem_cache_free(ipsec_clue_cache, fresh);
		return NULL;
	}
	list_del(&clue->list);
	call_rcu(&clue->rcu, ipsec_clue_free_rcu);
	list_add(&fresh->list, &tunnel->clues);
	return fresh;
}

struct ipsec_clue *ipsec_clue_add(struct ipsec_net *ns,
				  struct ipsec_tunnel *tunnel,
				  const struct ipsec_clue_key *key,
				  enum nf_alg_evidence evidence)
{
	struct ipsec_clue *clue, *old;

	clue = ipsec_clue_alloc(ns, tunnel, key, evidence);
	if (!clue)
		return NULL;
	old = rhashtable_lookup_get_insert_fast(&ns->clues, &clue->node,
						ipsec_clue_params);
	if (old) {
		kmem_cache_free(ipsec_clue_cache, clue);
		return !IS_ERR(old) && old->tunnel == tunnel ? old : NULL;
	}
	list_add(&clue->list, &tunnel->clues);
	return clue;
}

int ipsec_clues_init(struct ipsec_net *ns)
{
	return rhashtable_init(&ns->clues, &ipsec_clue_params);
}

void ipsec_clues_exit(struct ipsec_net *ns)
{
	rhashtable_destroy(&ns->clues);
}

int ipsec_clue_cache_init(void)
{
	ipsec_clue_cache = KMEM_CACHE(ipsec_clue, 0);
	return ipsec_clue_cache ? 0 : -ENOMEM;
}

void ipsec_clue_cache_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(ipsec_clue_cache);
}
