/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_PUBLIC_ADDRESS_H
#define NF_ALG_PUBLIC_ADDRESS_H

/* When an address is taken from the router, what was bound to it goes */
int nf_alg_addresses_watch(void);
void nf_alg_addresses_unwatch(void);

#endif /* NF_ALG_PUBLIC_ADDRESS_H */
