/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_SDP_H
#define NF_ALG_SIP_SDP_H

#include "cursor.h"

/**
 * struct sip_sdp_session - what an SDP says before its first media
 * @origin: address of o=; len 0 where it is neither IN IP4 nor IN IP6
 * @connection: address of c=; likewise
 */
struct sip_sdp_session {
	struct nf_alg_span origin;
	struct nf_alg_span connection;
};

/**
 * enum sip_sdp_transport - what the proto of m= runs on
 * @SIP_SDP_RTP: RTP over UDP: two ports
 * @SIP_SDP_UDP: anything else over UDP (udptl, UDP/BFCP): one port
 * @SIP_SDP_OTHER: TCP, and what is not known
 */
enum sip_sdp_transport {
	SIP_SDP_RTP,
	SIP_SDP_UDP,
	SIP_SDP_OTHER,
};

/* What is said of other addresses of a media; more are left as they are */
#define SIP_SDP_ALTERNATIVES 4

/**
 * struct sip_sdp_alternative - another address of a media: a=altc, a=alt
 * @address: where the address stands
 * @port_text: where its port stands
 * @port: that port
 */
struct sip_sdp_alternative {
	struct nf_alg_span address;
	struct nf_alg_span port_text;
	u16 port;
};

/**
 * struct sip_sdp_media - one m= and the lines that belong to it
 * @transport: what it runs on
 * @port_text: where the port stands
 * @port: the port
 * @count: RTP pairs: "m=audio 5004/2"
 * @insert: where a c= line may be put
 * @connection: address of its own c=; len 0 where it is neither IN IP4 nor
 *	IN IP6
 * @connections: how many c= lines it has
 * @rtcp_text: where the port of a=rtcp stands; len 0 where there is none
 * @rtcp: that port
 * @rtcp_address: the address of a=rtcp
 * @ice: it has candidates
 * @rtcp_mux_only: there is no RTCP port (RFC 8858)
 * @alternative: its other addresses (RFC 6947)
 * @alternatives: how many
 */
struct sip_sdp_media {
	enum sip_sdp_transport transport;
	struct nf_alg_span port_text;
	u16 port;
	u16 count;
	u32 insert;
	struct nf_alg_span connection;
	u32 connections;
	struct nf_alg_span rtcp_text;
	u16 rtcp;
	struct nf_alg_span rtcp_address;
	bool ice;
	bool rtcp_mux_only;
	struct sip_sdp_alternative alternative[SIP_SDP_ALTERNATIVES];
	u32 alternatives;
};

/**
 * sip_sdp_session() - read an SDP up to its first media
 * @c: cursor at "v="; advanced to the first m= or the end
 * @session: what it says
 *
 * Return: true; false if it is malformed.
 */
bool sip_sdp_session(struct nf_alg_cursor *c, struct sip_sdp_session *session);

/**
 * sip_sdp_media() - read the next media
 * @c: cursor at m=; advanced to the next one or the end
 * @media: what it says
 *
 * Return: 1 for a media, 0 at the end, -1 if it is malformed.
 */
int sip_sdp_media(struct nf_alg_cursor *c, struct sip_sdp_media *media);

#endif /* NF_ALG_SIP_SDP_H */
