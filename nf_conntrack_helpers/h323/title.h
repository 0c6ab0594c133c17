/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_H323_TITLE_H
#define NF_ALG_H323_TITLE_H

#include <linux/types.h>

/* nf_alg_protocol.title of the three protocols: what the ASN.1, or Q.931, calls
 * the message, read from its first bytes alone
 */
const char *h323_title_ras(const u8 *data, u32 len);
const char *h323_title_signalling(const u8 *data, u32 len);
const char *h323_title_control(const u8 *data, u32 len);

#endif /* NF_ALG_H323_TITLE_H */
