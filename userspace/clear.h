/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_CLEAR_H
#define NATCTL_CLEAR_H

#include "words.h"

extern const char clear_usage[];

int clear_command(struct words *words);

#endif /* NATCTL_CLEAR_H */
