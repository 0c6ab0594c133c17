// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the KUnit suites of the engine on demand, when its init has made the
 * caches that the tests need.
 *
 *	echo 1 >/sys/module/nf_nat_alg/parameters/kunit
 */
#include <kunit/test.h>
#include <linux/moduleparam.h>

#define SUITE(name) extern struct kunit_suite name##_suite;
SUITES
#undef SUITE

#define SUITE(name) &name##_suite,
static struct kunit_suite *const suites[] = { SUITES };
#undef SUITE

static int run_suites(const char *value, const struct kernel_param *parameter)
{
	return __kunit_test_suites_init((struct kunit_suite *const *)suites,
					ARRAY_SIZE(suites), true);
}

static const struct kernel_param_ops run_ops = { .set = run_suites };
module_param_cb(kunit, &run_ops, NULL, 0200);
