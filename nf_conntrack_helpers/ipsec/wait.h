/* SPDX-License-Identifier: GPL-2.0 */
/*
 * First packets of tunnels that wait for their turn
 */
#ifndef IPSEC_WAIT_H
#define IPSEC_WAIT_H

#include <linux/netfilter.h>

struct ipsec_esp;
struct ipsec_net;
struct ipsec_tunnel;
struct list_head;
struct sk_buff;

/**
 * ipsec_wait_hold() - keep a packet
 * @ns: namespace
 * @tunnel: whose; its gateway's lock is held, and it has none yet
 * @esp: its header
 * @skb: the packet, behind the last hook but conntrack's
 *
 * Return: true if it is kept: NF_STOLEN; false, with the reason counted.
 */
bool ipsec_wait_hold(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
		     const struct ipsec_esp *esp, struct sk_buff *skb);

/**
 * ipsec_wait_take() - a tunnel's packet need not wait any more
 * @ns: namespace
 * @tunnel: whose; its gateway's lock is held
 * @go: where it is put, for ipsec_wait_send()
 * @esp: where its header is put
 *
 * Return: true if there was one.
 */
bool ipsec_wait_take(struct ipsec_net *ns, struct ipsec_tunnel *tunnel,
		     struct list_head *go, struct ipsec_esp *esp);

/* Send them on; caller holds RCU and no lock */
void ipsec_wait_send(struct ipsec_net *ns, struct list_head *go);

/**
 * ipsec_wait_forget() - have a tunnel's packet dropped, if it has one
 * @ns: namespace
 * @tunnel: tunnel; its gateway's lock is held
 *
 * It is freed by ipsec_wait_drain() a moment later, without that lock.
 */
void ipsec_wait_forget(struct ipsec_net *ns, struct ipsec_tunnel *tunnel);

/* Free what is forgotten; caller holds no lock of ours but the config mutex */
void ipsec_wait_drain(struct ipsec_net *ns);

#endif /* IPSEC_WAIT_H */
