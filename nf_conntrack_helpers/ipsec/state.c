// SPDX-License-Identifier: GPL-2.0
/*
 * What the module knows in a namespace
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netns/generic.h>
#include "clue.h"
#include "learn.h"
#include "packet.h"
#include "resume.h"
#include "service.h"
#include "state.h"
#include "tunnel.h"
#include "wait.h"

static unsigned int ipsec_net_id __read_mostly;

struct ipsec_net *ipsec_pernet(const struct net *net)
{
	return net_generic(net, ipsec_net_id);
}

/* Every inside host, every public address */
static const struct nf_alg_endpoint ipsec_all;

static void ipsec_templates_free(struct ipsec_net *ns)
{
	int cpu;

	if (!ns->templates)
		return;
	for_each_possible_cpu(cpu)
		if (*per_cpu_ptr(ns->templates, cpu))
			nf_ct_put(*per_cpu_ptr(ns->templates, cpu));
	free_percpu(ns->templates);
	ns->templates = NULL;
}

static int ipsec_templates_alloc(struct ipsec_net *ns)
{
	struct nf_conntrack_zone zone;
	struct nf_conn *template;
	int cpu;

	nf_ct_zone_init(&zone, ns->low, NF_CT_DEFAULT_ZONE_DIR, 0);
	ns->templates = alloc_percpu(struct nf_conn *);
	if (!ns->templates)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		template = nf_ct_tmpl_alloc(ns->net, &zone, GFP_KERNEL);
		if (!template) {
			ipsec_templates_free(ns);
			return -ENOMEM;
		}
		*per_cpu_ptr(ns->templates, cpu) = template;
	}
	return 0;
}

/* No packet comes to the hooks any more, and none goes on from the helpers.
 * Those that are in them leave within a grace period of RCU. Return: false if
 * none came before.
 */
static bool ipsec_off_begin(struct ipsec_net *ns)
{
	if (!ns->on)
		return false;
	WRITE_ONCE(ns->on, false);
	ipsec_hooks_unregister(ns);
	return true;
}

/* After that grace period: what packets could have found, then what could have
 * been queued for it
 */
static void ipsec_off_end(struct ipsec_net *ns)
{
	cancel_delayed_work_sync(&ns->sweep);
	ipsec_tunnels_clear(ns, &ipsec_all, &ipsec_all);
	cancel_delayed_work_sync(&ns->learning);
	ipsec_wait_drain(ns);
	ipsec_templates_free(ns);
	WARN_ON_ONCE(atomic_read(&ns->held) || atomic_read(&ns->unsettled));
}

static int ipsec_on(struct ipsec_net *ns)
{
	u32 low = nf_alg_option(ns->an, NF_ALG_OPTION_TUNNEL_ZONE_LOW);
	u32 high = nf_alg_option(ns->an, NF_ALG_OPTION_TUNNEL_ZONE_HIGH);
	int err;

	WRITE_ONCE(ns->low, min(low, high));
	WRITE_ONCE(ns->high, max(low, high));
	err = ipsec_templates_alloc(ns);
	if (err)
		return err;
	ipsec_resume(ns);
	err = ipsec_hooks_register(ns);
	if (err) {
		/* One of several hooks may have seen packets */
		synchronize_net();
		ipsec_off_end(ns);
		return err;
	}
	WRITE_ONCE(ns->on, true);
	queue_delayed_work(system_wq, &ns->sweep, HZ);
	return 0;
}

int ipsec_configure(struct nf_alg_net *an)
{
	struct ipsec_net *ns = ipsec_pernet(an->net);
	bool wanted = nf_alg_service_any(an, NF_ALG_PROTOCOL_ESP) ||
		      nf_alg_service_any(an, NF_ALG_PROTOCOL_IKE);

	lockdep_assert_held(&an->config);

	if (ns->gone || wanted == ns->on)
		return 0;
	if (wanted)
		return ipsec_on(ns);
	if (ipsec_off_begin(ns)) {
		synchronize_net();
		ipsec_off_end(ns);
	}
	return 0;
}

static int __net_init ipsec_net_init(struct net *net)
{
	struct ipsec_net *ns = ipsec_pernet(net);
	int err;

	ns->net = net;
	ns->an = nf_alg_pernet(net);
	INIT_LIST_HEAD(&ns->active);
	INIT_LIST_HEAD(&ns->forgotten);
	spin_lock_init(&ns->active_lock);
	INIT_DELAYED_WORK(&ns->learning, ipsec_learn_turns);
	INIT_DELAYED_WORK(&ns->sweep, ipsec_tunnels_sweep);
	err = ipsec_tunnels_init(ns);
	if (err)
		return err;
	err = ipsec_clues_init(ns);
	if (err)
		ipsec_tunnels_exit(ns);
	return err;
}

/* Before the engine's state goes. No helper of ours looks into the tables any
 * more: ipsec_net.on is off since a grace period.
 */
static void __net_exit ipsec_net_exit(struct net *net)
{
	struct ipsec_net *ns = ipsec_pernet(net);

	ipsec_clues_exit(ns);
	ipsec_tunnels_exit(ns);
}

/* Between these two all namespaces that go have one grace period in common */
static void __net_exit ipsec_hooks_pre_exit(struct net *net)
{
	struct ipsec_net *ns = ipsec_pernet(net);

	mutex_lock(&ns->an->config);
	ns->gone = true;
	ns->ending = ipsec_off_begin(ns);
	mutex_unlock(&ns->an->config);
}

static void __net_exit ipsec_hooks_exit(struct net *net)
{
	struct ipsec_net *ns = ipsec_pernet(net);

	if (!ns->ending)
		return;
	mutex_lock(&ns->an->config);
	ipsec_off_end(ns);
	mutex_unlock(&ns->an->config);
}

static struct pernet_operations ipsec_net_ops = {
	.init = ipsec_net_init,
	.exit = ipsec_net_exit,
	.id = &ipsec_net_id,
	.size = sizeof(struct ipsec_net),
};

static struct pernet_operations ipsec_hooks_ops = {
	.pre_exit = ipsec_hooks_pre_exit,
	.exit = ipsec_hooks_exit,
};

/**
 * ipsec_state_init() - set up every namespace there is and will be
 *
 * Return: 0 or a negative errno.
 */
int ipsec_state_init(void)
{
	return register_pernet_subsys(&ipsec_net_ops);
}

/**
 * ipsec_state_exit() - take down every namespace's state
 *
 * Nobody has a helper of ours any more: they look into this state.
 */
void ipsec_state_exit(void)
{
	unregister_pernet_subsys(&ipsec_net_ops);
}

/**
 * ipsec_state_hooks_init() - be told when a namespace goes
 *
 * Its hooks go, and what they have left, before its state does.
 *
 * Return: 0 or a negative errno.
 */
int ipsec_state_hooks_init(void)
{
	return register_pernet_subsys(&ipsec_hooks_ops);
}

/**
 * ipsec_state_hooks_exit() - take our hooks out of every namespace
 *
 * May sleep; waits for namespaces that are being cleaned up.
 */
void ipsec_state_hooks_exit(void)
{
	unregister_pernet_subsys(&ipsec_hooks_ops);
}
