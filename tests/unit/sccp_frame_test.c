// SPDX-License-Identifier: GPL-2.0
/*
 * Where Skinny messages end in a stream, and which bytes cannot begin one.
 *
 * sources: nf_conntrack_helpers/sccp/frame.c
 */
#include <stdlib.h>
#include "engine_kernel.h"
#include "ktap.h"
#include "sccp/frame.h"

static void put(u8 *p, u32 number)
{
	for (int i = 0; i < 4; i++)
		p[i] = number >> 8 * i;
}

/* A copy of its own, so that the sanitizer sees a byte too many */
static int frame(const void *data, u32 len, struct nf_alg_frame *state)
{
	u8 *copy = malloc(len ?: 1);
	int result;

	memcpy(copy, data, len);
	result = sccp_frame(copy, len, state);
	free(copy);
	return result;
}

static int whole(const void *data, u32 len)
{
	struct nf_alg_frame state = {};

	return frame(data, len, &state);
}

static int header(u32 length, u32 version, u32 id)
{
	u8 data[12];

	put(data, length);
	put(data + 4, version);
	put(data + 8, id);
	return whole(data, sizeof(data));
}

/* Byte by byte, and in two pieces at every place */
static void cuts(u32 total)
{
	u8 *data = calloc(1, total + 12);
	struct nf_alg_frame bytewise = {};
	bool good = true;

	put(data, total - 8);
	put(data + 4, 17);
	put(data + 8, 0x22);
	/* The next message is no business of this one's */
	memset(data + total, 0xff, 12);
	for (u32 len = 0; len < total; len++) {
		struct nf_alg_frame pieces = {};

		good &= frame(data, len, &bytewise) == NF_ALG_FRAME_MORE;
		good &= frame(data, len, &pieces) == NF_ALG_FRAME_MORE;
		good &= len < 12 ||
			(pieces.head == 12 && pieces.body == total - 12);
		good &= frame(data, total + 12, &pieces) == (int)total;
	}
	good &= frame(data, total, &bytewise) == (int)total;
	ktap_ok(good, "a message of %u bytes, cut everywhere", total);
	free(data);
}

static void sizes(void)
{
	bool good = true;

	for (u32 length = 0; length < 4; length++)
		good &= header(length, 0, 0) == -NF_ALG_REASON_FRAMING;
	ktap_ok(good, "lengths 0 to 3 are refused");
	ktap_ok(header(4, 0, 0) == 12, "a KeepAlive has a length of 4");
	good = true;
	for (u32 length = 5; length <= 8192; length++)
		good &= header(length, 0, 0x22) == NF_ALG_FRAME_MORE;
	ktap_ok(good, "lengths up to 8192 are waited for");
	ktap_ok(header(8193, 0, 0) == -NF_ALG_REASON_FRAMING &&
			header(0x10004, 0, 0) == -NF_ALG_REASON_FRAMING &&
			header(0xffffffff, 0, 0) == -NF_ALG_REASON_FRAMING,
		"longer ones are refused");
	ktap_ok(header(4, 40, 0x100) == 12, "version 40 may be");
	ktap_ok(header(4, 41, 0x100) == -NF_ALG_REASON_FRAMING,
		"version 41 may not");
	ktap_ok(header(4, 0, 0xffff) == 12, "unknown ids are skipped");
	ktap_ok(header(4, 0, 0x10000) == -NF_ALG_REASON_FRAMING,
		"an id of more than 16 bits is none");
}

static void refusals(void)
{
	static const struct {
		const char *what;
		const char *bytes;
		u32 len;
		u32 soon;
	} strangers[] = {
		{ "HTTP", "GET / HTTP/1.1\r\n", 16, 2 },
		{ "TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00", 12,
		  3 },
		{ "ManageSieve", "\"IMPLEMENTATION\" ", 17, 2 },
		{ "a bandwidth test's greeting", "\x01\x00\x00\x00", 4, 4 },
		{ "a bandwidth test's request",
		  "\x01\x01\x00\x00\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		  16, 6 },
		{ "zeros", "\0\0\0\0\0\0\0\0\0\0\0\0", 12, 4 },
		{ "SSH", "SSH-2.0-OpenSSH\r\n", 17, 2 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(strangers); i++) {
		bool good = whole(strangers[i].bytes, strangers[i].len) ==
			    -NF_ALG_REASON_FRAMING;

		for (u32 len = 0; len <= strangers[i].len; len++)
			good &= whole(strangers[i].bytes, len) ==
				(len < strangers[i].soon ?
					 NF_ALG_FRAME_MORE :
					 -NF_ALG_REASON_FRAMING);
		ktap_ok(good, "%s is refused after %u bytes", strangers[i].what,
			strangers[i].soon);
	}
}

static void beginnings(void)
{
	ktap_ok(sccp_plausible(0) && sccp_plausible(1) && sccp_plausible(0x1ff),
		"a connection may begin with today's ids");
	ktap_ok(sccp_plausible(0x8000) && sccp_plausible(0x8100) &&
			sccp_plausible(0x8101),
		"and with those of SPCP");
	ktap_ok(!sccp_plausible(0x200) && !sccp_plausible(0x7fff) &&
			!sccp_plausible(0x8001) && !sccp_plausible(0xffff),
		"and with no others");
}

int main(void)
{
	cuts(12);
	cuts(32);
	cuts(144);
	cuts(372);
	cuts(8200);
	sizes();
	refusals();
	beginnings();
	return ktap_end();
}
