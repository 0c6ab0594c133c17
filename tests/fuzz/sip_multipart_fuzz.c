// SPDX-License-Identifier: GPL-2.0
/*
 * Bodies of several parts: the first line of the input is the boundary.
 *
 * sources: nf_conntrack_helpers/sip/address.c nf_conntrack_helpers/sip/header.c
 * sources: nf_conntrack_helpers/sip/start_line.c nf_conntrack_helpers/sip/multipart.c
 */
#include <stdint.h>
#include <stdlib.h>
#include "engine_kernel.h"
#include "multipart.h"

static void within(const struct nf_alg_span *span, size_t size)
{
	if (span->off > size || span->len > size - span->off)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nf_alg_span boundary = {};
	struct nf_alg_cursor c;
	struct sip_part part;
	u32 last;

	nf_alg_cursor_init(&c, data, size);
	while (boundary.len < size && data[boundary.len] != '\n')
		boundary.len++;
	c.pos = boundary.len;
	if (!sip_multipart_begin(&c, &boundary))
		return 0;
	last = c.pos;
	while (sip_multipart_next(&c, &boundary, &part) > 0) {
		within(&part.type, size);
		within(&part.encoding, size);
		within(&part.transfer, size);
		within(&part.length, size);
		within(&part.body, size);
		/* Each part lies behind the one before */
		if (part.body.off < last || c.pos <= last)
			abort();
		last = c.pos;
	}
	return 0;
}
