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
void h323_endpoint_read(const struct h323_translation *t,
			const struct h323_hit *hit,
			struct nf_alg_endpoint *endpoint);

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
 * h323_unspecified() - is this an address that names no host
 * @endpoint: address; the port is not looked at
 *
 * Return: true for 0.0.0.0, ::, broadcast and multicast.
 */
bool h323_unspecified(const struct nf_alg_endpoint *endpoint);

/**
 * h323_endpoint_print() - an endpoint as people read it
 * @text: at least H323_ENDPOINT_TEXT bytes; terminated
 * @endpoint: address and port
 *
 * Return: length of the text.
 */
u32 h323_endpoint_print(char *text, const struct nf_alg_endpoint *endpoint);

#endif /* NF_ALG_H323_ADDRESS_H */
