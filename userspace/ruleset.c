// SPDX-License-Identifier: GPL-2.0
/*
 * The packet filter: what its rules do, not what they select in detail
 */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_state.h>
#include "channel.h"
#include "natctl.h"
#include "ruleset.h"
#include "ruleset_ports.h"

#define STATE_RELATED (1 << (IP_CT_RELATED + 1))

static struct ruleset_chain *add_chain(struct ruleset *ruleset)
{
	struct ruleset_chain *chain;

	if (!(ruleset->chain_count & (ruleset->chain_count - 1)))
		ruleset->chains =
			grow(ruleset->chains,
			     sizeof(*chain) * (2 * ruleset->chain_count + 1));
	chain = &ruleset->chains[ruleset->chain_count++];
	memset(chain, 0, sizeof(*chain));
	chain->hook = -1;
	return chain;
}

static struct ruleset_rule *add_rule(struct ruleset *ruleset)
{
	struct ruleset_rule *rule;

	if (!(ruleset->rule_count & (ruleset->rule_count - 1)))
		ruleset->rules =
			grow(ruleset->rules,
			     sizeof(*rule) * (2 * ruleset->rule_count + 1));
	rule = &ruleset->rules[ruleset->rule_count++];
	memset(rule, 0, sizeof(*rule));
	rule->jump = -1;
	rule->bare = true;
	return rule;
}

static int find_chain(const struct ruleset *ruleset, int family,
		      const char *table, const char *name)
{
	unsigned int i;

	for (i = 0; table && name && i < ruleset->chain_count; i++)
		if (ruleset->chains[i].family == family &&
		    !ruleset->chains[i].legacy &&
		    !strcmp(ruleset->chains[i].name, name) &&
		    !strcmp(ruleset->chains[i].table, table))
			return i;
	return -1;
}

/* --- matches and targets of xtables, which nf_tables has too --------------- */

static void xt_states(struct ruleset_rule *rule, unsigned int flags,
		      unsigned int inverted, unsigned int states,
		      unsigned int status)
{
	if (flags & XT_CONNTRACK_STATE) {
		rule->state = true;
		if (inverted & XT_CONNTRACK_STATE)
			states = ~states;
		rule->related |= !!(states & STATE_RELATED);
		rule->related |= !!(states & XT_CONNTRACK_STATE_DNAT);
	}
	if (flags & XT_CONNTRACK_STATUS && status & IPS_DST_NAT &&
	    !(inverted & XT_CONNTRACK_STATUS))
		rule->related = true;
}

static void xt_match(struct ruleset_rule *rule, const char *name,
		     unsigned int revision, const void *info, size_t size)
{
	if (!strcmp(name, "comment"))
		return;
	rule->bare = false;
	ruleset_ports_match(rule, name, revision, info, size);
	if (!strcmp(name, "state") && size >= sizeof(struct xt_state_info)) {
		xt_states(rule, XT_CONNTRACK_STATE, 0,
			  ((const struct xt_state_info *)info)->statemask, 0);
	} else if (!strcmp(name, "conntrack") && revision == 1 &&
		   size >= sizeof(struct xt_conntrack_mtinfo1)) {
		const struct xt_conntrack_mtinfo1 *m = info;

		xt_states(rule, m->match_flags, m->invert_flags, m->state_mask,
			  m->status_mask);
	} else if (!strcmp(name, "conntrack") && revision >= 2 &&
		   size >= sizeof(struct xt_conntrack_mtinfo2)) {
		/* the third only has more behind it */
		const struct xt_conntrack_mtinfo2 *m = info;

		xt_states(rule, m->match_flags, m->invert_flags, m->state_mask,
			  m->status_mask);
	}
}

static void xt_target(struct ruleset_rule *rule, const char *name,
		      const void *info, size_t size)
{
	/* The first revision is the others' beginning */
	const struct xt_ct_target_info *ct = info;

	ruleset_ports_target(rule, name, info, size);
	if (!strcmp(name, "MASQUERADE") || !strcmp(name, "SNAT") ||
	    !strcmp(name, "NETMAP"))
		rule->translates = true;
	else if (!strcmp(name, "REJECT"))
		rule->drops = true;
	else if (!strcmp(name, "NOTRACK"))
		rule->notrack = true;
	else if (!strcmp(name, "FLOWOFFLOAD"))
		rule->offload = true;
	if (strcmp(name, "CT") || size < sizeof(*ct))
		return;
	if (ct->flags & XT_CT_NOTRACK)
		rule->notrack = true;
	if (ct->helper[0]) {
		char helper[sizeof(ct->helper) + 1];

		snprintf(helper, sizeof(helper), "%.*s",
			 (int)sizeof(ct->helper), ct->helper);
		free(rule->helper);
		rule->helper = copy_string(helper);
	}
}

/* --- nf_tables ------------------------------------------------------------ */

static int family_of(const struct nlmsghdr *nlh)
{
	return ((const struct nfgenmsg *)mnl_nlmsg_get_payload(nlh))
		->nfgen_family;
}

/* Numbers of nf_tables are in network order */
static uint32_t number_of(const struct nlattr *attr)
{
	return attr && mnl_attr_get_payload_len(attr) == 4 ?
		       ntohl(mnl_attr_get_u32(attr)) :
		       0;
}

static const char *text_of(const struct nlattr *attr)
{
	return attr && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0 ?
		       mnl_attr_get_str(attr) :
		       "";
}

static void load_chain(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NFTA_CHAIN_MAX + 1];
	const struct nlattr *hook[NFTA_HOOK_MAX + 1];
	struct ruleset_chain *chain;

	conntrack_attributes(nlh, tb, NFTA_CHAIN_MAX);
	chain = add_chain(data);
	chain->family = family_of(nlh);
	chain->table = copy_string(text_of(tb[NFTA_CHAIN_TABLE]));
	chain->name = copy_string(text_of(tb[NFTA_CHAIN_NAME]));
	if (!tb[NFTA_CHAIN_HOOK])
		return;
	nested_attributes(tb[NFTA_CHAIN_HOOK], hook, NFTA_HOOK_MAX);
	if (hook[NFTA_HOOK_HOOKNUM])
		chain->hook = number_of(hook[NFTA_HOOK_HOOKNUM]);
	chain->nat = !strcmp(text_of(tb[NFTA_CHAIN_TYPE]), "nat");
	chain->drops = tb[NFTA_CHAIN_POLICY] &&
		       number_of(tb[NFTA_CHAIN_POLICY]) == NF_DROP;
}

static void load_object(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NFTA_OBJ_MAX + 1];
	const struct nlattr *helper[NFTA_CT_HELPER_MAX + 1];
	struct ruleset *ruleset = data;
	struct ruleset_helper *new;

	conntrack_attributes(nlh, tb, NFTA_OBJ_MAX);
	if (number_of(tb[NFTA_OBJ_TYPE]) != NFT_OBJECT_CT_HELPER ||
	    !tb[NFTA_OBJ_DATA])
		return;
	nested_attributes(tb[NFTA_OBJ_DATA], helper, NFTA_CT_HELPER_MAX);
	ruleset->helpers = grow(ruleset->helpers,
				sizeof(*new) * (ruleset->helper_count + 1));
	new = &ruleset->helpers[ruleset->helper_count++];
	new->family = family_of(nlh);
	new->table = copy_string(text_of(tb[NFTA_OBJ_TABLE]));
	new->name = copy_string(text_of(tb[NFTA_OBJ_NAME]));
	new->helper = copy_string(text_of(helper[NFTA_CT_HELPER_NAME]));
}

static void load_flowtable(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NFTA_FLOWTABLE_MAX + 1];
	struct ruleset *ruleset = data;

	conntrack_attributes(nlh, tb, NFTA_FLOWTABLE_MAX);
	ruleset->flowtables++;
	if (number_of(tb[NFTA_FLOWTABLE_FLAGS]) & NFT_FLOWTABLE_HW_OFFLOAD)
		ruleset->flowtable_hardware = true;
}

/* Keys of a set of ports */
struct port_keys {
	uint32_t *starts;
	unsigned int start_count;
	uint32_t *ends;
	unsigned int end_count;
};

/* What the registers of a rule hold while it is read */
struct reading {
	struct ruleset *ruleset;
	struct ruleset_rule *rule;
	int family;
	const char *table;
	enum {
		SOMETHING,
		STATE,
		STATUS,
		INTERFACE,
		PROTOCOL,
		PORT, /* of the destination */
	} loaded;
	uint16_t immediates[32]; /* by register */
	bool masked;
	uint32_t mask;
};

/* The beginning of a value that is in the order of this machine */
static uint32_t value_of(const struct nlattr *data)
{
	const struct nlattr *tb[NFTA_DATA_MAX + 1];
	uint32_t value = 0;
	unsigned int length;

	if (!data)
		return 0;
	nested_attributes(data, tb, NFTA_DATA_MAX);
	if (!tb[NFTA_DATA_VALUE])
		return 0;
	length = mnl_attr_get_payload_len(tb[NFTA_DATA_VALUE]);
	memcpy(&value, mnl_attr_get_payload(tb[NFTA_DATA_VALUE]),
	       length < sizeof(value) ? length : sizeof(value));
	return value;
}

/* Takes a verdict; false if the data is none */
static bool verdict_of(struct reading *reading, const struct nlattr *data,
		       bool *accepts)
{
	const struct nlattr *tb[NFTA_DATA_MAX + 1];
	const struct nlattr *verdict[NFTA_VERDICT_MAX + 1];
	int code;

	*accepts = false;
	if (!data)
		return false;
	nested_attributes(data, tb, NFTA_DATA_MAX);
	if (!tb[NFTA_DATA_VERDICT])
		return false;
	nested_attributes(tb[NFTA_DATA_VERDICT], verdict, NFTA_VERDICT_MAX);
	code = (int)number_of(verdict[NFTA_VERDICT_CODE]);
	*accepts = code == NF_ACCEPT;
	if (code == NF_ACCEPT)
		reading->rule->accepts = true;
	else if (code == NF_DROP)
		reading->rule->drops = true;
	else if (code == NFT_JUMP || code == NFT_GOTO)
		reading->rule->jump = find_chain(
			reading->ruleset, reading->family, reading->table,
			text_of(verdict[NFTA_VERDICT_CHAIN]));
	return true;
}

static void selects_state(struct reading *reading, uint32_t states)
{
	reading->rule->state = true;
	if (states & STATE_RELATED)
		reading->rule->related = true;
}

/* A port of a value; false if it is no single port */
static bool port_of(const struct nlattr *data, uint32_t *port)
{
	const struct nlattr *tb[NFTA_DATA_MAX + 1];
	uint16_t value;

	if (!data)
		return false;
	nested_attributes(data, tb, NFTA_DATA_MAX);
	if (!tb[NFTA_DATA_VALUE] ||
	    mnl_attr_get_payload_len(tb[NFTA_DATA_VALUE]) != sizeof(value))
		return false;
	memcpy(&value, mnl_attr_get_payload(tb[NFTA_DATA_VALUE]),
	       sizeof(value));
	*port = ntohs(value);
	return true;
}

/* "udp dport { 5060, 10000-20000 }", a map and a map of verdicts */
static void load_ports(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NFTA_SET_ELEM_LIST_MAX + 1];
	const struct nlattr *element[NFTA_SET_ELEM_MAX + 1];
	struct port_keys *keys = data;
	const struct nlattr *attr;
	uint32_t port;

	conntrack_attributes(nlh, tb, NFTA_SET_ELEM_LIST_MAX);
	if (!tb[NFTA_SET_ELEM_LIST_ELEMENTS])
		return;
	mnl_attr_for_each_nested(attr, tb[NFTA_SET_ELEM_LIST_ELEMENTS])
	{
		nested_attributes(attr, element, NFTA_SET_ELEM_MAX);
		if (!port_of(element[NFTA_SET_ELEM_KEY], &port))
			continue;
		if (number_of(element[NFTA_SET_ELEM_FLAGS]) &
		    NFT_SET_ELEM_INTERVAL_END) {
			keys->ends = grow(keys->ends,
					  sizeof(port) * (keys->end_count + 1));
			keys->ends[keys->end_count++] = port;
		} else {
			keys->starts =
				grow(keys->starts,
				     sizeof(port) * (keys->start_count + 1));
			keys->starts[keys->start_count++] = port;
		}
	}
}

static void read_port_set(struct reading *reading, const char *set)
{
	struct port_keys keys = {};
	struct nlmsghdr *nlh;
	int status;

	nlh = nftables_begin(NFT_MSG_GETSETELEM, reading->family, &status);
	if (!nlh)
		return;
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_TABLE, reading->table);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, set);
	conntrack_send(nlh, load_ports, &keys);
	ruleset_ports_intervals(reading->rule, keys.starts, keys.start_count,
				keys.ends, keys.end_count);
	free(keys.starts);
	free(keys.ends);
}

static void read_port_cmp(struct reading *reading, uint32_t op,
			  const struct nlattr *data)
{
	struct ruleset_rule *rule = reading->rule;
	uint32_t port;

	if (!port_of(data, &port))
		return;
	if (op == NFT_CMP_EQ)
		ruleset_ports_add(rule, port, port);
	else if (op == NFT_CMP_GTE)
		ruleset_ports_add(rule, port, 65535);
	else if (op == NFT_CMP_LTE && rule->port_count)
		rule->ports[rule->port_count - 1].high = port;
	else if (op == NFT_CMP_LTE)
		ruleset_ports_add(rule, 0, port);
}

static void read_port_range(struct reading *reading, const struct nlattr *data)
{
	const struct nlattr *tb[NFTA_RANGE_MAX + 1];
	uint32_t low, high;

	nested_attributes(data, tb, NFTA_RANGE_MAX);
	if (reading->loaded == PORT &&
	    number_of(tb[NFTA_RANGE_OP]) == NFT_RANGE_EQ &&
	    port_of(tb[NFTA_RANGE_FROM_DATA], &low) &&
	    port_of(tb[NFTA_RANGE_TO_DATA], &high))
		ruleset_ports_add(reading->rule, low, high);
	reading->rule->bare = false;
}

static void read_payload(struct reading *reading, const struct nlattr *data)
{
	const struct nlattr *tb[NFTA_PAYLOAD_MAX + 1];
	uint32_t base, offset, length;

	nested_attributes(data, tb, NFTA_PAYLOAD_MAX);
	base = number_of(tb[NFTA_PAYLOAD_BASE]);
	offset = number_of(tb[NFTA_PAYLOAD_OFFSET]);
	length = number_of(tb[NFTA_PAYLOAD_LEN]);
	reading->masked = false;
	reading->rule->bare = false;
	reading->loaded = SOMETHING;
	if (base == NFT_PAYLOAD_TRANSPORT_HEADER && offset == 2 && length == 2)
		reading->loaded = PORT;
	else if (base == NFT_PAYLOAD_NETWORK_HEADER && offset == 9 &&
		 length == 1 && reading->family != NFPROTO_IPV6)
		reading->loaded = PROTOCOL;
}

/* Ports that "snat to" and "masquerade to" have in registers */
static void read_block(struct reading *reading, const struct nlattr *low,
		       const struct nlattr *high)
{
	uint32_t first = number_of(low), last = high ? number_of(high) : first;

	if (!low || first >= 32 || last >= 32)
		return;
	reading->rule->block.low = reading->immediates[first];
	reading->rule->block.high = reading->immediates[last];
}

static void read_immediate(struct reading *reading, const struct nlattr **tb)
{
	uint32_t at = number_of(tb[NFTA_IMMEDIATE_DREG]), port;

	if (at < 32 && port_of(tb[NFTA_IMMEDIATE_DATA], &port))
		reading->immediates[at] = port;
}

/* "ct state { established, related }", or a map of verdicts */
static void load_elements(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NFTA_SET_ELEM_LIST_MAX + 1];
	const struct nlattr *element[NFTA_SET_ELEM_MAX + 1];
	const struct nlattr *attr;
	struct reading *reading = data;
	bool accepts, map;

	conntrack_attributes(nlh, tb, NFTA_SET_ELEM_LIST_MAX);
	if (!tb[NFTA_SET_ELEM_LIST_ELEMENTS])
		return;
	mnl_attr_for_each_nested(attr, tb[NFTA_SET_ELEM_LIST_ELEMENTS])
	{
		struct ruleset_rule before = *reading->rule;

		nested_attributes(attr, element, NFTA_SET_ELEM_MAX);
		if (reading->loaded != STATE) {
			/* where a map leads is of interest, for whom is not */
			verdict_of(reading, element[NFTA_SET_ELEM_DATA],
				   &accepts);
			continue;
		}
		map = verdict_of(reading, element[NFTA_SET_ELEM_DATA],
				 &accepts);
		if (!(value_of(element[NFTA_SET_ELEM_KEY]) & STATE_RELATED)) {
			/* its verdict is not for what is related */
			*reading->rule = before;
			reading->rule->state = true;
			continue;
		}
		selects_state(reading, STATE_RELATED);
		if (map && !accepts && reading->rule->jump < 0)
			reading->rule->related = false;
	}
}

static void read_lookup(struct reading *reading, const struct nlattr *data)
{
	const struct nlattr *tb[NFTA_LOOKUP_MAX + 1];
	struct nlmsghdr *nlh;
	int status;

	nested_attributes(data, tb, NFTA_LOOKUP_MAX);
	if (reading->loaded != INTERFACE)
		reading->rule->bare = false;
	if (reading->loaded == PORT)
		read_port_set(reading, text_of(tb[NFTA_LOOKUP_SET]));
	if (reading->loaded != STATE && !tb[NFTA_LOOKUP_DREG])
		return;
	nlh = nftables_begin(NFT_MSG_GETSETELEM, reading->family, &status);
	if (!nlh)
		return;
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_TABLE, reading->table);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET,
			  text_of(tb[NFTA_LOOKUP_SET]));
	conntrack_send(nlh, load_elements, reading);
}

static void read_cmp(struct reading *reading, const struct nlattr *data)
{
	const struct nlattr *tb[NFTA_CMP_MAX + 1];
	const struct nlattr *value[NFTA_DATA_MAX + 1];
	bool equal;

	nested_attributes(data, tb, NFTA_CMP_MAX);
	equal = number_of(tb[NFTA_CMP_OP]) == NFT_CMP_EQ;
	switch (reading->loaded) {
	case STATE:
		/* "& mask != 0", "& mask == 0", "== state" */
		if (!reading->masked)
			selects_state(reading,
				      equal ? value_of(tb[NFTA_CMP_DATA]) :
					      ~value_of(tb[NFTA_CMP_DATA]));
		else
			selects_state(reading,
				      equal ? ~reading->mask : reading->mask);
		reading->rule->bare = false;
		break;
	case STATUS:
		if (reading->masked && !equal && reading->mask & IPS_DST_NAT)
			reading->rule->related = true;
		reading->rule->bare = false;
		break;
	case PORT:
		read_port_cmp(reading, number_of(tb[NFTA_CMP_OP]),
			      tb[NFTA_CMP_DATA]);
		reading->rule->bare = false;
		break;
	case PROTOCOL:
		if (equal &&
		    (value_of(tb[NFTA_CMP_DATA]) & 0xff) == IPPROTO_TCP)
			reading->rule->tcp = true;
		reading->rule->bare = false;
		break;
	case INTERFACE:
		if (!tb[NFTA_CMP_DATA])
			break;
		nested_attributes(tb[NFTA_CMP_DATA], value, NFTA_DATA_MAX);
		/* by its number, or by its name */
		if (equal && value[NFTA_DATA_VALUE] &&
		    (value_of(tb[NFTA_CMP_DATA]) == if_nametoindex("lo") ||
		     !memcmp(mnl_attr_get_payload(value[NFTA_DATA_VALUE]), "lo",
			     3)))
			reading->rule->loopback = true;
		break;
	default:
		reading->rule->bare = false;
	}
}

static void read_load(struct reading *reading, const struct nlattr *attr,
		      bool ct)
{
	uint32_t key = number_of(attr);

	reading->masked = false;
	reading->loaded = SOMETHING;
	if (ct && key == NFT_CT_STATE)
		reading->loaded = STATE;
	else if (ct && key == NFT_CT_STATUS)
		reading->loaded = STATUS;
	else if (!ct && (key == NFT_META_IIF || key == NFT_META_OIF ||
			 key == NFT_META_IIFNAME || key == NFT_META_OIFNAME))
		reading->loaded = INTERFACE;
	else if (!ct && key == NFT_META_L4PROTO)
		reading->loaded = PROTOCOL;
	/* "meta nfproto" and "meta l4proto" in front of others tell little */
}

static void read_objref(struct reading *reading, const struct nlattr *data)
{
	const struct nlattr *tb[NFTA_OBJREF_MAX + 1];
	const struct ruleset *ruleset = reading->ruleset;
	unsigned int i;

	nested_attributes(data, tb, NFTA_OBJREF_MAX);
	if (number_of(tb[NFTA_OBJREF_IMM_TYPE]) != NFT_OBJECT_CT_HELPER)
		return;
	for (i = 0; i < ruleset->helper_count; i++) {
		if (ruleset->helpers[i].family != reading->family ||
		    strcmp(ruleset->helpers[i].table, reading->table) ||
		    strcmp(ruleset->helpers[i].name,
			   text_of(tb[NFTA_OBJREF_IMM_NAME])))
			continue;
		free(reading->rule->helper);
		reading->rule->helper = copy_string(ruleset->helpers[i].helper);
	}
}

static void read_expression(struct reading *reading, const char *name,
			    const struct nlattr *data)
{
	const struct nlattr *tb[64];
	bool accepts;

	if (!strcmp(name, "masq")) {
		reading->rule->translates = true;
		if (data) {
			nested_attributes(data, tb, NFTA_MASQ_MAX);
			read_block(reading, tb[NFTA_MASQ_REG_PROTO_MIN],
				   tb[NFTA_MASQ_REG_PROTO_MAX]);
		}
	} else if (!strcmp(name, "redir")) {
		reading->rule->forwards = true;
	} else if (!strcmp(name, "payload") && data) {
		nested_attributes(data, tb, NFTA_PAYLOAD_MAX);
		if (tb[NFTA_PAYLOAD_DREG])
			read_payload(reading, data);
	} else if (!strcmp(name, "range") && data) {
		read_port_range(reading, data);
	} else if (!strcmp(name, "nat") && data) {
		nested_attributes(data, tb, NFTA_NAT_MAX);
		if (number_of(tb[NFTA_NAT_TYPE]) == NFT_NAT_SNAT) {
			reading->rule->translates = true;
			read_block(reading, tb[NFTA_NAT_REG_PROTO_MIN],
				   tb[NFTA_NAT_REG_PROTO_MAX]);
		} else {
			reading->rule->forwards = true;
		}
	} else if (!strcmp(name, "immediate") && data) {
		nested_attributes(data, tb, NFTA_IMMEDIATE_MAX);
		if (!verdict_of(reading, tb[NFTA_IMMEDIATE_DATA], &accepts))
			read_immediate(reading, tb);
	} else if (!strcmp(name, "reject")) {
		reading->rule->drops = true;
	} else if (!strcmp(name, "notrack")) {
		reading->rule->notrack = true;
	} else if (!strcmp(name, "flow_offload")) {
		reading->rule->offload = true;
	} else if (!strcmp(name, "objref") && data) {
		read_objref(reading, data);
	} else if (!strcmp(name, "ct") && data) {
		nested_attributes(data, tb, NFTA_CT_MAX);
		read_load(reading, tb[NFTA_CT_KEY], true);
	} else if (!strcmp(name, "meta") && data) {
		nested_attributes(data, tb, NFTA_META_MAX);
		if (tb[NFTA_META_DREG])
			read_load(reading, tb[NFTA_META_KEY], false);
	} else if (!strcmp(name, "bitwise") && data) {
		nested_attributes(data, tb, NFTA_BITWISE_MAX);
		reading->masked = true;
		reading->mask = value_of(tb[NFTA_BITWISE_MASK]);
	} else if (!strcmp(name, "cmp") && data) {
		read_cmp(reading, data);
	} else if (!strcmp(name, "lookup") && data) {
		read_lookup(reading, data);
	} else if (!strcmp(name, "match") && data) {
		nested_attributes(data, tb, NFTA_MATCH_MAX);
		if (tb[NFTA_MATCH_INFO])
			xt_match(reading->rule, text_of(tb[NFTA_MATCH_NAME]),
				 number_of(tb[NFTA_MATCH_REV]),
				 mnl_attr_get_payload(tb[NFTA_MATCH_INFO]),
				 mnl_attr_get_payload_len(tb[NFTA_MATCH_INFO]));
	} else if (!strcmp(name, "target") && data) {
		nested_attributes(data, tb, NFTA_TARGET_MAX);
		if (tb[NFTA_TARGET_INFO])
			xt_target(
				reading->rule, text_of(tb[NFTA_TARGET_NAME]),
				mnl_attr_get_payload(tb[NFTA_TARGET_INFO]),
				mnl_attr_get_payload_len(tb[NFTA_TARGET_INFO]));
	} else if (strcmp(name, "counter") && strcmp(name, "log")) {
		/* limit, payload, exthdr, fib, socket, ... */
		reading->loaded = SOMETHING;
		reading->masked = false;
		if (strcmp(name, "limit"))
			reading->rule->bare = false;
	}
}

static void load_rule(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NFTA_RULE_MAX + 1];
	const struct nlattr *expression[NFTA_EXPR_MAX + 1];
	struct reading reading = { .ruleset = data };
	const struct nlattr *attr;
	int chain;

	conntrack_attributes(nlh, tb, NFTA_RULE_MAX);
	reading.family = family_of(nlh);
	reading.table = text_of(tb[NFTA_RULE_TABLE]);
	chain = find_chain(data, reading.family, reading.table,
			   text_of(tb[NFTA_RULE_CHAIN]));
	if (chain < 0 || !tb[NFTA_RULE_EXPRESSIONS])
		return;
	reading.rule = add_rule(data);
	reading.rule->chain = chain;
	if (tb[NFTA_RULE_HANDLE])
		reading.rule->handle =
			be64toh(mnl_attr_get_u64(tb[NFTA_RULE_HANDLE]));
	mnl_attr_for_each_nested(attr, tb[NFTA_RULE_EXPRESSIONS])
	{
		nested_attributes(attr, expression, NFTA_EXPR_MAX);
		read_expression(&reading, text_of(expression[NFTA_EXPR_NAME]),
				expression[NFTA_EXPR_DATA]);
	}
}

static bool load_nftables(struct ruleset *ruleset, uint8_t command,
			  channel_reader reader)
{
	struct nlmsghdr *nlh;
	int status;

	nlh = nftables_begin(command, AF_UNSPEC, &status);
	if (nlh)
		status = conntrack_send(nlh, reader, ruleset);
	if (status == NOT_PERMITTED)
		ruleset->forbidden = true;
	return !status;
}

/* --- iptables without nf_tables ------------------------------------------- */

static void load_entry(struct ruleset *ruleset, const struct ipt_entry *entry,
		       unsigned int chain)
{
	const struct xt_entry_target *target =
		(const void *)((const char *)entry + entry->target_offset);
	unsigned int offset = sizeof(*entry);
	struct ruleset_rule *rule = add_rule(ruleset);
	const struct xt_entry_match *match;
	int verdict;

	rule->chain = chain;
	rule->number = 1;
	if (ruleset->rule_count > 1 && rule[-1].chain == chain)
		rule->number = rule[-1].number + 1;
	rule->tcp = entry->ip.proto == IPPROTO_TCP;
	if (entry->ip.src.s_addr || entry->ip.smsk.s_addr ||
	    entry->ip.dst.s_addr || entry->ip.dmsk.s_addr || entry->ip.proto)
		rule->bare = false;
	if (!strcmp(entry->ip.iniface, "lo") ||
	    !strcmp(entry->ip.outiface, "lo"))
		rule->loopback = true;
	while (offset + sizeof(*match) <= entry->target_offset) {
		match = (const void *)((const char *)entry + offset);
		if (match->u.match_size < sizeof(*match) ||
		    offset + match->u.match_size > entry->target_offset)
			break;
		xt_match(rule, match->u.user.name, match->u.user.revision,
			 match->data, match->u.match_size - sizeof(*match));
		offset += match->u.match_size;
	}
	if (target->u.user.name[0]) {
		xt_target(rule, target->u.user.name, target->data,
			  target->u.target_size - sizeof(*target));
		return;
	}
	verdict = ((const struct xt_standard_target *)target)->verdict;
	if (verdict >= 0)
		rule->jump_offset = verdict;
	else if (verdict == -NF_ACCEPT - 1)
		rule->accepts = true;
	else if (verdict == -NF_DROP - 1)
		rule->drops = true;
}

static void load_entries(struct ruleset *ruleset, const char *table,
			 const struct ipt_getinfo *info, const char *entries,
			 unsigned int size)
{
	static const char *const hooks[] = { "PREROUTING", "INPUT", "FORWARD",
					     "OUTPUT", "POSTROUTING" };
	unsigned int offset = 0, first_rule = ruleset->rule_count, i, hook;
	unsigned int first_chain = ruleset->chain_count;
	const struct xt_entry_target *target;
	const struct ipt_entry *entry;
	struct ruleset_chain *chain;

	while (offset + sizeof(*entry) + sizeof(*target) <= size) {
		entry = (const void *)(entries + offset);
		if (entry->next_offset < sizeof(*entry) + sizeof(*target) ||
		    entry->next_offset > size - offset ||
		    entry->target_offset + sizeof(*target) > entry->next_offset)
			break;
		target = (const void *)((const char *)entry +
					entry->target_offset);
		for (hook = 0; hook < NF_INET_NUMHOOKS; hook++) {
			if (!(info->valid_hooks & 1 << hook) ||
			    info->hook_entry[hook] != offset)
				continue;
			chain = add_chain(ruleset);
			chain->name = copy_string(hooks[hook]);
			chain->hook = hook;
			chain->offset = offset;
		}
		if (!strcmp(target->u.user.name, XT_ERROR_TARGET)) {
			/* a chain of the user's begins behind it */
			chain = add_chain(ruleset);
			chain->name = copy_string(
				((const struct xt_error_target *)target)
					->errorname);
			chain->offset = offset + entry->next_offset;
		} else if (ruleset->chain_count > first_chain) {
			chain = &ruleset->chains[ruleset->chain_count - 1];
			for (hook = 0; hook < NF_INET_NUMHOOKS; hook++)
				if (chain->hook == (int)hook &&
				    info->underflow[hook] == offset)
					break;
			load_entry(ruleset, entry, ruleset->chain_count - 1);
			/* the policy is the last rule */
			if (hook < NF_INET_NUMHOOKS) {
				ruleset->rule_count--;
				chain->drops =
					ruleset->rules[ruleset->rule_count]
						.drops;
			}
		}
		offset += entry->next_offset;
	}
	for (i = first_chain; i < ruleset->chain_count; i++) {
		chain = &ruleset->chains[i];
		chain->family = AF_INET;
		chain->legacy = true;
		chain->table = copy_string(table);
		chain->nat = !strcmp(table, "nat");
		for (offset = first_rule; offset < ruleset->rule_count;
		     offset++)
			if (ruleset->rules[offset].jump_offset &&
			    ruleset->rules[offset].jump_offset == chain->offset)
				ruleset->rules[offset].jump = i;
	}
}

static void load_table(struct ruleset *ruleset, int fd, const char *table)
{
	struct ipt_get_entries *entries;
	struct ipt_getinfo info = {};
	socklen_t length = sizeof(info);

	snprintf(info.name, sizeof(info.name), "%s", table);
	if (getsockopt(fd, IPPROTO_IP, IPT_SO_GET_INFO, &info, &length) < 0)
		return;
	length = sizeof(*entries) + info.size;
	entries = grow(NULL, length);
	memset(entries, 0, length);
	snprintf(entries->name, sizeof(entries->name), "%s", table);
	entries->size = info.size;
	if (!getsockopt(fd, IPPROTO_IP, IPT_SO_GET_ENTRIES, entries, &length))
		load_entries(ruleset, table, &info,
			     (const char *)entries->entrytable, entries->size);
	free(entries);
}

/* Only what is loaded already: to ask for a table loads it */
static void load_iptables(struct ruleset *ruleset)
{
	FILE *file = fopen("/proc/net/ip_tables_names", "re");
	char table[XT_TABLE_MAXNAMELEN];
	int fd;

	if (!file) {
		if (errno == EACCES)
			ruleset->forbidden = true;
		return;
	}
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	while (fd >= 0 && fgets(table, sizeof(table), file)) {
		table[strcspn(table, "\n")] = '\0';
		load_table(ruleset, fd, table);
	}
	if (fd >= 0)
		close(fd);
	fclose(file);
}

/* --- the whole ------------------------------------------------------------ */

void ruleset_load(struct ruleset *ruleset)
{
	bool silent = complain_silent;

	memset(ruleset, 0, sizeof(*ruleset));
	/* A kernel without nf_tables refuses */
	complain_silent = true;
	if (load_nftables(ruleset, NFT_MSG_GETCHAIN, load_chain)) {
		load_nftables(ruleset, NFT_MSG_GETOBJ, load_object);
		load_nftables(ruleset, NFT_MSG_GETRULE, load_rule);
		load_nftables(ruleset, NFT_MSG_GETFLOWTABLE, load_flowtable);
	}
	load_iptables(ruleset);
	complain_silent = silent;
}

/* What the rules of a chain, and those it jumps to, do to what is RELATED */
static void follow(struct ruleset *ruleset, unsigned int chain, bool *accepts,
		   bool *drops)
{
	const struct ruleset_rule *rule;
	unsigned int i;

	if (ruleset->chains[chain].seen)
		return;
	ruleset->chains[chain].seen = true;
	for (i = 0; i < ruleset->rule_count; i++) {
		rule = &ruleset->rules[i];
		if (rule->chain != chain)
			continue;
		if (rule->related && (rule->accepts || rule->jump >= 0))
			*accepts = true;
		if (rule->drops && rule->bare && !rule->loopback)
			*drops = true;
		if (rule->jump >= 0)
			follow(ruleset, rule->jump, accepts, drops);
	}
}

const struct ruleset_chain *ruleset_unrelated(struct ruleset *ruleset)
{
	const struct ruleset_chain *chain;
	bool accepts, drops;
	unsigned int i, j;

	for (i = 0; i < ruleset->chain_count; i++) {
		chain = &ruleset->chains[i];
		if (chain->hook != NF_INET_FORWARD ||
		    (chain->family != NFPROTO_IPV4 &&
		     chain->family != NFPROTO_INET))
			continue;
		accepts = false;
		drops = chain->drops;
		for (j = 0; j < ruleset->chain_count; j++)
			ruleset->chains[j].seen = false;
		follow(ruleset, i, &accepts, &drops);
		if (drops && !accepts)
			return chain;
	}
	return NULL;
}

const char *ruleset_place(const struct ruleset_chain *chain)
{
	static char text[600];
	const char *family;

	if (chain->legacy)
		family = "iptables -t";
	else
		family = chain->family == NFPROTO_IPV4	 ? "ip" :
			 chain->family == NFPROTO_IPV6	 ? "ip6" :
			 chain->family == NFPROTO_INET	 ? "inet" :
			 chain->family == NFPROTO_BRIDGE ? "bridge" :
			 chain->family == NFPROTO_NETDEV ? "netdev" :
							   "arp";
	snprintf(text, sizeof(text), "%s %s %s", family, chain->table,
		 chain->name);
	return text;
}

const char *ruleset_deletion(const struct ruleset *ruleset,
			     const struct ruleset_rule *rule)
{
	static char text[700];
	const struct ruleset_chain *chain = &ruleset->chains[rule->chain];

	if (chain->legacy)
		snprintf(text, sizeof(text), "iptables -t %s -D %s %u",
			 chain->table, chain->name, rule->number);
	else
		snprintf(text, sizeof(text), "nft delete rule %s handle %llu",
			 ruleset_place(chain),
			 (unsigned long long)rule->handle);
	return text;
}

void ruleset_free(struct ruleset *ruleset)
{
	unsigned int i;

	for (i = 0; i < ruleset->chain_count; i++) {
		free(ruleset->chains[i].table);
		free(ruleset->chains[i].name);
	}
	for (i = 0; i < ruleset->rule_count; i++) {
		free(ruleset->rules[i].helper);
		free(ruleset->rules[i].ports);
	}
	for (i = 0; i < ruleset->helper_count; i++) {
		free(ruleset->helpers[i].table);
		free(ruleset->helpers[i].name);
		free(ruleset->helpers[i].helper);
	}
	free(ruleset->chains);
	free(ruleset->rules);
	free(ruleset->helpers);
	memset(ruleset, 0, sizeof(*ruleset));
}
