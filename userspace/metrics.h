/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_METRICS_H
#define NATCTL_METRICS_H

#include "words.h"

extern const char metrics_usage[];

int metrics_command(struct words *words);

#endif /* NATCTL_METRICS_H */
