/* SPDX-License-Identifier: GPL-2.0 */
#ifndef IPSEC_ESP_H
#define IPSEC_ESP_H

#include <linux/types.h>
#include "wire.h"

/* What of an ESP packet is in the clear: RFC 4303 section 2 */
#define IPSEC_ESP_LEN 8

/**
 * struct ipsec_esp - the clear part of an ESP packet
 * @spi: Security Parameters Index, network order, not 0
 * @seq: sequence number; the first packet of an SA has 1
 */
struct ipsec_esp {
	__be32 spi;
	u32 seq;
};

/**
 * ipsec_esp_parse() - read the clear part of an ESP packet
 * @data: its first bytes, or those an ICMP error quotes
 * @len: how many, in bytes
 * @esp: where it is put
 *
 * Pure.
 *
 * Return: true; false if it is too short or its SPI is 0, which is never sent
 * (RFC 4303 section 2.1).
 */
static inline bool ipsec_esp_parse(const u8 *data, u32 len,
				   struct ipsec_esp *esp)
{
	struct nf_alg_cursor c;
	u32 spi;

	nf_alg_cursor_init(&c, data, len);
	if (!ipsec_wire_u32(&c, &spi) || !spi || !ipsec_wire_u32(&c, &esp->seq))
		return false;
	esp->spi = htonl(spi);
	return true;
}

#endif /* IPSEC_ESP_H */
