// SPDX-License-Identifier: GPL-2.0
/*
 * Ports of the packet filter's rules: port forwards and blocks of public ports
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_tcpudp.h>
#include "natctl.h"
#include "ruleset_ports.h"

void ruleset_ports_add(struct ruleset_rule *rule, uint32_t low, uint32_t high)
{
	struct ruleset_range *range;

	rule->ports =
		grow(rule->ports, sizeof(*range) * (rule->port_count + 1));
	range = &rule->ports[rule->port_count++];
	range->low = low;
	range->high = high;
}

static int compare(const void *first, const void *second)
{
	uint32_t a = *(const uint32_t *)first, b = *(const uint32_t *)second;

	return a < b ? -1 : a > b;
}

void ruleset_ports_intervals(struct ruleset_rule *rule, uint32_t *starts,
			     unsigned int start_count, uint32_t *ends,
			     unsigned int end_count)
{
	unsigned int i, j = 0;

	qsort(starts, start_count, sizeof(*starts), compare);
	qsort(ends, end_count, sizeof(*ends), compare);
	for (i = 0; i < start_count; i++) {
		/* an end is the first port that is not meant any more */
		while (j < end_count && ends[j] <= starts[i])
			j++;
		ruleset_ports_add(rule, starts[i],
				  !end_count	? starts[i] :
				  j < end_count ? ends[j] - 1 :
						  65535);
	}
}

void ruleset_ports_match(struct ruleset_rule *rule, const char *name,
			 unsigned int revision, const void *info, size_t size)
{
	const struct xt_multiport_v1 *multi = info;
	const struct xt_udp *udp = info;
	unsigned int i;

	if (!strcmp(name, "tcp")) {
		rule->tcp = true;
	} else if (!strcmp(name, "udp") && size >= sizeof(*udp)) {
		if (!(udp->invflags & XT_UDP_INV_DSTPT) &&
		    (udp->dpts[0] || udp->dpts[1] != 65535))
			ruleset_ports_add(rule, udp->dpts[0], udp->dpts[1]);
	} else if (!strcmp(name, "multiport") && revision == 1 &&
		   size >= sizeof(*multi) && !multi->invert &&
		   multi->flags != XT_MULTIPORT_SOURCE) {
		for (i = 0; i < multi->count && i < XT_MULTI_PORTS; i++) {
			if (multi->pflags[i] && i + 1 < XT_MULTI_PORTS) {
				ruleset_ports_add(rule, multi->ports[i],
						  multi->ports[i + 1]);
				i++;
			} else {
				ruleset_ports_add(rule, multi->ports[i],
						  multi->ports[i]);
			}
		}
	}
}

void ruleset_ports_target(struct ruleset_rule *rule, const char *name,
			  const void *info, size_t size)
{
	const struct nf_nat_ipv4_multi_range_compat *old = info;
	const struct nf_nat_range *range = info;
	uint32_t low = 0, high = 0;

	if (!strcmp(name, "DNAT") || !strcmp(name, "REDIRECT"))
		rule->forwards = true;
	if (strcmp(name, "SNAT") && strcmp(name, "MASQUERADE"))
		return;
	if (size >= sizeof(*range)) {
		if (range->flags & NF_NAT_RANGE_PROTO_SPECIFIED) {
			low = ntohs(range->min_proto.all);
			high = ntohs(range->max_proto.all);
		}
	} else if (size >= sizeof(*old) &&
		   old->range[0].flags & NF_NAT_RANGE_PROTO_SPECIFIED) {
		low = ntohs(old->range[0].min.all);
		high = ntohs(old->range[0].max.all);
	}
	rule->block.low = low;
	rule->block.high = high;
}

static bool meet(const struct ruleset_rule *rule, uint32_t low, uint32_t high,
		 struct ruleset_range *met)
{
	unsigned int i;

	for (i = 0; i < rule->port_count; i++) {
		if (rule->ports[i].low > high || rule->ports[i].high < low)
			continue;
		*met = rule->ports[i];
		return true;
	}
	return false;
}

bool ruleset_ports_meet(const struct ruleset *ruleset,
			const struct ruleset_rule *rule, uint32_t low,
			uint32_t high, struct ruleset_range *met)
{
	unsigned int i;

	if (!rule->forwards || rule->tcp)
		return false;
	if (rule->port_count)
		return meet(rule, low, high, met);
	for (i = 0; i < ruleset->rule_count; i++)
		if (ruleset->rules[i].jump == (int)rule->chain &&
		    !ruleset->rules[i].tcp &&
		    meet(&ruleset->rules[i], low, high, met))
			return true;
	return false;
}
