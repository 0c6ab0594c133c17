// SPDX-License-Identifier: GPL-2.0
/*
 * State per network namespace
 */
#include <linux/module.h>
#include <linux/wait.h>
#include <net/netns/generic.h>
#include "netns.h"

static unsigned int nf_alg_net_id __read_mostly;

LIST_HEAD(nf_alg_nets);
DECLARE_RWSEM(nf_alg_nets_lock);

/* One for all: it is woken when something ends for good */
static DECLARE_WAIT_QUEUE_HEAD(nf_alg_netns_idle);

void nf_alg_netns_released(atomic_t *count)
{
	if (atomic_dec_and_test(count))
		wake_up_all(&nf_alg_netns_idle);
}

void nf_alg_netns_wait(const atomic_t *count)
{
	wait_event(nf_alg_netns_idle, !atomic_read(count));
}

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
	down_write(&nf_alg_nets_lock);
	list_add_tail(&an->list, &nf_alg_nets);
	up_write(&nf_alg_nets_lock);
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

/* Devices are still there, and packets run. The kernel calls this for every
 * namespace that goes, and then waits one grace period for all of them.
 */
static void __net_exit nf_alg_net_pre_exit(struct net *net)
{
	struct nf_alg_net *an = nf_alg_pernet(net);

	mutex_lock(&an->config);
	WRITE_ONCE(an->leaving, true);
	nf_alg_hooks_unregister(an);
	mutex_unlock(&an->config);
}

/* Where sessions and calls have ended, and nobody looks at them any more, the
 * rest is just memory
 */
static void nf_alg_net_free(struct nf_alg_net *an)
{
	nf_alg_sessions_exit(an);
	nf_alg_calls_exit(an);
	nf_alg_bindings_exit(an);
	nf_alg_services_exit(an);
	nf_alg_options_exit(an);
	nf_alg_access_lists_exit(an);
	nf_alg_hosts_exit(an);
	nf_alg_reasons_exit(an);
}

/* No packet runs in the namespaces any more, and no hook is there. Their
 * connections still exist, because conntrack's own exit comes after this one,
 * and it waits until nobody has a reference to them.
 *
 * A protocol's module that goes at the same time does not see them from here
 * on, and waits until their sessions and calls have gone.
 */
static void __net_exit nf_alg_net_exit_batch(struct list_head *nets)
{
	struct net *net;

	down_write(&nf_alg_nets_lock);
	list_for_each_entry(net, nets, exit_list)
		list_del(&nf_alg_pernet(net)->list);
	up_write(&nf_alg_nets_lock);

	list_for_each_entry(net, nets, exit_list) {
		nf_alg_addresses_exit(nf_alg_pernet(net));
		nf_alg_sessions_end(nf_alg_pernet(net));
	}
	/* Destructors that have found a session, for all of them at once */
	synchronize_rcu();
	list_for_each_entry(net, nets, exit_list)
		nf_alg_net_free(nf_alg_pernet(net));
}

static struct pernet_operations nf_alg_net_ops = {
	.init = nf_alg_net_init,
	.pre_exit = nf_alg_net_pre_exit,
	.exit_batch = nf_alg_net_exit_batch,
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
