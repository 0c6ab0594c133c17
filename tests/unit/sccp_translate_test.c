// SPDX-License-Identifier: GPL-2.0
/*
 * Whole Skinny messages: what is changed, bound and remembered, with an engine
 * that has no kernel. It binds 10000 above the inside port.
 *
 * sources: tests/unit/engine_fake.c nf_conntrack_helpers/sccp/frame.c
 * sources: nf_conntrack_helpers/sccp/layout.c nf_conntrack_helpers/sccp/registration.c
 * sources: nf_conntrack_helpers/sccp/channel.c nf_conntrack_helpers/sccp/text.c
 * sources: nf_conntrack_helpers/sccp/media.c nf_conntrack_helpers/sccp/translate.c
 */
#include "sccp_engine.h"
#include "ktap.h"
#include "sccp_message.h"

#define PHONE "10.0.0.2"
#define PUBLIC "192.0.2.1"
#define SERVER "203.0.113.9"
#define OTHER "203.0.113.50"
#define UP 0
#define DOWN 1

static struct nf_alg_session *flow;

static void gone(struct nf_alg_session *session)
{
	if (session)
		sccp_closed(session);
	free(session);
}

static void begin_between(const char *inside, const char *public,
			  const char *remote)
{
	gone(flow);
	engine_reset();
	one_link = false;
	elsewhere = false;
	flow = engine_session(IPPROTO_TCP, inside, public, remote);
}

/* A phone inside */
static void begin(void)
{
	begin_between(PHONE ":40000", PUBLIC ":41000", SERVER ":2000");
}

/* A CallManager inside: 192.0.2.1:3000 leads to 10.0.0.2:2000 */
static void begin_server(void)
{
	struct nf_alg_side side;

	begin_between(PHONE ":2000", PUBLIC ":3000", OTHER ":40000");
	side = flow->side[0];
	flow->side[0] = flow->side[1];
	flow->side[1] = side;
}

static void on(struct nf_alg_session *session, const char *what, int dir,
	       const struct draft *in, const struct draft *want, int reason)
{
	u64 before = reason ? engine_reasons[reason] : 0;
	int error;
	u32 len;
	u8 *out = (u8 *)engine_message(session, dir, (const char *)in->data,
				       in->len, &len, &error);
	bool good = len == want->len && !memcmp(out, want->data, len) &&
		    (reason ? engine_reasons[reason] == before + !error &&
				      (!error || error == -reason) :
			      !error);

	ktap_ok(good, "%s", what);
	for (u32 i = 0; !good && i < len; i++)
		if (out[i] != want->data[i])
			printf("# byte %u of the body: %02x, not %02x\n",
			       i - 12, out[i], want->data[i]);
	if (!good)
		printf("# error %d\n", error);
	free(out);
}

static void becomes(const char *what, int dir, struct draft in,
		    struct draft want)
{
	on(flow, what, dir, &in, &want, 0);
}

static void passes(const char *what, int dir, struct draft in, int reason)
{
	on(flow, what, dir, &in, &in, reason);
}

static void quietly(int dir, struct draft in)
{
	int error;
	u32 len;

	free(engine_message(flow, dir, (const char *)in.data, in.len, &len,
			    &error));
}

static bool bound(const char *inside, const char *public)
{
	struct nf_alg_endpoint i = engine_endpoint(inside);
	struct nf_alg_endpoint p = engine_endpoint(public);

	for (int k = 0; k < ENGINE_BINDINGS; k++)
		if (engine_binding[k].inside.family &&
		    engine_binding[k].l4proto == IPPROTO_UDP &&
		    engine_binding[k].open && !engine_binding[k].door &&
		    !engine_binding[k].pending &&
		    nf_alg_same_endpoint(&engine_binding[k].inside, &i) &&
		    nf_alg_same_endpoint(&engine_binding[k].public, &p))
			return true;
	return false;
}

static struct draft ack(u32 version, const char *address, u32 port)
{
	return sccp_receive_ack(0x22, version, 0, address, port, 7, 9);
}

static void registrations(void)
{
	struct draft d, e;

	begin();
	becomes("Register", UP, sccp_register(PHONE, 17, 64),
		sccp_register(PUBLIC, 17, 64));
	becomes("Register without a version", UP, sccp_register(PHONE, 0, 40),
		sccp_register(PUBLIC, 0, 40));
	passes("Register of a phone that knows its public address", UP,
	       sccp_register(PUBLIC, 17, 64), 0);
	passes("Register of somebody else", UP,
	       sccp_register("10.0.0.3", 17, 64), 0);
	d = e = draft(0x29, 0, 52);
	draft_address(&d, 24, PHONE);
	draft_address(&e, 24, PUBLIC);
	becomes("RegisterTokenReq of 52 bytes", UP, d, e);
	d = e = draft(0x29, 0, 48);
	draft_address(&d, 20, PHONE);
	draft_address(&e, 20, PUBLIC);
	becomes("RegisterTokenReq of 48 bytes", UP, d, e);
	d = e = draft(0x8000, 0, 36);
	draft_address(&d, 24, PHONE);
	draft_address(&e, 24, PUBLIC);
	becomes("SPCPRegisterTokenReq", UP, d, e);
	d = e = draft(0x20, 0, 92);
	draft_address(&d, 88, PHONE);
	draft_address(&e, 88, PUBLIC);
	becomes("Alarm", UP, d, e);
	ktap_ok(!engine_calls(NF_ALG_CALL), "none of them opens anything");
	begin_server();
	passes("Register of a phone outside", UP, sccp_register(OTHER, 17, 64),
	       0);

	begin_between("[fd00::2]:40000", "[2001:db8::1]:41000",
		      "[2001:db8::9]:2000");
	d = e = sccp_register("0.0.0.0", 17, 124);
	draft_address(&d, 72, "fd00::2");
	draft_address(&e, 72, "2001:db8::1");
	becomes("Register with an IPv6 address", UP, d, e);
	d = e = draft(0x29, 0, 52);
	draft_address(&d, 32, "fd00::2");
	draft_address(&e, 32, "2001:db8::1");
	becomes("RegisterTokenReq with an IPv6 address", UP, d, e);
	d = e = draft(0x29, 0, 52);
	draft_tagged(&d, 32, "fd00::2");
	draft_tagged(&e, 32, "2001:db8::1");
	becomes("RegisterTokenReq with a tagged one", UP, d, e);
	becomes("OpenReceiveChannelAck with an IPv6 address", UP,
		ack(17, "fd00::2", 20000), ack(17, "2001:db8::1", 30000));
	ktap_ok(bound("[fd00::2]:20000", "[2001:db8::1]:30000"), "is bound");
}

static void receiving(void)
{
	static const u32 versions[] = { 3, 11, 17, 22 };

	for (u32 i = 0; i < ARRAY_SIZE(versions); i++) {
		u32 v = versions[i];

		begin();
		becomes("OpenReceiveChannelAck", UP, ack(v, PHONE, 20000),
			ack(v, PUBLIC, 30000));
		ktap_ok(bound(PHONE ":20000", PUBLIC ":30000") &&
				bound(PHONE ":20001", PUBLIC ":30001") &&
				engine_bindings(true) == 2,
			"version %u binds RTP and RTCP", v);
		becomes("the same again", UP, ack(v, PHONE, 20000),
			ack(v, PUBLIC, 30000));
		ktap_ok(engine_bindings(true) == 2 &&
				engine_calls(NF_ALG_CALL) == 1,
			"binds nothing new");
		becomes("the same channel with another port", UP,
			ack(v, PHONE, 21000), ack(v, PUBLIC, 31000));
		ktap_ok(engine_calls(NF_ALG_CALL) == 1, "is the same channel");
		becomes("OpenMultiMediaReceiveChannelAck", UP,
			sccp_receive_ack(0x31, v, 0, PHONE, 22000, 7, 9),
			sccp_receive_ack(0x31, v, 0, PUBLIC, 32000, 7, 9));
		ktap_ok(engine_calls(NF_ALG_CALL) == 2,
			"video is a channel of its own");
		passes("StopMediaTransmission", DOWN, sccp_close(0x8b, 7, 9, 0),
		       0);
		ktap_ok(engine_calls(NF_ALG_CALL) == 2,
			"ends nothing that is received");
		passes("CloseReceiveChannel that keeps the port", DOWN,
		       sccp_close(0x106, 7, 9, 1), 0);
		ktap_ok(engine_calls(NF_ALG_CALL) == 2, "keeps it");
		passes("CloseReceiveChannel", DOWN, sccp_close(0x106, 7, 9, 0),
		       0);
		ktap_ok(engine_calls(NF_ALG_CALL) == 1 &&
				!bound(PHONE ":21000", PUBLIC ":31000"),
			"ends it");
		passes("CloseMultiMediaReceiveChannel", DOWN,
		       sccp_close(0x136, 7, 9, 0), 0);
		ktap_ok(!engine_calls(NF_ALG_CALL) && !engine_bindings(true),
			"ends the video");
	}
}

static void refused(void)
{
	begin();
	becomes("a channel that failed", UP,
		sccp_receive_ack(0x22, 17, 1, PHONE, 20000, 7, 9),
		sccp_receive_ack(0x22, 17, 1, PUBLIC, 20000, 7, 9));
	becomes("a channel without a port", UP, ack(17, PHONE, 0),
		ack(17, PUBLIC, 0));
	passes("a channel without an address", UP, ack(17, "0.0.0.0", 0), 0);
	passes("a channel of a group", UP, ack(17, "239.1.1.1", 20000), 0);
	passes("an ack with the public address", UP, ack(17, PUBLIC, 20000), 0);
	passes("an ack for another inside host", UP, ack(17, "10.0.0.3", 20000),
	       NF_ALG_REASON_DOOR_OTHER_HOST);
	passes("an ack for an outside host", UP, ack(3, OTHER, 20000),
	       NF_ALG_REASON_DOOR_OTHER_HOST);
	passes("port 1023", UP, ack(17, PHONE, 1023),
	       NF_ALG_REASON_DOOR_PORT_DENIED);
	passes("port 65536", UP, ack(17, PHONE, 65536),
	       NF_ALG_REASON_DOOR_PORT_DENIED);
	passes("port 20000 with the upper bits", UP,
	       ack(3, PHONE, 0x80000000 + 20000),
	       NF_ALG_REASON_DOOR_PORT_DENIED);
	passes("an ack from the server", DOWN, ack(17, SERVER, 20000),
	       NF_ALG_REASON_WRONG_SIDE);
	passes("StartMediaTransmission from the phone", UP,
	       sccp_start(17, PHONE, 20000, 7, 9), NF_ALG_REASON_WRONG_SIDE);
	passes("CloseReceiveChannel from the phone", UP,
	       sccp_close(0x106, 7, 9, 0), NF_ALG_REASON_WRONG_SIDE);
	ktap_ok(!engine_bindings(true) && !engine_calls(NF_ALG_CALL),
		"none of them opens anything");
	becomes("port 65535", UP, ack(17, PHONE, 65535),
		ack(17, PUBLIC, 55535));
	ktap_ok(engine_bindings(true) == 1, "has no neighbour");

	begin();
	engine_no_ports = true;
	passes("no port is free", UP, ack(17, PHONE, 20000),
	       NF_ALG_REASON_NO_PUBLIC_PORT);
	ktap_ok(!engine_calls(NF_ALG_CALL), "and nothing stays");
	engine_no_ports = false;
	engine_memory = 0;
	passes("no memory", UP, ack(17, PHONE, 20000), NF_ALG_REASON_NO_MEMORY);
	engine_memory = 1;
	becomes("and then there is", UP, ack(17, PHONE, 20000),
		ack(17, PUBLIC, 30000));

	begin();
	flow->side[0].inside = false;
	passes("a phone the access list does not permit", UP,
	       sccp_register(PHONE, 17, 64), 0);
	passes("its channel", UP, ack(17, PHONE, 20000), 0);
	ktap_ok(!engine_bindings(true), "is not bound");
}

static void identities(void)
{
	begin();
	quietly(UP, sccp_receive_ack(0x22, 3, 0, PHONE, 20000, 7, 9));
	quietly(UP, sccp_receive_ack(0x22, 3, 0, PHONE, 20002, 8, 9));
	ktap_ok(engine_calls(NF_ALG_CALL) == 2, "two parties of one call");
	quietly(DOWN, sccp_close(0x106, 8, 0, 0));
	ktap_ok(engine_calls(NF_ALG_CALL) == 1 &&
			bound(PHONE ":20000", PUBLIC ":30000"),
		"the right one ends");
	quietly(DOWN, sccp_close(0x106, 99, 9, 0));
	ktap_ok(!engine_calls(NF_ALG_CALL),
		"an unknown party is found by its call");

	begin();
	quietly(UP, sccp_receive_ack(0x22, 3, 0, PHONE, 20000, 0, 9));
	quietly(UP, sccp_receive_ack(0x22, 3, 0, PHONE, 20000, 5, 9));
	ktap_ok(engine_calls(NF_ALG_CALL) == 1,
		"party 0 is whichever party the call has");
	quietly(UP, sccp_receive_ack(0x22, 3, 0, PHONE, 20000, 6, 10));
	ktap_ok(engine_calls(NF_ALG_CALL) == 1,
		"a port in use again belongs to who names it last");
	quietly(DOWN, sccp_close(0x106, 5, 9, 0));
	ktap_ok(bound(PHONE ":20000", PUBLIC ":30000"), "and not to the other");
	quietly(DOWN, sccp_close(0x106, 6, 0, 0));
	ktap_ok(!engine_bindings(true), "until that one ends");

	begin();
	quietly(UP, sccp_receive_ack(0x22, 3, 0, PHONE, 20000, 0, 0));
	quietly(DOWN, sccp_close(0x106, 0, 0, 0));
	ktap_ok(!engine_bindings(true), "a channel without any identity ends");
}

static void ports(void)
{
	begin();
	becomes("PortResponse", UP,
		sccp_port_response(17, PHONE, 20000, 20001, 7, 9, 0),
		sccp_port_response(17, PUBLIC, 30000, 30001, 7, 9, 0));
	ktap_ok(engine_bindings(true) == 2, "binds two ports");
	becomes("its OpenReceiveChannelAck", UP, ack(17, PHONE, 20000),
		ack(17, PUBLIC, 30000));
	quietly(DOWN, sccp_close(0x106, 7, 9, 0));
	{
		struct draft d = draft(0x14c, 17, 16);

		draft_number(&d, 4, 9);
		draft_number(&d, 8, 7);
		passes("PortClose", DOWN, d, 0);
	}
	ktap_ok(!engine_bindings(true), "gives them back");

	begin();
	becomes("PortResponse with RTCP elsewhere", UP,
		sccp_port_response(3, PHONE, 20000, 25001, 7, 9, 0),
		sccp_port_response(3, PUBLIC, 30000, 35001, 7, 9, 0));
	ktap_ok(bound(PHONE ":20000", PUBLIC ":30000") &&
			bound(PHONE ":25001", PUBLIC ":35001") &&
			engine_bindings(true) == 2,
		"binds just these");
	begin();
	becomes("PortResponse with RTCP on the same port", UP,
		sccp_port_response(17, PHONE, 20000, 20000, 7, 9, 0),
		sccp_port_response(17, PUBLIC, 30000, 30000, 7, 9, 0));
	ktap_ok(engine_bindings(true) == 1, "binds one");
	begin();
	becomes("PortResponse without RTCP", UP,
		sccp_port_response(17, PHONE, 20000, 0, 7, 9, 0),
		sccp_port_response(17, PUBLIC, 30000, 0, 7, 9, 0));
	passes("PortResponse with RTCP on port 22", UP,
	       sccp_port_response(17, PHONE, 24000, 22, 8, 9, 0),
	       NF_ALG_REASON_DOOR_PORT_DENIED);
	ktap_ok(!bound(PHONE ":24000", PUBLIC ":34000"),
		"opens nothing at all");
	begin();
	quietly(UP, sccp_port_response(17, PHONE, 20000, 0, 7, 9, 1));
	quietly(UP, sccp_port_response(17, PHONE, 22000, 0, 7, 9, 2));
	ktap_ok(engine_calls(NF_ALG_CALL) == 2 && engine_bindings(true) == 4,
		"two media of one party are two channels");
}

static void transmitting(void)
{
	begin();
	quietly(UP, ack(17, PHONE, 20000));
	becomes("StartMediaTransmissionAck from where it receives", UP,
		sccp_transmit_ack(0x154, 17, 0, PHONE, 20000, 7, 9),
		sccp_transmit_ack(0x154, 17, 0, PUBLIC, 30000, 7, 9));
	ktap_ok(engine_calls(NF_ALG_CALL) == 1 && engine_bindings(true) == 2,
		"binds nothing more");
	becomes("StartMediaTransmissionAck from another port", UP,
		sccp_transmit_ack(0x154, 17, 0, PHONE, 24000, 7, 9),
		sccp_transmit_ack(0x154, 17, 0, PUBLIC, 34000, 7, 9));
	ktap_ok(bound(PHONE ":24000", PUBLIC ":34000"), "binds it");
	passes("StopMediaTransmission", DOWN, sccp_close(0x8b, 7, 0, 0), 0);
	ktap_ok(!bound(PHONE ":24000", PUBLIC ":34000") &&
			bound(PHONE ":20000", PUBLIC ":30000"),
		"ends what transmits alone");
	becomes("StartMediaTransmissionAck of a failure", UP,
		sccp_transmit_ack(0x154, 11, 2, PHONE, 24000, 7, 9),
		sccp_transmit_ack(0x154, 11, 2, PUBLIC, 24000, 7, 9));
	becomes("StartMultiMediaTransmissionAck", UP,
		sccp_transmit_ack(0x155, 11, 0, PHONE, 26000, 7, 9),
		sccp_transmit_ack(0x155, 11, 0, PUBLIC, 36000, 7, 9));
	passes("StartMediaTransmissionAck for another host", UP,
	       sccp_transmit_ack(0x154, 17, 0, "10.0.0.3", 24000, 7, 9),
	       NF_ALG_REASON_DOOR_OTHER_HOST);
}

/* Two phones behind this router: the other's channel is bound already */
static void hairpins(void)
{
	struct nf_alg_session *other;
	struct draft d;
	int error;
	u32 len;

	begin();
	other = engine_session(IPPROTO_TCP, "10.0.0.3:40000", PUBLIC ":42000",
			       SERVER ":2000");
	d = ack(3, "10.0.0.3", 25000);
	free(engine_message(other, UP, (const char *)d.data, d.len, &len,
			    &error));
	passes("the other phone on another link keeps its public endpoint",
	       DOWN, sccp_start(17, PUBLIC, 35000, 7, 9), 0);
	passes("and so does its failure", UP,
	       sccp_failure(17, PUBLIC, 35000, 7, 9), 0);
	one_link = true;
	becomes("the other phone on the same link is called by its inside one",
		DOWN, sccp_start(17, PUBLIC, 35000, 7, 9),
		sccp_start(17, "10.0.0.3", 25000, 7, 9));
	becomes("its failure is told to the server as the server named it", UP,
		sccp_failure(17, "10.0.0.3", 25000, 7, 9),
		sccp_failure(17, PUBLIC, 35000, 7, 9));
	becomes("by an old layout as well", UP,
		sccp_failure(3, "10.0.0.3", 25000, 7, 9),
		sccp_failure(3, PUBLIC, 35000, 7, 9));
	passes("what was not changed is not changed back", UP,
	       sccp_failure(17, "10.0.0.3", 25002, 7, 9), 0);
	passes("a public port that nobody has", DOWN,
	       sccp_start(17, PUBLIC, 35004, 8, 9), 0);
	{
		struct draft from = draft(0x105, 17, 168);
		struct draft to = from;

		draft_endpoint(&from, 100, 17, PUBLIC, 35000);
		draft_endpoint(&to, 100, 17, "10.0.0.3", 25000);
		becomes("a source on the same link", DOWN, from, to);
		from = to = draft(0x14d, 3, 172);
		draft_endpoint(&from, 12, 3, PUBLIC, 35000);
		draft_endpoint(&to, 12, 3, "10.0.0.3", 25000);
		becomes("a QoSListen for it", DOWN, from, to);
	}
	quietly(DOWN, sccp_close(0x8b, 7, 9, 0));
	passes("after StopMediaTransmission nothing is remembered", UP,
	       sccp_failure(17, "10.0.0.3", 25000, 7, 9), 0);
	passes("an outside phone", DOWN, sccp_start(17, OTHER, 30000, 7, 9), 0);
	passes("its failure", UP, sccp_failure(17, OTHER, 30000, 7, 9), 0);
	passes("nobody", DOWN, sccp_start(3, "0.0.0.0", 0, 7, 9), 0);
	passes("a group", DOWN, sccp_start(3, "239.1.1.1", 30000, 7, 9), 0);
	gone(other);
}

static struct draft servers(bool new, const char *first, u32 port)
{
	struct draft d = draft(0x9e, 0, new ? 360 : 280);
	u32 step = new ? 20 : 4;

	draft_number(&d, 240, port);
	draft_number(&d, 244, 2000);
	draft_address(&d, 260 + new * 4, first);
	draft_address(&d, 260 + step + new * 4, OTHER);
	return d;
}

static void inside_server(void)
{
	static const u32 versions[] = { 3, 11, 17, 22 };
	struct draft d, e;

	for (u32 i = 0; i < ARRAY_SIZE(versions); i++) {
		u32 v = versions[i];

		begin_server();
		passes("an ack of a phone outside", UP, ack(v, OTHER, 20000),
		       0);
		passes("even if it names the server", UP, ack(v, PUBLIC, 20000),
		       0);
		becomes("the server's own media", DOWN,
			sccp_start(v, PHONE, 20000, 7, 9),
			sccp_start(v, PUBLIC, 30000, 7, 9));
		ktap_ok(bound(PHONE ":20000", PUBLIC ":30000") &&
				bound(PHONE ":20001", PUBLIC ":30001"),
			"is bound");
		becomes("the same again", DOWN,
			sccp_start(v, PHONE, 20000, 7, 9),
			sccp_start(v, PUBLIC, 30000, 7, 9));
		ktap_ok(engine_bindings(true) == 2, "binds nothing new");
		becomes("a failure is told as the server said it", UP,
			sccp_failure(v, PUBLIC, 30000, 7, 9),
			sccp_failure(v, PHONE, 20000, 7, 9));
		passes("another phone outside", DOWN,
		       sccp_start(v, "203.0.113.60", 30000, 8, 9), 0);
		passes("nobody", DOWN, sccp_start(v, "0.0.0.0", 0, 7, 9), 0);
		one_link = true;
		passes("a neighbour of the server", DOWN,
		       sccp_start(v, "10.0.0.5", 30000, 8, 9),
		       NF_ALG_REASON_DOOR_OTHER_HOST);
		one_link = false;
		elsewhere = true;
		passes("a host on another link", DOWN,
		       sccp_start(v, "10.1.0.5", 30000, 8, 9),
		       NF_ALG_REASON_DOOR_OTHER_HOST);
		passes("the router's public address", DOWN,
		       sccp_start(v, PUBLIC, 30000, 8, 9), 0);
		passes("the phone itself", DOWN,
		       sccp_start(v, OTHER, 30000, 8, 9), 0);
		elsewhere = false;
		passes("a port below 1024", DOWN,
		       sccp_start(v, PHONE, 53, 8, 9),
		       NF_ALG_REASON_DOOR_PORT_DENIED);
		passes("StopMediaTransmission", DOWN, sccp_close(0x8b, 7, 9, 0),
		       0);
		ktap_ok(!engine_bindings(true), "gives it back");
	}

	begin_server();
	d = e = draft(0x105, 17, 168);
	draft_endpoint(&d, 100, 17, PHONE, 20000);
	draft_endpoint(&e, 100, 17, PUBLIC, 30000);
	becomes("OpenReceiveChannel with the server as source", DOWN, d, e);
	ktap_ok(bound(PHONE ":20000", PUBLIC ":30000"), "is bound");
	d = e = draft(0x105, 17, 168);
	draft_endpoint(&d, 100, 17, PHONE, 0);
	draft_endpoint(&e, 100, 17, PUBLIC, 0);
	becomes("OpenReceiveChannel without its port", DOWN, d, e);
	d = e = draft(0x14e, 17, 184);
	draft_endpoint(&d, 12, 17, PHONE, 20000);
	draft_endpoint(&e, 12, 17, PUBLIC, 30000);
	becomes("QoSPath for what is bound", DOWN, d, e);
	d = e = draft(0x95, 3, 8);
	draft_address(&d, 0, PHONE);
	draft_address(&e, 0, PUBLIC);
	becomes("StartSessionTransmission", DOWN, d, e);
	quietly(DOWN, sccp_close(0x106, 0, 0, 0));
	ktap_ok(!engine_bindings(true), "CloseReceiveChannel gives it back");

	becomes("ServerRes, old", DOWN, servers(false, PHONE, 2000),
		servers(false, PUBLIC, 3000));
	becomes("ServerRes, new", DOWN, servers(true, PHONE, 2000),
		servers(true, PUBLIC, 3000));
	becomes("ServerRes with another port", DOWN,
		servers(false, PHONE, 2443), servers(false, PUBLIC, 2443));
	passes("ServerRes of other servers", DOWN,
	       servers(true, "10.0.0.7", 2000), 0);
	begin();
	passes("ServerRes of a server outside", DOWN,
	       servers(false, SERVER, 2000), 0);
}

static struct draft ip_port(u32 port)
{
	struct draft d = draft(0x02, 0, 4);

	draft_number(&d, 0, port);
	return d;
}

static struct draft port_list(u32 first, u32 count, u32 step)
{
	struct draft d = draft(0x11, 0, 4 + 4 * count);

	draft_number(&d, 0, count);
	for (u32 i = 0; i < count; i++)
		draft_number(&d, 4 + 4 * i, first + i * step);
	return d;
}

static struct draft start2(const char *address, u32 port)
{
	struct draft d = draft(0x8a, 0, 36);

	draft_endpoint(&d, 0, 0, address, port);
	draft_number(&d, 8, 30);
	return d;
}

static void callmanager2(void)
{
	begin();
	quietly(UP, sccp_register(PHONE, 11, 64));
	quietly(DOWN, sccp_register_ack(11, 20));
	passes("IpPort is informative elsewhere", UP, ip_port(5001), 0);
	passes("and so is MediaPortList", UP, port_list(20000, 4, 2), 0);
	passes("a body of 36 bytes is left alone", DOWN, start2(PUBLIC, 5001),
	       0);

	begin();
	quietly(UP, sccp_register(PHONE, 0, 40));
	quietly(DOWN, sccp_register_ack(0, 12));
	becomes("IpPort for a CallManager 2", UP, ip_port(5001),
		ip_port(15001));
	ktap_ok(bound(PHONE ":5001", PUBLIC ":15001") &&
			bound(PHONE ":5002", PUBLIC ":15002"),
		"binds a pair");
	becomes("the same again", UP, ip_port(5001), ip_port(15001));
	ktap_ok(engine_bindings(true) == 2 && engine_calls(NF_ALG_CALL) == 1,
		"one pair for the connection");
	passes("IpPort 80", UP, ip_port(80), NF_ALG_REASON_DOOR_PORT_DENIED);
	passes("StopMediaTransmission of 4 bytes", DOWN, draft(0x8b, 0, 4), 0);
	ktap_ok(engine_bindings(true) == 2, "it lives as long as that");
	becomes("MediaPortList", UP, port_list(20000, 4, 2),
		port_list(30000, 4, 2));
	ktap_ok(engine_bindings(true) == 10, "binds a pair for each");
	passes("MediaPortList with a port that is denied", UP,
	       port_list(2000, 3, -900), NF_ALG_REASON_DOOR_PORT_DENIED);
	ktap_ok(engine_bindings(true) == 10, "binds none of them");
	passes("another phone outside", DOWN, start2(OTHER, 5001), 0);
	one_link = true;
	becomes("another phone behind the same router", DOWN,
		start2(PUBLIC, 15001), start2(PHONE, 5001));

	begin();
	quietly(UP, sccp_register(PHONE, 0, 40));
	becomes("IpPort before the server has answered", UP, ip_port(5001),
		ip_port(15001));
	quietly(DOWN, sccp_register_ack(0, 12));
	ktap_ok(engine_bindings(true) == 2, "stays for a CallManager 2");
	begin();
	quietly(UP, sccp_register(PHONE, 0, 40));
	quietly(UP, ip_port(5001));
	quietly(DOWN, sccp_register_ack(3, 20));
	ktap_ok(!engine_bindings(true), "and goes for another");

	begin_server();
	quietly(UP, sccp_register(OTHER, 0, 40));
	quietly(DOWN, sccp_register_ack(0, 12));
	passes("IpPort of a phone outside", UP, ip_port(5001), 0);
	becomes("media of a CallManager 2 inside", DOWN, start2(PHONE, 5001),
		start2(PUBLIC, 15001));
}

/* A CallManager inside may speak for the hosts of media-from */
static void third_parties(void)
{
	struct draft d, e;

	for (int i = 0; i < 2; i++) {
		u32 v = i ? 17 : 3;

		begin_server();
		engine_media_from = "10.0.0.5:0";
		passes("a host outside, whatever the list says", DOWN,
		       sccp_start(v, "10.0.0.5", 20000, 7, 9), 0);
		one_link = true;
		becomes("a neighbour that the list permits", DOWN,
			sccp_start(v, "10.0.0.5", 20000, 7, 9),
			sccp_start(v, PUBLIC, 30000, 7, 9));
		ktap_ok(bound("10.0.0.5:20000", PUBLIC ":30000") &&
				bound("10.0.0.5:20001", PUBLIC ":30001"),
			"is bound");
		becomes("a failure is told as the server said it", UP,
			sccp_failure(v, PUBLIC, 30000, 7, 9),
			sccp_failure(v, "10.0.0.5", 20000, 7, 9));
		passes("a port of it below 1024", DOWN,
		       sccp_start(v, "10.0.0.5", 53, 8, 9),
		       NF_ALG_REASON_DOOR_PORT_DENIED);
		passes("a neighbour that it does not", DOWN,
		       sccp_start(v, "10.0.0.6", 20000, 8, 9),
		       NF_ALG_REASON_DOOR_OTHER_HOST);
		one_link = false;
		elsewhere = true;
		becomes("the same host on another link", DOWN,
			sccp_start(v, "10.0.0.5", 20000, 7, 9),
			sccp_start(v, PUBLIC, 30000, 7, 9));
		ktap_ok(engine_bindings(true) == 2, "is bound once");
		passes("a phone outside naming it", UP,
		       ack(v, "10.0.0.5", 24000), 0);
		passes("StopMediaTransmission", DOWN, sccp_close(0x8b, 7, 9, 0),
		       0);
		ktap_ok(!engine_bindings(true), "gives it back");
	}
	d = e = draft(0x105, 17, 168);
	draft_endpoint(&d, 100, 17, "10.0.0.5", 0);
	draft_endpoint(&e, 100, 17, PUBLIC, 0);
	becomes("OpenReceiveChannel with it as source", DOWN, d, e);
	ktap_ok(!engine_bindings(true), "opens nothing without a port");

	/* A phone names itself and nobody else */
	begin();
	engine_media_from = "10.0.0.5:0";
	one_link = true;
	passes("an ack that names a host of the list", UP,
	       ack(17, "10.0.0.5", 20000), NF_ALG_REASON_DOOR_OTHER_HOST);
}

/* Messages of one connection in a minute, as many as the option says */
static void too_many(void)
{
	u64 before;

	begin();
	engine_net.option[NF_ALG_OPTION_SKINNY_MESSAGES] = 2;
	becomes("the first message of a minute", UP,
		sccp_register(PHONE, 17, 64), sccp_register(PUBLIC, 17, 64));
	passes("messages of the wrong side do not count", UP,
	       sccp_start(17, OTHER, 20000, 7, 9), NF_ALG_REASON_WRONG_SIDE);
	engine_seconds += 59;
	becomes("the last that is permitted", UP, ack(17, PHONE, 20000),
		ack(17, PUBLIC, 30000));
	before = engine_reasons[NF_ALG_REASON_LIMIT_MESSAGES];
	passes("one more", UP, ack(17, PHONE, 22000),
	       NF_ALG_REASON_LIMIT_MESSAGES);
	passes("and the server's", DOWN, sccp_close(0x106, 7, 9, 0),
	       NF_ALG_REASON_LIMIT_MESSAGES);
	ktap_ok(engine_bindings(true) == 2 &&
			engine_reasons[NF_ALG_REASON_LIMIT_MESSAGES] ==
				before + 2,
		"opens nothing, closes nothing, and is counted");
	engine_seconds += 1;
	becomes("in the next minute", UP, ack(17, PHONE, 22000),
		ack(17, PUBLIC, 32000));
}

/* Where the length does not decide, the registration does */
static bool says_new(u32 offered, u32 answered, u32 body, u32 header)
{
	struct draft d = draft(0x132, header, 176);
	struct draft want;
	int error;
	bool same;
	u32 len;
	char *out;

	begin_server();
	if (offered)
		quietly(UP, sccp_register(OTHER, offered, 64));
	if (body)
		quietly(DOWN, sccp_register_ack(answered, body));
	draft_endpoint(&d, 12, 17, PHONE, 20000);
	want = d;
	draft_endpoint(&want, 12, 17, PUBLIC, 30000);
	out = engine_message(flow, DOWN, (const char *)d.data, d.len, &len,
			     &error);
	same = !memcmp(out, want.data, len);
	free(out);
	return same;
}

static void versions(void)
{
	ktap_ok(says_new(17, 17, 20, 0), "both say 17");
	ktap_ok(says_new(22, 48, 20, 0), "the server says a letter");
	ktap_ok(!says_new(22, 11, 20, 0), "the server says 11");
	ktap_ok(!says_new(11, 22, 20, 0), "the phone says 11");
	ktap_ok(says_new(22, 0, 0, 0), "the server has not answered");
	ktap_ok(!says_new(0, 22, 20, 0), "no registration was seen");
	ktap_ok(says_new(0, 0, 0, 17), "but the header says 17");
	ktap_ok(!says_new(22, 22, 20, 11), "the header says 11");
}

static void endings(void)
{
	struct draft d;
	u32 seconds;

	begin();
	quietly(UP, ack(17, PHONE, 20000));
	d = draft(0x118, 0, 4);
	draft_number(&d, 0, 2);
	quietly(DOWN, d);
	ktap_ok(engine_bindings(true) == 2,
		"an UnregisterAck that refuses ends nothing");
	draft_number(&d, 0, 0);
	quietly(DOWN, d);
	ktap_ok(!engine_bindings(true), "UnregisterAck ends all");
	quietly(UP, ack(17, PHONE, 20000));
	quietly(DOWN, draft(0x9f, 0, 4));
	ktap_ok(!engine_bindings(true), "Reset ends all");
	quietly(UP, ack(17, PHONE, 20000));
	quietly(UP, sccp_register(PHONE, 17, 64));
	ktap_ok(!engine_bindings(true), "Register again ends all");

	quietly(UP, ack(17, PHONE, 20000));
	quietly(UP, draft(0, 0, 0));
	engine_seconds += 7000;
	quietly(UP, draft(0, 0, 0));
	engine_call_state(NF_ALG_CALL, &seconds);
	ktap_ok(seconds == 7200, "KeepAlive keeps calls");
	quietly(DOWN, draft(0, 0, 0));
	ktap_ok(!engine_reasons[NF_ALG_REASON_WRONG_SIDE],
		"a server may send it as well");

	gone(flow);
	flow = NULL;
	ktap_ok(engine_abandoned() == 1 && engine_bindings(true) == 2,
		"a lost connection leaves its calls to their media");
}

static void limits(void)
{
	u32 i;

	begin();
	engine_media = true;
	for (i = 0; i < SCCP_CHANNELS_MAX; i++)
		quietly(UP, sccp_receive_ack(0x22, 17, 0, PHONE, 20000 + 2 * i,
					     i + 1, 0));
	ktap_ok(engine_calls(NF_ALG_CALL) == SCCP_CHANNELS_MAX,
		"%u channels of a connection", SCCP_CHANNELS_MAX);
	passes("one more", UP,
	       sccp_receive_ack(0x22, 17, 0, PHONE, 30000, 1000, 0),
	       NF_ALG_REASON_LIMIT_CHANNELS);
	passes("an outside phone needs none", DOWN,
	       sccp_start(17, OTHER, 30000, 1000, 0), 0);
	engine_media = false;
	passes("one that was opened just now does not make room", UP,
	       sccp_receive_ack(0x22, 17, 0, PHONE, 30000, 1000, 0),
	       NF_ALG_REASON_LIMIT_CHANNELS);
	engine_seconds += 60;
	becomes("one without media makes room", UP,
		sccp_receive_ack(0x22, 17, 0, PHONE, 30000, 1000, 0),
		sccp_receive_ack(0x22, 17, 0, PUBLIC, 40000, 1000, 0));
	ktap_ok(engine_calls(NF_ALG_CALL) == SCCP_CHANNELS_MAX &&
			!bound(PHONE ":20000", PUBLIC ":30000"),
		"the oldest");
}

static void strangers(void)
{
	struct draft d;

	begin();
	d = draft(0x4242, 0, 20);
	passes("an unknown message at the beginning", UP, d,
	       NF_ALG_REASON_NOT_PROTOCOL);
	passes("makes the connection foreign", UP, ack(17, PHONE, 20000), 0);
	passes("for both sides", DOWN, sccp_start(17, OTHER, 30000, 7, 9), 0);
	begin();
	quietly(UP, draft(0, 0, 0));
	passes("an unknown message later", UP, d, 0);
	becomes("does not", UP, ack(17, PHONE, 20000), ack(17, PUBLIC, 30000));
	d = ack(17, PHONE, 20000);
	draft_number(&d, 4, 5);
	passes("a type there is not", UP, d, NF_ALG_REASON_MALFORMED);
	d = ack(17, PHONE, 20000);
	draft_number(&d, 4, 2);
	passes("type 2 of something else", UP, d, 0);
	d = ack(17, PHONE, 20000);
	for (u32 i = 8; i < 20; i++)
		d.data[12 + 4 + i] = 0xa5;
	{
		struct draft want = d;

		draft_endpoint(&want, 4, 17, PUBLIC, 30000);
		becomes("what stands behind an IPv4 address stays", UP, d,
			want);
	}
}

static void names(void)
{
	struct draft d = draft(0x22, 0, 0);

	ktap_ok(!strcmp(sccp_title(d.data, d.len), "OpenReceiveChannelAck"),
		"messages have names");
	d = draft(0x4242, 0, 0);
	ktap_ok(!sccp_title(d.data, d.len) && !sccp_title(d.data, 11),
		"unknown ones have none");
}

/* As an event shows an edit */
static void prints(void)
{
	static const struct {
		const char *old;
		const char *new;
	} want[] = {
		{ PHONE, PUBLIC },
		{ "20000", "30000" },
	};
	struct draft d = ack(17, PHONE, 20000);
	struct nf_alg_message *msg = calloc(1, sizeof(*msg));
	char old[65], new[65];

	begin();
	msg->data = d.data;
	msg->len = d.len;
	msg->session = flow;
	msg->from = &flow->side[0];
	msg->to = &flow->side[1];
	INIT_LIST_HEAD(&msg->undo);
	ktap_ok(!sccp_translate(msg) && msg->changes == 2, "two edits");
	for (int i = 0; i < 2; i++) {
		sccp_print(msg, &msg->change[i], old, new, sizeof(old));
		ktap_ok(!strcmp(old, want[i].old) && !strcmp(new, want[i].new),
			"%s -> %s", want[i].old, want[i].new);
	}
	sccp_print(msg, &msg->change[0], old, new, 5);
	ktap_ok(!strcmp(old, "10.0"), "cut where there is no room");
	free(msg);
}

int main(void)
{
	registrations();
	too_many();
	third_parties();
	receiving();
	refused();
	identities();
	ports();
	transmitting();
	hairpins();
	inside_server();
	callmanager2();
	versions();
	endings();
	limits();
	strangers();
	names();
	prints();
	begin();
	gone(flow);
	return ktap_end();
}
