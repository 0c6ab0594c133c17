/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only reader of untrusted bytes.
 *
 * A cursor walks a span of memory that somebody else sent. Nothing else does
 * pointer arithmetic on such bytes. Everything here is pure and compiles in
 * user space, where the parsers are unit-tested and fuzzed.
 */
#ifndef NF_ALG_CURSOR_H
#define NF_ALG_CURSOR_H

#include <linux/bitops.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/byteorder.h>

/**
 * struct nf_alg_span - a piece of a message
 * @off: offset from the start of the message in bytes
 * @len: length in bytes; 0 where the field is absent or empty
 */
struct nf_alg_span {
	__u32 off;
	__u32 len;
};

/**
 * struct nf_alg_cursor - a position in a piece of a message
 * @base: first byte of the message, so that spans are offsets from it
 * @pos: offset of the next byte
 * @end: offset behind the last byte of the piece
 */
struct nf_alg_cursor {
	const __u8 *base;
	__u32 pos;
	__u32 end;
};

/**
 * nf_alg_cursor_init() - read a whole message
 * @c: cursor
 * @base: first byte
 * @len: number of bytes
 */
static inline void nf_alg_cursor_init(struct nf_alg_cursor *c, const void *base,
				      __u32 len)
{
	c->base = base;
	c->pos = 0;
	c->end = len;
}

/**
 * nf_alg_cursor_span() - read a piece of the message that @in reads
 * @c: cursor to set up
 * @in: cursor (or a copy of one) whose bytes contain the span
 * @span: the piece; cut to what @in still holds before its end
 */
static inline void nf_alg_cursor_span(struct nf_alg_cursor *c,
				      const struct nf_alg_cursor *in,
				      const struct nf_alg_span *span)
{
	__u32 end = in->end;

	c->base = in->base;
	c->pos = span->off < end ? span->off : end;
	c->end = span->len < end - c->pos ? c->pos + span->len : end;
}

/**
 * nf_alg_cursor_left() - bytes not yet read
 * @c: cursor
 *
 * Return: the number of bytes from the position to the end.
 */
static inline __u32 nf_alg_cursor_left(const struct nf_alg_cursor *c)
{
	return c->end - c->pos;
}

/**
 * nf_alg_cursor_at() - look at a byte ahead
 * @c: cursor
 * @ahead: how many bytes after the position
 *
 * Return: the byte, or -1 past the end.
 */
static inline int nf_alg_cursor_at(const struct nf_alg_cursor *c, __u32 ahead)
{
	return ahead < nf_alg_cursor_left(c) ? c->base[c->pos + ahead] : -1;
}

/**
 * nf_alg_cursor_get() - read a byte
 * @c: cursor
 *
 * Return: the byte, or -1 at the end.
 */
static inline int nf_alg_cursor_get(struct nf_alg_cursor *c)
{
	return c->pos < c->end ? c->base[c->pos++] : -1;
}

/**
 * nf_alg_cursor_skip() - pass over bytes
 * @c: cursor
 * @n: number of bytes
 *
 * Return: true, or false with the position unchanged if fewer are left.
 */
static inline bool nf_alg_cursor_skip(struct nf_alg_cursor *c, __u32 n)
{
	if (n > nf_alg_cursor_left(c))
		return false;
	c->pos += n;
	return true;
}

/**
 * nf_alg_cursor_here() - pointer to the next bytes
 * @c: cursor
 * @n: how many bytes the caller will read from there
 *
 * Return: the pointer, or NULL if fewer than @n bytes are left.
 */
static inline const __u8 *nf_alg_cursor_here(const struct nf_alg_cursor *c,
					     __u32 n)
{
	return n <= nf_alg_cursor_left(c) ? c->base + c->pos : NULL;
}

/**
 * nf_alg_cursor_find() - find a byte ahead
 * @c: cursor
 * @byte: what to look for
 *
 * Eight bytes at a time: most of what the parsers do is to look for the end of
 * a line.
 *
 * Return: how many bytes after the position it stands, or -1 if it does not.
 */
static inline __s32 nf_alg_cursor_find(const struct nf_alg_cursor *c, __u8 byte)
{
	const __u64 ones = 0x0101010101010101ULL;
	const __u8 *from = c->base + c->pos;
	const __u8 *end = c->base + c->end;
	const __u8 *p = from;
	__le64 bytes;
	__u64 word;

	if (end - p >= (long)sizeof(word)) {
		const __u8 *last = end - sizeof(word);

		do {
			memcpy(&bytes, p, sizeof(bytes));
			word = le64_to_cpu(bytes) ^ ones * byte;
			/* In ASCII, true only if one of its bytes is 0 now */
			if (!((word - ones) & ones << 7))
				continue;
			/* The lowest bit set is of the first that really is */
			word = (word - ones) & ~word & ones << 7;
			if (word)
				return p - from + __ffs64(word) / 8;
		} while ((p += sizeof(word)) <= last);
	}
	for (; p < end; p++)
		if (*p == byte)
			return p - from;
	return -1;
}

#endif /* NF_ALG_CURSOR_H */
