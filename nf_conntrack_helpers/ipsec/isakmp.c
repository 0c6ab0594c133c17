// SPDX-License-Identifier: GPL-2.0
/*
 * The header of an ISAKMP message
 */
#include "isakmp.h"
#include "wire.h"

/* IKEv2's flags */
#define ISAKMP_INITIATOR 0x08
#define ISAKMP_RESPONSE 0x20

static bool ipsec_isakmp_cookie(struct nf_alg_cursor *c, u64 *cookie)
{
	u32 high, low;

	if (!ipsec_wire_u32(c, &high) || !ipsec_wire_u32(c, &low))
		return false;
	*cookie = (u64)high << 32 | low;
	return true;
}

bool ipsec_isakmp_parse(const u8 *data, u32 len, u32 whole,
			struct ipsec_isakmp *isakmp)
{
	struct nf_alg_cursor c;
	u32 word;

	nf_alg_cursor_init(&c, data, len);
	if (!ipsec_isakmp_cookie(&c, &isakmp->initiator) ||
	    !isakmp->initiator ||
	    !ipsec_isakmp_cookie(&c, &isakmp->responder) ||
	    !ipsec_wire_u32(&c, &word) ||
	    !ipsec_wire_u32(&c, &isakmp->message) ||
	    !ipsec_wire_u32(&c, &isakmp->length))
		return false;
	/* Next payload, version, exchange type, flags */
	isakmp->major = word >> 20 & 0xf;
	isakmp->exchange = word >> 8;
	isakmp->from_initiator = isakmp->major == 2 && word & ISAKMP_INITIATOR;
	isakmp->response = isakmp->major == 2 && word & ISAKMP_RESPONSE;
	return (isakmp->major == 1 || isakmp->major == 2) &&
	       isakmp->length >= IPSEC_ISAKMP_LEN && isakmp->length <= whole;
}

bool ipsec_isakmp_makes_sa(const struct ipsec_isakmp *isakmp)
{
	if (isakmp->major == 1)
		return isakmp->exchange == IPSEC_EXCHANGE_QUICK_MODE;
	return isakmp->exchange == IPSEC_EXCHANGE_IKE_AUTH ||
	       isakmp->exchange == IPSEC_EXCHANGE_CREATE_CHILD_SA;
}
