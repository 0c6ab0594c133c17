/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SESSION_H
#define NF_ALG_SESSION_H

#include <linux/llist.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <net/netfilter/nf_conntrack.h>
#include "endpoint.h"
#include "protocol.h"

struct nf_alg_host;
struct nf_alg_net;
struct nf_alg_streams;

/**
 * struct nf_alg_side - one end of a signalling flow
 * @own: the host as it knows itself
 * @seen: the host as the other end sees it; differs where NAT changes it
 * @inside: doors and bindings may be taken for this host: NAT changes its
 *	address, or the flow is not translated at all; and the access list of
 *	the service permits it
 */
struct nf_alg_side {
	struct nf_alg_endpoint own;
	struct nf_alg_endpoint seen;
	bool inside;
};

/**
 * struct nf_alg_session - one signalling flow that is ours
 *
 * Ownership. The connection points to its session (nf_alg_help.session, RCU)
 * and holds one reference to it; the session holds one reference to the
 * connection (@ct). Both end together, in nf_alg_session_detach(), which takes
 * @ct away under @lock: whoever finds @ct set while holding @lock may use the
 * connection and its extensions. A connection is detached when
 *
 * - conntrack removes its entry and calls our destructor, which only queues the
 *   session (conntrack -D and -F, expiry, early drop, masquerade, a dump of
 *   ctnetlink that finds it expired: all of them);
 * - its entry is found dying, or without our helper, by the sweep of the
 *   namespace: kernel 6.1 lets ctnetlink take the helper away, and then no
 *   destructor is called;
 * - the flow turns out to be foreign, or another connection begins in the entry;
 * - the protocol's module or the namespace goes.
 *
 * So no entry is kept from being freed for longer than NF_ALG_SWEEP_TIME, and
 * none is used after it was freed.
 *
 * @side: the two ends, by the direction in which they send
 * @an: namespace state
 * @protocol: whose messages it carries
 * @l4proto: IPPROTO_TCP or IPPROTO_UDP
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @zone: conntrack zone id of what the inside host sends
 * @vrf: ifindex of the inside host's VRF, or 0
 * @lock: guards all that follows and serializes translate()
 * @ct: the connection, with a reference; NULL once the session is detached
 * @streams: TCP only: the virtual TCP's two directions; freed with the last
 *	reference, after a grace period
 * @oif: ifindex of the device where the other end is, or 0: not known yet
 * @dead: the connection is gone or handed over: no message is translated and no
 *	timer is armed any more
 * @messages: messages seen, by direction
 * @translated: messages changed, by direction
 * @ident: IPv4 identification of the next packet we make (RFC 6864)
 * @id: number in nf_alg_sessions.ids while it is in nf_alg_sessions.list;
 *	constant
 * @list: in nf_alg_sessions.list, or .lost_list once the connection is lost;
 *	under nf_alg_sessions.lock
 * @pool: in nf_alg_sessions.unanswered or .strangers, if the flow is UDP and
 *	began outside; under nf_alg_sessions.lock
 * @host: who is charged: the host that began the flow; NULL while nobody inside
 *	has answered a stranger's datagram, and of TCP once the connection is
 *	closed; discharged with the last reference
 * @charge: enum nf_alg_charge, what for; constant
 * @outside: a host outside began the flow; constant
 * @recent: that host has spoken since the session was last looked at for one
 *	that may go
 * @displaced: another flow needed its place; set before @dead
 * @refs: one for the connection, one for a timer that is pending or runs, one
 *	while in nf_alg_sessions.gone, one while lost; the last one counts the
 *	session off its namespace and its protocol
 * @leaving: set once, when the session enters nf_alg_sessions.gone
 * @gone: in nf_alg_sessions.gone
 * @lost_until: jiffies when a lost connection is forgotten
 * @rcu: freed after a grace period
 * @priv: the protocol's own session_size bytes
 *
 * Set up at its birth and constant are the members before @lock.
 */
struct nf_alg_session {
	struct nf_alg_side side[IP_CT_DIR_MAX];
	struct nf_alg_net *an;
	const struct nf_alg_protocol *protocol;
	u8 l4proto;
	u8 family;
	u16 zone;
	int vrf;

	spinlock_t lock;
	struct nf_conn *ct;
	struct nf_alg_streams *streams;
	int oif;
	bool dead;
	u64 messages[IP_CT_DIR_MAX];
	u64 translated[IP_CT_DIR_MAX];
	u16 ident;

	u32 id;
	struct list_head list;
	struct list_head pool;
	struct nf_alg_host *host;
	u8 charge;
	bool outside;
	bool recent;
	bool displaced;
	refcount_t refs;
	int leaving;
	struct llist_node gone;
	unsigned long lost_until;
	struct rcu_head rcu;
	u8 priv[] __aligned(8);
};

/**
 * nf_alg_session_priv() - the protocol's own part of a session
 * @session: session; its lock is held, as it is in translate()
 *
 * Return: protocol->session_size bytes, zeroed when the session began.
 */
static inline void *nf_alg_session_priv(struct nf_alg_session *session)
{
	return session->priv;
}

/**
 * struct nf_alg_help - what a connection remembers in its 32 bytes
 * @session: the session once there is one, with the connection's reference;
 *	read under RCU, set by cmpxchg() in nf_alg_session_begin(), cleared under
 *	the session's lock
 * @isn: initial sequence numbers, by direction
 * @window: window of SYN and SYN/ACK in bytes, unscaled
 * @mss: MSS option in bytes, 0 if absent
 * @wscale: window scale option, or NF_ALG_NO_WSCALE
 * @inside: BIT(direction) of each side that is inside
 * @protocol: enum nf_alg_protocol_id
 * @flags: NF_ALG_HELP_*; changed by nf_alg_session_flags() only, because packets
 *	of both directions are handled at the same time. 0: somebody else made
 *	the entry, or gave it our helper
 * @vrf: ifindex of the inside host's VRF, or 0
 *
 * Lies in an extension of the connection and lives as long as that.
 */
struct nf_alg_help {
	struct nf_alg_session __rcu *session;
	u32 isn[IP_CT_DIR_MAX];
	u16 window[IP_CT_DIR_MAX];
	u16 mss[IP_CT_DIR_MAX];
	u8 wscale[IP_CT_DIR_MAX];
	u8 inside : 2;
	u8 protocol : 6;
	u8 flags;
	int vrf;
};

#define NF_ALG_NO_WSCALE 0xff

#define NF_ALG_HELP_RAW BIT(0) /* not ours for life */
#define NF_ALG_HELP_SYN BIT(1) /* SYN seen */
#define NF_ALG_HELP_OURS BIT(2) /* attached by us, not by a rule */
#define NF_ALG_HELP_LOST BIT(3) /* nobody translates it any more */
#define NF_ALG_HELP_AGAIN BIT(4) /* reset, and a SYN seen since */
#define NF_ALG_HELP_ANSWERED BIT(5) /* the SYN was answered, and no more yet */

struct sk_buff;

/**
 * nf_alg_session_attach() - make a new flow ours
 * @an: namespace
 * @ct: the flow; unconfirmed
 * @skb: its first packet
 * @id: the protocol spoken on it
 * @inside: BIT(direction) of each side that is inside
 *
 * Return: 0, or -reason: NO_PROTOCOL_MODULE (its loading has been asked for)
 * or NO_MEMORY. Nothing is counted here.
 */
int nf_alg_session_attach(struct nf_alg_net *an, struct nf_conn *ct,
			  struct sk_buff *skb, enum nf_alg_protocol_id id,
			  u8 inside);

/* Is this a flow that nf_alg_session_attach() has made ours? Caller holds RCU. */
bool nf_alg_session_helper(const struct nf_conn *ct);

/**
 * nf_alg_session_borrowed() - test whether others gave a flow our helper
 * @ct: connection; the caller holds RCU
 *
 * Return: true if it has one of our conntrack helpers, and was not attached by
 * us: a firewall rule, ctnetlink or conntrackd did that.
 */
bool nf_alg_session_borrowed(const struct nf_conn *ct);

/**
 * nf_alg_session_flags() - change what a connection remembers
 * @ct: connection
 * @help: its data
 * @set: NF_ALG_HELP_* to set
 * @clear: NF_ALG_HELP_* to clear
 *
 * Takes ct->lock, which nests inside the session's lock.
 *
 * Return: the flags before.
 */
u8 nf_alg_session_flags(struct nf_conn *ct, struct nf_alg_help *help, u8 set,
			u8 clear);

/**
 * nf_alg_session_icmp() - an ICMP error about a packet of a session
 * @skb: the ICMP message, in PRE_ROUTING before NAT
 * @ct: the connection it is about
 * @ctinfo: IP_CT_RELATED or IP_CT_RELATED_REPLY
 *
 * A smaller path MTU is taken over by the virtual TCP that owns the data.
 *
 * Return: NF_ACCEPT, or NF_DROP when the sender needs not know.
 */
unsigned int nf_alg_session_icmp(struct sk_buff *skb, struct nf_conn *ct,
				 enum ip_conntrack_info ctinfo);

/**
 * nf_alg_session_keep() - conntrack is not to forget the flow soon
 * @session: of the message that is translated; its lock is held
 * @seconds: for how long nothing need come; never makes it less
 *
 * The flow's next packet sets its time to what it usually is.
 */
void nf_alg_session_keep(const struct nf_alg_session *session, u32 seconds);

/* For the protocol registry */
int nf_alg_session_helpers_register(const struct nf_alg_protocol *protocol);
void nf_alg_session_helpers_unregister(const struct nf_alg_protocol *protocol);
void nf_alg_session_protocol_exit(const struct nf_alg_protocol *protocol);
void nf_alg_session_leave(struct nf_alg_session *session);
void nf_alg_session_detach(struct nf_alg_session *session, bool reset);

/* For stream and datagram */
struct nf_alg_session *
nf_alg_session_begin(struct nf_conn *ct, struct nf_alg_help *help,
		     const struct nf_alg_protocol *protocol);
struct nf_alg_session *
nf_alg_session_alloc(struct nf_conn *ct, const struct nf_alg_help *help,
		     const struct nf_alg_protocol *protocol,
		     enum nf_alg_reason *reason);
void nf_alg_sessions_watch(struct nf_alg_net *an);
void nf_alg_session_put(struct nf_alg_session *session);
void nf_alg_session_release(struct nf_alg_session *session);

/* For pool.c */
void nf_alg_session_displace(struct nf_alg_session *session);

#endif /* NF_ALG_SESSION_H */
