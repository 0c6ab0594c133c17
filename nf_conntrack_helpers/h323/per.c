// SPDX-License-Identifier: GPL-2.0
/*
 * Lengths and numbers of aligned PER
 */
#include "per.h"

bool h323_per_bits_last(struct h323_per *per, u32 bits, u32 *value)
{
	const u8 *p = per->data + (per->pos >> 3);
	u32 shift = per->pos & 7;
	u32 end = per->pos + bits;
	u32 word = 0;

	if (end > per->end)
		return false;
	/* All bytes that hold a bit of it are before the end */
	for (u32 got = 0; got < 32; got += 8)
		word = word << 8 | (got < shift + bits ? *p++ : 0);
	per->pos = end;
	*value = word << shift >> 1 >> (31 - bits);
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

bool h323_per_length(struct h323_per *per, u32 *length)
{
	u32 first;

	h323_per_align(per);
	if (per->pos == per->end)
		return false;
	first = per->data[per->pos >> 3];
	if (likely(first < 0x80)) {
		per->pos += 8;
		*length = first;
		return true;
	}
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

bool h323_per_additions(struct h323_per *per, u32 *count)
{
	u32 large;

	if (!h323_per_bits(per, 1, &large))
		return false;
	if (large)
		return h323_per_length(per, count);
	if (!h323_per_bits(per, 6, count))
		return false;
	++*count;
	return true;
}

bool h323_per_long(struct h323_per *per, u8 width, u32 *value)
{
	u32 octets;

	switch (width) {
	case H323_WIDTH_OCTET:
		return h323_per_octets(per, 1, value);
	case H323_WIDTH_TWO_OCTETS:
		return h323_per_octets(per, 2, value);
	case H323_WIDTH_LONG:
		return h323_per_bits(per, 2, &octets) &&
		       h323_per_octets(per, octets + 1, value);
	}
	return h323_per_length(per, value);
}
