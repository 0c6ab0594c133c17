/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_FLOW_H
#define NF_ALG_FLOW_H

#include <linux/types.h>

struct sk_buff;

/**
 * nf_alg_flow_vrf() - in which VRF is the inside host of a flow
 * @skb: first packet of the flow, in POST_ROUTING
 * @inside: BIT(direction) of each side that is inside
 *
 * The sender's where the sender is inside, else the receiver's. Caller holds
 * RCU. nf_alg_session.vrf must be this one, because flows of media are looked
 * up with it.
 *
 * Return: ifindex of the VRF device, or 0.
 */
int nf_alg_flow_vrf(const struct sk_buff *skb, u8 inside);

#endif /* NF_ALG_FLOW_H */
