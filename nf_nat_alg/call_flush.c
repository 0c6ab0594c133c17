// SPDX-License-Identifier: GPL-2.0
/*
 * Calls and registrations that are ended together
 */
#include <linux/sched.h>
#include "call.h"
#include "netns.h"

/* Calls taken down at one go */
#define NF_ALG_CALL_BATCH 32

/**
 * struct nf_alg_call_filter - which calls are taken down
 * @protocol: of this protocol only, unless NULL
 * @cleared: only those whose last binding was cleared
 * @public: only those whose inside host was last known by this address, unless
 *	NULL
 */
struct nf_alg_call_filter {
	const struct nf_alg_protocol *protocol;
	bool cleared;
	const struct nf_alg_endpoint *public;
};

/* Is this the public address of one of its ends */
static bool nf_alg_call_seen_as(struct nf_alg_call *call,
				const struct nf_alg_endpoint *public)
{
	const struct nf_alg_side *side;
	bool found = false;
	int dir;

	spin_lock_bh(&call->lock);
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		side = &call->side[dir];
		found |= nf_alg_same_host(&side->seen, public) &&
			 !nf_alg_same_host(&side->own, public);
	}
	spin_unlock_bh(&call->lock);
	return found;
}

static bool nf_alg_call_matches(struct nf_alg_call *call,
				const struct nf_alg_call_filter *filter)
{
	if (filter->protocol && call->protocol != filter->protocol)
		return false;
	if (filter->public)
		return nf_alg_call_seen_as(call, filter->public);
	/* One that takes another binding at this moment may keep it */
	return !filter->cleared ||
	       (READ_ONCE(call->cleared) && !READ_ONCE(call->grip_count));
}

/* Gather some calls, with a reference each */
static int nf_alg_calls_gather(struct nf_alg_net *an,
			       const struct nf_alg_call_filter *filter,
			       struct nf_alg_call **batch)
{
	struct rhashtable_iter iter;
	struct nf_alg_call *call;
	int n = 0;

	rhashtable_walk_enter(&an->calls.table, &iter);
	rhashtable_walk_start(&iter);
	while (n < NF_ALG_CALL_BATCH && (call = rhashtable_walk_next(&iter))) {
		if (IS_ERR(call) || !nf_alg_call_matches(call, filter))
			continue;
		if (refcount_inc_not_zero(&call->refs))
			batch[n++] = call;
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return n;
}

static void nf_alg_calls_flush(struct nf_alg_net *an,
			       const struct nf_alg_call_filter *filter)
{
	struct nf_alg_call *batch[NF_ALG_CALL_BATCH];
	int i, n;

	do {
		n = nf_alg_calls_gather(an, filter, batch);
		for (i = 0; i < n; i++) {
			spin_lock_bh(&batch[i]->lock);
			nf_alg_call_kill(batch[i]);
			spin_unlock_bh(&batch[i]->lock);
			nf_alg_call_put(batch[i]);
		}
		cond_resched();
	} while (n);
}

void nf_alg_calls_flush_protocol(struct nf_alg_net *an,
				 const struct nf_alg_protocol *protocol)
{
	const struct nf_alg_call_filter filter = { .protocol = protocol };

	nf_alg_calls_flush(an, &filter);
}

/**
 * nf_alg_calls_flush_all() - end all calls and registrations at once
 * @an: namespace
 *
 * May sleep.
 */
void nf_alg_calls_flush_all(struct nf_alg_net *an)
{
	nf_alg_calls_flush_protocol(an, NULL);
}

/**
 * nf_alg_calls_flush_cleared() - end what has lost its last binding
 * @an: namespace
 *
 * A registration without its door, or a call without its media, of which
 * nothing is translated any more would be shown until its time is up. May
 * sleep.
 */
void nf_alg_calls_flush_cleared(struct nf_alg_net *an)
{
	const struct nf_alg_call_filter filter = { .cleared = true };

	nf_alg_calls_flush(an, &filter);
}

void nf_alg_calls_flush_public(struct nf_alg_net *an,
			       const struct nf_alg_endpoint *public)
{
	const struct nf_alg_call_filter filter = { .public = public };

	nf_alg_calls_flush(an, &filter);
}
