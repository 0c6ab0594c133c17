/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_LOST_H
#define NF_ALG_LOST_H

#include <linux/types.h>

struct nf_alg_net;
struct nf_alg_session;
struct nf_conn;
struct sk_buff;

void nf_alg_lost_add(struct nf_alg_session *session);
void nf_alg_lost_remove(struct nf_alg_session *session);
void nf_alg_lost_forget(struct nf_alg_net *an);
bool nf_alg_lost_packet(struct nf_alg_net *an, const struct sk_buff *skb,
			const struct nf_conn *ct);

#endif /* NF_ALG_LOST_H */
