/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_BINDING_H
#define NF_ALG_BINDING_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include "endpoint.h"
#include "protocol.h"

struct nf_alg_call;
struct nf_alg_host;
struct nf_alg_message;
struct nf_alg_net;
struct nf_alg_session;

/* How a binding is wanted */
#define NF_ALG_BIND_EVEN BIT(0) /* public port keeps the inside port's parity */
#define NF_ALG_BIND_DOOR \
	BIT(1) /* signalling: its flows get the protocol's helper */
#define NF_ALG_BIND_CLOSED \
	BIT(2) /* reserved, but admits nothing until nf_alg_bind_open() */
#define NF_ALG_BIND_STAY BIT(3) /* no later offer replaces it */
#define NF_ALG_BIND_ONCE \
	BIT(5) /* for one flow: it admits no other until it is taken anew */
#define NF_ALG_BIND_AWAY \
	BIT(4) /* a listener outside: who calls it from inside speaks the protocol */
#define NF_ALG_BIND_OTHER \
	BIT(6) /* for a host that an option permits others to speak of */
#define NF_ALG_BIND_FIRM BIT(8) /* a refused offer does not take it away */
/* Set by the engine in nf_alg_grip.flags */
#define NF_ALG_BIND_PENDING BIT(7) /* goes with nf_alg_call_rollback() */
#define NF_ALG_BIND_NAMED BIT(9) /* for a remote of nf_alg_media_admit() */
#define NF_ALG_BIND_INWARD \
	BIT(10) /* its remote comes in first; what goes out to it is as the rules say */

/**
 * struct nf_alg_binding - an inside endpoint and its public endpoint
 * @inside_node: in nf_alg_bindings.inside
 * @public_node: in nf_alg_bindings.public
 * @inside: the host as it knows itself
 * @public: the host as the world sees it; equal to @inside where there is no
 *	NAT
 * @peer_addr: address of the latest flow's other end
 * @peer_port: its port; 0 before the first flow
 * @zone: conntrack zone id of what the inside host sends
 * @outer_zone: conntrack zone id of what comes to @public. It differs from @zone
 *	where zones have one direction only ("ct original zone set")
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @flags: NF_ALG_BIND_DOOR if any owner wanted that; NF_ALG_BIND_AWAY
 * @protocol: enum nf_alg_protocol_id; of a door, what its flows speak
 * @ranged: @host is charged for a port of the media range as well; constant
 * @vrf: ifindex of the inside host's VRF, or 0
 * @oif: ifindex of the device by which the signalling leaves, or 0: not known
 * @created: time of its birth in jiffies
 * @used: time of the latest new flow in jiffies
 * @grips: all claims, struct nf_alg_grip.node; RCU
 * @anybody: open claims that admit anybody, struct nf_alg_grip.anybody_node; RCU
 * @doors: open claims that are doors, struct nf_alg_grip.door_node; RCU
 * @named: how many claims name a remote; 0 spares a lookup
 * @named_ports: how many of those name its port as well
 * @host: who is charged
 * @rcu: freed after a grace period
 *
 * Found under RCU; constant but for @peer_addr, @peer_port and @used, which any
 * new flow writes without a lock, and @flags, @protocol, @named, @named_ports and
 * the lists, which are written under nf_alg_bindings.lock.
 */
struct nf_alg_binding {
	struct rhlist_head inside_node;
	struct rhlist_head public_node;
	struct nf_alg_endpoint inside;
	struct nf_alg_endpoint public;
	union nf_inet_addr peer_addr;
	__be16 peer_port;
	u16 zone;
	u16 outer_zone;
	u8 l4proto;
	u8 flags;
	u8 protocol;
	bool ranged;
	int vrf;
	int oif;
	u32 created;
	u32 used;
	struct hlist_head grips;
	struct hlist_head anybody;
	struct hlist_head doors;
	u32 named;
	u32 named_ports;
	union {
		struct nf_alg_host *host;
		struct rcu_head rcu;
	};
};

/**
 * struct nf_alg_remote_key - a remote of a binding
 * @binding: the binding
 * @host: the remote; port 0: any port of that host
 *
 * Compared and hashed as bytes, without what pads it at its end.
 */
struct nf_alg_remote_key {
	const struct nf_alg_binding *binding;
	struct nf_alg_endpoint host;
};

/**
 * struct nf_alg_remote - a remote that claims of a binding name
 * @node: in nf_alg_bindings.remotes
 * @key: constant; the claims that are counted keep the binding
 * @open: open claims that name it, struct nf_alg_grip.named_node; RCU
 * @inward: those of them with NF_ALG_BIND_INWARD, which are not in @open; RCU
 * @claims: how many claims name it, open or not
 * @rcu: freed after a grace period
 *
 * Thousands of registrations may share one door. What a new flow costs must not
 * depend on their number, so the claims that let it in are found by its remote.
 * Found under RCU; written under nf_alg_bindings.lock.
 */
struct nf_alg_remote {
	struct rhash_head node;
	struct nf_alg_remote_key key;
	struct hlist_head open;
	struct hlist_head inward;
	u32 claims;
	struct rcu_head rcu;
};

/**
 * struct nf_alg_grip - a call's claim on a binding
 * @node: in nf_alg_binding.grips
 * @anybody_node: in nf_alg_binding.anybody
 * @door_node: in nf_alg_binding.doors
 * @named_node: in nf_alg_remote.open or .inward of @target
 * @list: in nf_alg_call.grips
 * @undo: in nf_alg_message.undo while that message is translated
 * @binding: what is claimed
 * @call: who claims it
 * @remote: who may come in; family 0: anyone; port 0: any port of that host
 * @target: by which remote it is found: @remote, or where that is anybody the
 *	other end of the signalling that asked, or of NF_ALG_BIND_AWAY the inside
 *	host that was told; or NULL
 * @round: the offer that took it last, nf_alg_call.round
 * @flags: NF_ALG_BIND_*
 * @expires: when it goes, in jiffies, if @expiring
 * @expiring: a newer offer did not take it again, or it has a time of its own
 * @timed: it was taken for a time of its own
 * @rcu: freed after a grace period, when it is in no list any more
 *
 * All is written under nf_alg_bindings.lock, @flags too; the lists of the binding
 * and of @target, @binding, @call, @remote and @flags are read under RCU as well.
 * A claim is in @anybody_node, @door_node and @named_node while it is open.
 */
struct nf_alg_grip {
	struct hlist_node node;
	struct hlist_node anybody_node;
	struct hlist_node door_node;
	struct hlist_node named_node;
	struct list_head list;
	struct nf_alg_binding *binding;
	struct nf_alg_call *call;
	struct nf_alg_endpoint remote;
	struct nf_alg_remote *target;
	u32 round;
	u16 flags;
	bool expiring;
	bool timed;
	unsigned long expires;
	union {
		struct list_head undo;
		struct rcu_head rcu;
	};
};

/**
 * struct nf_alg_binding_filter - which bindings to clear
 * @l4proto: IPPROTO_UDP, IPPROTO_TCP or 0: both
 * @inside: inside endpoint; family 0: all; port 0: all of that host
 * @public: public endpoint; likewise
 */
struct nf_alg_binding_filter {
	u8 l4proto;
	struct nf_alg_endpoint inside;
	struct nf_alg_endpoint public;
};

/**
 * nf_alg_binding_clear() - take bindings away from their owners
 * @an: namespace
 * @filter: which; NULL: all
 *
 * Flows that exist go on; new ones are no longer admitted. A call or a
 * registration that loses its last binding ends, and where all are cleared
 * every one ends. May sleep.
 *
 * Return: how many there were.
 */
unsigned int nf_alg_binding_clear(struct nf_alg_net *an,
				  const struct nf_alg_binding_filter *filter);

/**
 * struct nf_alg_bind - what translate() wants bound
 * @inside: the inside host's address and first port: the sender's own, unless
 *	@flags say otherwise
 * @remote: who may come in; family 0: anyone; port 0: any port of that host.
 *	What goes out is "related" to the firewall only toward the one named
 *	here, or toward the other end of the signalling.
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @count: adjacent ports, 1 to 16 (2 for RTP with RTCP)
 * @flags: NF_ALG_BIND_*
 * @protocol: what flows through a door speak; 0: what this session does
 * @prefer: public port to take if it is free (network order), or 0 for one of
 *	the media range: the inside port if it lies there and is free
 * @seconds: it goes after this time, unless it is taken again before; 0: it
 *	goes with its call
 *
 * With NF_ALG_BIND_AWAY @inside is not the sender's but anybody's endpoint
 * outside where the receiver, who is inside, is told to connect to. Nothing is
 * translated by it and nobody is let in; connections of the receiver to it get
 * the protocol's helper, and are "related" to the firewall only if it is the
 * other end of the signalling.
 */
struct nf_alg_bind {
	struct nf_alg_endpoint inside;
	struct nf_alg_endpoint remote;
	u8 l4proto;
	u8 count;
	u16 flags;
	enum nf_alg_protocol_id protocol;
	__be16 prefer;
	u32 seconds;
};

/**
 * nf_alg_bind() - bind inside ports to public ports for a call
 * @msg: the message that asks; its sender must be inside, and be @want->inside,
 *	but for media where the option media-from permits that host; of
 *	NF_ALG_BIND_AWAY its receiver must be inside
 * @call: who owns the binding
 * @want: what is wanted
 * @public: where the public address and first port are put
 *
 * The public address is the one the signalling flow itself is translated to
 * (msg->from->seen). Bindings that exist for the inside endpoint are found and
 * shared, so a repeated message gets the same answer. New ones are pending:
 * they go away if translate() fails, if nf_alg_call_rollback() is called, and
 * stay after nf_alg_call_commit().
 *
 * Return: 0, or -reason: DOOR_OTHER_HOST, DOOR_PORT_DENIED, LIMIT_BINDINGS,
 * LIMIT_DOOR_RATE, LIMIT_PORTS, NO_PUBLIC_PORT, NO_MEMORY.
 */
int nf_alg_bind(struct nf_alg_message *msg, struct nf_alg_call *call,
		const struct nf_alg_bind *want, struct nf_alg_endpoint *public);

/**
 * nf_alg_bind_open() - let a closed door admit flows
 * @call: owner
 * @inside: the inside address and port it was taken for; NULL: all of the call
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 *
 * Return: true if there was one.
 */
bool nf_alg_bind_open(struct nf_alg_call *call,
		      const struct nf_alg_endpoint *inside, u8 l4proto);

/**
 * nf_alg_bind_expire() - what a call has bound for an endpoint goes soon
 * @call: owner
 * @inside: the inside address and port it was taken for
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @seconds: from now; flows that exist then are not touched
 *
 * A message that takes it again before keeps it. Not under the call's lock.
 */
void nf_alg_bind_expire(struct nf_alg_call *call,
			const struct nf_alg_endpoint *inside, u8 l4proto,
			u32 seconds);

/**
 * nf_alg_bound_call() - for which call was this bound
 * @session: gives namespace and zone
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @public: public address and port, or those of NF_ALG_BIND_AWAY
 * @host: the inside host whose call it is; the port is not looked at
 *
 * Return: the one that bound it last, with a reference, or NULL.
 */
struct nf_alg_call *nf_alg_bound_call(const struct nf_alg_session *session,
				      u8 l4proto,
				      const struct nf_alg_endpoint *public,
				      const struct nf_alg_endpoint *host);

/**
 * nf_alg_bind_admit() - one more remote may come in
 * @call: owner
 * @inside: the inside address and port that it holds a binding of
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @remote: who may come in as well; port 0: any port of that host
 *
 * It is open at once, and stays as long as the call.
 *
 * Return: 0, or -reason: BINDING_CLOSED if the call holds no such binding,
 * LIMIT_BINDINGS if it admits too many already, NO_MEMORY.
 */
int nf_alg_bind_admit(struct nf_alg_call *call,
		      const struct nf_alg_endpoint *inside, u8 l4proto,
		      const struct nf_alg_endpoint *remote);

/**
 * nf_alg_media_admit() - one more remote may send media to a call
 * @call: owner
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @remote: who may come in as well; port 0: any port of that host
 *
 * To all that the call holds and that is not a door. It is open or pending, and
 * goes, as what it is held beside: so whoever is still meant has to be admitted
 * again by each exchange of offer and answer, before that is committed.
 *
 * Return: 0, or -reason: LIMIT_BINDINGS if it admits too many already, NO_MEMORY.
 */
int nf_alg_media_admit(struct nf_alg_call *call, u8 l4proto,
		       const struct nf_alg_endpoint *remote);

/**
 * nf_alg_media_retain() - of the remotes admitted by name these are left
 * @call: owner
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @remote: those that nf_alg_media_admit() is still meant to have let in
 * @n: how many; 0: none
 *
 * The others may begin no flow any more after the linger time. Not under the
 * call's lock.
 */
void nf_alg_media_retain(struct nf_alg_call *call, u8 l4proto,
			 const struct nf_alg_endpoint *remote, u32 n);

/**
 * nf_alg_bound_public() - whose public endpoint is this
 * @session: gives namespace, zone and VRF
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @public: address and port
 * @inside: where the inside endpoint is put; may be NULL
 *
 * Return: true if a binding has it.
 */
bool nf_alg_bound_public(const struct nf_alg_session *session, u8 l4proto,
			 const struct nf_alg_endpoint *public,
			 struct nf_alg_endpoint *inside);

/**
 * nf_alg_bound_inside() - what is this inside endpoint bound to
 * @session: gives namespace, zone and VRF
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @inside: address and port
 * @public: where the public endpoint is put; may be NULL
 *
 * Return: true if a binding has it.
 */
bool nf_alg_bound_inside(const struct nf_alg_session *session, u8 l4proto,
			 const struct nf_alg_endpoint *inside,
			 struct nf_alg_endpoint *public);

/* For bind.c; the session's lock is held */
u16 nf_alg_bound_zone(const struct nf_alg_session *session);

/* For message.c: the message failed, or was sent */
void nf_alg_bind_undo(struct nf_alg_message *msg);
void nf_alg_bind_keep(struct nf_alg_message *msg);

/* For bind.c; the caller holds nf_alg_bindings.lock */
struct nf_alg_binding *nf_alg_binding_alloc(void);
void nf_alg_binding_free(struct nf_alg_binding *b);
void nf_alg_binding_discharge(struct nf_alg_net *an, struct nf_alg_binding *b);
int nf_alg_binding_insert(struct nf_alg_net *an, struct nf_alg_binding *b);
struct nf_alg_grip *nf_alg_grip_alloc(void);
void nf_alg_grip_free(struct nf_alg_grip *grip);
int nf_alg_grip_link(struct nf_alg_net *an, struct nf_alg_grip *grip,
		     struct nf_alg_binding *b,
		     const struct nf_alg_endpoint *target);
struct nf_alg_binding *
nf_alg_binding_exact(struct nf_alg_net *an, u8 l4proto, u16 zone, int vrf,
		     const struct nf_alg_endpoint *inside,
		     const struct nf_alg_endpoint *public);

/* For bind.c and call.c; the caller holds nf_alg_bindings.lock */
void nf_alg_grip_release(struct nf_alg_net *an, struct nf_alg_grip *grip);
bool nf_alg_binding_flows(struct nf_alg_net *an,
			  const struct nf_alg_binding *binding);

/* For the packet path; the caller holds RCU */
struct nf_alg_binding *
nf_alg_binding_by_public(struct nf_alg_net *an, u8 l4proto, u16 zone,
			 const struct nf_alg_endpoint *public);
bool nf_alg_binding_public_taken(struct nf_alg_net *an, u8 l4proto,
				 const struct nf_alg_endpoint *public);
struct rhlist_head *
nf_alg_bindings_of_inside(struct nf_alg_net *an, u8 l4proto, u16 zone, int vrf,
			  const struct nf_alg_endpoint *inside);
struct nf_alg_binding *
nf_alg_binding_by_inside(struct nf_alg_net *an, u8 l4proto, u16 zone, int vrf,
			 const struct nf_alg_endpoint *inside,
			 const struct nf_alg_endpoint *public);
bool nf_alg_grip_permits(const struct nf_alg_grip *grip,
			 const struct nf_alg_endpoint *remote);

/**
 * nf_alg_binding_natted() - test whether a binding changes addresses
 * @b: binding
 *
 * Return: false for listeners outside and where there is no NAT.
 */
static inline bool nf_alg_binding_natted(const struct nf_alg_binding *b)
{
	return !nf_alg_same_endpoint(&b->inside, &b->public);
}

static inline bool nf_alg_binding_is_away(const struct nf_alg_binding *b)
{
	return READ_ONCE(b->flags) & NF_ALG_BIND_AWAY;
}

int nf_alg_binding_cache_init(void);
void nf_alg_binding_cache_exit(void);

#endif /* NF_ALG_BINDING_H */
