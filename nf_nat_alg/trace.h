/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: what the engine and the protocols did, for perf and trace-cmd.
 * They cost nothing while nobody looks.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM nf_nat_alg

#if !defined(NF_ALG_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define NF_ALG_TRACE_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/tracepoint.h>
#include "binding.h"
#include "call.h"
#include "compat/trace.h"
#include "message.h"
#include "netns.h"
#include "reason.h"
#include "session.h"

#ifndef NF_ALG_TRACE_ENDPOINT
#define NF_ALG_TRACE_ENDPOINT
/* As a socket address, which is what %pISpc prints */
static inline void nf_alg_trace_endpoint(struct sockaddr_in6 *to,
					 const struct nf_alg_endpoint *from)
{
	memset(to, 0, sizeof(*to));
	if (from->family == NFPROTO_IPV6) {
		to->sin6_family = AF_INET6;
		to->sin6_port = from->port;
		to->sin6_addr = from->addr.in6;
	} else if (from->family == NFPROTO_IPV4) {
		struct sockaddr_in *in = (struct sockaddr_in *)to;

		in->sin_family = AF_INET;
		in->sin_port = from->port;
		in->sin_addr = from->addr.in;
	}
}
#endif

/**
 * trace_nf_alg_message() - a protocol has looked at a message
 * @msg: message, with its edits
 * @err: what translate() returned: 0 or -reason
 */
TRACE_EVENT(nf_alg_message,
	TP_PROTO(const struct nf_alg_message *msg, int err),
	TP_ARGS(msg, err),
	TP_STRUCT__entry(
		__array(__u8, from, sizeof(struct sockaddr_in6))
		__array(__u8, to, sizeof(struct sockaddr_in6))
		__field(__u8, l4proto)
		__field(__u8, protocol)
		__field(__u8, inside)
		__field(__u16, changes)
		__field(__u32, len)
		__field(__s32, growth)
		__field(int, reason)
	),
	TP_fast_assign(
		nf_alg_trace_endpoint((void *)__entry->from, &msg->from->own);
		nf_alg_trace_endpoint((void *)__entry->to, &msg->to->own);
		__entry->l4proto = msg->session->l4proto;
		__entry->protocol = msg->session->protocol->id;
		__entry->inside = msg->from->inside;
		__entry->changes = msg->changes;
		__entry->len = msg->len;
		__entry->growth = msg->growth;
		__entry->reason = -err;
	),
	TP_printk("protocol=%u l4proto=%u from=%pISpc%s to=%pISpc len=%u changes=%u growth=%d reason=%d",
		  __entry->protocol, __entry->l4proto, __entry->from,
		  __entry->inside ? " (inside)" : "", __entry->to,
		  __entry->len, __entry->changes, __entry->growth,
		  __entry->reason)
);

/**
 * trace_nf_alg_translate() - a field of a message was translated
 * @msg: message
 * @field: name of the field, as the protocol calls it
 * @old: endpoint as it was
 * @new: endpoint as it is now
 */
TRACE_EVENT(nf_alg_translate,
	TP_PROTO(const struct nf_alg_message *msg, const char *field,
		 const struct nf_alg_endpoint *old,
		 const struct nf_alg_endpoint *new),
	TP_ARGS(msg, field, old, new),
	TP_STRUCT__entry(
		__field(__u8, protocol)
		__string(field, field)
		__array(__u8, old, sizeof(struct sockaddr_in6))
		__array(__u8, new, sizeof(struct sockaddr_in6))
	),
	TP_fast_assign(
		__entry->protocol = msg->session->protocol->id;
		nf_alg_compat_assign_str(field, field);
		nf_alg_trace_endpoint((void *)__entry->old, old);
		nf_alg_trace_endpoint((void *)__entry->new, new);
	),
	TP_printk("protocol=%u field=%s %pISpc -> %pISpc", __entry->protocol,
		  __get_str(field), __entry->old, __entry->new)
);

/**
 * trace_nf_alg_pass() - something passed untranslated
 * @an: namespace
 * @session: the flow, or NULL if there is none
 * @reason: why
 */
TRACE_EVENT(nf_alg_pass,
	TP_PROTO(const struct nf_alg_net *an,
		 const struct nf_alg_session *session,
		 enum nf_alg_reason reason),
	TP_ARGS(an, session, reason),
	TP_STRUCT__entry(
		__field(unsigned int, net)
		__array(__u8, from, sizeof(struct sockaddr_in6))
		__array(__u8, to, sizeof(struct sockaddr_in6))
		__field(__u8, l4proto)
		__field(int, reason)
	),
	TP_fast_assign(
		static const struct nf_alg_endpoint none;

		__entry->net = an->net->ns.inum;
		nf_alg_trace_endpoint((void *)__entry->from,
				      session ? &session->side[0].own : &none);
		nf_alg_trace_endpoint((void *)__entry->to,
				      session ? &session->side[1].own : &none);
		__entry->l4proto = session ? session->l4proto : 0;
		__entry->reason = reason;
	),
	TP_printk("net=%u l4proto=%u between=%pISpc and=%pISpc reason=%d",
		  __entry->net, __entry->l4proto, __entry->from, __entry->to,
		  __entry->reason)
);

DECLARE_EVENT_CLASS(nf_alg_binding,
	TP_PROTO(const struct nf_alg_binding *binding),
	TP_ARGS(binding),
	TP_STRUCT__entry(
		__array(__u8, inside, sizeof(struct sockaddr_in6))
		__array(__u8, public, sizeof(struct sockaddr_in6))
		__field(__u8, l4proto)
		__field(__u8, protocol)
		__field(__u8, door)
		__field(__u16, zone)
		__field(int, vrf)
	),
	TP_fast_assign(
		nf_alg_trace_endpoint((void *)__entry->inside,
				      &binding->inside);
		nf_alg_trace_endpoint((void *)__entry->public,
				      &binding->public);
		__entry->l4proto = binding->l4proto;
		__entry->protocol = binding->protocol;
		__entry->door = !!(binding->flags & NF_ALG_BIND_DOOR);
		__entry->zone = binding->zone;
		__entry->vrf = binding->vrf;
	),
	TP_printk("protocol=%u l4proto=%u inside=%pISpc public=%pISpc zone=%u vrf=%d%s",
		  __entry->protocol, __entry->l4proto, __entry->inside,
		  __entry->public, __entry->zone, __entry->vrf,
		  __entry->door ? " door" : "")
);

/* Ports were reserved */
DEFINE_EVENT(nf_alg_binding, nf_alg_binding_take,
	TP_PROTO(const struct nf_alg_binding *binding),
	TP_ARGS(binding)
);

/* They stay after the offer was accepted */
DEFINE_EVENT(nf_alg_binding, nf_alg_binding_commit,
	TP_PROTO(const struct nf_alg_binding *binding),
	TP_ARGS(binding)
);

/* Nobody holds them any more; a door closes with it */
DEFINE_EVENT(nf_alg_binding, nf_alg_binding_release,
	TP_PROTO(const struct nf_alg_binding *binding),
	TP_ARGS(binding)
);

/* A door that was closed admits flows from now on */
DEFINE_EVENT(nf_alg_binding, nf_alg_door_open,
	TP_PROTO(const struct nf_alg_binding *binding),
	TP_ARGS(binding)
);

/**
 * trace_nf_alg_flow() - a new flow follows a binding
 * @binding: binding
 * @peer: the other end
 * @inbound: it comes in; otherwise it goes out
 */
TRACE_EVENT(nf_alg_flow,
	TP_PROTO(const struct nf_alg_binding *binding,
		 const struct nf_alg_endpoint *peer, bool inbound),
	TP_ARGS(binding, peer, inbound),
	TP_STRUCT__entry(
		__array(__u8, inside, sizeof(struct sockaddr_in6))
		__array(__u8, public, sizeof(struct sockaddr_in6))
		__array(__u8, peer, sizeof(struct sockaddr_in6))
		__field(__u8, l4proto)
		__field(__u8, inbound)
	),
	TP_fast_assign(
		nf_alg_trace_endpoint((void *)__entry->inside,
				      &binding->inside);
		nf_alg_trace_endpoint((void *)__entry->public,
				      &binding->public);
		nf_alg_trace_endpoint((void *)__entry->peer, peer);
		__entry->l4proto = binding->l4proto;
		__entry->inbound = inbound;
	),
	TP_printk("l4proto=%u inside=%pISpc public=%pISpc %s %pISpc",
		  __entry->l4proto, __entry->inside, __entry->public,
		  __entry->inbound ? "from" : "to", __entry->peer)
);

DECLARE_EVENT_CLASS(nf_alg_call,
	TP_PROTO(const struct nf_alg_call *call),
	TP_ARGS(call),
	TP_STRUCT__entry(
		__array(__u8, inside, sizeof(struct sockaddr_in6))
		__field(__u8, protocol)
		__field(__u8, kind)
		__field(__u32, key)
	),
	TP_fast_assign(
		nf_alg_trace_endpoint((void *)__entry->inside,
				      &call->key.inside);
		__entry->protocol = call->key.protocol;
		__entry->kind = call->key.kind;
		__entry->key = call->key.hash;
	),
	TP_printk("protocol=%u kind=%s inside=%pISc key=%08x",
		  __entry->protocol,
		  __entry->kind == NF_ALG_CALL ? "call" : "registration",
		  __entry->inside, __entry->key)
);

DEFINE_EVENT(nf_alg_call, nf_alg_call_begin,
	TP_PROTO(const struct nf_alg_call *call),
	TP_ARGS(call)
);

DEFINE_EVENT(nf_alg_call, nf_alg_call_end,
	TP_PROTO(const struct nf_alg_call *call),
	TP_ARGS(call)
);

#endif /* NF_ALG_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
