// SPDX-License-Identifier: GPL-2.0
/*
 * Session descriptions (RFC 8866): addresses and ports, nothing else.
 */
#include "address.h"
#include "header.h"
#include "sdp.h"

/* One line "x=..." without its end; lines may end in CRLF or LF.
 * Returns the letter, 0 at the end, -1 if it is no such line.
 */
static int sip_sdp_line(struct nf_alg_cursor *c, struct nf_alg_cursor *line)
{
	u32 start = c->pos, end = c->end;
	const u8 *base = c->base;
	s32 len;

	if (start == end)
		return 0;
	len = nf_alg_cursor_find(c, '\n');
	/* A last line may be without its end */
	c->pos = len < 0 ? end : start + len + 1;
	if (len >= 0)
		end = start + len;
	if (end > start && base[end - 1] == '\r')
		end--;
	/* Empty lines stand at the end of some bodies */
	if (end == start)
		return nf_alg_cursor_left(c) ? '\n' : 0;
	if (end - start < 2 || base[start + 1] != '=')
		return -1;
	line->base = base;
	line->pos = start + 2;
	line->end = end;
	return base[start];
}

/* Over a line that says nothing of addresses. Returns as sip_sdp_line() */
static int sip_sdp_skip(struct nf_alg_cursor *c)
{
	struct nf_alg_cursor line;
	s32 len;

	if (nf_alg_cursor_at(c, 1) != '=')
		return sip_sdp_line(c, &line);
	len = nf_alg_cursor_find(c, '\n');
	if (len < 0)
		c->pos = c->end;
	else
		c->pos += len + 1;
	return 'x';
}

/* The next word of a line */
static struct nf_alg_cursor sip_sdp_word(struct nf_alg_cursor *line)
{
	struct nf_alg_cursor word = *line;
	u32 at = line->pos;

	while (at < line->end && word.base[at] == ' ')
		at++;
	word.pos = at;
	while (at < line->end && word.base[at] > ' ')
		at++;
	word.end = at;
	line->pos = at;
	return word;
}

/* A line that ends in "IN IP4 address", written as most write it */
static bool sip_sdp_address_last(const struct nf_alg_cursor *line,
				 struct nf_alg_span *address)
{
	u32 at = line->end;

	while (at > line->pos && line->base[at - 1] > ' ')
		at--;
	if (at - line->pos < 7 || at == line->end ||
	    (memcmp(line->base + at - 7, "IN IP4 ", 7) &&
	     memcmp(line->base + at - 7, "IN IP6 ", 7)))
		return false;
	address->off = at;
	address->len = line->end - at;
	return true;
}

/* "IN IP4 address": the address, or len 0 */
static struct nf_alg_span sip_sdp_address(struct nf_alg_cursor *line)
{
	struct nf_alg_cursor net, type, word;
	struct nf_alg_span address = {};

	if (line->end - line->pos >= 7 &&
	    !memcmp(line->base + line->pos, "IN IP", 5) &&
	    sip_sdp_address_last(line, &address))
		return address;
	net = sip_sdp_word(line);
	type = sip_sdp_word(line);
	word = sip_sdp_word(line);
	if (sip_equal_fold(&net, "in", 2) &&
	    (sip_equal_fold(&type, "ip4", 3) ||
	     sip_equal_fold(&type, "ip6", 3))) {
		address.off = word.pos;
		address.len = nf_alg_cursor_left(&word);
	}
	return address;
}

bool sip_sdp_session(struct nf_alg_cursor *c, struct sip_sdp_session *session)
{
	struct nf_alg_cursor line;
	bool connection = false;
	int letter;
	u32 i;

	memset(session, 0, sizeof(*session));
	if (sip_sdp_line(c, &line) != 'v')
		return false;
	while ((letter = nf_alg_cursor_at(c, 0)) != 'm') {
		letter = letter == 'o' || letter == 'c' ?
				 sip_sdp_line(c, &line) :
				 sip_sdp_skip(c);
		if (letter < 0)
			return false;
		if (!letter)
			break;
		if (letter == 'o') {
			if (session->origin.off)
				return false;
			if (sip_sdp_address_last(&line, &session->origin))
				continue;
			for (i = 0; i < 3; i++)
				sip_sdp_word(&line);
			session->origin = sip_sdp_address(&line);
		} else if (letter == 'c') {
			if (connection)
				return false;
			connection = true;
			session->connection = sip_sdp_address(&line);
		}
	}
	return true;
}

static bool sip_sdp_proto_begins(const struct nf_alg_cursor *proto,
				 const char *word, u32 len)
{
	struct nf_alg_cursor begin = *proto;

	if (nf_alg_cursor_left(proto) < len)
		return false;
	begin.end = begin.pos + len;
	return sip_equal_fold(&begin, word, len);
}

static enum sip_sdp_transport sip_sdp_proto(const struct nf_alg_cursor *proto)
{
	struct nf_alg_cursor part = *proto;
	s32 slash;

	if (sip_sdp_proto_begins(proto, "rtp/", 4))
		return SIP_SDP_RTP;
	if (sip_equal_fold(proto, "udptl", 5) ||
	    sip_equal_fold(proto, "udp", 3))
		return SIP_SDP_UDP;
	if (!sip_sdp_proto_begins(proto, "udp/", 4))
		return SIP_SDP_OTHER;
	while ((slash = nf_alg_cursor_find(&part, '/')) >= 0) {
		nf_alg_cursor_skip(&part, slash + 1);
		if (sip_sdp_proto_begins(&part, "rtp/", 4))
			return SIP_SDP_RTP;
	}
	return SIP_SDP_UDP;
}

/* m=<media> <port>["/" <count>] <proto> ... */
static bool sip_sdp_m(struct nf_alg_cursor *line, struct sip_sdp_media *media)
{
	struct nf_alg_cursor word, proto;
	s32 number;

	sip_sdp_word(line);
	word = sip_sdp_word(line);
	proto = sip_sdp_word(line);
	media->port_text.off = word.pos;
	number = sip_number_parse(&word);
	if (number < 0 || number > 65535 || !nf_alg_cursor_left(&proto))
		return false;
	media->port = number;
	media->port_text.len = word.pos - media->port_text.off;
	media->count = 1;
	if (nf_alg_cursor_at(&word, 0) == '/') {
		nf_alg_cursor_skip(&word, 1);
		number = sip_number_parse(&word);
		if (number < 1 || number > 65535)
			return false;
		media->count = number;
	}
	if (nf_alg_cursor_left(&word))
		return false;
	media->transport = sip_sdp_proto(&proto);
	return true;
}

/* a=rtcp:<port> [IN IP4 address] (RFC 3605) */
static bool sip_sdp_rtcp(struct nf_alg_cursor *line,
			 struct sip_sdp_media *media)
{
	struct nf_alg_cursor word = sip_sdp_word(line);
	u32 start = word.pos;
	s32 port = sip_port_parse(&word);

	if (port < 0 || media->rtcp_text.len)
		return false;
	media->rtcp = port;
	media->rtcp_text.off = start;
	media->rtcp_text.len = nf_alg_cursor_left(&word);
	media->rtcp_address = sip_sdp_address(line);
	return true;
}

/* a=altc:<n> IP4 <address> <port>, and the older a=alt:<n> <q> : <user>
 * <password> <address> <port>: the last two words
 */
static void sip_sdp_alternative(struct nf_alg_cursor *line,
				struct sip_sdp_media *media)
{
	struct sip_sdp_alternative *a;
	struct nf_alg_cursor word, before = *line, last = *line;
	s32 port;

	before.end = before.pos;
	last.end = last.pos;
	for (;;) {
		word = sip_sdp_word(line);
		if (!nf_alg_cursor_left(&word))
			break;
		before = last;
		last = word;
	}
	port = sip_port_parse(&last);
	if (port < 0 || !nf_alg_cursor_left(&before) ||
	    media->alternatives == SIP_SDP_ALTERNATIVES)
		return;
	a = &media->alternative[media->alternatives++];
	a->address.off = before.pos;
	a->address.len = nf_alg_cursor_left(&before);
	a->port_text.off = last.pos;
	a->port_text.len = nf_alg_cursor_left(&last);
	a->port = port;
}

/* rtcp, candidate, altc: few other attributes look like these */
static bool sip_sdp_named(const struct nf_alg_cursor *c)
{
	int first = nf_alg_cursor_at(c, 2) | 0x20;
	int third = nf_alg_cursor_at(c, 4) | 0x20;

	return (first == 'r' && third == 'c') ||
	       (first == 'c' && third == 'n') || (first == 'a' && third == 't');
}

static bool sip_sdp_attribute(struct nf_alg_cursor *line,
			      struct sip_sdp_media *media)
{
	struct nf_alg_cursor name = *line;
	u32 len;

	while (nf_alg_cursor_at(line, 0) > ' ' &&
	       nf_alg_cursor_at(line, 0) != ':')
		nf_alg_cursor_skip(line, 1);
	name.end = line->pos;
	len = nf_alg_cursor_left(&name);
	nf_alg_cursor_skip(line, 1);
	if (len == 4 && sip_equal_fold(&name, "rtcp", 4))
		return sip_sdp_rtcp(line, media);
	if (len == 9 && sip_equal_fold(&name, "candidate", 9))
		media->ice = true;
	else if ((len == 4 && sip_equal_fold(&name, "altc", 4)) ||
		 (len == 3 && sip_equal_fold(&name, "alt", 3)))
		sip_sdp_alternative(line, media);
	else if (len == 13 && sip_equal_fold(&name, "rtcp-mux-only", 13))
		media->rtcp_mux_only = true;
	return true;
}

int sip_sdp_media(struct nf_alg_cursor *c, struct sip_sdp_media *media)
{
	struct nf_alg_cursor line;
	bool info = true, read;
	int letter, more;

	if (!nf_alg_cursor_left(c))
		return 0;
	media->connection.off = 0;
	media->connection.len = 0;
	media->connections = 0;
	media->rtcp_text = media->connection;
	media->rtcp_address = media->connection;
	media->rtcp = 0;
	media->ice = false;
	media->rtcp_mux_only = false;
	media->alternatives = 0;
	letter = sip_sdp_line(c, &line);
	if (letter != 'm' || !sip_sdp_m(&line, media))
		return -1;
	media->insert = c->pos;
	while ((letter = nf_alg_cursor_at(c, 0)) != 'm') {
		read = letter == 'c' || (letter == 'a' && sip_sdp_named(c));
		more = read ? sip_sdp_line(c, &line) : sip_sdp_skip(c);
		if (more < 0)
			return -1;
		if (!more)
			break;
		if (read && letter == 'a') {
			if (!sip_sdp_attribute(&line, media))
				return -1;
		} else if (read) {
			media->connection = sip_sdp_address(&line);
			media->connections++;
		} else if (letter == 'i' && info) {
			media->insert = c->pos;
		}
		info = false;
	}
	return 1;
}
