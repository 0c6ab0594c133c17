// SPDX-License-Identifier: GPL-2.0
/*
 * The clear part of an ESP packet.
 */
#include <stdint.h>
#include <stdlib.h>
#include "engine_kernel.h"
#include "esp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ipsec_esp esp;
	u32 spi;

	if (!ipsec_esp_parse(data, size, &esp))
		return 0;
	memcpy(&spi, data, sizeof(spi));
	if (size < IPSEC_ESP_LEN || !esp.spi || esp.spi != spi)
		abort();
	return 0;
}
