// SPDX-License-Identifier: GPL-2.0
/*
 * Framing: messages in a stream, cut anywhere.
 *
 * sources: nf_conntrack_helpers/sip/address.c nf_conntrack_helpers/sip/frame.c
 * sources: nf_conntrack_helpers/sip/header.c nf_conntrack_helpers/sip/start_line.c
 */
#include "engine_kernel.h"
#include "frame.h"
#include "ktap.h"
#include "sip_text.h"
#include "translate.h"

/* As the engine calls it: with a copy that ends where the bytes end */
static int feed(const char *data, u32 len, struct nf_alg_frame *frame)
{
	u8 *copy = malloc(len ?: 1);
	int result;

	memcpy(copy, data, len);
	result = sip_frame(copy, len, frame);
	free(copy);
	return result;
}

static struct sip_session session;

static int whole(const char *data, u32 len)
{
	struct nf_alg_frame frame = {}, indexed = { .priv = &session };
	int result = feed(data, len, &frame);

	/* With a place for the index it is the same */
	if (feed(data, len, &indexed) != result)
		return -1000;
	return result;
}

/* The first byte with which it is known what this is, and the answer */
static void frame(const char *what, const char *text, int want, u32 at)
{
	char *data = sip_lines(text);
	struct nf_alg_frame f = {};
	u32 len = strlen(data), n = 0;
	int result = NF_ALG_FRAME_MORE;

	while (result == NF_ALG_FRAME_MORE && n < len)
		result = feed(data, ++n, &f);
	if (!ktap_ok(result == want && (!at || n == at), "%s", what))
		printf("# got %d after %u of %u bytes, want %d after %u\n",
		       result, n, len, want, at);
	free(data);
}

static const char options[] =
	"OPTIONS sip:bob@example.com SIP/2.0\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\n"
	"From: <sip:a@h>;tag=1\nTo: <sip:b@h>\nCall-ID: 1\nCSeq: 1 OPTIONS\n";

static void length(const char *what, const char *fields, const char *body,
		   int want)
{
	char text[2048], *data;
	int result;

	snprintf(text, sizeof(text), "%s%s\n%s", options, fields, body);
	data = sip_lines(text);
	result = whole(data, strlen(data));
	/* A positive answer is given as the length of the body */
	if (result > 0)
		result -= strstr(data, "\r\n\r\n") + 4 - data;
	if (!ktap_ok(result == want, "%s", what))
		printf("# got %d, want %d\n", result, want);
	free(data);
}

/* Every cut in two of a stream of messages gives the same messages */
static void split_test(void)
{
	char *a = sip_message(options, "v=0\nINVITE sip:x@h SIP/2.0\n");
	char *b = sip_message("SIP/2.0 200 OK\nl:\n 0\n", NULL);
	char stream[2048];
	u32 len, cut, bad = 0;

	len = snprintf(stream, sizeof(stream), "%s%s\r\n\r\n%s", a, b, a);
	for (cut = 1; cut < len; cut++) {
		struct nf_alg_frame f = {};
		u32 from = 0, have = cut, messages = 0;
		int n;

		for (;;) {
			n = feed(stream + from, have - from, &f);
			if (n < 0)
				break;
			if (n) {
				from += n;
				messages++;
				memset(&f, 0, sizeof(f));
				if (from < have)
					continue;
			}
			if (have == len)
				break;
			have = len;
		}
		/* The keepalive between them may come in two */
		if (n < 0 || from != len || messages < 4 || messages > 5)
			bad++;
	}
	ktap_ok(!bad, "four messages, cut in two at %u places", len - 1);
	free(a);
	free(b);
}

static void linear_test(void)
{
	u32 len = 60000, n, i;
	char *data = malloc(len + 100);
	struct nf_alg_frame f = {};
	u32 looked = 0;

	n = sprintf(data, "INVITE sip:h SIP/2.0\r\n");
	while (n < len)
		n += sprintf(data + n, "X-Long: %060u\r\n", n);
	n += sprintf(data + n, "\r\n");
	for (i = 1; i < n; i++) {
		u32 before = f.seen;

		if (sip_frame((u8 *)data, i, &f))
			break;
		looked += i - before;
	}
	/* Sixty thousand bytes one by one: none is read more than twice */
	ktap_ok(i == n && looked < 2 * n &&
			sip_frame((u8 *)data, n, &f) == (int)n,
		"%u bytes one by one are looked at %u times", n, looked);
	free(data);
}

int main(void)
{
	char *long_line;

	frame("a request", options, NF_ALG_FRAME_MORE, 0);
	frame("TLS", "\x16\x03\x01\x02", -NF_ALG_REASON_NOT_PROTOCOL, 1);
	frame("HTTP GET", "GET / HTTP/1.1\n", -NF_ALG_REASON_NOT_PROTOCOL, 5);
	frame("HTTP POST", "POST /x HTTP/1.1\n", -NF_ALG_REASON_NOT_PROTOCOL,
	      6);
	frame("HTTP POST of a URI", "POST sip:x HTTP/1.1\n",
	      -NF_ALG_REASON_NOT_PROTOCOL, 12);
	frame("HTTP response", "HTTP/1.1 200 OK\n", -NF_ALG_REASON_NOT_PROTOCOL,
	      5);
	frame("STUN", "\x01\x01\x01", -NF_ALG_REASON_NOT_PROTOCOL, 1);
	frame("junk", "@@@@", -NF_ALG_REASON_NOT_PROTOCOL, 1);
	frame("another version", "INVITE sip:h SIP/7.0\n",
	      -NF_ALG_REASON_NOT_PROTOCOL, 18);
	frame("another scheme", "INVITE soap.beep://h SIP/2.0\n",
	      -NF_ALG_REASON_NOT_PROTOCOL, 9);
	frame("a space in the URI", "INVITE sip:h; lr SIP/2.0\n",
	      -NF_ALG_REASON_NOT_PROTOCOL, 15);
	frame("no URI", "INVITE sip: SIP/2.0\n", -NF_ALG_REASON_NOT_PROTOCOL,
	      12);
	frame("no method", " sip:h SIP/2.0\n", -NF_ALG_REASON_NOT_PROTOCOL, 1);
	frame("two digits of status", "SIP/2.0 20 OK\n",
	      -NF_ALG_REASON_NOT_PROTOCOL, 11);
	frame("letters of status", "SIP/2.0 2x0 OK\n",
	      -NF_ALG_REASON_NOT_PROTOCOL, 10);
	frame("a status without reason", "SIP/2.0 200\nl: 0\n\n", 21, 21);
	frame("a scheme in capitals", "INVITE SIPS:h sip/2.0\nl:0\n\n", 30, 30);
	frame("tel", "INVITE tel:+1 SIP/2.0\nl:0\n\n", 30, 30);
	frame("a keepalive", "\n\n", 2, 2);
	frame("half a line end and junk", "\rx", -NF_ALG_REASON_NOT_PROTOCOL,
	      2);
	frame("a head that begins with a fold",
	      "INVITE sip:h SIP/2.0\n X: y\n\n", -NF_ALG_REASON_FRAMING, 0);
	ktap_ok(whole("\r\n\r\nINV", 7) == 4, "keepalives before a message");
	ktap_ok(whole("\r", 1) == NF_ALG_FRAME_MORE, "half a keepalive");
	ktap_ok(whole("INVITE sip:h SIP/2.0\r\nA: b\nC: d\r\n\r\n", 36) ==
			-NF_ALG_REASON_FRAMING,
		"a line feed alone ends no line");

	length("a body", "Content-Length: 5\n", "hello", 5);
	length("a body and more", "Content-Length: 5\n", "helloOPTIONS", 5);
	length("half a body", "Content-Length: 5\n", "hel", NF_ALG_FRAME_MORE);
	length("compact, odd case, space", "L \t:  5 \n", "hello", 5);
	length("folded", "CONTENT-LENGTH:\n 5\n", "hello", 5);
	length("equal lengths", "l: 5\nContent-Length: 05\n", "hello", 5);
	length("different lengths", "l: 5\nContent-Length: 6\n", "hello!",
	       -NF_ALG_REASON_FRAMING);
	length("a negative length", "l: -999\n", "", -NF_ALG_REASON_FRAMING);
	length("an empty length", "l:\n", "", -NF_ALG_REASON_FRAMING);
	length("two in one", "l: 5, 5\n", "hello", -NF_ALG_REASON_FRAMING);
	length("a huge length", "l: 4294967301\n", "hello",
	       -NF_ALG_REASON_FRAMING);
	length("a name that begins alike", "Content-Lengths: 5\nl: 0\n", "", 0);
	length("a name with a control character is another",
	       "Content\rLength: 5\n", "", 0);
	length("no length, nothing follows", "", "", 0);
	length("no length, a line end follows", "", "\n", 0);
	length("no length, a message follows", "", "INVITE sip:x", 0);
	length("no length, a body follows", "", "v=0\n",
	       -NF_ALG_REASON_FRAMING);
	length("a message in a body is none", "l: 24\n",
	       "REGISTER sip:h SIP/2.0\n", 24);

	long_line = malloc(70001);
	memset(long_line, 'A', 70000);
	memcpy(long_line, "INVITE sip:", 11);
	long_line[70000] = 0;
	ktap_ok(whole(long_line, 65536) == NF_ALG_FRAME_MORE, "a long head");
	ktap_ok(whole(long_line, 65537) == -NF_ALG_REASON_MESSAGE_TOO_LONG,
		"too long a head");
	memset(long_line, 'A', 70000);
	ktap_ok(whole(long_line, 65) == -NF_ALG_REASON_NOT_PROTOCOL,
		"no method has 65 letters");
	free(long_line);
	split_test();
	linear_test();
	return ktap_end();
}
