/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_PRINTABLE_H
#define NF_ALG_PRINTABLE_H

#include <linux/types.h>

/**
 * nf_alg_printable() - show untrusted bytes to a person
 * @text: where to put them, terminated
 * @size: room there in bytes, at least 1; what does not fit is cut
 * @bytes: the bytes
 * @len: how many
 *
 * Bytes outside of printable ASCII become '?', so that nothing a packet carries
 * reaches a terminal as a control sequence.
 */
static inline void nf_alg_printable(char *text, size_t size, const u8 *bytes,
				    size_t len)
{
	size_t i;

	if (len > size - 1)
		len = size - 1;
	for (i = 0; i < len; i++)
		text[i] = bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : '?';
	text[len] = '\0';
}

#endif /* NF_ALG_PRINTABLE_H */
