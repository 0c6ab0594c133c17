/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_EXPLAIN_H
#define NATCTL_EXPLAIN_H

#include "words.h"

extern const char explain_usage[];

int explain_command(struct words *words);

/* Print text in lines of the output's width, each behind @indent columns */
void print_wrapped(const char *text, unsigned int indent);

#endif /* NATCTL_EXPLAIN_H */
