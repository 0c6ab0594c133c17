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

static int ipsec_on(struct ipsec_net *ns)
{
	u32 low = nf_alg_option(ns->an, NF_ALG_OPTION_TUNNEL_ZONE_LOW);
	u32 high = nf_alg_option(ns->an, NF_ALG_OPTION_TUNNEL_ZONE_HIGH);
	int err;

	ns->low = min(low, high);
	ns->high = max(low, high);
	err = ipsec_templates_alloc(ns);
	if (err)
		return err;
	ipsec_resume(ns);
	err = ipsec_hooks_register(ns);
	if (err) {
		ipsec_tunnels_clear(ns, &ipsec_all, &ipsec_all);
		ipsec_templates_free(ns);
		return err;
	}
	ns->on = true;
	queue_delayed_work(system_wq, &ns->sweep, HZ);
	return 0;
}

/* Hooks first, then what they could have found */
static void ipsec_off(struct ipsec_net *ns)
{
	if (!ns->on)
		return;
	ipsec_hooks_unregister(ns);
	ns->on = false;
	cancel_delayed_work_sync(&ns->sweep);
	ipsec_tunnels_clear(ns, &ipsec_all, &ipsec_all);
	cancel_delayed_work_sync(&ns->learning);
	ipsec_templates_free(ns);
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
	ipsec_off(ns);
	return 0;
}

static int __net_init ipsec_net_init(struct net *net)
{
	struct ipsec_net *ns = ipsec_pernet(net);
	int err;

	ns->net = net;
	ns->an = nf_alg_pernet(net);
	INIT_LIST_HEAD(&ns->active);
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

/* Before the engine's state and conntrack's go */
static void __net_exit ipsec_net_exit(struct net *net)
{
	struct ipsec_net *ns = ipsec_pernet(net);

	mutex_lock(&ns->an->config);
	ns->gone = true;
	ipsec_off(ns);
	mutex_unlock(&ns->an->config);
	WARN_ON_ONCE(atomic_read(&ns->held) || atomic_read(&ns->unsettled));
	ipsec_clues_exit(ns);
	ipsec_tunnels_exit(ns);
}

static struct pernet_operations ipsec_net_ops = {
	.init = ipsec_net_init,
	.exit = ipsec_net_exit,
	.id = &ipsec_net_id,
	.size = sizeof(struct ipsec_net),
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
 */
void ipsec_state_exit(void)
{
	unregister_pernet_subsys(&ipsec_net_ops);
}
