// SPDX-License-Identifier: GPL-2.0
/*
 * Registrations: the doors through which calls come in.
 */
#include <linux/err.h>
#include <linux/timekeeping.h>
#include "contact.h"
#include "door.h"
#include "name_addr.h"
#include "netns.h"
#include "peer.h"
#include "registration.h"
#include "transaction.h"

#define SIP_EXPIRES_DEFAULT 3600
/* Longer than registrars grant, and short enough for the engine's timers */
#define SIP_EXPIRES_MAX (6 * 86400)
#define SIP_EXPIRES_MARGIN 32
/* A REGISTER without an answer, and one that is tried again with credentials */
#define SIP_REGISTER_TIME 64
#define SIP_REGISTRATION_KEY_MAX 300
/* Contacts of one REGISTER, and those of one user that "*" takes away */
#define SIP_PORTS_MAX 20

/**
 * struct sip_port - an inside port that is registered
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @high: port, high byte
 * @low: port, low byte
 *
 * Bytes, because this is kept in a memory.
 */
struct sip_port {
	u8 l4proto;
	u8 high;
	u8 low;
};

/**
 * struct sip_register - one REGISTER, or its answer, on its way
 * @t: translation
 * @side: the inside host
 * @aor: To URI without parameters
 * @expires: value of Expires in seconds, or -1
 * @now: seconds since boot
 * @port: contacts that the request asks for
 * @ports: how many
 */
struct sip_register {
	struct sip_translation *t;
	const struct nf_alg_side *side;
	struct nf_alg_span aor;
	s32 expires;
	u32 now;
	struct sip_port port[SIP_PORTS_MAX];
	u32 ports;
};

static u16 sip_port_number(const struct sip_port *port)
{
	return port->high << 8 | port->low;
}

static struct sip_port sip_port(u8 l4proto, u16 number)
{
	struct sip_port port = {
		.l4proto = l4proto,
		.high = number >> 8,
		.low = number & 0xff,
	};

	return port;
}

/* Seconds; what is malformed means the default (RFC 3261 section 10.2) */
static s32 sip_expires_parse(const struct sip_translation *t,
			     const struct nf_alg_span *value)
{
	struct nf_alg_cursor c;
	s32 seconds;

	nf_alg_cursor_span(&c, &t->c, value);
	sip_skip_lws(&c);
	seconds = sip_number_parse(&c);
	sip_skip_lws(&c);
	if (seconds < 0 || nf_alg_cursor_left(&c))
		return SIP_EXPIRES_DEFAULT;
	return min(seconds, SIP_EXPIRES_MAX);
}

/* What a contact asks for or is granted; -1 where nothing is said */
static s32 sip_contact_expires(const struct sip_register *r,
			       const struct sip_name_addr *value)
{
	struct nf_alg_span expires;

	if (sip_param_find(&r->t->c, &value->params, "expires", 7, &expires))
		return sip_expires_parse(r->t, &expires);
	return r->expires;
}

static bool sip_register_parse(struct sip_register *r,
			       struct sip_translation *t)
{
	const struct nf_alg_span *expires = &t->head.single[SIP_HEADER_EXPIRES];
	struct sip_name_addr value;
	struct nf_alg_cursor c;
	struct sip_uri uri;

	r->t = t;
	r->side = t->head.line.request ? t->msg->from : t->msg->to;
	r->now = ktime_get_seconds();
	r->expires = expires->off ? sip_expires_parse(t, expires) : -1;
	r->ports = 0;
	nf_alg_cursor_span(&c, &t->c, &t->head.single[SIP_HEADER_TO]);
	if (sip_name_addr_next(&c, &value) <= 0)
		return false;
	nf_alg_cursor_span(&c, &t->c, &value.uri);
	if (!sip_uri_parse(&c, &uri))
		return false;
	r->aor = value.uri;
	if (uri.scheme != SIP_SCHEME_OTHER)
		r->aor.len = uri.params.off - value.uri.off;
	return r->aor.len + 16 <= SIP_REGISTRATION_KEY_MAX;
}

/* "sip:alice@example.com;udp:5060" */
static u32 sip_registration_key(const struct sip_register *r,
				const struct sip_port *port, u8 *key)
{
	u32 len = r->aor.len;

	memcpy(key, sip_text(r->t, &r->aor), len);
	memcpy(key + len, port->l4proto == IPPROTO_TCP ? ";tcp:" : ";udp:", 5);
	len += 5;
	return len + sip_number_print(key + len, sip_port_number(port));
}

static struct nf_alg_call *sip_registration_find(const struct sip_register *r,
						 const struct sip_port *port)
{
	u8 key[SIP_REGISTRATION_KEY_MAX];

	return nf_alg_call_find(r->t->msg, NF_ALG_REGISTRATION, &r->side->own,
				key, sip_registration_key(r, port, key));
}

static struct nf_alg_call *sip_registration_take(const struct sip_register *r,
						 const struct sip_port *port)
{
	u8 key[SIP_REGISTRATION_KEY_MAX];

	return nf_alg_call_take(r->t->msg, NF_ALG_REGISTRATION, &r->side->own,
				key, sip_registration_key(r, port, key));
}

static void sip_register_memory(const struct sip_register *r,
				enum sip_memory_kind kind,
				struct sip_memory_key *key)
{
	const struct sip_translation *t = r->t;

	sip_memory_key(key, t->msg->session, kind, &r->side->own, NULL,
		       t->msg->session->l4proto,
		       kind == SIP_MEMORY_REGISTER ?
			       sip_transaction(r->t) :
			       sip_hash(sip_text(t, &r->aor), r->aor.len));
}

static bool sip_port_listed(const struct sip_port *list, u32 n,
			    const struct sip_port *port)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (!memcmp(&list[i], port, sizeof(*port)))
			return true;
	return false;
}

static bool sip_active(const struct sip_register *r, u32 until)
{
	return until && (s32)(until - r->now) > 0;
}

/* Write down what a REGISTER asks for */
static int sip_register_ask(struct sip_register *r, struct nf_alg_call *call,
			    const struct sip_port *port, u32 wanted,
			    const struct nf_alg_endpoint *public, bool door)
{
	struct sip_registration *registration;
	bool active;

	if (!sip_port_listed(r->port, r->ports, port)) {
		if (r->ports == SIP_PORTS_MAX)
			return -NF_ALG_REASON_LIMIT_BINDINGS;
		r->port[r->ports++] = *port;
	}
	registration = nf_alg_call_lock(call);
	active = sip_active(r, registration->until);
	registration->pending = sip_transaction(r->t);
	registration->wanted = wanted;
	registration->door = door;
	registration->public = *public;
	nf_alg_call_unlock(call);
	if (!active) {
		nf_alg_call_extend(call, SIP_REGISTER_TIME);
		nf_alg_call_describe(call, "pending", sip_text(r->t, &r->aor),
				     r->aor.len);
	}
	return 0;
}

/* The public endpoint for a contact to be registered, with a door where one is
 * permitted. Returns 1 if there is one, 0 if it is left, or -reason.
 */
static int sip_register_enter(struct sip_register *r,
			      const struct sip_port *port, u32 wanted,
			      bool outbound, struct nf_alg_endpoint *public)
{
	struct nf_alg_message *msg = r->t->msg;
	u16 number = sip_port_number(port);
	bool flow = r->side->own.port == htons(number);
	struct sip_registration *registration;
	struct nf_alg_call *call;
	struct nf_alg_bind want;
	bool door, begun;
	int err;

	/* Without a door it is reached through the flow: that has this very
	 * port, or is a connection that can be used again
	 */
	door = sip_door_permitted(msg, port->l4proto, number) &&
	       !(outbound && flow && port->l4proto == IPPROTO_TCP);
	if (!door && !flow) {
		sip_count(r->t, NF_ALG_REASON_DOOR_PORT_DENIED);
		*public = r->side->seen;
		return port->l4proto == IPPROTO_TCP;
	}
	call = sip_registration_take(r, port);
	if (IS_ERR(call))
		return PTR_ERR(call);
	*public = r->side->seen;
	err = 0;
	if (door) {
		sip_door_want(msg, port->l4proto, number, &want);
		err = nf_alg_bind(msg, call, &want, public);
	}
	if (!err)
		err = sip_register_ask(r, call, port, wanted, public, door);
	if (err) {
		registration = nf_alg_call_lock(call);
		begun = !registration->pending && !registration->until;
		nf_alg_call_unlock(call);
		if (begun)
			nf_alg_call_end(call);
	}
	nf_alg_call_put(call);
	return err ?: 1;
}

/* A contact to be taken away is written as it was registered */
static int sip_register_leave(struct sip_register *r,
			      const struct sip_port *port,
			      struct nf_alg_endpoint *public)
{
	const struct nf_alg_session *session = r->t->msg->session;
	struct nf_alg_endpoint inside = r->side->own;
	struct sip_registration *registration;
	struct nf_alg_call *call;
	bool door;
	int err;

	call = sip_registration_find(r, port);
	if (call) {
		registration = nf_alg_call_lock(call);
		*public = registration->public;
		door = registration->door;
		nf_alg_call_unlock(call);
		if (!public->family)
			*public = r->side->seen;
		err = sip_register_ask(r, call, port, 0, public, door);
		nf_alg_call_put(call);
		return err ?: 1;
	}
	inside.port = htons(sip_port_number(port));
	if (nf_alg_bound_inside(session, port->l4proto, &inside, public))
		return 1;
	*public = r->side->seen;
	return inside.port == r->side->own.port || port->l4proto == IPPROTO_TCP;
}

/* Does the client keep its connection for what comes in (RFC 5626, RFC 5923) */
static bool sip_outbound(const struct sip_translation *t,
			 const struct sip_name_addr *value,
			 const struct sip_uri *uri)
{
	return t->via.alias ||
	       sip_param_find(&t->c, &uri->params, "ob", 2, NULL) ||
	       sip_param_find(&t->c, &value->params, "reg-id", 6, NULL) ||
	       sip_param_find(&t->c, &value->params, "+sip.instance", 13, NULL);
}

static int sip_register_contact(struct sip_register *r,
				const struct sip_name_addr *value)
{
	struct sip_translation *t = r->t;
	struct nf_alg_endpoint public, other;
	struct sip_port port;
	struct nf_alg_cursor c;
	struct sip_uri uri;
	s32 expires;
	u32 wanted;
	int err;

	nf_alg_cursor_span(&c, &t->c, &value->uri);
	if (!sip_uri_parse(&c, &uri))
		return -NF_ALG_REASON_MALFORMED;
	if (!sip_uri_of(t, &uri, &r->side->own)) {
		nf_alg_cursor_span(&c, &t->c, &uri.host);
		if (t->out && sip_uri_of(t, &uri, &r->side->seen))
			sip_uri_forget(t, &uri, SIP_MEMORY_CONTACT);
		else if (sip_address_parse(&c, &other))
			sip_count(t, NF_ALG_REASON_DOOR_OTHER_HOST);
		return 0;
	}
	port = sip_port(sip_uri_l4proto(t, &uri), sip_uri_port(&uri));
	if (port.l4proto != t->msg->session->l4proto)
		return 0;

	expires = sip_contact_expires(r, value);
	wanted = expires < 0 ? SIP_EXPIRES_DEFAULT : expires;
	err = wanted ? sip_register_enter(r, &port, wanted,
					  sip_outbound(t, value, &uri),
					  &public) :
		       sip_register_leave(r, &port, &public);
	if (err <= 0)
		return err;
	return sip_uri_translate(t, &uri, SIP_MEMORY_CONTACT, &public,
				 max_t(u32, wanted, SIP_EXPIRES_DEFAULT) +
					 SIP_EXPIRES_MARGIN);
}

/* "Contact: *" takes away all that this host has registered for the user */
static int sip_register_clear(struct sip_register *r)
{
	struct sip_port known[SIP_PORTS_MAX];
	struct nf_alg_endpoint public;
	struct sip_memory_key key;
	u32 n, i;
	int err;

	sip_register_memory(r, SIP_MEMORY_AOR, &key);
	n = sip_memory_find(&key, (u8 *)known, 0) / sizeof(*known);
	for (i = 0; i < n; i++) {
		err = sip_register_leave(r, &known[i], &public);
		if (err < 0)
			return err;
	}
	return 0;
}

/* Remember what this REGISTER asks for, and which ports the user has */
static int sip_register_remember(struct sip_register *r)
{
	struct sip_port known[SIP_PORTS_MAX], all[SIP_PORTS_MAX];
	struct sip_memory_key key;
	struct nf_alg_call *call;
	u32 n, total, i;
	int err;

	BUILD_BUG_ON(sizeof(all) > SIP_MEMORY_MAX);

	sip_register_memory(r, SIP_MEMORY_REGISTER, &key);
	err = sip_memory_keep(r->t->msg->session, &key, (u8 *)r->port,
			      r->ports * sizeof(*r->port), SIP_REGISTER_TIME,
			      NULL);
	if (err)
		return err;

	/* Newest first */
	sip_register_memory(r, SIP_MEMORY_AOR, &key);
	n = sip_memory_find(&key, (u8 *)known, 0) / sizeof(*known);
	memcpy(all, r->port, r->ports * sizeof(*all));
	total = r->ports;
	for (i = 0; i < n && total < SIP_PORTS_MAX; i++)
		if (!sip_port_listed(r->port, r->ports, &known[i]))
			all[total++] = known[i];
	err = sip_owner_keep(r->t, &key, (u8 *)all, total * sizeof(*all),
			     SIP_EXPIRES_MAX);
	if (err)
		return err;

	for (i = 0; i < r->ports; i++) {
		call = sip_registration_find(r, &r->port[i]);
		if (!call)
			continue;
		sip_owner_adopt(r->t, call);
		nf_alg_call_put(call);
	}
	return 0;
}

static int sip_register_request(struct sip_register *r)
{
	const struct sip_head *head = &r->t->head;
	struct sip_name_addr value;
	struct nf_alg_cursor c;
	int more, err;
	u32 i;

	for (i = 0; i < head->fields; i++) {
		if (head->field[i].name != SIP_HEADER_CONTACT)
			continue;
		nf_alg_cursor_span(&c, &r->t->c, &head->field[i].value);
		while ((more = sip_name_addr_next(&c, &value)) > 0) {
			if (!value.star)
				err = sip_register_contact(r, &value);
			else
				err = r->expires ? 0 : sip_register_clear(r);
			if (err)
				return err;
		}
		if (more < 0)
			return -NF_ALG_REASON_MALFORMED;
	}
	return r->ports ? sip_register_remember(r) : 0;
}

/**
 * struct sip_granted - contacts that a 2xx lists
 * @public: public port, network order
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @seconds: granted; -1: as asked for
 */
struct sip_granted {
	__be16 public;
	u8 l4proto;
	s32 seconds;
};

/* One contact of a 2xx. Returns 1 if it is the inside host's, 0 if it is not,
 * or -reason.
 */
static int sip_granted_contact(struct sip_register *r,
			       const struct sip_name_addr *value,
			       struct sip_granted *granted)
{
	struct sip_translation *t = r->t;
	struct nf_alg_cursor c;
	struct sip_uri uri;
	u32 seconds;
	int err;

	nf_alg_cursor_span(&c, &t->c, &value->uri);
	if (!sip_uri_parse(&c, &uri))
		return -NF_ALG_REASON_MALFORMED;
	if (!sip_uri_of(t, &uri, &r->side->seen))
		return 0;
	granted->seconds = sip_contact_expires(r, value);
	granted->public = htons(sip_uri_port(&uri));
	granted->l4proto = sip_uri_l4proto(t, &uri);
	if (!t->in)
		return 1;
	seconds = granted->seconds < 0 ? SIP_EXPIRES_DEFAULT : granted->seconds;
	err = sip_uri_restore(t, &uri, SIP_MEMORY_CONTACT,
			      seconds + SIP_EXPIRES_MARGIN);
	return err < 0 ? err : 1;
}

/* A provider may have several ways to the phone, and names them */
static void sip_register_peers(const struct sip_register *r,
			       struct nf_alg_call *call,
			       const struct nf_alg_endpoint *inside, u8 l4proto,
			       const struct sip_peers *peers)
{
	int err;
	u32 i;

	for (i = 0; i < peers->hosts; i++) {
		err = nf_alg_bind_admit(call, inside, l4proto, &peers->host[i]);
		if (err)
			sip_count(r->t, -err);
	}
}

/* What the registrar says of one contact that was asked for */
static void sip_register_granted(struct sip_register *r,
				 const struct sip_port *port,
				 const struct sip_granted *granted, u32 n,
				 const struct sip_peers *peers)
{
	struct nf_alg_endpoint inside = r->side->own;
	struct nf_alg_call *call = sip_registration_find(r, port);
	struct sip_registration *registration;
	bool answered, door;
	u32 seconds = 0, i;

	if (!call)
		return;
	registration = nf_alg_call_lock(call);
	answered = registration->pending == sip_transaction(r->t);
	for (i = 0; i < n; i++)
		if (granted[i].public == registration->public.port &&
		    granted[i].l4proto == port->l4proto)
			seconds = granted[i].seconds < 0 ?
					  registration->wanted :
					  granted[i].seconds;
	if (answered) {
		registration->pending = 0;
		registration->until =
			seconds ? r->now + seconds + SIP_EXPIRES_MARGIN : 0;
	}
	door = registration->door;
	nf_alg_call_unlock(call);

	if (answered && seconds) {
		inside.port = htons(sip_port_number(port));
		if (door) {
			nf_alg_bind_open(call, &inside, port->l4proto);
			sip_register_peers(r, call, &inside, port->l4proto,
					   peers);
		}
		nf_alg_call_commit(call);
		nf_alg_call_extend(call, seconds + SIP_EXPIRES_MARGIN);
		nf_alg_call_describe(call, "registered",
				     sip_text(r->t, &r->aor), r->aor.len);
	} else if (answered) {
		nf_alg_call_end(call);
	}
	nf_alg_call_put(call);
}

static int sip_register_response(struct sip_register *r)
{
	const struct sip_head *head = &r->t->head;
	struct sip_granted granted[SIP_PORTS_MAX];
	struct sip_peers peers = {};
	struct sip_memory_key key;
	struct sip_name_addr value;
	struct nf_alg_cursor c;
	u32 n = 0, i;
	int more, err;

	for (i = 0; i < head->fields; i++) {
		if (head->field[i].name != SIP_HEADER_CONTACT)
			continue;
		nf_alg_cursor_span(&c, &r->t->c, &head->field[i].value);
		while ((more = sip_name_addr_next(&c, &value)) > 0) {
			if (value.star)
				continue;
			if (n == SIP_PORTS_MAX)
				return -NF_ALG_REASON_LIMIT_EDITS;
			err = sip_granted_contact(r, &value, &granted[n]);
			if (err < 0)
				return err;
			n += err;
		}
		if (more < 0)
			return -NF_ALG_REASON_MALFORMED;
	}
	sip_register_memory(r, SIP_MEMORY_REGISTER, &key);
	r->ports = sip_memory_find(&key, (u8 *)r->port, 0) / sizeof(*r->port);
	if (nf_alg_option(r->t->msg->session->an,
			  NF_ALG_OPTION_REGISTRAR_ONLY)) {
		sip_peer_gather(r->t, SIP_HEADER_SERVICE_ROUTE, &peers);
		sip_peer_gather(r->t, SIP_HEADER_PATH, &peers);
	}
	for (i = 0; i < r->ports; i++)
		sip_register_granted(r, &r->port[i], granted, n, &peers);
	return 0;
}

int sip_registration_translate(struct sip_translation *t)
{
	u32 status = t->head.line.status;
	struct sip_register r;

	if (t->head.line.request ?
		    !t->msg->from->inside :
		    !t->msg->to->inside || status < 200 || status >= 300)
		return 0;
	if (!sip_register_parse(&r, t))
		return -NF_ALG_REASON_MALFORMED;
	return t->head.line.request ? sip_register_request(&r) :
				      sip_register_response(&r);
}
