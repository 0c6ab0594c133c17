// SPDX-License-Identifier: GPL-2.0
/*
 * The header of an ISAKMP message: the first two bytes say how long the whole
 * datagram is.
 *
 * sources: nf_conntrack_helpers/ipsec/isakmp.c
 */
#include <stdint.h>
#include <stdlib.h>
#include "engine_kernel.h"
#include "isakmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ipsec_isakmp isakmp;
	u32 whole;

	if (size < 2)
		return 0;
	whole = data[0] << 8 | data[1];
	if (!ipsec_isakmp_parse(data + 2, size - 2, whole, &isakmp))
		return 0;
	if (size - 2 < IPSEC_ISAKMP_LEN || !isakmp.initiator ||
	    isakmp.length > whole || isakmp.length < IPSEC_ISAKMP_LEN ||
	    (isakmp.major != 1 && isakmp.major != 2) ||
	    (isakmp.major == 1 && isakmp.response))
		abort();
	(void)ipsec_isakmp_makes_sa(&isakmp);
	return 0;
}
