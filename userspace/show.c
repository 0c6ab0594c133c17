// SPDX-License-Identifier: GPL-2.0
/*
 * natctl show: the engine's own lists
 */
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include "json.h"
#include "natctl.h"
#include "service.h"
#include "show.h"
#include "spec.h"
#include "translation.h"

const char show_usage[] =
	"natctl show translations [esp | icmp | pptp | tcp | udp] [verbose] [vrf NAME]\n"
	"natctl show {sessions | calls | registrations | bindings | tunnels}\n"
	"            [verbose] [vrf NAME]\n"
	"natctl show {statistics | limits} [verbose]\n";

#define SIZE(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct column session_columns[] = {
	{ NF_ALG_A_SESSION_PROTOCOL, "ALG", NAME, spec_protocol_id,
	  __NF_ALG_PROTOCOL_MAX, .sort = true },
	{ NF_ALG_A_SESSION_TRANSPORT, "Pro", TRANSPORT, .sort = true },
	{ NF_ALG_A_SESSION_INSIDE_GLOBAL, "Inside global", ENDPOINT,
	  .hidden = true },
	{ NF_ALG_A_SESSION_INSIDE_LOCAL, "Inside local", ENDPOINT,
	  .sort = true },
	{ NF_ALG_A_SESSION_OUTSIDE_LOCAL, "Outside local", ENDPOINT,
	  .hidden = true },
	{ NF_ALG_A_SESSION_OUTSIDE_GLOBAL, "Outside global", ENDPOINT,
	  .sort = true },
	{ NF_ALG_A_SESSION_MESSAGES_OUT, "Out", NUMBER, .right = true },
	{ NF_ALG_A_SESSION_TRANSLATED_OUT, "changed", NUMBER, .right = true },
	{ NF_ALG_A_SESSION_MESSAGES_IN, "In", NUMBER, .right = true },
	{ NF_ALG_A_SESSION_TRANSLATED_IN, "changed", NUMBER, .right = true },
	{ NF_ALG_A_SESSION_OPENED_BY, "Opened by", NAME, spec_origin,
	  __NF_ALG_ORIGIN_MAX, .hidden = true },
	{ NF_ALG_A_SESSION_ZONE, "Zone", NUMBER, .right = true,
	  .hidden = true },
	{ NF_ALG_A_SESSION_VRF, "VRF", DEVICE },
};

static const struct column call_columns[] = {
	{ NF_ALG_A_CALL_KIND, NULL, NAME, spec_owner, __NF_ALG_OWNER_MAX },
	{ NF_ALG_A_CALL_PROTOCOL, "ALG", NAME, spec_protocol_id,
	  __NF_ALG_PROTOCOL_MAX, .sort = true },
	{ NF_ALG_A_CALL_INSIDE_LOCAL, "Inside host", ENDPOINT, .sort = true },
	{ NF_ALG_A_CALL_STATE, "State", TEXT },
	{ NF_ALG_A_CALL_BINDINGS, "Bindings", NUMBER, .right = true },
	{ NF_ALG_A_CALL_AGE, "Age", SECONDS, .right = true },
	{ NF_ALG_A_CALL_EXPIRES, "Left", SECONDS, .right = true },
	{ NF_ALG_A_CALL_REMOTE, "Remote", TEXT },
	{ NF_ALG_A_CALL_ZONE, "Zone", NUMBER, .right = true, .hidden = true },
	{ NF_ALG_A_CALL_VRF, "VRF", DEVICE },
	{ NF_ALG_A_CALL_KEY, "Key", TEXT, .sort = true, .hidden = true },
};

const struct column binding_columns[] = {
	{ NF_ALG_A_BINDING_PROTOCOL, "ALG", NAME, spec_protocol_id,
	  __NF_ALG_PROTOCOL_MAX },
	{ NF_ALG_A_BINDING_TRANSPORT, "Pro", TRANSPORT, .sort = true },
	{ NF_ALG_A_BINDING_INSIDE_GLOBAL, "Inside global", ENDPOINT,
	  .sort = true },
	{ NF_ALG_A_BINDING_INSIDE_LOCAL, "Inside local", ENDPOINT },
	{ NF_ALG_A_BINDING_OUTSIDE_GLOBAL, "Admits", ENDPOINT, .hidden = true },
	{ NF_ALG_A_BINDING_PEER, "Latest peer", ENDPOINT, .hidden = true },
	{ NF_ALG_A_BINDING_DOOR, "Door", YESNO },
	{ NF_ALG_A_BINDING_STATE, "State", TEXT },
	{ NF_ALG_A_BINDING_USES, "Uses", NUMBER, .right = true },
	{ NF_ALG_A_BINDING_AGE, "Age", SECONDS, .right = true },
	{ NF_ALG_A_BINDING_IDLE, "Idle", SECONDS, .right = true,
	  .hidden = true },
	{ NF_ALG_A_BINDING_ZONE, "Zone", NUMBER, .right = true,
	  .hidden = true },
	{ NF_ALG_A_BINDING_VRF, "VRF", DEVICE },
	{ NF_ALG_A_BINDING_OWNER, NULL, NAME, spec_owner, __NF_ALG_OWNER_MAX },
	{ NF_ALG_A_BINDING_KEY, "Key", TEXT, .hidden = true },
};

const int binding_width = SIZE(binding_columns);

static const struct column tunnel_columns[] = {
	{ NF_ALG_A_TUNNEL_INSIDE_LOCAL, "Inside local", ENDPOINT,
	  .sort = true },
	{ NF_ALG_A_TUNNEL_INSIDE_GLOBAL, "Inside global", ENDPOINT },
	{ NF_ALG_A_TUNNEL_OUTSIDE_GLOBAL, "Gateway", ENDPOINT, .sort = true },
	{ NF_ALG_A_TUNNEL_SPI_OUT, "SPI out", HEXADECIMAL },
	{ NF_ALG_A_TUNNEL_SPI_IN, "SPI in", HEXADECIMAL },
	{ NF_ALG_A_TUNNEL_STATE, "State", TEXT },
	{ NF_ALG_A_TUNNEL_EVIDENCE, "By", NAME, spec_evidence,
	  __NF_ALG_EVIDENCE_MAX },
	{ NF_ALG_A_TUNNEL_COOKIES, "IKE", NUMBER, .right = true,
	  .hidden = true },
	{ NF_ALG_A_TUNNEL_ZONE, "Zone", NUMBER, .right = true, .hidden = true },
	{ NF_ALG_A_TUNNEL_USER_ZONE, "User zone", NUMBER, .right = true,
	  .hidden = true },
	{ NF_ALG_A_TUNNEL_AGE, "Age", SECONDS, .right = true, .hidden = true },
	{ NF_ALG_A_TUNNEL_IDLE, "Idle", SECONDS, .right = true,
	  .hidden = true },
	{ NF_ALG_A_TUNNEL_VRF, "VRF", DEVICE, .sort = true },
};

static const struct column reason_columns[] = {
	{ NF_ALG_A_REASON_COUNT, "Count", NUMBER, .right = true },
	{ NF_ALG_A_REASON_NAME, "Reason", TEXT },
};

static const struct column limit_columns[] = {
	{ NF_ALG_A_LIMIT_NAME, "Limit", TEXT },
	{ NF_ALG_A_LIMIT_USED, "Used", NUMBER, .right = true },
	{ NF_ALG_A_LIMIT_MAXIMUM, "Maximum", NUMBER, .right = true },
	{ NF_ALG_A_LIMIT_PER_HOST, "Per host", NUMBER, .right = true },
	{ NF_ALG_A_LIMIT_REFUSED, "Refused", NUMBER, .right = true },
};

/* A list of the engine, and which of its objects are wanted */
struct list {
	const char *name;
	uint8_t command;
	const struct column *columns;
	int width;
	const char *const *keys;
	int max; /* highest attribute */
	int vrf_attr;
	int kind; /* of calls; -1: all */
	const char *empty;
};

static const struct list lists[] = {
	{ "sessions", NF_ALG_CMD_SESSION_GET, session_columns,
	  SIZE(session_columns), spec_session_attr, NF_ALG_A_SESSION_MAX,
	  NF_ALG_A_SESSION_VRF, -1, "No session." },
	{ "calls", NF_ALG_CMD_CALL_GET, call_columns, SIZE(call_columns),
	  spec_call_attr, NF_ALG_A_CALL_MAX, NF_ALG_A_CALL_VRF,
	  NF_ALG_OWNER_CALL, "No call." },
	{ "registrations", NF_ALG_CMD_CALL_GET, call_columns,
	  SIZE(call_columns), spec_call_attr, NF_ALG_A_CALL_MAX,
	  NF_ALG_A_CALL_VRF, NF_ALG_OWNER_REGISTRATION, "No registration." },
	{ "bindings", NF_ALG_CMD_BINDING_GET, binding_columns,
	  SIZE(binding_columns), spec_binding_attr, NF_ALG_A_BINDING_MAX,
	  NF_ALG_A_BINDING_VRF, -1, "No binding." },
	{ "tunnels", NF_ALG_CMD_TUNNEL_GET, tunnel_columns,
	  SIZE(tunnel_columns), spec_tunnel_attr, NF_ALG_A_TUNNEL_MAX,
	  NF_ALG_A_TUNNEL_VRF, -1, "No tunnel." },
};

/* Bindings, to be shown below the call or registration that holds them */
static struct table held = {
	.columns = binding_columns,
	.width = SIZE(binding_columns),
	.keys = spec_binding_attr,
};

static void hold_binding(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_BINDING_MAX + 1];

	genl_attributes(nlh, tb, NF_ALG_A_BINDING_MAX);
	table_add(data, tb);
}

/* "      udp 192.0.2.1:16384 = 10.0.0.2:16384 open, latest 198.51.100.9:4000" */
static void print_held(const struct table *table, struct cell *row)
{
	const char *key = table_cell(table, row, NF_ALG_A_CALL_KEY)->text;
	uint64_t kind = table_cell(table, row, NF_ALG_A_CALL_KIND)->number;
	struct cell *admits, *peer, *binding;
	const char *of;
	unsigned int i;

	for (i = 0; key && i < held.count; i++) {
		binding = held.rows[i];
		of = table_cell(&held, binding, NF_ALG_A_BINDING_KEY)->text;
		if (!of || strcmp(of, key) ||
		    table_cell(&held, binding, NF_ALG_A_BINDING_OWNER)->number !=
			    kind)
			continue;
		admits = table_cell(&held, binding,
				    NF_ALG_A_BINDING_OUTSIDE_GLOBAL);
		peer = table_cell(&held, binding, NF_ALG_A_BINDING_PEER);
		printf("      %s %s = %s %s%s",
		       transport_name(table_cell(&held, binding,
						 NF_ALG_A_BINDING_TRANSPORT)
					      ->number),
		       endpoint_text(&table_cell(&held, binding,
						 NF_ALG_A_BINDING_INSIDE_GLOBAL)
					      ->endpoint),
		       endpoint_text(&table_cell(&held, binding,
						 NF_ALG_A_BINDING_INSIDE_LOCAL)
					      ->endpoint),
		       table_cell(&held, binding, NF_ALG_A_BINDING_STATE)->text,
		       table_cell(&held, binding, NF_ALG_A_BINDING_DOOR)->number ?
			       " door" :
			       "");
		if (admits->set)
			printf(", admits %s", endpoint_text(&admits->endpoint));
		if (peer->set)
			printf(", latest %s", endpoint_text(&peer->endpoint));
		putchar('\n');
	}
}

/* What a reader needs to know */
struct selection {
	const struct list *list;
	struct table table;
	uint32_t vrf; /* interface index, 0: all */
};

static void show_object(const struct nlmsghdr *nlh, void *data)
{
	struct selection *selection = data;
	const struct list *list = selection->list;
	const struct nlattr *tb[list->max + 1];

	genl_attributes(nlh, tb, list->max);
	if (list->kind >= 0 &&
	    (!tb[NF_ALG_A_CALL_KIND] ||
	     attribute_number(tb[NF_ALG_A_CALL_KIND]) != (uint64_t)list->kind))
		return;
	if (selection->vrf &&
	    (!tb[list->vrf_attr] ||
	     attribute_number(tb[list->vrf_attr]) != selection->vrf))
		return;
	table_add(&selection->table, tb);
}

static int show_list(const struct list *list, struct words *words)
{
	struct selection selection = {
		.list = list,
		.table = {
			.columns = list->columns,
			.width = list->width,
			.keys = list->keys,
		},
	};
	const char *name;
	int status;

	selection.table.verbose = words_take(words, "verbose");
	if (words_take(words, "vrf")) {
		name = words_next(words);
		selection.vrf = name ? if_nametoindex(name) : 0;
		if (!selection.vrf)
			return complain(
				USAGE,
				"show: there is no device \"%s\" in this namespace",
				name ?: "");
	}
	if (words_take(words, "verbose"))
		selection.table.verbose = true;
	status = words_end(words, "show");
	if (!status)
		status = genl_dump(list->command, show_object, &selection);
	if (!status && list->command == NF_ALG_CMD_CALL_GET &&
	    selection.table.verbose && !natctl.json) {
		status = genl_dump(NF_ALG_CMD_BINDING_GET, hold_binding, &held);
		table_sort(&held);
		selection.table.second_line = print_held;
	}
	if (status)
		return status;
	table_sort(&selection.table);
	table_print(&selection.table, NULL, list->empty);
	return DONE;
}

/* Counters */
struct counters {
	struct table table;
	bool verbose;
};

static void show_reason(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_REASON_MAX + 1];
	struct counters *counters = data;

	genl_attributes(nlh, tb, NF_ALG_A_REASON_MAX);
	if (counters->verbose || (tb[NF_ALG_A_REASON_COUNT] &&
				  attribute_number(tb[NF_ALG_A_REASON_COUNT])))
		table_add(&counters->table, tb);
}

int show_reasons(bool verbose, const char *json_key)
{
	struct counters counters = {
		.table = {
			.columns = reason_columns,
			.width = SIZE(reason_columns),
			.keys = spec_reason_attr,
		},
		.verbose = verbose,
	};
	int status;

	status = genl_dump(NF_ALG_CMD_REASON_GET, show_reason, &counters);
	if (status)
		return status;
	table_print(&counters.table, json_key,
		    "No message and no flow was left untranslated.");
	return DONE;
}

static int show_statistics(bool verbose)
{
	int status;

	if (natctl.json) {
		/* A refusal prints no bracket */
		status = genl_dump(NF_ALG_CMD_REASON_GET, NULL, NULL);
		if (status)
			return status;
		json_object(NULL);
		service_show("services");
		show_reasons(verbose, "reasons");
		json_object_end();
		return DONE;
	}
	status = service_show(NULL);
	if (status)
		return status;
	putchar('\n');
	status = show_reasons(verbose, NULL);
	if (!status)
		puts("\nWhat a reason means: natctl explain REASON");
	return status;
}

static void show_limit(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_LIMIT_MAX + 1];

	genl_attributes(nlh, tb, NF_ALG_A_LIMIT_MAX);
	table_add(data, tb);
}

int show_limits(const char *json_key)
{
	struct table table = {
		.columns = limit_columns,
		.width = SIZE(limit_columns),
		.keys = spec_limit_attr,
	};
	int status;

	status = genl_dump(NF_ALG_CMD_LIMIT_GET, show_limit, &table);
	if (status)
		return status;
	table_print(&table, json_key, "");
	return DONE;
}

int show_command(struct words *words)
{
	const char *name = words_next(words);
	bool verbose;
	int status;
	int i;

	if (!name)
		return complain(
			USAGE,
			"show: what? translations, sessions, calls, registrations, bindings, tunnels, statistics or limits");
	if (!strcmp(name, "translations"))
		return show_translations(words);
	for (i = 0; i < SIZE(lists); i++)
		if (!strcmp(name, lists[i].name))
			return show_list(&lists[i], words);

	verbose = words_take(words, "verbose");
	if (!strcmp(name, "statistics")) {
		status = words_end(words, "show");
		return status ?: show_statistics(verbose);
	}
	if (!strcmp(name, "limits")) {
		status = words_end(words, "show");
		return status ?: show_limits(NULL);
	}
	return complain(
		USAGE,
		"show: there is no \"%s\": translations, sessions, calls, registrations, bindings, tunnels, statistics or limits",
		name);
}
