// SPDX-License-Identifier: GPL-2.0
/*
 * Whoever goes waits for those who still use it, and none of them waits in turn
 */
#include <linux/workqueue.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "fixture.h"
#include "lost.h"
#include "stream.h"

/* ms; a user that takes its time */
#define LATE 300

/**
 * struct late - somebody who gives a reference back late
 * @work: when
 * @call: reference to a call, or NULL
 * @session: to a session, or NULL
 * @done: set right before that
 */
struct late {
	struct delayed_work work;
	struct nf_alg_call *call;
	struct nf_alg_session *session;
	bool done;
};

static void late_put(struct work_struct *work)
{
	struct late *late =
		container_of(to_delayed_work(work), struct late, work);

	WRITE_ONCE(late->done, true);
	if (late->call)
		nf_alg_call_put(late->call);
	if (late->session)
		nf_alg_session_put(late->session);
}

static struct late *late_begin(struct kunit *test, struct nf_alg_call *call,
			       struct nf_alg_session *session)
{
	struct late *late = kunit_kzalloc(test, sizeof(*late), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, late);
	INIT_DELAYED_WORK(&late->work, late_put);
	late->call = call;
	late->session = session;
	schedule_delayed_work(&late->work, msecs_to_jiffies(LATE));
	return late;
}

static int frame_nothing(const u8 *data, u32 len, struct nf_alg_frame *frame)
{
	return -1;
}

static int translate_nothing(struct nf_alg_message *msg)
{
	return 0;
}

/* The protocol that no default service has asked for, and conntrack helpers of it */
static void protocol_begin(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->protocol.name = "lifetime";
	f->protocol.id = NF_ALG_PROTOCOL_ESP;
	f->protocol.owner = THIS_MODULE;
	f->protocol.tcp = true;
	f->protocol.frame = frame_nothing;
	f->protocol.translate = translate_nothing;
	KUNIT_ASSERT_EQ(test, nf_alg_protocol_register(&f->protocol), 0);
}

/* An entry as it is before it is confirmed: a TCP connection from the inside host
 * to the remote
 */
static struct nf_conn *entry(struct kunit *test)
{
	struct nf_conntrack_tuple tuple[IP_CT_DIR_MAX] = {};
	struct nf_alg_help *help;
	struct nf_conn *ct;

	tuple[0].src.l3num = NFPROTO_IPV4;
	tuple[0].dst.protonum = IPPROTO_TCP;
	tuple[0].src.u3.ip = htonl(INSIDE);
	tuple[0].src.u.tcp.port = htons(1025);
	tuple[0].dst.u3.ip = htonl(REMOTE);
	tuple[0].dst.u.tcp.port = htons(2000);
	tuple[1] = tuple[0];
	tuple[1].src = tuple[0].src;
	tuple[1].src.u3.ip = htonl(REMOTE);
	tuple[1].src.u.tcp.port = htons(2000);
	tuple[1].dst.u3.ip = htonl(PUBLIC);
	tuple[1].dst.u.tcp.port = htons(1025);
	tuple[1].dst.dir = IP_CT_DIR_REPLY;
	ct = nf_conntrack_alloc(&init_net, &nf_ct_zone_dflt, &tuple[0],
				&tuple[1], GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ct);
	refcount_set(&ct->ct_general.use, 1);
	KUNIT_ASSERT_NOT_NULL(test, nf_ct_helper_ext_add(ct, GFP_KERNEL));
	KUNIT_ASSERT_NOT_NULL(test, nfct_seqadj_ext_add(ct));
	help = (struct nf_alg_help *)nfct_help(ct)->data;
	memset(help, 0, sizeof(*help));
	help->inside = BIT(IP_CT_DIR_ORIGINAL);
	help->protocol = NF_ALG_PROTOCOL_ESP;
	help->flags = NF_ALG_HELP_OURS;
	return ct;
}

static struct nf_alg_session *session_begin(struct kunit *test,
					    struct nf_conn *ct)
{
	struct fixture *f = test->priv;
	struct nf_alg_session *session;

	rcu_read_lock();
	session = nf_alg_session_begin(
		ct, (struct nf_alg_help *)nfct_help(ct)->data, &f->protocol);
	rcu_read_unlock();
	KUNIT_ASSERT_NOT_NULL(test, session);
	return session;
}

/* The destructor of an entry may be called under any lock, ours included */
static void destructor_only_queues(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_session *session;
	struct nf_conn *ct;

	protocol_begin(test);
	ct = entry(test);
	session = session_begin(test, ct);
	refcount_inc(&session->refs);

	spin_lock_bh(&session->an->sessions.lock);
	spin_lock(&session->lock);
	rcu_read_lock();
	nf_alg_session_leave(session);
	rcu_read_unlock();
	KUNIT_EXPECT_PTR_EQ(test, session->ct, ct);
	spin_unlock(&session->lock);
	spin_unlock_bh(&session->an->sessions.lock);

	KUNIT_EXPECT_TRUE(test, fixture_wait(!READ_ONCE(session->ct)));
	KUNIT_EXPECT_TRUE(test, session->dead);
	nf_alg_session_put(session);
	/* The session's reference is gone, and only that */
	KUNIT_EXPECT_EQ(test, refcount_read(&ct->ct_general.use), 1);
	nf_ct_put(ct);
	nf_alg_protocol_unregister(&f->protocol);
}

/* The session keeps the entry: whatever others do to it, it is not freed */
static void session_holds_its_entry(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_session *session;
	struct nf_conn *ct;

	protocol_begin(test);
	ct = entry(test);
	session = session_begin(test, ct);
	refcount_inc(&session->refs);
	KUNIT_EXPECT_EQ(test, refcount_read(&ct->ct_general.use), 2);
	/* The helper is taken away without its destructor being called */
	RCU_INIT_POINTER(nfct_help(ct)->helper, NULL);
	set_bit(IPS_DYING_BIT, &ct->status);
	nf_ct_put(ct);
	KUNIT_EXPECT_EQ(test, refcount_read(&session->ct->ct_general.use), 1);
	/* Found by the sweep, and freed with the session's reference */
	msleep(5000);
	KUNIT_EXPECT_NULL(test, READ_ONCE(session->ct));
	nf_alg_session_put(session);
	nf_alg_protocol_unregister(&f->protocol);
}

/* Those who walk over lost connections find memory, not ruins */
static void lost_are_read_under_rcu(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_session *session;
	struct nf_alg_streams *streams;
	struct nf_conn *ct;

	protocol_begin(test);
	ct = entry(test);
	session = session_begin(test, ct);
	refcount_inc(&session->refs);
	rcu_read_lock();
	streams = session->streams;
	nf_alg_session_detach(session, false);
	nf_alg_session_put(session);
	/* Nothing of this may be poisoned yet */
	KUNIT_EXPECT_EQ(test, (int)READ_ONCE(streams->lost[0].dir), 0);
	KUNIT_EXPECT_PTR_EQ(test, READ_ONCE(streams->session), session);
	rcu_read_unlock();
	nf_ct_put(ct);
	nf_alg_protocol_unregister(&f->protocol);
}

/* A timer that was already running when the session died */
static void late_timer_arms_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_session *session;
	struct nf_conn *ct;

	protocol_begin(test);
	ct = entry(test);
	session = session_begin(test, ct);
	refcount_inc(&session->refs);
	rcu_read_lock();
	nf_alg_session_detach(session, false);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, refcount_read(&session->refs), 1);
	refcount_inc(&session->refs); /* for the timer */
	nf_alg_streams_timer(&session->streams->timer);
	KUNIT_EXPECT_FALSE(test, timer_pending(&session->streams->timer));
	KUNIT_EXPECT_EQ(test, refcount_read(&session->refs), 1);
	nf_alg_session_put(session);
	nf_ct_put(ct);
	nf_alg_protocol_unregister(&f->protocol);
}

/* A namespace's tables stay for a timer that has just taken its call out */
static void tables_wait_for_calls(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_endpoint public;
	struct nf_alg_call *call;
	struct late *late;

	call = fixture_call(f, NF_ALG_CALL, "k");
	KUNIT_ASSERT_FALSE(test, IS_ERR(call));
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 16384, 2, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);
	late = late_begin(test, call, NULL);
	nf_alg_calls_exit(&f->an);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(late->done));
	flush_delayed_work(&late->work);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->ended), 1);
	KUNIT_ASSERT_EQ(test, nf_alg_calls_init(&f->an), 0);
}

/* A protocol's module stays for whoever has a call of it */
static void protocol_waits_for_calls(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call;
	struct late *late;

	protocol_begin(test);
	call = fixture_call(f, NF_ALG_CALL, "k");
	KUNIT_ASSERT_FALSE(test, IS_ERR(call));
	late = late_begin(test, call, NULL);
	nf_alg_calls_flush_protocol(&f->an, &f->protocol);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(late->done));
	nf_alg_protocol_unregister(&f->protocol);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(late->done));
	flush_delayed_work(&late->work);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->ended), 1);
}

/* Likewise for whoever has a session of it: a namespace that is being cleaned up
 * is in no list that the module could walk
 */
static void protocol_waits_for_sessions(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_session *session;
	struct late *late;
	struct nf_conn *ct;

	protocol_begin(test);
	ct = entry(test);
	session = session_begin(test, ct);
	refcount_inc(&session->refs);
	late = late_begin(test, NULL, session);
	nf_alg_protocol_unregister(&f->protocol);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(late->done));
	flush_delayed_work(&late->work);
	nf_ct_put(ct);
}

/* Packets keep an entry that has left the table, and its pointer to a helper that
 * was unregistered since and is in memory that was freed
 */
static void dying_entry_is_nobodys(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_conntrack_helper *gone;
	struct nf_alg_session *session;
	struct nf_conn_help *help;
	struct nf_conn *ct;

	protocol_begin(test);
	ct = entry(test);
	session = session_begin(test, ct);
	help = nfct_help(ct);
	gone = kzalloc(sizeof(*gone), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gone);
	rcu_assign_pointer(help->helper, gone);
	set_bit(IPS_DYING_BIT, &ct->status);
	kfree(gone);

	rcu_read_lock();
	KUNIT_EXPECT_FALSE(test, nf_alg_session_helper(ct));
	KUNIT_EXPECT_FALSE(test, nf_alg_session_borrowed(ct));
	nf_alg_session_detach(session, true);
	rcu_read_unlock();
	/* But it forgets its session, which is freed */
	KUNIT_EXPECT_NULL(test,
			  rcu_access_pointer(
				  ((struct nf_alg_help *)help->data)->session));
	RCU_INIT_POINTER(help->helper, NULL);
	nf_alg_protocol_unregister(&f->protocol);
	nf_ct_put(ct);
}

static struct kunit_case lifetime_cases[] = {
	KUNIT_CASE(dying_entry_is_nobodys),
	KUNIT_CASE(destructor_only_queues),
	KUNIT_CASE(session_holds_its_entry),
	KUNIT_CASE(lost_are_read_under_rcu),
	KUNIT_CASE(late_timer_arms_nothing),
	KUNIT_CASE(tables_wait_for_calls),
	KUNIT_CASE(protocol_waits_for_calls),
	KUNIT_CASE(protocol_waits_for_sessions),
	{}
};

struct kunit_suite lifetime_suite = {
	.name = "lifetime",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = lifetime_cases,
};
