// SPDX-License-Identifier: GPL-2.0
/*
 * Tunnels of another router's, whose place this one may take
 */
#include <linux/jiffies.h>
#include "clue.h"
#include "restore.h"
#include "service.h"
#include "state.h"
#include "tunnel.h"
#include "tunnel_state.h"
#include "wait.h"

static struct ipsec_tunnel_key
ipsec_restore_key(const struct nf_alg_tunnel_state *state)
{
	return (struct ipsec_tunnel_key){
		.inside = state->inside.addr,
		.gateway = state->gateway.addr,
		.vrf = state->vrf,
		.zone = state->user_zone,
		.family = state->inside.family,
	};
}

/* An SPI as a clue; from the gateway to the public address in both directions */
static struct ipsec_clue_key
ipsec_restore_spi(const struct nf_alg_tunnel_state *state,
		  const struct nf_alg_tunnel_spi *spi)
{
	return (struct ipsec_clue_key){
		.from = state->gateway.addr,
		.to = state->public.addr,
		.value = spi->spi,
		.zone = state->user_zone,
		.kind = spi->inbound ? IPSEC_CLUE_IN : IPSEC_CLUE_OUT,
		.family = state->gateway.family,
	};
}

static struct ipsec_clue_key
ipsec_restore_cookie(const struct nf_alg_tunnel_state *state, u64 cookie)
{
	return (struct ipsec_clue_key){
		.from = state->gateway.addr,
		.value = cookie,
		.zone = state->user_zone,
		.kind = IPSEC_CLUE_COOKIE,
		.family = state->gateway.family,
	};
}

/* The esp or ike service that permits the inside host, or NULL; RCU is held */
static const struct nf_alg_service *
ipsec_restore_service(struct nf_alg_net *an,
		      const struct nf_alg_tunnel_state *state,
		      enum nf_alg_protocol_id protocol)
{
	const struct nf_alg_service *service;

	service = nf_alg_service_portless(an, protocol, state->vrf);
	if (service && nf_alg_access_list_permits(
			       rcu_dereference(service->list), &state->inside))
		return service;
	return NULL;
}

static bool ipsec_restore_taken(struct ipsec_net *ns,
				const struct ipsec_tunnel *tunnel,
				const struct ipsec_clue_key *key)
{
	const struct ipsec_clue *clue = ipsec_clue_find(ns, key);

	return clue && clue->tunnel != tunnel;
}

/* Has another tunnel one of its SPIs or cookies? Two hosts may send with one
 * SPI: that tells nothing of whose it is.
 */
static bool ipsec_restore_clashes(struct ipsec_net *ns,
				  const struct ipsec_tunnel *tunnel,
				  const struct nf_alg_tunnel_state *state)
{
	struct ipsec_clue_key key;
	u32 i;

	for (i = 0; i < state->spis; i++) {
		key = ipsec_restore_spi(state, &state->spi[i]);
		if (state->spi[i].inbound &&
		    ipsec_restore_taken(ns, tunnel, &key))
			return true;
	}
	for (i = 0; i < state->cookies; i++) {
		key = ipsec_restore_cookie(state, state->cookie[i]);
		if (ipsec_restore_taken(ns, tunnel, &key))
			return true;
	}
	return false;
}

static bool ipsec_restore_has(const struct nf_alg_tunnel_state *state,
			      const struct ipsec_clue *clue)
{
	struct ipsec_clue_key key;
	u32 i;

	for (i = 0; i < state->spis; i++) {
		key = ipsec_restore_spi(state, &state->spi[i]);
		if (!memcmp(&key, &clue->key, sizeof(key)))
			return true;
	}
	for (i = 0; i < state->cookies; i++) {
		key = ipsec_restore_cookie(state, state->cookie[i]);
		if (!memcmp(&key, &clue->key, sizeof(key)))
			return true;
	}
	return false;
}

/* Its SPIs and cookies are these and no others; the gateway's lock is held.
 * Those that stay are there all the time: packets may be looked up meanwhile.
 */
static int ipsec_restore_clues(struct ipsec_net *ns,
			       struct ipsec_tunnel *tunnel,
			       const struct nf_alg_tunnel_state *state)
{
	struct ipsec_clue *clue, *next;
	struct ipsec_clue_key key;
	u32 i;

	list_for_each_entry_safe(clue, next, &tunnel->clues, list)
		if (!ipsec_restore_has(state, clue))
			ipsec_clue_drop(ns, clue);
	/* What is added comes first in the list */
	for (i = state->spis; i--;) {
		key = ipsec_restore_spi(state, &state->spi[i]);
		clue = ipsec_clue_find(ns, &key);
		if (!clue)
			clue = ipsec_clue_add(ns, tunnel, &key,
					      state->spi[i].evidence);
		if (!clue)
			return -ENOMEM;
		if (clue->tunnel != tunnel)
			continue;
		if (state->spi[i].firm)
			WRITE_ONCE(clue->firm, true);
		list_move(&clue->list, &tunnel->clues);
	}
	for (i = state->cookies; i--;) {
		key = ipsec_restore_cookie(state, state->cookie[i]);
		if (!ipsec_clue_find(ns, &key) &&
		    !ipsec_clue_add(ns, tunnel, &key, NF_ALG_EVIDENCE_RESTORED))
			return -ENOMEM;
	}
	return 0;
}

/* All that is not a clue; the gateway's lock is held */
static void ipsec_restore_state(struct ipsec_net *ns,
				struct ipsec_tunnel *tunnel,
				struct ipsec_peer *peer,
				const struct nf_alg_tunnel_state *state)
{
	if (state->inbound && !tunnel->complete) {
		tunnel->complete = true;
		peer->complete++;
	}
	WRITE_ONCE(tunnel->plain, false);
	WRITE_ONCE(tunnel->used, (u32)jiffies - state->idle * HZ);
	tunnel->ahead = state->ahead;
	tunnel->tries = 0;
	/* What has no answer yet is the next packet's to ask for again */
	WRITE_ONCE(tunnel->last_out, htonl(state->spi_out));
	tunnel->answered = state->spi_out;
	list_del_init(&tunnel->pending);
	list_del_init(&tunnel->waiting);
	ipsec_wait_forget(ns, tunnel);
	ipsec_tunnel_settle(ns, tunnel);
}

static int ipsec_restore_fill(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
			      const struct nf_alg_tunnel_state *state)
{
	struct ipsec_peer *peer;
	int err = -EAGAIN;

	spin_lock_bh(&tunnel->gateway->lock);
	if (tunnel->dead)
		goto unlock;
	err = -ENOMEM;
	peer = ipsec_tunnel_public(ns, tunnel, &state->public.addr);
	if (!peer)
		goto unlock;
	err = ipsec_restore_clues(ns, tunnel, state);
	if (!err)
		ipsec_restore_state(ns, tunnel, peer, state);
unlock:
	spin_unlock_bh(&tunnel->gateway->lock);
	return err;
}

/* Caller holds RCU, bottom halves are off */
static int ipsec_restore_tunnel(struct ipsec_net *ns,
				const struct nf_alg_tunnel_state *state)
{
	const struct ipsec_tunnel_key key = ipsec_restore_key(state);
	const struct nf_alg_service *esp, *ike;
	struct ipsec_tunnel *tunnel, *old;
	enum nf_alg_reason reason;
	int err;

	esp = ipsec_restore_service(ns->an, state, NF_ALG_PROTOCOL_ESP);
	ike = ipsec_restore_service(ns->an, state, NF_ALG_PROTOCOL_IKE);
	if (!esp && !ike)
		return -EHOSTUNREACH;
	old = ipsec_tunnel_find(ns, &key);
	if (old && old->zone != state->zone)
		return -EBUSY;
	/* One that ipsec_resume() took up has no clue yet */
	if (old && !state->replace && !list_empty(&old->clues))
		return -EEXIST;
	if (ipsec_restore_clashes(ns, old, state))
		return -ENOTUNIQ;
	tunnel = old;
	if (!tunnel)
		tunnel = ipsec_tunnel_begin(ns, &key,
					    esp ? READ_ONCE(esp->spi_match) :
						  NF_ALG_PREDICATE_NONE,
					    state->zone, &reason);
	if (!tunnel && reason == NF_ALG_REASON_NONE)
		return -EADDRINUSE;
	if (!tunnel)
		return reason == NF_ALG_REASON_NO_MEMORY ? -ENOMEM : -EDQUOT;
	/* A packet of its host's was faster */
	if (tunnel->zone != state->zone)
		return -EBUSY;
	if (esp)
		WRITE_ONCE(tunnel->esp, true);
	err = ipsec_restore_fill(ns, tunnel, state);
	if (err && !old)
		ipsec_tunnel_forget(ns, tunnel);
	return err;
}

int ipsec_restore(struct nf_alg_net *an,
		  const struct nf_alg_tunnel_state *state)
{
	u32 max = nf_alg_option(an, NF_ALG_OPTION_SPIS_PER_TUNNEL);
	struct ipsec_net *ns = ipsec_pernet(an->net);
	int err;

	lockdep_assert_held(&an->config);

	if (!ns->on)
		return -ESRCH;
	if (state->zone < ns->low || state->zone > ns->high)
		return -ERANGE;
	if (state->inbound > max || state->spis - state->inbound > max ||
	    state->cookies > max)
		return -E2BIG;
	local_bh_disable();
	rcu_read_lock();
	err = ipsec_restore_tunnel(ns, state);
	rcu_read_unlock();
	local_bh_enable();
	return err;
}

int ipsec_forget(struct nf_alg_net *an, const struct nf_alg_tunnel_state *state)
{
	const struct ipsec_tunnel_key key = ipsec_restore_key(state);
	struct ipsec_net *ns = ipsec_pernet(an->net);
	struct ipsec_tunnel *tunnel;
	int err = -ENOENT;

	lockdep_assert_held(&an->config);

	rcu_read_lock();
	tunnel = ipsec_tunnel_find(ns, &key);
	if (tunnel) {
		ipsec_tunnel_forget(ns, tunnel);
		ipsec_tunnel_entries(ns, tunnel, IPSEC_ENTRY_KILL);
		err = 0;
	}
	rcu_read_unlock();
	return err;
}
