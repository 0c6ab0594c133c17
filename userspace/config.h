/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_CONFIG_H
#define NATCTL_CONFIG_H

#include "words.h"

extern const char save_usage[];
extern const char apply_usage[];

int save_command(struct words *words);
int apply_command(struct words *words);

#endif /* NATCTL_CONFIG_H */
