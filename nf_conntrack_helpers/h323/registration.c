// SPDX-License-Identifier: GPL-2.0
/*
 * Registrations: the doors through which calls come in, and for how long.
 *
 * All that one RAS address registers is one registration of the engine's, so
 * that a lightweight RegistrationRequest, which names nothing but its endpoint,
 * is found again when its UDP mapping is long gone.
 */
#include <linux/err.h>
#include <linux/in.h>
#include <linux/timekeeping.h>
#include "address.h"
#include "door.h"
#include "h323_call.h"
#include "netns.h"
#include "registration.h"

/* Longer than gatekeepers grant, and short enough for the engine's timers */
#define H323_TTL_MAX (6 * 86400)
#define H323_TTL_DEFAULT 300
/* An endpoint that renews in time may have to ask three times, 3 s apart */
#define H323_TTL_GRACE 10
/* A registration that is asked for, or only discovery, and not confirmed */
#define H323_REGISTRATION_WAIT 64

/* Who is the endpoint, and who its gatekeeper: which side sends this message */
static enum h323_role h323_endpoint_role(u8 kind)
{
	switch (kind) {
	case H323_GCF:
	case H323_GRJ:
	case H323_RCF:
	case H323_RRJ:
	case H323_ACF:
	case H323_ARJ:
	case H323_ACS:
	case H323_LCF:
	case H323_LRJ:
	case H323_IRQ:
	case H323_RAC:
	case H323_IACK:
	case H323_INAK:
	case H323_SCI:
		return H323_RECEIVER;
	default:
		return H323_SENDER;
	}
}

/* Requests and answers that go either way */
static bool h323_role_open(u8 kind)
{
	switch (kind) {
	case H323_URQ:
	case H323_UCF:
	case H323_URJ:
		return true;
	default:
		return false;
	}
}

static u32 h323_direction(const struct h323_translation *t, enum h323_role role)
{
	return role == H323_SENDER ? t->msg->dir : !t->msg->dir;
}

/* A registration is known by the endpoint's RAS address */
static void h323_registration_key(const struct h323_translation *t,
				  enum h323_role endpoint, struct h323_key *key)
{
	struct nf_alg_endpoint ras = h323_side(t, endpoint)->own;
	__be16 port = t->session->ras[h323_direction(t, endpoint)];

	if (port)
		ras.port = port;
	memcpy(key->text, "ras ", 4);
	key->len = 4 + h323_endpoint_print((char *)key->text + 4, &ras);
}

static struct nf_alg_call *h323_registration_find(struct h323_translation *t,
						  enum h323_role endpoint,
						  enum h323_role role)
{
	const struct nf_alg_side *side = h323_side(t, role);
	struct h323_key key;

	if (t->registration[role])
		return t->registration[role];
	if (!side->inside)
		return NULL;
	h323_registration_key(t, endpoint, &key);
	t->registration[role] = nf_alg_call_find(t->msg, NF_ALG_REGISTRATION,
						 &side->own, key.text, key.len);
	return t->registration[role];
}

struct nf_alg_call *h323_registration_take(struct h323_translation *t,
					   const struct h323_message *message,
					   enum h323_role role)
{
	enum h323_role endpoint = h323_endpoint_role(message->kind);
	const struct nf_alg_side *side = h323_side(t, role);
	char text[H323_ENDPOINT_TEXT];
	struct h323_key key;
	struct nf_alg_call *call;

	call = h323_registration_find(t, endpoint, role);
	if (call && READ_ONCE(call->state) < NF_ALG_CALL_ENDED)
		return call;
	h323_registration_key(t, endpoint, &key);
	call = nf_alg_call_take(t->msg, NF_ALG_REGISTRATION, &side->own,
				key.text, key.len);
	if (IS_ERR(call))
		return call;
	if (t->registration[role])
		nf_alg_call_put(t->registration[role]);
	t->registration[role] = call;
	nf_alg_call_extend(call, H323_REGISTRATION_WAIT);
	nf_alg_call_describe(call, "pending", text,
			     h323_endpoint_print(text,
						 &h323_side(t, !role)->seen));
	return call;
}

void h323_registrations_put(struct h323_translation *t)
{
	u32 role;

	for (role = 0; role < H323_ROLES; role++) {
		if (t->registration[role])
			nf_alg_call_put(t->registration[role]);
		t->registration[role] = NULL;
	}
}

static u32 h323_ttl(const struct nf_alg_net *an, u32 asked)
{
	u32 seconds = asked;

	if (!seconds)
		return nf_alg_option(an, NF_ALG_OPTION_CALL_IDLE_TIME);
	seconds = min_t(u32, seconds, H323_TTL_MAX);
	return seconds + max_t(u32, seconds / 10, H323_TTL_GRACE);
}

/* Nobody chooses these for others: an endpoint can only confuse itself */
static u32 h323_identifier(const struct h323_translation *t,
			   const struct nf_alg_span *span)
{
	const u8 *byte = t->msg->data + span->off;
	u32 hash = 2166136261U, i;

	for (i = 0; i < span->len; i++)
		hash = (hash ^ byte[i]) * 16777619U;
	return span->len ? hash | 1 : 0;
}

static bool h323_listener_in(const __be16 *list, u32 n, __be16 port)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (list[i] == port)
			return true;
	return false;
}

static void h323_listener_add(__be16 *list, u8 *n, __be16 port)
{
	if (*n < H323_LISTENERS_MAX && !h323_listener_in(list, *n, port))
		list[(*n)++] = port;
}

void h323_registration_listener(struct h323_translation *t,
				const struct h323_message *message,
				enum h323_purpose purpose,
				const struct nf_alg_endpoint *endpoint)
{
	struct h323_registration *own;

	if (!nf_alg_same_host(endpoint, &t->msg->from->own))
		return;
	if (message->kind == H323_RRQ) {
		if (purpose == H323_LISTENER)
			h323_listener_add(t->listener, &t->listeners,
					  endpoint->port);
		else if (purpose == H323_RAS_LISTENER && !t->ras)
			t->ras = endpoint->port;
	} else if (message->kind == H323_RCF && purpose == H323_LISTENER &&
		   t->registration[H323_SENDER]) {
		own = nf_alg_call_lock(t->registration[H323_SENDER]);
		own->gatekeeper = endpoint->port;
		nf_alg_call_unlock(t->registration[H323_SENDER]);
	}
}

static struct h323_endpoint *
h323_endpoint_waiting(struct h323_registration *own, u8 request, u16 sequence)
{
	struct h323_endpoint *e;

	for (e = own->endpoint; e < own->endpoint + own->endpoints; e++)
		if (e->waiting == request && e->sequence == sequence)
			return e;
	return NULL;
}

/* How long what RegistrationConfirm speaks of lasts */
static u32 h323_granted(struct h323_translation *t,
			const struct h323_message *message)
{
	struct nf_alg_net *an = t->msg->session->an;
	struct h323_registration *own;
	struct h323_endpoint *e;
	struct nf_alg_call *call;
	u32 role, asked = 0;

	if (message->has & H323_HAS_TIME_TO_LIVE)
		return h323_ttl(an, message->time_to_live);
	for (role = 0; role < H323_ROLES && !asked; role++) {
		call = h323_registration_find(t, H323_RECEIVER, role);
		if (!call)
			continue;
		own = nf_alg_call_lock(call);
		e = h323_endpoint_waiting(own, H323_RRQ, message->sequence);
		asked = e ? e->asked : 0;
		nf_alg_call_unlock(call);
	}
	return h323_ttl(an, asked);
}

/* Where is the endpoint's RAS: it need not send from there. An address that
 * comes later in the list is another way to the same.
 */
static void h323_ras_port(struct h323_translation *t,
			  const struct h323_message *message)
{
	const struct h323_reading *r = t->reading;
	struct nf_alg_endpoint ras;
	u32 i;

	for (i = 0; i < r->hits; i++) {
		const struct h323_hit *hit = &r->hit[i];

		if (&r->message[hit->message] != message ||
		    hit->field != H323_RAS_ADDRESS ||
		    hit->within != H323_NO_FIELD)
			continue;
		h323_endpoint_read(t, hit, &ras);
		if (!nf_alg_same_host(&ras, &t->msg->from->own) || !ras.port)
			continue;
		t->session->ras[t->msg->dir] = ras.port;
		return;
	}
}

void h323_registration_begin(struct h323_translation *t,
			     const struct h323_message *message)
{
	t->listeners = 0;
	t->ras = 0;
	t->seconds = H323_GATEKEEPER_TIME;
	if (message->kind == H323_RRQ) {
		h323_ras_port(t, message);
		t->seconds =
			h323_ttl(t->msg->session->an,
				 message->time_to_live ?: H323_TTL_DEFAULT);
	} else if (message->kind == H323_RCF) {
		t->seconds = h323_granted(t, message);
	}
}

/* Which of a RAS address's endpoints does a request mean */
static struct h323_endpoint *
h323_endpoint_meant(const struct h323_translation *t,
		    const struct h323_message *message,
		    struct h323_registration *own)
{
	u32 id = h323_identifier(t, &message->endpoint), i, k;
	struct h323_endpoint *e;

	for (i = 0; id && i < own->endpoints; i++)
		if (own->endpoint[i].id == id)
			return &own->endpoint[i];
	for (i = 0; i < own->endpoints; i++) {
		e = &own->endpoint[i];
		for (k = 0; k < t->listeners; k++)
			if (h323_listener_in(e->listener, e->listeners,
					     t->listener[k]))
				return e;
	}
	/* Lightweight, from before anything was known of its identifier */
	if (!t->listeners && own->endpoints == 1)
		return &own->endpoint[0];
	return NULL;
}

/* A place for a new endpoint: that of one that came to nothing, if need be */
static struct h323_endpoint *h323_endpoint_new(struct h323_registration *own)
{
	struct h323_endpoint *e = NULL;
	u32 i;

	if (own->endpoints < H323_ENDPOINTS_MAX) {
		e = &own->endpoint[own->endpoints++];
	} else {
		for (i = 0; i < own->endpoints; i++)
			if (!own->endpoint[i].live)
				e = &own->endpoint[i];
	}
	if (e) {
		memset(e, 0, sizeof(*e));
		e->waiting = H323_UNKNOWN;
	}
	return e;
}

static void h323_registration_ask(struct h323_translation *t,
				  const struct h323_message *message,
				  struct nf_alg_call *call)
{
	bool additive = message->has & H323_HAS_ADDITIVE;
	struct h323_registration *own = nf_alg_call_lock(call);
	struct h323_endpoint *e;
	u32 i;

	if (t->ras)
		own->ras = t->ras;
	e = h323_endpoint_meant(t, message, own);
	if (!e && t->listeners)
		e = h323_endpoint_new(own);
	if (e) {
		/* Repeated, it asks for the same again */
		if (e->waiting != H323_RRQ) {
			memcpy(e->before, e->listener, sizeof(e->before));
			e->replaced = additive || !t->listeners ? 0 :
								  e->listeners;
		}
		if (t->listeners && !additive)
			e->listeners = 0;
		for (i = 0; i < t->listeners; i++)
			h323_listener_add(e->listener, &e->listeners,
					  t->listener[i]);
		e->asked = message->time_to_live;
		e->sequence = message->sequence;
		e->waiting = H323_RRQ;
		e->additive = additive;
	}
	nf_alg_call_unlock(call);
}

/* What the endpoint holds, or the gatekeeper of it, goes after so many seconds
 */
static void h323_endpoint_expire(struct nf_alg_call *call,
				 const struct nf_alg_endpoint *host,
				 const __be16 *port, u32 ports, u32 seconds,
				 bool open)
{
	struct nf_alg_endpoint at = *host;
	u32 i;

	for (i = 0; i < ports; i++) {
		at.port = port[i];
		if (open)
			nf_alg_bind_open(call, &at, IPPROTO_TCP);
		nf_alg_bind_expire(call, &at, IPPROTO_TCP, seconds);
	}
}

static void h323_registration_extend(struct nf_alg_call *call,
				     const struct nf_alg_endpoint *host,
				     const struct h323_registration *own,
				     const struct h323_endpoint *e, u32 seconds)
{
	struct nf_alg_endpoint at = *host;

	h323_endpoint_expire(call, host, e->listener, e->listeners, seconds,
			     true);
	at.port = own->ras;
	if (at.port)
		nf_alg_bind_expire(call, &at, IPPROTO_UDP, seconds);
	at = call->key.inside;
	at.port = own->gatekeeper;
	if (at.port)
		nf_alg_bind_expire(call, &at, IPPROTO_TCP, seconds);
	nf_alg_call_extend(call, seconds);
}

/* The gatekeeper calls two of them by one name: the endpoint has registered
 * anew, and what it had before is replaced, or added to. Returns the endpoint,
 * which may have moved. Caller holds the call's lock.
 */
static struct h323_endpoint *h323_endpoint_unite(struct h323_registration *own,
						 struct h323_endpoint *e)
{
	struct h323_endpoint *other;
	u32 i, k;

	for (i = 0; i < own->endpoints; i++) {
		other = &own->endpoint[i];
		if (other == e || !e->id || other->id != e->id)
			continue;
		for (k = 0; k < other->listeners; k++) {
			if (e->additive)
				h323_listener_add(e->listener, &e->listeners,
						  other->listener[k]);
			else
				h323_listener_add(e->before, &e->replaced,
						  other->listener[k]);
		}
		/* The last one takes its place */
		*other = own->endpoint[--own->endpoints];
		if (e == &own->endpoint[own->endpoints])
			e = other;
		i--;
	}
	return e;
}

static void h323_registration_confirm(struct h323_translation *t,
				      const struct h323_message *message,
				      enum h323_role role,
				      struct nf_alg_call *call)
{
	u32 linger = nf_alg_option(call->an, NF_ALG_OPTION_LINGER_TIME);
	const struct nf_alg_endpoint *host = &t->msg->to->own;
	struct h323_registration *own = nf_alg_call_lock(call);
	struct h323_registration known __uninitialized;
	struct h323_endpoint *e, told __uninitialized;
	char text[H323_ENDPOINT_TEXT];
	u32 now = ktime_get_seconds(), i, seconds;

	e = h323_endpoint_waiting(own, H323_RRQ, message->sequence);
	if (!e) {
		nf_alg_call_unlock(call);
		return;
	}
	e->waiting = H323_UNKNOWN;
	e->live = true;
	e->endless = !(message->has & H323_HAS_TIME_TO_LIVE) && !e->asked;
	e->id = h323_identifier(t, &message->endpoint) ?: e->id;
	e = h323_endpoint_unite(own, e);
	if ((s32)(now + t->seconds - own->until) > 0 || !own->until)
		own->until = now + t->seconds;
	seconds = own->until - now;
	told = *e;
	e->replaced = 0;
	known = *own;
	nf_alg_call_unlock(call);

	h323_registration_extend(call, host, &known, &told, t->seconds);
	for (i = 0; i < told.replaced; i++)
		if (!h323_listener_in(told.listener, told.listeners,
				      told.before[i]))
			h323_endpoint_expire(call, host, &told.before[i], 1,
					     linger, false);
	nf_alg_call_commit(call);
	nf_alg_call_extend(call, seconds);
	nf_alg_call_describe(call, "registered", text,
			     h323_endpoint_print(text,
						 &h323_side(t, !role)->seen));
}

/* Take the endpoints out that match; *@gone gets them. Returns how many are
 * left. Caller holds the call's lock.
 */
static u32 h323_endpoints_remove(struct h323_registration *own, u8 request,
				 u16 sequence, bool live,
				 struct h323_endpoint *gone, u32 *n)
{
	u32 kept = 0, i;

	*n = 0;
	for (i = 0; i < own->endpoints; i++) {
		const struct h323_endpoint *e = &own->endpoint[i];

		if (e->waiting == request && e->sequence == sequence &&
		    e->live <= live)
			gone[(*n)++] = *e;
		else
			own->endpoint[kept++] = *e;
	}
	own->endpoints = kept;
	return kept;
}

/* A registration was refused, or is over */
static void h323_registration_leave(struct h323_translation *t,
				    const struct h323_message *message,
				    enum h323_role endpoint,
				    struct nf_alg_call *call, u8 request)
{
	struct h323_endpoint gone[H323_ENDPOINTS_MAX] __uninitialized;
	struct h323_registration *own = nf_alg_call_lock(call);
	u32 kept, n, i;

	/* One that lives goes on where its renewal is refused, until it is
	 * asked to register anew, or expires
	 */
	kept = h323_endpoints_remove(own, request, message->sequence,
				     request == H323_URQ, gone, &n);
	nf_alg_call_unlock(call);
	for (i = 0; i < n; i++)
		h323_endpoint_expire(call, &h323_side(t, endpoint)->own,
				     gone[i].listener, gone[i].listeners, 0,
				     false);
	if (n && !kept)
		nf_alg_call_end(call);
}

/* All endpoints that a UnregistrationRequest means */
static void h323_registration_end(struct h323_translation *t,
				  const struct h323_message *message,
				  struct nf_alg_call *call)
{
	struct h323_registration *own = nf_alg_call_lock(call);
	struct h323_endpoint *meant, *e;

	meant = h323_endpoint_meant(t, message, own);
	for (e = own->endpoint; e < own->endpoint + own->endpoints; e++) {
		if (meant && e != meant)
			continue;
		e->waiting = H323_URQ;
		e->sequence = message->sequence;
	}
	nf_alg_call_unlock(call);
}

/* One without a time to live lives as long as its endpoint is heard of */
static void h323_registration_heard(struct h323_translation *t,
				    enum h323_role endpoint,
				    struct nf_alg_call *call)
{
	struct h323_registration known __uninitialized;
	u32 seconds = h323_ttl(call->an, 0), i;
	struct h323_registration *own = nf_alg_call_lock(call);
	bool endless = false;

	for (i = 0; i < own->endpoints; i++)
		endless |= own->endpoint[i].live && own->endpoint[i].endless;
	if (endless) {
		own->until = (u32)ktime_get_seconds() + seconds;
		known = *own;
	}
	nf_alg_call_unlock(call);

	for (i = 0; endless && i < known.endpoints; i++)
		if (known.endpoint[i].live && known.endpoint[i].endless)
			h323_registration_extend(call,
						 &h323_side(t, endpoint)->own,
						 &known, &known.endpoint[i],
						 seconds);
}

/* One call is over, as far as the gatekeeper is concerned */
static void h323_disengage(struct h323_translation *t,
			   const struct h323_message *message)
{
	struct nf_alg_call *call;
	struct h323_key key;
	u32 role;

	if (!message->call)
		return;
	h323_key_identifier(t, message, &key);
	for (role = 0; role < H323_ROLES; role++) {
		const struct nf_alg_side *side = h323_side(t, role);

		call = side->inside ?
			       nf_alg_call_find(t->msg, NF_ALG_CALL, &side->own,
						key.text, key.len) :
			       NULL;
		if (!call)
			continue;
		nf_alg_call_abandon(call);
		nf_alg_call_put(call);
	}
}

static void h323_registration_of(struct h323_translation *t,
				 const struct h323_message *message,
				 enum h323_role endpoint, enum h323_role role)
{
	struct nf_alg_call *call = h323_registration_find(t, endpoint, role);

	if (!call)
		return;
	switch (message->kind) {
	case H323_RRQ:
		h323_registration_ask(t, message, call);
		break;
	case H323_RCF:
		h323_registration_confirm(t, message, role, call);
		break;
	case H323_RRJ:
		h323_registration_leave(t, message, endpoint, call, H323_RRQ);
		break;
	case H323_URQ:
		h323_registration_end(t, message, call);
		break;
	case H323_UCF:
		h323_registration_leave(t, message, endpoint, call, H323_URQ);
		break;
	default:
		h323_registration_heard(t, endpoint, call);
		break;
	}
}

void h323_registration_effect(struct h323_translation *t,
			      const struct h323_message *message)
{
	enum h323_role endpoint = h323_endpoint_role(message->kind);
	u32 role;

	/* Either may say it; the registration tells who is the endpoint */
	if (h323_role_open(message->kind)) {
		if (!h323_registration_find(t, H323_SENDER, H323_SENDER) &&
		    !h323_registration_find(t, H323_SENDER, H323_RECEIVER))
			endpoint = H323_RECEIVER;
	}
	for (role = 0; role < H323_ROLES; role++)
		h323_registration_of(t, message, endpoint, role);
	if (message->kind == H323_DRQ)
		h323_disengage(t, message);
}
