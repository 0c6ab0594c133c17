// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints
 */
#include <linux/module.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

/* Protocol modules use this one */
EXPORT_TRACEPOINT_SYMBOL_GPL(nf_alg_translate);
