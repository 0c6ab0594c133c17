// SPDX-License-Identifier: GPL-2.0
/*
 * What each CPU keeps for its next message
 */
#include <linux/module.h>
#include "spare.h"

int nf_alg_spare_init(struct nf_alg_spare *spare, const char *name, size_t size)
{
	spare->object = alloc_percpu(void *);
	if (!spare->object)
		return -ENOMEM;
	spare->cache = kmem_cache_create(name, size, 0, 0, NULL);
	if (spare->cache)
		return 0;
	free_percpu(spare->object);
	return -ENOMEM;
}
EXPORT_SYMBOL_GPL(nf_alg_spare_init);

void nf_alg_spare_exit(struct nf_alg_spare *spare)
{
	void *object;
	int cpu;

	for_each_possible_cpu(cpu) {
		object = *per_cpu_ptr(spare->object, cpu);
		if (object)
			kmem_cache_free(spare->cache, object);
	}
	kmem_cache_destroy(spare->cache);
	free_percpu(spare->object);
}
EXPORT_SYMBOL_GPL(nf_alg_spare_exit);
