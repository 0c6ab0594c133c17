/* SPDX-License-Identifier: GPL-2.0 */
#include "engine_kernel.h"
