// SPDX-License-Identifier: GPL-2.0
/*
 * SIP (RFC 3261) for nf_nat_alg.
 */
#include <linux/module.h>
#include "dialog.h"
#include "frame.h"
#include "memory.h"
#include "protocol.h"
#include "registration.h"
#include "translate.h"

union sip_call {
	struct sip_dialog dialog;
	struct sip_registration registration;
};

static const struct nf_alg_protocol sip_protocol = {
	.name = "sip",
	.id = NF_ALG_PROTOCOL_SIP,
	.owner = THIS_MODULE,
	.tcp = true,
	.udp = true,
	.session_size = sizeof(struct sip_session),
	.call_size = sizeof(union sip_call),
	.frame = sip_frame,
	.translate = sip_translate,
	.call_end = sip_owner_end,
	.usage = sip_memory_usage,
	.place = sip_place,
};

static int __init nf_alg_sip_init(void)
{
	int err = sip_memory_init();

	if (err)
		return err;
	err = nf_alg_protocol_register(&sip_protocol);
	if (err)
		sip_memory_exit();
	return err;
}

static void __exit nf_alg_sip_exit(void)
{
	nf_alg_protocol_unregister(&sip_protocol);
	sip_memory_exit();
}

module_init(nf_alg_sip_init);
module_exit(nf_alg_sip_exit);

MODULE_DESCRIPTION("SIP application-level gateway");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NF_ALG_PROTOCOL("sip");
