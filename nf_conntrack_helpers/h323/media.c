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
#include "denied_port.h"
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
	struct nf_alg_endpoint media;
	u32 i;

	for (i = 0; i < r->hits; i++) {
		const struct h323_hit *hit = &r->hit[i];

		if (hit->message != control->message ||
		    hit->within != control->within ||
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
	beside = h323_media_beside(t, hit);
	return port & 1 && (!beside || beside == port - 1) ? 2 : 1;
}

static bool h323_media_permitted(const struct h323_translation *t, u8 l4proto,
				 u16 port)
{
	if (port < NF_ALG_PORT_LOWEST)
		return false;
	return l4proto == IPPROTO_UDP ||
	       (nf_alg_option(t->msg->session->an, NF_ALG_OPTION_TCP_DOORS) &&
		!nf_alg_port_denied(port));
}

/* Fast start names one pair of ports in each of its channels, for RTP and for
 * RTCP: once is enough. Return: 0 or -reason.
 */
static int h323_media_bind_once(struct h323_translation *t,
				struct nf_alg_call *call,
				const struct nf_alg_bind *want,
				struct nf_alg_endpoint *bound)
{
	struct h323_bound *last = &t->bound;
	int err;

	if (last->call == call && last->port == want->inside.port &&
	    last->count == want->count && last->l4proto == want->l4proto) {
		*bound = t->msg->from->seen;
		bound->port = last->public;
		return 0;
	}
	err = nf_alg_bind(t->msg, call, want, bound);
	if (err)
		return err;
	last->call = call;
	last->port = want->inside.port;
	last->public = bound->port;
	last->count = want->count;
	last->l4proto = want->l4proto;
	return 0;
}

static int h323_media_bind(struct h323_translation *t, struct nf_alg_call *call,
			   const struct nf_alg_endpoint *own, u8 count,
			   struct nf_alg_bind *want,
			   struct nf_alg_endpoint *bound)
{
	u16 port = ntohs(own->port);
	u8 second = 0;
	int err;

	/* The pair of an RTCP port begins below it */
	if (count == 2 && port & 1)
		second = 1;
	want->inside = *own;
	want->inside.port = htons(port - second);
	want->count = count;
	err = h323_media_bind_once(t, call, want, bound);
	if (err == -NF_ALG_REASON_NO_PUBLIC_PORT && count == 2) {
		/* One of the two was promised already without the other */
		want->inside.port = own->port;
		want->count = 1;
		return h323_media_bind_once(t, call, want, bound);
	}
	if (!err)
		bound->port = htons(ntohs(bound->port) + second);
	return err;
}

static void h323_media_note(struct h323_translation *t,
			    struct nf_alg_call *call,
			    const struct h323_hit *hit,
			    const struct nf_alg_bind *want)
{
	const struct h323_message *message = &t->reading->message[hit->message];
	struct h323_port port = {
		.port = want->inside.port,
		.lcn = hit->lcn,
		.session = hit->session,
		.l4proto = want->l4proto,
		.count = want->count,
	};

	/* What the answer to fast start names has been chosen */
	if (message->layer == H323_LAYER_FAST_START &&
	    t->reading->message[0].kind == H323_SETUP)
		port.flags |= H323_PORT_FAST;
	if (message->kind == H323_OLC_ACK)
		port.flags |= H323_PORT_PEER;
	h323_call_note(call, &port);
}

int h323_media_own(struct h323_translation *t, const struct h323_hit *hit,
		   enum h323_purpose purpose, const struct nf_alg_endpoint *own)
{
	struct nf_alg_bind want = {
		.l4proto = h323_purpose_l4proto(purpose),
		.flags = NF_ALG_BIND_STAY | NF_ALG_BIND_EVEN,
	};
	u16 port = ntohs(own->port);
	struct nf_alg_endpoint public;
	struct nf_alg_call *call;
	u8 count = 1;
	int err;

	if (!h323_call_begun(t)) {
		nf_alg_reason_left(t->msg, NF_ALG_REASON_BEFORE_SETUP);
		return 0;
	}
	if (!h323_media_permitted(t, want.l4proto, port)) {
		nf_alg_reason_left(t->msg, NF_ALG_REASON_DOOR_PORT_DENIED);
		return 0;
	}
	if (purpose != H323_STREAM)
		count = h323_media_ports(t, hit, purpose, port);

	call = h323_call_take(t, H323_SENDER);
	if (IS_ERR(call))
		return PTR_ERR(call);
	err = h323_media_bind(t, call, own, count, &want, &public);
	if (err)
		return err;
	h323_media_note(t, call, hit, &want);
	return h323_endpoint_write(t, hit, &public);
}

/* A channel is over: @by_sender it was opened by who says so */
static void h323_media_close(struct h323_translation *t, u16 lcn,
			     bool by_sender)
{
	struct nf_alg_call *call;

	if (!lcn)
		return;
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
