// SPDX-License-Identifier: GPL-2.0
/*
 * Whole messages of H.323: what is changed, bound and remembered, with an
 * engine that has no kernel. It binds 10000 above the inside port.
 *
 * sources: tests/unit/engine_fake.c nf_conntrack_helpers/h323/walker.c
 * sources: nf_conntrack_helpers/h323/tables.c nf_conntrack_helpers/h323/q931.c
 * sources: nf_conntrack_helpers/h323/tpkt.c nf_conntrack_helpers/h323/name.c
 * sources: nf_conntrack_helpers/h323/purpose.c nf_conntrack_helpers/h323/address.c
 * sources: nf_conntrack_helpers/h323/door.c nf_conntrack_helpers/h323/registration.c
 * sources: nf_conntrack_helpers/h323/h323_call.c nf_conntrack_helpers/h323/media.c
 * sources: nf_conntrack_helpers/h323/translate.c nf_conntrack_helpers/h323/per.c
 * sources: nf_nat_alg/spare.c
 */
#include "h323_engine.h"
#include "h323_message.h"
#include "ktap.h"

#define INSIDE "10.0.0.2"
#define PUBLIC "192.0.2.1"
#define REMOTE "203.0.113.9"
#define THIRD "203.0.113.77"
#define UP 0
#define DOWN 1

#define IS_TCP IPPROTO_TCP
#define IS_UDP IPPROTO_UDP

static struct nf_alg_session *ras, *h225, *h245;

static void over(struct nf_alg_session **flow)
{
	if (*flow)
		h323_flow_end(*flow);
	*flow = NULL;
}

static void begin(void)
{
	over(&h225);
	over(&h245);
	free(ras);
	engine_reset();
	ras = h323_flow(&h323_engine_ras, INSIDE ":5001", PUBLIC ":15001",
			REMOTE ":1719", false);
	h225 = h323_flow(&h323_engine_signalling, INSIDE ":40000",
			 PUBLIC ":41000", REMOTE ":1720", false);
}

/* A call comes in */
static void begin_in(void)
{
	begin();
	over(&h225);
	h225 = h323_flow(&h323_engine_signalling, INSIDE ":1720",
			 PUBLIC ":1720", REMOTE ":40000", true);
}

/**
 * struct swap - what is to be found changed in a message
 * @from: address and port as they were sent; NULL: end of the list
 * @to: as they arrive
 */
struct swap {
	const char *from;
	const char *to;
};

static u32 packed(const char *text, u8 *bytes)
{
	struct nf_alg_endpoint e = engine_endpoint(text);
	u32 len = e.family == NFPROTO_IPV6 ? 16 : 4;

	memcpy(bytes, &e.addr, len);
	memcpy(bytes + len, &e.port, 2);
	return len + 2;
}

/* Replace each occurrence; returns how many there were */
static int replace(u8 *data, u32 len, const struct swap *swap)
{
	u8 from[18], to[18];
	u32 n = packed(swap->from, from);
	int found = 0;

	packed(swap->to, to);
	for (u32 i = 0; i + n <= len; i++) {
		if (memcmp(data + i, from, n))
			continue;
		memcpy(data + i, to, n);
		found++;
	}
	return found;
}

static void becomes(const char *what, struct nf_alg_session *flow, int dir,
		    const u8 *data, u32 len, const struct swap *swaps)
{
	u8 want[2048];
	bool good = true;
	int error;
	u32 got;
	u8 *out;

	memcpy(want, data, len);
	for (; swaps->from; swaps++)
		good &= replace(want, len, swaps) > 0;
	out = (u8 *)engine_message(flow, dir, (const char *)data, len, &got,
				   &error);
	good &= got == len && !memcmp(out, want, len) && !error;
	ktap_ok(good, "%s", what);
	for (u32 i = 0; !good && i < len; i++)
		if (out[i] != want[i])
			printf("# byte %u: %02x, not %02x\n", i, out[i],
			       want[i]);
	if (error)
		printf("# error %d\n", error);
	free(out);
}

static void passes(const char *what, struct nf_alg_session *flow, int dir,
		   const u8 *data, u32 len, int reason)
{
	u64 before = engine_reasons[reason];
	int error;
	u32 got;
	u8 *out = (u8 *)engine_message(flow, dir, (const char *)data, len, &got,
				       &error);

	ktap_ok(got == len && !memcmp(out, data, len) &&
			(!reason || engine_reasons[reason] > before ||
			 error == -reason),
		"%s", what);
	free(out);
}

static void quietly(struct nf_alg_session *flow, int dir, const u8 *data,
		    u32 len)
{
	int error;
	u32 got;

	free(engine_message(flow, dir, (const char *)data, len, &got, &error));
}

#define BECOMES(what, flow, dir, pdu, ...)         \
	becomes(what, flow, dir, pdu, sizeof(pdu), \
		(const struct swap[]){ __VA_ARGS__, {} })
#define PASSES(what, flow, dir, pdu, reason) \
	passes(what, flow, dir, pdu, sizeof(pdu), reason)
#define QUIETLY(flow, dir, pdu) quietly(flow, dir, pdu, sizeof(pdu))

static struct engine_binding *binding(u8 l4proto, const char *inside)
{
	struct nf_alg_endpoint e = engine_endpoint(inside);

	for (int i = 0; i < ENGINE_BINDINGS; i++)
		if (engine_binding[i].inside.family &&
		    engine_binding[i].l4proto == l4proto &&
		    nf_alg_same_endpoint(&engine_binding[i].inside, &e))
			return &engine_binding[i];
	return NULL;
}

/* A door that is open, for this remote only ("" for anybody), and its time */
static bool door(u8 l4proto, const char *inside, int protocol,
		 const char *remote, u32 seconds)
{
	struct engine_binding *b = binding(l4proto, inside);
	struct nf_alg_endpoint r = engine_endpoint(remote);

	return b && b->open && b->door && (int)b->protocol == protocol &&
	       b->seconds == seconds && r.family == b->remote.family &&
	       (!r.family || nf_alg_same_host(&r, &b->remote));
}

static bool closed(u8 l4proto, const char *inside)
{
	struct engine_binding *b = binding(l4proto, inside);

	return b && !b->open;
}

static bool media(const char *inside)
{
	struct engine_binding *b = binding(IS_UDP, inside);

	return b && b->open && !b->door && !b->remote.family;
}

/* It goes with the linger time, or has gone */
static bool going(u8 l4proto, const char *inside)
{
	struct engine_binding *b = binding(l4proto, inside);

	return !b || b->seconds == nf_alg_option(&engine_net,
						 NF_ALG_OPTION_LINGER_TIME);
}

static void discovery(void)
{
	begin();
	BECOMES("discovery names the public RAS address", ras, UP, grq,
		{ INSIDE ":5001", PUBLIC ":15001" });
	ktap_ok(door(IS_UDP, INSIDE ":5001", NF_ALG_PROTOCOL_RAS, "", 10),
		"a gatekeeper may answer from anywhere, for ten seconds");
	PASSES("GatekeeperConfirm passes", ras, DOWN, gcf, 0);
}

static void registration(void)
{
	u32 seconds;

	begin();
	BECOMES("RegistrationRequest names public addresses", ras, UP, rrq,
		{ INSIDE ":1720", PUBLIC ":11720" },
		{ INSIDE ":1722", PUBLIC ":11722" },
		{ INSIDE ":5001", PUBLIC ":15001" });
	ktap_ok(closed(IS_TCP, INSIDE ":1720") &&
			closed(IS_TCP, INSIDE ":1722"),
		"its doors are closed before it is confirmed");
	ktap_ok(door(IS_UDP, INSIDE ":5001", NF_ALG_PROTOCOL_RAS, REMOTE, 30),
		"its gatekeeper may send RAS");
	BECOMES("repeated it is the same", ras, UP, rrq,
		{ INSIDE ":1720", PUBLIC ":11720" },
		{ INSIDE ":1722", PUBLIC ":11722" },
		{ INSIDE ":5001", PUBLIC ":15001" });
	PASSES("another request's confirmation passes", ras, DOWN, rcf_wrong,
	       0);
	ktap_ok(closed(IS_TCP, INSIDE ":1720"), "and opens nothing");
	PASSES("RegistrationConfirm passes", ras, DOWN, rcf, 0);
	ktap_ok(door(IS_TCP, INSIDE ":1720", NF_ALG_PROTOCOL_H225, REMOTE,
		     60 + 10) &&
			door(IS_TCP, INSIDE ":1722", NF_ALG_PROTOCOL_H225,
			     REMOTE, 70) &&
			door(IS_UDP, INSIDE ":5001", NF_ALG_PROTOCOL_RAS,
			     REMOTE, 70),
		"its doors open for the gatekeeper, for the time it grants");
	ktap_ok(!strcmp(engine_call_state(NF_ALG_REGISTRATION, &seconds),
			"registered") &&
			seconds == 70,
		"and so does the registration live");
	ktap_ok(binding(IS_TCP, REMOTE ":1721") &&
			binding(IS_TCP, REMOTE ":1721")->away,
		"the gatekeeper's signalling is known, whatever its port");
}

static void registered(void)
{
	begin();
	QUIETLY(ras, UP, rrq);
	QUIETLY(ras, DOWN, rcf);
}

static void registration_later(void)
{
	u32 seconds;

	registered();
	BECOMES("a lightweight request names no listener", ras, UP, rrq_light,
		{ INSIDE ":5001", PUBLIC ":15001" });
	PASSES("its confirmation passes", ras, DOWN, rcf_light, 0);
	ktap_ok(door(IS_TCP, INSIDE ":1720", NF_ALG_PROTOCOL_H225, REMOTE,
		     300 + 30),
		"and keeps the doors open");

	registered();
	QUIETLY(ras, UP, rrq_moved);
	QUIETLY(ras, DOWN, rcf_moved);
	ktap_ok(door(IS_TCP, INSIDE ":1724", NF_ALG_PROTOCOL_H225, REMOTE,
		     70) &&
			going(IS_TCP, INSIDE ":1720"),
		"a new set of listeners replaces the old one");

	registered();
	BECOMES("UnregistrationRequest names the public address", ras, UP, urq,
		{ INSIDE ":1720", PUBLIC ":11720" });
	ktap_ok(binding(IS_TCP, INSIDE ":1720"), "which ends nothing");
	QUIETLY(ras, DOWN, ucf);
	ktap_ok(!binding(IS_TCP, INSIDE ":1720") &&
			!binding(IS_UDP, INSIDE ":5001"),
		"the confirmation does");

	begin();
	QUIETLY(ras, UP, rrq);
	QUIETLY(ras, DOWN, rrj);
	ktap_ok(!binding(IS_TCP, INSIDE ":1720") &&
			!strcmp(engine_call_state(NF_ALG_REGISTRATION,
						  &seconds),
				"ended"),
		"a refused registration opens nothing");
	begin();
	BECOMES("another host's listener is left as it is", ras, UP, rrq_other,
		{ INSIDE ":5001", PUBLIC ":15001" });
	ktap_ok(engine_reasons[NF_ALG_REASON_DOOR_OTHER_HOST] == 1 &&
			!binding(IS_TCP, "10.0.0.77:1720"),
		"and gets no door");
	BECOMES("so is a port where others listen", ras, UP, rrq_denied,
		{ INSIDE ":5001", PUBLIC ":15001" });
	ktap_ok(engine_reasons[NF_ALG_REASON_DOOR_PORT_DENIED] == 1,
		"and that is counted");
	begin();
	QUIETLY(ras, UP, grq);
	PASSES("AdmissionConfirm passes", ras, DOWN, acf, 0);
	ktap_ok(binding(IS_TCP, THIRD ":4321") &&
			binding(IS_TCP, THIRD ":4321")->away &&
			(int)binding(IS_TCP, THIRD ":4321")->protocol ==
				NF_ALG_PROTOCOL_H225,
		"whom it names will be called with H.225.0");
}

static void gatekeeper_inside(void)
{
	begin();
	free(ras);
	ras = h323_flow(&h323_engine_ras, INSIDE ":1719", PUBLIC ":1719",
			REMOTE ":40000", true);
	PASSES("an outside endpoint's request passes", ras, UP, rrq_outside, 0);
	BECOMES("the confirmation names the gatekeeper's public address", ras,
		DOWN, rcf_inside, { INSIDE ":1720", PUBLIC ":11720" });
	ktap_ok(door(IS_TCP, INSIDE ":1720", NF_ALG_PROTOCOL_H225, REMOTE, 70),
		"whose door is open for that endpoint");
	ktap_ok(binding(IS_TCP, REMOTE ":1800") &&
			binding(IS_TCP, REMOTE ":1800")->away,
		"and the endpoint's own listener is known");
}

static void separate_control(void)
{
	begin();
	BECOMES("Setup names the public listener of H.245", h225, UP,
		setup_h245, { INSIDE ":30245", PUBLIC ":40245" });
	ktap_ok(door(IS_TCP, INSIDE ":30245", NF_ALG_PROTOCOL_H245, REMOTE, 60),
		"a door for the callee alone, for a minute");
	BECOMES("repeated it is the same", h225, UP, setup_h245,
		{ INSIDE ":30245", PUBLIC ":40245" });
	h245 = h323_flow(&h323_engine_control, INSIDE ":30245", PUBLIC ":40245",
			 REMOTE ":50000", true);
	BECOMES("H.245 through the door is translated", h245, DOWN, olc,
		{ INSIDE ":30005", PUBLIC ":40005" });
	BECOMES("and so is its answer", h245, DOWN, olc_ack,
		{ INSIDE ":30004", PUBLIC ":40004" },
		{ INSIDE ":30005", PUBLIC ":40005" });
	ktap_ok(media(INSIDE ":30004") && media(INSIDE ":30005"),
		"RTP and RTCP are bound side by side");
	ktap_ok(engine_calls(NF_ALG_CALL) == 1, "for the one call");
	over(&h225);
	ktap_ok(engine_abandoned() == 1,
		"the call goes on without call signalling");

	begin();
	QUIETLY(h225, UP, setup_h245);
	PASSES("the callee's listener passes", h225, DOWN, alerting_h245, 0);
	ktap_ok(binding(IS_TCP, REMOTE ":11245") &&
			binding(IS_TCP, REMOTE ":11245")->away,
		"and what connects there speaks H.245");
	h245 = h323_flow(&h323_engine_control, INSIDE ":50001", PUBLIC ":50001",
			 REMOTE ":11245", false);
	BECOMES("which is translated", h245, UP, olc,
		{ INSIDE ":30005", PUBLIC ":40005" });
	over(&h245);
	h245 = h323_flow(&h323_engine_control, INSIDE ":50001", PUBLIC ":50001",
			 REMOTE ":11246", false);
	PASSES("but nothing that belongs to no call", h245, UP, olc,
	       NF_ALG_REASON_MAPPING_LOST);

	begin();
	BECOMES("version 1 has no callIdentifier", h225, UP, setup_v1,
		{ INSIDE ":30245", PUBLIC ":40245" });
	ktap_ok(engine_calls(NF_ALG_CALL) == 1, "and is a call as well");
}

/* Media of UDP is no door: it may have every port from 1024 on */
/* Its time is over */
static void expired(const char *inside)
{
	struct engine_binding *b = binding(IS_TCP, inside);

	if (b)
		nf_alg_bind_expire(b->call, &b->inside, IS_TCP, 0);
}

/* The gatekeeper has said where to call, so who is called may be elsewhere */
static void introduced(void)
{
	registered();
	over(&h225);
	h225 = h323_flow(&h323_engine_signalling, INSIDE ":40000",
			 PUBLIC ":41000", REMOTE ":1721", false);
	QUIETLY(h225, UP, setup_h245);
	ktap_ok(door(IS_TCP, INSIDE ":30245", NF_ALG_PROTOCOL_H245, "", 60),
		"H.245 is for everybody where a gatekeeper introduced the call");
	expired(REMOTE ":1721");
	expired(INSIDE ":30245");
	ktap_ok(!binding(IS_TCP, REMOTE ":1721") &&
			!binding(IS_TCP, INSIDE ":30245"),
		"what it said is forgotten");
	QUIETLY(h225, UP, setup_h245);
	ktap_ok(door(IS_TCP, INSIDE ":30245", NF_ALG_PROTOCOL_H245, "", 60),
		"and this connection was introduced all the same");
	over(&h225);
	expired(INSIDE ":30245");
	h225 = h323_flow(&h323_engine_signalling, INSIDE ":40001",
			 PUBLIC ":41001", REMOTE ":1721", false);
	QUIETLY(h225, UP, setup_h245);
	ktap_ok(door(IS_TCP, INSIDE ":30245", NF_ALG_PROTOCOL_H245, REMOTE, 60),
		"but not the next one");
}

static void media_ports(void)
{
	static const struct swap swaps[] = {
		{ INSIDE ":30000", INSIDE ":8080" },
		{ INSIDE ":30001", INSIDE ":8081" },
		{ INSIDE ":30003", INSIDE ":1023" },
		{},
	};
	u8 pdu[sizeof(setup_fast)];

	memcpy(pdu, setup_fast, sizeof(pdu));
	for (u32 i = 0; swaps[i].from; i++)
		replace(pdu, sizeof(pdu), &swaps[i]);
	begin();
	BECOMES("media below port 1024 stays as it is", h225, UP, pdu,
		{ INSIDE ":8080", PUBLIC ":18080" },
		{ INSIDE ":8081", PUBLIC ":18081" },
		{ INSIDE ":40000", PUBLIC ":41000" });
	ktap_ok(engine_reasons[NF_ALG_REASON_DOOR_PORT_DENIED] >= 1 &&
			!binding(IS_UDP, INSIDE ":1023"),
		"and that is counted");
	ktap_ok(media(INSIDE ":8080") && media(INSIDE ":8081"),
		"media has other ports where services of TCP listen");
}

/* RTCP stands behind its RTP, and mostly says the same: what it says otherwise
 * holds
 */
static void beside_media(void)
{
	static const struct {
		struct swap rtp;
		struct swap rtcp;
		struct swap becomes[2];
		const char *what;
	} * c, cases[] = {
		{ { INSIDE ":30004", INSIDE ":30004" },
		  { INSIDE ":30005", INSIDE ":30005" },
		  { { INSIDE ":30004", PUBLIC ":40004" },
		    { INSIDE ":30005", PUBLIC ":40005" } },
		  "RTCP beside RTP" },
		{ { INSIDE ":30004", INSIDE ":30004" },
		  { INSIDE ":30005", INSIDE ":30007" },
		  { { INSIDE ":30004", PUBLIC ":40004" },
		    { INSIDE ":30007", PUBLIC ":40007" } },
		  "RTCP further up" },
		{ { INSIDE ":30004", INSIDE ":30004" },
		  { INSIDE ":30005", INSIDE ":30004" },
		  { { INSIDE ":30004", PUBLIC ":40004" } },
		  "RTCP on the port of RTP" },
		{ { INSIDE ":30004", INSIDE ":30009" },
		  { INSIDE ":30005", INSIDE ":30010" },
		  { { INSIDE ":30009", PUBLIC ":40009" },
		    { INSIDE ":30010", PUBLIC ":40010" } },
		  "RTCP beside RTP of an odd port" },
		{ { INSIDE ":30004", INSIDE ":30004" },
		  { INSIDE ":30005", "10.0.0.3:30005" },
		  { { INSIDE ":30004", PUBLIC ":40004" } },
		  "RTCP of another host, which stays as it is" },
		{ { INSIDE ":30004", "10.0.0.3:30004" },
		  { INSIDE ":30005", INSIDE ":30005" },
		  { { INSIDE ":30005", PUBLIC ":40005" } },
		  "RTP of another host, which stays as it is" },
	};
	u8 pdu[sizeof(olc_ack)];
	struct swap swaps[3];

	for (c = cases; c < cases + ARRAY_SIZE(cases); c++) {
		memcpy(pdu, olc_ack, sizeof(pdu));
		replace(pdu, sizeof(pdu), &c->rtp);
		replace(pdu, sizeof(pdu), &c->rtcp);
		memset(swaps, 0, sizeof(swaps));
		memcpy(swaps, c->becomes, sizeof(c->becomes));
		begin();
		QUIETLY(h225, UP, setup_h245);
		h245 = h323_flow(&h323_engine_control, INSIDE ":30245",
				 PUBLIC ":40245", REMOTE ":50000", true);
		becomes(c->what, h245, DOWN, pdu, sizeof(pdu), swaps);
		becomes("and again", h245, DOWN, pdu, sizeof(pdu), swaps);
	}
}

static void fast_start(void)
{
	begin();
	BECOMES("fast start names public media", h225, UP, setup_fast,
		{ INSIDE ":30001", PUBLIC ":40001" },
		{ INSIDE ":30000", PUBLIC ":40000" },
		{ INSIDE ":30003", PUBLIC ":40003" },
		{ INSIDE ":40000", PUBLIC ":41000" });
	ktap_ok(media(INSIDE ":30000") && media(INSIDE ":30001"),
		"which may come before the answer does");
	PASSES("the answer passes", h225, DOWN, connect_fast, 0);
	ktap_ok(media(INSIDE ":30000") && media(INSIDE ":30001"),
		"and what it takes up stays");
	ktap_ok(going(IS_UDP, INSIDE ":30003") &&
			!going(IS_UDP, INSIDE ":30001"),
		"what it does not goes");
	QUIETLY(h225, DOWN, release);
	ktap_ok(!engine_calls(NF_ALG_CALL) && !engine_bindings(true),
		"ReleaseComplete ends it");

	begin();
	QUIETLY(h225, UP, setup_fast);
	PASSES("Connect without an answer passes", h225, DOWN, connect_plain,
	       0);
	ktap_ok(going(IS_UDP, INSIDE ":30000"),
		"fast start was refused, and its media goes");
	begin();
	QUIETLY(h225, UP, setup_fast);
	QUIETLY(ras, UP, drq);
	ktap_ok(engine_abandoned() == 1,
		"DisengageRequest leaves the call to its media");
}

static void tunnel(void)
{
	begin();
	QUIETLY(h225, UP, setup_h245);
	QUIETLY(h225, DOWN, connect_plain);
	BECOMES("tunnelled openLogicalChannel", h225, UP, tunnel_olc,
		{ INSIDE ":30005", PUBLIC ":40005" });
	BECOMES("tunnelled openLogicalChannelAck", h225, UP, tunnel_ack,
		{ INSIDE ":30004", PUBLIC ":40004" },
		{ INSIDE ":30005", PUBLIC ":40005" });
	QUIETLY(h225, UP, tunnel_close);
	ktap_ok(media(INSIDE ":30004") && !going(IS_UDP, INSIDE ":30004") &&
			!going(IS_UDP, INSIDE ":30005"),
		"a closed channel takes nothing from the other direction");
	QUIETLY(h225, DOWN, tunnel_close_theirs);
	ktap_ok(going(IS_UDP, INSIDE ":30004") &&
			going(IS_UDP, INSIDE ":30005"),
		"the last one that is closed takes the ports with it");
}

static void slipstream(void)
{
	begin();
	PASSES("a Facility with addresses is no beginning", h225, UP,
	       facility_early, NF_ALG_REASON_NOT_PROTOCOL);
	PASSES("and a Setup makes it no better", h225, UP, setup_h245, 0);
	ktap_ok(!engine_bindings(true), "no door at all");
	begin();
	PASSES("with H.460.18 a Facility says for which call it comes", h225,
	       UP, facility_18, 0);
	BECOMES("and the other side sends the Setup", h225, DOWN, setup_in,
		{ PUBLIC ":1720", PUBLIC ":1720" });
	BECOMES("whose answer opens doors", h225, UP, facility_early,
		{ INSIDE ":30245", PUBLIC ":40245" });
	begin();
	QUIETLY(h225, UP, facility_18);
	PASSES("but who waits to be called does not call", h225, UP, setup_h245,
	       NF_ALG_REASON_NOT_PROTOCOL);
	ktap_ok(!engine_bindings(true), "and opens nothing");
	begin();
	QUIETLY(h225, UP, setup_h245);
	PASSES("nobody outside speaks of hosts inside", h225, DOWN,
	       forward_other, NF_ALG_REASON_DOOR_OTHER_HOST);
	ktap_ok(!binding(IS_TCP, "10.0.0.77:1730"), "nothing comes of it");
	begin();
	QUIETLY(h225, UP, setup_h245);
	PASSES("who was not called does not forward", h225, UP, forward_own,
	       NF_ALG_REASON_BEFORE_SETUP);
	begin_in();
	BECOMES("Setup finds the inside address again", h225, UP, setup_in,
		{ PUBLIC ":1720", INSIDE ":1720" });
	PASSES("nobody forwards to another inside host", h225, DOWN,
	       forward_other, NF_ALG_REASON_DOOR_OTHER_HOST);
	BECOMES("the callee forwards to itself", h225, DOWN, forward_own,
		{ INSIDE ":1730", PUBLIC ":11730" });
	ktap_ok(door(IS_TCP, INSIDE ":1730", NF_ALG_PROTOCOL_H225, REMOTE, 60),
		"for the caller alone, for a minute");
	begin();
	PASSES("no door for another host's H.245", h225, UP, setup_other,
	       NF_ALG_REASON_DOOR_OTHER_HOST);
	ktap_ok(!engine_bindings(true), "none at all");
	begin();
	PASSES("who answers first speaks something else", h225, DOWN,
	       connect_plain, NF_ALG_REASON_NOT_PROTOCOL);
	PASSES("and is left alone for good", h225, UP, setup_h245, 0);
	ktap_ok(!engine_bindings(true), "without a door");
}

static void family(void)
{
	begin();
	over(&h225);
	h225 = h323_flow(&h323_engine_signalling, "[fd00::2]:40000",
			 "[2001:db8::1]:41000", "[2001:db8::9]:1720", false);
	BECOMES("IPv6 in IPv6", h225, UP, ip6_setup,
		{ "[fd00::2]:30245", "[2001:db8::1]:40245" });
	begin();
	PASSES("IPv6 in IPv4 is left, and counted", h225, UP, ip6_setup,
	       NF_ALG_REASON_ADDRESS_FAMILY);
}

static void shortage(void)
{
	begin();
	engine_no_ports = true;
	PASSES("without a public port nothing is changed", h225, UP, setup_fast,
	       NF_ALG_REASON_NO_PUBLIC_PORT);
	ktap_ok(!engine_calls(NF_ALG_CALL), "and no call begins");
	begin();
	engine_memory = 0;
	PASSES("nor without memory", h225, UP, setup_h245,
	       NF_ALG_REASON_NO_MEMORY);
	engine_memory = 1;
	for (u32 len = 1; len < sizeof(setup_fast); len++) {
		begin();
		quietly(h225, UP, setup_fast, len);
		if (engine_bindings(true) || engine_bindings(false))
			ktap_ok(false, "cut at %u nothing is bound", len);
	}
	ktap_ok(true, "a Setup cut anywhere binds nothing");
}

int main(void)
{
	discovery();
	registration();
	registration_later();
	gatekeeper_inside();
	separate_control();
	introduced();
	media_ports();
	beside_media();
	fast_start();
	tunnel();
	slipstream();
	family();
	shortage();
	begin();
	over(&h225);
	free(ras);
	return ktap_end();
}
