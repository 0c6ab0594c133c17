// SPDX-License-Identifier: GPL-2.0
/*
 * natctl metrics: figures for Prometheus
 */
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include "channel.h"
#include "metrics.h"
#include "natctl.h"
#include "service.h"
#include "spec.h"

const char metrics_usage[] =
	"natctl metrics               for node_exporter's textfile collector\n"
	"natctl metrics openmetrics   the same as OpenMetrics 1.0\n"
	"\n"
	"Counters begin anew when the module is loaded. Calls and registrations by\n"
	"protocol need CAP_NET_ADMIN and are left out without it.\n";

#define PREFIX "nf_nat_alg_"

static bool openmetrics;

/* The lines in front of a metric. What differs between the formats is where the
 * "_total" of a counter stands: behind the name of the samples alone, in
 * OpenMetrics.
 */
static void head(const char *name, bool counter, const char *help)
{
	const char *total = counter && !openmetrics ? "_total" : "";

	printf("# HELP " PREFIX "%s%s %s\n# TYPE " PREFIX "%s%s %s\n", name,
	       total, help, name, total, counter ? "counter" : "gauge");
}

/* A label: ", name=\"value\"" */
static void label(const char *gap, const char *name, const char *value)
{
	printf("%s%s=\"", gap, name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", stdout);
		else if (*value == '"' || *value == '\\')
			printf("\\%c", *value);
		else
			putchar(*value);
	}
	putchar('"');
}

/* A sample with one label */
static void sample(const char *name, const char *key, const char *value,
		   uint64_t number)
{
	printf(PREFIX "%s{", name);
	label("", key, value);
	printf("} %" PRIu64 "\n", number);
}

static void protocol_sample(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_PROTOCOL_MAX + 1];

	(void)data;
	genl_attributes(nlh, tb, NF_ALG_A_PROTOCOL_MAX);
	if (tb[NF_ALG_A_PROTOCOL_NAME] && tb[NF_ALG_A_PROTOCOL_PRESENT])
		sample("protocol_loaded", "protocol",
		       mnl_attr_get_str(tb[NF_ALG_A_PROTOCOL_NAME]),
		       attribute_number(tb[NF_ALG_A_PROTOCOL_PRESENT]));
}

static void service_sample(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_SERVICE_MAX + 1];
	char device[IF_NAMESIZE], port[8];
	struct service service;

	(void)data;
	genl_attributes(nlh, tb, NF_ALG_A_SERVICE_MAX);
	service_read(nlh, &service);
	if (!tb[NF_ALG_A_SERVICE_HITS])
		return;
	snprintf(port, sizeof(port), "%u", service.port);
	fputs(PREFIX "service_flows_total{", stdout);
	label("", "protocol",
	      service.protocol < __NF_ALG_PROTOCOL_MAX ?
		      spec_protocol_id[service.protocol] :
		      "unknown");
	label(",", "transport", transport_name(service.transport));
	label(",", "port", port);
	if (service.vrf)
		label(",", "vrf",
		      if_indextoname(service.vrf, device) ?: "unknown");
	if (service.list[0])
		label(",", "access_list", service.list);
	printf("} %" PRIu64 "\n", attribute_number(tb[NF_ALG_A_SERVICE_HITS]));
}

static void reason_sample(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_REASON_MAX + 1];

	(void)data;
	genl_attributes(nlh, tb, NF_ALG_A_REASON_MAX);
	if (tb[NF_ALG_A_REASON_NAME] && tb[NF_ALG_A_REASON_COUNT])
		sample("untranslated_total", "reason",
		       mnl_attr_get_str(tb[NF_ALG_A_REASON_NAME]),
		       attribute_number(tb[NF_ALG_A_REASON_COUNT]));
}

/* A metric of what is limited: which attribute, under which name */
struct limit_metric {
	int attr;
	const char *name;
};

static void limit_sample(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_LIMIT_MAX + 1];
	const struct limit_metric *metric = data;

	genl_attributes(nlh, tb, NF_ALG_A_LIMIT_MAX);
	if (tb[NF_ALG_A_LIMIT_NAME] && tb[metric->attr])
		sample(metric->name, "resource",
		       mnl_attr_get_str(tb[NF_ALG_A_LIMIT_NAME]),
		       attribute_number(tb[metric->attr]));
}

/* How many of each kind and protocol */
struct calls {
	uint64_t count[__NF_ALG_OWNER_MAX][__NF_ALG_PROTOCOL_MAX];
};

static void count_call(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NF_ALG_A_CALL_MAX + 1];
	struct calls *calls = data;
	uint64_t kind, protocol;

	genl_attributes(nlh, tb, NF_ALG_A_CALL_MAX);
	if (!tb[NF_ALG_A_CALL_KIND] || !tb[NF_ALG_A_CALL_PROTOCOL])
		return;
	kind = attribute_number(tb[NF_ALG_A_CALL_KIND]);
	protocol = attribute_number(tb[NF_ALG_A_CALL_PROTOCOL]);
	if (kind < __NF_ALG_OWNER_MAX && protocol < __NF_ALG_PROTOCOL_MAX)
		calls->count[kind][protocol]++;
}

static void print_calls(const struct calls *calls, int kind, const char *name,
			const char *help)
{
	int id;

	head(name, false, help);
	for (id = NF_ALG_PROTOCOL_NONE + 1; id < __NF_ALG_PROTOCOL_MAX; id++)
		if (spec_protocol_id[id])
			sample(name, "protocol", spec_protocol_id[id],
			       calls->count[kind][id]);
}

static void print_metrics(void)
{
	struct limit_metric used = { NF_ALG_A_LIMIT_USED, "resource_used" };
	struct limit_metric most = { NF_ALG_A_LIMIT_MAXIMUM, "resource_limit" };
	struct limit_metric refused = { NF_ALG_A_LIMIT_REFUSED,
					"resource_refused_total" };
	struct calls calls = {};
	int status;

	head("protocol_loaded", false,
	     "Whether the module of a protocol is loaded.");
	genl_dump(NF_ALG_CMD_PROTOCOL_GET, protocol_sample, NULL);
	head("service_flows", true, "Flows that a service took.");
	genl_dump(NF_ALG_CMD_SERVICE_GET, service_sample, NULL);
	head("untranslated", true,
	     "Messages and flows that passed untranslated, by reason (natctl explain).");
	genl_dump(NF_ALG_CMD_REASON_GET, reason_sample, NULL);
	head("resource_used", false,
	     "What is in use; calls with registrations, memory in bytes.");
	genl_dump(NF_ALG_CMD_LIMIT_GET, limit_sample, &used);
	head("resource_limit", false, "How much of it may be used.");
	genl_dump(NF_ALG_CMD_LIMIT_GET, limit_sample, &most);
	head("resource_refused", true, "How often that was not enough.");
	genl_dump(NF_ALG_CMD_LIMIT_GET, limit_sample, &refused);

	complain_silent = true;
	status = genl_dump(NF_ALG_CMD_CALL_GET, count_call, &calls);
	complain_silent = false;
	if (status)
		return;
	print_calls(&calls, NF_ALG_OWNER_CALL, "calls", "Calls that are up.");
	print_calls(&calls, NF_ALG_OWNER_REGISTRATION, "registrations",
		    "Phones and endpoints that are registered.");
}

int metrics_command(struct words *words)
{
	int status;

	openmetrics = words_take(words, "openmetrics");
	status = words_end(words, "metrics");
	if (status)
		return status;
	/* That it is not there is a figure too, and the one to watch */
	complain_silent = true;
	status = genl_dump(NF_ALG_CMD_PROTOCOL_GET, NULL, NULL);
	complain_silent = false;
	if (status && status != NO_MODULE)
		return complain(status, "%s", complain_said);
	head("up", false, "Whether the module nf_nat_alg is loaded.");
	printf(PREFIX "up %d\n", !status);
	if (!status)
		print_metrics();
	if (openmetrics)
		puts("# EOF");
	return DONE;
}
