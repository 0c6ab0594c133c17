// SPDX-License-Identifier: GPL-2.0
/*
 * Channels: how long media is open.
 *
 * Each is an owner of bindings of its own, so that closing it gives back what
 * was bound for it. Its identity is worth something on its own connection only.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include "channel.h"
#include "netns.h"
#include "text.h"

/* As long as a channel may be without media before another takes its place */
#define SCCP_UNUSED (60 * HZ)
#define SCCP_KEY_MAX 160

/* clang-format off */
static const char *const sccp_kinds[] = {
	[SCCP_NO_MEDIA] = "none",
	[SCCP_AUDIO] = "audio",
	[SCCP_VIDEO] = "video",
	[SCCP_PORT] = "port",
	[SCCP_LISTEN] = "listen",
	[SCCP_LIST] = "list",
};

/* clang-format on */

static const char *const sccp_ways[] = {
	[SCCP_RECEIVE] = "receive",
	[SCCP_TRANSMIT] = "transmit",
};

static bool sccp_channel_ids(const struct sccp_channel *channel,
			     const struct sccp_reading *reading)
{
	if (reading->passthru && channel->passthru)
		return channel->passthru == reading->passthru;
	if (reading->call && channel->call)
		return channel->call == reading->call;
	return !reading->passthru && !reading->call && !channel->passthru &&
	       !channel->call;
}

struct sccp_channel *sccp_channel_find(struct sccp_session *session,
				       const struct sccp_reading *reading,
				       enum sccp_way way, u8 side, __be16 port)
{
	struct sccp_channel *channel, *same_port = NULL;

	hlist_for_each_entry(channel, &session->channels, node) {
		if (channel->kind != reading->message->kind ||
		    channel->way != way || channel->side != side ||
		    (reading->media && channel->media &&
		     channel->media != reading->media))
			continue;
		if (sccp_channel_ids(channel, reading))
			return channel;
		if (port && channel->port == port)
			same_port = channel;
	}
	return same_port;
}

/* Nobody uses it: it has had its time, and there is no media */
static bool sccp_channel_unused(const struct sccp_channel *channel)
{
	return !channel->owner ||
	       (!time_before(jiffies, channel->born + SCCP_UNUSED) &&
		!nf_alg_call_flows(channel->owner));
}

static void sccp_channel_remove(struct sccp_session *session,
				struct sccp_channel *channel)
{
	hlist_del(&channel->node);
	session->count--;
	if (channel->owner)
		nf_alg_call_put(channel->owner);
	kfree(channel);
}

/* It is over: its bindings admit no new flow after the linger time */
static void sccp_channel_end(struct sccp_session *session,
			     struct sccp_channel *channel)
{
	if (channel->owner)
		nf_alg_call_end(channel->owner);
	sccp_channel_remove(session, channel);
}

/* A server that never closes channels must not keep a phone from opening new
 * ones: the oldest without media makes room. A phone that only asks for doors
 * gets no more of them that way.
 */
static bool sccp_channel_make_room(struct sccp_session *session)
{
	struct sccp_channel *channel, *oldest = NULL;

	hlist_for_each_entry(channel, &session->channels, node)
		if (sccp_channel_unused(channel))
			oldest = channel;
	if (!oldest)
		return false;
	sccp_channel_end(session, oldest);
	return true;
}

int sccp_channel_take(struct sccp_session *session,
		      const struct sccp_reading *reading, enum sccp_way way,
		      u8 side, __be16 port, struct sccp_channel **taken)
{
	struct sccp_channel *channel;

	channel = sccp_channel_find(session, reading, way, side, port);
	if (!channel) {
		if (session->count >= SCCP_CHANNELS_MAX &&
		    !sccp_channel_make_room(session))
			return -NF_ALG_REASON_LIMIT_CHANNELS;
		channel = kzalloc(sizeof(*channel), GFP_ATOMIC);
		if (!channel)
			return -NF_ALG_REASON_NO_MEMORY;
		channel->kind = reading->message->kind;
		channel->way = way;
		channel->side = side;
		channel->born = jiffies;
		hlist_add_head(&channel->node, &session->channels);
		session->count++;
	}
	if (reading->passthru)
		channel->passthru = reading->passthru;
	if (reading->call)
		channel->call = reading->call;
	if (reading->media)
		channel->media = reading->media;
	*taken = channel;
	return 0;
}

/* A key that people can read, for what is bound on this connection alone */
static struct nf_alg_call *
sccp_channel_owner(struct nf_alg_message *msg,
		   const struct sccp_channel *channel)
{
	char key[SCCP_KEY_MAX];
	struct sccp_text text = { key, sizeof(key) };

	sccp_text_add(&text, sccp_kinds[channel->kind]);
	sccp_text_add(&text, "-");
	sccp_text_add(&text, sccp_ways[channel->way]);
	if (channel->passthru) {
		sccp_text_add(&text, " ");
		sccp_text_number(&text, channel->passthru);
	} else if (channel->call) {
		sccp_text_add(&text, " call ");
		sccp_text_number(&text, channel->call);
	}
	if (channel->media) {
		sccp_text_add(&text, "/");
		sccp_text_number(&text, channel->media);
	}
	sccp_text_add(&text, " of ");
	sccp_text_number(&text, ntohs(msg->from->own.port));
	sccp_text_add(&text, "-");
	sccp_text_endpoint(&text, &msg->to->own);
	return nf_alg_call_take(msg, NF_ALG_CALL, &msg->from->own, key,
				text.len);
}

int sccp_channel_bind(struct nf_alg_message *msg, struct sccp_channel *channel,
		      const struct nf_alg_endpoint *host, u16 port, u8 count,
		      struct nf_alg_endpoint *public)
{
	struct nf_alg_bind want = {
		.inside = *host,
		.l4proto = IPPROTO_UDP,
		.count = count,
		.flags = (count > 1 ? NF_ALG_BIND_EVEN : 0) | NF_ALG_BIND_OTHER,
	};
	struct nf_alg_call *owner = channel->owner;

	/* It may have ended by itself, or have been cleared */
	if (!owner || READ_ONCE(owner->state) >= NF_ALG_CALL_ENDED) {
		owner = sccp_channel_owner(msg, channel);
		if (IS_ERR(owner))
			return PTR_ERR(owner);
		if (channel->owner)
			nf_alg_call_put(channel->owner);
		channel->owner = owner;
	}
	want.inside.port = htons(port);
	return nf_alg_bind(msg, owner, &want, public);
}

void sccp_channel_commit(struct sccp_channel *channel)
{
	nf_alg_call_commit(channel->owner);
}

void sccp_channel_drop(struct sccp_session *session,
		       struct sccp_channel *channel)
{
	if (!channel->port)
		sccp_channel_end(session, channel);
}

void sccp_channel_remote(struct sccp_channel *channel,
			 const struct nf_alg_endpoint *meant,
			 const struct nf_alg_endpoint *told)
{
	channel->meant = *meant;
	channel->told = *told;
}

void sccp_channel_describe(struct sccp_channel *channel,
			   const struct nf_alg_endpoint *remote)
{
	char name[SCCP_ENDPOINT_TEXT];
	struct sccp_text text = { name, sizeof(name) };

	if (remote)
		sccp_text_endpoint(&text, remote);
	nf_alg_call_describe(channel->owner, sccp_kinds[channel->kind], name,
			     text.len);
}

void sccp_channel_close(struct sccp_session *session,
			const struct sccp_reading *reading)
{
	const struct sccp_message *message = reading->message;
	struct sccp_channel *channel, *by_call = NULL;
	struct hlist_node *next;
	bool found = false;

	if (reading->keep)
		return;
	hlist_for_each_entry_safe(channel, next, &session->channels, node) {
		if (channel->kind != message->kind ||
		    channel->way != message->way ||
		    (reading->media && channel->media &&
		     channel->media != reading->media))
			continue;
		if (!sccp_channel_ids(channel, reading)) {
			if (reading->call && channel->call == reading->call)
				by_call = channel;
			continue;
		}
		found = true;
		sccp_channel_end(session, channel);
	}
	if (found || !by_call)
		return;
	sccp_channel_end(session, by_call);
}

void sccp_channels_end(struct sccp_session *session)
{
	struct sccp_channel *channel;
	struct hlist_node *next;

	hlist_for_each_entry_safe(channel, next, &session->channels, node) {
		sccp_channel_end(session, channel);
	}
}

void sccp_channels_end_listening(struct sccp_session *session)
{
	struct sccp_channel *channel;
	struct hlist_node *next;

	hlist_for_each_entry_safe(channel, next, &session->channels, node)
		if (channel->kind == SCCP_LISTEN || channel->kind == SCCP_LIST)
			sccp_channel_end(session, channel);
}

void sccp_channels_extend(struct nf_alg_message *msg,
			  struct sccp_session *session)
{
	u32 idle =
		nf_alg_option(msg->session->an, NF_ALG_OPTION_CALL_IDLE_TIME);
	struct sccp_channel *channel;

	/* The phone says it more often than it needs to be said */
	if (hlist_empty(&session->channels) ||
	    (session->extended &&
	     time_before(jiffies, session->extended + HZ / 4 * idle)))
		return;
	session->extended = jiffies | 1;
	hlist_for_each_entry(channel, &session->channels, node)
		if (channel->owner &&
		    READ_ONCE(channel->owner->state) < NF_ALG_CALL_ENDED)
			nf_alg_call_extend(channel->owner, idle);
}

void sccp_closed(struct nf_alg_session *session)
{
	struct sccp_session *priv = nf_alg_session_priv(session);
	struct sccp_channel *channel;
	struct hlist_node *next;

	hlist_for_each_entry_safe(channel, next, &priv->channels, node) {
		if (channel->owner)
			nf_alg_call_abandon(channel->owner);
		sccp_channel_remove(priv, channel);
	}
}
