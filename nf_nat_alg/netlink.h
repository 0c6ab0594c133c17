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
