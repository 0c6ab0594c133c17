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

/* Discriminator, call reference and message type */
static bool h323_q931_head(struct nf_alg_cursor *c, struct h323_q931 *q931)
{
	const u8 *head = nf_alg_cursor_here(c, 2);
	u32 len;

	if (!head || head[0] != H323_Q931_DISCRIMINATOR)
		return false;
	len = head[1] & H323_CRV_LEN;
	if (len > 2 || !nf_alg_cursor_skip(c, 2 + len + 1))
		return false;
	if (len) {
		q931->from_called = head[2] & H323_CRV_FLAG;
		q931->crv = head[2] & ~H323_CRV_FLAG;
	}
	if (len == 2)
		q931->crv = q931->crv << 8 | head[3];
	q931->type = head[2 + len];
	return true;
}

/* The User-user element, whose length has two bytes; its id has been read */
static bool h323_q931_user(struct nf_alg_cursor *c, struct h323_q931 *q931)
{
	const u8 *at = nf_alg_cursor_here(c, 2);
	u32 len, off;

	if (!at)
		return false;
	len = at[0] << 8 | at[1];
	off = c->pos + 2;
	if (!nf_alg_cursor_skip(c, 2 + len))
		return false;
	if (q931->uuie.len)
		return true;
	/* The discriminator and at least one byte of PER */
	if (len < 2 || at[2] != H323_USER_ASN1)
		return false;
	q931->uuie.off = off + 1;
	q931->uuie.len = len - 1;
	return true;
}

int h323_q931_read(struct nf_alg_cursor *c, struct h323_q931 *q931)
{
	int id, len;

	memset(q931, 0, sizeof(*q931));
	if (!h323_q931_head(c, q931))
		return -NF_ALG_REASON_MALFORMED;
	while ((id = nf_alg_cursor_get(c)) >= 0) {
		if (id & H323_IE_SINGLE)
			continue;
		if (id == H323_IE_USER_USER) {
			if (!h323_q931_user(c, q931))
				return -NF_ALG_REASON_MALFORMED;
			continue;
		}
		len = nf_alg_cursor_get(c);
		if (len < 0 || !nf_alg_cursor_skip(c, len))
			return -NF_ALG_REASON_MALFORMED;
	}
	return 0;
}
