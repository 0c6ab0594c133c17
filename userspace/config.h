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
 * Open what apply is to read: the last word, a file or - for standard input.
 * @name: what messages call it. Returns DONE or an exit status that was
 * explained.
 */
int apply_open(struct words *words, FILE **file, const char **name);

#endif /* NATCTL_CONFIG_H */
