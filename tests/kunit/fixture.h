/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A namespace state of its own, a session in it and a message of that session
 */
#ifndef NF_ALG_KUNIT_FIXTURE_H
#define NF_ALG_KUNIT_FIXTURE_H

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/in.h>
#include "binding.h"
#include "call.h"
#include "host.h"
#include "message.h"
#include "netns.h"
#include "port.h"
#include "session.h"

/**
 * struct fixture - what a test has
 * @an: namespace state of its own, on top of init_net
 * @session: 10.0.0.2:5060, seen as 192.0.2.1:40000, talks with 198.51.100.9:5060
 *	over UDP
 * @msg: a message the inside host sent
 * @protocol: spoken in the session
 * @ended: calls whose call_end() was called
 */
struct fixture {
	struct nf_alg_net an;
	struct nf_alg_session session;
	struct nf_alg_message msg;
	struct nf_alg_protocol protocol;
	atomic_t ended;
};

/* call_end() has only the call: the fixture is around its protocol */
static void fixture_call_end(struct nf_alg_call *call)
{
	struct fixture *f =
		container_of(call->protocol, struct fixture, protocol);

	atomic_inc(&f->ended);
}

static struct nf_alg_endpoint fixture_ipv4(u32 addr, u16 port)
{
	struct nf_alg_endpoint endpoint = {
		.addr.ip = htonl(addr),
		.port = htons(port),
		.family = NFPROTO_IPV4,
	};

	return endpoint;
}

#define INSIDE 0x0a000002 /* 10.0.0.2 */
#define INSIDE2 0x0a000003 /* 10.0.0.3 */
#define PUBLIC 0xc0000201 /* 192.0.2.1 */
#define REMOTE 0xc6336409 /* 198.51.100.9 */
#define REMOTE2 0xc633640a /* 198.51.100.10 */

static int __maybe_unused fixture_init(struct kunit *test)
{
	struct fixture *f;

	f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	test->priv = f;

	f->an.net = &init_net;
	nf_alg_options_init(&f->an);
	f->an.option[NF_ALG_OPTION_LINGER_TIME] = 0;
	KUNIT_ASSERT_EQ(test, nf_alg_reasons_init(&f->an), 0);
	KUNIT_ASSERT_EQ(test, nf_alg_hosts_init(&f->an), 0);
	KUNIT_ASSERT_EQ(test, nf_alg_bindings_init(&f->an), 0);
	KUNIT_ASSERT_EQ(test, nf_alg_calls_init(&f->an), 0);

	f->protocol.name = "sip";
	f->protocol.id = NF_ALG_PROTOCOL_SIP;
	f->protocol.call_size = 12;
	f->protocol.call_end = fixture_call_end;

	f->session.an = &f->an;
	f->session.protocol = &f->protocol;
	f->session.l4proto = IPPROTO_UDP;
	f->session.family = NFPROTO_IPV4;
	f->session.side[0].own = fixture_ipv4(INSIDE, 5060);
	f->session.side[0].seen = fixture_ipv4(PUBLIC, 40000);
	f->session.side[0].inside = true;
	f->session.side[1].own = fixture_ipv4(REMOTE, 5060);
	f->session.side[1].seen = f->session.side[1].own;

	f->msg.session = &f->session;
	f->msg.from = &f->session.side[0];
	f->msg.to = &f->session.side[1];
	INIT_LIST_HEAD(&f->msg.undo);
	return 0;
}

/* Proves that nothing is left */
static void __maybe_unused fixture_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_TRUE(test, list_empty(&f->msg.undo));
	nf_alg_calls_exit(&f->an);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.calls.count), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.count), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.hosts.table.nelems), 0);
	nf_alg_bindings_exit(&f->an);
	nf_alg_hosts_exit(&f->an);
	nf_alg_reasons_exit(&f->an);
	/* Freed memory is poisoned only now: late readers would show */
	rcu_barrier();
}

/* Take a call by a key that is a string */
static __maybe_unused struct nf_alg_call *
fixture_call(struct fixture *f, enum nf_alg_call_kind kind, const char *key)
{
	return nf_alg_call_take(&f->msg, kind, &f->msg.from->own, key,
				strlen(key));
}

/* Bind for the fixture's inside host, UDP, anyone may come in */
static int __maybe_unused fixture_bind(struct fixture *f,
				       struct nf_alg_call *call, u16 port,
				       u8 count, u16 flags,
				       struct nf_alg_endpoint *public)
{
	struct nf_alg_bind want = {
		.inside = fixture_ipv4(INSIDE, port),
		.l4proto = IPPROTO_UDP,
		.count = count,
		.flags = flags,
	};

	return nf_alg_bind(&f->msg, call, &want, public);
}

/* Wait until a condition holds, at most two seconds */
/* clang-format off */
#define fixture_wait(condition) ({ \
	int __left = 100; \
	\
	while (!(condition) && --__left) \
		msleep(20); \
	!!(condition); \
})
/* clang-format on */

#endif /* NF_ALG_KUNIT_FIXTURE_H */
