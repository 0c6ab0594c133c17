// SPDX-License-Identifier: GPL-2.0
/*
 * Names of messages and fields, for events
 */
#include "walker.h"

static const char *const h323_fields[H323_FIELDS] = {
	[H323_NO_FIELD] = "",
	[H323_RAS_ADDRESS] = "rasAddress",
	[H323_CALL_SIGNAL_ADDRESS] = "callSignalAddress",
	[H323_SOURCE_CALL_SIGNAL_ADDRESS] = "sourceCallSignalAddress",
	[H323_DEST_CALL_SIGNAL_ADDRESS] = "destCallSignalAddress",
	[H323_SRC_CALL_SIGNAL_ADDRESS] = "srcCallSignalAddress",
	[H323_REPLY_ADDRESS] = "replyAddress",
	[H323_H245_ADDRESS] = "h245Address",
	[H323_ALTERNATIVE_ADDRESS] = "alternativeAddress",
	[H323_ANNEX_E] = "annexE",
	[H323_SCTP] = "sctp",
	[H323_TRANSPORT_ID] = "transportID",
	[H323_SEND_ADDRESS] = "sendAddress",
	[H323_RECV_ADDRESS] = "recvAddress",
	[H323_MEDIA_CHANNEL] = "mediaChannel",
	[H323_MEDIA_CONTROL_CHANNEL] = "mediaControlChannel",
	[H323_NETWORK_ADDRESS] = "networkAddress",
	[H323_SIGNAL_ADDRESS] = "signalAddress",
	[H323_GENERIC_TRANSPORT] = "transport",
	[H323_CALL_SIGNALLING_ADDRESS] = "callSignallingAddress",
	[H323_CHANNEL_RESUME_ADDRESS] = "channelResumeAddress",
	[H323_MULTIPLEXED_MEDIA] = "multiplexedMediaChannel",
	[H323_MULTIPLEXED_MEDIA_CONTROL] = "multiplexedMediaControlChannel",
	[H323_KEEP_ALIVE_CHANNEL] = "keepAliveChannel",
	[H323_RTP_ADDRESS] = "rtpAddress",
	[H323_RTCP_ADDRESS] = "rtcpAddress",
	[H323_ALTERNATE_ENDPOINTS] = "alternateEndpoints",
	[H323_SRC_ALTERNATIVES] = "srcAlternatives",
	[H323_DEST_ALTERNATIVES] = "destAlternatives",
	[H323_ALTERNATE_GATEKEEPER] = "alternateGatekeeper",
	[H323_ALT_GK_INFO] = "altGKInfo",
	[H323_ASSIGNED_GATEKEEPER] = "assignedGatekeeper",
	[H323_ALTERNATE_TRANSPORT_ADDRESSES] = "alternateTransportAddresses",
	[H323_PRE_GRANTED_ARQ] = "preGrantedARQ",
	[H323_BANDWIDTH_DETAILS] = "bandwidthDetails",
	[H323_PER_CALL_INFO] = "perCallInfo",
	[H323_FEATURE_SET] = "featureSet",
	[H323_GENERIC_DATA] = "genericData",
	[H323_CIRCUIT_INFO] = "circuitInfo",
	[H323_H4501] = "h4501SupplementaryService",
	[H323_ALIAS] = "alias",
	[H323_FORWARD] = "forwardLogicalChannelParameters",
	[H323_REVERSE] = "reverseLogicalChannelParameters",
	[H323_FORWARD_ACK] = "forwardMultiplexAckParameters",
	[H323_SEPARATE_STACK] = "separateStack",
	[H323_COMMUNICATION_TABLE] = "communicationModeTable",
	[H323_GENERIC_INFORMATION] = "genericInformation",
};

static const char *const h323_ras_names[H323_RAS_KINDS] = {
	[H323_GRQ] = "gatekeeperRequest",
	[H323_GCF] = "gatekeeperConfirm",
	[H323_GRJ] = "gatekeeperReject",
	[H323_RRQ] = "registrationRequest",
	[H323_RCF] = "registrationConfirm",
	[H323_RRJ] = "registrationReject",
	[H323_URQ] = "unregistrationRequest",
	[H323_UCF] = "unregistrationConfirm",
	[H323_URJ] = "unregistrationReject",
	[H323_ARQ] = "admissionRequest",
	[H323_ACF] = "admissionConfirm",
	[H323_ARJ] = "admissionReject",
	[H323_BRQ] = "bandwidthRequest",
	[H323_BCF] = "bandwidthConfirm",
	[H323_BRJ] = "bandwidthReject",
	[H323_DRQ] = "disengageRequest",
	[H323_DCF] = "disengageConfirm",
	[H323_DRJ] = "disengageReject",
	[H323_LRQ] = "locationRequest",
	[H323_LCF] = "locationConfirm",
	[H323_LRJ] = "locationReject",
	[H323_IRQ] = "infoRequest",
	[H323_IRR] = "infoRequestResponse",
	[H323_NSM] = "nonStandardMessage",
	[H323_UMR] = "unknownMessageResponse",
	[H323_RIP] = "requestInProgress",
	[H323_RAI] = "resourcesAvailableIndicate",
	[H323_RAC] = "resourcesAvailableConfirm",
	[H323_IACK] = "infoRequestAck",
	[H323_INAK] = "infoRequestNak",
	[H323_SCI] = "serviceControlIndication",
	[H323_SCR] = "serviceControlResponse",
	[H323_ACS] = "admissionConfirmSequence",
};

static const char *const h323_body_names[H323_BODIES] = {
	[H323_SETUP] = "setup",
	[H323_CALL_PROCEEDING] = "callProceeding",
	[H323_CONNECT] = "connect",
	[H323_ALERTING] = "alerting",
	[H323_INFORMATION] = "information",
	[H323_RELEASE_COMPLETE] = "releaseComplete",
	[H323_FACILITY] = "facility",
	[H323_PROGRESS] = "progress",
	[H323_EMPTY] = "empty",
	[H323_STATUS] = "status",
	[H323_STATUS_INQUIRY] = "statusInquiry",
	[H323_SETUP_ACKNOWLEDGE] = "setupAcknowledge",
	[H323_NOTIFY] = "notify",
};

static const char *const h323_control_names[H323_CONTROLS] = {
	[H323_CONTROL_OTHER] = "h245",
	[H323_OLC] = "openLogicalChannel",
	[H323_OLC_ACK] = "openLogicalChannelAck",
	[H323_OLC_REJECT] = "openLogicalChannelReject",
	[H323_OLC_CONFIRM] = "openLogicalChannelConfirm",
	[H323_CLC] = "closeLogicalChannel",
	[H323_CLC_ACK] = "closeLogicalChannelAck",
	[H323_REQUEST_CLOSE] = "requestChannelClose",
	[H323_REQUEST_CLOSE_ACK] = "requestChannelCloseAck",
	[H323_REQUEST_CLOSE_REJECT] = "requestChannelCloseReject",
	[H323_TCS] = "terminalCapabilitySet",
	[H323_MSD] = "masterSlaveDetermination",
	[H323_COMMUNICATION_COMMAND] = "communicationModeCommand",
	[H323_COMMUNICATION_RESPONSE] = "communicationModeResponse",
	[H323_MC_LOCATION] = "mcLocationIndication",
	[H323_NOT_UNDERSTOOD] = "functionNotUnderstood",
	[H323_END_SESSION] = "endSessionCommand",
};

const char *h323_field_name(u8 field)
{
	return field < H323_FIELDS ? h323_fields[field] : "unknown";
}

const char *h323_message_name(u8 protocol, u8 kind)
{
	if (protocol == H323_RAS && kind < H323_RAS_KINDS)
		return h323_ras_names[kind];
	if (protocol == H323_SIGNALLING && kind < H323_BODIES)
		return h323_body_names[kind];
	if (protocol == H323_CONTROL && kind < H323_CONTROLS)
		return h323_control_names[kind];
	return "unknown";
}
