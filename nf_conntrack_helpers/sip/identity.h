/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_IDENTITY_H
#define NF_ALG_SIP_IDENTITY_H

#include "translate.h"

/**
 * sip_identity_translate() - translate who somebody is
 * @t: translation
 *
 * From, To, Reply-To, Referred-By, P-Asserted-Identity and their like name
 * users, not ways to them, so they are left unless the option identities is
 * on. Then the sender's own address becomes its public one, without a port
 * where there was none and with the same where there was one, and comes back
 * exactly as it was.
 *
 * Return: 0 or -reason.
 */
int sip_identity_translate(struct sip_translation *t);

#endif /* NF_ALG_SIP_IDENTITY_H */
