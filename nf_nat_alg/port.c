// SPDX-License-Identifier: GPL-2.0
/*
 * Which public port a binding gets
 */
#include <linux/bitmap.h>
#include <linux/in.h>
#include <linux/net.h>
#include <linux/siphash.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "binding.h"
#include "compat/socket.h"
#include "denied_port.h"
#include "netns.h"
#include "port.h"
#include "service.h"
#include "session.h"

#define NF_ALG_PORT_CANDIDATES 2048

/* A port that was given back is avoided for one to two turns: as long as conntrack
 * keeps a flow of it, which leads to the host that had it
 */
#define NF_ALG_PORT_TURN (120 * HZ)

/* Does a connection of somebody else use the port toward this peer */
static bool nf_alg_port_tracked(const struct nf_alg_port_want *want, u8 i,
				__be16 port, const struct nf_alg_endpoint *peer)
{
	struct nf_conntrack_tuple tuple = {};
	const struct nf_conntrack_tuple *other;
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_zone zone;
	struct nf_conn *ct;
	bool foreign;

	if (!peer || peer->family != want->public->family || !peer->port)
		return false;

	tuple.src.u3 = peer->addr;
	tuple.src.u.all = peer->port;
	tuple.src.l3num = peer->family;
	tuple.dst.u3 = want->public->addr;
	tuple.dst.u.all = port;
	tuple.dst.protonum = want->l4proto;
	nf_ct_zone_init(&zone, want->zone, NF_CT_DEFAULT_ZONE_DIR, 0);

	h = nf_conntrack_find_get(want->an->net, &zone, &tuple);
	if (!h)
		return false;

	/* The inside host's own flow may already have this port: no clash */
	ct = nf_ct_tuplehash_to_ctrack(h);
	other = &ct->tuplehash[!NF_CT_DIRECTION(h)].tuple;
	foreign = !nf_inet_addr_cmp(&other->src.u3, &want->inside->addr) ||
		  ntohs(other->src.u.all) != ntohs(want->inside->port) + i;
	nf_ct_put(ct);
	return foreign;
}

static bool nf_alg_port_listened(const struct nf_alg_port_want *want,
				 __be16 port)
{
	struct net *net = want->an->net;
	bool listened;

	rcu_read_lock();
	if (want->public->family == NFPROTO_IPV4)
		listened = nf_alg_compat_listened4(net, want->l4proto,
						   want->public->addr.ip, port);
	else
		listened = nf_alg_compat_listened6(
			net, want->l4proto, &want->public->addr.in6, port);
	rcu_read_unlock();
	return listened;
}

bool nf_alg_port_free(const struct nf_alg_port_want *want, u8 i, u16 port)
{
	struct nf_alg_endpoint public = *want->public;
	int p;

	public.port = htons(port);
	if (nf_alg_binding_public_taken(want->an, want->l4proto, &public))
		return false;

	for (p = 0; p < ARRAY_SIZE(want->peer); p++)
		if (nf_alg_port_tracked(want, i, public.port, want->peer[p]))
			return false;
	return !nf_alg_port_listened(want, public.port);
}

static bool nf_alg_port_all_free(const struct nf_alg_port_want *want, u16 port)
{
	int i;

	for (i = 0; i < want->count; i++) {
		if (want->media &&
		    !nf_alg_port_media(want->an, want->l4proto, port + i))
			return false;
		if (!nf_alg_port_free(want, i, port + i))
			return false;
	}
	return true;
}

u32 nf_alg_port_count(struct nf_alg_net *an)
{
	u32 low = nf_alg_option(an, NF_ALG_OPTION_MEDIA_PORT_LOW);
	u32 high = nf_alg_option(an, NF_ALG_OPTION_MEDIA_PORT_HIGH);

	/* Both are set one after the other */
	return high < low ? 0 : high - low + 1;
}

bool nf_alg_port_ranged(struct nf_alg_net *an, u16 port)
{
	return port >= nf_alg_option(an, NF_ALG_OPTION_MEDIA_PORT_LOW) &&
	       port <= nf_alg_option(an, NF_ALG_OPTION_MEDIA_PORT_HIGH);
}

bool nf_alg_port_media(struct nf_alg_net *an, u8 l4proto, u16 port)
{
	return port >= NF_ALG_PORT_LOWEST &&
	       !nf_alg_port_denied_media(l4proto, port) &&
	       !nf_alg_service_port(an, l4proto, htons(port));
}
EXPORT_SYMBOL_GPL(nf_alg_port_media);

/* Begin another turn when this one is over */
static void nf_alg_port_turn(struct nf_alg_bindings *bindings)
{
	unsigned long past = jiffies - bindings->turned;

	if (past < NF_ALG_PORT_TURN)
		return;
	bindings->turned = jiffies;
	swap(bindings->released[0], bindings->released[1]);
	if (bindings->released[0])
		bitmap_zero(bindings->released[0], U16_MAX + 1);
	if (past >= 2 * NF_ALG_PORT_TURN && bindings->released[1])
		bitmap_zero(bindings->released[1], U16_MAX + 1);
}

/**
 * nf_alg_port_released() - a public port of media that had flows is given back
 * @an: namespace
 * @port: host order
 *
 * Conntrack may keep those flows for a while, and packets of theirs would go to
 * the host that had the port. Caller holds nf_alg_bindings.lock.
 */
void nf_alg_port_released(struct nf_alg_net *an, u16 port)
{
	struct nf_alg_bindings *bindings = &an->bindings;

	nf_alg_port_turn(bindings);
	if (!bindings->released[0])
		bindings->released[0] =
			bitmap_zalloc(U16_MAX + 1, GFP_ATOMIC | __GFP_NOWARN);
	if (bindings->released[0])
		__set_bit(port, bindings->released[0]);
}

/**
 * nf_alg_ports_exit() - nothing is bound any more
 * @an: namespace
 */
void nf_alg_ports_exit(struct nf_alg_net *an)
{
	bitmap_free(an->bindings.released[0]);
	bitmap_free(an->bindings.released[1]);
}

static bool nf_alg_port_recent(const struct nf_alg_port_want *want, u16 port)
{
	struct nf_alg_bindings *bindings = &want->an->bindings;
	int i, turn;

	if (want->l4proto != IPPROTO_UDP)
		return false;
	nf_alg_port_turn(bindings);
	for (turn = 0; turn < ARRAY_SIZE(bindings->released); turn++)
		for (i = 0; bindings->released[turn] && i < want->count; i++)
			if (test_bit(port + i, bindings->released[turn]))
				return true;
	return false;
}

/* Where the search begins: what is bound once more finds its port again, while
 * nobody outside can tell which one it is
 */
static u32 nf_alg_port_hash(const struct nf_alg_endpoint *inside)
{
	static siphash_aligned_key_t key;

	net_get_random_once(&key, sizeof(key));
	return siphash(inside, sizeof(*inside), &key);
}

u16 nf_alg_port_choose(const struct nf_alg_port_want *want, const u16 *own,
		       int n)
{
	u16 inside = ntohs(want->inside->port);
	u32 low, high, slots, first, slot, step, left;
	u16 port, odd = inside & 1;
	bool fresh;
	int i;

	for (i = 0; i < n; i++) {
		if (own[i] < NF_ALG_PORT_LOWEST ||
		    own[i] + want->count - 1 > U16_MAX ||
		    (want->parity && (own[i] & 1) != odd))
			continue;
		if (nf_alg_port_all_free(want, own[i]))
			return own[i];
	}

	low = nf_alg_option(want->an, NF_ALG_OPTION_MEDIA_PORT_LOW);
	high = nf_alg_option(want->an, NF_ALG_OPTION_MEDIA_PORT_HIGH);
	if (inside >= low && inside + want->count - 1 <= high &&
	    nf_alg_port_all_free(want, inside))
		return inside;

	step = want->parity ? 2 : 1;
	if (want->parity && (low & 1) != odd)
		low++;
	if (low + want->count - 1 > high)
		return 0;

	slots = (high - (want->count - 1) - low) / step + 1;
	first = nf_alg_port_hash(want->inside) % slots;
	for (fresh = want->media;; fresh = false) {
		slot = first;
		left = min_t(u32, slots, NF_ALG_PORT_CANDIDATES);
		for (; left; left--) {
			port = low + slot * step;
			if (!(fresh && nf_alg_port_recent(want, port)) &&
			    nf_alg_port_all_free(want, port))
				return port;
			if (++slot == slots)
				slot = 0;
		}
		if (!fresh)
			return 0;
	}
}
