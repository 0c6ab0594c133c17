// SPDX-License-Identifier: GPL-2.0
/*
 * The first line of a message.
 */
#include "start_line.h"

/* Where a scan stands: a phase in the low byte, and above it the offset at
 * which the phase began.
 */
enum sip_phase {
	SIP_PHASE_METHOD = 1,
	SIP_PHASE_SCHEME,
	SIP_PHASE_URI,
	SIP_PHASE_VERSION,
	SIP_PHASE_STATUS,
	SIP_PHASE_REASON,
};

static const char *const sip_schemes[] = { "sip:", "sips:", "tel:" };

/* '#' stands for a digit */
static const char sip_version[] = "sip/2.0\r\n";
static const char sip_status[] = "2.0 ###";

static const struct {
	u8 len;
	u8 method;
	char name[10];
} sip_methods[] = {
	{ 6, SIP_METHOD_INVITE, "INVITE" },
	{ 3, SIP_METHOD_ACK, "ACK" },
	{ 3, SIP_METHOD_BYE, "BYE" },
	{ 6, SIP_METHOD_CANCEL, "CANCEL" },
	{ 7, SIP_METHOD_OPTIONS, "OPTIONS" },
	{ 8, SIP_METHOD_REGISTER, "REGISTER" },
	{ 5, SIP_METHOD_PRACK, "PRACK" },
	{ 6, SIP_METHOD_UPDATE, "UPDATE" },
	{ 9, SIP_METHOD_SUBSCRIBE, "SUBSCRIBE" },
	{ 6, SIP_METHOD_NOTIFY, "NOTIFY" },
	{ 5, SIP_METHOD_REFER, "REFER" },
};

#define SIP_TOKEN (SIP_CHAR_TOKEN | SIP_CHAR_PARAM | SIP_CHAR_GRAPH)
#define SIP_PARAM (SIP_CHAR_PARAM | SIP_CHAR_GRAPH)

/* clang-format off */
const u8 sip_char_class[256] = {
	['!'] = SIP_TOKEN,
	['"'] = SIP_CHAR_GRAPH,
	['#' ... '$'] = SIP_PARAM,
	['%'] = SIP_TOKEN,
	['&'] = SIP_PARAM,
	['\''] = SIP_TOKEN,
	['(' ... ')'] = SIP_PARAM,
	['*' ... '+'] = SIP_TOKEN,
	[','] = SIP_CHAR_GRAPH,
	['-' ... '.'] = SIP_TOKEN,
	['/'] = SIP_PARAM,
	['0' ... '9'] = SIP_TOKEN,
	[':'] = SIP_PARAM,
	[';'] = SIP_CHAR_GRAPH,
	['<'] = SIP_PARAM,
	['=' ... '?'] = SIP_CHAR_GRAPH,
	['@'] = SIP_PARAM,
	['A' ... 'Z'] = SIP_TOKEN,
	['[' ... '^'] = SIP_PARAM,
	['_' ... 'z'] = SIP_TOKEN,
	['{' ... '}'] = SIP_PARAM,
	['~'] = SIP_TOKEN,
	[0x80 ... 0xff] = SIP_PARAM,
};

/* clang-format on */

static int sip_lower(int ch)
{
	return ch >= 'A' && ch <= 'Z' ? ch | 0x20 : ch;
}

/* Can the bytes from @from to the position begin one of the schemes */
static bool sip_scheme_prefix(const struct nf_alg_cursor *c, u32 from)
{
	u32 len = c->pos - from, i, k;

	for (i = 0; i < ARRAY_SIZE(sip_schemes); i++) {
		for (k = 0; k < len && sip_schemes[i][k]; k++)
			if (sip_lower(c->base[from + k]) != sip_schemes[i][k])
				break;
		if (k == len)
			return true;
	}
	return false;
}

/* One byte of a phase that has only one spelling */
static bool sip_literal(const char *literal, u32 at, int ch)
{
	if (literal[at] == '#')
		return ch >= '0' && ch <= '9';
	return sip_lower(ch) == literal[at];
}

enum sip_scan sip_start_line_scan(struct nf_alg_cursor *c, u32 *state)
{
	enum sip_phase phase = *state ? *state & 0xff : SIP_PHASE_METHOD;
	u32 from = *state ? *state >> 8 : c->pos;
	struct nf_alg_cursor whole = *c;
	struct sip_start_line line;
	int ch;

	/* Most come in one piece, and the parser is quicker */
	if (!*state && nf_alg_cursor_find(c, '\n') >= 0 &&
	    sip_start_line_parse(&whole, &line)) {
		*c = whole;
		return SIP_SCAN_DONE;
	}

	while ((ch = nf_alg_cursor_get(c)) >= 0) {
		u32 at = c->pos - 1 - from;

		switch (phase) {
		case SIP_PHASE_METHOD:
			if (sip_token_char(ch)) {
				if (at >= SIP_METHOD_MAX)
					return SIP_SCAN_FOREIGN;
				continue;
			}
			if (ch == ' ' && at)
				phase = SIP_PHASE_SCHEME;
			else if (ch == '/' && at == 3 &&
				 !memcmp(c->base + from, "SIP", 3))
				phase = SIP_PHASE_STATUS;
			else
				return SIP_SCAN_FOREIGN;
			break;
		case SIP_PHASE_SCHEME:
			if (!sip_scheme_prefix(c, from))
				return SIP_SCAN_FOREIGN;
			if (ch != ':')
				continue;
			phase = SIP_PHASE_URI;
			break;
		case SIP_PHASE_URI:
			if (ch > ' ' && ch != 0x7f)
				continue;
			if (ch != ' ' || !at)
				return SIP_SCAN_FOREIGN;
			phase = SIP_PHASE_VERSION;
			break;
		case SIP_PHASE_VERSION:
			if (!sip_literal(sip_version, at, ch))
				return SIP_SCAN_FOREIGN;
			if (ch == '\n')
				return SIP_SCAN_DONE;
			continue;
		case SIP_PHASE_STATUS:
			if (at < sizeof(sip_status) - 1) {
				if (!sip_literal(sip_status, at, ch))
					return SIP_SCAN_FOREIGN;
				continue;
			}
			if (ch != ' ' && ch != '\r')
				return SIP_SCAN_FOREIGN;
			phase = SIP_PHASE_REASON;
			break;
		case SIP_PHASE_REASON:
			if (ch != '\n')
				continue;
			if (c->base[c->pos - 2] != '\r')
				return SIP_SCAN_FOREIGN;
			return SIP_SCAN_DONE;
		}
		from = c->pos;
	}
	*state = from << 8 | phase;
	return SIP_SCAN_MORE;
}

enum sip_method sip_method_parse(const struct nf_alg_cursor *c)
{
	u32 len = nf_alg_cursor_left(c), i;
	const u8 *name = nf_alg_cursor_here(c, len);

	for (i = 0; i < ARRAY_SIZE(sip_methods); i++)
		if (sip_methods[i].len == len &&
		    sip_methods[i].name[0] == name[0] &&
		    !memcmp(sip_methods[i].name, name, len))
			return sip_methods[i].method;
	return SIP_METHOD_OTHER;
}

static bool sip_status_line(struct nf_alg_cursor *c,
			    struct sip_start_line *line)
{
	u32 i, digit;
	s32 len;

	nf_alg_cursor_skip(c, 8);
	for (i = 0; i < 3; i++) {
		digit = nf_alg_cursor_get(c) - '0';
		if (digit > 9)
			return false;
		line->status = line->status * 10 + digit;
	}
	if (nf_alg_cursor_at(c, 0) != ' ' && nf_alg_cursor_at(c, 0) != '\r')
		return false;
	len = nf_alg_cursor_find(c, '\n');
	if (len < 1 || c->base[c->pos + len - 1] != '\r')
		return false;
	nf_alg_cursor_skip(c, len + 1);
	return line->status >= 100 && line->status < 700;
}

/* Over a literal; @word is in lower case */
static bool sip_literal_skip(struct nf_alg_cursor *c, const char *word)
{
	u32 n;

	for (n = 0; word[n]; n++)
		if (sip_lower(nf_alg_cursor_at(c, n)) != word[n])
			return false;
	return nf_alg_cursor_skip(c, n);
}

/* The same grammar as sip_start_line_scan(), for a message that is all there */
bool sip_start_line_parse(struct nf_alg_cursor *c, struct sip_start_line *line)
{
	const u8 *start = nf_alg_cursor_here(c, 12);
	struct nf_alg_cursor method = *c;
	u32 i;

	line->request = false;
	line->method = SIP_METHOD_OTHER;
	line->status = 0;
	line->uri.off = 0;
	line->uri.len = 0;
	if (!start)
		return false;
	if (!memcmp(start, "SIP/2.0 ", 8))
		return sip_status_line(c, line);

	i = sip_skip_chars(c, SIP_CHAR_TOKEN);
	method.end = c->pos;
	if (!i || i > SIP_METHOD_MAX || nf_alg_cursor_get(c) != ' ')
		return false;

	line->uri.off = c->pos;
	start = nf_alg_cursor_here(c, 4);
	if (start && !memcmp(start, "sip:", 4)) {
		nf_alg_cursor_skip(c, 4);
		i = 0;
	} else {
		for (i = 0; i < ARRAY_SIZE(sip_schemes); i++)
			if (sip_literal_skip(c, sip_schemes[i]))
				break;
	}
	if (i == ARRAY_SIZE(sip_schemes) || !sip_skip_chars(c, SIP_CHAR_GRAPH))
		return false;
	line->uri.len = c->pos - line->uri.off;
	if (nf_alg_cursor_get(c) != ' ')
		return false;
	line->request = true;
	line->method = sip_method_parse(&method);
	start = nf_alg_cursor_here(c, 9);
	if (start && !memcmp(start, "SIP/2.0\r\n", 9))
		return nf_alg_cursor_skip(c, 9);
	return sip_literal_skip(c, sip_version);
}
