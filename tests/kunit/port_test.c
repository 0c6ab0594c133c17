// SPDX-License-Identifier: GPL-2.0
/*
 * Which public ports there are, and for whom
 */
#include <linux/bitmap.h>
#include "fixture.h"
#include "flow.h"

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

/* The fixture's message comes from this inside host now, and is of its call "k" */
static struct nf_alg_call *of_host(struct fixture *f, int host)
{
	f->session.side[0].own = fixture_ipv4(INSIDE + host, 5060);
	return fixture_call(f, NF_ALG_CALL, "k");
}

static int bind_of_host(struct fixture *f, int host, u16 port, u8 count,
			struct nf_alg_endpoint *public)
{
	struct nf_alg_call *call = of_host(f, host);
	struct nf_alg_bind want = {
		.inside = fixture_ipv4(INSIDE + host, port),
		.l4proto = IPPROTO_UDP,
		.count = count,
		.flags = count == 2 ? NF_ALG_BIND_EVEN : 0,
	};
	int err = nf_alg_bind(&f->msg, call, &want, public);

	nf_alg_bind_keep(&f->msg);
	nf_alg_call_put(call);
	return err;
}

static void exhausted(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_endpoint public;
	int i;

	f->an.option[NF_ALG_OPTION_MEDIA_PORT_LOW] = 20000;
	f->an.option[NF_ALG_OPTION_MEDIA_PORT_HIGH] = 20021;
	/* Ports outside of the range never keep their number */
	for (i = 0; i < 11; i++)
		KUNIT_EXPECT_EQ(test,
				bind_of_host(f, i, 500 + 2 * i, 2, &public), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.count), 22);
	KUNIT_EXPECT_EQ(test, bind_of_host(f, 11, 600, 1, &public),
			-NF_ALG_REASON_NO_PUBLIC_PORT);
	KUNIT_EXPECT_EQ(test, bind_of_host(f, 11, 600, 2, &public),
			-NF_ALG_REASON_NO_PUBLIC_PORT);
	/* What exists is found nevertheless */
	KUNIT_EXPECT_EQ(test, bind_of_host(f, 1, 502, 2, &public), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.count), 22);

	f->an.option[NF_ALG_OPTION_MEDIA_PORT_HIGH] = 20000;
	KUNIT_EXPECT_EQ(test, bind_of_host(f, 11, 601, 2, &public),
			-NF_ALG_REASON_NO_PUBLIC_PORT);
}

/* A host has a quarter of them, and of the last eighth what few have */
static void shared(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_endpoint public;
	int host, i, got[9] = {};
	struct nf_alg_call *call;

	f->an.option[NF_ALG_OPTION_MEDIA_PORT_LOW] = 20000;
	f->an.option[NF_ALG_OPTION_MEDIA_PORT_HIGH] = 20255;
	for (host = 0; host < ARRAY_SIZE(got); host++) {
		for (i = 0; i < 100; i++)
			if (!bind_of_host(f, host, 4000 + 2 * i, 2, &public))
				got[host] += 2;
	}
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, got[i], 64);
	/* 7/8 of 256 are given away */
	KUNIT_EXPECT_EQ(test, got[3], 32);
	for (i = 4; i < ARRAY_SIZE(got); i++)
		KUNIT_EXPECT_EQ(test, got[i], 4);
	KUNIT_EXPECT_EQ(test, bind_of_host(f, 0, 6000, 1, &public),
			-NF_ALG_REASON_LIMIT_PORTS);

	/* What is given back can be had again */
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.hosts.ports), 244);
	call = of_host(f, 0);
	nf_alg_call_rollback(call);
	nf_alg_call_put(call);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.hosts.ports), 180);
	KUNIT_EXPECT_EQ(test, bind_of_host(f, 8, 6000, 1, &public), 0);
}

/* A host with all its ports gets those of its calls that are over */
static void ceded(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_endpoint public;
	struct nf_alg_call *call[6];
	char key[4];
	int i;

	f->an.option[NF_ALG_OPTION_MEDIA_PORT_LOW] = 20000;
	f->an.option[NF_ALG_OPTION_MEDIA_PORT_HIGH] = 20031;
	for (i = 0; i < ARRAY_SIZE(call); i++) {
		snprintf(key, sizeof(key), "%d", i);
		call[i] = fixture_call(f, NF_ALG_CALL, key);
		KUNIT_EXPECT_EQ(test,
				fixture_bind(f, call[i], 4000 + 2 * i, 2,
					     NF_ALG_BIND_EVEN |
						     NF_ALG_BIND_FIRM,
					     &public),
				i < 4 ? 0 : -NF_ALG_REASON_LIMIT_PORTS);
	}
	KUNIT_EXPECT_EQ(test,
			fixture_bind(f, call[1], 5060, 1,
				     NF_ALG_BIND_DOOR | NF_ALG_BIND_FIRM,
				     &public),
			0);
	nf_alg_bind_keep(&f->msg);

	/* The first one begins anew, the second one is over */
	nf_alg_call_end(call[0]);
	nf_alg_call_end(call[1]);
	KUNIT_EXPECT_TRUE(test, nf_alg_call_resume(call[0], &f->session));
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call[4], 5000, 2, 0, &public), 0);
	KUNIT_EXPECT_EQ(test, call[0]->grip_count, 2);
	KUNIT_EXPECT_EQ(test, call[1]->grip_count, 1);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call[5], 5002, 2, 0, &public),
			-NF_ALG_REASON_LIMIT_PORTS);

	/* What a message has half of does not go for the other half */
	nf_alg_call_end(call[3]);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call[5], 4006, 3, 0, &public),
			-NF_ALG_REASON_LIMIT_PORTS);
	KUNIT_EXPECT_EQ(test, call[3]->grip_count, 0);
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call[5], 4006, 2, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);

	/* One that is gone gives nothing */
	nf_alg_call_end(call[2]);
	nf_alg_calls_flush_protocol(&f->an, NULL);
	KUNIT_EXPECT_TRUE(test, list_empty(&call[2]->lingering));
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.hosts.ports), 0);
	for (i = 0; i < ARRAY_SIZE(call); i++)
		nf_alg_call_put(call[i]);
}

/* A port that had flows goes to another host only when there is no other */
static void avoided(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_endpoint peer = fixture_ipv4(REMOTE, 7000);
	struct nf_alg_endpoint public;
	struct nf_alg_binding *b;
	struct nf_alg_call *call;
	u16 port[2] = {};
	char key[4];
	int i;

	f->an.option[NF_ALG_OPTION_MEDIA_PORT_LOW] = 20000;
	f->an.option[NF_ALG_OPTION_MEDIA_PORT_HIGH] = 20003;
	for (i = 0; i < 4; i++) {
		snprintf(key, sizeof(key), "%d", i);
		call = fixture_call(f, NF_ALG_CALL, key);
		KUNIT_EXPECT_EQ(test,
				fixture_bind(f, call, 4000, 2,
					     NF_ALG_BIND_EVEN |
						     NF_ALG_BIND_FIRM,
					     &public),
				0);
		/* The same two in turns, though one place is the first to be
		 * looked at; when both are used it is that one
		 */
		if (i < 2)
			port[i] = ntohs(public.port);
		else
			KUNIT_EXPECT_EQ(test, ntohs(public.port), port[0]);
		rcu_read_lock();
		b = nf_alg_binding_by_public(&f->an, IPPROTO_UDP, 0, &public);
		if (b)
			nf_alg_flow_note(b, &peer);
		rcu_read_unlock();
		KUNIT_EXPECT_NOT_NULL(test, b);
		nf_alg_bind_keep(&f->msg);
		nf_alg_calls_flush_protocol(&f->an, NULL);
		nf_alg_call_put(call);
		if (i == 2)
			f->an.bindings.turned = jiffies - 300 * HZ;
	}
	KUNIT_EXPECT_NE(test, port[0], port[1]);
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
		KUNIT_EXPECT_EQ(
			test, bind_of_host(f, i, 11210 + 2 * i, 2, &public), 0);
		KUNIT_EXPECT_NE(test, ntohs(public.port), 11210);
		KUNIT_EXPECT_NE(test, ntohs(public.port), 11214);
	}
	KUNIT_EXPECT_EQ(test, bind_of_host(f, 3, 11216, 2, &public),
			-NF_ALG_REASON_NO_PUBLIC_PORT);
	f->session.side[0].own = fixture_ipv4(INSIDE, 5060);
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
					  KUNIT_CASE(shared),
					  KUNIT_CASE(ceded),
					  KUNIT_CASE(avoided),
					  KUNIT_CASE(denied),
					  {} };

struct kunit_suite port_suite = {
	.name = "port",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = port_cases,
};
