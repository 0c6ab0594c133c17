// SPDX-License-Identifier: GPL-2.0
/*
 * SPI matching: predicates
 */
#include "spi_match.h"

/* CRC-16/CCITT-FALSE of the SPI's four bytes in network order: polynomial
 * 0x1021, initial value 0xffff, no reflection. As a code it sends SPIs that
 * differ in up to 16 adjacent bits alone to different values.
 */
static u16 ipsec_crc16(u32 spi)
{
	u16 crc = 0xffff;
	int bit;

	for (bit = 31; bit >= 0; bit--) {
		bool carry = (crc >> 15 ^ spi >> bit) & 1;

		crc <<= 1;
		if (carry)
			crc ^= 0x1021;
	}
	return crc;
}

/* For those who compute SPIs by hand; SPIs that were counted up differ */
static u16 ipsec_fold16(u32 spi)
{
	return spi >> 16 ^ spi;
}

/* The first two bytes on the wire */
static u16 ipsec_upper_half(u32 spi)
{
	return spi >> 16;
}

const struct ipsec_predicate ipsec_predicates[__NF_ALG_PREDICATE_MAX] = {
	[NF_ALG_PREDICATE_CRC16] = {
		.name = "crc16",
		.hash = ipsec_crc16,
		.half = ipsec_upper_half,
	},
	[NF_ALG_PREDICATE_FOLD16] = {
		.name = "fold16",
		.hash = ipsec_fold16,
		.half = ipsec_upper_half,
	},
};
