/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_DATAGRAM_H
#define NF_ALG_DATAGRAM_H

#include <linux/netfilter/nf_conntrack_tuple_common.h>

struct nf_alg_help;
struct nf_alg_session;
struct nf_conn;
struct sk_buff;

int nf_alg_datagram(struct nf_alg_session *session, struct sk_buff *skb,
		    unsigned int protoff, struct nf_conn *ct,
		    struct nf_alg_help *help, enum ip_conntrack_dir dir);

#endif /* NF_ALG_DATAGRAM_H */
