// SPDX-License-Identifier: GPL-2.0
/*
 * Whole messages of H.323, both ways, over an engine without a kernel. The input
 * is a sequence of messages: each begins with a byte that says what flow and
 * direction, and two with its length.
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
#include <stdint.h>
#include "h323_engine.h"

/* A call out, one in, RAS to a gatekeeper outside and one inside, H.245 through
 * the door of the calls and to the listener outside, and IPv6
 */
static const struct {
	const struct nf_alg_protocol *protocol;
	const char *inside;
	const char *public;
	const char *remote;
	bool turned;
} flows[] = {
	{ &h323_engine_signalling, "10.0.0.2:40000", "192.0.2.1:41000",
	  "203.0.113.9:1720" },
	{ &h323_engine_signalling, "10.0.0.2:1720", "192.0.2.1:1720",
	  "203.0.113.9:40000", true },
	{ &h323_engine_ras, "10.0.0.2:5001", "192.0.2.1:15001",
	  "203.0.113.9:1719" },
	{ &h323_engine_ras, "10.0.0.2:1719", "192.0.2.1:1719",
	  "203.0.113.9:40000", true },
	{ &h323_engine_control, "10.0.0.2:30245", "192.0.2.1:40245",
	  "203.0.113.9:50000", true },
	{ &h323_engine_control, "10.0.0.2:50001", "192.0.2.1:50001",
	  "203.0.113.9:11245" },
	{ &h323_engine_signalling, "[fd00::2]:40000", "[2001:db8::1]:41000",
	  "[2001:db8::9]:1720" },
	{ &h323_engine_ras, "[fd00::2]:5001", "[2001:db8::1]:15001",
	  "[2001:db8::9]:1719" },
};

/* What is bound leads to the sender alone, never below 1024, and only what was
 * asked for as a door or over UDP
 */
static void check(void)
{
	struct nf_alg_endpoint own4 = engine_endpoint("10.0.0.2");
	struct nf_alg_endpoint own6 = engine_endpoint("[fd00::2]");

	for (int i = 0; i < ENGINE_BINDINGS; i++) {
		const struct engine_binding *b = &engine_binding[i];

		if (!b->inside.family)
			continue;
		if (ntohs(b->inside.port) < 1024)
			abort();
		if (b->away) {
			if (!nf_alg_same_endpoint(&b->inside, &b->public))
				abort();
			continue;
		}
		if (!nf_alg_same_host(&b->inside, &own4) &&
		    !nf_alg_same_host(&b->inside, &own6))
			abort();
		/* Nobody at all may come in by TCP unless it is H.245 */
		if (b->l4proto == IPPROTO_TCP && b->door && b->open &&
		    !b->remote.family && b->protocol != NF_ALG_PROTOCOL_H245)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nf_alg_session *session[ARRAY_SIZE(flows)];
	u32 len, out_len, messages = 0;
	size_t i;
	int error;

	engine_reset();
	for (i = 0; i < ARRAY_SIZE(flows); i++)
		session[i] = h323_flow(flows[i].protocol, flows[i].inside,
				       flows[i].public, flows[i].remote,
				       flows[i].turned);
	while (size >= 3 && messages++ < 16) {
		u8 how = data[0];

		len = data[1] << 8 | data[2];
		data += 3;
		size -= 3;
		if (len > size)
			len = size;
		engine_no_ports = (how & 0xe0) == 0xe0;
		free(engine_message(session[how & 7], how >> 3 & 1,
				    (const char *)data, len, &out_len, &error));
		if (error > 0 || error <= -__NF_ALG_REASON_MAX ||
		    out_len != len)
			abort();
		check();
		data += len;
		size -= len;
		engine_seconds += how >> 4;
	}
	for (i = 0; i < ARRAY_SIZE(flows); i++)
		h323_flow_end(session[i]);
	return 0;
}
