// SPDX-License-Identifier: GPL-2.0
/*
 * Bodies of several parts (RFC 2046, RFC 5621).
 */
#include "address.h"
#include "header.h"
#include "multipart.h"

enum sip_delimiter {
	SIP_DELIMITER_NONE,
	SIP_DELIMITER_PART,
	SIP_DELIMITER_LAST,
};

/* Is this line, without its end, a delimiter: "--" boundary ["--"] LWS */
static enum sip_delimiter
sip_multipart_delimiter(const struct nf_alg_cursor *line,
			const struct nf_alg_span *boundary)
{
	enum sip_delimiter result = SIP_DELIMITER_PART;
	struct nf_alg_cursor c = *line;
	const u8 *text = nf_alg_cursor_here(&c, boundary->len + 2);

	if (!text || text[0] != '-' || text[1] != '-' ||
	    memcmp(text + 2, c.base + boundary->off, boundary->len))
		return SIP_DELIMITER_NONE;
	nf_alg_cursor_skip(&c, boundary->len + 2);
	if (nf_alg_cursor_at(&c, 0) == '-' && nf_alg_cursor_at(&c, 1) == '-') {
		nf_alg_cursor_skip(&c, 2);
		result = SIP_DELIMITER_LAST;
	}
	sip_skip_lws(&c);
	/* Another boundary may begin as this one does */
	return nf_alg_cursor_left(&c) ? SIP_DELIMITER_NONE : result;
}

/* The next line, without LF; the cursor is advanced behind it */
static bool sip_multipart_line(struct nf_alg_cursor *c,
			       struct nf_alg_cursor *line)
{
	s32 len;

	if (!nf_alg_cursor_left(c))
		return false;
	*line = *c;
	len = nf_alg_cursor_find(c, '\n');
	if (len < 0) {
		c->pos = c->end;
		return true;
	}
	line->end = c->pos + len;
	nf_alg_cursor_skip(c, len + 1);
	return true;
}

/* Up to the next delimiter; @end is where the line end before it begins */
static enum sip_delimiter sip_multipart_find(struct nf_alg_cursor *c,
					     const struct nf_alg_span *boundary,
					     u32 *end)
{
	enum sip_delimiter found;
	struct nf_alg_cursor line;
	u32 start = c->pos;

	while (sip_multipart_line(c, &line)) {
		found = sip_multipart_delimiter(&line, boundary);
		if (!found)
			continue;
		*end = line.pos;
		if (*end > start && c->base[*end - 1] == '\n')
			(*end)--;
		if (*end > start && c->base[*end - 1] == '\r')
			(*end)--;
		return found;
	}
	return SIP_DELIMITER_NONE;
}

bool sip_multipart_begin(struct nf_alg_cursor *c,
			 const struct nf_alg_span *boundary)
{
	u32 end;

	if (!boundary->len || boundary->len > SIP_BOUNDARY_MAX)
		return false;
	return sip_multipart_find(c, boundary, &end) == SIP_DELIMITER_PART;
}

/* One header of a part */
static bool sip_part_header(const struct nf_alg_cursor *message,
			    const struct nf_alg_cursor *name,
			    const struct nf_alg_span *value,
			    struct sip_part *part)
{
	static const char transfer[] = "content-transfer-encoding";
	struct nf_alg_span *to = NULL;
	struct nf_alg_span digits;
	struct nf_alg_cursor c;
	u32 len;

	len = nf_alg_cursor_left(name);
	switch (sip_header_name(nf_alg_cursor_here(name, len), len)) {
	case SIP_HEADER_CONTENT_TYPE:
		to = &part->type;
		break;
	case SIP_HEADER_CONTENT_ENCODING:
		to = &part->encoding;
		break;
	case SIP_HEADER_CONTENT_LENGTH:
		nf_alg_cursor_span(&c, message, value);
		if (part->length.off ||
		    sip_content_length_parse(&c, &digits) < 0)
			return false;
		part->length = digits;
		return true;
	default:
		if (sip_equal_fold(name, transfer, sizeof(transfer) - 1))
			to = &part->transfer;
		break;
	}
	if (!to)
		return true;
	if (to->off)
		return false;
	*to = *value;
	return true;
}

/* Headers up to the empty line, folded lines included */
static bool sip_part_headers(struct nf_alg_cursor *c, struct sip_part *part)
{
	struct nf_alg_cursor line, name;
	struct nf_alg_span value;
	s32 colon;
	int ch;

	while (sip_multipart_line(c, &line)) {
		if (line.end > line.pos && line.base[line.end - 1] == '\r')
			line.end--;
		if (!nf_alg_cursor_left(&line))
			return true;
		while ((ch = nf_alg_cursor_at(c, 0)) == ' ' || ch == '\t') {
			struct nf_alg_cursor more;

			sip_multipart_line(c, &more);
			line.end = more.end;
			if (line.base[line.end - 1] == '\r')
				line.end--;
		}
		colon = nf_alg_cursor_find(&line, ':');
		if (colon < 1)
			return false;
		name = line;
		name.end = line.pos + colon;
		while (name.end > name.pos && name.base[name.end - 1] <= ' ')
			name.end--;
		if (!nf_alg_cursor_left(&name))
			return false;
		nf_alg_cursor_skip(&line, colon + 1);
		sip_skip_lws(&line);
		value.off = line.pos;
		value.len = nf_alg_cursor_left(&line);
		if (!sip_part_header(c, &name, &value, part))
			return false;
	}
	return false;
}

int sip_multipart_next(struct nf_alg_cursor *c,
		       const struct nf_alg_span *boundary,
		       struct sip_part *part)
{
	enum sip_delimiter found;
	struct nf_alg_cursor length;
	u32 end;

	memset(part, 0, sizeof(*part));
	if (!nf_alg_cursor_left(c))
		return 0;
	if (!sip_part_headers(c, part))
		return -1;
	part->body.off = c->pos;
	found = sip_multipart_find(c, boundary, &end);
	if (!found)
		return -1;
	part->body.len = end - part->body.off;
	if (part->length.off) {
		nf_alg_cursor_span(&length, c, &part->length);
		if (sip_number_parse(&length) != (s32)part->body.len)
			return -1;
	}
	/* What follows the last one is not looked at */
	if (found == SIP_DELIMITER_LAST)
		c->pos = c->end;
	return 1;
}
