/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_ADDRESS_H
#define NF_ALG_SIP_ADDRESS_H

#include "cursor.h"
#include "endpoint.h"

/* "[" IPv6 "]" ":" port, the longest there is */
#define SIP_HOSTPORT_MAX 56

/**
 * sip_address_parse() - read an IPv4 or IPv6 literal
 * @c: the literal and nothing else; an IPv6 literal may stand in brackets.
 *	Not advanced
 * @host: where the address is put; the port is 0
 *
 * Names, IPv6 zones and prefixes are no literals.
 *
 * Return: true if it is one.
 */
bool sip_address_parse(const struct nf_alg_cursor *c,
		       struct nf_alg_endpoint *host);

/**
 * sip_port_parse() - read a port
 * @c: decimal digits and nothing else. Not advanced
 *
 * Return: 0 to 65535, or -1.
 */
s32 sip_port_parse(const struct nf_alg_cursor *c);

/**
 * sip_number_parse() - read a decimal number
 * @c: cursor, advanced behind the digits
 *
 * Return: the number, 0 to 999,999,999; -1 if there is none or it is larger.
 */
s32 sip_number_parse(struct nf_alg_cursor *c);

/**
 * sip_number_print() - write a decimal number
 * @out: at least 10 bytes
 * @number: what to write
 *
 * Return: number of bytes written.
 */
u32 sip_number_print(u8 *out, u32 number);

/**
 * sip_address_print() - write an address as SDP has it, without brackets
 * @out: at least SIP_HOSTPORT_MAX bytes
 * @host: address; the port is not looked at. IPv6 as RFC 5952 says
 *
 * Return: number of bytes written.
 */
u32 sip_address_print(u8 *out, const struct nf_alg_endpoint *host);

/**
 * sip_hostport_print() - write host[:port] as a URI or a Via has it
 * @out: at least SIP_HOSTPORT_MAX bytes
 * @public: address and port
 * @address: the address as sip_address_print() writes it
 * @len: its length
 * @had_port: the text replaced had a port
 * @port: the port that is meant where none stands
 *
 * No port in, no port out, unless the port differs from the default.
 *
 * Return: number of bytes written.
 */
u32 sip_hostport_print(u8 *out, const struct nf_alg_endpoint *public,
		       const u8 *address, u32 len, bool had_port, u16 port);

#endif /* NF_ALG_SIP_ADDRESS_H */
