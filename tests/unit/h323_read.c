// SPDX-License-Identifier: GPL-2.0
/*
 * What the walker reads in PDUs of H.323, for tests that compare it with other
 * decoders. tests/unit/h323_read compiles and runs it:
 *
 *	tests/unit/h323_read ras HEX
 *	tests/unit/h323_read signalling HEX	a TPKT with its header
 *	tests/unit/h323_read control HEX	a TPKT with its header
 *	tests/unit/h323_read < FILE		such pairs, one a line
 *
 * For each PDU one line of JSON comes out:
 *
 *	{"result": 0, "nodes": 57, "dropped": 0, "q931": {...},
 *	 "messages": [{"name": "setup", "layer": 0, ...}, ...],
 *	 "hits": [{"at": 40, "family": 4, "address": "0a010203", "port": 1720,
 *	           "field": "h245Address", "within": "", ...}, ...]}
 *
 * "result" is 0, or the negative reason for which nothing may be touched; then
 * messages and hits are those read so far. "port" is -1 where none follows.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine_kernel.h"
#include "h323/walker.h"

static u32 unhex(const char *hex, u8 *bytes)
{
	u32 len = 0;
	unsigned int byte;

	while (isxdigit(hex[0]) && isxdigit(hex[1])) {
		sscanf(hex, "%2x", &byte);
		bytes[len++] = byte;
		hex += 2;
	}
	return len;
}

static void print_bytes(const char *name, const u8 *data, u32 at, u32 len)
{
	printf(", \"%s\": \"", name);
	for (u32 i = 0; i < len; i++)
		printf("%02x", data[at + i]);
	printf("\"");
}

static void print_message(const u8 *data, const struct h323_message *m)
{
	printf("{\"name\": \"%s\", \"layer\": %u, \"parent\": %u, \"index\": %u, \"at\": %u, \"len\": %u, \"broken\": %d, \"version\": %u",
	       h323_message_name(m->protocol, m->kind), m->layer, m->parent,
	       m->index, m->at, m->len, m->broken, m->version);
	printf(", \"has\": %u, \"is\": %u, \"features\": %u", m->has, m->is,
	       m->features);
	if (m->has & H323_HAS_SEQUENCE)
		printf(", \"sequence\": %u", m->sequence);
	if (m->has & H323_HAS_TIME_TO_LIVE)
		printf(", \"timeToLive\": %u", m->time_to_live);
	if (m->has & H323_HAS_REASON)
		printf(", \"reason\": %u", m->reason);
	if (m->has & H323_HAS_MODEL)
		printf(", \"model\": %u", m->model);
	if (m->has & H323_HAS_CALL_REFERENCE)
		printf(", \"callReference\": %u", m->call_reference);
	if (m->call)
		print_bytes("call", data, m->call, 16);
	if (m->conference)
		print_bytes("conference", data, m->conference, 16);
	if (m->endpoint.len)
		print_bytes("endpoint", data, m->endpoint.off, m->endpoint.len);
	if (m->gatekeeper.len)
		print_bytes("gatekeeper", data, m->gatekeeper.off,
			    m->gatekeeper.len);
	if (m->protocol == H323_CONTROL)
		printf(", \"forward\": [%u, %u, %u, %d], \"reverse\": [%u, %u, %u, %d]",
		       m->forward.lcn, m->forward.session, m->forward.data,
		       m->forward.reliable, m->reverse.lcn, m->reverse.session,
		       m->reverse.data, m->reverse.reliable);
	printf("}");
}

static void print_hit(const u8 *data, const struct h323_hit *hit)
{
	u32 len = hit->family == NFPROTO_IPV4 ? 4 : 16;
	u32 port = hit->at + len;

	printf("{\"at\": %u, \"family\": %u", hit->at, len == 4 ? 4 : 6);
	print_bytes("address", data, hit->at, len);
	printf(", \"port\": %d", hit->flags & H323_HIT_PORT ?
					 data[port] << 8 | data[port + 1] :
					 -1);
	printf(", \"field\": \"%s\", \"within\": \"%s\", \"list\": %u, \"index\": %u, \"message\": %u",
	       h323_field_name(hit->field), h323_field_name(hit->within),
	       hit->list, hit->index, hit->message);
	printf(", \"multicast\": %d, \"data\": %u, \"session\": %u, \"lcn\": %u, \"feature\": %u}",
	       !!(hit->flags & H323_HIT_MULTICAST), hit->data, hit->session,
	       hit->lcn, hit->feature);
}

static int read_pdu(const char *protocol, const char *hex)
{
	static struct h323_reading r;
	u8 *data;
	int result;
	u32 len;

	data = malloc(strlen(hex) / 2 + 1);
	len = unhex(hex, data);
	/* No byte behind the PDU, for the address sanitizer */
	data = realloc(data, len ? len : 1);
	if (!strcmp(protocol, "ras")) {
		result = h323_read_ras(data, len, &r);
	} else if (!strcmp(protocol, "signalling")) {
		result = h323_read_signalling(data, len, &r);
	} else if (!strcmp(protocol, "control")) {
		result = h323_read_control(data, len, &r);
	} else {
		fprintf(stderr,
			"h323_read: neither ras, signalling nor control: %s\n",
			protocol);
		free(data);
		return 1;
	}
	printf("{\"result\": %d, \"nodes\": %u, \"dropped\": %u", result,
	       r.nodes, r.dropped);
	if (r.q931.type)
		printf(", \"q931\": {\"type\": %u, \"crv\": %u, \"fromCalled\": %d}",
		       r.q931.type, r.q931.crv, r.q931.from_called);
	printf(", \"messages\": [");
	for (u32 i = 0; i < r.messages; i++) {
		printf("%s", i ? ", " : "");
		print_message(data, &r.message[i]);
	}
	printf("], \"hits\": [");
	for (u32 i = 0; i < r.hits; i++) {
		printf("%s", i ? ", " : "");
		print_hit(data, &r.hit[i]);
	}
	printf("]}\n");
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	char *line = NULL, *hex;
	size_t size = 0;

	if (argc == 3)
		return read_pdu(argv[1], argv[2]);
	if (argc != 1) {
		fprintf(stderr,
			"usage: h323_read [ras|signalling|control HEX]\n");
		return 2;
	}
	while (getline(&line, &size, stdin) > 0) {
		hex = strchr(line, ' ');
		if (!hex)
			continue;
		*hex++ = 0;
		if (read_pdu(line, hex))
			return 1;
	}
	free(line);
	return 0;
}
