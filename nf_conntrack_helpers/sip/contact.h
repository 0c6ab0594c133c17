/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_CONTACT_H
#define NF_ALG_SIP_CONTACT_H

#include "translate.h"

/**
 * sip_uri_l4proto() - over what would a URI be reached
 * @t: translation
 * @uri: a sip: URI
 *
 * Return: IPPROTO_UDP, IPPROTO_TCP, the flow's own where nothing is said; 0 for
 * transports that are not translated.
 */
u8 sip_uri_l4proto(const struct sip_translation *t, const struct sip_uri *uri);

/**
 * sip_uri_port() - the port a URI means
 * @uri: a sip: URI
 *
 * Return: port, host order.
 */
static inline u16 sip_uri_port(const struct sip_uri *uri)
{
	return uri->port ?: SIP_PORT;
}

/**
 * sip_uri_of() - does a URI name a host by its address
 * @t: translation
 * @uri: URI
 * @host: the host; the port is not looked at
 *
 * sips: and maddr are left to those who know what they mean.
 *
 * Return: true if it does.
 */
bool sip_uri_of(const struct sip_translation *t, const struct sip_uri *uri,
		const struct nf_alg_endpoint *host);

/**
 * sip_uri_translate() - put the public address into the sender's URI
 * @t: translation
 * @uri: URI with the sender's own address
 * @kind: SIP_MEMORY_CONTACT or SIP_MEMORY_ROUTE
 * @public: what it is translated to
 * @seconds: how long the original is remembered
 *
 * Return: 0 or -reason.
 */
int sip_uri_translate(struct sip_translation *t, const struct sip_uri *uri,
		      enum sip_memory_kind kind,
		      const struct nf_alg_endpoint *public, u32 seconds);

/**
 * sip_uri_restore() - put the original text back into a URI
 * @t: translation
 * @uri: URI that may name the receiver by its public address
 * @kind: SIP_MEMORY_CONTACT or SIP_MEMORY_ROUTE
 * @seconds: how long the original is remembered from now on
 *
 * Return: 1 if it did; 0 if this text was not translated for the receiver; or
 * -reason.
 */
int sip_uri_restore(struct sip_translation *t, const struct sip_uri *uri,
		    enum sip_memory_kind kind, u32 seconds);

/**
 * sip_uri_forget() - the sender writes its public address by itself
 * @t: translation
 * @uri: URI with the sender's public address
 * @kind: SIP_MEMORY_CONTACT or SIP_MEMORY_ROUTE
 *
 * From now on it is not translated back: the client would not know it.
 */
void sip_uri_forget(struct sip_translation *t, const struct sip_uri *uri,
		    enum sip_memory_kind kind);

/**
 * sip_contact_translate() - translate all headers that say where to send
 * @t: translation
 *
 * Contact, Record-Route, Route, Path, Service-Route and the Request-URI, but
 * for Contact of REGISTER.
 *
 * Return: 0 or -reason.
 */
int sip_contact_translate(struct sip_translation *t);

#endif /* NF_ALG_SIP_CONTACT_H */
