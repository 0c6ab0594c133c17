// SPDX-License-Identifier: GPL-2.0
/*
 * Endpoints in messages, read and written: address and port stand side by side,
 * byte-aligned, so nothing ever changes its length.
 */
#include "address.h"

void h323_endpoint_read(const struct h323_translation *t,
			const struct h323_hit *hit,
			struct nf_alg_endpoint *endpoint)
{
	const u8 *at = t->msg->data + hit->at;

	memset(endpoint, 0, sizeof(*endpoint));
	endpoint->family = hit->family;
	/* Sizes that the compiler knows are no calls */
	if (likely(hit->family == NFPROTO_IPV4)) {
		memcpy(&endpoint->addr, at, 4);
		at += 4;
	} else {
		memcpy(&endpoint->addr, at, 16);
		at += 16;
	}
	if (hit->flags & H323_HIT_PORT)
		memcpy(&endpoint->port, at, 2);
}

int h323_endpoint_write(struct h323_translation *t, const struct h323_hit *hit,
			const struct nf_alg_endpoint *to)
{
	u8 bytes[18];
	u32 len;

	if (likely(hit->family == NFPROTO_IPV4)) {
		memcpy(bytes, &to->addr, 4);
		len = 4;
	} else {
		memcpy(bytes, &to->addr, 16);
		len = 16;
	}
	if (hit->flags & H323_HIT_PORT) {
		memcpy(bytes + len, &to->port, 2);
		len += 2;
	}
	return nf_alg_edit(t->msg, hit->at, len, bytes, len);
}

bool h323_unspecified(const struct nf_alg_endpoint *endpoint)
{
	const u8 *byte = (const u8 *)&endpoint->addr;
	u32 i;

	if (likely(endpoint->family == NFPROTO_IPV4))
		return byte[0] >= 0xe0 || !endpoint->addr.ip;
	if (byte[0] == 0xff)
		return true;
	for (i = 0; i < 16; i++)
		if (byte[i])
			return false;
	return true;
}

/* Decimal or hexadecimal, without leading zeros */
static u32 h323_number_print(char *text, u32 number, u32 base)
{
	u32 digits = 1, n, i;

	for (n = number; n >= base; n /= base)
		digits++;
	for (i = digits; i > 0; i--) {
		n = number % base;
		text[i - 1] = n < 10 ? '0' + n : 'a' + n - 10;
		number /= base;
	}
	return digits;
}

u32 h323_endpoint_print(char *text, const struct nf_alg_endpoint *endpoint)
{
	const u8 *byte = (const u8 *)&endpoint->addr;
	u32 len = 0, i;

	if (endpoint->family == NFPROTO_IPV6) {
		for (i = 0; i < 16; i += 2) {
			text[len++] = i ? ':' : '[';
			len += h323_number_print(
				text + len, byte[i] << 8 | byte[i + 1], 16);
		}
		text[len++] = ']';
	} else {
		for (i = 0; i < 4; i++) {
			if (i)
				text[len++] = '.';
			len += h323_number_print(text + len, byte[i], 10);
		}
	}
	text[len++] = ':';
	len += h323_number_print(text + len, ntohs(endpoint->port), 10);
	text[len] = '\0';
	return len;
}
