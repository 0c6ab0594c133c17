// SPDX-License-Identifier: GPL-2.0
/*
 * Options of a namespace; what they may be is generated from the netlink spec
 */
#include <linux/module.h>
#include "access_list.h"
#include "netns.h"
#include "option.h"
#include "spec.h"

void nf_alg_options_init(struct nf_alg_net *an)
{
	int i;

	for (i = NF_ALG_OPTION_UNSPEC + 1; i < __NF_ALG_OPTION_MAX; i++)
		an->option[i] = nf_alg_option_specs[i].def;
}

void nf_alg_options_exit(struct nf_alg_net *an)
{
	mutex_lock(&an->config);
	nf_alg_access_list_unuse(rcu_replace_pointer(
		an->media_from, NULL, lockdep_is_held(&an->config)));
	mutex_unlock(&an->config);
}

bool nf_alg_media_permitted(struct nf_alg_net *an,
			    const struct nf_alg_endpoint *host)
{
	const struct nf_alg_access_list *list;
	bool permitted;

	if (likely(!rcu_access_pointer(an->media_from)))
		return false;
	rcu_read_lock();
	list = rcu_dereference(an->media_from);
	permitted = list && nf_alg_access_list_permits(list, host);
	rcu_read_unlock();
	return permitted;
}
EXPORT_SYMBOL_GPL(nf_alg_media_permitted);

/* Another access list for media-from; NULL: none */
static int nf_alg_media_from_set(struct nf_alg_net *an, const char *name)
{
	struct nf_alg_access_list *list = NULL;

	if (name) {
		list = nf_alg_access_list_use(an, name);
		if (IS_ERR(list))
			return PTR_ERR(list);
	}
	nf_alg_access_list_unuse(rcu_replace_pointer(
		an->media_from, list, lockdep_is_held(&an->config)));
	return 0;
}

int nf_alg_options_set(struct nf_alg_net *an,
		       const struct nf_alg_setting *settings, u32 count,
		       u32 *bad)
{
	u32 low = an->option[NF_ALG_OPTION_MEDIA_PORT_LOW];
	u32 high = an->option[NF_ALG_OPTION_MEDIA_PORT_HIGH];
	const struct nf_alg_setting *media_from = NULL;
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
		if (settings[i].option == NF_ALG_OPTION_MEDIA_PORT_LOW)
			low = settings[i].value;
		if (settings[i].option == NF_ALG_OPTION_MEDIA_PORT_HIGH)
			high = settings[i].value;
		if (settings[i].option == NF_ALG_OPTION_MEDIA_FROM)
			media_from = &settings[i];
		if (!settings[i].list !=
		    !(settings[i].option == NF_ALG_OPTION_MEDIA_FROM &&
		      settings[i].value))
			return -ENOKEY;
	}
	/* A pair of RTP and RTCP must fit in */
	if (low >= high)
		return -EDOM;
	if (media_from) {
		err = nf_alg_media_from_set(an, media_from->list);
		if (err)
			return err;
	}

	for (i = 0; i < count; i++)
		WRITE_ONCE(an->option[settings[i].option], settings[i].value);
	return 0;
}
