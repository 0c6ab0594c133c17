/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SCCP_LINK_H
#define NF_ALG_SCCP_LINK_H

#include "session.h"

/**
 * sccp_same_link() - do two inside hosts talk without this router
 * @session: gives namespace and VRF
 * @a: one host; the port is not looked at
 * @b: the other
 *
 * Any context. Where there is no route to one of them they do not.
 *
 * Return: true if the router would send to both by the same device and the same
 * next hop, or to both directly.
 */
bool sccp_same_link(const struct nf_alg_session *session,
		    const struct nf_alg_endpoint *a,
		    const struct nf_alg_endpoint *b);

#endif /* NF_ALG_SCCP_LINK_H */
