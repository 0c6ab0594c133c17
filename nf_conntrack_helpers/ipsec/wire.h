/* SPDX-License-Identifier: GPL-2.0 */
#ifndef IPSEC_WIRE_H
#define IPSEC_WIRE_H

#include "cursor.h"

/**
 * ipsec_wire_u32() - read four bytes in network order
 * @c: cursor
 * @value: where they are put, in host order
 *
 * Return: true, or false with the position unchanged if fewer are left.
 */
static inline bool ipsec_wire_u32(struct nf_alg_cursor *c, u32 *value)
{
	const u8 *p = nf_alg_cursor_here(c, 4);

	if (!p)
		return false;
	*value = (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
	return nf_alg_cursor_skip(c, 4);
}

#endif /* IPSEC_WIRE_H */
