/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_TEST_LINUX_STRING_H
#define NF_ALG_TEST_LINUX_STRING_H

#include <linux/types.h>
#include <string.h>
#include <strings.h>

#endif
