/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_ADOPT_H
#define NF_ALG_ADOPT_H

#include <net/netfilter/nf_conntrack.h>

struct nf_alg_help;
struct sk_buff;

int nf_alg_adopt_packet(struct sk_buff *skb, unsigned int protoff,
			struct nf_conn *ct, struct nf_alg_help *help,
			enum ip_conntrack_dir dir);

#endif /* NF_ALG_ADOPT_H */
