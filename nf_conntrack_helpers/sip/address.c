// SPDX-License-Identifier: GPL-2.0
/*
 * Address literals, ports and numbers, read and written.
 */
#include "address.h"

static bool sip_digit(int ch)
{
	return ch >= '0' && ch <= '9';
}

static int sip_hex_digit(int ch)
{
	if (sip_digit(ch))
		return ch - '0';
	ch |= 0x20;
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* Four numbers and three dots up to the end */
static bool sip_ipv4_parse(struct nf_alg_cursor c, u8 *out)
{
	u32 value = 0, digits = 0, part = 0;
	int ch;

	do {
		ch = nf_alg_cursor_get(&c);
		if (sip_digit(ch)) {
			value = value * 10 + ch - '0';
			if (++digits > 3 || value > 255)
				return false;
		} else if (ch == '.' || ch < 0) {
			if (!digits || part == 4)
				return false;
			out[part++] = value;
			value = 0;
			digits = 0;
		} else {
			return false;
		}
	} while (ch >= 0);
	return part == 4;
}

/* RFC 4291 section 2.2 */
static bool sip_ipv6_parse(struct nf_alg_cursor c, u8 *out)
{
	u32 n = 0, gap = 17, value, digits;
	struct nf_alg_cursor group;

	if (nf_alg_cursor_at(&c, 0) == ':') {
		if (nf_alg_cursor_at(&c, 1) != ':')
			return false;
		nf_alg_cursor_skip(&c, 2);
		gap = 0;
	}
	while (nf_alg_cursor_left(&c)) {
		if (n == 16)
			return false;
		group = c;
		value = 0;
		for (digits = 0; digits < 5; digits++) {
			int hex = sip_hex_digit(nf_alg_cursor_at(&c, 0));

			if (hex < 0)
				break;
			value = value << 4 | hex;
			nf_alg_cursor_skip(&c, 1);
		}
		if (!digits || digits > 4)
			return false;
		if (nf_alg_cursor_at(&c, 0) == '.') {
			if (n > 12 || !sip_ipv4_parse(group, out + n))
				return false;
			n += 4;
			break;
		}
		out[n++] = value >> 8;
		out[n++] = value;
		if (!nf_alg_cursor_left(&c))
			break;
		if (nf_alg_cursor_get(&c) != ':')
			return false;
		if (nf_alg_cursor_at(&c, 0) == ':') {
			if (gap <= 16)
				return false;
			gap = n;
			nf_alg_cursor_skip(&c, 1);
		} else if (!nf_alg_cursor_left(&c)) {
			return false;
		}
	}
	if (gap > 16)
		return n == 16;
	if (n == 16)
		return false;
	memmove(out + 16 - (n - gap), out + gap, n - gap);
	memset(out + gap, 0, 16 - n);
	return true;
}

bool sip_address_parse(const struct nf_alg_cursor *c,
		       struct nf_alg_endpoint *host)
{
	struct nf_alg_cursor in = *c;
	u32 left = nf_alg_cursor_left(c);
	int first = nf_alg_cursor_at(c, 0);

	memset(host, 0, sizeof(*host));
	/* Names end here, without a search for colons */
	if (sip_digit(first) && left <= 15 &&
	    sip_ipv4_parse(in, (u8 *)&host->addr.ip)) {
		host->family = NFPROTO_IPV4;
		return true;
	}
	if (first == '[') {
		if (nf_alg_cursor_at(c, left - 1) != ']')
			return false;
		in.pos++;
		in.end--;
	} else if (first != ':' && sip_hex_digit(first) < 0) {
		return false;
	}
	left = nf_alg_cursor_left(&in);
	if (left < 2 || left > 45 || nf_alg_cursor_find(&in, ':') < 0)
		return false;
	if (!sip_ipv6_parse(in, (u8 *)&host->addr.in6)) {
		memset(host, 0, sizeof(*host));
		return false;
	}
	host->family = NFPROTO_IPV6;
	return true;
}

s32 sip_number_parse(struct nf_alg_cursor *c)
{
	const u8 *text = c->base + c->pos;
	u32 left = nf_alg_cursor_left(c), n;
	s32 number = 0;

	for (n = 0; n < left && sip_digit(text[n]); n++) {
		if (number > 99999999)
			break;
		number = number * 10 + text[n] - '0';
	}
	nf_alg_cursor_skip(c, n);
	return n && !sip_digit(nf_alg_cursor_at(c, 0)) ? number : -1;
}

s32 sip_port_parse(const struct nf_alg_cursor *c)
{
	struct nf_alg_cursor in = *c;
	s32 port;

	port = sip_number_parse(&in);
	return nf_alg_cursor_left(&in) || port > 65535 ? -1 : port;
}

u32 sip_number_print(u8 *out, u32 number)
{
	u32 n = 1, i, next;

	for (next = 10; n < 10 && number >= next; next *= 10)
		n++;
	for (i = n; i > 0; i--) {
		out[i - 1] = '0' + number % 10;
		number /= 10;
	}
	return n;
}

/* 0 to 255 */
static u32 sip_octet_print(u8 *out, u32 octet)
{
	u32 n = 0;

	if (octet > 99) {
		out[n++] = '0' + octet / 100;
		octet %= 100;
		out[n++] = '0' + octet / 10;
	} else if (octet > 9) {
		out[n++] = '0' + octet / 10;
	}
	out[n++] = '0' + octet % 10;
	return n;
}

static u32 sip_ipv4_print(u8 *out, const u8 *addr)
{
	u32 n = 0, i;

	for (i = 0; i < 4; i++) {
		if (i)
			out[n++] = '.';
		n += sip_octet_print(out + n, addr[i]);
	}
	return n;
}

/* RFC 5952: lower case, no leading zeros, the longest run of zeros cut */
static u32 sip_ipv6_print(u8 *out, const u8 *addr)
{
	static const char hex[] = "0123456789abcdef";
	u32 best = 8, best_len = 1, n = 0, i;

	for (i = 0; i < 8; i++) {
		u32 run = 0;

		while (i + run < 8 && !addr[(i + run) * 2] &&
		       !addr[(i + run) * 2 + 1])
			run++;
		if (run > best_len) {
			best = i;
			best_len = run;
		}
		i += run;
	}
	for (i = 0; i < 8; i++) {
		u32 group = addr[i * 2] << 8 | addr[i * 2 + 1];
		bool shown = false;
		int shift;

		if (i == best) {
			out[n++] = ':';
			out[n++] = ':';
			i += best_len - 1;
			continue;
		}
		if (i && i != best + best_len)
			out[n++] = ':';
		for (shift = 12; shift >= 0; shift -= 4) {
			u32 digit = group >> shift & 15;

			if (digit || shown || !shift) {
				out[n++] = hex[digit];
				shown = true;
			}
		}
	}
	return n;
}

u32 sip_address_print(u8 *out, const struct nf_alg_endpoint *host)
{
	if (host->family == NFPROTO_IPV4)
		return sip_ipv4_print(out, (const u8 *)&host->addr.ip);
	return sip_ipv6_print(out, (const u8 *)&host->addr.in6);
}

u32 sip_hostport_print(u8 *out, const struct nf_alg_endpoint *public,
		       const u8 *address, u32 len, bool had_port, u16 port)
{
	u32 n = 0;

	if (public->family == NFPROTO_IPV6)
		out[n++] = '[';
	memcpy(out + n, address, len);
	n += len;
	if (public->family == NFPROTO_IPV6)
		out[n++] = ']';
	if (had_port || ntohs(public->port) != port) {
		out[n++] = ':';
		n += sip_number_print(out + n, ntohs(public->port));
	}
	return n;
}
