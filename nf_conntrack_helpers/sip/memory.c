// SPDX-License-Identifier: GPL-2.0
/*
 * What inside hosts wrote.
 *
 * What was translated on its way out is given back exactly as it was when it
 * comes in again, and nothing else is. One table for the module: an entry is
 * found by a keyed 64-bit fingerprint of all that identifies it, so it holds no
 * pointer to anything and needs none to go away first. Entries expire; a host
 * can fill a share of the table, not the table.
 */
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include "netns.h"
#include "memory.h"

#define SIP_MEMORY_BUCKETS 16384
#define SIP_MEMORY_LOCKS 256
#define SIP_MEMORY_ENTRIES 262144
/* Hosts that share a counter share its limit */
#define SIP_MEMORY_SHARES 1024
/* A trunk of 200 calls a second writes some 600 texts a second */
#define SIP_MEMORY_SHARE 131072
#define SIP_MEMORY_SWEEP (60 * HZ)

/**
 * struct sip_memory - one text
 * @node: in its bucket, under the bucket's lock
 * @id: fingerprint of its key
 * @expires: in seconds since boot
 * @share: counter it is charged to
 * @len: length of @text
 * @text: what was written
 */
struct sip_memory {
	struct hlist_node node;
	u64 id;
	u32 expires;
	u16 share;
	u8 len;
	u8 text[SIP_MEMORY_MAX];
};

static struct hlist_head *sip_memories;
static spinlock_t sip_memory_lock[SIP_MEMORY_LOCKS];
static atomic_t sip_memory_count;
static atomic_t sip_memory_share[SIP_MEMORY_SHARES];
static struct kmem_cache *sip_memory_cache;
static struct delayed_work sip_memory_sweeper;
static siphash_aligned_key_t sip_secret;

u64 sip_hash(const void *bytes, u32 len)
{
	return siphash(bytes, len, &sip_secret);
}

/* The fingerprint of a key */
static u64 sip_memory_id(const struct sip_memory_key *key)
{
	u64 flow = (u64)key->zone << 32 | (u32)key->l4proto << 24 |
		   key->kind << 16 | (__force u16)key->public.port;

	if (key->public.family == NFPROTO_IPV6)
		return siphash(key, sizeof(*key), &sip_secret);
	return siphash_4u64(key->netns ^ (u64)key->vrf << 48, key->name,
			    (u64)(__force u32)key->inside.ip << 32 |
				    (__force u32)key->public.addr.ip,
			    flow, &sip_secret);
}

static u32 sip_seconds(void)
{
	return ktime_get_seconds();
}

static bool sip_expired(const struct sip_memory *s, u32 now)
{
	return (s32)(s->expires - now) <= 0;
}

static spinlock_t *sip_bucket_lock(u32 bucket)
{
	return &sip_memory_lock[bucket % SIP_MEMORY_LOCKS];
}

static void sip_memory_free(struct sip_memory *s)
{
	hlist_del(&s->node);
	atomic_dec(&sip_memory_share[s->share]);
	atomic_dec(&sip_memory_count);
	kmem_cache_free(sip_memory_cache, s);
}

/* Caller holds the bucket's lock; what has expired on the way goes */
static struct sip_memory *sip_memory_lookup(u32 bucket, u64 id, u32 now)
{
	struct sip_memory *s, *found = NULL;
	struct hlist_node *next;

	hlist_for_each_entry_safe(s, next, &sip_memories[bucket], node) {
		if (sip_expired(s, now))
			sip_memory_free(s);
		else if (s->id == id)
			found = s;
	}
	return found;
}

void sip_memory_key(struct sip_memory_key *key,
		    const struct nf_alg_session *session,
		    enum sip_memory_kind kind,
		    const struct nf_alg_endpoint *inside,
		    const struct nf_alg_endpoint *public, u8 l4proto, u64 name)
{
	BUILD_BUG_ON(sizeof(*key) != 64);

	key->netns = session->an->net->net_cookie;
	key->name = name;
	if (public) {
		key->public = *public;
	} else {
		memset(&key->public, 0, sizeof(key->public));
		key->public.family = inside->family;
	}
	key->inside = inside->addr;
	key->vrf = session->vrf;
	key->zone = session->zone;
	key->l4proto = l4proto;
	key->kind = kind;
	key->pad = 0;
}

/* A new entry at the head of a bucket, if the limits permit */
static int sip_memory_add(const struct sip_memory_key *key, u32 bucket,
			  struct sip_memory **added)
{
	u32 share =
		sip_hash(&key->inside, sizeof(key->inside)) % SIP_MEMORY_SHARES;
	struct sip_memory *s;

	if (atomic_read(&sip_memory_count) >= SIP_MEMORY_ENTRIES ||
	    atomic_read(&sip_memory_share[share]) >= SIP_MEMORY_SHARE)
		return -NF_ALG_REASON_LIMIT_CALLS;
	s = kmem_cache_alloc(sip_memory_cache, GFP_ATOMIC);
	if (!s)
		return -NF_ALG_REASON_NO_MEMORY;
	s->share = share;
	atomic_inc(&sip_memory_share[share]);
	atomic_inc(&sip_memory_count);
	hlist_add_head(&s->node, &sip_memories[bucket]);
	*added = s;
	return 0;
}

int sip_memory_keep(const struct sip_memory_key *key, const u8 *text, u32 len,
		    u32 seconds)
{
	u64 id = sip_memory_id(key);
	u32 bucket = id % SIP_MEMORY_BUCKETS;
	u32 now = sip_seconds();
	struct sip_memory *s;
	int err = 0;

	if (!len || len > SIP_MEMORY_MAX)
		return -NF_ALG_REASON_MALFORMED;

	spin_lock(sip_bucket_lock(bucket));
	s = sip_memory_lookup(bucket, id, now);
	if (!s) {
		err = sip_memory_add(key, bucket, &s);
		if (err)
			goto unlock;
		s->id = id;
		s->expires = now;
	}
	if ((s32)(s->expires - (now + seconds)) < 0)
		s->expires = now + seconds;
	s->len = len;
	memcpy(s->text, text, len);
unlock:
	spin_unlock(sip_bucket_lock(bucket));
	return err;
}

u32 sip_memory_find(const struct sip_memory_key *key, u8 *text, u32 seconds)
{
	u64 id = sip_memory_id(key);
	u32 bucket = id % SIP_MEMORY_BUCKETS;
	u32 now = sip_seconds();
	struct sip_memory *s;
	u32 len = 0;

	if (hlist_empty(&sip_memories[bucket]))
		return 0;
	spin_lock(sip_bucket_lock(bucket));
	s = sip_memory_lookup(bucket, id, now);
	if (s) {
		len = s->len;
		memcpy(text, s->text, len);
		if ((s32)(s->expires - (now + seconds)) < 0)
			s->expires = now + seconds;
	}
	spin_unlock(sip_bucket_lock(bucket));
	return len;
}

void sip_memory_fade(const struct sip_memory_key *key, u32 seconds)
{
	u64 id = sip_memory_id(key);
	u32 bucket = id % SIP_MEMORY_BUCKETS;
	u32 now = sip_seconds();
	struct sip_memory *s;

	spin_lock(sip_bucket_lock(bucket));
	s = sip_memory_lookup(bucket, id, now);
	if (s && (s32)(s->expires - (now + seconds)) > 0) {
		s->expires = now + seconds;
		if (!seconds)
			sip_memory_free(s);
	}
	spin_unlock(sip_bucket_lock(bucket));
}

/* Drop what has expired, or everything */
static void sip_memory_sweep(bool all)
{
	u32 now = sip_seconds(), bucket;
	struct hlist_node *next;
	struct sip_memory *s;

	for (bucket = 0; bucket < SIP_MEMORY_BUCKETS; bucket++) {
		if (hlist_empty(&sip_memories[bucket]))
			continue;
		spin_lock_bh(sip_bucket_lock(bucket));
		hlist_for_each_entry_safe(s, next, &sip_memories[bucket], node)
			if (all || sip_expired(s, now))
				sip_memory_free(s);
		spin_unlock_bh(sip_bucket_lock(bucket));
		cond_resched();
	}
}

static void sip_memory_sweep_work(struct work_struct *work)
{
	sip_memory_sweep(false);
	schedule_delayed_work(&sip_memory_sweeper, SIP_MEMORY_SWEEP);
}

int sip_memory_init(void)
{
	u32 i;

	sip_memory_cache = KMEM_CACHE(sip_memory, 0);
	if (!sip_memory_cache)
		return -ENOMEM;
	sip_memories =
		kvcalloc(SIP_MEMORY_BUCKETS, sizeof(*sip_memories), GFP_KERNEL);
	if (!sip_memories) {
		kmem_cache_destroy(sip_memory_cache);
		return -ENOMEM;
	}
	for (i = 0; i < SIP_MEMORY_LOCKS; i++)
		spin_lock_init(&sip_memory_lock[i]);
	get_random_bytes(&sip_secret, sizeof(sip_secret));
	INIT_DELAYED_WORK(&sip_memory_sweeper, sip_memory_sweep_work);
	schedule_delayed_work(&sip_memory_sweeper, SIP_MEMORY_SWEEP);
	return 0;
}

void sip_memory_exit(void)
{
	cancel_delayed_work_sync(&sip_memory_sweeper);
	sip_memory_sweep(true);
	kvfree(sip_memories);
	kmem_cache_destroy(sip_memory_cache);
}
