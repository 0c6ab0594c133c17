// SPDX-License-Identifier: GPL-2.0
/*
 * What the walker reads of PDUs that are written bit by bit, what it makes of bad
 * ones, and that its work is bounded.
 *
 * sources: nf_conntrack_helpers/h323/walker.c nf_conntrack_helpers/h323/tables.c
 * sources: nf_conntrack_helpers/h323/q931.c nf_conntrack_helpers/h323/name.c
 * sources: nf_conntrack_helpers/h323/per.c
 */
#include <stdlib.h>
#include <time.h>
#include "engine_kernel.h"
#include "ktap.h"
#include "h323_write.h"
#include <linux/nf_nat_alg.h>

static struct h323_reading r;

static int ras(const struct h323_pdu *p)
{
	return pdu_read(h323_read_ras, p->data, pdu_len(p), &r);
}

static int signalling(const struct h323_pdu *in)
{
	struct h323_pdu *p = pdu_new();
	int err;

	put_tpkt(p, H323_Q931_FACILITY, in);
	err = pdu_read(h323_read_signalling, p->data, pdu_len(p), &r);
	free(p);
	return err;
}

static int control(const struct h323_pdu *in)
{
	struct h323_pdu *p = pdu_new();
	int err;

	put_control(p, in);
	err = pdu_read(h323_read_control, p->data, pdu_len(p), &r);
	free(p);
	return err;
}

/* Is hit @i the address @number, in @field of message @message? */
static bool is(u32 i, u8 number, u8 field, u8 within, u8 message)
{
	const struct h323_hit *hit = &r.hit[i];
	u32 last = hit->at + (hit->family == NFPROTO_IPV4 ? 3 : 15);

	return i < r.hits && hit->field == field && hit->within == within &&
	       hit->message == message && pdu_last[last] == number;
}

/*
 * CallProceeding up to its additions' bitmap, which begins at any bit of a byte:
 * the components of destinationInfo shift it.
 */
static u32 proceeding(struct h323_pdu *p, u32 nodes, bool gateway)
{
	put_uu_pdu(p, false);
	put_body(p, H323_CALL_PROCEEDING);
	/* extension, h245Address */
	put_bits(p, 2, 2);
	put_version(p, 4);
	put_endpoint_type(p, nodes, gateway);
	return p->bits;
}

static void bitmap(u32 nodes, bool gateway, u32 count)
{
	struct h323_pdu *p = pdu_new();
	struct h323_pdu *item = pdu_new();
	struct h323_pdu *list = pdu_new();
	struct h323_message *m = &r.message[0];
	u32 start, at;
	bool good;

	put_olc(item, 7, 1, false, 0, 9);
	put_length(list, 1);
	put_open(list, item);
	at = proceeding(p, nodes, gateway);
	put_additions(p, count);
	start = p->bits;
	/* 0 callIdentifier, 4 fastStart, 5 multipleCalls, and the last */
	for (u32 i = 0; i < count; i++)
		put_bits(p, 1, !i || i == 4 || i == 5 || i + 1 == count);
	put_open_call(p, 3);
	if (count == 2 || count == 3 || count == 4 || count > 6)
		if (count < 5)
			put_open(p, list); /* not looked into */
	if (count > 4)
		put_open(p, list);
	if (count > 5)
		put_open_bool(p, true);
	if (count > 6)
		put_open(p, list);
	good = !signalling(p) && !r.dropped && m->call && m->version == 4 &&
	       r.messages == (count > 4 ? 2 : 1) && r.hits == (count > 4) &&
	       !(m->is & H323_HAS_MULTIPLE_CALLS) == (count <= 5) &&
	       (count <= 4 ||
		is(0, 9, H323_MEDIA_CONTROL_CHANNEL, H323_FORWARD, 1));
	if (!good || (count == 80 && start % 8 == at % 8))
		ktap_ok(good, "a bitmap of %u bits at bit %u", count,
			start % 8);
	free(list);
	free(item);
	free(p);
}

static void bitmaps(void)
{
	u32 seen = 0, before = ktap_failed;

	for (u32 nodes = 0; nodes < 4; nodes++) {
		for (u32 gateway = 0; gateway < 2; gateway++) {
			struct h323_pdu *p = pdu_new();

			seen |= 1 << (proceeding(p, nodes, gateway) + 7) % 8;
			free(p);
			for (u32 count = 1; count <= 80; count++)
				bitmap(nodes, gateway, count);
		}
	}
	ktap_ok(seen == 0xff && before == ktap_failed,
		"bitmaps of 1 to 80 bits at every bit, trimmed, full and longer");
}

/* Additions that are later than the tables: those that are there have a length,
 * those that are not have none
 */
static void additions(void)
{
	struct h323_pdu *p = pdu_new();

	proceeding(p, 1, false);
	put_additions(p, 40);
	put_bits(p, 20, 0);
	put_bits(p, 20, 1 << 19 | 1);
	put_length(p, 300);
	for (u32 i = 0; i < 300; i++)
		put_u8(p, i);
	put_length(p, 1);
	put_u8(p, 0xff);
	/* More than this is needed to go on with H323-UU-PDU, which has no
	 * addition here
	 */
	ktap_ok(!signalling(p) && !r.dropped && !r.hits,
		"what came later than the tables is passed over by its length, where there is one");
	p->bits -= 16;
	ktap_ok(signalling(p) == -NF_ALG_REASON_MALFORMED,
		"an addition that is longer than the PDU is an error");
	free(p);
}

/* Setup as a gatekeeper routes it: endpointIdentifier is there, and behind the
 * body come h245Tunnelling and h245Control
 */
static void setup_head(struct h323_pdu *p, bool tunnel)
{
	put_uu_pdu(p, tunnel);
	put_body(p, H323_SETUP);
	/* extension, h245Address and six others */
	put_bits(p, 8, 0xc0);
	put_version(p, 7);
	put_transport(p, 1, 1234);
	put_endpoint_type(p, 3, true);
	put_bits(p, 1, 0); /* activeMC */
	put_guid(p, 5);
	put_bits(p, 3, 0);
	put_bits(p, 3, 0);
}

static void setup(void)
{
	struct h323_pdu *p = pdu_new();
	struct h323_pdu *address = pdu_new();
	struct h323_pdu *id = pdu_new();
	struct h323_pdu *list = pdu_new();
	struct h323_pdu *olc = pdu_new();
	const struct h323_message *m = &r.message[0];

	setup_head(p, true);
	/* 0 sourceCallSignalAddress, 2 callIdentifier, 9 endpointIdentifier,
	 * 10 multipleCalls, 11 maintainConnection, of 27
	 */
	put_additions(p, 27);
	for (u32 i = 0; i < 27; i++)
		put_bits(p, 1, !i || i == 2 || (i >= 9 && i <= 11));
	put_transport(address, 2, 1720);
	put_open(p, address);
	put_open_call(p, 8);
	put_bits(id, 7, 2); /* three characters */
	put_bytes(id, "\0a\0b\0c", 6);
	put_open(p, id);
	put_open_bool(p, true);
	put_open_bool(p, false);
	/* H323-UU-PDU: 1 h245Tunnelling, 2 h245Control, of 9 */
	put_additions(p, 9);
	put_bits(p, 9, 0xc0);
	put_open_bool(p, true);
	put_length(list, 6);
	for (u32 i = 0; i < 6; i++) {
		memset(olc, 0, sizeof(*olc));
		/* request, openLogicalChannel */
		put_bits(olc, 3, 0);
		put_bits(olc, 5, 3);
		put_olc(olc, 100 + i, 1, false, 0, 10 + i);
		put_open(list, olc);
	}
	put_open(p, list);
	ktap_ok(!signalling(p) && !r.dropped && r.messages == 7 && r.hits == 8,
		"Setup with endpointIdentifier: all that follows is read, and six tunnelled messages");
	ktap_ok(m->kind == H323_SETUP && m->version == 7 && m->call &&
			m->conference && m->endpoint.len == 6 &&
			m->has & H323_HAS_TUNNELING &&
			m->is & H323_HAS_TUNNELING &&
			m->is & H323_HAS_MULTIPLE_CALLS &&
			m->has & H323_HAS_MAINTAIN_CONNECTION &&
			!(m->is & H323_HAS_MAINTAIN_CONNECTION) &&
			m->has & H323_IS_GATEWAY && m->has & H323_IS_MCU &&
			r.q931.type == H323_Q931_FACILITY &&
			r.q931.crv == 0x1234,
		"and what it says of itself");
	ktap_ok(is(0, 1, H323_H245_ADDRESS, 0, 0) &&
			is(1, 2, H323_SOURCE_CALL_SIGNAL_ADDRESS, 0, 0) &&
			is(7, 15, H323_MEDIA_CONTROL_CHANNEL, H323_FORWARD,
			   6) &&
			r.hit[7].lcn == 105 && r.hit[7].session == 1 &&
			r.hit[7].data == H323_DATA_AUDIO &&
			r.message[6].layer == H323_LAYER_TUNNEL &&
			r.message[6].index == 5 &&
			r.message[6].kind == H323_OLC,
		"and where the addresses stand");
	free(olc);
	free(list);
	free(id);
	free(address);
	free(p);
}

/* A Connect with so many items of fast start; item @bad is cut short */
static void fast_start(struct h323_pdu *p, u32 items, u32 bad)
{
	struct h323_pdu *list = pdu_new();
	struct h323_pdu *olc = pdu_new();

	put_uu_pdu(p, false);
	put_body(p, H323_CONNECT);
	put_bits(p, 2, 3);
	put_version(p, 4);
	put_transport(p, 200, 30000);
	put_endpoint_type(p, 1, false);
	put_guid(p, 5);
	put_additions(p, 8);
	put_bits(p, 8, 0x88);
	put_open_call(p, 8);
	put_length(list, items);
	for (u32 i = 0; i < items; i++) {
		memset(olc, 0, sizeof(*olc));
		put_olc(olc, 1000 + i, 1, i & 1, i & 1 ? i + 1 : 0, i + 1);
		if (i == bad)
			olc->bits -= 16;
		put_open(list, olc);
	}
	put_open(p, list);
	free(olc);
	free(list);
}

static void items(void)
{
	struct h323_pdu *p = pdu_new();

	fast_start(p, 4, 99);
	ktap_ok(!signalling(p) && r.messages == 5 && r.hits == 7 &&
			is(0, 200, H323_H245_ADDRESS, 0, 0) &&
			is(1, 1, H323_MEDIA_CONTROL_CHANNEL, H323_FORWARD, 1) &&
			is(2, 2, H323_MEDIA_CHANNEL, H323_REVERSE, 2) &&
			is(3, 2, H323_MEDIA_CONTROL_CHANNEL, H323_REVERSE, 2) &&
			r.hit[2].lcn == 1001 &&
			r.hit[2].data == H323_DATA_AUDIO &&
			r.message[2].forward.data == H323_DATA_NULL,
		"fast start: forward and reverse proposals");
	memset(p, 0, sizeof(*p));
	fast_start(p, 4, 1);
	ktap_ok(!signalling(p) && r.messages == 5 && r.dropped == 1 &&
			r.hits == 5 && r.message[2].broken &&
			!r.message[3].broken &&
			is(2, 3, H323_MEDIA_CONTROL_CHANNEL, H323_FORWARD, 3),
		"an item with an error loses its own addresses alone");
	memset(p, 0, sizeof(*p));
	fast_start(p, 32, 99);
	ktap_ok(!signalling(p) && r.messages == 33 && r.hits == 49, "32 items");
	memset(p, 0, sizeof(*p));
	fast_start(p, 33, 99);
	ktap_ok(signalling(p) == -NF_ALG_REASON_MALFORMED,
		"33 are too many, and then nothing may be touched");
	free(p);
}

/* An admissionRequest up to and with its root */
static void fragments(void)
{
	struct h323_pdu *p = pdu_new();

	/* URQ: requestSeqNum, no optional, then callSignalAddress in
	 * fragments of 16 K
	 */
	put_bits(p, 6, H323_URQ);
	put_bits(p, 4, 0);
	put_u16(p, 17);
	put_u8(p, 0xc1);
	ktap_ok(ras(p) == -NF_ALG_REASON_MALFORMED,
		"a length in fragments is an error");
	p->bits -= 8;
	put_length(p, 1);
	put_transport(p, 4, 1720);
	ktap_ok(!ras(p) && is(0, 4, H323_CALL_SIGNAL_ADDRESS, 0, 0) &&
			r.message[0].kind == H323_URQ &&
			r.message[0].sequence == 18,
		"and without them it is none");
	free(p);
}

/* RRQ with lists of @count addresses */
static void registration(struct h323_pdu *p, u32 count, bool keep_alive)
{
	struct h323_pdu *ttl = pdu_new();
	u8 number = 1;

	put_bits(p, 6, H323_RRQ);
	put_bits(p, 4, 8); /* extension, three optionals */
	put_u16(p, 41);
	put_version(p, 5);
	put_bits(p, 1, 1); /* discoveryComplete */
	for (u32 list = 0; list < 2; list++) {
		put_length(p, count);
		for (u32 i = 0; i < count; i++, number++) {
			put_bits(p, 1, 0);
			if (i & 1) {
				put_bits(p, 3, 3); /* ip6Address */
				put_bits(p, 1, 0);
				put_ip6(p, number, 1719);
			} else {
				put_bits(p, 3, 0);
				put_ip(p, number, 1719);
			}
		}
	}
	put_endpoint_type(p, 0, false);
	/* endpointVendor: extension, productId, versionId; vendor */
	put_bits(p, 3, 0);
	put_bits(p, 1, 0);
	put_u8(p, 181);
	put_u8(p, 0);
	put_u16(p, 18);
	/* 1 timeToLive, 5 keepAlive */
	put_additions(p, 6);
	put_bits(p, 6, 0x11);
	put_bits(ttl, 2, 1); /* two octets */
	put_u16(ttl, 299);
	put_open(p, ttl);
	put_open_bool(p, keep_alive);
	free(ttl);
}

static void registrations(void)
{
	const struct h323_message *m = &r.message[0];
	struct h323_pdu *p = pdu_new();

	registration(p, 3, false);
	ktap_ok(!ras(p) && !r.dropped && r.hits == 6 &&
			is(2, 3, H323_CALL_SIGNAL_ADDRESS, 0, 0) &&
			r.hit[2].index == 2 &&
			r.hit[1].family == NFPROTO_IPV6 &&
			r.hit[2].family == NFPROTO_IPV4 &&
			r.hit[2].flags == H323_HIT_PORT &&
			is(4, 5, H323_RAS_ADDRESS, 0, 0) &&
			r.hit[4].index == 1 && p->data[r.hit[4].at] == 0xfd &&
			p->data[r.hit[4].at + 15] == 5,
		"RRQ: lists of addresses of both families");
	ktap_ok(m->time_to_live == 300 && m->has & H323_HAS_KEEP_ALIVE &&
			!(m->is & H323_HAS_KEEP_ALIVE) && m->sequence == 42 &&
			m->version == 5,
		"and what it says of itself");
	memset(p, 0, sizeof(*p));
	registration(p, 0, true);
	ktap_ok(!ras(p) && !r.hits && m->is & H323_HAS_KEEP_ALIVE,
		"a light RRQ may have no address at all");
	memset(p, 0, sizeof(*p));
	registration(p, 32, false);
	ktap_ok(!ras(p) && r.hits == 64, "64 addresses");
	memset(p, 0, sizeof(*p));
	registration(p, 33, false);
	ktap_ok(ras(p) == -NF_ALG_REASON_MALFORMED,
		"more are too many, and then nothing may be touched");
	free(p);
}

/* Alternatives that are later than the tables, with a number above 63 too */
static void alternatives(void)
{
	struct h323_pdu *p = pdu_new();

	put_bits(p, 1, 1);
	put_bits(p, 7, 40);
	put_length(p, 3);
	put_bytes(p, "abc", 3);
	ktap_ok(!ras(p) && r.messages == 1 && r.message[0].kind == H323_UNKNOWN,
		"a RAS message that is later than the tables");
	memset(p, 0, sizeof(*p));
	put_bits(p, 2, 3);
	put_length(p, 2);
	put_u16(p, 300);
	put_length(p, 3);
	put_bytes(p, "abc", 3);
	ktap_ok(!ras(p) && r.message[0].kind == H323_UNKNOWN,
		"and one of number 300");
	memset(p, 0, sizeof(*p));
	put_bits(p, 1, 0);
	put_bits(p, 5, 25);
	put_u16(p, 1);
	put_u16(p, 1);
	ktap_ok(ras(p) == -NF_ALG_REASON_MALFORMED,
		"a number that the root does not have is an error");
	free(p);
}

/* H.245 of its own connection */
static void channels(void)
{
	struct h323_pdu *p = pdu_new();
	struct h323_pdu *in = pdu_new();
	const struct h323_message *m = &r.message[0];

	/* response, openLogicalChannelAck: 1 forwardMultiplexAckParameters */
	put_bits(p, 3, 1);
	put_bits(p, 6, 5);
	put_bits(p, 2, 2);
	put_u16(p, 6);
	put_additions(p, 2);
	put_bits(p, 2, 1);
	/* h2250LogicalChannelAckParameters: extension, nonStandard, sessionID,
	 * mediaChannel, mediaControlChannel, dynamicRTPPayloadType
	 */
	put_bits(in, 1, 0);
	put_bits(in, 6, 0xe);
	put_bits(in, 8, 1);
	put_unicast(in, 1, 40000);
	/* multicastAddress, iP6Address */
	put_bits(in, 2, 1);
	put_bits(in, 2, 1);
	put_bits(in, 1, 0);
	put_ip6(in, 2, 40001);
	put_open(p, in);
	ktap_ok(!control(p) && !r.dropped && m->kind == H323_OLC_ACK &&
			m->forward.lcn == 7 && m->forward.session == 2 &&
			r.hits == 2 &&
			is(0, 1, H323_MEDIA_CHANNEL, H323_FORWARD_ACK, 0) &&
			is(1, 2, H323_MEDIA_CONTROL_CHANNEL, H323_FORWARD_ACK,
			   0) &&
			r.hit[0].lcn == 7 && r.hit[1].session == 2 &&
			r.hit[1].flags ==
				(H323_HIT_PORT | H323_HIT_MULTICAST) &&
			r.hit[1].family == NFPROTO_IPV6,
		"openLogicalChannelAck: both channels, multicast and IPv6");

	memset(p, 0, sizeof(*p));
	put_bits(p, 3, 0);
	put_bits(p, 5, 4);
	put_bits(p, 1, 0);
	put_u16(p, 0xfffe);
	put_bits(p, 1, 0);
	ktap_ok(!control(p) && m->kind == H323_CLC && m->forward.lcn == 0xffff,
		"closeLogicalChannel: its number");

	memset(p, 0, sizeof(*p));
	put_bits(p, 3, 0);
	put_bits(p, 5, 2);
	put_bits(p, 8, 0xff);
	ktap_ok(!control(p) && m->kind == H323_TCS && !r.hits,
		"terminalCapabilitySet is not read any further");

	/* indication, functionNotUnderstood: an openLogicalChannel comes back */
	memset(p, 0, sizeof(*p));
	put_bits(p, 3, 3);
	put_bits(p, 5, 1);
	put_bits(p, 2, 0);
	put_bits(p, 5, 3);
	put_olc(p, 5, 1, false, 1, 2);
	ktap_ok(!control(p) && m->kind == H323_NOT_UNDERSTOOD && !r.hits,
		"functionNotUnderstood: no address in what comes back");

	memset(p, 0, sizeof(*p));
	put_bits(p, 3, 2);
	put_bits(p, 4, 5);
	put_bits(p, 4, 2);
	ktap_ok(!control(p) && m->kind == H323_END_SESSION,
		"endSessionCommand");

	/* indication, X1 mcLocationIndication */
	memset(p, 0, sizeof(*p));
	memset(in, 0, sizeof(*in));
	put_bits(p, 3, 3);
	put_bits(p, 1, 1);
	put_bits(p, 7, 1);
	put_bits(in, 1, 0);
	put_unicast(in, 1, 1720);
	put_open(p, in);
	ktap_ok(!control(p) && m->kind == H323_MC_LOCATION &&
			is(0, 1, H323_SIGNAL_ADDRESS, 0, 0),
		"mcLocationIndication");
	put_u16(p, 0x6000);
	ktap_ok(!control(p) && m->kind == H323_MC_LOCATION && r.hits == 1 &&
			r.dropped == 1,
		"what stands behind it in its TPKT is told of");
	ktap_ok(!pdu_read(h323_read_control, (u8 *)"\3\0\0\4", 4, &r) &&
			!r.messages && !r.hits,
		"an empty TPKT says nothing");
	free(in);
	free(p);
}

/* A TransportAddress with a source route, and one that is no IP */
static void routes(void)
{
	struct h323_pdu *p = pdu_new();
	u8 hop[4] = { 10, 9, 9, 1 };

	put_bits(p, 6, H323_URQ);
	put_bits(p, 4, 0);
	put_u16(p, 1);
	put_length(p, 2);
	put_bits(p, 4, 1); /* ipSourceRoute */
	put_bits(p, 1, 0);
	put_ip(p, 1, 1720);
	put_length(p, 2);
	put_bytes(p, hop, 4);
	put_bytes(p, hop, 4);
	put_bits(p, 2, 1);
	put_bits(p, 4, 4); /* netBios */
	put_bytes(p, "sixteen bytes...", 16);
	ktap_ok(!ras(p) && r.hits == 3 && r.hit[0].flags == H323_HIT_PORT &&
			!r.hit[1].flags && !r.hit[2].flags &&
			r.hit[2].at == r.hit[1].at + 4 &&
			!memcmp(p->data + r.hit[2].at, hop, 4),
		"a source route: the hops have no port; netBios is no address");
	free(p);
}

/* GenericData {standard @feature, parameters {standard @parameter, raw}} */
static void put_generic(struct h323_pdu *p, u8 feature, u8 parameter,
			const struct h323_pdu *raw)
{
	put_bits(p, 2, 1);
	put_bits(p, 3, 0);
	put_bits(p, 1, 0);
	put_u16(p, feature);
	put_u16(p, 0); /* one parameter of 1 to 512 */
	put_bits(p, 2, 1);
	put_bits(p, 3, 0);
	put_bits(p, 1, 0);
	put_u16(p, parameter);
	put_bits(p, 1, 0); /* content: raw */
	put_bits(p, 4, 0);
	put_open(p, raw);
}

/* Facility with generic data; @deep: how often nested sets surround it */
static void facility(struct h323_pdu *p, u8 feature, const struct h323_pdu *raw,
		     u32 deep)
{
	struct h323_pdu *list = pdu_new();

	put_uu_pdu(p, true);
	put_body(p, H323_FACILITY);
	put_bits(p, 4, 0);
	put_version(p, 6);
	put_bits(p, 1, 1); /* reason: X6 transportedInformation */
	put_bits(p, 7, 6);
	put_length(p, 1);
	put_u8(p, 0);
	put_additions(p, 9);
	put_bits(p, 9, 1);
	put_length(list, 1);
	for (u32 i = 0; i < deep; i++) {
		put_bits(list, 2, 1);
		put_bits(list, 3, 0);
		put_bits(list, 1, 0);
		put_u16(list, 99);
		put_u16(list, 0);
		put_bits(list, 2, 1);
		put_bits(list, 3, 0);
		put_bits(list, 1, 0);
		put_u16(list, 1);
		put_bits(list, 1, 0);
		put_bits(list, 4, 11); /* nested, of 1 to 16 */
		put_bits(list, 4, 0);
	}
	put_generic(list, feature, 1, raw);
	put_open(p, list);
	free(list);
}

static void generic(void)
{
	struct h323_pdu *p = pdu_new();
	struct h323_pdu *raw = pdu_new();
	const struct h323_message *m = &r.message[0];

	registration(raw, 1, false);
	facility(p, 17, raw, 0);
	ktap_ok(!signalling(p) && !r.dropped && r.messages == 2 &&
			r.hits == 2 && r.message[1].protocol == H323_RAS &&
			r.message[1].layer == H323_LAYER_RAS &&
			r.message[1].kind == H323_RRQ &&
			r.message[1].sequence == 42 &&
			m->kind == H323_FACILITY && m->has & H323_HAS_REASON &&
			m->reason == H323_FACILITY_TRANSPORTED &&
			m->features == 1 << 17 && !m->sequence &&
			is(1, 2, H323_RAS_ADDRESS, 0, 1),
		"H.460.17: a RAS message in generic data");
	/* IncomingCallIndication */
	memset(p, 0, sizeof(*p));
	memset(raw, 0, sizeof(*raw));
	put_bits(raw, 1, 0);
	put_transport(raw, 1, 1720);
	put_bits(raw, 1, 0);
	put_guid(raw, 7);
	for (u32 deep = 0; deep < 6; deep++) {
		memset(p, 0, sizeof(*p));
		facility(p, 18, raw, deep);
		if (deep < 4)
			ktap_ok(!signalling(p) && !r.dropped && m->call &&
					is(0, 1, H323_CALL_SIGNALLING_ADDRESS,
					   H323_GENERIC_DATA, 0) &&
					r.hit[0].feature == 18,
				"H.460.18: an address in generic data, nested %u times",
				deep);
		else
			ktap_ok(!signalling(p) && r.dropped && !r.hits &&
					m->kind == H323_FACILITY,
				"nested %u times it is too deep, and passed over",
				deep);
	}
	memset(p, 0, sizeof(*p));
	facility(p, 33, raw, 0);
	ktap_ok(!signalling(p) && !r.dropped && !r.hits,
		"raw data of other features are no addresses");
	free(raw);
	free(p);
}

/* H.450.2 callTransferInitiate with an address as the new destination */
static void transfer(void)
{
	struct h323_pdu *p = pdu_new();
	struct h323_pdu *list = pdu_new();
	struct h323_pdu *apdu = pdu_new();
	struct h323_pdu *argument = pdu_new();
	struct h323_pdu *alias = pdu_new();

	/* CTInitiateArg: extension, argumentExtension; callIdentity "1" */
	put_bits(argument, 2, 0);
	put_bits(argument, 3, 1);
	put_align(argument);
	put_bits(argument, 4, 2);
	/* EndpointAddress: extension, remoteExtensionAddress */
	put_bits(argument, 2, 0);
	put_length(argument, 1);
	put_bits(argument, 1, 1);
	put_bits(argument, 7, 1);
	put_transport(alias, 1, 1720);
	put_open(argument, alias);
	/* no networkFacilityExtension, no interpretationApdu; rosApdus */
	put_bits(apdu, 3, 0);
	put_bits(apdu, 1, 0);
	put_length(apdu, 1);
	put_bits(apdu, 2, 0); /* invoke */
	put_bits(apdu, 2, 1); /* linkedId, argument */
	put_length(apdu, 1);
	put_u8(apdu, 77);
	put_bits(apdu, 1, 0); /* local */
	put_length(apdu, 1);
	put_u8(apdu, 9);
	put_open(apdu, argument);
	put_uu_pdu(p, true);
	put_body(p, H323_FACILITY);
	put_bits(p, 4, 0);
	put_version(p, 6);
	put_bits(p, 3, 3);
	put_additions(p, 1);
	put_bits(p, 1, 1);
	put_length(list, 1);
	put_open(list, apdu);
	put_open(p, list);
	ktap_ok(!signalling(p) && !r.dropped &&
			r.message[0].reason == H323_FACILITY_UNDEFINED &&
			is(0, 1, H323_TRANSPORT_ID, H323_H4501, 0),
		"H.450.2: the address a call is transferred to");
	free(alias);
	free(argument);
	free(apdu);
	free(list);
	free(p);
}

/* Every truncation and every bit flip: nothing is read behind the end (the
 * sanitizer sees that), and addresses stand within the PDU
 */
static bool sane(u32 len, int err)
{
	for (u32 i = 0; !err && i < r.hits; i++)
		if (r.hit[i].at + 6 > len && r.hit[i].flags & H323_HIT_PORT)
			return false;
	return r.nodes <= H323_NODES_MAX + 8 * len;
}

static void damage(const char *what, struct h323_pdu *p,
		   int (*read)(const u8 *data, u32 len, struct h323_reading *r))
{
	u32 len = pdu_len(p), hits, fewer = 0;
	bool good = true;

	good &= !pdu_read(read, p->data, len, &r);
	hits = r.hits;
	for (u32 cut = 0; cut < len; cut++) {
		int err = pdu_read(read, p->data, cut, &r);

		good &= sane(cut, err) && r.hits <= hits;
	}
	for (u32 bit = 0; bit < len * 8; bit++) {
		int err;

		p->data[bit / 8] ^= 0x80 >> bit % 8;
		err = pdu_read(read, p->data, len, &r);
		fewer += !!err;
		good &= sane(len, err);
		p->data[bit / 8] ^= 0x80 >> bit % 8;
	}
	ktap_ok(good && fewer && hits,
		"%s cut at every byte, and with every bit changed: %u of %u are refused",
		what, fewer, len * 8);
}

static void damages(void)
{
	struct h323_pdu *in = pdu_new();
	struct h323_pdu *p = pdu_new();

	registration(p, 3, false);
	damage("RRQ", p, h323_read_ras);
	fast_start(in, 6, 99);
	put_tpkt(p, H323_Q931_CONNECT, in);
	damage("Connect with fast start", p, h323_read_signalling);
	memset(in, 0, sizeof(*in));
	put_bits(in, 3, 0);
	put_bits(in, 5, 3);
	put_olc(in, 5, 1, false, 1, 2);
	put_control(p, in);
	damage("openLogicalChannel", p, h323_read_control);
	free(p);
	free(in);
}

/* CPU time of so many readings, in ns each */
static u32 took(const struct h323_pdu *p, u32 times)
{
	struct timespec from, to;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	for (u32 i = 0; i < times; i++)
		h323_read_ras(p->data, pdu_len(p), &r);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	return ((to.tv_sec - from.tv_sec) * 1000000000LL + to.tv_nsec -
		from.tv_nsec) /
	       times;
}

/* The work for one PDU is bounded, however it is made */
static void budget(void)
{
	struct h323_pdu *p = pdu_new();
	u32 ns;

	/* A list of 16,383 aliases with one character each, which would be
	 * 32,766 nodes and fits in 64 KB
	 */
	put_bits(p, 6, H323_LRQ);
	put_bits(p, 3, 0);
	put_u16(p, 1);
	put_u16(p, 0xbfff);
	while (p->bits < 60000 * 8) {
		put_bits(p, 2, 0);
		put_u8(p, 0);
		put_u8(p, 0x10);
	}
	ktap_ok(ras(p) == -NF_ALG_REASON_MALFORMED &&
			r.nodes == H323_NODES_MAX + 1,
		"a PDU of 60,000 bytes: %u nodes are looked at, no more",
		H323_NODES_MAX);
	ns = took(p, 50);
	ktap_ok(ns < 20000000, "in %u us", ns / 1000);

	/* Many additions, all there, all unknown: they cost their length */
	memset(p, 0, sizeof(*p));
	put_bits(p, 6, H323_UCF);
	put_bits(p, 2, 2);
	put_u16(p, 1);
	put_additions(p, 16000);
	for (u32 i = 0; i < 16000; i++)
		put_bits(p, 1, 1);
	for (u32 i = 0; i < 16000; i++)
		put_u8(p, 0);
	ns = took(p, 50);
	ktap_ok(r.nodes < H323_NODES_MAX + 16100 && ns < 20000000,
		"16,000 additions: %u us", ns / 1000);
	free(p);
}

int main(void)
{
	bitmaps();
	additions();
	setup();
	items();
	fragments();
	registrations();
	alternatives();
	channels();
	routes();
	generic();
	transfer();
	damages();
	budget();
	return ktap_end();
}
