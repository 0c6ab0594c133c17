/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_ACCESS_LIST_H
#define NATCTL_ACCESS_LIST_H

#include <linux/nf_nat_alg.h>
#include "channel.h"
#include "words.h"

/* A rule of an access list as it is configured */
struct rule {
	char list[NF_ALG_ACCESS_LIST_NAME_MAX + 1];
	uint32_t sequence; /* 0: behind the last one */
	uint8_t action;
	struct address address; /* AF_UNSPEC: any */
	struct address wildcard; /* bits that do not matter */
};

extern const char access_list_usage[];

/* Check and copy the name of a list: DONE or a complaint */
int access_list_name(const char *word,
		     char name[NF_ALG_ACCESS_LIST_NAME_MAX + 1]);

/* Read the words behind "access-list add" */
int rule_parse(struct words *words, struct rule *rule);

/* Send it with NF_ALG_CMD_ACCESS_LIST_ADD or _DELETE */
int rule_send(const struct rule *rule, uint8_t command, uint16_t flags);

/* The rule of a message of NF_ALG_CMD_ACCESS_LIST_GET */
void rule_read(const struct nlmsghdr *nlh, struct rule *rule);

/* The command that adds it, in a buffer that the next call overwrites */
const char *rule_text(const struct rule *rule);

/* Do both say the same about the same hosts? List and sequence do not count */
bool rule_equal(const struct rule *a, const struct rule *b);

int access_list_command(struct words *words);

#endif /* NATCTL_ACCESS_LIST_H */
