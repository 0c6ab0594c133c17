/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a PDU of H.323 says, and where its addresses stand.
 *
 * Pure: bytes in, a reading out. Nothing is changed, nothing is kept. The
 * tables behind it are made by generate.py from the .schema files of this
 * folder.
 *
 * A PDU holds one or more messages: that of the PDU itself (message[0]), and
 * those that it carries in octet strings: fast start, tunnelled H.245, RAS by
 * H.460.17, call signalling in an InfoRequestResponse. Each hit belongs to one
 * of them.
 */
#ifndef NF_ALG_H323_WALKER_H
#define NF_ALG_H323_WALKER_H

#include "cursor.h"
#include "q931.h"

/* Addresses, and messages, in one PDU: with one more the PDU is malformed */
#define H323_HITS_MAX 64
#define H323_MESSAGES_MAX 40
/* Of these are items of fastStart, h245Control and parallelH245Control */
#define H323_ITEMS_MAX 32
/* Elements of the tables that are looked at for one PDU */
#define H323_NODES_MAX 4096
/* Words of the walker's own in a reading */
#define H323_STACK 280

/* What a message is written in */
enum h323_protocol {
	H323_RAS,
	H323_SIGNALLING,
	H323_CONTROL,
};

/**
 * enum h323_layer - where in its PDU a message stands
 * @H323_LAYER_PDU: it is the PDU's own
 * @H323_LAYER_FAST_START: an item of fastStart (an OpenLogicalChannel)
 * @H323_LAYER_TUNNEL: an item of h245Control
 * @H323_LAYER_PARALLEL: an item of parallelH245Control
 * @H323_LAYER_RAS: RAS within call signalling (H.460.17)
 * @H323_LAYER_REPORT: call signalling that InfoRequestResponse reports
 */
enum h323_layer {
	H323_LAYER_PDU,
	H323_LAYER_FAST_START,
	H323_LAYER_TUNNEL,
	H323_LAYER_PARALLEL,
	H323_LAYER_RAS,
	H323_LAYER_REPORT,
};

/* A message that came later than these tables */
#define H323_UNKNOWN 0xff

/* h323_message.kind of RAS: the order of RasMessage, extensions behind */
enum h323_ras {
	H323_GRQ,
	H323_GCF,
	H323_GRJ,
	H323_RRQ,
	H323_RCF,
	H323_RRJ,
	H323_URQ,
	H323_UCF,
	H323_URJ,
	H323_ARQ,
	H323_ACF,
	H323_ARJ,
	H323_BRQ,
	H323_BCF,
	H323_BRJ,
	H323_DRQ,
	H323_DCF,
	H323_DRJ,
	H323_LRQ,
	H323_LCF,
	H323_LRJ,
	H323_IRQ,
	H323_IRR,
	H323_NSM,
	H323_UMR,
	H323_RIP,
	H323_RAI,
	H323_RAC,
	H323_IACK,
	H323_INAK,
	H323_SCI,
	H323_SCR,
	H323_ACS, /* admissionConfirmSequence */
	H323_RAS_KINDS
};

/* h323_message.kind of call signalling: the order of h323-message-body */
enum h323_body {
	H323_SETUP,
	H323_CALL_PROCEEDING,
	H323_CONNECT,
	H323_ALERTING,
	H323_INFORMATION,
	H323_RELEASE_COMPLETE,
	H323_FACILITY,
	H323_PROGRESS,
	H323_EMPTY,
	H323_STATUS,
	H323_STATUS_INQUIRY,
	H323_SETUP_ACKNOWLEDGE,
	H323_NOTIFY,
	H323_BODIES
};

/* h323_message.kind of H.245: those that NAT has to do with */
enum h323_control {
	H323_CONTROL_OTHER,
	H323_OLC, /* openLogicalChannel */
	H323_OLC_ACK,
	H323_OLC_REJECT,
	H323_OLC_CONFIRM,
	H323_CLC, /* closeLogicalChannel */
	H323_CLC_ACK,
	H323_REQUEST_CLOSE, /* requestChannelClose */
	H323_REQUEST_CLOSE_ACK,
	H323_REQUEST_CLOSE_REJECT,
	H323_TCS, /* terminalCapabilitySet */
	H323_MSD, /* masterSlaveDetermination */
	H323_COMMUNICATION_COMMAND, /* communicationModeCommand */
	H323_COMMUNICATION_RESPONSE,
	H323_MC_LOCATION, /* mcLocationIndication */
	H323_NOT_UNDERSTOOD, /* functionNotUnderstood: never read */
	H323_END_SESSION,
	H323_CONTROLS
};

/* h323_message.reason of Facility, where H323_HAS_REASON */
enum h323_facility_reason {
	H323_FACILITY_TO_GATEKEEPER,
	H323_FACILITY_FORWARDED,
	H323_FACILITY_TO_MC,
	H323_FACILITY_UNDEFINED,
	H323_FACILITY_CONFERENCE_LIST,
	H323_FACILITY_START_H245,
	H323_FACILITY_NO_H245,
	H323_FACILITY_NEW_TOKENS,
	H323_FACILITY_FEATURE_SET,
	H323_FACILITY_FORWARDED_ELEMENTS,
	H323_FACILITY_TRANSPORTED,
};

/**
 * enum h323_data - what a channel is for (DataType of H.245)
 * @H323_DATA_UNKNOWN: not said, or one that is not described
 * @H323_DATA_NULL: nullData
 * @H323_DATA_AUDIO: RTP
 * @H323_DATA_VIDEO: RTP
 * @H323_DATA_T120: a connection of TCP
 * @H323_DATA_T38_UDP: UDPTL
 * @H323_DATA_T38_TCP: a connection of TCP
 * @H323_DATA_OTHER: any other data application
 */
enum h323_data {
	H323_DATA_UNKNOWN,
	H323_DATA_NULL,
	H323_DATA_AUDIO,
	H323_DATA_VIDEO,
	H323_DATA_T120,
	H323_DATA_T38_UDP,
	H323_DATA_T38_TCP,
	H323_DATA_OTHER,
};

/**
 * enum h323_field - the component of a message an address stands in
 *
 * The name of each is that of the ASN.1; h323_field_name() has it. Those of the
 * second group only hold others, so they stand in h323_hit.within.
 */
enum h323_field {
	H323_NO_FIELD,
	/* RAS and call signalling */
	H323_RAS_ADDRESS,
	H323_CALL_SIGNAL_ADDRESS,
	H323_SOURCE_CALL_SIGNAL_ADDRESS, /* Setup */
	H323_DEST_CALL_SIGNAL_ADDRESS, /* Setup, ARQ, ACF */
	H323_SRC_CALL_SIGNAL_ADDRESS, /* ARQ */
	H323_REPLY_ADDRESS,
	H323_H245_ADDRESS,
	H323_ALTERNATIVE_ADDRESS, /* Facility */
	H323_ANNEX_E,
	H323_SCTP,
	H323_TRANSPORT_ID, /* an AliasAddress */
	H323_SEND_ADDRESS, /* IRR, BRQ */
	H323_RECV_ADDRESS, /* IRR, BRQ */
	/* H.245 */
	H323_MEDIA_CHANNEL,
	H323_MEDIA_CONTROL_CHANNEL,
	H323_NETWORK_ADDRESS, /* separateStack */
	H323_SIGNAL_ADDRESS, /* mcLocationIndication */
	/* H.460, see h323_hit.feature */
	H323_GENERIC_TRANSPORT, /* any content of the kind transport */
	H323_CALL_SIGNALLING_ADDRESS, /* .18 IncomingCallIndication */
	H323_CHANNEL_RESUME_ADDRESS, /* .15 */
	H323_MULTIPLEXED_MEDIA, /* .19 */
	H323_MULTIPLEXED_MEDIA_CONTROL, /* .19 */
	H323_KEEP_ALIVE_CHANNEL, /* .19 */
	H323_RTP_ADDRESS, /* .24 Annex B */
	H323_RTCP_ADDRESS, /* .24 Annex B */

	/* What holds the above */
	H323_ALTERNATE_ENDPOINTS,
	H323_SRC_ALTERNATIVES,
	H323_DEST_ALTERNATIVES,
	H323_ALTERNATE_GATEKEEPER,
	H323_ALT_GK_INFO,
	H323_ASSIGNED_GATEKEEPER,
	H323_ALTERNATE_TRANSPORT_ADDRESSES,
	H323_PRE_GRANTED_ARQ,
	H323_BANDWIDTH_DETAILS,
	H323_PER_CALL_INFO,
	H323_FEATURE_SET,
	H323_GENERIC_DATA,
	H323_CIRCUIT_INFO,
	H323_H4501, /* h4501SupplementaryService */
	H323_ALIAS, /* any other alias */
	H323_FORWARD, /* forwardLogicalChannelParameters */
	H323_REVERSE, /* reverseLogicalChannelParameters */
	H323_FORWARD_ACK, /* forwardMultiplexAckParameters */
	H323_SEPARATE_STACK,
	H323_COMMUNICATION_TABLE,
	H323_GENERIC_INFORMATION,
	H323_FIELDS
};

/* h323_hit.flags */
#define H323_HIT_PORT BIT(0) /* a port follows the address */
#define H323_HIT_MULTICAST BIT(1) /* H.245's multicastAddress */

/**
 * struct h323_hit - an address in a PDU
 * @at: where its 4 or 16 bytes stand, counted from the first byte of the PDU as
 *	it was given; a port, if there is one, are the two bytes behind them
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @flags: H323_HIT_*
 * @message: which h323_reading.message it belongs to
 * @field: enum h323_field, the innermost
 * @within: enum h323_field, the outermost of what holds @field, or
 *	H323_NO_FIELD; of H.245 that is the direction of the channel
 * @data: enum h323_data of the channel, if @within is one
 * @session: sessionID of the channel; 0: none, or not known yet
 * @list: which element of @within it stands in, 0 if that is not a list
 * @index: which element of @field it is, likewise
 * @lcn: number of the logical channel: for H323_REVERSE of an
 *	OpenLogicalChannelAck that of the reverse, else that of the forward
 *	channel; 0: none
 * @feature: N of the H.460.N that generic data is for; 0: none
 *
 * Hits stand in the order of the PDU and do not overlap.
 */
struct h323_hit {
	u32 at;
	u8 family;
	u8 flags;
	u8 message;
	u8 field;
	u8 within;
	u8 data;
	u8 session;
	u16 list;
	u16 index;
	u16 lcn;
	u16 feature;
};

/**
 * h323_hit_beside() - do two addresses stand in one place
 * @a: one address
 * @b: the other
 *
 * Return: true if they belong to one channel of one message, or to one element
 * of what else holds addresses.
 */
static inline bool h323_hit_beside(const struct h323_hit *a,
				   const struct h323_hit *b)
{
	return a->message == b->message && a->within == b->within &&
	       a->data == b->data && a->session == b->session &&
	       a->list == b->list && a->lcn == b->lcn;
}

/* h323_message.has: which components there are ... */
#define H323_HAS_SEQUENCE BIT(0) /* requestSeqNum */
#define H323_HAS_TIME_TO_LIVE BIT(1)
#define H323_HAS_KEEP_ALIVE BIT(2)
#define H323_HAS_REASON BIT(3)
#define H323_HAS_TUNNELING BIT(4) /* h245Tunneling */
#define H323_HAS_MULTIPLE_CALLS BIT(5)
#define H323_HAS_MAINTAIN_CONNECTION BIT(6)
#define H323_HAS_ANSWER_CALL BIT(7)
#define H323_HAS_CALL_REFERENCE BIT(8)
#define H323_HAS_ADDITIVE BIT(9) /* additiveRegistration */
#define H323_HAS_FAST_CONNECT_REFUSED BIT(10)
#define H323_HAS_CRYPTO BIT(11) /* cryptoTokens */
#define H323_HAS_INTEGRITY BIT(12) /* integrityCheckValue */
#define H323_HAS_MODEL BIT(13) /* callModel */
/* EndpointType of the sender: which of its components there are */
#define H323_IS_GATEKEEPER BIT(16)
#define H323_IS_GATEWAY BIT(17)
#define H323_IS_MCU BIT(18)
#define H323_IS_TERMINAL BIT(19)
/* ... and which of those of H323_HAS_* are TRUE: the same bit in .is */

/**
 * struct h323_channel - one direction of a logical channel
 * @lcn: its number; 0: not said
 * @session: sessionID; 0: not said, or the other side is to choose
 * @data: enum h323_data
 * @reliable: mediaGuaranteedDelivery is TRUE: media over TCP
 * @there: the parameters are present
 */
struct h323_channel {
	u16 lcn;
	u8 session;
	u8 data;
	bool reliable;
	bool there;
};

/**
 * struct h323_message - one message in a PDU
 * @at: where its encoding begins
 * @len: its length; 0 for H323_LAYER_REPORT, which has no bounds of its own
 * @protocol: enum h323_protocol
 * @kind: enum h323_ras, h323_body or h323_control, or H323_UNKNOWN
 * @layer: enum h323_layer
 * @parent: the message it stands in; its own number for message[0]
 * @index: which item of its layer's list it is
 * @broken: its encoding has an error, so it has no hits; the fields below are
 *	what was read before
 * @version: of H.225.0, from protocolIdentifier; 0: not said
 * @reason: which alternative of the message's reason (rejectReason, reason):
 *	those of the root first, extensions behind; where H323_HAS_REASON
 * @model: callModel: 0 direct, 1 gatekeeper-routed; where H323_HAS_MODEL
 * @sequence: requestSeqNum
 * @call_reference: callReferenceValue of RAS; in call signalling see
 *	h323_reading.q931
 * @is: H323_HAS_* of the BOOLEANs that are TRUE
 * @has: H323_HAS_* and H323_IS_*
 * @features: bit N: a feature or generic data of H.460.N is in it (N < 32)
 * @time_to_live: seconds
 * @call: where the 16 bytes of callIdentifier stand; 0: there is none
 * @conference: the same of conferenceID
 * @endpoint: endpointIdentifier in BMPString (two bytes a character)
 * @gatekeeper: gatekeeperIdentifier, likewise
 * @forward: H.245: the forward channel
 * @reverse: H.245: the reverse channel
 *
 * Each is looked at again and again by its number: 64 bytes make that cheap.
 */
struct h323_message {
	u16 at;
	u16 len;
	u8 protocol;
	u8 kind;
	u8 layer;
	u8 parent;
	u8 index;
	bool broken;
	u8 version;
	u8 reason;
	u8 model;
	u16 sequence;
	u16 call_reference;
	u16 is;
	u32 has;
	u32 features;
	u32 time_to_live;
	u16 call;
	u16 conference;
	struct nf_alg_span endpoint;
	struct nf_alg_span gatekeeper;
	struct h323_channel forward;
	struct h323_channel reverse;
};

/**
 * struct h323_reading - what a PDU says
 * @q931: of call signalling on TCP
 * @messages: how many messages there are; 0: nothing to read (an empty TPKT, or
 *	Q.931 without a User-user element)
 * @hits: how many addresses there are
 * @dropped: open types and messages with an error, whose hits are left out, and
 *	what nobody has read behind a message
 * @nodes: elements of the tables that were looked at
 * @message: message[0] is that of the PDU
 * @hit: the addresses
 *
 * About 7 KB, so not for the stack. Nothing needs to be set before a reading;
 * only what the counts cover is set after it.
 */
struct h323_reading {
	struct h323_q931 q931;
	u32 messages;
	u32 hits;
	u32 dropped;
	u32 nodes;
	struct h323_message message[H323_MESSAGES_MAX];
	struct h323_hit hit[H323_HITS_MAX];
	/* private: the walker's stack */
	u64 stack[H323_STACK];
};

/**
 * h323_read_ras() - read a datagram of RAS
 * @data: the datagram
 * @len: its length in bytes
 * @r: filled in
 *
 * Return: 0, or -NF_ALG_REASON_MALFORMED: the encoding has an error outside of
 * every open type, or a limit is reached; nothing may be touched then.
 */
int h323_read_ras(const u8 *data, u32 len, struct h323_reading *r);

/**
 * h323_read_signalling() - read a TPKT of call signalling
 * @data: the TPKT, with its header
 * @len: its length in bytes
 * @r: filled in; @r->q931 too
 *
 * Return: as h323_read_ras().
 */
int h323_read_signalling(const u8 *data, u32 len, struct h323_reading *r);

/**
 * h323_read_control() - read a TPKT of H.245
 * @data: the TPKT, with its header
 * @len: its length in bytes
 * @r: filled in
 *
 * Return: as h323_read_ras().
 */
int h323_read_control(const u8 *data, u32 len, struct h323_reading *r);

/**
 * h323_field_name() - what the ASN.1 calls a component
 * @field: enum h323_field
 *
 * Return: its name.
 */
const char *h323_field_name(u8 field);

/**
 * h323_message_name() - what the ASN.1 calls a message
 * @protocol: enum h323_protocol
 * @kind: enum h323_ras, h323_body or h323_control
 *
 * Return: its name, "unknown" for H323_UNKNOWN.
 */
const char *h323_message_name(u8 protocol, u8 kind);

#endif /* NF_ALG_H323_WALKER_H */
