/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tunnels of another router's, whose place this one may take
 */
#ifndef IPSEC_RESTORE_H
#define IPSEC_RESTORE_H

struct nf_alg_net;
struct nf_alg_tunnel_state;

/**
 * ipsec_restore() - nf_alg_protocol.restore
 * @an: namespace; its config mutex is held
 * @state: the tunnel
 *
 * The tunnel has its zone, its SPIs and its cookies; what it has begun to
 * learn is learned anew by its next packet.
 *
 * Return: 0; -ESRCH: there is no service; -EHOSTUNREACH: none for this host;
 * -ERANGE: not a zone for tunnels; -EADDRINUSE: the zone has another tunnel;
 * -EEXIST, -EBUSY: the tunnel exists, in this zone or in another one;
 * -ENOTUNIQ: an SPI or a cookie is another tunnel's; -E2BIG: too many of them;
 * -EDQUOT: too many tunnels; -EAGAIN: it ended at this moment; -ENOMEM.
 */
int ipsec_restore(struct nf_alg_net *an,
		  const struct nf_alg_tunnel_state *state);

/* nf_alg_protocol.forget */
int ipsec_forget(struct nf_alg_net *an,
		 const struct nf_alg_tunnel_state *state);

#endif /* IPSEC_RESTORE_H */
