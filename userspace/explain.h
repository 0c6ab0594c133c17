/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_EXPLAIN_H
#define NATCTL_EXPLAIN_H

#include "words.h"

extern const char explain_usage[];

int explain_command(struct words *words);

/* Print text in lines of at most @width columns: the first has @at of them
 * already, the others begin with @indent
 */
void print_wrapped(const char *text, unsigned int at, const char *indent,
		   unsigned int width);

#endif /* NATCTL_EXPLAIN_H */
