// SPDX-License-Identifier: GPL-2.0
/*
 * What inside hosts wrote.
 *
 * What was translated on its way out is given back exactly as it was when it
 * comes in again, and nothing else is. A text is found by a keyed 64-bit
 * fingerprint of all that identifies it. Calls and registrations hold texts by
 * links; a text that somebody holds does not expire, and goes with the last of
 * them. Any text can be evicted for the sake of others (share.c).
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
#include "share.h"

#define SIP_MEMORY_BUCKETS 65536
#define SIP_MEMORY_LOCKS 256
#define SIP_MEMORY_SWEEP (60 * HZ)

/**
 * struct sip_memory_lock - guards some of the buckets
 * @lock: taken in the packet path; no other of its kind inside it
 * @stamp: of the latest text that was put there
 */
struct sip_memory_lock {
	spinlock_t lock; /* guards some of the buckets */
	u32 stamp;
};

static struct hlist_head *sip_memories;
static struct sip_memory_lock sip_memory_lock[SIP_MEMORY_LOCKS];
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
		return siphash(key, sizeof(*key), &sip_secret) ?: 1;
	return siphash_4u64(key->netns ^ (u64)key->vrf << 48, key->name,
			    (u64)(__force u32)key->inside.ip << 32 |
				    (__force u32)key->public.addr.ip,
			    flow, &sip_secret) ?:
		       1;
}

static u32 sip_seconds(void)
{
	return ktime_get_seconds();
}

static bool sip_expired(const struct sip_memory *s, u32 now)
{
	return !s->owners && (s32)(s->expires - now) <= 0;
}

static struct sip_memory_lock *sip_bucket_lock(u64 id)
{
	return &sip_memory_lock[id % SIP_MEMORY_LOCKS];
}

static struct hlist_head *sip_bucket(u64 id)
{
	return &sip_memories[id % SIP_MEMORY_BUCKETS];
}

/* Caller holds the bucket's lock */
static void sip_memory_free(struct sip_memory *s)
{
	hlist_del(&s->node);
	sip_share_remove(s);
	kmem_cache_free(sip_memory_cache, s);
}

/* Caller holds the bucket's lock; what has expired on the way goes */
static struct sip_memory *sip_memory_lookup(u64 id, u32 now)
{
	struct sip_memory *s, *found = NULL;
	struct hlist_node *next;

	hlist_for_each_entry_safe(s, next, sip_bucket(id), node) {
		if (sip_expired(s, now))
			sip_memory_free(s);
		else if (s->id == id)
			found = s;
	}
	return found;
}

/* The text that a link leads to, or NULL. Caller holds the bucket's lock */
static struct sip_memory *sip_memory_linked(const struct sip_memory_link *link,
					    u32 now)
{
	struct sip_memory *s = sip_memory_lookup(link->id, now);

	return s && s->stamp == link->stamp ? s : NULL;
}

/* Another text has come; no lock is held */
static void sip_memory_evict(const struct sip_memory_link *victim)
{
	struct sip_memory *s;

	if (likely(!victim->id))
		return;
	spin_lock(&sip_bucket_lock(victim->id)->lock);
	s = sip_memory_linked(victim, sip_seconds());
	if (s)
		sip_memory_free(s);
	spin_unlock(&sip_bucket_lock(victim->id)->lock);
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

/* Where a text belongs that no owner holds */
static enum sip_share_class sip_memory_class(u8 kind, u32 seconds)
{
	if (kind == SIP_MEMORY_PEERS || kind == SIP_MEMORY_MEDIA)
		return SIP_SHARE_HEARD;
	return seconds > SIP_MEMORY_BRIEF_TIME ? SIP_SHARE_LASTING :
						 SIP_SHARE_BRIEF;
}

/* Remember a text that is known for longer. The order of a share's list is that
 * of what expires first, so it moves only when its end does. Caller holds the
 * bucket's lock.
 */
static void sip_memory_extend(struct sip_memory *s, u32 now, u32 seconds,
			      struct sip_memory_link *victim)
{
	u32 class = s->class;

	if (class == SIP_SHARE_HEARD)
		seconds = min_t(u32, seconds, SIP_MEMORY_BRIEF_TIME);
	if ((s32)(now + seconds - s->expires) <= 0)
		return;
	s->expires = now + seconds;
	if (class != SIP_SHARE_HELD)
		class = sip_memory_class(s->kind, seconds);
	sip_share_move(s, class, victim);
}

/* A new text in a bucket whose lock is held */
static struct sip_memory *sip_memory_add(const struct nf_alg_session *session,
					 const struct sip_memory_key *key,
					 u64 id, u32 expires, u32 class,
					 struct sip_memory_link *victim)
{
	struct sip_memory *s = kmem_cache_alloc(sip_memory_cache, GFP_ATOMIC);

	if (!s)
		return NULL;
	s->id = id;
	s->expires = expires;
	s->stamp = ++sip_bucket_lock(id)->stamp;
	s->owners = class == SIP_SHARE_HELD;
	s->class = class;
	s->kind = key->kind;
	s->len = 0;
	if (!sip_share_add(session, key, s, victim)) {
		kmem_cache_free(sip_memory_cache, s);
		return NULL;
	}
	hlist_add_head(&s->node, sip_bucket(id));
	return s;
}

int sip_memory_keep(const struct nf_alg_session *session,
		    const struct sip_memory_key *key, const u8 *text, u32 len,
		    u32 seconds, struct sip_memory_link *link)
{
	u32 class = link ? SIP_SHARE_HELD :
			   sip_memory_class(key->kind, seconds);
	struct sip_memory_link victim = {};
	u64 id = sip_memory_id(key);
	u32 now = sip_seconds();
	struct sip_memory *s;
	bool fresh = false;

	if (!len || len > SIP_MEMORY_MAX)
		return -NF_ALG_REASON_MALFORMED;
	if (class == SIP_SHARE_HEARD)
		seconds = min_t(u32, seconds, SIP_MEMORY_BRIEF_TIME);

	spin_lock(&sip_bucket_lock(id)->lock);
	s = sip_memory_lookup(id, now);
	if (s) {
		sip_memory_extend(s, now, seconds, &victim);
	} else {
		s = sip_memory_add(session, key, id, now + seconds, class,
				   &victim);
		if (!s) {
			spin_unlock(&sip_bucket_lock(id)->lock);
			return -NF_ALG_REASON_NO_MEMORY;
		}
		fresh = link;
	}
	if (s->len != len || memcmp(s->text, text, len)) {
		s->len = len;
		memcpy(s->text, text, len);
	}
	if (link)
		sip_memory_link_to(s, fresh, link);
	spin_unlock(&sip_bucket_lock(id)->lock);
	sip_memory_evict(&victim);
	return 0;
}

u32 sip_memory_find(const struct sip_memory_key *key, u8 *text, u32 seconds)
{
	struct sip_memory_link victim = {};
	u64 id = sip_memory_id(key);
	u32 now = sip_seconds();
	struct sip_memory *s;
	u32 len = 0;

	if (hlist_empty(sip_bucket(id)))
		return 0;
	spin_lock(&sip_bucket_lock(id)->lock);
	s = sip_memory_lookup(id, now);
	if (s) {
		len = s->len;
		memcpy(text, s->text, len);
		if (s->class == SIP_SHARE_BRIEF)
			seconds = min_t(u32, seconds, SIP_MEMORY_BRIEF_TIME);
		sip_memory_extend(s, now, seconds, &victim);
	}
	spin_unlock(&sip_bucket_lock(id)->lock);
	sip_memory_evict(&victim);
	return len;
}

void sip_memory_fade(const struct sip_memory_key *key, u32 seconds)
{
	u64 id = sip_memory_id(key);
	u32 now = sip_seconds();
	struct sip_memory *s;

	spin_lock(&sip_bucket_lock(id)->lock);
	s = sip_memory_lookup(id, now);
	if (s && !seconds)
		sip_memory_free(s);
	else if (s && (s32)(s->expires - (now + seconds)) > 0)
		s->expires = now + seconds;
	spin_unlock(&sip_bucket_lock(id)->lock);
}

bool sip_memory_link(const struct sip_memory_key *key,
		     struct sip_memory_link *link)
{
	u64 id = sip_memory_id(key);
	struct sip_memory *s;

	if (hlist_empty(sip_bucket(id)))
		return false;
	spin_lock(&sip_bucket_lock(id)->lock);
	s = sip_memory_lookup(id, sip_seconds());
	if (s)
		sip_memory_link_to(s, false, link);
	spin_unlock(&sip_bucket_lock(id)->lock);
	return s;
}

bool sip_memory_hold(const struct sip_memory_link *link)
{
	struct sip_memory_link victim = {};
	struct sip_memory *s;

	spin_lock(&sip_bucket_lock(link->id)->lock);
	s = sip_memory_linked(link, sip_seconds());
	if (s && !s->owners++)
		sip_share_move(s, SIP_SHARE_HELD, &victim);
	spin_unlock(&sip_bucket_lock(link->id)->lock);
	sip_memory_evict(&victim);
	return s;
}

void sip_memory_release(const struct sip_memory_link *link, u32 seconds)
{
	struct sip_memory_link victim = {};
	u32 now = sip_seconds();
	struct sip_memory *s;

	local_bh_disable();
	spin_lock(&sip_bucket_lock(link->id)->lock);
	s = sip_memory_linked(link, now);
	if (s && !--s->owners) {
		s->expires = now + seconds;
		if (seconds)
			sip_share_move(s, sip_memory_class(s->kind, seconds),
				       &victim);
		else
			sip_memory_free(s);
	}
	spin_unlock(&sip_bucket_lock(link->id)->lock);
	sip_memory_evict(&victim);
	local_bh_enable();
}

void sip_memory_usage(struct nf_alg_net *an, struct nf_alg_usage *usage)
{
	sip_share_usage(an->net, usage);
}

/* Drop what has expired; of a namespace that goes, everything */
static void sip_memory_sweep(const struct sip_net *gone)
{
	u32 now = sip_seconds(), bucket;
	struct hlist_node *next;
	struct sip_memory *s;

	for (bucket = 0; bucket < SIP_MEMORY_BUCKETS; bucket++) {
		if (hlist_empty(&sip_memories[bucket]))
			continue;
		spin_lock_bh(&sip_bucket_lock(bucket)->lock);
		hlist_for_each_entry_safe(s, next, &sip_memories[bucket], node)
			if (s->share->net == gone || sip_expired(s, now))
				sip_memory_free(s);
		spin_unlock_bh(&sip_bucket_lock(bucket)->lock);
		cond_resched();
	}
}

/* A namespace goes, and says so: what is being put in now is in afterwards */
static void sip_memory_forget(struct sip_net *sn)
{
	u32 i;

	for (i = 0; i < SIP_MEMORY_LOCKS; i++) {
		spin_lock_bh(&sip_memory_lock[i].lock);
		spin_unlock_bh(&sip_memory_lock[i].lock);
	}
	if (atomic_read(&sn->texts))
		sip_memory_sweep(sn);
}

static void sip_memory_sweep_work(struct work_struct *work)
{
	sip_memory_sweep(NULL);
	sip_shares_sweep();
	schedule_delayed_work(&sip_memory_sweeper, SIP_MEMORY_SWEEP);
}

int sip_memory_init(void)
{
	int err;
	u32 i;

	sip_memory_cache = KMEM_CACHE(sip_memory, 0);
	if (!sip_memory_cache)
		return -ENOMEM;
	sip_memories =
		kvcalloc(SIP_MEMORY_BUCKETS, sizeof(*sip_memories), GFP_KERNEL);
	if (!sip_memories) {
		err = -ENOMEM;
		goto cache;
	}
	for (i = 0; i < SIP_MEMORY_LOCKS; i++)
		spin_lock_init(&sip_memory_lock[i].lock);
	get_random_bytes(&sip_secret, sizeof(sip_secret));
	err = sip_shares_init(sip_memory_forget);
	if (err)
		goto memories;
	INIT_DELAYED_WORK(&sip_memory_sweeper, sip_memory_sweep_work);
	schedule_delayed_work(&sip_memory_sweeper, SIP_MEMORY_SWEEP);
	return 0;

memories:
	kvfree(sip_memories);
cache:
	kmem_cache_destroy(sip_memory_cache);
	return err;
}

void sip_memory_exit(void)
{
	cancel_delayed_work_sync(&sip_memory_sweeper);
	sip_shares_exit();
	kvfree(sip_memories);
	kmem_cache_destroy(sip_memory_cache);
}
