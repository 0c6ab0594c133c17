/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of an IPsec tunnel, on its way from one router to another
 */
#ifndef NF_ALG_TUNNEL_STATE_H
#define NF_ALG_TUNNEL_STATE_H

#include <linux/nf_nat_alg.h>
#include "endpoint.h"

struct genl_info;
struct sk_buff;

/* Twice the highest value of spis-per-tunnel, and once */
#define NF_ALG_TUNNEL_SPIS_MAX 128
#define NF_ALG_TUNNEL_COOKIES_MAX 64

/**
 * struct nf_alg_tunnel_spi - an SPI of a tunnel
 * @spi: host order, not 0
 * @inbound: the gateway sends it
 * @firm: more than one packet came with it
 * @evidence: enum nf_alg_evidence
 */
struct nf_alg_tunnel_spi {
	u32 spi;
	bool inbound;
	bool firm;
	u8 evidence;
};

/**
 * struct nf_alg_tunnel_state - what a second router must know of a tunnel
 * @inside: inside host; no port
 * @public: as the gateway sees it; no port
 * @gateway: gateway; no port. All three are of one family
 * @vrf: ifindex of the inside host's VRF, or 0
 * @user_zone: conntrack zone a rule of the user's has given
 * @zone: conntrack zone of its packets
 * @replace: it may exist, in this zone
 * @ahead: SPIs of the gateway's whose other half has not gone out yet
 * @idle: s since its latest packet
 * @spi_out: the latest SPI that went out and was answered, host order, or 0
 * @spis: how many of @spi
 * @inbound: how many of them are inbound
 * @cookies: how many of @cookie
 * @spi: the latest first
 * @cookie: of IKE initiators, host order, the latest first
 *
 * @inside, @gateway, @vrf and @user_zone say which tunnel.
 */
struct nf_alg_tunnel_state {
	struct nf_alg_endpoint inside;
	struct nf_alg_endpoint public;
	struct nf_alg_endpoint gateway;
	int vrf;
	u16 user_zone;
	u16 zone;
	bool replace;
	u8 ahead;
	u32 idle;
	u32 spi_out;
	u32 spis;
	u32 inbound;
	u32 cookies;
	struct nf_alg_tunnel_spi spi[NF_ALG_TUNNEL_SPIS_MAX];
	u64 cookie[NF_ALG_TUNNEL_COOKIES_MAX];
};

/* genl_ops.doit of the two commands */
int nf_alg_cmd_tunnel_add(struct sk_buff *skb, struct genl_info *info);
int nf_alg_cmd_tunnel_delete(struct sk_buff *skb, struct genl_info *info);

#endif /* NF_ALG_TUNNEL_STATE_H */
