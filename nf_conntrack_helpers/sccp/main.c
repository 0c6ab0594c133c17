// SPDX-License-Identifier: GPL-2.0
/*
 * Skinny (SCCP) for nf_nat_alg.
 */
#include <linux/module.h>
#include "channel.h"
#include "frame.h"
#include "protocol.h"
#include "translate.h"

static const struct nf_alg_protocol sccp_protocol = {
	.name = "skinny",
	.id = NF_ALG_PROTOCOL_SKINNY,
	.owner = THIS_MODULE,
	.tcp = true,
	.session_size = sizeof(struct sccp_session),
	.frame = sccp_frame,
	.translate = sccp_translate,
	.closed = sccp_closed,
	.session_end = sccp_closed,
	.title = sccp_title,
	.print = sccp_print,
};

static int __init nf_alg_sccp_init(void)
{
	return nf_alg_protocol_register(&sccp_protocol);
}

static void __exit nf_alg_sccp_exit(void)
{
	nf_alg_protocol_unregister(&sccp_protocol);
}

module_init(nf_alg_sccp_init);
module_exit(nf_alg_sccp_exit);

MODULE_DESCRIPTION("Skinny (SCCP) application-level gateway");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NF_ALG_PROTOCOL("skinny");
