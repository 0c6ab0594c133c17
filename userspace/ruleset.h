/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_RULESET_H
#define NATCTL_RULESET_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The packet filter of the network namespace, as far as it matters to gateways:
 * nf_tables (iptables-nft too) by netlink, and the older iptables of IPv4.
 */

/* A chain */
struct ruleset_chain {
	int family;
	char *table;
	char *name;
	int hook; /* NF_INET_..., -1: none */
	bool nat; /* is of type nat */
	bool drops; /* by policy */
	bool legacy; /* iptables without nf_tables */
	uint32_t offset; /* there: its first rule */
	bool seen; /* while they are followed */
};

/* Ports, both included */
struct ruleset_range {
	uint32_t low;
	uint32_t high;
};

/* A rule: what it does, and how it selects */
struct ruleset_rule {
	unsigned int chain;
	int jump; /* to a chain, or -1 */
	uint32_t jump_offset; /* of older iptables, until it is a chain */
	bool translates; /* source addresses */
	bool accepts;
	bool drops;
	bool related; /* selects RELATED or what was DNATed */
	bool state; /* selects by state */
	bool bare; /* selects by nothing but interfaces */
	bool loopback;
	bool notrack;
	bool offload; /* to a flowtable */
	char *helper; /* gives flows this one, or NULL */
	uint64_t handle; /* in nf_tables */
	unsigned int number; /* in its chain, from 1 */
	bool forwards; /* translates destination addresses */
	bool tcp; /* selects TCP alone */
	struct ruleset_range *ports; /* destination ports it selects */
	unsigned int port_count;
	struct ruleset_range block; /* source ports it translates to, or 0 */
};

struct ruleset_helper {
	char *table;
	char *name;
	char *helper;
	int family;
};

struct ruleset {
	struct ruleset_chain *chains;
	unsigned int chain_count;
	struct ruleset_rule *rules;
	unsigned int rule_count;
	struct ruleset_helper *helpers; /* objects that rules name */
	unsigned int helper_count;
	unsigned int flowtables;
	bool flowtable_hardware;
	bool forbidden; /* it may not be read */
};

/* Read it; what the kernel does not have is empty */
void ruleset_load(struct ruleset *ruleset);

/*
 * A chain that packets to be forwarded go through, which drops what is RELATED:
 * by policy or by a rule for all, with no rule that accepts it. NULL: none.
 */
const struct ruleset_chain *ruleset_unrelated(struct ruleset *ruleset);

/* "rule in inet filter forward", in a buffer that the next call overwrites */
const char *ruleset_place(const struct ruleset_chain *chain);

/* Words that delete the rule, in a buffer that the next call overwrites */
const char *ruleset_deletion(const struct ruleset *ruleset,
			     const struct ruleset_rule *rule);

void ruleset_free(struct ruleset *ruleset);

#endif /* NATCTL_RULESET_H */
