// SPDX-License-Identifier: GPL-2.0
/*
 * Walks of hash tables that give the CPU back
 */
#include <linux/sched.h>
#include "walk.h"

/* Buckets between two chances to give the CPU back */
#define NF_ALG_WALK_BATCH 64

static bool nf_alg_walk_knows(const struct nf_alg_walk *walk,
			      const struct bucket_table *buckets)
{
	return walk->size == buckets->size && walk->seed == buckets->hash_rnd;
}

static void nf_alg_walk_begin(struct nf_alg_walk *walk,
			      const struct bucket_table *buckets)
{
	if (walk->size)
		walk->restarts++;
	walk->slot = 0;
	walk->size = buckets->size;
	walk->seed = buckets->hash_rnd;
}

/**
 * nf_alg_walk_step() - go on to the next bucket
 * @walk: the place
 *
 * Now and then this gives the CPU back, and RCU: what the caller has found under
 * it may be gone. The caller holds RCU once.
 */
void nf_alg_walk_step(struct nf_alg_walk *walk)
{
	walk->slot++;
	if (walk->slot % NF_ALG_WALK_BATCH)
		return;
	rcu_read_unlock();
	cond_resched();
	rcu_read_lock();
}

/**
 * nf_alg_walk_bucket() - find the bucket at which a walk goes on
 * @table: the hash table
 * @walk: the place; all zero at the start
 *
 * While a table is resized its objects move from the old buckets to the new
 * ones: the walk goes through both, and begins anew if the old ones are gone
 * before it is through. An object that stays in the table is then met at least
 * once, and exactly once if @walk->restarts stays 0. Caller holds RCU.
 *
 * Return: the table's buckets, of which @walk->slot is the next one; NULL at
 * the end.
 */
const struct bucket_table *nf_alg_walk_bucket(struct rhashtable *table,
					      struct nf_alg_walk *walk)
{
	const struct bucket_table *first = rcu_dereference(table->tbl);
	const struct bucket_table *buckets = first;

	while (buckets && !nf_alg_walk_knows(walk, buckets))
		buckets = rcu_dereference(buckets->future_tbl);
	if (!buckets) {
		nf_alg_walk_begin(walk, first);
		buckets = first;
	}
	while (walk->slot >= walk->size) {
		/* Pairs with rhashtable_rehash_attach(): whoever sees that an
		 * object has left these buckets sees where it went to.
		 */
		smp_rmb();
		buckets = rcu_dereference(buckets->future_tbl);
		if (!buckets)
			return NULL;
		nf_alg_walk_begin(walk, buckets);
	}
	return buckets;
}
