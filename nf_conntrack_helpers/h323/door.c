// SPDX-License-Identifier: GPL-2.0
/*
 * Doors: where the world may reach a listener of an inside host, and listeners
 * outside that an inside host is told of.
 */
#include <linux/err.h>
#include <linux/in.h>
#include "address.h"
#include "denied_port.h"
#include "door.h"
#include "h323_call.h"
#include "link.h"
#include "netns.h"
#include "port.h"
#include "registration.h"
#include "service.h"

static bool h323_bound(const struct h323_translation *t, u8 l4proto,
		       const struct nf_alg_endpoint *own,
		       struct nf_alg_endpoint *public)
{
	return own->port &&
	       nf_alg_bound_inside(t->msg->session, l4proto, own, public) &&
	       nf_alg_same_host(public, &t->msg->from->seen);
}

int h323_mention(struct h323_translation *t, const struct h323_hit *hit,
		 enum h323_purpose purpose, const struct nf_alg_endpoint *own)
{
	const struct nf_alg_session *session = t->msg->session;
	const struct nf_alg_side *from = t->msg->from;
	u8 l4proto = h323_purpose_l4proto(purpose);
	struct nf_alg_endpoint known;

	if (h323_bound(t, l4proto, own, &known) ||
	    h323_bound(t, h323_other_l4proto(l4proto), own, &known))
		return h323_endpoint_write(t, hit, &known);
	known = from->seen;
	if (l4proto != session->l4proto || own->port != from->own.port)
		known.port = own->port;
	return h323_endpoint_write(t, hit, &known);
}

static const struct h323_message *
h323_message_of(const struct h323_translation *t, const struct h323_hit *hit)
{
	return &t->reading->message[hit->message];
}

static bool h323_port_permitted(const struct h323_translation *t, u8 l4proto,
				__be16 port)
{
	struct nf_alg_net *an = t->msg->session->an;

	if (ntohs(port) < NF_ALG_PORT_LOWEST)
		return false;
	if (l4proto == IPPROTO_TCP &&
	    !nf_alg_option(an, NF_ALG_OPTION_TCP_DOORS))
		return false;
	return nf_alg_service_port(an, l4proto, port) ||
	       !nf_alg_port_denied(ntohs(port));
}

void h323_introduce(struct h323_translation *t)
{
	const struct nf_alg_session *session = t->msg->session;
	const struct nf_alg_side *callee = &session->side[IP_CT_DIR_REPLY];
	struct nf_alg_call *owner;

	owner = nf_alg_bound_call(session, IPPROTO_TCP, &callee->seen,
				  &t->msg->from->own);
	if (!owner)
		return;
	if (owner->key.kind == NF_ALG_REGISTRATION)
		t->session->introduced |= BIT(t->msg->dir);
	nf_alg_call_put(owner);
}

/* Who may come in: the other end of the signalling, or anybody */
static void h323_door_remote(const struct h323_translation *t,
			     struct nf_alg_bind *want, bool anybody)
{
	if (anybody ||
	    !nf_alg_option(t->msg->session->an, NF_ALG_OPTION_REGISTRAR_ONLY))
		return;
	want->remote = t->msg->to->own;
	want->remote.port = 0;
}

/* RAS: doors are the registration's */
static void h323_door_ras(struct h323_translation *t, u8 kind,
			  enum h323_purpose purpose, struct nf_alg_bind *want)
{
	bool listener = purpose == H323_LISTENER || purpose == H323_TARGET;

	h323_door_remote(t, want, purpose == H323_RAS_ANSWER);
	want->protocol = listener ? NF_ALG_PROTOCOL_H225 : NF_ALG_PROTOCOL_RAS;
	if (purpose == H323_RAS_ANSWER) {
		want->seconds = H323_DISCOVERY_TIME;
	} else if (kind == H323_RRQ) {
		want->seconds = H323_REGISTER_TIME;
		if (listener)
			want->flags |= NF_ALG_BIND_CLOSED;
	} else if (kind == H323_RCF) {
		want->seconds = t->seconds;
	} else {
		want->seconds = H323_GATEKEEPER_TIME;
	}
}

/* A door to a listener that has nothing to do with a call in progress is what
 * an attacker asks for. Return: 0 or -reason.
 */
static int h323_door_call(const struct h323_translation *t,
			  enum h323_purpose purpose, struct nf_alg_bind *want)
{
	const struct h323_session *session = t->session;

	if (!h323_call_begun(t))
		return -NF_ALG_REASON_BEFORE_SETUP;
	h323_door_remote(t, want,
			 purpose == H323_CONTROL_LISTENER &&
				 session->introduced & BIT(t->msg->dir));
	want->protocol = NF_ALG_PROTOCOL_H225;
	if (purpose == H323_CONTROL_LISTENER) {
		want->protocol = NF_ALG_PROTOCOL_H245;
		want->seconds = H323_CONNECT_TIME;
		want->flags |= NF_ALG_BIND_ONCE;
	} else if (purpose == H323_FORWARDING) {
		/* Only who was called may send the caller elsewhere */
		if (!(session->setup & BIT(!t->msg->dir)))
			return -NF_ALG_REASON_BEFORE_SETUP;
		want->remote = t->msg->to->own;
		want->remote.port = 0;
		want->seconds = H323_CONNECT_TIME;
		want->flags |= NF_ALG_BIND_ONCE;
	}
	return 0;
}

int h323_door(struct h323_translation *t, const struct h323_hit *hit,
	      enum h323_purpose purpose, const struct nf_alg_endpoint *own)
{
	const struct h323_message *message = h323_message_of(t, hit);
	struct nf_alg_bind want = {
		.inside = *own,
		.l4proto = h323_purpose_l4proto(purpose),
		.count = 1,
		.flags = NF_ALG_BIND_DOOR | NF_ALG_BIND_STAY,
	};
	struct nf_alg_endpoint public __uninitialized;
	struct nf_alg_call *owner;
	int err = 0;

	if (!h323_port_permitted(t, want.l4proto, own->port))
		err = -NF_ALG_REASON_DOOR_PORT_DENIED;
	else if (message->protocol == H323_RAS)
		h323_door_ras(t, message->kind, purpose, &want);
	else
		err = h323_door_call(t, purpose, &want);
	if (err) {
		/* What is open already may be spoken of */
		if (h323_bound(t, want.l4proto, own, &public))
			return h323_endpoint_write(t, hit, &public);
		nf_alg_reason_left(t->msg, -err);
		return 0;
	}

	owner = message->protocol == H323_RAS ?
			h323_registration_take(t, message, H323_SENDER) :
			h323_call_take(t, H323_SENDER);
	if (IS_ERR(owner))
		return PTR_ERR(owner);
	err = nf_alg_bind(t->msg, owner, &want, &public);
	if (err)
		return err;
	if (message->protocol == H323_RAS)
		h323_registration_listener(t, message, purpose, own);
	else if (purpose == H323_CONTROL_LISTENER)
		h323_call_expect_control(owner);
	/* A listener has a port */
	if (likely(hit->family == NFPROTO_IPV4))
		return h323_endpoint_write4(t, hit, public.addr.ip,
					    public.port);
	return h323_endpoint_write(t, hit, &public);
}

/* What will be spoken with a listener outside; returns false if nothing of ours
 * will be
 */
static bool h323_away_want(const struct h323_translation *t,
			   const struct h323_message *message,
			   enum h323_purpose purpose, struct nf_alg_bind *want)
{
	switch (purpose) {
	case H323_CONTROL_LISTENER:
		want->protocol = NF_ALG_PROTOCOL_H245;
		want->seconds = H323_CONNECT_TIME;
		return true;
	case H323_LISTENER:
	case H323_TARGET:
	case H323_FORWARDING:
		want->protocol = NF_ALG_PROTOCOL_H225;
		want->seconds = H323_CONNECT_TIME;
		break;
	case H323_RAS_LISTENER:
	case H323_GATEKEEPER:
		want->protocol = NF_ALG_PROTOCOL_RAS;
		want->seconds = H323_GATEKEEPER_TIME;
		break;
	default:
		return false;
	}
	if (message->protocol == H323_RAS &&
	    (message->kind == H323_RRQ || message->kind == H323_RCF))
		want->seconds = t->seconds;
	/* A service's port has its helper without being asked for */
	return !nf_alg_service_port(t->msg->session->an, want->l4proto,
				    want->inside.port);
}

void h323_door_away(struct h323_translation *t, const struct h323_hit *hit,
		    enum h323_purpose purpose,
		    const struct nf_alg_endpoint *far)
{
	const struct h323_message *message = h323_message_of(t, hit);
	const struct nf_alg_side *to = t->msg->to;
	struct nf_alg_bind want = {
		.inside = *far,
		.l4proto = h323_purpose_l4proto(purpose),
		.count = 1,
		.flags = NF_ALG_BIND_DOOR | NF_ALG_BIND_STAY | NF_ALG_BIND_AWAY,
	};
	struct nf_alg_endpoint public;
	struct nf_alg_call *owner;
	int err;

	if (nf_alg_same_host(far, &to->own) ||
	    nf_alg_same_host(far, &to->seen) ||
	    ntohs(far->port) < NF_ALG_PORT_LOWEST ||
	    !h323_away_want(t, message, purpose, &want))
		return;
	/* Nobody outside speaks of hosts inside, or behind other routers */
	if (!h323_same_device(t->msg->session, far, &t->msg->from->own)) {
		nf_alg_reason_left(t->msg, NF_ALG_REASON_DOOR_OTHER_HOST);
		return;
	}
	owner = message->protocol == H323_RAS ?
			h323_registration_take(t, message, H323_RECEIVER) :
			h323_call_take(t, H323_RECEIVER);
	err = IS_ERR(owner) ? PTR_ERR(owner) :
			      nf_alg_bind(t->msg, owner, &want, &public);
	if (err)
		nf_alg_reason_left(t->msg, -err);
	else if (message->protocol == H323_RAS)
		h323_registration_listener(t, message, purpose, far);
	else if (purpose == H323_CONTROL_LISTENER)
		h323_call_expect_control(owner);
}
