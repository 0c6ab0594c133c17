/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables that generate.py makes of the .schema files.
 */
#ifndef NF_ALG_H323_SCHEMA_H
#define NF_ALG_H323_SCHEMA_H

#include <linux/types.h>
#include "walker.h"

/* What a part is; see generate.py for what each word means */
enum h323_kind {
	H323_KIND_FIXED, /* so many bits, whatever they are */
	H323_KIND_STRING,
	H323_KIND_SEQ,
	H323_KIND_CHOICE,
	H323_KIND_END, /* behind the components of a SEQUENCE without a marker */
	/* A choice that nearly always begins with zeroes and is an IPv4 address
	 * with its port then
	 */
	H323_KIND_ADDRESS,
	H323_KIND_LIST,
	H323_KIND_ELEMENT, /* the walker's own: the next of a list */
	H323_KIND_MARKER, /* behind the components of other SEQUENCEs */
	H323_KIND_ADDITION, /* the walker's own: the next behind a marker */
	H323_KIND_LEAVE, /* the walker's own: the end of an open type */
	H323_KIND_PDU,
	H323_KIND_GENERIC,
	H323_KIND_PARAMETER,
	H323_KIND_OPERATION,
	H323_KIND_BOOL,
	H323_KIND_UINT,
	H323_KIND_INT,
	H323_KIND_ENUM,
	H323_KIND_PICK,
	H323_KIND_IP4,
	H323_KIND_IP6,
	H323_KIND_REST,
	H323_KIND_SKIP, /* behind the marker, and never looked into */
	H323_KIND_STOP, /* the walker's own: the end of the PDU */
};

/* How a number or a length is encoded: so many bits, or one of these */
enum h323_width {
	H323_WIDTH_BITS = 8,
	H323_WIDTH_OCTET,
	H323_WIDTH_TWO_OCTETS,
	H323_WIDTH_LONG,
	H323_WIDTH_GENERAL,
};

/* There is an extension marker */
#define H323_PART_EXT BIT(0)
/* It begins at a byte */
#define H323_PART_ALIGNED BIT(1)
/* What is noted of generic data in it holds until its end */
#define H323_PART_SCOPE BIT(2)
/* A port follows the address */
#define H323_PART_PORT BIT(3)
/* It has a bit in the preamble */
#define H323_PART_OPTIONAL BIT(4)
/* Something is to be done where it begins */
#define H323_PART_ENTER BIT(5)
/* That says where the walk is */
#define H323_PART_PATH BIT(6)

/* The octet string holds no message of its own */
#define H323_NO_LAYER 0xff
/* h323_content.parameter */
#define H323_ANY 0xffff
/* h323_content.part: none */
#define H323_NOTHING 0xffff

/**
 * struct h323_part - a component, an alternative, or an element of a list
 * @kind: enum h323_kind
 * @flags: H323_PART_*
 * @mark: enum h323_field, or 0
 * @note: enum h323_note, or 0
 * @width: enum h323_width of the number, the length or the choice
 * @unit: string: bits of one character; SEQUENCE: bits before its components;
 *	address: how many bits are 0 before an IPv4 address with its port;
 *	octet string that holds a type: enum h323_layer of the message it is, or
 *	H323_NO_LAYER
 * @root: how many parts, or values, stand before the extension marker
 * @parts: how many parts there are; of the marker: behind it
 * @first: its first part, or what the list or octet string holds
 * @run: how many components that may be absent stand in a row, from it on
 * @lb: lower bound of the number or the length; of what is fixed: its bits
 *
 * Behind those of a SEQUENCE stands its marker, with its additions, or its end.
 */
struct h323_part {
	u8 kind;
	u8 flags;
	u8 mark;
	u8 note;
	u8 width;
	u8 unit;
	u8 root;
	u8 parts;
	u16 first;
	u16 run;
	u32 lb;
};

/**
 * struct h323_content - what an octet string holds whose type depends on others
 * @kind: H323_KIND_GENERIC, _PARAMETER or _OPERATION
 * @layer: enum h323_layer, or H323_NO_LAYER
 * @feature: N of H.460.N; 0 for operations
 * @parameter: its number, or H323_ANY
 * @part: in h323_parts
 */
struct h323_content {
	u8 kind;
	u8 layer;
	u16 feature;
	u16 parameter;
	u16 part;
};

/* What the walker does with the value of a part */
enum h323_note {
	H323_NOTE_NONE,
	H323_NOTE_SEQUENCE,
	H323_NOTE_VERSION,
	H323_NOTE_CRV,
	H323_NOTE_TTL,
	H323_NOTE_REASON,
	H323_NOTE_MODEL,
	H323_NOTE_CALL,
	H323_NOTE_CONFERENCE,
	H323_NOTE_ENDPOINT,
	H323_NOTE_GATEKEEPER,
	H323_NOTE_LCN,
	H323_NOTE_REVERSE_LCN,
	H323_NOTE_SESSION,
	H323_NOTE_RELIABLE,
	H323_NOTE_FEATURE,
	H323_NOTE_FEATURE_OID,
	H323_NOTE_PARAMETER,
	/* The body of call signalling, the choice of RasMessage */
	H323_NOTE_KIND_IS,
	/* Before the part is read: what generic data are for is not known; it
	 * is a message of its own; it is multicast
	 */
	H323_NOTE_NEW_FEATURE,
	H323_NOTE_REPORT,
	H323_NOTE_MULTICAST,
	/* It is there; of a BOOLEAN, it is true */
	H323_NOTE_FLAG,
	H323_NOTE_KEEP_ALIVE = H323_NOTE_FLAG,
	H323_NOTE_H245_TUNNELLING,
	H323_NOTE_MULTIPLE_CALLS,
	H323_NOTE_MAINTAIN_CONNECTION,
	H323_NOTE_ANSWER_CALL,
	H323_NOTE_ADDITIVE_REGISTRATION,
	H323_NOTE_FAST_CONNECT_REFUSED,
	H323_NOTE_CRYPTO_TOKENS,
	H323_NOTE_INTEGRITY_CHECK_VALUE,
	H323_NOTE_IS_GATEKEEPER,
	H323_NOTE_IS_GATEWAY,
	H323_NOTE_IS_MCU,
	H323_NOTE_IS_TERMINAL,
	/* What a message of H.245 is: this plus enum h323_control */
	H323_NOTE_KIND = 0x80,
	/* What a channel is for: this plus enum h323_data */
	H323_NOTE_DATA = 0xc0,
};

extern const struct h323_part h323_parts[];
extern const struct h323_content h323_contents[];

#endif /* NF_ALG_H323_SCHEMA_H */
