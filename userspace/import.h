/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_IMPORT_H
#define NATCTL_IMPORT_H

#include "words.h"

extern const char import_usage[];

int import_command(struct words *words);

#endif /* NATCTL_IMPORT_H */
