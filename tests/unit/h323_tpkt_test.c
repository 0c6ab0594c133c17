// SPDX-License-Identifier: GPL-2.0
/*
 * Where TPKTs end in a stream, and which bytes cannot begin one; the Q.931 part
 * of a message.
 *
 * sources: nf_conntrack_helpers/h323/tpkt.c nf_conntrack_helpers/h323/q931.c
 */
#include <stdlib.h>
#include "engine_kernel.h"
#include "ktap.h"
#include "h323/q931.h"
#include "h323/tpkt.h"

typedef int (*frame_fn)(const u8 *data, u32 len, struct nf_alg_frame *frame);

/* A copy of its own, so that the sanitizer sees a byte too many */
static int frame(frame_fn fn, const void *data, u32 len,
		 struct nf_alg_frame *state)
{
	u8 *copy = malloc(len ?: 1);
	int result;

	memcpy(copy, data, len);
	result = fn(copy, len, state);
	free(copy);
	return result;
}

static int whole(frame_fn fn, const void *data, u32 len)
{
	struct nf_alg_frame state = {};

	return frame(fn, data, len, &state);
}

/* In two pieces at every place, and byte by byte */
static bool cuts(frame_fn fn, u32 total)
{
	struct nf_alg_frame bytewise = {};
	u8 *data = calloc(1, total + 4);
	bool good = true;

	data[0] = 3;
	data[2] = total >> 8;
	data[3] = total;
	if (total > 4)
		data[4] = H323_Q931_DISCRIMINATOR;
	/* The next message is no business of this one's */
	memset(data + total, 0xff, 4);
	for (u32 len = 0; len < total; len++) {
		struct nf_alg_frame pieces = {};

		good &= frame(fn, data, len, &bytewise) == NF_ALG_FRAME_MORE;
		good &= frame(fn, data, len, &pieces) == NF_ALG_FRAME_MORE;
		good &= frame(fn, data, total + 4, &pieces) == (int)total;
		good &= len < 4 ||
			(bytewise.head == 4 && bytewise.body == total - 4);
	}
	good &= frame(fn, data, total, &bytewise) == (int)total;
	good &= bytewise.idle == (total == 4);
	free(data);
	return good;
}

static int q931(const void *data, u32 len, struct h323_q931 *q)
{
	u8 *copy = malloc(len ?: 1);
	struct nf_alg_cursor c;
	int result;

	memcpy(copy, data, len);
	nf_alg_cursor_init(&c, copy, len);
	result = h323_q931_read(&c, q);
	free(copy);
	return result;
}

#define Q931(bytes, q) q931(bytes, sizeof(bytes) - 1, q)

static void elements(void)
{
	struct h323_q931 q;
	const char *setup = "\x08\x02\x92\x34\x05"
			    "\x04\x03\x88\xc0\xa5"
			    "\xa1"
			    "\x28\x03"
			    "abc"
			    "\x96"
			    "\x7e\x00\x04\x05\x20\x80\x06"
			    "\xd0\x70\x02\x81\x35";
	u32 len = 29;

	ktap_ok(!q931(setup, len, &q) && q.type == H323_Q931_SETUP &&
			q.crv == 0x1234 && q.from_called && q.uuie.off == 21 &&
			q.uuie.len == 3,
		"elements of one octet may stand anywhere, User-user too");
	for (u32 cut = 1, good = 0; cut < len; cut++) {
		good += q931(setup, cut, &q) <= 0 &&
			q.uuie.off + q.uuie.len <= cut;
		if (cut == len - 1)
			ktap_ok(good == len - 1,
				"cut anywhere, nothing lies behind the end");
	}
	ktap_ok(!Q931("\x08\x00\x62", &q) && q.type == H323_Q931_FACILITY &&
			!q.crv && !q.uuie.len,
		"a call reference of no bytes, and no User-user element");
	ktap_ok(!Q931("\x08\x01\x85\x62", &q) && q.crv == 5 && q.from_called,
		"a call reference of one byte");
	ktap_ok(Q931("\x08\x03\x01\x02\x03\x62", &q) < 0,
		"one of three is refused");
	ktap_ok(Q931("\x09\x02\x00\x01\x05", &q) < 0,
		"another protocol discriminator is refused");
	ktap_ok(Q931("\x08\x02\x00\x01\x05\x7e\x00\x00", &q) < 0 &&
			Q931("\x08\x02\x00\x01\x05\x7e\x00\x01\x05", &q) < 0,
		"a User-user element of 0 bytes, or of 1, is refused");
	ktap_ok(Q931("\x08\x02\x00\x01\x05\x7e\x00\x02\x04\x20", &q) < 0,
		"and one that is not ASN.1");
	ktap_ok(Q931("\x08\x02\x00\x01\x05\x7e\xff\xff\x05\x20", &q) < 0 &&
			Q931("\x08\x02\x00\x01\x05\x28\x05\x05\x20", &q) < 0,
		"and an element that is longer than the message");
	ktap_ok(!Q931("\x08\x02\x00\x01\x05\x7e\x00\x02\x05\x20"
		      "\x7e\x00\x02\x05\x21",
		      &q) &&
			q.uuie.off == 9,
		"of two User-user elements the first is taken");
}

static void refused(const char *what, const char *bytes)
{
	ktap_ok(whole(h323_tpkt_signalling, bytes, 1) ==
				-NF_ALG_REASON_FRAMING &&
			whole(h323_tpkt_control, bytes, 1) ==
				-NF_ALG_REASON_FRAMING,
		"%s is refused with its first byte", what);
}

int main(void)
{
	ktap_ok(cuts(h323_tpkt_signalling, 4) && cuts(h323_tpkt_control, 4),
		"an empty TPKT is a message, and idle");
	ktap_ok(cuts(h323_tpkt_signalling, 5) &&
			cuts(h323_tpkt_signalling, 251) &&
			cuts(h323_tpkt_control, 251),
		"cut anywhere, the end is found");
	ktap_ok(cuts(h323_tpkt_signalling, 1000) &&
			cuts(h323_tpkt_control, 3000),
		"long ones too");
	refused("HTTP", "POST / HTTP/1.1");
	refused("TLS", "\x16\x03\x01");
	refused("a TPKT of version 2", "\x02\x00\x00\x08");
	ktap_ok(whole(h323_tpkt_control, "\x03\x01", 2) ==
			-NF_ALG_REASON_FRAMING,
		"the reserved byte must be 0");
	for (int len = 0; len < 4; len++) {
		u8 tpkt[4] = { 3, 0, 0, len };

		ktap_ok(whole(h323_tpkt_control, tpkt, 4) ==
				-NF_ALG_REASON_FRAMING,
			"a length of %d is less than the header", len);
	}
	ktap_ok(whole(h323_tpkt_signalling, "\x03\x00\x00\x20G", 5) ==
				-NF_ALG_REASON_FRAMING &&
			whole(h323_tpkt_control, "\x03\x00\x00\x20G", 5) ==
				NF_ALG_FRAME_MORE,
		"call signalling must be Q.931 from its first byte");
	ktap_ok(whole(h323_tpkt_signalling, "\x03\x00\x00\x04\x03\x00", 6) == 4,
		"behind an empty TPKT another one may come");
	elements();
	return ktap_end();
}
