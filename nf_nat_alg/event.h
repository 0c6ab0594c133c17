/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events for whoever listens: natctl monitor. Without a listener an event costs
 * one test of a bit; all functions may be called from any context and with any
 * lock of ours held.
 */
#ifndef NF_ALG_EVENT_H
#define NF_ALG_EVENT_H

#include "call.h"
#include "message.h"
#include "netlink.h"
#include "netns.h"
#include "reason.h"

/**
 * nf_alg_event_wanted() - does somebody listen in this namespace
 * @an: namespace
 *
 * Return: true if an event would reach somebody.
 */
static inline bool nf_alg_event_wanted(const struct nf_alg_net *an)
{
	return genl_has_listeners(&nf_alg_genl_family, an->net,
				  NF_ALG_MCGRP_EVENTS);
}

void __nf_alg_event_message(const struct nf_alg_message *msg);
void __nf_alg_event_binding(struct nf_alg_net *an, enum nf_alg_event event,
			    enum nf_alg_protocol_id protocol, u8 l4proto,
			    const struct nf_alg_endpoint *inside,
			    const struct nf_alg_endpoint *public);
void __nf_alg_event_call(struct nf_alg_net *an, enum nf_alg_event event,
			 enum nf_alg_protocol_id protocol,
			 enum nf_alg_call_kind kind,
			 const struct nf_alg_endpoint *inside, const void *key,
			 u32 len);
void __nf_alg_event_config(struct nf_alg_net *an, enum nf_alg_config what,
			   const char *name);

/**
 * struct nf_alg_event_spi - what happened to a tunnel
 * @event: NF_ALG_EVENT_TUNNEL_* or NF_ALG_EVENT_SPI_*
 * @protocol: NF_ALG_PROTOCOL_ESP or NF_ALG_PROTOCOL_IKE
 * @inside: the inside host, or NULL
 * @public: as the gateway sees it, or NULL
 * @gateway: the gateway, or NULL
 * @spi: network order, or 0
 * @evidence: of NF_ALG_EVENT_SPI_LEARNED and _MOVED
 * @reason: of NF_ALG_EVENT_SPI_DROPPED
 */
struct nf_alg_event_spi {
	enum nf_alg_event event;
	enum nf_alg_protocol_id protocol;
	const struct nf_alg_endpoint *inside;
	const struct nf_alg_endpoint *public;
	const struct nf_alg_endpoint *gateway;
	__be32 spi;
	enum nf_alg_evidence evidence;
	enum nf_alg_reason reason;
};

void __nf_alg_event_spi(struct nf_alg_net *an,
			const struct nf_alg_event_spi *what);

/**
 * nf_alg_event_message() - a message was translated
 * @msg: with its edits; its data are still the original bytes. A message
 *	without edits says nothing.
 */
static inline void nf_alg_event_message(const struct nf_alg_message *msg)
{
	if (msg->changes && nf_alg_event_wanted(msg->session->an))
		__nf_alg_event_message(msg);
}

/**
 * nf_alg_pass() - something passes untranslated: count it, and say so
 * @an: namespace
 * @session: the flow, or NULL if there is none
 * @reason: why
 */
void nf_alg_pass(struct nf_alg_net *an, const struct nf_alg_session *session,
		 enum nf_alg_reason reason);

/**
 * nf_alg_event_binding() - a binding or a door was taken or given back
 * @an: namespace
 * @event: NF_ALG_EVENT_BINDING_NEW, NF_ALG_EVENT_BINDING_END,
 *	NF_ALG_EVENT_DOOR_NEW or NF_ALG_EVENT_DOOR_END
 * @protocol: for whom
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @inside: inside endpoint
 * @public: public endpoint
 */
static inline void nf_alg_event_binding(struct nf_alg_net *an,
					enum nf_alg_event event,
					enum nf_alg_protocol_id protocol,
					u8 l4proto,
					const struct nf_alg_endpoint *inside,
					const struct nf_alg_endpoint *public)
{
	if (nf_alg_event_wanted(an))
		__nf_alg_event_binding(an, event, protocol, l4proto, inside,
				       public);
}

/**
 * nf_alg_event_call() - a call or registration began or ended
 * @an: namespace
 * @event: NF_ALG_EVENT_CALL_NEW or NF_ALG_EVENT_CALL_END
 * @protocol: whose
 * @kind: call or registration
 * @inside: the inside host
 * @key: the protocol's call identity, not terminated
 * @len: its length in bytes
 */
static inline void nf_alg_event_call(struct nf_alg_net *an,
				     enum nf_alg_event event,
				     enum nf_alg_protocol_id protocol,
				     enum nf_alg_call_kind kind,
				     const struct nf_alg_endpoint *inside,
				     const void *key, u32 len)
{
	if (nf_alg_event_wanted(an))
		__nf_alg_event_call(an, event, protocol, kind, inside, key,
				    len);
}

/**
 * nf_alg_event_config() - the configuration changed
 * @an: namespace
 * @what: which part
 * @name: of the service, access list or option; NULL: several
 */
static inline void nf_alg_event_config(struct nf_alg_net *an,
				       enum nf_alg_config what,
				       const char *name)
{
	if (nf_alg_event_wanted(an))
		__nf_alg_event_config(an, what, name);
}

#endif /* NF_ALG_EVENT_H */
