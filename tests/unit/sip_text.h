/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_TEST_SIP_TEXT_H
#define NF_ALG_TEST_SIP_TEXT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "a\nb\n" with the line ends of the wire. To be freed. */
static inline char *sip_lines(const char *text)
{
	char *out = malloc(strlen(text) * 2 + 1), *to = out;

	for (; *text; text++) {
		if (*text == '\n')
			*to++ = '\r';
		*to++ = *text;
	}
	*to = 0;
	return out;
}

/* A whole message: a head without its last line, and a body or NULL.
 * Content-Length is added. To be freed.
 */
static inline char *sip_message(const char *head, const char *body)
{
	char *h = sip_lines(head), *b = sip_lines(body ?: "");
	char *out = malloc(strlen(h) + strlen(b) + 64);

	sprintf(out, "%sContent-Length: %zu\r\n\r\n%s", h, strlen(b), b);
	free(h);
	free(b);
	return out;
}

#endif
