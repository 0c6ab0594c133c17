// SPDX-License-Identifier: GPL-2.0
/*
 * Where later requests are to be sent: Contact, routes, Request-URI.
 */
#include "contact.h"
#include "dialog.h"
#include "door.h"
#include "name_addr.h"
#include "netns.h"

/* What is done to a header, by kind of message and side */
enum sip_action {
	SIP_LEAVE,
	SIP_TRANSLATE_CONTACT, /* sender's own: public */
	SIP_TRANSLATE_TARGET, /* the same where it says nothing of a dialog */
	SIP_TRANSLATE_ROUTE, /* the same for proxies */
	SIP_RESTORE_ROUTE, /* receiver's public: as it was */
	SIP_RESTORE_TOP_ROUTE, /* the first value only */
	SIP_RESTORE_CONTACT, /* receiver's public: as it was */
};

/**
 * struct sip_rule - what is done to a header
 * @request: in requests
 * @response: in responses
 * @request_in: in requests, where the receiver is inside
 * @response_in: in responses, where the receiver is inside
 */
struct sip_rule {
	u8 request;
	u8 response;
	u8 request_in;
	u8 response_in;
};

static const struct sip_rule sip_rules[__SIP_HEADER_MAX] = {
	[SIP_HEADER_CONTACT] = {
		.request = SIP_TRANSLATE_CONTACT,
		.response = SIP_TRANSLATE_CONTACT,
	},
	[SIP_HEADER_RECORD_ROUTE] = {
		.request = SIP_TRANSLATE_ROUTE,
		.response = SIP_TRANSLATE_ROUTE,
		.response_in = SIP_RESTORE_ROUTE,
	},
	[SIP_HEADER_ROUTE] = {
		.request_in = SIP_RESTORE_TOP_ROUTE,
	},
	[SIP_HEADER_PATH] = {
		.request = SIP_TRANSLATE_ROUTE,
		.response_in = SIP_RESTORE_ROUTE,
	},
	[SIP_HEADER_SERVICE_ROUTE] = {
		.response = SIP_TRANSLATE_ROUTE,
	},
	[SIP_HEADER_REFER_TO] = {
		.request = SIP_TRANSLATE_TARGET,
		.request_in = SIP_RESTORE_CONTACT,
	},
};

u8 sip_uri_l4proto(const struct sip_translation *t, const struct sip_uri *uri)
{
	switch (uri->transport) {
	case SIP_TRANSPORT_NONE:
		return t->msg->session->l4proto;
	case SIP_TRANSPORT_UDP:
		return IPPROTO_UDP;
	case SIP_TRANSPORT_TCP:
		return IPPROTO_TCP;
	case SIP_TRANSPORT_OTHER:
		break;
	}
	return 0;
}

bool sip_uri_of(const struct sip_translation *t, const struct sip_uri *uri,
		const struct nf_alg_endpoint *host)
{
	return uri->scheme == SIP_SCHEME_SIP &&
	       uri->transport != SIP_TRANSPORT_OTHER &&
	       sip_literal_of(t, &uri->host, host) &&
	       sip_maddr_of(t, &uri->maddr, host);
}

static void sip_uri_key(const struct sip_translation *t,
			const struct sip_uri *uri, enum sip_memory_kind kind,
			const struct nf_alg_endpoint *inside,
			const struct nf_alg_endpoint *public,
			struct sip_memory_key *key)
{
	sip_memory_key(key, t->msg->session, kind, inside, public,
		       sip_uri_l4proto(t, uri),
		       sip_name(sip_text(t, &uri->user), uri->user.len));
}

int sip_uri_translate(struct sip_translation *t, const struct sip_uri *uri,
		      enum sip_memory_kind kind,
		      const struct nf_alg_endpoint *public, u32 seconds)
{
	const struct nf_alg_endpoint *own = &t->msg->from->own;
	struct sip_memory_key key __uninitialized;
	u8 text[SIP_HOSTPORT_MAX] __uninitialized;
	int err;

	if (nf_alg_same_host(own, public) &&
	    sip_uri_port(uri) == ntohs(public->port))
		return 0;
	sip_uri_key(t, uri, kind, own, public, &key);
	err = sip_owner_keep(t, &key, sip_text(t, &uri->hostport),
			     uri->hostport.len, seconds);
	if (err)
		return err;
	err = sip_replace(t, &uri->hostport, text,
			  sip_public_print(t, text, public, uri->port));
	return err ?: sip_maddr_replace(t, &uri->maddr, &t->msg->from->seen);
}

int sip_uri_restore(struct sip_translation *t, const struct sip_uri *uri,
		    enum sip_memory_kind kind, u32 seconds)
{
	const struct nf_alg_side *to = t->msg->to;
	struct nf_alg_endpoint public = to->seen;
	struct sip_memory_key key __uninitialized;
	u8 text[SIP_MEMORY_MAX] __uninitialized;
	u32 len;
	int err;

	if (!sip_uri_of(t, uri, &to->seen))
		return 0;
	public.port = htons(sip_uri_port(uri));
	sip_uri_key(t, uri, kind, &to->own, &public, &key);
	len = sip_memory_find(&key, text, seconds);
	if (!len)
		return 0;
	err = sip_replace(t, &uri->hostport, text, len);
	if (!err)
		err = sip_maddr_replace(t, &uri->maddr, &to->own);
	return err ?: 1;
}

void sip_uri_forget(struct sip_translation *t, const struct sip_uri *uri,
		    enum sip_memory_kind kind)
{
	const struct nf_alg_side *from = t->msg->from;
	struct nf_alg_endpoint public = from->seen;
	struct sip_memory_key key __uninitialized;

	public.port = htons(sip_uri_port(uri));
	sip_uri_key(t, uri, kind, &from->own, &public, &key);
	sip_memory_fade(&key, 0);
}

static u32 sip_idle_time(const struct sip_translation *t)
{
	return nf_alg_option(t->msg->session->an, NF_ALG_OPTION_CALL_IDLE_TIME);
}

/* The public endpoint behind which the sender can be reached at its own URI.
 * Returns 1 if there is one, 0 if the URI is left, or -reason.
 */
static int sip_contact_public(struct sip_translation *t,
			      const struct sip_uri *uri,
			      struct nf_alg_endpoint *public, bool contact)
{
	const struct nf_alg_message *msg = t->msg;
	struct nf_alg_endpoint inside = msg->from->own;
	u8 l4proto = sip_uri_l4proto(t, uri);
	bool same = l4proto == msg->session->l4proto;
	struct nf_alg_bind want __uninitialized;
	int err;

	inside.port = htons(sip_uri_port(uri));
	if (same && inside.port == msg->from->own.port) {
		*public = msg->from->seen;
		/* A connection stays; a flow of UDP is forgotten in silence */
		if (contact && l4proto == IPPROTO_UDP)
			t->door = inside.port;
		return 1;
	}
	if (nf_alg_bound_inside(msg->session, l4proto, &inside, public) &&
	    nf_alg_same_host(public, &msg->from->seen)) {
		if (contact && same)
			t->door = inside.port;
		return 1;
	}
	if (!same)
		return 0;
	if (contact && (t->call[SIP_SENDER] || sip_dialog_begins(t)) &&
	    sip_door_permitted(msg, l4proto, sip_uri_port(uri))) {
		sip_door_want(msg, l4proto, sip_uri_port(uri), &want);
		want.flags |= NF_ALG_BIND_STAY;
		err = sip_dialog_bind(t, &want, public);
		if (!err)
			t->door = inside.port;
		return err ?: 1;
	}
	if (l4proto == IPPROTO_TCP) {
		/* No door, but the connection itself can be used again */
		*public = msg->from->seen;
		return 1;
	}
	sip_count(t, NF_ALG_REASON_DOOR_PORT_DENIED);
	return 0;
}

static int sip_value_out(struct sip_translation *t, const struct sip_uri *uri,
			 enum sip_memory_kind kind, bool contact)
{
	struct nf_alg_endpoint public __uninitialized;
	int err;

	if (!sip_uri_of(t, uri, &t->msg->from->own)) {
		if (t->out && sip_uri_of(t, uri, &t->msg->from->seen))
			sip_uri_forget(t, uri, kind);
		return 0;
	}
	err = sip_contact_public(t, uri, &public, contact);
	if (err <= 0)
		return err;
	return sip_uri_translate(t, uri, kind, &public, sip_idle_time(t));
}

static int sip_value_action(struct sip_translation *t,
			    const struct sip_uri *uri, u8 action)
{
	int err;

	switch (action) {
	case SIP_TRANSLATE_CONTACT:
		return sip_value_out(t, uri, SIP_MEMORY_CONTACT, true);
	case SIP_TRANSLATE_TARGET:
		return sip_value_out(t, uri, SIP_MEMORY_CONTACT, false);
	case SIP_TRANSLATE_ROUTE:
		return sip_value_out(t, uri, SIP_MEMORY_ROUTE, true);
	case SIP_RESTORE_ROUTE:
	case SIP_RESTORE_TOP_ROUTE:
		err = sip_uri_restore(t, uri, SIP_MEMORY_ROUTE,
				      sip_idle_time(t));
		return err < 0 ? err : 0;
	case SIP_RESTORE_CONTACT:
		err = sip_uri_restore(t, uri, SIP_MEMORY_CONTACT,
				      sip_idle_time(t));
		return err < 0 ? err : 0;
	}
	return 0;
}

/* All values of one header line. Malformed ones end the walk: what stands
 * behind them cannot be told.
 */
static int sip_field_translate(struct sip_translation *t,
			       const struct sip_field *field, u8 action)
{
	struct sip_name_addr value __uninitialized;
	struct nf_alg_cursor c, text;
	struct sip_uri uri __uninitialized;
	int more, err;

	nf_alg_cursor_span(&c, &t->c, &field->value);
	while ((more = sip_name_addr_next(&c, &value)) > 0) {
		if (value.star)
			continue;
		nf_alg_cursor_span(&text, &t->c, &value.uri);
		if (!sip_uri_parse(&text, &uri))
			return -NF_ALG_REASON_MALFORMED;
		err = sip_value_action(t, &uri, action);
		if (err)
			return err;
		if (action == SIP_RESTORE_TOP_ROUTE)
			return 0;
	}
	return more < 0 ? -NF_ALG_REASON_MALFORMED : 0;
}

static int sip_request_uri_restore(struct sip_translation *t)
{
	struct nf_alg_cursor c;
	struct sip_uri uri __uninitialized;
	int err;

	nf_alg_cursor_span(&c, &t->c, &t->head.line.uri);
	if (!sip_uri_parse(&c, &uri))
		return -NF_ALG_REASON_MALFORMED;
	err = sip_uri_restore(t, &uri, SIP_MEMORY_CONTACT, sip_idle_time(t));
	/* A strict router puts the next route there (RFC 3261 section 16.12) */
	if (!err)
		err = sip_uri_restore(t, &uri, SIP_MEMORY_ROUTE,
				      sip_idle_time(t));
	return err < 0 ? err : 0;
}

int sip_contact_translate(struct sip_translation *t)
{
	bool request = t->head.line.request, top = true;
	u32 i;
	int err;

	if (request && t->in) {
		err = sip_request_uri_restore(t);
		if (err)
			return err;
	}
	for (i = 0; i < t->head.fields; i++) {
		const struct sip_field *field = &t->head.field[i];
		const struct sip_rule *rule = &sip_rules[field->name];
		u8 action = request ? rule->request : rule->response;

		if (field->name == SIP_HEADER_CONTACT &&
		    t->head.method == SIP_METHOD_REGISTER)
			continue;
		if (t->msg->from->inside && action) {
			err = sip_field_translate(t, field, action);
			if (err)
				return err;
		}
		action = request ? rule->request_in : rule->response_in;
		if (action == SIP_RESTORE_TOP_ROUTE) {
			if (!top)
				continue;
			top = false;
		}
		if (t->in && action) {
			err = sip_field_translate(t, field, action);
			if (err)
				return err;
		}
	}
	return 0;
}
