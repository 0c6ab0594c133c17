// SPDX-License-Identifier: GPL-2.0
/*
 * natctl doctor: why it may not work, and what to do
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <sys/utsname.h>
#include "channel.h"
#include "doctor.h"
#include "explain.h"
#include "json.h"
#include "module.h"
#include "natctl.h"
#include "option.h"
#include "ruleset.h"
#include "ruleset_ports.h"
#include "service.h"
#include "spec.h"

const char doctor_usage[] =
	"natctl doctor\n"
	"\n"
	"Looks at the module, the kernel, NAT, the firewall and the services, and says\n"
	"what is wrong and what to do. Ends with 0 if all is well, 1 if something is\n"
	"wrong, 3 if the module is not loaded, 4 if something may not be looked at.\n";

#define NEARLY_FULL 90 /* percent */

/* How bad is it? */
enum level {
	OK,
	NOTE, /* worth knowing */
	UNKNOWN, /* may not be looked at */
	WARNING, /* may be wrong */
	FAULT, /* cannot work */
	LEVELS,
};

static const struct {
	const char *name; /* in JSON */
	const char *head;
	const char *color;
} levels[LEVELS] = {
	[OK] = { "ok", "ok", "32" },
	[NOTE] = { "note", "note", "1" },
	[UNKNOWN] = { "unknown", "unknown", "33" },
	[WARNING] = { "warning", "WARNING", "33" },
	[FAULT] = { "fault", "FAULT", "31" },
};

static unsigned int found[LEVELS];

#define INDENT "         "

/* @advice: what to do, or NULL */
static void __attribute__((format(printf, 4, 5)))
find(enum level level, const char *check, const char *advice,
     const char *format, ...)
{
	char sentence[1024], head[16];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	found[level]++;
	if (natctl.json) {
		json_object(NULL);
		json_string("check", check);
		json_string("level", levels[level].name);
		json_string("sentence", sentence);
		if (advice)
			json_string("advice", advice);
		json_object_end();
		return;
	}
	snprintf(head, sizeof(head), "%-8s", levels[level].head);
	printf("%s ", colored(head, levels[level].color));
	print_wrapped(sentence, strlen(INDENT), INDENT, natctl.width);
	if (advice)
		print_wrapped(advice, printf(INDENT "-> "), INDENT "   ",
			      natctl.width);
}

/* A number in a file of proc; -1 if there is none */
static long long number_in(const char *path)
{
	char line[64];

	return file_line_of(path, line, sizeof(line)) ?
		       strtoll(line, NULL, 10) :
		       -1;
}

/* --- the modules ---------------------------------------------------------- */

static const char *const modules[] = { "nf_nat_alg", "nf_alg_sip",
				       "nf_alg_sccp", "nf_alg_h323",
				       "nf_alg_ipsec" };

/* Would the kernel take it, as it is on disk? */
static bool check_signature(const struct module_file *file, bool loaded)
{
	const char *why = module_enforcement();
	enum level level = loaded ? WARNING : FAULT;

	if (!why) {
		find(OK, "secure-boot", NULL,
		     "The kernel does not ask for a signature of modules.");
		return true;
	}
	if (file->data && !module_signed(file)) {
		find(level, "secure-boot",
		     "Let dkms sign it (it does so when it builds, with the key in /var/lib/dkms), enrol the key by mokutil --import /var/lib/dkms/mok.pub and a reboot, or switch Secure Boot off in the firmware.",
		     "Modules need a signature, because %s; %s has none%s.",
		     why, file->path, loaded ? " and will not load again" : "");
		return false;
	}
	if (module_key_missing()) {
		find(level, "secure-boot",
		     "Say mokutil --import /var/lib/dkms/mok.pub, give a password, reboot, and enrol the key with it in the blue screen that comes up.",
		     "Modules need a signature, because %s; the key that dkms signs with is not enrolled in the firmware%s.",
		     why, loaded ? ", so they will not load again" : "");
		return false;
	}
	find(OK, "secure-boot", NULL,
	     "Modules need a signature, because %s; the module has one.", why);
	return true;
}

static void check_stale(void)
{
	struct module_file file;
	unsigned int i, stale = 0;
	char names[128] = "";

	for (i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		if (!module_loaded(modules[i]) ||
		    !module_find(modules[i], &file))
			continue;
		if (!module_current(modules[i], &file)) {
			snprintf(names + strlen(names),
				 sizeof(names) - strlen(names), "%s%s",
				 stale++ ? ", " : "", modules[i]);
		}
		module_free(&file);
	}
	if (stale)
		find(WARNING, "stale-module",
		     "Reboot, or when no call is up: natctl save > FILE; modprobe -r nf_alg_sip nf_alg_sccp nf_alg_h323 nf_alg_ipsec nf_nat_alg; modprobe nf_nat_alg defaults=0; natctl apply FILE.",
		     "An older build is loaded than the one on disk, of %s: it was upgraded and not loaded again.",
		     names);
	else
		find(OK, "stale-module", NULL,
		     "What is loaded is what is on disk.");
}

/* Is the family there? Says so without a word on stderr */
static int ask_module(void)
{
	int status;

	complain_silent = true;
	status = genl_dump(NF_ALG_CMD_PROTOCOL_GET, NULL, NULL);
	complain_silent = false;
	return status;
}

static int check_module(void)
{
	struct module_file file;
	struct utsname kernel;
	bool there = module_find("nf_nat_alg", &file);
	int status = ask_module();
	char advice[256];

	uname(&kernel);
	if (!status) {
		find(OK, "module", NULL, "The module nf_nat_alg is loaded.");
		if (there)
			check_signature(&file, true);
		else
			find(WARNING, "module",
			     "Build it: make && make install, or with the package dkms autoinstall.",
			     "nf_nat_alg is not on disk for this kernel, %s, and will not be there after a reboot.",
			     kernel.release);
		check_stale();
	} else if (status != NO_MODULE) {
		find(UNKNOWN, "module", NULL, "The module does not answer: %s.",
		     complain_said);
	} else if (!there) {
		snprintf(
			advice, sizeof(advice),
			"Install linux-headers-%s and say dkms autoinstall, or make && make install.",
			kernel.release);
		find(FAULT, "module", advice,
		     "The module nf_nat_alg is not loaded, and not there for the running kernel, %s.",
		     kernel.release);
	} else if (check_signature(&file, false)) {
		find(FAULT, "module",
		     "Say modprobe nf_nat_alg, and put nf_nat_alg into /etc/modules or enable natctl.service for the next boot.",
		     "The module nf_nat_alg is not loaded.");
	} else {
		find(FAULT, "module", NULL,
		     "The module nf_nat_alg is not loaded, and will not load for that reason.");
	}
	module_free(&file);
	return status;
}

/* --- the kernel ----------------------------------------------------------- */

static bool config_has(const char *config, const char *option)
{
	char line[64];
	const char *at;

	snprintf(line, sizeof(line), "%s=", option);
	for (at = strstr(config, line); at; at = strstr(at + 1, line))
		if ((at == config || at[-1] == '\n') &&
		    (at[strlen(line)] == 'y' || at[strlen(line)] == 'm'))
			return true;
	return false;
}

static void check_config(void)
{
	static const struct {
		const char *option;
		const char *what;
	} options[] = {
		{ "CONFIG_NF_CONNTRACK", "nothing works" },
		{ "CONFIG_NF_NAT", "nothing works" },
		{ "CONFIG_NF_CT_NETLINK",
		  "natctl show translations shows no connections" },
		{ "CONFIG_NF_CONNTRACK_ZONES",
		  "there are no IPsec tunnels and no VRFs" },
	};
	struct utsname kernel;
	char path[300], *config;
	unsigned int i, missing = 0;
	size_t size;

	uname(&kernel);
	snprintf(path, sizeof(path), "/boot/config-%s", kernel.release);
	config = file_whole(path, &size);
	if (!config)
		config = file_whole("/proc/config.gz", &size);
	if (!config || !size) {
		free(config);
		find(NOTE, "kernel-config", NULL,
		     "How the kernel was configured cannot be told: there is neither %s nor /proc/config.gz.",
		     path);
		return;
	}
	config[size - 1] = '\0';
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (config_has(config, options[i].option))
			continue;
		missing++;
		find(WARNING, "kernel-config",
		     "Use a kernel that has it, as Debian's have.",
		     "The kernel was made without %s: %s.", options[i].option,
		     options[i].what);
	}
	if (!missing)
		find(OK, "kernel-config", NULL,
		     "The kernel has all that is needed.");
	free(config);
}

/* Interfaces of IPv4 default routes; returns how many, and the first one */
static unsigned int outside(char *first, size_t size, bool *strict)
{
	FILE *file = fopen("/proc/net/route", "re");
	char line[256], device[64], path[128], seen[512] = " ";
	long long value,
		all = number_in("/proc/sys/net/ipv4/conf/all/rp_filter");
	unsigned int destination, mask, flags, count = 0;

	*strict = false;
	first[0] = '\0';
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %x %*x %x %*d %*d %*d %x", device,
			   &destination, &flags, &mask) != 4 ||
		    destination || mask)
			continue;
		snprintf(path, sizeof(path), " %s ", device);
		if (strstr(seen, path))
			continue;
		snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen),
			 "%s ", device);
		if (!count++)
			snprintf(first, size, "%s", device);
		snprintf(path, sizeof(path),
			 "/proc/sys/net/ipv4/conf/%s/rp_filter", device);
		value = number_in(path);
		/* the greater of both counts: 2 is loose, 1 is strict */
		*strict |= (value > all ? value : all) == 1;
	}
	if (file)
		fclose(file);
	return count;
}

static void find_bridge(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[IFLA_MAX + 1];
	const struct nlattr *info[IFLA_INFO_MAX + 1];

	link_attributes(nlh, tb, IFLA_MAX);
	if (!tb[IFLA_LINKINFO])
		return;
	nested_attributes(tb[IFLA_LINKINFO], info, IFLA_INFO_MAX);
	if (info[IFLA_INFO_KIND] &&
	    !strcmp(mnl_attr_get_str(info[IFLA_INFO_KIND]), "bridge"))
		*(bool *)data = true;
}

static void check_routing(unsigned int outsides, bool strict)
{
	bool bridge = false;

	if (number_in("/proc/sys/net/ipv4/ip_forward") != 1)
		find(FAULT, "forwarding",
		     "Say sysctl -w net.ipv4.ip_forward=1, and write it into /etc/sysctl.d.",
		     "This machine does not forward IPv4 packets.");
	else
		find(OK, "forwarding", NULL,
		     "This machine forwards IPv4 packets.");

	if (outsides > 1 && strict)
		find(WARNING, "rp-filter",
		     "Say sysctl -w net.ipv4.conf.all.rp_filter=2, which is loose.",
		     "There is more than one way out, and rp_filter is strict: media that comes in by another one than it would go out by is dropped without a trace.");
	else
		find(OK, "rp-filter", NULL,
		     strict ?
			     "rp_filter is strict, and there is one way out at most." :
			     "rp_filter is not strict.");

	link_dump(find_bridge, &bridge);
	if (number_in("/proc/sys/net/bridge/bridge-nf-call-iptables") == 1 &&
	    bridge)
		find(NOTE, "bridge",
		     "Unless something needs it (Docker does), say sysctl -w net.bridge.bridge-nf-call-iptables=0.",
		     "Frames between the ports of a bridge go through the firewall as well (bridge-nf-call-iptables): signalling of neighbours is looked at, and media between them may be dropped.");
	else
		find(OK, "bridge", NULL,
		     "Bridged frames stay out of the firewall.");
}

static void check_conntrack(void)
{
	long long count =
		number_in("/proc/sys/net/netfilter/nf_conntrack_count");
	long long most = number_in("/proc/sys/net/netfilter/nf_conntrack_max");

	if (count < 0 || most <= 0)
		find(NOTE, "conntrack-table", NULL,
		     "How full the table of connections is cannot be told here.");
	else if (count * 100 >= most * NEARLY_FULL)
		find(FAULT, "conntrack-table",
		     "See what fills it (conntrack -L), or raise net.netfilter.nf_conntrack_max, and nf_conntrack_buckets with it.",
		     "The table of connections is nearly full: %lld of %lld. New flows, of media too, are dropped when it is.",
		     count, most);
	else
		find(OK, "conntrack-table", NULL,
		     "The table of connections has room: %lld of %lld.", count,
		     most);
}

/* --- the firewall --------------------------------------------------------- */

/* Names of the kernel's own helpers for the protocols that we translate */
static bool is_clashing(const char *helper)
{
	static const char *const names[] = { "sip", "RAS", "Q.931", "H.245" };
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(helper, names[i]))
			return true;
	return false;
}

static void check_nat(const struct ruleset *ruleset, const char *device)
{
	char advice[400];
	unsigned int i;

	for (i = 0; i < ruleset->rule_count; i++) {
		const struct ruleset_rule *rule = &ruleset->rules[i];
		const struct ruleset_chain *chain =
			&ruleset->chains[rule->chain];

		if (rule->translates && chain->family != NFPROTO_IPV6) {
			find(OK, "nat", NULL,
			     "There is a rule that translates addresses, in %s.",
			     ruleset_place(chain));
			return;
		}
	}
	if (ruleset->forbidden) {
		find(UNKNOWN, "nat", "Try it with sudo.",
		     "Whether a rule translates addresses cannot be told: reading the firewall needs CAP_NET_ADMIN.");
		return;
	}
	snprintf(
		advice, sizeof(advice),
		"For example: nft 'add table ip nat; add chain ip nat postrouting { type nat hook postrouting priority srcnat; }; add rule ip nat postrouting oifname \"%s\" masquerade'",
		device[0] ? device : "wan");
	find(FAULT, "nat", advice,
	     "No rule translates addresses: there is no NAT for the gateways to help.");
}

/* What a NAT rule accepts leaves untranslated, and so do the messages in it */
static void check_exemptions(const struct ruleset *ruleset)
{
	const struct ruleset_chain *place = NULL;
	unsigned int i, count = 0;

	for (i = 0; i < ruleset->rule_count; i++) {
		const struct ruleset_rule *rule = &ruleset->rules[i];
		const struct ruleset_chain *chain =
			&ruleset->chains[rule->chain];

		if (!chain->nat || chain->hook != NF_INET_POST_ROUTING ||
		    !rule->accepts || rule->translates)
			continue;
		if (!count++)
			place = chain;
	}
	if (count)
		find(NOTE, "nat-exempt", NULL,
		     "%u %s flows leave as they are, the first in %s. Messages in such flows keep the addresses of the inside, as a tunnel to another site needs it; a provider is not to be reached by them.",
		     count,
		     count == 1 ? "rule of source NAT lets" :
				  "rules of source NAT let",
		     ruleset_place(place));
}

/* A message names one public address, and media has to leave by the same */
static void check_lines(unsigned int outsides)
{
	if (outsides > 1)
		find(NOTE, "lines",
		     "Let an inside host keep its line: choose it by the source address, or by a mark that rules set for new connections and restore for all others.",
		     "There are %u ways out by default routes. A message names the public address of the line it leaves by; where the rules send a call's media by another one, it leaves with that one's address, and the far end may not take it.",
		     outsides);
}

static void check_related(struct ruleset *ruleset)
{
	const struct ruleset_chain *chain = ruleset_unrelated(ruleset);
	char advice[900];

	if (!chain && ruleset->forbidden) {
		find(UNKNOWN, "firewall", "Try it with sudo.",
		     "Whether the firewall lets media through cannot be told: reading it needs CAP_NET_ADMIN.");
		return;
	}
	if (!chain) {
		find(OK, "firewall", NULL,
		     "The firewall lets through what belongs to a call (RELATED).");
		return;
	}
	if (chain->legacy)
		snprintf(
			advice, sizeof(advice),
			"Say iptables -I FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT.");
	else
		snprintf(
			advice, sizeof(advice),
			"Say nft insert rule %s ct state established,related accept.",
			ruleset_place(chain));
	find(FAULT, "firewall", advice,
	     "The firewall drops what belongs to a call: in %s nothing accepts RELATED, so media and calls from outside end there.",
	     ruleset_place(chain));
}

static void check_helpers(const struct ruleset *ruleset, uint64_t foreign)
{
	unsigned int i, clashes = 0;

	if (number_in("/proc/sys/net/netfilter/nf_conntrack_helper") == 1) {
		clashes++;
		find(FAULT, "in-tree-helper",
		     "Say sysctl -w net.netfilter.nf_conntrack_helper=0.",
		     "The kernel gives its own helpers to flows by their ports (nf_conntrack_helper=1): those flows are not ours.");
	}
	for (i = 0; i < ruleset->rule_count; i++) {
		const struct ruleset_rule *rule = &ruleset->rules[i];

		if (!rule->helper || !is_clashing(rule->helper))
			continue;
		clashes++;
		find(FAULT, "in-tree-helper",
		     "Delete the rule. One of both can translate a flow, and a rule goes before a service.",
		     "A rule in %s gives flows the kernel's own helper \"%s\".",
		     ruleset_place(&ruleset->chains[rule->chain]),
		     rule->helper);
	}
	if (clashes)
		return;
	if (foreign)
		find(NOTE, "in-tree-helper", NULL,
		     "No rule gives flows the kernel's own helpers, but %" PRIu64
		     " flows had one (foreign-helper).",
		     foreign);
	else
		find(OK, "in-tree-helper", NULL,
		     "The kernel's own helpers keep out of the way.");
}

static void check_notrack(const struct ruleset *ruleset)
{
	unsigned int i, count = 0;

	for (i = 0; i < ruleset->rule_count; i++) {
		const struct ruleset_rule *rule = &ruleset->rules[i];

		if (!rule->notrack || rule->loopback)
			continue;
		count++;
		find(WARNING, "notrack",
		     "Look whether it takes signalling or media, and leave those out of it.",
		     "A rule in %s keeps packets from connection tracking (notrack): what it takes is neither translated nor let through.",
		     ruleset_place(&ruleset->chains[rule->chain]));
	}
	if (!count)
		find(OK, "notrack", NULL,
		     "No rule keeps packets from connection tracking.");
}

static void check_offload(const struct ruleset *ruleset)
{
	static const char *const shortcuts[] = {
		"shortcut_fe",
		"shortcut_fe_cm",
		"fast_classifier",
		"qca_nss_ecm",
		"ecm",
		"hw_nat",
		"mtkhnat",
		"mtk_hnat",
		"rtl_hwnat",
		"bcm_flowcache",
	};
	unsigned int i, count = 0, rules = 0;

	for (i = 0; i < sizeof(shortcuts) / sizeof(shortcuts[0]); i++) {
		if (!module_loaded(shortcuts[i]))
			continue;
		count++;
		find(WARNING, "offload",
		     "Switch it off for the ports of the services, or altogether; the kernel's own flowtable does no harm.",
		     "The module %s takes packets past the firewall, also those of signalling.",
		     shortcuts[i]);
	}
	for (i = 0; i < ruleset->rule_count; i++)
		rules += ruleset->rules[i].offload;
	if (count)
		return;
	if (ruleset->flowtables && rules)
		find(NOTE, "offload", NULL,
		     "A flowtable takes flows%s: media too, which it may; signalling stays with the gateways.",
		     ruleset->flowtable_hardware ? " into hardware" : "");
	else
		find(OK, "offload", NULL,
		     "No flowtable and no vendor's shortcut is in use.");
}

/* --- public ports --------------------------------------------------------- */

/* A range as large as [@low, @high] that no forward meets; false: there is none */
static bool free_range(const struct ruleset *ruleset, uint32_t *low,
		       uint32_t *high)
{
	uint32_t size = *high - *low, at;
	struct ruleset_range met;
	unsigned int i;

	for (at = 20000; at + size <= 65535; at += 1000) {
		for (i = 0; i < ruleset->rule_count; i++)
			if (ruleset_ports_meet(ruleset, &ruleset->rules[i], at,
					       at + size, &met))
				break;
		if (i < ruleset->rule_count)
			continue;
		*low = at;
		*high = at + size;
		return true;
	}
	return false;
}

static unsigned int check_forwards(const struct ruleset *ruleset, uint32_t low,
				   uint32_t high)
{
	uint32_t other_low = low, other_high = high;
	bool other = free_range(ruleset, &other_low, &other_high);
	struct ruleset_range met;
	unsigned int i, count = 0;
	char advice[900];

	for (i = 0; i < ruleset->rule_count; i++) {
		const struct ruleset_rule *rule = &ruleset->rules[i];

		if (!ruleset_ports_meet(ruleset, rule, low, high, &met))
			continue;
		count++;
		if (other)
			snprintf(
				advice, sizeof(advice),
				"Say natctl set media-ports %u-%u, or, if nobody needs it, %s.",
				other_low, other_high,
				ruleset_deletion(ruleset, rule));
		else
			snprintf(
				advice, sizeof(advice),
				"Say natctl set media-ports with a range beside it, or, if nobody needs it, %s.",
				ruleset_deletion(ruleset, rule));
		find(WARNING, "media-ports", advice,
		     "A rule in %s forwards the ports %u-%u, and media-ports %u-%u has some of them: media of strangers to a call goes where the rule says, and packets of a call's other end do not.",
		     ruleset_place(&ruleset->chains[rule->chain]), met.low,
		     met.high, low, high);
	}
	return count;
}

static unsigned int check_blocks(const struct ruleset *ruleset, uint32_t low,
				 uint32_t high)
{
	unsigned int i, count = 0;
	char advice[900];

	for (i = 0; i < ruleset->rule_count; i++) {
		const struct ruleset_rule *rule = &ruleset->rules[i];

		if (!rule->block.high || rule->tcp ||
		    (low >= rule->block.low && high <= rule->block.high))
			continue;
		count++;
		snprintf(advice, sizeof(advice),
			 "Say natctl set media-ports %u-%u.",
			 rule->block.low < 1024 ? 1024 : rule->block.low,
			 rule->block.high);
		find(WARNING, "media-ports", advice,
		     "A rule in %s translates to the ports %u-%u alone, and media-ports %u-%u has others: if the provider gives no more, media to those does not arrive.",
		     ruleset_place(&ruleset->chains[rule->chain]),
		     rule->block.low, rule->block.high, low, high);
	}
	return count;
}

/* Programs of the router that wait for datagrams at ports of the range */
static unsigned int check_sockets(uint32_t low, uint32_t high)
{
	static const char *const files[] = { "/proc/net/udp",
					     "/proc/net/udp6" };
	char line[512], address[40], remote[40];
	unsigned int i, port, first = 0, count = 0;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		FILE *file = fopen(files[i], "re");

		while (file && fgets(line, sizeof(line), file)) {
			if (sscanf(line, " %*[^:]: %32[^:]:%x %32[^:]:",
				   address, &port, remote) != 3 ||
			    port < low || port > high ||
			    strspn(remote, "0") != strlen(remote) ||
			    !strcmp(address, "0100007F"))
				continue;
			if (!count++ || port < first)
				first = port;
		}
		if (file)
			fclose(file);
	}
	if (count)
		find(NOTE, "media-ports", NULL,
		     "%u sockets of this machine wait at UDP ports of media-ports %u-%u, the first one at %u. They keep their ports (local-socket): ss -lunp shows whose they are.",
		     count, low, high, first);
	return count;
}

static void check_ports(const struct ruleset *ruleset)
{
	struct settings settings = {};
	uint32_t low, high;

	if (settings_load(&settings))
		return;
	low = settings.value[NF_ALG_OPTION_MEDIA_PORT_LOW];
	high = settings.value[NF_ALG_OPTION_MEDIA_PORT_HIGH];
	if (ruleset->forbidden)
		return;
	if (check_forwards(ruleset, low, high) +
	    check_blocks(ruleset, low, high) + check_sockets(low, high))
		return;
	find(OK, "media-ports", NULL,
	     "No rule and no socket has ports of media-ports %u-%u.", low,
	     high);
}

/* --- services ------------------------------------------------------------- */

struct services {
	unsigned int count;
	uint64_t hits;
	bool no_module[__NF_ALG_PROTOCOL_MAX];
	char no_list[NF_ALG_ACCESS_LIST_NAME_MAX + 1];
};

static void count_service(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_SERVICE_MAX + 1];
	struct services *services = data;
	struct service service;

	genl_attributes(nlh, tb, NF_ALG_A_SERVICE_MAX);
	service_read(nlh, &service);
	services->count++;
	if (tb[NF_ALG_A_SERVICE_HITS])
		services->hits += attribute_number(tb[NF_ALG_A_SERVICE_HITS]);
	if (tb[NF_ALG_A_SERVICE_MODULE_PRESENT] &&
	    !attribute_number(tb[NF_ALG_A_SERVICE_MODULE_PRESENT]) &&
	    service.protocol < __NF_ALG_PROTOCOL_MAX)
		services->no_module[service.protocol] = true;
	if (tb[NF_ALG_A_SERVICE_ACCESS_LIST_PRESENT] &&
	    !attribute_number(tb[NF_ALG_A_SERVICE_ACCESS_LIST_PRESENT]))
		snprintf(services->no_list, sizeof(services->no_list), "%s",
			 service.list);
}

static void check_services(void)
{
	struct services services = {};
	char advice[160];
	int id;

	if (genl_dump(NF_ALG_CMD_SERVICE_GET, count_service, &services))
		return;
	if (!services.count) {
		find(FAULT, "services",
		     "The usual ones: natctl service defaults. Others: natctl help service.",
		     "There is no service, so nothing is translated.");
		return;
	}
	for (id = 0; id < __NF_ALG_PROTOCOL_MAX; id++) {
		if (!services.no_module[id])
			continue;
		/* The others are the kernel's own helpers */
		if (id <= NF_ALG_PROTOCOL_IKE)
			snprintf(advice, sizeof(advice),
				 "Say modprobe nf-nat-alg-%s.",
				 spec_protocol_id[id]);
		else
			snprintf(
				advice, sizeof(advice),
				"Load the kernel's helper for it, nf_conntrack_...; newer kernels come without some.");
		find(FAULT, "services", advice,
		     "The module for %s is not loaded: its flows pass untranslated.",
		     spec_protocol_id[id]);
	}
	if (services.no_list[0]) {
		snprintf(advice, sizeof(advice),
			 "For example: natctl access-list add %s permit any.",
			 services.no_list);
		find(FAULT, "services", advice,
		     "The access list %s has no rules, so the service that has it is for nobody.",
		     services.no_list);
	}
	if (!services.hits)
		find(NOTE, "hits", NULL,
		     "No service has taken a flow yet. If a phone has called, its packets do not come by here, or to another port.");
	else
		find(OK, "hits", NULL,
		     "%u services have taken %" PRIu64 " flows.",
		     services.count, services.hits);
}

static void count_foreign(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_REASON_MAX + 1];

	genl_attributes(nlh, tb, NF_ALG_A_REASON_MAX);
	if (tb[NF_ALG_A_REASON_NAME] && tb[NF_ALG_A_REASON_COUNT] &&
	    !strcmp(mnl_attr_get_str(tb[NF_ALG_A_REASON_NAME]),
		    "foreign-helper"))
		*(uint64_t *)data = attribute_number(tb[NF_ALG_A_REASON_COUNT]);
}

static void check_limit(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_LIMIT_MAX + 1];
	unsigned int *met = data;
	uint64_t refused;

	genl_attributes(nlh, tb, NF_ALG_A_LIMIT_MAX);
	if (!tb[NF_ALG_A_LIMIT_NAME] || !tb[NF_ALG_A_LIMIT_REFUSED])
		return;
	refused = attribute_number(tb[NF_ALG_A_LIMIT_REFUSED]);
	if (!refused)
		return;
	(*met)++;
	find(WARNING, "limits",
	     "natctl show limits shows what is used, natctl set raises a limit.",
	     "The limit of %s was met %" PRIu64
	     " times: what came above it passed untranslated.",
	     mnl_attr_get_str(tb[NF_ALG_A_LIMIT_NAME]), refused);
}

/* --- the whole ------------------------------------------------------------ */

static void print_summary(void)
{
	unsigned int wrong = found[FAULT] + found[WARNING];

	putchar('\n');
	if (wrong)
		printf("%u fault%s, %u warning%s.\n", found[FAULT],
		       found[FAULT] == 1 ? "" : "s", found[WARNING],
		       found[WARNING] == 1 ? "" : "s");
	else if (found[UNKNOWN])
		puts("Nothing is wrong of what may be looked at.");
	else
		puts(colored("All is well.", "32"));
}

int doctor_command(struct words *words)
{
	unsigned int outsides, met = 0;
	struct ruleset ruleset;
	uint64_t foreign = 0;
	char device[64];
	bool strict;
	int status;

	status = words_end(words, "doctor");
	if (status)
		return status;
	if (natctl.json)
		json_array(NULL);
	status = check_module();
	check_config();
	if (!status) {
		check_services();
		genl_dump(NF_ALG_CMD_REASON_GET, count_foreign, &foreign);
	}
	outsides = outside(device, sizeof(device), &strict);
	check_routing(outsides, strict);
	ruleset_load(&ruleset);
	check_nat(&ruleset, device);
	check_exemptions(&ruleset);
	check_lines(outsides);
	check_related(&ruleset);
	check_helpers(&ruleset, foreign);
	check_notrack(&ruleset);
	check_offload(&ruleset);
	if (!status)
		check_ports(&ruleset);
	ruleset_free(&ruleset);
	check_conntrack();
	if (!status) {
		genl_dump(NF_ALG_CMD_LIMIT_GET, check_limit, &met);
		if (!met)
			find(OK, "limits", NULL, "No limit was met.");
	}
	if (natctl.json)
		json_array_end();
	else
		print_summary();
	if (status == NO_MODULE)
		return NO_MODULE;
	if (found[FAULT] || found[WARNING])
		return REFUSED;
	return found[UNKNOWN] ? NOT_PERMITTED : DONE;
}
