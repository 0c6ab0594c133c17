// SPDX-License-Identifier: GPL-2.0
/*
 * Hosts of the far side besides the one that speaks.
 */
#include "contact.h"
#include "name_addr.h"
#include "netns.h"
#include "peer.h"

static void sip_peer_add(const struct sip_translation *t,
			 const struct nf_alg_span *text,
			 struct sip_peers *peers)
{
	struct nf_alg_endpoint host;
	struct nf_alg_cursor c;
	u32 i;

	nf_alg_cursor_span(&c, &t->c, text);
	if (!sip_address_parse(&c, &host) ||
	    host.family != t->msg->from->own.family ||
	    nf_alg_same_host(&host, &t->msg->from->own))
		return;
	for (i = 0; i < peers->hosts; i++)
		if (nf_alg_same_host(&host, &peers->host[i]))
			return;
	if (peers->hosts < SIP_PEERS_MAX)
		peers->host[peers->hosts++] = host;
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
			 const struct nf_alg_endpoint *inside,
			 struct sip_memory_key *key)
{
	const struct nf_alg_span *call_id = &t->head.single[SIP_HEADER_CALL_ID];

	sip_memory_key(key, t->msg->session, SIP_MEMORY_PEERS, inside, NULL, 0,
		       sip_name(sip_text(t, call_id), call_id->len));
}

static u32 sip_peer_time(const struct sip_translation *t)
{
	return nf_alg_option(t->msg->session->an, NF_ALG_OPTION_CALL_IDLE_TIME);
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
	sip_peer_key(t, &t->msg->to->own, &key);
	/* Without memory they stay strangers */
	sip_memory_keep(&key, (u8 *)peers.host,
			peers.hosts * sizeof(*peers.host), sip_peer_time(t));
}

void sip_peer_admit(struct sip_translation *t, struct nf_alg_call *call,
		    const struct nf_alg_endpoint *inside)
{
	struct sip_memory_key key __uninitialized;
	struct sip_peers peers __uninitialized;
	int err;
	u32 i;

	sip_peer_key(t, &t->msg->from->own, &key);
	peers.hosts =
		sip_memory_find(&key, (u8 *)peers.host, sip_peer_time(t)) /
		sizeof(*peers.host);
	for (i = 0; i < peers.hosts; i++) {
		err = nf_alg_bind_admit(call, inside, t->msg->session->l4proto,
					&peers.host[i]);
		if (err)
			sip_count(t, -err);
	}
}
