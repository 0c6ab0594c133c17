/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_H323_MEDIA_H
#define NF_ALG_H323_MEDIA_H

#include "purpose.h"
#include "translate.h"

/**
 * h323_media_own() - bind where the sender receives media, and write it
 * @t: translation
 * @hit: where it stands
 * @purpose: H323_MEDIA, H323_MEDIA_CONTROL or H323_STREAM
 * @own: the endpoint
 *
 * Return: 0, or -reason as nf_alg_bind() and nf_alg_call_take().
 */
int h323_media_own(struct h323_translation *t, const struct h323_hit *hit,
		   enum h323_purpose purpose,
		   const struct nf_alg_endpoint *own);

/**
 * h323_media_effect() - a message of H.245 goes out: what does it mean
 * @t: translation
 * @message: the message
 */
void h323_media_effect(struct h323_translation *t,
		       const struct h323_message *message);

#endif /* NF_ALG_H323_MEDIA_H */
