/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_TUNNEL_H
#define NATCTL_TUNNEL_H

#include <linux/nf_nat_alg.h>
#include "table.h"

/* An SPI of a tunnel */
struct tunnel_spi {
	uint32_t spi;
	bool inbound; /* the gateway sends it */
	bool firm; /* more than one packet came with it */
	uint8_t evidence;
};

/* An IPsec tunnel, as far as another router must know it */
struct tunnel {
	struct endpoint inside;
	struct endpoint global; /* AF_UNSPEC: not known yet */
	struct endpoint gateway;
	uint32_t vrf; /* interface index, or 0 */
	uint16_t zone;
	uint16_t user_zone; /* a rule's, or 0 */
	uint8_t ahead; /* SPIs in whose other half has not gone out */
	bool plain; /* without NAT */
	uint32_t idle; /* seconds */
	uint32_t latest; /* SPI that went out and was answered, or 0 */
	struct tunnel_spi *spi; /* the latest first */
	unsigned int spis;
	uint64_t *cookie; /* the latest first */
	unsigned int cookies;
	unsigned int line; /* in a file, or 0 */
};

extern const char tunnel_usage[];

/* Read the words behind "tunnel add"; tunnel_free() also where they are bad */
int tunnel_parse(struct words *words, struct tunnel *tunnel);

/* Read a message of NF_ALG_CMD_TUNNEL_GET */
void tunnel_read(const struct nlmsghdr *nlh, struct tunnel *tunnel);

/* Send it with NF_ALG_CMD_TUNNEL_ADD or _DELETE */
int tunnel_send(const struct tunnel *tunnel, uint8_t command, uint16_t flags);

/* Print the command that adds it */
void tunnel_print(const struct tunnel *tunnel);

/* Which it is, in a buffer that the next call overwrites */
const char *tunnel_name(const struct tunnel *tunnel);

/* By inside host, gateway, VRF and the user's zone, as strcmp() */
int tunnel_compare(const void *a, const void *b);

/* Have they the same zone, addresses, SPIs and cookies */
bool tunnel_equal(const struct tunnel *a, const struct tunnel *b);

void tunnel_free(struct tunnel *tunnel);

int tunnel_command(struct words *words);

#endif /* NATCTL_TUNNEL_H */
