// SPDX-License-Identifier: GPL-2.0
/*
 * Options of a namespace; what they may be is generated from the netlink spec
 */
#include "netns.h"
#include "option.h"
#include "spec.h"

void nf_alg_options_init(struct nf_alg_net *an)
{
	int i;

	for (i = NF_ALG_OPTION_UNSPEC + 1; i < __NF_ALG_OPTION_MAX; i++)
		an->option[i] = nf_alg_option_specs[i].def;
}

int nf_alg_options_set(struct nf_alg_net *an,
		       const struct nf_alg_setting *settings, u32 count,
		       u32 *bad)
{
	u32 low = an->option[NF_ALG_OPTION_MEDIA_PORT_LOW];
	u32 high = an->option[NF_ALG_OPTION_MEDIA_PORT_HIGH];
	const struct nf_alg_option_spec *spec;
	u32 i;

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
	}
	/* A pair of RTP and RTCP must fit in */
	if (low >= high)
		return -EDOM;

	for (i = 0; i < count; i++)
		WRITE_ONCE(an->option[settings[i].option], settings[i].value);
	return 0;
}
