// SPDX-License-Identifier: GPL-2.0
/*
 * Lengths and numbers of aligned PER
 */
#include "per.h"

bool h323_per_bits_last(struct h323_per *per, u32 bits, u32 *value)
{
	u32 pos = per->pos;
	u32 at = min_t(u32, pos >> 3, per->last);
	__be32 word;

	if (bits > h323_per_left(per))
		return false;
	per->pos = pos + bits;
	/* Of no bits at all, any will do */
	memcpy(&word, per->data + at, sizeof(word));
	*value = ntohl(word) << ((pos - at * 8) & 31) >> 1 >> (31 - bits);
	return true;
}

bool h323_per_octets(struct h323_per *per, u32 octets, u32 *value)
{
	u32 pos = (per->pos + 7) >> 3;
	u32 end = pos + octets;
	u32 word = 0;

	if (end * 8 > per->end)
		return false;
	while (pos < end)
		word = word << 8 | per->data[pos++];
	per->pos = end * 8;
	*value = word;
	return true;
}

bool h323_per_length_long(struct h323_per *per, u32 *length)
{
	if (!h323_per_octets(per, 2, length))
		return false;
	*length &= 0x7fff;
	return *length < H323_PER_FRAGMENT;
}

bool h323_per_small(struct h323_per *per, u32 *value)
{
	u32 large, octets;

	if (!h323_per_bits(per, 1, &large))
		return false;
	if (!large)
		return h323_per_bits(per, 6, value);
	return h323_per_length(per, &octets) && octets && octets <= 4 &&
	       h323_per_octets(per, octets, value);
}

bool h323_per_long(struct h323_per *per, u8 width, u32 *value)
{
	u32 octets;

	if (width == H323_WIDTH_GENERAL)
		return h323_per_length(per, value);
	return h323_per_bits(per, 2, &octets) &&
	       h323_per_octets(per, octets + 1, value);
}
