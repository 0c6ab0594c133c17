// SPDX-License-Identifier: GPL-2.0
/*
 * natctl monitor: events as they happen, one line each
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sys/socket.h>
#include <sys/time.h>
#include "channel.h"
#include "json.h"
#include "monitor.h"
#include "natctl.h"
#include "spec.h"
#include "table.h"

const char monitor_usage[] =
	"natctl monitor [sip | skinny | h323 | ipsec | config] ... [passed] [host ADDR]\n"
	"\n"
	"What was translated to what, and why not. With passed, only what was not;\n"
	"with host, only what an address has to do with. Ends with Ctrl-C.\n";

/* Which events are wanted */
enum {
	SIP = 1,
	SKINNY = 2,
	H323 = 4,
	CONFIG = 8,
	IPSEC = 16,
	ALL = 31,
};

static unsigned int group_of(const struct nlattr *const *tb, uint32_t event)
{
	uint64_t protocol = 0;

	if (event == NF_ALG_EVENT_CONFIG)
		return CONFIG;
	if (tb[NF_ALG_A_EVENT_PROTOCOL])
		protocol = attribute_number(tb[NF_ALG_A_EVENT_PROTOCOL]);
	switch (protocol) {
	case NF_ALG_PROTOCOL_SIP:
		return SIP;
	case NF_ALG_PROTOCOL_SKINNY:
		return SKINNY;
	case NF_ALG_PROTOCOL_H225:
	case NF_ALG_PROTOCOL_RAS:
	case NF_ALG_PROTOCOL_H245:
		return H323;
	case NF_ALG_PROTOCOL_ESP:
	case NF_ALG_PROTOCOL_IKE:
		return IPSEC;
	}
	/* Before a flow is known to be of a protocol */
	return SIP | SKINNY | H323;
}

static const char *text_of(const struct nlattr *const *tb, int attr)
{
	return tb[attr] ? mnl_attr_get_str(tb[attr]) : "";
}

static const char *name_of(const struct nlattr *const *tb, int attr,
			   const char *const *names, uint64_t count)
{
	uint64_t number = tb[attr] ? attribute_number(tb[attr]) : count;

	return number < count && names[number] ? names[number] : "?";
}

static const char *endpoint_of(const struct nlattr *const *tb, int attr)
{
	struct endpoint endpoint = {};

	if (tb[attr])
		endpoint_read(tb[attr], &endpoint);
	return endpoint_text(&endpoint);
}

/* "sip tcp ", as far as it is known */
static void print_protocol(const struct nlattr *const *tb)
{
	if (tb[NF_ALG_A_EVENT_PROTOCOL])
		printf("%s ", name_of(tb, NF_ALG_A_EVENT_PROTOCOL,
				      spec_protocol_id, __NF_ALG_PROTOCOL_MAX));
	if (tb[NF_ALG_A_EVENT_TRANSPORT])
		printf("%s ", transport_name(attribute_number(
				      tb[NF_ALG_A_EVENT_TRANSPORT])));
}

static void print_flow(const struct nlattr *const *tb)
{
	if (tb[NF_ALG_A_EVENT_SOURCE])
		printf("%s > %s ", endpoint_of(tb, NF_ALG_A_EVENT_SOURCE),
		       endpoint_of(tb, NF_ALG_A_EVENT_DESTINATION));
}

static void print_changes(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[NF_ALG_A_CHANGE_MAX + 1];
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, 4)
	{
		if (mnl_attr_get_type(attr) != NF_ALG_A_EVENT_CHANGE)
			continue;
		nested_attributes(attr, tb, NF_ALG_A_CHANGE_MAX);
		printf("; %s%s%s -> %s", text_of(tb, NF_ALG_A_CHANGE_PLACE),
		       tb[NF_ALG_A_CHANGE_PLACE] ? " " : "",
		       text_of(tb, NF_ALG_A_CHANGE_OLD),
		       text_of(tb, NF_ALG_A_CHANGE_NEW));
	}
}

/* "tunnel-new 10.0.0.2 = 192.0.2.1 to 198.51.100.9", and what was learned */
static void print_tunnel(const struct nlattr *const *tb, uint32_t event)
{
	printf("%s", name_of(tb, NF_ALG_A_EVENT_EVENT, spec_event,
			     __NF_ALG_EVENT_MAX));
	if (tb[NF_ALG_A_EVENT_SPI])
		printf(" %08X",
		       (unsigned int)attribute_number(tb[NF_ALG_A_EVENT_SPI]));
	if (tb[NF_ALG_A_EVENT_INSIDE_LOCAL])
		printf(" %s =", endpoint_of(tb, NF_ALG_A_EVENT_INSIDE_LOCAL));
	printf(" %s, gateway %s", endpoint_of(tb, NF_ALG_A_EVENT_INSIDE_GLOBAL),
	       endpoint_of(tb, NF_ALG_A_EVENT_OUTSIDE_GLOBAL));
	if (tb[NF_ALG_A_EVENT_EVIDENCE])
		printf(", by %s",
		       name_of(tb, NF_ALG_A_EVENT_EVIDENCE, spec_evidence,
			       __NF_ALG_EVIDENCE_MAX));
	if (event == NF_ALG_EVENT_SPI_DROPPED)
		printf(": %s", text_of(tb, NF_ALG_A_EVENT_REASON_NAME));
}

static void print_event(const struct nlmsghdr *nlh,
			const struct nlattr *const *tb, uint32_t event)
{
	print_protocol(tb);
	print_flow(tb);
	switch (event) {
	case NF_ALG_EVENT_MESSAGE:
		printf("%s", colored("translated", "32"));
		if (tb[NF_ALG_A_EVENT_FIRST_LINE])
			printf(" \"%s\"",
			       text_of(tb, NF_ALG_A_EVENT_FIRST_LINE));
		if (tb[NF_ALG_A_EVENT_LENGTH] && tb[NF_ALG_A_EVENT_NEW_LENGTH])
			printf(", %" PRIu64 " -> %" PRIu64 " bytes",
			       attribute_number(tb[NF_ALG_A_EVENT_LENGTH]),
			       attribute_number(tb[NF_ALG_A_EVENT_NEW_LENGTH]));
		print_changes(nlh);
		break;
	case NF_ALG_EVENT_PASS:
		printf("%s", colored("passed", "33"));
		if (tb[NF_ALG_A_EVENT_FIRST_LINE])
			printf(" \"%s\"",
			       text_of(tb, NF_ALG_A_EVENT_FIRST_LINE));
		printf(": %s", text_of(tb, NF_ALG_A_EVENT_REASON_NAME));
		break;
	case NF_ALG_EVENT_BINDING_NEW:
	case NF_ALG_EVENT_BINDING_END:
	case NF_ALG_EVENT_DOOR_NEW:
	case NF_ALG_EVENT_DOOR_END:
		printf("%s %s = %s",
		       name_of(tb, NF_ALG_A_EVENT_EVENT, spec_event,
			       __NF_ALG_EVENT_MAX),
		       endpoint_of(tb, NF_ALG_A_EVENT_INSIDE_LOCAL),
		       endpoint_of(tb, NF_ALG_A_EVENT_INSIDE_GLOBAL));
		break;
	case NF_ALG_EVENT_TUNNEL_NEW:
	case NF_ALG_EVENT_TUNNEL_END:
	case NF_ALG_EVENT_TUNNEL_HELD:
	case NF_ALG_EVENT_SPI_LEARNED:
	case NF_ALG_EVENT_SPI_MOVED:
	case NF_ALG_EVENT_SPI_DROPPED:
		print_tunnel(tb, event);
		break;
	case NF_ALG_EVENT_CALL_NEW:
	case NF_ALG_EVENT_CALL_END:
		printf("%s %s of %s: %s",
		       name_of(tb, NF_ALG_A_EVENT_KIND, spec_owner,
			       __NF_ALG_OWNER_MAX),
		       event == NF_ALG_EVENT_CALL_NEW ? "begins" : "ends",
		       endpoint_of(tb, NF_ALG_A_EVENT_INSIDE_LOCAL),
		       text_of(tb, NF_ALG_A_EVENT_KEY));
		break;
	case NF_ALG_EVENT_CONFIG:
		printf("config: %s%s%s changed",
		       name_of(tb, NF_ALG_A_EVENT_CONFIG, spec_config,
			       __NF_ALG_CONFIG_MAX),
		       tb[NF_ALG_A_EVENT_NAME] ? " " : "",
		       text_of(tb, NF_ALG_A_EVENT_NAME));
		break;
	default:
		printf("event %u", event);
	}
	putchar('\n');
}

static void json_endpoint_of(const struct nlattr *const *tb, int attr)
{
	struct endpoint endpoint;

	if (!tb[attr])
		return;
	endpoint_read(tb[attr], &endpoint);
	json_object(spec_event_attr[attr]);
	json_string(spec_endpoint_attr[NF_ALG_A_ENDPOINT_ADDRESS],
		    address_text(&endpoint.address));
	if (endpoint.port)
		json_number(spec_endpoint_attr[NF_ALG_A_ENDPOINT_PORT],
			    endpoint.port);
	json_object_end();
}

static void json_text_of(const struct nlattr *const *tb, int attr)
{
	if (tb[attr])
		json_string(spec_event_attr[attr], mnl_attr_get_str(tb[attr]));
}

static void json_name_of(const struct nlattr *const *tb, int attr,
			 const char *const *names, uint64_t count)
{
	if (tb[attr])
		json_string(spec_event_attr[attr],
			    name_of(tb, attr, names, count));
}

static void json_changes(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[NF_ALG_A_CHANGE_MAX + 1];
	const struct nlattr *attr;

	json_array(spec_event_attr[NF_ALG_A_EVENT_CHANGE]);
	mnl_attr_for_each(attr, nlh, 4)
	{
		if (mnl_attr_get_type(attr) != NF_ALG_A_EVENT_CHANGE)
			continue;
		nested_attributes(attr, tb, NF_ALG_A_CHANGE_MAX);
		json_object(NULL);
		if (tb[NF_ALG_A_CHANGE_PLACE])
			json_string(spec_change_attr[NF_ALG_A_CHANGE_PLACE],
				    text_of(tb, NF_ALG_A_CHANGE_PLACE));
		json_string(spec_change_attr[NF_ALG_A_CHANGE_OLD],
			    text_of(tb, NF_ALG_A_CHANGE_OLD));
		json_string(spec_change_attr[NF_ALG_A_CHANGE_NEW],
			    text_of(tb, NF_ALG_A_CHANGE_NEW));
		json_object_end();
	}
	json_array_end();
}

static void json_event(const struct nlmsghdr *nlh,
		       const struct nlattr *const *tb, const char *when)
{
	json_object(NULL);
	json_string("time", when);
	json_name_of(tb, NF_ALG_A_EVENT_EVENT, spec_event, __NF_ALG_EVENT_MAX);
	json_name_of(tb, NF_ALG_A_EVENT_PROTOCOL, spec_protocol_id,
		     __NF_ALG_PROTOCOL_MAX);
	if (tb[NF_ALG_A_EVENT_TRANSPORT])
		json_string(spec_event_attr[NF_ALG_A_EVENT_TRANSPORT],
			    transport_name(attribute_number(
				    tb[NF_ALG_A_EVENT_TRANSPORT])));
	json_text_of(tb, NF_ALG_A_EVENT_REASON_NAME);
	json_name_of(tb, NF_ALG_A_EVENT_KIND, spec_owner, __NF_ALG_OWNER_MAX);
	json_endpoint_of(tb, NF_ALG_A_EVENT_SOURCE);
	json_endpoint_of(tb, NF_ALG_A_EVENT_DESTINATION);
	json_endpoint_of(tb, NF_ALG_A_EVENT_INSIDE_LOCAL);
	json_endpoint_of(tb, NF_ALG_A_EVENT_INSIDE_GLOBAL);
	json_text_of(tb, NF_ALG_A_EVENT_KEY);
	if (tb[NF_ALG_A_EVENT_LENGTH])
		json_number(spec_event_attr[NF_ALG_A_EVENT_LENGTH],
			    attribute_number(tb[NF_ALG_A_EVENT_LENGTH]));
	if (tb[NF_ALG_A_EVENT_NEW_LENGTH])
		json_number(spec_event_attr[NF_ALG_A_EVENT_NEW_LENGTH],
			    attribute_number(tb[NF_ALG_A_EVENT_NEW_LENGTH]));
	json_text_of(tb, NF_ALG_A_EVENT_FIRST_LINE);
	if (tb[NF_ALG_A_EVENT_CHANGES]) {
		json_number(spec_event_attr[NF_ALG_A_EVENT_CHANGES],
			    attribute_number(tb[NF_ALG_A_EVENT_CHANGES]));
		json_changes(nlh);
	}
	json_name_of(tb, NF_ALG_A_EVENT_CONFIG, spec_config,
		     __NF_ALG_CONFIG_MAX);
	json_text_of(tb, NF_ALG_A_EVENT_NAME);
	json_endpoint_of(tb, NF_ALG_A_EVENT_OUTSIDE_GLOBAL);
	if (tb[NF_ALG_A_EVENT_SPI])
		json_number(spec_event_attr[NF_ALG_A_EVENT_SPI],
			    attribute_number(tb[NF_ALG_A_EVENT_SPI]));
	json_name_of(tb, NF_ALG_A_EVENT_EVIDENCE, spec_evidence,
		     __NF_ALG_EVIDENCE_MAX);
	json_object_end();
}

/* What is wanted */
struct wanted {
	unsigned int groups;
	bool passed; /* only what was not translated */
	struct address host; /* AF_UNSPEC: any */
};

static bool has_host(const struct nlattr *const *tb, const struct address *host)
{
	static const int attrs[] = {
		NF_ALG_A_EVENT_SOURCE,	       NF_ALG_A_EVENT_DESTINATION,
		NF_ALG_A_EVENT_INSIDE_LOCAL,   NF_ALG_A_EVENT_INSIDE_GLOBAL,
		NF_ALG_A_EVENT_OUTSIDE_GLOBAL,
	};
	struct endpoint endpoint;
	unsigned int i;

	for (i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		if (!tb[attrs[i]])
			continue;
		endpoint_read(tb[attrs[i]], &endpoint);
		if (endpoint.address.family == host->family &&
		    !memcmp(endpoint.address.bytes, host->bytes, host->len))
			return true;
	}
	return false;
}

static bool is_wanted(const struct wanted *wanted,
		      const struct nlattr *const *tb, uint32_t event)
{
	if (!(group_of(tb, event) & wanted->groups))
		return false;
	if (wanted->passed && event != NF_ALG_EVENT_PASS)
		return false;
	return wanted->host.family == AF_UNSPEC || has_host(tb, &wanted->host);
}

static void show_event(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_EVENT_MAX + 1];
	char clock[16], when[32];
	struct timeval now;
	uint32_t event;

	genl_attributes(nlh, tb, NF_ALG_A_EVENT_MAX);
	if (!tb[NF_ALG_A_EVENT_EVENT])
		return;
	event = attribute_number(tb[NF_ALG_A_EVENT_EVENT]);
	if (!is_wanted(data, tb, event))
		return;

	gettimeofday(&now, NULL);
	strftime(clock, sizeof(clock), "%H:%M:%S", localtime(&now.tv_sec));
	snprintf(when, sizeof(when), "%s.%03u", clock,
		 (unsigned int)(now.tv_usec / 1000) % 1000);
	if (natctl.json) {
		json_event(nlh, tb, when);
	} else {
		printf("%s ", when);
		print_event(nlh, tb, event);
	}
	/* A reader at the other end of a pipe wants it now */
	fflush(stdout);
}

int monitor_command(struct words *words)
{
	struct wanted wanted = {};

	while (words_peek(words)) {
		if (words_take(words, "sip"))
			wanted.groups |= SIP;
		else if (words_take(words, "skinny"))
			wanted.groups |= SKINNY;
		else if (words_take(words, "h323"))
			wanted.groups |= H323;
		else if (words_take(words, "ipsec"))
			wanted.groups |= IPSEC;
		else if (words_take(words, "config"))
			wanted.groups |= CONFIG;
		else if (words_take(words, "passed"))
			wanted.passed = true;
		else if (!words_take(words, "host"))
			return complain(
				USAGE,
				"monitor: there is no \"%s\": sip, skinny, h323, ipsec, config, passed or host",
				words_peek(words));
		else if (!word_address(words_peek(words), &wanted.host))
			return complain(USAGE,
					"monitor: \"%s\" is not an address",
					words_peek(words) ?: "");
		else
			words_next(words);
	}
	if (!wanted.groups)
		wanted.groups = ALL;
	return genl_listen(show_event, &wanted);
}
