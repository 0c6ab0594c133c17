/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_VIA_H
#define NF_ALG_SIP_VIA_H

#include "uri.h"

/**
 * struct sip_via - the topmost value of Via
 * @transport: of the sent-protocol
 * @host: name or literal of sent-by
 * @sent_by: host and port as they stand
 * @port: 0 where none stands
 * @branch: value of branch; len 0 where there is none
 * @received: value of received; likewise
 * @rport_value: value of rport; likewise
 * @alias: the connection can be used in the other direction (RFC 5923)
 * @rport: there is an rport, with or without a value
 * @maddr: value of maddr; off 0 where there is none
 */
struct sip_via {
	enum sip_transport transport;
	struct nf_alg_span host;
	struct nf_alg_span sent_by;
	u16 port;
	struct nf_alg_span branch;
	struct nf_alg_span received;
	struct nf_alg_span rport_value;
	bool alias;
	bool rport;
	struct nf_alg_span maddr;
};

/**
 * sip_via_parse() - read the first value of a Via field
 * @c: the field's value. Not advanced
 * @via: its parts
 *
 * RFC 3261 section 20.42, RFC 3581.
 *
 * Return: true; false if it is malformed.
 */
bool sip_via_parse(const struct nf_alg_cursor *c, struct sip_via *via);

#endif /* NF_ALG_SIP_VIA_H */
