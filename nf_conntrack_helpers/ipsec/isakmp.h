/* SPDX-License-Identifier: GPL-2.0 */
#ifndef IPSEC_ISAKMP_H
#define IPSEC_ISAKMP_H

#include <linux/types.h>

/* The header of an ISAKMP message, all of which is in the clear: RFC 2408
 * section 3.1, RFC 7296 section 3.1
 */
#define IPSEC_ISAKMP_LEN 28

/* Exchanges that make an ESP SA */
#define IPSEC_EXCHANGE_QUICK_MODE 32 /* RFC 2409 section 5.5 */
#define IPSEC_EXCHANGE_IKE_AUTH 35 /* RFC 7296 section 3.1 */
#define IPSEC_EXCHANGE_CREATE_CHILD_SA 36 /* makes IKE SAs as well */

/**
 * struct ipsec_isakmp - the header of an ISAKMP message
 * @initiator: cookie of the initiator (IKEv2: its SPI), not 0
 * @responder: cookie of the responder, 0 in the first message
 * @message: message id
 * @length: of the whole message in bytes, at least IPSEC_ISAKMP_LEN
 * @major: 1 or 2
 * @exchange: exchange type
 * @from_initiator: IKEv2: sent by who began the IKE SA; IKEv1: unknown, false
 * @response: IKEv2: answers a request; IKEv1: unknown, false
 */
struct ipsec_isakmp {
	u64 initiator;
	u64 responder;
	u32 message;
	u32 length;
	u8 major;
	u8 exchange;
	bool from_initiator;
	bool response;
};

/**
 * ipsec_isakmp_parse() - read the header of an ISAKMP message
 * @data: the payload of a datagram on the IKE port; the first
 *	IPSEC_ISAKMP_LEN bytes are looked at
 * @len: how much of it there is, in bytes
 * @whole: length of the payload in bytes
 * @isakmp: where it is put
 *
 * Pure.
 *
 * Return: true; false if it is too short, has no initiator's cookie, another
 * version, or says it is longer than the datagram.
 */
bool ipsec_isakmp_parse(const u8 *data, u32 len, u32 whole,
			struct ipsec_isakmp *isakmp);

/**
 * ipsec_isakmp_makes_sa() - is this an exchange that makes an ESP SA
 * @isakmp: header
 *
 * A hint, no proof: 36 makes IKE SAs too, and 35 may take several messages.
 *
 * Return: true if it may.
 */
bool ipsec_isakmp_makes_sa(const struct ipsec_isakmp *isakmp);

#endif /* IPSEC_ISAKMP_H */
