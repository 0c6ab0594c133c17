/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_TEST_LINUX_BITOPS_H
#define NF_ALG_TEST_LINUX_BITOPS_H

#include <linux/types.h>

static inline unsigned long __ffs64(u64 word)
{
	return __builtin_ctzll(word);
}

/* The highest bit that is set, counted from 1; 0: none */
static inline int fls(unsigned int word)
{
	return word ? 32 - __builtin_clz(word) : 0;
}

static inline unsigned int rol32(unsigned int word, unsigned int shift)
{
	return word << (shift & 31) | word >> (-shift & 31);
}

#endif
