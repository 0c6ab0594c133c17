/* SPDX-License-Identifier: GPL-2.0 */
/* H.323 on the engine that is not there; one test program includes it once */
#ifndef NF_ALG_TEST_H323_ENGINE_H
#define NF_ALG_TEST_H323_ENGINE_H

#include "engine_fake.h"
#include "h323/h323_call.h"
#include "h323/link.h"
#include "h323/registration.h"
#include "h323/translate.h"

/* 10.0.0.0/8 and fd00::/8 are inside */
static bool h323_engine_inside(const struct nf_alg_endpoint *host)
{
	const u8 *byte = (const u8 *)&host->addr;

	return byte[0] == (host->family == NFPROTO_IPV6 ? 0xfd : 10);
}

bool h323_same_device(const struct nf_alg_session *session,
		      const struct nf_alg_endpoint *a,
		      const struct nf_alg_endpoint *b)
{
	return h323_engine_inside(a) == h323_engine_inside(b);
}

static int h323_engine_translate(struct nf_alg_message *msg)
{
	switch (msg->session->protocol->id) {
	case NF_ALG_PROTOCOL_RAS:
		return h323_translate_ras(msg);
	case NF_ALG_PROTOCOL_H245:
		return h323_translate_control(msg);
	default:
		return h323_translate_signalling(msg);
	}
}

const struct engine_protocol engine_protocol = {
	.translate = h323_engine_translate,
	.init = h323_reading_cache_init,
	.exit = h323_reading_cache_exit,
	.session_size = sizeof(struct h323_session),
};

static const struct nf_alg_protocol h323_engine_ras = {
	.id = NF_ALG_PROTOCOL_RAS,
};

static const struct nf_alg_protocol h323_engine_signalling = {
	.id = NF_ALG_PROTOCOL_H225,
};

static const struct nf_alg_protocol h323_engine_control = {
	.id = NF_ALG_PROTOCOL_H245,
};

/* A flow as engine_session() has it; @turned: the outside host began it */
static inline struct nf_alg_session *
h323_flow(const struct nf_alg_protocol *protocol, const char *inside,
	  const char *public, const char *remote, bool turned)
{
	bool udp = protocol->id == NF_ALG_PROTOCOL_RAS;
	struct nf_alg_session *s = engine_session(
		udp ? IPPROTO_UDP : IPPROTO_TCP, inside, public, remote);
	struct nf_alg_side side;

	s->protocol = protocol;
	if (turned) {
		side = s->side[0];
		s->side[0] = s->side[1];
		s->side[1] = side;
	}
	return s;
}

static inline void h323_flow_end(struct nf_alg_session *session)
{
	h323_signalling_closed(session);
	free(session);
}

#endif /* NF_ALG_TEST_H323_ENGINE_H */
