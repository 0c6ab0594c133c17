// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own conntrack helpers
 *
 * They are found by name each time: one may be unloaded whenever nobody but
 * connections needs it, and a kernel may have been built without.
 */
#include <linux/in.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include "compat/helper.h"
#include "kernel_helper.h"

/**
 * struct nf_alg_kernel_helper - one of them
 * @name: as it is registered; its module's alias is nfct-helper-<name>
 * @nat: the module that translates what it finds, or NULL
 * @tcp: it is for TCP
 * @udp: it is for UDP
 * @port: the only port it works on, host order; 0: any
 *
 * READ in 6.1, 6.12 and 7.2: but for the two for broadcasts, none compares a
 * port with the one it was registered with.
 */
struct nf_alg_kernel_helper {
	const char *name;
	const char *nat;
	bool tcp;
	bool udp;
	u16 port;
};

#define NF_ALG_KERNEL_HELPER_FIRST NF_ALG_PROTOCOL_FTP

/* clang-format off */
static const struct nf_alg_kernel_helper nf_alg_kernel_helpers[] = {
	[NF_ALG_PROTOCOL_FTP - NF_ALG_KERNEL_HELPER_FIRST] = {
		.name = "ftp", .nat = "nf_nat_ftp", .tcp = true,
	},
	[NF_ALG_PROTOCOL_TFTP - NF_ALG_KERNEL_HELPER_FIRST] = {
		.name = "tftp", .nat = "nf_nat_tftp", .udp = true,
	},
	[NF_ALG_PROTOCOL_PPTP - NF_ALG_KERNEL_HELPER_FIRST] = {
		.name = "pptp", .nat = "nf_nat_pptp", .tcp = true,
	},
	[NF_ALG_PROTOCOL_IRC - NF_ALG_KERNEL_HELPER_FIRST] = {
		.name = "irc", .nat = "nf_nat_irc", .tcp = true,
	},
	[NF_ALG_PROTOCOL_AMANDA - NF_ALG_KERNEL_HELPER_FIRST] = {
		.name = "amanda", .nat = "nf_nat_amanda", .udp = true,
	},
	[NF_ALG_PROTOCOL_SANE - NF_ALG_KERNEL_HELPER_FIRST] = {
		.name = "sane", .tcp = true,
	},
	/* nf_nat_snmp_basic drops what it cannot read, SNMPv3 for one: whoever
	 * wants that loads it himself
	 */
	[NF_ALG_PROTOCOL_SNMP - NF_ALG_KERNEL_HELPER_FIRST] = {
		.name = "snmp", .udp = true, .port = 161,
	},
	[NF_ALG_PROTOCOL_NETBIOS_NS - NF_ALG_KERNEL_HELPER_FIRST] = {
		.name = "netbios-ns", .udp = true, .port = 137,
	},
	[NF_ALG_PROTOCOL_KERNEL_SIP - NF_ALG_KERNEL_HELPER_FIRST] = {
		.name = "sip", .nat = "nf_nat_sip", .tcp = true, .udp = true,
	},
	[NF_ALG_PROTOCOL_KERNEL_H225 - NF_ALG_KERNEL_HELPER_FIRST] = {
		.name = "Q.931", .nat = "nf_nat_h323", .tcp = true,
	},
	[NF_ALG_PROTOCOL_KERNEL_RAS - NF_ALG_KERNEL_HELPER_FIRST] = {
		.name = "RAS", .nat = "nf_nat_h323", .udp = true,
	},
};

/* clang-format on */

static const struct nf_alg_kernel_helper *
nf_alg_kernel_helper_of(enum nf_alg_protocol_id id)
{
	return nf_alg_kernel_helper(id) ?
		       &nf_alg_kernel_helpers[id - NF_ALG_KERNEL_HELPER_FIRST] :
		       NULL;
}

bool nf_alg_kernel_helper_transport(enum nf_alg_protocol_id id, u8 l4proto)
{
	const struct nf_alg_kernel_helper *kernel = nf_alg_kernel_helper_of(id);

	return kernel && ((l4proto == IPPROTO_TCP && kernel->tcp) ||
			  (l4proto == IPPROTO_UDP && kernel->udp));
}

__be16 nf_alg_kernel_helper_port(enum nf_alg_protocol_id id)
{
	const struct nf_alg_kernel_helper *kernel = nf_alg_kernel_helper_of(id);

	return kernel ? htons(kernel->port) : 0;
}

bool nf_alg_kernel_helper_present(enum nf_alg_protocol_id id)
{
	const struct nf_alg_kernel_helper *kernel = nf_alg_kernel_helper_of(id);
	bool present;

	if (!kernel)
		return false;
	/* All of them know IPv4 */
	rcu_read_lock();
	present = __nf_conntrack_helper_find(kernel->name, NFPROTO_IPV4,
					     kernel->tcp ? IPPROTO_TCP :
							   IPPROTO_UDP);
	rcu_read_unlock();
	return present;
}

void nf_alg_kernel_helper_load(enum nf_alg_protocol_id id)
{
	const struct nf_alg_kernel_helper *kernel = nf_alg_kernel_helper_of(id);

	if (!kernel)
		return;
	if (!nf_alg_kernel_helper_present(id))
		request_module("nfct-helper-%s", kernel->name);
	/* Whether this one is there nobody can say without asking for it */
	if (kernel->nat && nf_alg_kernel_helper_present(id))
		request_module("%s", kernel->nat);
}

int nf_alg_kernel_helper_attach(struct nf_conn *ct, enum nf_alg_protocol_id id)
{
	const struct nf_alg_kernel_helper *kernel = nf_alg_kernel_helper_of(id);
	struct nf_conntrack_helper *helper;
	u8 l4proto = nf_ct_protonum(ct);
	struct nf_conn_help *help;

	helper = __nf_conntrack_helper_find(kernel->name, nf_ct_l3num(ct),
					    l4proto);
	if (!helper)
		return __nf_conntrack_helper_find(kernel->name, NFPROTO_IPV4,
						  l4proto) ?
			       -NF_ALG_REASON_HELPER_FAMILY :
			       -NF_ALG_REASON_NO_PROTOCOL_MODULE;

	help = nfct_help(ct) ?: nf_ct_helper_ext_add(ct, GFP_ATOMIC);
	if (!help)
		return -NF_ALG_REASON_NO_MEMORY;
	/* As nf_nat_setup_info() does where the helper is there before NAT; what
	 * makes a message longer needs it
	 */
	if (l4proto == IPPROTO_TCP && ct->status & IPS_NAT_MASK &&
	    !nfct_seqadj(ct) && !nfct_seqadj_ext_add(ct))
		return -NF_ALG_REASON_NO_MEMORY;
	if (!nf_alg_compat_helper_hold(helper))
		return -NF_ALG_REASON_NO_PROTOCOL_MODULE;

	/* Adding an extension may have moved the others */
	help = nfct_help(ct);
	memset(help->data, 0, sizeof(help->data));
	rcu_assign_pointer(help->helper, helper);
	return 0;
}
