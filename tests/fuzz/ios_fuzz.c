// SPDX-License-Identifier: GPL-2.0
/*
 * Cisco configurations.
 *
 * sources: userspace/ios.c userspace/words.c
 */
#include <stdint.h>
#include "../unit/ios_reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ios_config config;

	ios_read(&config, (const char *)data, size);
	if (!ios_whole(&config))
		abort();
	ios_free(&config);
	return 0;
}
