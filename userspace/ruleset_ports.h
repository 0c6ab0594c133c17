/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_RULESET_PORTS_H
#define NATCTL_RULESET_PORTS_H

#include <stddef.h>
#include "ruleset.h"

/* Ports that a rule selects by, and those that it translates to */

/* Add a range of destination ports to those that the rule selects */
void ruleset_ports_add(struct ruleset_rule *rule, uint32_t low, uint32_t high);

/* Add the keys of an interval set: starts and ends in any order */
void ruleset_ports_intervals(struct ruleset_rule *rule, uint32_t *starts,
			     unsigned int start_count, uint32_t *ends,
			     unsigned int end_count);

/* Take the ports of a match or a target of xtables */
void ruleset_ports_match(struct ruleset_rule *rule, const char *name,
			 unsigned int revision, const void *info, size_t size);
void ruleset_ports_target(struct ruleset_rule *rule, const char *name,
			  const void *info, size_t size);

/* Where a port forward of datagrams and a range of ports meet: true with the
 * ports. A chain's ports are also those of the rules that lead to it.
 */
bool ruleset_ports_meet(const struct ruleset *ruleset,
			const struct ruleset_rule *rule, uint32_t low,
			uint32_t high, struct ruleset_range *met);

#endif /* NATCTL_RULESET_PORTS_H */
