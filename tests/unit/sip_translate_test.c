// SPDX-License-Identifier: GPL-2.0
/*
 * Whole messages in, whole messages out: what SIP translation changes, binds
 * and remembers, with an engine that has no kernel.
 *
 * sources: tests/unit/engine_fake.c nf_conntrack_helpers/sip/address.c
 * sources: nf_conntrack_helpers/sip/start_line.c nf_conntrack_helpers/sip/header.c
 * sources: nf_conntrack_helpers/sip/uri.c nf_conntrack_helpers/sip/name_addr.c
 * sources: nf_conntrack_helpers/sip/via.c nf_conntrack_helpers/sip/sdp.c
 * sources: nf_conntrack_helpers/sip/frame.c nf_conntrack_helpers/sip/translate.c
 * sources: nf_conntrack_helpers/sip/transaction.c nf_conntrack_helpers/sip/memory.c
 * sources: nf_conntrack_helpers/sip/share.c nf_conntrack_helpers/sip/owner.c
 * sources: nf_conntrack_helpers/sip/door.c nf_conntrack_helpers/sip/contact.c
 * sources: nf_conntrack_helpers/sip/dialog.c nf_conntrack_helpers/sip/registration.c
 * sources: nf_conntrack_helpers/sip/media.c nf_conntrack_helpers/sip/multipart.c
 * sources: nf_conntrack_helpers/sip/identity.c nf_conntrack_helpers/sip/peer.c
 */
#include "ktap.h"
#include "sip_engine.h"
#include "sip_text.h"

static struct nf_alg_session *flow;

static void begin(u8 l4proto, const char *inside, const char *public)
{
	free(flow);
	engine_reset();
	flow = engine_session(l4proto, inside, public, "203.0.113.9:5060");
}

/* A phone behind NAT: 10.0.0.2:5060 is 192.0.2.1:1024 */
static void begin_udp(void)
{
	begin(IPPROTO_UDP, "10.0.0.2:5060", "192.0.2.1:1024");
}

static bool sent(const char *what, int dir, char *in, char *want, int reason)
{
	int error;
	u32 len;
	char *out = engine_message(flow, dir, in, strlen(in), &len, &error);
	bool good = len == strlen(want) && !memcmp(out, want, len) &&
		    error == -reason;

	ktap_ok(good, "%s", what);
	if (!good)
		printf("# error %d\n--- want\n%s\n--- got\n%s\n---\n", error,
		       want, out);
	free(out);
	return good;
}

/* A message and what becomes of it; want NULL: it passes as it is */
static void pass(const char *what, int dir, const char *head, const char *body,
		 const char *want_head, const char *want_body)
{
	char *in = sip_message(head, body);
	char *want = sip_message(want_head ?: head, want_body ?: body);

	sent(what, dir, in, want, 0);
	free(in);
	free(want);
}

static void passes(const char *what, int dir, const char *head,
		   const char *body, int reason)
{
	char *in = sip_message(head, body);

	sent(what, dir, in, in, reason);
	free(in);
}

static void state(const char *what, enum nf_alg_call_kind kind,
		  const char *want, u32 want_seconds)
{
	u32 seconds;
	const char *is = engine_call_state(kind, &seconds);

	ktap_ok(!strcmp(is, want) && (!want_seconds || seconds == want_seconds),
		"%s", what);
	if (strcmp(is, want) || (want_seconds && seconds != want_seconds))
		printf("# is %s %u, want %s %u\n", is, seconds, want,
		       want_seconds);
}

#define COMMON(cseq)                                \
	"From: \"A\" <sip:alice@10.0.0.2>;tag=a1\n" \
	"To: <sip:bob@example.com>\n"               \
	"Call-ID: 1-77@10.0.0.2\n"                  \
	"CSeq: " cseq "\n"
#define DIALOG(cseq)                                \
	"From: \"A\" <sip:alice@10.0.0.2>;tag=a1\n" \
	"To: <sip:bob@example.com>;tag=b1\n"        \
	"Call-ID: 1-77@10.0.0.2\n"                  \
	"CSeq: " cseq "\n"
#define REVERSE(cseq)                             \
	"From: <sip:bob@example.com>;tag=b1\n"    \
	"To: \"A\" <sip:alice@10.0.0.2>;tag=a1\n" \
	"Call-ID: 1-77@10.0.0.2\n"                \
	"CSeq: " cseq "\n"
#define SDP_TYPE "Content-Type: application/sdp\n"
#define SDP(origin, connection, port)                                    \
	"v=0\no=- 1 1 IN IP4 " origin "\ns=-\nc=IN IP4 " connection "\n" \
	"t=0 0\nm=audio " port " RTP/AVP 0\na=rtpmap:0 PCMU/8000\n"
#define SDP_IN SDP("10.0.0.2", "10.0.0.2", "6000")
#define SDP_OUT SDP("192.0.2.1", "192.0.2.1", "16000")
#define SDP_FAR SDP("203.0.113.9", "203.0.113.9", "7000")

static void invite(void)
{
	pass("INVITE: Via, Contact and SDP become public", 0,
	     "INVITE sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1\n" COMMON(
		     "1 INVITE") "Contact: <sip:alice@10.0.0.2:5060>\n" SDP_TYPE,
	     SDP_IN,
	     "INVITE sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bK1\n" COMMON(
		     "1 INVITE") "Contact: <sip:alice@192.0.2.1:1024>\n" SDP_TYPE,
	     SDP_OUT);
}

static void answered(const char *status, const char *cseq, const char *body)
{
	char in[1024], want[1024];
	const char *head = "SIP/2.0 %s\n"
			   "Via: SIP/2.0/UDP %s;branch=z9hG4bK1%s\n"
			   "From: \"A\" <sip:alice@10.0.0.2>;tag=a1\n"
			   "To: <sip:bob@example.com>;tag=b1\n"
			   "Call-ID: 1-77@10.0.0.2\n"
			   "CSeq: %s\n"
			   "Contact: <sip:bob@203.0.113.9>\n%s";

	snprintf(in, sizeof(in), head, status, "192.0.2.1:1024",
		 ";received=192.0.2.1", cseq, body ? SDP_TYPE : "");
	snprintf(want, sizeof(want), head, status, "10.0.0.2:5060",
		 ";received=10.0.0.2", cseq, body ? SDP_TYPE : "");
	pass(status, 1, in, body, want, NULL);
}

static void dialog_test(void)
{
	begin_udp();
	invite();
	state("a call begins and waits", NF_ALG_CALL, "calling", 32);
	ktap_ok(engine_bindings(false) == 2 && !engine_bindings(true),
		"media is reserved and closed");
	invite();
	ktap_ok(engine_bindings(false) == 2, "a repeated INVITE binds nothing");
	passes("100 leaves Via of another branch", 1,
	       "SIP/2.0 100 Trying\n"
	       "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bKother\n" COMMON(
		       "1 INVITE"),
	       NULL, 0);
	answered("183 Session Progress", "1 INVITE", SDP_FAR);
	ktap_ok(engine_bindings(true) == 2, "183 opens the media");
	state("it rings", NF_ALG_CALL, "ringing", 900);
	invite();
	state("INVITE once more", NF_ALG_CALL, "ringing", 900);
	ktap_ok(engine_kept == 900, "C13: and its flow is kept so long");
	answered("200 OK", "1 INVITE", SDP_FAR);
	state("it is answered", NF_ALG_CALL, "answered", 7200);
	pass("ACK", 0,
	     "ACK sip:bob@203.0.113.9 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK2\n" DIALOG("1 ACK"),
	     NULL,
	     "ACK sip:bob@203.0.113.9 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bK2\n" DIALOG(
		     "1 ACK"),
	     NULL);

	/* Hold in the manner of RFC 2543, and back */
	engine_seconds += 100;
	pass("hold: o= stays public, 0.0.0.0 and its port stay", 0,
	     "INVITE sip:bob@203.0.113.9 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK3\n" DIALOG(
		     "2 INVITE") "Contact: <sip:alice@10.0.0.2:5060>\n" SDP_TYPE,
	     SDP("10.0.0.2", "0.0.0.0", "6000"),
	     "INVITE sip:bob@203.0.113.9 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bK3\n" DIALOG(
		     "2 INVITE") "Contact: <sip:alice@192.0.2.1:1024>\n" SDP_TYPE,
	     SDP("192.0.2.1", "0.0.0.0", "6000"));
	ktap_ok(engine_bindings(true) == 3,
		"hold keeps the media, and the door since the ACK");
	state("hold extends the call", NF_ALG_CALL, "answered", 7200);

	/* A re-INVITE with new media, refused */
	pass("re-INVITE with fax", 0,
	     "INVITE sip:bob@203.0.113.9 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK4\n" DIALOG(
		     "3 INVITE") SDP_TYPE,
	     "v=0\no=- 1 2 IN IP4 10.0.0.2\ns=-\nc=IN IP4 10.0.0.2\nt=0 0\n"
	     "m=image 7100 udptl t38\n",
	     "INVITE sip:bob@203.0.113.9 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bK4\n" DIALOG(
		     "3 INVITE") SDP_TYPE,
	     "v=0\no=- 1 2 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n"
	     "m=image 17100 udptl t38\n");
	ktap_ok(engine_bindings(false) == 1, "the fax port is reserved");
	pass("488", 1,
	     "SIP/2.0 488 Not Acceptable Here\n"
	     "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bK4\n" DIALOG(
		     "3 INVITE"),
	     NULL,
	     "SIP/2.0 488 Not Acceptable Here\n"
	     "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK4\n" DIALOG(
		     "3 INVITE"),
	     NULL);
	ktap_ok(!engine_bindings(false) && engine_bindings(true) == 3,
		"488 takes the fax port back, speech goes on");

	pass("BYE from outside finds the phone", 1,
	     "BYE sip:alice@192.0.2.1:1024 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKx\n" REVERSE("1 BYE"),
	     NULL,
	     "BYE sip:alice@10.0.0.2:5060 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKx\n" REVERSE("1 BYE"),
	     NULL);
	state("BYE: half a minute more", NF_ALG_CALL, "closing", 32);
	passes("200 to BYE", 0,
	       "SIP/2.0 200 OK\n"
	       "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKx\n" REVERSE(
		       "1 BYE"),
	       NULL, 0);
	state("the call is over", NF_ALG_CALL, "ended", 0);
	ktap_ok(!engine_bindings(true), "its media is gone");
}

/* An answer that nobody has asked for */
static void unasked_test(void)
{
	begin_udp();
	pass("200 out of the blue", 0,
	     "SIP/2.0 200 OK\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKx\n" REVERSE(
		     "1 INVITE") "Contact: <sip:alice@10.0.0.2:5060>\n" SDP_TYPE,
	     SDP_IN,
	     "SIP/2.0 200 OK\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKx\n" REVERSE(
		     "1 INVITE") "Contact: <sip:alice@192.0.2.1:1024>\n" SDP_TYPE,
	     SDP_OUT);
	ktap_ok(engine_pending() == 2, "its media is pending");
	pass("its ACK", 1,
	     "ACK sip:alice@192.0.2.1:1024 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKy\n" REVERSE("1 ACK"),
	     NULL,
	     "ACK sip:alice@10.0.0.2:5060 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKy\n" REVERSE("1 ACK"),
	     NULL);
	ktap_ok(!engine_pending() && engine_bindings(true) >= 2,
		"the far side has heard it");
}

static void refused_test(void)
{
	begin_udp();
	invite();
	answered("407 Proxy Authentication Required", "1 INVITE", NULL);
	ktap_ok(engine_bindings(false) == 2, "407 keeps what is pending");
	state("407: until the retry", NF_ALG_CALL, "calling", 32);
	invite();
	answered("486 Busy Here", "1 INVITE", NULL);
	ktap_ok(!engine_bindings(false), "486 takes it back");
	state("486", NF_ALG_CALL, "failed", 32);

	begin_udp();
	invite();
	passes("a 200 of another transaction is nobody's", 1,
	       "SIP/2.0 200 OK\n"
	       "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bKforged\n" DIALOG(
		       "1 INVITE"),
	       NULL, 0);
	ktap_ok(!engine_bindings(true), "it opens nothing");
}

#define REGISTER_HEAD(via, cseq, contact)        \
	"REGISTER sip:example.com SIP/2.0\n"     \
	"Via: SIP/2.0/UDP " via "\n"             \
	"From: <sip:alice@example.com>;tag=r1\n" \
	"To: <sip:alice@example.com>\n"          \
	"Call-ID: reg1\nCSeq: " cseq " REGISTER\n" contact
#define REGISTER_ANSWER(status, via, cseq, contact) \
	"SIP/2.0 " status "\n"                      \
	"Via: SIP/2.0/UDP " via "\n"                \
	"From: <sip:alice@example.com>;tag=r1\n"    \
	"To: <sip:alice@example.com>;tag=s1\n"      \
	"Call-ID: reg1\nCSeq: " cseq " REGISTER\n" contact

static void register_once(const char *cseq)
{
	char in[1024], want[1024];
	const char *head = REGISTER_HEAD("%s;branch=z9hG4bKr%s", "%s",
					 "Contact: <sip:alice@%s;ob>;q=0.5\n"
					 "Expires: 600\n");

	snprintf(in, sizeof(in), head, "10.0.0.2", cseq, cseq, "10.0.0.2");
	snprintf(want, sizeof(want), head, "192.0.2.1:1024", cseq, cseq,
		 "192.0.2.1:1024");
	pass("REGISTER", 0, in, NULL, want, NULL);
}

static void registered(const char *status, const char *cseq,
		       const char *expires)
{
	char in[1024], want[1024];
	const char *head = REGISTER_ANSWER(
		"%s", "%s;branch=z9hG4bKr%s", "%s",
		"Contact: <sip:alice@198.51.100.7:5060>;expires=99, "
		"<sip:alice@%s;ob>;expires=%s\n");

	snprintf(in, sizeof(in), head, status, "192.0.2.1:1024", cseq, cseq,
		 "192.0.2.1:1024", expires);
	snprintf(want, sizeof(want), head, status, "10.0.0.2", cseq, cseq,
		 "10.0.0.2", expires);
	pass(status, 1, in, NULL, want, NULL);
}

static void register_test(void)
{
	const char *invite_in =
		"INVITE sip:alice@192.0.2.1:1024;ob SIP/2.0\n"
		"Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKi\n"
		"Route: <sip:192.0.2.1:1024;lr>\n"
		"From: <sip:bob@example.com>;tag=b\nTo: <sip:alice@example.com>\n"
		"Call-ID: 9\nCSeq: 1 INVITE\nContact: <sip:bob@203.0.113.9>\n";
	const char *invite_want =
		"INVITE sip:alice@10.0.0.2;ob SIP/2.0\n"
		"Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKi\n"
		"Route: <sip:192.0.2.1:1024;lr>\n"
		"From: <sip:bob@example.com>;tag=b\nTo: <sip:alice@example.com>\n"
		"Call-ID: 9\nCSeq: 1 INVITE\nContact: <sip:bob@203.0.113.9>\n";

	begin_udp();
	register_once("1");
	ktap_ok(engine_bindings(false) == 1, "a door is reserved, closed");
	ktap_ok(engine_binding[0].remote.addr.ip ==
				engine_endpoint("203.0.113.9:0").addr.ip &&
			!engine_binding[0].remote.port,
		"for the registrar only");
	pass("401 changes nothing", 1,
	     REGISTER_ANSWER("401 Unauthorized",
			     "192.0.2.1:1024;branch=z9hG4bKr1", "1", ""),
	     NULL,
	     REGISTER_ANSWER("401 Unauthorized", "10.0.0.2;branch=z9hG4bKr1",
			     "1", ""),
	     NULL);
	ktap_ok(engine_bindings(false) == 1, "the door is still closed");
	register_once("2");
	passes("200 of another transaction", 1,
	       REGISTER_ANSWER("200 OK", "192.0.2.1:1024;branch=z9hG4bKr9", "2",
			       ""),
	       NULL, 0);
	ktap_ok(engine_bindings(false) == 1, "it opens nothing");
	passes("200 of another Call-ID", 1,
	       "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bKr2\n"
	       "From: <sip:alice@example.com>;tag=r1\n"
	       "To: <sip:alice@example.com>;tag=s1\nCall-ID: reg2\n"
	       "CSeq: 2 REGISTER\n",
	       NULL, 0);
	passes("200 of another CSeq", 1,
	       REGISTER_ANSWER("200 OK", "192.0.2.1:1024;branch=z9hG4bKr2", "3",
			       ""),
	       NULL, 0);
	ktap_ok(engine_bindings(false) == 1, "they open nothing");
	registered("200 OK", "2", "120");
	ktap_ok(engine_bindings(true) == 1, "200 opens the door");
	state("for what was granted", NF_ALG_REGISTRATION, "registered", 152);
	pass("a call comes in", 1, invite_in, SDP_FAR, invite_want, NULL);

	pass("180 of the phone", 0,
	     "SIP/2.0 180 Ringing\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKi\n"
	     "From: <sip:bob@example.com>;tag=b\n"
	     "To: <sip:alice@example.com>;tag=ph\nCall-ID: 9\nCSeq: 1 INVITE\n"
	     "Contact: <sip:alice@10.0.0.2>\n",
	     NULL,
	     "SIP/2.0 180 Ringing\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKi\n"
	     "From: <sip:bob@example.com>;tag=b\n"
	     "To: <sip:alice@example.com>;tag=ph\nCall-ID: 9\nCSeq: 1 INVITE\n"
	     "Contact: <sip:alice@192.0.2.1:1024>\n",
	     NULL);
	pass("200 of the phone", 0,
	     "SIP/2.0 200 OK\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKi\n"
	     "From: <sip:bob@example.com>;tag=b\n"
	     "To: <sip:alice@example.com>;tag=ph\nCall-ID: 9\nCSeq: 1 INVITE\n"
	     "x: 1800;refresher=uac\n"
	     "Contact: <sip:alice@10.0.0.2>\n" SDP_TYPE,
	     SDP_IN,
	     "SIP/2.0 200 OK\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKi\n"
	     "From: <sip:bob@example.com>;tag=b\n"
	     "To: <sip:alice@example.com>;tag=ph\nCall-ID: 9\nCSeq: 1 INVITE\n"
	     "x: 1800;refresher=uac\n"
	     "Contact: <sip:alice@192.0.2.1:1024>\n" SDP_TYPE,
	     SDP_OUT);
	state("Session-Expires, not acknowledged", NF_ALG_CALL, "answered",
	      900);
	passes("ACK of the caller", 1,
	       "ACK sip:alice@example.com SIP/2.0\n"
	       "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKa\n"
	       "From: <sip:bob@example.com>;tag=b\n"
	       "To: <sip:alice@example.com>;tag=ph\nCall-ID: 9\nCSeq: 1 ACK\n",
	       NULL, 0);
	state("Session-Expires", NF_ALG_CALL, "answered", 1832);
	ktap_ok(engine_bindings(true) == 3,
		"the answer's media is open at once");

	engine_seconds += 60;
	register_once("3");
	pass("503 to a refresh", 1,
	     REGISTER_ANSWER("503 Busy", "192.0.2.1:1024;branch=z9hG4bKr3", "3",
			     ""),
	     NULL,
	     REGISTER_ANSWER("503 Busy", "10.0.0.2;branch=z9hG4bKr3", "3", ""),
	     NULL);
	state("503 leaves the registration", NF_ALG_REGISTRATION, "registered",
	      92);
	register_once("4");
	registered("200 OK", "4", "120");
	state("a refresh extends", NF_ALG_REGISTRATION, "registered", 152);

	pass("de-registration is written as the registration", 0,
	     REGISTER_HEAD("10.0.0.2;branch=z9hG4bKr5", "5",
			   "m: <sip:alice@10.0.0.2;ob>;expires=0\n"),
	     NULL,
	     REGISTER_HEAD("192.0.2.1:1024;branch=z9hG4bKr5", "5",
			   "m: <sip:alice@192.0.2.1:1024;ob>;expires=0\n"),
	     NULL);
	pass("200 without contact", 1,
	     REGISTER_ANSWER("200 OK", "192.0.2.1:1024;branch=z9hG4bKr5", "5",
			     ""),
	     NULL,
	     REGISTER_ANSWER("200 OK", "10.0.0.2;branch=z9hG4bKr5", "5", ""),
	     NULL);
	state("the registration is over", NF_ALG_REGISTRATION, "ended", 0);

	register_once("6");
	registered("200 OK", "6", "600");
	passes("Contact: *", 0,
	       REGISTER_HEAD("10.0.0.2;rport;branch=z9hG4bKr7", "7",
			     "Contact: *\nExpires: 0\n"),
	       NULL, 0);
	passes("200 to it", 1,
	       REGISTER_ANSWER("200 OK", "10.0.0.2;rport=1024;branch=z9hG4bKr7",
			       "7", ""),
	       NULL, 0);
	state("* ends the registration", NF_ALG_REGISTRATION, "ended", 0);
}

static void register_guard_test(void)
{
	begin_udp();
	passes("REGISTER for another host", 0,
	       REGISTER_HEAD("10.0.0.2;rport;branch=z9hG4bK1", "1",
			     "Contact: <sip:a@10.0.0.9:5060>\n"),
	       NULL, 0);
	ktap_ok(engine_reasons[NF_ALG_REASON_DOOR_OTHER_HOST] == 1,
		"is counted");
	passes("REGISTER for port 445", 0,
	       REGISTER_HEAD("10.0.0.2;rport;branch=z9hG4bK2", "2",
			     "Contact: <sip:a@10.0.0.2:445>\n"),
	       NULL, 0);
	passes("REGISTER for a port that is not the flow's", 0,
	       REGISTER_HEAD("10.0.0.2;rport;branch=z9hG4bK3", "3",
			     "Contact: <sip:a@10.0.0.2:6000>\n"),
	       NULL, 0);
	ktap_ok(engine_reasons[NF_ALG_REASON_DOOR_PORT_DENIED] == 2 &&
			!engine_bindings(false) &&
			!engine_calls(NF_ALG_REGISTRATION),
		"no door, no registration");
	begin(IPPROTO_UDP, "10.0.0.2:3389", "192.0.2.1:3389");
	pass("a source port of another service: no door, but its mapping", 0,
	     REGISTER_HEAD("10.0.0.2;rport;branch=z9hG4bK4", "4",
			   "Contact: <sip:a@10.0.0.2:3389>\n"),
	     NULL,
	     REGISTER_HEAD("10.0.0.2;rport;branch=z9hG4bK4", "4",
			   "Contact: <sip:a@192.0.2.1:3389>\n"),
	     NULL);
	ktap_ok(!engine_bindings(false), "no door");

	begin(IPPROTO_UDP, "10.0.0.2:5060", "192.0.2.1:1024");
	engine_no_ports = true;
	passes("no public port: it passes", 0,
	       REGISTER_HEAD("10.0.0.2;branch=z9hG4bK5", "5",
			     "Contact: <sip:a@10.0.0.2>\n"),
	       NULL, NF_ALG_REASON_NO_PUBLIC_PORT);
	ktap_ok(!engine_calls(NF_ALG_REGISTRATION), "and nothing stays");
}

static void tcp_test(void)
{
	begin(IPPROTO_TCP, "10.0.0.2:40000", "192.0.2.1:41000");
	pass("TCP REGISTER from an ephemeral port gets a door", 0,
	     REGISTER_HEAD("10.0.0.2:5060;rport;branch=z9hG4bK1", "1",
			   "Contact: <sip:a@10.0.0.2;transport=tcp>\n"),
	     NULL,
	     REGISTER_HEAD("10.0.0.2:5060;rport;branch=z9hG4bK1", "1",
			   "Contact: <sip:a@192.0.2.1:15060;transport=tcp>\n"),
	     NULL);
	ktap_ok(engine_bindings(false) == 1 &&
			engine_binding[0].l4proto == IPPROTO_TCP,
		"for TCP, closed");
	begin(IPPROTO_TCP, "10.0.0.2:40000", "192.0.2.1:41000");
	pass("INVITE from an ephemeral port gets a usable Contact", 0,
	     "INVITE sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/TCP 10.0.0.2:5060;branch=z9hG4bK1\n" COMMON(
		     "1 INVITE") "Contact: <sip:alice@10.0.0.2:5060>\n",
	     NULL,
	     "INVITE sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/TCP 192.0.2.1:41000;branch=z9hG4bK1\n" COMMON(
		     "1 INVITE") "Contact: <sip:alice@192.0.2.1:15060>\n",
	     NULL);
	engine_reset();
	engine_net.option[NF_ALG_OPTION_TCP_DOORS] = 0;
	pass("without TCP doors it names the connection", 0,
	     "INVITE sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/TCP 10.0.0.2:5060;branch=z9hG4bK1\n" COMMON(
		     "1 INVITE") "Contact: <sip:alice@10.0.0.2:5060>\n",
	     NULL,
	     "INVITE sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/TCP 192.0.2.1:41000;branch=z9hG4bK1\n" COMMON(
		     "1 INVITE") "Contact: <sip:alice@192.0.2.1:41000>\n",
	     NULL);
	pass("and requests over it find the phone's own text", 1,
	     "BYE sip:alice@192.0.2.1:41000 SIP/2.0\n"
	     "Via: SIP/2.0/TCP 203.0.113.9;branch=z9hG4bKx\n" REVERSE("1 BYE"),
	     NULL,
	     "BYE sip:alice@10.0.0.2:5060 SIP/2.0\n"
	     "Via: SIP/2.0/TCP 203.0.113.9;branch=z9hG4bKx\n" REVERSE("1 BYE"),
	     NULL);
	ktap_ok(!engine_bindings(false) && !engine_bindings(true), "no door");
}

static void leave_alone_test(void)
{
	const char *stun_sdp = SDP("192.0.2.1", "192.0.2.1", "6000");

	begin_udp();
	passes("a client that knows its public address", 0,
	       "INVITE sip:bob@example.com SIP/2.0\n"
	       "Via: SIP/2.0/UDP 192.0.2.1:1024;rport;branch=z9hG4bK1\n" COMMON(
		       "1 INVITE") "Contact: <sip:alice@192.0.2.1:1024>\n" SDP_TYPE,
	       stun_sdp, 0);
	passes("and its answer", 1,
	       "SIP/2.0 200 OK\n"
	       "Via: SIP/2.0/UDP 192.0.2.1:1024;rport=1024;branch=z9hG4bK1\n" DIALOG(
		       "1 INVITE") "Contact: <sip:bob@203.0.113.9>\n" SDP_TYPE,
	       SDP_FAR, 0);
	passes("and a request for it", 1,
	       "BYE sip:alice@192.0.2.1:1024 SIP/2.0\n"
	       "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKx\n" REVERSE(
		       "1 BYE"),
	       NULL, 0);
	passes("Via with rport", 0,
	       "OPTIONS sip:example.com SIP/2.0\n"
	       "Via: SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bK2\n" COMMON(
		       "3 OPTIONS"),
	       NULL, 0);
	passes("addresses of others", 0,
	       "INVITE sip:bob@10.0.0.9 SIP/2.0\n"
	       "Via: SIP/2.0/UDP pc.example.com;branch=z9hG4bK3\n"
	       "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK4\n"
	       "From: <sip:alice@10.0.0.2>;tag=z\nTo: <sip:bob@10.0.0.9>\n"
	       "Call-ID: 7@10.0.0.2\nCSeq: 4 INVITE\n"
	       "Contact: <sip:alice@10.0.0.9>\nRoute: <sip:10.0.0.7;lr>\n"
	       "Record-Route: <sip:10.0.0.8;lr>\n"
	       "Authorization: Digest uri=\"sip:10.0.0.2\"\n"
	       "P-Asserted-Identity: <sip:alice@10.0.0.2>\n"
	       "X-Own: 10.0.0.2:5060\nSubject: sip:10.0.0.2\n" SDP_TYPE,
	       SDP("10.0.0.9", "10.0.0.9", "6000"), 0);
	passes("not SIP", 0, "GET / HTTP/1.1\nHost: 10.0.0.2\n", NULL,
	       NF_ALG_REASON_NOT_PROTOCOL);
	passes("mandatory fields missing", 0,
	       "INVITE sip:b@example.com SIP/2.0\n"
	       "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK3\n"
	       "Contact: <sip:a@10.0.0.2>\n",
	       NULL, NF_ALG_REASON_MALFORMED);
	passes("plain text that looks like SDP", 0,
	       "MESSAGE sip:bob@example.com SIP/2.0\n"
	       "Via: SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bK5\n" COMMON(
		       "5 MESSAGE") "Content-Type: text/plain\n",
	       SDP_IN, 0);
	passes("an encoded body", 0,
	       "INVITE sip:bob@example.com SIP/2.0\n"
	       "Via: SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bK5\n" COMMON(
		       "5 INVITE") "Content-Encoding: gzip\n" SDP_TYPE,
	       SDP_IN, 0);
	ktap_ok(engine_reasons[NF_ALG_REASON_BODY_ENCODED] == 1, "is counted");
	ktap_ok(!engine_bindings(false) && !engine_bindings(true),
		"nothing was bound");
	ktap_ok(!engine_calls(NF_ALG_CALL), "and no call began");

	begin_udp();
	flow->side[0].inside = false;
	passes("a host that the access list does not name", 0,
	       "INVITE sip:bob@example.com SIP/2.0\n"
	       "Via: SIP/2.0/UDP 10.0.0.2:5060;rport;branch=z9hG4bK1\n" COMMON(
		       "1 INVITE") "Contact: <sip:alice@10.0.0.2:5060>\n" SDP_TYPE,
	       SDP_IN, 0);
	ktap_ok(!engine_calls(NF_ALG_CALL), "begins no call");

	begin_udp();
	pass("an offer to come: Contact alone is ours", 0,
	     "INVITE sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP 10.0.0.2:5060;rport;branch=z9hG4bK1\n" COMMON(
		     "1 INVITE") "Contact: <sip:alice@10.0.0.2:5060>\n",
	     NULL,
	     "INVITE sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP 10.0.0.2:5060;rport;branch=z9hG4bK1\n" COMMON(
		     "1 INVITE") "Contact: <sip:alice@192.0.2.1:1024>\n",
	     NULL);
	state("and a call begins", NF_ALG_CALL, "calling", 32);
}

static void headers_test(void)
{
	begin_udp();
	pass("folds, lists, quotes, compact forms, odd case", 0,
	     "INVITE sip:bob@example.com SIP/2.0\n"
	     "v : SIP / 2.0\n / UDP\n  10.0.0.2 ; branch = z9hG4bK1\n"
	     "v: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKlower\n" COMMON(
		     "1 INVITE") "CONTACT :\n \"<sip:q@10.0.0.2>, \\\" ;\" <sip:a;x=1@10.0.0.2:5060"
				 ";p=1?h=10.0.0.2>;q=1 ,\n\t<sips:a@10.0.0.2>, sip:b@10.0.0.2;q=.1\n"
				 "m: <tel:123>\nReCORD-rOUTE: <sip:10.0.0.2;lr>, <sip:10.0.0.8;lr>\n",
	     NULL,
	     "INVITE sip:bob@example.com SIP/2.0\n"
	     "v : SIP / 2.0\n / UDP\n  192.0.2.1:1024 ; branch = z9hG4bK1\n"
	     "v: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKlower\n" COMMON(
		     "1 INVITE") "CONTACT :\n \"<sip:q@10.0.0.2>, \\\" ;\" <sip:a;x=1@192.0.2.1:1024"
				 ";p=1?h=10.0.0.2>;q=1 ,\n\t<sips:a@10.0.0.2>, "
				 "sip:b@192.0.2.1:1024;q=.1\n"
				 "m: <tel:123>\nReCORD-rOUTE: <sip:192.0.2.1:1024;lr>, "
				 "<sip:10.0.0.8;lr>\n",
	     NULL);
	pass("Record-Route comes back as it went", 1,
	     "SIP/2.0 200 OK\n"
	     "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bK1\n" DIALOG(
		     "1 INVITE") "Record-Route: <sip:192.0.2.1:1024;lr>,<sip:203.0.113.1;lr>\n",
	     NULL,
	     "SIP/2.0 200 OK\n"
	     "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1\n" DIALOG(
		     "1 INVITE") "Record-Route: <sip:10.0.0.2;lr>,<sip:203.0.113.1;lr>\n",
	     NULL);
	pass("Route of a request from outside, topmost only", 1,
	     "BYE sip:a;x=1@192.0.2.1:1024 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKx\n" REVERSE(
		     "1 BYE") "Route: <sip:192.0.2.1:1024;lr>\nRoute: <sip:192.0.2.1:1024;lr>\n",
	     NULL,
	     "BYE sip:a;x=1@10.0.0.2:5060 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKx\n" REVERSE(
		     "1 BYE") "Route: <sip:10.0.0.2;lr>\nRoute: <sip:192.0.2.1:1024;lr>\n",
	     NULL);
	pass("an unknown method is translated too", 0,
	     "!odd-Method sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK9\n" COMMON(
		     "5 !odd-Method") "Contact: sip:a@10.0.0.2\n",
	     NULL,
	     "!odd-Method sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bK9\n" COMMON(
		     "5 !odd-Method") "Contact: sip:a@192.0.2.1:1024\n",
	     NULL);
}

static void sdp_case(const char *what, const char *sdp, const char *want)
{
	const char *head =
		"INVITE sip:bob@example.com SIP/2.0\n"
		"Via: SIP/2.0/UDP pc;branch=z9hG4bK1\n" COMMON("1 INVITE")
			SDP_TYPE;

	begin_udp();
	pass(what, 0, head, sdp, NULL, want);
}

#define V "v=0\no=- 1 1 IN IP4 h.example.com\ns=-\n"
#define IN4 "c=IN IP4 "

static void sdp_test(void)
{
	sdp_case("several media, own and not",
		 V IN4 "10.0.0.2\nt=0 0\nm=audio 6000 RTP/AVP 0\n"
		       "m=video 6002 RTP/AVP 31\nc=IN IP4 10.0.0.9\n"
		       "m=text 6004 RTP/AVP 98\nc=IN IP4 10.0.0.2\n",
		 V IN4 "192.0.2.1\nt=0 0\nm=audio 16000 RTP/AVP 0\n"
		       "m=video 6002 RTP/AVP 31\nc=IN IP4 10.0.0.9\n"
		       "m=text 16004 RTP/AVP 98\nc=IN IP4 192.0.2.1\n");
	sdp_case("port 0 stays", V IN4 "10.0.0.2\nm=audio 0 RTP/AVP 0\n", NULL);
	sdp_case("ICE stays",
		 V IN4 "10.0.0.2\nm=audio 6000 RTP/AVP 0\n"
		       "a=candidate:1 1 UDP 1 10.0.0.2 6000 typ host\n",
		 NULL);
	sdp_case("TCP media keeps its address, audio gets its own",
		 V IN4 "10.0.0.2\nt=0 0\nm=message 9 TCP/MSRP *\n"
		       "a=path:msrp://10.0.0.2:9/x;tcp\n"
		       "m=audio 6000 RTP/AVP 0\ni=speech\na=sendrecv\n",
		 V IN4 "10.0.0.2\nt=0 0\nm=message 9 TCP/MSRP *\n"
		       "a=path:msrp://10.0.0.2:9/x;tcp\n"
		       "m=audio 16000 RTP/AVP 0\ni=speech\n" IN4 "192.0.2.1\n"
		       "a=sendrecv\n");
	sdp_case("a port below 1024 stays",
		 V IN4 "10.0.0.2\nm=audio 900 RTP/AVP 0\n", NULL);
	ktap_ok(engine_reasons[NF_ALG_REASON_DOOR_PORT_DENIED] == 1,
		"and is counted");
	sdp_case("a port of a service stays",
		 V IN4 "10.0.0.2\nm=audio 5060 RTP/AVP 0\n", NULL);
	sdp_case("a port that others listen on stays",
		 V IN4 "10.0.0.2\nm=audio 11211 RTP/AVP 0\n", NULL);
	sdp_case("RTP goes without an RTCP that others listen on",
		 V IN4 "10.0.0.2\nm=audio 11210 RTP/AVP 0\n",
		 V IN4 "192.0.2.1\nm=audio 21210 RTP/AVP 0\n");
	ktap_ok(engine_bindings(false) == 1, "and is bound alone");
	sdp_case("the same, RTCP named",
		 V IN4 "10.0.0.2\nm=audio 11210 RTP/AVP 0\na=rtcp:11211\n",
		 V IN4 "192.0.2.1\nm=audio 21210 RTP/AVP 0\na=rtcp:11211\n");
	sdp_case("a port that only TCP is known for is as good as others",
		 V IN4 "10.0.0.2\nm=audio 9100 RTP/AVP 0\n",
		 V IN4 "192.0.2.1\nm=audio 19100 RTP/AVP 0\n");
	sdp_case("a=rtcp elsewhere",
		 V IN4 "10.0.0.2\nm=audio 6000 RTP/AVP 0\n"
		       "a=rtcp:6100 IN IP4 10.0.0.2\n",
		 V IN4 "192.0.2.1\nm=audio 16000 RTP/AVP 0\n"
		       "a=rtcp:16100 IN IP4 192.0.2.1\n");
	sdp_case("a=rtcp next to it",
		 V IN4 "10.0.0.2\nm=audio 6000 RTP/AVP 0\na=rtcp:6001\n",
		 V IN4 "192.0.2.1\nm=audio 16000 RTP/AVP 0\na=rtcp:16001\n");
	ktap_ok(engine_bindings(false) == 2, "is one pair");
	sdp_case("a=rtcp on the same port",
		 V IN4 "10.0.0.2\nm=audio 6000 RTP/SAVPF 0\na=rtcp:6000\n"
		       "a=rtcp-mux\n",
		 V IN4 "192.0.2.1\nm=audio 16000 RTP/SAVPF 0\na=rtcp:16000\n"
		       "a=rtcp-mux\n");
	ktap_ok(engine_bindings(false) == 1, "is one port");
	sdp_case("a=rtcp of another host",
		 V IN4 "10.0.0.2\nm=audio 6000 RTP/AVP 0\n"
		       "a=rtcp:6001 IN IP4 10.0.0.9\n",
		 V IN4 "192.0.2.1\nm=audio 16000 RTP/AVP 0\n"
		       "a=rtcp:6001 IN IP4 10.0.0.9\n");
	sdp_case("port/count", V IN4 "10.0.0.2\nm=audio 6000/2 RTP/AVP 0\n",
		 V IN4 "192.0.2.1\nm=audio 16000/2 RTP/AVP 0\n");
	ktap_ok(engine_bindings(false) == 4, "is two pairs");
	sdp_case("too many ports stay",
		 V IN4 "10.0.0.2\nm=audio 6000/99 RTP/AVP 0\n", NULL);
	sdp_case("multicast and names stay",
		 V "c=IN IP4 224.2.1.1/127\nm=audio 6000 RTP/AVP 0\n"
		   "m=audio 6002 RTP/AVP 0\nc=IN IP4 pc.example.com\n",
		 NULL);
	sdp_case("no line end at the end",
		 V IN4 "10.0.0.2\nm=audio 6000 RTP/AVP 0",
		 V IN4 "192.0.2.1\nm=audio 16000 RTP/AVP 0");
	sdp_case("the highest ports",
		 V IN4 "10.0.0.2\nm=audio 65534 RTP/AVP 0\n"
		       "m=audio 65535 RTP/AVP 0\nc=IN IP4 10.0.0.2\n",
		 V IN4 "192.0.2.1\nm=audio 55534 RTP/AVP 0\n"
		       "m=audio 65535 RTP/AVP 0\nc=IN IP4 10.0.0.2\n");
	begin_udp();
	passes("a broken description", 0,
	       "INVITE sip:bob@example.com SIP/2.0\n"
	       "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1\n" COMMON("1 INVITE")
		       SDP_TYPE,
	       IN4 "10.0.0.2\nm=audio 6000 RTP/AVP 0\n",
	       NF_ALG_REASON_BODY_MALFORMED);
	passes("a broken second media: nothing is bound", 0,
	       "INVITE sip:bob@example.com SIP/2.0\n"
	       "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK2\n" COMMON("2 INVITE")
		       SDP_TYPE,
	       V IN4 "10.0.0.2\nm=audio 6000 RTP/AVP 0\nm=audio x RTP/AVP 0\n",
	       NF_ALG_REASON_BODY_MALFORMED);
	ktap_ok(!engine_bindings(false) && !engine_calls(NF_ALG_CALL),
		"and no call begins");
}

static void length_test(void)
{
	char *in, *want;
	const char *head =
		"INVITE sip:bob@example.com SIP/2.0\n"
		"Via: SIP/2.0/UDP pc;branch=z9hG4bK1\n" COMMON("1 INVITE")
			SDP_TYPE;
	char text[4096], wanted[4096];

	begin_udp();
	snprintf(text, sizeof(text), "%s\n%s", head, SDP_IN);
	snprintf(wanted, sizeof(wanted), "%s\n%s", head, SDP_OUT);
	in = sip_lines(text);
	want = sip_lines(wanted);
	sent("no Content-Length on UDP: none is added", 0, in, want, 0);
	free(in);
	free(want);

	snprintf(text, sizeof(text), "\n\n%sl : \n %zu \n\n%s\nEXTRA 10.0.0.2",
		 head, strlen(SDP_IN) + 7, SDP_IN);
	snprintf(wanted, sizeof(wanted),
		 "\n\n%sl : \n %zu \n\n%s\nEXTRA 10.0.0.2", head,
		 strlen(SDP_OUT) + 7, SDP_OUT);
	in = sip_lines(text);
	want = sip_lines(wanted);
	sent("compact, folded length; bytes behind the body stay", 0, in, want,
	     0);
	free(in);
	free(want);

	snprintf(text, sizeof(text), "%sl: 9999\n\n%s", head, SDP_IN);
	in = sip_lines(text);
	sent("a body longer than the datagram", 0, in, in,
	     NF_ALG_REASON_MALFORMED);
	free(in);
	sent("keepalive", 0, "\r\n\r\n", "\r\n\r\n", 0);
	sent("nothing", 0, "", "", 0);
	sent("jaK", 0, "jaK", "jaK", 0);
}

static void plain_test(void)
{
	begin(IPPROTO_UDP, "10.0.0.2:5060", "");
	passes("without NAT nothing is edited", 0,
	       "INVITE sip:bob@example.com SIP/2.0\n"
	       "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1\n" COMMON(
		       "1 INVITE") "Contact: <sip:alice@10.0.0.2>\n" SDP_TYPE,
	       SDP("010.000.000.002", "10.0.0.2", "06000"), 0);
	ktap_ok(engine_bindings(false) == 2, "but media gets its pinholes");
	passes("the answer", 1,
	       "SIP/2.0 200 OK\n"
	       "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1\n" DIALOG(
		       "1 INVITE") "Contact: <sip:bob@203.0.113.9>\n" SDP_TYPE,
	       SDP_FAR, 0);
	ktap_ok(engine_bindings(true) == 5,
		"opens them, and those of its sender with its door");
	passes("REGISTER", 0,
	       REGISTER_HEAD("10.0.0.2;branch=z9hG4bK1", "1",
			     "Contact: <sip:alice@10.0.0.2>\nExpires: 60\n"),
	       NULL, 0);
	passes("200", 1,
	       REGISTER_ANSWER("200 OK", "10.0.0.2;branch=z9hG4bK1", "1",
			       "Contact: <sip:alice@10.0.0.2>;expires=60\n"),
	       NULL, 0);
	state("registers as well", NF_ALG_REGISTRATION, "registered", 92);
}

static void ipv6_test(void)
{
	free(flow);
	engine_reset();
	flow = engine_session(IPPROTO_UDP, "[fd00::2]:5060",
			      "[2001:db8::1]:1024", "[2001:db8:9::9]:5060");
	pass("IPv6", 0,
	     "INVITE sip:bob@[2001:db8:9::9] SIP/2.0\n"
	     "Via: SIP/2.0/UDP [FD00:0::2]:5060;branch=z9hG4bK1\n" COMMON(
		     "1 INVITE") "Contact: <sip:alice@[fd00::0002]>\n" SDP_TYPE,
	     "v=0\no=- 1 1 IN IP6 fd00::2\ns=-\nc=IN IP6 fd00:0::2\n"
	     "m=audio 6000 RTP/AVP 0\n",
	     "INVITE sip:bob@[2001:db8:9::9] SIP/2.0\n"
	     "Via: SIP/2.0/UDP [2001:db8::1]:1024;branch=z9hG4bK1\n" COMMON(
		     "1 INVITE") "Contact: <sip:alice@[2001:db8::1]:1024>\n" SDP_TYPE,
	     "v=0\no=- 1 1 IN IP6 2001:db8::1\ns=-\nc=IN IP6 2001:db8::1\n"
	     "m=audio 16000 RTP/AVP 0\n");
	pass("and back", 1,
	     "BYE sip:alice@[2001:db8:0::1]:1024 SIP/2.0\n"
	     "Via: SIP/2.0/UDP [2001:db8:9::9];branch=z9hG4bKx\n" REVERSE(
		     "1 BYE"),
	     NULL,
	     "BYE sip:alice@[fd00::0002] SIP/2.0\n"
	     "Via: SIP/2.0/UDP [2001:db8:9::9];branch=z9hG4bKx\n" REVERSE(
		     "1 BYE"),
	     NULL);
}

static void memory_test(void)
{
	begin_udp();
	engine_memory = 0;
	passes("no memory: it passes", 0,
	       "OPTIONS sip:example.com SIP/2.0\n"
	       "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK2\n" COMMON(
		       "3 OPTIONS"),
	       NULL, NF_ALG_REASON_NO_MEMORY);
	engine_memory = 1;
	pass("memory again", 0,
	     "OPTIONS sip:example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK2\n" COMMON("3 OPTIONS"),
	     NULL,
	     "OPTIONS sip:example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bK2\n" COMMON(
		     "3 OPTIONS"),
	     NULL);
	engine_seconds += 33;
	passes("an answer that is too late is nobody's", 1,
	       "SIP/2.0 200 OK\n"
	       "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bK2\n" COMMON(
		       "3 OPTIONS"),
	       NULL, 0);
}

/* The rows of Documentation/sip.md that are a matter of translation alone */

static void refer_test(void)
{
	begin_udp();
	pass("D9: Refer-To like a Contact, what it quotes stays", 0,
	     "REFER sip:bob@203.0.113.9 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bK1\n" DIALOG(
		     "2 REFER") "Refer-To: <sip:c@10.0.0.2?Replaces=1@10.0.0.2>\n"
				"Referred-By: <sip:alice@10.0.0.2>\n",
	     NULL,
	     "REFER sip:bob@203.0.113.9 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bK1\n" DIALOG(
		     "2 REFER") "Refer-To: <sip:c@192.0.2.1:1024?Replaces=1@10.0.0.2>\n"
				"Referred-By: <sip:alice@10.0.0.2>\n",
	     NULL);
	pass("D9: and back to who wrote it", 1,
	     "REFER sip:x@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bK2\n" REVERSE(
		     "1 REFER") "r: <sip:c@192.0.2.1:1024?Replaces=1>\n",
	     NULL,
	     "REFER sip:x@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bK2\n" REVERSE(
		     "1 REFER") "r: <sip:c@10.0.0.2?Replaces=1>\n",
	     NULL);
	passes("D9: nobody else's", 1,
	       "REFER sip:x@example.com SIP/2.0\n"
	       "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bK3\n" REVERSE(
		       "1 REFER") "r: <sip:d@192.0.2.1:1024>\n",
	       NULL, 0);
}

#define EVENT "Event: dialog\n"

static void subscribe(const char *cseq, const char *expires)
{
	char in[512], want[512];
	const char *head =
		"SUBSCRIBE sip:bob@example.com SIP/2.0\n"
		"Via: SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bKs%s\n" COMMON(
			"%s SUBSCRIBE") "Contact: <sip:alice@%s>\n" EVENT
					"Expires: %s\n";

	snprintf(in, sizeof(in), head, cseq, cseq, "10.0.0.2", expires);
	snprintf(want, sizeof(want), head, cseq, cseq, "192.0.2.1:1024",
		 expires);
	pass("D10: SUBSCRIBE", 0, in, NULL, want, NULL);
}

static void subscribed(const char *status, const char *cseq, const char *branch,
		       const char *more)
{
	char in[512];

	snprintf(in, sizeof(in),
		 "SIP/2.0 %s\n"
		 "Via: SIP/2.0/UDP 10.0.0.2;rport=1024;branch=%s\n" DIALOG(
			 "%s SUBSCRIBE") "%s",
		 status, branch, cseq, more);
	passes(status, 1, in, NULL, 0);
}

static void subscribe_test(void)
{
	begin_udp();
	subscribe("1", "600");
	ktap_ok(engine_bindings(false) == 1 && !engine_bindings(true),
		"D10: its door is reserved");
	subscribed("200 OK", "1", "z9hG4bKforged", "Expires: 300\n");
	ktap_ok(!engine_bindings(true), "D10: not for a made-up answer");
	subscribed("401 Unauthorized", "1", "z9hG4bKs1", "");
	ktap_ok(!engine_bindings(true), "D10: nor for a refusal");
	subscribe("2", "600");
	subscribed(
		"202 Accepted", "2", "z9hG4bKs2",
		"Expires: 300\nContact: <sip:bob@198.51.100.77>\n"
		"Record-Route: <sip:198.51.100.78;lr>,<sip:203.0.113.9;lr>\n");
	ktap_ok(engine_bindings(true) == 1, "D10: it opens");
	state("D10: as long as it was granted", NF_ALG_CALL, "subscribed", 332);
	subscribe("3", "600");
	subscribed("481 Gone", "3", "z9hG4bKs3", "");
	state("D10: a refused refresh leaves it", NF_ALG_CALL, "subscribed",
	      332);
	subscribe("4", "600");
	subscribed("200 OK", "4", "z9hG4bKs4", "");
	state("D10: and without Expires the default", NF_ALG_CALL, "subscribed",
	      3632);
	passes("D10: the last NOTIFY", 1,
	       "NOTIFY sip:x@example.com SIP/2.0\n"
	       "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKn\n" REVERSE(
		       "1 NOTIFY") "Subscription-State:  Terminated;reason=x\n",
	       NULL, 0);
	state("D10: half a minute more", NF_ALG_CALL, "closing", 32);
}

static void peers_test(void)
{
	begin_udp();
	invite();
	pass("D8: 200 from a proxy that does not stay", 1,
	     "SIP/2.0 200 OK\n"
	     "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bK1\n" DIALOG(
		     "1 INVITE") "Contact: <sip:bob@198.51.100.77>\n"
				 "Record-Route: <sip:198.51.100.78;lr>\n",
	     NULL,
	     "SIP/2.0 200 OK\n"
	     "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1\n" DIALOG(
		     "1 INVITE") "Contact: <sip:bob@198.51.100.77>\n"
				 "Record-Route: <sip:198.51.100.78;lr>\n",
	     NULL);
	ktap_ok(!engine_admits("198.51.100.77:0"), "D8: nobody yet");
	passes("D8: ACK", 0,
	       "ACK sip:bob@198.51.100.77 SIP/2.0\n"
	       "Via: SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bK2\n" DIALOG(
		       "1 ACK"),
	       NULL, 0);
	ktap_ok(engine_admits("198.51.100.77:0") &&
			engine_admits("198.51.100.78:0") &&
			!engine_admits("198.51.100.79:0"),
		"D8: those who were named may come in, and no others");
}

static void named_test(void)
{
	begin_udp();
	engine_net.option[NF_ALG_OPTION_MEDIA_NAMED_ONLY] = 1;
	invite();
	answered("180 Ringing", "1 INVITE", NULL);
	ktap_ok(!engine_admits("198.51.100.5:0"), "named: nobody yet");
	answered("183 Session Progress", "1 INVITE",
		 SDP("203.0.113.9", "198.51.100.5", "7000"));
	ktap_ok(engine_admits("198.51.100.5:0"), "named: by early media");
	answered("183 Session Progress", "1 INVITE",
		 SDP("203.0.113.9", "0.0.0.0", "7000"));
	ktap_ok(!engine_admits("0.0.0.0:0"), "named: nobody is no host");
	answered("200 OK", "1 INVITE",
		 "v=0\no=- 1 1 IN IP4 203.0.113.9\ns=-\nt=0 0\n"
		 "m=audio 7000 RTP/AVP 0\nc=IN IP4 198.51.100.6\n"
		 "a=rtcp:7009 IN IP4 198.51.100.7\n"
		 "m=video 0 RTP/AVP 31\nc=IN IP4 198.51.100.8\n");
	ktap_ok(engine_admits("198.51.100.6:0") &&
			engine_admits("198.51.100.7:0"),
		"named: for one media, and for its RTCP");
	ktap_ok(!engine_admits("198.51.100.8:0"),
		"named: not for a media that is refused");
	ktap_ok(!engine_admits("198.51.100.5:0"),
		"named: the final answer is the last word");
	/* What cannot be read names nobody, and passes */
	answered("200 OK", "1 INVITE", "v=0\nm=audio x\n");
	ktap_ok(engine_admits("198.51.100.6:0"),
		"named: and nobody is forgotten by it");
}

/* As answered(), of one branch of a forked call */
static void branch(const char *status, const char *tag, const char *far)
{
	char in[1024], want[1024], body[256];
	const char *head = "SIP/2.0 %s\n"
			   "Via: SIP/2.0/UDP %s;branch=z9hG4bK1\n"
			   "From: \"A\" <sip:alice@10.0.0.2>;tag=a1\n"
			   "To: <sip:bob@example.com>;tag=%s\n"
			   "Call-ID: 1-77@10.0.0.2\nCSeq: 1 INVITE\n%s";

	snprintf(in, sizeof(in), head, status, "192.0.2.1:1024", tag,
		 far ? SDP_TYPE : "");
	snprintf(want, sizeof(want), head, status, "10.0.0.2:5060", tag,
		 far ? SDP_TYPE : "");
	if (far)
		snprintf(body, sizeof(body), SDP("203.0.113.9", "%s", "7000"),
			 far);
	pass(status, 1, in, far ? body : NULL, want, NULL);
}

/* BYE to a branch, and its answer */
static void branch_bye(const char *tag, const char *cseq)
{
	char text[512];
	const char *head = "%s\nVia: SIP/2.0/UDP 10.0.0.2;rport;"
			   "branch=z9hG4bKb%s\n"
			   "From: \"A\" <sip:alice@10.0.0.2>;tag=a1\n"
			   "To: <sip:bob@example.com>;tag=%s\n"
			   "Call-ID: 1-77@10.0.0.2\nCSeq: %s BYE\n";

	snprintf(text, sizeof(text), head, "BYE sip:bob@203.0.113.9 SIP/2.0",
		 cseq, tag, cseq);
	passes("BYE to a branch", 0, text, NULL, 0);
	passes("BYE again", 0, text, NULL, 0);
	snprintf(text, sizeof(text), head, "SIP/2.0 200 OK", cseq, tag, cseq);
	passes("its answer", 1, text, NULL, 0);
	passes("its answer again", 1, text, NULL, 0);
}

static void fork_test(void)
{
	/* Media is named: each branch by itself */
	begin_udp();
	engine_net.option[NF_ALG_OPTION_MEDIA_NAMED_ONLY] = 1;
	invite();
	branch("183 Session Progress", "b1", "198.51.100.11");
	branch("183 Session Progress", "b2", "198.51.100.12");
	ktap_ok(engine_admits("198.51.100.11:0") &&
			engine_admits("198.51.100.12:0"),
		"C10: early media of both branches");
	branch("200 OK", "b2", NULL);
	ktap_ok(!engine_admits("198.51.100.11:0"),
		"C10: the branch that lost sends no more");
	ktap_ok(engine_admits("198.51.100.12:0"),
		"C10: the one that won does, as it said before");
	branch("183 Session Progress", "b1", "198.51.100.13");
	ktap_ok(!engine_admits("198.51.100.13:0") &&
			!engine_admits("198.51.100.11:0"),
		"C10: who has lost names nobody any more");
	branch("200 OK", "b1", "198.51.100.14");
	ktap_ok(engine_admits("198.51.100.14:0") &&
			engine_admits("198.51.100.12:0"),
		"C10: two that answer are both heard");
	branch_bye("b1", "2");
	state("C10: BYE to one is not the end of the other", NF_ALG_CALL,
	      "answered", 7200);
	ktap_ok(engine_bindings(true) == 2, "C10: its media stays");
	branch_bye("b2", "3");
	state("C10: BYE to the last one is", NF_ALG_CALL, "ended", 0);

	/* An early branch is left, another answers */
	begin_udp();
	invite();
	branch("183 Session Progress", "b1", "198.51.100.11");
	branch("200 OK", "b2", "198.51.100.12");
	branch_bye("b1", "2");
	state("C10: BYE to an early branch", NF_ALG_CALL, "answered", 7200);
	branch_bye("b2", "3");
	state("C10: and to the one that answered", NF_ALG_CALL, "ended", 0);
}

/* The far side's request in the dialog; it passes as it is */
static void far_request(const char *method, const char *cseq)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "%s sip:alice@example.com SIP/2.0\n"
		 "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKf%s\n" REVERSE(
			 "%s %s"),
		 method, cseq, cseq, method);
	passes(method, 1, text, NULL, 0);
}

/* The phone's request in the dialog, with rport: nothing in it is translated */
static void own_request(const char *method, const char *cseq)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "%s sip:bob@203.0.113.9 SIP/2.0\n"
		 "Via: SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bKo%s\n" DIALOG(
			 "%s %s"),
		 method, cseq, cseq, method);
	passes(method, 0, text, NULL, 0);
}

/* An answer of the phone to an INVITE that is not known */
static void own_answer(const char *status)
{
	char in[1024], want[1024];
	const char *head =
		"SIP/2.0 %s\n"
		"Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKu\n" REVERSE(
			"1 INVITE") "Contact: <sip:alice@%s>\n" SDP_TYPE;

	snprintf(in, sizeof(in), head, status, "10.0.0.2:5060");
	snprintf(want, sizeof(want), head, status, "192.0.2.1:1024");
	pass(status, 0, in, SDP_IN, want, SDP_OUT);
}

static void lifetime_test(void)
{
	/* BYE without an answer */
	begin_udp();
	invite();
	answered("200 OK", "1 INVITE", SDP_FAR);
	ktap_ok(!engine_call_limited(), "media keeps a call that is silent");
	own_request("BYE", "2");
	state("BYE", NF_ALG_CALL, "closing", 32);
	ktap_ok(engine_call_limited(), "after BYE media does not keep it");
	own_request("INFO", "3");
	state("nor does another request", NF_ALG_CALL, "closing", 32);
	passes("BYE is to be sent again with credentials", 1,
	       "SIP/2.0 407 Proxy Authentication Required\n"
	       "Via: SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bKo2\n" DIALOG(
		       "2 BYE"),
	       NULL, 0);
	state("the call goes on", NF_ALG_CALL, "answered", 7200);
	ktap_ok(!engine_call_limited(), "and is kept by media");

	/* Refreshes were agreed on */
	begin_udp();
	invite();
	pass("200 with Session-Expires", 1,
	     "SIP/2.0 200 OK\n"
	     "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bK1\n" DIALOG(
		     "1 INVITE") "Session-Expires: 1800;refresher=uas\n" SDP_TYPE,
	     SDP_FAR,
	     "SIP/2.0 200 OK\n"
	     "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1\n" DIALOG(
		     "1 INVITE") "Session-Expires: 1800;refresher=uas\n" SDP_TYPE,
	     NULL);
	state("C13: until the refresh, and 64*T1", NF_ALG_CALL, "answered",
	      1832);
	ktap_ok(engine_call_limited(), "C13: media does not keep it longer");
	engine_seconds += 900;
	own_request("INFO", "2");
	state("C13: other requests are no refresh", NF_ALG_CALL, "answered",
	      932);
	/* An offer in 2xx, answered in ACK */
	pass("ACK with SDP", 0,
	     "ACK sip:bob@203.0.113.9 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK7\n" DIALOG("1 ACK")
		     SDP_TYPE,
	     SDP_IN,
	     "ACK sip:bob@203.0.113.9 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bK7\n" DIALOG("1 ACK")
		     SDP_TYPE,
	     SDP_OUT);
	state("C13: an answer in ACK does not forget the refreshes",
	      NF_ALG_CALL, "answered", 1832);

	/* What is answered must be acknowledged */
	begin_udp();
	own_answer("200 OK");
	state("a 200 to nothing is no call yet", NF_ALG_CALL, "answered", 900);
	engine_seconds += 100;
	own_answer("200 OK");
	own_request("INFO", "2");
	state("nor is more of the same", NF_ALG_CALL, "answered", 900);
	far_request("ACK", "1");
	state("ACK makes it one", NF_ALG_CALL, "answered", 7200);
	own_request("INFO", "3");
	state("for good", NF_ALG_CALL, "answered", 7200);

	begin_udp();
	pass("ACK in a dialog that is older than what is known", 0,
	     "ACK sip:bob@203.0.113.9 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK7\n" DIALOG("1 ACK")
		     SDP_TYPE,
	     SDP_IN,
	     "ACK sip:bob@203.0.113.9 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 192.0.2.1:1024;branch=z9hG4bK7\n" DIALOG("1 ACK")
		     SDP_TYPE,
	     SDP_OUT);
	state("it is no call before the far side is heard", NF_ALG_CALL,
	      "answered", 900);
	far_request("INFO", "1");
	state("then it is", NF_ALG_CALL, "answered", 7200);
}

#define MULTIPART(body)                                      \
	"--b1\nContent-Type: text/plain\n\n10.0.0.2\n--b1\n" \
	"Content-Type: application/sdp\n\n" body "\n--b1--\n"
#define MULTIPART_TYPE "Content-Type: multipart/mixed;boundary=\"b1\"\n"

static void multipart_case(const char *what, const char *in, const char *want,
			   int reason)
{
	const char *head =
		"INVITE sip:bob@example.com SIP/2.0\n"
		"Via: SIP/2.0/UDP pc;branch=z9hG4bK1\n" COMMON("1 INVITE")
			MULTIPART_TYPE;

	begin_udp();
	engine_net.option[NF_ALG_OPTION_ALLOW_MULTIPART] = 1;
	if (want)
		pass(what, 0, head, in, NULL, want);
	else
		passes(what, 0, head, in, reason);
}

static void multipart_test(void)
{
	multipart_case("B5: SDP in a part", MULTIPART(SDP_IN),
		       MULTIPART(SDP_OUT), 0);
	ktap_ok(engine_bindings(false) == 2, "B5: its media is bound");
	multipart_case(
		"B5: parts in a part, with a length of its own",
		"--b1\nContent-Type: multipart/alternative; boundary=x\n\n--x\n"
		"l: 107\nc: application/sdp\n\n" SDP_IN "\n--x--\n--b1--",
		"--b1\nContent-Type: multipart/alternative; boundary=x\n\n--x\n"
		"l: 110\nc: application/sdp\n\n" SDP_OUT "\n--x--\n--b1--",
		0);
	multipart_case("B5: a length that is not the part's",
		       "--b1\nl: 3\nc: application/sdp\n\n" SDP_IN "\n--b1--",
		       NULL, NF_ALG_REASON_BODY_MALFORMED);
	multipart_case("B5: two lengths",
		       "--b1\nl: 107\nl: 107\nc: application/sdp\n\n" SDP_IN
		       "\n--b1--",
		       NULL, NF_ALG_REASON_BODY_MALFORMED);
	multipart_case("B5: no delimiter", SDP_IN, NULL,
		       NF_ALG_REASON_BODY_MALFORMED);
	multipart_case("B5: no end", "--b1\nc: application/sdp\n\n" SDP_IN,
		       NULL, NF_ALG_REASON_BODY_MALFORMED);
	multipart_case("B5: no headers", "--b1\nv=0", NULL,
		       NF_ALG_REASON_BODY_MALFORMED);
	multipart_case("B5: parts without end",
		       "--b1\nc: multipart/x;boundary=b\n\n--b\n"
		       "c: multipart/x;boundary=c\n\n--c\n"
		       "c: multipart/x;boundary=d\n\n--d\n"
		       "c: multipart/x;boundary=e\n\n--e\n\n--e--\n"
		       "--d--\n--c--\n--b--\n--b1--\n",
		       NULL, NF_ALG_REASON_BODY_MALFORMED);
	multipart_case("B5: another boundary that begins as this one",
		       "--b1\nc: text/plain\n\n--b11\n" SDP_IN "--b1--", NULL,
		       0);
}

static void alternative_test(void)
{
	sdp_case(
		"C16: a=altc of the family that is translated",
		V "c=IN IP6 2001:db8::1\nm=audio 6000 RTP/AVP 0\n"
		  "a=altc:1 IP6 2001:db8::1 6000\na=altc:2 IP4 10.0.0.2 6000\n",
		V
		"c=IN IP6 2001:db8::1\nm=audio 6000 RTP/AVP 0\n"
		"a=altc:1 IP6 2001:db8::1 6000\na=altc:2 IP4 192.0.2.1 16000\n");
	sdp_case("C19: a=alt on the same and on another port",
		 V IN4 "10.0.0.2\nm=audio 6000 RTP/AVP 0\n"
		       "a=alt:1 2 : u p 10.0.0.2 6000\n"
		       "a=alt:2 1 : u p 10.0.0.2 6100\n"
		       "a=alt:3 1 : u p 10.0.0.9 6000\na=alt:4\n",
		 V IN4 "192.0.2.1\nm=audio 16000 RTP/AVP 0\n"
		       "a=alt:1 2 : u p 192.0.2.1 16000\n"
		       "a=alt:2 1 : u p 192.0.2.1 16100\n"
		       "a=alt:3 1 : u p 10.0.0.9 6000\na=alt:4\n");
	begin_udp();
	engine_net.option[NF_ALG_OPTION_MEDIA_FROM] = 1;
	engine_media_from = "10.0.0.9:0";
	pass("C14: a media server that is permitted", 0,
	     "INVITE sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP pc;branch=z9hG4bK1\n" COMMON("1 INVITE")
		     SDP_TYPE,
	     SDP("10.0.0.2", "10.0.0.9", "6000"), NULL, SDP_OUT);
	ktap_ok(engine_binding[0].inside.addr.ip ==
			engine_endpoint("10.0.0.9:0").addr.ip,
		"C14: it is that host's port");
}

static void external_test(void)
{
	begin_udp();
	engine_net.option[NF_ALG_OPTION_EXTERNAL_ADDRESS] = 0xc6336407;
	pass("A18: the address of the NAT beyond", 0,
	     "INVITE sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1\n" COMMON(
		     "1 INVITE") "Contact: <sip:alice@10.0.0.2;maddr=10.0.0.2>\n" SDP_TYPE,
	     SDP_IN,
	     "INVITE sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP 198.51.100.7:1024;branch=z9hG4bK1\n" COMMON(
		     "1 INVITE") "Contact: <sip:alice@198.51.100.7:1024;"
				 "maddr=198.51.100.7>\n" SDP_TYPE,
	     SDP("198.51.100.7", "198.51.100.7", "16000"));
	pass("A18: and back", 1,
	     "BYE sip:alice@198.51.100.7:1024;maddr=198.51.100.7 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKx\n" REVERSE("1 BYE"),
	     NULL,
	     "BYE sip:alice@10.0.0.2;maddr=10.0.0.2 SIP/2.0\n"
	     "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKx\n" REVERSE("1 BYE"),
	     NULL);
	passes("A18: the router's own is nobody's", 1,
	       "BYE sip:alice@192.0.2.1:1024 SIP/2.0\n"
	       "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKy\n" REVERSE(
		       "2 BYE"),
	       NULL, 0);
}

static void identity_test(void)
{
	begin_udp();
	engine_net.option[NF_ALG_OPTION_IDENTITIES] = 1;
	pass("A8: identities, where they are wanted", 0,
	     "OPTIONS sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP pc;branch=z9hG4bK1\n"
	     "From: <sip:alice@10.0.0.2:5062>;tag=1\nTo: <sip:10.0.0.9>\n"
	     "Call-ID: 1@10.0.0.2\nCSeq: 1 OPTIONS\n"
	     "Referred-By: <sip:alice@10.0.0.2>;cid=1\n"
	     "Reply-To: <sip:alice@10.0.0.2>\n",
	     NULL,
	     "OPTIONS sip:bob@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP pc;branch=z9hG4bK1\n"
	     "From: <sip:alice@192.0.2.1:5062>;tag=1\nTo: <sip:10.0.0.9>\n"
	     "Call-ID: 1@10.0.0.2\nCSeq: 1 OPTIONS\n"
	     "Referred-By: <sip:alice@10.0.0.2>;cid=1\n"
	     "Reply-To: <sip:alice@192.0.2.1>\n",
	     NULL);
	pass("A8: and back as they were, whoever quotes them", 1,
	     "MESSAGE sip:x@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP h;branch=z9hG4bK2\nFrom: <sip:bob@192.0.2.1>;tag=2\n"
	     "To: <sip:alice@192.0.2.1:5062>;tag=1\nCall-ID: 1@10.0.0.2\n"
	     "CSeq: 2 MESSAGE\n",
	     NULL,
	     "MESSAGE sip:x@example.com SIP/2.0\n"
	     "Via: SIP/2.0/UDP h;branch=z9hG4bK2\nFrom: <sip:bob@192.0.2.1>;tag=2\n"
	     "To: <sip:alice@10.0.0.2:5062>;tag=1\nCall-ID: 1@10.0.0.2\n"
	     "CSeq: 2 MESSAGE\n",
	     NULL);
}

int main(void)
{
	dialog_test();
	unasked_test();
	refused_test();
	register_test();
	register_guard_test();
	tcp_test();
	leave_alone_test();
	headers_test();
	sdp_test();
	length_test();
	plain_test();
	ipv6_test();
	memory_test();
	refer_test();
	subscribe_test();
	peers_test();
	named_test();
	fork_test();
	lifetime_test();
	multipart_test();
	alternative_test();
	external_test();
	identity_test();
	engine_reset();
	free(flow);
	return ktap_end();
}
