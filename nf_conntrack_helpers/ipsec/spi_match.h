/* SPDX-License-Identifier: GPL-2.0 */
#ifndef IPSEC_SPI_MATCH_H
#define IPSEC_SPI_MATCH_H

#include <linux/types.h>
#include <linux/nf_nat_alg.h>

/**
 * struct ipsec_predicate - how the SPIs of a pair of SAs belong together
 * @name: what it is called; Documentation/ipsec.md says it byte by byte
 * @hash: 16 bits of the initiator's SPI (host order)
 * @half: the 16 bits of the responder's SPI (host order) that must equal them
 *
 * The responder, who has been told the initiator's SPI, chooses its own so that
 * @half of it is @hash of the initiator's. The other half is free.
 */
struct ipsec_predicate {
	const char *name;
	u16 (*hash)(u32 initiator);
	u16 (*half)(u32 responder);
};

/* By enum nf_alg_predicate, from NF_ALG_PREDICATE_CRC16 on */
extern const struct ipsec_predicate ipsec_predicates[__NF_ALG_PREDICATE_MAX];

#endif /* IPSEC_SPI_MATCH_H */
