/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_MEDIA_H
#define NF_ALG_SIP_MEDIA_H

#include "netns.h"
#include "option.h"
#include "translate.h"

/* A session description with more media is left as it is */
#define SIP_MEDIA_MAX 32

/**
 * sip_media_translate() - translate the session description of a message
 * @t: translation
 *
 * Only application/sdp without an encoding, as the body or, with the option
 * allow-multipart, in a part of it. Each media whose address in force is the
 * sender's own, or that of a media server it may speak of, gets its ports bound;
 * it is left alone if it has candidates, runs on TCP, or has a port below 1024.
 *
 * Return: 0 or -reason. A description that cannot be understood makes the whole
 * message pass as it is; bodies of other types are counted where that matters.
 */
int sip_media_translate(struct sip_translation *t);

/* Does media come only from hosts that the far side names */
static inline bool sip_media_named_only(const struct sip_translation *t)
{
	return nf_alg_option(t->msg->session->an,
			     NF_ALG_OPTION_MEDIA_NAMED_ONLY);
}

#endif /* NF_ALG_SIP_MEDIA_H */
