// SPDX-License-Identifier: GPL-2.0
/*
 * Framing: however the bytes arrive, the answer is the same, it lies within
 * them, and it is what the first word says.
 *
 * sources: nf_conntrack_helpers/sccp/frame.c
 */
#include <stdint.h>
#include <stdlib.h>
#include "engine_kernel.h"
#include "sccp/frame.h"

/* As the engine calls it: with a copy that ends where the bytes end */
static int feed(const uint8_t *data, u32 len, struct nf_alg_frame *frame)
{
	u8 *copy = malloc(len ?: 1);
	int result;

	memcpy(copy, data, len);
	result = sccp_frame(copy, len, frame);
	free(copy);
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u32 at = 0, messages = 0, step, len;

	if (!size)
		return 0;
	step = data[size - 1] % 13 + 1;
	while (at < size && messages++ < 64) {
		struct nf_alg_frame whole = {}, pieces = {};
		int all = feed(data + at, size - at, &whole);
		int some = NF_ALG_FRAME_MORE;

		if (all > (int)(size - at) ||
		    (all > 0 &&
		     ((u32)all != sccp_u32(data + at) + 8 ||
		      all < SCCP_HEADER || all > SCCP_LENGTH_MAX + 8 ||
		      whole.head + whole.body != (u32)all)))
			abort();
		for (len = step; some == NF_ALG_FRAME_MORE; len += step) {
			if (len > size - at)
				len = size - at;
			some = feed(data + at, len, &pieces);
			if (len == size - at)
				break;
		}
		if (some != all)
			abort();
		if (all <= 0)
			break;
		at += all;
	}
	return 0;
}
