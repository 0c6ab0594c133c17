// SPDX-License-Identifier: GPL-2.0
/*
 * URIs, and literals: what is written is read back as it was.
 *
 * sources: nf_conntrack_helpers/sip/address.c nf_conntrack_helpers/sip/header.c
 * sources: nf_conntrack_helpers/sip/start_line.c nf_conntrack_helpers/sip/uri.c
 */
#include <stdint.h>
#include <stdlib.h>
#include "engine_kernel.h"
#include "address.h"
#include "uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nf_alg_endpoint host, again;
	u8 text[SIP_HOSTPORT_MAX], copy[SIP_HOSTPORT_MAX];
	u32 len;
	struct nf_alg_cursor c;
	struct sip_uri uri;

	nf_alg_cursor_init(&c, data, size);
	if (sip_address_parse(&c, &host)) {
		len = sip_address_print(copy, &host);
		nf_alg_cursor_init(&c, copy, len);
		if (!sip_address_parse(&c, &again) ||
		    !nf_alg_same_endpoint(&host, &again))
			abort();
		host.port = htons(65535);
		if (sip_hostport_print(text, &host, copy, len, true, 0) >
		    sizeof(text))
			abort();
	}
	nf_alg_cursor_init(&c, data, size);
	if (sip_uri_parse(&c, &uri) && uri.scheme != SIP_SCHEME_OTHER &&
	    uri.params.off + uri.params.len != size)
		abort();
	return 0;
}
