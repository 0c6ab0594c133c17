// SPDX-License-Identifier: GPL-2.0
/*
 * The state of an IPsec tunnel, on its way from one router to another: what a
 * request says, and what is refused. The tunnels are their module's.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/l3mdev.h>
#include "netlink.h"
#include "netns.h"
#include "protocol.h"
#include "spec.h"
#include "tunnel_state.h"

/* Longer than any tunnel is kept without packets, in s */
#define NF_ALG_TUNNEL_IDLE_MAX 604800

static int nf_alg_parse_tunnel_spi(struct genl_info *info, struct nlattr *nest,
				   struct nf_alg_tunnel_state *state)
{
	struct nf_alg_tunnel_spi *spi = &state->spi[state->spis];
	struct nlattr *tb[NF_ALG_A_SPI_MAX + 1];
	int err;

	if (state->spis == NF_ALG_TUNNEL_SPIS_MAX)
		return NF_ALG_REFUSE(info, nest, -E2BIG,
				     "a tunnel has at most 128 SPIs");
	err = nla_parse_nested_deprecated(tb, NF_ALG_A_SPI_MAX, nest,
					  nf_alg_spi_policy, info->extack);
	if (err)
		return err;
	if (!tb[NF_ALG_A_SPI_SPI] || !nla_get_u32(tb[NF_ALG_A_SPI_SPI]))
		return NF_ALG_REFUSE(info, nest, -EINVAL,
				     "an SPI is between 1 and 0xffffffff");
	spi->spi = nla_get_u32(tb[NF_ALG_A_SPI_SPI]);
	spi->evidence = NF_ALG_EVIDENCE_RESTORED;
	if (tb[NF_ALG_A_SPI_EVIDENCE])
		spi->evidence = nla_get_u8(tb[NF_ALG_A_SPI_EVIDENCE]);
	if (spi->evidence >= __NF_ALG_EVIDENCE_MAX)
		return NF_ALG_REFUSE(info, tb[NF_ALG_A_SPI_EVIDENCE], -EINVAL,
				     "this module knows no such evidence");
	if (tb[NF_ALG_A_SPI_INBOUND])
		spi->inbound = nla_get_u8(tb[NF_ALG_A_SPI_INBOUND]);
	if (tb[NF_ALG_A_SPI_FIRM])
		spi->firm = nla_get_u8(tb[NF_ALG_A_SPI_FIRM]);
	state->inbound += spi->inbound;
	state->spis++;
	return 0;
}

static int nf_alg_parse_tunnel_cookie(struct genl_info *info,
				      struct nlattr *attr,
				      struct nf_alg_tunnel_state *state)
{
	if (state->cookies == NF_ALG_TUNNEL_COOKIES_MAX)
		return NF_ALG_REFUSE(info, attr, -E2BIG,
				     "a tunnel has at most 64 cookies");
	if (!nla_get_u64(attr))
		return NF_ALG_REFUSE(info, attr, -EINVAL,
				     "an initiator's cookie is not 0");
	state->cookie[state->cookies++] = nla_get_u64(attr);
	return 0;
}

/* Which tunnel */
static int nf_alg_parse_tunnel_key(struct genl_info *info,
				   struct nf_alg_tunnel_state *state)
{
	struct nlattr **tb = info->attrs;
	u32 vrf;
	int err;

	if (!tb[NF_ALG_A_TUNNEL_INSIDE_LOCAL])
		return NF_ALG_REFUSE(info, NULL, -EINVAL,
				     "a tunnel needs an inside host");
	if (!tb[NF_ALG_A_TUNNEL_OUTSIDE_GLOBAL])
		return NF_ALG_REFUSE(info, NULL, -EINVAL,
				     "a tunnel needs a gateway");
	err = nf_alg_parse_endpoint(info, tb[NF_ALG_A_TUNNEL_INSIDE_LOCAL],
				    &state->inside);
	if (!err)
		err = nf_alg_parse_endpoint(info,
					    tb[NF_ALG_A_TUNNEL_OUTSIDE_GLOBAL],
					    &state->gateway);
	if (err)
		return err;
	if (state->inside.family != state->gateway.family)
		return NF_ALG_REFUSE(
			info, tb[NF_ALG_A_TUNNEL_OUTSIDE_GLOBAL], -EINVAL,
			"inside host and gateway are not of the same family");
	if (tb[NF_ALG_A_TUNNEL_USER_ZONE])
		state->user_zone = nla_get_u16(tb[NF_ALG_A_TUNNEL_USER_ZONE]);
	if (tb[NF_ALG_A_TUNNEL_VRF]) {
		vrf = nla_get_u32(tb[NF_ALG_A_TUNNEL_VRF]);
		if (vrf > INT_MAX ||
		    !netif_index_is_l3_master(genl_info_net(info), vrf))
			return NF_ALG_REFUSE(
				info, tb[NF_ALG_A_TUNNEL_VRF], -ENODEV,
				"there is no such VRF in this namespace");
		state->vrf = vrf;
	}
	return 0;
}

static int nf_alg_parse_tunnel(struct genl_info *info,
			       struct nf_alg_tunnel_state *state)
{
	struct nlattr **tb = info->attrs;
	struct nlattr *attr;
	int rem, err;

	err = nf_alg_parse_tunnel_key(info, state);
	if (err)
		return err;
	if (!tb[NF_ALG_A_TUNNEL_INSIDE_GLOBAL])
		return NF_ALG_REFUSE(info, NULL, -EINVAL,
				     "a tunnel needs a public address");
	err = nf_alg_parse_endpoint(info, tb[NF_ALG_A_TUNNEL_INSIDE_GLOBAL],
				    &state->public);
	if (err)
		return err;
	if (state->public.family != state->inside.family)
		return NF_ALG_REFUSE(
			info, tb[NF_ALG_A_TUNNEL_INSIDE_GLOBAL], -EINVAL,
			"inside host and public address are not of the same family");
	if (!tb[NF_ALG_A_TUNNEL_ZONE])
		return NF_ALG_REFUSE(info, NULL, -EINVAL,
				     "a tunnel needs a conntrack zone");
	state->zone = nla_get_u16(tb[NF_ALG_A_TUNNEL_ZONE]);
	if (tb[NF_ALG_A_TUNNEL_IDLE])
		state->idle = min_t(u32, NF_ALG_TUNNEL_IDLE_MAX,
				    nla_get_u32(tb[NF_ALG_A_TUNNEL_IDLE]));
	if (tb[NF_ALG_A_TUNNEL_SPI_OUT])
		state->spi_out = nla_get_u32(tb[NF_ALG_A_TUNNEL_SPI_OUT]);
	if (tb[NF_ALG_A_TUNNEL_AHEAD])
		state->ahead =
			min_t(u8, 2, nla_get_u8(tb[NF_ALG_A_TUNNEL_AHEAD]));
	state->replace = info->nlhdr->nlmsg_flags & NLM_F_REPLACE;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		err = 0;
		if (nla_type(attr) == NF_ALG_A_TUNNEL_SPI)
			err = nf_alg_parse_tunnel_spi(info, attr, state);
		else if (nla_type(attr) == NF_ALG_A_TUNNEL_COOKIE)
			err = nf_alg_parse_tunnel_cookie(info, attr, state);
		if (err)
			return err;
	}
	return 0;
}

/* The sentences behind what nf_alg_protocol.restore and .forget return */
static int nf_alg_tunnel_refuse(struct genl_info *info, int err)
{
	struct nlattr **tb = info->attrs;

	switch (err) {
	case 0:
		return 0;
	case -ESRCH:
		return NF_ALG_REFUSE(
			info, NULL, -ENOENT,
			"there is no esp service and no ike service; add it first");
	case -EHOSTUNREACH:
		return NF_ALG_REFUSE(
			info, tb[NF_ALG_A_TUNNEL_INSIDE_LOCAL], -EINVAL,
			"no esp or ike service permits this inside host; see its access list");
	case -ERANGE:
		return NF_ALG_REFUSE(
			info, tb[NF_ALG_A_TUNNEL_ZONE], err,
			"the zone is not between tunnel-zone-low and tunnel-zone-high, which must be the same on both routers");
	case -EADDRINUSE:
		return NF_ALG_REFUSE(
			info, tb[NF_ALG_A_TUNNEL_ZONE], err,
			"another tunnel to this gateway has this zone; delete it first");
	case -EEXIST:
		return NF_ALG_REFUSE(info, tb[NF_ALG_A_TUNNEL_INSIDE_LOCAL],
				     err, "this tunnel exists already");
	case -EBUSY:
		return NF_ALG_REFUSE(
			info, tb[NF_ALG_A_TUNNEL_ZONE], -EEXIST,
			"this tunnel exists in another zone; delete it first");
	case -ENOTUNIQ:
		return NF_ALG_REFUSE(
			info, NULL, err,
			"another tunnel to this gateway has one of these SPIs or cookies");
	case -E2BIG:
		return NF_ALG_REFUSE(
			info, NULL, err,
			"the tunnel has more SPIs or cookies than spis-per-tunnel permits here");
	case -EDQUOT:
		return NF_ALG_REFUSE(
			info, NULL, err,
			"there are as many tunnels as tunnels-max or tunnels-per-host permit here");
	case -ENOENT:
		return NF_ALG_REFUSE(info, tb[NF_ALG_A_TUNNEL_INSIDE_LOCAL],
				     err, "there is no such tunnel");
	case -EAGAIN:
		return NF_ALG_REFUSE(info, NULL, err,
				     "the tunnel ended meanwhile; try again");
	default:
		return NF_ALG_REFUSE(info, NULL, err,
				     "the kernel is out of memory");
	}
}

static int nf_alg_tunnel_do(struct genl_info *info, bool add)
{
	struct nf_alg_net *an = nf_alg_pernet(genl_info_net(info));
	const struct nf_alg_protocol *protocol;
	struct nf_alg_tunnel_state *state;
	int err;

	state = kzalloc(sizeof(*state), GFP_KERNEL);
	if (!state)
		return nf_alg_tunnel_refuse(info, -ENOMEM);
	err = add ? nf_alg_parse_tunnel(info, state) :
		    nf_alg_parse_tunnel_key(info, state);
	if (err)
		goto free;
	protocol = nf_alg_protocol_get(NF_ALG_PROTOCOL_ESP);
	if (protocol) {
		mutex_lock(&an->config);
		err = add ? protocol->restore(an, state) :
			    protocol->forget(an, state);
		mutex_unlock(&an->config);
		module_put(protocol->owner);
	} else {
		err = add ? -ESRCH : -ENOENT;
	}
	err = nf_alg_tunnel_refuse(info, err);
free:
	kfree(state);
	return err;
}

int nf_alg_cmd_tunnel_add(struct sk_buff *skb, struct genl_info *info)
{
	return nf_alg_tunnel_do(info, true);
}

int nf_alg_cmd_tunnel_delete(struct sk_buff *skb, struct genl_info *info)
{
	return nf_alg_tunnel_do(info, false);
}
