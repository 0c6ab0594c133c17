// SPDX-License-Identifier: GPL-2.0
/*
 * Hosts of the far side besides the one that speaks.
 */
#include "contact.h"
#include "dialog.h"
#include "media.h"
#include "name_addr.h"
#include "netns.h"
#include "peer.h"

/* On hold in the manner of RFC 2543 */
static bool sip_peer_nobody(const struct nf_alg_endpoint *host)
{
	const struct nf_alg_endpoint none = { .family = host->family };

	return nf_alg_same_host(host, &none);
}

/* Once, and as long as there is room */
static void sip_peers_insert(struct sip_peers *peers,
			     const struct nf_alg_endpoint *host)
{
	u32 i;

	for (i = 0; i < peers->hosts; i++)
		if (nf_alg_same_host(host, &peers->host[i]))
			return;
	if (peers->hosts < SIP_PEERS_MAX)
		peers->host[peers->hosts++] = *host;
}

void sip_peer_add(const struct sip_translation *t,
		  const struct nf_alg_span *text, struct sip_peers *peers)
{
	struct nf_alg_endpoint host;
	struct nf_alg_cursor c;

	nf_alg_cursor_span(&c, &t->c, text);
	if (!sip_address_parse(&c, &host) || sip_peer_nobody(&host) ||
	    host.family != t->msg->from->own.family)
		return;
	if (nf_alg_same_host(&host, &t->msg->from->own))
		peers->self = true;
	else
		sip_peers_insert(peers, &host);
}

void sip_peer_gather(const struct sip_translation *t, enum sip_header header,
		     struct sip_peers *peers)
{
	struct sip_name_addr value __uninitialized;
	struct sip_uri uri __uninitialized;
	struct nf_alg_cursor c, text;
	u32 i;

	for (i = 0; i < t->head.fields; i++) {
		if (t->head.field[i].name != header)
			continue;
		nf_alg_cursor_span(&c, &t->c, &t->head.field[i].value);
		while (sip_name_addr_next(&c, &value) > 0) {
			nf_alg_cursor_span(&text, &t->c, &value.uri);
			if (value.star || !sip_uri_parse(&text, &uri) ||
			    uri.scheme != SIP_SCHEME_SIP)
				continue;
			sip_peer_add(t, uri.maddr.off ? &uri.maddr : &uri.host,
				     peers);
		}
	}
}

static void sip_peer_key(const struct sip_translation *t,
			 enum sip_memory_kind kind,
			 const struct nf_alg_endpoint *inside,
			 struct sip_memory_key *key)
{
	const struct nf_alg_span *call_id = &t->head.single[SIP_HEADER_CALL_ID];

	sip_memory_key(key, t->msg->session, kind, inside, NULL, 0,
		       sip_name(sip_text(t, call_id), call_id->len));
}

static u32 sip_peer_time(const struct sip_translation *t)
{
	return nf_alg_option(t->msg->session->an, NF_ALG_OPTION_CALL_IDLE_TIME);
}

static void sip_peers_recall(const struct sip_translation *t,
			     const struct sip_memory_key *key,
			     struct sip_peers *peers)
{
	peers->hosts =
		sip_memory_find(key, (u8 *)peers->host, sip_peer_time(t)) /
		sizeof(*peers->host);
}

/* Without memory they stay strangers */
static void sip_peers_keep(const struct sip_translation *t,
			   const struct sip_memory_key *key,
			   const struct sip_peers *peers)
{
	sip_memory_keep(t->msg->session, key, (const u8 *)peers->host,
			peers->hosts * sizeof(*peers->host), sip_peer_time(t),
			NULL);
	if (t->call[SIP_RECEIVER])
		sip_owner_take(t->call[SIP_RECEIVER], key);
}

void sip_peer_learn(struct sip_translation *t)
{
	struct sip_memory_key key __uninitialized;
	struct sip_peers peers = {};

	BUILD_BUG_ON(sizeof(peers.host) > SIP_MEMORY_MAX);

	sip_peer_gather(t, SIP_HEADER_CONTACT, &peers);
	sip_peer_gather(t, SIP_HEADER_RECORD_ROUTE, &peers);
	if (!peers.hosts)
		return;
	sip_peer_key(t, SIP_MEMORY_PEERS, &t->msg->to->own, &key);
	sip_peers_keep(t, &key, &peers);
}

void sip_peer_admit(struct sip_translation *t, struct nf_alg_call *call,
		    const struct nf_alg_endpoint *inside)
{
	struct sip_memory_key key __uninitialized;
	struct sip_peers peers __uninitialized;
	int err;
	u32 i;

	sip_peer_key(t, SIP_MEMORY_PEERS, &t->msg->from->own, &key);
	sip_peers_recall(t, &key, &peers);
	for (i = 0; i < peers.hosts; i++) {
		err = nf_alg_bind_admit(call, inside, t->msg->session->l4proto,
					&peers.host[i]);
		if (err)
			sip_count(t, -err);
	}
}

/* Each branch of a forked call has media of its own */
static void sip_peer_media_key(const struct sip_translation *t,
			       const struct nf_alg_endpoint *inside, u32 far,
			       struct sip_memory_key *key)
{
	sip_peer_key(t, SIP_MEMORY_MEDIA, inside, key);
	key->name ^= (u64)far << 32;
}

void sip_peer_media_learn(struct sip_translation *t, struct sip_peers *peers)
{
	struct sip_memory_key key __uninitialized;
	struct sip_peers before __uninitialized;
	u32 i;

	/* On hold, or nothing that can be read: as before. The one that speaks is
	 * named by speaking, and where anybody may come that is all.
	 */
	if (!peers->hosts && (!peers->self || !sip_media_named_only(t)))
		return;
	sip_peer_media_key(t, &t->msg->to->own, sip_far_tag(t, SIP_RECEIVER),
			   &key);
	if (sip_invite_accepted(t)) {
		sip_memory_fade(&key, 0);
	} else {
		/* The latest come first */
		sip_peers_recall(t, &key, &before);
		for (i = 0; i < before.hosts; i++)
			sip_peers_insert(peers, &before.host[i]);
	}
	if (peers->hosts)
		sip_peers_keep(t, &key, peers);
}

void sip_peer_adopt(struct sip_translation *t, struct nf_alg_call *call,
		    const struct nf_alg_endpoint *inside)
{
	struct sip_memory_key key __uninitialized;

	sip_peer_key(t, SIP_MEMORY_PEERS, inside, &key);
	sip_owner_take(call, &key);
	sip_peer_media_key(t, inside, sip_far_tag(t, SIP_SENDER), &key);
	sip_owner_take(call, &key);
}

void sip_peer_media_retain(struct sip_translation *t, struct nf_alg_call *call,
			   const struct nf_alg_endpoint *inside, u32 far)
{
	struct sip_memory_key key __uninitialized;
	struct sip_peers peers __uninitialized;

	sip_peer_media_key(t, inside, far, &key);
	sip_peers_recall(t, &key, &peers);
	nf_alg_media_retain(call, IPPROTO_UDP, peers.host, peers.hosts);
}

void sip_peer_media_admit(struct sip_translation *t, struct nf_alg_call *call,
			  const struct nf_alg_endpoint *inside, u32 far)
{
	struct sip_memory_key key __uninitialized;
	struct sip_peers peers __uninitialized;
	int err;
	u32 i;

	sip_peer_media_key(t, inside, far, &key);
	sip_peers_recall(t, &key, &peers);
	for (i = 0; i < peers.hosts; i++) {
		err = nf_alg_media_admit(call, IPPROTO_UDP, &peers.host[i]);
		if (err)
			sip_count(t, -err);
	}
}
