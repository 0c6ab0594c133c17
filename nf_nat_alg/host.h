/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_HOST_H
#define NF_ALG_HOST_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include "endpoint.h"
#include "reason.h"

struct nf_alg_net;

/**
 * enum nf_alg_charge - what an inside host is charged for
 * @NF_ALG_CHARGE_SESSION: signalling flows that the host began
 * @NF_ALG_CHARGE_CALL: calls and registrations
 * @NF_ALG_CHARGE_BINDING: bindings
 * @NF_ALG_CHARGE_TUNNEL: IPsec tunnels
 * @NF_ALG_CHARGE_STRANGER: signalling flows that a host outside began, and that
 *	an inside host has answered; the host that is charged is the one outside
 * @__NF_ALG_CHARGE_MAX: number of kinds
 */
enum nf_alg_charge {
	NF_ALG_CHARGE_SESSION,
	NF_ALG_CHARGE_CALL,
	NF_ALG_CHARGE_BINDING,
	NF_ALG_CHARGE_TUNNEL,
	NF_ALG_CHARGE_STRANGER,
	__NF_ALG_CHARGE_MAX,
};

/**
 * struct nf_alg_host_key - which inside host
 * @host: its address, port 0
 * @vrf: ifindex of its VRF, or 0
 * @zone: conntrack zone id
 *
 * Compared and hashed as bytes.
 */
struct nf_alg_host_key {
	struct nf_alg_endpoint host;
	s32 vrf;
	u32 zone;
};

/**
 * struct nf_alg_host - an inside host and what it is charged for
 * @node: in nf_alg_hosts.table
 * @key: which host
 * @refs: one for each charge
 * @count: by enum nf_alg_charge
 * @minute: when the current minute of new bindings began, in jiffies
 * @doors: new bindings since then
 * @ports: public ports of the media range that it holds
 * @lingering: its calls that are over and hold media still, struct
 *	nf_alg_call.lingering, the oldest first; under nf_alg_bindings.lock
 * @rcu: freed after a grace period
 */
struct nf_alg_host {
	struct rhash_head node;
	struct nf_alg_host_key key;
	refcount_t refs;
	atomic_t count[__NF_ALG_CHARGE_MAX];
	unsigned long minute;
	atomic_t doors;
	atomic_t ports;
	struct list_head lingering;
	struct rcu_head rcu;
};

/**
 * nf_alg_host_charge() - charge an inside host, if its limit permits
 * @an: namespace
 * @host: the inside host; the port is not looked at
 * @zone: conntrack zone
 * @vrf: VRF, or 0
 * @what: for what; the per-host and per-namespace limits of that kind apply,
 *	and for a binding the rate of new doors
 * @reason: where the reason of a refusal is put
 *
 * Return: the host with a reference that nf_alg_host_discharge() gives back, or
 * NULL.
 */
struct nf_alg_host *nf_alg_host_charge(struct nf_alg_net *an,
				       const struct nf_alg_endpoint *host,
				       u16 zone, int vrf,
				       enum nf_alg_charge what,
				       enum nf_alg_reason *reason);
void nf_alg_host_discharge(struct nf_alg_net *an, struct nf_alg_host *host,
			   enum nf_alg_charge what);

u32 nf_alg_host_ports_max(struct nf_alg_net *an);
bool nf_alg_host_ports_left(struct nf_alg_net *an, struct nf_alg_host *host,
			    u32 n);
bool nf_alg_host_port_take(struct nf_alg_net *an, struct nf_alg_host *host);
void nf_alg_host_port_give(struct nf_alg_net *an, struct nf_alg_host *host);

int nf_alg_host_cache_init(void);
void nf_alg_host_cache_exit(void);

#endif /* NF_ALG_HOST_H */
