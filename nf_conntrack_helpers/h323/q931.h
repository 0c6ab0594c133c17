/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The Q.931 message around H.323's call signalling (ITU-T H.225.0, 7.2).
 *
 * Pure: bytes in, offsets out.
 */
#ifndef NF_ALG_H323_Q931_H
#define NF_ALG_H323_Q931_H

#include "cursor.h"

/* Message types (H.225.0, table 4) */
enum h323_q931_type {
	H323_Q931_ALERTING = 0x01,
	H323_Q931_CALL_PROCEEDING = 0x02,
	H323_Q931_PROGRESS = 0x03,
	H323_Q931_SETUP = 0x05,
	H323_Q931_CONNECT = 0x07,
	H323_Q931_SETUP_ACKNOWLEDGE = 0x0d,
	H323_Q931_RELEASE_COMPLETE = 0x5a,
	H323_Q931_FACILITY = 0x62,
	H323_Q931_NOTIFY = 0x6e,
	H323_Q931_STATUS_ENQUIRY = 0x75,
	H323_Q931_INFORMATION = 0x7b,
	H323_Q931_STATUS = 0x7d,
};

#define H323_Q931_DISCRIMINATOR 0x08

/**
 * struct h323_q931 - what the Q.931 part says
 * @type: message type; what the message means is told by the body of the
 *	User-user element, not by this
 * @from_called: the flag of the call reference: the sender is the side that did
 *	not choose it
 * @crv: call reference value without the flag; 0 is the global call reference
 * @uuie: the PER encoding in the User-user element, offset from the start of
 *	the message; length 0: there is no such element
 */
struct h323_q931 {
	u8 type;
	bool from_called;
	u16 crv;
	struct nf_alg_span uuie;
};

/**
 * h323_q931_read() - read the Q.931 part of a message
 * @c: cursor at the protocol discriminator, ending where the message ends
 * @q931: filled in
 *
 * Elements of one octet may stand anywhere. Of several User-user elements the
 * first is taken.
 *
 * Return: 0, or -NF_ALG_REASON_MALFORMED: an element does not end within the
 * message, the call reference is longer than two bytes, or the User-user
 * element does not hold ASN.1 (protocol discriminator 5) of at least one byte.
 */
int h323_q931_read(struct nf_alg_cursor *c, struct h323_q931 *q931);

#endif /* NF_ALG_H323_Q931_H */
