// SPDX-License-Identifier: GPL-2.0
/*
 * Start line, header fields and the values in them.
 *
 * sources: nf_conntrack_helpers/sip/address.c nf_conntrack_helpers/sip/header.c
 * sources: nf_conntrack_helpers/sip/start_line.c nf_conntrack_helpers/sip/uri.c
 * sources: nf_conntrack_helpers/sip/name_addr.c nf_conntrack_helpers/sip/via.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "engine_kernel.h"
#include "address.h"
#include "header.h"
#include "name_addr.h"
#include "via.h"

static void within(const struct nf_alg_span *span, size_t size)
{
	if (span->len && (span->off > size || span->len > size - span->off))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nf_alg_cursor c, value, text;
	struct sip_name_addr name_addr;
	struct sip_head head;
	struct sip_uri uri;
	struct sip_via via;
	struct sip_start_line line;
	bool whole, scanned, refused;
	u32 i, state = 0;

	/* Both ways to read a start line agree, but for what a status may be */
	nf_alg_cursor_init(&c, data, size);
	whole = sip_start_line_parse(&c, &line);
	nf_alg_cursor_init(&value, data, size);
	scanned = sip_start_line_scan(&value, &state) == SIP_SCAN_DONE;
	/* A request has no status: for those nothing is excused */
	refused = size >= 8 && !memcmp(data, "SIP/2.0 ", 8) &&
		  (line.status < 100 || line.status >= 700);
	if (whole ? !scanned || c.pos != value.pos : scanned && !refused)
		abort();

	nf_alg_cursor_init(&c, data, size);
	if (sip_head_parse(&c, &head) != SIP_HEAD_OK)
		return 0;
	if (head.body + (u64)head.body_len > size)
		abort();
	for (i = 1; i < __SIP_HEADER_SINGLE; i++)
		within(&head.single[i], size);
	within(&head.line.uri, size);
	nf_alg_cursor_init(&c, data, size);
	nf_alg_cursor_span(&value, &c, &head.single[SIP_HEADER_VIA]);
	if (sip_via_parse(&value, &via)) {
		within(&via.host, size);
		within(&via.sent_by, size);
		within(&via.branch, size);
		within(&via.received, size);
		within(&via.rport_value, size);
	}
	for (i = 0; i < head.fields; i++) {
		within(&head.field[i].value, size);
		nf_alg_cursor_span(&value, &c, &head.field[i].value);
		while (sip_name_addr_next(&value, &name_addr) > 0) {
			within(&name_addr.uri, size);
			within(&name_addr.params, size);
			nf_alg_cursor_span(&text, &c, &name_addr.uri);
			if (!sip_uri_parse(&text, &uri))
				continue;
			within(&uri.user, size);
			within(&uri.hostport, size);
			within(&uri.params, size);
		}
	}
	return 0;
}
