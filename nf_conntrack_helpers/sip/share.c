// SPDX-License-Identifier: GPL-2.0
/*
 * Whose texts are remembered, and which of them go when there are too many.
 *
 * Each inside host has a share of its namespace's texts. What the far side
 * wrote before there was a call, what lives for a transaction and what lives on
 * outside of calls have each a quarter of it, so that a stranger, or requests
 * without a call, cannot take the texts of calls away. A share that is full
 * gives up the text that would expire first; nothing new is refused.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include "netns.h"
#include "option.h"
#include "share.h"

/* Texts of a namespace, 128 bytes each, and of an inside host */
#define SIP_SHARE_TEXTS 262144
#define SIP_SHARE_MAX (SIP_SHARE_TEXTS / 16)
#define SIP_SHARE_QUARTER (SIP_SHARE_MAX / 4)
/* Texts of all namespaces; one with fewer than a host's share is left alone */
#define SIP_SHARE_TEXTS_ALL (4 * SIP_SHARE_TEXTS)
/* Hosts that are told apart, and those looked at for the largest share */
#define SIP_SHARE_HOSTS 16384
#define SIP_SHARE_LOOK 16

static unsigned int sip_net_id;
static LIST_HEAD(sip_nets);
static DEFINE_MUTEX(sip_nets_mutex);
static atomic_t sip_texts_all;
static void (*sip_share_forget)(struct sip_net *sn);

static struct sip_net *sip_pernet(const struct net *net)
{
	return net_generic(net, sip_net_id);
}

/* The text that expires first among the least important ones, but not @new.
 * Caller holds the share's lock.
 */
static void sip_share_first(struct sip_share *share,
			    const struct sip_memory *new,
			    struct sip_memory_link *victim)
{
	const struct sip_memory *s;
	u32 i;

	for (i = 0; i < __SIP_SHARE_CLASS_MAX; i++) {
		s = list_first_entry_or_null(&share->list[i], struct sip_memory,
					     list);
		if (!s || s == new)
			continue;
		sip_memory_link_to(s, false, victim);
		return;
	}
}

/* The administrator has said that only the limit of all applies to the host */
static noinline bool sip_share_big(const struct sip_share *share)
{
	struct nf_alg_endpoint host = {
		.addr = share->inside,
		.family = share->family,
	};

	return nf_alg_big_host(share->net->an, &host);
}

/* Which text goes for one that has come. Caller holds the share's lock. */
static void sip_share_victim(struct sip_share *share,
			     const struct sip_memory *new,
			     struct sip_memory_link *victim)
{
	u32 class = new->class;

	if (likely(share->total <= SIP_SHARE_MAX) &&
	    (class == SIP_SHARE_HELD ||
	     share->count[class] <= SIP_SHARE_QUARTER))
		return;
	/* What a stranger says is no reason to have more */
	if (class != SIP_SHARE_HEARD && sip_share_big(share))
		return;
	if (class != SIP_SHARE_HELD && share->count[class] > SIP_SHARE_QUARTER)
		sip_memory_link_to(list_first_entry(&share->list[class],
						    struct sip_memory, list),
				   false, victim);
	else
		sip_share_first(share, new, victim);
}

/* Too many in the namespace: the largest share that is met gives one up */
static noinline void sip_net_victim(struct sip_net *sn,
				    const struct sip_memory *new,
				    struct sip_memory_link *victim)
{
	struct sip_share *share, *largest = new->share;
	u32 hand = READ_ONCE(sn->hand), looked = 0, i;

	for (i = 0; i < SIP_SHARE_BUCKETS && looked < SIP_SHARE_LOOK; i++) {
		hlist_for_each_entry_rcu(
			share, &sn->share[(hand + i) % SIP_SHARE_BUCKETS],
			node) {
			if (READ_ONCE(share->total) > READ_ONCE(largest->total))
				largest = share;
			if (++looked == SIP_SHARE_LOOK)
				break;
		}
	}
	WRITE_ONCE(sn->hand, (hand + i) % SIP_SHARE_BUCKETS);
	spin_lock(&largest->lock);
	sip_share_first(largest, new, victim);
	spin_unlock(&largest->lock);
}

static bool sip_net_full(const struct sip_net *sn)
{
	u32 texts = atomic_read(&sn->texts);

	return texts > SIP_SHARE_TEXTS ||
	       (texts > SIP_SHARE_MAX &&
		atomic_read(&sip_texts_all) > SIP_SHARE_TEXTS_ALL);
}

/* Caller holds RCU */
static struct sip_share *sip_share_lookup(struct sip_net *sn, u32 bucket,
					  const struct sip_memory_key *key)
{
	struct sip_share *share;

	hlist_for_each_entry_rcu(share, &sn->share[bucket], node)
		if (share->vrf == key->vrf && share->zone == key->zone &&
		    !memcmp(&share->inside, &key->inside,
			    sizeof(share->inside)))
			return share;
	return NULL;
}

/* The first text of a host */
static noinline struct sip_share *
sip_share_begin(struct sip_net *sn, u32 bucket,
		const struct sip_memory_key *key)
{
	struct sip_share *share, *fresh;
	u32 i;

	/* Beyond that, hosts share the one in whose bucket they are */
	if (atomic_read(&sn->shares) >= SIP_SHARE_HOSTS) {
		share = hlist_entry_safe(rcu_dereference_raw(hlist_first_rcu(
						 &sn->share[bucket])),
					 struct sip_share, node);
		if (share)
			return share;
	}
	fresh = kzalloc(sizeof(*fresh), GFP_ATOMIC);
	if (!fresh)
		return NULL;
	fresh->net = sn;
	fresh->inside = key->inside;
	fresh->vrf = key->vrf;
	fresh->zone = key->zone;
	fresh->family = key->public.family;
	spin_lock_init(&fresh->lock);
	for (i = 0; i < __SIP_SHARE_CLASS_MAX; i++)
		INIT_LIST_HEAD(&fresh->list[i]);

	spin_lock(&sn->lock);
	share = sip_share_lookup(sn, bucket, key);
	if (!share && !sn->leaving) {
		hlist_add_head_rcu(&fresh->node, &sn->share[bucket]);
		atomic_inc(&sn->shares);
		share = fresh;
		fresh = NULL;
	}
	spin_unlock(&sn->lock);
	kfree(fresh);
	return share;
}

/* At the end of its class. Caller holds the share's lock. */
static void sip_share_insert(struct sip_share *share, struct sip_memory *s)
{
	list_add_tail(&s->list, &share->list[s->class]);
	share->count[s->class]++;
}

bool sip_share_add(const struct nf_alg_session *session,
		   const struct sip_memory_key *key, struct sip_memory *s,
		   struct sip_memory_link *victim)
{
	struct sip_net *sn = sip_pernet(session->an->net);
	u32 bucket =
		sip_hash(&key->inside, sizeof(key->inside)) % SIP_SHARE_BUCKETS;
	struct sip_share *share;
	bool dead;

	victim->id = 0;
	rcu_read_lock();
	/* Checked under the bucket's lock, which the last sweep takes as well */
	if (READ_ONCE(sn->leaving))
		goto none;
	share = sip_share_lookup(sn, bucket, key);
	do {
		/* One that is dead is not found again */
		share = share ?: sip_share_begin(sn, bucket, key);
		if (!share)
			goto none;
		spin_lock(&share->lock);
		dead = share->dead;
		if (dead) {
			spin_unlock(&share->lock);
			share = NULL;
		}
	} while (dead);
	s->share = share;
	sip_share_insert(share, s);
	share->total++;
	sip_share_victim(share, s, victim);
	spin_unlock(&share->lock);
	atomic_inc(&sn->texts);
	atomic_inc(&sip_texts_all);
	if (!victim->id && unlikely(sip_net_full(sn)))
		sip_net_victim(sn, s, victim);
	if (victim->id)
		atomic_inc(&sn->evicted);
	rcu_read_unlock();
	return true;

none:
	rcu_read_unlock();
	return false;
}

void sip_share_move(struct sip_memory *s, enum sip_share_class class,
		    struct sip_memory_link *victim)
{
	struct sip_share *share = s->share;

	victim->id = 0;
	spin_lock(&share->lock);
	list_del(&s->list);
	share->count[s->class]--;
	s->class = class;
	sip_share_insert(share, s);
	sip_share_victim(share, s, victim);
	if (victim->id)
		atomic_inc(&share->net->evicted);
	spin_unlock(&share->lock);
}

void sip_share_remove(struct sip_memory *s)
{
	struct sip_share *share = s->share;

	/* Before the share can be taken for empty and go */
	atomic_dec(&share->net->texts);
	atomic_dec(&sip_texts_all);
	spin_lock(&share->lock);
	list_del(&s->list);
	share->count[s->class]--;
	share->total--;
	spin_unlock(&share->lock);
}

static void sip_net_sweep(struct sip_net *sn)
{
	struct sip_share *share;
	struct hlist_node *next;
	u32 bucket;

	for (bucket = 0; bucket < SIP_SHARE_BUCKETS; bucket++) {
		if (hlist_empty(&sn->share[bucket]))
			continue;
		spin_lock_bh(&sn->lock);
		hlist_for_each_entry_safe(share, next, &sn->share[bucket],
					  node) {
			spin_lock(&share->lock);
			share->dead = !share->total;
			spin_unlock(&share->lock);
			if (!share->dead)
				continue;
			hlist_del_rcu(&share->node);
			atomic_dec(&sn->shares);
			kfree_rcu(share, rcu);
		}
		spin_unlock_bh(&sn->lock);
		cond_resched();
	}
}

void sip_shares_sweep(void)
{
	struct sip_net *sn;

	mutex_lock(&sip_nets_mutex);
	list_for_each_entry(sn, &sip_nets, list)
		sip_net_sweep(sn);
	mutex_unlock(&sip_nets_mutex);
}

void sip_share_usage(const struct net *net, struct nf_alg_usage *usage)
{
	const struct sip_net *sn = sip_pernet(net);

	usage->used = atomic_read(&sn->texts);
	usage->max = SIP_SHARE_TEXTS;
	usage->per_host = SIP_SHARE_MAX;
	usage->met = (u32)atomic_read(&sn->evicted);
}

static int __net_init sip_net_init(struct net *net)
{
	struct sip_net *sn = sip_pernet(net);

	sn->an = nf_alg_pernet(net);
	spin_lock_init(&sn->lock);
	mutex_lock(&sip_nets_mutex);
	list_add(&sn->list, &sip_nets);
	mutex_unlock(&sip_nets_mutex);
	return 0;
}

/* The engine, which is older, ends its calls later. They refer to texts by
 * links, which then lead nowhere.
 */
static void __net_exit sip_net_exit(struct net *net)
{
	struct sip_net *sn = sip_pernet(net);

	spin_lock_bh(&sn->lock);
	WRITE_ONCE(sn->leaving, true);
	spin_unlock_bh(&sn->lock);
	mutex_lock(&sip_nets_mutex);
	list_del(&sn->list);
	mutex_unlock(&sip_nets_mutex);
	sip_share_forget(sn);
	sip_net_sweep(sn);
}

static struct pernet_operations sip_net_ops = {
	.init = sip_net_init,
	.exit = sip_net_exit,
	.id = &sip_net_id,
	.size = sizeof(struct sip_net),
};

int sip_shares_init(void (*forget)(struct sip_net *sn))
{
	sip_share_forget = forget;
	return register_pernet_subsys(&sip_net_ops);
}

void sip_shares_exit(void)
{
	unregister_pernet_subsys(&sip_net_ops);
}
