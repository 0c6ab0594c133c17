/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's names of types, for sources of its that natctl shares */
#ifndef NATCTL_KERNEL_TYPES_H
#define NATCTL_KERNEL_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

typedef __u16 u16;
typedef __u32 u32;

#endif /* NATCTL_KERNEL_TYPES_H */
