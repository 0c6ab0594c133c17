/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SPARE_H
#define NF_ALG_SPARE_H

#include <linux/percpu.h>
#include <linux/slab.h>

/**
 * struct nf_alg_spare - objects of kilobytes, of which one is used at a time
 * @cache: where they come from
 * @object: the one that each CPU has given back last, or NULL
 *
 * What a message is translated with is too much for a stack, and to allocate it
 * for each one costs more than many a message does: clearing five kilobytes,
 * of which a few dozen bytes are used, where init_on_alloc is on.
 */
struct nf_alg_spare {
	struct kmem_cache *cache;
	void *__percpu *object;
};

/**
 * nf_alg_spare_init() - there will be such objects
 * @spare: where they are kept
 * @name: of the cache
 * @size: of an object in bytes
 *
 * Return: 0 or -ENOMEM.
 */
int nf_alg_spare_init(struct nf_alg_spare *spare, const char *name,
		      size_t size);

/**
 * nf_alg_spare_exit() - there will be none any more
 * @spare: where they were kept; all have been given back
 */
void nf_alg_spare_exit(struct nf_alg_spare *spare);

/**
 * nf_alg_spare_take() - an object, in any context
 * @spare: where they are kept
 *
 * Return: one whose content is anything; NULL if there is no memory.
 */
static inline void *nf_alg_spare_take(const struct nf_alg_spare *spare)
{
	void *object = this_cpu_xchg(*spare->object, NULL);

	return object ?: kmem_cache_alloc(spare->cache, GFP_ATOMIC);
}

/**
 * nf_alg_spare_give() - done with an object, on any CPU
 * @spare: where they are kept
 * @object: of nf_alg_spare_take()
 */
static inline void nf_alg_spare_give(const struct nf_alg_spare *spare,
				     void *object)
{
	/* KASAN is to see whoever still uses it, and its allocations may fail */
	if (!IS_ENABLED(CONFIG_KASAN))
		object = this_cpu_xchg(*spare->object, object);
	if (unlikely(object))
		kmem_cache_free(spare->cache, object);
}

#endif /* NF_ALG_SPARE_H */
