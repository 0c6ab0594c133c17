// SPDX-License-Identifier: GPL-2.0
/*
 * Calls and registrations: who owns bindings, and for how long
 */
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/once.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "binding.h"
#include "call.h"
#include "event.h"
#include "host.h"
#include "message.h"
#include "netns.h"
#include "trace.h"

/* Keys come from outside: nobody may guess which of them share a chain, and no
 * two digests may be alike
 */
static hsiphash_key_t nf_alg_call_secret __read_mostly;
static siphash_aligned_key_t
	nf_alg_digest_secret[NF_ALG_CALL_DIGEST / sizeof(u64)] __read_mostly;

/* The key's own hash is as good as random; what else differs is mixed in */
static u32 nf_alg_call_key_hash(const void *data, u32 len, u32 seed)
{
	const struct nf_alg_call_key *key = data;
	const u32 *addr = key->inside.addr.all;

	return jhash_3words(key->hash, addr[0] ^ addr[1] ^ addr[2] ^ addr[3],
			    key->vrf ^ (key->zone | key->protocol << 16 |
					key->kind << 24),
			    seed);
}

static u32 nf_alg_call_hash(const void *data, u32 len, u32 seed)
{
	const struct nf_alg_call *call = data;

	return nf_alg_call_key_hash(&call->key, len, seed);
}

static int nf_alg_call_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nf_alg_call_key *key = arg->key;
	const struct nf_alg_call *call = obj;

	return key->hash != call->key.hash || key->len != call->key.len ||
	       key->vrf != call->key.vrf || key->zone != call->key.zone ||
	       key->protocol != call->key.protocol ||
	       key->kind != call->key.kind ||
	       !nf_alg_same_host(&key->inside, &call->key.inside) ||
	       memcmp(key->bytes, call->key.bytes, nf_alg_call_key_size(key));
}

static const struct rhashtable_params nf_alg_call_params = {
	.head_offset = offsetof(struct nf_alg_call, node),
	.key_len = sizeof(struct nf_alg_call_key),
	.hashfn = nf_alg_call_key_hash,
	.obj_hashfn = nf_alg_call_hash,
	.obj_cmpfn = nf_alg_call_cmp,
	.automatic_shrinking = true,
};

/* Fill in a key; @digest is where a long one is put */
static void nf_alg_call_key_init(struct nf_alg_call_key *key,
				 const struct nf_alg_session *session,
				 enum nf_alg_call_kind kind,
				 const struct nf_alg_endpoint *inside,
				 const void *bytes, u32 len, u64 *digest)
{
	int i;

	net_get_random_once(&nf_alg_call_secret, sizeof(nf_alg_call_secret));

	memset(key, 0, sizeof(*key));
	key->inside = *inside;
	key->inside.port = 0;
	key->vrf = session->vrf;
	key->zone = session->zone;
	key->protocol = session->protocol->call_protocol[kind] ?:
				session->protocol->id;
	key->kind = kind;
	key->len = len;
	key->bytes = bytes;
	key->hash = hsiphash(bytes, len, &nf_alg_call_secret);
	if (len <= NF_ALG_CALL_KEY_MAX)
		return;

	net_get_random_once(nf_alg_digest_secret, sizeof(nf_alg_digest_secret));
	for (i = 0; i < ARRAY_SIZE(nf_alg_digest_secret); i++)
		digest[i] = siphash(bytes, len, &nf_alg_digest_secret[i]);
	key->bytes = (const u8 *)digest;
}

/* Remember who speaks for a call, for flows that are to be relatives of that
 * connection. A reference to it would keep it counted in conntrack's table long
 * after it left. Caller holds call->lock, and the session's.
 */
static void nf_alg_call_spoken(struct nf_alg_call *call,
			       const struct nf_alg_session *session)
{
	memcpy(call->side, session->side, sizeof(call->side));
	call->l4proto = session->l4proto;
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	if (session->ct)
		call->mark = READ_ONCE(session->ct->mark);
#endif
}

/* The tuple of the direction in which that end sends */
static void nf_alg_side_tuple(const struct nf_alg_side *from,
			      const struct nf_alg_side *to, u8 l4proto, u8 dir,
			      struct nf_conntrack_tuple *tuple)
{
	memset(tuple, 0, sizeof(*tuple));
	tuple->src.u3 = from->own.addr;
	tuple->src.u.all = from->own.port;
	tuple->src.l3num = from->own.family;
	tuple->dst.u3 = to->seen.addr;
	tuple->dst.u.all = to->seen.port;
	tuple->dst.protonum = l4proto;
	tuple->dst.dir = dir;
}

/**
 * nf_alg_call_master() - whose relatives the flows of a call are
 * @call: call; the caller holds RCU
 *
 * The connection of its latest signalling. Conntrack shows the master of each
 * related flow, so there must be one: where that connection is over, which a
 * call need not be, an image of it stands for it. That is in no table, is not
 * counted, and goes with the flow. An image also stands for a connection that has
 * a master itself: each flow of a dialog may be the next one's master, and
 * conntrack would keep all of them, and give them back in one recursion.
 *
 * Return: the connection with a reference; NULL once the call is dead, or where
 * there is no memory, which is counted.
 */
struct nf_conn *nf_alg_call_master(struct nf_alg_call *call)
{
	struct nf_conntrack_tuple tuple[IP_CT_DIR_MAX];
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_zone zone;
	struct nf_conn *image, *latest = NULL;
	bool dead;
	u32 mark;
	int dir;

	spin_lock_bh(&call->lock);
	dead = call->state == NF_ALG_CALL_DEAD;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
		nf_alg_side_tuple(&call->side[dir], &call->side[!dir],
				  call->l4proto, dir, &tuple[dir]);
	mark = call->mark;
	spin_unlock_bh(&call->lock);
	if (dead)
		return NULL;

	nf_ct_zone_init(&zone, call->key.zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	h = nf_conntrack_find_get(call->an->net, &zone,
				  &tuple[IP_CT_DIR_ORIGINAL]);
	if (h)
		latest = nf_ct_tuplehash_to_ctrack(h);
	if (latest && !latest->master)
		return latest;

	image = nf_ct_tmpl_alloc(call->an->net, &zone, GFP_ATOMIC);
	if (!image) {
		nf_alg_reason_count(call->an, NF_ALG_REASON_NO_MEMORY);
		goto put;
	}
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
		image->tuplehash[dir].tuple = tuple[dir];
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	image->mark = latest ? READ_ONCE(latest->mark) : mark;
#endif
#if IS_ENABLED(CONFIG_NF_CONNTRACK_SECMARK)
	image->secmark = latest ? latest->secmark : 0;
#endif
put:
	if (latest)
		nf_ct_put(latest);
	return image;
}

/**
 * nf_alg_call_peer() - the other end of a call's signalling
 * @call: call; the caller holds RCU
 * @inside: this end; the port is not looked at
 * @peer: where it is put, as the inside host knows it
 *
 * Return: false once the call is dead.
 */
bool nf_alg_call_peer(struct nf_alg_call *call,
		      const struct nf_alg_endpoint *inside,
		      struct nf_alg_endpoint *peer)
{
	bool alive;

	spin_lock_bh(&call->lock);
	alive = call->state != NF_ALG_CALL_DEAD;
	*peer = nf_alg_same_host(&call->side[0].own, inside) ?
			call->side[1].seen :
			call->side[0].own;
	spin_unlock_bh(&call->lock);
	return alive;
}

static void nf_alg_call_free_rcu(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct nf_alg_call, rcu));
}

/**
 * nf_alg_call_put() - give a reference back
 * @call: call; with the last reference it ends, is discharged, and then counted
 *	off its protocol and its namespace, either of which may be gone when this
 *	returns
 */
void nf_alg_call_put(struct nf_alg_call *call)
{
	const struct nf_alg_protocol *protocol;
	struct nf_alg_net *an;

	if (!refcount_dec_and_test(&call->refs))
		return;
	protocol = call->protocol;
	an = call->an;
	if (protocol->call_end)
		protocol->call_end(call);
	nf_alg_host_discharge(an, call->host, NF_ALG_CHARGE_CALL);
	call_rcu(&call->rcu, nf_alg_call_free_rcu);
	nf_alg_protocol_unuse(protocol);
	nf_alg_netns_released(&an->calls.live);
}
EXPORT_SYMBOL_GPL(nf_alg_call_put);

/* A pending timer has a reference. Caller holds call->lock, and the call is not
 * dead.
 */
static void nf_alg_call_arm(struct nf_alg_call *call, unsigned long when)
{
	if (!mod_timer(&call->timer, when))
		refcount_inc(&call->refs);
}

/* Not later than @when. Caller holds call->lock, and the call is not dead. */
static void nf_alg_call_arm_by(struct nf_alg_call *call, unsigned long when)
{
	if (!timer_pending(&call->timer) ||
	    time_before(when, call->timer.expires))
		nf_alg_call_arm(call, when);
}

/* Its media is not wanted any more, unless it is taken again. Caller holds
 * call->lock.
 */
static void nf_alg_call_linger(struct nf_alg_call *call)
{
	spin_lock(&call->an->bindings.lock);
	list_add_tail(&call->lingering, &call->host->lingering);
	spin_unlock(&call->an->bindings.lock);
}

/* It goes on. Caller holds call->lock. */
static void nf_alg_call_live(struct nf_alg_call *call, u8 state)
{
	call->state = state;
	spin_lock(&call->an->bindings.lock);
	list_del_init(&call->lingering);
	spin_unlock(&call->an->bindings.lock);
}

/**
 * nf_alg_call_cede() - a call that is over gives its media up for a new one
 * @an: namespace
 * @host: inside host whose ports are short; it is the oldest of its calls that
 *	lingers. The caller holds nf_alg_bindings.lock.
 *
 * Flows that exist go on; its doors stay, for what is said about its end.
 *
 * Return: false if no call of that host lingers.
 */
bool nf_alg_call_cede(struct nf_alg_net *an, struct nf_alg_host *host)
{
	struct nf_alg_grip *grip, *next;
	struct nf_alg_call *call;

	call = list_first_entry_or_null(&host->lingering, struct nf_alg_call,
					lingering);
	if (!call)
		return false;
	list_del_init(&call->lingering);
	list_for_each_entry_safe(grip, next, &call->grips, list)
		if (!(grip->flags & NF_ALG_BIND_DOOR))
			nf_alg_grip_release(an, grip);
	return true;
}

/**
 * nf_alg_call_kill() - take a call down at once
 * @call: call; the caller holds its lock, and a reference
 *
 * Out of the table, bindings released, the timer and the table's reference
 * dropped.
 */
void nf_alg_call_kill(struct nf_alg_call *call)
{
	struct nf_alg_net *an = call->an;
	struct nf_alg_grip *grip, *next;

	if (call->state == NF_ALG_CALL_DEAD)
		return;
	rhashtable_remove_fast(&an->calls.table, &call->node,
			       nf_alg_call_params);
	atomic_dec(&an->calls.count);
	WRITE_ONCE(call->state, NF_ALG_CALL_DEAD);
	trace_nf_alg_call_end(call);
	nf_alg_event_call(an, NF_ALG_EVENT_CALL_END, call->key.protocol,
			  call->key.kind, &call->key.inside, call->key.bytes,
			  nf_alg_call_key_size(&call->key));

	spin_lock(&an->bindings.lock);
	list_del_init(&call->lingering);
	list_for_each_entry_safe(grip, next, &call->grips, list)
		nf_alg_grip_release(an, grip);
	spin_unlock(&an->bindings.lock);

	if (timer_delete(&call->timer))
		nf_alg_call_put(call);
	nf_alg_call_put(call);
}

/* A registration's doors do not count: it ends when the registrar says so */
bool nf_alg_call_flows(struct nf_alg_call *call)
{
	struct nf_alg_net *an = call->an;
	struct nf_alg_grip *grip;
	bool found = false;

	if (call->key.kind != NF_ALG_CALL)
		return false;
	spin_lock_bh(&an->bindings.lock);
	list_for_each_entry(grip, &call->grips, list) {
		if (grip->flags & NF_ALG_BIND_DOOR)
			continue;
		found = nf_alg_binding_flows(an, grip->binding);
		if (found)
			break;
	}
	spin_unlock_bh(&an->bindings.lock);
	return found;
}
EXPORT_SYMBOL_GPL(nf_alg_call_flows);

/* Release what was replaced; when does the next one go, if before @next? */
static unsigned long nf_alg_call_sweep(struct nf_alg_call *call,
				       unsigned long now, unsigned long next)
{
	struct nf_alg_net *an = call->an;
	struct nf_alg_grip *grip, *safe;

	spin_lock(&an->bindings.lock);
	list_for_each_entry_safe(grip, safe, &call->grips, list) {
		if (!grip->expiring)
			continue;
		if (time_after_eq(now, grip->expires))
			nf_alg_grip_release(an, grip);
		else if (time_before(grip->expires, next))
			next = grip->expires;
	}
	spin_unlock(&an->bindings.lock);
	return next;
}

/* When to look again whether there is still media on it, in jiffies */
static unsigned long nf_alg_call_patience(const struct nf_alg_call *call)
{
	if (!call->abandoned)
		return HZ *
		       nf_alg_option(call->an, NF_ALG_OPTION_CALL_IDLE_TIME);
	return HZ * max_t(u32, 1,
			  nf_alg_option(call->an, NF_ALG_OPTION_LINGER_TIME));
}

void nf_alg_call_sweep_by(struct nf_alg_call *call, unsigned long when)
{
	/* It has yet to run, and will see what its caller has changed */
	if (timer_pending(&call->timer) &&
	    !time_before(when, READ_ONCE(call->timer.expires)))
		return;
	spin_lock_bh(&call->lock);
	if (call->state != NF_ALG_CALL_DEAD)
		nf_alg_call_arm_by(call, when);
	spin_unlock_bh(&call->lock);
}

static void nf_alg_call_timer(struct timer_list *timer)
{
	struct nf_alg_call *call = timer_container_of(call, timer, timer);
	unsigned long now = jiffies;

	spin_lock(&call->lock);
	if (call->state == NF_ALG_CALL_DEAD)
		goto unlock;
	if (time_after_eq(now, call->deadline)) {
		if (call->state == NF_ALG_CALL_ENDED || call->limited ||
		    !nf_alg_call_flows(call)) {
			nf_alg_call_kill(call);
			goto unlock;
		}
		call->deadline = now + nf_alg_call_patience(call);
	}
	nf_alg_call_arm(call, nf_alg_call_sweep(call, now, call->deadline));
unlock:
	spin_unlock(&call->lock);
	nf_alg_call_put(call);
}

/* Find a call that is in the table, with a reference */
static struct nf_alg_call *nf_alg_call_lookup(struct nf_alg_net *an,
					      const struct nf_alg_call_key *key)
{
	struct nf_alg_call *call;

	rcu_read_lock();
	call = rhashtable_lookup(&an->calls.table, key, nf_alg_call_params);
	if (call && !refcount_inc_not_zero(&call->refs))
		call = NULL;
	rcu_read_unlock();
	return call;
}

struct nf_alg_call *nf_alg_call_find(struct nf_alg_message *msg,
				     enum nf_alg_call_kind kind,
				     const struct nf_alg_endpoint *inside,
				     const void *key, u32 len)
{
	u64 digest[NF_ALG_CALL_DIGEST / sizeof(u64)];
	struct nf_alg_call_key k;

	nf_alg_call_key_init(&k, msg->session, kind, inside, key, len, digest);
	return nf_alg_call_lookup(msg->session->an, &k);
}
EXPORT_SYMBOL_GPL(nf_alg_call_find);

static struct nf_alg_call *
nf_alg_call_begin(const struct nf_alg_session *session,
		  const struct nf_alg_call_key *key)
{
	u32 size = ALIGN(session->protocol->call_size, 8);
	u32 len = nf_alg_call_key_size(key);
	struct nf_alg_net *an = session->an;
	enum nf_alg_reason reason;
	struct nf_alg_call *call;

	call = kzalloc(struct_size(call, priv, size + len), GFP_ATOMIC);
	if (!call)
		return ERR_PTR(-NF_ALG_REASON_NO_MEMORY);
	call->host = nf_alg_host_charge(an, &key->inside, key->zone, key->vrf,
					NF_ALG_CHARGE_CALL, &reason);
	if (!call->host) {
		kfree(call);
		return ERR_PTR(-(long)reason);
	}

	call->key = *key;
	memcpy(call->priv + size, key->bytes, len);
	call->key.bytes = call->priv + size;
	call->an = an;
	call->protocol = session->protocol;
	call->created = jiffies;
	call->deadline =
		jiffies + HZ * nf_alg_option(an, NF_ALG_OPTION_CALL_SETUP_TIME);
	spin_lock_init(&call->lock);
	INIT_LIST_HEAD(&call->grips);
	INIT_LIST_HEAD(&call->lingering);
	timer_setup(&call->timer, nf_alg_call_timer, 0);
	/* One for the table, one for the caller */
	refcount_set(&call->refs, 2);
	nf_alg_call_spoken(call, session);
	nf_alg_protocol_use(call->protocol);
	atomic_inc(&an->calls.live);
	return call;
}

/* Never was in the table */
static void nf_alg_call_discard(struct nf_alg_call *call)
{
	struct nf_alg_net *an = call->an;

	nf_alg_host_discharge(an, call->host, NF_ALG_CHARGE_CALL);
	nf_alg_protocol_unuse(call->protocol);
	kfree(call);
	nf_alg_netns_released(&an->calls.live);
}

bool nf_alg_call_resume(struct nf_alg_call *call,
			const struct nf_alg_session *session)
{
	bool alive;

	spin_lock_bh(&call->lock);
	alive = call->state != NF_ALG_CALL_DEAD;
	call->abandoned = false;
	if (call->state == NF_ALG_CALL_ENDED) {
		/* The same identity again: it begins anew */
		nf_alg_call_live(call, NF_ALG_CALL_SETUP);
		call->limited = false;
		call->deadline =
			jiffies +
			HZ * nf_alg_option(call->an,
					   NF_ALG_OPTION_CALL_SETUP_TIME);
	}
	nf_alg_call_spoken(call, session);
	spin_unlock_bh(&call->lock);
	return alive;
}
EXPORT_SYMBOL_GPL(nf_alg_call_resume);

struct nf_alg_call *nf_alg_call_take(struct nf_alg_message *msg,
				     enum nf_alg_call_kind kind,
				     const struct nf_alg_endpoint *inside,
				     const void *key, u32 len)
{
	const struct nf_alg_session *session = msg->session;
	u64 digest[NF_ALG_CALL_DIGEST / sizeof(u64)];
	struct nf_alg_net *an = session->an;
	struct nf_alg_call *call, *other;
	struct nf_alg_call_key k;

	nf_alg_call_key_init(&k, session, kind, inside, key, len, digest);

	call = nf_alg_call_lookup(an, &k);
	if (call) {
		if (nf_alg_call_resume(call, session))
			return call;
		/* It died under our eyes, and is out of the table */
		nf_alg_call_put(call);
	}

	call = nf_alg_call_begin(session, &k);
	if (IS_ERR(call))
		return call;

	/* Its timer must not find it dead before it is complete */
	spin_lock_bh(&call->lock);
	rcu_read_lock();
	other = rhashtable_lookup_get_insert_key(
		&an->calls.table, &k, &call->node, nf_alg_call_params);
	if (!IS_ERR_OR_NULL(other) && !refcount_inc_not_zero(&other->refs))
		other = ERR_PTR(-EAGAIN);
	rcu_read_unlock();
	if (!other) {
		atomic_inc(&an->calls.count);
		nf_alg_call_arm(call, call->deadline);
		trace_nf_alg_call_begin(call);
		nf_alg_event_call(an, NF_ALG_EVENT_CALL_NEW, call->key.protocol,
				  call->key.kind, &call->key.inside,
				  call->key.bytes,
				  nf_alg_call_key_size(&call->key));
	}
	spin_unlock_bh(&call->lock);
	if (!other)
		return call;

	/* Another message of the call was faster, or there is no memory */
	nf_alg_call_discard(call);
	return IS_ERR(other) ? ERR_PTR(-NF_ALG_REASON_NO_MEMORY) : other;
}
EXPORT_SYMBOL_GPL(nf_alg_call_take);

void *nf_alg_call_priv(struct nf_alg_call *call)
{
	return call->priv;
}
EXPORT_SYMBOL_GPL(nf_alg_call_priv);

/**
 * nf_alg_call_commit() - the offer was accepted
 * @call: call
 *
 * Pending bindings stay from now on. Media that an earlier offer took and this
 * one did not take again goes after the linger time; doors, and what was taken
 * with NF_ALG_BIND_STAY, stay with the call. An offer that took no media at all
 * replaces none. A call (not a registration) then lives for the option
 * call-idle-time unless nf_alg_call_extend() says otherwise.
 */
void nf_alg_call_commit(struct nf_alg_call *call)
{
	struct nf_alg_net *an = call->an;
	unsigned long linger =
		jiffies + HZ * nf_alg_option(an, NF_ALG_OPTION_LINGER_TIME);
	bool renewed = false, replaced = false;
	struct nf_alg_grip *grip;

	spin_lock_bh(&call->lock);
	if (call->state == NF_ALG_CALL_DEAD)
		goto unlock;

	spin_lock(&an->bindings.lock);
	list_for_each_entry(grip, &call->grips, list)
		if (grip->round == call->round &&
		    !(grip->flags & NF_ALG_BIND_DOOR))
			renewed = true;
	list_for_each_entry(grip, &call->grips, list) {
		if (grip->flags & NF_ALG_BIND_PENDING) {
			WRITE_ONCE(grip->flags,
				   grip->flags & ~NF_ALG_BIND_PENDING);
			trace_nf_alg_binding_commit(grip->binding);
		}
		if (!renewed || grip->round == call->round || grip->expiring ||
		    grip->flags & (NF_ALG_BIND_DOOR | NF_ALG_BIND_STAY))
			continue;
		grip->expiring = true;
		grip->expires = linger;
		replaced = true;
	}
	call->round++;
	spin_unlock(&an->bindings.lock);

	if (call->state == NF_ALG_CALL_SETUP)
		call->state = NF_ALG_CALL_LIVE;
	if (call->state == NF_ALG_CALL_LIVE && call->key.kind == NF_ALG_CALL) {
		call->deadline =
			jiffies +
			HZ * nf_alg_option(an, NF_ALG_OPTION_CALL_IDLE_TIME);
		nf_alg_call_arm_by(call, call->deadline);
	}
	if (replaced)
		nf_alg_call_arm_by(call, linger);
unlock:
	spin_unlock_bh(&call->lock);
}
EXPORT_SYMBOL_GPL(nf_alg_call_commit);

void nf_alg_bind_expire(struct nf_alg_call *call,
			const struct nf_alg_endpoint *inside, u8 l4proto,
			u32 seconds)
{
	unsigned long when = jiffies + HZ * (unsigned long)seconds;
	struct nf_alg_net *an = call->an;
	struct nf_alg_grip *grip;
	bool found = false;

	spin_lock_bh(&call->lock);
	if (call->state == NF_ALG_CALL_DEAD)
		goto unlock;
	spin_lock(&an->bindings.lock);
	list_for_each_entry(grip, &call->grips, list) {
		if (grip->binding->l4proto != l4proto ||
		    !nf_alg_same_endpoint(&grip->binding->inside, inside))
			continue;
		grip->expiring = true;
		grip->expires = when;
		found = true;
	}
	spin_unlock(&an->bindings.lock);
	if (found)
		nf_alg_call_arm_by(call, when);
unlock:
	spin_unlock_bh(&call->lock);
}
EXPORT_SYMBOL_GPL(nf_alg_bind_expire);

/**
 * nf_alg_call_rollback() - the offer was refused
 * @call: call
 *
 * Pending bindings go at once; what was committed stays as it is.
 */
void nf_alg_call_rollback(struct nf_alg_call *call)
{
	struct nf_alg_net *an = call->an;
	struct nf_alg_grip *grip, *next;

	spin_lock_bh(&an->bindings.lock);
	list_for_each_entry_safe(grip, next, &call->grips, list)
		if (grip->flags & NF_ALG_BIND_PENDING)
			nf_alg_grip_release(an, grip);
	call->round++;
	spin_unlock_bh(&an->bindings.lock);
}
EXPORT_SYMBOL_GPL(nf_alg_call_rollback);

static void nf_alg_call_last(struct nf_alg_call *call, u32 seconds,
			     bool limited)
{
	spin_lock_bh(&call->lock);
	if (call->state != NF_ALG_CALL_DEAD) {
		if (call->state == NF_ALG_CALL_ENDED)
			nf_alg_call_live(call, NF_ALG_CALL_LIVE);
		/* A week is for ever, and keeps the arithmetic of jiffies */
		call->abandoned = false;
		call->limited = limited;
		call->deadline =
			jiffies +
			HZ * (unsigned long)min_t(u32, seconds, 7 * 24 * 3600);
		nf_alg_call_arm_by(call, call->deadline);
	}
	spin_unlock_bh(&call->lock);
}

void nf_alg_call_extend(struct nf_alg_call *call, u32 seconds)
{
	nf_alg_call_last(call, seconds, false);
}
EXPORT_SYMBOL_GPL(nf_alg_call_extend);

void nf_alg_call_limit(struct nf_alg_call *call, u32 seconds)
{
	nf_alg_call_last(call, seconds, true);
}
EXPORT_SYMBOL_GPL(nf_alg_call_limit);

void nf_alg_call_end(struct nf_alg_call *call)
{
	spin_lock_bh(&call->lock);
	if (call->state < NF_ALG_CALL_ENDED) {
		call->state = NF_ALG_CALL_ENDED;
		call->deadline =
			jiffies +
			HZ * nf_alg_option(call->an, NF_ALG_OPTION_LINGER_TIME);
		nf_alg_call_linger(call);
		nf_alg_call_arm_by(call, call->deadline);
	}
	spin_unlock_bh(&call->lock);
}
EXPORT_SYMBOL_GPL(nf_alg_call_end);

void nf_alg_call_abandon(struct nf_alg_call *call)
{
	spin_lock_bh(&call->lock);
	if (call->state < NF_ALG_CALL_ENDED) {
		call->abandoned = true;
		call->deadline = jiffies + nf_alg_call_patience(call);
		nf_alg_call_arm_by(call, call->deadline);
	}
	spin_unlock_bh(&call->lock);
}
EXPORT_SYMBOL_GPL(nf_alg_call_abandon);

static void nf_alg_call_print(char *to, u32 size, const u8 *from, u32 len)
{
	u32 i;

	for (i = 0; i < len && i < size - 1; i++)
		to[i] = from[i] >= 0x20 && from[i] < 0x7f ? from[i] : '?';
	to[i] = '\0';
}

void nf_alg_call_describe(struct nf_alg_call *call, const char *state,
			  const void *text, u32 len)
{
	spin_lock_bh(&call->lock);
	if (state)
		strscpy(call->state_text, state, sizeof(call->state_text));
	if (text)
		nf_alg_call_print(call->text, sizeof(call->text), text, len);
	spin_unlock_bh(&call->lock);
}
EXPORT_SYMBOL_GPL(nf_alg_call_describe);

/**
 * nf_alg_calls_init() - there is no call yet
 * @an: namespace
 *
 * Return: 0 or a negative errno.
 */
int nf_alg_calls_init(struct nf_alg_net *an)
{
	return rhashtable_init(&an->calls.table, &nf_alg_call_params);
}

/**
 * nf_alg_calls_exit() - end all calls at once
 * @an: namespace; no session of it is left
 */
void nf_alg_calls_exit(struct nf_alg_net *an)
{
	nf_alg_calls_flush_all(an);
	/* A timer that has just taken its call out of the table still has it */
	nf_alg_netns_wait(&an->calls.live);
	WARN_ON_ONCE(atomic_read(&an->calls.count));
	rhashtable_destroy(&an->calls.table);
}

/* Calls have the size their protocol wants: no cache of their own */
int nf_alg_call_cache_init(void)
{
	return 0;
}

void nf_alg_call_cache_exit(void)
{
	rcu_barrier();
}
