// SPDX-License-Identifier: GPL-2.0
/*
 * Calls and registrations
 */
#include "fixture.h"

static struct nf_alg_call *find(struct fixture *f, enum nf_alg_call_kind kind,
				const char *key)
{
	return nf_alg_call_find(&f->msg, kind, &f->msg.from->own, key,
				strlen(key));
}

static bool exists(struct fixture *f, const char *key)
{
	struct nf_alg_call *call = find(f, NF_ALG_CALL, key);

	if (call)
		nf_alg_call_put(call);
	return call;
}

static void taken_and_found(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call, *same, *registration, *host, *zone;
	struct nf_alg_endpoint port = f->msg.from->own;
	struct nf_alg_endpoint other = fixture_ipv4(INSIDE2, 5060);
	u32 *priv;

	KUNIT_EXPECT_NULL(test, find(f, NF_ALG_CALL, "a@b"));
	call = fixture_call(f, NF_ALG_CALL, "a@b");
	KUNIT_ASSERT_FALSE(test, IS_ERR(call));
	priv = nf_alg_call_lock(call);
	KUNIT_EXPECT_EQ(test, priv[0] | priv[1] | priv[2], 0u);
	memset(priv, 0xff, f->protocol.call_size);
	nf_alg_call_unlock(call);

	same = find(f, NF_ALG_CALL, "a@b");
	KUNIT_EXPECT_PTR_EQ(test, call, same);
	nf_alg_call_put(same);
	port.port = 0;
	same = nf_alg_call_take(&f->msg, NF_ALG_CALL, &port, "a@b", 3);
	KUNIT_EXPECT_PTR_EQ(test, call, same);
	nf_alg_call_put(same);

	KUNIT_EXPECT_NULL(test, find(f, NF_ALG_CALL, "a@c"));
	KUNIT_EXPECT_NULL(test, find(f, NF_ALG_CALL, "a@"));
	KUNIT_EXPECT_NULL(test, find(f, NF_ALG_CALL, "a@bc"));
	KUNIT_EXPECT_NULL(test, find(f, NF_ALG_REGISTRATION, "a@b"));
	registration = fixture_call(f, NF_ALG_REGISTRATION, "a@b");
	host = nf_alg_call_take(&f->msg, NF_ALG_CALL, &other, "a@b", 3);
	f->session.zone = 3;
	zone = fixture_call(f, NF_ALG_CALL, "a@b");
	KUNIT_EXPECT_PTR_NE(test, call, registration);
	KUNIT_EXPECT_PTR_NE(test, call, host);
	KUNIT_EXPECT_PTR_NE(test, call, zone);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.calls.count), 4);
	nf_alg_call_put(zone);
	nf_alg_call_put(host);
	nf_alg_call_put(registration);
	nf_alg_call_put(call);
}

static void long_keys(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *a, *b, *same;
	u8 key[600];

	memset(key, 'x', sizeof(key));
	a = nf_alg_call_take(&f->msg, NF_ALG_CALL, &f->msg.from->own, key, 600);
	KUNIT_ASSERT_FALSE(test, IS_ERR(a));
	KUNIT_EXPECT_EQ(test, nf_alg_call_key_size(&a->key),
			(u32)NF_ALG_CALL_DIGEST);
	KUNIT_EXPECT_NULL(test, nf_alg_call_find(&f->msg, NF_ALG_CALL,
						 &f->msg.from->own, key, 599));
	same = nf_alg_call_find(&f->msg, NF_ALG_CALL, &f->msg.from->own, key,
				600);
	KUNIT_EXPECT_PTR_EQ(test, a, same);
	nf_alg_call_put(same);
	key[599] = 'y';
	b = nf_alg_call_take(&f->msg, NF_ALG_CALL, &f->msg.from->own, key, 600);
	KUNIT_EXPECT_PTR_NE(test, a, b);
	nf_alg_call_put(b);
	nf_alg_call_put(a);

	a = nf_alg_call_take(&f->msg, NF_ALG_CALL, &f->msg.from->own, key, 255);
	KUNIT_EXPECT_EQ(test, nf_alg_call_key_size(&a->key), 255u);
	b = nf_alg_call_take(&f->msg, NF_ALG_CALL, &f->msg.from->own, key, 0);
	KUNIT_EXPECT_EQ(test, nf_alg_call_key_size(&b->key), 0u);
	nf_alg_call_put(b);
	nf_alg_call_put(a);
}

static void ends_after_linger(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_endpoint public;
	struct nf_alg_call *call;

	f->an.option[NF_ALG_OPTION_LINGER_TIME] = 1;
	call = fixture_call(f, NF_ALG_CALL, "k");
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 16384, 2, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_commit(call);
	KUNIT_EXPECT_EQ(test, (int)call->state, (int)NF_ALG_CALL_LIVE);
	nf_alg_call_end(call);
	nf_alg_call_end(call);
	nf_alg_call_put(call);
	msleep(300);
	KUNIT_EXPECT_TRUE(test, exists(f, "k"));
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.count), 2);
	KUNIT_EXPECT_TRUE(test, fixture_wait(!exists(f, "k")));
	KUNIT_EXPECT_TRUE(test,
			  fixture_wait(!atomic_read(&f->an.bindings.count)));
	KUNIT_EXPECT_TRUE(test, fixture_wait(atomic_read(&f->ended) == 1));
}

static void held_by_a_user(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_endpoint public;
	struct nf_alg_call *call;

	call = fixture_call(f, NF_ALG_CALL, "k");
	nf_alg_call_end(call);
	KUNIT_EXPECT_TRUE(test, fixture_wait(!exists(f, "k")));
	KUNIT_EXPECT_EQ(test, atomic_read(&f->ended), 0);
	/* It is dead: nothing can be bound for it any more */
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 16384, 1, 0, &public),
			-NF_ALG_REASON_MAPPING_LOST);
	nf_alg_call_commit(call);
	nf_alg_call_rollback(call);
	nf_alg_call_extend(call, 10);
	nf_alg_call_end(call);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.calls.count), 0);
	nf_alg_call_put(call);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->ended), 1);
}

static void begins_anew(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call, *again;

	f->an.option[NF_ALG_OPTION_LINGER_TIME] = 1;
	call = fixture_call(f, NF_ALG_CALL, "k");
	nf_alg_call_end(call);
	/* Looking at it does not wake it up, taking it does */
	again = find(f, NF_ALG_CALL, "k");
	KUNIT_EXPECT_PTR_EQ(test, call, again);
	KUNIT_EXPECT_EQ(test, (int)call->state, (int)NF_ALG_CALL_ENDED);
	nf_alg_call_put(again);
	again = fixture_call(f, NF_ALG_CALL, "k");
	KUNIT_EXPECT_PTR_EQ(test, call, again);
	KUNIT_EXPECT_EQ(test, (int)call->state, (int)NF_ALG_CALL_SETUP);
	nf_alg_call_put(again);
	msleep(1300);
	KUNIT_EXPECT_TRUE(test, exists(f, "k"));
	nf_alg_call_put(call);
}

static void times_out(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *setup, *registration, *forever;

	f->an.option[NF_ALG_OPTION_CALL_SETUP_TIME] = 1;
	setup = fixture_call(f, NF_ALG_CALL, "never answered");
	registration = fixture_call(f, NF_ALG_REGISTRATION, "registration");
	nf_alg_call_commit(registration);
	nf_alg_call_extend(registration, 3600);
	forever = fixture_call(f, NF_ALG_REGISTRATION, "for ever");
	nf_alg_call_extend(forever, U32_MAX);
	KUNIT_EXPECT_TRUE(test, time_after(forever->deadline,
					   jiffies + 24 * 3600 * HZ));
	nf_alg_call_put(setup);
	KUNIT_EXPECT_TRUE(test, fixture_wait(!exists(f, "never answered")));
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.calls.count), 2);

	/* A shorter life counts as well */
	nf_alg_call_extend(registration, 0);
	KUNIT_EXPECT_TRUE(test,
			  fixture_wait(atomic_read(&f->an.calls.count) == 1));
	nf_alg_call_put(registration);
	nf_alg_call_put(forever);
}

/* The address by which its host was known is no more */
static void address_lost(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_endpoint lost = fixture_ipv4(PUBLIC, 0);
	struct nf_alg_endpoint other = fixture_ipv4(REMOTE, 0);
	struct nf_alg_endpoint public;
	struct nf_alg_call *call;

	call = fixture_call(f, NF_ALG_CALL, "old");
	KUNIT_EXPECT_EQ(test, fixture_bind(f, call, 16384, 2, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_put(call);
	call = fixture_call(f, NF_ALG_REGISTRATION, "old");
	nf_alg_call_put(call);
	/* The far end's own address is nobody's public one */
	nf_alg_calls_flush_public(&f->an, &other);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.calls.count), 2);
	f->session.side[0].seen = fixture_ipv4(PUBLIC + 1, 40000);
	call = fixture_call(f, NF_ALG_CALL, "new");
	nf_alg_call_put(call);
	nf_alg_calls_flush_public(&f->an, &lost);
	KUNIT_EXPECT_FALSE(test, exists(f, "old"));
	KUNIT_EXPECT_TRUE(test, exists(f, "new"));
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.calls.count), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.count), 0);
}

static void abandoned(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_endpoint public;
	struct nf_alg_call *lost, *wanted, *said;

	f->an.option[NF_ALG_OPTION_LINGER_TIME] = 1;
	lost = fixture_call(f, NF_ALG_CALL, "lost");
	wanted = fixture_call(f, NF_ALG_CALL, "wanted");
	said = fixture_call(f, NF_ALG_CALL, "said");
	KUNIT_EXPECT_EQ(test, fixture_bind(f, lost, 16384, 2, 0, &public), 0);
	nf_alg_bind_keep(&f->msg);
	nf_alg_call_commit(lost);
	nf_alg_call_abandon(lost);
	nf_alg_call_abandon(wanted);
	nf_alg_call_abandon(said);
	KUNIT_EXPECT_FALSE(test, nf_alg_call_flows(lost));
	/* Somebody who speaks of it again takes it over, as does extending it */
	nf_alg_call_put(fixture_call(f, NF_ALG_CALL, "wanted"));
	nf_alg_call_extend(wanted, 3600);
	nf_alg_call_extend(said, 3600);
	KUNIT_EXPECT_FALSE(test, wanted->abandoned || said->abandoned);
	msleep(300);
	KUNIT_EXPECT_TRUE(test, exists(f, "lost"));
	KUNIT_EXPECT_TRUE(test, fixture_wait(!exists(f, "lost")));
	KUNIT_EXPECT_TRUE(test,
			  fixture_wait(!atomic_read(&f->an.bindings.count)));
	KUNIT_EXPECT_TRUE(test, exists(f, "wanted"));
	KUNIT_EXPECT_TRUE(test, exists(f, "said"));

	/* What has ended, or is dead, stays so */
	nf_alg_call_end(said);
	nf_alg_call_abandon(said);
	KUNIT_EXPECT_EQ(test, (int)said->state, (int)NF_ALG_CALL_ENDED);
	nf_alg_call_abandon(lost);
	KUNIT_EXPECT_EQ(test, (int)lost->state, (int)NF_ALG_CALL_DEAD);
	nf_alg_call_put(lost);
	nf_alg_call_put(wanted);
	nf_alg_call_put(said);
}

static void described(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *call = fixture_call(f, NF_ALG_CALL, "k");
	char text[100];

	memset(text, 'a', sizeof(text));
	nf_alg_call_describe(call, "ringing", "sip:\x01\xff\"bob\"\n", 12);
	KUNIT_EXPECT_STREQ(test, call->state_text, "ringing");
	KUNIT_EXPECT_STREQ(test, call->text, "sip:??\"bob\"?");
	nf_alg_call_describe(call, "a state with a long name", text, 100);
	KUNIT_EXPECT_EQ(test, strlen(call->state_text),
			(size_t)NF_ALG_CALL_STATE_MAX - 1);
	KUNIT_EXPECT_EQ(test, strlen(call->text),
			(size_t)NF_ALG_CALL_TEXT_MAX - 1);
	nf_alg_call_put(call);
}

static void limited(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_call *a, *b;

	f->an.option[NF_ALG_OPTION_CALLS_PER_HOST] = 1;
	a = fixture_call(f, NF_ALG_CALL, "a");
	KUNIT_ASSERT_FALSE(test, IS_ERR(a));
	b = fixture_call(f, NF_ALG_CALL, "b");
	KUNIT_EXPECT_EQ(test, PTR_ERR(b), -(long)NF_ALG_REASON_LIMIT_CALLS);
	b = fixture_call(f, NF_ALG_CALL, "a");
	KUNIT_EXPECT_PTR_EQ(test, a, b);
	nf_alg_call_put(b);
	nf_alg_call_put(a);
}

static void flushed_with_protocol(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nf_alg_protocol other = f->protocol;
	struct nf_alg_endpoint public;
	struct nf_alg_call *call;
	char key[16];
	int i;

	other.id = NF_ALG_PROTOCOL_SKINNY;
	other.call_end = NULL;
	for (i = 0; i < 100; i++) {
		f->session.protocol = i & 1 ? &other : &f->protocol;
		snprintf(key, sizeof(key), "%d", i);
		call = fixture_call(f, NF_ALG_CALL, key);
		KUNIT_ASSERT_FALSE(test, IS_ERR(call));
		KUNIT_EXPECT_EQ(test,
				fixture_bind(f, call, 20000 + i, 1, 0, &public),
				0);
		nf_alg_bind_keep(&f->msg);
		nf_alg_call_put(call);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.calls.count), 100);
	nf_alg_calls_flush_protocol(&f->an, &other);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.calls.count), 50);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.count), 50);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->ended), 0);
	nf_alg_calls_flush_protocol(&f->an, &f->protocol);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.calls.count), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->an.bindings.count), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->ended), 50);
	f->session.protocol = &f->protocol;
}

static struct kunit_case call_cases[] = { KUNIT_CASE(taken_and_found),
					  KUNIT_CASE(long_keys),
					  KUNIT_CASE(ends_after_linger),
					  KUNIT_CASE(held_by_a_user),
					  KUNIT_CASE(begins_anew),
					  KUNIT_CASE(times_out),
					  KUNIT_CASE(address_lost),
					  KUNIT_CASE(abandoned),
					  KUNIT_CASE(described),
					  KUNIT_CASE(limited),
					  KUNIT_CASE(flushed_with_protocol),
					  {} };

struct kunit_suite call_suite = {
	.name = "call",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = call_cases,
};
