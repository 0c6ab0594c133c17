/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_CONFIG_H
#define NATCTL_CONFIG_H

#include <stdio.h>
#include "words.h"

extern const char save_usage[];
extern const char apply_usage[];

int save_command(struct words *words);
int apply_command(struct words *words);

/*
 * A configuration that is made line by line, as apply reads a file. A line that
 * cannot stand in it is complained about; DONE otherwise.
 */
struct config *config_new(void);
int config_line(struct config *config, const char *line);
void config_delete(struct config *config);

/*
 * Open what @command is to read: the last word, a file or - for standard input.
 * @name: what messages call it. Returns DONE or an exit status that was
 * explained.
 */
int config_open(struct words *words, const char *command, FILE **file,
		const char **name);

#endif /* NATCTL_CONFIG_H */
