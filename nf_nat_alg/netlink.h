/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_NETLINK_H
#define NF_ALG_NETLINK_H

#include <net/genetlink.h>
#include "endpoint.h"

extern struct genl_family nf_alg_genl_family;

/* Index of the multicast group "events" in the family */
#define NF_ALG_MCGRP_EVENTS 0

/**
 * nf_alg_netlink_init() - register the generic netlink family
 *
 * After the per-namespace state: a request may come at once.
 *
 * Return: 0 or a negative error.
 */
int nf_alg_netlink_init(void);

/* Unregister it, before the per-namespace state goes */
void nf_alg_netlink_exit(void);

/* Refuse with a sentence; @attr may be NULL */
#define NF_ALG_REFUSE(info, attr, error, sentence)                   \
	({                                                           \
		NL_SET_ERR_MSG_ATTR((info)->extack, attr, sentence); \
		(error);                                             \
	})

/**
 * nf_alg_parse_endpoint() - read an endpoint
 * @info: request
 * @nest: the nested attribute, or NULL: nothing is read
 * @endpoint: where it is put; zeroed by the caller
 *
 * Return: 0, or a negative errno with its sentence said.
 */
int nf_alg_parse_endpoint(struct genl_info *info, struct nlattr *nest,
			  struct nf_alg_endpoint *endpoint);

/**
 * nf_alg_put_endpoint() - write an endpoint as a nested attribute
 * @skb: message
 * @type: the attribute
 * @endpoint: address and port; family 0 writes nothing, port 0 no port
 *
 * Return: 0 or -EMSGSIZE.
 */
int nf_alg_put_endpoint(struct sk_buff *skb, int type,
			const struct nf_alg_endpoint *endpoint);

#endif /* NF_ALG_NETLINK_H */
