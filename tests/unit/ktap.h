/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_TEST_KTAP_H
#define NF_ALG_TEST_KTAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* One result after the other; ktap_end() is the program's exit status */
static int ktap_count, ktap_failed;

static inline bool __attribute__((format(printf, 2, 3)))
ktap_ok(bool good, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("%s %d - ", good ? "ok" : "not ok", ++ktap_count);
	vprintf(format, args);
	printf("\n");
	va_end(args);
	ktap_failed += !good;
	return good;
}

static inline int ktap_end(void)
{
	printf("1..%d\n", ktap_count);
	return ktap_failed ? 1 : 0;
}

#endif
