/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_REASON_H
#define NF_ALG_REASON_H

#include <linux/percpu.h>
#include <linux/nf_nat_alg.h>

/**
 * struct nf_alg_reasons - how often each reason was met
 * @count: by enum nf_alg_reason, one set for each CPU
 */
struct nf_alg_reasons {
	u64 count[__NF_ALG_REASON_MAX];
};

struct nf_alg_message;
struct nf_alg_net;

/* Count a reason; any context */
void nf_alg_reason_count(struct nf_alg_net *an, enum nf_alg_reason reason);

/* Count why a message, or a part of it, is left as it is, and say so to who
 * listens; for a protocol's translate()
 */
void nf_alg_reason_left(const struct nf_alg_message *msg,
			enum nf_alg_reason reason);

/* Sum over all CPUs */
u64 nf_alg_reason_sum(struct nf_alg_net *an, enum nf_alg_reason reason);

/* "access-list" and so on: the word natctl explain takes */
const char *nf_alg_reason_name(enum nf_alg_reason reason);

#endif /* NF_ALG_REASON_H */
