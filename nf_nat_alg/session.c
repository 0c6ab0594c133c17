// SPDX-License-Identifier: GPL-2.0
/*
 * Signalling flows that are ours
 */
#include <linux/ip.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "compat/helper.h"
#include "datagram.h"
#include "event.h"
#include "flow.h"
#include "host.h"
#include "lost.h"
#include "netns.h"
#include "session.h"
#include "stream.h"

/* ms; a few round trips */
#define NF_ALG_LOST_PATIENCE 500

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

bool nf_alg_session_helper(const struct nf_conn *ct)
{
	const struct nf_conn_help *help = nfct_help(ct);
	const struct nf_conntrack_helper *helper;

	if (!help)
		return false;
	helper = rcu_dereference(help->helper);
	return helper && helper->me == THIS_MODULE &&
	       (nf_alg_help_data(ct)->flags & NF_ALG_HELP_OURS);
}

int nf_alg_session_attach(struct nf_alg_net *an, struct nf_conn *ct,
			  struct sk_buff *skb, enum nf_alg_protocol_id id,
			  u8 inside)
{
	bool tcp = nf_ct_protonum(ct) == IPPROTO_TCP;
	const struct nf_alg_protocol *protocol;
	struct nf_conntrack_helper *live;
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

	/* Adding an extension may have moved the others */
	help = nfct_help(ct);
	data = (struct nf_alg_help *)help->data;
	memset(data, 0, sizeof(*data));
	data->inside = inside;
	data->protocol = id;
	data->vrf = nf_alg_flow_vrf(skb, inside);
	data->flags = NF_ALG_HELP_OURS;
	rcu_assign_pointer(help->helper, live);
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
 * nf_alg_session_begin() - a flow has shown that it is ours
 * @ct: the connection; confirmed
 * @help: what it remembers
 * @protocol: whose messages it carries
 *
 * If there can be no session the connection is raw for life, and the reason is
 * counted. Caller holds RCU.
 *
 * Return: the session, which may be one that another packet has just begun; or
 * NULL.
 */
struct nf_alg_session *
nf_alg_session_begin(struct nf_conn *ct, struct nf_alg_help *help,
		     const struct nf_alg_protocol *protocol)
{
	struct nf_alg_net *an = nf_alg_pernet(nf_ct_net(ct));
	enum nf_alg_reason reason = NF_ALG_REASON_NO_MEMORY;
	struct nf_alg_session *session, *other;
	struct nf_alg_side *payer;

	session =
		kzalloc(sizeof(*session) + protocol->session_size, GFP_ATOMIC);
	if (!session)
		goto raw;

	session->an = an;
	session->protocol = protocol;
	session->l4proto = nf_ct_protonum(ct);
	session->family = nf_ct_l3num(ct);
	session->zone = nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_ORIGINAL);
	session->vrf = help->vrf;
	session->ident = get_random_u32();
	nf_alg_session_sides(session, ct, help->inside);
	spin_lock_init(&session->lock);
	refcount_set(&session->refs, 1);
	session->ct = ct;

	if (session->l4proto == IPPROTO_TCP &&
	    nf_alg_streams_begin(session, help))
		goto free;

	payer = &session->side[!session->side[IP_CT_DIR_ORIGINAL].inside];
	session->host = nf_alg_host_charge(an, &payer->own, session->zone,
					   session->vrf, NF_ALG_CHARGE_SESSION,
					   &reason);
	if (!session->host)
		goto streams;

	/* Another packet of the flow may be faster. Whoever takes the session
	 * from the connection waits for it to be in the list.
	 */
	spin_lock_bh(&an->sessions.lock);
	other = cmpxchg((struct nf_alg_session **)&help->session, NULL,
			session);
	if (!other) {
		atomic_inc(&an->sessions.count);
		list_add_tail(&session->list, &an->sessions.list);
	}
	spin_unlock_bh(&an->sessions.lock);
	if (unlikely(other)) {
		nf_alg_host_discharge(an, session->host, NF_ALG_CHARGE_SESSION);
		nf_alg_streams_free(session);
		kfree(session);
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

streams:
	nf_alg_streams_free(session);
free:
	kfree(session);
raw:
	help->flags |= NF_ALG_HELP_RAW;
	nf_alg_pass(an, NULL, reason);
	return NULL;
}

/**
 * nf_alg_session_put() - give a reference back
 * @session: session
 */
void nf_alg_session_put(struct nf_alg_session *session)
{
	if (!refcount_dec_and_test(&session->refs))
		return;
	if (session->protocol && session->protocol->session_end)
		session->protocol->session_end(session);
	nf_alg_streams_free(session);
	nf_alg_host_discharge(session->an, session->host,
			      NF_ALG_CHARGE_SESSION);
	atomic_dec(&session->an->sessions.count);
	kfree_rcu(session, rcu);
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

/* Part connection and session. Whoever takes session->ct away under the lock
 * owns the connection's reference; @reset: tell both ends if what they count
 * cannot be told to anybody else any more.
 */
static void nf_alg_session_part(struct nf_alg_session *session, bool gone,
				bool reset)
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
	if (ct) {
		struct nf_alg_help *help = nf_alg_help_data(ct);

		help->flags |= lost ? NF_ALG_HELP_LOST : NF_ALG_HELP_RAW;
		RCU_INIT_POINTER(help->session, NULL);
		if (lost && !gone)
			nf_conntrack_get(&ct->ct_general);
	}
	spin_unlock_bh(&session->lock);

	nf_alg_segment_transmit(session, &out);
	if (!ct)
		return;

	spin_lock_bh(&session->an->sessions.lock);
	list_del(&session->list);
	spin_unlock_bh(&session->an->sessions.lock);
	/* A timer that runs at this moment gives its reference back itself */
	if (session->streams && timer_delete(&session->streams->timer))
		nf_alg_session_put(session);
	if (lost) {
		nf_alg_lost_add(session);
		if (!gone) {
			nf_ct_kill(ct);
			nf_ct_put(ct);
		}
	}
	nf_alg_session_put(session);
}

/* The same from a context that may sleep, for a session the caller has a
 * reference to: afterwards its timer does not run any more.
 */
static void nf_alg_session_end(struct nf_alg_session *session, bool reset)
{
	nf_alg_session_part(session, false, reset);
	/* Unless it was lost, its timer is not set any more */
	if (session->streams && !READ_ONCE(session->streams->lost[0].session))
		timer_delete_sync(&session->streams->timer);
	nf_alg_session_put(session);
}

/**
 * nf_alg_session_release() - the flow is not ours (any more)
 * @session: session; its lock is not held; the caller holds RCU or a reference
 */
void nf_alg_session_release(struct nf_alg_session *session)
{
	nf_alg_session_part(session, false, false);
}

/* Lookups of this CPU under a lock of ours; see nf_alg_session_lookup() */
static DEFINE_PER_CPU(unsigned int, nf_alg_session_lookups);

struct nf_conntrack_tuple_hash *
nf_alg_session_lookup(struct net *net, const struct nf_conntrack_zone *zone,
		      const struct nf_conntrack_tuple *tuple)
{
	struct nf_conntrack_tuple_hash *h;

	local_bh_disable();
	__this_cpu_inc(nf_alg_session_lookups);
	h = nf_conntrack_find_get(net, zone, tuple);
	__this_cpu_dec(nf_alg_session_lookups);
	local_bh_enable();
	return h;
}

static void nf_alg_session_gone_work(struct work_struct *work)
{
	struct nf_alg_sessions *sessions =
		container_of(work, struct nf_alg_sessions, gone_work);
	struct nf_alg_session *session, *next;

	llist_for_each_entry_safe(session, next, llist_del_all(&sessions->gone),
				  gone) {
		struct nf_conn *ct = session->gone_ct;

		rcu_read_lock();
		nf_alg_session_part(session, true, true);
		rcu_read_unlock();
		nf_ct_put(ct);
		nf_alg_session_put(session);
	}
}

/* It has expired, so no packet is under way that could come first. Once for
 * each connection, and the hash still has its reference.
 */
static void nf_alg_session_part_later(struct nf_alg_session *session,
				      struct nf_conn *ct)
{
	struct nf_alg_sessions *sessions = &session->an->sessions;

	if (!refcount_inc_not_zero(&session->refs))
		return;
	nf_conntrack_get(&ct->ct_general);
	session->gone_ct = ct;
	if (llist_add(&session->gone, &sessions->gone))
		schedule_work(&sessions->gone_work);
}

/* The connection leaves the hash; packets of it may still be under way */
static void nf_alg_help_destroy(struct nf_conn *ct)
{
	struct nf_alg_help *help = nf_alg_help_data(ct);
	struct nf_alg_session *session;

	rcu_read_lock();
	session = rcu_dereference(help->session);
	if (session && this_cpu_read(nf_alg_session_lookups))
		nf_alg_session_part_later(session, ct);
	else if (session)
		nf_alg_session_part(session, true, true);
	rcu_read_unlock();
}

/* Conntrack remembers it for minutes; its protocol need not */
static void nf_alg_session_closed(struct nf_alg_session *session)
{
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

static int nf_alg_help(struct sk_buff *skb, unsigned int protoff,
		       struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	enum ip_conntrack_dir dir = CTINFO2DIR(ctinfo);
	struct nf_alg_help *help = nf_alg_help_data(ct);
	struct nf_alg_session *session;

	if ((help->flags & (NF_ALG_HELP_OURS | NF_ALG_HELP_RAW |
			    NF_ALG_HELP_LOST)) != NF_ALG_HELP_OURS)
		return help->flags & NF_ALG_HELP_LOST ? NF_DROP : NF_ACCEPT;

	/* Flows through a door are RELATED at first, and so are ICMP errors */
	if ((ctinfo == IP_CT_RELATED || ctinfo == IP_CT_RELATED_REPLY) &&
	    nf_alg_help_icmp(skb))
		return NF_ACCEPT;

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
	struct nf_alg_session *session;

	if (!nf_alg_session_helper(ct))
		return NF_ACCEPT;
	session = rcu_dereference(nf_alg_help_data(ct)->session);
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
		helper->me = THIS_MODULE;
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

/* The first session of a protocol (any, if NULL), with a reference */
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

/**
 * nf_alg_session_protocol_exit() - end all sessions of a protocol
 * @protocol: the protocol; no new session can begin
 *
 * May sleep.
 */
void nf_alg_session_protocol_exit(const struct nf_alg_protocol *protocol)
{
	struct nf_alg_session *session;
	struct net *net;
	u32 lost = 0;

	down_read(&net_rwsem);
	for_each_net(net) {
		struct nf_alg_net *an = nf_alg_pernet(net);

		spin_lock_bh(&an->sessions.lock);
		list_for_each_entry(session, &an->sessions.list, list)
			if (session->protocol == protocol)
				nf_alg_session_hand_over(session);
		spin_unlock_bh(&an->sessions.lock);
	}
	synchronize_rcu();
	for_each_net(net) {
		struct nf_alg_net *an = nf_alg_pernet(net);

		while ((session = nf_alg_session_first(an, protocol))) {
			nf_alg_session_end(session, true);
			cond_resched();
		}
		lost += READ_ONCE(an->sessions.lost_count);
	}
	/* Nobody finds one any more; what was found is done with */
	synchronize_rcu();
	for_each_net(net)
		flush_work(&nf_alg_pernet(net)->sessions.gone_work);
	up_read(&net_rwsem);
	/* The engine may go next, and with it the memory of them: let both ends
	 * hear of it
	 */
	if (lost)
		msleep(NF_ALG_LOST_PATIENCE);
}

void nf_alg_sessions_init(struct nf_alg_net *an)
{
	INIT_LIST_HEAD(&an->sessions.list);
	INIT_LIST_HEAD(&an->sessions.lost_list);
	spin_lock_init(&an->sessions.lock);
	init_llist_head(&an->sessions.gone);
	INIT_WORK(&an->sessions.gone_work, nf_alg_session_gone_work);
}

/* The namespace goes, and its devices are gone: nobody can be told */
void nf_alg_sessions_exit(struct nf_alg_net *an)
{
	struct nf_alg_session *session;

	while ((session = nf_alg_session_first(an, NULL))) {
		nf_alg_session_end(session, false);
		cond_resched();
	}
	synchronize_rcu();
	flush_work(&an->sessions.gone_work);
	nf_alg_lost_forget(an);
	/* Freed sessions still lie in RCU callbacks, but do not look at @an */
	WARN_ON(atomic_read(&an->sessions.count));
	WARN_ON(atomic_long_read(&an->sessions.memory));
}
