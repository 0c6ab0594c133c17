// SPDX-License-Identifier: GPL-2.0
/*
 * A Cisco IOS configuration: the lines "ip nat service" and access lists. The
 * syntax is that of the IP Addressing Services command reference, releases 12.2T
 * to 15M and IOS XE, as a running configuration has it.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "ios.h"
#include "natctl.h"
#include "words.h"

#define SHOWN_MAX 200
#define WORDS_MAX 64
#define LIST_NAME_MAX 31
#define IKE_PORT 500
#define FTP_PORT 21
#define TFTP_PORT 69
#define PPTP_PORT 1723

/* A rule as it stands in the file: what it means depends on who uses its list */
struct ios_entry {
	char list[256];
	bool extended;
	bool done; /* it is in a list that was made, or was taken away */
	unsigned int number;
	char *text; /* the line */
	char *rule; /* behind the list's name */
};

/* Words of a line, cut in place */
struct cut {
	char *word[WORDS_MAX];
	int count;
	int at;
};

static void cut_words(struct cut *cut, char *text)
{
	char *save, *word;

	memset(cut, 0, sizeof(*cut));
	for (word = strtok_r(text, " \t", &save);
	     word && cut->count < WORDS_MAX;
	     word = strtok_r(NULL, " \t", &save))
		cut->word[cut->count++] = word;
}

static const char *peek(const struct cut *cut)
{
	return cut->at < cut->count ? cut->word[cut->at] : NULL;
}

static const char *next(struct cut *cut)
{
	return cut->at < cut->count ? cut->word[cut->at++] : NULL;
}

/* IOS does not distinguish capitals in keywords */
static bool take(struct cut *cut, const char *word)
{
	const char *found = peek(cut);

	if (!found || strcasecmp(found, word))
		return false;
	cut->at++;
	return true;
}

static bool is_number(const char *word)
{
	return word && word[0] && strspn(word, "0123456789") == strlen(word);
}

static char *__attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return copy_string(text);
}

/* Takes @command and @reason over */
static void lines_add(struct ios_lines *lines, unsigned int number,
		      const char *text, char *command, char *reason)
{
	struct ios_line *line;

	if (!(lines->count & (lines->count - 1)))
		lines->line = grow(
			lines->line,
			sizeof(*line) * (lines->count ? 2 * lines->count : 1));
	line = &lines->line[lines->count++];
	line->number = number;
	line->text = copy_string(text);
	line->command = command;
	line->reason = reason;
	line->lines = 1;
}

static void lines_drop(struct ios_lines *lines, unsigned int index)
{
	free(lines->line[index].text);
	free(lines->line[index].command);
	free(lines->line[index].reason);
	lines->count--;
	memmove(&lines->line[index], &lines->line[index + 1],
		sizeof(lines->line[0]) * (lines->count - index));
}

static void lines_free(struct ios_lines *lines)
{
	while (lines->count)
		lines_drop(lines, lines->count - 1);
	free(lines->line);
	lines->line = NULL;
}

static void explain_line(struct ios_config *config, unsigned int number,
			 const char *text, char *reason)
{
	lines_add(&config->explained, number, text, NULL, reason);
}

/* --- services ------------------------------------------------------------- */

/* "sip udp port 5060 list 10" begins with "sip udp port 5060"? */
static bool begins(const char *command, const char *words)
{
	size_t length = strlen(words);

	return !strncmp(command, words, length) &&
	       (!command[length] || command[length] == ' ');
}

static void service_on(struct ios_config *config, unsigned int number,
		       const char *text, char *command)
{
	struct ios_lines *services = &config->services;
	const char *list = strstr(command, " list ");
	size_t length = list ? (size_t)(list - command) : strlen(command);
	struct ios_line *line;
	unsigned int i;

	for (i = 0; i < services->count; i++) {
		line = &services->line[i];
		/* The same but for the list? */
		if (strncmp(line->command, command, length) ||
		    (line->command[length] &&
		     strncmp(line->command + length, " list ", 6)))
			continue;
		if (line->number) {
			explain_line(
				config, number, text,
				strcmp(line->command, command) ?
					say("line %u has this service for another list: put the hosts of both into one",
					    line->number) :
					say("line %u says it already",
					    line->number));
			free(command);
			return;
		}
		/* IOS does it for all; now it is said for whom */
		lines_drop(services, i);
		break;
	}
	lines_add(services, number, text, command, NULL);
}

/* A line that a later one takes back */
static void take_back(struct ios_config *config, struct ios_lines *from,
		      unsigned int index, unsigned int number)
{
	char reason[64];

	snprintf(reason, sizeof(reason), "line %u takes it back", number);
	if (from->line[index].number)
		ios_refuse(config, from, index, reason);
	else
		lines_drop(from, index);
}

static unsigned int service_off(struct ios_config *config, unsigned int number,
				const char *words)
{
	struct ios_lines *services = &config->services;
	unsigned int i, count = 0;
	char command[160];

	snprintf(command, sizeof(command), "service add %s", words);
	for (i = services->count; i--;) {
		if (begins(services->line[i].command, command)) {
			take_back(config, services, i, number);
			count++;
		}
	}
	return count;
}

/* @words, and "no" of it, for what has a port */
static void service_line(struct ios_config *config, unsigned int number,
			 const char *text, bool no, const char *words)
{
	if (!no) {
		service_on(config, number, text, say("service add %s", words));
		return;
	}
	if (service_off(config, number, words))
		explain_line(config, number, text,
			     say("so \"%s\" is not among the services above",
				 words));
	else
		explain_line(config, number, text,
			     say("nothing to do: it is off in natctl"));
}

/* "... {tcp | udp} port N"; without them @transport and @port, or with "no" all
 * there are. True if nothing else follows.
 */
static bool place(struct cut *cut, bool no, const char *name,
		  const char *transport, unsigned int port, char *words,
		  size_t size)
{
	uint16_t given;

	if (take(cut, "tcp"))
		transport = "tcp";
	else if (take(cut, "udp"))
		transport = "udp";
	else if (no && !peek(cut)) {
		snprintf(words, size, "%s", name);
		return true;
	}
	if (take(cut, "port")) {
		if (!word_port(next(cut), &given))
			return false;
		port = given;
	} else if (no) {
		snprintf(words, size, "%s %s", name, transport);
		return !peek(cut);
	}
	snprintf(words, size, "%s %s port %u", name, transport, port);
	return !peek(cut);
}

#define DNS_REASON \
	"there is no gateway for DNS: a name server that tells inside and outside apart does that (split DNS)"
#define EVEN_REASON \
	"nothing to do: RTP always gets an even public port, and RTCP the next one"

/* Services that need no command, or have none */
static const struct {
	const char *words;
	const char *yes; /* why there is no command */
	const char *no; /* of "no ip nat service"; NULL: it is off in natctl */
} services_without[] = {
	{ "allow-sip-even-rtp-ports", EVEN_REASON,
	  "cannot be switched off: RTP always gets an even public port" },
	{ "allow-h323-even-rtp-ports", EVEN_REASON,
	  "cannot be switched off: RTP always gets an even public port" },
	{ "allow-skinny-even-rtp-ports", EVEN_REASON,
	  "cannot be switched off: RTP always gets an even public port" },
	{ "allow-h323-keepalive",
	  "nothing to do: keepalives of call signalling always pass",
	  "cannot be switched off: keepalives of call signalling always pass" },
	{ "fullrange",
	  "nothing to do: Linux keeps the source port where it is free, and else takes any other",
	  "nothing to do: see \"masquerade to\" of nft(8) to narrow the ports" },
	{ "alg tcp dns", DNS_REASON, NULL },
	{ "alg udp dns", DNS_REASON, NULL },
	{ "alg", "this gateway has no equal in natctl", NULL },
	{ "dns", DNS_REASON, NULL },
	{ "dns-v6", DNS_REASON, NULL },
	{ "dns-reset-ttl", DNS_REASON, NULL },
	{ "mgcp", "there is no gateway for MGCP", NULL },
	{ "rtsp",
	  "there is no gateway for RTSP; clients that interleave media in RTSP (TCP) need none",
	  NULL },
	{ "rcmd", "there is no gateway for rsh", NULL },
	{ "sunrpc", "there is no gateway for Sun RPC", NULL },
	{ "msrpc", "there is no gateway for Microsoft RPC", NULL },
	{ "ldap", "there is no gateway for LDAP", NULL },
	{ "append-ldap-search-res", "there is no gateway for LDAP", NULL },
	{ "netbios-ssn", "there is no gateway for NetBIOS sessions", NULL },
	{ "netbios-dgm", "there is no gateway for NetBIOS datagrams", NULL },
	{ "nbar", "classification is the business of nft and tc", NULL },
	{ "enable-mib",
	  "there is no SNMP: natctl metrics has the figures for Prometheus",
	  NULL },
	{ "enable-sym-port",
	  "nothing to do: a binding is the same for every remote, and Linux keeps a free port",
	  NULL },
	{ "gatekeeper",
	  "nothing to do: gatekeepers are found by the service ras", NULL },
	{ "ipsec-esp", "say for whom: ip nat service list N ESP spi-match",
	  NULL },
};

static bool service_without(struct ios_config *config, unsigned int number,
			    const char *text, bool no, struct cut *cut)
{
	char rest[512] = "";
	unsigned int i;
	int w, used = 0;

	for (w = cut->at; w < cut->count && used < (int)sizeof(rest); w++)
		used += snprintf(rest + used, sizeof(rest) - used, "%s%s",
				 w > cut->at ? " " : "", cut->word[w]);
	for (i = 0; rest[i]; i++)
		rest[i] = tolower((unsigned char)rest[i]);
	for (i = 0; i < sizeof(services_without) / sizeof(services_without[0]);
	     i++) {
		if (!begins(rest, services_without[i].words))
			continue;
		if (no)
			explain_line(
				config, number, text,
				say("%s",
				    services_without[i].no ?:
					    "nothing to do: it is off in natctl"));
		else
			explain_line(config, number, text,
				     say("%s", services_without[i].yes));
		return true;
	}
	return false;
}

static void default_services(struct ios_config *config, unsigned int number)
{
	static const char *const services[] = {
		"sip tcp port 5060",	"sip udp port 5060",
		"skinny tcp port 2000", "h225 tcp port 1720",
		"ras udp port 1718",	"ras udp port 1719",
		"ftp tcp port 21",	"tftp udp port 69",
		"pptp tcp port 1723",
	};
	unsigned int i;

	for (i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		service_off(config, number, services[i]);
		lines_add(&config->services, 0, "",
			  say("service add %s", services[i]), NULL);
	}
}

/* A list's name as natctl takes it: letters, digits, '.', '_' and '-' */
static void list_name(const char *name, char to[LIST_NAME_MAX + 1])
{
	unsigned int i;

	for (i = 0; name[i] && i < LIST_NAME_MAX; i++)
		to[i] = isalnum((unsigned char)name[i]) ||
					strchr("._-", name[i]) ?
				name[i] :
				'_';
	to[i] = '\0';
}

static void list_service(struct ios_config *config, unsigned int number,
			 const char *text, bool no, struct cut *cut)
{
	const char *given = next(cut);
	char list[LIST_NAME_MAX + 1];
	char words[160] = "";
	char place_words[64];

	if (!given) {
		explain_line(config, number, text,
			     say("the name of the access list is missing"));
		return;
	}
	list_name(given, list);
	if (take(cut, "esp")) {
		if (take(cut, "spi-match") && !peek(cut))
			snprintf(words, sizeof(words), "esp spi-match list %s",
				 list);
	} else if (take(cut, "ike")) {
		if (take(cut, "preserve-port") && !peek(cut))
			snprintf(words, sizeof(words),
				 "ike preserve-port list %s", list);
	} else if (take(cut, "ftp")) {
		if (place(cut, no, "ftp", "tcp", FTP_PORT, place_words,
			  sizeof(place_words)))
			snprintf(words, sizeof(words), "%s list %s",
				 place_words, list);
	} else if (take(cut, "sip")) {
		if (place(cut, no, "sip", "udp", 5060, place_words,
			  sizeof(place_words)))
			snprintf(words, sizeof(words), "%s list %s",
				 place_words, list);
	}
	if (words[0])
		service_line(config, number, text, no, words);
	else
		explain_line(config, number, text,
			     say("this is not known with an access list"));
}

static void setting_line(struct ios_config *config, unsigned int number,
			 const char *text, bool no, const char *name)
{
	struct ios_lines *settings = &config->settings;
	char command[64];
	unsigned int i;

	snprintf(command, sizeof(command), "set %s on", name);
	for (i = settings->count; i--;)
		if (!strcmp(settings->line[i].command, command))
			take_back(config, settings, i, number);
	if (no)
		explain_line(config, number, text,
			     say("nothing to do: it is off in natctl"));
	else
		lines_add(settings, number, text, copy_string(command), NULL);
}

/* One line of IOS's, two services */
static void ras_line(struct ios_config *config, unsigned int number,
		     const char *text)
{
	struct ios_lines *services = &config->services;
	unsigned int i;

	service_on(config, number, text, say("service add ras udp port 1719"));
	for (i = 0; i < services->count; i++)
		if (!strcmp(services->line[i].command,
			    "service add ras udp port 1718"))
			break;
	if (i == services->count)
		lines_add(services, number, text,
			  say("service add ras udp port 1718"), NULL);
	else if (!services->line[i].number)
		services->line[i].number = number;
	services->line[i].lines = 0;
}

static void nat_service(struct ios_config *config, unsigned int number,
			const char *text, bool no, struct cut *cut)
{
	char words[64];
	int from = cut->at;
	bool good;

	if (take(cut, "list")) {
		list_service(config, number, text, no, cut);
		return;
	}
	if (take(cut, "allow-multipart") && !peek(cut)) {
		setting_line(config, number, text, no, "allow-multipart");
		return;
	}
	cut->at = from;
	if (take(cut, "all-algs") && !peek(cut)) {
		if (!no) {
			default_services(config, number);
			explain_line(
				config, number, text,
				say("so every service that is on by default stands above"));
			return;
		}
		service_off(config, number, "sip");
		service_off(config, number, "skinny");
		service_off(config, number, "h225");
		service_off(config, number, "ras");
		service_off(config, number, "ftp");
		service_off(config, number, "tftp");
		service_off(config, number, "pptp");
		explain_line(
			config, number, text,
			say("so none of the services that are on by default stands above"));
		return;
	}
	cut->at = from;
	if (take(cut, "ras") && !peek(cut)) {
		if (no) {
			service_line(config, number, text, true, "ras");
		} else {
			ras_line(config, number, text);
		}
		return;
	}
	cut->at = from;
	good = (take(cut, "sip") &&
		place(cut, no, "sip", "udp", 5060, words, sizeof(words))) ||
	       (take(cut, "skinny") &&
		place(cut, no, "skinny", "tcp", 2000, words, sizeof(words))) ||
	       (take(cut, "h225") &&
		place(cut, no, "h225", "tcp", 1720, words, sizeof(words))) ||
	       (take(cut, "ftp") &&
		place(cut, no, "ftp", "tcp", FTP_PORT, words, sizeof(words))) ||
	       (take(cut, "tftp") && place(cut, no, "tftp", "udp", TFTP_PORT,
					   words, sizeof(words))) ||
	       (take(cut, "pptp") &&
		place(cut, no, "pptp", "tcp", PPTP_PORT, words, sizeof(words)));
	if (good) {
		service_line(config, number, text, no, words);
		return;
	}
	cut->at = from;
	if (service_without(config, number, text, no, cut))
		return;
	explain_line(config, number, text,
		     say("natctl does not know this service of IOS"));
}

/* --- access lists --------------------------------------------------------- */

/* Protocol and port of what uses a list */
struct use {
	const char *protocol;
	unsigned int port; /* 0: none */
};

#define USES_MAX 16

/* Who uses the list @name (natctl's)? */
static unsigned int uses_of(const struct ios_config *config, const char *name,
			    struct use uses[USES_MAX])
{
	unsigned int count = 0, i, port;
	const char *command, *list;

	for (i = 0; i < config->services.count && count < USES_MAX; i++) {
		command = config->services.line[i].command;
		list = strstr(command, " list ");
		if (!list || strcmp(list + 6, name))
			continue;
		port = 0;
		if (strstr(command, " port "))
			port = strtoul(strstr(command, " port ") + 6, NULL, 10);
		if (begins(command, "service add esp"))
			uses[count++] = (struct use){ "esp", 0 };
		else if (begins(command, "service add ike"))
			uses[count++] = (struct use){ "udp", IKE_PORT };
		else if (strstr(command, " udp "))
			uses[count++] = (struct use){ "udp", port };
		else
			uses[count++] = (struct use){ "tcp", port };
	}
	return count;
}

/* A host or network, "any" where @any; @hosts as natctl says it */
static bool source(struct cut *cut, bool alone, char *hosts, size_t size)
{
	struct address address, wildcard;
	const char *word;

	if (take(cut, "any")) {
		snprintf(hosts, size, "any");
		return true;
	}
	if (take(cut, "host")) {
		word = next(cut);
		if (!word_address(word, &address) || address.family != AF_INET)
			return false;
		snprintf(hosts, size, "host %s", word);
		return true;
	}
	word = peek(cut);
	if (!word_address(word, &address) || address.family != AF_INET)
		return false;
	next(cut);
	if (word_address(peek(cut), &wildcard) && wildcard.family == AF_INET) {
		snprintf(hosts, size, "%s %s", word, next(cut));
		return true;
	}
	/* A standard list: an address alone is a host */
	snprintf(hosts, size, "host %s", word);
	return alone;
}

static const struct {
	const char *name;
	unsigned int port;
} port_names[] = {
	{ "isakmp", 500 }, { "non500-isakmp", 4500 },
	{ "ftp", 21 },	   { "ftp-data", 20 },
	{ "tftp", 69 },	   { "www", 80 },
	{ "domain", 53 },  { "sip", 5060 },
	{ "h323", 1720 },
};

static unsigned int port_of(const char *word)
{
	unsigned int i;

	if (is_number(word))
		return strtoul(word, NULL, 10);
	for (i = 0; word && i < sizeof(port_names) / sizeof(port_names[0]); i++)
		if (!strcasecmp(word, port_names[i].name))
			return port_names[i].port;
	return 0;
}

/* "eq P ...", "range P P" and so on; @port is the one port that is meant, 0 if
 * none was said, ~0 if more than one port is meant
 */
static void ports(struct cut *cut, unsigned int *port)
{
	*port = 0;
	if (take(cut, "eq")) {
		*port = port_of(next(cut)) ?: ~0U;
		while (port_of(peek(cut))) {
			next(cut);
			*port = ~0U;
		}
	} else if (take(cut, "range")) {
		next(cut);
		next(cut);
		*port = ~0U;
	} else if (take(cut, "neq") || take(cut, "lt") || take(cut, "gt")) {
		next(cut);
		*port = ~0U;
	}
}

static const struct {
	const char *name;
	unsigned int number;
} protocol_names[] = {
	{ "tcp", 6 },
	{ "udp", 17 },
	{ "esp", 50 },
	{ "ip", 0 },
};

static const char *protocol_of(const char *word)
{
	unsigned int i;

	for (i = 0; i < sizeof(protocol_names) / sizeof(protocol_names[0]); i++)
		if (!strcasecmp(word, protocol_names[i].name) ||
		    (is_number(word) &&
		     protocol_names[i].number == strtoul(word, NULL, 10)))
			return protocol_names[i].name;
	return word;
}

#define NEVER "it never mattered"

/* What lies between a protocol and the end of a rule of an extended list. NULL
 * if the rule is about the source alone, as far as its users can tell.
 */
static char *beyond_source(struct cut *cut, const char *protocol,
			   const struct use *uses, unsigned int count,
			   char *hosts, size_t size)
{
	unsigned int from_port, to_port, fits = 0, i;
	char to[64];

	if (take(cut, "object-group") || take(cut, "interface"))
		return say(
			"natctl's access lists have no %s: write its hosts one by one",
			cut->word[cut->at - 1]);
	if (!source(cut, false, hosts, size))
		return say("its source is not an address with a wildcard");
	ports(cut, &from_port);
	if (take(cut, "object-group"))
		return say(
			"natctl's access lists know the inside host alone, not the destination");
	if (!source(cut, false, to, sizeof(to)))
		return say("its destination is not an address with a wildcard");
	ports(cut, &to_port);

	if (strcasecmp(protocol, "ip")) {
		for (i = 0; i < count; i++)
			fits += !strcasecmp(protocol, uses[i].protocol);
		if (!count)
			return say(
				"natctl's access lists know the inside host alone, not the protocol");
		if (!fits)
			return say(
				"it is about %s, and the service that has the list is %s: " NEVER,
				protocol, uses[0].protocol);
		if (fits < count)
			return say(
				"it is about %s alone, and the list is for other services too: make two lists",
				protocol);
		for (i = 0; i < count; i++) {
			if ((from_port && from_port != uses[i].port) ||
			    (from_port && uses[i].port != IKE_PORT))
				return say(
					"natctl's access lists know the inside host alone, not its port");
			if (to_port && to_port != uses[i].port)
				return say(
					"natctl's access lists know the inside host alone, not other ports than the service's");
		}
	}
	if (strcmp(to, "any"))
		return say(
			"natctl's access lists know the inside host alone, not the destination");
	while (peek(cut)) {
		if (take(cut, "log") || take(cut, "log-input"))
			continue;
		/* a word of the administrator's behind "log" */
		if (!strcasecmp(cut->word[cut->at - 1], "log") ||
		    !strcasecmp(cut->word[cut->at - 1], "log-input")) {
			next(cut);
			continue;
		}
		return say("natctl's access lists do not know \"%s\"",
			   peek(cut));
	}
	return NULL;
}

/* A rule as a command. NULL with *@reason set if there is none; *@matters if the
 * list permits more without it
 */
static char *rule_command(const struct ios_entry *entry, const char *list,
			  const struct use *uses, unsigned int count,
			  char **reason, bool *matters)
{
	char *text = copy_string(entry->rule);
	char sequence[16] = "", hosts[64] = "";
	char *command = NULL;
	const char *protocol;
	struct cut cut;
	bool deny;

	*reason = NULL;
	*matters = false;
	cut_words(&cut, text);
	if (take(&cut, "remark")) {
		command = say("# %s",
			      strlen(entry->rule) > 7 ? entry->rule + 7 : "");
		goto out;
	}
	if (is_number(peek(&cut))) {
		snprintf(sequence, sizeof(sequence), " %s", next(&cut));
		if (take(&cut, "remark")) {
			command =
				say("# %s",
				    strstr(entry->rule, "remark") ?
					    strstr(entry->rule, "remark") + 6 :
					    "");
			goto out;
		}
	}
	if (take(&cut, "dynamic")) {
		*reason = say("natctl has no lock-and-key lists");
		goto out;
	}
	if (take(&cut, "evaluate")) {
		*reason = say("natctl has no reflexive lists");
		goto out;
	}
	deny = take(&cut, "deny");
	if (!deny && !take(&cut, "permit")) {
		*reason = say("this is neither permit nor deny");
		goto out;
	}
	if (entry->extended) {
		if (take(&cut, "object-group")) {
			*reason = say(
				"natctl's access lists have no object-group: write its members one by one");
			goto out;
		}
		protocol = next(&cut);
		*reason = protocol ? beyond_source(&cut, protocol_of(protocol),
						   uses, count, hosts,
						   sizeof(hosts)) :
				     say("the rule is cut short");
	} else if (take(&cut, "object-group")) {
		*reason = say(
			"natctl's access lists have no object-group: write its hosts one by one");
	} else if (!source(&cut, true, hosts, sizeof(hosts))) {
		*reason = say("\"%s\" is not an address", peek(&cut) ?: "");
	} else if (peek(&cut) && !take(&cut, "log")) {
		*reason = say("natctl's access lists do not know \"%s\"",
			      peek(&cut));
	}
	if (!*reason)
		command = say("access-list add %s%s %s %s", list, sequence,
			      deny ? "deny" : "permit", hosts);
	else
		*matters = deny && !strstr(*reason, NEVER);
out:
	free(text);
	return command;
}

static bool same_list(const struct ios_entry *a, const struct ios_entry *b)
{
	return !strcmp(a->list, b->list);
}

/* Commands of one list, whose first rule is entry @first */
static void list_commands(struct ios_config *config, unsigned int first)
{
	unsigned int count = config->entry_count;
	const struct ios_entry *entry, *head = &config->entries[first];
	char list[LIST_NAME_MAX + 1];
	unsigned int uses_count, i, rules = 0, refused = 0;
	struct use uses[USES_MAX];
	char *command, *reason;
	bool matters;

	list_name(head->list, list);
	uses_count = uses_of(config, list, uses);

	/* A filter that is nobody's here is said to be one, not line by line */
	for (i = first; i < count && !uses_count && head->extended; i++) {
		entry = &config->entries[i];
		if (entry->done || !same_list(entry, head))
			continue;
		rules++;
		command = rule_command(entry, list, uses, 0, &reason, &matters);
		refused += !!reason;
		free(command);
		free(reason);
	}
	if (refused) {
		explain_line(
			config, head->number, head->text,
			rules == 1 ?
				say("no ip nat service has this list, and it filters more than an inside host") :
				say("with the rest of list %s, %u lines in all: no ip nat service has this list, and it filters more than inside hosts",
				    head->list, rules));
		config->explained.line[config->explained.count - 1].lines =
			rules;
		goto out;
	}

	if (strcmp(list, head->list))
		lines_add(&config->rules, 0, "",
			  say("# The list \"%s\" is called %s here.",
			      head->list, list),
			  NULL);
	if (!uses_count)
		lines_add(&config->rules, 0, "",
			  say("# No ip nat service has the list %s.", list),
			  NULL);
	for (i = first; i < count; i++) {
		entry = &config->entries[i];
		if (entry->done || !same_list(entry, head))
			continue;
		command = rule_command(entry, list, uses, uses_count, &reason,
				       &matters);
		if (command) {
			lines_add(&config->rules, entry->number, entry->text,
				  command, NULL);
		} else {
			command =
				matters ?
					say("%s. CHECK: without this deny the list may permit more",
					    reason) :
					NULL;
			explain_line(config, entry->number, entry->text,
				     command ?: copy_string(reason));
			free(reason);
		}
	}
out:
	for (i = first; i < count; i++)
		if (i != first && same_list(&config->entries[i], head))
			config->entries[i].done = true;
	config->entries[first].done = true;
}

/* A rule of the list that is read; false if the line is none */
static bool entry_line(struct ios_config *config, unsigned int number,
		       const char *text, const char *rule)
{
	static const char *const first[] = { "permit", "deny", "remark",
					     "dynamic", "evaluate" };
	struct ios_entry *entry;
	const char *word = rule;
	unsigned int i, length;

	while (isdigit((unsigned char)*word))
		word++;
	word += strspn(word, " \t");
	length = strcspn(word, " \t");
	for (i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		if (length == strlen(first[i]) &&
		    !strncasecmp(word, first[i], length))
			break;
	if (i == sizeof(first) / sizeof(first[0]))
		return false;

	if (!(config->entry_count & (config->entry_count - 1)))
		config->entries =
			grow(config->entries,
			     sizeof(*entry) * (config->entry_count ?
						       2 * config->entry_count :
						       1));
	entry = &config->entries[config->entry_count++];
	memset(entry, 0, sizeof(*entry));
	snprintf(entry->list, sizeof(entry->list), "%s", config->list);
	entry->extended = config->extended;
	entry->number = number;
	entry->text = copy_string(text);
	entry->rule = copy_string(rule);
	return true;
}

static void drop_list(struct ios_config *config, unsigned int number,
		      const char *text, const char *name)
{
	unsigned int i;

	for (i = 0; i < config->entry_count; i++) {
		if (config->entries[i].done ||
		    strcmp(config->entries[i].list, name))
			continue;
		config->entries[i].done = true;
		explain_line(config, config->entries[i].number,
			     config->entries[i].text,
			     say("line %u takes the list away", number));
	}
	explain_line(config, number, text,
		     say("so the list begins empty here"));
}

/* Is it the number of an IP list? @extended as IOS's ranges have it */
static bool ip_list(const char *name, bool *extended)
{
	unsigned long number;

	if (!is_number(name) || strlen(name) > 4)
		return false;
	number = strtoul(name, NULL, 10);
	*extended = (number >= 100 && number <= 199) ||
		    (number >= 2000 && number <= 2699);
	return *extended || (number >= 1 && number <= 99) ||
	       (number >= 1300 && number <= 1999);
}

/* "access-list 10 permit ..."; the rule is what stands behind the number */
static void numbered_line(struct ios_config *config, unsigned int number,
			  const char *text, bool no, struct cut *cut,
			  const char *rest)
{
	const char *name = next(cut);

	config->list[0] = '\0';
	if (!ip_list(name, &config->extended)) {
		explain_line(config, number, text,
			     say("this is not a list of IP addresses"));
		return;
	}
	snprintf(config->list, sizeof(config->list), "%s", name);
	if (no) {
		/* with or without the rule: IOS takes the whole list */
		drop_list(config, number, text, name);
	} else {
		/* behind the number */
		rest += strspn(rest, " \t");
		rest += strcspn(rest, " \t");
		rest += strspn(rest, " \t");
		if (!entry_line(config, number, text, rest))
			explain_line(config, number, text,
				     say("this is neither permit nor deny"));
	}
	config->list[0] = '\0';
}

/* "ip access-list {standard | extended} NAME": what follows are its rules */
static void named_line(struct ios_config *config, unsigned int number,
		       const char *text, bool no, struct cut *cut)
{
	const char *kind = next(cut);
	const char *name = next(cut);
	bool extended = kind && !strcasecmp(kind, "extended");

	config->list[0] = '\0';
	if (!kind || !name || (!extended && strcasecmp(kind, "standard"))) {
		config->other++;
		return;
	}
	if (no) {
		drop_list(config, number, text, name);
		return;
	}
	snprintf(config->list, sizeof(config->list), "%s", name);
	config->extended = extended;
	/* It stands for nothing of its own */
	config->lines--;
}

/* --- ports of media ------------------------------------------------------- */

/* "appl sip-rtp startport N size M", of "ip nat portmap" */
static bool portmap_line(struct ios_config *config, unsigned int number,
			 const char *text, struct cut *cut)
{
	struct ios_lines *settings = &config->settings;
	uint32_t start, size;
	char command[64];

	if (!take(cut, "appl") || !next(cut) || !take(cut, "startport") ||
	    !word_number(next(cut), 1024, 65535, &start) ||
	    !take(cut, "size") || !word_number(next(cut), 1, 65535, &size) ||
	    start + size > 65536 || peek(cut))
		return false;
	snprintf(command, sizeof(command), "set media-ports %u-%u", start,
		 start + size - 1);
	if (settings->count &&
	    begins(settings->line[settings->count - 1].command,
		   "set media-ports")) {
		if (!strcmp(settings->line[settings->count - 1].command,
			    command))
			explain_line(config, number, text,
				     say("these are the media-ports above"));
		else
			explain_line(
				config, number, text,
				say("one range of media-ports is for all protocols: that of line %u is taken",
				    settings->line[settings->count - 1].number));
		return true;
	}
	lines_add(settings, number, text, copy_string(command), NULL);
	return true;
}

/* --- lines ---------------------------------------------------------------- */

void ios_begin(struct ios_config *config)
{
	memset(config, 0, sizeof(*config));
	default_services(config, 0);
}

/* What a terminal leaves in a captured line: the prompt of a pager and the
 * backspaces that take it away, control characters, blanks at the ends
 */
static char *clean(char *text)
{
	char *backspace = strrchr(text, '\b');
	size_t length;
	char *c;

	if (backspace)
		text = backspace + 1;
	for (c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = ' ';
	text += strspn(text, " ");
	length = strlen(text);
	while (length && text[length - 1] == ' ')
		text[--length] = '\0';
	return text;
}

/* "Router(config)#" in front of what was typed */
static char *behind_prompt(char *text)
{
	size_t length = strcspn(text, "# ");

	if (!length || text[length] != '#' || text[0] == '!')
		return text;
	text += length + 1;
	return text + strspn(text, " ");
}

/* A banner goes on until its delimiter comes again */
static void banner_line(struct ios_config *config, const char *text)
{
	const char *rest = text + strlen("banner");
	const char *end;

	rest += strspn(rest, " ");
	rest += strcspn(rest, " ");
	rest += strspn(rest, " ");
	if (!*rest)
		return;
	snprintf(config->banner, sizeof(config->banner), "%.*s",
		 rest[0] == '^' && rest[1] ? 2 : 1, rest);
	rest += strlen(config->banner);
	end = strstr(rest, config->banner);
	if (end)
		config->banner[0] = '\0';
}

void ios_feed(struct ios_config *config, unsigned int number, char *text)
{
	char shown[SHOWN_MAX + 4], rest[SHOWN_MAX * 4];
	struct cut cut;
	bool no;

	text = clean(text);
	if (config->banner[0] || config->macro) {
		if (config->macro ? !strcmp(text, "@") :
				    !!strstr(text, config->banner))
			config->banner[0] = config->macro = 0;
		config->lines++;
		config->other++;
		return;
	}
	text = behind_prompt(text);
	if (!text[0] || text[0] == '!')
		return;
	config->lines++;
	snprintf(shown, sizeof(shown), "%.*s%s", SHOWN_MAX, text,
		 strlen(text) > SHOWN_MAX ? "..." : "");
	snprintf(rest, sizeof(rest), "%s", text);
	if (!strncasecmp(text, "banner ", 7))
		banner_line(config, text);
	config->macro = !strncasecmp(text, "macro name ", 11);

	/* Rules of a named list */
	if (config->list[0]) {
		if (entry_line(config, number, shown, rest))
			return;
		config->list[0] = '\0';
	}
	cut_words(&cut, text);
	no = take(&cut, "no");
	if (take(&cut, "ip")) {
		if (take(&cut, "nat")) {
			if (take(&cut, "service"))
				nat_service(config, number, shown, no, &cut);
			else
				config->nat++;
			return;
		}
		if (take(&cut, "access-list")) {
			named_line(config, number, shown, no, &cut);
			return;
		}
	} else if (take(&cut, "access-list")) {
		numbered_line(config, number, shown, no, &cut,
			      rest + (cut.word[cut.at - 1] - text) +
				      strlen("access-list"));
		return;
	} else if (!no && portmap_line(config, number, shown, &cut)) {
		return;
	}
	config->other++;
}

/* A list that is named and not there is for nobody, on natctl */
static void missing_lists(struct ios_config *config)
{
	struct ios_lines *services = &config->services;
	unsigned int i, j;
	const char *list;
	char words[64];

	for (i = 0; i < services->count; i++) {
		list = strstr(services->line[i].command, " list ");
		if (!list)
			continue;
		snprintf(words, sizeof(words), "access-list add %s", list + 6);
		for (j = 0; j < config->rules.count; j++)
			if (begins(config->rules.line[j].command, words))
				break;
		if (j == config->rules.count)
			lines_add(
				&config->rules, 0, "",
				say("# CHECK: the list %s has no rule here: until it has one, the service is for nobody.",
				    list + 6),
				NULL);
	}
}

void ios_end(struct ios_config *config)
{
	unsigned int i;

	for (i = 0; i < config->entry_count; i++)
		if (!config->entries[i].done)
			list_commands(config, i);
	missing_lists(config);
}

void ios_refuse(struct ios_config *config, struct ios_lines *from,
		unsigned int index, const char *reason)
{
	const struct ios_line *line = &from->line[index];

	/* Of one line with two commands, the first says it; of what IOS does
	 * without being told there is no line
	 */
	if (line->lines && line->number)
		explain_line(config, line->number, line->text,
			     copy_string(reason));
	lines_drop(from, index);
}

void ios_free(struct ios_config *config)
{
	unsigned int i;

	lines_free(&config->settings);
	lines_free(&config->rules);
	lines_free(&config->services);
	lines_free(&config->explained);
	for (i = 0; i < config->entry_count; i++) {
		free(config->entries[i].text);
		free(config->entries[i].rule);
	}
	free(config->entries);
	memset(config, 0, sizeof(*config));
}
