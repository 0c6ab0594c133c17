/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_PEER_H
#define NF_ALG_SIP_PEER_H

#include "binding.h"
#include "translate.h"

/* Hosts that one message may name */
#define SIP_PEERS_MAX 3

/**
 * struct sip_peers - hosts of the far side besides the one that speaks
 * @host: their addresses, port 0
 * @hosts: how many
 * @self: the one that speaks was named as well
 */
struct sip_peers {
	struct nf_alg_endpoint host[SIP_PEERS_MAX];
	u32 hosts;
	bool self;
};

/**
 * sip_peer_add() - one more host of the sender's side
 * @t: translation
 * @text: its address; a name, the unspecified address and the one that speaks
 *	are not added
 * @peers: where it is added
 */
void sip_peer_add(const struct sip_translation *t,
		  const struct nf_alg_span *text, struct sip_peers *peers);

/**
 * sip_peer_gather() - hosts that a message names as ways to its sender's side
 * @t: translation
 * @header: in which header
 * @peers: where they are added; what is there already, or speaks itself, is not
 *
 * Only literals in sip: URIs; nobody else can be told apart from a stranger.
 */
void sip_peer_gather(const struct sip_translation *t, enum sip_header header,
		     struct sip_peers *peers);

/**
 * sip_peer_learn() - remember who else may send requests in a dialog
 * @t: translation of a message to the inside
 *
 * A proxy that does not stay in the path is followed by the far party itself
 * (its Contact), and a provider may have several that do (Record-Route).
 */
void sip_peer_learn(struct sip_translation *t);

/**
 * sip_peer_admit() - let those in who were learned for this dialog
 * @t: translation of a message from the inside
 * @call: its dialog
 * @inside: the endpoint they may come to; the call holds a door for it
 */
void sip_peer_admit(struct sip_translation *t, struct nf_alg_call *call,
		    const struct nf_alg_endpoint *inside);

/**
 * sip_peer_media_learn() - remember who may send media in a dialog
 * @t: translation of a message to the inside
 * @peers: hosts that its session description names; those that the same branch
 *	named before are added as long as there is room, unless this is its
 *	final answer
 */
void sip_peer_media_learn(struct sip_translation *t, struct sip_peers *peers);

/**
 * sip_peer_media_admit() - let in who may send media
 * @t: translation
 * @call: a dialog of an inside host, before its offer is committed
 * @inside: that host
 * @far: tag of the branch that they belong to, as sip_far_tag()
 */
void sip_peer_media_admit(struct sip_translation *t, struct nf_alg_call *call,
			  const struct nf_alg_endpoint *inside, u32 far);

/**
 * sip_peer_adopt() - let a dialog hold what its first message named
 * @t: translation of the inside host's first answer to it
 * @call: the dialog
 * @inside: the inside host
 */
void sip_peer_adopt(struct sip_translation *t, struct nf_alg_call *call,
		    const struct nf_alg_endpoint *inside);

/**
 * sip_peer_media_retain() - nobody else may send media any more
 * @t: translation
 * @call: a dialog of an inside host
 * @inside: that host
 * @far: tag of the branch that has answered
 */
void sip_peer_media_retain(struct sip_translation *t, struct nf_alg_call *call,
			   const struct nf_alg_endpoint *inside, u32 far);

#endif /* NF_ALG_SIP_PEER_H */
