// SPDX-License-Identifier: GPL-2.0
/*
 * IPsec for nf_nat_alg: many ESP tunnels to one gateway, and IKE's own port
 */
#include <linux/module.h>
#include "clue.h"
#include "egress.h"
#include "protocol.h"
#include "report.h"
#include "restore.h"
#include "state.h"
#include "tunnel.h"

static struct rhashtable *ipsec_tunnels(struct nf_alg_net *an)
{
	return &ipsec_pernet(an->net)->tunnels;
}

static unsigned int ipsec_clear(struct nf_alg_net *an,
				const struct nf_alg_endpoint *inside,
				const struct nf_alg_endpoint *public)
{
	return ipsec_tunnels_clear(ipsec_pernet(an->net), inside, public);
}

static const struct nf_alg_protocol ipsec_esp_protocol = {
	.name = "esp",
	.id = NF_ALG_PROTOCOL_ESP,
	.owner = THIS_MODULE,
	.configure = ipsec_configure,
	.tunnels = ipsec_tunnels,
	.fill = ipsec_report_fill,
	.clear = ipsec_clear,
	.restore = ipsec_restore,
	.forget = ipsec_forget,
};

static const struct nf_alg_protocol ipsec_ike_protocol = {
	.name = "ike",
	.id = NF_ALG_PROTOCOL_IKE,
	.owner = THIS_MODULE,
	.configure = ipsec_configure,
};

static int ipsec_esp_register(void)
{
	return nf_alg_protocol_register(&ipsec_esp_protocol);
}

static void ipsec_esp_unregister(void)
{
	nf_alg_protocol_unregister(&ipsec_esp_protocol);
}

static int ipsec_ike_register(void)
{
	return nf_alg_protocol_register(&ipsec_ike_protocol);
}

static void ipsec_ike_unregister(void)
{
	nf_alg_protocol_unregister(&ipsec_ike_protocol);
}

/* What comes up in this order goes down in the opposite one. Going down:
 *
 * ike, esp	no command of natctl comes any more. The engine walks the namespaces
 *		that it sees; those being cleaned up are the next step's.
 * hooks	in every namespace, also those being cleaned up, which the list of
 *		pernet operations waits for: no packet comes; then sweep, tunnels,
 *		learning, held packets and templates, in this order. Nobody attaches
 *		a helper to an entry any more.
 * helpers	are taken out of all entries, and RCU waits for packets in them; they
 *		read the state, so they go before it.
 * state	the tables, which are empty, and the memory.
 * caches	rcu_barrier(), then what was in them has been freed.
 */
static const struct {
	int (*init)(void);
	void (*exit)(void);
} ipsec_parts[] = {
	{ ipsec_clue_cache_init, ipsec_clue_cache_exit },
	{ ipsec_tunnel_cache_init, ipsec_tunnel_cache_exit },
	{ ipsec_state_init, ipsec_state_exit },
	{ ipsec_egress_init, ipsec_egress_exit },
	{ ipsec_state_hooks_init, ipsec_state_hooks_exit },
	{ ipsec_esp_register, ipsec_esp_unregister },
	{ ipsec_ike_register, ipsec_ike_unregister },
};

static int __init nf_alg_ipsec_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(ipsec_parts); i++) {
		err = ipsec_parts[i].init();
		if (err)
			goto undo;
	}
	return 0;

undo:
	while (--i >= 0)
		ipsec_parts[i].exit();
	return err;
}

static void __exit nf_alg_ipsec_exit(void)
{
	int i;

	for (i = ARRAY_SIZE(ipsec_parts); --i >= 0;)
		ipsec_parts[i].exit();
}

module_init(nf_alg_ipsec_init);
module_exit(nf_alg_ipsec_exit);

MODULE_DESCRIPTION("IPsec through NAT: many ESP tunnels to one gateway");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NF_ALG_PROTOCOL("esp");
MODULE_ALIAS_NF_ALG_PROTOCOL("ike");
MODULE_ALIAS("nf-nat-alg-ipsec");
