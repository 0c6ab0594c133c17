// SPDX-License-Identifier: GPL-2.0
/*
 * Session descriptions.
 *
 * sources: nf_conntrack_helpers/sip/address.c nf_conntrack_helpers/sip/header.c
 * sources: nf_conntrack_helpers/sip/start_line.c nf_conntrack_helpers/sip/sdp.c
 */
#include <stdint.h>
#include <stdlib.h>
#include "engine_kernel.h"
#include "sdp.h"

static void within(const struct nf_alg_span *span, size_t size)
{
	if (span->off > size || span->len > size - span->off)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sip_sdp_session session;
	struct sip_sdp_media media;
	struct nf_alg_cursor c;
	u32 last = 0;

	nf_alg_cursor_init(&c, data, size);
	if (!sip_sdp_session(&c, &session))
		return 0;
	within(&session.origin, size);
	within(&session.connection, size);
	while (sip_sdp_media(&c, &media) > 0) {
		within(&media.port_text, size);
		within(&media.connection, size);
		within(&media.rtcp_text, size);
		within(&media.rtcp_address, size);
		if (!media.port_text.len || media.insert > size ||
		    c.pos <= last)
			abort();
		last = c.pos;
	}
	return 0;
}
