/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SCCP_HAIRPIN_H
#define NF_ALG_SCCP_HAIRPIN_H

#include "message.h"

/**
 * sccp_same_link() - do two inside hosts talk without this router
 * @session: gives namespace and VRF
 * @a: one host; the port is not looked at
 * @b: the other
 *
 * Return: true if the router would send to both by the same device and the same
 * next hop, or to both directly.
 */
bool sccp_same_link(const struct nf_alg_session *session,
		    const struct nf_alg_endpoint *a,
		    const struct nf_alg_endpoint *b);

/**
 * sccp_hairpin() - who is behind a public endpoint
 * @msg: message; its receiver is inside
 * @public: address and port
 * @inside: where the inside endpoint is put
 *
 * Return: true if it is a host that the receiver reaches without this router.
 * Any other is reached by its public endpoint, which the engine turns round.
 */
bool sccp_hairpin(const struct nf_alg_message *msg,
		  const struct nf_alg_endpoint *public,
		  struct nf_alg_endpoint *inside);

#endif /* NF_ALG_SCCP_HAIRPIN_H */
