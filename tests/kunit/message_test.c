// SPDX-License-Identifier: GPL-2.0
/*
 * Edits of a message: refused where they clash, and the same bytes whether they
 * are made on the way to another place or where the message lies
 */
#include <linux/random.h>
#include "fixture.h"

#define TEXT_MAX 600

static int edit(struct fixture *f, u32 off, u32 old_len, const char *bytes)
{
	return nf_alg_edit(&f->msg, off, old_len, bytes, strlen(bytes));
}

static void begin(struct fixture *f, const u8 *text, u32 len)
{
	f->msg.data = text;
	f->msg.len = len;
	f->msg.growth = 0;
	f->msg.moves = false;
	f->msg.changes = 0;
	f->msg.text_len = 0;
}

/* Both ways of making the edits, against @want */
static void made(struct kunit *test, const char *want)
{
	struct fixture *f = test->priv;
	u32 len = f->msg.len + f->msg.growth;
	u8 *out = kunit_kzalloc(test, TEXT_MAX, GFP_KERNEL);
	u8 *place = kunit_kzalloc(test, TEXT_MAX, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, out);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, place);
	memcpy(place, f->msg.data, f->msg.len);
	nf_alg_message_write(&f->msg, out);
	nf_alg_message_apply(&f->msg, place);
	if (want)
		KUNIT_EXPECT_STREQ(test, (char *)out, want);
	KUNIT_EXPECT_EQ(test, memcmp(out, place, len), 0);
	kunit_kfree(test, out);
	kunit_kfree(test, place);
}

static void in_any_order(struct kunit *test)
{
	struct fixture *f = test->priv;

	begin(f, "one two three four", 18);
	KUNIT_EXPECT_EQ(test, edit(f, 8, 5, "3"), 0);
	KUNIT_EXPECT_EQ(test, edit(f, 0, 3, "the first"), 0);
	KUNIT_EXPECT_EQ(test, edit(f, 14, 4, "the last"), 0);
	KUNIT_EXPECT_EQ(test, edit(f, 7, 0, ","), 0);
	KUNIT_EXPECT_EQ(test, f->msg.growth, 7);
	made(test, "the first two, 3 the last");
}

static void nothing_moves(struct kunit *test)
{
	struct fixture *f = test->priv;

	begin(f, "one two three four", 18);
	KUNIT_EXPECT_EQ(test, edit(f, 14, 4, "FOUR"), 0);
	KUNIT_EXPECT_EQ(test, edit(f, 0, 3, "ONE"), 0);
	KUNIT_EXPECT_FALSE(test, f->msg.moves);
	made(test, "ONE two three FOUR");
	/* Longer and shorter by the same */
	begin(f, "one two three four", 18);
	KUNIT_EXPECT_EQ(test, edit(f, 0, 3, "1"), 0);
	KUNIT_EXPECT_EQ(test, edit(f, 14, 4, "the 4."), 0);
	KUNIT_EXPECT_EQ(test, f->msg.growth, 0);
	made(test, "1 two three the 4.");
}

static void no_overlap(struct kunit *test)
{
	struct fixture *f = test->priv;

	begin(f, "one two three four", 18);
	KUNIT_EXPECT_EQ(test, edit(f, 4, 3, "2"), 0);
	KUNIT_EXPECT_EQ(test, edit(f, 6, 3, "x"), -NF_ALG_REASON_MALFORMED);
	KUNIT_EXPECT_EQ(test, edit(f, 2, 3, "x"), -NF_ALG_REASON_MALFORMED);
	KUNIT_EXPECT_EQ(test, edit(f, 16, 3, "x"), -NF_ALG_REASON_MALFORMED);
	KUNIT_EXPECT_EQ(test, edit(f, 8, 5, "three"), 0);
	KUNIT_EXPECT_EQ(test, f->msg.changes, 1);
	made(test, "one 2 three four");
}

/* Edits of any length, at any distance, in any mixture */
static void in_place(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 *text = kunit_kzalloc(test, TEXT_MAX, GFP_KERNEL);
	u8 new[24];
	int round;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, text);
	for (round = 0; round < 2000; round++) {
		u32 off = 0, old_len;

		get_random_bytes(text, TEXT_MAX);
		get_random_bytes(new, sizeof(new));
		begin(f, text, 200);
		for (;;) {
			off += get_random_u32() % 24;
			old_len = get_random_u32() % 24;
			if (off + old_len > f->msg.len)
				break;
			if (nf_alg_edit(&f->msg, off, old_len, new,
					get_random_u32() % sizeof(new)))
				break;
			off += old_len + !old_len;
		}
		made(test, NULL);
	}
}

static struct kunit_case message_cases[] = { KUNIT_CASE(in_any_order),
					     KUNIT_CASE(nothing_moves),
					     KUNIT_CASE(no_overlap),
					     KUNIT_CASE(in_place),
					     {} };

struct kunit_suite message_suite = {
	.name = "message",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = message_cases,
};
