// SPDX-License-Identifier: GPL-2.0
/*
 * Names of messages, for natctl monitor.
 */
#include "q931.h"
#include "title.h"
#include "tpkt.h"
#include "walker.h"

/* RasMessage: extension bit, then five bits; extensions with six */
const char *h323_title_ras(const u8 *data, u32 len)
{
	if (len < 2)
		return NULL;
	if (!(data[0] & 0x80))
		return h323_message_name(H323_RAS, data[0] >> 2 & 31);
	if (data[0] & 0x40)
		return NULL;
	return h323_message_name(H323_RAS, H323_RIP + (data[0] & 63));
}

const char *h323_title_signalling(const u8 *data, u32 len)
{
	struct h323_q931 q931;
	struct nf_alg_cursor c;

	nf_alg_cursor_init(&c, data, len);
	if (!nf_alg_cursor_skip(&c, H323_TPKT_HEADER) ||
	    h323_q931_read(&c, &q931))
		return NULL;
	switch (q931.type) {
	case H323_Q931_ALERTING:
		return "Alerting";
	case H323_Q931_CALL_PROCEEDING:
		return "CallProceeding";
	case H323_Q931_PROGRESS:
		return "Progress";
	case H323_Q931_SETUP:
		return "Setup";
	case H323_Q931_CONNECT:
		return "Connect";
	case H323_Q931_SETUP_ACKNOWLEDGE:
		return "SetupAcknowledge";
	case H323_Q931_RELEASE_COMPLETE:
		return "ReleaseComplete";
	case H323_Q931_FACILITY:
		return "Facility";
	case H323_Q931_NOTIFY:
		return "Notify";
	case H323_Q931_STATUS_ENQUIRY:
		return "StatusEnquiry";
	case H323_Q931_INFORMATION:
		return "Information";
	case H323_Q931_STATUS:
		return "Status";
	default:
		return NULL;
	}
}

/* MultimediaSystemControlMessage: an extension bit and two bits say which of
 * four, and in each another extension bit and three to five bits which message
 */
const char *h323_title_control(const u8 *data, u32 len)
{
	u32 word;

	if (len < H323_TPKT_HEADER + 2)
		return NULL;
	word = data[H323_TPKT_HEADER] << 8 | data[H323_TPKT_HEADER + 1];
	if (word & 0x8000)
		return NULL;
	switch (word >> 12) {
	case 0:
		switch (word >> 8 & 15) {
		case 1:
			return "masterSlaveDetermination";
		case 2:
			return "terminalCapabilitySet";
		case 3:
			return "openLogicalChannel";
		case 4:
			return "closeLogicalChannel";
		default:
			return "request";
		}
	case 2:
		switch (word >> 7 & 31) {
		case 1:
			return "masterSlaveDeterminationAck";
		case 3:
			return "terminalCapabilitySetAck";
		case 5:
			return "openLogicalChannelAck";
		case 6:
			return "openLogicalChannelReject";
		case 7:
			return "closeLogicalChannelAck";
		default:
			return "response";
		}
	case 4:
		return "command";
	case 6:
		return "indication";
	default:
		return "extension";
	}
}
