// SPDX-License-Identifier: GPL-2.0
/*
 * Endpoints in messages, read and written: address and port stand side by side,
 * byte-aligned, so nothing ever changes its length.
 */
#include "address.h"

int h323_endpoint_write(struct h323_translation *t, const struct h323_hit *hit,
			const struct nf_alg_endpoint *to)
{
	u8 bytes[18];
	u32 len;

	if (likely(hit->family == NFPROTO_IPV4 && hit->flags & H323_HIT_PORT))
		return h323_endpoint_write4(t, hit, to->addr.ip, to->port);
	if (hit->family == NFPROTO_IPV4) {
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
