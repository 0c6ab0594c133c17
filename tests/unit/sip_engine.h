/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_TEST_SIP_ENGINE_H
#define NF_ALG_TEST_SIP_ENGINE_H

#include "engine_fake.h"
#include "frame.h"
#include "memory.h"
#include "translate.h"

/* Nothing is left of the message before this one */
static void sip_engine_wipe(void *priv)
{
	struct sip_session *own = priv;

	memset(&own->translation, 0xa5, sizeof(own->translation));
#ifdef NF_ALG_MSAN
	__msan_poison(&own->translation, sizeof(own->translation));
#endif
}

const struct engine_protocol engine_protocol = {
	.frame = sip_frame,
	.wipe = sip_engine_wipe,
	.translate = sip_translate,
	.init = sip_memory_init,
	.exit = sip_memory_exit,
	.call_end = sip_owner_end,
	.session_size = sizeof(struct sip_session),
};

#endif
