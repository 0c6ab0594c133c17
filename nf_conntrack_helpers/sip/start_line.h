/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_START_LINE_H
#define NF_ALG_SIP_START_LINE_H

#include "cursor.h"

/**
 * enum sip_method - methods that the translation knows by name
 * @SIP_METHOD_OTHER: every other token; its headers are translated all the same
 */
enum sip_method {
	SIP_METHOD_OTHER,
	SIP_METHOD_INVITE,
	SIP_METHOD_ACK,
	SIP_METHOD_BYE,
	SIP_METHOD_CANCEL,
	SIP_METHOD_OPTIONS,
	SIP_METHOD_REGISTER,
	SIP_METHOD_PRACK,
	SIP_METHOD_UPDATE,
	SIP_METHOD_SUBSCRIBE,
	SIP_METHOD_NOTIFY,
	SIP_METHOD_REFER,
};

/**
 * struct sip_start_line - the first line of a message
 * @request: it is a request, else a response
 * @method: of a request
 * @status: of a response, 100 to 699
 * @uri: Request-URI of a request
 */
struct sip_start_line {
	bool request;
	enum sip_method method;
	u32 status;
	struct nf_alg_span uri;
};

/* A method longer than this is none (RFC 4475 has one of 43 bytes) */
#define SIP_METHOD_MAX 64

enum sip_scan {
	SIP_SCAN_MORE,
	SIP_SCAN_DONE,
	SIP_SCAN_FOREIGN,
};

/**
 * sip_start_line_scan() - recognize a start line as its bytes arrive
 * @c: bytes not yet seen; advanced, behind the line end when it is complete
 * @state: 0 before the first byte; keeps where the scan stands
 *
 * Answers at the first byte that no SIP start line can have there, so that
 * TLS, HTTP, STUN and the like are recognized at once. Accepts
 * ``Method SP (sip|sips|tel):... SP SIP/2.0 CRLF`` and
 * ``SIP/2.0 SP 3DIGIT [SP reason] CRLF`` (RFC 3261 sections 7.1 and 7.2).
 *
 * Return: SIP_SCAN_DONE, SIP_SCAN_MORE or SIP_SCAN_FOREIGN.
 */
enum sip_scan sip_start_line_scan(struct nf_alg_cursor *c, u32 *state);

/**
 * sip_start_line_parse() - read a whole start line
 * @c: cursor, advanced behind the line end
 * @line: what it says
 *
 * Return: true, or false if it is not one.
 */
bool sip_start_line_parse(struct nf_alg_cursor *c, struct sip_start_line *line);

/**
 * sip_method_parse() - which method is this token
 * @c: the token and nothing else
 *
 * Return: the method.
 */
enum sip_method sip_method_parse(const struct nf_alg_cursor *c);

/* Classes of characters (RFC 3261 section 25.1) */
#define SIP_CHAR_TOKEN BIT(0) /* alphanum and - . ! % * _ + ` ' ~ */
#define SIP_CHAR_PARAM BIT(1) /* all graphic ones but " , ; = > ? */
#define SIP_CHAR_GRAPH BIT(2) /* all but controls and space */

extern const u8 sip_char_class[256];

/**
 * sip_token_char() - may this byte stand in a token
 * @ch: a byte, or -1
 *
 * Return: true if it may (RFC 3261 section 25.1).
 */
static inline bool sip_token_char(int ch)
{
	return ch >= 0 && sip_char_class[(u8)ch] & SIP_CHAR_TOKEN;
}

/**
 * sip_skip_chars() - pass over characters of a class
 * @c: cursor, advanced behind them
 * @class: SIP_CHAR_*
 *
 * Return: how many they are.
 */
static inline u32 sip_skip_chars(struct nf_alg_cursor *c, u8 class)
{
	const u8 *p = c->base + c->pos, *end = c->base + c->end;
	u32 n;

	while (p < end && sip_char_class[*p] & class)
		p++;
	n = p - (c->base + c->pos);
	c->pos += n;
	return n;
}

#endif /* NF_ALG_SIP_START_LINE_H */
