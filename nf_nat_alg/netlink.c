// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: the commands that change something, and their refusals
 *
 * What a command does is in the file of its noun, which returns an error
 * number. Here the number gets its sentence and the attribute at fault.
 */
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <net/l3mdev.h>
#include "access_list.h"
#include "binding.h"
#include "dump.h"
#include "event.h"
#include "kernel_helper.h"
#include "netlink.h"
#include "netns.h"
#include "option.h"
#include "service.h"
#include "spec.h"
#include "tunnel_state.h"

/* Attributes we do not know are ignored: tool and module may differ in age */
#define NF_ALG_LIBERAL (GENL_DONT_VALIDATE_STRICT | GENL_DONT_VALIDATE_DUMP)

#define NF_ALG_SETTINGS_MAX (2 * __NF_ALG_OPTION_MAX)

static struct nf_alg_net *nf_alg_info_net(struct genl_info *info)
{
	return nf_alg_pernet(genl_info_net(info));
}

/* The caller holds an->config */
static void nf_alg_config_changed(struct nf_alg_net *an,
				  enum nf_alg_config what, const char *name)
{
	an->generation++;
	nf_alg_event_config(an, what, name);
}

/* The name in an attribute, or NULL: then the refusal is said */
static const char *nf_alg_list_name(struct genl_info *info,
				    const struct nlattr *attr)
{
	if (attr && nf_alg_access_list_name_valid(nla_data(attr)))
		return nla_data(attr);
	NL_SET_ERR_MSG_ATTR(
		info->extack, attr,
		"an access list's name is 1 to 31 letters, digits, '.', '_' or '-'");
	return NULL;
}

static int nf_alg_parse_service(struct genl_info *info,
				struct nf_alg_service_key *key,
				const char **list)
{
	struct nlattr **tb = info->attrs;
	__be16 port;
	u32 vrf;

	memset(key, 0, sizeof(*key));
	*list = NULL;
	if (!tb[NF_ALG_A_SERVICE_PROTOCOL])
		return NF_ALG_REFUSE(info, NULL, -EINVAL,
				     "a service needs a protocol");
	if (!tb[NF_ALG_A_SERVICE_TRANSPORT])
		return NF_ALG_REFUSE(info, NULL, -EINVAL,
				     "a service needs a transport: tcp or udp");
	key->protocol = nla_get_u32(tb[NF_ALG_A_SERVICE_PROTOCOL]);
	key->l4proto = nla_get_u8(tb[NF_ALG_A_SERVICE_TRANSPORT]);
	if (!tb[NF_ALG_A_SERVICE_PORT])
		return NF_ALG_REFUSE(info, NULL, -EINVAL,
				     "a service needs a port");
	key->port = htons(nla_get_u16(tb[NF_ALG_A_SERVICE_PORT]));
	if (key->protocol == NF_ALG_PROTOCOL_ESP && key->port)
		return NF_ALG_REFUSE(info, tb[NF_ALG_A_SERVICE_PORT], -ERANGE,
				     "an esp service has no port");
	if (key->protocol == NF_ALG_PROTOCOL_IKE && key->port != htons(500))
		return NF_ALG_REFUSE(info, tb[NF_ALG_A_SERVICE_PORT], -ERANGE,
				     "an ike service is for port 500");
	if (tb[NF_ALG_A_SERVICE_SPI_MATCH])
		key->spi_match = nla_get_u8(tb[NF_ALG_A_SERVICE_SPI_MATCH]);
	if (key->spi_match >= __NF_ALG_PREDICATE_MAX)
		return NF_ALG_REFUSE(info, tb[NF_ALG_A_SERVICE_SPI_MATCH],
				     -ERANGE,
				     "this module has no such predicate");
	if (key->spi_match && key->protocol != NF_ALG_PROTOCOL_ESP)
		return NF_ALG_REFUSE(info, tb[NF_ALG_A_SERVICE_SPI_MATCH],
				     -EINVAL,
				     "only an esp service can match SPIs");
	if (!key->port && key->protocol != NF_ALG_PROTOCOL_ESP)
		return NF_ALG_REFUSE(info, tb[NF_ALG_A_SERVICE_PORT], -ERANGE,
				     "a service's port is between 1 and 65535");
	if (!nf_alg_service_transport(key->protocol, IPPROTO_TCP) &&
	    !nf_alg_service_transport(key->protocol, IPPROTO_UDP) &&
	    !nf_alg_service_transport(key->protocol, IPPROTO_ESP))
		return NF_ALG_REFUSE(
			info, tb[NF_ALG_A_SERVICE_PROTOCOL], -EPROTONOSUPPORT,
			"this module has no services of that protocol");
	if (!nf_alg_service_transport(key->protocol, key->l4proto))
		return NF_ALG_REFUSE(
			info, tb[NF_ALG_A_SERVICE_TRANSPORT], -EPROTONOSUPPORT,
			"the protocol is not carried by that transport");
	port = nf_alg_kernel_helper_port(key->protocol);
	if (port && key->port != port)
		return NF_ALG_REFUSE(
			info, tb[NF_ALG_A_SERVICE_PORT], -ERANGE,
			"the kernel's helper for that works on its standard port only: snmp 161, netbios-ns 137");

	if (tb[NF_ALG_A_SERVICE_VRF]) {
		vrf = nla_get_u32(tb[NF_ALG_A_SERVICE_VRF]);
		if (vrf > INT_MAX ||
		    !netif_index_is_l3_master(genl_info_net(info), vrf))
			return NF_ALG_REFUSE(
				info, tb[NF_ALG_A_SERVICE_VRF], -ENODEV,
				"there is no such VRF in this namespace");
		key->vrf = vrf;
	}
	if (tb[NF_ALG_A_SERVICE_ACCESS_LIST]) {
		*list = nf_alg_list_name(info,
					 tb[NF_ALG_A_SERVICE_ACCESS_LIST]);
		if (!*list)
			return -EINVAL;
	}
	return 0;
}

static void nf_alg_service_changed(struct nf_alg_net *an,
				   const struct nf_alg_service_key *key)
{
	char name[32];

	if (key->protocol == NF_ALG_PROTOCOL_ESP)
		snprintf(name, sizeof(name), "esp%s",
			 key->spi_match ? " spi-match" : "");
	else if (key->protocol == NF_ALG_PROTOCOL_IKE)
		snprintf(name, sizeof(name), "ike preserve-port");
	else
		snprintf(name, sizeof(name), "%s %s port %u",
			 nf_alg_protocol_name(key->protocol),
			 key->l4proto == IPPROTO_TCP ? "tcp" : "udp",
			 ntohs(key->port));
	nf_alg_config_changed(an, NF_ALG_CONFIG_SERVICE, name);
}

/* Outside all locks: waits for modprobe. A service whose module there is none
 * of is kept all the same.
 */
static void nf_alg_load_protocol(enum nf_alg_protocol_id protocol)
{
	if (nf_alg_kernel_helper(protocol))
		nf_alg_kernel_helper_load(protocol);
	else if (!nf_alg_protocol_present(protocol))
		request_module("nf-nat-alg-%s", nf_alg_protocol_name(protocol));
}

static int nf_alg_refuse_service(struct genl_info *info, int err)
{
	struct nlattr **tb = info->attrs;

	switch (err) {
	case 0:
		return 0;
	case -EEXIST:
		return NF_ALG_REFUSE(
			info, tb[NF_ALG_A_SERVICE_PORT], err,
			"this service exists already; delete it first to change its access list");
	case -EADDRINUSE:
		return NF_ALG_REFUSE(
			info, tb[NF_ALG_A_SERVICE_PORT], err,
			"this port has a service of another protocol; delete that first");
	case -ENOSPC:
		return NF_ALG_REFUSE(
			info, NULL, err,
			"there are 1024 services, which is the most there can be");
	case -EUSERS:
		return NF_ALG_REFUSE(
			info, tb[NF_ALG_A_SERVICE_ACCESS_LIST], -ENOSPC,
			"there are 1024 access lists, which is the most there can be");
	case -ENOENT:
		return NF_ALG_REFUSE(info, tb[NF_ALG_A_SERVICE_PORT], err,
				     "there is no such service");
	case -ESRCH:
		return NF_ALG_REFUSE(
			info, tb[NF_ALG_A_SERVICE_ACCESS_LIST], -ENOENT,
			"the service does not have that access list");
	case -ENOMEM:
		return NF_ALG_REFUSE(info, NULL, err,
				     "the kernel is out of memory");
	default:
		return NF_ALG_REFUSE(
			info, NULL, err,
			"the packet path's hooks could not be registered");
	}
}

static int nf_alg_cmd_service_add(struct sk_buff *skb, struct genl_info *info)
{
	bool replace = info->nlhdr->nlmsg_flags & NLM_F_REPLACE;
	struct nf_alg_net *an = nf_alg_info_net(info);
	struct nf_alg_service_key key;
	const char *list;
	int err;

	static_assert(NF_ALG_SERVICES_MAX == 1024);
	static_assert(NF_ALG_ACCESS_LISTS_MAX == 1024);

	err = nf_alg_parse_service(info, &key, &list);
	if (err)
		return err;
	nf_alg_load_protocol(key.protocol);

	mutex_lock(&an->config);
	err = nf_alg_service_add(an, &key, list, replace);
	if (!err)
		nf_alg_service_changed(an, &key);
	mutex_unlock(&an->config);
	return nf_alg_refuse_service(info, err);
}

static int nf_alg_cmd_service_delete(struct sk_buff *skb,
				     struct genl_info *info)
{
	struct nf_alg_net *an = nf_alg_info_net(info);
	struct nf_alg_service_key key;
	const char *list;
	int err;

	err = nf_alg_parse_service(info, &key, &list);
	if (err)
		return err;
	mutex_lock(&an->config);
	err = nf_alg_service_delete(an, &key, list);
	if (!err)
		nf_alg_service_changed(an, &key);
	mutex_unlock(&an->config);
	return nf_alg_refuse_service(info, err);
}

static int nf_alg_cmd_service_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct nf_alg_net *an = nf_alg_info_net(info);

	mutex_lock(&an->config);
	nf_alg_services_flush(an);
	nf_alg_config_changed(an, NF_ALG_CONFIG_SERVICE, NULL);
	mutex_unlock(&an->config);
	return 0;
}

static int nf_alg_cmd_service_defaults(struct sk_buff *skb,
				       struct genl_info *info)
{
	struct nf_alg_net *an = nf_alg_info_net(info);
	int err;
	int id;

	for (id = NF_ALG_PROTOCOL_NONE + 1; id < __NF_ALG_PROTOCOL_MAX; id++)
		if (!nf_alg_protocol_portless(id) && !nf_alg_kernel_helper(id))
			nf_alg_load_protocol(id);
	err = nf_alg_services_defaults(an);
	if (!err) {
		mutex_lock(&an->config);
		nf_alg_config_changed(an, NF_ALG_CONFIG_SERVICE, NULL);
		mutex_unlock(&an->config);
	}
	return nf_alg_refuse_service(info, err);
}

static const char *nf_alg_parse_list(struct genl_info *info)
{
	return nf_alg_list_name(info, info->attrs[NF_ALG_A_ACCESS_LIST_NAME]);
}

static int nf_alg_parse_rule(struct genl_info *info, struct nf_alg_rule *rule)
{
	struct nlattr *sequence = info->attrs[NF_ALG_A_ACCESS_LIST_SEQUENCE];
	struct nlattr *wildcard = info->attrs[NF_ALG_A_ACCESS_LIST_WILDCARD];
	struct nlattr *address = info->attrs[NF_ALG_A_ACCESS_LIST_ADDRESS];
	struct nlattr *action = info->attrs[NF_ALG_A_ACCESS_LIST_ACTION];
	int i;

	memset(rule, 0, sizeof(*rule));
	if (sequence) {
		rule->sequence = nla_get_u32(sequence);
		if (!rule->sequence)
			return NF_ALG_REFUSE(info, sequence, -ERANGE,
					     "sequence numbers begin at 1");
	}
	if (!action || nla_get_u8(action) >= __NF_ALG_ACTION_MAX)
		return NF_ALG_REFUSE(info, action, -EINVAL,
				     "a rule either permits or denies");
	rule->action = nla_get_u8(action);

	if (!address) {
		if (wildcard)
			return NF_ALG_REFUSE(info, wildcard, -EINVAL,
					     "a wildcard needs an address");
		return 0;
	}
	if (nla_len(address) == sizeof(struct in_addr))
		rule->family = NFPROTO_IPV4;
	else if (nla_len(address) == sizeof(struct in6_addr))
		rule->family = NFPROTO_IPV6;
	else
		return NF_ALG_REFUSE(info, address, -EINVAL,
				     "an address has 4 or 16 bytes");
	nla_memcpy(&rule->address, address, sizeof(rule->address));
	if (wildcard) {
		if (nla_len(wildcard) != nla_len(address))
			return NF_ALG_REFUSE(
				info, wildcard, -EINVAL,
				"address and wildcard are not of the same family");
		nla_memcpy(&rule->wildcard, wildcard, sizeof(rule->wildcard));
	}
	for (i = 0; i < ARRAY_SIZE(rule->address.all); i++)
		rule->address.all[i] &= ~rule->wildcard.all[i];
	return 0;
}

static int nf_alg_refuse_rule(struct genl_info *info, int err)
{
	struct nlattr *sequence = info->attrs[NF_ALG_A_ACCESS_LIST_SEQUENCE];
	struct nlattr *name = info->attrs[NF_ALG_A_ACCESS_LIST_NAME];

	switch (err) {
	case 0:
		return 0;
	case -EEXIST:
		return NF_ALG_REFUSE(
			info, sequence, err,
			"the access list has a rule of this number; delete it first");
	case -EALREADY:
		return NF_ALG_REFUSE(
			info, info->attrs[NF_ALG_A_ACCESS_LIST_ACTION], -EEXIST,
			"the access list has an equal rule already");
	case -E2BIG:
		return NF_ALG_REFUSE(
			info, name, err,
			"the access list has 1024 rules, which is the most it can have; join some into networks");
	case -ENOSPC:
		return NF_ALG_REFUSE(
			info, name, err,
			"there are 1024 access lists, which is the most there can be");
	case -ENOENT:
		return NF_ALG_REFUSE(info, name, err,
				     "there is no such access list");
	case -ESRCH:
		return NF_ALG_REFUSE(
			info, sequence, -ENOENT,
			"the access list has no rule of this number");
	case -ERANGE:
		return NF_ALG_REFUSE(
			info, NULL, err,
			"sequence numbers would become too high; resequence the list with smaller steps");
	default:
		return NF_ALG_REFUSE(info, NULL, err,
				     "the kernel is out of memory");
	}
}

static int nf_alg_cmd_access_list_add(struct sk_buff *skb,
				      struct genl_info *info)
{
	bool replace = info->nlhdr->nlmsg_flags & NLM_F_REPLACE;
	struct nf_alg_net *an = nf_alg_info_net(info);
	const char *name = nf_alg_parse_list(info);
	struct nf_alg_rule rule;
	int err;

	static_assert(NF_ALG_ACCESS_LIST_RULES_MAX == 1024);
	static_assert(NF_ALG_ACCESS_LIST_NAME_MAX == 31);

	if (!name)
		return -EINVAL;
	err = nf_alg_parse_rule(info, &rule);
	if (err)
		return err;
	mutex_lock(&an->config);
	err = nf_alg_access_list_add(an, name, &rule, replace);
	if (!err)
		nf_alg_config_changed(an, NF_ALG_CONFIG_ACCESS_LIST, name);
	mutex_unlock(&an->config);
	return nf_alg_refuse_rule(info, err);
}

static int nf_alg_cmd_access_list_delete(struct sk_buff *skb,
					 struct genl_info *info)
{
	struct nlattr *sequence = info->attrs[NF_ALG_A_ACCESS_LIST_SEQUENCE];
	struct nf_alg_net *an = nf_alg_info_net(info);
	const char *name = nf_alg_parse_list(info);
	u32 number = 0;
	int err;

	if (!name)
		return -EINVAL;
	if (sequence) {
		number = nla_get_u32(sequence);
		if (!number)
			return NF_ALG_REFUSE(info, sequence, -ERANGE,
					     "sequence numbers begin at 1");
	}
	mutex_lock(&an->config);
	err = nf_alg_access_list_delete(an, name, number);
	if (!err)
		nf_alg_config_changed(an, NF_ALG_CONFIG_ACCESS_LIST, name);
	mutex_unlock(&an->config);
	return nf_alg_refuse_rule(info, err);
}

static int nf_alg_cmd_access_list_resequence(struct sk_buff *skb,
					     struct genl_info *info)
{
	struct nlattr *start = info->attrs[NF_ALG_A_ACCESS_LIST_START];
	struct nlattr *step = info->attrs[NF_ALG_A_ACCESS_LIST_STEP];
	struct nf_alg_net *an = nf_alg_info_net(info);
	const char *name = nf_alg_parse_list(info);
	u32 first = 10, distance = 10;
	int err;

	if (!name)
		return -EINVAL;
	if (start)
		first = nla_get_u32(start);
	if (!first)
		return NF_ALG_REFUSE(info, start, -ERANGE,
				     "sequence numbers begin at 1");
	if (step)
		distance = nla_get_u32(step);
	if (!distance)
		return NF_ALG_REFUSE(info, step, -ERANGE,
				     "the step is at least 1");
	mutex_lock(&an->config);
	err = nf_alg_access_list_resequence(an, name, first, distance);
	if (!err)
		nf_alg_config_changed(an, NF_ALG_CONFIG_ACCESS_LIST, name);
	mutex_unlock(&an->config);
	return nf_alg_refuse_rule(info, err);
}

static int nf_alg_parse_setting(struct genl_info *info, struct nlattr *nest,
				struct nf_alg_setting *setting)
{
	struct nlattr *tb[NF_ALG_A_SETTING_MAX + 1];
	int err;

	err = nla_parse_nested_deprecated(tb, NF_ALG_A_SETTING_MAX, nest,
					  nf_alg_setting_policy, info->extack);
	if (err)
		return err;
	if (!tb[NF_ALG_A_SETTING_OPTION] || !tb[NF_ALG_A_SETTING_VALUE])
		return NF_ALG_REFUSE(info, nest, -EINVAL,
				     "a setting needs an option and a value");
	setting->option = nla_get_u32(tb[NF_ALG_A_SETTING_OPTION]);
	setting->value = nla_get_u32(tb[NF_ALG_A_SETTING_VALUE]);
	setting->list = NULL;
	if (tb[NF_ALG_A_SETTING_LIST]) {
		setting->list = nla_data(tb[NF_ALG_A_SETTING_LIST]);
		if (!nf_alg_access_list_name_valid(setting->list))
			return NF_ALG_REFUSE(
				info, tb[NF_ALG_A_SETTING_LIST], -EINVAL,
				"an access list has a name of letters, digits, dots and dashes");
	}
	return 0;
}

/**
 * struct nf_alg_changes - the settings of one request, which are made together
 * @settings: what they are
 * @nests: the attribute that each stands in, for the refusal
 * @count: how many
 */
struct nf_alg_changes {
	struct nf_alg_setting settings[NF_ALG_SETTINGS_MAX];
	struct nlattr *nests[NF_ALG_SETTINGS_MAX];
	u32 count;
};

static int nf_alg_changes_parse(struct genl_info *info,
				struct nf_alg_changes *changes)
{
	struct nlattr *nest;
	int rem, err;

	nlmsg_for_each_attr(nest, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nest) != NF_ALG_A_OPTION_SETTING)
			continue;
		if (changes->count == NF_ALG_SETTINGS_MAX)
			return NF_ALG_REFUSE(info, nest, -E2BIG,
					     "too many settings at once");
		err = nf_alg_parse_setting(info, nest,
					   &changes->settings[changes->count]);
		if (err)
			return err;
		changes->nests[changes->count++] = nest;
	}
	if (!changes->count)
		return NF_ALG_REFUSE(info, NULL, -EINVAL,
				     "there is no option to set");
	return 0;
}

static int nf_alg_changes_make(struct genl_info *info,
			       const struct nf_alg_changes *changes)
{
	struct nf_alg_net *an = nf_alg_info_net(info);
	u32 bad = 0, i;
	int err;

	mutex_lock(&an->config);
	err = nf_alg_options_set(an, changes->settings, changes->count, &bad);
	for (i = 0; !err && i < changes->count; i++)
		nf_alg_config_changed(
			an, NF_ALG_CONFIG_OPTION,
			nf_alg_option_specs[changes->settings[i].option].name);
	mutex_unlock(&an->config);

	switch (err) {
	case -ENOENT:
		return NF_ALG_REFUSE(info, changes->nests[bad], err,
				     "this module has no such option");
	case -ERANGE:
		return NF_ALG_REFUSE(info, changes->nests[bad], err,
				     "the value is out of the option's range");
	case -EACCES:
		return NF_ALG_REFUSE(
			info, changes->nests[bad], err,
			"the initial network namespace does not permit itself that much");
	case -ENOKEY:
		return NF_ALG_REFUSE(
			info, changes->nests[bad], -EINVAL,
			"an access list belongs to media-from list and big-hosts list, and to nothing else");
	case -EDOM:
		return NF_ALG_REFUSE(
			info, changes->nests[bad], -EINVAL,
			"the lowest media port must be below the highest");
	case -ENOSPC:
		return NF_ALG_REFUSE(
			info, changes->nests[bad], err,
			"there are 1024 access lists, which is the most there can be");
	}
	return err;
}

static int nf_alg_cmd_option_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nf_alg_changes *changes;
	int err;

	/* A kilobyte: too much for the stack of a 32-bit machine */
	changes = kzalloc(sizeof(*changes), GFP_KERNEL);
	if (!changes)
		return -ENOMEM;
	err = nf_alg_changes_parse(info, changes);
	if (!err)
		err = nf_alg_changes_make(info, changes);
	kfree(changes);
	return err;
}

int nf_alg_parse_endpoint(struct genl_info *info, struct nlattr *nest,
			  struct nf_alg_endpoint *endpoint)
{
	struct nlattr *tb[NF_ALG_A_ENDPOINT_MAX + 1];
	struct nlattr *address;
	int err;

	if (!nest)
		return 0;
	err = nla_parse_nested_deprecated(tb, NF_ALG_A_ENDPOINT_MAX, nest,
					  nf_alg_endpoint_policy, info->extack);
	if (err)
		return err;
	address = tb[NF_ALG_A_ENDPOINT_ADDRESS];
	if (address && nla_len(address) == sizeof(struct in_addr))
		endpoint->family = NFPROTO_IPV4;
	else if (address && nla_len(address) == sizeof(struct in6_addr))
		endpoint->family = NFPROTO_IPV6;
	else
		return NF_ALG_REFUSE(info, address ?: nest, -EINVAL,
				     "an address has 4 or 16 bytes");
	nla_memcpy(&endpoint->addr, address, sizeof(endpoint->addr));
	if (tb[NF_ALG_A_ENDPOINT_PORT])
		endpoint->port = htons(nla_get_u16(tb[NF_ALG_A_ENDPOINT_PORT]));
	return 0;
}

/* Tunnels of inside hosts that are not named by a port */
static unsigned int
nf_alg_clear_tunnels(struct nf_alg_net *an,
		     const struct nf_alg_binding_filter *filter)
{
	const struct nf_alg_protocol *protocol;
	unsigned int cleared;

	if ((filter->l4proto && filter->l4proto != IPPROTO_ESP) ||
	    filter->inside.port || filter->public.port)
		return 0;
	protocol = nf_alg_protocol_get(NF_ALG_PROTOCOL_ESP);
	if (!protocol)
		return 0;
	cleared = protocol->clear(an, &filter->inside, &filter->public);
	module_put(protocol->owner);
	return cleared;
}

static int nf_alg_cmd_translation_clear(struct sk_buff *skb,
					struct genl_info *info)
{
	struct nlattr *l4proto = info->attrs[NF_ALG_A_TRANSLATION_TRANSPORT];
	struct nf_alg_net *an = nf_alg_info_net(info);
	struct nf_alg_binding_filter filter = {};
	struct sk_buff *reply;
	unsigned int cleared;
	void *head;
	bool all;
	int err;

	if (l4proto)
		filter.l4proto = nla_get_u8(l4proto);
	err = nf_alg_parse_endpoint(
		info, info->attrs[NF_ALG_A_TRANSLATION_INSIDE_LOCAL],
		&filter.inside);
	if (!err)
		err = nf_alg_parse_endpoint(
			info, info->attrs[NF_ALG_A_TRANSLATION_INSIDE_GLOBAL],
			&filter.public);
	if (err)
		return err;

	reply = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return NF_ALG_REFUSE(info, NULL, -ENOMEM,
				     "the kernel is out of memory");
	head = genlmsg_put_reply(reply, info, &nf_alg_genl_family, 0,
				 NF_ALG_CMD_TRANSLATION_CLEAR);
	all = !filter.l4proto && !filter.inside.family && !filter.public.family;
	cleared = nf_alg_binding_clear(an, all ? NULL : &filter);
	cleared += nf_alg_clear_tunnels(an, &filter);
	if (!head ||
	    nla_put_u32(reply, NF_ALG_A_TRANSLATION_CLEARED, cleared)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}

static const struct genl_ops nf_alg_genl_ops[] = {
	{
		.cmd = NF_ALG_CMD_SERVICE_ADD,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = nf_alg_cmd_service_add,
		.policy = nf_alg_service_policy,
		.maxattr = NF_ALG_A_SERVICE_MAX,
	},
	{
		.cmd = NF_ALG_CMD_SERVICE_DELETE,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = nf_alg_cmd_service_delete,
		.policy = nf_alg_service_policy,
		.maxattr = NF_ALG_A_SERVICE_MAX,
	},
	{
		.cmd = NF_ALG_CMD_SERVICE_FLUSH,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = nf_alg_cmd_service_flush,
		.policy = nf_alg_service_policy,
		.maxattr = NF_ALG_A_SERVICE_MAX,
	},
	{
		.cmd = NF_ALG_CMD_SERVICE_DEFAULTS,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = nf_alg_cmd_service_defaults,
		.policy = nf_alg_service_policy,
		.maxattr = NF_ALG_A_SERVICE_MAX,
	},
	{
		.cmd = NF_ALG_CMD_SERVICE_GET,
		.validate = NF_ALG_LIBERAL,
		.dumpit = nf_alg_dump_services,
	},
	{
		.cmd = NF_ALG_CMD_ACCESS_LIST_ADD,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = nf_alg_cmd_access_list_add,
		.policy = nf_alg_access_list_policy,
		.maxattr = NF_ALG_A_ACCESS_LIST_MAX,
	},
	{
		.cmd = NF_ALG_CMD_ACCESS_LIST_DELETE,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = nf_alg_cmd_access_list_delete,
		.policy = nf_alg_access_list_policy,
		.maxattr = NF_ALG_A_ACCESS_LIST_MAX,
	},
	{
		.cmd = NF_ALG_CMD_ACCESS_LIST_RESEQUENCE,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = nf_alg_cmd_access_list_resequence,
		.policy = nf_alg_access_list_policy,
		.maxattr = NF_ALG_A_ACCESS_LIST_MAX,
	},
	{
		.cmd = NF_ALG_CMD_ACCESS_LIST_GET,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.dumpit = nf_alg_dump_access_lists,
	},
	{
		.cmd = NF_ALG_CMD_OPTION_SET,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = nf_alg_cmd_option_set,
		.policy = nf_alg_option_policy,
		.maxattr = NF_ALG_A_OPTION_MAX,
	},
	{
		.cmd = NF_ALG_CMD_OPTION_GET,
		.validate = NF_ALG_LIBERAL,
		.dumpit = nf_alg_dump_options,
	},
	{
		.cmd = NF_ALG_CMD_SESSION_GET,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.dumpit = nf_alg_dump_sessions,
	},
	{
		.cmd = NF_ALG_CMD_CALL_GET,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.dumpit = nf_alg_dump_calls,
	},
	{
		.cmd = NF_ALG_CMD_BINDING_GET,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.dumpit = nf_alg_dump_bindings,
	},
	{
		.cmd = NF_ALG_CMD_REASON_GET,
		.validate = NF_ALG_LIBERAL,
		.dumpit = nf_alg_dump_reasons,
	},
	{
		.cmd = NF_ALG_CMD_LIMIT_GET,
		.validate = NF_ALG_LIBERAL,
		.dumpit = nf_alg_dump_limits,
	},
	{
		.cmd = NF_ALG_CMD_PROTOCOL_GET,
		.validate = NF_ALG_LIBERAL,
		.dumpit = nf_alg_dump_protocols,
	},
	{
		.cmd = NF_ALG_CMD_TRANSLATION_CLEAR,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = nf_alg_cmd_translation_clear,
		.policy = nf_alg_translation_policy,
		.maxattr = NF_ALG_A_TRANSLATION_MAX,
	},
	{
		.cmd = NF_ALG_CMD_TUNNEL_GET,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.start = nf_alg_dump_tunnels_start,
		.dumpit = nf_alg_dump_tunnels,
		.done = nf_alg_dump_tunnels_done,
	},
	{
		.cmd = NF_ALG_CMD_TUNNEL_ADD,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = nf_alg_cmd_tunnel_add,
		.policy = nf_alg_tunnel_policy,
		.maxattr = NF_ALG_A_TUNNEL_MAX,
	},
	{
		.cmd = NF_ALG_CMD_TUNNEL_DELETE,
		.validate = NF_ALG_LIBERAL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = nf_alg_cmd_tunnel_delete,
		.policy = nf_alg_tunnel_policy,
		.maxattr = NF_ALG_A_TUNNEL_MAX,
	},
};

static const struct genl_multicast_group nf_alg_genl_groups[] = {
	[NF_ALG_MCGRP_EVENTS] = {
		.name = NF_NAT_ALG_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family nf_alg_genl_family __ro_after_init = {
	.name = NF_NAT_ALG_FAMILY_NAME,
	.version = NF_NAT_ALG_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	/* Unknown optional attributes are ignored in all of them */
	.resv_start_op = __NF_ALG_CMD_MAX,
	.module = THIS_MODULE,
	.ops = nf_alg_genl_ops,
	.n_ops = ARRAY_SIZE(nf_alg_genl_ops),
	.mcgrps = nf_alg_genl_groups,
	.n_mcgrps = ARRAY_SIZE(nf_alg_genl_groups),
};
EXPORT_SYMBOL_GPL(nf_alg_genl_family);

int nf_alg_netlink_init(void)
{
	return genl_register_family(&nf_alg_genl_family);
}

void nf_alg_netlink_exit(void)
{
	genl_unregister_family(&nf_alg_genl_family);
}
