/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_POOL_H
#define NF_ALG_POOL_H

#include "netns.h"
#include "session.h"

struct nf_alg_session *nf_alg_pool_add(struct nf_alg_session *session);
void nf_alg_pool_displace(struct nf_alg_session *session,
			  enum nf_alg_reason reason);
void nf_alg_pool_answer(struct nf_alg_session *session);

/**
 * nf_alg_pool_remove() - take a session that ends out of its pool
 * @session: session; the caller holds nf_alg_sessions.lock
 */
static inline void nf_alg_pool_remove(struct nf_alg_session *session)
{
	if (list_empty(&session->pool))
		return;
	list_del_init(&session->pool);
	if (!session->host)
		session->an->sessions.unanswered_count--;
}

#endif /* NF_ALG_POOL_H */
