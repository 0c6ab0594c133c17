/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SCCP_FRAME_H
#define NF_ALG_SCCP_FRAME_H

#include "protocol.h"

/* Length, version of the layout, message id: 32 bits each */
#define SCCP_HEADER 12
/* The length counts what follows the first two words */
#define SCCP_UNCOUNTED 8
#define SCCP_LENGTH_MIN 4
/* The longest message seen has 1,852 bytes, the most generous implementation
 * takes 8,192
 */
#define SCCP_LENGTH_MAX 8192
#define SCCP_BODY_MAX (SCCP_LENGTH_MAX - 4)
/* Versions end at 22 today */
#define SCCP_VERSION_MAX 40

/**
 * sccp_u32() - read a number
 * @p: its four bytes; all numbers of the protocol are little-endian
 *
 * Return: the number.
 */
static inline u32 sccp_u32(const u8 *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24;
}

/**
 * sccp_message_id() - what a framed message is
 * @data: at least SCCP_HEADER bytes
 *
 * Return: its id.
 */
static inline u32 sccp_message_id(const u8 *data)
{
	return sccp_u32(data + 8);
}

/**
 * sccp_frame() - find the end of the first message of a stream
 * @data: bytes from the start of the message
 * @len: how many have come
 * @frame: how far the search has come
 *
 * Messages whose id is unknown are skipped by their length: new firmware has new
 * messages. What cannot be the start of a message is refused as soon as it is
 * known, be it after the second byte.
 *
 * Return: as nf_alg_protocol.frame.
 */
int sccp_frame(const u8 *data, u32 len, struct nf_alg_frame *frame);

/**
 * sccp_plausible() - may a connection begin with this message
 * @id: its id
 *
 * TCP port 2000 is shared with others, so the first message of each side must
 * be one of today's.
 *
 * Return: true if it may.
 */
bool sccp_plausible(u32 id);

#endif /* NF_ALG_SCCP_FRAME_H */
