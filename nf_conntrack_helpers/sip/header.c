// SPDX-License-Identifier: GPL-2.0
/*
 * Header fields: names, lines, and the index of a message's head.
 */
#include "address.h"
#include "header.h"

/* Grouped by first letter; sip_header_first says where a group begins */
static const struct {
	u8 len;
	u8 header;
	char name[18];
} sip_headers[] = {
	{ 1, SIP_HEADER_CONTENT_TYPE, "c" },
	{ 7, SIP_HEADER_CONTACT, "contact" },
	{ 7, SIP_HEADER_CALL_ID, "call-id" },
	{ 4, SIP_HEADER_CSEQ, "cseq" },
	{ 14, SIP_HEADER_CONTENT_LENGTH, "content-length" },
	{ 12, SIP_HEADER_CONTENT_TYPE, "content-type" },
	{ 16, SIP_HEADER_CONTENT_ENCODING, "content-encoding" },
	{ 1, SIP_HEADER_CONTENT_ENCODING, "e" },
	{ 7, SIP_HEADER_EXPIRES, "expires" },
	{ 1, SIP_HEADER_FROM, "f" },
	{ 4, SIP_HEADER_FROM, "from" },
	{ 1, SIP_HEADER_CALL_ID, "i" },
	{ 1, SIP_HEADER_CONTENT_LENGTH, "l" },
	{ 1, SIP_HEADER_CONTACT, "m" },
	{ 4, SIP_HEADER_PATH, "path" },
	{ 12, SIP_HEADER_RECORD_ROUTE, "record-route" },
	{ 5, SIP_HEADER_ROUTE, "route" },
	{ 15, SIP_HEADER_SESSION_EXPIRES, "session-expires" },
	{ 13, SIP_HEADER_SERVICE_ROUTE, "service-route" },
	{ 1, SIP_HEADER_TO, "t" },
	{ 2, SIP_HEADER_TO, "to" },
	{ 1, SIP_HEADER_VIA, "v" },
	{ 3, SIP_HEADER_VIA, "via" },
	{ 1, SIP_HEADER_SESSION_EXPIRES, "x" },
};

static const u8 sip_header_first[27] = {
	/* a  b  c  d  e  f  g   h   i   j   k   l   m */
	0,  0,	0,  7,	7,  9,	11, 11, 11, 12, 12, 12, 13,
	/* n  o  p  q  r   s   t   u   v   w   x   y   z */
	14, 14, 14, 15, 15, 17, 19, 21, 21, 23, 23, 24, 24,
	24,
};

static u64 sip_fold8(const void *text)
{
	u64 word;

	memcpy(&word, text, 8);
	return word | 0x2020202020202020ULL;
}

/* @word is in lower case, and of characters that setting 0x20 does not change */
static bool sip_same_fold(const u8 *text, const char *word, u32 len)
{
	u32 i;

	if (len >= 8) {
		for (i = 0; i + 8 < len; i += 8)
			if (sip_fold8(text + i) != sip_fold8(word + i))
				return false;
		/* The last eight overlap those before */
		return sip_fold8(text + len - 8) == sip_fold8(word + len - 8);
	}
	for (i = 0; i < len; i++)
		if ((text[i] | 0x20) != word[i])
			return false;
	return true;
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

enum sip_header sip_header_name(const u8 *name, u32 len)
{
	u32 letter = len ? (name[0] | 0x20) - 'a' : 26;
	u32 i;

	if (letter >= 26)
		return SIP_HEADER_OTHER;
	for (i = sip_header_first[letter]; i < sip_header_first[letter + 1];
	     i++)
		if (sip_headers[i].len == len &&
		    sip_same_fold(name, sip_headers[i].name, len))
			return sip_headers[i].header;
	return SIP_HEADER_OTHER;
}

/* Up to the end of a line. Returns the offset of its CR, or -1 */
static s32 sip_line_end(struct nf_alg_cursor *c)
{
	s32 len = nf_alg_cursor_find(c, '\n');

	if (len < 1 || c->base[c->pos + len - 1] != '\r')
		return -1;
	c->pos += len + 1;
	return c->pos - 2;
}

int sip_field_next(struct nf_alg_cursor *c, struct sip_field *field)
{
	u32 start = c->pos, colon, name, value;
	s32 end = sip_line_end(c);
	int ch;

	if (end < 0)
		return -1;
	if ((u32)end == start)
		return 0;
	for (colon = start; colon < (u32)end; colon++)
		if (c->base[colon] == ':')
			break;
	for (name = colon; name > start; name--)
		if (c->base[name - 1] != ' ' && c->base[name - 1] != '\t')
			break;
	if (colon == (u32)end || name == start || c->base[start] <= ' ')
		return -1;
	field->name = sip_header_name(c->base + start, name - start);

	while ((ch = nf_alg_cursor_at(c, 0)) == ' ' || ch == '\t') {
		end = sip_line_end(c);
		if (end < 0)
			return -1;
	}
	for (value = colon + 1; value < (u32)end; value++)
		if (c->base[value] != ' ' && c->base[value] != '\t')
			break;
	field->value.off = value;
	field->value.len = end - value;
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
	head->body_len = length < 0 ? left : length;
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
