/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the engine's headers and the policy of a protocol use of the kernel, for
 * one thread in user space. Every header that stands in for one of the kernel's
 * leads here.
 */
/* clang-format off */
#ifndef NF_ALG_TEST_ENGINE_KERNEL_H
#define NF_ALG_TEST_ENGINE_KERNEL_H

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/random.h>
#include <linux/types.h>

#define BUILD_BUG_ON(condition) _Static_assert(!(condition), #condition)
#define clamp(v, lo, hi) ((v) < (lo) ? (lo) : (v) > (hi) ? (hi) : (v))
#define U16_MAX ((u16)~0)
#define S32_MAX 0x7fffffff
#define __rcu
#define __force
#define __acquires(lock)
#define __releases(lock)
#define __must_hold(lock)
#define __percpu
#define __aligned(n) __attribute__((__aligned__(n)))
#define READ_ONCE(x) (x)
#define WRITE_ONCE(x, v) ((x) = (v))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))

typedef u64 possible_net_t;

/* linux/err.h */
#define MAX_ERRNO 4095
#define ERR_PTR(error) ((void *)(long)(error))
#define PTR_ERR(p) ((long)(p))
#define IS_ERR(p) ((unsigned long)(p) >= (unsigned long)-MAX_ERRNO)

/* linux/netfilter.h */
enum { NFPROTO_IPV4 = 2, NFPROTO_IPV6 = 10 };

union nf_inet_addr {
	u32 all[4];
	__be32 ip;
	__be32 ip6[4];
	struct in_addr in;
	struct in6_addr in6;
};

enum ip_conntrack_dir {
	IP_CT_DIR_ORIGINAL,
	IP_CT_DIR_REPLY,
	IP_CT_DIR_MAX
};

enum ip_conntrack_info { IP_CT_NEW };

struct nf_conn;
struct nf_conntrack_tuple;
struct nf_conntrack_tuple_hash;
struct nf_conntrack_zone;

/* Locks: there is one thread */
typedef struct { int held; } spinlock_t;
struct mutex { int held; };
struct rw_semaphore { int held; };
#define DEFINE_MUTEX(name) struct mutex name
#define mutex_lock(mutex) ((void)(mutex))
#define mutex_unlock(mutex) ((void)(mutex))
#define spin_lock_init(lock) ((lock)->held = 0)
#define spin_lock(lock) spin_lock_bh(lock)
#define spin_unlock(lock) spin_unlock_bh(lock)

static inline void spin_lock_bh(spinlock_t *lock)
{
	if (lock->held++)
		abort();
}

static inline void spin_unlock_bh(spinlock_t *lock)
{
	if (--lock->held)
		abort();
}

typedef struct { int counter; } atomic_t;
typedef struct { long counter; } atomic_long_t;
typedef struct { s64 counter; } atomic64_t;
typedef struct { int refs; } refcount_t;
#define atomic_read(v) ((v)->counter)
#define atomic_inc(v) ((v)->counter++)
#define atomic_dec(v) ((v)->counter--)
#define refcount_inc(v) ((v)->refs++)

/* Lists */
struct list_head {
	struct list_head *next, *prev;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

#define hlist_empty(head) (!(head)->first)
#define list_empty(head) ((head)->next == (head))
#define INIT_LIST_HEAD(head) ((head)->next = (head)->prev = (head))

static inline void hlist_add_head(struct hlist_node *n, struct hlist_head *h)
{
	n->next = h->first;
	if (n->next)
		n->next->pprev = &n->next;
	h->first = n;
	n->pprev = &h->first;
}

static inline void hlist_del(struct hlist_node *n)
{
	*n->pprev = n->next;
	if (n->next)
		n->next->pprev = n->pprev;
}

#define hlist_entry_safe(n, type, member) \
	((n) ? container_of(n, type, member) : NULL)
#define hlist_for_each_entry(pos, head, member) \
	for (pos = hlist_entry_safe((head)->first, typeof(*pos), member); pos; \
	     pos = hlist_entry_safe(pos->member.next, typeof(*pos), member))
#define hlist_for_each_entry_safe(pos, n, head, member) \
	for (pos = hlist_entry_safe((head)->first, typeof(*pos), member); \
	     pos && ((n = pos->member.next), 1); \
	     pos = hlist_entry_safe(n, typeof(*pos), member))

static inline void list_add_tail(struct list_head *n, struct list_head *h)
{
	n->next = h;
	n->prev = h->prev;
	h->prev->next = n;
	h->prev = n;
}

static inline void list_add(struct list_head *n, struct list_head *h)
{
	list_add_tail(n, h->next);
}

static inline void list_del(struct list_head *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
}

#define LIST_HEAD(name) struct list_head name = { &(name), &(name) }
#define list_first_entry(head, type, member) \
	container_of((head)->next, type, member)
#define list_first_entry_or_null(head, type, member) \
	(list_empty(head) ? NULL : list_first_entry(head, type, member))
#define list_for_each_entry(pos, head, member) \
	for (pos = list_first_entry(head, typeof(*pos), member); \
	     &pos->member != (head); \
	     pos = list_first_entry(&pos->member, typeof(*pos), member))

/* One thread needs no grace period */
#define rcu_read_lock() do { } while (0)
#define rcu_read_unlock() do { } while (0)
#define rcu_dereference_raw(p) (p)
#define local_bh_disable() do { } while (0)
#define local_bh_enable() do { } while (0)
#define kfree_rcu(p, rcu) free(p)
#define hlist_first_rcu(head) ((head)->first)
#define hlist_for_each_entry_rcu hlist_for_each_entry
#define hlist_add_head_rcu hlist_add_head
#define hlist_del_rcu hlist_del

/* Things that are only kept, never used */
struct rcu_head { int unused; };
struct llist_node { int unused; };
struct llist_head { int unused; };
struct rhash_head { int unused; };
struct rhlist_head { int unused; };
struct rhashtable { int unused; };
struct rhltable { int unused; };
struct xarray { int unused; };
struct timer_list { int unused; };
struct work_struct { int unused; };
struct delayed_work { struct work_struct work; };
struct module;
#define THIS_MODULE ((struct module *)NULL)
#define HZ 100
#define INIT_DELAYED_WORK(w, function) ((void)(function))
#define schedule_delayed_work(w, delay) ((void)(w))
#define cancel_delayed_work_sync(w) ((void)(w))
#define cond_resched() do { } while (0)
#define MODULE_ALIAS(alias)

struct net {
	u64 net_cookie;
	void *generic;
};

/* One namespace, and one module with state in it */
extern struct net engine_netns;

struct pernet_operations {
	int (*init)(struct net *net);
	void (*exit)(struct net *net);
	unsigned int *id;
	size_t size;
};

#define __net_init
#define __net_exit
#define net_generic(net, id) ((void)(id), (net)->generic)

static inline int register_pernet_subsys(struct pernet_operations *ops)
{
	engine_netns.generic = calloc(1, ops->size);
	return ops->init(&engine_netns);
}

static inline void unregister_pernet_subsys(struct pernet_operations *ops)
{
	ops->exit(&engine_netns);
	free(engine_netns.generic);
}

/* Memory; a test may make it short */
extern int engine_memory;

/* linux/percpu.h: a CPU that keeps nothing, so that what is freed is freed */
#define alloc_percpu(type) calloc(1, sizeof(type))
#define free_percpu(p) free(p)
#define per_cpu_ptr(p, cpu) (p)
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define this_cpu_xchg(name, new) ((void)(name), (new))

struct kmem_cache {
	size_t size;
};

#define GFP_ATOMIC 0
#define GFP_KERNEL 0
#define __read_mostly
#define KMEM_CACHE(name, flags) kmem_cache_make(sizeof(struct name))

#define kmem_cache_create(name, size, align, flags, construct) \
	kmem_cache_make(size)

static inline struct kmem_cache *kmem_cache_make(size_t size)
{
	struct kmem_cache *cache = malloc(sizeof(*cache));

	cache->size = size;
	return cache;
}

static inline void kmem_cache_destroy(struct kmem_cache *cache)
{
	free(cache);
}

static inline void *kmem_cache_alloc(struct kmem_cache *cache, int flags)
{
	return engine_memory ? malloc(cache->size) : NULL;
}

static inline void kmem_cache_free(struct kmem_cache *cache, void *p)
{
	free(p);
}

#define kzalloc(size, flags) (engine_memory ? calloc(1, size) : NULL)
#define kfree(p) free(p)
#define kvcalloc(n, size, flags) calloc(n, size)
#define kvfree(p) free(p)

/* Time stands still unless a test moves it */
extern s64 engine_seconds;

static inline s64 ktime_get_seconds(void)
{
	return engine_seconds;
}

#define jiffies ((unsigned long)engine_seconds * HZ)
#define time_before(a, b) ((long)((a) - (b)) < 0)

/* Hashes need not be good here, but the same in each run */
typedef struct { u64 key[2]; } siphash_aligned_key_t;

static inline void get_random_bytes(void *p, size_t n)
{
	memset(p, 0x5a, n);
}

static inline u64 siphash(const void *p, size_t n,
			  const siphash_aligned_key_t *key)
{
	const u8 *byte = p;
	u64 h = 0xcbf29ce484222325ULL ^ key->key[0];

	while (n--)
		h = (h ^ *byte++) * 0x100000001b3ULL;
	return h ^ h >> 32;
}

static inline u64 siphash_4u64(u64 a, u64 b, u64 c, u64 d,
			       const siphash_aligned_key_t *key)
{
	u64 all[4] = { a, b, c, d };

	return siphash(all, sizeof(all), key);
}

#endif
