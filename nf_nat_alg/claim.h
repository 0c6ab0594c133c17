/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_CLAIM_H
#define NF_ALG_CLAIM_H

#include <linux/types.h>

struct nf_alg_binding;
struct nf_alg_endpoint;
struct nf_alg_grip;
struct nf_alg_net;
struct nf_alg_remote;

/* For the packet path; the caller holds RCU */
struct nf_alg_grip *nf_alg_claim_named(struct nf_alg_net *an,
				       const struct nf_alg_binding *b,
				       const struct nf_alg_endpoint *remote,
				       bool inward);
struct nf_alg_grip *nf_alg_claim_anybody(const struct nf_alg_binding *b);
struct nf_alg_grip *nf_alg_claim_door(const struct nf_alg_binding *b);
struct nf_alg_grip *nf_alg_claim_away(struct nf_alg_net *an,
				      const struct nf_alg_binding *b,
				      const struct nf_alg_endpoint *host);
bool nf_alg_claim_use(struct nf_alg_net *an, struct nf_alg_grip *grip);

/* For bind.c and binding.c; the caller holds nf_alg_bindings.lock */
struct nf_alg_remote *nf_alg_claim_target(struct nf_alg_net *an,
					  struct nf_alg_binding *b,
					  const struct nf_alg_endpoint *host);
void nf_alg_claim_untarget(struct nf_alg_net *an, struct nf_alg_binding *b,
			   struct nf_alg_remote *remote);
void nf_alg_claim_show(struct nf_alg_grip *grip);
void nf_alg_claim_hide(struct nf_alg_grip *grip);
void nf_alg_claim_retarget(struct nf_alg_net *an, struct nf_alg_grip *grip,
			   const struct nf_alg_endpoint *target);
void nf_alg_claim_change(struct nf_alg_grip *grip, u16 flags);

int nf_alg_claims_init(struct nf_alg_net *an);
void nf_alg_claims_exit(struct nf_alg_net *an);

int nf_alg_claim_cache_init(void);
void nf_alg_claim_cache_exit(void);

#endif /* NF_ALG_CLAIM_H */
