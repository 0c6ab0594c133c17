/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_OWNER_H
#define NF_ALG_SIP_OWNER_H

#include "memory.h"

struct nf_alg_call;
struct sip_translation;

/* Texts that a call or registration holds at a time */
#define SIP_OWNER_TEXTS 8
/* Texts of one message that an owner may hold */
#define SIP_OWNER_KEPT 8

/**
 * struct sip_owner - the texts of a call or a registration
 * @text: links to them; id 0: free. The first one is that of the Via of its
 *	latest INVITE, the others make place for newer ones in turn
 * @next: which one is next
 *
 * The first member of the protocol's part of a call; under the call's lock.
 */
struct sip_owner {
	struct sip_memory_link text[SIP_OWNER_TEXTS];
	u32 next;
};

/**
 * struct sip_kept - the texts of a message, until their owner is known
 * @link: links to them
 * @count: how many
 */
struct sip_kept {
	struct sip_memory_link link[SIP_OWNER_KEPT];
	u32 count;
};

/**
 * sip_owner_keep() - remember a text that a call or registration may own
 * @t: translation of the message it stands in
 * @key: what it will be found by
 * @text: what was written
 * @len: its length in bytes
 * @seconds: for how long, if nobody comes to own it
 *
 * Return: as sip_memory_keep().
 */
int sip_owner_keep(struct sip_translation *t, const struct sip_memory_key *key,
		   const u8 *text, u32 len, u32 seconds);

/**
 * sip_owner_adopt() - let a call hold the texts of a message
 * @t: translation, whose texts these are
 * @call: the call or registration
 */
void sip_owner_adopt(struct sip_translation *t, struct nf_alg_call *call);

/**
 * sip_owner_take() - let a call hold a text that is known
 * @call: the call
 * @key: what the text is found by; nothing happens if there is none
 */
void sip_owner_take(struct nf_alg_call *call, const struct sip_memory_key *key);

/**
 * sip_owner_settle() - the message is over
 * @t: translation: its texts go to the sender's dialog. Those that nobody holds
 *	are forgotten soon
 */
void sip_owner_settle(struct sip_translation *t);

/**
 * sip_owner_end() - a call or registration is gone: so are its texts
 * @call: call
 */
void sip_owner_end(struct nf_alg_call *call);

#endif /* NF_ALG_SIP_OWNER_H */
