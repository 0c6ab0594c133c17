/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two addresses and a number: what the tables of the packet path are hashed by
 */
#ifndef IPSEC_PAIR_H
#define IPSEC_PAIR_H

#include <linux/jhash.h>
#include <linux/netfilter.h>

/**
 * ipsec_pair_hash() - the hash of two addresses and a number
 * @a: address
 * @b: address
 * @family: NFPROTO_IPV4, whose words behind the first are 0, or NFPROTO_IPV6
 * @number: the number
 * @seed: secret of the table's
 *
 * Return: the hash.
 */
static inline u32 ipsec_pair_hash(const union nf_inet_addr *a,
				  const union nf_inet_addr *b, u8 family,
				  u32 number, u32 seed)
{
	if (unlikely(family == NFPROTO_IPV6))
		seed = jhash2(a->all + 1, 3, jhash2(b->all + 1, 3, seed));
	return jhash_3words(a->all[0], b->all[0], number, seed);
}

#endif /* IPSEC_PAIR_H */
