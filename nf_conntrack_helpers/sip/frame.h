/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_FRAME_H
#define NF_ALG_SIP_FRAME_H

#include "protocol.h"

/* A longer head is no message */
#define SIP_HEAD_MAX 65536

/**
 * sip_frame() - find the end of the first message of a stream
 * @data: bytes from the start of the message
 * @len: how many have come
 * @frame: how far the search has come
 *
 * RFC 3261 section 18.3. A message that comes whole is indexed at once, where
 * there is a session to keep the index for sip_translate(); else each byte of a
 * head is looked at once, however many pieces it comes in. CRLFs before a
 * message (keepalives, RFC 5626 section 4.4) are a message of their own, so
 * that they never wait for a request.
 *
 * Where Content-Length is missing the body is empty, provided that nothing, a
 * CRLF or a start line follows. Content-Lengths that differ, or are none, mean
 * that the stream cannot be followed.
 *
 * Return: as nf_alg_protocol.frame.
 */
int sip_frame(const u8 *data, u32 len, struct nf_alg_frame *frame);

/**
 * sip_keepalive() - how many bytes of line ends stand first
 * @data: bytes
 * @len: how many
 *
 * Return: length of all CRLFs at the start in bytes.
 */
u32 sip_keepalive(const u8 *data, u32 len);

#endif /* NF_ALG_SIP_FRAME_H */
