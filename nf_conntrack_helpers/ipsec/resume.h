/* SPDX-License-Identifier: GPL-2.0 */
#ifndef IPSEC_RESUME_H
#define IPSEC_RESUME_H

struct ipsec_net;

/**
 * ipsec_resume() - take up tunnels whose conntrack entries are older than we
 * @ns: namespace, without hooks yet; its config mutex is held
 *
 * Entries of ESP and of IKE in the zones that tunnels have, as another router's
 * conntrackd leaves them: each goes on in its zone, and nobody else gets that.
 * What they were sent with has to be learned. The user's zone and the VRF are
 * not in an entry: both are taken for 0. May sleep.
 */
void ipsec_resume(struct ipsec_net *ns);

#endif /* IPSEC_RESUME_H */
