/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_SHOW_H
#define NATCTL_SHOW_H

#include <stdbool.h>
#include "channel.h"
#include "table.h"
#include "words.h"

extern const char show_usage[];

int show_command(struct words *words);

/* The bindings as messages of NF_ALG_CMD_BINDING_GET */
extern const struct column binding_columns[];
extern const int binding_width;

/* Counters above zero, or all of them with @verbose */
int show_reasons(bool verbose, const char *json_key);

int show_limits(const char *json_key);

#endif /* NATCTL_SHOW_H */
