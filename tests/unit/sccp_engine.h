/* SPDX-License-Identifier: GPL-2.0 */
/* Skinny on the engine that is not there; one test program includes it once */
#ifndef NF_ALG_TEST_SCCP_ENGINE_H
#define NF_ALG_TEST_SCCP_ENGINE_H

#include "engine_fake.h"
#include "sccp/link.h"
#include "sccp/translate.h"

const struct engine_protocol engine_protocol = {
	.translate = sccp_translate,
	.session_size = sizeof(struct sccp_session),
};

/* What the routes would say of two hosts */
static bool one_link;

bool sccp_same_link(const struct nf_alg_session *session,
		    const struct nf_alg_endpoint *a,
		    const struct nf_alg_endpoint *b)
{
	return one_link;
}

static bool elsewhere;

bool sccp_elsewhere(const struct nf_alg_session *session,
		    const struct nf_alg_endpoint *host,
		    const struct nf_alg_endpoint *phone)
{
	return elsewhere;
}

#endif /* NF_ALG_TEST_SCCP_ENGINE_H */
