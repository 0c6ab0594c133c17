/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_MEMORY_H
#define NF_ALG_SIP_MEMORY_H

#include "endpoint.h"
#include "session.h"

/* Longer texts are not translated */
#define SIP_MEMORY_MAX 60

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
 * sip_memory_keep() - remember what an inside host wrote
 * @key: what it will be found by; an older text is replaced
 * @text: what it wrote
 * @len: 1 to SIP_MEMORY_MAX bytes
 * @seconds: for how long
 *
 * Return: 0, -NF_ALG_REASON_NO_MEMORY, or -NF_ALG_REASON_LIMIT_CALLS if this
 * host has too many.
 */
int sip_memory_keep(const struct sip_memory_key *key, const u8 *text, u32 len,
		    u32 seconds);

/**
 * sip_memory_find() - what did an inside host write
 * @key: as it was kept
 * @text: where the text is put, SIP_MEMORY_MAX bytes
 * @seconds: remember it for at least so long from now
 *
 * Return: length of the text in bytes, or 0.
 */
u32 sip_memory_find(const struct sip_memory_key *key, u8 *text, u32 seconds);

/**
 * sip_memory_fade() - a text is not needed much longer
 * @key: as it was kept
 * @seconds: forget it then, if that is sooner; 0: now
 */
void sip_memory_fade(const struct sip_memory_key *key, u32 seconds);

int sip_memory_init(void);
void sip_memory_exit(void);

#endif /* NF_ALG_SIP_MEMORY_H */
