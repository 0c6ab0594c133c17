/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own conntrack helpers (ftp, tftp, pptp, ...), assigned by our
 * services and access lists. Since 6.0 the kernel assigns none by itself.
 */
#ifndef NF_ALG_KERNEL_HELPER_H
#define NF_ALG_KERNEL_HELPER_H

#include "protocol.h"
#include "reason.h"

struct nf_conn;

/* Is this one of the kernel's own helpers, and no protocol of ours */
static inline bool nf_alg_kernel_helper(enum nf_alg_protocol_id id)
{
	return id >= NF_ALG_PROTOCOL_FTP && id <= NF_ALG_PROTOCOL_KERNEL_RAS;
}

/* May it be carried by this transport, IPPROTO_TCP or IPPROTO_UDP */
bool nf_alg_kernel_helper_transport(enum nf_alg_protocol_id id, u8 l4proto);

/**
 * nf_alg_kernel_helper_port() - the only port a helper works on
 * @id: one of the kernel's own helpers
 *
 * Those for broadcasts (nf_conntrack_broadcast_help()) expect answers from the
 * port that they were registered with, whatever port was asked.
 *
 * Return: the port, network order; 0 if it works on any.
 */
__be16 nf_alg_kernel_helper_port(enum nf_alg_protocol_id id);

/* Has the kernel registered it? Any context */
bool nf_alg_kernel_helper_present(enum nf_alg_protocol_id id);

/* Load its module and the one that translates what it finds, if there are such.
 * Waits for modprobe; no lock of ours may be held.
 */
void nf_alg_kernel_helper_load(enum nf_alg_protocol_id id);

/**
 * nf_alg_kernel_helper_attach() - give it to a new flow
 * @ct: the flow; unconfirmed, without a helper, past the NAT rules
 * @id: which
 *
 * Caller holds RCU. No reference to the helper's module is taken: when that
 * goes, conntrack takes the helper off its connections.
 *
 * Return: 0, or -reason: NO_PROTOCOL_MODULE, HELPER_FAMILY or NO_MEMORY.
 * Nothing is counted here.
 */
int nf_alg_kernel_helper_attach(struct nf_conn *ct, enum nf_alg_protocol_id id);

#endif /* NF_ALG_KERNEL_HELPER_H */
