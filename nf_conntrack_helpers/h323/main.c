// SPDX-License-Identifier: GPL-2.0
/*
 * H.323 for nf_nat_alg: RAS, H.225.0 call signalling and H.245.
 *
 * Three protocols, because each has its own ports, framing and messages; one
 * module, because a call is spoken of in all of them.
 */
#include <linux/module.h>
#include "h323_call.h"
#include "protocol.h"
#include "registration.h"
#include "title.h"
#include "translate.h"

union h323_owner {
	struct h323_call call;
	struct h323_registration registration;
};

/* clang-format off */
#define H323_COMMON						\
	.owner = THIS_MODULE,					\
	.session_size = sizeof(struct h323_session),		\
	.call_size = sizeof(union h323_owner),			\
	.call_protocol = {					\
		[NF_ALG_CALL] = NF_ALG_PROTOCOL_H225,		\
		[NF_ALG_REGISTRATION] = NF_ALG_PROTOCOL_RAS,	\
	},							\
	.print = h323_print

/* clang-format on */

/* A datagram that is none of RAS begins no session, and answers nobody */
static int h323_frame_ras(const u8 *data, u32 len, struct nf_alg_frame *frame)
{
	return h323_title_ras(data, len) ? len : -NF_ALG_REASON_NOT_PROTOCOL;
}

static const struct nf_alg_protocol h323_protocols[] = {
	{
		.name = "h225",
		.id = NF_ALG_PROTOCOL_H225,
		.tcp = true,
		.frame = h323_frame_signalling,
		.translate = h323_translate_signalling,
		.closed = h323_signalling_closed,
		.session_end = h323_signalling_closed,
		.title = h323_title_signalling,
		H323_COMMON,
	},
	{
		.name = "ras",
		.id = NF_ALG_PROTOCOL_RAS,
		.udp = true,
		.frame = h323_frame_ras,
		.translate = h323_translate_ras,
		.title = h323_title_ras,
		H323_COMMON,
	},
	{
		.name = "h245",
		.id = NF_ALG_PROTOCOL_H245,
		.tcp = true,
		.frame = h323_frame_control,
		.translate = h323_translate_control,
		.title = h323_title_control,
		H323_COMMON,
	},
};

static int __init nf_alg_h323_init(void)
{
	int err, i;

	err = h323_reading_cache_init();
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(h323_protocols); i++) {
		err = nf_alg_protocol_register(&h323_protocols[i]);
		if (err)
			goto undo;
	}
	return 0;

undo:
	while (i--)
		nf_alg_protocol_unregister(&h323_protocols[i]);
	h323_reading_cache_exit();
	return err;
}

static void __exit nf_alg_h323_exit(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(h323_protocols); i++)
		nf_alg_protocol_unregister(&h323_protocols[i]);
	h323_reading_cache_exit();
}

module_init(nf_alg_h323_init);
module_exit(nf_alg_h323_exit);

MODULE_DESCRIPTION("H.323 application-level gateway");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NF_ALG_PROTOCOL("h225");
MODULE_ALIAS_NF_ALG_PROTOCOL("ras");
MODULE_ALIAS_NF_ALG_PROTOCOL("h245");
