// SPDX-License-Identifier: GPL-2.0
/*
 * Media: ports of logical channels.
 *
 * One pair of ports serves both directions of a session, so it is bound once
 * for whichever of the two names it first.
 */
#include <linux/err.h>
#include <linux/in.h>
#include "address.h"
#include "door.h"
#include "h323_call.h"
#include "media.h"
#include "netns.h"
#include "port.h"

/* The RTP port named beside an RTCP port in the same channel, or 0 */
static u16 h323_media_beside(const struct h323_translation *t,
			     const struct h323_hit *control)
{
	const struct h323_reading *r = t->reading;
	const struct h323_hit *end = r->hit + r->hits;
	const struct h323_hit *hit = control;
	struct nf_alg_endpoint media;

	/* Those of one message stand in a row */
	while (hit > r->hit && hit[-1].message == control->message)
		hit--;
	for (; hit < end && hit->message == control->message; hit++) {
		if (hit->within != control->within ||
		    hit->field != H323_MEDIA_CHANNEL ||
		    hit->list != control->list)
			continue;
		h323_endpoint_read(t, hit, &media);
		return ntohs(media.port);
	}
	return 0;
}

/* RTP is even, with RTCP beside it; what is otherwise stands alone. Returns how
 * many ports, the first in @want->inside.port.
 */
static u8 h323_media_ports(const struct h323_translation *t,
			   const struct h323_hit *hit,
			   enum h323_purpose purpose, u16 port)
{
	u16 beside;

	if (hit->data == H323_DATA_T38_UDP ||
	    hit->field == H323_KEEP_ALIVE_CHANNEL)
		return 1;
	if (purpose == H323_MEDIA)
		return port & 1 ? 1 : 2;
	if (!(port & 1))
		return 1;
	beside = h323_media_beside(t, hit);
	return !beside || beside == port - 1 ? 2 : 1;
}

static bool h323_media_permitted(const struct h323_translation *t, u8 l4proto,
				 u16 port)
{
	struct nf_alg_net *an = t->msg->session->an;

	return nf_alg_port_media(an, l4proto, port) &&
	       (l4proto == IPPROTO_UDP ||
		nf_alg_option(an, NF_ALG_OPTION_TCP_DOORS));
}

/* Fast start names one pair of ports in each of its channels, for RTP and for
 * RTCP: to bind it once is enough
 */
static const struct h323_bound *
h323_media_bound(const struct h323_translation *t, __be16 port, u8 count,
		 u8 l4proto)
{
	const struct h323_bound *b;

	for (b = t->bound; b < t->bound + t->bounds; b++)
		if (b->port == port && b->count == count &&
		    b->l4proto == l4proto)
			return b;
	return NULL;
}

/* Bind @count ports from @port on. Return: the first of them outside, or -reason
 */
static noinline int h323_media_bind_once(struct h323_translation *t,
					 struct nf_alg_call *call,
					 const struct nf_alg_endpoint *own,
					 __be16 port, u8 count, u8 l4proto)
{
	struct nf_alg_bind want = {
		.inside = *own,
		.count = count,
		.l4proto = l4proto,
		.flags = NF_ALG_BIND_STAY | NF_ALG_BIND_EVEN,
	};
	struct nf_alg_endpoint bound __uninitialized;
	int err;

	want.inside.port = port;
	err = nf_alg_bind(t->msg, call, &want, &bound);
	if (err)
		return err;
	if (t->bounds < H323_BOUND_MAX)
		t->bound[t->bounds++] = (struct h323_bound){
			.port = port,
			.public = bound.port,
			.count = count,
			.l4proto = l4proto,
		};
	return ntohs(bound.port);
}

/* The same, if this PDU has not done so yet */
static int h323_media_bind_new(struct h323_translation *t,
			       struct nf_alg_call *call,
			       const struct nf_alg_endpoint *own, __be16 port,
			       u8 count, u8 l4proto)
{
	const struct h323_bound *b = h323_media_bound(t, port, count, l4proto);

	return b ? ntohs(b->public) :
		   h323_media_bind_once(t, call, own, port, count, l4proto);
}

/* Bind the port of @own, or the pair it belongs to: @port says which, and what
 * for. Return: its port outside, or -reason.
 */
static int h323_media_bind(struct h323_translation *t, struct nf_alg_call *call,
			   const struct nf_alg_endpoint *own,
			   struct h323_port *port)
{
	/* The pair of an RTCP port begins below it */
	u16 second = port->count == 2 ? ntohs(own->port) & 1 : 0;
	int public;

	port->port = htons(ntohs(own->port) - second);
	public = h323_media_bind_new(t, call, own, port->port, port->count,
				     port->l4proto);
	if (public >= 0)
		return public + second;
	if (public != -NF_ALG_REASON_NO_PUBLIC_PORT || port->count != 2)
		return public;
	/* One of the two was promised already without the other */
	port->port = own->port;
	port->count = 1;
	return h323_media_bind_new(t, call, own, port->port, 1, port->l4proto);
}

static void h323_media_note(struct h323_translation *t,
			    const struct h323_hit *hit, struct h323_port port)
{
	const struct h323_message *message = &t->reading->message[hit->message];

	/* What the answer to fast start names has been chosen */
	if (message->layer == H323_LAYER_FAST_START &&
	    t->reading->message[0].kind == H323_SETUP)
		port.flags |= H323_PORT_FAST;
	if (message->kind == H323_OLC_ACK)
		port.flags |= H323_PORT_PEER;
	h323_call_note(t, port);
}

/* @outside: the port it has outside */
static noinline int h323_media_write(struct h323_translation *t,
				     const struct h323_hit *hit, __be16 outside)
{
	struct nf_alg_endpoint public = t->msg->from->seen;

	public.port = outside;
	return h323_endpoint_write(t, hit, &public);
}

/* RTP that is bound with its RTCP has that behind it, as nearly always: so the
 * same is true of it, one port further. @outside: the port of RTP outside
 */
static int h323_media_rtcp(struct h323_translation *t,
			   const struct h323_hit *rtp, __be16 outside)
{
	const u8 *from = t->msg->data + rtp->at;
	const struct h323_hit *rtcp = rtp + 1;
	const u8 *at;

	if (rtcp == t->reading->hit + t->reading->hits ||
	    rtcp->field != H323_MEDIA_CONTROL_CHANNEL ||
	    rtcp->flags != rtp->flags || rtcp->family != rtp->family ||
	    !h323_hit_beside(rtp, rtcp))
		return 0;
	at = t->msg->data + rtcp->at;
	/* The port of RTP is even */
	if (memcmp(at, from, 5) || at[5] != (from[5] | 1))
		return 0;
	t->done = rtcp;
	return h323_endpoint_write4(t, rtcp, t->msg->from->seen.addr.ip,
				    outside | htons(1));
}

int h323_media_own(struct h323_translation *t, const struct h323_hit *hit,
		   enum h323_purpose purpose, const struct nf_alg_endpoint *own)
{
	struct h323_port port = {
		.lcn = hit->lcn,
		.session = hit->session,
		.l4proto = h323_purpose_l4proto(purpose),
		.count = 1,
	};
	struct nf_alg_call *call;
	__be16 outside;
	int err;

	if (!h323_call_begun(t)) {
		nf_alg_reason_left(t->msg, NF_ALG_REASON_BEFORE_SETUP);
		return 0;
	}
	if (!h323_media_permitted(t, port.l4proto, ntohs(own->port))) {
		nf_alg_reason_left(t->msg, NF_ALG_REASON_DOOR_PORT_DENIED);
		return 0;
	}
	if (purpose != H323_STREAM)
		port.count =
			h323_media_ports(t, hit, purpose, ntohs(own->port));
	if (port.count == 2 &&
	    !h323_media_permitted(t, port.l4proto, ntohs(own->port) ^ 1))
		port.count = 1;

	call = h323_call_take(t, H323_SENDER);
	if (IS_ERR(call))
		return PTR_ERR(call);
	err = h323_media_bind(t, call, own, &port);
	if (err < 0)
		return err;
	outside = htons(err);
	h323_media_note(t, hit, port);
	if (unlikely(hit->family != NFPROTO_IPV4))
		return h323_media_write(t, hit, outside);
	err = h323_endpoint_write4(t, hit, t->msg->from->seen.addr.ip, outside);
	if (!err && purpose == H323_MEDIA && port.count == 2)
		err = h323_media_rtcp(t, hit, outside);
	return err;
}

/* A channel is over: @by_sender it was opened by who says so */
static void h323_media_close(struct h323_translation *t, u16 lcn,
			     bool by_sender)
{
	struct nf_alg_call *call;

	if (!lcn)
		return;
	h323_calls_note(t);
	call = h323_call_find(t, H323_SENDER);
	if (call)
		h323_call_close(call, lcn, !by_sender);
	call = h323_call_find(t, H323_RECEIVER);
	if (call)
		h323_call_close(call, lcn, by_sender);
}

void h323_media_effect(struct h323_translation *t,
		       const struct h323_message *message)
{
	struct nf_alg_call *call;
	u32 role;

	switch (message->kind) {
	case H323_CLC:
		h323_media_close(t, message->forward.lcn, true);
		break;
	case H323_CLC_ACK:
	case H323_OLC_REJECT:
		h323_media_close(t, message->forward.lcn, false);
		break;
	case H323_OLC_ACK:
		for (role = 0; role < H323_ROLES; role++) {
			call = h323_call_find(t, role);
			if (call)
				nf_alg_call_commit(call);
		}
		break;
	default:
		break;
	}
}
