/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SCCP_CHANNEL_H
#define NF_ALG_SCCP_CHANNEL_H

#include "binding.h"
#include "call.h"
#include "message.h"
#include "registration.h"

/* Open at the same time on one connection; phones have 3 to 5 streams */
#define SCCP_CHANNELS_MAX 64

/**
 * struct sccp_channel - one way of one medium of a connection
 * @node: in sccp_session.channels
 * @owner: the engine's call that holds its bindings, with a reference; NULL
 *	while nothing is bound
 * @passthru: passThruPartyId, or 0
 * @call: callReference, or 0
 * @media: media type of a PORT channel, or 0
 * @kind: enum sccp_kind
 * @way: enum sccp_way
 * @side: whose bindings it has: the direction in which that side sends
 * @born: when it began, in jiffies
 * @port: the inside port, network order; 0 while nothing is bound
 * @meant: the remote end as its server named it
 * @told: the same as the phone was told
 */
struct sccp_channel {
	struct hlist_node node;
	struct nf_alg_call *owner;
	u32 passthru;
	u32 call;
	u32 media;
	u8 kind;
	u8 way;
	u8 side;
	unsigned long born;
	__be16 port;
	struct nf_alg_endpoint meant;
	struct nf_alg_endpoint told;
};

/**
 * sccp_channel_find() - find the channel a message is about
 * @session: session
 * @reading: the message
 * @way: enum sccp_way
 * @side: direction in which the owner of its bindings sends
 * @port: the inside port it names, network order, or 0
 *
 * By passThruPartyId; where either does not have one by callReference; else by
 * the inside port.
 *
 * Return: the channel or NULL.
 */
struct sccp_channel *sccp_channel_find(struct sccp_session *session,
				       const struct sccp_reading *reading,
				       enum sccp_way way, u8 side, __be16 port);

/**
 * sccp_channel_take() - find the channel a message is about, or begin it
 * @session: session
 * @reading: the message
 * @way: enum sccp_way
 * @side: direction in which the owner of its bindings sends
 * @port: the inside port it names, network order, or 0
 * @channel: where it is put
 *
 * Return: 0, -NF_ALG_REASON_LIMIT_CHANNELS or -NF_ALG_REASON_NO_MEMORY.
 */
int sccp_channel_take(struct sccp_session *session,
		      const struct sccp_reading *reading, enum sccp_way way,
		      u8 side, __be16 port, struct sccp_channel **channel);

/**
 * sccp_channel_bind() - bind ports of the message's sender for a channel
 * @msg: message
 * @channel: one of its sender's
 * @host: the inside host: the sender itself, or one it may speak for; the port
 *	is not looked at
 * @port: first inside port, host order
 * @count: how many
 * @public: where the public endpoint is put
 *
 * Return: as nf_alg_bind() and nf_alg_call_take().
 */
int sccp_channel_bind(struct nf_alg_message *msg, struct sccp_channel *channel,
		      const struct nf_alg_endpoint *host, u16 port, u8 count,
		      struct nf_alg_endpoint *public);

/* Its bindings stay for as long as it lives; what it had before goes */
void sccp_channel_commit(struct sccp_channel *channel);

/* A channel that nothing came of */
void sccp_channel_drop(struct sccp_session *session,
		       struct sccp_channel *channel);

/**
 * sccp_channel_remote() - where does the phone transmit to
 * @channel: a channel of that way
 * @meant: as its server named it
 * @told: as the phone is told
 */
void sccp_channel_remote(struct sccp_channel *channel,
			 const struct nf_alg_endpoint *meant,
			 const struct nf_alg_endpoint *told);

/* Show who is at the other end of a channel that receives */
void sccp_channel_describe(struct sccp_channel *channel,
			   const struct nf_alg_endpoint *remote);

/**
 * sccp_channel_close() - a server ends a channel, on both sides
 * @session: session
 * @reading: its message
 */
void sccp_channel_close(struct sccp_session *session,
			const struct sccp_reading *reading);

/* The registration is over, and with it all calls */
void sccp_channels_end(struct sccp_session *session);

/* The server is none to name a port to once for all calls */
void sccp_channels_end_listening(struct sccp_session *session);

/* The phone lives, so its calls do */
void sccp_channels_extend(struct nf_alg_message *msg,
			  struct sccp_session *session);

/* nf_alg_protocol.closed and .session_end. Phones keep their calls when the
 * connection to the server is lost, so media goes on for as long as it flows.
 */
void sccp_closed(struct nf_alg_session *session);

#endif /* NF_ALG_SCCP_CHANNEL_H */
