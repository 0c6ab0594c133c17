/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_LOST_H
#define NF_ALG_LOST_H

#include <linux/types.h>
#include <net/netfilter/nf_conntrack.h>

struct nf_alg_help;
struct nf_alg_net;
struct nf_alg_session;
struct sk_buff;

void nf_alg_lost_expect(struct nf_alg_session *session, int by);
void nf_alg_lost_add(struct nf_alg_session *session);
void nf_alg_lost_expire(struct nf_alg_net *an);
void nf_alg_lost_forget(struct nf_alg_net *an);
bool nf_alg_lost_packet(struct nf_alg_net *an, const struct sk_buff *skb,
			const struct nf_conn *ct);
void nf_alg_lost_adopt(struct sk_buff *skb, unsigned int protoff,
		       struct nf_conn *ct, struct nf_alg_help *help,
		       enum ip_conntrack_dir dir);

#endif /* NF_ALG_LOST_H */
