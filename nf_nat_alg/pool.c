// SPDX-License-Identifier: GPL-2.0
/*
 * UDP flows that hosts outside begin
 *
 * Anybody can send a datagram, with any source address. So a flow that begins
 * outside is on probation, and charged to nobody, until an inside host has
 * answered it with a message of the protocol. At most the option unanswered-max
 * flows are on probation, and the oldest one makes room for a new one. From the
 * answer on the host outside is charged, to the account of all strangers: inside
 * hosts do not pay for what they did not begin. As even answers can be provoked
 * in any number, a full account refuses nobody: a flow whose host has not spoken
 * since the answer makes room.
 *
 * Whatever flow has lost its session begins another one with its next datagram.
 */
#include "event.h"
#include "host.h"
#include "netns.h"
#include "pool.h"
#include "session.h"

/* Answered flows looked at, under the lock, for one that makes room */
#define NF_ALG_POOL_LOOKS 16

/* Take the first one out of a pool, with a reference; NULL if there is none.
 * Caller holds nf_alg_sessions.lock, under which a session leaves its pool before
 * its connection gives its reference back.
 */
static struct nf_alg_session *nf_alg_pool_first(struct list_head *pool)
{
	struct nf_alg_session *session;

	session = list_first_entry_or_null(pool, struct nf_alg_session, pool);
	if (session) {
		refcount_inc(&session->refs);
		nf_alg_pool_remove(session);
	}
	return session;
}

/**
 * nf_alg_pool_add() - put a new session on probation
 * @session: session of a flow that began outside, in nf_alg_sessions.list; the
 *	caller holds nf_alg_sessions.lock
 *
 * Return: one that makes room, with a reference, for nf_alg_pool_displace()
 * without the lock; or NULL.
 */
struct nf_alg_session *nf_alg_pool_add(struct nf_alg_session *session)
{
	struct nf_alg_net *an = session->an;
	struct nf_alg_sessions *sessions = &an->sessions;
	struct nf_alg_session *oldest = NULL;

	if (sessions->unanswered_count >=
	    nf_alg_option(an, NF_ALG_OPTION_UNANSWERED_MAX))
		oldest = nf_alg_pool_first(&sessions->unanswered);
	list_add_tail(&session->pool, &sessions->unanswered);
	sessions->unanswered_count++;
	return oldest;
}

/**
 * nf_alg_pool_displace() - end a session that makes room
 * @session: session; the caller's reference goes; no lock is held
 * @reason: what is counted
 */
void nf_alg_pool_displace(struct nf_alg_session *session,
			  enum nf_alg_reason reason)
{
	nf_alg_reason_count(session->an, reason);
	nf_alg_session_displace(session);
	nf_alg_session_put(session);
}

/* One of the answered ones that makes room, with a reference; whoever has spoken
 * since it was last looked at stays, if that can be
 */
static struct nf_alg_session *nf_alg_pool_idle(struct nf_alg_sessions *sessions)
{
	struct nf_alg_session *session;
	int looks;

	spin_lock_bh(&sessions->lock);
	for (looks = 0; looks < NF_ALG_POOL_LOOKS; looks++) {
		session = list_first_entry_or_null(&sessions->strangers,
						   struct nf_alg_session, pool);
		if (!session || !READ_ONCE(session->recent))
			break;
		WRITE_ONCE(session->recent, false);
		list_move_tail(&session->pool, &sessions->strangers);
	}
	session = nf_alg_pool_first(&sessions->strangers);
	spin_unlock_bh(&sessions->lock);
	return session;
}

static struct nf_alg_host *nf_alg_pool_charge(struct nf_alg_session *session)
{
	enum nf_alg_reason reason;

	return nf_alg_host_charge(session->an,
				  &session->side[IP_CT_DIR_ORIGINAL].own,
				  session->zone, session->vrf, session->charge,
				  &reason);
}

/**
 * nf_alg_pool_answer() - an inside host has answered a flow on probation
 * @session: its session; no lock is held; the caller holds RCU
 *
 * A host with more than its share, where little is left, stays on probation.
 */
void nf_alg_pool_answer(struct nf_alg_session *session)
{
	struct nf_alg_net *an = session->an;
	struct nf_alg_sessions *sessions = &an->sessions;
	struct nf_alg_session *idle;
	struct nf_alg_host *host;

	host = nf_alg_pool_charge(session);
	if (!host) {
		idle = nf_alg_pool_idle(sessions);
		if (idle)
			nf_alg_pool_displace(idle,
					     NF_ALG_REASON_LIMIT_STRANGERS);
		host = nf_alg_pool_charge(session);
	}
	if (!host)
		return;

	spin_lock_bh(&sessions->lock);
	/* Unless it has just ended, or another answer was faster */
	if (!list_empty(&session->pool) && !session->host) {
		WRITE_ONCE(session->host, host);
		list_move_tail(&session->pool, &sessions->strangers);
		sessions->unanswered_count--;
		host = NULL;
	}
	spin_unlock_bh(&sessions->lock);
	if (host)
		nf_alg_host_discharge(an, host, session->charge);
}
