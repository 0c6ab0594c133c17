/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SIP_SHARE_H
#define NF_ALG_SIP_SHARE_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include "memory.h"

struct net;

#define SIP_SHARE_BUCKETS 256

/**
 * enum sip_share_class - why a text is remembered, the first to be evicted first
 * @SIP_SHARE_HEARD: the far side wrote it, and there is no call yet
 * @SIP_SHARE_BRIEF: the inside host wrote it, for one transaction
 * @SIP_SHARE_LASTING: the inside host wrote it, outside of calls
 * @SIP_SHARE_HELD: a call or a registration holds it
 * @__SIP_SHARE_CLASS_MAX: number of classes
 */
enum sip_share_class {
	SIP_SHARE_HEARD,
	SIP_SHARE_BRIEF,
	SIP_SHARE_LASTING,
	SIP_SHARE_HELD,
	__SIP_SHARE_CLASS_MAX,
};

/**
 * struct sip_memory - one text
 * @node: in its bucket, under the bucket's lock, as what follows up to @list
 * @id: fingerprint of its key
 * @share: what it is charged to
 * @expires: in seconds since boot; without meaning while it is held
 * @stamp: tells it from others with the same key
 * @owners: how many calls and registrations hold it
 * @class: enum sip_share_class
 * @kind: enum sip_memory_kind
 * @len: length of @text
 * @list: in the share's list of its class, under the share's lock
 * @text: what was written
 */
struct sip_memory {
	struct hlist_node node;
	u64 id;
	struct sip_share *share;
	u32 expires;
	u32 stamp;
	u32 owners;
	u8 class;
	u8 kind;
	u8 len;
	struct list_head list;
	u8 text[SIP_MEMORY_MAX];
};

/**
 * sip_memory_link_to() - refer to a text
 * @s: text; its bucket's lock or its share's is held
 * @fresh: as in struct sip_memory_link
 * @link: filled in
 */
static inline void sip_memory_link_to(const struct sip_memory *s, bool fresh,
				      struct sip_memory_link *link)
{
	link->id = s->id;
	link->stamp = s->stamp;
	link->kind = s->kind;
	link->fresh = fresh;
}

/**
 * struct sip_net - the texts of a namespace
 * @list: in the list of all namespaces, under its mutex
 * @an: the engine's state of the namespace
 * @lock: taken to add and remove shares
 * @leaving: the namespace goes, nothing is remembered any more
 * @texts: how many there are
 * @evicted: how many went before their time
 * @shares: how many hosts have some, or had some lately
 * @hand: bucket where the next search for the largest share begins
 * @share: by host; RCU readers
 */
struct sip_net {
	struct list_head list;
	struct nf_alg_net *an;
	spinlock_t lock; /* guards @share for writers */
	bool leaving;
	atomic_t texts;
	atomic_t evicted;
	atomic_t shares;
	u32 hand;
	struct hlist_head share[SIP_SHARE_BUCKETS];
};

/**
 * struct sip_share - the texts of an inside host
 * @node: in sip_net.share
 * @net: namespace
 * @inside: the host's address
 * @vrf: its VRF, or 0
 * @zone: conntrack zone id
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @lock: guards what follows; taken inside a bucket's lock
 * @dead: it is out of the table and takes no more texts
 * @total: how many texts there are
 * @count: how many of each class
 * @list: texts by class; the first one would expire first
 * @rcu: freed after a grace period
 */
struct sip_share {
	struct hlist_node node;
	struct sip_net *net;
	union nf_inet_addr inside;
	int vrf;
	u16 zone;
	u8 family;
	spinlock_t lock; /* guards what follows up to @list */
	bool dead;
	u32 total;
	u32 count[__SIP_SHARE_CLASS_MAX];
	struct list_head list[__SIP_SHARE_CLASS_MAX];
	struct rcu_head rcu;
};

/**
 * sip_share_add() - charge a text to its host
 * @session: session of the message it stands in
 * @key: its key
 * @s: the text, with its class and expiry; its bucket's lock is held
 * @victim: link to the text that has to go for it; id 0: none
 *
 * Return: false if there is no memory, or the namespace goes.
 */
bool sip_share_add(const struct nf_alg_session *session,
		   const struct sip_memory_key *key, struct sip_memory *s,
		   struct sip_memory_link *victim);

/**
 * sip_share_move() - change the class of a text, or put it behind all others
 * @s: text; its bucket's lock is held
 * @class: its class from now on
 * @victim: link to the text that has to go for it; id 0: none
 */
void sip_share_move(struct sip_memory *s, enum sip_share_class class,
		    struct sip_memory_link *victim);

/**
 * sip_share_remove() - discharge the host of a text
 * @s: text; its bucket's lock is held
 */
void sip_share_remove(struct sip_memory *s);

/* Forget hosts that have no texts */
void sip_shares_sweep(void);

/**
 * sip_share_usage() - count the texts of a namespace
 * @net: namespace
 * @usage: where it is put
 */
void sip_share_usage(const struct net *net, struct nf_alg_usage *usage);

/**
 * sip_shares_init() - be ready for texts of all namespaces
 * @forget: called when a namespace goes: remove its texts
 *
 * Return: 0 or a negative errno.
 */
int sip_shares_init(void (*forget)(struct sip_net *sn));
void sip_shares_exit(void);

#endif /* NF_ALG_SIP_SHARE_H */
