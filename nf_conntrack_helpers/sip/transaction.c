// SPDX-License-Identifier: GPL-2.0
/*
 * Transactions: the topmost Via, there and back.
 */
#include "binding.h"
#include "netns.h"
#include "transaction.h"

u64 sip_transaction(struct sip_translation *t)
{
	const struct nf_alg_span *call_id = &t->head.single[SIP_HEADER_CALL_ID];
	const struct nf_alg_span *branch = &t->via.branch;

	if (!t->transaction) {
		t->transaction = sip_name(sip_text(t, branch), branch->len) *
				 0x9e3779b97f4a7c15ULL;
		t->transaction += sip_name(sip_text(t, call_id), call_id->len) *
				  0xc2b2ae3d27d4eb4fULL;
		t->transaction += t->head.cseq * 0x165667b19e3779f9ULL;
		t->transaction = t->transaction ?: 1;
	}
	return t->transaction;
}

static u16 sip_via_port(const struct sip_via *via)
{
	return via->port ?: SIP_PORT;
}

static void sip_via_key(struct sip_translation *t,
			const struct nf_alg_endpoint *inside,
			const struct nf_alg_endpoint *public,
			struct sip_memory_key *key)
{
	sip_memory_key(key, t->msg->session, SIP_MEMORY_VIA, inside, public,
		       t->msg->session->l4proto, sip_transaction(t));
}

/* INVITE may ring for minutes; and where TCP repeats what a bad link loses, the
 * last byte of an answer may come long after the last of its request.
 */
static u32 sip_transaction_time(const struct sip_translation *t)
{
	if (t->head.method != SIP_METHOD_INVITE)
		return t->msg->session->l4proto == IPPROTO_TCP ?
			       SIP_TRANSACTION_TIME_TCP :
			       SIP_TRANSACTION_TIME;
	return nf_alg_option(t->msg->session->an,
			     NF_ALG_OPTION_CALL_SETUP_TIME);
}

/* An INVITE may ring for as long as its call; all else is answered soon */
static int sip_via_keep(struct sip_translation *t,
			const struct sip_memory_key *key)
{
	const struct sip_via *via = &t->via;

	if (t->head.method == SIP_METHOD_INVITE)
		return sip_owner_keep(t, key, sip_text(t, &via->sent_by),
				      via->sent_by.len,
				      sip_transaction_time(t));
	return sip_memory_keep(t->msg->session, key, sip_text(t, &via->sent_by),
			       via->sent_by.len, sip_transaction_time(t), NULL);
}

static int sip_via_out(struct sip_translation *t)
{
	const struct nf_alg_side *from = t->msg->from;
	struct nf_alg_endpoint inside = from->own;
	struct nf_alg_endpoint sent_by = from->seen;
	const struct sip_via *via = &t->via;
	struct sip_memory_key key __uninitialized;
	u8 text[SIP_HOSTPORT_MAX] __uninitialized;
	int err;

	/* With rport the answer comes back by itself (RFC 3581), and its
	 * client learns where it is.
	 */
	if (via->rport || via->transport == SIP_TRANSPORT_OTHER ||
	    via->transport == SIP_TRANSPORT_NONE)
		return 0;
	if (!sip_literal_of(t, &via->host, &from->own) ||
	    !sip_maddr_of(t, &via->maddr, &from->own))
		return 0;

	/* The answer comes to the flow, unless the port named has a door */
	inside.port = htons(sip_via_port(via));
	if (inside.port != from->own.port &&
	    t->msg->session->l4proto == IPPROTO_UDP)
		nf_alg_bound_inside(t->msg->session, IPPROTO_UDP, &inside,
				    &sent_by);
	if (!nf_alg_same_host(&sent_by, &from->seen))
		sent_by = from->seen;

	/* Nothing answers ACK */
	if (t->head.method != SIP_METHOD_ACK) {
		sip_via_key(t, &from->own, &sent_by, &key);
		err = sip_via_keep(t, &key);
		if (err)
			return err;
	}
	err = sip_replace(t, &via->sent_by, text,
			  sip_public_print(t, text, &sent_by, via->port));
	return err ?: sip_maddr_replace(t, &via->maddr, &from->seen);
}

static int sip_via_in(struct sip_translation *t)
{
	const struct nf_alg_side *to = t->msg->to;
	struct nf_alg_endpoint public = to->seen;
	const struct sip_via *via = &t->via;
	struct sip_memory_key key __uninitialized;
	u8 text[SIP_MEMORY_MAX] __uninitialized;
	u32 len;
	int err;

	if (!sip_literal_of(t, &via->host, &to->seen) ||
	    !sip_maddr_of(t, &via->maddr, &to->seen))
		return 0;
	public.port = htons(sip_via_port(via));
	sip_via_key(t, &to->own, &public, &key);
	len = sip_memory_find(&key, text, SIP_TRANSACTION_TIME);
	if (!len)
		return 0;
	if (t->head.line.status >= 200)
		sip_memory_fade(&key, SIP_TRANSACTION_TIME);
	err = sip_replace(t, &via->sent_by, text, len);
	if (err)
		return err;

	err = sip_maddr_replace(t, &via->maddr, &to->own);
	if (err)
		return err;
	/* What the other end saw must agree with what the client wrote */
	if (via->received.len && sip_literal_of(t, &via->received, &to->seen)) {
		len = sip_address_print(text, &to->own);
		err = sip_replace(t, &via->received, text, len);
		if (err)
			return err;
	}
	if (via->rport_value.len) {
		struct nf_alg_cursor c;

		nf_alg_cursor_span(&c, &t->c, &via->rport_value);
		if (sip_port_parse(&c) == ntohs(to->seen.port)) {
			len = sip_number_print(text, ntohs(to->own.port));
			return sip_replace(t, &via->rport_value, text, len);
		}
	}
	return 0;
}

int sip_transaction_translate(struct sip_translation *t)
{
	if (t->head.line.request)
		return t->out ? sip_via_out(t) : 0;
	return t->in ? sip_via_in(t) : 0;
}
