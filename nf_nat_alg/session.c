// SPDX-License-Identifier: GPL-2.0
/*
 * Signalling flows that are ours
 */
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "adopt.h"
#include "compat/helper.h"
#include "datagram.h"
#include "event.h"
#include "flow.h"
#include "host.h"
#include "lost.h"
#include "netns.h"
#include "pool.h"
#include "session.h"
#include "stream.h"

enum { NF_ALG_HELPER_TCP, NF_ALG_HELPER_UDP, NF_ALG_HELPERS };

/* The conntrack helpers of each protocol: as registered, and as connections
 * point to them. Written when a protocol comes and goes.
 */
static struct {
	struct nf_conntrack_helper helper;
	struct nf_conntrack_helper *live;
} nf_alg_helpers[__NF_ALG_PROTOCOL_MAX][NF_ALG_HELPERS];

static struct nf_alg_help *nf_alg_help_data(const struct nf_conn *ct)
{
	return nfct_help_data(ct);
}

static int nf_alg_help(struct sk_buff *skb, unsigned int protoff,
		       struct nf_conn *ct, enum ip_conntrack_info ctinfo);
static void nf_alg_help_destroy(struct nf_conn *ct);

/* What a connection with one of our helpers remembers, or NULL; caller holds
 * RCU. An entry that is not confirmed may lose its extensions at any time. Whose
 * helper an entry had that has left the table cannot be told: packets that wait
 * keep it, and a helper that is unregistered is taken from those in the table.
 */
static struct nf_alg_help *nf_alg_help_of(const struct nf_conn *ct)
{
	struct nf_conn_help *help = nfct_help(ct);
	const struct nf_conntrack_helper *helper;

	if (!help || nf_ct_is_dying(ct))
		return NULL;
	helper = rcu_dereference(help->helper);
	if (!helper || !nf_alg_compat_helper_is(helper, nf_alg_help))
		return NULL;
	return (struct nf_alg_help *)help->data;
}

bool nf_alg_session_helper(const struct nf_conn *ct)
{
	const struct nf_alg_help *help = nf_alg_help_of(ct);

	return help && READ_ONCE(help->flags) & NF_ALG_HELP_OURS;
}

bool nf_alg_session_borrowed(const struct nf_conn *ct)
{
	const struct nf_alg_help *help = nf_alg_help_of(ct);

	return help && !(READ_ONCE(help->flags) & NF_ALG_HELP_OURS);
}

u8 nf_alg_session_flags(struct nf_conn *ct, struct nf_alg_help *help, u8 set,
			u8 clear)
{
	u8 old;

	spin_lock_bh(&ct->lock);
	old = help->flags;
	/* Pairs with nf_alg_help(): what else was written comes first */
	smp_store_release(&help->flags, (old & ~clear) | set);
	spin_unlock_bh(&ct->lock);
	return old;
}

int nf_alg_session_attach(struct nf_alg_net *an, struct nf_conn *ct,
			  struct sk_buff *skb, enum nf_alg_protocol_id id,
			  u8 inside)
{
	bool tcp = nf_ct_protonum(ct) == IPPROTO_TCP;
	const struct nf_alg_protocol *protocol;
	struct nf_conntrack_helper *live, *old;
	struct nf_alg_help *data;
	struct nf_conn_help *help;

	protocol = nf_alg_protocol_find(id);
	if (!protocol) {
		nf_alg_protocol_request(id);
		return -NF_ALG_REASON_NO_PROTOCOL_MODULE;
	}
	live = nf_alg_helpers[id][tcp ? NF_ALG_HELPER_TCP : NF_ALG_HELPER_UDP]
		       .live;
	if (!live)
		return -NF_ALG_REASON_NO_PROTOCOL_MODULE;

	help = nfct_help(ct);
	if (!help)
		help = nf_ct_helper_ext_add(ct, GFP_ATOMIC);
	if (!help)
		return -NF_ALG_REASON_NO_MEMORY;
	/* Conntrack reads the offsets of the sequence numbers there */
	if (tcp && !nfct_seqadj(ct) && !nfct_seqadj_ext_add(ct))
		return -NF_ALG_REASON_NO_MEMORY;

	if (!nf_alg_compat_helper_hold(live))
		return -NF_ALG_REASON_NO_PROTOCOL_MODULE;

	/* Adding an extension may have moved the others, and conntrack drops all
	 * of them while it makes a helper go
	 */
	help = nfct_help(ct);
	if (!help) {
		nf_alg_compat_helper_drop(live);
		return -NF_ALG_REASON_NO_PROTOCOL_MODULE;
	}
	data = (struct nf_alg_help *)help->data;
	memset(data, 0, sizeof(*data));
	data->inside = inside;
	data->protocol = id;
	data->vrf = nf_alg_flow_vrf(skb, inside);
	data->flags = NF_ALG_HELP_OURS;
	/* A rule may have given it one of ours already */
	old = rcu_dereference(help->helper);
	rcu_assign_pointer(help->helper, live);
	if (old)
		nf_alg_compat_helper_drop(old);
	return 0;
}

/* Which end is who, read off the connection's two tuples: each end's own
 * address is the source of the tuple in which it sends, and the other end sees
 * it as the destination of the other one.
 */
static void nf_alg_session_sides(struct nf_alg_session *session,
				 const struct nf_conn *ct, u8 inside)
{
	int dir;

	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		const struct nf_conntrack_tuple *from =
			&ct->tuplehash[dir].tuple;
		const struct nf_conntrack_tuple *to =
			&ct->tuplehash[!dir].tuple;
		struct nf_alg_side *side = &session->side[dir];

		side->own.addr = from->src.u3;
		side->own.port = from->src.u.all;
		side->own.family = session->family;
		side->seen.addr = to->dst.u3;
		side->seen.port = to->dst.u.all;
		side->seen.family = session->family;
		side->inside = inside & BIT(dir);
	}
}

/**
 * nf_alg_session_alloc() - make a session that is in no list yet
 * @ct: the connection; confirmed, and the caller holds a reference
 * @help: what it remembers
 * @protocol: whose messages it carries; NULL: nobody translates any
 * @reason: why there is none
 *
 * The host that began the flow is charged. A host outside that begins one by a
 * datagram, whose sender may be anybody, is not yet: see pool.c.
 *
 * Return: the session, with one reference to it and with one to @ct, charged
 * and counted; NULL if there can be none.
 */
struct nf_alg_session *
nf_alg_session_alloc(struct nf_conn *ct, const struct nf_alg_help *help,
		     const struct nf_alg_protocol *protocol,
		     enum nf_alg_reason *reason)
{
	struct nf_alg_net *an = nf_alg_pernet(nf_ct_net(ct));
	u16 size = protocol ? protocol->session_size : 0;
	struct nf_alg_session *session;

	*reason = NF_ALG_REASON_NO_MEMORY;
	session = kzalloc(sizeof(*session) + size, GFP_ATOMIC);
	if (!session)
		return NULL;

	session->an = an;
	session->protocol = protocol;
	session->l4proto = nf_ct_protonum(ct);
	session->family = nf_ct_l3num(ct);
	session->zone = nf_ct_zone_id(nf_ct_zone(ct),
				      help->inside & BIT(IP_CT_DIR_ORIGINAL) ?
					      IP_CT_DIR_ORIGINAL :
					      IP_CT_DIR_REPLY);
	session->vrf = help->vrf;
	session->ident = get_random_u32();
	nf_alg_session_sides(session, ct, help->inside);
	spin_lock_init(&session->lock);
	refcount_set(&session->refs, 1);
	INIT_LIST_HEAD(&session->pool);
	session->outside = !session->side[IP_CT_DIR_ORIGINAL].inside;
	session->charge = session->outside ? NF_ALG_CHARGE_STRANGER :
					     NF_ALG_CHARGE_SESSION;
	session->ct = ct;

	if (session->l4proto == IPPROTO_TCP &&
	    nf_alg_streams_begin(session, help))
		goto free;

	if (!session->outside || session->l4proto == IPPROTO_TCP) {
		session->host = nf_alg_host_charge(
			an, &session->side[IP_CT_DIR_ORIGINAL].own,
			session->zone, session->vrf, session->charge, reason);
		if (!session->host)
			goto streams;
	}
	nf_conntrack_get(&ct->ct_general);
	atomic_inc(&an->sessions.count);
	if (protocol)
		nf_alg_protocol_use(protocol);
	return session;

streams:
	nf_alg_streams_free(session);
free:
	kfree(session);
	return NULL;
}

/* Once: when a connection closes, or else with the last reference */
static void nf_alg_session_discharge(struct nf_alg_session *session)
{
	struct nf_alg_host *host = xchg(&session->host, NULL);

	if (host)
		nf_alg_host_discharge(session->an, host, session->charge);
}

/* Give back a session that nobody else has seen, and its connection */
static void nf_alg_session_unborn(struct nf_alg_session *session)
{
	struct nf_conn *ct = session->ct;

	session->ct = NULL;
	nf_ct_put(ct);
	nf_alg_session_put(session);
}

/**
 * nf_alg_session_begin() - begin the session of a flow that has shown that it
 *	is ours
 * @ct: the connection; confirmed, and the caller holds a reference
 * @help: what it remembers
 * @protocol: whose messages it carries
 *
 * If there can be no session the reason is counted, and a TCP connection is raw
 * for life: nobody can follow it from its middle. The next datagram of a UDP
 * flow is looked at again. Caller holds RCU.
 *
 * Return: the session, which may be one that another packet has just begun; or
 * NULL.
 */
struct nf_alg_session *
nf_alg_session_begin(struct nf_conn *ct, struct nf_alg_help *help,
		     const struct nf_alg_protocol *protocol)
{
	struct nf_alg_net *an = nf_alg_pernet(nf_ct_net(ct));
	struct nf_alg_session *session, *other, *oldest = NULL;
	enum nf_alg_reason reason;

	session = nf_alg_session_alloc(ct, help, protocol, &reason);
	/* The number is reserved here: storing the session under the lock then
	 * needs no memory.
	 */
	if (session && xa_alloc_bh(&an->sessions.ids, &session->id, NULL,
				   xa_limit_31b, GFP_ATOMIC)) {
		nf_alg_session_unborn(session);
		session = NULL;
		reason = NF_ALG_REASON_NO_MEMORY;
	}
	if (!session) {
		if (nf_ct_protonum(ct) == IPPROTO_TCP)
			nf_alg_session_flags(ct, help, NF_ALG_HELP_RAW, 0);
		nf_alg_pass(an, NULL, reason);
		return NULL;
	}

	/* Another packet of the flow may be faster. Whoever takes the session
	 * from the connection waits for it to be in the list.
	 */
	spin_lock_bh(&an->sessions.lock);
	other = cmpxchg((struct nf_alg_session **)&help->session, NULL,
			session);
	if (!other) {
		list_add_tail(&session->list, &an->sessions.list);
		xa_store(&an->sessions.ids, session->id, session, 0);
		if (!session->host)
			oldest = nf_alg_pool_add(session);
		nf_alg_sessions_watch(an);
	}
	spin_unlock_bh(&an->sessions.lock);
	if (unlikely(oldest))
		nf_alg_pool_displace(oldest, NF_ALG_REASON_LIMIT_UNANSWERED);
	if (unlikely(other)) {
		xa_erase_bh(&an->sessions.ids, session->id);
		nf_alg_session_unborn(session);
		return other;
	}

	/* A connection that is being deleted at this moment has either seen the
	 * session in its destroy(), or is seen here.
	 */
	smp_mb(); /* pairs with setting IPS_DYING_BIT in nf_ct_delete() */
	if (unlikely(nf_ct_is_dying(ct))) {
		nf_alg_session_release(session);
		return NULL;
	}
	return session;
}

/**
 * nf_alg_session_put() - give a reference back
 * @session: session; with the last reference it ends, is discharged, and then
 *	counted off its namespace and its protocol, either of which may be gone
 *	when this returns
 */
void nf_alg_session_put(struct nf_alg_session *session)
{
	const struct nf_alg_protocol *protocol;
	struct nf_alg_net *an = session->an;

	if (!refcount_dec_and_test(&session->refs))
		return;
	/* lost.c has ended it already where it has no protocol any more */
	protocol = session->protocol;
	if (protocol && protocol->session_end)
		protocol->session_end(session);
	nf_alg_streams_free(session);
	nf_alg_session_discharge(session);
	kfree_rcu(session, rcu);
	if (protocol)
		nf_alg_protocol_unuse(protocol);
	nf_alg_netns_released(&an->sessions.count);
}

void nf_alg_session_keep(const struct nf_alg_session *session, u32 seconds)
{
	struct nf_conn *ct = session->ct;
	u32 until = seconds * HZ;

	if (!ct || test_bit(IPS_FIXED_TIMEOUT_BIT, &ct->status))
		return;
	/* Relative until it is confirmed */
	if (nf_ct_is_confirmed(ct))
		until += nfct_time_stamp;
	if ((s32)(until - READ_ONCE(ct->timeout)) > 0)
		WRITE_ONCE(ct->timeout, until);
}
EXPORT_SYMBOL_GPL(nf_alg_session_keep);

/* Let a connection forget its session. Where somebody took our helper away or
 * gave the connection another one since, its data is not ours to write, unless it
 * is about to be freed.
 */
static void nf_alg_session_forget(const struct nf_alg_session *session,
				  struct nf_conn *ct, bool lost)
{
	struct nf_alg_help *help;

	rcu_read_lock();
	help = nf_ct_is_dying(ct) ? nf_alg_help_data(ct) : nf_alg_help_of(ct);
	if (help && rcu_access_pointer(help->session) == session) {
		/* The next datagram of a displaced one begins another */
		if (!session->displaced)
			nf_alg_session_flags(
				ct, help,
				lost ? NF_ALG_HELP_LOST : NF_ALG_HELP_RAW, 0);
		RCU_INIT_POINTER(help->session, NULL);
	}
	rcu_read_unlock();
}

/**
 * nf_alg_session_detach() - part connection and session
 * @session: session; the caller holds RCU or a reference, and none of our locks
 * @reset: tell both ends if what they count cannot be told to anybody else any
 *	more; the connection is then remembered as lost, and its entry goes
 *
 * Whoever takes session->ct away under the lock owns the reference to the
 * connection, and gives back the connection's reference to the session. Not
 * from a conntrack destructor: packets may be sent.
 */
void nf_alg_session_detach(struct nf_alg_session *session, bool reset)
{
	struct sk_buff_head out;
	bool lost = false;
	struct nf_conn *ct;

	__skb_queue_head_init(&out);
	spin_lock_bh(&session->lock);
	ct = session->ct;
	session->ct = NULL;
	session->dead = true;
	if (ct && reset && session->streams && !session->streams->handed)
		lost = nf_alg_streams_reset(session, &out);
	if (ct)
		nf_alg_session_forget(session, ct, lost);
	spin_unlock_bh(&session->lock);
	if (!ct)
		return;

	spin_lock_bh(&session->an->sessions.lock);
	list_del(&session->list);
	nf_alg_pool_remove(session);
	xa_erase(&session->an->sessions.ids, session->id);
	spin_unlock_bh(&session->an->sessions.lock);
	/* Nobody arms the timer of a dead session: one that runs at this moment
	 * gives its reference back itself.
	 */
	if (session->streams && timer_delete(&session->streams->timer))
		nf_alg_session_put(session);
	/* In this order: no packet that the resets cause, or that comes once the
	 * entry is gone, finds the connection forgotten.
	 */
	if (lost)
		nf_alg_lost_add(session);
	nf_alg_segment_transmit(session, &out);
	if (lost)
		nf_ct_kill(ct);
	nf_ct_put(ct);
	nf_alg_session_put(session);
}

/**
 * nf_alg_session_release() - leave a flow that is not ours, or not any more
 * @session: session; its lock is not held; the caller holds RCU or a reference
 */
void nf_alg_session_release(struct nf_alg_session *session)
{
	nf_alg_session_detach(session, false);
}

/**
 * nf_alg_session_displace() - let a UDP flow forget its session
 * @session: session; its lock is not held; the caller holds a reference
 *
 * The flow's next datagram begins another one.
 */
void nf_alg_session_displace(struct nf_alg_session *session)
{
	spin_lock_bh(&session->lock);
	session->displaced = true;
	spin_unlock_bh(&session->lock);
	nf_alg_session_detach(session, false);
}

/* The connection leaves conntrack's table; packets of it may still be under
 * way. Conntrack calls this from lookups under any lock, its own garbage
 * collection, netlink and other modules: so no lock of ours is taken and nothing
 * is sent. The session is detached by a work item.
 */
static void nf_alg_help_destroy(struct nf_conn *ct)
{
	struct nf_alg_help *help = nf_alg_help_data(ct);
	struct nf_alg_session *session;

	if (!help)
		return;
	rcu_read_lock();
	session = rcu_dereference(help->session);
	if (session)
		nf_alg_session_leave(session);
	rcu_read_unlock();
}

/* Closed sessions that nobody pays for, too: conntrack may remember very many */
static bool nf_alg_sessions_many(struct nf_alg_net *an)
{
	return atomic_read(&an->sessions.count) / 2 >=
	       nf_alg_option(an, NF_ALG_OPTION_SESSIONS_MAX);
}

/* Conntrack remembers it for minutes; its protocol need not, and nobody pays for
 * what is over, unless there are too many
 */
static void nf_alg_session_closed(struct nf_alg_session *session)
{
	if (!nf_alg_sessions_many(session->an))
		nf_alg_session_discharge(session);
	spin_lock_bh(&session->lock);
	if (!session->dead && session->protocol->closed)
		session->protocol->closed(session);
	spin_unlock_bh(&session->lock);
}

static unsigned int nf_alg_help_stream(struct nf_alg_session *session,
				       struct sk_buff *skb,
				       unsigned int protoff, struct nf_conn *ct,
				       struct nf_alg_help *help,
				       enum ip_conntrack_dir dir)
{
	unsigned int verdict;

	verdict = nf_alg_stream_packet(session, skb, protoff, ct, help, dir);
	if (unlikely(ct->proto.tcp.state == TCP_CONNTRACK_TIME_WAIT ||
		     ct->proto.tcp.state == TCP_CONNTRACK_CLOSE))
		nf_alg_session_closed(session);
	return verdict;
}

/* Is a packet of a related flow an ICMP error about it? */
static noinline bool nf_alg_help_icmp(const struct sk_buff *skb)
{
	u8 nexthdr;
	__be16 frag;

	if (skb->protocol == htons(ETH_P_IP))
		return ip_hdr(skb)->protocol == IPPROTO_ICMP;
	nexthdr = ipv6_hdr(skb)->nexthdr;
	return ipv6_skip_exthdr(
		       skb, skb_network_offset(skb) + sizeof(struct ipv6hdr),
		       &nexthdr, &frag) < 0 ||
	       nexthdr == IPPROTO_ICMPV6;
}

/* Lost, raw for life, or given our helper by somebody else */
static noinline int nf_alg_help_rest(struct sk_buff *skb, unsigned int protoff,
				     struct nf_conn *ct,
				     struct nf_alg_help *help, u8 flags,
				     enum ip_conntrack_dir dir)
{
	if (flags & NF_ALG_HELP_LOST)
		return NF_DROP;
	if (flags & NF_ALG_HELP_RAW)
		return NF_ACCEPT;
	return nf_alg_adopt_packet(skb, protoff, ct, help, dir);
}

static int nf_alg_help(struct sk_buff *skb, unsigned int protoff,
		       struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	enum ip_conntrack_dir dir = CTINFO2DIR(ctinfo);
	struct nf_conn_help *ext = nfct_help(ct);
	struct nf_alg_session *session;
	struct nf_alg_help *help;
	u8 flags;

	/* Not confirmed, and a helper goes at this moment */
	if (unlikely(!ext))
		return NF_ACCEPT;
	help = (struct nf_alg_help *)ext->data;

	/* Flows through a door are RELATED at first, and so are ICMP errors */
	if ((ctinfo == IP_CT_RELATED || ctinfo == IP_CT_RELATED_REPLY) &&
	    nf_alg_help_icmp(skb))
		return NF_ACCEPT;

	/* Pairs with nf_alg_session_flags() */
	flags = smp_load_acquire(&help->flags);
	if ((flags & (NF_ALG_HELP_OURS | NF_ALG_HELP_RAW | NF_ALG_HELP_LOST)) !=
	    NF_ALG_HELP_OURS)
		return nf_alg_help_rest(skb, protoff, ct, help, flags, dir);

	session = rcu_dereference(help->session);
	if (nf_ct_protonum(ct) == IPPROTO_UDP)
		return nf_alg_datagram(session, skb, protoff, ct, help, dir);
	if (!session)
		return nf_alg_handshake(skb, protoff, ct, help, dir);
	return nf_alg_help_stream(session, skb, protoff, ct, help, dir);
}

unsigned int nf_alg_session_icmp(struct sk_buff *skb, struct nf_conn *ct,
				 enum ip_conntrack_info ctinfo)
{
	struct nf_alg_help *help = nf_alg_help_of(ct);
	struct nf_alg_session *session;

	if (!help)
		return NF_ACCEPT;
	session = rcu_dereference(help->session);
	if (!session || session->l4proto != IPPROTO_TCP)
		return NF_ACCEPT;
	/* The error travels against the data that it is about */
	return nf_alg_stream_icmp(session, skb, !CTINFO2DIR(ctinfo));
}

/**
 * nf_alg_session_helpers_register() - a protocol's conntrack helpers
 * @protocol: the protocol
 *
 * Return: 0 or a negative errno.
 */
int nf_alg_session_helpers_register(const struct nf_alg_protocol *protocol)
{
	static const u8 l4proto[] = { IPPROTO_TCP, IPPROTO_UDP };
	int i, err;

	BUILD_BUG_ON(sizeof(struct nf_alg_help) >
		     sizeof_field(struct nf_conn_help, data));

	for (i = 0; i < NF_ALG_HELPERS; i++) {
		struct nf_conntrack_helper *helper =
			&nf_alg_helpers[protocol->id][i].helper;

		if (!(i == NF_ALG_HELPER_TCP ? protocol->tcp : protocol->udp))
			continue;
		memset(helper, 0, sizeof(*helper));
		nf_alg_compat_helper_init(helper, l4proto[i], protocol->id,
					  nf_alg_help, nf_alg_help_destroy);
		snprintf(helper->name, sizeof(helper->name), "alg-%s",
			 protocol->name);
		/* A rule that names it keeps the protocol's module, and so its
		 * helper registered
		 */
		helper->me = protocol->owner;
		helper->data_len = sizeof(struct nf_alg_help);
		err = nf_alg_compat_helper_register(
			helper, &nf_alg_helpers[protocol->id][i].live);
		if (err) {
			nf_alg_session_helpers_unregister(protocol);
			return err;
		}
	}
	return 0;
}

/**
 * nf_alg_session_helpers_unregister() - take them away again
 * @protocol: the protocol
 *
 * May sleep. No packet is in them afterwards.
 */
void nf_alg_session_helpers_unregister(const struct nf_alg_protocol *protocol)
{
	int i;

	for (i = 0; i < NF_ALG_HELPERS; i++) {
		struct nf_conntrack_helper *live =
			nf_alg_helpers[protocol->id][i].live;

		if (!live)
			continue;
		nf_alg_helpers[protocol->id][i].live = NULL;
		nf_alg_compat_helper_unregister(live);
	}
}
