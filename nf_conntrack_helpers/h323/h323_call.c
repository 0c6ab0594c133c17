// SPDX-License-Identifier: GPL-2.0
/*
 * Calls: whose they are, which ports their channels have, and their end.
 */
#include <linux/err.h>
#include <linux/slab.h>
#include "address.h"
#include "door.h"
#include "h323_call.h"
#include "netns.h"

/* clang-format off */
static const char *const h323_call_states[] = {
	[H323_CALL_NEW] = "new",
	[H323_CALL_CALLING] = "calling",
	[H323_CALL_RINGING] = "ringing",
	[H323_CALL_CONNECTED] = "connected",
};

/* clang-format on */

static void h323_key_hex(struct h323_key *key, const void *bytes, u32 len)
{
	static const char hex[] = "0123456789abcdef";
	const u8 *byte = bytes, *end = byte + len;
	u8 *to = key->text + key->len;

	key->len += 2 * len;
	for (; byte < end; byte++) {
		*to++ = hex[*byte >> 4];
		*to++ = hex[*byte & 15];
	}
}

void h323_key_identifier(const struct h323_translation *t,
			 const struct h323_message *message,
			 struct h323_key *key)
{
	key->len = 0;
	h323_key_hex(key, t->msg->data + message->call, H323_IDENTIFIER);
}

/* "crv-1f2e-", the ports and the far end's address: one call reference may be
 * used anew on another connection
 */
static void h323_key_reference(const struct h323_translation *t,
			       struct h323_key *key)
{
	const struct nf_alg_side *side = t->msg->session->side;
	__be16 crv = htons(t->reading->q931.crv);
	const struct nf_alg_side *far;

	memcpy(key->text, "crv-", 4);
	key->len = 4;
	h323_key_hex(key, &crv, sizeof(crv));
	key->text[key->len++] = '-';
	far = &side[side[IP_CT_DIR_ORIGINAL].inside ? IP_CT_DIR_REPLY :
						      IP_CT_DIR_ORIGINAL];
	h323_key_hex(key, &far->own.addr,
		     far->own.family == NFPROTO_IPV6 ? 16 : 4);
	h323_key_hex(key, &side[IP_CT_DIR_ORIGINAL].own.port, 2);
	h323_key_hex(key, &side[IP_CT_DIR_REPLY].own.port, 2);
}

void h323_call_identify(struct h323_translation *t,
			const struct h323_message *message)
{
	struct h323_identity *identity = &t->identity;
	__be16 crv = htons(t->reading->q931.crv);

	if (message->call) {
		identity->len = H323_IDENTIFIER;
		memcpy(identity->bytes, t->msg->data + message->call,
		       H323_IDENTIFIER);
	} else {
		identity->len = sizeof(crv);
		memcpy(identity->bytes, &crv, sizeof(crv));
	}
}

/* Most calls are found on their connection, and need no key. Returns false if
 * it is not known which call it is.
 */
static bool h323_call_key(struct h323_translation *t)
{
	if (t->key.len || !t->identity.len)
		return t->key.len;
	if (t->identity.len == H323_IDENTIFIER)
		h323_key_hex(&t->key, t->identity.bytes, H323_IDENTIFIER);
	else
		h323_key_reference(t, &t->key);
	return true;
}

/* The call of that side which this connection has had to do with, or NULL */
static struct nf_alg_call *h323_leg_call(const struct h323_translation *t,
					 const struct nf_alg_side *side)
{
	struct h323_leg *leg;

	hlist_for_each_entry(leg, &t->session->legs, node)
		if (!memcmp(&leg->identity, &t->identity,
			    sizeof(leg->identity)) &&
		    nf_alg_same_host(&leg->call->key.inside, &side->own))
			return leg->call;
	return NULL;
}

static struct nf_alg_call *h323_call_lookup(struct h323_translation *t,
					    const struct nf_alg_side *side)
{
	struct nf_alg_call *call = h323_leg_call(t, side);

	if (call && READ_ONCE(call->state) != NF_ALG_CALL_DEAD) {
		refcount_inc(&call->refs);
		return call;
	}
	if (!h323_call_key(t))
		return NULL;
	return nf_alg_call_find(t->msg, NF_ALG_CALL, &side->own, t->key.text,
				t->key.len);
}

struct nf_alg_call *h323_call_find(struct h323_translation *t,
				   enum h323_role role)
{
	const struct nf_alg_side *side = h323_side(t, role);

	if (!t->call[role] && side->inside)
		t->call[role] = h323_call_lookup(t, side);
	return t->call[role];
}

/* As nf_alg_call_take() */
static struct nf_alg_call *h323_call_resume(struct h323_translation *t,
					    const struct nf_alg_side *side)
{
	struct nf_alg_call *call = h323_leg_call(t, side);

	if (call && nf_alg_call_resume(call, t->msg->session)) {
		refcount_inc(&call->refs);
		return call;
	}
	if (!h323_call_key(t))
		return ERR_PTR(-NF_ALG_REASON_MAPPING_LOST);
	return nf_alg_call_take(t->msg, NF_ALG_CALL, &side->own, t->key.text,
				t->key.len);
}

struct nf_alg_call *h323_call_begin(struct h323_translation *t,
				    enum h323_role role)
{
	const struct nf_alg_side *side = h323_side(t, role);
	struct nf_alg_call *call = h323_call_resume(t, side);

	if (IS_ERR(call))
		return call;
	if (t->call[role]) {
		/* Its ports were the other's */
		h323_calls_note(t);
		t->bounds = 0;
		nf_alg_call_put(t->call[role]);
	}
	t->call[role] = call;
	return call;
}

/* Remember a call for as long as its connection lives */
static void h323_leg_add(const struct h323_translation *t,
			 struct nf_alg_call *call)
{
	struct h323_session *session = t->session;
	struct h323_leg *leg;

	hlist_for_each_entry(leg, &session->legs, node)
		if (leg->call == call)
			return;
	/* Without memory it ends by its own time */
	leg = kzalloc(sizeof(*leg), GFP_ATOMIC);
	if (!leg)
		return;
	refcount_inc(&call->refs);
	leg->call = call;
	leg->identity = t->identity;
	hlist_add_head(&leg->node, &session->legs);
}

static void h323_leg_remove(struct h323_leg *leg)
{
	hlist_del(&leg->node);
	nf_alg_call_put(leg->call);
	kfree(leg);
}

static void h323_leg_end(struct h323_session *session,
			 const struct nf_alg_call *call)
{
	struct hlist_node *next;
	struct h323_leg *leg;

	hlist_for_each_entry_safe(leg, next, &session->legs, node) {
		if (leg->call == call) {
			h323_leg_remove(leg);
			return;
		}
	}
}

/* Without the lock: who changes it meanwhile is a message of another connection,
 * or that one's end, which might as well come a moment later
 */
static const struct h323_call *h323_call_peek(const struct nf_alg_call *call)
{
	return (const struct h323_call *)call->priv;
}

/* Is there nothing that this message says anew of a call */
static bool h323_call_known(const struct nf_alg_call *call, bool signalling)
{
	const struct h323_call *own = h323_call_peek(call);

	return READ_ONCE(own->state) != H323_CALL_NEW &&
	       !READ_ONCE(own->unsignalled) &&
	       (signalling || !READ_ONCE(own->control_due));
}

static void h323_call_finish(struct h323_translation *t,
			     struct nf_alg_call *call, bool failed)
{
	bool signalling = t->msg->session->protocol->id == NF_ALG_PROTOCOL_H225;
	bool end = false, alone = false;
	struct h323_call *own;

	if (!h323_call_known(call, signalling)) {
		own = nf_alg_call_lock(call);
		end = failed && own->state == H323_CALL_NEW;
		if (!failed && own->state == H323_CALL_NEW)
			WRITE_ONCE(own->state, H323_CALL_CALLING);
		if (signalling)
			WRITE_ONCE(own->unsignalled, false);
		else
			WRITE_ONCE(own->control_due, false);
		alone = own->unsignalled;
		nf_alg_call_unlock(call);
	}

	if (READ_ONCE(call->state) >= NF_ALG_CALL_ENDED)
		return;
	if (end)
		nf_alg_call_end(call);
	else if (signalling)
		h323_leg_add(t, call);
	else if (alone)
		nf_alg_call_abandon(call);
}

void h323_calls_put(struct h323_translation *t, bool failed)
{
	u32 role;

	h323_calls_note(t);
	for (role = 0; role < H323_ROLES; role++) {
		if (!t->call[role])
			continue;
		h323_call_finish(t, t->call[role], failed);
		nf_alg_call_put(t->call[role]);
		t->call[role] = NULL;
	}
}

static bool h323_port_same(const struct h323_port *a, const struct h323_port *b)
{
	return a->port == b->port && a->lcn == b->lcn &&
	       a->l4proto == b->l4proto &&
	       !((a->flags ^ b->flags) & H323_PORT_PEER);
}

/* Which of the call's ports is @port, beginning with @from: repeated, they come
 * in the order they were noted in. Returns H323_CALL_PORTS if it is none. Caller
 * holds the call's lock.
 */
static u32 h323_port_find(const struct h323_call *own, u32 from,
			  const struct h323_port *port)
{
	u32 i;

	for (i = from; i < own->ports; i++)
		if (h323_port_same(&own->port[i], port))
			return i;
	for (i = 0; i < from && i < own->ports; i++)
		if (h323_port_same(&own->port[i], port))
			return i;
	return H323_CALL_PORTS;
}

/* Returns where it stands. Caller holds the call's lock. */
static u32 h323_port_note(struct h323_call *own, u32 from,
			  const struct h323_port *port)
{
	u32 i;

	/* It mostly says the same again */
	if (from < own->ports && !memcmp(&own->port[from], port, sizeof(*port)))
		return from;
	i = h323_port_find(own, from, port);
	if (i == H323_CALL_PORTS) {
		if (own->ports < H323_CALL_PORTS)
			own->port[own->ports++] = *port;
		return own->ports - 1;
	}
	own->port[i].count = max(own->port[i].count, port->count);
	own->port[i].session = port->session;
	/* What fast start proposed has become a channel */
	if (!(port->flags & H323_PORT_FAST))
		own->port[i].flags &= ~H323_PORT_FAST;
	return i;
}

void h323_calls_note(struct h323_translation *t)
{
	struct nf_alg_call *call = t->call[H323_SENDER];
	struct h323_call *own;
	u32 i, at = 0;

	if (!t->notes)
		return;
	own = nf_alg_call_lock(call);
	for (i = 0; i < t->notes; i++)
		at = h323_port_note(own, at, &t->note[i]) + 1;
	nf_alg_call_unlock(call);
	t->notes = 0;
}

/* Does another channel have this port? Caller holds the call's lock. */
static bool h323_port_needed(const struct h323_call *own, u8 l4proto, u16 port)
{
	u32 i;

	for (i = 0; i < own->ports; i++)
		if (own->port[i].l4proto == l4proto &&
		    (u16)(port - ntohs(own->port[i].port)) < own->port[i].count)
			return true;
	return false;
}

/* Take ports out of a call's list that match; those that no other channel has
 * go with the linger time.
 */
static void h323_ports_drop(struct nf_alg_call *call,
			    bool (*match)(const struct h323_port *port,
					  u32 what, bool by_peer),
			    u32 what, bool by_peer)
{
	u32 linger = nf_alg_option(call->an, NF_ALG_OPTION_LINGER_TIME);
	struct h323_port gone[H323_CALL_PORTS] __uninitialized;
	struct nf_alg_endpoint inside = call->key.inside;
	struct h323_call *own = nf_alg_call_lock(call);
	u32 n = 0, kept = 0, i, k;

	for (i = 0; i < own->ports; i++) {
		if (match(&own->port[i], what, by_peer))
			gone[n++] = own->port[i];
		else
			own->port[kept++] = own->port[i];
	}
	own->ports = kept;
	/* One bit for each that is not needed any more */
	for (i = 0; i < n; i++) {
		gone[i].flags = 0;
		for (k = 0; k < gone[i].count; k++)
			if (!h323_port_needed(own, gone[i].l4proto,
					      ntohs(gone[i].port) + k))
				gone[i].flags |= BIT(k);
	}
	nf_alg_call_unlock(call);

	for (i = 0; i < n; i++) {
		for (k = 0; k < gone[i].count; k++) {
			if (!(gone[i].flags & BIT(k)))
				continue;
			inside.port = htons(ntohs(gone[i].port) + k);
			nf_alg_bind_expire(call, &inside, gone[i].l4proto,
					   linger);
		}
	}
}

static bool h323_port_unchosen(const struct h323_port *port, u32 taken,
			       bool by_peer)
{
	return port->flags & H323_PORT_FAST &&
	       !(port->session < 32 && taken & BIT(port->session));
}

static bool h323_port_of_channel(const struct h323_port *port, u32 lcn,
				 bool by_peer)
{
	return port->lcn == lcn && !(port->flags & H323_PORT_FAST) &&
	       !!(port->flags & H323_PORT_PEER) == by_peer;
}

void h323_call_settle(struct nf_alg_call *call, u32 taken)
{
	struct h323_call *own;
	u32 i;

	h323_ports_drop(call, h323_port_unchosen, taken, false);
	own = nf_alg_call_lock(call);
	for (i = 0; i < own->ports; i++)
		own->port[i].flags &= ~H323_PORT_FAST;
	nf_alg_call_unlock(call);
}

void h323_call_close(struct nf_alg_call *call, u16 lcn, bool by_peer)
{
	h323_ports_drop(call, h323_port_of_channel, lcn, by_peer);
}

/* @far: who is at the other end */
static noinline void h323_call_further(struct nf_alg_call *call,
				       const struct nf_alg_side *far,
				       enum h323_call_state state)
{
	struct h323_call *own = nf_alg_call_lock(call);
	bool further = state > own->state;
	char text[H323_ENDPOINT_TEXT];

	if (further)
		WRITE_ONCE(own->state, state);
	nf_alg_call_unlock(call);
	if (further)
		nf_alg_call_describe(call, h323_call_states[state], text,
				     h323_endpoint_print(text, &far->seen));
}

void h323_call_advance(struct h323_translation *t, enum h323_role role,
		       enum h323_call_state state)
{
	struct nf_alg_call *call = t->call[role] ?: h323_call_find(t, role);

	if (!call)
		return;
	if (state > READ_ONCE(h323_call_peek(call)->state))
		h323_call_further(call, h323_side(t, !role), state);
	if (state == H323_CALL_CONNECTED)
		nf_alg_call_commit(call);
}

void h323_call_expect_control(struct nf_alg_call *call)
{
	struct h323_call *own;

	if (READ_ONCE(h323_call_peek(call)->control_due))
		return;
	own = nf_alg_call_lock(call);
	WRITE_ONCE(own->control_due, true);
	nf_alg_call_unlock(call);
}

void h323_calls_end(struct h323_translation *t)
{
	struct nf_alg_call *call;
	u32 role;

	for (role = 0; role < H323_ROLES; role++) {
		call = h323_call_find(t, role);
		if (!call)
			continue;
		nf_alg_call_end(call);
		h323_leg_end(t->session, call);
	}
}

void h323_signalling_closed(struct nf_alg_session *session)
{
	struct h323_session *own = nf_alg_session_priv(session);
	struct h323_call *priv;
	struct hlist_node *next;
	struct h323_leg *leg;
	bool due;

	hlist_for_each_entry_safe(leg, next, &own->legs, node) {
		priv = nf_alg_call_lock(leg->call);
		WRITE_ONCE(priv->unsignalled, true);
		due = priv->control_due;
		nf_alg_call_unlock(leg->call);
		/* H.245 may have connected, and not have spoken yet */
		if (due)
			nf_alg_call_extend(leg->call, H323_CONNECT_TIME);
		else
			nf_alg_call_abandon(leg->call);
		h323_leg_remove(leg);
	}
}
