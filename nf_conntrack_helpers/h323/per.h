/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reader of aligned PER (ITU-T X.691, BASIC-PER ALIGNED).
 *
 * Positions count bits. Nothing is ever read behind the end, and what would be
 * says so by its result. A message has at most 64 KB, so no sum of two lengths
 * overflows.
 */
#ifndef NF_ALG_H323_PER_H
#define NF_ALG_H323_PER_H

#include <linux/string.h>
#include <linux/types.h>
#include <asm/byteorder.h>
#include "schema.h"

/* A string, a list or an open type of one fragment has fewer units */
#define H323_PER_FRAGMENT 16384

/**
 * struct h323_per - a position in an encoding
 * @data: first byte of the message, of which there are four at least
 * @pos: the next bit, counted from there
 * @end: the first bit that is not to be read; a multiple of 8
 * @last: where the last four bytes of the message begin
 */
struct h323_per {
	const u8 *data;
	u32 pos;
	u32 end;
	u32 last;
};

/**
 * h323_per_left() - bits not yet read
 * @per: position
 *
 * Return: their number.
 */
static inline u32 h323_per_left(const struct h323_per *per)
{
	return per->end - per->pos;
}

/**
 * h323_per_align() - go to the next byte
 * @per: position; does not pass the end, which is that of a byte
 */
static inline void h323_per_align(struct h323_per *per)
{
	per->pos = (per->pos + 7) & ~7U;
}

/**
 * h323_per_skip() - pass over bits
 * @per: position
 * @bits: how many
 *
 * Return: true, or false if there are not so many left.
 */
static inline bool h323_per_skip(struct h323_per *per, u32 bits)
{
	if (bits > h323_per_left(per))
		return false;
	per->pos += bits;
	return true;
}

/**
 * h323_per_peek() - look at the next bit
 * @per: position; before the end
 *
 * Return: it.
 */
static inline bool h323_per_peek(const struct h323_per *per)
{
	return per->data[per->pos >> 3] >> (7 - (per->pos & 7)) & 1;
}

/**
 * h323_per_bits_last() - h323_per_bits() among the last bytes of the message
 * @per: position
 * @bits: 0 to 24
 * @value: set to the number
 *
 * Return: as h323_per_bits().
 */
bool h323_per_bits_last(struct h323_per *per, u32 bits, u32 *value);

/**
 * h323_per_bits() - read a number of so many bits
 * @per: position
 * @bits: 0 to 24
 * @value: set to the number
 *
 * Return: true, or false if there are not so many left.
 */
static __always_inline bool h323_per_bits(struct h323_per *per, u32 bits,
					  u32 *value)
{
	u32 pos = per->pos;
	u32 end = pos + bits;
	__be32 word;

	/* Four bytes hold all of them, where there are four */
	if (unlikely(pos >> 3 > per->last))
		return h323_per_bits_last(per, bits, value);
	if (end > per->end)
		return false;
	memcpy(&word, per->data + (pos >> 3), sizeof(word));
	per->pos = end;
	*value = ntohl(word) << (pos & 7) >> 1 >> (31 - bits);
	return true;
}

/**
 * h323_per_octets() - read a number of whole octets
 * @per: position, aligned here
 * @octets: 0 to 4
 * @value: set to the number
 *
 * Return: true, or false if there are not so many left.
 */
bool h323_per_octets(struct h323_per *per, u32 octets, u32 *value);

/**
 * h323_per_length_long() - h323_per_length() of 128 and more, and at the end
 * @per: position, aligned
 * @length: set to it
 *
 * Return: as h323_per_length().
 */
bool h323_per_length_long(struct h323_per *per, u32 *length);

/**
 * h323_per_length() - read a general length (X.691, 11.9.3.5 to 11.9.3.8)
 * @per: position
 * @length: set to it; less than H323_PER_FRAGMENT
 *
 * Return: true, or false at the end or if what follows comes in fragments.
 */
static inline bool h323_per_length(struct h323_per *per, u32 *length)
{
	h323_per_align(per);
	if (unlikely(per->pos == per->end) ||
	    unlikely(per->data[per->pos >> 3] & 0x80))
		return h323_per_length_long(per, length);
	*length = per->data[per->pos >> 3];
	per->pos += 8;
	return true;
}

/**
 * h323_per_small() - read a normally small number (X.691, 11.6)
 * @per: position
 * @value: set to it
 *
 * Return: true, or false at the end or if it has more than 32 bits.
 */
bool h323_per_small(struct h323_per *per, u32 *value);

/**
 * h323_per_additions() - read the size of an extension bitmap (X.691, 11.9.3.4)
 * @per: position
 * @count: set to it
 *
 * Return: true, or false at the end, or if it comes in fragments.
 */
static inline bool h323_per_additions(struct h323_per *per, u32 *count)
{
	/* One bit, and six or, where that is set, a length, which needs more */
	if (!h323_per_bits(per, 7, count))
		return false;
	if (unlikely(*count & 0x40)) {
		per->pos -= 6;
		return h323_per_length(per, count);
	}
	++*count;
	return true;
}

/**
 * h323_per_long() - read a constrained number, or a length, of some octets
 * @per: position
 * @width: how it is encoded: H323_WIDTH_LONG or H323_WIDTH_GENERAL
 * @value: set to the number that is to be added to the lower bound
 *
 * Of H323_WIDTH_GENERAL the length is read.
 *
 * Return: true, or false at the end.
 */
bool h323_per_long(struct h323_per *per, u8 width, u32 *value);

/**
 * h323_per_number() - read a constrained number, or a length
 * @per: position
 * @width: how it is encoded: enum h323_width
 * @value: set to the number that is to be added to the lower bound
 *
 * Return: as h323_per_long().
 */
static __always_inline bool h323_per_number(struct h323_per *per, u8 width,
					    u32 *value)
{
	const u8 *at;

	if (width <= H323_WIDTH_BITS)
		return h323_per_bits(per, width, value);
	if (width > H323_WIDTH_TWO_OCTETS)
		return h323_per_long(per, width, value);
	h323_per_align(per);
	at = per->data + per->pos / 8;
	if (!h323_per_skip(per, width == H323_WIDTH_OCTET ? 8 : 16))
		return false;
	*value = width == H323_WIDTH_OCTET ? at[0] : at[0] << 8 | at[1];
	return true;
}

#endif /* NF_ALG_H323_PER_H */
