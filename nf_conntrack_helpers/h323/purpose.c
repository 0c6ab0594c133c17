// SPDX-License-Identifier: GPL-2.0
/*
 * What an address in a message is there for.
 */
#include "purpose.h"

/* RAS speaks of call signalling for the sender, or for somebody to be called */
static enum h323_purpose h323_purpose_call_signal(u8 kind)
{
	switch (kind) {
	case H323_RRQ:
	case H323_RCF:
	case H323_LCF:
		return H323_LISTENER;
	case H323_ARJ:
		return H323_TARGET;
	default:
		return H323_MENTION;
	}
}

static enum h323_purpose h323_purpose_ras_address(u8 kind)
{
	switch (kind) {
	case H323_GRQ:
		return H323_RAS_ANSWER;
	case H323_GCF:
	case H323_RRQ:
	case H323_LCF:
		return H323_RAS_LISTENER;
	default:
		return H323_MENTION_UDP;
	}
}

/* Addresses of endpoints that stand for the sender, or that are to be called */
static enum h323_purpose h323_purpose_alternate(u8 kind, u8 field)
{
	if (field == H323_RAS_ADDRESS)
		return kind == H323_RRQ ? H323_RAS_LISTENER : H323_MENTION_UDP;
	if (field != H323_CALL_SIGNAL_ADDRESS)
		return H323_MENTION;
	switch (kind) {
	case H323_RRQ:
		return H323_LISTENER;
	case H323_ACF:
	case H323_ACS:
	case H323_LCF:
		return H323_TARGET;
	default:
		return H323_MENTION;
	}
}

static enum h323_purpose h323_purpose_ras(u8 kind, const struct h323_hit *hit)
{
	if (kind == H323_UMR || kind == H323_NSM)
		return H323_LEAVE;
	switch (hit->within) {
	case H323_ALTERNATE_GATEKEEPER:
	case H323_ALT_GK_INFO:
	case H323_ASSIGNED_GATEKEEPER:
		return H323_GATEKEEPER;
	case H323_ALTERNATE_ENDPOINTS:
	case H323_SRC_ALTERNATIVES:
	case H323_DEST_ALTERNATIVES:
		if (hit->field == H323_ANNEX_E || hit->field == H323_SCTP)
			return H323_MENTION_UDP;
		return h323_purpose_alternate(kind, hit->field);
	default:
		break;
	}
	switch (hit->field) {
	case H323_CALL_SIGNAL_ADDRESS:
		return hit->within == H323_PER_CALL_INFO ?
			       H323_MENTION :
			       h323_purpose_call_signal(kind);
	case H323_RAS_ADDRESS:
		return h323_purpose_ras_address(kind);
	case H323_REPLY_ADDRESS:
		return H323_RAS_ANSWER;
	case H323_DEST_CALL_SIGNAL_ADDRESS:
		return kind == H323_ACF || kind == H323_ACS ? H323_TARGET :
							      H323_MENTION;
	case H323_CALL_SIGNALLING_ADDRESS:
		return H323_TARGET;
	case H323_ANNEX_E:
	case H323_SCTP:
	case H323_SEND_ADDRESS:
	case H323_RECV_ADDRESS:
	case H323_RTP_ADDRESS:
	case H323_RTCP_ADDRESS:
	case H323_GENERIC_TRANSPORT:
		return H323_MENTION_UDP;
	default:
		return H323_MENTION;
	}
}

static enum h323_purpose h323_purpose_signalling(const struct h323_hit *hit)
{
	switch (hit->field) {
	case H323_H245_ADDRESS:
		return H323_CONTROL_LISTENER;
	case H323_ALTERNATIVE_ADDRESS:
		return H323_FORWARDING;
	case H323_CHANNEL_RESUME_ADDRESS:
		return H323_LISTENER;
	case H323_CALL_SIGNALLING_ADDRESS:
		return H323_TARGET;
	case H323_ANNEX_E:
	case H323_SCTP:
	case H323_SEND_ADDRESS:
	case H323_RECV_ADDRESS:
	case H323_GENERIC_TRANSPORT:
		return H323_MENTION_UDP;
	default:
		return H323_MENTION;
	}
}

/* A channel's media is a connection where it is said so */
static enum h323_purpose h323_purpose_media(const struct h323_message *message,
					    const struct h323_hit *hit)
{
	const struct h323_channel *channel = hit->within == H323_REVERSE ?
						     &message->reverse :
						     &message->forward;

	if (hit->data == H323_DATA_T38_TCP || hit->data == H323_DATA_T120 ||
	    (channel->there && channel->reliable))
		return H323_STREAM;
	return H323_MEDIA;
}

static enum h323_purpose
h323_purpose_control(const struct h323_message *message,
		     const struct h323_hit *hit)
{
	if (message->kind == H323_NOT_UNDERSTOOD)
		return H323_LEAVE;
	switch (hit->field) {
	case H323_MEDIA_CHANNEL:
		return h323_purpose_media(message, hit);
	case H323_MEDIA_CONTROL_CHANNEL:
	case H323_MULTIPLEXED_MEDIA_CONTROL:
	case H323_RTCP_ADDRESS:
		return H323_MEDIA_CONTROL;
	case H323_MULTIPLEXED_MEDIA:
	case H323_KEEP_ALIVE_CHANNEL:
	case H323_RTP_ADDRESS:
		return H323_MEDIA;
	case H323_NETWORK_ADDRESS:
		return H323_STREAM;
	case H323_SIGNAL_ADDRESS:
		return H323_LISTENER;
	case H323_TRANSPORT_ID:
		return H323_MENTION;
	default:
		return H323_MENTION_UDP;
	}
}

enum h323_purpose h323_purpose(const struct h323_message *message,
			       const struct h323_hit *hit)
{
	/* A report of what others said opens nothing */
	if (message->layer == H323_LAYER_REPORT)
		return h323_purpose_l4proto(h323_purpose_signalling(hit)) ==
				       IPPROTO_UDP ?
			       H323_MENTION_UDP :
			       H323_MENTION;
	switch (message->protocol) {
	case H323_RAS:
		return h323_purpose_ras(message->kind, hit);
	case H323_SIGNALLING:
		return h323_purpose_signalling(hit);
	default:
		return h323_purpose_control(message, hit);
	}
}
