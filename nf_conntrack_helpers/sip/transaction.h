/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_TRANSACTION_H
#define NF_ALG_SIP_TRANSACTION_H

#include "translate.h"

/* 64*T1: nothing of a transaction comes later (RFC 3261 section 17) */
#define SIP_TRANSACTION_TIME 32

/* Until the final response; measured: an answer of 425 bytes in segments of 3,
 * of which 5 % are lost each way, took more than 32 s
 */
#define SIP_TRANSACTION_TIME_TCP 180

/**
 * sip_transaction() - which transaction a message belongs to
 * @t: translation
 *
 * Of Call-ID, CSeq number and the topmost branch, so that an answer can be told
 * from one that somebody made up.
 *
 * Return: keyed hash, never 0.
 */
u64 sip_transaction(struct sip_translation *t);

/**
 * sip_transaction_translate() - translate the topmost Via
 * @t: translation
 *
 * Of a request that leaves the inside: sent-by, if it is the sender's own and
 * there is neither rport nor maddr. Of the response: sent-by, received and
 * rport, if sent-by was translated in that request.
 *
 * Return: 0 or -reason.
 */
int sip_transaction_translate(struct sip_translation *t);

#endif /* NF_ALG_SIP_TRANSACTION_H */
