/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walks of hash tables that give the CPU back
 */
#ifndef NF_ALG_WALK_H
#define NF_ALG_WALK_H

#include <linux/rhashtable.h>
#include <linux/types.h>

/**
 * struct nf_alg_walk - a place between two buckets of a hash table
 * @slot: the bucket that comes next
 * @size: number of buckets of the table that @slot belongs to, 0 at the start
 * @seed: its hash seed; with @size it tells one table from another
 * @restarts: how often the walk began anew because the table was resized
 *
 * A place refers to no object and to no memory of the table, so nothing need be
 * held between two steps. rhashtable_walk_start() counts entries of a bucket
 * instead, and passes over one when another one of that bucket has gone.
 */
struct nf_alg_walk {
	u32 slot;
	u32 size;
	u32 seed;
	u32 restarts;
};

const struct bucket_table *nf_alg_walk_bucket(struct rhashtable *table,
					      struct nf_alg_walk *walk);
void nf_alg_walk_step(struct nf_alg_walk *walk);

/**
 * struct nf_alg_walk_place - an object of a bucket
 * @chain: entry of the bucket's chain
 * @head: the object's own head: @chain, or one of the list that begins there in
 *	a table whose keys may occur several times
 */
struct nf_alg_walk_place {
	struct rhash_head *chain;
	struct rhash_head *head;
};

/* For nf_alg_walk_for_each() */
static inline void *nf_alg_walk_object(const struct rhashtable *table,
				       struct nf_alg_walk_place *place,
				       struct rhash_head *chain)
{
	place->chain = chain;
	place->head = chain;
	return rht_is_a_nulls(chain) ? NULL : rht_obj(table, chain);
}

static inline void *nf_alg_walk_next(const struct rhashtable *table,
				     struct nf_alg_walk_place *place)
{
	struct rhlist_head *like;

	if (table->rhlist) {
		like = container_of(place->head, struct rhlist_head, rhead);
		like = rcu_dereference(like->next);
		if (like) {
			place->head = &like->rhead;
			return rht_obj(table, place->head);
		}
	}
	return nf_alg_walk_object(table, place,
				  rcu_dereference(place->chain->next));
}

/**
 * nf_alg_walk_for_each - iterate over the objects of the bucket that @walk
 *	stands at
 * @object: a void pointer, set to each object in turn
 * @place: address of a struct nf_alg_walk_place
 * @table: the hash table, of an rhltable its @ht
 * @buckets: what nf_alg_walk_bucket() has returned
 * @walk: the place
 *
 * Caller holds RCU since nf_alg_walk_bucket(). Objects may be removed meanwhile.
 */
#define nf_alg_walk_for_each(object, place, table, buckets, walk)     \
	for ((object) = nf_alg_walk_object(                           \
		     table, place,                                    \
		     rht_ptr_rcu(rht_bucket(buckets, (walk)->slot))); \
	     object; (object) = nf_alg_walk_next(table, place))

#endif /* NF_ALG_WALK_H */
