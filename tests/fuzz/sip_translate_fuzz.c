// SPDX-License-Identifier: GPL-2.0
/*
 * Whole SIP messages, both ways: see messages.h.
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
#include "sip_engine.h"
#include "messages.h"

static const struct fuzz_flow fuzz_flows[FUZZ_FLOWS] = {
	{ IPPROTO_UDP, "10.0.0.2:5060", "192.0.2.1:1024", "203.0.113.9:5060" },
	{ IPPROTO_UDP, "10.0.0.2:8080", "", "203.0.113.9:5060" },
	{ IPPROTO_TCP, "10.0.0.2:40000", "192.0.2.1:41000",
	  "203.0.113.9:5060" },
	{ IPPROTO_UDP, "[fd00::2]:5060", "[2001:db8::1]:1024",
	  "[2001:db8::9]:5060" },
};

static void fuzz_before(u8 how)
{
	engine_net.option[NF_ALG_OPTION_ALLOW_MULTIPART] = 1;
	engine_net.option[NF_ALG_OPTION_IDENTITIES] = how >> 3 & 1;
	engine_net.option[NF_ALG_OPTION_MEDIA_FROM] = how >> 4 & 1;
	engine_media_from = how & 16 ? "10.0.0.9:0" : NULL;
}

/* Doors and media lead to the sender alone, and never below 1024 */
static void fuzz_check(u8 how, u32 len, u32 out_len)
{
	for (int i = 0; i < ENGINE_BINDINGS; i++)
		if (engine_binding[i].inside.family &&
		    ntohs(engine_binding[i].inside.port) < 1024)
			abort();
	engine_seconds += how >> 3;
}

static void fuzz_over(struct nf_alg_session *session)
{
}
