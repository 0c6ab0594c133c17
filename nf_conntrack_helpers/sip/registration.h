/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_REGISTRATION_H
#define NF_ALG_SIP_REGISTRATION_H

#include "owner.h"
#include "translate.h"

/**
 * struct sip_registration - the module's part of a registration
 * @owner: the texts it holds
 * @public: what the contact was translated to
 * @pending: transaction of the REGISTER that asks for it, or 0
 * @until: seconds since boot until which it is registered; 0: it is not
 * @wanted: seconds that the REGISTER asks for; 0: to be taken away
 * @door: there is a door; else it is reached through the flow
 *
 * One contact of one inside host for one address-of-record. Under the call's
 * lock.
 */
struct sip_registration {
	struct sip_owner owner;
	struct nf_alg_endpoint public;
	u64 pending;
	u32 until;
	u32 wanted;
	bool door;
};

/**
 * sip_registration_translate() - translate the contacts of REGISTER
 * @t: translation
 *
 * A request of the inside host: each own Contact gets a door, which stays
 * closed. The registrar's 2xx to it: contacts get their original text, doors of
 * those it lists are opened for as long as it grants, and what it does not list
 * any more goes. Every other answer changes nothing.
 *
 * Return: 0 or -reason.
 */
int sip_registration_translate(struct sip_translation *t);

#endif /* NF_ALG_SIP_REGISTRATION_H */
