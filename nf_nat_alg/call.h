/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_CALL_H
#define NF_ALG_CALL_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include "endpoint.h"
#include "protocol.h"
#include "session.h"

struct nf_alg_host;
struct nf_alg_message;
struct nf_alg_net;
struct nf_conn;

/**
 * enum nf_alg_call_kind - what owns bindings
 * @NF_ALG_CALL: a call: shown by natctl show calls
 * @NF_ALG_REGISTRATION: a registration: shown by natctl show registrations
 */
enum nf_alg_call_kind {
	NF_ALG_CALL,
	NF_ALG_REGISTRATION,
};

/**
 * enum nf_alg_call_state - where a call is in its life
 * @NF_ALG_CALL_SETUP: begun, nothing committed yet
 * @NF_ALG_CALL_LIVE: committed at least once
 * @NF_ALG_CALL_ENDED: over; its bindings linger
 * @NF_ALG_CALL_DEAD: out of the table
 */
enum nf_alg_call_state {
	NF_ALG_CALL_SETUP,
	NF_ALG_CALL_LIVE,
	NF_ALG_CALL_ENDED,
	NF_ALG_CALL_DEAD,
};

/* Longer keys are kept as a digest */
#define NF_ALG_CALL_KEY_MAX 255
#define NF_ALG_CALL_DIGEST 32
#define NF_ALG_CALL_TEXT_MAX 64
#define NF_ALG_CALL_STATE_MAX 16

/**
 * struct nf_alg_call_key - what a call is found by
 * @inside: the inside host, port 0
 * @vrf: ifindex of its VRF, or 0
 * @zone: conntrack zone id
 * @protocol: enum nf_alg_protocol_id
 * @kind: enum nf_alg_call_kind
 * @len: length of the key in bytes as the protocol gave it
 * @hash: keyed hash of it
 * @bytes: the key, or its digest; nf_alg_call_key_size() bytes
 */
struct nf_alg_call_key {
	struct nf_alg_endpoint inside;
	int vrf;
	u16 zone;
	u8 protocol;
	u8 kind;
	u32 len;
	u32 hash;
	const u8 *bytes;
};

static inline u32 nf_alg_call_key_size(const struct nf_alg_call_key *key)
{
	return key->len <= NF_ALG_CALL_KEY_MAX ? key->len : NF_ALG_CALL_DIGEST;
}

/**
 * struct nf_alg_call - owner of bindings
 * @node: in nf_alg_calls.table
 * @key: constant
 * @an: namespace state, which stays while nf_alg_calls.live counts the call
 * @protocol: whose it is; stays while nf_alg_protocol_use() counts the call
 * @host: the inside host that is charged; discharged with the last reference
 * @created: time of its birth in jiffies
 * @lock: guards what follows up to @l4proto
 * @state: enum nf_alg_call_state
 * @abandoned: nobody will say when it ends
 * @limited: it ends at @deadline, whether there is media on it or not
 * @deadline: when it ends, in jiffies; written under @lock
 * @state_text: the protocol's word for its state, terminated
 * @text: the remote party, terminated
 * @side: the two ends of its latest signalling, as nf_alg_session.side
 * @mark: the connection mark of that
 * @l4proto: its transport
 * @grips: what it holds, struct nf_alg_grip; under nf_alg_bindings.lock
 * @grip_count: how many; likewise
 * @round: counts offers that were committed or rolled back; likewise
 * @cleared: the last of them was taken away by nf_alg_binding_clear(); likewise
 * @lingering: in nf_alg_host.lingering of @host while it is over and holds media
 *	still; likewise
 * @timer: fires at @deadline, or when a replaced binding goes; armed under @lock,
 *	and never once the call is dead
 * @refs: one for the table, one for a timer that is pending or runs, one for each
 *	user
 * @rcu: freed after a grace period
 * @priv: the protocol's own part, followed by the bytes of the key
 */
struct nf_alg_call {
	struct rhash_head node;
	struct nf_alg_call_key key;
	struct nf_alg_net *an;
	const struct nf_alg_protocol *protocol;
	struct nf_alg_host *host;
	unsigned long created;

	spinlock_t lock; /* guards what follows up to @l4proto */
	u8 state;
	bool abandoned;
	bool limited;
	unsigned long deadline;
	char state_text[NF_ALG_CALL_STATE_MAX];
	char text[NF_ALG_CALL_TEXT_MAX];
	struct nf_alg_side side[IP_CT_DIR_MAX];
	u32 mark;
	u8 l4proto;

	struct list_head grips;
	u32 grip_count;
	u32 round;
	bool cleared;
	struct list_head lingering;

	struct timer_list timer;
	refcount_t refs;
	struct rcu_head rcu;
	u8 priv[] __aligned(8);
};

/**
 * nf_alg_call_find() - find the call a message belongs to
 * @msg: message; gives namespace, zone, VRF and protocol
 * @kind: call or registration
 * @inside: the inside host it belongs to; the port is not looked at
 * @key: the protocol's call identity
 * @len: its length in bytes
 *
 * Return: the call with a reference, or NULL.
 */
struct nf_alg_call *nf_alg_call_find(struct nf_alg_message *msg,
				     enum nf_alg_call_kind kind,
				     const struct nf_alg_endpoint *inside,
				     const void *key, u32 len);

/**
 * nf_alg_call_take() - find the call a message belongs to, or begin it
 * @msg: message
 * @kind: call or registration
 * @inside: the inside host it belongs to
 * @key: the protocol's call identity
 * @len: its length in bytes
 *
 * A call that begins lives for the option call-setup-time unless
 * nf_alg_call_extend() says otherwise.
 *
 * Return: the call with a reference; or an ERR_PTR() whose value is
 * -NF_ALG_REASON_LIMIT_CALLS or -NF_ALG_REASON_NO_MEMORY.
 */
struct nf_alg_call *nf_alg_call_take(struct nf_alg_message *msg,
				     enum nf_alg_call_kind kind,
				     const struct nf_alg_endpoint *inside,
				     const void *key, u32 len);
void nf_alg_call_put(struct nf_alg_call *call);

/**
 * nf_alg_call_resume() - a message belongs to a call that is known
 * @call: call that the caller has a reference to
 * @session: session of the message; its lock is held. It has the call's zone,
 *	VRF and protocol.
 *
 * As nf_alg_call_take() where that finds it, but takes no reference.
 *
 * Return: false if the call is dead.
 */
bool nf_alg_call_resume(struct nf_alg_call *call,
			const struct nf_alg_session *session);

/**
 * nf_alg_call_lock() - enter the protocol's own part of a call
 * @call: call; nests inside the session's lock, bindings' locks nest inside it
 *
 * nf_alg_bind() and the other functions of this header take the call's lock
 * themselves: call them outside.
 *
 * Return: protocol->call_size bytes, zeroed when the call began.
 */
static inline void *nf_alg_call_lock(struct nf_alg_call *call)
	__acquires(&call->lock)
{
	spin_lock_bh(&call->lock);
	return call->priv;
}

/**
 * nf_alg_call_unlock() - leave the protocol's own part of a call
 * @call: call
 */
static inline void nf_alg_call_unlock(struct nf_alg_call *call)
	__releases(&call->lock)
{
	spin_unlock_bh(&call->lock);
}

/* The protocol's own part where nobody else can be in it: in call_end() */
void *nf_alg_call_priv(struct nf_alg_call *call);

/* Pending bindings stay from now on; media an earlier offer took and this one
 * did not take again goes after the linger time, doors and NF_ALG_BIND_STAY do
 * not. A call lives for the option call-idle-time then.
 */
void nf_alg_call_commit(struct nf_alg_call *call);

/* Pending bindings go */
void nf_alg_call_rollback(struct nf_alg_call *call);

/* The call ends @seconds from now unless it is extended again. One with media
 * on it goes on while the flow that came last exists.
 */
void nf_alg_call_extend(struct nf_alg_call *call, u32 seconds);

/* The same, but media does not keep it: who speaks of it would have said so */
void nf_alg_call_limit(struct nf_alg_call *call, u32 seconds);

/* The call has ended: its bindings admit no new flow after the linger time */
void nf_alg_call_end(struct nf_alg_call *call);

/**
 * nf_alg_call_abandon() - nobody will say any more when a call ends
 * @call: call
 *
 * Its signalling is gone, but its media may go on: it ends after the linger
 * time, or as soon after it as no flow of its bindings exists any more.
 */
void nf_alg_call_abandon(struct nf_alg_call *call);

/**
 * nf_alg_call_flows() - is there media on a call
 * @call: call; its lock may be held, nf_alg_bindings.lock is not
 *
 * Return: true if the latest flow of one of its bindings still exists.
 */
bool nf_alg_call_flows(struct nf_alg_call *call);

/* One line for natctl show calls: state and remote party, copied, cut at 64
 * bytes, unprintable bytes shown as '?'
 */
void nf_alg_call_describe(struct nf_alg_call *call, const char *state,
			  const void *text, u32 len);

/**
 * nf_alg_calls_flush_protocol() - a protocol goes: so do its calls
 * @an: namespace
 * @protocol: its description; no session of it translates any more
 *
 * Bindings are released at once. Whoever still has a reference to a call, its
 * timer included, gives it back later: nf_alg_protocol_unregister() waits for
 * that. May sleep.
 */
void nf_alg_calls_flush_protocol(struct nf_alg_net *an,
				 const struct nf_alg_protocol *protocol);

/* For bind.c; the caller holds nf_alg_bindings.lock */
bool nf_alg_call_cede(struct nf_alg_net *an, struct nf_alg_host *host);

/* For call_flush.c; the caller holds call->lock and a reference */
void nf_alg_call_kill(struct nf_alg_call *call);

/* For binding.c: what was cleared ends calls. May sleep. */
void nf_alg_calls_flush_all(struct nf_alg_net *an);
void nf_alg_calls_flush_cleared(struct nf_alg_net *an);

/**
 * nf_alg_calls_flush_public() - end what was signalled by a public address
 * @an: namespace
 * @public: the address; the port is not looked at
 *
 * At once, with what it holds. May sleep.
 */
void nf_alg_calls_flush_public(struct nf_alg_net *an,
			       const struct nf_alg_endpoint *public);

/* For bind.c: one of its bindings goes then, in jiffies; no lock is held */
void nf_alg_call_sweep_by(struct nf_alg_call *call, unsigned long when);

/* For flow.c; the caller holds RCU */
struct nf_conn *nf_alg_call_master(struct nf_alg_call *call);
bool nf_alg_call_peer(struct nf_alg_call *call,
		      const struct nf_alg_endpoint *inside,
		      struct nf_alg_endpoint *peer);

int nf_alg_call_cache_init(void);
void nf_alg_call_cache_exit(void);

#endif /* NF_ALG_CALL_H */
