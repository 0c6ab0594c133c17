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
};

/* alphanum and - . ! % * _ + ` ' ~ */
static const u32 sip_token_map[8] = {
	0x00000000, 0x03ff6ca2, 0x87fffffe, 0x47ffffff,
};

bool sip_token_char(int ch)
{
	return ch >= 0 && ch < 256 && sip_token_map[ch >> 5] >> (ch & 31) & 1;
}

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
	int ch;

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

bool sip_start_line_parse(struct nf_alg_cursor *c, struct sip_start_line *line)
{
	struct nf_alg_cursor method = *c;
	u32 start = c->pos, state = 0;
	const u8 *digit;
	s32 len;

	memset(line, 0, sizeof(*line));
	if (sip_start_line_scan(c, &state) != SIP_SCAN_DONE)
		return false;

	/* What is a start line has its parts at known places */
	len = nf_alg_cursor_find(&method, ' ');
	if (method.base[start + 3] == '/') {
		digit = method.base + start + len + 1;
		line->status = (digit[0] - '0') * 100 + (digit[1] - '0') * 10 +
			       digit[2] - '0';
		return line->status >= 100 && line->status < 700;
	}
	method.end = start + len;
	line->request = true;
	line->method = sip_method_parse(&method);
	line->uri.off = start + len + 1;
	line->uri.len = c->pos - line->uri.off - sizeof(sip_version);
	return true;
}
