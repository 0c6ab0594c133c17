/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SEGMENT_H
#define NF_ALG_SEGMENT_H

#include <linux/skbuff.h>

/* No path is so narrow that a segment carries less, whatever ICMP says: an IPv4
 * host must take 576 bytes, but a forged error must not make us crawl.
 */
#define NF_ALG_SEGMENT_MIN 88

void nf_alg_segment_checksum(struct sk_buff *skb, unsigned int protoff);

#endif /* NF_ALG_SEGMENT_H */
