// SPDX-License-Identifier: GPL-2.0
/*
 * Whole messages, both ways, over an engine without a kernel. The input is a
 * sequence of messages: each begins with a byte that says what flow and
 * direction, and two with its length.
 *
 * sources: tests/unit/engine_fake.c nf_conntrack_helpers/sip/address.c
 * sources: nf_conntrack_helpers/sip/start_line.c nf_conntrack_helpers/sip/header.c
 * sources: nf_conntrack_helpers/sip/uri.c nf_conntrack_helpers/sip/name_addr.c
 * sources: nf_conntrack_helpers/sip/via.c nf_conntrack_helpers/sip/sdp.c
 * sources: nf_conntrack_helpers/sip/frame.c nf_conntrack_helpers/sip/translate.c
 * sources: nf_conntrack_helpers/sip/transaction.c nf_conntrack_helpers/sip/memory.c
 * sources: nf_conntrack_helpers/sip/door.c nf_conntrack_helpers/sip/contact.c
 * sources: nf_conntrack_helpers/sip/dialog.c nf_conntrack_helpers/sip/registration.c
 * sources: nf_conntrack_helpers/sip/media.c
 */
#include <stdint.h>
#include "sip_engine.h"

static const struct {
	u8 l4proto;
	const char *inside;
	const char *public;
	const char *remote;
} flows[] = {
	{ IPPROTO_UDP, "10.0.0.2:5060", "192.0.2.1:1024", "203.0.113.9:5060" },
	{ IPPROTO_UDP, "10.0.0.2:5060", "", "203.0.113.9:5060" },
	{ IPPROTO_TCP, "10.0.0.2:40000", "192.0.2.1:41000",
	  "203.0.113.9:5060" },
	{ IPPROTO_UDP, "[fd00::2]:5060", "[2001:db8::1]:1024",
	  "[2001:db8::9]:5060" },
};

/* Doors and media lead to the sender alone, and never below 1024 */
static void check(void)
{
	for (int i = 0; i < ENGINE_BINDINGS; i++)
		if (engine_binding[i].inside.family &&
		    ntohs(engine_binding[i].inside.port) < 1024)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nf_alg_session *session[ARRAY_SIZE(flows)];
	u32 len, out_len, messages = 0;
	size_t i;
	int error;

	engine_reset();
	for (i = 0; i < ARRAY_SIZE(flows); i++)
		session[i] = engine_session(flows[i].l4proto, flows[i].inside,
					    flows[i].public, flows[i].remote);
	while (size >= 3 && messages++ < 16) {
		u8 how = data[0];

		len = data[1] << 8 | data[2];
		data += 3;
		size -= 3;
		if (len > size)
			len = size;
		free(engine_message(session[how & 3], how >> 2 & 1,
				    (const char *)data, len, &out_len, &error));
		if (error > 0 || error <= -__NF_ALG_REASON_MAX)
			abort();
		check();
		data += len;
		size -= len;
		engine_seconds += how >> 3;
	}
	for (i = 0; i < ARRAY_SIZE(flows); i++)
		free(session[i]);
	return 0;
}
