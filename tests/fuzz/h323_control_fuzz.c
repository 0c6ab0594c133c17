// SPDX-License-Identifier: GPL-2.0
/*
 * H.245: TPKTs.
 *
 * sources: nf_conntrack_helpers/h323/tables.c nf_conntrack_helpers/h323/q931.c
 * sources: nf_conntrack_helpers/h323/name.c nf_conntrack_helpers/h323/per.c
 */
#include "h323_reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	h323_fuzz(h323_read_control, input, size);
	return 0;
}
