// SPDX-License-Identifier: GPL-2.0
/*
 * State per network namespace
 */
#include <linux/module.h>
#include <net/netns/generic.h>
#include "netns.h"

static unsigned int nf_alg_net_id __read_mostly;

/**
 * nf_alg_pernet() - the engine's state in a namespace
 * @net: namespace
 *
 * Return: the state; never NULL while the module is loaded.
 */
struct nf_alg_net *nf_alg_pernet(const struct net *net)
{
	return net_generic(net, nf_alg_net_id);
}
EXPORT_SYMBOL_GPL(nf_alg_pernet);

static int __net_init nf_alg_net_init(struct net *net)
{
	struct nf_alg_net *an = nf_alg_pernet(net);
	int err;

	an->net = net;
	mutex_init(&an->config);
	nf_alg_options_init(an);
	nf_alg_access_lists_init(an);
	nf_alg_sessions_init(an);
	nf_alg_addresses_init(an);

	err = nf_alg_reasons_init(an);
	if (err)
		return err;
	err = nf_alg_hosts_init(an);
	if (err)
		goto reasons;
	err = nf_alg_services_init(an);
	if (err)
		goto hosts;
	err = nf_alg_bindings_init(an);
	if (err)
		goto services;
	err = nf_alg_calls_init(an);
	if (err)
		goto bindings;
	return 0;

bindings:
	nf_alg_bindings_exit(an);
services:
	nf_alg_services_exit(an);
hosts:
	nf_alg_hosts_exit(an);
reasons:
	nf_alg_reasons_exit(an);
	return err;
}

/* No packet runs in the namespace any more, but its connections still exist:
 * conntrack's own exit comes after this one. Hooks go first, then what they
 * could have found.
 */
static void __net_exit nf_alg_net_exit(struct net *net)
{
	struct nf_alg_net *an = nf_alg_pernet(net);

	mutex_lock(&an->config);
	nf_alg_hooks_unregister(an);
	mutex_unlock(&an->config);
	nf_alg_addresses_exit(an);
	nf_alg_sessions_exit(an);
	nf_alg_calls_exit(an);
	nf_alg_bindings_exit(an);
	nf_alg_services_exit(an);
	nf_alg_options_exit(an);
	nf_alg_access_lists_exit(an);
	nf_alg_hosts_exit(an);
	nf_alg_reasons_exit(an);
}

static struct pernet_operations nf_alg_net_ops = {
	.init = nf_alg_net_init,
	.exit = nf_alg_net_exit,
	.id = &nf_alg_net_id,
	.size = sizeof(struct nf_alg_net),
};

/**
 * nf_alg_netns_init() - set up every namespace there is and will be
 *
 * Return: 0 or a negative errno.
 */
int nf_alg_netns_init(void)
{
	return register_pernet_subsys(&nf_alg_net_ops);
}

/**
 * nf_alg_netns_exit() - take down every namespace's state
 */
void nf_alg_netns_exit(void)
{
	unregister_pernet_subsys(&nf_alg_net_ops);
}
