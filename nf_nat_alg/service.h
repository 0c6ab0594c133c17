/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SERVICE_H
#define NF_ALG_SERVICE_H

#include <linux/percpu.h>
#include "access_list.h"
#include "protocol.h"

struct nf_alg_net;

/**
 * struct nf_alg_service - a port on which a protocol is spoken
 * @protocol: which
 * @l4proto: IPPROTO_TCP or IPPROTO_UDP; of a service without port IPPROTO_ESP
 * @spi_match: enum nf_alg_predicate; esp alone
 * @port: network order
 * @vrf: ifindex of the VRF it is bound to; 0: everywhere
 * @list: access list, or NULL
 * @hits: flows it took
 * @node: in nf_alg_services.hash
 * @order: in nf_alg_services.order; under nf_alg_net.config
 * @rcu: freed after a grace period
 *
 * Read under RCU.
 */
struct nf_alg_service {
	enum nf_alg_protocol_id protocol;
	u8 l4proto;
	u8 spi_match;
	__be16 port;
	int vrf;
	struct nf_alg_access_list __rcu *list;
	atomic64_t hits;
	struct hlist_node node;
	struct list_head order;
	struct rcu_head rcu;
};

/**
 * nf_alg_service_find() - the service of a port
 * @an: namespace
 * @l4proto: IPPROTO_TCP or IPPROTO_UDP
 * @port: network order
 * @vrf: ifindex of the VRF the flow came in by, or 0; a service bound to that
 *	VRF goes before one for all
 *
 * On the path of every new flow: a bitmap answers first. Caller holds RCU.
 *
 * Return: the service, or NULL.
 */
struct nf_alg_service *nf_alg_service_find(struct nf_alg_net *an, u8 l4proto,
					   __be16 port, int vrf);

/**
 * nf_alg_service_portless() - the service of a protocol that is not found by
 *	a port
 * @an: namespace
 * @protocol: NF_ALG_PROTOCOL_ESP or NF_ALG_PROTOCOL_IKE
 * @vrf: ifindex of the VRF the packet came in by, or 0; a service bound to that
 *	VRF goes before one for all
 *
 * Caller holds RCU.
 *
 * Return: the service, or NULL.
 */
struct nf_alg_service *nf_alg_service_portless(struct nf_alg_net *an,
					       enum nf_alg_protocol_id protocol,
					       int vrf);

/* Is this a port of any service (the slipstream guard asks) */
bool nf_alg_service_port(struct nf_alg_net *an, u8 l4proto, __be16 port);

/* The rest is configuration: the caller holds nf_alg_net.config */

/**
 * struct nf_alg_service_key - which service
 * @protocol: what is spoken
 * @l4proto: IPPROTO_TCP or IPPROTO_UDP
 * @port: network order
 * @vrf: ifindex of the VRF, or 0
 * @spi_match: enum nf_alg_predicate, esp alone; not looked at when a service
 *	is looked for
 */
struct nf_alg_service_key {
	enum nf_alg_protocol_id protocol;
	u8 l4proto;
	__be16 port;
	int vrf;
	u8 spi_match;
};

/* Does the namespace have a service of this protocol */
bool nf_alg_service_any(struct nf_alg_net *an,
			enum nf_alg_protocol_id protocol);

/* May this protocol be carried by this transport */
bool nf_alg_service_transport(enum nf_alg_protocol_id protocol, u8 l4proto);

/**
 * nf_alg_service_add() - add a service
 * @an: namespace
 * @key: which; protocol and transport fit together
 * @list: name of its access list, or NULL
 * @replace: if it exists, give it this list
 *
 * Its protocol need not be present. Registers the packet path's hooks when it
 * is the first.
 *
 * Return: 0; -EEXIST if the port has this service; -EADDRINUSE if it has one of
 * another protocol; -ENOSPC if there are too many services, -EUSERS if there
 * are too many access lists; what registering the hooks returned; -ENOMEM.
 */
int nf_alg_service_add(struct nf_alg_net *an,
		       const struct nf_alg_service_key *key, const char *list,
		       bool replace);

/**
 * nf_alg_service_delete() - delete a service
 * @an: namespace
 * @key: which
 * @list: name of its access list if it must have this one, or NULL
 *
 * Flows it took stay as they are.
 *
 * Return: 0; -ENOENT if there is no such service; -ESRCH if it has another
 * access list.
 */
int nf_alg_service_delete(struct nf_alg_net *an,
			  const struct nf_alg_service_key *key,
			  const char *list);

/* Delete all of them */
void nf_alg_services_flush(struct nf_alg_net *an);

/* Add those of the default set that are missing, and ask for their modules;
 * takes nf_alg_net.config itself. Return: 0 or as nf_alg_service_add().
 */
int nf_alg_services_defaults(struct nf_alg_net *an);

/* Watch for VRFs that go: their services go with them. Return: 0 or an error */
int nf_alg_services_watch(void);
void nf_alg_services_unwatch(void);

#endif /* NF_ALG_SERVICE_H */
