// SPDX-License-Identifier: GPL-2.0
/*
 * Q.931 messages of call signalling
 */
#include <linux/nf_nat_alg.h>

#include "q931.h"

/* Information elements: this bit says that it is one octet long */
#define H323_IE_SINGLE 0x80
#define H323_IE_USER_USER 0x7e
/* User-user protocol discriminator: X.208 and X.209 coded user information */
#define H323_USER_ASN1 0x05

#define H323_CRV_FLAG 0x80
#define H323_CRV_LEN 0x0f

static bool h323_q931_head(struct nf_alg_cursor *c, struct h323_q931 *q931)
{
	int len, byte;

	if (nf_alg_cursor_get(c) != H323_Q931_DISCRIMINATOR)
		return false;
	len = nf_alg_cursor_get(c);
	if (len < 0)
		return false;
	len &= H323_CRV_LEN;
	if (len > 2)
		return false;
	for (int i = 0; i < len; i++) {
		byte = nf_alg_cursor_get(c);
		if (byte < 0)
			return false;
		if (!i) {
			q931->from_called = byte & H323_CRV_FLAG;
			byte &= ~H323_CRV_FLAG;
		}
		q931->crv = q931->crv << 8 | byte;
	}
	byte = nf_alg_cursor_get(c);
	q931->type = byte;
	return byte >= 0;
}

/* The length of an element; that of User-user alone has two bytes */
static int h323_q931_length(struct nf_alg_cursor *c, int id)
{
	int high = id == H323_IE_USER_USER ? nf_alg_cursor_get(c) : 0;
	int low = nf_alg_cursor_get(c);

	return high < 0 || low < 0 ? -1 : high << 8 | low;
}

int h323_q931_read(struct nf_alg_cursor *c, struct h323_q931 *q931)
{
	int id, len;

	memset(q931, 0, sizeof(*q931));
	if (!h323_q931_head(c, q931))
		return -NF_ALG_REASON_MALFORMED;
	while ((id = nf_alg_cursor_get(c)) >= 0) {
		struct nf_alg_span span;

		if (id & H323_IE_SINGLE)
			continue;
		len = h323_q931_length(c, id);
		span.off = c->pos;
		if (len < 0 || !nf_alg_cursor_skip(c, len))
			return -NF_ALG_REASON_MALFORMED;
		if (id != H323_IE_USER_USER || q931->uuie.len)
			continue;
		/* The discriminator and at least one byte of PER */
		if (len < 2 || c->base[span.off] != H323_USER_ASN1)
			return -NF_ALG_REASON_MALFORMED;
		q931->uuie.off = span.off + 1;
		q931->uuie.len = len - 1;
	}
	return 0;
}
