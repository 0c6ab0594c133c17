// SPDX-License-Identifier: GPL-2.0
/*
 * Which public ports there are, and for whom
 */
#include <linux/bitmap.h>
#include "fixture.h"

/* A second inside host wants the ports of the first one */
static void placed(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *a = fixture_call(f, NF_ALG_CALL, "a"), *b;
	struct nf_alg_bind want = {
		.inside = fixture_ipv4(INSIDE2, 16384),
		.l4proto = IPPROTO_UDP,
		.count = 2,
		.flags = NF_ALG_BIND_EVEN,
	};
	struct nf_alg_endpoint public;
	int i;

	KUNIT_EXPECT_EQ(test, fixture_bind(f, a, 16385, 1, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);

	f->session.side[0].own = fixture_ipv4(INSIDE2, 5060);
	f->session.side[0].seen = fixture_ipv4(PUBLIC, 1024);
	b = fixture_call(f, NF_ALG_CALL, "b");
	for (i = 0; i < 200; i++) {
		want.inside.port = htons(16384 + i % 2);
		KUNIT_ASSERT_EQ(test, nf_alg_bind(&f->msg, b, &want, &public),
				0);
		KUNIT_EXPECT_EQ(test, ntohs(public.port) & 1, i % 2);
		KUNIT_EXPECT_GE(test, ntohs(public.port), 16384);
		KUNIT_EXPECT_LE(test, ntohs(public.port) + 1, 32767);
		nf_alg_bind_undo(&f->msg);
	}

	/* Its own mapping is best for the flow's own endpoint */
	want.inside.port = htons(5060);
	want.count = 1;
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, b, &want, &public), 0);
	KUNIT_EXPECT_EQ(test, ntohs(public.port), 1024);
	want.prefer = htons(2222);
	want.inside.port = htons(5070);
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, b, &want, &public), 0);
	KUNIT_EXPECT_EQ(test, ntohs(public.port), 2222);
	/* Others' own ports count for nothing outside of the range */
	want.prefer = 0;
	want.inside.port = htons(4000);
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, b, &want, &public), 0);
	KUNIT_EXPECT_GE(test, ntohs(public.port), 16384);
	KUNIT_EXPECT_LE(test, ntohs(public.port), 32767);
	/* Nobody gets a port of the router's own services */
	want.prefer = htons(22);
	want.inside.port = htons(80);
	KUNIT_EXPECT_EQ(test, nf_alg_bind(&f->msg, b, &want, &public), 0);
	KUNIT_EXPECT_GE(test, ntohs(public.port), 16384);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_put(a);
	nf_alg_call_put(b);
}

static void exhausted(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k");
	struct nf_alg_endpoint public;
	int i;

	f->an.option[NF_ALG_OPTION_MEDIA_PORT_LOW] = 20000;
	f->an.option[NF_ALG_OPTION_MEDIA_PORT_HIGH] = 20021;
	/* Ports outside of the range never keep their number */
	for (i = 0; i < 11; i++)
		KUNIT_EXPECT_EQ(test,
				fixture_bind(f, call, 500 + 2 * i, 2,
					     NF_ALG_BIND_EVEN |
						     NF_ALG_BIND_FIRM,
					     &public),
				0);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.count), 22);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 600, 1, 0, &public),
			-NF_ALG_REASON_NO_PUBLIC_PORT);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 600, 2, 0, &public),
			-NF_ALG_REASON_NO_PUBLIC_PORT);
	/* What exists is found nevertheless */
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 502, 2, 0, &public), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.count), 22);
	nf_alg_bind_keep(&f->msg);

	f->an.option[NF_ALG_OPTION_MEDIA_PORT_HIGH] = 20000;
	KUNIT_EXPECT_EQ(
		test, fixture_bind(f, call, 601, 2, NF_ALG_BIND_EVEN, &public),
		-NF_ALG_REASON_NO_PUBLIC_PORT);
	nf_alg_call_put(call);
}

/* Until somebody accepts, a host has a quarter of them at most */
static void offered(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *a = fixture_call(f, NF_ALG_CALL, "a");
	struct nf_alg_call *b = fixture_call(f, NF_ALG_CALL, "b");
	struct nf_alg_endpoint public;
	int i;

	f->an.option[NF_ALG_OPTION_MEDIA_PORT_LOW] = 20000;
	f->an.option[NF_ALG_OPTION_MEDIA_PORT_HIGH] = 20039;
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test,
				fixture_bind(f, a, 4000 + 2 * i, 2,
					     NF_ALG_BIND_EVEN, &public),
				0);
	nf_alg_bind_keep(&f->msg);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, b, 5000, 1, 0, &public),
			-NF_ALG_REASON_LIMIT_BINDINGS);
	/* All or nothing */
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.count), 10);

	/* Accepted: there is room for as many again */
	nf_alg_call_commit(a);
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test,
				fixture_bind(f, b, 5000 + 2 * i, 2,
					     NF_ALG_BIND_EVEN, &public),
				0);
	nf_alg_bind_keep(&f->msg);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, a, 6000, 1, 0, &public),
			-NF_ALG_REASON_LIMIT_BINDINGS);
	/* Refused: likewise */
	nf_alg_call_rollback(b);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, a, 6000, 1, 0, &public), 0);
	nf_alg_bind_undo(&f->msg);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, a, 6000, 1, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_put(a);
	nf_alg_call_put(b);
}

/* Media is led to no service, no door and no port that others listen on */
static void denied(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k");
	struct nf_alg_call *door = fixture_call(f, NF_ALG_REGISTRATION, "d");
	unsigned long *ports = bitmap_zalloc(1 << 16, GFP_KERNEL);
	struct nf_alg_endpoint public;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, ports);
	f->an.services.udp_ports = ports;
	f->an.option[NF_ALG_OPTION_MEDIA_PORT_LOW] = 11208;
	f->an.option[NF_ALG_OPTION_MEDIA_PORT_HIGH] = 11217;
	set_bit(11214, ports);
	KUNIT_EXPECT_FALSE(test, nf_alg_port_media(&f->an, IPPROTO_UDP, 11211));
	KUNIT_EXPECT_FALSE(test, nf_alg_port_media(&f->an, IPPROTO_UDP, 11214));
	KUNIT_EXPECT_FALSE(test, nf_alg_port_media(&f->an, IPPROTO_UDP, 1023));
	KUNIT_EXPECT_TRUE(test, nf_alg_port_media(&f->an, IPPROTO_UDP, 11213));
	KUNIT_EXPECT_TRUE(test, nf_alg_port_media(&f->an, IPPROTO_UDP, 9100));
	KUNIT_EXPECT_FALSE(test, nf_alg_port_media(&f->an, IPPROTO_TCP, 9100));

	/* The pairs at 11210 and 11214 are none */
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test,
				fixture_bind(f, call, 11210 + 2 * i, 2,
					     NF_ALG_BIND_EVEN |
						     NF_ALG_BIND_FIRM,
					     &public),
				0);
		KUNIT_EXPECT_NE(test, ntohs(public.port), 11210);
		KUNIT_EXPECT_NE(test, ntohs(public.port), 11214);
	}
	KUNIT_EXPECT_EQ(test,
			fixture_bind(f, call, 11216, 2,
				     NF_ALG_BIND_EVEN | NF_ALG_BIND_FIRM,
				     &public),
			-NF_ALG_REASON_NO_PUBLIC_PORT);
	f->an.services.udp_ports = NULL;
	bitmap_free(ports);

	/* Where signalling comes in */
	f->an.option[NF_ALG_OPTION_MEDIA_PORT_HIGH] = 30000;
	KUNIT_EXPECT_EQ(test,
			fixture_bind(f, door, 20000, 1,
				     NF_ALG_BIND_DOOR | NF_ALG_BIND_FIRM,
				     &public),
			0);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 20000, 2, 0, &public),
			-NF_ALG_REASON_DOOR_PORT_DENIED);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_put(call);
	nf_alg_call_put(door);
}

static struct kunit_case port_cases[] = { KUNIT_CASE(placed),
					  KUNIT_CASE(exhausted),
					  KUNIT_CASE(offered),
					  KUNIT_CASE(denied),
					  {} };

struct kunit_suite port_suite = {
	.name = "port",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = port_cases,
};
