/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_MEMORY_H
#define NF_ALG_SIP_MEMORY_H

#include "endpoint.h"
#include "session.h"

/* Longer texts are not translated */
#define SIP_MEMORY_MAX 60
/* What is remembered for longer is no brief text, in seconds */
#define SIP_MEMORY_BRIEF_TIME 180

/**
 * enum sip_memory_kind - what is remembered
 * @SIP_MEMORY_VIA: sent-by of a request's topmost Via
 * @SIP_MEMORY_CONTACT: host and port of a Contact
 * @SIP_MEMORY_ROUTE: host and port in Record-Route or Path
 * @SIP_MEMORY_IDENTITY: host in From, To or an identity header
 * @SIP_MEMORY_PEERS: hosts that may send requests in a dialog
 * @SIP_MEMORY_REGISTER: ports that a REGISTER asks for
 * @SIP_MEMORY_AOR: ports registered for an address-of-record
 * @SIP_MEMORY_MEDIA: hosts that may send media in a dialog
 */
enum sip_memory_kind {
	SIP_MEMORY_VIA,
	SIP_MEMORY_CONTACT,
	SIP_MEMORY_ROUTE,
	SIP_MEMORY_IDENTITY,
	SIP_MEMORY_PEERS,
	SIP_MEMORY_REGISTER,
	SIP_MEMORY_AOR,
	SIP_MEMORY_MEDIA,
};

/**
 * struct sip_memory_key - what a text is found by
 * @netns: cookie of the namespace
 * @name: hash of the user part or address-of-record, or the transaction
 * @public: what the text was translated to; zero where it was not
 * @inside: address of the host that wrote it
 * @vrf: its VRF, or 0
 * @zone: conntrack zone id
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @kind: enum sip_memory_kind
 * @pad: zero
 *
 * Hashed as bytes: no holes.
 */
struct sip_memory_key {
	u64 netns;
	u64 name;
	struct nf_alg_endpoint public;
	union nf_inet_addr inside;
	int vrf;
	u16 zone;
	u8 l4proto;
	u8 kind;
	u32 pad;
};

/**
 * struct sip_memory_link - how an owner refers to a text
 * @id: fingerprint of the text's key; 0: none
 * @stamp: tells the text from a later one with the same key
 * @kind: enum sip_memory_kind
 * @fresh: the link itself is counted in the text: it has to be given to an owner
 *	or to sip_memory_release()
 *
 * Not a pointer: a text can be evicted at any time, and the link then leads
 * nowhere.
 */
struct sip_memory_link {
	u64 id;
	u32 stamp;
	u8 kind;
	bool fresh;
};

/**
 * sip_hash() - keyed hash of bytes from the network
 * @bytes: what to hash
 * @len: how many
 *
 * Return: the hash; nobody outside can choose bytes for it.
 */
u64 sip_hash(const void *bytes, u32 len);

/**
 * sip_name() - a number for a name
 * @text: the name
 * @len: its length in bytes
 *
 * Short names stand for themselves: a memory's whole key is hashed anyway.
 *
 * Return: equal for equal names, and for no others that one can find.
 */
static inline u64 sip_name(const u8 *text, u32 len)
{
	u64 name = len;
	u32 i;

	if (len > 7)
		return sip_hash(text, len);
	for (i = 0; i < len; i++)
		name = name << 8 | text[i];
	return name;
}

/**
 * sip_memory_key() - prepare a key
 * @key: to fill
 * @session: gives namespace, zone, VRF
 * @kind: where the text stands
 * @inside: who wrote it
 * @public: what it was or will be translated to, or NULL
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @name: hash of the user part or address-of-record, or the transaction
 */
void sip_memory_key(struct sip_memory_key *key,
		    const struct nf_alg_session *session,
		    enum sip_memory_kind kind,
		    const struct nf_alg_endpoint *inside,
		    const struct nf_alg_endpoint *public, u8 l4proto, u64 name);

/* What follows is called with bottom halves off, as in translate() */

/**
 * sip_memory_keep() - remember a text
 * @session: the session of the message it stands in
 * @key: what it will be found by; an older text is replaced
 * @text: what was written
 * @len: 1 to SIP_MEMORY_MAX bytes
 * @seconds: for how long, where no call or registration holds it
 * @link: where a link for an owner is put. A text that is new is held by that
 *	link at once; one that is known already is not. NULL: nobody owns it
 *
 * A host that has too many texts loses the one that would expire first.
 *
 * Return: 0, or -NF_ALG_REASON_NO_MEMORY.
 */
int sip_memory_keep(const struct nf_alg_session *session,
		    const struct sip_memory_key *key, const u8 *text, u32 len,
		    u32 seconds, struct sip_memory_link *link);

/**
 * sip_memory_find() - find a text
 * @key: as it was kept
 * @text: where the text is put, SIP_MEMORY_MAX bytes
 * @seconds: remember it for at least so long from now; what is brief is
 *	remembered for SIP_MEMORY_BRIEF_TIME at most
 *
 * Return: length of the text in bytes, or 0.
 */
u32 sip_memory_find(const struct sip_memory_key *key, u8 *text, u32 seconds);

/**
 * sip_memory_fade() - a text is not needed much longer
 * @key: as it was kept
 * @seconds: forget it then, if that is sooner and nobody holds it; 0: forget it
 *	now, even if somebody does
 */
void sip_memory_fade(const struct sip_memory_key *key, u32 seconds);

/**
 * sip_memory_link() - refer to a text that is known
 * @key: as it was kept
 * @link: where the link is put; it is not fresh
 *
 * Return: false if there is none.
 */
bool sip_memory_link(const struct sip_memory_key *key,
		     struct sip_memory_link *link);

/**
 * sip_memory_hold() - one more owner holds a text
 * @link: link to it
 *
 * Return: false if the text is gone.
 */
bool sip_memory_hold(const struct sip_memory_link *link);

/**
 * sip_memory_release() - an owner does not hold a text any more
 * @link: link to it
 * @seconds: where nobody else holds it, forget it then; 0: at once
 */
void sip_memory_release(const struct sip_memory_link *link, u32 seconds);

/**
 * sip_memory_usage() - count the texts of a namespace
 * @an: namespace
 * @usage: where it is put
 */
void sip_memory_usage(struct nf_alg_net *an, struct nf_alg_usage *usage);

int sip_memory_init(void);
void sip_memory_exit(void);

#endif /* NF_ALG_SIP_MEMORY_H */
