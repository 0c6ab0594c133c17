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

/**
 * sccp_elsewhere() - is a host on another side of this router than a phone
 * @session: gives namespace and VRF
 * @host: the host; the port is not looked at
 * @phone: the phone; likewise
 *
 * Any context.
 *
 * Return: true if the router has routes to both, by different devices, and is
 * neither of them.
 */
bool sccp_elsewhere(const struct nf_alg_session *session,
		    const struct nf_alg_endpoint *host,
		    const struct nf_alg_endpoint *phone);

#endif /* NF_ALG_SCCP_LINK_H */
