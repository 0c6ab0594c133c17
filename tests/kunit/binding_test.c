// SPDX-License-Identifier: GPL-2.0
/*
 * Bindings: taken, shared, undone, replaced, refused
 */
#include <linux/fault-inject.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <net/sock.h>
#include "claim.h"
#include "fixture.h"

static int bindings(struct fixture *f)
{
	return atomic_read(&f->an.bindings.count);
}

static struct nf_alg_binding *by_public(struct fixture *f, u16 port)
{
	struct nf_alg_endpoint public = fixture_ipv4(PUBLIC, port);
	struct nf_alg_binding *b;

	rcu_read_lock();
	b = nf_alg_binding_by_public(&f->an, IPPROTO_UDP, 0, &public);
	rcu_read_unlock();
	return b;
}

static struct nf_alg_binding *by_inside(struct fixture *f, u16 port)
{
	struct nf_alg_endpoint inside = fixture_ipv4(INSIDE, port);
	struct nf_alg_binding *b;

	rcu_read_lock();
	b = nf_alg_binding_by_inside(&f->an, IPPROTO_UDP, 0, 0, &inside, NULL);
	rcu_read_unlock();
	return b;
}

static bool admits(struct fixture *f, u16 port, u32 addr, u16 from)
{
	struct nf_alg_endpoint remote = fixture_ipv4(addr, from);
	struct nf_alg_binding *b = by_public(f, port);
	bool admitted;

	rcu_read_lock();
	admitted = b && (nf_alg_claim_named(&f->an, b, &remote, true) ||
			 nf_alg_claim_anybody(b));
	rcu_read_unlock();
	return admitted;
}

static void end_now(struct fixture *f, struct nf_alg_call *call)
{
	nf_alg_call_end(call);
	nf_alg_call_put(call);
}

static void taken(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k");
	struct nf_alg_endpoint public, got;

	KUNIT_EXPECT_LE(test, sizeof(struct nf_alg_binding), (size_t)192);
	KUNIT_EXPECT_EQ(
		test,
		fixture_bind(f, call, 16384, 2, NF_ALG_BIND_EVEN, &public), 0);
	KUNIT_EXPECT_EQ(test, ntohl(public.addr.ip), (u32)PUBLIC);
	KUNIT_EXPECT_EQ(test, ntohs(public.port), 16384);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_commit(call);
	KUNIT_EXPECT_EQ(test, bindings(f), 2);
	KUNIT_EXPECT_NOT_NULL(test, by_public(f, 16384));
	KUNIT_EXPECT_PTR_EQ(test, by_public(f, 16385), by_inside(f, 16385));
	KUNIT_EXPECT_NULL(test, by_public(f, 16386));

	KUNIT_EXPECT_TRUE(test, nf_alg_bound_public(&f->session, IPPROTO_UDP,
						    &public, &got));
	KUNIT_EXPECT_EQ(test, ntohl(got.addr.ip), (u32)INSIDE);
	KUNIT_EXPECT_FALSE(test, nf_alg_bound_public(&f->session, IPPROTO_TCP,
						     &public, NULL));
	KUNIT_EXPECT_TRUE(test, nf_alg_bound_inside(&f->session, IPPROTO_UDP,
						    &got, &public));
	KUNIT_EXPECT_EQ(test, ntohl(public.addr.ip), (u32)PUBLIC);
	f->session.zone = 1;
	KUNIT_EXPECT_FALSE(test, nf_alg_bound_public(&f->session, IPPROTO_UDP,
						     &public, NULL));
	f->session.zone = 0;

	end_now(f, call);
	KUNIT_EXPECT_TRUE(test, fixture_wait(!bindings(f)));
}

static void shared(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *a = fixture_call(f, NF_ALG_CALL, "a");
	struct nf_alg_call *b = fixture_call(f, NF_ALG_CALL, "b");
	struct nf_alg_endpoint public, again;

	KUNIT_EXPECT_EQ(test, fixture_bind(f, a, 700, 2, 0, &public), 0);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, a, 700, 2, 0, &again), 0);
	KUNIT_EXPECT_TRUE(test, nf_alg_same_endpoint(&public, &again));
	KUNIT_EXPECT_EQ(test, a->grip_count, 2u);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, b, 700, 2, 0, &again), 0);
	KUNIT_EXPECT_TRUE(test, nf_alg_same_endpoint(&public, &again));
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_commit(a);
	KUNIT_EXPECT_EQ(test, bindings(f), 2);

	/* Half of what one holds, and one port more */
	KUNIT_EXPECT_EQ(test, fixture_bind(f, b, 701, 2, 0, &again), 0);
	KUNIT_EXPECT_EQ(test, ntohs(again.port), ntohs(public.port) + 1);
	nf_alg_bind_undo(&f->msg);
	KUNIT_EXPECT_EQ(test, bindings(f), 2);

	end_now(f, a);
	KUNIT_EXPECT_TRUE(test,
			  fixture_wait(atomic_read(&f->an.calls.count) == 1));
	KUNIT_EXPECT_EQ(test, bindings(f), 2);
	end_now(f, b);
	KUNIT_EXPECT_TRUE(test, fixture_wait(!bindings(f)));
}

static void undone(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k");
	struct nf_alg_endpoint public;

	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 4000, 2, 0, &public), 0);
	nf_alg_bind_undo(&f->msg);
	KUNIT_EXPECT_EQ(test, bindings(f), 0);
	KUNIT_EXPECT_EQ(test, call->grip_count, 0u);

	/* Only what the failed message took itself */
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 4000, 2, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 4000, 2, 0, &public), 0);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 5000, 2, 0, &public), 0);
	KUNIT_EXPECT_EQ(test, bindings(f), 4);
	nf_alg_bind_undo(&f->msg);
	KUNIT_EXPECT_EQ(test, bindings(f), 2);
	KUNIT_EXPECT_NOT_NULL(test, by_inside(f, 4000));

	/* The call dies while the message is being translated */
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 6000, 2, 0, &public), 0);
	end_now(f, call);
	KUNIT_EXPECT_TRUE(test, fixture_wait(!bindings(f)));
	nf_alg_bind_undo(&f->msg);
}

static void refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k");
	struct nf_alg_bind want = {
		.inside = fixture_ipv4(INSIDE2, 5000),
		.l4proto = IPPROTO_UDP,
		.count = 1,
	};
	struct nf_alg_endpoint public;

	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public),
			-NF_ALG_REASON_DOOR_OTHER_HOST);
	want.inside = fixture_ipv4(INSIDE, 5000);
	f->session.side[0].inside = false;
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public),
			-NF_ALG_REASON_DOOR_OTHER_HOST);
	f->session.side[0].inside = true;

	/* The other side asks for a host that is not its own */
	f->msg.from = &f->session.side[1];
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public),
			-NF_ALG_REASON_DOOR_OTHER_HOST);
	f->session.side[1].inside = true;
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public),
			-NF_ALG_REASON_DOOR_OTHER_HOST);
	f->msg.from = &f->session.side[0];

	want.count = 0;
	KUNIT_EXPECT_LT(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	want.count = 17;
	KUNIT_EXPECT_LT(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	want.count = 2;
	want.inside.port = htons(65535);
	KUNIT_EXPECT_LT(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	want.inside.port = 0;
	KUNIT_EXPECT_LT(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	want.inside.port = htons(5000);
	want.l4proto = IPPROTO_SCTP;
	KUNIT_EXPECT_LT(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	KUNIT_EXPECT_EQ(test, bindings(f), 0);
	nf_alg_call_put(call);
}

static void limited(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k");
	struct nf_alg_endpoint public;

	f->an.option[NF_ALG_OPTION_BINDINGS_PER_HOST] = 3;
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 4000, 2, 0, &public), 0);
	/* All or nothing */
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 5000, 2, 0, &public),
			-NF_ALG_REASON_LIMIT_BINDINGS);
	KUNIT_EXPECT_EQ(test, bindings(f), 2);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 5000, 1, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);

	f->an.option[NF_ALG_OPTION_BINDINGS_PER_HOST] = 100;
	f->an.option[NF_ALG_OPTION_DOORS_PER_MINUTE] = 5;
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 6000, 2, 0, &public),
			-NF_ALG_REASON_LIMIT_DOOR_RATE);
	KUNIT_EXPECT_EQ(test, bindings(f), 3);
	nf_alg_call_put(call);
}

static void filtered(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *a = fixture_call(f, NF_ALG_REGISTRATION, "a");
	struct nf_alg_call *b = fixture_call(f, NF_ALG_REGISTRATION, "b");
	struct nf_alg_bind want = {
		.inside = fixture_ipv4(INSIDE, 5080),
		.remote = fixture_ipv4(REMOTE, 0),
		.l4proto = IPPROTO_UDP,
		.count = 1,
		.flags = NF_ALG_BIND_DOOR | NF_ALG_BIND_CLOSED,
		.prefer = htons(5080),
	};
	struct nf_alg_endpoint public;

	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, a, &want, &public), 0);
	KUNIT_EXPECT_FALSE(test, admits(f, 5080, REMOTE, 5060));
	KUNIT_EXPECT_FALSE(test,
			   nf_alg_bind_open(b, &want.inside, IPPROTO_UDP));
	KUNIT_EXPECT_FALSE(test,
			   nf_alg_bind_open(a, &want.inside, IPPROTO_TCP));
	KUNIT_EXPECT_TRUE(test, nf_alg_bind_open(a, &want.inside, IPPROTO_UDP));
	KUNIT_EXPECT_TRUE(test, admits(f, 5080, REMOTE, 5060));
	KUNIT_EXPECT_TRUE(test, admits(f, 5080, REMOTE, 40000));
	KUNIT_EXPECT_FALSE(test, admits(f, 5080, REMOTE2, 5060));

	/* A refresh asks for a closed one again: it stays open */
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, a, &want, &public), 0);
	KUNIT_EXPECT_TRUE(test, admits(f, 5080, REMOTE, 5060));

	/* Another registration lets somebody else in by the same port */
	want.remote = fixture_ipv4(REMOTE2, 5061);
	want.flags = NF_ALG_BIND_DOOR;
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, b, &want, &public), 0);
	KUNIT_EXPECT_EQ(test, bindings(f), 1);
	KUNIT_EXPECT_TRUE(test, admits(f, 5080, REMOTE, 5060));
	KUNIT_EXPECT_TRUE(test, admits(f, 5080, REMOTE2, 5061));
	KUNIT_EXPECT_FALSE(test, admits(f, 5080, REMOTE2, 5060));
	nf_alg_bind_keep(&f->msg);

	end_now(f, a);
	KUNIT_EXPECT_TRUE(test, fixture_wait(!admits(f, 5080, REMOTE, 5060)));
	KUNIT_EXPECT_TRUE(test, admits(f, 5080, REMOTE2, 5061));
	nf_alg_call_put(b);
}

/* Offers, answers and refusals as in facts of SIP: what stays, what goes */
static void committed(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k");
	struct nf_alg_endpoint public;

	/* First offer: refused, then repeated and accepted */
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 4000, 2, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_rollback(call);
	KUNIT_EXPECT_EQ(test, bindings(f), 0);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 4000, 2, 0, &public), 0);
	KUNIT_EXPECT_EQ(
		test, fixture_bind(f, call, 5060, 1, NF_ALG_BIND_DOOR, &public),
		0);
	KUNIT_EXPECT_EQ(
		test, fixture_bind(f, call, 7000, 1, NF_ALG_BIND_STAY, &public),
		0);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_commit(call);
	KUNIT_EXPECT_EQ(test, bindings(f), 4);

	/* A second one that is refused leaves everything as it was */
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 4000, 2, 0, &public), 0);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 5000, 2, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_rollback(call);
	KUNIT_EXPECT_EQ(test, bindings(f), 4);
	msleep(50);
	KUNIT_EXPECT_EQ(test, bindings(f), 4);

	/* Accepted without media, or with a door alone: likewise */
	nf_alg_call_commit(call);
	KUNIT_EXPECT_EQ(
		test, fixture_bind(f, call, 5060, 1, NF_ALG_BIND_DOOR, &public),
		0);
	nf_alg_call_commit(call);
	msleep(50);
	KUNIT_EXPECT_EQ(test, bindings(f), 4);

	/* New media replaces the old one, not the door */
	f->an.option[NF_ALG_OPTION_LINGER_TIME] = 1;
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 6000, 2, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_commit(call);
	KUNIT_EXPECT_EQ(test, bindings(f), 6);
	msleep(300);
	KUNIT_EXPECT_EQ(test, bindings(f), 6);
	KUNIT_EXPECT_TRUE(test, fixture_wait(bindings(f) == 4));
	KUNIT_EXPECT_NULL(test, by_inside(f, 4000));
	KUNIT_EXPECT_NOT_NULL(test, by_inside(f, 5060));
	KUNIT_EXPECT_NOT_NULL(test, by_inside(f, 6000));
	KUNIT_EXPECT_NOT_NULL(test, by_inside(f, 7000));

	/* Replaced, and taken again before it went */
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 4000, 2, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_commit(call);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 6000, 2, 0, &public), 0);
	nf_alg_call_commit(call);
	KUNIT_EXPECT_TRUE(test, fixture_wait(bindings(f) == 4));
	KUNIT_EXPECT_NOT_NULL(test, by_inside(f, 6000));
	nf_alg_call_put(call);
}

static void without_nat(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k");
	struct nf_alg_endpoint public;

	f->session.side[0].seen = f->session.side[0].own;
	KUNIT_EXPECT_EQ(
		test, fixture_bind(f, call, 500, 2, NF_ALG_BIND_EVEN, &public),
		0);
	KUNIT_EXPECT_EQ(test, ntohl(public.addr.ip), (u32)INSIDE);
	KUNIT_EXPECT_EQ(test, ntohs(public.port), 500);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_put(call);
}

/* The router's address changed, or there are two: an inside endpoint has a
 * public one for each.
 */
static void two_public_addresses(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_endpoint inside = fixture_ipv4(INSIDE, 5060);
	struct nf_alg_call *a = fixture_call(f, NF_ALG_CALL, "a");
	struct nf_alg_call *b = fixture_call(f, NF_ALG_CALL, "b");
	struct nf_alg_endpoint first, second, got;
	struct nf_alg_binding *one, *two;

	KUNIT_EXPECT_EQ(test, fixture_bind(f, a, 5060, 1, 0, &first), 0);
	f->session.side[0].seen = fixture_ipv4(PUBLIC + 1, 40001);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, b, 5060, 1, 0, &second), 0);
	nf_alg_bind_keep(&f->msg);
	KUNIT_EXPECT_FALSE(test, nf_alg_same_host(&first, &second));
	KUNIT_EXPECT_EQ(test, bindings(f), 2);

	rcu_read_lock();
	one = nf_alg_binding_by_public(&f->an, IPPROTO_UDP, 0, &first);
	two = nf_alg_binding_by_public(&f->an, IPPROTO_UDP, 0, &second);
	KUNIT_ASSERT_NOT_NULL(test, one);
	KUNIT_ASSERT_NOT_NULL(test, two);
	KUNIT_EXPECT_PTR_EQ(test, one,
			    nf_alg_binding_by_inside(&f->an, IPPROTO_UDP, 0, 0,
						     &inside, &first));
	KUNIT_EXPECT_PTR_EQ(test, two,
			    nf_alg_binding_by_inside(&f->an, IPPROTO_UDP, 0, 0,
						     &inside, &second));
	rcu_read_unlock();
	/* A message is told the address that its own flow is translated to */
	KUNIT_EXPECT_TRUE(test, nf_alg_bound_inside(&f->session, IPPROTO_UDP,
						    &inside, &got));
	KUNIT_EXPECT_TRUE(test, nf_alg_same_endpoint(&got, &second));
	f->session.side[0].seen = fixture_ipv4(PUBLIC, 40000);
	KUNIT_EXPECT_TRUE(test, nf_alg_bound_inside(&f->session, IPPROTO_UDP,
						    &inside, &got));
	KUNIT_EXPECT_TRUE(test, nf_alg_same_endpoint(&got, &first));
	end_now(f, a);
	KUNIT_EXPECT_TRUE(test, fixture_wait(bindings(f) == 1));
	KUNIT_EXPECT_PTR_EQ(test, two, by_inside(f, 5060));
	nf_alg_call_put(b);
}

static void ipv6(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_bind want = {
		.l4proto = IPPROTO_TCP,
		.count = 1,
		.flags = NF_ALG_BIND_DOOR,
	};
	struct nf_alg_endpoint own = {
		.addr.ip6 = { htonl(0xfd000000), 0, 0, htonl(2) },
		.port = htons(5060),
		.family = NFPROTO_IPV6,
	};
	struct nf_alg_endpoint public, got;
	struct nf_alg_call *call;

	f->session.family = NFPROTO_IPV6;
	f->session.side[0].own = own;
	f->session.side[0].seen = own;
	f->session.side[0].seen.addr.ip6[0] = htonl(0x20010db8);
	call = fixture_call(f, NF_ALG_CALL, "k");
	want.inside = own;
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	KUNIT_EXPECT_TRUE(test,
			  nf_alg_same_host(&public, &f->session.side[0].seen));
	KUNIT_EXPECT_TRUE(test, nf_alg_bound_public(&f->session, IPPROTO_TCP,
						    &public, &got));
	KUNIT_EXPECT_TRUE(test, nf_alg_same_endpoint(&own, &got));
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_put(call);
}

/* A binding with a time of its own, and what its flows speak */
static void timed(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k");
	struct nf_alg_bind want = {
		.inside = fixture_ipv4(INSIDE, 3000),
		.l4proto = IPPROTO_TCP,
		.count = 1,
		.flags = NF_ALG_BIND_DOOR,
		.protocol = NF_ALG_PROTOCOL_H245,
		.seconds = 1,
	};
	struct nf_alg_endpoint public;
	struct nf_alg_binding *b;

	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	nf_alg_bind_keep(&f->msg);
	rcu_read_lock();
	b = nf_alg_binding_by_public(&f->an, IPPROTO_TCP, 0, &public);
	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_EXPECT_EQ(test, (int)b->protocol, NF_ALG_PROTOCOL_H245);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, fixture_wait(!bindings(f)));
	KUNIT_EXPECT_LT(test, (int)READ_ONCE(call->state),
			(int)NF_ALG_CALL_ENDED);

	/* A longer time counts, a shorter one does not, none is for ever */
	want.seconds = 60;
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	want.seconds = 1;
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	nf_alg_bind_keep(&f->msg);
	KUNIT_EXPECT_FALSE(test, fixture_wait(!bindings(f)));
	nf_alg_bind_expire(call, &want.inside, IPPROTO_UDP, 0);
	KUNIT_EXPECT_EQ(test, bindings(f), 1);
	nf_alg_bind_expire(call, &want.inside, IPPROTO_TCP, 0);
	KUNIT_EXPECT_TRUE(test, fixture_wait(!bindings(f)));
	nf_alg_call_put(call);
}

/* A listener outside: found by its own endpoint, for the host that was told */
static void away(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k"), *found;
	struct nf_alg_endpoint host = fixture_ipv4(INSIDE, 0);
	struct nf_alg_endpoint other = fixture_ipv4(INSIDE2, 0);
	struct nf_alg_bind want = {
		.inside = fixture_ipv4(REMOTE2, 3000),
		.l4proto = IPPROTO_TCP,
		.count = 1,
		.flags = NF_ALG_BIND_DOOR | NF_ALG_BIND_AWAY,
		.protocol = NF_ALG_PROTOCOL_H245,
	};
	struct nf_alg_endpoint public;
	struct nf_alg_binding *b;

	/* Its receiver must be inside */
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public),
			-NF_ALG_REASON_DOOR_OTHER_HOST);
	f->msg.from = &f->session.side[1];
	f->msg.to = &f->session.side[0];
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	nf_alg_bind_keep(&f->msg);
	KUNIT_EXPECT_TRUE(test, nf_alg_same_endpoint(&public, &want.inside));
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.away), 1);
	KUNIT_EXPECT_FALSE(test, nf_alg_bound_public(&f->session, IPPROTO_TCP,
						     &public, NULL));
	rcu_read_lock();
	b = nf_alg_binding_by_public(&f->an, IPPROTO_TCP, 0, &public);
	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_EXPECT_NOT_NULL(test, nf_alg_claim_away(&f->an, b, &host));
	KUNIT_EXPECT_NULL(test, nf_alg_claim_away(&f->an, b, &other));
	rcu_read_unlock();
	found = nf_alg_bound_call(&f->session, IPPROTO_TCP, &public, &host);
	KUNIT_EXPECT_PTR_EQ(test, found, call);
	if (found)
		nf_alg_call_put(found);
	KUNIT_EXPECT_NULL(test, nf_alg_bound_call(&f->session, IPPROTO_TCP,
						  &public, &other));

	/* Where one of ours stands there is nothing to remember */
	f->msg.from = &f->session.side[0];
	f->msg.to = &f->session.side[1];
	want.inside = fixture_ipv4(INSIDE, 3000);
	want.flags = NF_ALG_BIND_DOOR;
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	nf_alg_bind_keep(&f->msg);
	f->msg.from = &f->session.side[1];
	f->msg.to = &f->session.side[0];
	want.inside = public;
	want.flags = NF_ALG_BIND_DOOR | NF_ALG_BIND_AWAY;
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	KUNIT_EXPECT_EQ(test, bindings(f), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.away), 1);
	nf_alg_call_put(call);
}

/* A program on the router waits on the port */
static void listened(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons(17000),
	};
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k");
	struct nf_alg_endpoint public;
	struct socket *udp, *tcp;
	struct nf_alg_bind want = {
		.inside = fixture_ipv4(INSIDE, 17000),
		.l4proto = IPPROTO_TCP,
		.count = 1,
	};

	KUNIT_ASSERT_EQ(test,
			sock_create_kern(&init_net, AF_INET, SOCK_DGRAM,
					 IPPROTO_UDP, &udp),
			0);
	KUNIT_ASSERT_EQ(test,
			sock_create_kern(&init_net, AF_INET, SOCK_STREAM,
					 IPPROTO_TCP, &tcp),
			0);
	KUNIT_EXPECT_EQ(test, kernel_bind(udp, (void *)&in, sizeof(in)), 0);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 17000, 1, 0, &public), 0);
	KUNIT_EXPECT_NE(test, ntohs(public.port), 17000);
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	KUNIT_EXPECT_EQ(test, ntohs(public.port), 17000);
	nf_alg_bind_undo(&f->msg);

	KUNIT_EXPECT_EQ(test, kernel_bind(tcp, (void *)&in, sizeof(in)), 0);
	KUNIT_EXPECT_EQ(test, kernel_listen(tcp, 1), 0);
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	KUNIT_EXPECT_NE(test, ntohs(public.port), 17000);
	nf_alg_bind_undo(&f->msg);
	sock_release(tcp);
	sock_release(udp);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 17000, 1, 0, &public), 0);
	KUNIT_EXPECT_EQ(test, ntohs(public.port), 17000);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_put(call);
}

static void cleared(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *a = fixture_call(f, NF_ALG_CALL, "a");
	struct nf_alg_call *b = fixture_call(f, NF_ALG_CALL, "b");
	struct nf_alg_call *c = fixture_call(f, NF_ALG_REGISTRATION, "c");
	struct nf_alg_call *d = fixture_call(f, NF_ALG_CALL, "d");
	struct nf_alg_binding_filter filter = {
		.l4proto = IPPROTO_UDP,
		.inside = fixture_ipv4(INSIDE, 4001),
	};
	struct nf_alg_endpoint public;

	KUNIT_EXPECT_EQ(test, fixture_bind(f, a, 4000, 4, 0, &public), 0);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, b, 4000, 4, 0, &public), 0);
	filter.l4proto = IPPROTO_TCP;
	KUNIT_EXPECT_EQ(test, nf_alg_binding_clear(&f->an, &filter), 0u);
	filter.l4proto = 0;
	KUNIT_EXPECT_EQ(test, nf_alg_binding_clear(&f->an, &filter), 1u);
	KUNIT_EXPECT_EQ(test, bindings(f), 3);
	KUNIT_EXPECT_NULL(test, by_inside(f, 4001));
	KUNIT_EXPECT_EQ(test, a->grip_count, 3u);
	/* A call that lost its last binding ends, the other does not */
	KUNIT_EXPECT_EQ(test, fixture_bind(f, c, 4010, 1, 0, &public), 0);
	filter.inside = fixture_ipv4(INSIDE, 4010);
	KUNIT_EXPECT_EQ(test, nf_alg_binding_clear(&f->an, &filter), 1u);
	KUNIT_EXPECT_EQ(test, c->state, NF_ALG_CALL_DEAD);
	KUNIT_EXPECT_EQ(test, a->state, NF_ALG_CALL_SETUP);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, c, 4010, 1, 0, &public),
			-NF_ALG_REASON_MAPPING_LOST);
	KUNIT_EXPECT_EQ(test, nf_alg_binding_clear(&f->an, NULL), 3u);
	KUNIT_EXPECT_EQ(test, bindings(f), 0);
	/* All of it: also what has no binding */
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.calls.count), 0);
	/* What was cleared under the message's hands is not on its list */
	KUNIT_EXPECT_TRUE(test, list_empty(&f->msg.undo));
	nf_alg_call_put(a);
	nf_alg_call_put(b);
	nf_alg_call_put(c);
	nf_alg_call_put(d);
}

#ifdef CONFIG_FAULT_INJECTION
static void out_of_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_endpoint public;
	struct nf_alg_call *call;
	int n, left, err = -1;

	for (n = 1; n < 100; n++) {
		WRITE_ONCE(current->fail_nth, n);
		call = fixture_call(f, NF_ALG_CALL, "k");
		err = IS_ERR(call) ? PTR_ERR(call) :
				     fixture_bind(f, call, 4000, 4, 0, &public);
		left = READ_ONCE(current->fail_nth);
		WRITE_ONCE(current->fail_nth, 0);
		if (!IS_ERR(call)) {
			nf_alg_bind_undo(&f->msg);
			end_now(f, call);
			KUNIT_ASSERT_TRUE(test, fixture_wait(!atomic_read(
							&f->an.calls.count)));
		}
		KUNIT_EXPECT_EQ(test, bindings(f), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&f->an.hosts.table.nelems),
				0);
		if (left)
			break;
		/* Some are of the kernel's debugging and do no harm */
		if (err)
			KUNIT_EXPECT_EQ(test, err, -NF_ALG_REASON_NO_MEMORY);
	}
	kunit_info(test, "%d allocations failed one after the other", n - 1);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_GT(test, n, 5);
}
#endif

static void hundred_thousand(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = NULL;
	struct nf_alg_endpoint public;
	ktime_t begin, insert, find, erase;
	int i, host, missing = 0;
	char key[16];

	f->an.option[NF_ALG_OPTION_BINDINGS_MAX] = 200000;
	f->an.option[NF_ALG_OPTION_DOORS_PER_MINUTE] = 200000;
	f->an.option[NF_ALG_OPTION_MEDIA_PORT_LOW] = 60000;
	f->an.option[NF_ALG_OPTION_MEDIA_PORT_HIGH] = 65535;
	begin = ktime_get();
	for (i = 0; i < 100000; i++) {
		host = i / 50000;
		if (i % 100 == 0) {
			if (call)
				nf_alg_call_put(call);
			f->session.side[0].own = fixture_ipv4(INSIDE + host, 1);
			f->session.side[0].seen =
				fixture_ipv4(PUBLIC + host, 1);
			snprintf(key, sizeof(key), "%d", i);
			call = fixture_call(f, NF_ALG_CALL, key);
			KUNIT_ASSERT_FALSE(test, IS_ERR(call));
		}
		{
			struct nf_alg_bind want = {
				.inside = fixture_ipv4(INSIDE + host,
						       2000 + i % 50000),
				.l4proto = IPPROTO_UDP,
				.count = 1,
				.flags = NF_ALG_BIND_FIRM | NF_ALG_BIND_DOOR,
				.prefer = htons(2000 + i % 50000),
			};

			if (nf_alg_bind(&f->msg, call, &want, &public))
				missing++;
		}
		nf_alg_bind_keep(&f->msg);
	}
	insert = ktime_sub(ktime_get(), begin);
	nf_alg_call_put(call);
	KUNIT_EXPECT_EQ(test, missing, 0);
	KUNIT_EXPECT_EQ(test, bindings(f), 100000);

	begin = ktime_get();
	for (i = 0; i < 100000; i++) {
		struct nf_alg_endpoint public =
			fixture_ipv4(PUBLIC + i / 50000, 2000 + i % 50000);

		rcu_read_lock();
		if (!nf_alg_binding_by_public(&f->an, IPPROTO_UDP, 0, &public))
			missing++;
		rcu_read_unlock();
	}
	find = ktime_sub(ktime_get(), begin);
	KUNIT_EXPECT_EQ(test, missing, 0);

	begin = ktime_get();
	nf_alg_calls_flush_protocol(&f->an, NULL);
	erase = ktime_sub(ktime_get(), begin);
	KUNIT_EXPECT_EQ(test, bindings(f), 0);
	kunit_info(
		test,
		"100,000 taken in %lld ms, found in %lld ms, released in %lld ms",
		ktime_to_ms(insert), ktime_to_ms(find), ktime_to_ms(erase));
}

static bool named(struct fixture *f, const struct nf_alg_endpoint *public,
		  u32 remote)
{
	struct nf_alg_endpoint from = fixture_ipv4(remote, 7000);
	struct nf_alg_binding *b;
	bool admits;

	rcu_read_lock();
	b = nf_alg_binding_by_public(&f->an, IPPROTO_UDP, 0, public);
	admits = b && (nf_alg_claim_named(&f->an, b, &from, true) ||
		       nf_alg_claim_anybody(b));
	rcu_read_unlock();
	return admits;
}

/* Of the hosts that were admitted by name some are left */
static void hosts_retained(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_endpoint second = fixture_ipv4(REMOTE2, 0);
	struct nf_alg_endpoint third = fixture_ipv4(REMOTE2 + 1, 0);
	struct nf_alg_bind want = {
		.inside = fixture_ipv4(INSIDE, 16384),
		.remote = fixture_ipv4(REMOTE, 0),
		.l4proto = IPPROTO_UDP,
		.count = 1,
	};
	struct nf_alg_endpoint public;
	struct nf_alg_call *call;

	f->an.option[NF_ALG_OPTION_LINGER_TIME] = 1;
	call = fixture_call(f, NF_ALG_CALL, "k");
	KUNIT_ASSERT_EQ(test, nf_alg_bind(&f->msg, call, &want, &public), 0);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_commit(call);
	nf_alg_call_extend(call, 60);
	KUNIT_EXPECT_EQ(test, nf_alg_media_admit(call, IPPROTO_UDP, &second),
			0);
	KUNIT_EXPECT_EQ(test, nf_alg_media_admit(call, IPPROTO_UDP, &third), 0);
	KUNIT_EXPECT_TRUE(test, named(f, &public, REMOTE2));
	KUNIT_EXPECT_TRUE(test, named(f, &public, REMOTE2 + 1));
	KUNIT_EXPECT_FALSE(test, named(f, &public, REMOTE2 + 2));

	nf_alg_media_retain(call, IPPROTO_UDP, &third, 1);
	/* For the linger time it may still come */
	KUNIT_EXPECT_TRUE(test, named(f, &public, REMOTE2));
	KUNIT_EXPECT_TRUE(test, fixture_wait(!named(f, &public, REMOTE2)));
	KUNIT_EXPECT_TRUE(test, named(f, &public, REMOTE2 + 1));
	KUNIT_EXPECT_TRUE(test, named(f, &public, REMOTE));

	/* Named again before its time is up: it stays */
	nf_alg_media_retain(call, IPPROTO_UDP, NULL, 0);
	KUNIT_EXPECT_EQ(test, nf_alg_media_admit(call, IPPROTO_UDP, &third), 0);
	msleep(1500);
	KUNIT_EXPECT_TRUE(test, named(f, &public, REMOTE2 + 1));
	KUNIT_EXPECT_EQ(test, call->grip_count, 2u);
	nf_alg_call_put(call);
}

/* Thousands of registrations share a door: each remote is found by itself */
static void many_claims(struct kunit *test)
{
	struct fixture *f = test->priv;
	const struct nf_alg_endpoint inside = fixture_ipv4(INSIDE, 5060);
	struct nf_alg_bind want = {
		.inside = inside,
		.l4proto = IPPROTO_UDP,
		.count = 1,
		.flags = NF_ALG_BIND_DOOR | NF_ALG_BIND_CLOSED,
	};
	enum { CALLS = 300 };
	struct nf_alg_call *call[CALLS];
	struct nf_alg_endpoint public;
	char key[16];
	int i;

	f->an.option[NF_ALG_OPTION_DOORS_PER_MINUTE] = U32_MAX;
	for (i = 0; i < CALLS; i++) {
		snprintf(key, sizeof(key), "%d", i);
		call[i] = fixture_call(f, NF_ALG_REGISTRATION, key);
		KUNIT_ASSERT_FALSE(test, IS_ERR(call[i]));
		want.remote = fixture_ipv4(REMOTE + i, i & 1 ? 0 : 7000);
		KUNIT_ASSERT_EQ(
			test, nf_alg_bind(&f->msg, call[i], &want, &public), 0);
		nf_alg_bind_keep(&f->msg);
		nf_alg_call_commit(call[i]);
	}
	KUNIT_EXPECT_EQ(test, bindings(f), 1);
	KUNIT_EXPECT_FALSE(test, named(f, &public, REMOTE + 7));

	for (i = 0; i < CALLS; i++) {
		KUNIT_EXPECT_TRUE(test, nf_alg_bind_open(call[i], &inside,
							 IPPROTO_UDP));
		KUNIT_EXPECT_TRUE(test, named(f, &public, REMOTE + i));
	}
	KUNIT_EXPECT_FALSE(test, named(f, &public, REMOTE + CALLS));
	KUNIT_EXPECT_TRUE(test, admits(f, ntohs(public.port), REMOTE + 1, 1));
	KUNIT_EXPECT_FALSE(test, admits(f, ntohs(public.port), REMOTE + 2, 1));
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.remotes.nelems),
			CALLS);

	for (i = 0; i < CALLS; i += 2)
		end_now(f, call[i]);
	KUNIT_EXPECT_TRUE(test, fixture_wait(atomic_read(&f->an.calls.count) ==
					     CALLS / 2));
	for (i = 0; i < CALLS; i++)
		KUNIT_EXPECT_EQ(test, named(f, &public, REMOTE + i),
				(bool)(i & 1));
	for (i = 1; i < CALLS; i += 2)
		end_now(f, call[i]);
	KUNIT_EXPECT_TRUE(test, fixture_wait(!bindings(f)));
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.remotes.nelems), 0);
}

/* The other end of the signalling is named, also where anybody may come */
static void peer_named(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k");
	const struct nf_alg_endpoint peer = fixture_ipv4(REMOTE, 9999);
	struct nf_alg_endpoint media = fixture_ipv4(REMOTE2, 9999);
	const struct nf_alg_endpoint media_host = fixture_ipv4(REMOTE2, 0);
	struct nf_alg_endpoint public;
	struct nf_alg_binding *b;

	KUNIT_ASSERT_EQ(test, fixture_bind(f, call, 16384, 1, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_commit(call);
	b = by_public(f, ntohs(public.port));
	KUNIT_ASSERT_NOT_NULL(test, b);

	rcu_read_lock();
	KUNIT_EXPECT_NOT_NULL(test,
			      nf_alg_claim_named(&f->an, b, &peer, false));
	KUNIT_EXPECT_NULL(test, nf_alg_claim_named(&f->an, b, &media, true));
	KUNIT_EXPECT_NOT_NULL(test, nf_alg_claim_anybody(b));
	rcu_read_unlock();

	/* A host of the far session description comes in first, but is no
	 * permission to go there
	 */
	KUNIT_EXPECT_EQ(test,
			nf_alg_media_admit(call, IPPROTO_UDP, &media_host), 0);
	rcu_read_lock();
	KUNIT_EXPECT_NOT_NULL(test,
			      nf_alg_claim_named(&f->an, b, &media, true));
	KUNIT_EXPECT_NULL(test, nf_alg_claim_named(&f->an, b, &media, false));
	rcu_read_unlock();

	/* The signalling moves to another host */
	f->session.side[1].own = fixture_ipv4(REMOTE2 + 1, 5060);
	f->session.side[1].seen = f->session.side[1].own;
	KUNIT_ASSERT_EQ(test, fixture_bind(f, call, 16384, 1, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);
	media = fixture_ipv4(REMOTE2 + 1, 1);
	rcu_read_lock();
	KUNIT_EXPECT_NOT_NULL(test,
			      nf_alg_claim_named(&f->an, b, &media, false));
	KUNIT_EXPECT_NULL(test, nf_alg_claim_named(&f->an, b, &peer, false));
	rcu_read_unlock();
	end_now(f, call);
	KUNIT_EXPECT_TRUE(test, fixture_wait(!bindings(f)));
}

/* A claim for one flow is used up by it, and stays what it became meanwhile */
static void used_up(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k");
	const struct nf_alg_endpoint peer = fixture_ipv4(REMOTE, 9999);
	struct nf_alg_endpoint public;
	struct nf_alg_grip *grip;
	struct nf_alg_binding *b;

	KUNIT_ASSERT_EQ(test,
			fixture_bind(f, call, 3000, 1,
				     NF_ALG_BIND_DOOR | NF_ALG_BIND_ONCE,
				     &public),
			0);
	nf_alg_bind_keep(&f->msg);
	b = by_public(f, ntohs(public.port));
	KUNIT_ASSERT_NOT_NULL(test, b);
	rcu_read_lock();
	grip = nf_alg_claim_named(&f->an, b, &peer, true);
	KUNIT_ASSERT_NOT_NULL(test, grip);
	nf_alg_call_commit(call);
	KUNIT_EXPECT_TRUE(test, nf_alg_claim_use(&f->an, grip));
	KUNIT_EXPECT_FALSE(test, nf_alg_claim_use(&f->an, grip));
	KUNIT_EXPECT_FALSE(test, grip->flags & NF_ALG_BIND_PENDING);
	KUNIT_EXPECT_NULL(test, nf_alg_claim_named(&f->an, b, &peer, true));
	KUNIT_EXPECT_NULL(test, nf_alg_claim_anybody(b));
	KUNIT_EXPECT_NULL(test, nf_alg_claim_door(b));
	rcu_read_unlock();
	end_now(f, call);
	KUNIT_EXPECT_TRUE(test, fixture_wait(!bindings(f)));
}

/* Two zones share a public address: its ports are each one's own */
static void shared_public_address(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_endpoint first, second;
	struct nf_alg_call *a, *b;

	f->session.zone = 1;
	a = fixture_call(f, NF_ALG_CALL, "a");
	KUNIT_EXPECT_EQ(test,
			fixture_bind(f, a, 16384, 2, NF_ALG_BIND_EVEN, &first),
			0);
	f->session.zone = 2;
	b = fixture_call(f, NF_ALG_CALL, "b");
	KUNIT_EXPECT_EQ(test,
			fixture_bind(f, b, 16384, 2, NF_ALG_BIND_EVEN, &second),
			0);
	nf_alg_bind_keep(&f->msg);
	KUNIT_EXPECT_TRUE(test, nf_alg_same_host(&first, &second));
	KUNIT_EXPECT_FALSE(test, nf_alg_same_endpoint(&first, &second));

	/* Without NAT they are told apart by the zone */
	f->session.side[0].seen = f->session.side[0].own;
	KUNIT_EXPECT_EQ(test, fixture_bind(f, b, 18000, 1, 0, &second), 0);
	f->session.zone = 1;
	KUNIT_EXPECT_EQ(test, fixture_bind(f, a, 18000, 1, 0, &first), 0);
	nf_alg_bind_keep(&f->msg);
	KUNIT_EXPECT_TRUE(test, nf_alg_same_endpoint(&first, &second));
	end_now(f, a);
	end_now(f, b);
	KUNIT_EXPECT_TRUE(test, fixture_wait(!bindings(f)));
}

static struct kunit_case binding_cases[] = { KUNIT_CASE(taken),
					     KUNIT_CASE(shared),
					     KUNIT_CASE(undone),
					     KUNIT_CASE(refused),
					     KUNIT_CASE(limited),
					     KUNIT_CASE(filtered),
					     KUNIT_CASE(committed),
					     KUNIT_CASE(without_nat),
					     KUNIT_CASE(two_public_addresses),
					     KUNIT_CASE(ipv6),
					     KUNIT_CASE(timed),
					     KUNIT_CASE(away),
					     KUNIT_CASE(listened),
					     KUNIT_CASE(cleared),
					     KUNIT_CASE(hosts_retained),
					     KUNIT_CASE(many_claims),
					     KUNIT_CASE(peer_named),
					     KUNIT_CASE(used_up),
					     KUNIT_CASE(shared_public_address),
#ifdef CONFIG_FAULT_INJECTION
					     KUNIT_CASE(out_of_memory),
#endif
					     KUNIT_CASE(hundred_thousand),
					     {} };

struct kunit_suite binding_suite = {
	.name = "binding",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = binding_cases,
};
