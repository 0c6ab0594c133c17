/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_CONNTRACK_H
#define NATCTL_CONNTRACK_H

#include <stdbool.h>
#include <stdint.h>
#include "table.h"

/* A connection whose addresses NAT changed, in Cisco's words */
struct connection {
	uint8_t transport;
	struct endpoint inside_global;
	struct endpoint inside_local;
	struct endpoint outside_local;
	struct endpoint outside_global;
	uint16_t zone;
	uint32_t id;
	uint32_t status; /* IPS_* */
	uint32_t left; /* seconds */
	uint64_t start; /* s since 1970, 0: unknown */
	char helper[32];
	struct endpoint source; /* of the original direction */
	struct endpoint destination;
	uint8_t icmp[2]; /* type and code */
};

/* Show every connection that NAT changed to @reader */
int connections_dump(void (*reader)(const struct connection *connection,
				    void *data),
		     void *data);

/* End one; one that has ended meanwhile is no failure */
int connection_delete(const struct connection *connection);

/* Its flags in words, in a buffer that the next call overwrites */
const char *connection_flags(const struct connection *connection);

#endif /* NATCTL_CONNTRACK_H */
