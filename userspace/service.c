// SPDX-License-Identifier: GPL-2.0
/*
 * natctl service: the ports on which a protocol is spoken
 */
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "access_list.h"
#include "natctl.h"
#include "service.h"
#include "spec.h"
#include "table.h"

const char service_usage[] =
	"natctl service [show]\n"
	"natctl service {add | delete} sip {tcp | udp} port N [list ACL] [vrf NAME]\n"
	"natctl service {add | delete} skinny tcp port N [list ACL] [vrf NAME]\n"
	"natctl service {add | delete} h225 tcp port N [list ACL] [vrf NAME]\n"
	"natctl service {add | delete} ras udp port N [list ACL] [vrf NAME]\n"
	"natctl service {add | delete} esp [spi-match [PREDICATE]] [list ACL] [vrf NAME]\n"
	"natctl service {add | delete} ike preserve-port [list ACL] [vrf NAME]\n"
	"natctl service {add | delete} HELPER {tcp | udp} port N [list ACL] [vrf NAME]\n"
	"natctl service flush\n"
	"natctl service defaults\n"
	"\n"
	"HELPER is one of the kernel's own: ftp, pptp, irc, sane and kernel-h225 on\n"
	"TCP; tftp, amanda, snmp, netbios-ns and kernel-ras on UDP; kernel-sip on both.\n"
	"snmp is for port 161 alone, netbios-ns for port 137.\n";

#define PROTOCOLS                                                              \
	"sip, skinny, h225, ras, esp or ike, or a helper of the kernel's own " \
	"(natctl help service)"

#define IKE_PORT 500

static const struct column service_columns[] = {
	{ NF_ALG_A_SERVICE_PROTOCOL, "Protocol", NAME, spec_protocol_id,
	  __NF_ALG_PROTOCOL_MAX, .sort = true },
	{ NF_ALG_A_SERVICE_TRANSPORT, "Transport", TRANSPORT, .sort = true },
	{ NF_ALG_A_SERVICE_PORT, "Port", NUMBER, .sort = true, .right = true },
	{ NF_ALG_A_SERVICE_VRF, "VRF", DEVICE, .sort = true },
	{ NF_ALG_A_SERVICE_ACCESS_LIST, "Access list", TEXT },
	{ NF_ALG_A_SERVICE_ACCESS_LIST_PRESENT, NULL, YESNO },
	{ NF_ALG_A_SERVICE_HITS, "Hits", NUMBER, .right = true },
	{ NF_ALG_A_SERVICE_MODULE_PRESENT, "Module", YESNO },
	{ NF_ALG_A_SERVICE_SPI_MATCH, NULL, NAME, spec_predicate,
	  __NF_ALG_PREDICATE_MAX },
};

static bool list_parse(struct words *words, struct service *service,
		       int *status)
{
	if (!words_take(words, "list"))
		return false;
	*status = access_list_name(words_next(words), service->list);
	return true;
}

static bool vrf_parse(struct words *words, struct service *service, int *status)
{
	const char *name;

	if (!words_take(words, "vrf"))
		return false;
	name = words_next(words);
	service->vrf = name ? if_nametoindex(name) : 0;
	*status = DONE;
	if (!name)
		*status = complain(USAGE, "service: vrf needs a name");
	else if (!service->vrf)
		*status = complain(
			USAGE,
			"service: there is no device \"%s\" in this namespace",
			name);
	return true;
}

/* Which transports a protocol has */
static bool transport_fits(uint32_t protocol, uint8_t transport)
{
	switch (protocol) {
	case NF_ALG_PROTOCOL_SIP:
	case NF_ALG_PROTOCOL_KERNEL_SIP:
		return true;
	case NF_ALG_PROTOCOL_RAS:
	case NF_ALG_PROTOCOL_TFTP:
	case NF_ALG_PROTOCOL_AMANDA:
	case NF_ALG_PROTOCOL_SNMP:
	case NF_ALG_PROTOCOL_NETBIOS_NS:
	case NF_ALG_PROTOCOL_KERNEL_RAS:
		return transport == IPPROTO_UDP;
	default:
		return transport == IPPROTO_TCP;
	}
}

/* The modules of the kernel's own helpers: what finds an address in a message,
 * and what translates it (sane's and netbios-ns's messages have none)
 */
static const struct {
	const char *finds;
	const char *translates;
} helper_modules[__NF_ALG_PROTOCOL_MAX] = {
	[NF_ALG_PROTOCOL_FTP] = { "nf_conntrack_ftp", "nf_nat_ftp" },
	[NF_ALG_PROTOCOL_TFTP] = { "nf_conntrack_tftp", "nf_nat_tftp" },
	[NF_ALG_PROTOCOL_PPTP] = { "nf_conntrack_pptp", "nf_nat_pptp" },
	[NF_ALG_PROTOCOL_IRC] = { "nf_conntrack_irc", "nf_nat_irc" },
	[NF_ALG_PROTOCOL_AMANDA] = { "nf_conntrack_amanda", "nf_nat_amanda" },
	[NF_ALG_PROTOCOL_SANE] = { "nf_conntrack_sane", NULL },
	[NF_ALG_PROTOCOL_SNMP] = { "nf_conntrack_snmp", NULL },
	[NF_ALG_PROTOCOL_NETBIOS_NS] = { "nf_conntrack_netbios_ns", NULL },
	[NF_ALG_PROTOCOL_KERNEL_SIP] = { "nf_conntrack_sip", "nf_nat_sip" },
	[NF_ALG_PROTOCOL_KERNEL_H225] = { "nf_conntrack_h323", "nf_nat_h323" },
	[NF_ALG_PROTOCOL_KERNEL_RAS] = { "nf_conntrack_h323", "nf_nat_h323" },
};

static bool module_loaded(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return !access(path, F_OK);
}

/* The predicate of a name, or without one the first */
static uint8_t predicate_parse(struct words *words)
{
	int id = word_of(words_peek(words), spec_predicate,
			 __NF_ALG_PREDICATE_MAX);

	if (id <= NF_ALG_PREDICATE_NONE)
		return NF_ALG_PREDICATE_CRC16;
	words_next(words);
	return id;
}

/* The words between a protocol and its list: what the flows are known by */
static int place_parse(struct words *words, const char *protocol,
		       struct service *service)
{
	const char *word;

	if (service->protocol == NF_ALG_PROTOCOL_ESP) {
		service->transport = IPPROTO_ESP;
		if (words_take(words, "spi-match"))
			service->spi_match = predicate_parse(words);
		return DONE;
	}
	if (service->protocol == NF_ALG_PROTOCOL_IKE) {
		service->transport = IPPROTO_UDP;
		service->port = IKE_PORT;
		if (words_take(words, "preserve-port"))
			return DONE;
		return complain(USAGE, "service: \"preserve-port\" is missing: "
				       "that is what ike does");
	}

	word = words_next(words);
	if (!word_transport(word, &service->transport))
		return complain(
			USAGE, "service: \"%s\" is not a transport: tcp or udp",
			word ?: "");
	if (!transport_fits(service->protocol, service->transport))
		return complain(USAGE, "service: %s is not carried by %s",
				protocol, word);

	if (!words_take(words, "port"))
		return complain(USAGE, "service: \"port N\" is missing");
	word = words_next(words);
	if (!word_port(word, &service->port))
		return complain(USAGE,
				"service: \"%s\" is not a port: 1 to 65535",
				word ?: "");
	return DONE;
}

int service_parse(struct words *words, struct service *service)
{
	const char *protocol;
	int status = DONE;
	int id;

	memset(service, 0, sizeof(*service));
	/* IOS has the list in front */
	if (list_parse(words, service, &status) && status)
		return status;

	protocol = words_next(words);
	id = word_of(protocol, spec_protocol_id, __NF_ALG_PROTOCOL_MAX);
	if (!protocol)
		return complain(USAGE,
				"service: a protocol is missing: " PROTOCOLS);
	if (id == NF_ALG_PROTOCOL_H245)
		return complain(
			USAGE,
			"service: h245 has no port of its own: it follows h225");
	if (id <= NF_ALG_PROTOCOL_NONE)
		return complain(USAGE,
				"service: \"%s\" is not a protocol: " PROTOCOLS,
				protocol);
	service->protocol = id;

	status = place_parse(words, protocol, service);
	if (status)
		return status;

	while (list_parse(words, service, &status) ||
	       vrf_parse(words, service, &status))
		if (status)
			return status;
	return words_end(words, "service");
}

int service_send(const struct service *service, uint8_t command, uint16_t flags)
{
	struct nlmsghdr *nlh;
	int status;

	nlh = genl_begin(command, NLM_F_ACK | flags, &status);
	if (!nlh)
		return status;
	mnl_attr_put_u32(nlh, NF_ALG_A_SERVICE_PROTOCOL, service->protocol);
	mnl_attr_put_u8(nlh, NF_ALG_A_SERVICE_TRANSPORT, service->transport);
	mnl_attr_put_u16(nlh, NF_ALG_A_SERVICE_PORT, service->port);
	if (service->spi_match)
		mnl_attr_put_u8(nlh, NF_ALG_A_SERVICE_SPI_MATCH,
				service->spi_match);
	if (service->vrf)
		mnl_attr_put_u32(nlh, NF_ALG_A_SERVICE_VRF, service->vrf);
	if (service->list[0])
		mnl_attr_put_strz(nlh, NF_ALG_A_SERVICE_ACCESS_LIST,
				  service->list);
	return genl_send(nlh, NULL, NULL);
}

void service_read(const struct nlmsghdr *nlh, struct service *service)
{
	const struct nlattr *tb[NF_ALG_A_SERVICE_MAX + 1];

	memset(service, 0, sizeof(*service));
	genl_attributes(nlh, tb, NF_ALG_A_SERVICE_MAX);
	if (tb[NF_ALG_A_SERVICE_PROTOCOL])
		service->protocol =
			attribute_number(tb[NF_ALG_A_SERVICE_PROTOCOL]);
	if (tb[NF_ALG_A_SERVICE_TRANSPORT])
		service->transport =
			attribute_number(tb[NF_ALG_A_SERVICE_TRANSPORT]);
	if (tb[NF_ALG_A_SERVICE_PORT])
		service->port = attribute_number(tb[NF_ALG_A_SERVICE_PORT]);
	if (tb[NF_ALG_A_SERVICE_SPI_MATCH])
		service->spi_match =
			attribute_number(tb[NF_ALG_A_SERVICE_SPI_MATCH]);
	if (tb[NF_ALG_A_SERVICE_VRF])
		service->vrf = attribute_number(tb[NF_ALG_A_SERVICE_VRF]);
	if (tb[NF_ALG_A_SERVICE_ACCESS_LIST])
		snprintf(service->list, sizeof(service->list), "%s",
			 mnl_attr_get_str(tb[NF_ALG_A_SERVICE_ACCESS_LIST]));
}

const char *service_text(const struct service *service)
{
	/* The first one goes without saying */
	const char *predicate = service->spi_match > NF_ALG_PREDICATE_CRC16 &&
						service->spi_match <
							__NF_ALG_PREDICATE_MAX ?
					spec_predicate[service->spi_match] :
					NULL;
	static char text[160];
	char device[IF_NAMESIZE];
	int used;

	if (service->protocol == NF_ALG_PROTOCOL_ESP)
		used = snprintf(text, sizeof(text), "service add esp%s%s%s",
				service->spi_match ? " spi-match" : "",
				predicate ? " " : "", predicate ?: "");
	else if (service->protocol == NF_ALG_PROTOCOL_IKE)
		used = snprintf(text, sizeof(text),
				"service add ike preserve-port");
	else
		used = snprintf(text, sizeof(text), "service add %s %s port %u",
				service->protocol < __NF_ALG_PROTOCOL_MAX ?
					spec_protocol_id[service->protocol] :
					"unknown",
				transport_name(service->transport),
				service->port);
	if (service->list[0])
		used += snprintf(text + used, sizeof(text) - used, " list %s",
				 service->list);
	if (service->vrf)
		snprintf(text + used, sizeof(text) - used, " vrf %s",
			 if_indextoname(service->vrf, device) ?: "?");
	return text;
}

/* What a person should know about a service that is there */
struct findings {
	struct table *table;
	const struct service *about; /* one, or NULL: any */
	bool has[__NF_ALG_PROTOCOL_MAX];
	bool no_module[__NF_ALG_PROTOCOL_MAX];
	char no_list[NF_ALG_ACCESS_LIST_NAME_MAX + 1];
};

static void service_find(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_SERVICE_MAX + 1];
	struct findings *findings = data;
	struct service service;

	genl_attributes(nlh, tb, NF_ALG_A_SERVICE_MAX);
	if (findings->table)
		table_add(findings->table, tb);
	service_read(nlh, &service);
	if (findings->about &&
	    (service.protocol != findings->about->protocol ||
	     service.transport != findings->about->transport ||
	     service.port != findings->about->port ||
	     service.vrf != findings->about->vrf))
		return;
	if (service.protocol < __NF_ALG_PROTOCOL_MAX)
		findings->has[service.protocol] = true;
	if (service.protocol < __NF_ALG_PROTOCOL_MAX &&
	    tb[NF_ALG_A_SERVICE_MODULE_PRESENT] &&
	    !attribute_number(tb[NF_ALG_A_SERVICE_MODULE_PRESENT]))
		findings->no_module[service.protocol] = true;
	if (tb[NF_ALG_A_SERVICE_ACCESS_LIST_PRESENT] &&
	    !attribute_number(tb[NF_ALG_A_SERVICE_ACCESS_LIST_PRESENT]))
		strcpy(findings->no_list, service.list);
}

static void service_warn(const struct findings *findings)
{
	const char *finds, *translates;
	int id;

	for (id = 0; id < __NF_ALG_PROTOCOL_MAX; id++) {
		finds = helper_modules[id].finds;
		translates = helper_modules[id].translates;
		if (findings->no_module[id] && finds)
			warn("no kernel helper for %s (modprobe %s): its flows pass untranslated; newer kernels come without some helpers",
			     spec_protocol_id[id], finds);
		else if (findings->no_module[id])
			warn("no module for %s (modprobe nf-nat-alg-%s): its flows pass untranslated",
			     spec_protocol_id[id], spec_protocol_id[id]);
		/* What is built in has no folder there */
		else if (findings->has[id] && translates &&
			 module_loaded(finds) && !module_loaded(translates))
			warn("no module %s (modprobe %s): addresses in %s messages stay as they are",
			     translates, translates, spec_protocol_id[id]);
	}
	if (findings->no_list[0])
		warn("access list %s has no rules, so the service is for nobody; see natctl help access-list",
		     findings->no_list);
}

int service_show(const char *json_key)
{
	struct table table = {
		.columns = service_columns,
		.width = sizeof(service_columns) / sizeof(service_columns[0]),
		.keys = spec_service_attr,
	};
	struct findings findings = { .table = &table };
	int status;

	status = genl_dump(NF_ALG_CMD_SERVICE_GET, service_find, &findings);
	if (status)
		return status;
	table_sort(&table);
	table_print(
		&table, json_key,
		"No service: nothing is translated. The usual ones: natctl service defaults");
	return DONE;
}

static int service_simple(struct words *words, uint8_t command)
{
	struct findings findings = {};
	struct nlmsghdr *nlh;
	int status;

	status = words_end(words, "service");
	if (status)
		return status;
	nlh = genl_begin(command, NLM_F_ACK, &status);
	if (!nlh)
		return status;
	status = genl_send(nlh, NULL, NULL);
	if (!status && command == NF_ALG_CMD_SERVICE_DEFAULTS) {
		genl_dump(NF_ALG_CMD_SERVICE_GET, service_find, &findings);
		service_warn(&findings);
	}
	return status;
}

int service_command(struct words *words)
{
	struct service service;
	struct findings findings = { .about = &service };
	int status;

	if (words_take(words, "add")) {
		status = service_parse(words, &service);
		if (status)
			return status;
		status = service_send(&service, NF_ALG_CMD_SERVICE_ADD,
				      NLM_F_CREATE | NLM_F_EXCL);
		if (status)
			return status;
		genl_dump(NF_ALG_CMD_SERVICE_GET, service_find, &findings);
		service_warn(&findings);
		return DONE;
	}
	if (words_take(words, "delete")) {
		status = service_parse(words, &service);
		return status ?:
				service_send(&service, NF_ALG_CMD_SERVICE_DELETE,
					     0);
	}
	if (words_take(words, "flush"))
		return service_simple(words, NF_ALG_CMD_SERVICE_FLUSH);
	if (words_take(words, "defaults"))
		return service_simple(words, NF_ALG_CMD_SERVICE_DEFAULTS);
	words_take(words, "show");
	status = words_end(words, "service");
	return status ?: service_show(NULL);
}
