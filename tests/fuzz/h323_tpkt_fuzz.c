// SPDX-License-Identifier: GPL-2.0
/*
 * TPKTs in a stream: all at once, byte by byte, both kinds. A length that was
 * said stays, what was refused stays refused, and no byte behind the message has
 * a say.
 *
 * sources: nf_conntrack_helpers/h323/tpkt.c
 */
#include <stdint.h>
#include <stdlib.h>
#include "engine_kernel.h"
#include "h323/tpkt.h"

typedef int (*frame_fn)(const u8 *data, u32 len, struct nf_alg_frame *frame);

static int frame(frame_fn fn, const u8 *data, u32 len,
		 struct nf_alg_frame *state)
{
	u8 *copy = malloc(len ? len : 1);
	int result;

	memcpy(copy, data, len);
	result = fn(copy, len, state);
	free(copy);
	return result;
}

static void check(frame_fn fn, const u8 *data, u32 size)
{
	struct nf_alg_frame whole = {}, bytes = {};
	int result = frame(fn, data, size, &whole);

	if (result > (int)size || result < -NF_ALG_REASON_FRAMING ||
	    (result > 0 && (u32)result != whole.head + whole.body) ||
	    (result > 0 && whole.idle != (result == H323_TPKT_HEADER)))
		abort();
	for (u32 len = 0; len <= size; len++) {
		int now;

		/* Between the header and the end each byte is like the other */
		if (len > 2 * H323_TPKT_HEADER && (int)len + 2 < result)
			continue;
		now = frame(fn, data, len, &bytes);
		if (now > 0 || now < 0) {
			if (now != result)
				abort();
			return;
		}
	}
	if (result != NF_ALG_FRAME_MORE)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	if (size > 128)
		size = 128;
	check(h323_tpkt_signalling, input, size);
	check(h323_tpkt_control, input, size);
	return 0;
}
