/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TPKT, the framing of H.225.0 and H.245 on TCP (RFC 1006, 6).
 */
#ifndef NF_ALG_H323_TPKT_H
#define NF_ALG_H323_TPKT_H

#include "protocol.h"

/* Version, reserved, length: the length counts these four bytes too */
#define H323_TPKT_HEADER 4
#define H323_TPKT_VERSION 3

/**
 * h323_tpkt_signalling() - find the end of the first TPKT of call signalling
 * @data: bytes from the start of the TPKT
 * @len: how many have come
 * @frame: how far the search has come
 *
 * Each byte of the header decides as soon as it is there, so a stream of HTTP or
 * TLS is refused with its first byte; so does the first byte of the body, which
 * is Q.931's protocol discriminator. An empty TPKT, which keeps the connection
 * alive, is a message of four bytes with frame->idle.
 *
 * Return: as nf_alg_protocol.frame; -NF_ALG_REASON_FRAMING for what is not such
 * a TPKT.
 */
int h323_tpkt_signalling(const u8 *data, u32 len, struct nf_alg_frame *frame);

/**
 * h323_tpkt_control() - the same for H.245 on a connection of its own
 * @data: bytes from the start of the TPKT
 * @len: how many have come
 * @frame: how far the search has come
 *
 * Any byte may begin the body.
 *
 * Return: as h323_tpkt_signalling().
 */
int h323_tpkt_control(const u8 *data, u32 len, struct nf_alg_frame *frame);

#endif /* NF_ALG_H323_TPKT_H */
