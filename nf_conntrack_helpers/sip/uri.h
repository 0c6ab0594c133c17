/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_URI_H
#define NF_ALG_SIP_URI_H

#include "cursor.h"

#define SIP_PORT 5060
#define SIPS_PORT 5061

enum sip_scheme {
	SIP_SCHEME_OTHER,
	SIP_SCHEME_SIP,
	SIP_SCHEME_SIPS,
};

/**
 * enum sip_transport - transport=, or the transport of a Via
 * @SIP_TRANSPORT_NONE: not said
 * @SIP_TRANSPORT_OTHER: TLS, WebSocket, SCTP and what is not known
 */
enum sip_transport {
	SIP_TRANSPORT_NONE,
	SIP_TRANSPORT_UDP,
	SIP_TRANSPORT_TCP,
	SIP_TRANSPORT_OTHER,
};

/**
 * struct sip_uri - the parts of a URI
 * @scheme: SIP_SCHEME_OTHER: nothing else is set
 * @user: user and password; len 0 where there is none
 * @host: name or literal, with the brackets of IPv6
 * @hostport: host and port as they stand
 * @params: from the first ';' or '?' to the end
 * @port: 0 where none stands
 * @transport: parameter of that name
 * @maddr: value of that parameter: where requests go in place of the host; off
 *	0 where there is none
 */
struct sip_uri {
	enum sip_scheme scheme;
	struct nf_alg_span user;
	struct nf_alg_span host;
	struct nf_alg_span hostport;
	struct nf_alg_span params;
	u16 port;
	enum sip_transport transport;
	struct nf_alg_span maddr;
};

/**
 * sip_uri_parse() - take a URI apart
 * @c: the URI and nothing else. Not advanced
 * @uri: its parts
 *
 * RFC 3261 section 25.1. The user part ends at the last '@' before parameters
 * and headers: these may not hold one, but some do.
 *
 * Return: true; false if it is malformed. Other schemes are not malformed.
 */
bool sip_uri_parse(const struct nf_alg_cursor *c, struct sip_uri *uri);

/**
 * sip_hostport_parse() - read host [":" port]
 * @c: cursor, advanced behind it
 * @host: name or literal
 * @hostport: both
 * @port: 0 where none stands
 * @lws: white space may stand around the colon (Via's sent-by)
 *
 * Return: true; false if it is malformed.
 */
bool sip_hostport_parse(struct nf_alg_cursor *c, struct nf_alg_span *host,
			struct nf_alg_span *hostport, u16 *port, bool lws);

/**
 * struct sip_param - one ";name=value"
 * @name: name
 * @value: value, without quotes; len 0 where there is none
 */
struct sip_param {
	struct nf_alg_span name;
	struct nf_alg_span value;
};

/**
 * sip_param_next() - read the next parameter
 * @c: cursor at white space or a ';'; advanced behind the parameter
 * @param: the parameter
 *
 * Return: true; false where no ';' follows.
 */
bool sip_param_next(struct nf_alg_cursor *c, struct sip_param *param);

/**
 * sip_param_find() - find a parameter
 * @message: the message
 * @params: where to look
 * @name: its name in lower case
 * @len: length of the name
 * @value: its value; may be NULL
 *
 * Return: true if it is there.
 */
bool sip_param_find(const struct nf_alg_cursor *message,
		    const struct nf_alg_span *params, const char *name, u32 len,
		    struct nf_alg_span *value);

#endif /* NF_ALG_SIP_URI_H */
