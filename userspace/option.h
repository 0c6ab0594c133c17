/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_OPTION_H
#define NATCTL_OPTION_H

#include <linux/nf_nat_alg.h>
#include "channel.h"
#include "words.h"

/* Values of options; which of them are meant; the access lists of some */
struct settings {
	bool set[__NF_ALG_OPTION_MAX];
	uint32_t value[__NF_ALG_OPTION_MAX];
	char list[__NF_ALG_OPTION_MAX][NF_ALG_ACCESS_LIST_NAME_MAX + 1];
};

extern const char option_usage[];

/* Read the words behind "set" */
int settings_parse(struct words *words, struct settings *settings);

/* Send them, all or none */
int settings_send(const struct settings *settings);

/* The options of the running configuration */
int settings_load(struct settings *settings);

/* Print those that are not at their defaults as commands */
void settings_print(const struct settings *settings);

/* The command that sets an option to its value; for the ports of media, which
 * are two, only the first of both has one. NULL: none. In a buffer that the next
 * call overwrites.
 */
const char *setting_text(const struct settings *settings, int option);

/* An option's default as natctl knows it */
uint32_t option_default(int option);

int option_command(struct words *words);

#endif /* NATCTL_OPTION_H */
