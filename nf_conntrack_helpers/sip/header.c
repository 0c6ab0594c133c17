// SPDX-License-Identifier: GPL-2.0
/*
 * Header fields: names, lines, and the index of a message's head.
 */
#include "address.h"
#include "header.h"

/* Where a name stands in the table: no two of those known share a place. The
 * compiler says so where one that is added does (-Woverride-init).
 */
/* clang-format off */
#define SIP_NAME_SLOT(first, last, len) \
	((((first) & 31) + ((last) & 31) * 3 + (len) * 28) & 127)
#define SIP_NAME(first, last, text, header) \
	[SIP_NAME_SLOT(first, last, sizeof(text) - 1)] = { \
		sizeof(text) - 1, SIP_HEADER_##header, text }
/* clang-format on */

static const struct {
	u8 len;
	u8 header;
	char name[22];
} sip_headers[128] = {
	SIP_NAME('b', 'b', "b", REFERRED_BY),
	SIP_NAME('c', 'c', "c", CONTENT_TYPE),
	SIP_NAME('c', 't', "contact", CONTACT),
	SIP_NAME('c', 'd', "call-id", CALL_ID),
	SIP_NAME('c', 'q', "cseq", CSEQ),
	SIP_NAME('c', 'h', "content-length", CONTENT_LENGTH),
	SIP_NAME('c', 'e', "content-type", CONTENT_TYPE),
	SIP_NAME('c', 'g', "content-encoding", CONTENT_ENCODING),
	SIP_NAME('d', 'n', "diversion", IDENTITY),
	SIP_NAME('e', 'e', "e", CONTENT_ENCODING),
	SIP_NAME('e', 's', "expires", EXPIRES),
	SIP_NAME('f', 'f', "f", FROM),
	SIP_NAME('f', 'm', "from", FROM),
	SIP_NAME('h', 'o', "history-info", IDENTITY),
	SIP_NAME('i', 'i', "i", CALL_ID),
	SIP_NAME('l', 'l', "l", CONTENT_LENGTH),
	SIP_NAME('m', 'm', "m", CONTACT),
	SIP_NAME('p', 'h', "path", PATH),
	SIP_NAME('p', 'y', "p-asserted-identity", IDENTITY),
	SIP_NAME('p', 'd', "p-called-party-id", IDENTITY),
	SIP_NAME('p', 'y', "p-preferred-identity", IDENTITY),
	SIP_NAME('r', 'r', "r", REFER_TO),
	SIP_NAME('r', 'e', "record-route", RECORD_ROUTE),
	SIP_NAME('r', 'o', "refer-to", REFER_TO),
	SIP_NAME('r', 'y', "referred-by", REFERRED_BY),
	SIP_NAME('r', 'd', "remote-party-id", IDENTITY),
	SIP_NAME('r', 'e', "route", ROUTE),
	SIP_NAME('s', 's', "session-expires", SESSION_EXPIRES),
	SIP_NAME('s', 'e', "service-route", SERVICE_ROUTE),
	SIP_NAME('s', 'e', "subscription-state", SUBSCRIPTION_STATE),
	SIP_NAME('t', 't', "t", TO),
	SIP_NAME('t', 'o', "to", TO),
	SIP_NAME('v', 'v', "v", VIA),
	SIP_NAME('v', 'a', "via", VIA),
	SIP_NAME('x', 'x', "x", SESSION_EXPIRES),
};

/* What differs besides the case. @word is in lower case; only letters have the
 * bit 0x40 there.
 */
static __always_inline u64 sip_differ8(const void *text, const void *word)
{
	u64 a, b;

	memcpy(&a, text, 8);
	memcpy(&b, word, 8);
	return (a ^ b) & ~((b & 0x4040404040404040ULL) >> 1);
}

static __always_inline u32 sip_differ4(const void *text, const void *word)
{
	u32 a, b;

	memcpy(&a, text, 4);
	memcpy(&b, word, 4);
	return (a ^ b) & ~((b & 0x40404040) >> 1);
}

static __always_inline u32 sip_differ2(const void *text, const void *word)
{
	u16 a, b;

	memcpy(&a, text, 2);
	memcpy(&b, word, 2);
	return (a ^ b) & ~((b & 0x4040) >> 1);
}

static bool sip_same_fold(const u8 *text, const char *word, u32 len)
{
	u32 i;

	/* Two, four or eight at a time; the last ones overlap those before */
	if (len >= 8) {
		for (i = 0; i + 8 < len; i += 8)
			if (sip_differ8(text + i, word + i))
				return false;
		return !sip_differ8(text + len - 8, word + len - 8);
	}
	if (len >= 4)
		return !sip_differ4(text, word) &&
		       !sip_differ4(text + len - 4, word + len - 4);
	if (len >= 2)
		return !sip_differ2(text, word) &&
		       !sip_differ2(text + len - 2, word + len - 2);
	return !len || !((text[0] ^ word[0]) & ~((word[0] & 0x40) >> 1));
}

bool sip_equal_fold(const struct nf_alg_cursor *c, const char *word, u32 len)
{
	if (nf_alg_cursor_left(c) != len)
		return false;
	return sip_same_fold(nf_alg_cursor_here(c, len), word, len);
}

bool sip_skip_quoted(struct nf_alg_cursor *c)
{
	int ch;

	while ((ch = nf_alg_cursor_get(c)) >= 0) {
		if (ch == '"')
			return true;
		if (ch == '\\')
			nf_alg_cursor_skip(c, 1);
	}
	return false;
}

/* @len is not 0 */
static inline enum sip_header sip_name_lookup(const u8 *name, u32 len)
{
	u32 slot = SIP_NAME_SLOT(name[0], name[len - 1], len);

	if (sip_headers[slot].len != len)
		return SIP_HEADER_OTHER;
	if (sip_same_fold(name, sip_headers[slot].name, len))
		return sip_headers[slot].header;
	/* The only one whose place is another's */
	if (sip_headers[slot].header == SIP_HEADER_REFER_TO && len == 8 &&
	    sip_same_fold(name, "reply-to", len))
		return SIP_HEADER_IDENTITY;
	return SIP_HEADER_OTHER;
}

enum sip_header sip_header_name(const u8 *name, u32 len)
{
	return len ? sip_name_lookup(name, len) : SIP_HEADER_OTHER;
}

static bool sip_blank(u8 ch)
{
	return ch == ' ' || ch == '\t';
}

/* Over lines that go on with the field: they begin with white space. Rare */
static noinline bool sip_folds_skip(struct nf_alg_cursor *c)
{
	s32 len;

	while (c->pos < c->end && sip_blank(c->base[c->pos])) {
		len = nf_alg_cursor_find(c, '\n');
		if (len < 1 || c->base[c->pos + len - 1] != '\r')
			return false;
		nf_alg_cursor_skip(c, len + 1);
	}
	return true;
}

/* Content-Length and something more before the colon: some would take it for
 * the length, and some not
 */
static noinline bool sip_length_spoilt(const u8 *name, u32 len)
{
	struct nf_alg_cursor c;
	u32 token;

	nf_alg_cursor_init(&c, name, len);
	token = sip_skip_chars(&c, SIP_CHAR_TOKEN);
	return token < len &&
	       sip_header_name(name, token) == SIP_HEADER_CONTENT_LENGTH;
}

/* One header field with its folded lines. The cursor stands at the start of a
 * line; it is advanced behind the field, or behind the empty line that ends the
 * head. Returns 1 for a field, 0 at the end of the head, -1 if it is malformed.
 */
static int sip_field_next(struct nf_alg_cursor *c, struct sip_field *field)
{
	struct nf_alg_cursor line = *c;
	const u8 *base = c->base;
	u32 start = c->pos, at;
	s32 len;

	len = nf_alg_cursor_find(c, '\n');
	if (len < 1 || base[start + len - 1] != '\r')
		return -1;
	c->pos = start + len + 1;
	if (len == 1)
		return 0;

	line.end = start + len - 1;
	len = nf_alg_cursor_find(&line, ':');
	if (len < 1 || base[start] <= ' ')
		return -1;
	at = start + len;
	while (sip_blank(base[start + len - 1]))
		len--;
	field->name = sip_name_lookup(base + start, len);
	if (field->name == SIP_HEADER_OTHER &&
	    ((base[start] | 0x20) == 'c' || (base[start] | 0x20) == 'l') &&
	    sip_length_spoilt(base + start, len))
		return -1;
	do {
		at++;
	} while (at < line.end && sip_blank(base[at]));
	field->value.off = at;

	if (c->pos < c->end && sip_blank(base[c->pos])) {
		if (!sip_folds_skip(c))
			return -1;
		/* A value may begin in the second line */
		line.pos = at;
		line.end = c->pos - 2;
		sip_skip_lws(&line);
		field->value.off = line.pos;
	}
	field->value.len = c->pos - 2 - field->value.off;
	return 1;
}

s32 sip_content_length_parse(const struct nf_alg_cursor *c,
			     struct nf_alg_span *digits)
{
	struct nf_alg_cursor in = *c;
	s32 length;
	u32 start;

	sip_skip_lws(&in);
	start = in.pos;
	length = sip_number_parse(&in);
	if (digits) {
		digits->off = start;
		digits->len = in.pos - start;
	}
	sip_skip_lws(&in);
	return nf_alg_cursor_left(&in) ? -1 : length;
}

/* CSeq = 1*DIGIT LWS Method */
static bool sip_cseq_parse(const struct nf_alg_cursor *message,
			   struct sip_head *head)
{
	const struct nf_alg_span *value = &head->single[SIP_HEADER_CSEQ];
	enum sip_method method;
	struct nf_alg_cursor c;
	u32 digits = 0, end;
	int ch;

	nf_alg_cursor_span(&c, message, value);
	/* Up to 2**31; larger ones need not be told apart */
	while ((ch = nf_alg_cursor_at(&c, 0)) >= '0' && ch <= '9') {
		head->cseq = head->cseq * 10 + ch - '0';
		nf_alg_cursor_skip(&c, 1);
		digits++;
	}
	ch = nf_alg_cursor_at(&c, 0);
	if (!digits || digits > 10 || sip_token_char(ch))
		return false;
	sip_skip_lws(&c);
	for (end = 0; sip_token_char(nf_alg_cursor_at(&c, end)); end++)
		;
	if (!end)
		return false;
	c.end = c.pos + end;
	method = sip_method_parse(&c);
	if (head->line.request)
		return method == head->line.method;
	head->method = method;
	return true;
}

/* Body length from all Content-Length fields; they must agree */
static bool sip_body_parse(const struct nf_alg_cursor *message,
			   struct sip_head *head)
{
	u32 left = message->end - head->body;
	struct nf_alg_cursor c;
	s32 length = -1, next;
	u32 i;

	for (i = 0; i < head->fields; i++) {
		if (head->field[i].name != SIP_HEADER_CONTENT_LENGTH)
			continue;
		nf_alg_cursor_span(&c, message, &head->field[i].value);
		next = sip_content_length_parse(&c, NULL);
		if (next < 0 || (length >= 0 && next != length))
			return false;
		length = next;
	}
	head->length = length >= 0;
	head->body_len = head->length ? length : left;
	return head->body_len <= left;
}

enum sip_head_result sip_head_parse(struct nf_alg_cursor *c,
				    struct sip_head *head)
{
	/* Twice one of these makes a message ambiguous */
	const u32 once = 1 << SIP_HEADER_FROM | 1 << SIP_HEADER_TO |
			 1 << SIP_HEADER_CALL_ID | 1 << SIP_HEADER_CSEQ |
			 1 << SIP_HEADER_CONTENT_TYPE;
	struct sip_field *field;
	int more;
	u32 i;

	memset(head->single, 0, sizeof(head->single));
	head->fields = 0;
	head->cseq = 0;
	if (!sip_start_line_parse(c, &head->line))
		return SIP_HEAD_FOREIGN;
	head->method = head->line.method;

	for (;;) {
		if (head->fields == SIP_FIELDS_MAX)
			return SIP_HEAD_MALFORMED;
		field = &head->field[head->fields];
		more = sip_field_next(c, field);
		if (more < 0)
			return SIP_HEAD_MALFORMED;
		if (!more)
			break;
		if (field->name == SIP_HEADER_OTHER)
			continue;
		if (field->name >= __SIP_HEADER_SINGLE)
			head->fields++;
		else if (!head->single[field->name].off)
			head->single[field->name] = field->value;
		else if (once >> field->name & 1)
			return SIP_HEAD_MALFORMED;
	}
	for (i = SIP_HEADER_VIA; i <= SIP_HEADER_CSEQ; i++)
		if (!head->single[i].len)
			return SIP_HEAD_MALFORMED;
	head->body = c->pos;
	if (!sip_cseq_parse(c, head) || !sip_body_parse(c, head))
		return SIP_HEAD_MALFORMED;
	return SIP_HEAD_OK;
}
