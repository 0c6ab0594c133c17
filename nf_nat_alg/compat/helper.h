/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Conntrack helpers: 7.2 registers a copy, which connections keep alive, and
 * the expectation policy has moved into the helper. 7.3 finds them by their
 * name and protocols alone; there is no lookup key with a port any more.
 */
#ifndef NF_ALG_COMPAT_HELPER_H
#define NF_ALG_COMPAT_HELPER_H

#include <net/netfilter/nf_conntrack_helper.h>

typedef int nf_alg_compat_help_fn(struct sk_buff *skb, unsigned int protoff,
				  struct nf_conn *ct,
				  enum ip_conntrack_info ctinfo);

/**
 * nf_alg_compat_helper_init() - describe a conntrack helper
 * @helper: description to fill in
 * @l4proto: IPPROTO_TCP, IPPROTO_UDP or IPPROTO_ESP
 * @number: makes its lookup key differ from others'; it is not a port. Not used
 *	where names tell helpers apart
 * @help: called for each packet
 * @destroy: called when a connection leaves the table
 *
 * It wants no expectations, but a helper must have a policy for them.
 */
static inline void
nf_alg_compat_helper_init(struct nf_conntrack_helper *helper, u8 l4proto,
			  u16 number, nf_alg_compat_help_fn *help,
			  void (*destroy)(struct nf_conn *ct))
{
#ifdef NF_ALG_HAS_HELPER_COPY
	helper->expect_policy[0] = (struct nf_conntrack_expect_policy){
		.name = "none",
		.max_expected = 1,
		.timeout = 1,
	};
	rcu_assign_pointer(helper->help, help);
#else
	static const struct nf_conntrack_expect_policy none = {
		.name = "none",
		.max_expected = 1,
		.timeout = 1,
	};

	helper->expect_policy = &none;
	helper->help = help;
#endif
#ifdef NF_ALG_HAS_HELPER_TUPLE
	helper->tuple.src.l3num = NFPROTO_UNSPEC;
	helper->tuple.src.u.all = htons(number);
	helper->tuple.dst.protonum = l4proto;
#else
	helper->nfproto = NFPROTO_UNSPEC;
	helper->l4proto = l4proto;
#endif
	helper->destroy = destroy;
}

/**
 * nf_alg_compat_helper_register() - register a conntrack helper
 * @me: its description
 * @live: where the one that connections point to is put
 *
 * Return: 0 or a negative errno.
 */
static inline int
nf_alg_compat_helper_register(struct nf_conntrack_helper *me,
			      struct nf_conntrack_helper **live)
{
#ifdef NF_ALG_HAS_HELPER_COPY
	return nf_conntrack_helper_register(me, live);
#else
	int err = nf_conntrack_helper_register(me);

	if (!err)
		*live = me;
	return err;
#endif
}

/* Connections that still point to it must not call into a module that is gone */
static inline void
nf_alg_compat_helper_unregister(struct nf_conntrack_helper *live)
{
	WRITE_ONCE(live->destroy, NULL);
	nf_conntrack_helper_unregister(live);
}

/* Is this one of the helpers that were registered with that function? */
static inline bool
nf_alg_compat_helper_is(const struct nf_conntrack_helper *helper,
			nf_alg_compat_help_fn *help)
{
#ifdef NF_ALG_HAS_HELPER_COPY
	return rcu_access_pointer(helper->help) == help;
#else
	return helper->help == help;
#endif
}

/* A connection begins to point to it. Returns false if it is going away. */
static inline bool nf_alg_compat_helper_hold(struct nf_conntrack_helper *live)
{
#ifdef NF_ALG_HAS_HELPER_COPY
	return refcount_inc_not_zero(&live->ct_refcnt);
#else
	return true;
#endif
}

/* One that nf_alg_compat_helper_hold() was called for points to it no more */
static inline void nf_alg_compat_helper_drop(struct nf_conntrack_helper *live)
{
#ifdef NF_ALG_HAS_HELPER_COPY
	if (refcount_dec_and_test(&live->ct_refcnt))
		kfree_rcu(live, rcu);
#endif
}

#endif /* NF_ALG_COMPAT_HELPER_H */
