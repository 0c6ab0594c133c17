/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_ACCESS_LIST_H
#define NF_ALG_ACCESS_LIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/nf_nat_alg.h>
#include "endpoint.h"

struct nf_alg_net;

/**
 * struct nf_alg_rule - a rule of an access list
 * @sequence: its number; rules are in ascending order
 * @action: permit or deny
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6; 0: any host
 * @address: the host or network; bits under the wildcard are zero
 * @wildcard: bits that do not matter
 */
struct nf_alg_rule {
	u32 sequence;
	u8 action;
	u8 family;
	union nf_inet_addr address;
	union nf_inet_addr wildcard;
};

/**
 * struct nf_alg_rules - the rules of an access list, replaced as a whole
 * @rcu: freed after a grace period
 * @count: how many, at least one
 * @rule: the rules
 */
struct nf_alg_rules {
	struct rcu_head rcu;
	u32 count;
	struct nf_alg_rule rule[];
};

/**
 * struct nf_alg_access_list - who may use a service
 * @node: in nf_alg_net.access_lists, sorted; under nf_alg_net.config
 * @rules: NULL while it has none; read under RCU
 * @users: services that name it; under nf_alg_net.config
 * @rcu: freed after a grace period
 * @name: a word or a number
 *
 * Lives while it has rules or users.
 */
struct nf_alg_access_list {
	struct list_head node;
	struct nf_alg_rules __rcu *rules;
	u32 users;
	struct rcu_head rcu;
	char name[NF_ALG_ACCESS_LIST_NAME_MAX + 1];
};

/**
 * nf_alg_access_list_permits() - may this inside host use a service
 * @list: access list, or NULL: everybody may; read under RCU
 * @host: the inside host; the port is not looked at
 *
 * First match wins, no match denies. A service whose list does not exist
 * (any more) permits nobody.
 *
 * Return: true if permitted.
 */
bool nf_alg_access_list_permits(const struct nf_alg_access_list *list,
				const struct nf_alg_endpoint *host);

/**
 * nf_alg_access_list_name_valid() - may a list be called so
 * @name: terminated; any bytes
 *
 * Return: true for 1 to NF_ALG_ACCESS_LIST_NAME_MAX letters, digits, '.', '_'
 * or '-'.
 */
bool nf_alg_access_list_name_valid(const char *name);

/* The rest is configuration: the caller holds nf_alg_net.config */

/**
 * nf_alg_access_list_find() - find a list
 * @an: namespace
 * @name: its name
 *
 * Return: the list, which may have no rules, or NULL.
 */
struct nf_alg_access_list *nf_alg_access_list_find(struct nf_alg_net *an,
						   const char *name);

/**
 * nf_alg_access_list_use() - a service names a list
 * @an: namespace
 * @name: the list; it comes to be if it does not exist
 *
 * Return: the list; or ERR_PTR() of -ENOMEM, or -ENOSPC if there are too many.
 */
struct nf_alg_access_list *nf_alg_access_list_use(struct nf_alg_net *an,
						  const char *name);

/* A service does not name it any more; NULL is allowed */
void nf_alg_access_list_unuse(struct nf_alg_access_list *list);

/**
 * nf_alg_access_list_add() - add a rule
 * @an: namespace
 * @name: the list; it comes to be if it does not exist
 * @rule: the rule; sequence 0 puts it last, ten after the last one
 * @replace: put it in place of the one with its sequence number, if any, and
 *	do not look for equal ones: they may be about to go
 *
 * Return: 0; -EEXIST if the sequence number is taken; -EALREADY if an equal
 * rule is in the list; -E2BIG if the list is full; -ENOSPC if there are too
 * many lists; -ERANGE if there is no number after the last; -ENOMEM.
 */
int nf_alg_access_list_add(struct nf_alg_net *an, const char *name,
			   const struct nf_alg_rule *rule, bool replace);

/**
 * nf_alg_access_list_delete() - delete a rule or a whole list
 * @an: namespace
 * @name: the list
 * @sequence: which rule; 0: all of them
 *
 * Return: 0; -ENOENT if there is no such list; -ESRCH if there is no such rule;
 * -ENOMEM.
 */
int nf_alg_access_list_delete(struct nf_alg_net *an, const char *name,
			      u32 sequence);

/**
 * nf_alg_access_list_resequence() - number rules anew
 * @an: namespace
 * @name: the list
 * @start: first number, not 0
 * @step: distance, not 0
 *
 * Return: 0; -ENOENT if there is no such list; -ERANGE if the last number would
 * be too high; -ENOMEM.
 */
int nf_alg_access_list_resequence(struct nf_alg_net *an, const char *name,
				  u32 start, u32 step);

#endif /* NF_ALG_ACCESS_LIST_H */
