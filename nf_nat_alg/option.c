// SPDX-License-Identifier: GPL-2.0
/*
 * Options of a namespace; what they may be is generated from the netlink spec
 */
#include <linux/module.h>
#include "access_list.h"
#include "netns.h"
#include "option.h"
#include "spec.h"

/* What takes memory or time of the kernel that all namespaces share */
static const u8 nf_alg_option_shared[] = {
	NF_ALG_OPTION_MESSAGE_MAX,	 NF_ALG_OPTION_HOLD_MAX,
	NF_ALG_OPTION_QUEUE_MAX,	 NF_ALG_OPTION_OUT_OF_ORDER_MAX,
	NF_ALG_OPTION_MEMORY_MAX,	 NF_ALG_OPTION_SESSIONS_MAX,
	NF_ALG_OPTION_SESSIONS_PER_HOST, NF_ALG_OPTION_CALLS_MAX,
	NF_ALG_OPTION_CALLS_PER_HOST,	 NF_ALG_OPTION_BINDINGS_MAX,
	NF_ALG_OPTION_BINDINGS_PER_HOST, NF_ALG_OPTION_DOORS_PER_MINUTE,
	NF_ALG_OPTION_TUNNELS_MAX,	 NF_ALG_OPTION_TUNNELS_PER_HOST,
	NF_ALG_OPTION_TUNNELS_HELD_MAX,	 NF_ALG_OPTION_SPIS_PER_TUNNEL,
	NF_ALG_OPTION_SKINNY_MESSAGES,	 NF_ALG_OPTION_UNANSWERED_MAX,
	NF_ALG_OPTION_STRANGERS_MAX,
};

/* A namespace begins with no more than the initial one has now */
void nf_alg_options_init(struct nf_alg_net *an)
{
	int i, id;

	for (i = NF_ALG_OPTION_UNSPEC + 1; i < __NF_ALG_OPTION_MAX; i++)
		an->option[i] = nf_alg_option_specs[i].def;
	if (!an->net || net_eq(an->net, &init_net))
		return;
	for (i = 0; i < ARRAY_SIZE(nf_alg_option_shared); i++) {
		id = nf_alg_option_shared[i];
		an->option[id] =
			min(an->option[id],
			    nf_alg_option(nf_alg_pernet(&init_net), id));
	}
}

u32 nf_alg_option_most(const struct nf_alg_net *an, enum nf_alg_option option)
{
	u32 most = nf_alg_option_specs[option].high;

	if (!an->net || an->net->user_ns == &init_user_ns ||
	    !memchr(nf_alg_option_shared, option, sizeof(nf_alg_option_shared)))
		return most;
	return min(most, nf_alg_option(nf_alg_pernet(&init_net), option));
}

struct nf_alg_access_list __rcu **nf_alg_option_list(struct nf_alg_net *an,
						     enum nf_alg_option option)
{
	switch (option) {
	case NF_ALG_OPTION_MEDIA_FROM:
		return &an->media_from;
	case NF_ALG_OPTION_BIG_HOSTS:
		return &an->big_hosts;
	default:
		return NULL;
	}
}

static void nf_alg_option_list_replace(struct nf_alg_net *an,
				       struct nf_alg_access_list __rcu **slot,
				       struct nf_alg_access_list *list)
{
	nf_alg_access_list_unuse(
		rcu_replace_pointer(*slot, list, lockdep_is_held(&an->config)));
}

void nf_alg_options_exit(struct nf_alg_net *an)
{
	mutex_lock(&an->config);
	nf_alg_option_list_replace(an, &an->media_from, NULL);
	nf_alg_option_list_replace(an, &an->big_hosts, NULL);
	mutex_unlock(&an->config);
}

static bool nf_alg_option_permits(struct nf_alg_access_list __rcu **slot,
				  const struct nf_alg_endpoint *host)
{
	const struct nf_alg_access_list *list;
	bool permitted;

	if (likely(!rcu_access_pointer(*slot)))
		return false;
	rcu_read_lock();
	list = rcu_dereference(*slot);
	permitted = list && nf_alg_access_list_permits(list, host);
	rcu_read_unlock();
	return permitted;
}

bool nf_alg_media_permitted(struct nf_alg_net *an,
			    const struct nf_alg_endpoint *host)
{
	return nf_alg_option_permits(&an->media_from, host);
}
EXPORT_SYMBOL_GPL(nf_alg_media_permitted);

bool nf_alg_big_host(struct nf_alg_net *an, const struct nf_alg_endpoint *host)
{
	return nf_alg_option_permits(&an->big_hosts, host);
}
EXPORT_SYMBOL_GPL(nf_alg_big_host);

/* Take the access lists that settings name, all or none */
static int nf_alg_options_set_lists(struct nf_alg_net *an,
				    const struct nf_alg_setting *settings,
				    u32 count)
{
	struct nf_alg_access_list *list[2] = {};
	static const u8 option[] = { NF_ALG_OPTION_MEDIA_FROM,
				     NF_ALG_OPTION_BIG_HOSTS };
	const struct nf_alg_setting *last[ARRAY_SIZE(option)] = {};
	u32 i, k;

	for (i = 0; i < count; i++)
		for (k = 0; k < ARRAY_SIZE(option); k++)
			if (settings[i].option == option[k])
				last[k] = &settings[i];
	for (k = 0; k < ARRAY_SIZE(option); k++) {
		if (!last[k] || !last[k]->list)
			continue;
		list[k] = nf_alg_access_list_use(an, last[k]->list);
		if (!IS_ERR(list[k]))
			continue;
		i = k;
		while (k--)
			nf_alg_access_list_unuse(list[k]);
		return PTR_ERR(list[i]);
	}
	for (k = 0; k < ARRAY_SIZE(option); k++)
		if (last[k])
			nf_alg_option_list_replace(
				an, nf_alg_option_list(an, option[k]), list[k]);
	return 0;
}

int nf_alg_options_set(struct nf_alg_net *an,
		       const struct nf_alg_setting *settings, u32 count,
		       u32 *bad)
{
	u32 low = an->option[NF_ALG_OPTION_MEDIA_PORT_LOW];
	u32 high = an->option[NF_ALG_OPTION_MEDIA_PORT_HIGH];
	const struct nf_alg_option_spec *spec;
	u32 i;
	int err;

	for (i = 0; i < count; i++) {
		*bad = i;
		if (settings[i].option == NF_ALG_OPTION_UNSPEC ||
		    settings[i].option >= __NF_ALG_OPTION_MAX)
			return -ENOENT;
		spec = &nf_alg_option_specs[settings[i].option];
		if (settings[i].value < spec->low ||
		    settings[i].value > spec->high)
			return -ERANGE;
		if (settings[i].value >
		    nf_alg_option_most(an, settings[i].option))
			return -EACCES;
		if (settings[i].option == NF_ALG_OPTION_MEDIA_PORT_LOW)
			low = settings[i].value;
		if (settings[i].option == NF_ALG_OPTION_MEDIA_PORT_HIGH)
			high = settings[i].value;
		if (!settings[i].list !=
		    !(nf_alg_option_list(an, settings[i].option) &&
		      settings[i].value))
			return -ENOKEY;
	}
	/* A pair of RTP and RTCP must fit in */
	if (low >= high)
		return -EDOM;
	err = nf_alg_options_set_lists(an, settings, count);
	if (err)
		return err;

	for (i = 0; i < count; i++)
		WRITE_ONCE(an->option[settings[i].option], settings[i].value);
	return 0;
}
