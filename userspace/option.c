// SPDX-License-Identifier: GPL-2.0
/*
 * natctl set: options of the namespace
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "json.h"
#include "natctl.h"
#include "option.h"
#include "spec.h"

const char option_usage[] =
	"natctl set                       all options, with help\n"
	"natctl set OPTION {VALUE | default}\n"
	"natctl set media-ports LOW-HIGH\n"
	"natctl set media-from {own | list ACL}\n"
	"natctl set big-hosts {none | list ACL}\n";

/* Two options of the kernel that a person sets as one */
#define MEDIA_PORTS "media-ports"
#define MEDIA_PORTS_HELP "Public ports that media gets."

static bool is_switch(int option)
{
	return !strcmp(spec_option[option].unit, "on|off");
}

static bool is_address(int option)
{
	return !strcmp(spec_option[option].unit, "address");
}

/* Its value is an access list, or the word that its unit begins with */
static bool is_list(int option)
{
	return spec_option[option].unit &&
	       strstr(spec_option[option].unit, "|list");
}

static const char *list_word(int option, bool list)
{
	static char word[16];

	if (list)
		return "list";
	snprintf(word, sizeof(word), "%.*s",
		 (int)strcspn(spec_option[option].unit, "|"),
		 spec_option[option].unit);
	return word;
}

static int option_of(const char *name)
{
	int i;

	for (i = NF_ALG_OPTION_UNSPEC + 1; name && i < __NF_ALG_OPTION_MAX; i++)
		if (!strcmp(name, spec_option[i].name))
			return i;
	return NF_ALG_OPTION_UNSPEC;
}

uint32_t option_default(int option)
{
	return spec_option[option].def;
}

static void settings_put(struct settings *settings, int option, uint32_t value)
{
	settings->set[option] = true;
	settings->value[option] = value;
}

static int parse_media_ports(const char *value, struct settings *settings)
{
	uint32_t low = spec_option[NF_ALG_OPTION_MEDIA_PORT_LOW].def;
	uint32_t high = spec_option[NF_ALG_OPTION_MEDIA_PORT_HIGH].def;
	char text[32];
	char *dash;

	if (!value)
		return complain(USAGE, "set: media-ports needs LOW-HIGH");
	snprintf(text, sizeof(text), "%s", value);
	dash = strchr(text, '-');
	if (dash)
		*dash = '\0';
	if (strcmp(value, "default") &&
	    (!dash || !word_number(text, 1024, 65535, &low) ||
	     !word_number(dash + 1, 1024, 65535, &high) || low >= high))
		return complain(
			USAGE,
			"set: \"%s\" is not a range of ports: LOW-HIGH between 1024 and 65535",
			value);
	settings_put(settings, NF_ALG_OPTION_MEDIA_PORT_LOW, low);
	settings_put(settings, NF_ALG_OPTION_MEDIA_PORT_HIGH, high);
	return DONE;
}

static int parse_value(int option, const char *value, uint32_t *number)
{
	const struct spec_option *spec = &spec_option[option];

	if (value && !strcmp(value, "default")) {
		*number = spec->def;
		return DONE;
	}
	if (is_address(option)) {
		struct in_addr address;

		if (!value || inet_pton(AF_INET, value, &address) != 1)
			return complain(
				USAGE, "set: %s is an IPv4 address, or default",
				spec->name);
		*number = ntohl(address.s_addr);
		return DONE;
	}
	if (is_switch(option)) {
		*number = value && !strcmp(value, "on");
		if (value && (*number || !strcmp(value, "off")))
			return DONE;
		return complain(USAGE, "set: %s is on or off", spec->name);
	}
	if (!word_number(value, spec->low, spec->high, number))
		return complain(USAGE,
				"set: \"%s\" is not a value of %s: %u to %u %s",
				value ?: "", spec->name, spec->low, spec->high,
				spec->unit);
	return DONE;
}

static int parse_list(int option, const char *value, struct words *words,
		      struct settings *settings)
{
	const char *name = spec_option[option].name;
	const char *list = NULL;

	if (value && !strcmp(value, "list")) {
		list = words_next(words);
		if (!list)
			return complain(
				USAGE,
				"set: %s list needs the name of an access list",
				name);
		if (strlen(list) > NF_ALG_ACCESS_LIST_NAME_MAX)
			return complain(USAGE, "set: \"%s\" is too long a name",
					list);
	} else if (!value || (strcmp(value, list_word(option, false)) &&
			      strcmp(value, "default"))) {
		return complain(USAGE, "set: %s is %s, or list ACL", name,
				list_word(option, false));
	}
	snprintf(settings->list[option], sizeof(settings->list[option]), "%s",
		 list ?: "");
	settings_put(settings, option, !!list);
	return DONE;
}

int settings_parse(struct words *words, struct settings *settings)
{
	const char *name = words_next(words);
	const char *value = words_next(words);
	uint32_t number;
	int option;
	int status;

	if (name && !strcmp(name, MEDIA_PORTS)) {
		status = parse_media_ports(value, settings);
	} else if (is_list(option_of(name))) {
		status = parse_list(option_of(name), value, words, settings);
	} else {
		option = option_of(name);
		if (!option)
			return complain(
				USAGE,
				"set: there is no option \"%s\"; natctl set lists them",
				name ?: "");
		status = parse_value(option, value, &number);
		if (!status)
			settings_put(settings, option, number);
	}
	return status ?: words_end(words, "set");
}

int settings_send(const struct settings *settings)
{
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	int status, i;

	nlh = genl_begin(NF_ALG_CMD_OPTION_SET, NLM_F_ACK, &status);
	if (!nlh)
		return status;
	for (i = NF_ALG_OPTION_UNSPEC + 1; i < __NF_ALG_OPTION_MAX; i++) {
		if (!settings->set[i])
			continue;
		nest = mnl_attr_nest_start(nlh, NF_ALG_A_OPTION_SETTING);
		mnl_attr_put_u32(nlh, NF_ALG_A_SETTING_OPTION, i);
		mnl_attr_put_u32(nlh, NF_ALG_A_SETTING_VALUE,
				 settings->value[i]);
		if (is_list(i) && settings->value[i])
			mnl_attr_put_strz(nlh, NF_ALG_A_SETTING_LIST,
					  settings->list[i]);
		mnl_attr_nest_end(nlh, nest);
	}
	return genl_send(nlh, NULL, NULL);
}

/* Options of the module that this tool does not know are left alone */
static void settings_read(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_OPTION_MAX + 1];
	struct settings *settings = data;
	uint64_t option;

	genl_attributes(nlh, tb, NF_ALG_A_OPTION_MAX);
	if (!tb[NF_ALG_A_OPTION_OPTION] || !tb[NF_ALG_A_OPTION_VALUE])
		return;
	option = attribute_number(tb[NF_ALG_A_OPTION_OPTION]);
	if (option >= __NF_ALG_OPTION_MAX)
		return;
	settings_put(settings, option,
		     attribute_number(tb[NF_ALG_A_OPTION_VALUE]));
	if (tb[NF_ALG_A_OPTION_LIST])
		snprintf(settings->list[option], sizeof(settings->list[option]),
			 "%s", mnl_attr_get_str(tb[NF_ALG_A_OPTION_LIST]));
}

int settings_load(struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	return genl_dump(NF_ALG_CMD_OPTION_GET, settings_read, settings);
}

static const char *value_text(int option, uint32_t value)
{
	static char text[2][16];
	static int turn;
	char *to = text[turn ^= 1];

	if (is_switch(option))
		return value ? "on" : "off";
	if (is_list(option))
		return list_word(option, value);
	if (is_address(option)) {
		struct in_addr address = { htonl(value) };

		return value ? inet_ntop(AF_INET, &address, to,
					 sizeof(text[0])) :
			       "none";
	}
	snprintf(to, sizeof(text[0]), "%u", value);
	return to;
}

static bool is_changed(const struct settings *settings, int option)
{
	return settings->set[option] &&
	       settings->value[option] != spec_option[option].def;
}

const char *setting_text(const struct settings *settings, int option)
{
	const struct spec_option *spec = &spec_option[option];
	uint32_t value = settings->value[option];
	static char text[128];

	if (option == NF_ALG_OPTION_MEDIA_PORT_HIGH)
		return NULL;
	if (option == NF_ALG_OPTION_MEDIA_PORT_LOW)
		snprintf(text, sizeof(text), "set " MEDIA_PORTS " %u-%u", value,
			 settings->value[NF_ALG_OPTION_MEDIA_PORT_HIGH]);
	else if (is_list(option) && value)
		snprintf(text, sizeof(text), "set %s list %s", spec->name,
			 settings->list[option]);
	else if (is_address(option) && !value)
		snprintf(text, sizeof(text), "set %s default", spec->name);
	else
		snprintf(text, sizeof(text), "set %s %s", spec->name,
			 value_text(option, value));
	return text;
}

void settings_print(const struct settings *settings)
{
	int i;

	if (is_changed(settings, NF_ALG_OPTION_MEDIA_PORT_LOW) ||
	    is_changed(settings, NF_ALG_OPTION_MEDIA_PORT_HIGH))
		puts(setting_text(settings, NF_ALG_OPTION_MEDIA_PORT_LOW));
	for (i = NF_ALG_OPTION_MEDIA_PORT_HIGH + 1; i < __NF_ALG_OPTION_MAX;
	     i++)
		if (is_changed(settings, i))
			puts(setting_text(settings, i));
}

static void show_option(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_OPTION_MAX + 1];
	const struct spec_option *spec = NULL;
	char value[64], range[48];
	bool unitless;
	uint64_t option, number, def;
	const char *name;

	(void)data;
	genl_attributes(nlh, tb, NF_ALG_A_OPTION_MAX);
	if (!tb[NF_ALG_A_OPTION_OPTION] || !tb[NF_ALG_A_OPTION_NAME] ||
	    !tb[NF_ALG_A_OPTION_VALUE] || !tb[NF_ALG_A_OPTION_DEFAULT])
		return;
	option = attribute_number(tb[NF_ALG_A_OPTION_OPTION]);
	number = attribute_number(tb[NF_ALG_A_OPTION_VALUE]);
	def = attribute_number(tb[NF_ALG_A_OPTION_DEFAULT]);
	name = mnl_attr_get_str(tb[NF_ALG_A_OPTION_NAME]);
	if (option < __NF_ALG_OPTION_MAX)
		spec = &spec_option[option];

	if (natctl.json) {
		json_object(NULL);
		json_string(spec_option_attr[NF_ALG_A_OPTION_NAME], name);
		json_number(spec_option_attr[NF_ALG_A_OPTION_VALUE], number);
		json_number(spec_option_attr[NF_ALG_A_OPTION_DEFAULT], def);
		if (tb[NF_ALG_A_OPTION_MINIMUM])
			json_number(
				spec_option_attr[NF_ALG_A_OPTION_MINIMUM],
				attribute_number(tb[NF_ALG_A_OPTION_MINIMUM]));
		if (tb[NF_ALG_A_OPTION_MAXIMUM])
			json_number(
				spec_option_attr[NF_ALG_A_OPTION_MAXIMUM],
				attribute_number(tb[NF_ALG_A_OPTION_MAXIMUM]));
		if (spec) {
			if (tb[NF_ALG_A_OPTION_LIST])
				json_string(
					spec_option_attr[NF_ALG_A_OPTION_LIST],
					mnl_attr_get_str(
						tb[NF_ALG_A_OPTION_LIST]));
			json_string("unit", spec->unit);
			json_string("help", spec->help);
		}
		json_object_end();
		return;
	}
	if (option == NF_ALG_OPTION_MEDIA_PORT_LOW) {
		printf("%-18s %" PRIu64 "-", MEDIA_PORTS, number);
		return;
	}
	if (option == NF_ALG_OPTION_MEDIA_PORT_HIGH) {
		printf("%" PRIu64 "  (default %u-%u, port)\n    %s\n", number,
		       spec_option[NF_ALG_OPTION_MEDIA_PORT_LOW].def,
		       spec_option[NF_ALG_OPTION_MEDIA_PORT_HIGH].def,
		       MEDIA_PORTS_HELP);
		return;
	}
	if (!spec) {
		printf("%-18s %" PRIu64 "  (default %" PRIu64 ")\n", name,
		       number, def);
		return;
	}
	unitless = is_switch(option) || is_address(option) || is_list(option);
	snprintf(value, sizeof(value), "%s%s%s", value_text(option, number),
		 tb[NF_ALG_A_OPTION_LIST] ? " " : "",
		 tb[NF_ALG_A_OPTION_LIST] ?
			 mnl_attr_get_str(tb[NF_ALG_A_OPTION_LIST]) :
			 "");
	snprintf(range, sizeof(range), "(default %s%s%s)",
		 value_text(option, def), unitless ? "" : ", ",
		 unitless ? "" : spec->unit);
	printf("%-18s %s  %s\n    %s\n", name,
	       number == def ? value : colored(value, "33"), range, spec->help);
}

int option_command(struct words *words)
{
	struct settings settings = {};
	int status;

	if (words_peek(words)) {
		status = settings_parse(words, &settings);
		return status ?: settings_send(&settings);
	}
	/* Ask before the first bracket, so that a refusal prints nothing else */
	status = settings_load(&settings);
	if (status)
		return status;
	if (natctl.json)
		json_array(NULL);
	status = genl_dump(NF_ALG_CMD_OPTION_GET, show_option, NULL);
	if (natctl.json)
		json_array_end();
	return status;
}
