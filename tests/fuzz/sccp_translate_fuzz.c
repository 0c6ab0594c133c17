// SPDX-License-Identifier: GPL-2.0
/*
 * Whole messages, both ways, over an engine without a kernel. The input is a
 * sequence of messages: each begins with a byte that says what flow and
 * direction, and two with its length; what is not a length of the protocol's
 * own is made one.
 *
 * sources: tests/unit/engine_fake.c nf_conntrack_helpers/sccp/frame.c
 * sources: nf_conntrack_helpers/sccp/layout.c nf_conntrack_helpers/sccp/registration.c
 * sources: nf_conntrack_helpers/sccp/channel.c nf_conntrack_helpers/sccp/text.c
 * sources: nf_conntrack_helpers/sccp/media.c nf_conntrack_helpers/sccp/translate.c
 */
#include <stdint.h>
#include "sccp_engine.h"

static const struct {
	const char *inside;
	const char *public;
	const char *remote;
	bool turned;
} flows[] = {
	{ "10.0.0.2:40000", "192.0.2.1:41000", "203.0.113.9:2000" },
	{ "10.0.0.9:2000", "192.0.2.9:3000", "203.0.113.50:40000", true },
	{ "10.0.0.3:40000", "192.0.2.1:42000", "203.0.113.9:2000" },
	{ "[fd00::2]:40000", "[2001:db8::1]:1024", "[2001:db8::9]:2000" },
};

/* Media leads to the sender alone, and never below 1024 */
static void check(void)
{
	for (int i = 0; i < ENGINE_BINDINGS; i++)
		if (engine_binding[i].inside.family &&
		    (ntohs(engine_binding[i].inside.port) < 1024 ||
		     engine_binding[i].l4proto != IPPROTO_UDP ||
		     engine_binding[i].door))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nf_alg_session *session[ARRAY_SIZE(flows)];
	u32 len, out_len, messages = 0;
	size_t i;
	int error;

	engine_reset();
	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		session[i] = engine_session(IPPROTO_TCP, flows[i].inside,
					    flows[i].public, flows[i].remote);
		if (flows[i].turned) {
			struct nf_alg_side side = session[i]->side[0];

			session[i]->side[0] = session[i]->side[1];
			session[i]->side[1] = side;
		}
	}
	while (size >= 3 && messages++ < 16) {
		u8 how = data[0];

		len = data[1] << 8 | data[2];
		data += 3;
		size -= 3;
		if (len > size)
			len = size;
		one_link = how & 8;
		engine_media = how & 16;
		engine_no_ports = (how & 0xe0) == 0xe0;
		free(engine_message(session[how & 3], how >> 2 & 1,
				    (const char *)data, len, &out_len, &error));
		if (error > 0 || error <= -__NF_ALG_REASON_MAX ||
		    out_len != len)
			abort();
		check();
		data += len;
		size -= len;
		engine_seconds += how >> 4;
	}
	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		sccp_closed(session[i]);
		free(session[i]);
	}
	return 0;
}
