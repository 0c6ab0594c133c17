// SPDX-License-Identifier: GPL-2.0
/*
 * Texts for people: keys of calls and who is at the other end.
 */
#include "text.h"

static void sccp_text_bytes(struct sccp_text *text, const char *bytes, u32 len)
{
	if (len > text->room - text->len)
		len = text->room - text->len;
	memcpy(text->at + text->len, bytes, len);
	text->len += len;
}

/* In this base, 10 or 16 */
static void sccp_text_digits(struct sccp_text *text, u32 number, u32 base)
{
	char digits[10];
	u32 at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number);
	sccp_text_bytes(text, digits + at, sizeof(digits) - at);
}

/**
 * sccp_text_add() - write a word
 * @text: text
 * @word: terminated
 */
void sccp_text_add(struct sccp_text *text, const char *word)
{
	sccp_text_bytes(text, word, strlen(word));
}

/**
 * sccp_text_number() - write a number
 * @text: text
 * @number: in decimal
 */
void sccp_text_number(struct sccp_text *text, u32 number)
{
	sccp_text_digits(text, number, 10);
}

/**
 * sccp_text_endpoint() - write an address and, if there is one, a port
 * @text: text
 * @endpoint: IPv6 is written in eight groups, nothing left out
 */
void sccp_text_endpoint(struct sccp_text *text,
			const struct nf_alg_endpoint *endpoint)
{
	const u8 *byte = (const u8 *)&endpoint->addr;
	u32 i;

	if (endpoint->family == NFPROTO_IPV6) {
		sccp_text_add(text, "[");
		for (i = 0; i < 16; i += 2) {
			if (i)
				sccp_text_add(text, ":");
			sccp_text_digits(text, byte[i] << 8 | byte[i + 1], 16);
		}
		sccp_text_add(text, "]");
	} else {
		for (i = 0; i < 4; i++) {
			if (i)
				sccp_text_add(text, ".");
			sccp_text_number(text, byte[i]);
		}
	}
	if (!endpoint->port)
		return;
	sccp_text_add(text, ":");
	sccp_text_number(text, ntohs(endpoint->port));
}
