/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_TRANSLATION_H
#define NATCTL_TRANSLATION_H

#include "words.h"

/* Read the words behind "show translations", and show them */
int show_translations(struct words *words);

#endif /* NATCTL_TRANSLATION_H */
