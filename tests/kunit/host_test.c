// SPDX-License-Identifier: GPL-2.0
/*
 * Charges of inside hosts
 */
#include "fixture.h"

static struct nf_alg_host *charge(struct fixture *f, u32 addr, u16 zone,
				  int vrf, enum nf_alg_charge what,
				  enum nf_alg_reason *reason)
{
	struct nf_alg_endpoint host = fixture_ipv4(addr, 1234);

	return nf_alg_host_charge(&f->an, &host, zone, vrf, what, reason);
}

static void host_is_shared(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_host *a, *b, *zone, *vrf, *other;
	enum nf_alg_reason reason;

	a = charge(f, INSIDE, 0, 0, NF_ALG_CHARGE_CALL, &reason);
	b = charge(f, INSIDE, 0, 0, NF_ALG_CHARGE_SESSION, &reason);
	zone = charge(f, INSIDE, 1, 0, NF_ALG_CHARGE_CALL, &reason);
	vrf = charge(f, INSIDE, 0, 7, NF_ALG_CHARGE_CALL, &reason);
	other = charge(f, INSIDE2, 0, 0, NF_ALG_CHARGE_CALL, &reason);
	KUNIT_ASSERT_NOT_NULL(test, a);
	KUNIT_EXPECT_PTR_EQ(test, a, b);
	KUNIT_EXPECT_PTR_NE(test, a, zone);
	KUNIT_EXPECT_PTR_NE(test, a, vrf);
	KUNIT_EXPECT_PTR_NE(test, a, other);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.hosts.table.nelems), 4);
	KUNIT_EXPECT_EQ(test,
			atomic_read(&f->an.hosts.count[NF_ALG_CHARGE_CALL]), 4);
	nf_alg_host_discharge(&f->an, a, NF_ALG_CHARGE_CALL);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.hosts.table.nelems), 4);
	nf_alg_host_discharge(&f->an, b, NF_ALG_CHARGE_SESSION);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.hosts.table.nelems), 3);
	nf_alg_host_discharge(&f->an, zone, NF_ALG_CHARGE_CALL);
	nf_alg_host_discharge(&f->an, vrf, NF_ALG_CHARGE_CALL);
	nf_alg_host_discharge(&f->an, other, NF_ALG_CHARGE_CALL);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.hosts.table.nelems), 0);
}

static void host_limit(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_host *host[3], *other;
	enum nf_alg_reason reason;
	int i;

	f->an.option[NF_ALG_OPTION_CALLS_PER_HOST] = 3;
	for (i = 0; i < 3; i++) {
		host[i] = charge(f, INSIDE, 0, 0, NF_ALG_CHARGE_CALL, &reason);
		KUNIT_ASSERT_NOT_NULL(test, host[i]);
	}
	KUNIT_EXPECT_NULL(test,
			  charge(f, INSIDE, 0, 0, NF_ALG_CHARGE_CALL, &reason));
	KUNIT_EXPECT_EQ(test, (int)reason, (int)NF_ALG_REASON_LIMIT_CALLS);
	/* Others are not affected, nor is what it is charged for besides */
	other = charge(f, INSIDE2, 0, 0, NF_ALG_CHARGE_CALL, &reason);
	KUNIT_ASSERT_NOT_NULL(test, other);
	nf_alg_host_discharge(&f->an, other, NF_ALG_CHARGE_CALL);
	other = charge(f, INSIDE, 0, 0, NF_ALG_CHARGE_SESSION, &reason);
	KUNIT_ASSERT_NOT_NULL(test, other);
	nf_alg_host_discharge(&f->an, other, NF_ALG_CHARGE_SESSION);

	nf_alg_host_discharge(&f->an, host[2], NF_ALG_CHARGE_CALL);
	host[2] = charge(f, INSIDE, 0, 0, NF_ALG_CHARGE_CALL, &reason);
	KUNIT_EXPECT_NOT_NULL(test, host[2]);
	for (i = 0; i < 3; i++)
		nf_alg_host_discharge(&f->an, host[i], NF_ALG_CHARGE_CALL);
}

static void namespace_limit(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_host *a, *b;
	enum nf_alg_reason reason;

	f->an.option[NF_ALG_OPTION_SESSIONS_MAX] = 2;
	a = charge(f, INSIDE, 0, 0, NF_ALG_CHARGE_SESSION, &reason);
	b = charge(f, INSIDE2, 0, 0, NF_ALG_CHARGE_SESSION, &reason);
	KUNIT_EXPECT_NULL(test, charge(f, 0x0a000004, 0, 0,
				       NF_ALG_CHARGE_SESSION, &reason));
	KUNIT_EXPECT_EQ(test, (int)reason, (int)NF_ALG_REASON_LIMIT_SESSIONS);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.hosts.table.nelems), 2);
	nf_alg_host_discharge(&f->an, a, NF_ALG_CHARGE_SESSION);
	nf_alg_host_discharge(&f->an, b, NF_ALG_CHARGE_SESSION);
}

static void door_rate(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_host *anchor, *host;
	enum nf_alg_reason reason;
	int i;

	f->an.option[NF_ALG_OPTION_DOORS_PER_MINUTE] = 5;
	anchor = charge(f, INSIDE, 0, 0, NF_ALG_CHARGE_SESSION, &reason);
	KUNIT_ASSERT_NOT_NULL(test, anchor);
	/* Giving back does not help: it is a rate */
	for (i = 0; i < 5; i++) {
		host = charge(f, INSIDE, 0, 0, NF_ALG_CHARGE_BINDING, &reason);
		KUNIT_ASSERT_NOT_NULL(test, host);
		nf_alg_host_discharge(&f->an, host, NF_ALG_CHARGE_BINDING);
	}
	KUNIT_EXPECT_NULL(test, charge(f, INSIDE, 0, 0, NF_ALG_CHARGE_BINDING,
				       &reason));
	KUNIT_EXPECT_EQ(test, (int)reason, (int)NF_ALG_REASON_LIMIT_DOOR_RATE);

	anchor->minute = jiffies - 60 * HZ;
	host = charge(f, INSIDE, 0, 0, NF_ALG_CHARGE_BINDING, &reason);
	KUNIT_EXPECT_NOT_NULL(test, host);
	nf_alg_host_discharge(&f->an, host, NF_ALG_CHARGE_BINDING);
	nf_alg_host_discharge(&f->an, anchor, NF_ALG_CHARGE_SESSION);
	KUNIT_EXPECT_EQ(test,
			atomic_read(&f->an.hosts.count[NF_ALG_CHARGE_BINDING]),
			0);
}

static struct kunit_case host_cases[] = { KUNIT_CASE(host_is_shared),
					  KUNIT_CASE(host_limit),
					  KUNIT_CASE(namespace_limit),
					  KUNIT_CASE(door_rate),
					  {} };

struct kunit_suite host_suite = {
	.name = "host",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = host_cases,
};
