// SPDX-License-Identifier: GPL-2.0
/*
 * Which bytes of which message are addresses and ports. The rows below are
 * written down from what is known of the protocol, not from the module's table:
 * each body has other numbers at each offset, so a wrong one shows.
 *
 * sources: nf_conntrack_helpers/sccp/frame.c nf_conntrack_helpers/sccp/layout.c
 */
#include <stdlib.h>
#include "engine_kernel.h"
#include "ktap.h"
#include "sccp/layout.h"

#define NONE -1

/**
 * struct row - a message at one length
 * @id: message
 * @body: length of its body
 * @tagged: the address is a word and 16 bytes
 * @address: offset in the body
 * @port: likewise; @rtcp, @passthru, @call, @status, @conference, @media too
 */
struct row {
	u32 id;
	u32 body;
	bool tagged;
	int address;
	int port;
	int status;
	int conference;
	int passthru;
	int call;
	int rtcp;
	int media;
};

#define OLD false
#define NEW true

/* What is not written is not there: offsets are given as at(n) in the last ones */
static const struct row rows[] = {
	/* id, body, form, address, port, status, conference, party, call */
	{ 0x0022, 16, OLD, 4, 8, 0, NONE, 12, NONE, NONE, NONE },
	{ 0x0022, 20, OLD, 4, 8, 0, NONE, 12, 16, NONE, NONE },
	{ 0x0022, 32, NEW, 4, 24, 0, NONE, 28, NONE, NONE, NONE },
	{ 0x0022, 36, NEW, 4, 24, 0, NONE, 28, 32, NONE, NONE },
	{ 0x002a, 20, OLD, 8, 12, NONE, 0, 4, 16, NONE, NONE },
	{ 0x002a, 36, NEW, 8, 28, NONE, 0, 4, 32, NONE, NONE },
	{ 0x0105, 108, OLD, 100, 104, NONE, 0, 4, 24, NONE, NONE },
	{ 0x0105, 112, OLD, 100, 104, NONE, 0, 4, 24, NONE, NONE },
	{ 0x0105, 127, OLD, 100, 104, NONE, 0, 4, 24, NONE, NONE },
	{ 0x0105, 128, NEW, 100, 120, NONE, 0, 4, 24, NONE, NONE },
	{ 0x0105, 132, NEW, 100, 120, NONE, 0, 4, 24, NONE, NONE },
	{ 0x0105, 168, NEW, 100, 120, NONE, 0, 4, 24, NONE, NONE },
	{ 0x008a, 40, OLD, 8, 12, NONE, 0, 4, NONE, NONE, NONE },
	{ 0x008a, 42, OLD, 8, 12, NONE, 0, 4, NONE, NONE, NONE },
	{ 0x008a, 44, OLD, 8, 12, NONE, 0, 4, 40, NONE, NONE },
	{ 0x008a, 84, OLD, 8, 12, NONE, 0, 4, 40, NONE, NONE },
	{ 0x008a, 112, OLD, 8, 12, NONE, 0, 4, 40, NONE, NONE },
	{ 0x008a, 116, OLD, 8, 12, NONE, 0, 4, 40, NONE, NONE },
	{ 0x008a, 131, OLD, 8, 12, NONE, 0, 4, 40, NONE, NONE },
	{ 0x008a, 132, NEW, 8, 28, NONE, 0, 4, 56, NONE, NONE },
	{ 0x008a, 168, NEW, 8, 28, NONE, 0, 4, 56, NONE, NONE },
	{ 0x0154, 24, OLD, 12, 16, 20, 0, 4, 8, NONE, NONE },
	{ 0x0154, 28, OLD, 12, 16, 20, 0, 4, 8, NONE, NONE },
	{ 0x0154, 40, NEW, 12, 32, 36, 0, 4, 8, NONE, NONE },
	{ 0x0154, 44, NEW, 12, 32, 36, 0, 4, 8, NONE, NONE },
	{ 0x0154, 48, NEW, 12, 32, 36, 0, 4, 8, NONE, NONE },
	/* Video, port negotiation */
	{ 0x0031, 20, OLD, 4, 8, 0, NONE, 12, 16, NONE, NONE },
	{ 0x0031, 36, NEW, 4, 24, 0, NONE, 28, 32, NONE, NONE },
	{ 0x0131, 172, OLD, 164, 168, NONE, 0, 4, 16, NONE, NONE },
	{ 0x0131, 176, OLD, 164, 168, NONE, 0, 4, 16, NONE, NONE },
	{ 0x0131, 187, OLD, 164, 168, NONE, 0, 4, 16, NONE, NONE },
	{ 0x0131, 188, NEW, 164, 184, NONE, 0, 4, 16, NONE, NONE },
	{ 0x0131, 192, NEW, 164, 184, NONE, 0, 4, 16, NONE, NONE },
	{ 0x0132, 168, OLD, 12, 16, NONE, 0, 4, 20, NONE, NONE },
	{ 0x0132, 171, OLD, 12, 16, NONE, 0, 4, 20, NONE, NONE },
	{ 0x0132, 184, NEW, 12, 32, NONE, 0, 4, 36, NONE, NONE },
	{ 0x0155, 24, OLD, 12, 16, 20, 0, 4, 8, NONE, NONE },
	{ 0x0155, 28, OLD, 12, 16, 20, 0, 4, 8, NONE, NONE },
	{ 0x0155, 40, NEW, 12, 32, 36, 0, 4, 8, NONE, NONE },
	{ 0x0155, 44, NEW, 12, 32, 36, 0, 4, 8, NONE, NONE },
	{ 0x0045, 24, OLD, 12, 16, NONE, 0, 8, 4, 20, NONE },
	{ 0x0045, 40, NEW, 12, 32, NONE, 0, 8, 4, 36, NONE },
	{ 0x0045, 44, NEW, 12, 32, NONE, 0, 8, 4, 36, 40 },
	/* Multicast, sessions, QoS */
	{ 0x0101, 32, OLD, 8, 12, NONE, 0, 4, NONE, NONE, NONE },
	{ 0x0101, 36, OLD, 8, 12, NONE, 0, 4, NONE, NONE, NONE },
	{ 0x0101, 48, NEW, 8, 28, NONE, 0, 4, NONE, NONE, NONE },
	{ 0x0101, 52, NEW, 8, 28, NONE, 0, 4, NONE, NONE, NONE },
	{ 0x0102, 40, OLD, 8, 12, NONE, 0, 4, NONE, NONE, NONE },
	{ 0x0102, 44, OLD, 8, 12, NONE, 0, 4, NONE, NONE, NONE },
	{ 0x0102, 56, NEW, 8, 28, NONE, 0, 4, NONE, NONE, NONE },
	{ 0x0102, 60, NEW, 8, 28, NONE, 0, 4, NONE, NONE, NONE },
	{ 0x0095, 8, OLD, 0, NONE, NONE, NONE, NONE, NONE, NONE, NONE },
	{ 0x0095, 24, NEW, 0, NONE, NONE, NONE, NONE, NONE, NONE, NONE },
	{ 0x0096, 8, OLD, 0, NONE, NONE, NONE, NONE, NONE, NONE, NONE },
	{ 0x0096, 24, NEW, 0, NONE, NONE, NONE, NONE, NONE, NONE, NONE },
	{ 0x0046, 24, OLD, 12, 16, NONE, 0, 8, 4, NONE, NONE },
	{ 0x0046, 40, NEW, 12, 32, NONE, 0, 8, 4, NONE, NONE },
	{ 0x014d, 172, OLD, 12, 16, NONE, 0, 8, 4, NONE, NONE },
	{ 0x014d, 188, NEW, 12, 32, NONE, 0, 8, 4, NONE, NONE },
	{ 0x014e, 168, OLD, 12, 16, NONE, 0, 8, 4, NONE, NONE },
	{ 0x014e, 184, NEW, 12, 32, NONE, 0, 8, 4, NONE, NONE },
	{ 0x014f, 24, OLD, 12, 16, NONE, 0, 8, 4, NONE, NONE },
	{ 0x014f, 40, NEW, 12, 32, NONE, 0, 8, 4, NONE, NONE },
	{ 0x0150, 24, OLD, 12, 16, NONE, 0, 8, 4, NONE, NONE },
	{ 0x0150, 40, NEW, 12, 32, NONE, 0, 8, 4, NONE, NONE },
	{ 0x0151, 152, OLD, 12, 16, NONE, 0, 8, 4, NONE, NONE },
	{ 0x0151, 168, NEW, 12, 32, NONE, 0, 8, 4, NONE, NONE },
};

static const struct sccp_dialect unknown;

static void put(u8 *p, u32 number)
{
	for (int i = 0; i < 4; i++)
		p[i] = number >> 8 * i;
}

/* Every offset of the body has a number of its own, and every second one a
 * great one
 */
static u32 number_at(u32 id, int offset)
{
	return offset == NONE ? 0 :
				0x10000 * (u32)(offset & 4) + 0x40000000 +
					id * 1000 + offset;
}

/* A message of its own memory, to be freed */
static u8 *message(u32 id, u32 version, u32 body)
{
	u8 *data = malloc(SCCP_HEADER + body);

	put(data, body + 4);
	put(data + 4, version);
	put(data + 8, id);
	for (u32 i = 0; i < body; i++)
		data[SCCP_HEADER + i] = number_at(id, i & ~3) >> 8 * (i & 3);
	return data;
}

static bool read_with(const u8 *data, u32 body,
		      const struct sccp_dialect *dialect,
		      struct sccp_reading *r)
{
	const struct sccp_message *m = sccp_message_find(sccp_message_id(data));

	return m && !sccp_read(m, data, SCCP_HEADER + body, dialect, r);
}

static bool address_is(const struct sccp_field *f, int offset, u16 family,
		       const u8 *bytes)
{
	static const u8 zero[12];

	return f->address_at == SCCP_HEADER + offset &&
	       f->endpoint.family == family &&
	       !memcmp(&f->endpoint.addr, bytes,
		       family == NFPROTO_IPV4 ? 4 : 16) &&
	       (family == NFPROTO_IPV6 ||
		!memcmp((u8 *)&f->endpoint.addr + 4, zero, 12));
}

static bool row_is(const struct row *row, const u8 *data,
		   const struct sccp_dialect *dialect, u16 family)
{
	const u8 *body = data + SCCP_HEADER;
	const struct sccp_field *f;
	struct sccp_reading r;

	if (!read_with(data, row->body, dialect, &r) || !r.fields)
		return false;
	f = &r.field[0];
	return address_is(f, row->address + 4 * row->tagged, family,
			  body + row->address + 4 * row->tagged) &&
	       f->port_at ==
		       (row->port == NONE ? 0 : SCCP_HEADER + row->port) &&
	       f->port == number_at(row->id, row->port) &&
	       f->rtcp_at ==
		       (row->rtcp == NONE ? 0 : SCCP_HEADER + row->rtcp) &&
	       f->rtcp == number_at(row->id, row->rtcp) &&
	       r.status == number_at(row->id, row->status) &&
	       r.conference == number_at(row->id, row->conference) &&
	       r.passthru == number_at(row->id, row->passthru) &&
	       r.call == number_at(row->id, row->call) &&
	       r.media == number_at(row->id, row->media);
}

/* The length decides, whatever header and registration say */
static void each_row(const struct row *row)
{
	static const u8 versions[] = { 0, 3, 11, 16, 17, 20, 22 };
	bool good = true;

	for (u32 h = 0; h < ARRAY_SIZE(versions); h++) {
		for (u32 v = 0; v < ARRAY_SIZE(versions); v++) {
			const struct sccp_dialect dialect = {
				.version = versions[v],
			};
			u8 *data = message(row->id, versions[h], row->body);

			if (row->tagged)
				put(data + SCCP_HEADER + row->address, 0);
			good &= row_is(row, data, &dialect, NFPROTO_IPV4);
			if (row->tagged) {
				put(data + SCCP_HEADER + row->address, 1);
				good &= row_is(row, data, &dialect,
					       NFPROTO_IPV6);
			}
			free(data);
		}
	}
	ktap_ok(good, "%s with a body of %u bytes, %s",
		sccp_message_find(row->id)->name, row->body,
		row->tagged ? "new" : "old");
}

/* Bodies that carry no address, or are too short for the one they would have */
static void no_address(void)
{
	static const struct {
		u32 id;
		u32 below;
	} shortest[] = {
		{ 0x0001, 36 }, { 0x0002, 4 },	 { 0x0011, 4 },
		{ 0x0020, 92 }, { 0x0022, 16 },	 { 0x002a, 16 },
		{ 0x0031, 16 }, { 0x0045, 24 },	 { 0x0046, 20 },
		{ 0x0047, 44 }, { 0x008a, 37 },	 { 0x0095, 8 },
		{ 0x0096, 8 },	{ 0x009e, 280 }, { 0x0101, 32 },
		{ 0x0102, 40 }, { 0x0105, 108 }, { 0x0131, 172 },
		{ 0x0132, 24 }, { 0x014d, 172 }, { 0x014e, 168 },
		{ 0x014f, 20 }, { 0x0150, 20 },	 { 0x0151, 152 },
		{ 0x0154, 24 }, { 0x0155, 24 },	 { 0x0029, 28 },
		{ 0x8000, 28 },
	};
	static const u32 never[] = { 0x0000, 0x0081, 0x008b, 0x009f, 0x0106,
				     0x0118, 0x0133, 0x0136, 0x014b, 0x014c };
	struct sccp_reading r;

	for (u32 i = 0; i < ARRAY_SIZE(shortest); i++) {
		bool good = true;

		for (u32 body = 0; body < shortest[i].below; body++) {
			u8 *data = message(shortest[i].id, 17, body);

			good &= read_with(data, body, &unknown, &r) &&
				!r.fields;
			free(data);
		}
		ktap_ok(good, "%s has no address below %u bytes",
			sccp_message_find(shortest[i].id)->name,
			shortest[i].below);
	}
	for (u32 i = 0; i < ARRAY_SIZE(never); i++) {
		bool good = true;

		for (u32 body = 0; body < 400; body++) {
			u8 *data = message(never[i], 0, body);

			good &= read_with(data, body, &unknown, &r) &&
				!r.fields;
			free(data);
		}
		ktap_ok(good, "%s has none at any length",
			sccp_message_find(never[i])->name);
	}
}

/* Old between 168 and 171, new from 184 on */
static void gap(void)
{
	static const struct {
		u8 header;
		u8 version;
		bool new;
	} cases[] = {
		{ 0, 0, false },   { 0, 11, false },  { 0, 16, false },
		{ 0, 17, true },   { 0, 22, true },   { 11, 0, false },
		{ 11, 22, false }, { 16, 17, false }, { 17, 0, true },
		{ 22, 11, true },
	};

	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct sccp_dialect dialect = {
			.version = cases[i].version,
		};
		bool good = true;

		for (u32 body = 172; body < 184; body++) {
			struct row old = { 0x0132, body, OLD, 12,   16,	 NONE,
					   0,	   4,	 20,  NONE, NONE };
			struct row new = { 0x0132, body, NEW, 12,   32,	 NONE,
					   0,	   4,	 36,  NONE, NONE };
			u8 *data = message(0x0132, cases[i].header, body);

			if (cases[i].new)
				put(data + SCCP_HEADER + 12, 0);
			good &= row_is(cases[i].new ? &new : &old, data,
				       &dialect, NFPROTO_IPV4);
			free(data);
		}
		ktap_ok(good,
			"where the length does not decide, header %u and registration %u mean %s",
			cases[i].header, cases[i].version,
			cases[i].new ? "new" : "old");
	}
}

static void registration(void)
{
	static const u32 bodies[] = { 36, 40, 44, 48, 52,  64,
				      68, 72, 88, 92, 124, 172 };
	struct sccp_reading r;
	bool good = true;

	for (u32 i = 0; i < ARRAY_SIZE(bodies); i++) {
		u8 *data = message(1, 0, bodies[i]);

		good &= read_with(data, bodies[i], &unknown, &r) &&
			r.fields == (bodies[i] >= 88 ? 2 : 1) &&
			address_is(&r.field[0], 24, NFPROTO_IPV4,
				   data + SCCP_HEADER + 24) &&
			!r.field[0].port_at;
		if (bodies[i] >= 88)
			good &= address_is(&r.field[1], 72, NFPROTO_IPV6,
					   data + SCCP_HEADER + 72);
		free(data);
	}
	ktap_ok(good, "Register at every length");
}

static bool has(const struct sccp_reading *r, int offset, u16 family)
{
	for (u32 i = 0; i < r->fields; i++)
		if (r->field[i].address_at == SCCP_HEADER + offset &&
		    r->field[i].endpoint.family == family &&
		    r->field[i].meaning == SCCP_SELF)
			return true;
	return false;
}

static void identity(void)
{
	struct sccp_reading r;
	u8 *data;

	data = message(0x29, 0, 52);
	ktap_ok(read_with(data, 52, &unknown, &r) && r.fields == 3 &&
			has(&r, 24, NFPROTO_IPV4) &&
			has(&r, 32, NFPROTO_IPV6) && has(&r, 36, NFPROTO_IPV6),
		"RegisterTokenReq of 52 bytes");
	free(data);
	data = message(0x29, 0, 48);
	ktap_ok(read_with(data, 48, &unknown, &r) && r.fields == 4 &&
			has(&r, 24, NFPROTO_IPV4) &&
			has(&r, 20, NFPROTO_IPV4) && has(&r, 28, NFPROTO_IPV6),
		"RegisterTokenReq of 48 bytes");
	free(data);
	data = message(0x8000, 0, 36);
	ktap_ok(read_with(data, 36, &unknown, &r) && r.fields == 1 &&
			has(&r, 24, NFPROTO_IPV4),
		"SPCPRegisterTokenReq");
	free(data);
	data = message(0x20, 0, 92);
	ktap_ok(read_with(data, 92, &unknown, &r) && r.fields == 1 &&
			has(&r, 88, NFPROTO_IPV4),
		"Alarm");
	free(data);
	data = message(0x47, 0, 44);
	ktap_ok(read_with(data, 44, &unknown, &r) && r.fields == 2 &&
			r.field[0].address_at == SCCP_HEADER + 12 &&
			r.field[0].port_at == SCCP_HEADER + 16 &&
			has(&r, 28, NFPROTO_IPV4),
		"QoSErrorNotify, old");
	free(data);
	data = message(0x47, 17, 60);
	put(data + SCCP_HEADER + 12, 0);
	ktap_ok(read_with(data, 60, &unknown, &r) && r.fields == 2 &&
			r.field[0].address_at == SCCP_HEADER + 16 &&
			r.field[0].port_at == SCCP_HEADER + 32 &&
			has(&r, 44, NFPROTO_IPV4),
		"QoSErrorNotify, new");
	free(data);
}

static bool servers_are(const u8 *data, u32 body, bool new)
{
	struct sccp_reading r;
	bool good = read_with(data, body, &unknown, &r) && r.fields == 5;

	for (int i = 0; good && i < 5; i++)
		good = r.field[i].meaning == SCCP_SERVERS &&
		       r.field[i].port_at == SCCP_HEADER + 240 + 4 * i &&
		       r.field[i].address_at ==
			       SCCP_HEADER + 260 + (new ? 20 * i + 4 : 4 * i);
	return good;
}

static void servers(void)
{
	u8 *data = message(0x9e, 0, 280);
	int i;

	ktap_ok(servers_are(data, 280, false), "ServerRes of 280 bytes");
	free(data);
	data = message(0x9e, 17, 360);
	for (i = 0; i < 5; i++)
		put(data + SCCP_HEADER + 260 + 20 * i, i & 1);
	ktap_ok(servers_are(data, 360, true), "ServerRes of 360 bytes");
	/* 10.0.0.1 as a word is no type */
	memcpy(data + SCCP_HEADER + 260, "\x0a\x00\x00\x01", 4);
	ktap_ok(servers_are(data, 360, false),
		"ServerRes of 360 bytes with the old content");
	free(data);
}

static void ports(void)
{
	struct sccp_reading r;
	bool good = true;
	u8 *data;

	data = message(2, 0, 4);
	put(data + SCCP_HEADER, 5001);
	ktap_ok(read_with(data, 4, &unknown, &r) && r.fields == 1 &&
			r.field[0].meaning == SCCP_PORT_ONLY &&
			r.field[0].port_at == SCCP_HEADER &&
			r.field[0].port == 5001 && !r.field[0].endpoint.family,
		"IpPort");
	free(data);
	for (u32 count = 0; count < 20; count++) {
		for (u32 room = 0; room < 20; room++) {
			u32 want = min(min(count, room), 16u);

			data = message(0x11, 0, 4 + 4 * room);
			put(data + SCCP_HEADER, count);
			good &= read_with(data, 4 + 4 * room, &unknown, &r) &&
				r.fields == want;
			for (u32 i = 0; good && i < want; i++)
				good = r.field[i].port_at ==
				       SCCP_HEADER + 4 + 4 * i;
			free(data);
		}
	}
	ktap_ok(good, "MediaPortList of as many ports as there are");
	data = message(0x11, 0, 8);
	put(data + SCCP_HEADER, 0xffffffff);
	ktap_ok(read_with(data, 8, &unknown, &r) && r.fields == 1,
		"and of no more");
	free(data);
}

static void callmanager2(void)
{
	const struct sccp_dialect cm2 = { .cm2 = true };
	struct sccp_reading r;
	u8 *data = message(0x8a, 0, 36);

	ktap_ok(read_with(data, 36, &cm2, &r) && r.fields == 1 &&
			r.field[0].address_at == SCCP_HEADER &&
			r.field[0].port_at == SCCP_HEADER + 4 &&
			r.field[0].meaning == SCCP_REMOTE && !r.passthru &&
			!r.call,
		"StartMediaTransmission of CallManager 2");
	ktap_ok(read_with(data, 36, &unknown, &r) && !r.fields,
		"is left alone elsewhere");
	free(data);
	data = message(0x8c, 0, 24);
	ktap_ok(read_with(data, 24, &cm2, &r) && r.fields == 1 &&
			r.field[0].address_at == SCCP_HEADER &&
			!r.field[0].port_at,
		"StartMediaReception of CallManager 2");
	ktap_ok(read_with(data, 24, &unknown, &r) && !r.fields,
		"is left alone elsewhere");
	free(data);
}

/* A word before the address that is none of the types */
static void types(void)
{
	struct sccp_reading r;
	bool good = true;
	u8 *data = message(0x22, 17, 36);

	put(data + SCCP_HEADER + 4, 2);
	ktap_ok(read_with(data, 36, &unknown, &r) && r.field[0].both &&
			r.field[0].endpoint.family == NFPROTO_IPV6,
		"type 2 is IPv6, if it is anything");
	put(data + SCCP_HEADER + 4, 3);
	ktap_ok(!read_with(data, 36, &unknown, &r),
		"type 3, which is none, is refused from a phone");
	for (u32 bit = 2; bit < 32; bit++) {
		put(data + SCCP_HEADER + 4, 1u << bit);
		good &= !read_with(data, 36, &unknown, &r);
	}
	ktap_ok(good, "other types are refused");
	free(data);
	data = message(0x8a, 17, 132);
	put(data + SCCP_HEADER + 8, 3);
	ktap_ok(read_with(data, 132, &unknown, &r) &&
			!r.field[0].endpoint.family && !r.field[0].address_at,
		"a server may name nobody");
	put(data + SCCP_HEADER + 8, 4);
	ktap_ok(!read_with(data, 132, &unknown, &r), "but not by type 4");
	free(data);
}

static void closings(void)
{
	static const struct {
		u32 id;
		u32 body;
		int passthru;
		int call;
		int keep;
	} all[] = {
		{ 0x0106, 8, 4, NONE, NONE }, { 0x0106, 12, 4, 8, NONE },
		{ 0x0106, 16, 4, 8, 12 },     { 0x008b, 4, NONE, NONE, NONE },
		{ 0x008b, 8, 4, NONE, NONE }, { 0x008b, 12, 4, 8, NONE },
		{ 0x008b, 16, 4, 8, 12 },     { 0x008b, 20, 4, 8, 12 },
		{ 0x0136, 16, 4, 8, 12 },     { 0x0133, 16, 4, 8, 12 },
		{ 0x014c, 12, 8, 4, NONE },   { 0x014c, 16, 8, 4, NONE },
		{ 0x014b, 16, 8, 4, NONE },   { 0x014b, 24, 8, 4, NONE },
	};

	for (u32 i = 0; i < ARRAY_SIZE(all); i++) {
		u8 *data = message(all[i].id, 0, all[i].body);
		struct sccp_reading r;
		bool good;

		good = read_with(data, all[i].body, &unknown, &r) &&
		       r.passthru == number_at(all[i].id, all[i].passthru) &&
		       r.call == number_at(all[i].id, all[i].call) && !r.keep;
		if (all[i].keep != NONE) {
			put(data + SCCP_HEADER + all[i].keep, 1);
			good &= read_with(data, all[i].body, &unknown, &r) &&
				r.keep;
		}
		ktap_ok(good, "%s with a body of %u bytes",
			sccp_message_find(all[i].id)->name, all[i].body);
		free(data);
	}
}

/* Of the table: in order, within the longest body, each with a name, and from
 * the side that sends it
 */
static void table(void)
{
	static const u32 phones[] = { 0x0000, 0x0001, 0x0002, 0x0011, 0x0020,
				      0x0022, 0x0029, 0x002a, 0x0031, 0x0045,
				      0x0046, 0x0047, 0x0154, 0x0155, 0x8000 };
	const struct sccp_message *m;
	bool good = true;
	u32 count, n = 0;

	m = sccp_messages_all(&count);
	for (u32 i = 0; i < count; i++) {
		bool phone = false;

		for (u32 k = 0; k < ARRAY_SIZE(phones); k++)
			phone |= phones[k] == m[i].id;
		n += phone;
		good &= (m[i].sender == SCCP_PHONE) == phone && m[i].name &&
			(!i || m[i - 1].id < m[i].id) &&
			sccp_message_find(m[i].id) == &m[i];
	}
	ktap_ok(good && n == ARRAY_SIZE(phones), "the table is in order");
	ktap_ok(!sccp_message_find(0x0100) && !sccp_message_find(0xffff) &&
			!sccp_message_find(0x0023),
		"what is not in it is not found");
}

int main(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		each_row(&rows[i]);
	no_address();
	gap();
	registration();
	identity();
	servers();
	ports();
	callmanager2();
	types();
	closings();
	table();
	return ktap_end();
}
