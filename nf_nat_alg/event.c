// SPDX-License-Identifier: GPL-2.0
/*
 * Events, made only while somebody listens
 */
#include <linux/module.h>
#include "event.h"
#include "printable.h"
#include "reason.h"
#include "spec.h"
#include "trace.h"

#define NF_ALG_EVENT_CHANGES 16
#define NF_ALG_EVENT_TEXT 64
#define NF_ALG_EVENT_PLACE 24

/**
 * struct nf_alg_event_draft - an event being written
 * @skb: message
 * @head: its header
 */
struct nf_alg_event_draft {
	struct sk_buff *skb;
	void *head;
};

static bool nf_alg_event_begin(struct nf_alg_event_draft *draft,
			       enum nf_alg_event event,
			       enum nf_alg_protocol_id protocol)
{
	draft->skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!draft->skb)
		return false;
	draft->head = genlmsg_put(draft->skb, 0, 0, &nf_alg_genl_family, 0,
				  NF_ALG_CMD_EVENT_NTF);
	if (draft->head &&
	    !nla_put_u32(draft->skb, NF_ALG_A_EVENT_EVENT, event) &&
	    (!protocol ||
	     !nla_put_u32(draft->skb, NF_ALG_A_EVENT_PROTOCOL, protocol)))
		return true;
	nlmsg_free(draft->skb);
	return false;
}

static void nf_alg_event_end(struct nf_alg_net *an,
			     struct nf_alg_event_draft *draft, bool failed)
{
	if (failed) {
		nlmsg_free(draft->skb);
		return;
	}
	genlmsg_end(draft->skb, draft->head);
	genlmsg_multicast_netns(&nf_alg_genl_family, an->net, draft->skb, 0,
				NF_ALG_MCGRP_EVENTS, GFP_ATOMIC);
}

static int nf_alg_put_text(struct sk_buff *skb, int type, const u8 *bytes,
			   u32 len)
{
	char text[NF_ALG_EVENT_TEXT + 1];

	nf_alg_printable(text, sizeof(text), bytes, len);
	return nla_put_string(skb, type, text);
}

/* The line a text protocol's message begins with, or the name of another's */
static int nf_alg_put_first_line(struct sk_buff *skb,
				 const struct nf_alg_message *msg)
{
	const struct nf_alg_protocol *protocol = msg->session->protocol;
	const char *title;
	u32 len = 0;

	if (protocol->title) {
		title = protocol->title(msg->data, msg->len);
		return title ? nla_put_string(skb, NF_ALG_A_EVENT_FIRST_LINE,
					      title) :
			       0;
	}
	while (len < msg->len && len < NF_ALG_EVENT_TEXT &&
	       msg->data[len] >= 0x20 && msg->data[len] < 0x7f)
		len++;
	if (len < 4)
		return 0;
	return nf_alg_put_text(skb, NF_ALG_A_EVENT_FIRST_LINE, msg->data, len);
}

static int nf_alg_put_change(struct sk_buff *skb,
			     const struct nf_alg_message *msg,
			     const struct nf_alg_change *change)
{
	struct nlattr *nest = nla_nest_start(skb, NF_ALG_A_EVENT_CHANGE);
	char old[NF_ALG_EVENT_TEXT + 1], new[NF_ALG_EVENT_TEXT + 1];
	char place[NF_ALG_EVENT_PLACE + 1];

	if (!nest)
		return -EMSGSIZE;
	if (msg->session->protocol->print) {
		msg->session->protocol->print(msg, change, old, new,
					      sizeof(old));
	} else {
		nf_alg_printable(old, sizeof(old), msg->data + change->off,
				 change->old_len);
		nf_alg_printable(new, sizeof(new), msg->text + change->new_off,
				 change->new_len);
	}
	place[0] = '\0';
	if (msg->session->protocol->place)
		msg->session->protocol->place(msg, change, place,
					      sizeof(place));
	if ((place[0] && nla_put_string(skb, NF_ALG_A_CHANGE_PLACE, place)) ||
	    nla_put_string(skb, NF_ALG_A_CHANGE_OLD, old) ||
	    nla_put_string(skb, NF_ALG_A_CHANGE_NEW, new)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int nf_alg_put_flow(struct sk_buff *skb, u8 l4proto,
			   const struct nf_alg_side *from,
			   const struct nf_alg_side *to)
{
	return nla_put_u8(skb, NF_ALG_A_EVENT_TRANSPORT, l4proto) ||
	       nf_alg_put_endpoint(skb, NF_ALG_A_EVENT_SOURCE, &from->own) ||
	       nf_alg_put_endpoint(skb, NF_ALG_A_EVENT_DESTINATION, &to->own);
}

void __nf_alg_event_message(const struct nf_alg_message *msg)
{
	const struct nf_alg_session *session = msg->session;
	struct nf_alg_event_draft draft;
	bool failed;
	int i;

	if (!nf_alg_event_begin(&draft, NF_ALG_EVENT_MESSAGE,
				session->protocol->id))
		return;
	failed = nf_alg_put_flow(draft.skb, session->l4proto, msg->from,
				 msg->to) ||
		 nla_put_u32(draft.skb, NF_ALG_A_EVENT_LENGTH, msg->len) ||
		 nla_put_u32(draft.skb, NF_ALG_A_EVENT_NEW_LENGTH,
			     msg->len + msg->growth) ||
		 nla_put_u32(draft.skb, NF_ALG_A_EVENT_CHANGES, msg->changes) ||
		 nf_alg_put_first_line(draft.skb, msg);
	/* As many changes as there is room for */
	for (i = 0;
	     !failed && i < min_t(int, msg->changes, NF_ALG_EVENT_CHANGES); i++)
		if (nf_alg_put_change(draft.skb, msg, &msg->change[i]))
			break;
	nf_alg_event_end(session->an, &draft, failed);
}
EXPORT_SYMBOL_GPL(__nf_alg_event_message);

/**
 * nf_alg_event_pass() - tell that something passes as it is
 * @an: namespace
 * @session: whose, or NULL
 * @msg: the message, or NULL: then it is about the session's stream
 * @reason: why
 */
static void nf_alg_event_pass(struct nf_alg_net *an,
			      const struct nf_alg_session *session,
			      const struct nf_alg_message *msg,
			      enum nf_alg_reason reason)
{
	struct nf_alg_event_draft draft;
	bool failed;

	if (!nf_alg_event_begin(&draft, NF_ALG_EVENT_PASS,
				session ? session->protocol->id :
					  NF_ALG_PROTOCOL_NONE))
		return;
	failed = nla_put_u32(draft.skb, NF_ALG_A_EVENT_REASON, reason) ||
		 nla_put_string(draft.skb, NF_ALG_A_EVENT_REASON_NAME,
				nf_alg_reason_name(reason));
	if (!failed && msg)
		failed = nf_alg_put_flow(draft.skb, session->l4proto, msg->from,
					 msg->to) ||
			 nla_put_u32(draft.skb, NF_ALG_A_EVENT_LENGTH,
				     msg->len) ||
			 nf_alg_put_first_line(draft.skb, msg);
	else if (!failed && session)
		failed = nf_alg_put_flow(draft.skb, session->l4proto,
					 &session->side[0], &session->side[1]);
	nf_alg_event_end(an, &draft, failed);
}

void nf_alg_pass(struct nf_alg_net *an, const struct nf_alg_session *session,
		 enum nf_alg_reason reason)
{
	nf_alg_reason_count(an, reason);
	trace_nf_alg_pass(an, session, reason);
	if (nf_alg_event_wanted(an))
		nf_alg_event_pass(an, session, NULL, reason);
}

/**
 * nf_alg_reason_left() - count why a message, or a part of it, is left as it is
 * @msg: message
 * @reason: why
 *
 * Unlike a refusal by translate(), the event names the message, and the rest of
 * it may still be translated.
 */
void nf_alg_reason_left(const struct nf_alg_message *msg,
			enum nf_alg_reason reason)
{
	const struct nf_alg_session *session = msg->session;

	nf_alg_reason_count(session->an, reason);
	trace_nf_alg_pass(session->an, session, reason);
	if (nf_alg_event_wanted(session->an))
		nf_alg_event_pass(session->an, session, msg, reason);
}
EXPORT_SYMBOL_GPL(nf_alg_reason_left);

void __nf_alg_event_binding(struct nf_alg_net *an, enum nf_alg_event event,
			    enum nf_alg_protocol_id protocol, u8 l4proto,
			    const struct nf_alg_endpoint *inside,
			    const struct nf_alg_endpoint *public)
{
	struct nf_alg_event_draft draft;
	bool failed;

	if (!nf_alg_event_begin(&draft, event, protocol))
		return;
	failed = nla_put_u8(draft.skb, NF_ALG_A_EVENT_TRANSPORT, l4proto) ||
		 nf_alg_put_endpoint(draft.skb, NF_ALG_A_EVENT_INSIDE_LOCAL,
				     inside) ||
		 nf_alg_put_endpoint(draft.skb, NF_ALG_A_EVENT_INSIDE_GLOBAL,
				     public);
	nf_alg_event_end(an, &draft, failed);
}
EXPORT_SYMBOL_GPL(__nf_alg_event_binding);

void __nf_alg_event_call(struct nf_alg_net *an, enum nf_alg_event event,
			 enum nf_alg_protocol_id protocol,
			 enum nf_alg_call_kind kind,
			 const struct nf_alg_endpoint *inside, const void *key,
			 u32 len)
{
	struct nf_alg_event_draft draft;
	bool failed;

	if (!nf_alg_event_begin(&draft, event, protocol))
		return;
	failed = nla_put_u8(draft.skb, NF_ALG_A_EVENT_KIND, kind) ||
		 nf_alg_put_endpoint(draft.skb, NF_ALG_A_EVENT_INSIDE_LOCAL,
				     inside) ||
		 nf_alg_put_text(draft.skb, NF_ALG_A_EVENT_KEY, key, len);
	nf_alg_event_end(an, &draft, failed);
}
EXPORT_SYMBOL_GPL(__nf_alg_event_call);

void __nf_alg_event_config(struct nf_alg_net *an, enum nf_alg_config what,
			   const char *name)
{
	struct nf_alg_event_draft draft;
	bool failed;

	if (!nf_alg_event_begin(&draft, NF_ALG_EVENT_CONFIG,
				NF_ALG_PROTOCOL_NONE))
		return;
	failed = nla_put_u32(draft.skb, NF_ALG_A_EVENT_CONFIG, what) ||
		 (name && nla_put_string(draft.skb, NF_ALG_A_EVENT_NAME, name));
	nf_alg_event_end(an, &draft, failed);
}

void __nf_alg_event_spi(struct nf_alg_net *an,
			const struct nf_alg_event_spi *what)
{
	static const struct nf_alg_endpoint nobody;
	struct nf_alg_event_draft draft;
	bool failed;

	if (!nf_alg_event_begin(&draft, what->event, what->protocol))
		return;
	failed = nf_alg_put_endpoint(draft.skb, NF_ALG_A_EVENT_INSIDE_LOCAL,
				     what->inside ?: &nobody) ||
		 nf_alg_put_endpoint(draft.skb, NF_ALG_A_EVENT_INSIDE_GLOBAL,
				     what->public ?: &nobody) ||
		 nf_alg_put_endpoint(draft.skb, NF_ALG_A_EVENT_OUTSIDE_GLOBAL,
				     what->gateway ?: &nobody) ||
		 (what->spi &&
		  nla_put_u32(draft.skb, NF_ALG_A_EVENT_SPI, ntohl(what->spi)));
	if (!failed && (what->event == NF_ALG_EVENT_SPI_LEARNED ||
			what->event == NF_ALG_EVENT_SPI_MOVED))
		failed = nla_put_u8(draft.skb, NF_ALG_A_EVENT_EVIDENCE,
				    what->evidence);
	if (!failed && what->event == NF_ALG_EVENT_SPI_DROPPED)
		failed = nla_put_u32(draft.skb, NF_ALG_A_EVENT_REASON,
				     what->reason) ||
			 nla_put_string(draft.skb, NF_ALG_A_EVENT_REASON_NAME,
					nf_alg_reason_name(what->reason));
	nf_alg_event_end(an, &draft, failed);
}
EXPORT_SYMBOL_GPL(__nf_alg_event_spi);
