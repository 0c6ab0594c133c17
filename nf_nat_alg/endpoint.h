/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_ENDPOINT_H
#define NF_ALG_ENDPOINT_H

#include <linux/types.h>
#include <linux/string.h>
#include <linux/netfilter.h>

/**
 * struct nf_alg_endpoint - an address and a port
 * @addr: IPv4 in addr.ip, IPv6 in addr.in6; unused bytes are zero
 * @port: 0 where only the host is meant
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6; 0 means "none"
 *
 * No padding and unused bytes zero, so that it can be compared and hashed as
 * bytes.
 */
struct nf_alg_endpoint {
	union nf_inet_addr addr;
	__be16 port;
	__u16 family;
};

/**
 * nf_alg_same_host() - do two endpoints name the same host
 * @a: one endpoint
 * @b: the other
 *
 * Return: true if family and address are equal; ports are not looked at.
 */
static inline bool nf_alg_same_host(const struct nf_alg_endpoint *a,
				    const struct nf_alg_endpoint *b)
{
	return a->family == b->family &&
	       !memcmp(&a->addr, &b->addr, sizeof(a->addr));
}

/**
 * nf_alg_same_endpoint() - are two endpoints equal
 * @a: one endpoint
 * @b: the other
 *
 * Return: true if family, address and port are equal.
 */
static inline bool nf_alg_same_endpoint(const struct nf_alg_endpoint *a,
					const struct nf_alg_endpoint *b)
{
	return a->port == b->port && nf_alg_same_host(a, b);
}

#endif /* NF_ALG_ENDPOINT_H */
