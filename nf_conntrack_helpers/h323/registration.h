/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_H323_REGISTRATION_H
#define NF_ALG_H323_REGISTRATION_H

#include "purpose.h"
#include "translate.h"

/* Endpoints that one RAS address registers */
#define H323_ENDPOINTS_MAX 8

/**
 * struct h323_endpoint - an endpoint that is registered, or wants to be
 * @id: hash of its endpointIdentifier; 0: not known
 * @asked: time to live in its RRQ, in seconds; 0: none
 * @sequence: of the request that waits for its answer
 * @waiting: enum h323_ras of that request, or H323_UNKNOWN
 * @live: it is registered
 * @endless: without a time to live
 * @additive: what it registers adds to what it had
 * @listeners: how many of @listener there are
 * @replaced: how many of @before there are
 * @listener: ports of its call signalling
 * @before: those of the registration that the RRQ would replace
 */
struct h323_endpoint {
	u32 id;
	u32 asked;
	u16 sequence;
	u8 waiting;
	bool live;
	bool endless;
	bool additive;
	u8 listeners;
	u8 replaced;
	__be16 listener[H323_LISTENERS_MAX];
	__be16 before[H323_LISTENERS_MAX];
};

/**
 * struct h323_registration - the module's part of a registration: all endpoints
 *	of a RAS address
 * @until: when the last of them expires, in seconds since boot
 * @ras: port of the RAS address
 * @gatekeeper: port of the call signalling of an inside gatekeeper, or 0
 * @endpoints: how many of @endpoint there are
 * @endpoint: the endpoints
 *
 * Of an inside endpoint it holds the doors to it; of an inside gatekeeper the
 * gatekeeper's own, and the listeners outside. Under the call's lock.
 */
struct h323_registration {
	u32 until;
	__be16 ras;
	__be16 gatekeeper;
	u8 endpoints;
	struct h323_endpoint endpoint[H323_ENDPOINTS_MAX];
};

/**
 * h323_registration_begin() - a message of RAS is about to be translated
 * @t: translation
 * @message: the message
 *
 * Sets @t->seconds.
 */
void h323_registration_begin(struct h323_translation *t,
			     const struct h323_message *message);

/**
 * h323_registration_take() - whose doors are those of a message of RAS
 * @t: translation
 * @message: the message
 * @role: whose; that side is inside
 *
 * Return: the registration, which h323_registrations_put() puts, or an
 * ERR_PTR(-reason).
 */
struct nf_alg_call *h323_registration_take(struct h323_translation *t,
					   const struct h323_message *message,
					   enum h323_role role);

/**
 * h323_registration_listener() - a door was taken for a listener
 * @t: translation
 * @message: the message that names it
 * @purpose: which listener
 * @endpoint: where it is
 */
void h323_registration_listener(struct h323_translation *t,
				const struct h323_message *message,
				enum h323_purpose purpose,
				const struct nf_alg_endpoint *endpoint);

/**
 * h323_registration_effect() - a message of RAS goes out: what does it mean
 * @t: translation
 * @message: the message
 */
void h323_registration_effect(struct h323_translation *t,
			      const struct h323_message *message);

/**
 * h323_registrations_put() - done with the registrations of a message
 * @t: translation
 */
void h323_registrations_put(struct h323_translation *t);

#endif /* NF_ALG_H323_REGISTRATION_H */
