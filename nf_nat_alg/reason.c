// SPDX-License-Identifier: GPL-2.0
/*
 * Why something was not translated: counters
 */
#include <linux/module.h>
#include "netns.h"
#include "reason.h"
#include "spec.h"

/**
 * nf_alg_reason_count() - count a reason
 * @an: namespace
 * @reason: why; a number that is none is not counted
 */
void nf_alg_reason_count(struct nf_alg_net *an, enum nf_alg_reason reason)
{
	if ((unsigned int)reason < __NF_ALG_REASON_MAX)
		this_cpu_inc(an->reasons->count[reason]);
}
EXPORT_SYMBOL_GPL(nf_alg_reason_count);

/**
 * nf_alg_reason_sum() - how often a reason was met
 * @an: namespace
 * @reason: which
 *
 * Return: the sum over all CPUs.
 */
u64 nf_alg_reason_sum(struct nf_alg_net *an, enum nf_alg_reason reason)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(an->reasons, cpu)->count[reason]);
	return sum;
}

/**
 * nf_alg_reason_name() - the word natctl explain takes
 * @reason: which
 *
 * Return: the word, "unknown" for a number that is none.
 */
const char *nf_alg_reason_name(enum nf_alg_reason reason)
{
	if ((unsigned int)reason >= __NF_ALG_REASON_MAX)
		return "unknown";
	return nf_alg_reason_names[reason];
}
EXPORT_SYMBOL_GPL(nf_alg_reason_name);

int nf_alg_reasons_init(struct nf_alg_net *an)
{
	an->reasons = alloc_percpu_gfp(struct nf_alg_reasons,
				       GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	return an->reasons ? 0 : -ENOMEM;
}

void nf_alg_reasons_exit(struct nf_alg_net *an)
{
	free_percpu(an->reasons);
}
