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
 * @side: the two ends, by the direction in which they send
 * @an: namespace state
 * @protocol: whose messages it carries
 * @l4proto: IPPROTO_TCP or IPPROTO_UDP
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @zone: conntrack zone id in the original direction
 * @vrf: ifindex of the inside host's VRF, or 0
 * @lock: guards all that follows and serializes translate()
 * @ct: the connection; not referenced, NULL once it has left the hash
 * @streams: TCP only: the virtual TCP's two directions
 * @dead: the connection is gone or handed over; nothing may use it any more
 * @messages: messages seen, by direction
 * @translated: messages changed, by direction
 * @ident: IPv4 identification of the next packet we make (RFC 6864)
 * @list: in nf_alg_sessions.list, under its lock
 * @host: who it is charged to
 * @refs: one for the connection, one for a running timer
 * @gone: in nf_alg_sessions.gone, with references to itself and @gone_ct
 * @gone_ct: the connection that has expired meanwhile
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
	bool dead;
	u64 messages[IP_CT_DIR_MAX];
	u64 translated[IP_CT_DIR_MAX];
	u16 ident;

	struct list_head list;
	struct nf_alg_host *host;
	refcount_t refs;
	struct llist_node gone;
	struct nf_conn *gone_ct;
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
 * @session: the session once there is one; RCU
 * @isn: initial sequence numbers, by direction
 * @window: window of SYN and SYN/ACK in bytes, unscaled
 * @mss: MSS option in bytes, 0 if absent
 * @wscale: window scale option, or NF_ALG_NO_WSCALE
 * @inside: BIT(direction) of each side that is inside
 * @protocol: enum nf_alg_protocol_id
 * @flags: NF_ALG_HELP_*
 * @vrf: ifindex of the inside host's VRF, or 0
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

/* Is this one of our conntrack helpers? */
bool nf_alg_session_helper(const struct nf_conn *ct);

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

/**
 * nf_alg_session_lookup() - conntrack's lookup, for use under a lock of ours
 * @net: namespace
 * @zone: conntrack zone
 * @tuple: what to look for
 *
 * nf_conntrack_find_get() also throws out what has expired on its way, and the
 * session of such a connection would be parted from it at once, under locks
 * that come after the session's. With this one it is parted a moment later.
 *
 * Return: as nf_conntrack_find_get(), with a reference, or NULL.
 */
struct nf_conntrack_tuple_hash *
nf_alg_session_lookup(struct net *net, const struct nf_conntrack_zone *zone,
		      const struct nf_conntrack_tuple *tuple);

/* For the protocol registry */
int nf_alg_session_helpers_register(const struct nf_alg_protocol *protocol);
void nf_alg_session_helpers_unregister(const struct nf_alg_protocol *protocol);
void nf_alg_session_protocol_exit(const struct nf_alg_protocol *protocol);

/* For stream and datagram */
struct nf_alg_session *
nf_alg_session_begin(struct nf_conn *ct, struct nf_alg_help *help,
		     const struct nf_alg_protocol *protocol);
void nf_alg_session_put(struct nf_alg_session *session);
void nf_alg_session_release(struct nf_alg_session *session);

#endif /* NF_ALG_SESSION_H */
