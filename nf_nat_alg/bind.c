// SPDX-License-Identifier: GPL-2.0
/*
 * nf_alg_bind(): a message asks for public ports
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_nat.h>
#include "binding.h"
#include "call.h"
#include "claim.h"
#include "host.h"
#include "message.h"
#include "netns.h"
#include "option.h"
#include "port.h"
#include "trace.h"

#define NF_ALG_BIND_PORTS_MAX 16

/* A call that holds more is not a call */
#define NF_ALG_CALL_GRIPS_MAX 256

/* Remotes that one of its bindings may admit by name */
#define NF_ALG_BIND_REMOTES_MAX 8

/* Calls that are over and give up their media for one that asks */
#define NF_ALG_BIND_CEDING_MAX 16

/**
 * struct nf_alg_taking - one nf_alg_bind() on its way
 * @an: namespace
 * @msg: message that asks
 * @call: who will hold
 * @want: what is wanted
 * @public: public address and first port
 * @own: the bindings that exist already, by port
 * @held: what the call holds of them for the same remote, or NULL
 */
struct nf_alg_taking {
	struct nf_alg_net *an;
	struct nf_alg_message *msg;
	struct nf_alg_call *call;
	const struct nf_alg_bind *want;
	struct nf_alg_endpoint public;
	struct nf_alg_binding *own[NF_ALG_BIND_PORTS_MAX];
	struct nf_alg_grip *held[NF_ALG_BIND_PORTS_MAX];
};

static struct nf_alg_endpoint
nf_alg_endpoint_next(const struct nf_alg_endpoint *endpoint, u8 i)
{
	struct nf_alg_endpoint next = *endpoint;

	next.port = htons(ntohs(next.port) + i);
	return next;
}

static bool nf_alg_bind_away(const struct nf_alg_bind *want)
{
	return want->flags & NF_ALG_BIND_AWAY;
}

static int nf_alg_bind_take(struct nf_alg_taking *taking, u8 i)
{
	const struct nf_alg_session *session = taking->msg->session;
	const struct nf_alg_bind *want = taking->want;
	struct nf_alg_net *an = taking->an;
	enum nf_alg_reason reason;
	struct nf_alg_binding *b;

	b = nf_alg_binding_alloc();
	if (!b)
		return -NF_ALG_REASON_NO_MEMORY;
	b->host = nf_alg_host_charge(an, &taking->call->key.inside,
				     session->zone, session->vrf,
				     NF_ALG_CHARGE_BINDING, &reason);
	if (!b->host) {
		nf_alg_binding_free(b);
		return -reason;
	}

	b->inside = nf_alg_endpoint_next(&want->inside, i);
	b->public = nf_alg_endpoint_next(&taking->public, i);
	b->zone = session->zone;
	b->outer_zone = nf_alg_bind_away(want) ? session->zone :
						 nf_alg_bound_zone(session);
	b->l4proto = want->l4proto;
	b->flags = want->flags & (NF_ALG_BIND_DOOR | NF_ALG_BIND_AWAY);
	b->protocol = want->protocol ?: session->protocol->id;
	b->vrf = session->vrf;
	b->oif = nf_alg_bind_away(want) ? 0 : session->oif;
	b->created = jiffies;
	if (nf_alg_binding_natted(b) &&
	    nf_alg_port_ranged(an, ntohs(b->public.port))) {
		b->ranged = nf_alg_host_port_take(an, b->host);
		if (!b->ranged) {
			nf_alg_binding_discharge(an, b);
			nf_alg_binding_free(b);
			return -NF_ALG_REASON_LIMIT_PORTS;
		}
	}
	if (nf_alg_binding_insert(an, b))
		return -NF_ALG_REASON_NO_MEMORY;
	taking->own[i] = b;
	return 0;
}

/* Its own time begins anew with each message that asks for it, and none makes
 * it shorter
 */
static void nf_alg_grip_limit(struct nf_alg_grip *grip,
			      const struct nf_alg_bind *want)
{
	unsigned long expires = jiffies + HZ * (unsigned long)want->seconds;

	grip->timed = want->seconds;
	if (!want->seconds)
		grip->expiring = false;
	else if (grip->expiring && time_before(grip->expires, expires))
		grip->expires = expires;
}

/* By which remote a claim is found: the one that is named, or else the other end
 * of the signalling, as the inside host knows it.
 */
static struct nf_alg_endpoint
nf_alg_bind_target(const struct nf_alg_message *msg,
		   const struct nf_alg_call *call,
		   const struct nf_alg_bind *want)
{
	struct nf_alg_endpoint target;

	if (nf_alg_bind_away(want))
		target = call->key.inside;
	else if (want->remote.family)
		return want->remote;
	else if (msg->to == &msg->session->side[IP_CT_DIR_REPLY])
		target = msg->to->seen;
	else
		target = msg->to->own;
	target.port = 0;
	return target;
}

/* Most messages say again what was said before: nothing but the time changes.
 * @target: nf_alg_bind_target() of @want.
 */
static void nf_alg_grip_renew(const struct nf_alg_message *msg,
			      struct nf_alg_grip *grip,
			      const struct nf_alg_bind *want,
			      const struct nf_alg_endpoint *target)
{
	u16 flags = (grip->flags & ~(NF_ALG_BIND_NAMED | NF_ALG_BIND_INWARD)) |
		    (want->flags & (NF_ALG_BIND_DOOR | NF_ALG_BIND_STAY));

	grip->round = grip->call->round;
	nf_alg_grip_limit(grip, want);
	if (unlikely(flags != grip->flags))
		nf_alg_claim_change(grip, flags);
	if (unlikely(!grip->target ||
		     !nf_alg_same_endpoint(&grip->target->key.host, target)))
		nf_alg_claim_retarget(msg->session->an, grip, target);
}

/* What was media becomes a door, and of two doors the latest message knows best
 * what is spoken there
 */
static void nf_alg_binding_make_door(struct nf_alg_binding *b,
				     const struct nf_alg_bind *want,
				     const struct nf_alg_session *session)
{
	WRITE_ONCE(b->protocol, want->protocol ?: session->protocol->id);
	WRITE_ONCE(b->flags, b->flags | NF_ALG_BIND_DOOR);
}

static int nf_alg_grip_take(struct nf_alg_taking *taking, u8 i,
			    struct list_head *taken)
{
	const struct nf_alg_bind *want = taking->want;
	struct nf_alg_call *call = taking->call;
	const struct nf_alg_endpoint target =
		nf_alg_bind_target(taking->msg, call, want);
	struct nf_alg_grip *grip;
	int err;

	if (taking->own[i]) {
		if (want->flags & NF_ALG_BIND_DOOR)
			nf_alg_binding_make_door(taking->own[i], want,
						 taking->msg->session);
		if (taking->held[i]) {
			nf_alg_grip_renew(taking->msg, taking->held[i], want,
					  &target);
			return 0;
		}
	}

	if (call->grip_count >= NF_ALG_CALL_GRIPS_MAX)
		return -NF_ALG_REASON_LIMIT_BINDINGS;
	grip = nf_alg_grip_alloc();
	if (!grip)
		return -NF_ALG_REASON_NO_MEMORY;
	if (!taking->own[i]) {
		err = nf_alg_bind_take(taking, i);
		if (err) {
			nf_alg_grip_free(grip);
			return err;
		}
	}

	grip->call = call;
	grip->remote = want->remote;
	grip->round = call->round;
	grip->expiring = want->seconds;
	grip->expires = jiffies;
	nf_alg_grip_limit(grip, want);
	grip->flags = want->flags;
	if (!(want->flags & NF_ALG_BIND_FIRM))
		grip->flags |= NF_ALG_BIND_PENDING;
	if (nf_alg_grip_link(taking->an, grip, taking->own[i], &target)) {
		nf_alg_grip_free(grip);
		return -NF_ALG_REASON_NO_MEMORY;
	}
	list_add_tail(&grip->list, &call->grips);
	list_add_tail(&grip->undo, taken);
	call->grip_count++;
	return 0;
}

/* Which of the wanted ports does a grip hold? Return: U16_MAX if it is none */
static __always_inline u16 nf_alg_grip_place(const struct nf_alg_grip *grip,
					     const struct nf_alg_bind *want,
					     const struct nf_alg_endpoint *seen)
{
	const struct nf_alg_binding *b = grip->binding;
	u16 i = ntohs(b->inside.port) - ntohs(want->inside.port);

	if (i < want->count && b->l4proto == want->l4proto &&
	    nf_alg_same_host(&b->inside, &want->inside) &&
	    nf_alg_same_host(&b->public, seen))
		return i;
	return U16_MAX;
}

/* Most messages speak of what their call holds already, all of it. Return: false
 * if this one does not, and nothing has changed then.
 */
static bool nf_alg_bind_again(struct nf_alg_call *call,
			      const struct nf_alg_message *msg,
			      const struct nf_alg_bind *want,
			      struct nf_alg_endpoint *public)
{
	const struct nf_alg_endpoint *seen = &msg->from->seen;
	struct nf_alg_grip *held[NF_ALG_BIND_PORTS_MAX] __uninitialized;
	struct nf_alg_endpoint target;
	struct nf_alg_grip *grip;
	u16 base = 0, at, i;
	u32 found = 0;

	list_for_each_entry(grip, &call->grips, list) {
		i = nf_alg_grip_place(grip, want, seen);
		if (i >= want->count || found & BIT(i) ||
		    !nf_alg_same_endpoint(&grip->remote, &want->remote))
			continue;
		at = ntohs(grip->binding->public.port) - i;
		if (found && at != base)
			return false;
		base = at;
		held[i] = grip;
		found |= BIT(i);
	}
	if (found != BIT(want->count) - 1)
		return false;

	target = nf_alg_bind_target(msg, call, want);
	for (i = 0; i < want->count; i++) {
		if (want->flags & NF_ALG_BIND_DOOR)
			nf_alg_binding_make_door(held[i]->binding, want,
						 msg->session);
		nf_alg_grip_renew(msg, held[i], want, &target);
	}
	*public = *seen;
	public->port = htons(base);
	return true;
}

/* What of it the call holds */
static void nf_alg_bind_held(struct nf_alg_taking *taking)
{
	const struct nf_alg_endpoint *seen = &taking->msg->from->seen;
	const struct nf_alg_bind *want = taking->want;
	struct nf_alg_grip *grip;
	u16 i;

	list_for_each_entry(grip, &taking->call->grips, list) {
		i = nf_alg_grip_place(grip, want, seen);
		if (i >= want->count)
			continue;
		taking->own[i] = grip->binding;
		if (!taking->held[i] &&
		    nf_alg_same_endpoint(&grip->remote, &want->remote))
			taking->held[i] = grip;
	}
}

/* Which of the ports are bound already. Return: how many, with where the first
 * one's public port is in @base; or -reason.
 */
static int nf_alg_bind_lookup(struct nf_alg_taking *taking, int *base)
{
	const struct nf_alg_session *session = taking->msg->session;
	const struct nf_alg_side *from = taking->msg->from;
	const struct nf_alg_bind *want = taking->want;
	struct nf_alg_endpoint inside = want->inside;
	int i, at, found = 0;

	nf_alg_bind_held(taking);
	for (i = 0; i < want->count; i++) {
		if (!taking->own[i]) {
			inside.port = htons(ntohs(want->inside.port) + i);
			taking->own[i] = nf_alg_binding_exact(
				taking->an, want->l4proto, session->zone,
				session->vrf, &inside, &from->seen);
		}
		if (!taking->own[i])
			continue;
		/* Where signalling comes in there is no media */
		if (!(want->flags & NF_ALG_BIND_DOOR) &&
		    !hlist_empty(&taking->own[i]->doors))
			return -NF_ALG_REASON_DOOR_PORT_DENIED;
		at = ntohs(taking->own[i]->public.port) - i;
		if (found && at != *base)
			return -NF_ALG_REASON_NO_PUBLIC_PORT;
		*base = at;
		found++;
	}
	return found;
}

/* Ports that exist already decide where the others must lie: @placed, and the
 * first one at @base. Return: 0 with the first public port in taking->public,
 * or -reason.
 */
static noinline int nf_alg_bind_choose(struct nf_alg_taking *taking,
				       bool placed, int base)
{
	const struct nf_alg_session *session = taking->msg->session;
	const struct nf_alg_side *from = taking->msg->from;
	const struct nf_alg_bind *want = taking->want;
	const struct nf_alg_port_want ports = {
		.an = taking->an,
		.zone = nf_alg_bound_zone(session),
		.l4proto = want->l4proto,
		.count = want->count,
		.parity = want->flags & NF_ALG_BIND_EVEN,
		.media = !(want->flags & NF_ALG_BIND_DOOR),
		.inside = &want->inside,
		.public = &from->seen,
		.peer = {
			&taking->msg->to->own,
			want->remote.family ? &want->remote : NULL,
		},
	};
	bool identity = nf_alg_same_host(&from->own, &from->seen);
	u16 known[2] = { ntohs(want->prefer) };
	int i;

	if (!placed && !identity) {
		/* The flow's own mapping serves its own endpoint best */
		if (want->l4proto == session->l4proto &&
		    want->inside.port == from->own.port)
			known[1] = ntohs(from->seen.port);
		base = nf_alg_port_choose(&ports, known, ARRAY_SIZE(known));
		if (!base)
			return -NF_ALG_REASON_NO_PUBLIC_PORT;
		taking->public.port = htons(base);
		return 0;
	}

	if (!placed)
		base = ntohs(want->inside.port);
	if (base < 1 || base + want->count - 1 > U16_MAX)
		return -NF_ALG_REASON_NO_PUBLIC_PORT;
	for (i = 0; i < want->count; i++) {
		if (taking->own[i])
			continue;
		/* Without NAT there is no choice, and nothing to clash with
		 * but another binding
		 */
		taking->public.port = htons(base + i);
		if (identity ? !!nf_alg_binding_by_public(
				       taking->an, want->l4proto, ports.zone,
				       &taking->public) :
			       !nf_alg_port_free(&ports, i, base + i))
			return -NF_ALG_REASON_NO_PUBLIC_PORT;
	}
	taking->public.port = htons(base);
	return 0;
}

/* Return: as nf_alg_bind_choose() */
static int nf_alg_bind_place(struct nf_alg_taking *taking)
{
	int base = 0, found;

	taking->public = taking->msg->from->seen;
	found = nf_alg_bind_lookup(taking, &base);
	if (found < 0)
		return found;
	if (found < taking->want->count)
		return nf_alg_bind_choose(taking, found, base);
	taking->public.port = htons(base);
	return 0;
}

/* A listener outside is bound to itself. Return: 0; -EALREADY if it is one of
 * ours, which leads to its host anyway.
 */
static int nf_alg_bind_place_away(struct nf_alg_taking *taking)
{
	const struct nf_alg_bind *want = taking->want;
	struct nf_alg_binding *b;
	struct nf_alg_grip *grip;

	taking->public = want->inside;
	b = nf_alg_binding_by_public(taking->an, want->l4proto,
				     taking->msg->session->zone,
				     &taking->public);
	if (!b)
		b = nf_alg_binding_by_public(
			taking->an, want->l4proto,
			nf_alg_bound_zone(taking->msg->session),
			&taking->public);
	if (b && !(b->flags & NF_ALG_BIND_AWAY))
		return -EALREADY;
	taking->own[0] = b;
	list_for_each_entry(grip, &taking->call->grips, list) {
		if (grip->binding == b &&
		    nf_alg_same_endpoint(&grip->remote, &want->remote)) {
			taking->held[0] = grip;
			break;
		}
	}
	return 0;
}

/* The sender's own host, or one that the administrator lets it name; that one
 * gets the sender's public address, so NAT must be between
 */
static bool nf_alg_bind_permitted(const struct nf_alg_message *msg,
				  const struct nf_alg_bind *want)
{
	const struct nf_alg_side *from = msg->from;

	if (!from->inside)
		return false;
	if (nf_alg_same_host(&want->inside, &from->own))
		return true;
	return want->flags & NF_ALG_BIND_OTHER &&
	       want->inside.family == from->seen.family &&
	       !nf_alg_same_host(&from->own, &from->seen) &&
	       nf_alg_media_permitted(msg->session->an, &want->inside);
}

/* May this message ask for it */
static int nf_alg_bind_check(const struct nf_alg_message *msg,
			     const struct nf_alg_bind *want)
{
	if (nf_alg_bind_away(want) ? !msg->to->inside || want->count != 1 :
				     !nf_alg_bind_permitted(msg, want))
		return -NF_ALG_REASON_DOOR_OTHER_HOST;
	if (!want->count || want->count > NF_ALG_BIND_PORTS_MAX ||
	    !want->inside.port ||
	    ntohs(want->inside.port) + want->count - 1 > U16_MAX ||
	    (want->l4proto != IPPROTO_UDP && want->l4proto != IPPROTO_TCP))
		return -NF_ALG_REASON_MALFORMED;
	return 0;
}

/* Where the host has too many ports, its calls that are over give theirs up */
static void nf_alg_bind_make_room(const struct nf_alg_taking *taking)
{
	struct nf_alg_host *host = taking->call->host;
	int i;

	for (i = 0; i < NF_ALG_BIND_CEDING_MAX; i++)
		if (nf_alg_host_ports_left(taking->an, host,
					   taking->want->count) ||
		    !nf_alg_call_cede(taking->an, host))
			return;
}

/* Not all of it is held. Return: 0 with the first public port in @public,
 * -EALREADY as nf_alg_bind_place_away(), or -reason.
 */
static noinline int nf_alg_bind_anew(struct nf_alg_message *msg,
				     struct nf_alg_call *call,
				     const struct nf_alg_bind *want,
				     struct nf_alg_endpoint *public)
{
	struct nf_alg_taking taking = {
		.an = msg->session->an,
		.msg = msg,
		.call = call,
		.want = want,
	};
	struct nf_alg_grip *grip, *next;
	LIST_HEAD(taken);
	int i, err;

	if (nf_alg_bind_away(want)) {
		err = nf_alg_bind_place_away(&taking);
	} else {
		nf_alg_bind_make_room(&taking);
		err = nf_alg_bind_place(&taking);
	}
	for (i = 0; !err && i < want->count; i++)
		err = nf_alg_grip_take(&taking, i, &taken);
	if (err) {
		list_for_each_entry_safe(grip, next, &taken, undo)
			nf_alg_grip_release(taking.an, grip);
		return err;
	}
	*public = taking.public;
	list_splice_tail(&taken, &msg->undo);
	msg->bound = true;
	return 0;
}

int nf_alg_bind(struct nf_alg_message *msg, struct nf_alg_call *call,
		const struct nf_alg_bind *want, struct nf_alg_endpoint *public)
{
	struct nf_alg_net *an = msg->session->an;
	int err;

	err = nf_alg_bind_check(msg, want);
	if (err)
		return err;

	spin_lock_bh(&an->bindings.lock);
	/* A call that dies releases what it holds under this lock */
	if (READ_ONCE(call->state) == NF_ALG_CALL_DEAD) {
		err = -NF_ALG_REASON_MAPPING_LOST;
	} else if (nf_alg_bind_away(want) ||
		   !nf_alg_bind_again(call, msg, want, public)) {
		rcu_read_lock();
		err = nf_alg_bind_anew(msg, call, want, public);
		rcu_read_unlock();
	}
	spin_unlock_bh(&an->bindings.lock);
	if (!err && want->seconds)
		nf_alg_call_sweep_by(
			call, jiffies + HZ * (unsigned long)want->seconds);
	return err == -EALREADY ? 0 : err;
}
EXPORT_SYMBOL_GPL(nf_alg_bind);

/**
 * nf_alg_bind_undo() - a message failed: what it took anew is given back
 * @msg: message
 */
void nf_alg_bind_undo(struct nf_alg_message *msg)
{
	struct nf_alg_net *an = msg->session->an;
	struct nf_alg_grip *grip, *next;

	spin_lock_bh(&an->bindings.lock);
	list_for_each_entry_safe(grip, next, &msg->undo, undo)
		nf_alg_grip_release(an, grip);
	spin_unlock_bh(&an->bindings.lock);
}

/**
 * nf_alg_bind_keep() - a message was sent: what it took stays
 * @msg: message
 */
void nf_alg_bind_keep(struct nf_alg_message *msg)
{
	struct nf_alg_net *an = msg->session->an;
	struct nf_alg_grip *grip, *next;

	spin_lock_bh(&an->bindings.lock);
	list_for_each_entry_safe(grip, next, &msg->undo, undo)
		list_del_init(&grip->undo);
	spin_unlock_bh(&an->bindings.lock);
}

bool nf_alg_bind_open(struct nf_alg_call *call,
		      const struct nf_alg_endpoint *inside, u8 l4proto)
{
	struct nf_alg_net *an = call->an;
	struct nf_alg_grip *grip;
	bool found = false;

	spin_lock_bh(&an->bindings.lock);
	list_for_each_entry(grip, &call->grips, list) {
		if (inside &&
		    (grip->binding->l4proto != l4proto ||
		     !nf_alg_same_endpoint(&grip->binding->inside, inside)))
			continue;
		found = true;
		if (!(grip->flags & NF_ALG_BIND_CLOSED))
			continue;
		nf_alg_claim_change(grip, grip->flags & ~NF_ALG_BIND_CLOSED);
		trace_nf_alg_door_open(grip->binding);
	}
	spin_unlock_bh(&an->bindings.lock);
	return found;
}
EXPORT_SYMBOL_GPL(nf_alg_bind_open);

/* What @call holds of that endpoint; NULL if it does not, or admits @remote
 * already. Caller holds nf_alg_bindings.lock.
 */
static struct nf_alg_grip *
nf_alg_grip_of(struct nf_alg_call *call, const struct nf_alg_endpoint *inside,
	       u8 l4proto, const struct nf_alg_endpoint *remote, int *err)
{
	struct nf_alg_grip *grip, *found = NULL;
	int remotes = 0;

	*err = -NF_ALG_REASON_BINDING_CLOSED;
	list_for_each_entry(grip, &call->grips, list) {
		if (grip->binding->l4proto != l4proto ||
		    !nf_alg_same_endpoint(&grip->binding->inside, inside))
			continue;
		found = grip;
		/* Where anybody is admitted, the named still come first */
		if (!(grip->flags & NF_ALG_BIND_CLOSED) &&
		    grip->remote.family && nf_alg_grip_permits(grip, remote)) {
			*err = 0;
			return NULL;
		}
		remotes++;
	}
	if (found && (remotes > NF_ALG_BIND_REMOTES_MAX ||
		      call->grip_count >= NF_ALG_CALL_GRIPS_MAX)) {
		*err = -NF_ALG_REASON_LIMIT_BINDINGS;
		return NULL;
	}
	return found;
}

/* Claim @binding for one more remote; the caller puts it into the call's list.
 * Caller holds nf_alg_bindings.lock.
 */
static struct nf_alg_grip *nf_alg_grip_for(struct nf_alg_call *call,
					   struct nf_alg_binding *binding,
					   const struct nf_alg_endpoint *remote,
					   u16 flags)
{
	struct nf_alg_grip *grip = nf_alg_grip_alloc();

	if (!grip)
		return NULL;
	grip->call = call;
	grip->remote = *remote;
	grip->round = call->round;
	grip->flags = flags;
	if (nf_alg_grip_link(call->an, grip, binding, remote)) {
		nf_alg_grip_free(grip);
		return NULL;
	}
	INIT_LIST_HEAD(&grip->undo);
	call->grip_count++;
	return grip;
}

int nf_alg_bind_admit(struct nf_alg_call *call,
		      const struct nf_alg_endpoint *inside, u8 l4proto,
		      const struct nf_alg_endpoint *remote)
{
	struct nf_alg_net *an = call->an;
	struct nf_alg_grip *grip, *like;
	int err;

	spin_lock_bh(&an->bindings.lock);
	like = nf_alg_grip_of(call, inside, l4proto, remote, &err);
	if (!like)
		goto unlock;
	err = -NF_ALG_REASON_NO_MEMORY;
	grip = nf_alg_grip_for(
		call, like->binding, remote,
		(like->flags & NF_ALG_BIND_DOOR) | NF_ALG_BIND_STAY |
			NF_ALG_BIND_FIRM |
			(like->remote.family ? 0 : NF_ALG_BIND_INWARD));
	if (!grip)
		goto unlock;
	list_add_tail(&grip->list, &call->grips);
	trace_nf_alg_door_open(grip->binding);
	err = 0;
unlock:
	spin_unlock_bh(&an->bindings.lock);
	return err;
}
EXPORT_SYMBOL_GPL(nf_alg_bind_admit);

/* What the call holds of @binding for exactly this remote */
static struct nf_alg_grip *
nf_alg_grip_exact(const struct nf_alg_call *call,
		  const struct nf_alg_binding *binding,
		  const struct nf_alg_endpoint *remote)
{
	struct nf_alg_grip *grip;

	list_for_each_entry(grip, &call->grips, list)
		if (grip->binding == binding &&
		    nf_alg_same_endpoint(&grip->remote, remote))
			return grip;
	return NULL;
}

/* Let @remote in beside those that @like lets in. Caller holds
 * nf_alg_bindings.lock.
 */
static int nf_alg_grip_beside(struct nf_alg_call *call,
			      const struct nf_alg_grip *like,
			      const struct nf_alg_endpoint *remote)
{
	struct nf_alg_grip *grip;

	grip = nf_alg_grip_exact(call, like->binding, remote);
	if (!grip) {
		if (call->grip_count >= NF_ALG_CALL_GRIPS_MAX)
			return -NF_ALG_REASON_LIMIT_BINDINGS;
		grip = nf_alg_grip_for(
			call, like->binding, remote,
			like->flags | NF_ALG_BIND_NAMED |
				(like->remote.family ? 0 : NF_ALG_BIND_INWARD));
		if (!grip)
			return -NF_ALG_REASON_NO_MEMORY;
		/* In front, where the walk over them has been */
		list_add(&grip->list, &call->grips);
	}
	grip->round = like->round;
	grip->expiring = like->expiring;
	grip->expires = like->expires;
	return 0;
}

int nf_alg_media_admit(struct nf_alg_call *call, u8 l4proto,
		       const struct nf_alg_endpoint *remote)
{
	struct nf_alg_net *an = call->an;
	struct nf_alg_grip *like;
	int err = 0;

	spin_lock_bh(&an->bindings.lock);
	list_for_each_entry(like, &call->grips, list) {
		if (like->binding->l4proto != l4proto ||
		    like->flags & (NF_ALG_BIND_DOOR | NF_ALG_BIND_AWAY |
				   NF_ALG_BIND_NAMED) ||
		    (like->remote.family && nf_alg_grip_permits(like, remote)))
			continue;
		err = nf_alg_grip_beside(call, like, remote);
		if (err)
			break;
	}
	spin_unlock_bh(&an->bindings.lock);
	return err;
}
EXPORT_SYMBOL_GPL(nf_alg_media_admit);

static bool nf_alg_grip_among(const struct nf_alg_grip *grip,
			      const struct nf_alg_endpoint *remote, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (nf_alg_same_endpoint(&grip->remote, &remote[i]))
			return true;
	return false;
}

void nf_alg_media_retain(struct nf_alg_call *call, u8 l4proto,
			 const struct nf_alg_endpoint *remote, u32 n)
{
	struct nf_alg_net *an = call->an;
	unsigned long linger =
		jiffies + HZ * nf_alg_option(an, NF_ALG_OPTION_LINGER_TIME);
	struct nf_alg_grip *grip;
	bool found = false;

	spin_lock_bh(&an->bindings.lock);
	list_for_each_entry(grip, &call->grips, list) {
		if (!(grip->flags & NF_ALG_BIND_NAMED) || grip->expiring ||
		    grip->binding->l4proto != l4proto ||
		    nf_alg_grip_among(grip, remote, n))
			continue;
		grip->expiring = true;
		grip->expires = linger;
		found = true;
	}
	spin_unlock_bh(&an->bindings.lock);
	if (found)
		nf_alg_call_sweep_by(call, linger);
}
EXPORT_SYMBOL_GPL(nf_alg_media_retain);
