// SPDX-License-Identifier: GPL-2.0
/*
 * The engine as a protocol sees it, without a kernel.
 */
#include <stdio.h>
#include "denied_port.h"
#include "engine_fake.h"
#include "option.h"
#include "port.h"
#include "service.h"

#define CALL_PRIV 1024

int engine_memory = 1;
s64 engine_seconds;
bool engine_no_ports;
bool engine_media;
u32 engine_kept;
struct engine_binding engine_binding[ENGINE_BINDINGS];
u64 engine_reasons[__NF_ALG_REASON_MAX];
struct nf_alg_net engine_net;

const char *engine_media_from;
bool engine_big;

struct net engine_netns = { .net_cookie = 1 };

struct fake_call {
	bool used;
	bool ended;
	bool abandoned;
	bool limited;
	u8 kind;
	struct nf_alg_endpoint inside;
	u8 key[512];
	u32 len;
	s64 deadline;
	char state[16];
	struct nf_alg_call *call;
};

static struct fake_call calls[ENGINE_CALLS];

static struct fake_call *fake(struct nf_alg_call *call)
{
	for (int i = 0; i < ENGINE_CALLS; i++)
		if (calls[i].used && calls[i].call == call)
			return &calls[i];
	abort();
}

static void release(struct engine_binding *b)
{
	memset(b, 0, sizeof(*b));
}

void engine_reset(void)
{
	static bool up;

	if (up && engine_protocol.exit)
		engine_protocol.exit();
	up = true;
	for (int i = 0; i < ENGINE_CALLS; i++)
		free(calls[i].call);
	memset(calls, 0, sizeof(calls));
	memset(engine_binding, 0, sizeof(engine_binding));
	memset(engine_reasons, 0, sizeof(engine_reasons));
	memset(&engine_net, 0, sizeof(engine_net));
	engine_net.net = &engine_netns;
	engine_net.option[NF_ALG_OPTION_CALL_IDLE_TIME] = 7200;
	engine_net.option[NF_ALG_OPTION_CALL_SETUP_TIME] = 900;
	engine_net.option[NF_ALG_OPTION_LINGER_TIME] = 32;
	engine_net.option[NF_ALG_OPTION_SDP_ORIGIN] = 1;
	engine_net.option[NF_ALG_OPTION_REGISTRAR_ONLY] = 1;
	engine_net.option[NF_ALG_OPTION_TCP_DOORS] = 1;
	engine_net.option[NF_ALG_OPTION_SKINNY_MESSAGES] = 6000;
	engine_memory = 1;
	engine_seconds = 1000;
	engine_no_ports = false;
	engine_media_from = NULL;
	engine_big = false;
	engine_media = false;
	engine_kept = 0;
	if (engine_protocol.init && engine_protocol.init())
		abort();
}

struct nf_alg_endpoint engine_endpoint(const char *text)
{
	struct nf_alg_endpoint e = {};
	char host[64];
	int port = 0;

	if (sscanf(text, "[%60[^]]]:%d", host, &port) >= 1) {
		e.family = NFPROTO_IPV6;
		inet_pton(AF_INET6, host, &e.addr.in6);
	} else if (sscanf(text, "%60[^:]:%d", host, &port) >= 1) {
		e.family = NFPROTO_IPV4;
		inet_pton(AF_INET, host, &e.addr.in);
	}
	e.port = htons(port);
	return e;
}

struct nf_alg_session *engine_session(u8 l4proto, const char *inside,
				      const char *public, const char *remote)
{
	struct nf_alg_session *s =
		calloc(1, sizeof(*s) + engine_protocol.session_size);

	s->an = &engine_net;
	s->l4proto = l4proto;
	s->side[0].own = engine_endpoint(inside);
	s->side[0].seen = engine_endpoint(*public ? public : inside);
	s->side[0].inside = true;
	s->side[1].own = engine_endpoint(remote);
	s->side[1].seen = s->side[1].own;
	s->side[1].inside = !*public;
	s->family = s->side[0].own.family;
	return s;
}

int nf_alg_edit(struct nf_alg_message *msg, u32 off, u32 old_len,
		const void *bytes, u32 new_len)
{
	struct nf_alg_change *change;
	int i;

	if (off > msg->len || old_len > msg->len - off)
		return -NF_ALG_REASON_MALFORMED;
	if (old_len == new_len && !memcmp(msg->data + off, bytes, new_len))
		return 0;
	if (msg->changes == NF_ALG_EDITS_MAX ||
	    msg->text_len + new_len > NF_ALG_EDIT_BYTES)
		return -NF_ALG_REASON_LIMIT_EDITS;
	for (i = msg->changes; i > 0; i--) {
		change = &msg->change[i - 1];
		if (change->off + change->old_len <= off && change->off != off)
			break;
		if (change->off < off + old_len || change->off == off)
			return -NF_ALG_REASON_MALFORMED;
	}
	change = &msg->change[i];
	memmove(change + 1, change, (msg->changes - i) * sizeof(*change));
	change->off = off;
	change->old_len = old_len;
	change->new_off = msg->text_len;
	change->new_len = new_len;
	memcpy(msg->text + msg->text_len, bytes, new_len);
	msg->text_len += new_len;
	msg->growth += (s32)new_len - (s32)old_len;
	msg->changes++;
	return 0;
}

char *engine_message(struct nf_alg_session *session, int dir, const char *data,
		     u32 len, u32 *out_len, int *error)
{
	struct nf_alg_frame frame = { .priv = nf_alg_session_priv(session) };
	struct nf_alg_message *msg = calloc(1, sizeof(*msg));
	u8 *exact = malloc(len ?: 1);
	char *out, *to;
	u32 pos = 0;

	/* Not a byte more than there is, so that the sanitizer sees it */
	memcpy(exact, data, len);
	msg->data = exact;
	msg->len = len;
	msg->dir = dir;
	msg->session = session;
	msg->from = &session->side[dir];
	msg->to = &session->side[!dir];
	msg->bound = false;
	if (engine_protocol.wipe)
		engine_protocol.wipe(nf_alg_session_priv(session));
	/* As the engine does it with a stream */
	if (session->l4proto == IPPROTO_TCP && engine_protocol.frame &&
	    engine_protocol.frame(exact, len, &frame) == (int)len)
		msg->parsed = frame.parsed;
	*error = engine_protocol.translate(msg);
	if (*error) {
		msg->changes = 0;
		msg->growth = 0;
	}
	for (int i = 0; i < ENGINE_BINDINGS; i++) {
		if (engine_binding[i].fresh && *error)
			release(&engine_binding[i]);
		engine_binding[i].fresh = false;
	}
	out = malloc(len + msg->growth + 1);
	to = out;
	for (int i = 0; i < msg->changes; i++) {
		struct nf_alg_change *c = &msg->change[i];

		memcpy(to, data + pos, c->off - pos);
		to += c->off - pos;
		memcpy(to, msg->text + c->new_off, c->new_len);
		to += c->new_len;
		pos = c->off + c->old_len;
	}
	memcpy(to, data + pos, len - pos);
	to += len - pos;
	*to = 0;
	*out_len = to - out;
	if (*out_len != len + msg->growth)
		abort();
	free(exact);
	free(msg);
	return out;
}

static struct engine_binding *bound(u8 l4proto,
				    const struct nf_alg_endpoint *inside)
{
	for (int i = 0; i < ENGINE_BINDINGS; i++)
		if (engine_binding[i].inside.family &&
		    engine_binding[i].l4proto == l4proto &&
		    nf_alg_same_endpoint(&engine_binding[i].inside, inside))
			return &engine_binding[i];
	return NULL;
}

static bool taken(u8 l4proto, const struct nf_alg_endpoint *public)
{
	for (int i = 0; i < ENGINE_BINDINGS; i++)
		if (engine_binding[i].inside.family &&
		    engine_binding[i].l4proto == l4proto &&
		    nf_alg_same_endpoint(&engine_binding[i].public, public))
			return true;
	return false;
}

/* The sender's own host, or one that it may name where NAT is between */
static bool bind_permitted(const struct nf_alg_message *msg,
			   const struct nf_alg_bind *want, bool nat)
{
	if (!msg->from->inside)
		return false;
	if (nf_alg_same_host(&want->inside, &msg->from->own))
		return true;
	return want->flags & NF_ALG_BIND_OTHER && nat &&
	       nf_alg_media_permitted(msg->session->an, &want->inside);
}

/* Public ports: as preferred, else 10000 above the inside port, so that tests
 * see a difference
 */
int nf_alg_bind(struct nf_alg_message *msg, struct nf_alg_call *call,
		const struct nf_alg_bind *want, struct nf_alg_endpoint *public)
{
	struct nf_alg_endpoint inside = want->inside, at = msg->from->seen;
	bool nat = !nf_alg_same_host(&msg->from->own, &msg->from->seen);
	u32 port = ntohs(inside.port);
	struct engine_binding *b;

	if (want->flags & NF_ALG_BIND_AWAY ? !msg->to->inside :
					     !bind_permitted(msg, want, nat))
		return -NF_ALG_REASON_DOOR_OTHER_HOST;
	if (!want->count || want->count > 16 || !port ||
	    port + want->count - 1 > 65535)
		abort();
	if (engine_no_ports)
		return -NF_ALG_REASON_NO_PUBLIC_PORT;
	if (nat)
		port = want->prefer ? ntohs(want->prefer) :
		       port > 50000 ? port - 10000 :
				      port + 10000;
	at.port = htons(port);
	if (want->flags & NF_ALG_BIND_AWAY)
		at = inside;
	b = bound(want->l4proto, &inside);
	if (b)
		at.port = b->public.port;
	else if (!(want->flags & NF_ALG_BIND_AWAY))
		while (taken(want->l4proto, &at))
			at.port = htons(ntohs(at.port) + 2);
	*public = at;
	for (int i = 0; i < want->count; i++) {
		b = bound(want->l4proto, &inside);
		for (int k = 0; !b && k < ENGINE_BINDINGS; k++) {
			if (engine_binding[k].inside.family)
				continue;
			b = &engine_binding[k];
			b->inside = inside;
			b->public = at;
			b->remote = want->remote;
			b->l4proto = want->l4proto;
			b->open = !(want->flags & NF_ALG_BIND_CLOSED);
			b->pending = !(want->flags & NF_ALG_BIND_FIRM);
			b->door = want->flags & NF_ALG_BIND_DOOR;
			b->away = want->flags & NF_ALG_BIND_AWAY;
			b->protocol = want->protocol;
			b->fresh = true;
			msg->bound = true;
			b->call = call;
		}
		if (!b)
			return -NF_ALG_REASON_LIMIT_BINDINGS;
		b->seconds = want->seconds;
		inside.port = htons(ntohs(inside.port) + 1);
		at.port = htons(ntohs(at.port) + 1);
	}
	return 0;
}

bool nf_alg_bind_open(struct nf_alg_call *call,
		      const struct nf_alg_endpoint *inside, u8 l4proto)
{
	struct engine_binding *b = inside ? bound(l4proto, inside) : NULL;
	bool found = b;

	fake(call);
	if (b)
		b->open = true;
	for (int i = 0; !inside && i < ENGINE_BINDINGS; i++) {
		if (engine_binding[i].call != call)
			continue;
		engine_binding[i].open = true;
		found = true;
	}
	return found;
}

int nf_alg_bind_admit(struct nf_alg_call *call,
		      const struct nf_alg_endpoint *inside, u8 l4proto,
		      const struct nf_alg_endpoint *remote)
{
	struct engine_binding *b = bound(l4proto, inside);

	fake(call);
	if (!b)
		return -NF_ALG_REASON_BINDING_CLOSED;
	for (u32 i = 0; i < b->admits; i++)
		if (nf_alg_same_endpoint(&b->admit[i], remote))
			return 0;
	if (b->admits == ENGINE_ADMITS)
		return -NF_ALG_REASON_LIMIT_BINDINGS;
	b->admit[b->admits++] = *remote;
	return 0;
}

int nf_alg_media_admit(struct nf_alg_call *call, u8 l4proto,
		       const struct nf_alg_endpoint *remote)
{
	int err = 0;

	fake(call);
	for (int i = 0; i < ENGINE_BINDINGS && !err; i++) {
		struct engine_binding *b = &engine_binding[i];

		if (b->call != call || b->door || b->away ||
		    b->l4proto != l4proto ||
		    (b->remote.family && nf_alg_same_host(&b->remote, remote)))
			continue;
		err = nf_alg_bind_admit(call, &b->inside, l4proto, remote);
	}
	return err;
}

void nf_alg_media_retain(struct nf_alg_call *call, u8 l4proto,
			 const struct nf_alg_endpoint *remote, u32 n)
{
	fake(call);
	for (int i = 0; i < ENGINE_BINDINGS; i++) {
		struct engine_binding *b = &engine_binding[i];
		u32 left = 0;

		if (b->call != call || b->door || b->l4proto != l4proto)
			continue;
		for (u32 k = 0; k < b->admits; k++) {
			bool keep = false;

			for (u32 j = 0; j < n; j++)
				keep |= nf_alg_same_endpoint(&b->admit[k],
							     &remote[j]);
			if (keep)
				b->admit[left++] = b->admit[k];
		}
		b->admits = left;
	}
}

bool engine_admits(const char *remote)
{
	struct nf_alg_endpoint host = engine_endpoint(remote);

	for (int i = 0; i < ENGINE_BINDINGS; i++)
		for (u32 k = 0; k < engine_binding[i].admits; k++)
			if (nf_alg_same_host(&engine_binding[i].admit[k],
					     &host))
				return true;
	return false;
}

void nf_alg_bind_expire(struct nf_alg_call *call,
			const struct nf_alg_endpoint *inside, u8 l4proto,
			u32 seconds)
{
	struct engine_binding *b = bound(l4proto, inside);

	fake(call);
	if (b && b->call == call && seconds)
		b->seconds = seconds;
	else if (b && b->call == call)
		release(b);
}

struct nf_alg_call *nf_alg_bound_call(const struct nf_alg_session *session,
				      u8 l4proto,
				      const struct nf_alg_endpoint *public,
				      const struct nf_alg_endpoint *host)
{
	for (int i = 0; i < ENGINE_BINDINGS; i++) {
		struct engine_binding *b = &engine_binding[i];

		if (!b->inside.family || b->l4proto != l4proto ||
		    !nf_alg_same_endpoint(&b->public, public) ||
		    !nf_alg_same_host(&fake(b->call)->inside, host))
			continue;
		b->call->refs.refs++;
		return b->call;
	}
	return NULL;
}

struct nf_alg_net *nf_alg_pernet(const struct net *net)
{
	return &engine_net;
}

bool nf_alg_big_host(struct nf_alg_net *an, const struct nf_alg_endpoint *host)
{
	return engine_big;
}

bool nf_alg_media_permitted(struct nf_alg_net *an,
			    const struct nf_alg_endpoint *host)
{
	struct nf_alg_endpoint named;

	if (!engine_media_from)
		return false;
	named = engine_endpoint(engine_media_from);
	return nf_alg_same_host(&named, host);
}

bool nf_alg_bound_inside(const struct nf_alg_session *session, u8 l4proto,
			 const struct nf_alg_endpoint *inside,
			 struct nf_alg_endpoint *public)
{
	struct engine_binding *b = bound(l4proto, inside);

	if (b && public)
		*public = b->public;
	return b;
}

bool nf_alg_bound_public(const struct nf_alg_session *session, u8 l4proto,
			 const struct nf_alg_endpoint *public,
			 struct nf_alg_endpoint *inside)
{
	for (int i = 0; i < ENGINE_BINDINGS; i++) {
		struct engine_binding *b = &engine_binding[i];

		if (!b->inside.family || b->away || b->l4proto != l4proto ||
		    !nf_alg_same_endpoint(&b->public, public))
			continue;
		if (inside)
			*inside = b->inside;
		return true;
	}
	return false;
}

struct nf_alg_call *nf_alg_call_find(struct nf_alg_message *msg,
				     enum nf_alg_call_kind kind,
				     const struct nf_alg_endpoint *inside,
				     const void *key, u32 len)
{
	for (int i = 0; i < ENGINE_CALLS; i++) {
		struct fake_call *c = &calls[i];

		if (c->used && c->kind == kind && c->len == len &&
		    !memcmp(c->key, key, len) &&
		    nf_alg_same_host(&c->inside, inside)) {
			c->call->refs.refs++;
			return c->call;
		}
	}
	return NULL;
}

struct nf_alg_call *nf_alg_call_take(struct nf_alg_message *msg,
				     enum nf_alg_call_kind kind,
				     const struct nf_alg_endpoint *inside,
				     const void *key, u32 len)
{
	struct nf_alg_call *call =
		nf_alg_call_find(msg, kind, inside, key, len);

	if (call) {
		fake(call)->ended = false;
		call->state = NF_ALG_CALL_SETUP;
		return call;
	}
	for (int i = 0; i < ENGINE_CALLS; i++) {
		struct fake_call *c = &calls[i];

		if (c->used)
			continue;
		c->used = true;
		c->kind = kind;
		c->inside = *inside;
		c->len = len;
		memcpy(c->key, key, len);
		c->deadline = engine_seconds + 900;
		c->call = calloc(1, sizeof(*c->call) + CALL_PRIV);
		c->call->refs.refs = 2;
		c->call->key.inside = *inside;
		c->call->key.kind = kind;
		c->call->an = &engine_net;
		c->call->key.len = len;
		c->call->key.bytes = c->key;
		return c->call;
	}
	return ERR_PTR(-NF_ALG_REASON_LIMIT_CALLS);
}

bool nf_alg_call_resume(struct nf_alg_call *call,
			const struct nf_alg_session *session)
{
	fake(call)->ended = false;
	call->state = NF_ALG_CALL_SETUP;
	return true;
}

void nf_alg_call_put(struct nf_alg_call *call)
{
	if (--call->refs.refs < 1)
		abort();
}

void nf_alg_call_commit(struct nf_alg_call *call)
{
	fake(call);
	for (int i = 0; i < ENGINE_BINDINGS; i++)
		if (engine_binding[i].call == call)
			engine_binding[i].pending = false;
}

void nf_alg_call_rollback(struct nf_alg_call *call)
{
	fake(call);
	for (int i = 0; i < ENGINE_BINDINGS; i++)
		if (engine_binding[i].call == call && engine_binding[i].pending)
			release(&engine_binding[i]);
}

void nf_alg_call_extend(struct nf_alg_call *call, u32 seconds)
{
	struct fake_call *c = fake(call);

	c->ended = false;
	c->limited = false;
	c->deadline = engine_seconds + seconds;
}

void nf_alg_call_limit(struct nf_alg_call *call, u32 seconds)
{
	nf_alg_call_extend(call, seconds);
	fake(call)->limited = true;
}

/* Without the linger time */
void nf_alg_call_end(struct nf_alg_call *call)
{
	struct fake_call *c = fake(call);

	c->ended = true;
	call->state = NF_ALG_CALL_ENDED;
	for (int i = 0; i < ENGINE_BINDINGS; i++)
		if (engine_binding[i].call == call)
			release(&engine_binding[i]);
}

void nf_alg_call_abandon(struct nf_alg_call *call)
{
	fake(call)->abandoned = true;
}

bool nf_alg_call_flows(struct nf_alg_call *call)
{
	fake(call);
	return engine_media;
}

void nf_alg_call_describe(struct nf_alg_call *call, const char *state,
			  const void *text, u32 len)
{
	snprintf(fake(call)->state, sizeof(fake(call)->state), "%s", state);
}

void nf_alg_reason_count(struct nf_alg_net *an, enum nf_alg_reason reason)
{
	if (reason <= 0 || reason >= __NF_ALG_REASON_MAX)
		abort();
	engine_reasons[reason]++;
}

void nf_alg_reason_left(const struct nf_alg_message *msg,
			enum nf_alg_reason reason)
{
	nf_alg_reason_count(msg->session->an, reason);
}

bool nf_alg_port_media(struct nf_alg_net *an, u8 l4proto, u16 port)
{
	return port >= 1024 && !nf_alg_port_denied_media(l4proto, port) &&
	       !nf_alg_service_port(an, l4proto, htons(port));
}

bool nf_alg_service_port(struct nf_alg_net *an, u8 l4proto, __be16 port)
{
	return port == htons(5060);
}

int engine_bindings(bool open)
{
	int n = 0;

	for (int i = 0; i < ENGINE_BINDINGS; i++)
		n += engine_binding[i].inside.family &&
		     engine_binding[i].open == open;
	return n;
}

int engine_pending(void)
{
	int n = 0;

	for (int i = 0; i < ENGINE_BINDINGS; i++)
		n += engine_binding[i].inside.family &&
		     engine_binding[i].pending;
	return n;
}

int engine_calls(enum nf_alg_call_kind kind)
{
	int n = 0;

	for (int i = 0; i < ENGINE_CALLS; i++)
		n += calls[i].used && !calls[i].ended && calls[i].kind == kind;
	return n;
}

int engine_bury(void)
{
	int n = 0;

	for (int i = 0; i < ENGINE_CALLS; i++) {
		struct fake_call *c = &calls[i];

		if (!c->used || (!c->ended && c->deadline > engine_seconds))
			continue;
		nf_alg_call_end(c->call);
		if (engine_protocol.call_end)
			engine_protocol.call_end(c->call);
		free(c->call);
		memset(c, 0, sizeof(*c));
		n++;
	}
	return n;
}

void *nf_alg_call_priv(struct nf_alg_call *call)
{
	return call->priv;
}

int engine_abandoned(void)
{
	int n = 0;

	for (int i = 0; i < ENGINE_CALLS; i++)
		n += calls[i].used && calls[i].abandoned;
	return n;
}

void nf_alg_session_keep(const struct nf_alg_session *session, u32 seconds)
{
	engine_kept = seconds;
}

bool engine_call_limited(void)
{
	for (int i = 0; i < ENGINE_CALLS; i++)
		if (calls[i].used && calls[i].kind == NF_ALG_CALL)
			return calls[i].limited;
	return false;
}

const char *engine_call_state(enum nf_alg_call_kind kind, u32 *seconds)
{
	for (int i = 0; i < ENGINE_CALLS; i++) {
		if (!calls[i].used || calls[i].kind != kind)
			continue;
		*seconds = calls[i].deadline - engine_seconds;
		return calls[i].ended ? "ended" : calls[i].state;
	}
	*seconds = 0;
	return "none";
}
