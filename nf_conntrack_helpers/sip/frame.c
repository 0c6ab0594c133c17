// SPDX-License-Identifier: GPL-2.0
/*
 * Messages in a stream.
 *
 * nf_alg_frame.state holds the scan of the start line, and after it the offset
 * of the current field above SIP_FRAME_FIELDS and SIP_FRAME_LENGTH. Content-
 * Length goes to nf_alg_frame.body as soon as it is known.
 */
#include "address.h"
#include "frame.h"
#include "header.h"
#include "translate.h"

#define SIP_FRAME_FIELDS BIT(7) /* the start line is complete */
#define SIP_FRAME_LENGTH BIT(6) /* there was a Content-Length */
#define SIP_FRAME_OFFSET 8

u32 sip_keepalive(const u8 *data, u32 len)
{
	u32 n = 0;

	while (len - n >= 2 && data[n] == '\r' && data[n + 1] == '\n')
		n += 2;
	return n;
}

/* A complete field without its line end: is it Content-Length */
static bool sip_frame_field(const struct nf_alg_cursor *message, u32 from,
			    u32 to, struct nf_alg_frame *frame)
{
	struct nf_alg_cursor c = *message;
	s32 length;
	int ch;

	c.pos = from;
	c.end = to;
	ch = nf_alg_cursor_at(&c, 0);
	/* The start line has no continuation */
	if (ch == ' ' || ch == '\t')
		return false;
	ch |= 0x20;
	/* "l", or the one long name that is as long and as like */
	if (ch != 'l' && (ch != 'c' || (nf_alg_cursor_at(&c, 8) | 0x20) != 'l'))
		return true;
	if (sip_header_name(c.base + from,
			    sip_skip_chars(&c, SIP_CHAR_TOKEN)) !=
	    SIP_HEADER_CONTENT_LENGTH)
		return true;
	while ((ch = nf_alg_cursor_get(&c)) == ' ' || ch == '\t')
		;
	if (ch != ':')
		return false;
	length = sip_content_length_parse(&c, NULL);
	if (length < 0)
		return false;
	if (frame->state & SIP_FRAME_LENGTH)
		return frame->body == length;
	frame->body = length;
	frame->state |= SIP_FRAME_LENGTH;
	return true;
}

/* May this follow a message that has no Content-Length */
static bool sip_frame_follows(const u8 *data, u32 len)
{
	struct nf_alg_cursor c;
	u32 state = 0;

	if (!len)
		return true;
	if (data[0] == '\r')
		return len == 1 || data[1] == '\n';
	nf_alg_cursor_init(&c, data, len);
	return sip_start_line_scan(&c, &state) != SIP_SCAN_FOREIGN;
}

/* Fields up to the empty line. Returns as sip_frame(), 1 for a whole head */
static int sip_frame_head(struct nf_alg_cursor *c, struct nf_alg_frame *frame)
{
	u32 start = frame->state >> SIP_FRAME_OFFSET, end;
	s32 line;
	int ch;

	for (;;) {
		line = nf_alg_cursor_find(c, '\n');
		if (line < 0) {
			c->pos = c->end;
			break;
		}
		end = c->pos + line;
		if (!end || c->base[end - 1] != '\r')
			return -NF_ALG_REASON_FRAMING;
		if (end - 1 == start) {
			c->pos = end + 1;
			frame->head = c->pos;
			return 1;
		}
		/* The next byte decides whether the field goes on */
		c->pos = end;
		ch = nf_alg_cursor_at(c, 1);
		if (ch < 0)
			break;
		nf_alg_cursor_skip(c, 1);
		if (ch == ' ' || ch == '\t')
			continue;
		if (!sip_frame_field(c, start, end - 1, frame))
			return -NF_ALG_REASON_FRAMING;
		start = c->pos;
	}
	frame->state = (frame->state & (BIT(SIP_FRAME_OFFSET) - 1)) |
		       start << SIP_FRAME_OFFSET;
	return NF_ALG_FRAME_MORE;
}

/* Most messages come whole: one index of the head says where they end, and
 * serves their translation. Returns the length, or 0 where the message is not
 * all there, is not good, or does not say how long it is: what is to be done
 * then is known to sip_frame_head() alone.
 */
static u32 sip_frame_whole(const u8 *data, u32 len, struct sip_session *session)
{
	struct sip_head *head = &session->translation.head;
	struct nf_alg_cursor c;

	nf_alg_cursor_init(&c, data, len);
	if (sip_head_parse(&c, head) != SIP_HEAD_OK || !head->length)
		return 0;
	return head->body + head->body_len;
}

int sip_frame(const u8 *data, u32 len, struct nf_alg_frame *frame)
{
	struct nf_alg_cursor c;
	int result;

	if (!frame->seen && !frame->state && len && data[0] == '\r') {
		result = sip_keepalive(data, len);
		frame->idle = result;
		if (result || len == 1)
			return result;
		return -NF_ALG_REASON_NOT_PROTOCOL;
	}

	if (!frame->seen && frame->priv) {
		result = sip_frame_whole(data, len, frame->priv);
		frame->parsed = result;
		if (result)
			return result;
	}

	nf_alg_cursor_init(&c, data, len);
	c.pos = frame->seen;
	if (!frame->head && !(frame->state & SIP_FRAME_FIELDS)) {
		switch (sip_start_line_scan(&c, &frame->state)) {
		case SIP_SCAN_FOREIGN:
			return -NF_ALG_REASON_NOT_PROTOCOL;
		case SIP_SCAN_MORE:
			break;
		case SIP_SCAN_DONE:
			frame->state = c.pos << SIP_FRAME_OFFSET |
				       SIP_FRAME_FIELDS;
			break;
		}
	}
	if (!frame->head && frame->state & SIP_FRAME_FIELDS) {
		result = sip_frame_head(&c, frame);
		if (result < 0)
			return result;
	}
	frame->seen = c.pos;
	if (!frame->head) {
		if (len > SIP_HEAD_MAX)
			return -NF_ALG_REASON_MESSAGE_TOO_LONG;
		return NF_ALG_FRAME_MORE;
	}

	if (!(frame->state & SIP_FRAME_LENGTH)) {
		if (!sip_frame_follows(data + frame->head, len - frame->head))
			return -NF_ALG_REASON_FRAMING;
		return frame->head;
	}
	if (len - frame->head < frame->body)
		return NF_ALG_FRAME_MORE;
	return frame->head + frame->body;
}
