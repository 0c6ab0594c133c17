/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_MONITOR_H
#define NATCTL_MONITOR_H

#include "words.h"

extern const char monitor_usage[];

int monitor_command(struct words *words);

#endif /* NATCTL_MONITOR_H */
