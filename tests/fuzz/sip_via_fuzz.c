// SPDX-License-Identifier: GPL-2.0
/*
 * Via.
 *
 * sources: nf_conntrack_helpers/sip/address.c nf_conntrack_helpers/sip/header.c
 * sources: nf_conntrack_helpers/sip/start_line.c nf_conntrack_helpers/sip/uri.c
 * sources: nf_conntrack_helpers/sip/via.c
 */
#include <stdint.h>
#include <stdlib.h>
#include "engine_kernel.h"
#include "via.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nf_alg_cursor c;
	struct sip_via via;

	nf_alg_cursor_init(&c, data, size);
	if (sip_via_parse(&c, &via) &&
	    (!via.host.len || via.sent_by.len < via.host.len ||
	     via.sent_by.off + via.sent_by.len > size))
		abort();
	return 0;
}
