/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_DUMP_H
#define NF_ALG_DUMP_H

struct netlink_callback;
struct sk_buff;

/* The lists of the netlink family, an object a message */

int nf_alg_dump_services(struct sk_buff *skb, struct netlink_callback *cb);
int nf_alg_dump_access_lists(struct sk_buff *skb, struct netlink_callback *cb);
int nf_alg_dump_options(struct sk_buff *skb, struct netlink_callback *cb);
int nf_alg_dump_reasons(struct sk_buff *skb, struct netlink_callback *cb);
int nf_alg_dump_limits(struct sk_buff *skb, struct netlink_callback *cb);
int nf_alg_dump_protocols(struct sk_buff *skb, struct netlink_callback *cb);
int nf_alg_dump_sessions(struct sk_buff *skb, struct netlink_callback *cb);

int nf_alg_dump_calls(struct sk_buff *skb, struct netlink_callback *cb);
int nf_alg_dump_bindings(struct sk_buff *skb, struct netlink_callback *cb);

int nf_alg_dump_tunnels_start(struct netlink_callback *cb);
int nf_alg_dump_tunnels(struct sk_buff *skb, struct netlink_callback *cb);
int nf_alg_dump_tunnels_done(struct netlink_callback *cb);

#endif /* NF_ALG_DUMP_H */
