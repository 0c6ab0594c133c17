/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_TEST_SCCP_MESSAGE_H
#define NF_ALG_TEST_SCCP_MESSAGE_H

#include <string.h>
#include "endpoint.h"

/* A message in the making; offsets count from its body */
struct draft {
	u32 len;
	u8 data[1024];
};

static inline void draft_number(struct draft *d, u32 at, u32 number)
{
	for (int i = 0; i < 4; i++)
		d->data[12 + at + i] = number >> 8 * i;
}

static inline struct draft draft(u32 id, u32 version, u32 body)
{
	struct draft d = { .len = 12 + body };

	d.data[0] = (body + 4) & 0xff;
	d.data[1] = (body + 4) >> 8;
	d.data[4] = version;
	d.data[8] = id & 0xff;
	d.data[9] = id >> 8;
	return d;
}

/* An IPv4 or IPv6 address without a type */
static inline void draft_address(struct draft *d, u32 at, const char *text)
{
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	if (inet_pton(family, text, d->data + 12 + at) != 1)
		abort();
}

/* The same with a type */
static inline void draft_tagged(struct draft *d, u32 at, const char *text)
{
	draft_number(d, at, !!strchr(text, ':'));
	draft_address(d, at + 4, text);
}

/* An address in the layout of a version, and a port behind it */
static inline u32 draft_endpoint(struct draft *d, u32 at, u32 version,
				 const char *text, u32 port)
{
	u32 next = at + (version >= 17 ? 20 : 4);

	if (version >= 17)
		draft_tagged(d, at, text);
	else
		draft_address(d, at, text);
	draft_number(d, next, port);
	return next + 4;
}

static inline struct draft sccp_register(const char *address, u8 version,
					 u32 body)
{
	struct draft d = draft(0x01, 0, body);

	memcpy(d.data + 12, "SEP001122334455", 15);
	draft_address(&d, 24, address);
	if (body > 40)
		d.data[12 + 40] = version;
	return d;
}

static inline struct draft sccp_register_ack(u8 version, u32 body)
{
	struct draft d = draft(0x81, 0, body);

	draft_number(&d, 0, 30);
	if (body > 16)
		d.data[12 + 16] = version;
	return d;
}

static inline struct draft sccp_receive_ack(u32 id, u32 version, u32 status,
					    const char *address, u32 port,
					    u32 passthru, u32 call)
{
	struct draft d = draft(id, version, version >= 17 ? 36 : 20);
	u32 at = draft_endpoint(&d, 4, version, address, port);

	draft_number(&d, 0, status);
	draft_number(&d, at, passthru);
	draft_number(&d, at + 4, call);
	return d;
}

static inline struct draft sccp_transmit_ack(u32 id, u32 version, u32 status,
					     const char *address, u32 port,
					     u32 passthru, u32 call)
{
	struct draft d = draft(id, version, version >= 17 ? 40 : 24);
	u32 at = draft_endpoint(&d, 12, version, address, port);

	draft_number(&d, 4, passthru);
	draft_number(&d, 8, call);
	draft_number(&d, at, status);
	return d;
}

static inline struct draft sccp_start(u32 version, const char *address,
				      u32 port, u32 passthru, u32 call)
{
	struct draft d = draft(0x8a, version, version >= 17 ? 132 : 112);

	draft_number(&d, 4, passthru);
	draft_endpoint(&d, 8, version, address, port);
	draft_number(&d, version >= 17 ? 56 : 40, call);
	return d;
}

static inline struct draft sccp_failure(u32 version, const char *address,
					u32 port, u32 passthru, u32 call)
{
	struct draft d = draft(0x2a, version, version >= 17 ? 36 : 20);
	u32 at;

	draft_number(&d, 4, passthru);
	at = draft_endpoint(&d, 8, version, address, port);
	draft_number(&d, at, call);
	return d;
}

static inline struct draft sccp_close(u32 id, u32 passthru, u32 call, u32 keep)
{
	struct draft d = draft(id, 0, 16);

	draft_number(&d, 4, passthru);
	draft_number(&d, 8, call);
	draft_number(&d, 12, keep);
	return d;
}

static inline struct draft sccp_port_response(u32 version, const char *address,
					      u32 port, u32 rtcp, u32 passthru,
					      u32 call, u32 media)
{
	struct draft d = draft(0x45, version, version >= 17 ? 44 : 24);
	u32 at = draft_endpoint(&d, 12, version, address, port);

	draft_number(&d, 4, call);
	draft_number(&d, 8, passthru);
	draft_number(&d, at, rtcp);
	if (version >= 17)
		draft_number(&d, at + 4, media);
	return d;
}

#endif
