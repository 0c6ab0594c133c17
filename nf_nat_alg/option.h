/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_OPTION_H
#define NF_ALG_OPTION_H

#include <linux/types.h>
#include <linux/nf_nat_alg.h>

struct nf_alg_access_list;
struct nf_alg_endpoint;
struct nf_alg_net;

/**
 * struct nf_alg_setting - a new value of an option
 * @option: enum nf_alg_option, as it came over netlink
 * @value: in the option's unit
 * @list: the access list that the value names, or NULL
 */
struct nf_alg_setting {
	u32 option;
	u32 value;
	const char *list;
};

/**
 * nf_alg_options_set() - set options, all or none
 * @an: namespace; the caller holds its config
 * @settings: which and to what
 * @count: how many
 * @bad: which of them is at fault, if one is
 *
 * Return: 0; -ENOENT if there is no such option; -ERANGE if the value is out of
 * range; -EACCES if it is more than nf_alg_option_most(); -EDOM if the media
 * ports would not be a range; -ENOKEY if a list is missing, or named where there
 * is none; -ENOSPC if there are too many lists; -ENOMEM.
 */
int nf_alg_options_set(struct nf_alg_net *an,
		       const struct nf_alg_setting *settings, u32 count,
		       u32 *bad);

/**
 * nf_alg_media_permitted() - may others speak of the media of this inside host
 * @an: namespace
 * @host: the host; the port is not looked at
 *
 * Return: true if the option media-from names a list, and that permits it.
 */
bool nf_alg_media_permitted(struct nf_alg_net *an,
			    const struct nf_alg_endpoint *host);

/**
 * nf_alg_option_most() - the highest value that may be set
 * @an: namespace
 * @option: which option
 *
 * The root of a user namespace of its own, whom nobody had to permit anything,
 * may not take more of the kernel's memory and time than the administrator lets
 * the initial namespace have.
 *
 * Return: the value.
 */
u32 nf_alg_option_most(const struct nf_alg_net *an, enum nf_alg_option option);

/**
 * nf_alg_option_list() - the access list that an option names
 * @an: namespace
 * @option: which option
 *
 * Return: where it stands; RCU, written under config; NULL if the option names
 * none.
 */
struct nf_alg_access_list __rcu **nf_alg_option_list(struct nf_alg_net *an,
						     enum nf_alg_option option);

/**
 * nf_alg_big_host() - test whether only the limits of all apply to a host
 * @an: namespace
 * @host: the host; the port is not looked at
 *
 * Return: true if the option big-hosts names a list, and that permits it.
 */
bool nf_alg_big_host(struct nf_alg_net *an, const struct nf_alg_endpoint *host);

#endif /* NF_ALG_OPTION_H */
