/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_TEST_ENGINE_FAKE_H
#define NF_ALG_TEST_ENGINE_FAKE_H

#include "binding.h"
#include "call.h"
#include "message.h"
#include "netns.h"

/*
 * An engine of one namespace without a kernel: enough to see what a protocol
 * asks for and what becomes of a message.
 */

#define ENGINE_BINDINGS 512
#define ENGINE_CALLS 256
#define ENGINE_ADMITS 8

/**
 * struct engine_binding - an inside port that is bound
 * @inside: inside endpoint; family 0: free place
 * @public: public endpoint
 * @remote: who may come in
 * @l4proto: IPPROTO_*
 * @open: it admits flows
 * @pending: it goes with a rollback
 * @door: flows of it speak the protocol
 * @away: it is a listener outside
 * @protocol: what its flows speak, as it was asked for
 * @seconds: its own time, or 0
 * @fresh: the message being translated took it
 * @admit: who may come in besides @remote
 * @admits: how many
 * @call: owner
 */
struct engine_binding {
	struct nf_alg_endpoint inside;
	struct nf_alg_endpoint public;
	struct nf_alg_endpoint remote;
	u8 l4proto;
	bool open;
	bool pending;
	bool door;
	bool away;
	enum nf_alg_protocol_id protocol;
	u32 seconds;
	bool fresh;
	struct nf_alg_endpoint admit[ENGINE_ADMITS];
	u32 admits;
	struct nf_alg_call *call;
};

extern struct engine_binding engine_binding[ENGINE_BINDINGS];
extern u64 engine_reasons[__NF_ALG_REASON_MAX];
extern struct nf_alg_net engine_net;
extern bool engine_no_ports;
/* The host that the option media-from permits, or NULL */
extern const char *engine_media_from;
/* Every host is one of the option big-hosts */
extern bool engine_big;
/* For how many seconds the flow is kept by nf_alg_session_keep() */
extern u32 engine_kept;
/* Is there media on each call */
extern bool engine_media;

/**
 * struct engine_protocol - what is tested; each test has one
 * @frame: as nf_alg_protocol.frame, or NULL where translate() does not need it
 * @translate: as nf_alg_protocol.translate
 * @wipe: spoil what the protocol keeps for one message only, or NULL
 * @init: called by engine_reset(), or NULL
 * @exit: called by engine_reset() before, or NULL
 * @call_end: as nf_alg_protocol.call_end, or NULL
 * @session_size: as nf_alg_protocol.session_size
 */
struct engine_protocol {
	int (*frame)(const u8 *data, u32 len, struct nf_alg_frame *frame);
	void (*wipe)(void *priv);
	int (*translate)(struct nf_alg_message *msg);
	int (*init)(void);
	void (*exit)(void);
	void (*call_end)(struct nf_alg_call *call);
	u32 session_size;
};

extern const struct engine_protocol engine_protocol;

/* May this host come in by any binding, besides those it was taken for */
bool engine_admits(const char *remote);

/* Begin anew: no state, default options, time 1000 */
void engine_reset(void);

/* A flow between an inside and an outside endpoint, given as text:
 * "10.0.0.2:5060", what it is translated to ("" where there is no NAT), and the
 * remote. The inside host sends in direction 0.
 */
struct nf_alg_session *engine_session(u8 l4proto, const char *inside,
				      const char *public, const char *remote);

/* Translate; the result is a terminated string to be freed, @len its length.
 * *@error is what translate() returned.
 */
char *engine_message(struct nf_alg_session *session, int dir, const char *data,
		     u32 len, u32 *out_len, int *error);

struct nf_alg_endpoint engine_endpoint(const char *text);
int engine_bindings(bool open);
int engine_pending(void);
int engine_calls(enum nf_alg_call_kind kind);
/* Calls that have ended, and those whose time is up, are gone: how many */
int engine_bury(void);
/* Calls that nobody will end */
int engine_abandoned(void);
/* Does the only call end in time even with media on it */
bool engine_call_limited(void);
/* State and lifetime of the only call of a kind */
const char *engine_call_state(enum nf_alg_call_kind kind, u32 *seconds);

#endif
