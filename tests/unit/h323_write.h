/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A writer of aligned PER, so that tests can make each bit they want. It knows no
 * schema: a test says what stands where.
 */
#ifndef NF_ALG_TEST_H323_WRITE_H
#define NF_ALG_TEST_H323_WRITE_H

#include <stdlib.h>
#include <string.h>
#include "h323/walker.h"

struct h323_pdu {
	u8 data[65536];
	u32 bits;
};

static inline void put_bits(struct h323_pdu *p, u32 count, u32 value)
{
	while (count--) {
		u8 *byte = &p->data[p->bits >> 3];
		u8 bit = 0x80 >> (p->bits & 7);

		*byte = value >> count & 1 ? *byte | bit : *byte & ~bit;
		p->bits++;
	}
}

static inline void put_align(struct h323_pdu *p)
{
	while (p->bits & 7)
		put_bits(p, 1, 0);
}

static inline void put_bytes(struct h323_pdu *p, const void *bytes, u32 len)
{
	put_align(p);
	memcpy(p->data + p->bits / 8, bytes, len);
	p->bits += len * 8;
}

static inline void put_u8(struct h323_pdu *p, u8 value)
{
	put_bytes(p, &value, 1);
}

static inline void put_u16(struct h323_pdu *p, u16 value)
{
	put_u8(p, value >> 8);
	put_u8(p, value);
}

/* A general length */
static inline void put_length(struct h323_pdu *p, u32 len)
{
	if (len < 128)
		put_u8(p, len);
	else
		put_u16(p, 0x8000 | len);
}

/* Bytes of an encoding so far; the last may not be full */
static inline u32 pdu_len(const struct h323_pdu *p)
{
	return (p->bits + 7) / 8;
}

/* An open type, or an octet string with an encoding in it */
static inline void put_open(struct h323_pdu *p, const struct h323_pdu *in)
{
	u32 len = pdu_len(in);

	put_length(p, len ? len : 1);
	if (len)
		put_bytes(p, in->data, len);
	else
		put_u8(p, 0);
}

/* The size of an extension bitmap */
static inline void put_additions(struct h323_pdu *p, u32 count)
{
	if (count <= 64) {
		put_bits(p, 7, count - 1);
	} else {
		put_bits(p, 1, 1);
		put_length(p, count);
	}
}

static inline struct h323_pdu *pdu_new(void)
{
	return calloc(1, sizeof(struct h323_pdu));
}

/* An address that can be recognised */
static inline void put_ip(struct h323_pdu *p, u8 number, u16 port)
{
	u8 ip[4] = { 10, 1, 2, number };

	put_bytes(p, ip, 4);
	put_u16(p, port);
}

static inline void put_ip6(struct h323_pdu *p, u8 number, u16 port)
{
	u8 ip[16] = { 0xfd, [15] = number };

	put_bytes(p, ip, 16);
	put_u16(p, port);
}

/* TransportAddress of H.225.0: its ipAddress */
static inline void put_transport(struct h323_pdu *p, u8 number, u16 port)
{
	put_bits(p, 1, 0);
	put_bits(p, 3, 0);
	put_ip(p, number, port);
}

/* TransportAddress of H.245: its unicastAddress.iPAddress */
static inline void put_unicast(struct h323_pdu *p, u8 number, u16 port)
{
	put_bits(p, 1, 0);
	put_bits(p, 1, 0);
	put_bits(p, 1, 0);
	put_bits(p, 3, 0);
	put_bits(p, 1, 0);
	put_ip(p, number, port);
}

static inline void put_version(struct h323_pdu *p, u8 version)
{
	u8 oid[7] = { 6, 0, 8, 0x91, 0x4a, 0, version };

	put_bytes(p, oid, 7);
}

/* An EndpointType with @nodes of gatekeeper, mcu and terminal, and a gateway */
static inline void put_endpoint_type(struct h323_pdu *p, u32 nodes,
				     bool gateway)
{
	/* extension, nonStandardData, vendor, gatekeeper, gateway, mcu,
	 * terminal
	 */
	put_bits(p, 7,
		 (nodes > 0) << 3 | gateway << 2 | (nodes > 1) << 1 |
			 (nodes > 2));
	if (nodes > 0)
		put_bits(p, 2, 0);
	if (gateway)
		put_bits(p, 3, 0);
	if (nodes > 1)
		put_bits(p, 2, 0);
	if (nodes > 2)
		put_bits(p, 2, 0);
	/* mc, undefinedNode */
	put_bits(p, 2, 0);
}

/* A GloballyUniqueID */
static inline void put_guid(struct h323_pdu *p, u8 number)
{
	u8 guid[16] = { number, 0x11, [15] = number };

	put_bytes(p, guid, 16);
}

/* CallIdentifier as an open type */
static inline void put_open_call(struct h323_pdu *p, u8 number)
{
	put_length(p, 17);
	put_u8(p, 0);
	put_guid(p, number);
}

/* A BOOLEAN as an open type */
static inline void put_open_bool(struct h323_pdu *p, bool value)
{
	put_length(p, 1);
	put_u8(p, value ? 0x80 : 0);
}

/*
 * An OpenLogicalChannel of G.711: its forward parameters with the addresses of
 * @media and @control, where those are not 0, or its reverse parameters
 */
static inline void put_olc(struct h323_pdu *p, u16 lcn, u8 session,
			   bool reverse, u8 media, u8 control)
{
	struct h323_pdu *h2250 = pdu_new();

	/* H2250LogicalChannelParameters: extension, nonStandard,
	 * associatedSessionID, mediaChannel, mediaGuaranteedDelivery,
	 * mediaControlChannel, and five more
	 */
	put_bits(h2250, 11, (!!media) << 7 | (!!control) << 5);
	put_u8(h2250, session);
	if (media)
		put_unicast(h2250, media, 5000 + media);
	if (control)
		put_unicast(h2250, control, 5000 + control);
	/* extension, reverseLogicalChannelParameters */
	put_bits(p, 2, reverse);
	put_u16(p, lcn - 1);
	/* forward parameters: extension, portNumber; dataType */
	put_bits(p, 2, 0);
	put_bits(p, 1, 0);
	if (reverse) {
		put_bits(p, 3, 1); /* nullData */
		put_bits(p, 1, 1); /* multiplexParameters: none */
		put_bits(p, 7, 1);
		put_length(p, 1);
		put_u8(p, 0);
		/* extension, multiplexParameters; dataType */
		put_bits(p, 2, 1);
		put_bits(p, 1, 0);
	}
	put_bits(p, 3, 3); /* audioData */
	put_bits(p, 1, 0);
	put_bits(p, 4, 3); /* g711Ulaw64k */
	put_u8(p, 19);
	put_bits(p, 1, 1); /* multiplexParameters: h2250 */
	put_bits(p, 7, 0);
	put_open(p, h2250);
	free(h2250);
}

/* Q.931 and TPKT around a user-user element */
static inline void put_tpkt(struct h323_pdu *p, u8 type,
			    const struct h323_pdu *in)
{
	u32 len = pdu_len(in);

	memset(p, 0, sizeof(*p));
	put_u16(p, 0x0300);
	put_u16(p, 4 + 5 + 3 + 1 + len);
	put_u8(p, H323_Q931_DISCRIMINATOR);
	put_u8(p, 2);
	put_u16(p, 0x1234);
	put_u8(p, type);
	put_u8(p, 0x7e);
	put_u16(p, len + 1);
	put_u8(p, 5);
	put_bytes(p, in->data, len);
}

/* TPKT around H.245 */
static inline void put_control(struct h323_pdu *p, const struct h323_pdu *in)
{
	memset(p, 0, sizeof(*p));
	put_u16(p, 0x0300);
	put_u16(p, 4 + pdu_len(in));
	put_bytes(p, in->data, pdu_len(in));
}

/* The heads of H323-UserInformation and H323-UU-PDU; @extended: there are
 * additions of the latter
 */
static inline void put_uu_pdu(struct h323_pdu *p, bool extended)
{
	put_bits(p, 2, 0);
	put_bits(p, 1, extended);
	put_bits(p, 1, 0);
}

/* A body of the root of h323-message-body */
static inline void put_body(struct h323_pdu *p, u8 body)
{
	put_bits(p, 1, 0);
	put_bits(p, 3, body);
}

/* What was read last */
static u8 pdu_last[65536];

/* Read it from a copy that ends where it ends, for the address sanitizer */
static inline int pdu_read(int (*read)(const u8 *data, u32 len,
				       struct h323_reading *r),
			   const u8 *data, u32 len, struct h323_reading *r)
{
	u8 *copy = malloc(len ? len : 1);
	int err;

	memcpy(copy, data, len);
	memcpy(pdu_last, data, len);
	err = read(copy, len, r);
	free(copy);
	return err;
}

#endif
