/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where messages carry addresses and ports.
 *
 * Pure: bytes and the state of versions in, a list of fields out.
 */
#ifndef NF_ALG_SCCP_LAYOUT_H
#define NF_ALG_SCCP_LAYOUT_H

#include "endpoint.h"
#include "frame.h"

/* Ports in a MediaPortList */
#define SCCP_FIELDS_MAX 16
/* Groups of fields in one message */
#define SCCP_FORMS_MAX 7

/* Who sends a message: the phone opens the connection */
enum sccp_party {
	SCCP_PHONE,
	SCCP_SERVER,
};

/**
 * enum sccp_kind - media a channel is for; part of its identity
 * @SCCP_NO_MEDIA: the message belongs to no channel
 * @SCCP_AUDIO: OpenReceiveChannel, StartMediaTransmission
 * @SCCP_VIDEO: their MultiMedia counterparts
 * @SCCP_PORT: PortRequest
 * @SCCP_LISTEN: IpPort: the port a phone names once for all calls
 * @SCCP_LIST: MediaPortList: likewise its ports
 */
enum sccp_kind {
	SCCP_NO_MEDIA,
	SCCP_AUDIO,
	SCCP_VIDEO,
	SCCP_PORT,
	SCCP_LISTEN,
	SCCP_LIST,
};

/* Which way a channel leads, as the phone sees it */
enum sccp_way {
	SCCP_RECEIVE,
	SCCP_TRANSMIT,
};

/**
 * enum sccp_effect - what a message does besides carrying addresses
 * @SCCP_NOTHING: nothing
 * @SCCP_ALIVE: the connection is in use
 * @SCCP_REGISTER: a registration begins, and its version is offered
 * @SCCP_REGISTERED: the server chooses the version
 * @SCCP_UNREGISTERED: the registration is over if the status says so
 * @SCCP_RESET: likewise
 * @SCCP_CLOSE: a channel is over unless its port is to be kept open
 */
enum sccp_effect {
	SCCP_NOTHING,
	SCCP_ALIVE,
	SCCP_REGISTER,
	SCCP_REGISTERED,
	SCCP_UNREGISTERED,
	SCCP_RESET,
	SCCP_CLOSE,
};

/**
 * enum sccp_choice - when a form is that of a message
 * @SCCP_ALWAYS: whenever the length fits
 * @SCCP_OLD: layouts before version 17
 * @SCCP_NEW: layouts since version 17
 * @SCCP_CM2: CallManager 2
 */
enum sccp_choice {
	SCCP_ALWAYS,
	SCCP_OLD,
	SCCP_NEW,
	SCCP_CM2,
};

/**
 * enum sccp_encoding - how an address is written
 * @SCCP_NO_ADDRESS: there is none
 * @SCCP_IP4: 4 bytes in network order
 * @SCCP_IP6: 16 bytes in network order
 * @SCCP_TAGGED: a word (0: IPv4, 1: IPv6) and 16 bytes
 */
enum sccp_encoding {
	SCCP_NO_ADDRESS,
	SCCP_IP4,
	SCCP_IP6,
	SCCP_TAGGED,
};

/**
 * enum sccp_meaning - what an address is
 * @SCCP_NO_MEANING: the form has numbers only
 * @SCCP_SELF: the sender's own
 * @SCCP_OWN_RECEIVE: where the sender will receive
 * @SCCP_OWN_TRANSMIT: from where the sender transmits
 * @SCCP_ECHO: where the sender was told to transmit
 * @SCCP_REMOTE: where the receiver is to transmit
 * @SCCP_SOURCE: from where the receiver will be sent to
 * @SCCP_MENTION: an end of media that another message has set up
 * @SCCP_SERVERS: servers to register with; the port is TCP
 * @SCCP_PORT_ONLY: where the sender will receive, without an address
 * @SCCP_GROUP: multicast, never translated
 */
enum sccp_meaning {
	SCCP_NO_MEANING,
	SCCP_SELF,
	SCCP_OWN_RECEIVE,
	SCCP_OWN_TRANSMIT,
	SCCP_ECHO,
	SCCP_REMOTE,
	SCCP_SOURCE,
	SCCP_MENTION,
	SCCP_SERVERS,
	SCCP_PORT_ONLY,
	SCCP_GROUP,
};

/**
 * struct sccp_form - fields of a message in one of its forms
 * @from: shortest body that has this form, in bytes
 * @to: longest
 * @choice: enum sccp_choice
 * @encoding: enum sccp_encoding
 * @meaning: enum sccp_meaning
 * @times: how many addresses there are, then as many ports; 0: one
 * @counted: where the number of ports stands instead
 * @address: where the (first) address stands
 * @port: where its port stands
 * @rtcp: where the port of RTCP stands
 * @status: where the result stands; 0 is success
 * @conference: where conferenceId stands
 * @passthru: where passThruPartyId stands
 * @call: where callReference stands
 * @media: where the media type stands
 * @keep: where portHandlingFlag stands; 1: the port stays open
 *
 * Offsets count from the body, plus one, so that 0 means "not there"; ids that
 * lie behind the end of a short body are not there either.
 */
struct sccp_form {
	u16 from;
	u16 to;
	u8 choice;
	u8 encoding;
	u8 meaning;
	u8 times;
	u16 counted;
	u16 address;
	u16 port;
	u16 rtcp;
	u16 status;
	u16 conference;
	u16 passthru;
	u16 call;
	u16 media;
	u16 keep;
};

/**
 * struct sccp_message - a message this module knows
 * @id: its id
 * @sender: enum sccp_party
 * @kind: enum sccp_kind
 * @way: enum sccp_way
 * @effect: enum sccp_effect
 * @tag: where the form is to be seen: 0 to 3 there means new; plus one
 * @name: its name
 * @form: its forms; the first with no length ends them
 */
struct sccp_message {
	u16 id;
	u8 sender;
	u8 kind;
	u8 way;
	u8 effect;
	u16 tag;
	const char *name;
	struct sccp_form form[SCCP_FORMS_MAX];
};

/**
 * struct sccp_dialect - what is known of the layouts of a connection
 * @version: the smaller of what phone and server offered; 0 while that is not
 *	known
 * @cm2: the server is a CallManager 2
 */
struct sccp_dialect {
	u8 version;
	bool cm2;
};

/**
 * struct sccp_field - an address with its ports in a message
 * @meaning: enum sccp_meaning
 * @both: it was tagged as IPv4 and IPv6, and may be neither
 * @address_at: where the 4 or 16 bytes stand in the message; 0: no address
 * @port_at: where the port stands; 0: no port
 * @rtcp_at: where the port of RTCP stands; 0: not there
 * @endpoint: address, and the port if it is one; family 0: no address
 * @port: what stands for the port
 * @rtcp: what stands for the port of RTCP
 */
struct sccp_field {
	u8 meaning;
	bool both;
	u16 address_at;
	u16 port_at;
	u16 rtcp_at;
	struct nf_alg_endpoint endpoint;
	u32 port;
	u32 rtcp;
};

/**
 * struct sccp_reading - what a message says
 * @message: which it is
 * @status: result; 0 if there is none
 * @conference: conferenceId, or 0
 * @passthru: passThruPartyId, or 0
 * @call: callReference, or 0
 * @media: media type, or 0
 * @keep: the port is to be kept open
 * @fields: how many addresses there are
 * @field: those
 */
struct sccp_reading {
	const struct sccp_message *message;
	u32 status;
	u32 conference;
	u32 passthru;
	u32 call;
	u32 media;
	bool keep;
	u32 fields;
	struct sccp_field field[SCCP_FIELDS_MAX];
};

/**
 * sccp_message_find() - what is known of a message
 * @id: its id
 *
 * Return: its entry in the table, or NULL.
 */
const struct sccp_message *sccp_message_find(u32 id);

/**
 * sccp_read() - find the fields of a message
 * @message: its entry in the table
 * @data: the whole message, framed
 * @len: its length in bytes
 * @dialect: what is known of the connection
 * @reading: filled in
 *
 * The length of the body decides which form it has; only where it fits the old
 * and the new one do the header's version and that of the registration.
 *
 * Return: 0, or -NF_ALG_REASON_MALFORMED if a field has a type there is not:
 * then nothing may be touched.
 */
int sccp_read(const struct sccp_message *message, const u8 *data, u32 len,
	      const struct sccp_dialect *dialect, struct sccp_reading *reading);

/* For tests: the whole table */
const struct sccp_message *sccp_messages_all(u32 *count);

#endif /* NF_ALG_SCCP_LAYOUT_H */
