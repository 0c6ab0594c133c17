/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_H323_LINK_H
#define NF_ALG_H323_LINK_H

#include "session.h"

/**
 * h323_same_device() - are two hosts reached by the same device
 * @session: gives namespace and VRF
 * @a: one host; the port is not looked at
 * @b: another one
 *
 * Return: true if packets to both leave this router by one device.
 */
bool h323_same_device(const struct nf_alg_session *session,
		      const struct nf_alg_endpoint *a,
		      const struct nf_alg_endpoint *b);

#endif /* NF_ALG_H323_LINK_H */
