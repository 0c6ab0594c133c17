// SPDX-License-Identifier: GPL-2.0
/*
 * The clear part of an ESP packet
 */
#include "esp.h"
#include "wire.h"

bool ipsec_esp_parse(const u8 *data, u32 len, struct ipsec_esp *esp)
{
	struct nf_alg_cursor c;
	u32 spi;

	nf_alg_cursor_init(&c, data, len);
	if (!ipsec_wire_u32(&c, &spi) || !spi || !ipsec_wire_u32(&c, &esp->seq))
		return false;
	esp->spi = htonl(spi);
	return true;
}
