// SPDX-License-Identifier: GPL-2.0
/*
 * Texts that SIP remembers: whose they are, how long they stay, and what goes
 * when there are too many.
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

#define SHARE 16384
#define QUARTER (SHARE / 4)

static struct nf_alg_session *flow, *other;

static void begin(void)
{
	free(flow);
	free(other);
	engine_reset();
	flow = engine_session(IPPROTO_UDP, "10.0.0.2:5060", "192.0.2.1:1024",
			      "203.0.113.9:5060");
	other = engine_session(IPPROTO_UDP, "10.0.0.3:5060", "192.0.2.1:1025",
			       "203.0.113.9:5060");
}

static struct nf_alg_usage usage(void)
{
	struct nf_alg_usage usage;

	sip_memory_usage(&engine_net, &usage);
	return usage;
}

static bool texts(u32 want, const char *what)
{
	u32 have = usage().used;

	return ktap_ok(have == want, "%s: %u texts of %u", what, have, want);
}

/* Send a message; does it go on as it came */
static bool unchanged(struct nf_alg_session *session, int dir, char *message)
{
	u32 len = strlen(message), out_len;
	int error;
	char *out =
		engine_message(session, dir, message, len, &out_len, &error);
	bool same = out_len == len && !memcmp(out, message, len);

	free(out);
	free(message);
	return same;
}

/* A request of the host behind @session, or of the far side to it */
static bool request(struct nf_alg_session *session, int dir, const char *method,
		    u32 call, u32 n, const char *to_tag)
{
	const char *own = session == flow ? "10.0.0.2" : "10.0.0.3";
	const char *host = dir ? "203.0.113.9" : own;
	char head[1024];

	snprintf(head, sizeof(head),
		 "%s sip:%s SIP/2.0\n"
		 "Via: SIP/2.0/UDP %s;branch=z9hG4bK%u-%u\n"
		 "From: <sip:a@example.com>;tag=f%u\n"
		 "To: <sip:b@example.com>%s\n"
		 "Call-ID: c%u\n"
		 "CSeq: %u %s\n"
		 "Contact: <sip:+49%u@%s>\n",
		 method, dir ? "b@192.0.2.1:1024" : "b@example.com", host, call,
		 n, call, to_tag, call, n, method, call,
		 dir ? "203.0.113.77" : host);
	return unchanged(session, dir, sip_message(head, NULL));
}

static bool answer(struct nf_alg_session *session, int dir, const char *line,
		   u32 call, u32 n, const char *method)
{
	const char *via = dir ? session == flow ? "192.0.2.1:1024" :
						  "192.0.2.1:1025" :
				"203.0.113.9";
	char head[1024];

	snprintf(head, sizeof(head),
		 "SIP/2.0 %s\n"
		 "Via: SIP/2.0/UDP %s;branch=z9hG4bK%u-%u\n"
		 "From: <sip:a@example.com>;tag=f%u\n"
		 "To: <sip:b@example.com>;tag=t%u\n"
		 "Call-ID: c%u\n"
		 "CSeq: %u %s\n"
		 "Contact: <sip:b@%s>\n",
		 line, via, call, n, call, call, call, n, method,
		 dir ? "203.0.113.77" : "10.0.0.2");
	return unchanged(session, dir, sip_message(head, NULL));
}

/* A call of the inside host, whose far end is another host than the server */
static void call_up(u32 call)
{
	char tag[32];

	snprintf(tag, sizeof(tag), ";tag=t%u", call);
	request(flow, 0, "INVITE", call, 1, "");
	answer(flow, 1, "200 OK", call, 1, "INVITE");
	request(flow, 0, "ACK", call, 1, tag);
}

static void owner_test(void)
{
	begin();
	call_up(1);
	texts(3, "a call: Via, Contact, and who else speaks for the far side");
	call_up(1);
	texts(3, "the same again");
	engine_seconds += 7000;
	request(flow, 0, "INVITE", 1, 2, ";tag=t1");
	answer(flow, 1, "200 OK", 1, 2, "INVITE");
	engine_seconds += 7100;
	texts(4,
	      "a new INVITE's Via takes the place of the old one, left to expire");
	request(flow, 0, "BYE", 1, 3, ";tag=t1");
	answer(flow, 1, "200 OK", 1, 3, "BYE");
	engine_bury();
	texts(2, "a call that is gone has none: two Vias are left to expire");
}

static void shared_test(void)
{
	struct nf_alg_usage before;
	char head[512];

	begin();
	snprintf(head, sizeof(head),
		 "REGISTER sip:example.com SIP/2.0\n"
		 "Via: SIP/2.0/UDP 10.0.0.2;rport;branch=z9hG4bKr\n"
		 "From: <sip:a@example.com>;tag=r\n"
		 "To: <sip:a@example.com>\n"
		 "Call-ID: r\n"
		 "CSeq: 1 REGISTER\n"
		 "Expires: 3600\n"
		 "Contact: <sip:+491@10.0.0.2>\n");
	ktap_ok(!unchanged(flow, 0, sip_message(head, NULL)),
		"a phone registers");
	texts(3, "its Contact, its ports, and what this REGISTER asks for");
	call_up(1);
	texts(5, "a call with the same Contact");
	request(flow, 0, "BYE", 1, 2, ";tag=t1");
	answer(flow, 1, "200 OK", 1, 2, "BYE");
	before = usage();
	engine_seconds += 33;
	ktap_ok(engine_bury() == 1, "the call is gone");
	ktap_ok(before.used - usage().used == 2,
		"the Contact of the registration is not");
	ktap_ok(!request(flow, 1, "OPTIONS", 1, 1, "") ||
			engine_calls(NF_ALG_REGISTRATION) == 1,
		"nor is the registration");
}

/* Nobody answers what a stranger says */
static void heard_test(void)
{
	struct nf_alg_usage after;
	u32 i;

	begin();
	call_up(1);
	for (i = 100; i < 100 + 3 * QUARTER; i++)
		request(flow, 1, "INVITE", i, 1, "");
	after = usage();
	ktap_ok(after.used == QUARTER + 3, "INVITEs of a stranger: %llu texts",
		after.used);
	ktap_ok(after.met == 2 * QUARTER, "%llu of them made place", after.met);
	ktap_ok(!engine_reasons[NF_ALG_REASON_LIMIT_CALLS], "none is refused");
	ktap_ok(!answer(flow, 1, "200 OK", 1, 1, "INVITE"),
		"the call's Via is what it was");
	/* Answered at once, the newest is remembered with its call */
	answer(flow, 0, "180 Ringing", i - 1, 1, "INVITE");
	for (i = 0; i < 2 * QUARTER; i++)
		request(flow, 1, "INVITE", 100000 + i, 1, "");
	answer(flow, 0, "200 OK", 100 + 3 * QUARTER - 1, 1, "INVITE");
	ktap_ok(engine_admits("203.0.113.77"),
		"a call that rings keeps what its INVITE said");
}

/* Requests without a call, of the host itself */
static void brief_test(void)
{
	u32 i;

	begin();
	call_up(1);
	for (i = 0; i < 2 * QUARTER; i++)
		request(flow, 0, "OPTIONS", 1000 + i, 1, "");
	ktap_ok(usage().used == 2 * QUARTER + 3,
		"requests without a call have a quarter for each kind of text");
	ktap_ok(!answer(flow, 1, "200 OK", 1, 1, "INVITE"),
		"the call's are still there");
	ktap_ok(!answer(flow, 1, "200 OK", 1000 + i - 1, 1, "OPTIONS"),
		"the latest are as well");
	ktap_ok(answer(flow, 1, "200 OK", 1000, 1, "OPTIONS"),
		"the first ones made place");
	ktap_ok(!request(other, 0, "OPTIONS", 1, 1, "") &&
			!answer(other, 1, "200 OK", 1, 1, "OPTIONS"),
		"another host has its own share");
}

static struct sip_memory_link held[SHARE + 8];

static void keep(u32 name, bool hold, struct sip_memory_link *link)
{
	struct sip_memory_key key;
	u32 text = name;

	sip_memory_key(&key, flow, SIP_MEMORY_CONTACT, &flow->side[0].own, NULL,
		       IPPROTO_UDP, name);
	if (sip_memory_keep(flow, &key, (u8 *)&text, sizeof(text), 7200,
			    hold ? link : NULL))
		abort();
}

static bool kept(u32 name)
{
	u8 text[SIP_MEMORY_MAX];
	struct sip_memory_key key;

	sip_memory_key(&key, flow, SIP_MEMORY_CONTACT, &flow->side[0].own, NULL,
		       IPPROTO_UDP, name);
	return sip_memory_find(&key, text, 0) == sizeof(u32);
}

static void share_test(void)
{
	u32 i;

	begin();
	for (i = 0; i < SHARE; i++)
		keep(i, true, &held[i]);
	texts(SHARE, "a host's share");
	/* One that is used is not the first to go */
	engine_seconds++;
	keep(0, false, NULL);
	for (i = SHARE; i < SHARE + 8; i++)
		keep(i, true, &held[i]);
	texts(SHARE, "it is full");
	ktap_ok(kept(0) && kept(9) && kept(SHARE + 7), "the latest are there");
	ktap_ok(!kept(1) && !kept(8), "the oldest made place");
	ktap_ok(usage().met == 8, "eight were evicted");

	/* A link to a text that was evicted, and has come again, is nobody's */
	keep(1, true, &held[SHARE + 7]);
	sip_memory_release(&held[1], 0);
	ktap_ok(kept(1), "an old owner takes nothing from a new one");
	sip_memory_release(&held[SHARE + 7], 0);
	ktap_ok(!kept(1), "the new one does");
	engine_seconds += 8000;
	ktap_ok(kept(100), "what is held does not expire");
	for (i = 0; i < SHARE; i++)
		sip_memory_release(&held[i], i % 2 && i < QUARTER ? 32 : 0);
	ktap_ok(kept(101) && !kept(102), "what is let go does");
	engine_seconds += 33;
	ktap_ok(!kept(101), "in its time");
}

static void order_test(void)
{
	u32 i;

	begin();
	for (i = 0; i < QUARTER; i++)
		keep(i, false, NULL);
	/* In the same second nothing expires later */
	keep(0, false, NULL);
	keep(QUARTER, false, NULL);
	ktap_ok(!kept(0) && kept(1),
		"an end that is not later changes nothing");
	engine_seconds++;
	keep(1, false, NULL);
	keep(QUARTER + 1, false, NULL);
	ktap_ok(kept(1) && !kept(2), "a later one does");
}

/* The administrator has named the host */
static void big_test(void)
{
	u32 i;

	begin();
	engine_big = true;
	for (i = 0; i < 2 * SHARE; i++)
		keep(i, true, &held[i % SHARE]);
	for (i = 0; i < SHARE; i++)
		keep(2 * SHARE + i, false, NULL);
	texts(3 * SHARE, "a big host has what it needs");
	engine_big = false;
	keep(4 * SHARE, false, NULL);
	texts(3 * SHARE, "and gets no more when it is none any more");
}

/* Twenty hosts would fill more than there is */
static void total_test(void)
{
	struct nf_alg_endpoint inside;
	struct sip_memory_key key;
	u32 host, i, n = 0;
	u8 text[SIP_MEMORY_MAX];
	struct sip_memory_link link;

	begin();
	for (host = 0; host < 20; host++) {
		inside = flow->side[0].own;
		inside.addr.ip = htonl(0x0a000100 + host);
		for (i = 0; i < SHARE; i++) {
			sip_memory_key(&key, flow, SIP_MEMORY_CONTACT, &inside,
				       NULL, IPPROTO_UDP, i);
			if (sip_memory_keep(flow, &key, (u8 *)&i, sizeof(i),
					    7200, &link))
				abort();
		}
	}
	ktap_ok(usage().used == usage().max, "all of a namespace's: %llu",
		usage().used);
	for (i = 0; i < SHARE; i++) {
		sip_memory_key(&key, flow, SIP_MEMORY_CONTACT, &inside, NULL,
			       IPPROTO_UDP, i);
		n += sip_memory_find(&key, text, 0) != 0;
	}
	ktap_ok(n > SHARE / 2, "the last host has its part: %u", n);
	keep(1, true, &link);
	ktap_ok(kept(1), "and who comes then");
}

int main(void)
{
	owner_test();
	shared_test();
	heard_test();
	brief_test();
	share_test();
	order_test();
	big_test();
	total_test();
	engine_reset();
	free(flow);
	free(other);
	return ktap_end();
}
