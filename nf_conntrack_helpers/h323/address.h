/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_H323_ADDRESS_H
#define NF_ALG_H323_ADDRESS_H

#include "translate.h"

/* "[" 8 groups "]:" port, and the end of the text */
#define H323_ENDPOINT_TEXT 50

/**
 * h323_endpoint_read() - the endpoint that stands in a message
 * @t: translation
 * @hit: where it stands
 * @endpoint: where it is put; port 0 where none stands
 */
static inline void h323_endpoint_read(const struct h323_translation *t,
				      const struct h323_hit *hit,
				      struct nf_alg_endpoint *endpoint)
{
	const u8 *at = t->msg->data + hit->at;

	memset(endpoint, 0, sizeof(*endpoint));
	endpoint->family = hit->family;
	/* Sizes that the compiler knows are no calls */
	if (likely(hit->family == NFPROTO_IPV4)) {
		memcpy(&endpoint->addr, at, 4);
		at += 4;
	} else {
		memcpy(&endpoint->addr, at, 16);
		at += 16;
	}
	if (hit->flags & H323_HIT_PORT)
		memcpy(&endpoint->port, at, 2);
}

/**
 * h323_endpoint_write() - replace an endpoint in a message
 * @t: translation
 * @hit: where it stands
 * @to: the new one, of the same family; the port is written where one stands
 *
 * Return: 0 or -reason.
 */
int h323_endpoint_write(struct h323_translation *t, const struct h323_hit *hit,
			const struct nf_alg_endpoint *to);

/**
 * h323_endpoint_write4() - the same for an IPv4 address with its port
 * @t: translation
 * @hit: where it stands
 * @addr: the new address
 * @port: the new port
 *
 * Return: 0 or -reason.
 */
static __always_inline int h323_endpoint_write4(struct h323_translation *t,
						const struct h323_hit *hit,
						__be32 addr, __be16 port)
{
	u8 bytes[6];

	memcpy(bytes, &addr, 4);
	memcpy(bytes + 4, &port, 2);
	return nf_alg_replace(t->msg, hit->at, bytes, sizeof(bytes));
}

/**
 * h323_unspecified() - is this an address that names no host
 * @endpoint: address; the port is not looked at
 *
 * Return: true for 0.0.0.0, ::, broadcast and multicast.
 */
static inline bool h323_unspecified(const struct nf_alg_endpoint *endpoint)
{
	const u8 *byte = (const u8 *)&endpoint->addr;
	u32 i;

	if (likely(endpoint->family == NFPROTO_IPV4))
		return byte[0] >= 0xe0 || !endpoint->addr.ip;
	if (byte[0] == 0xff)
		return true;
	for (i = 0; i < 16; i++)
		if (byte[i])
			return false;
	return true;
}

/**
 * h323_endpoint_print() - an endpoint as people read it
 * @text: at least H323_ENDPOINT_TEXT bytes; terminated
 * @endpoint: address and port
 *
 * Return: length of the text.
 */
u32 h323_endpoint_print(char *text, const struct nf_alg_endpoint *endpoint);

#endif /* NF_ALG_H323_ADDRESS_H */
