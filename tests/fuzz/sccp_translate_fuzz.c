// SPDX-License-Identifier: GPL-2.0
/*
 * Whole Skinny messages, both ways: see messages.h. What is not a length of the
 * protocol's own is made one.
 *
 * sources: tests/unit/engine_fake.c nf_conntrack_helpers/sccp/frame.c
 * sources: nf_conntrack_helpers/sccp/layout.c nf_conntrack_helpers/sccp/registration.c
 * sources: nf_conntrack_helpers/sccp/channel.c nf_conntrack_helpers/sccp/text.c
 * sources: nf_conntrack_helpers/sccp/media.c nf_conntrack_helpers/sccp/translate.c
 */
#include "sccp_engine.h"
#include "messages.h"

static const struct fuzz_flow fuzz_flows[FUZZ_FLOWS] = {
	{ IPPROTO_TCP, "10.0.0.2:40000", "192.0.2.1:41000",
	  "203.0.113.9:2000" },
	{ IPPROTO_TCP, "10.0.0.9:2000", "192.0.2.9:3000", "203.0.113.50:40000",
	  true },
	{ IPPROTO_TCP, "10.0.0.3:40000", "192.0.2.1:42000",
	  "203.0.113.9:2000" },
	{ IPPROTO_TCP, "[fd00::2]:40000", "[2001:db8::1]:1024",
	  "[2001:db8::9]:2000" },
};

static void fuzz_before(u8 how)
{
	one_link = how & 8;
	elsewhere = how & 32;
	engine_media = how & 16;
	engine_no_ports = (how & 0xe0) == 0xe0;
}

/* No length changes; media leads to the sender alone, and never below 1024 */
static void fuzz_check(u8 how, u32 len, u32 out_len)
{
	if (out_len != len)
		abort();
	for (int i = 0; i < ENGINE_BINDINGS; i++)
		if (engine_binding[i].inside.family &&
		    (ntohs(engine_binding[i].inside.port) < 1024 ||
		     engine_binding[i].l4proto != IPPROTO_UDP ||
		     engine_binding[i].door))
			abort();
	engine_seconds += how >> 4;
}

static void fuzz_over(struct nf_alg_session *session)
{
	sccp_closed(session);
}
