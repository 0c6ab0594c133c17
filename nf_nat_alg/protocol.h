/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract between the engine and a protocol.
 *
 * A protocol registers one description. The engine shows it whole messages and
 * it says what to change. It never sees an skb, a sequence number or a lock of
 * the packet path.
 */
#ifndef NF_ALG_PROTOCOL_H
#define NF_ALG_PROTOCOL_H

#include <linux/module.h>
#include <linux/types.h>
#include <linux/nf_nat_alg.h>

struct net;
struct nf_alg_call;
struct nf_alg_change;
struct nf_alg_endpoint;
struct nf_alg_message;
struct nf_alg_net;
struct nf_alg_session;
struct nf_alg_tunnel_state;
struct rhashtable;
struct sk_buff;

/**
 * struct nf_alg_frame - how far the framing of one message has come
 * @seen: bytes already looked at, so that a message that arrives byte by byte
 *	is read once
 * @head: length of the head once it is known, else 0
 * @body: length of the body once it is known
 * @state: the protocol's own
 * @idle: there is nothing in it to translate
 * @parsed: of a whole message: what translate() needs to know of it stands in
 *	@priv
 * @priv: the protocol's own part of the session, or NULL
 *
 * All zero but @priv before the first byte of a message. The engine keeps it
 * between calls and clears it after each message.
 */
struct nf_alg_frame {
	u32 seen;
	u32 head;
	u32 body;
	u32 state;
	bool idle;
	bool parsed;
	void *priv;
};

/**
 * struct nf_alg_usage - what is used of a protocol's own limit
 * @used: now
 * @max: in the namespace
 * @per_host: for an inside host
 * @met: how often it was met
 */
struct nf_alg_usage {
	u64 used;
	u64 max;
	u64 per_host;
	u64 met;
};

/* Results of frame() besides a length */
#define NF_ALG_FRAME_MORE 0

/**
 * struct nf_alg_protocol - what a protocol module registers
 * @name: as in natctl service add, and the module's alias nf-nat-alg-<name>
 * @id: its number in the netlink interface
 * @owner: THIS_MODULE
 * @tcp: may be used on TCP; @frame is then needed
 * @udp: may be used on UDP
 * @session_size: bytes of its own in each session, zeroed
 * @call_size: bytes of its own in each call or registration, zeroed
 * @call_protocol: whose its calls and its registrations are, by enum
 *	nf_alg_call_kind, where several protocols speak for one call; their
 *	call_size and call_end are the same then. 0: its own
 * @frame: look at the first @len bytes of a stream that begins at a message.
 *	Pure, but for what it leaves in frame->priv. Returns the length of the
 *	first message (1 to @len), or NF_ALG_FRAME_MORE if it is not complete
 *	yet, or -reason (negative enum nf_alg_reason) if this is not, or is no
 *	longer, this protocol: the stream is then passed on untouched for the
 *	rest of its life. A result of MORE with frame->head and frame->body
 *	known lets the engine refuse too long a message early. With a length
 *	frame->parsed says that frame->priv spares translate() a second look;
 *	translate() of the same bytes follows at once, or never.
 * @translate: one whole message (a framed one, or a datagram). Records edits
 *	with nf_alg_edit() and takes bindings with nf_alg_bind(). Returns 0, or
 *	-reason: the message then passes unchanged, its edits are forgotten and
 *	the bindings it took are given back. Called with bottom halves off
 *	under the session's lock, so one message of a session at a time;
 *	messages of different sessions run at the same time. GFP_ATOMIC.
 * @closed: TCP only: both ends have closed the connection, or one has reset it;
 *	conntrack will remember it for a while. Under the session's lock, and
 *	perhaps more than once.
 * @session_end: the session goes away: free what its private part owns.
 * @call_end: a call or registration goes away: likewise. Any context.
 * @title: the name of a message, for events; NULL where messages begin with a
 *	line that says it
 * @place: write the name of the header or line that a change stands in, as a
 *	terminated text of at most @size bytes, for events; NULL where there
 *	are no such names. Under the session's lock.
 * @print: write the old and the new bytes of a change (an edit of
 *	@translate) as terminated texts of at most @size bytes, for events;
 *	NULL where they are text. Under the session's lock.
 * @usage: how many texts it remembers in a namespace, for natctl show limits
 * @configure: only of a protocol whose packets are not messages on a port
 *	(neither @tcp nor @udp): its services in this namespace may have
 *	changed, and its own hooks come and go with them. Called under
 *	nf_alg_net.config; also when the protocol is registered. Returns 0 or
 *	a negative errno, which only a new service looks at.
 * @tunnels: the table behind natctl show tunnels, which lives as long as the
 *	namespace and the module
 * @fill: write one of its objects (attributes NF_ALG_A_TUNNEL_*); RCU is held.
 *	Returns 0 or -EMSGSIZE.
 * @clear: forget tunnels whose inside host is @inside and whose public address
 *	is @public; family 0: all. May sleep. Returns how many there were.
 * @restore: put a tunnel in, as another router had it, or bring one that exists
 *	to that; under nf_alg_net.config. Returns 0 or a negative errno:
 *	nf_alg_tunnel_refuse() has the sentences.
 * @forget: forget one tunnel and its connections; under nf_alg_net.config.
 *	Returns 0 or -ENOENT.
 *
 * All functions may be NULL but @translate, and that one where there is
 * @configure.
 */
struct nf_alg_protocol {
	const char *name;
	enum nf_alg_protocol_id id;
	struct module *owner;
	bool tcp;
	bool udp;
	u16 session_size;
	u16 call_size;
	enum nf_alg_protocol_id call_protocol[2];
	int (*frame)(const u8 *data, u32 len, struct nf_alg_frame *frame);
	int (*translate)(struct nf_alg_message *msg);
	void (*closed)(struct nf_alg_session *session);
	void (*session_end)(struct nf_alg_session *session);
	void (*call_end)(struct nf_alg_call *call);
	const char *(*title)(const u8 *data, u32 len);
	void (*place)(const struct nf_alg_message *msg,
		      const struct nf_alg_change *change, char *text,
		      size_t size);
	void (*print)(const struct nf_alg_message *msg,
		      const struct nf_alg_change *change, char *old, char *new,
		      size_t size);
	void (*usage)(struct nf_alg_net *an, struct nf_alg_usage *usage);
	int (*configure)(struct nf_alg_net *an);
	struct rhashtable *(*tunnels)(struct nf_alg_net *an);
	int (*fill)(struct sk_buff *skb, const void *tunnel);
	unsigned int (*clear)(struct nf_alg_net *an,
			      const struct nf_alg_endpoint *inside,
			      const struct nf_alg_endpoint *public);
	int (*restore)(struct nf_alg_net *an,
		       const struct nf_alg_tunnel_state *state);
	int (*forget)(struct nf_alg_net *an,
		      const struct nf_alg_tunnel_state *state);
};

int nf_alg_protocol_register(const struct nf_alg_protocol *protocol);
void nf_alg_protocol_unregister(const struct nf_alg_protocol *protocol);

const char *nf_alg_protocol_name(enum nf_alg_protocol_id id);

/* Has a module registered it, be it one of the kernel's own? Any context */
bool nf_alg_protocol_present(enum nf_alg_protocol_id id);

/* The registered protocol or NULL; caller holds RCU */
const struct nf_alg_protocol *nf_alg_protocol_find(enum nf_alg_protocol_id id);

/* Ask for a protocol's module; it comes later. Any context */
void nf_alg_protocol_request(enum nf_alg_protocol_id id);

/* Are its services without a port of the engine's (esp, ike) */
bool nf_alg_protocol_portless(enum nf_alg_protocol_id id);

/* The registered protocol, whose module stays until module_put(), or NULL */
const struct nf_alg_protocol *nf_alg_protocol_get(enum nf_alg_protocol_id id);

/**
 * nf_alg_protocol_configure() - services of a protocol have changed
 * @an: namespace; its config mutex is held
 * @id: the protocol
 *
 * Return: 0, or what its configure() returned.
 */
int nf_alg_protocol_configure(struct nf_alg_net *an,
			      enum nf_alg_protocol_id id);

/**
 * nf_alg_protocol_use() - a session or a call of a protocol begins
 * @protocol: its description; the caller holds RCU, or has another such object
 *
 * The description, and the module behind it, stay until as many
 * nf_alg_protocol_unuse() have come: nf_alg_protocol_unregister() waits for
 * that. Any context.
 */
void nf_alg_protocol_use(const struct nf_alg_protocol *protocol);

/**
 * nf_alg_protocol_unuse() - one of them is gone, and what was its own is freed
 * @protocol: its description, which may be gone when this returns
 */
void nf_alg_protocol_unuse(const struct nf_alg_protocol *protocol);

int nf_alg_protocol_init(void);

void nf_alg_protocol_exit(void);

#define MODULE_ALIAS_NF_ALG_PROTOCOL(name) MODULE_ALIAS("nf-nat-alg-" name)

#endif /* NF_ALG_PROTOCOL_H */
