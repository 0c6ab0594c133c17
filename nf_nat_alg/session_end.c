// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions that end: with their connection, their protocol or their namespace
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/random.h>
#include <net/netfilter/nf_conntrack.h>
#include "lost.h"
#include "netns.h"
#include "session.h"
#include "stream.h"

/* ms; a few round trips */
#define NF_ALG_LOST_PATIENCE 500

/* How long an entry that was deleted or changed without a word is kept */
#define NF_ALG_SWEEP_TIME (2 * HZ)
/* Sessions looked at in one go */
#define NF_ALG_SWEEP_BATCH 64

/**
 * nf_alg_session_leave() - detach a session soon
 * @session: session whose connection leaves conntrack's table; the caller holds
 *	RCU
 *
 * Any context, under any lock: takes none.
 */
void nf_alg_session_leave(struct nf_alg_session *session)
{
	struct nf_alg_sessions *sessions = &session->an->sessions;

	if (!refcount_inc_not_zero(&session->refs))
		return;
	if (cmpxchg(&session->leaving, 0, 1)) {
		nf_alg_session_put(session);
		return;
	}
	if (session->streams)
		nf_alg_lost_expect(session, 1);
	if (llist_add(&session->gone, &sessions->gone))
		schedule_work(&sessions->gone_work);
}

static void nf_alg_sessions_gone(struct work_struct *work)
{
	struct nf_alg_sessions *sessions =
		container_of(work, struct nf_alg_sessions, gone_work);
	struct nf_alg_session *session, *next;

	llist_for_each_entry_safe(session, next, llist_del_all(&sessions->gone),
				  gone) {
		rcu_read_lock();
		nf_alg_session_detach(session, true);
		rcu_read_unlock();
		if (session->streams)
			nf_alg_lost_expect(session, -1);
		nf_alg_session_put(session);
		cond_resched();
	}
}

/* Has its connection gone, or lost our helper, without our being told? */
static bool nf_alg_session_stale(struct nf_alg_session *session)
{
	bool stale;

	spin_lock_bh(&session->lock);
	stale = session->ct && (nf_ct_is_dying(session->ct) ||
				!nf_alg_session_helper(session->ct));
	spin_unlock_bh(&session->lock);
	return stale;
}

/* Look at the sessions from number *@id on, and gather stale ones with a
 * reference each. Return: true while there are more, with *@id where they begin.
 * A session keeps its number for life, so what ends meanwhile stops no walk.
 */
static bool nf_alg_sessions_stale(struct nf_alg_sessions *sessions,
				  unsigned long *id,
				  struct nf_alg_session **stale, int *count)
{
	struct nf_alg_session *session;
	int seen = 0;

	*count = 0;
	rcu_read_lock();
	xa_for_each_start(&sessions->ids, *id, session, *id) {
		if (seen++ == NF_ALG_SWEEP_BATCH)
			break;
		if (nf_alg_session_stale(session) &&
		    refcount_inc_not_zero(&session->refs))
			stale[(*count)++] = session;
	}
	rcu_read_unlock();
	return session;
}

/* Detach a stale session; the caller's reference goes. Where somebody took our
 * helper away, the next datagram begins a new entry, as the services say.
 */
static void nf_alg_session_abandon(struct nf_alg_session *session)
{
	struct nf_conn *ct = NULL;

	spin_lock_bh(&session->lock);
	if (session->ct && !nf_ct_is_dying(session->ct)) {
		ct = session->ct;
		nf_conntrack_get(&ct->ct_general);
	}
	spin_unlock_bh(&session->lock);

	rcu_read_lock();
	nf_alg_session_detach(session, true);
	rcu_read_unlock();
	if (ct) {
		nf_alg_reason_count(session->an, NF_ALG_REASON_FOREIGN_ENTRY);
		if (session->l4proto == IPPROTO_UDP)
			nf_ct_kill(ct);
		nf_ct_put(ct);
	}
	nf_alg_session_put(session);
}

static void nf_alg_sessions_sweep(struct work_struct *work)
{
	struct nf_alg_net *an = container_of(to_delayed_work(work),
					     struct nf_alg_net, sessions.sweep);
	struct nf_alg_session *stale[NF_ALG_SWEEP_BATCH];
	unsigned long id = 0;
	bool more;
	int i, n;

	do {
		more = nf_alg_sessions_stale(&an->sessions, &id, stale, &n);
		for (i = 0; i < n; i++)
			nf_alg_session_abandon(stale[i]);
		cond_resched();
	} while (more);
	nf_alg_lost_expire(an);

	spin_lock_bh(&an->sessions.lock);
	if (!list_empty(&an->sessions.list) ||
	    !list_empty(&an->sessions.lost_list))
		nf_alg_sessions_watch(an);
	spin_unlock_bh(&an->sessions.lock);
}

/**
 * nf_alg_sessions_watch() - look after sessions and lost connections
 * @an: namespace; the caller holds sessions.lock
 */
void nf_alg_sessions_watch(struct nf_alg_net *an)
{
	if (!READ_ONCE(an->leaving) &&
	    !delayed_work_pending(&an->sessions.sweep))
		schedule_delayed_work(&an->sessions.sweep, NF_ALG_SWEEP_TIME);
}

/* The first session of a protocol (any, if NULL) that has a connection, with a
 * reference
 */
static struct nf_alg_session *
nf_alg_session_first(struct nf_alg_net *an,
		     const struct nf_alg_protocol *protocol)
{
	struct nf_alg_session *session, *found = NULL;

	spin_lock_bh(&an->sessions.lock);
	list_for_each_entry(session, &an->sessions.list, list) {
		if (protocol && session->protocol != protocol)
			continue;
		if (!refcount_inc_not_zero(&session->refs))
			continue;
		found = session;
		break;
	}
	spin_unlock_bh(&an->sessions.lock);
	return found;
}

/* Let conntrack renumber an idle connection; others are reset */
static bool nf_alg_session_hand_over(struct nf_alg_session *session)
{
	bool handed = false;

	spin_lock_bh(&session->lock);
	if (session->ct && session->streams && !session->dead &&
	    nf_alg_streams_idle(session->streams)) {
		nf_alg_stream_renumber(&session->streams->dir[0]);
		nf_alg_stream_renumber(&session->streams->dir[1]);
		/* From here on its packets are dropped until it has parted:
		 * conntrack must not renumber what we have renumbered.
		 */
		session->dead = true;
		session->streams->handed = true;
		set_bit(IPS_SEQ_ADJUST_BIT, &session->ct->status);
		handed = true;
	}
	spin_unlock_bh(&session->lock);
	return handed;
}

static void nf_alg_sessions_hand_over(struct nf_alg_net *an,
				      const struct nf_alg_protocol *protocol)
{
	struct nf_alg_session *session;

	spin_lock_bh(&an->sessions.lock);
	list_for_each_entry(session, &an->sessions.list, list)
		if (session->protocol == protocol)
			nf_alg_session_hand_over(session);
	spin_unlock_bh(&an->sessions.lock);
}

/* Detach all sessions of a protocol (all, if NULL) */
static void nf_alg_sessions_detach(struct nf_alg_net *an,
				   const struct nf_alg_protocol *protocol,
				   bool reset)
{
	struct nf_alg_session *session;

	while ((session = nf_alg_session_first(an, protocol))) {
		rcu_read_lock();
		nf_alg_session_detach(session, reset);
		rcu_read_unlock();
		nf_alg_session_put(session);
		cond_resched();
	}
}

/**
 * nf_alg_session_protocol_exit() - end all sessions of a protocol
 * @protocol: the protocol; no new session can begin
 *
 * What still has a reference to one (a timer, a namespace that goes) may give
 * it back later: the caller waits for that. May sleep.
 */
void nf_alg_session_protocol_exit(const struct nf_alg_protocol *protocol)
{
	struct nf_alg_net *an;
	u32 lost = 0;

	down_read(&nf_alg_nets_lock);
	list_for_each_entry(an, &nf_alg_nets, list)
		nf_alg_sessions_hand_over(an, protocol);
	synchronize_rcu();
	list_for_each_entry(an, &nf_alg_nets, list) {
		nf_alg_sessions_detach(an, protocol, true);
		lost += atomic_read(&an->sessions.lost_count);
	}
	up_read(&nf_alg_nets_lock);
	/* The engine may go next, and with it the memory of them: let both ends
	 * hear of it
	 */
	if (lost)
		msleep(NF_ALG_LOST_PATIENCE);
}

/**
 * nf_alg_sessions_init() - set up a namespace without sessions
 * @an: namespace
 */
void nf_alg_sessions_init(struct nf_alg_net *an)
{
	INIT_LIST_HEAD(&an->sessions.list);
	xa_init_flags(&an->sessions.ids, XA_FLAGS_ALLOC | XA_FLAGS_LOCK_BH);
	INIT_LIST_HEAD(&an->sessions.unanswered);
	INIT_LIST_HEAD(&an->sessions.strangers);
	INIT_LIST_HEAD(&an->sessions.lost_list);
	spin_lock_init(&an->sessions.lock);
	an->sessions.seed = get_random_u32();
	init_llist_head(&an->sessions.gone);
	INIT_WORK(&an->sessions.gone_work, nf_alg_sessions_gone);
	INIT_DELAYED_WORK(&an->sessions.sweep, nf_alg_sessions_sweep);
}

/**
 * nf_alg_sessions_end() - detach all sessions of a namespace that goes
 * @an: namespace; its devices are gone, so no packet runs and nobody can be told
 *
 * May sleep.
 */
void nf_alg_sessions_end(struct nf_alg_net *an)
{
	cancel_delayed_work_sync(&an->sessions.sweep);
	nf_alg_sessions_detach(an, NULL, false);
}

/**
 * nf_alg_sessions_exit() - wait until no session of a namespace is left
 * @an: namespace; nf_alg_sessions_end() was called, and a grace period is over
 *	since: no destructor can queue a session any more
 *
 * May sleep.
 */
void nf_alg_sessions_exit(struct nf_alg_net *an)
{
	flush_work(&an->sessions.gone_work);
	nf_alg_lost_forget(an);
	nf_alg_netns_wait(&an->sessions.count);
	xa_destroy(&an->sessions.ids);
	WARN_ON(atomic_long_read(&an->sessions.memory));
}
