// SPDX-License-Identifier: GPL-2.0
/*
 * The table of messages, and how a message is read by it.
 *
 * There is no public specification. Offsets and lengths are those several
 * implementations and captures agree on; where they differ the length of the
 * body decides, because the version in the header cannot be relied on: some
 * servers write 0 whatever they send.
 */
#include "cursor.h"
#include "layout.h"

/* An offset in the body; 0 is "not there" */
#define AT(offset) ((offset) + 1)
#define LAST SCCP_BODY_MAX

/* The first version with 20 bytes for each address */
#define SCCP_VERSION_NEW 17

/* What an address may be tagged as */
#define SCCP_TAG_IP4 0
#define SCCP_TAG_IP6 1
#define SCCP_TAG_BOTH 2
#define SCCP_TAG_NONE 3
#define SCCP_TAG 4

/* Forms that several messages share */
/* clang-format off */
#define CLOSES_CHANNEL \
	{ 8, LAST, SCCP_ALWAYS, .conference = AT(0), .passthru = AT(4), .call = AT(8), \
	  .keep = AT(12) }
#define NAMES_PORT(shortest, type) \
	{ shortest, LAST, SCCP_ALWAYS, .conference = AT(0), .call = AT(4), .passthru = AT(8), \
	  .media = AT(type) }
/* The old form's lengths begin with shortest, the new one's with longer */
#define MENTIONS_MEDIA(shortest, longer) \
	{ shortest, (longer) - 1, SCCP_OLD, SCCP_IP4, SCCP_MENTION, .conference = AT(0), \
	  .call = AT(4), .passthru = AT(8), .address = AT(12), .port = AT(16) }, \
	{ longer, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_MENTION, .conference = AT(0), \
	  .call = AT(4), .passthru = AT(8), .address = AT(12), .port = AT(32) }
/* clang-format on */

/* In order of their ids */
static const struct sccp_message sccp_messages[] = {
	{
		.id = 0x0000, .name = "KeepAlive",
		.sender = SCCP_PHONE, .effect = SCCP_ALIVE,
	}, {
		.id = 0x0001, .name = "Register",
		.sender = SCCP_PHONE, .effect = SCCP_REGISTER,
		.form = {
			{ 36, LAST, SCCP_ALWAYS, SCCP_IP4, SCCP_SELF, .address = AT(24) },
			{ 88, LAST, SCCP_ALWAYS, SCCP_IP6, SCCP_SELF, .address = AT(72) },
		},
	}, {
		.id = 0x0002, .name = "IpPort",
		.sender = SCCP_PHONE, .kind = SCCP_LISTEN,
		.form = {
			{ 4, LAST, SCCP_ALWAYS, SCCP_NO_ADDRESS, SCCP_PORT_ONLY, .port = AT(0) },
		},
	}, {
		.id = 0x0011, .name = "MediaPortList",
		.sender = SCCP_PHONE, .kind = SCCP_LIST,
		.form = {
			{ 4, LAST, SCCP_ALWAYS, SCCP_NO_ADDRESS, SCCP_PORT_ONLY,
			  .counted = AT(0), .port = AT(4) },
		},
	}, {
		.id = 0x0020, .name = "Alarm",
		.sender = SCCP_PHONE,
		.form = {
			{ 92, LAST, SCCP_ALWAYS, SCCP_IP4, SCCP_SELF, .address = AT(88) },
		},
	}, {
		.id = 0x0022, .name = "OpenReceiveChannelAck",
		.sender = SCCP_PHONE, .kind = SCCP_AUDIO, .way = SCCP_RECEIVE,
		.form = {
			{ 16, 31, SCCP_OLD, SCCP_IP4, SCCP_OWN_RECEIVE, .status = AT(0),
			  .address = AT(4), .port = AT(8), .passthru = AT(12), .call = AT(16) },
			{ 32, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_OWN_RECEIVE, .status = AT(0),
			  .address = AT(4), .port = AT(24), .passthru = AT(28), .call = AT(32) },
		},
	}, {
		/* Sources disagree whether there is a user id before the
		 * address, and whether the IPv6 address is tagged
		 */
		.id = 0x0029, .name = "RegisterTokenReq",
		.sender = SCCP_PHONE,
		.form = {
			{ 28, LAST, SCCP_ALWAYS, SCCP_IP4, SCCP_SELF, .address = AT(24) },
			{ 48, 48, SCCP_ALWAYS, SCCP_IP4, SCCP_SELF, .address = AT(20) },
			{ 48, 48, SCCP_ALWAYS, SCCP_IP6, SCCP_SELF, .address = AT(28) },
			{ 48, LAST, SCCP_ALWAYS, SCCP_IP6, SCCP_SELF, .address = AT(32) },
			{ 52, LAST, SCCP_ALWAYS, SCCP_IP6, SCCP_SELF, .address = AT(36) },
		},
	}, {
		.id = 0x002a, .name = "MediaTransmissionFailure",
		.sender = SCCP_PHONE, .kind = SCCP_AUDIO, .way = SCCP_TRANSMIT,
		.form = {
			{ 16, 31, SCCP_OLD, SCCP_IP4, SCCP_ECHO, .conference = AT(0),
			  .passthru = AT(4), .address = AT(8), .port = AT(12), .call = AT(16) },
			{ 32, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_ECHO, .conference = AT(0),
			  .passthru = AT(4), .address = AT(8), .port = AT(28), .call = AT(32) },
		},
	}, {
		.id = 0x0031, .name = "OpenMultiMediaReceiveChannelAck",
		.sender = SCCP_PHONE, .kind = SCCP_VIDEO, .way = SCCP_RECEIVE,
		.form = {
			{ 16, 31, SCCP_OLD, SCCP_IP4, SCCP_OWN_RECEIVE, .status = AT(0),
			  .address = AT(4), .port = AT(8), .passthru = AT(12), .call = AT(16) },
			{ 32, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_OWN_RECEIVE, .status = AT(0),
			  .address = AT(4), .port = AT(24), .passthru = AT(28), .call = AT(32) },
		},
	}, {
		/* Here the call comes before the party */
		.id = 0x0045, .name = "PortResponse",
		.sender = SCCP_PHONE, .kind = SCCP_PORT, .way = SCCP_RECEIVE,
		.form = {
			{ 24, 39, SCCP_OLD, SCCP_IP4, SCCP_OWN_RECEIVE, .conference = AT(0),
			  .call = AT(4), .passthru = AT(8), .address = AT(12), .port = AT(16),
			  .rtcp = AT(20) },
			{ 40, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_OWN_RECEIVE, .conference = AT(0),
			  .call = AT(4), .passthru = AT(8), .address = AT(12), .port = AT(32),
			  .rtcp = AT(36), .media = AT(40) },
		},
	}, {
		.id = 0x0046, .name = "QoSResvNotify",
		.sender = SCCP_PHONE, .kind = SCCP_AUDIO, .way = SCCP_TRANSMIT,
		.form = {
			{ 20, 39, SCCP_OLD, SCCP_IP4, SCCP_ECHO, .conference = AT(0),
			  .call = AT(4), .passthru = AT(8), .address = AT(12), .port = AT(16) },
			{ 40, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_ECHO, .conference = AT(0),
			  .call = AT(4), .passthru = AT(8), .address = AT(12), .port = AT(32) },
		},
	}, {
		.id = 0x0047, .name = "QoSErrorNotify",
		.sender = SCCP_PHONE, .kind = SCCP_AUDIO, .way = SCCP_TRANSMIT,
		.form = {
			{ 44, 59, SCCP_OLD, SCCP_IP4, SCCP_ECHO, .conference = AT(0),
			  .call = AT(4), .passthru = AT(8), .address = AT(12), .port = AT(16) },
			{ 44, 59, SCCP_OLD, SCCP_IP4, SCCP_SELF, .address = AT(28) },
			{ 60, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_ECHO, .conference = AT(0),
			  .call = AT(4), .passthru = AT(8), .address = AT(12), .port = AT(32) },
			{ 60, LAST, SCCP_NEW, SCCP_IP4, SCCP_SELF, .address = AT(44) },
		},
	}, {
		.id = 0x0081, .name = "RegisterAck",
		.sender = SCCP_SERVER, .effect = SCCP_REGISTERED,
	}, {
		.id = 0x008a, .name = "StartMediaTransmission",
		.sender = SCCP_SERVER, .kind = SCCP_AUDIO, .way = SCCP_TRANSMIT,
		.form = {
			{ 36, 36, SCCP_CM2, SCCP_IP4, SCCP_REMOTE,
			  .address = AT(0), .port = AT(4) },
			{ 37, 131, SCCP_OLD, SCCP_IP4, SCCP_REMOTE, .conference = AT(0),
			  .passthru = AT(4), .address = AT(8), .port = AT(12), .call = AT(40) },
			{ 132, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_REMOTE, .conference = AT(0),
			  .passthru = AT(4), .address = AT(8), .port = AT(28), .call = AT(56) },
		},
	}, {
		.id = 0x008b, .name = "StopMediaTransmission",
		.sender = SCCP_SERVER, .kind = SCCP_AUDIO, .way = SCCP_TRANSMIT,
		.effect = SCCP_CLOSE,
		.form = {
			{ 4, LAST, SCCP_ALWAYS, .conference = AT(0), .passthru = AT(4),
			  .call = AT(8), .keep = AT(12) },
		},
	}, {
		.id = 0x008c, .name = "StartMediaReception",
		.sender = SCCP_SERVER, .kind = SCCP_AUDIO, .way = SCCP_RECEIVE,
		.form = {
			{ 24, 24, SCCP_CM2, SCCP_IP4, SCCP_MENTION, .address = AT(0) },
		},
	}, {
		.id = 0x0095, .name = "StartSessionTransmission",
		.sender = SCCP_SERVER,
		.form = {
			{ 8, 23, SCCP_OLD, SCCP_IP4, SCCP_MENTION, .address = AT(0) },
			{ 24, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_MENTION, .address = AT(0) },
		},
	}, {
		.id = 0x0096, .name = "StopSessionTransmission",
		.sender = SCCP_SERVER,
		.form = {
			{ 8, 23, SCCP_OLD, SCCP_IP4, SCCP_MENTION, .address = AT(0) },
			{ 24, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_MENTION, .address = AT(0) },
		},
	}, {
		/* Both lengths are sent with the old content as well */
		.id = 0x009e, .name = "ServerRes", .tag = AT(260),
		.sender = SCCP_SERVER,
		.form = {
			{ 280, LAST, SCCP_OLD, SCCP_IP4, SCCP_SERVERS, 5,
			  .port = AT(240), .address = AT(260) },
			{ 360, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_SERVERS, 5,
			  .port = AT(240), .address = AT(260) },
		},
	}, {
		.id = 0x009f, .name = "Reset",
		.sender = SCCP_SERVER, .effect = SCCP_RESET,
	}, {
		.id = 0x0101, .name = "StartMulticastMediaReception",
		.sender = SCCP_SERVER, .kind = SCCP_AUDIO, .way = SCCP_RECEIVE,
		.form = {
			{ 32, 47, SCCP_OLD, SCCP_IP4, SCCP_GROUP, .conference = AT(0),
			  .passthru = AT(4), .address = AT(8), .port = AT(12) },
			{ 48, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_GROUP, .conference = AT(0),
			  .passthru = AT(4), .address = AT(8), .port = AT(28) },
		},
	}, {
		.id = 0x0102, .name = "StartMulticastMediaTransmission",
		.sender = SCCP_SERVER, .kind = SCCP_AUDIO, .way = SCCP_TRANSMIT,
		.form = {
			{ 40, 55, SCCP_OLD, SCCP_IP4, SCCP_GROUP, .conference = AT(0),
			  .passthru = AT(4), .address = AT(8), .port = AT(12) },
			{ 56, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_GROUP, .conference = AT(0),
			  .passthru = AT(4), .address = AT(8), .port = AT(28) },
		},
	}, {
		/* Shorter ones name no source */
		.id = 0x0105, .name = "OpenReceiveChannel",
		.sender = SCCP_SERVER, .kind = SCCP_AUDIO, .way = SCCP_RECEIVE,
		.form = {
			{ 108, 127, SCCP_OLD, SCCP_IP4, SCCP_SOURCE, .conference = AT(0),
			  .passthru = AT(4), .call = AT(24), .address = AT(100), .port = AT(104) },
			{ 128, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_SOURCE, .conference = AT(0),
			  .passthru = AT(4), .call = AT(24), .address = AT(100), .port = AT(120) },
		},
	}, {
		.id = 0x0106, .name = "CloseReceiveChannel",
		.sender = SCCP_SERVER, .kind = SCCP_AUDIO, .way = SCCP_RECEIVE,
		.effect = SCCP_CLOSE,
		.form = {
			CLOSES_CHANNEL,
		},
	}, {
		.id = 0x0118, .name = "UnregisterAck",
		.sender = SCCP_SERVER, .effect = SCCP_UNREGISTERED,
		.form = {
			{ 4, LAST, SCCP_ALWAYS, .status = AT(0) },
		},
	}, {
		/* Shorter ones name no source */
		.id = 0x0131, .name = "OpenMultiMediaReceiveChannel",
		.sender = SCCP_SERVER, .kind = SCCP_VIDEO, .way = SCCP_RECEIVE,
		.form = {
			{ 172, 187, SCCP_OLD, SCCP_IP4, SCCP_SOURCE, .conference = AT(0),
			  .passthru = AT(4), .call = AT(16), .address = AT(164), .port = AT(168) },
			{ 188, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_SOURCE, .conference = AT(0),
			  .passthru = AT(4), .call = AT(16), .address = AT(164), .port = AT(184) },
		},
	}, {
		/* Between 171 and 184 the length decides nothing */
		.id = 0x0132, .name = "StartMultiMediaTransmission",
		.sender = SCCP_SERVER, .kind = SCCP_VIDEO, .way = SCCP_TRANSMIT,
		.form = {
			{ 24, 183, SCCP_OLD, SCCP_IP4, SCCP_REMOTE, .conference = AT(0),
			  .passthru = AT(4), .address = AT(12), .port = AT(16), .call = AT(20) },
			{ 172, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_REMOTE, .conference = AT(0),
			  .passthru = AT(4), .address = AT(12), .port = AT(32), .call = AT(36) },
		},
	}, {
		.id = 0x0133, .name = "StopMultiMediaTransmission",
		.sender = SCCP_SERVER, .kind = SCCP_VIDEO, .way = SCCP_TRANSMIT,
		.effect = SCCP_CLOSE,
		.form = {
			CLOSES_CHANNEL,
		},
	}, {
		.id = 0x0136, .name = "CloseMultiMediaReceiveChannel",
		.sender = SCCP_SERVER, .kind = SCCP_VIDEO, .way = SCCP_RECEIVE,
		.effect = SCCP_CLOSE,
		.form = {
			CLOSES_CHANNEL,
		},
	}, {
		.id = 0x014b, .name = "PortRequest",
		.sender = SCCP_SERVER, .kind = SCCP_PORT, .way = SCCP_RECEIVE,
		.form = {
			NAMES_PORT(16, 20),
		},
	}, {
		.id = 0x014c, .name = "PortClose",
		.sender = SCCP_SERVER, .kind = SCCP_PORT, .way = SCCP_RECEIVE,
		.effect = SCCP_CLOSE,
		.form = {
			NAMES_PORT(12, 12),
		},
	}, {
		.id = 0x014d, .name = "QoSListen",
		.sender = SCCP_SERVER, .kind = SCCP_AUDIO, .way = SCCP_RECEIVE,
		.form = {
			MENTIONS_MEDIA(172, 188),
		},
	}, {
		.id = 0x014e, .name = "QoSPath",
		.sender = SCCP_SERVER, .kind = SCCP_AUDIO, .way = SCCP_TRANSMIT,
		.form = {
			MENTIONS_MEDIA(168, 184),
		},
	}, {
		.id = 0x014f, .name = "QoSTeardown",
		.sender = SCCP_SERVER, .kind = SCCP_AUDIO, .way = SCCP_TRANSMIT,
		.form = {
			MENTIONS_MEDIA(20, 40),
		},
	}, {
		.id = 0x0150, .name = "UpdateDSCP",
		.sender = SCCP_SERVER, .kind = SCCP_AUDIO, .way = SCCP_TRANSMIT,
		.form = {
			MENTIONS_MEDIA(20, 40),
		},
	}, {
		.id = 0x0151, .name = "QoSModify",
		.sender = SCCP_SERVER, .kind = SCCP_AUDIO, .way = SCCP_TRANSMIT,
		.form = {
			MENTIONS_MEDIA(152, 168),
		},
	}, {
		.id = 0x0154, .name = "StartMediaTransmissionAck",
		.sender = SCCP_PHONE, .kind = SCCP_AUDIO, .way = SCCP_TRANSMIT,
		.form = {
			{ 24, 39, SCCP_OLD, SCCP_IP4, SCCP_OWN_TRANSMIT, .conference = AT(0),
			  .passthru = AT(4), .call = AT(8), .address = AT(12), .port = AT(16),
			  .status = AT(20) },
			{ 40, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_OWN_TRANSMIT, .conference = AT(0),
			  .passthru = AT(4), .call = AT(8), .address = AT(12), .port = AT(32),
			  .status = AT(36) },
		},
	}, {
		.id = 0x0155, .name = "StartMultiMediaTransmissionAck",
		.sender = SCCP_PHONE, .kind = SCCP_VIDEO, .way = SCCP_TRANSMIT,
		.form = {
			{ 24, 39, SCCP_OLD, SCCP_IP4, SCCP_OWN_TRANSMIT, .conference = AT(0),
			  .passthru = AT(4), .call = AT(8), .address = AT(12), .port = AT(16),
			  .status = AT(20) },
			{ 40, LAST, SCCP_NEW, SCCP_TAGGED, SCCP_OWN_TRANSMIT, .conference = AT(0),
			  .passthru = AT(4), .call = AT(8), .address = AT(12), .port = AT(32),
			  .status = AT(36) },
		},
	}, {
		.id = 0x8000, .name = "SPCPRegisterTokenReq",
		.sender = SCCP_PHONE,
		.form = {
			{ 28, LAST, SCCP_ALWAYS, SCCP_IP4, SCCP_SELF, .address = AT(24) },
		},
	},
};

const struct sccp_message *sccp_messages_all(u32 *count)
{
	*count = ARRAY_SIZE(sccp_messages);
	return sccp_messages;
}

const struct sccp_message *sccp_message_find(u32 id)
{
	u32 low = 0, high = ARRAY_SIZE(sccp_messages);

	while (low < high) {
		u32 middle = (low + high) / 2;

		if (sccp_messages[middle].id == id)
			return &sccp_messages[middle];
		if (sccp_messages[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The bytes at an offset of the table, or NULL if they are not there */
static const u8 *sccp_at(const struct nf_alg_cursor *body, u32 at, u32 len)
{
	struct nf_alg_cursor c = *body;

	if (!at || !nf_alg_cursor_skip(&c, at - 1))
		return NULL;
	return nf_alg_cursor_here(&c, len);
}

static u32 sccp_number(const struct nf_alg_cursor *body, u32 at)
{
	const u8 *p = sccp_at(body, at, 4);

	return p ? sccp_u32(p) : 0;
}

static bool sccp_fits(const struct sccp_form *form, u32 len)
{
	return form->from && len >= form->from && len <= form->to;
}

/* Old or new, where the length permits both */
static enum sccp_choice sccp_choose(const struct sccp_message *message,
				    const struct nf_alg_cursor *body,
				    u32 version,
				    const struct sccp_dialect *dialect)
{
	if (message->tag)
		return sccp_number(body, message->tag) <= SCCP_TAG_NONE ?
			       SCCP_NEW :
			       SCCP_OLD;
	if (!version)
		version = dialect->version;
	return version >= SCCP_VERSION_NEW ? SCCP_NEW : SCCP_OLD;
}

/* Which of the old and new forms is it; SCCP_ALWAYS if it has neither */
static enum sccp_choice sccp_choice(const struct sccp_message *message,
				    const struct nf_alg_cursor *body,
				    u32 version,
				    const struct sccp_dialect *dialect)
{
	bool old = false, new = false;
	u32 i;

	for (i = 0; i < SCCP_FORMS_MAX && message->form[i].from; i++) {
		if (!sccp_fits(&message->form[i], nf_alg_cursor_left(body)))
			continue;
		old |= message->form[i].choice == SCCP_OLD;
		new |= message->form[i].choice == SCCP_NEW;
	}
	if (old && new)
		return sccp_choose(message, body, version, dialect);
	if (old)
		return SCCP_OLD;
	return new ? SCCP_NEW : SCCP_ALWAYS;
}

static void sccp_read_ids(const struct sccp_form *form,
			  const struct nf_alg_cursor *body,
			  struct sccp_reading *reading)
{
	if (form->status)
		reading->status = sccp_number(body, form->status);
	if (form->conference)
		reading->conference = sccp_number(body, form->conference);
	if (form->passthru)
		reading->passthru = sccp_number(body, form->passthru);
	if (form->call)
		reading->call = sccp_number(body, form->call);
	if (form->media)
		reading->media = sccp_number(body, form->media);
	if (form->keep)
		reading->keep = sccp_number(body, form->keep) == 1;
}

/* An address: its place and value. Returns false for a type there is not. A
 * server that names nobody says so by the type for none, a phone has no reason
 * to.
 */
static bool sccp_read_address(const struct nf_alg_cursor *body, u32 at,
			      u8 encoding, bool none, struct sccp_field *field)
{
	u32 len = encoding == SCCP_IP4 ? 4 : 16;
	const u8 *p;

	field->both = false;
	if (encoding == SCCP_TAGGED) {
		p = sccp_at(body, at, SCCP_TAG + 16);
		if (!p)
			return true;
		switch (sccp_u32(p)) {
		case SCCP_TAG_IP4:
			len = 4;
			break;
		case SCCP_TAG_BOTH:
			field->both = true;
			break;
		case SCCP_TAG_IP6:
			break;
		case SCCP_TAG_NONE:
			return none;
		default:
			return false;
		}
		at += SCCP_TAG;
	}
	p = sccp_at(body, at, len);
	if (!p)
		return true;
	field->address_at = SCCP_HEADER + at - 1;
	field->endpoint.family = len == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	memcpy(&field->endpoint.addr, p, len);
	return true;
}

static void sccp_read_port(const struct nf_alg_cursor *body, u32 at, u16 *where,
			   u32 *port)
{
	const u8 *p = sccp_at(body, at, 4);

	if (!p)
		return;
	*where = SCCP_HEADER + at - 1;
	*port = sccp_u32(p);
}

static bool sccp_read_form(const struct sccp_form *form,
			   const struct nf_alg_cursor *body,
			   struct sccp_reading *reading)
{
	u32 stride = form->encoding == SCCP_TAGGED ? SCCP_TAG + 16 : 4;
	u32 times = form->times ?: 1, i;

	sccp_read_ids(form, body, reading);
	if (form->meaning == SCCP_NO_MEANING)
		return true;
	if (form->counted)
		times = min_t(u32, sccp_number(body, form->counted),
			      (nf_alg_cursor_left(body) - 4) / 4);

	for (i = 0; i < times && reading->fields < SCCP_FIELDS_MAX; i++) {
		struct sccp_field *field = &reading->field[reading->fields++];

		memset(field, 0, sizeof(*field));
		field->meaning = form->meaning;
		if (form->encoding &&
		    !sccp_read_address(
			    body, form->address + i * stride, form->encoding,
			    reading->message->sender == SCCP_SERVER, field))
			return false;
		if (form->port)
			sccp_read_port(body, form->port + 4 * i,
				       &field->port_at, &field->port);
		if (form->rtcp)
			sccp_read_port(body, form->rtcp, &field->rtcp_at,
				       &field->rtcp);
		if (field->port <= 0xffff)
			field->endpoint.port = htons(field->port);
	}
	return true;
}

int sccp_read(const struct sccp_message *message, const u8 *data, u32 len,
	      const struct sccp_dialect *dialect, struct sccp_reading *reading)
{
	const struct sccp_form *form = message->form;
	const struct sccp_form *end = form + SCCP_FORMS_MAX;
	struct nf_alg_cursor body;
	enum sccp_choice choice;

	reading->message = message;
	reading->status = 0;
	reading->conference = 0;
	reading->passthru = 0;
	reading->call = 0;
	reading->media = 0;
	reading->keep = false;
	reading->fields = 0;
	if (len < SCCP_HEADER)
		return 0;
	nf_alg_cursor_init(&body, data, len);
	nf_alg_cursor_skip(&body, SCCP_HEADER);
	choice = sccp_choice(message, &body, sccp_u32(data + 4), dialect);

	for (; form < end && form->from; form++) {
		if (!sccp_fits(form, nf_alg_cursor_left(&body)))
			continue;
		if (form->choice == SCCP_CM2) {
			if (!dialect->cm2)
				continue;
		} else if (form->choice != SCCP_ALWAYS &&
			   form->choice != choice) {
			continue;
		}
		if (!sccp_read_form(form, &body, reading))
			return -NF_ALG_REASON_MALFORMED;
	}
	return 0;
}
