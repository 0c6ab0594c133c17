/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_STATE_H
#define NATCTL_STATE_H

#include "words.h"

/* natctl save --state and apply --state; the words behind that */
int state_save(struct words *words);
int state_apply(struct words *words);

#endif /* NATCTL_STATE_H */
