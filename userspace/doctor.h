/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_DOCTOR_H
#define NATCTL_DOCTOR_H

#include "words.h"

extern const char doctor_usage[];

int doctor_command(struct words *words);

#endif /* NATCTL_DOCTOR_H */
