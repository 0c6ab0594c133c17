// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: the lists
 *
 * Short lists are numbered and read under the configuration's mutex. Sessions
 * are listed by their number, and calls, bindings and tunnels bucket by bucket:
 * a message goes on where the last one ended, holds no lock in between, and
 * takes time for what it lists only. An object that exists throughout is listed
 * exactly once, or the list says that it was interrupted.
 */
#include <linux/jiffies.h>
#include <linux/rhashtable.h>
#include <linux/xarray.h>
#include <net/sock.h>
#include "access_list.h"
#include "binding.h"
#include "call.h"
#include "dump.h"
#include "host.h"
#include "netlink.h"
#include "netns.h"
#include "option.h"
#include "port.h"
#include "printable.h"
#include "service.h"
#include "session.h"
#include "spec.h"
#include "walk.h"

static struct nf_alg_net *nf_alg_dump_net(struct sk_buff *skb)
{
	return nf_alg_pernet(sock_net(skb->sk));
}

static void *nf_alg_dump_begin(struct sk_buff *skb, struct netlink_callback *cb,
			       u8 cmd)
{
	void *head;

	head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &nf_alg_genl_family, NLM_F_MULTI, cmd);
	if (head)
		genl_dump_check_consistent(cb, head);
	return head;
}

/* Return: 0, or -EMSGSIZE if the object did not fit */
static int nf_alg_dump_end(struct sk_buff *skb, void *head, int err)
{
	if (err)
		genlmsg_cancel(skb, head);
	else
		genlmsg_end(skb, head);
	return err;
}

int nf_alg_put_endpoint(struct sk_buff *skb, int type,
			const struct nf_alg_endpoint *endpoint)
{
	struct nlattr *nest;
	int len;

	if (!endpoint->family)
		return 0;
	len = endpoint->family == NFPROTO_IPV4 ? sizeof(struct in_addr) :
						 sizeof(struct in6_addr);
	nest = nla_nest_start(skb, type);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put(skb, NF_ALG_A_ENDPOINT_ADDRESS, len, &endpoint->addr) ||
	    (endpoint->port &&
	     nla_put_u16(skb, NF_ALG_A_ENDPOINT_PORT, ntohs(endpoint->port)))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}
EXPORT_SYMBOL_GPL(nf_alg_put_endpoint);

static int nf_alg_fill_service(struct sk_buff *skb, struct netlink_callback *cb,
			       struct nf_alg_net *an,
			       struct nf_alg_service *service)
{
	struct nf_alg_access_list *list;
	void *head;
	int err;

	head = nf_alg_dump_begin(skb, cb, NF_ALG_CMD_SERVICE_GET);
	if (!head)
		return -EMSGSIZE;
	list = rcu_dereference_protected(service->list,
					 lockdep_is_held(&an->config));
	err = nla_put_u32(skb, NF_ALG_A_SERVICE_PROTOCOL, service->protocol) ||
	      nla_put_u8(skb, NF_ALG_A_SERVICE_TRANSPORT, service->l4proto) ||
	      nla_put_u16(skb, NF_ALG_A_SERVICE_PORT, ntohs(service->port)) ||
	      (service->vrf &&
	       nla_put_u32(skb, NF_ALG_A_SERVICE_VRF, service->vrf)) ||
	      (list &&
	       nla_put_string(skb, NF_ALG_A_SERVICE_ACCESS_LIST, list->name)) ||
	      (list && nla_put_u8(skb, NF_ALG_A_SERVICE_ACCESS_LIST_PRESENT,
				  !!rcu_access_pointer(list->rules))) ||
	      nla_put_u64_64bit(skb, NF_ALG_A_SERVICE_HITS,
				atomic64_read(&service->hits),
				NF_ALG_A_SERVICE_PAD) ||
	      nla_put_u8(skb, NF_ALG_A_SERVICE_MODULE_PRESENT,
			 nf_alg_protocol_present(service->protocol)) ||
	      (service->spi_match &&
	       nla_put_u8(skb, NF_ALG_A_SERVICE_SPI_MATCH, service->spi_match));
	return nf_alg_dump_end(skb, head, err ? -EMSGSIZE : 0);
}

int nf_alg_dump_services(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nf_alg_net *an = nf_alg_dump_net(skb);
	struct nf_alg_service *service;
	long n = 0;

	mutex_lock(&an->config);
	cb->seq = an->generation + 1;
	list_for_each_entry(service, &an->services.order, order) {
		if (n++ < cb->args[0])
			continue;
		if (nf_alg_fill_service(skb, cb, an, service))
			break;
		cb->args[0] = n;
	}
	mutex_unlock(&an->config);
	return skb->len;
}

static int nf_alg_fill_rule(struct sk_buff *skb, struct netlink_callback *cb,
			    const struct nf_alg_access_list *list,
			    const struct nf_alg_rule *rule)
{
	int len = rule->family == NFPROTO_IPV4 ? sizeof(struct in_addr) :
						 sizeof(struct in6_addr);
	void *head;
	int err;

	head = nf_alg_dump_begin(skb, cb, NF_ALG_CMD_ACCESS_LIST_GET);
	if (!head)
		return -EMSGSIZE;
	err = nla_put_string(skb, NF_ALG_A_ACCESS_LIST_NAME, list->name) ||
	      nla_put_u32(skb, NF_ALG_A_ACCESS_LIST_SEQUENCE, rule->sequence) ||
	      nla_put_u8(skb, NF_ALG_A_ACCESS_LIST_ACTION, rule->action) ||
	      (rule->family && (nla_put(skb, NF_ALG_A_ACCESS_LIST_ADDRESS, len,
					&rule->address) ||
				nla_put(skb, NF_ALG_A_ACCESS_LIST_WILDCARD, len,
					&rule->wildcard)));
	return nf_alg_dump_end(skb, head, err ? -EMSGSIZE : 0);
}

int nf_alg_dump_access_lists(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nf_alg_net *an = nf_alg_dump_net(skb);
	const struct nf_alg_access_list *list;
	const struct nf_alg_rules *rules;
	long n = 0;
	u32 i;

	mutex_lock(&an->config);
	cb->seq = an->generation + 1;
	list_for_each_entry(list, &an->access_lists, node) {
		rules = rcu_dereference_protected(list->rules,
						  lockdep_is_held(&an->config));
		for (i = 0; rules && i < rules->count; i++) {
			if (n++ < cb->args[0])
				continue;
			if (nf_alg_fill_rule(skb, cb, list, &rules->rule[i]))
				goto out;
			cb->args[0] = n;
		}
	}
out:
	mutex_unlock(&an->config);
	return skb->len;
}

int nf_alg_dump_options(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nf_alg_net *an = nf_alg_dump_net(skb);
	const struct nf_alg_option_spec *spec;
	const struct nf_alg_access_list *list;
	struct nf_alg_access_list __rcu **slot;
	void *head;
	long id;
	int err;

	cb->seq = READ_ONCE(an->generation) + 1;
	for (id = cb->args[0] ?: 1; id < __NF_ALG_OPTION_MAX; id++) {
		/* An address of the network is not everybody's to know */
		if (id == NF_ALG_OPTION_EXTERNAL_ADDRESS &&
		    !netlink_net_capable(cb->skb, CAP_NET_ADMIN))
			continue;
		spec = &nf_alg_option_specs[id];
		head = nf_alg_dump_begin(skb, cb, NF_ALG_CMD_OPTION_GET);
		if (!head)
			break;
		err = nla_put_u32(skb, NF_ALG_A_OPTION_OPTION, id) ||
		      nla_put_string(skb, NF_ALG_A_OPTION_NAME, spec->name) ||
		      nla_put_u32(skb, NF_ALG_A_OPTION_VALUE,
				  nf_alg_option(an, id)) ||
		      nla_put_u32(skb, NF_ALG_A_OPTION_DEFAULT, spec->def) ||
		      nla_put_u32(skb, NF_ALG_A_OPTION_MINIMUM, spec->low) ||
		      nla_put_u32(skb, NF_ALG_A_OPTION_MAXIMUM,
				  nf_alg_option_most(an, id));
		slot = nf_alg_option_list(an, id);
		if (!err && slot) {
			rcu_read_lock();
			list = rcu_dereference(*slot);
			if (list)
				err = nla_put_string(skb, NF_ALG_A_OPTION_LIST,
						     list->name);
			rcu_read_unlock();
		}
		if (nf_alg_dump_end(skb, head, err ? -EMSGSIZE : 0))
			break;
	}
	cb->args[0] = id;
	return skb->len;
}

int nf_alg_dump_reasons(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nf_alg_net *an = nf_alg_dump_net(skb);
	void *head;
	long id;
	int err;

	for (id = cb->args[0] ?: 1; id < __NF_ALG_REASON_MAX; id++) {
		head = nf_alg_dump_begin(skb, cb, NF_ALG_CMD_REASON_GET);
		if (!head)
			break;
		err = nla_put_u32(skb, NF_ALG_A_REASON_REASON, id) ||
		      nla_put_string(skb, NF_ALG_A_REASON_NAME,
				     nf_alg_reason_name(id)) ||
		      nla_put_u64_64bit(skb, NF_ALG_A_REASON_COUNT,
					nf_alg_reason_sum(an, id),
					NF_ALG_A_REASON_PAD);
		if (nf_alg_dump_end(skb, head, err ? -EMSGSIZE : 0))
			break;
	}
	cb->args[0] = id;
	return skb->len;
}

/**
 * struct nf_alg_limit - what is used of a limit
 * @used: now
 * @max: in the namespace
 * @per_host: for an inside host, -1 if there is no such limit
 * @refused: how often it was met
 */
struct nf_alg_limit {
	u64 used;
	u64 max;
	s64 per_host;
	u64 refused;
};

static u64 nf_alg_list_length(const struct list_head *list)
{
	const struct list_head *entry;
	u64 length = 0;

	list_for_each(entry, list)
		length++;
	return length;
}

/* Texts that SIP remembers; none while its module is not loaded */
static void nf_alg_limit_texts(struct nf_alg_net *an,
			       struct nf_alg_limit *limit)
{
	const struct nf_alg_protocol *protocol;
	struct nf_alg_usage usage = {};

	rcu_read_lock();
	protocol = nf_alg_protocol_find(NF_ALG_PROTOCOL_SIP);
	if (protocol && protocol->usage)
		protocol->usage(an, &usage);
	rcu_read_unlock();
	limit->used = usage.used;
	limit->max = usage.max;
	if (usage.max)
		limit->per_host = usage.per_host;
	limit->refused = usage.met;
}

static void nf_alg_limit_of(struct nf_alg_net *an, enum nf_alg_resource what,
			    struct nf_alg_limit *limit)
{
	limit->per_host = -1;
	limit->refused = 0;
	switch (what) {
	case NF_ALG_RESOURCE_SESSIONS:
		limit->used =
			atomic_read(&an->hosts.count[NF_ALG_CHARGE_SESSION]);
		limit->max = nf_alg_option(an, NF_ALG_OPTION_SESSIONS_MAX);
		limit->per_host =
			nf_alg_option(an, NF_ALG_OPTION_SESSIONS_PER_HOST);
		limit->refused =
			nf_alg_reason_sum(an, NF_ALG_REASON_LIMIT_SESSIONS);
		break;
	case NF_ALG_RESOURCE_CALLS:
		limit->used = atomic_read(&an->calls.count);
		limit->max = nf_alg_option(an, NF_ALG_OPTION_CALLS_MAX);
		limit->per_host =
			nf_alg_option(an, NF_ALG_OPTION_CALLS_PER_HOST);
		limit->refused =
			nf_alg_reason_sum(an, NF_ALG_REASON_LIMIT_CALLS);
		break;
	case NF_ALG_RESOURCE_BINDINGS:
		limit->used = atomic_read(&an->bindings.count);
		limit->max = nf_alg_option(an, NF_ALG_OPTION_BINDINGS_MAX);
		limit->per_host =
			nf_alg_option(an, NF_ALG_OPTION_BINDINGS_PER_HOST);
		limit->refused =
			nf_alg_reason_sum(an, NF_ALG_REASON_LIMIT_BINDINGS);
		break;
	case NF_ALG_RESOURCE_MEMORY:
		limit->used = atomic_long_read(&an->sessions.memory);
		limit->max = nf_alg_option(an, NF_ALG_OPTION_MEMORY_MAX);
		limit->refused =
			nf_alg_reason_sum(an, NF_ALG_REASON_LIMIT_HELD);
		break;
	case NF_ALG_RESOURCE_SERVICES:
		mutex_lock(&an->config);
		limit->used = nf_alg_list_length(&an->services.order);
		mutex_unlock(&an->config);
		limit->max = NF_ALG_SERVICES_MAX;
		break;
	case NF_ALG_RESOURCE_ACCESS_LISTS:
		mutex_lock(&an->config);
		limit->used = nf_alg_list_length(&an->access_lists);
		mutex_unlock(&an->config);
		limit->max = NF_ALG_ACCESS_LISTS_MAX;
		break;
	case NF_ALG_RESOURCE_TUNNELS:
		limit->used =
			atomic_read(&an->hosts.count[NF_ALG_CHARGE_TUNNEL]);
		limit->max = nf_alg_option(an, NF_ALG_OPTION_TUNNELS_MAX);
		limit->per_host =
			nf_alg_option(an, NF_ALG_OPTION_TUNNELS_PER_HOST);
		limit->refused =
			nf_alg_reason_sum(an, NF_ALG_REASON_LIMIT_TUNNELS);
		break;
	case NF_ALG_RESOURCE_STRANGERS:
		limit->used =
			atomic_read(&an->hosts.count[NF_ALG_CHARGE_STRANGER]);
		limit->max = nf_alg_option(an, NF_ALG_OPTION_STRANGERS_MAX);
		limit->refused =
			nf_alg_reason_sum(an, NF_ALG_REASON_LIMIT_STRANGERS);
		break;
	case NF_ALG_RESOURCE_UNANSWERED:
		limit->used = READ_ONCE(an->sessions.unanswered_count);
		limit->max = nf_alg_option(an, NF_ALG_OPTION_UNANSWERED_MAX);
		limit->refused =
			nf_alg_reason_sum(an, NF_ALG_REASON_LIMIT_UNANSWERED);
		break;
	case NF_ALG_RESOURCE_TEXTS:
		nf_alg_limit_texts(an, limit);
		break;
	case NF_ALG_RESOURCE_PORTS:
		limit->used = atomic_read(&an->hosts.ports);
		limit->max = nf_alg_port_count(an);
		limit->per_host = nf_alg_host_ports_max(an);
		limit->refused =
			nf_alg_reason_sum(an, NF_ALG_REASON_LIMIT_PORTS) +
			nf_alg_reason_sum(an, NF_ALG_REASON_NO_PUBLIC_PORT);
		break;
	case __NF_ALG_RESOURCE_MAX:
		break;
	}
}

int nf_alg_dump_limits(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nf_alg_net *an = nf_alg_dump_net(skb);
	struct nf_alg_limit limit = {};
	void *head;
	long id;
	int err;

	for (id = cb->args[0]; id < __NF_ALG_RESOURCE_MAX; id++) {
		nf_alg_limit_of(an, id, &limit);
		head = nf_alg_dump_begin(skb, cb, NF_ALG_CMD_LIMIT_GET);
		if (!head)
			break;
		err = nla_put_u32(skb, NF_ALG_A_LIMIT_RESOURCE, id) ||
		      nla_put_string(skb, NF_ALG_A_LIMIT_NAME,
				     nf_alg_resource_names[id]) ||
		      nla_put_u64_64bit(skb, NF_ALG_A_LIMIT_USED, limit.used,
					NF_ALG_A_LIMIT_PAD) ||
		      nla_put_u64_64bit(skb, NF_ALG_A_LIMIT_MAXIMUM, limit.max,
					NF_ALG_A_LIMIT_PAD) ||
		      (limit.per_host >= 0 &&
		       nla_put_u64_64bit(skb, NF_ALG_A_LIMIT_PER_HOST,
					 limit.per_host, NF_ALG_A_LIMIT_PAD)) ||
		      nla_put_u64_64bit(skb, NF_ALG_A_LIMIT_REFUSED,
					limit.refused, NF_ALG_A_LIMIT_PAD);
		if (nf_alg_dump_end(skb, head, err ? -EMSGSIZE : 0))
			break;
	}
	cb->args[0] = id;
	return skb->len;
}

int nf_alg_dump_protocols(struct sk_buff *skb, struct netlink_callback *cb)
{
	void *head;
	long id;
	int err;

	for (id = cb->args[0] ?: 1; id < __NF_ALG_PROTOCOL_MAX; id++) {
		if (!nf_alg_service_transport(id, IPPROTO_TCP) &&
		    !nf_alg_service_transport(id, IPPROTO_UDP) &&
		    !nf_alg_service_transport(id, IPPROTO_ESP))
			continue;
		head = nf_alg_dump_begin(skb, cb, NF_ALG_CMD_PROTOCOL_GET);
		if (!head)
			break;
		err = nla_put_u32(skb, NF_ALG_A_PROTOCOL_PROTOCOL, id) ||
		      nla_put_string(skb, NF_ALG_A_PROTOCOL_NAME,
				     nf_alg_protocol_name(id)) ||
		      nla_put_u8(skb, NF_ALG_A_PROTOCOL_PRESENT,
				 nf_alg_protocol_present(id));
		if (nf_alg_dump_end(skb, head, err ? -EMSGSIZE : 0))
			break;
	}
	cb->args[0] = id;
	return skb->len;
}

static int nf_alg_fill_session(struct sk_buff *skb, struct netlink_callback *cb,
			       const struct nf_alg_session *session)
{
	/* Where neither or each end is inside, the one that called counts */
	int in = !session->side[IP_CT_DIR_ORIGINAL].inside &&
		 session->side[IP_CT_DIR_REPLY].inside;
	const struct nf_alg_side *inside = &session->side[in];
	const struct nf_alg_side *outside = &session->side[!in];
	/* Stays while a reader holds RCU, but not in the session */
	const struct nf_alg_protocol *protocol = READ_ONCE(session->protocol);
	void *head;
	int err;

	/* The connection was lost at this moment */
	if (!protocol)
		return 0;
	head = nf_alg_dump_begin(skb, cb, NF_ALG_CMD_SESSION_GET);
	if (!head)
		return -EMSGSIZE;
	err = nla_put_u32(skb, NF_ALG_A_SESSION_PROTOCOL, protocol->id) ||
	      nla_put_u8(skb, NF_ALG_A_SESSION_TRANSPORT, session->l4proto) ||
	      (session->zone &&
	       nla_put_u16(skb, NF_ALG_A_SESSION_ZONE, session->zone)) ||
	      (session->vrf &&
	       nla_put_u32(skb, NF_ALG_A_SESSION_VRF, session->vrf)) ||
	      nla_put_u8(skb, NF_ALG_A_SESSION_OPENED_BY,
			 in == IP_CT_DIR_ORIGINAL ? NF_ALG_ORIGIN_INSIDE :
						    NF_ALG_ORIGIN_OUTSIDE) ||
	      nf_alg_put_endpoint(skb, NF_ALG_A_SESSION_INSIDE_LOCAL,
				  &inside->own) ||
	      nf_alg_put_endpoint(skb, NF_ALG_A_SESSION_INSIDE_GLOBAL,
				  &inside->seen) ||
	      nf_alg_put_endpoint(skb, NF_ALG_A_SESSION_OUTSIDE_LOCAL,
				  &outside->seen) ||
	      nf_alg_put_endpoint(skb, NF_ALG_A_SESSION_OUTSIDE_GLOBAL,
				  &outside->own) ||
	      nla_put_u64_64bit(skb, NF_ALG_A_SESSION_MESSAGES_OUT,
				READ_ONCE(session->messages[in]),
				NF_ALG_A_SESSION_PAD) ||
	      nla_put_u64_64bit(skb, NF_ALG_A_SESSION_MESSAGES_IN,
				READ_ONCE(session->messages[!in]),
				NF_ALG_A_SESSION_PAD) ||
	      nla_put_u64_64bit(skb, NF_ALG_A_SESSION_TRANSLATED_OUT,
				READ_ONCE(session->translated[in]),
				NF_ALG_A_SESSION_PAD) ||
	      nla_put_u64_64bit(skb, NF_ALG_A_SESSION_TRANSLATED_IN,
				READ_ONCE(session->translated[!in]),
				NF_ALG_A_SESSION_PAD);
	return nf_alg_dump_end(skb, head, err ? -EMSGSIZE : 0);
}

int nf_alg_dump_sessions(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nf_alg_net *an = nf_alg_dump_net(skb);
	const struct nf_alg_session *session;
	unsigned long id = cb->args[0];

	/* A session keeps its number for life: it can neither be passed over
	 * nor come twice, whatever others do.
	 */
	rcu_read_lock();
	xa_for_each_start(&an->sessions.ids, id, session, id)
		if (nf_alg_fill_session(skb, cb, session))
			break;
	rcu_read_unlock();
	cb->args[0] = session ? id : LONG_MAX;
	return skb->len;
}

/* Where a walk of a table stands between two messages, in cb->args */
enum {
	NF_ALG_DUMP_SLOT,
	NF_ALG_DUMP_SIZE,
	NF_ALG_DUMP_SEED,
	NF_ALG_DUMP_RESTARTS,
	NF_ALG_DUMP_SKIP,
	NF_ALG_DUMP_PROTOCOL, /* tunnels are its module's */
};

typedef int nf_alg_dump_fill(struct sk_buff *skb, struct netlink_callback *cb,
			     void *object);

/* List a bucket, all or nothing: between two messages others come and go. One
 * that is too long for any message is split, and the list is not consistent.
 * Returns false if the message is full.
 */
static bool nf_alg_dump_bucket(struct sk_buff *skb, struct netlink_callback *cb,
			       struct rhashtable *table,
			       const struct bucket_table *buckets,
			       struct nf_alg_walk *walk, nf_alg_dump_fill *fill)
{
	void *mark = skb_tail_pointer(skb);
	bool first = !skb->len;
	struct nf_alg_walk_place place;
	void *object;
	long n = 0;

	nf_alg_walk_for_each(object, &place, table, buckets, walk) {
		if (n++ < cb->args[NF_ALG_DUMP_SKIP])
			continue;
		if (!fill(skb, cb, object))
			continue;
		if (!first) {
			nlmsg_trim(skb, mark);
		} else if (skb->len) {
			cb->args[NF_ALG_DUMP_SKIP] = n - 1;
			walk->restarts++;
		}
		return false;
	}
	cb->args[NF_ALG_DUMP_SKIP] = 0;
	return true;
}

static int nf_alg_dump_walk(struct sk_buff *skb, struct netlink_callback *cb,
			    struct rhashtable *table, nf_alg_dump_fill *fill)
{
	struct nf_alg_walk walk = {
		.slot = cb->args[NF_ALG_DUMP_SLOT],
		.size = cb->args[NF_ALG_DUMP_SIZE],
		.seed = cb->args[NF_ALG_DUMP_SEED],
		.restarts = cb->args[NF_ALG_DUMP_RESTARTS],
	};
	const struct bucket_table *buckets;
	u32 restarts = walk.restarts;

	rcu_read_lock();
	while ((buckets = nf_alg_walk_bucket(table, &walk))) {
		if (walk.restarts != restarts) {
			restarts = walk.restarts;
			cb->args[NF_ALG_DUMP_SKIP] = 0;
		}
		/* What follows says that the list was interrupted */
		cb->seq = restarts + 1;
		if (!nf_alg_dump_bucket(skb, cb, table, buckets, &walk, fill))
			break;
		nf_alg_walk_step(&walk);
	}
	rcu_read_unlock();
	cb->seq = walk.restarts + 1;
	cb->args[NF_ALG_DUMP_SLOT] = walk.slot;
	cb->args[NF_ALG_DUMP_SIZE] = walk.size;
	cb->args[NF_ALG_DUMP_SEED] = walk.seed;
	cb->args[NF_ALG_DUMP_RESTARTS] = walk.restarts;
	return skb->len;
}

static u32 nf_alg_seconds(unsigned long from, unsigned long to)
{
	return time_after(to, from) ? (to - from) / HZ : 0;
}

/* The key as text: a digest in hexadecimal */
static int nf_alg_put_key(struct sk_buff *skb, int type,
			  const struct nf_alg_call_key *key)
{
	char text[NF_ALG_CALL_KEY_MAX + 1];

	if (key->len > NF_ALG_CALL_KEY_MAX)
		snprintf(text, sizeof(text), "%*phN", NF_ALG_CALL_DIGEST,
			 key->bytes);
	else
		nf_alg_printable(text, sizeof(text), key->bytes, key->len);
	return nla_put_string(skb, type, text);
}

static const char *nf_alg_call_state_name(const struct nf_alg_call *call)
{
	if (call->state_text[0])
		return call->state_text;
	switch (call->state) {
	case NF_ALG_CALL_SETUP:
		return "setup";
	case NF_ALG_CALL_LIVE:
		return "live";
	default:
		return "ended";
	}
}

static int nf_alg_fill_call(struct sk_buff *skb, struct netlink_callback *cb,
			    void *object)
{
	struct nf_alg_call *call = object;
	const struct nf_alg_call_key *key = &call->key;
	void *head;
	int err;

	static_assert((int)NF_ALG_CALL == (int)NF_ALG_OWNER_CALL);
	static_assert((int)NF_ALG_REGISTRATION ==
		      (int)NF_ALG_OWNER_REGISTRATION);

	head = nf_alg_dump_begin(skb, cb, NF_ALG_CMD_CALL_GET);
	if (!head)
		return -EMSGSIZE;
	spin_lock_bh(&call->lock);
	err = nla_put_u8(skb, NF_ALG_A_CALL_KIND, key->kind) ||
	      nla_put_u32(skb, NF_ALG_A_CALL_PROTOCOL, key->protocol) ||
	      (key->zone && nla_put_u16(skb, NF_ALG_A_CALL_ZONE, key->zone)) ||
	      (key->vrf && nla_put_u32(skb, NF_ALG_A_CALL_VRF, key->vrf)) ||
	      nf_alg_put_endpoint(skb, NF_ALG_A_CALL_INSIDE_LOCAL,
				  &key->inside) ||
	      nf_alg_put_key(skb, NF_ALG_A_CALL_KEY, key) ||
	      nla_put_string(skb, NF_ALG_A_CALL_STATE,
			     nf_alg_call_state_name(call)) ||
	      (call->text[0] &&
	       nla_put_string(skb, NF_ALG_A_CALL_REMOTE, call->text)) ||
	      nla_put_u32(skb, NF_ALG_A_CALL_BINDINGS,
			  READ_ONCE(call->grip_count)) ||
	      nla_put_u32(skb, NF_ALG_A_CALL_AGE,
			  nf_alg_seconds(call->created, jiffies)) ||
	      nla_put_u32(skb, NF_ALG_A_CALL_EXPIRES,
			  nf_alg_seconds(jiffies, call->deadline));
	spin_unlock_bh(&call->lock);
	return nf_alg_dump_end(skb, head, err ? -EMSGSIZE : 0);
}

int nf_alg_dump_calls(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nf_alg_dump_walk(skb, cb, &nf_alg_dump_net(skb)->calls.table,
				nf_alg_fill_call);
}

/* What its owners together say about a binding */
static const char *nf_alg_binding_state(const struct nf_alg_binding *binding)
{
	bool pending = false, closed = false;
	const struct nf_alg_grip *grip;
	const char *state = "ending";

	if (binding->flags & NF_ALG_BIND_AWAY)
		return "outside";
	hlist_for_each_entry_rcu(grip, &binding->grips, node) {
		u16 flags = READ_ONCE(grip->flags);

		if (READ_ONCE(grip->expiring) && !READ_ONCE(grip->timed))
			continue;
		if (flags & NF_ALG_BIND_PENDING)
			pending = true;
		else if (flags & NF_ALG_BIND_CLOSED)
			closed = true;
		else
			return "open";
	}
	if (closed)
		state = "closed";
	if (pending)
		state = "pending";
	return state;
}

static int nf_alg_put_owner(struct sk_buff *skb,
			    const struct nf_alg_binding *binding)
{
	const struct nf_alg_grip *grip, *first = NULL;
	u32 uses = 0;

	hlist_for_each_entry_rcu(grip, &binding->grips, node) {
		/* One more remote of a claim that is counted */
		if (READ_ONCE(grip->flags) & NF_ALG_BIND_INWARD)
			continue;
		first = first ?: grip;
		uses++;
	}
	if (nla_put_u32(skb, NF_ALG_A_BINDING_USES, uses))
		return -EMSGSIZE;
	if (!first)
		return 0;
	/* With several owners it admits what any of them admits */
	if (uses == 1 &&
	    nf_alg_put_endpoint(skb, NF_ALG_A_BINDING_OUTSIDE_GLOBAL,
				&first->remote))
		return -EMSGSIZE;
	if (nla_put_u8(skb, NF_ALG_A_BINDING_OWNER, first->call->key.kind))
		return -EMSGSIZE;
	return nf_alg_put_key(skb, NF_ALG_A_BINDING_KEY, &first->call->key);
}

static int nf_alg_fill_binding(struct sk_buff *skb, struct netlink_callback *cb,
			       void *object)
{
	const struct nf_alg_binding *binding = object;
	struct nf_alg_endpoint peer = {};
	u32 now = jiffies;
	void *head;
	int err;

	peer.port = READ_ONCE(binding->peer_port);
	if (peer.port) {
		peer.family = binding->public.family;
		peer.addr = binding->peer_addr;
	}
	head = nf_alg_dump_begin(skb, cb, NF_ALG_CMD_BINDING_GET);
	if (!head)
		return -EMSGSIZE;
	err = nla_put_u32(skb, NF_ALG_A_BINDING_PROTOCOL, binding->protocol) ||
	      nla_put_u8(skb, NF_ALG_A_BINDING_TRANSPORT, binding->l4proto) ||
	      (binding->zone &&
	       nla_put_u16(skb, NF_ALG_A_BINDING_ZONE, binding->zone)) ||
	      (binding->vrf &&
	       nla_put_u32(skb, NF_ALG_A_BINDING_VRF, binding->vrf)) ||
	      nf_alg_put_endpoint(skb, NF_ALG_A_BINDING_INSIDE_LOCAL,
				  &binding->inside) ||
	      nf_alg_put_endpoint(skb, NF_ALG_A_BINDING_INSIDE_GLOBAL,
				  &binding->public) ||
	      nf_alg_put_endpoint(skb, NF_ALG_A_BINDING_PEER, &peer) ||
	      nla_put_u8(skb, NF_ALG_A_BINDING_DOOR,
			 !!(READ_ONCE(binding->flags) & NF_ALG_BIND_DOOR)) ||
	      nla_put_string(skb, NF_ALG_A_BINDING_STATE,
			     nf_alg_binding_state(binding)) ||
	      nla_put_u32(skb, NF_ALG_A_BINDING_AGE,
			  (now - binding->created) / HZ) ||
	      (peer.port &&
	       nla_put_u32(skb, NF_ALG_A_BINDING_IDLE,
			   (now - READ_ONCE(binding->used)) / HZ)) ||
	      nf_alg_put_owner(skb, binding);
	return nf_alg_dump_end(skb, head, err ? -EMSGSIZE : 0);
}

int nf_alg_dump_bindings(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nf_alg_dump_walk(skb, cb,
				&nf_alg_dump_net(skb)->bindings.public.ht,
				nf_alg_fill_binding);
}

/* Tunnels are their module's, which stays while they are listed */

int nf_alg_dump_tunnels_start(struct netlink_callback *cb)
{
	cb->args[NF_ALG_DUMP_PROTOCOL] =
		(long)nf_alg_protocol_get(NF_ALG_PROTOCOL_ESP);
	return 0;
}

static int nf_alg_fill_tunnel(struct sk_buff *skb, struct netlink_callback *cb,
			      void *object)
{
	const struct nf_alg_protocol *protocol =
		(void *)cb->args[NF_ALG_DUMP_PROTOCOL];
	void *head;

	head = nf_alg_dump_begin(skb, cb, NF_ALG_CMD_TUNNEL_GET);
	if (!head)
		return -EMSGSIZE;
	return nf_alg_dump_end(skb, head, protocol->fill(skb, object));
}

int nf_alg_dump_tunnels(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nf_alg_protocol *protocol =
		(void *)cb->args[NF_ALG_DUMP_PROTOCOL];

	if (!protocol)
		return 0;
	return nf_alg_dump_walk(skb, cb,
				protocol->tunnels(nf_alg_dump_net(skb)),
				nf_alg_fill_tunnel);
}

int nf_alg_dump_tunnels_done(struct netlink_callback *cb)
{
	const struct nf_alg_protocol *protocol =
		(void *)cb->args[NF_ALG_DUMP_PROTOCOL];

	if (protocol)
		module_put(protocol->owner);
	return 0;
}
