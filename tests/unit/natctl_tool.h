/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_TEST_NATCTL_TOOL_H
#define NF_ALG_TEST_NATCTL_TOOL_H

/* What natctl's sources take from natctl.c, for those that are tested alone */

#include <stdlib.h>
#include <string.h>
#include "../../userspace/natctl.h"

struct natctl natctl = { .width = 80 };

int complain(int status, const char *format, ...)
{
	return status;
}

void *grow(void *old, unsigned long size)
{
	void *new = realloc(old, size);

	if (!new)
		abort();
	return new;
}

char *copy_string(const char *text)
{
	return strcpy(grow(NULL, strlen(text) + 1), text);
}

#endif
