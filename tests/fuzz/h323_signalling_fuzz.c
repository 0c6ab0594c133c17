// SPDX-License-Identifier: GPL-2.0
/*
 * Call signalling: TPKTs with Q.931, and all that its PDU carries.
 *
 * sources: nf_conntrack_helpers/h323/tables.c nf_conntrack_helpers/h323/q931.c
 * sources: nf_conntrack_helpers/h323/name.c nf_conntrack_helpers/h323/per.c
 */
#include "h323_reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	h323_fuzz(h323_read_signalling, input, size);
	return 0;
}
