// SPDX-License-Identifier: GPL-2.0
/*
 * Services: the ports on which a protocol is spoken
 *
 * Nearly every new flow belongs to none, so a bitmap of ports answers first.
 * The bitmaps come with the first service and stay until the namespace goes.
 */
#include <linux/bitmap.h>
#include <linux/hash.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include "kernel_helper.h"
#include "netns.h"
#include "service.h"

#define NF_ALG_PORTS 65536

/**
 * struct nf_alg_ports - a set of ports
 * @rcu: freed after a grace period
 * @bits: the set, to which nf_alg_services.tcp_ports or udp_ports points
 */
struct nf_alg_ports {
	struct rcu_head rcu;
	unsigned long bits[BITS_TO_LONGS(NF_ALG_PORTS)];
};

static const struct nf_alg_service_key nf_alg_default_services[] = {
	{ NF_ALG_PROTOCOL_SIP, IPPROTO_TCP, htons(5060) },
	{ NF_ALG_PROTOCOL_SIP, IPPROTO_UDP, htons(5060) },
	{ NF_ALG_PROTOCOL_H225, IPPROTO_TCP, htons(1720) },
	{ NF_ALG_PROTOCOL_RAS, IPPROTO_UDP, htons(1719) },
	{ NF_ALG_PROTOCOL_RAS, IPPROTO_UDP, htons(1718) },
	{ NF_ALG_PROTOCOL_SKINNY, IPPROTO_TCP, htons(2000) },
};

static struct hlist_head *
nf_alg_service_bucket(struct nf_alg_services *services, u8 l4proto, __be16 port)
{
	u32 key = (u32)l4proto << 16 | (__force u16)port;

	return &services->hash[hash_32(key, ilog2(ARRAY_SIZE(services->hash)))];
}

bool nf_alg_service_port(struct nf_alg_net *an, u8 l4proto, __be16 port)
{
	const unsigned long *ports;

	if (l4proto == IPPROTO_TCP)
		ports = READ_ONCE(an->services.tcp_ports);
	else if (l4proto == IPPROTO_UDP)
		ports = READ_ONCE(an->services.udp_ports);
	else
		return false;
	return ports && test_bit(ntohs(port), ports);
}
EXPORT_SYMBOL_GPL(nf_alg_service_port);

struct nf_alg_service *nf_alg_service_find(struct nf_alg_net *an, u8 l4proto,
					   __be16 port, int vrf)
{
	struct nf_alg_service *service, *found = NULL;
	struct hlist_head *bucket;

	if (!nf_alg_service_port(an, l4proto, port))
		return NULL;
	bucket = nf_alg_service_bucket(&an->services, l4proto, port);
	hlist_for_each_entry_rcu(service, bucket, node) {
		if (service->port != port || service->l4proto != l4proto ||
		    nf_alg_protocol_portless(service->protocol))
			continue;
		if (service->vrf == vrf)
			return service;
		if (!service->vrf)
			found = service;
	}
	return found;
}

/* The place of a protocol without port of its own */
static __be16 nf_alg_service_place(enum nf_alg_protocol_id protocol)
{
	return protocol == NF_ALG_PROTOCOL_IKE ? htons(500) : 0;
}

struct nf_alg_service *nf_alg_service_portless(struct nf_alg_net *an,
					       enum nf_alg_protocol_id protocol,
					       int vrf)
{
	u8 l4proto = protocol == NF_ALG_PROTOCOL_IKE ? IPPROTO_UDP :
						       IPPROTO_ESP;
	struct nf_alg_service *service, *found = NULL;
	struct hlist_head *bucket;

	bucket = nf_alg_service_bucket(&an->services, l4proto,
				       nf_alg_service_place(protocol));
	hlist_for_each_entry_rcu(service, bucket, node) {
		if (service->protocol != protocol)
			continue;
		if (service->vrf == vrf)
			return service;
		if (!service->vrf)
			found = service;
	}
	return found;
}
EXPORT_SYMBOL_GPL(nf_alg_service_portless);

bool nf_alg_service_any(struct nf_alg_net *an, enum nf_alg_protocol_id protocol)
{
	struct nf_alg_service *service;

	lockdep_assert_held(&an->config);

	list_for_each_entry(service, &an->services.order, order)
		if (service->protocol == protocol)
			return true;
	return false;
}
EXPORT_SYMBOL_GPL(nf_alg_service_any);

bool nf_alg_service_transport(enum nf_alg_protocol_id protocol, u8 l4proto)
{
	switch (protocol) {
	case NF_ALG_PROTOCOL_SIP:
		return l4proto == IPPROTO_TCP || l4proto == IPPROTO_UDP;
	case NF_ALG_PROTOCOL_SKINNY:
	case NF_ALG_PROTOCOL_H225:
		return l4proto == IPPROTO_TCP;
	case NF_ALG_PROTOCOL_RAS:
	case NF_ALG_PROTOCOL_IKE:
		return l4proto == IPPROTO_UDP;
	case NF_ALG_PROTOCOL_ESP:
		return l4proto == IPPROTO_ESP;
	default:
		return nf_alg_kernel_helper_transport(protocol, l4proto);
	}
}

/* Set or clear a port's bit, according to whether it has a service */
static void nf_alg_service_mark(struct nf_alg_net *an, u8 l4proto, __be16 port)
{
	unsigned long *ports = l4proto == IPPROTO_TCP ? an->services.tcp_ports :
							an->services.udp_ports;
	struct nf_alg_service *service;

	list_for_each_entry(service, &an->services.order, order) {
		if (service->l4proto == l4proto && service->port == port &&
		    !nf_alg_protocol_portless(service->protocol)) {
			set_bit(ntohs(port), ports);
			return;
		}
	}
	clear_bit(ntohs(port), ports);
}

static int nf_alg_service_ports_alloc(struct nf_alg_services *services)
{
	struct nf_alg_ports *tcp, *udp;

	if (services->tcp_ports)
		return 0;
	tcp = kzalloc(sizeof(*tcp), GFP_KERNEL_ACCOUNT);
	udp = kzalloc(sizeof(*udp), GFP_KERNEL_ACCOUNT);
	if (!tcp || !udp) {
		kfree(tcp);
		kfree(udp);
		return -ENOMEM;
	}
	/* Pairs with the readers' address dependency */
	smp_store_release(&services->tcp_ports, tcp->bits);
	/* Likewise */
	smp_store_release(&services->udp_ports, udp->bits);
	return 0;
}

static void nf_alg_service_ports_free(unsigned long **ports)
{
	struct nf_alg_ports *set;

	if (!*ports)
		return;
	set = container_of(*ports, struct nf_alg_ports, bits[0]);
	WRITE_ONCE(*ports, NULL);
	kfree_rcu(set, rcu);
}

static struct nf_alg_access_list *
nf_alg_service_list(struct nf_alg_net *an, struct nf_alg_service *service)
{
	return rcu_dereference_protected(service->list,
					 lockdep_is_held(&an->config));
}

/* The service that has the port, whatever it speaks */
static struct nf_alg_service *
nf_alg_service_lookup(struct nf_alg_net *an,
		      const struct nf_alg_service_key *key)
{
	struct nf_alg_service *service;

	list_for_each_entry(service, &an->services.order, order)
		if (service->l4proto == key->l4proto &&
		    service->port == key->port && service->vrf == key->vrf)
			return service;
	return NULL;
}

static void nf_alg_service_remove(struct nf_alg_net *an,
				  struct nf_alg_service *service)
{
	list_del(&service->order);
	hlist_del_rcu(&service->node);
	if (!nf_alg_protocol_portless(service->protocol))
		nf_alg_service_mark(an, service->l4proto, service->port);
	nf_alg_access_list_unuse(nf_alg_service_list(an, service));
	kfree_rcu(service, rcu);
}

int nf_alg_service_add(struct nf_alg_net *an,
		       const struct nf_alg_service_key *key, const char *name,
		       bool replace)
{
	struct nf_alg_access_list *list = NULL, *old;
	struct nf_alg_service *service;
	u32 count = 0;
	int err;

	lockdep_assert_held(&an->config);

	service = nf_alg_service_lookup(an, key);
	if (service && service->protocol != key->protocol)
		return -EADDRINUSE;
	if (service && !replace)
		return -EEXIST;

	if (name) {
		list = nf_alg_access_list_use(an, name);
		if (list == ERR_PTR(-ENOSPC))
			return -EUSERS;
		if (IS_ERR(list))
			return PTR_ERR(list);
	}
	if (service) {
		old = nf_alg_service_list(an, service);
		rcu_assign_pointer(service->list, list);
		WRITE_ONCE(service->spi_match, key->spi_match);
		nf_alg_access_list_unuse(old);
		return nf_alg_protocol_configure(an, key->protocol);
	}

	list_for_each_entry(service, &an->services.order, order)
		count++;
	err = -ENOSPC;
	if (count >= NF_ALG_SERVICES_MAX)
		goto unuse;
	err = nf_alg_service_ports_alloc(&an->services);
	if (err)
		goto unuse;
	/* Those without a port have hooks of their own */
	if (!nf_alg_protocol_portless(key->protocol)) {
		err = nf_alg_hooks_register(an);
		if (err)
			goto unuse;
	}

	err = -ENOMEM;
	service = kzalloc(sizeof(*service), GFP_KERNEL_ACCOUNT);
	if (!service)
		goto unuse;
	service->protocol = key->protocol;
	service->l4proto = key->l4proto;
	service->port = key->port;
	service->vrf = key->vrf;
	service->spi_match = key->spi_match;
	RCU_INIT_POINTER(service->list, list);
	list_add_tail(&service->order, &an->services.order);
	hlist_add_head_rcu(&service->node,
			   nf_alg_service_bucket(&an->services, key->l4proto,
						 key->port));
	if (nf_alg_protocol_portless(key->protocol)) {
		err = nf_alg_protocol_configure(an, key->protocol);
		if (err)
			nf_alg_service_remove(an, service);
		return err;
	}
	nf_alg_service_mark(an, key->l4proto, key->port);
	return 0;

unuse:
	nf_alg_access_list_unuse(list);
	return err;
}

/* The hooks of protocols without port go with their last service */
static void nf_alg_services_configure(struct nf_alg_net *an)
{
	nf_alg_protocol_configure(an, NF_ALG_PROTOCOL_ESP);
	nf_alg_protocol_configure(an, NF_ALG_PROTOCOL_IKE);
}

int nf_alg_service_delete(struct nf_alg_net *an,
			  const struct nf_alg_service_key *key,
			  const char *name)
{
	struct nf_alg_access_list *list;
	struct nf_alg_service *service;

	lockdep_assert_held(&an->config);

	service = nf_alg_service_lookup(an, key);
	if (!service || service->protocol != key->protocol)
		return -ENOENT;
	list = nf_alg_service_list(an, service);
	if (name && (!list || strcmp(list->name, name)))
		return -ESRCH;
	nf_alg_service_remove(an, service);
	nf_alg_protocol_configure(an, key->protocol);
	return 0;
}

void nf_alg_services_flush(struct nf_alg_net *an)
{
	struct nf_alg_service *service, *next;

	lockdep_assert_held(&an->config);

	list_for_each_entry_safe(service, next, &an->services.order, order)
		nf_alg_service_remove(an, service);
	nf_alg_services_configure(an);
}

int nf_alg_services_defaults(struct nf_alg_net *an)
{
	const struct nf_alg_service_key *key;
	int i, err = 0;

	mutex_lock(&an->config);
	for (i = 0; !err && i < ARRAY_SIZE(nf_alg_default_services); i++) {
		key = &nf_alg_default_services[i];
		if (nf_alg_service_lookup(an, key))
			continue;
		err = nf_alg_service_add(an, key, NULL, false);
		/* Later: the engine itself may still be loading */
		if (!err && !nf_alg_protocol_present(key->protocol))
			nf_alg_protocol_request(key->protocol);
	}
	mutex_unlock(&an->config);
	return err;
}

/* A VRF goes: so do its services, before its number means another device */
static int nf_alg_service_netdev_event(struct notifier_block *block,
				       unsigned long event, void *data)
{
	struct net_device *dev = netdev_notifier_info_to_dev(data);
	struct nf_alg_service *service, *next;
	struct nf_alg_net *an;

	if (event != NETDEV_UNREGISTER || !netif_is_l3_master(dev))
		return NOTIFY_DONE;
	an = nf_alg_pernet(dev_net(dev));
	mutex_lock(&an->config);
	list_for_each_entry_safe(service, next, &an->services.order, order) {
		if (service->vrf == dev->ifindex) {
			nf_alg_service_remove(an, service);
			an->generation++;
		}
	}
	nf_alg_services_configure(an);
	mutex_unlock(&an->config);
	return NOTIFY_DONE;
}

static struct notifier_block nf_alg_service_notifier = {
	.notifier_call = nf_alg_service_netdev_event,
};

int nf_alg_services_watch(void)
{
	return register_netdevice_notifier(&nf_alg_service_notifier);
}

void nf_alg_services_unwatch(void)
{
	unregister_netdevice_notifier(&nf_alg_service_notifier);
}

int nf_alg_services_init(struct nf_alg_net *an)
{
	INIT_LIST_HEAD(&an->services.order);
	return 0;
}

void nf_alg_services_exit(struct nf_alg_net *an)
{
	mutex_lock(&an->config);
	nf_alg_services_flush(an);
	nf_alg_service_ports_free(&an->services.tcp_ports);
	nf_alg_service_ports_free(&an->services.udp_ports);
	mutex_unlock(&an->config);
}
