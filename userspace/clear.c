// SPDX-License-Identifier: GPL-2.0
/*
 * natctl clear: end translations, the kernel's and ours
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "channel.h"
#include "clear.h"
#include "conntrack.h"
#include "natctl.h"
#include "spec.h"
#include "table.h"

const char clear_usage[] =
	"natctl clear translations *\n"
	"natctl clear translations [tcp | udp]\n"
	"                    inside GLOBAL-IP GLOBAL-PORT LOCAL-IP LOCAL-PORT\n"
	"natctl clear translations outside LOCAL-IP GLOBAL-IP\n"
	"natctl clear translations esp {* | inside GLOBAL-IP LOCAL-IP}\n";

/* Which translations are to end */
struct doomed {
	uint8_t transport; /* 0: all */
	bool inside;
	bool outside;
	struct endpoint local;
	struct endpoint global;
	struct connection *connections;
	unsigned int count;
};

static bool same_address(const struct endpoint *a, const struct endpoint *b)
{
	return a->address.family == b->address.family &&
	       !memcmp(a->address.bytes, b->address.bytes,
		       sizeof(a->address.bytes));
}

static void gather(const struct connection *connection, void *data)
{
	struct doomed *doomed = data;

	if (doomed->transport && doomed->transport != connection->transport)
		return;
	if (doomed->inside &&
	    (!endpoint_equal(&doomed->local, &connection->inside_local) ||
	     !endpoint_equal(&doomed->global, &connection->inside_global)))
		return;
	if (doomed->outside &&
	    (!same_address(&doomed->local, &connection->outside_local) ||
	     !same_address(&doomed->global, &connection->outside_global)))
		return;
	if (!(doomed->count & (doomed->count - 1)))
		doomed->connections =
			grow(doomed->connections,
			     sizeof(*connection) *
				     (doomed->count ? 2 * doomed->count : 1));
	doomed->connections[doomed->count++] = *connection;
}

static void read_cleared(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_TRANSLATION_MAX + 1];

	genl_attributes(nlh, tb, NF_ALG_A_TRANSLATION_MAX);
	if (tb[NF_ALG_A_TRANSLATION_CLEARED])
		*(uint64_t *)data +=
			attribute_number(tb[NF_ALG_A_TRANSLATION_CLEARED]);
}

static int clear_bindings(const struct doomed *doomed, uint64_t *cleared)
{
	struct nlmsghdr *nlh;
	int status;

	nlh = genl_begin(NF_ALG_CMD_TRANSLATION_CLEAR, NLM_F_ACK, &status);
	if (!nlh)
		return status;
	if (doomed->transport)
		mnl_attr_put_u8(nlh, NF_ALG_A_TRANSLATION_TRANSPORT,
				doomed->transport);
	if (doomed->inside) {
		endpoint_write(nlh, NF_ALG_A_TRANSLATION_INSIDE_LOCAL,
			       &doomed->local);
		endpoint_write(nlh, NF_ALG_A_TRANSLATION_INSIDE_GLOBAL,
			       &doomed->global);
	}
	return genl_send(nlh, read_cleared, cleared);
}

static int parse_inside(struct words *words, struct doomed *doomed)
{
	const char *word;

	bool ports = doomed->transport != IPPROTO_ESP;

	doomed->inside = true;
	word = words_next(words);
	if (!word_address(word, &doomed->global.address))
		goto address;
	if (ports) {
		word = words_next(words);
		if (!word_port(word, &doomed->global.port))
			goto port;
	}
	word = words_next(words);
	if (!word_address(word, &doomed->local.address))
		goto address;
	if (!ports)
		return DONE;
	word = words_next(words);
	if (!word_port(word, &doomed->local.port))
		goto port;
	return DONE;

address:
	return complain(USAGE, "clear: \"%s\" is not an address", word ?: "");
port:
	return complain(USAGE, "clear: \"%s\" is not a port: 1 to 65535",
			word ?: "");
}

static int parse_outside(struct words *words, struct doomed *doomed)
{
	const char *word;

	doomed->outside = true;
	word = words_next(words);
	if (word_address(word, &doomed->local.address)) {
		word = words_next(words);
		if (word_address(word, &doomed->global.address))
			return DONE;
	}
	return complain(USAGE, "clear: \"%s\" is not an address", word ?: "");
}

static int parse_doomed(struct words *words, struct doomed *doomed)
{
	int status;

	if (words_take(words, "*"))
		return words_end(words, "clear");
	if (words_take(words, "outside")) {
		status = parse_outside(words, doomed);
		return status ?: words_end(words, "clear");
	}
	if (words_take(words, "esp")) {
		doomed->transport = IPPROTO_ESP;
		/* All tunnels */
		if (words_take(words, "*"))
			return words_end(words, "clear");
	} else if (word_transport(words_peek(words), &doomed->transport)) {
		words_next(words);
	}
	if (!words_take(words, "inside"))
		return complain(
			USAGE,
			"clear translations: which? *, inside or outside; see natctl help clear");
	status = parse_inside(words, doomed);
	return status ?: words_end(words, "clear");
}

int clear_command(struct words *words)
{
	struct doomed doomed = {};
	uint64_t cleared = 0;
	unsigned int i;
	int status;

	if (!words_take(words, "translations"))
		return complain(USAGE,
				"clear: only translations can be cleared");
	status = parse_doomed(words, &doomed);
	/* Bindings first: no new flow may take the place of one that ends */
	if (!status && !doomed.outside)
		status = clear_bindings(&doomed, &cleared);
	if (!status)
		status = connections_dump(gather, &doomed);
	for (i = 0; !status && i < doomed.count; i++)
		status = connection_delete(&doomed.connections[i]);
	if (!status && (doomed.inside || doomed.outside) && !cleared &&
	    !doomed.count)
		status = complain(
			REFUSED,
			"clear: there is no such translation; natctl show translations lists them");
	free(doomed.connections);
	return status;
}
