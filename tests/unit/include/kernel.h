/* SPDX-License-Identifier: GPL-2.0 */
/* What every kernel source may use without asking, for parsers in user space */
#ifndef NF_ALG_TEST_KERNEL_H
#define NF_ALG_TEST_KERNEL_H

#include <arpa/inet.h>
#include <errno.h>
#include <asm/byteorder.h>
#include <linux/types.h>
#include <linux/string.h>

/* The address sanitizer looks on */
#define CONFIG_KASAN 1
#define IS_ENABLED(option) (option)

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define le64_to_cpu(value) __le64_to_cpu(value)
#define BIT(number) (1UL << (number))
#define __uninitialized
#define noinline __attribute__((__noinline__))
#define fallthrough __attribute__((__fallthrough__))
#define unlikely(condition) __builtin_expect(!!(condition), 0)
#define likely(condition) __builtin_expect(!!(condition), 1)
#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define static_assert _Static_assert
#define EXPORT_SYMBOL_GPL(symbol)

#endif
