// SPDX-License-Identifier: GPL-2.0
/*
 * Layouts: whatever stands in a message, each field lies within it, none is an
 * address twice, and the same bytes are read in the same way again. The first
 * two bytes are what is known of the connection.
 *
 * sources: nf_conntrack_helpers/sccp/frame.c nf_conntrack_helpers/sccp/layout.c
 */
#include <stdint.h>
#include <stdlib.h>
#include "engine_kernel.h"
#include "sccp/layout.h"

static void within(u32 at, u32 bytes, u32 len)
{
	if (at && (at < SCCP_HEADER || at > len || bytes > len - at))
		abort();
}

static void check(const struct sccp_reading *r, const u8 *data, u32 len)
{
	if (r->fields > SCCP_FIELDS_MAX)
		abort();
	for (u32 i = 0; i < r->fields; i++) {
		const struct sccp_field *f = &r->field[i];
		u32 bytes = f->endpoint.family == NFPROTO_IPV6 ? 16 : 4;

		within(f->address_at, bytes, len);
		within(f->port_at, 4, len);
		within(f->rtcp_at, 4, len);
		if (!!f->address_at != !!f->endpoint.family ||
		    (f->address_at &&
		     memcmp(data + f->address_at, &f->endpoint.addr, bytes)) ||
		    (f->port_at && f->port != sccp_u32(data + f->port_at)) ||
		    (f->port <= 65535 && ntohs(f->endpoint.port) != f->port))
			abort();
		/* A port lies in no address */
		for (u32 k = 0; k < r->fields; k++) {
			u32 at = r->field[k].address_at;

			if (at && f->port_at && f->port_at + 4 > at &&
			    f->port_at < at + bytes)
				abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	const struct sccp_message *message;
	struct sccp_reading first, again;
	struct sccp_dialect dialect;
	u8 *data;
	int err;
	u32 len;

	if (size < 2 + SCCP_HEADER)
		return 0;
	dialect.version = input[0];
	dialect.cm2 = input[1] & 1;
	len = size - 2;
	/* With a copy that ends where the bytes end */
	data = malloc(len);
	memcpy(data, input + 2, len);
	message = sccp_message_find(sccp_message_id(data));
	/* One byte chooses a message where the id is none */
	if (!message) {
		u32 count;

		message = sccp_messages_all(&count);
		message += data[8] % count;
	}
	memset(&first, 0x55, sizeof(first));
	memset(&again, 0xaa, sizeof(again));
	err = sccp_read(message, data, len, &dialect, &first);
	if (err != sccp_read(message, data, len, &dialect, &again) ||
	    (err && err != -NF_ALG_REASON_MALFORMED))
		abort();
	if (!err) {
		check(&first, data, len);
		if (first.fields != again.fields ||
		    first.passthru != again.passthru ||
		    first.call != again.call || first.status != again.status ||
		    first.keep != again.keep ||
		    memcmp(first.field, again.field,
			   first.fields * sizeof(*first.field)))
			abort();
	}
	free(data);
	return 0;
}
