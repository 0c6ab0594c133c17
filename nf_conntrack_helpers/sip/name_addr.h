/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_NAME_ADDR_H
#define NF_ALG_SIP_NAME_ADDR_H

#include "cursor.h"

/**
 * struct sip_name_addr - one value of Contact, Record-Route, Route, From, To
 * @uri: the URI, without angle brackets
 * @params: what follows it: ";expires=60;q=0.5", ";tag=1"
 * @star: it is "*"; nothing else is set
 */
struct sip_name_addr {
	struct nf_alg_span uri;
	struct nf_alg_span params;
	bool star;
};

/**
 * sip_name_addr_next() - read the next value of a comma-separated list
 * @c: cursor in the header's value; advanced behind the value
 * @value: what it says
 *
 * Return: 1 for a value, 0 at the end, -1 if it is malformed.
 */
int sip_name_addr_next(struct nf_alg_cursor *c, struct sip_name_addr *value);

#endif /* NF_ALG_SIP_NAME_ADDR_H */
