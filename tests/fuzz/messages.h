/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whole messages, both ways, over an engine without a kernel. The input is a
 * sequence of messages: each begins with a byte that says what flow (bits 0 and
 * 1) and direction (bit 2), and two with its length. One fuzzer includes it once,
 * after its protocol's engine.
 */
#ifndef NF_ALG_FUZZ_MESSAGES_H
#define NF_ALG_FUZZ_MESSAGES_H

#include <stdint.h>
#include <stdlib.h>
#include "engine_fake.h"

#define FUZZ_FLOWS 4
#define FUZZ_MESSAGES 16

/**
 * struct fuzz_flow - one of the flows messages are sent on
 * @l4proto: transport
 * @inside: inside endpoint
 * @public: as the outside sees it; "" without NAT
 * @remote: outside endpoint
 * @turned: the outside endpoint began
 */
struct fuzz_flow {
	u8 l4proto;
	const char *inside;
	const char *public;
	const char *remote;
	bool turned;
};

/* The protocol's own flows */
static const struct fuzz_flow fuzz_flows[FUZZ_FLOWS];

/* Before a message: what else its first byte says */
static void fuzz_before(u8 how);

/* After it: what must hold; it had @len bytes and has @out_len now */
static void fuzz_check(u8 how, u32 len, u32 out_len);

/* The flow is over */
static void fuzz_over(struct nf_alg_session *session);

static struct nf_alg_session *fuzz_open(const struct fuzz_flow *flow)
{
	struct nf_alg_session *session = engine_session(
		flow->l4proto, flow->inside, flow->public, flow->remote);
	struct nf_alg_side side = session->side[0];

	if (flow->turned) {
		session->side[0] = session->side[1];
		session->side[1] = side;
	}
	return session;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nf_alg_session *session[FUZZ_FLOWS];
	u32 len, out_len, messages = 0;
	int error;

	engine_reset();
	for (int i = 0; i < FUZZ_FLOWS; i++)
		session[i] = fuzz_open(&fuzz_flows[i]);
	while (size >= 3 && messages++ < FUZZ_MESSAGES) {
		u8 how = data[0];

		len = data[1] << 8 | data[2];
		data += 3;
		size -= 3;
		if (len > size)
			len = size;
		fuzz_before(how);
		free(engine_message(session[how & 3], how >> 2 & 1,
				    (const char *)data, len, &out_len, &error));
		if (error > 0 || error <= -__NF_ALG_REASON_MAX)
			abort();
		fuzz_check(how, len, out_len);
		data += len;
		size -= len;
	}
	for (int i = 0; i < FUZZ_FLOWS; i++) {
		fuzz_over(session[i]);
		free(session[i]);
	}
	return 0;
}

#endif /* NF_ALG_FUZZ_MESSAGES_H */
