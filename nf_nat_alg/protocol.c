// SPDX-License-Identifier: GPL-2.0
/*
 * Which protocols there are, and their modules
 */
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "call.h"
#include "kernel_helper.h"
#include "netns.h"
#include "protocol.h"
#include "session.h"

/* clang-format off */
static const char *const nf_alg_protocol_names[__NF_ALG_PROTOCOL_MAX] = {
	[NF_ALG_PROTOCOL_SIP] = "sip",
	[NF_ALG_PROTOCOL_SKINNY] = "skinny",
	[NF_ALG_PROTOCOL_H225] = "h225",
	[NF_ALG_PROTOCOL_RAS] = "ras",
	[NF_ALG_PROTOCOL_H245] = "h245",
	[NF_ALG_PROTOCOL_ESP] = "esp",
	[NF_ALG_PROTOCOL_IKE] = "ike",
	[NF_ALG_PROTOCOL_FTP] = "ftp",
	[NF_ALG_PROTOCOL_TFTP] = "tftp",
	[NF_ALG_PROTOCOL_PPTP] = "pptp",
	[NF_ALG_PROTOCOL_IRC] = "irc",
	[NF_ALG_PROTOCOL_AMANDA] = "amanda",
	[NF_ALG_PROTOCOL_SANE] = "sane",
	[NF_ALG_PROTOCOL_SNMP] = "snmp",
	[NF_ALG_PROTOCOL_NETBIOS_NS] = "netbios-ns",
	[NF_ALG_PROTOCOL_KERNEL_SIP] = "kernel-sip",
	[NF_ALG_PROTOCOL_KERNEL_H225] = "kernel-h225",
	[NF_ALG_PROTOCOL_KERNEL_RAS] = "kernel-ras",
};

/* clang-format on */

/* Read under RCU, written under nf_alg_protocol_mutex */
static const struct nf_alg_protocol __rcu
	*nf_alg_protocols[__NF_ALG_PROTOCOL_MAX];
static DEFINE_MUTEX(nf_alg_protocol_mutex);

/* Protocols whose module a flow has asked for, and the worker that loads it.
 * Asked for once: where there is none, flows go on without.
 */
static unsigned long nf_alg_protocol_wanted;
static unsigned long nf_alg_protocol_asked;

/* Sessions and calls of each protocol, wherever the last reference to them is */
static atomic_t nf_alg_protocol_users[__NF_ALG_PROTOCOL_MAX];
static DECLARE_WAIT_QUEUE_HEAD(nf_alg_protocol_unused);

static void nf_alg_protocol_load(struct work_struct *work)
{
	int id;

	for_each_set_bit(id, &nf_alg_protocol_wanted, __NF_ALG_PROTOCOL_MAX) {
		clear_bit(id, &nf_alg_protocol_wanted);
		request_module("nf-nat-alg-%s", nf_alg_protocol_names[id]);
	}
}

static DECLARE_WORK(nf_alg_protocol_work, nf_alg_protocol_load);

/**
 * nf_alg_protocol_name() - the word a protocol is configured by
 * @id: number
 *
 * Return: the name, "none" for numbers that have none.
 */
const char *nf_alg_protocol_name(enum nf_alg_protocol_id id)
{
	if (id >= __NF_ALG_PROTOCOL_MAX || !nf_alg_protocol_names[id])
		return "none";
	return nf_alg_protocol_names[id];
}
EXPORT_SYMBOL_GPL(nf_alg_protocol_name);

const struct nf_alg_protocol *nf_alg_protocol_find(enum nf_alg_protocol_id id)
{
	if (id >= __NF_ALG_PROTOCOL_MAX)
		return NULL;
	return rcu_dereference(nf_alg_protocols[id]);
}

bool nf_alg_protocol_present(enum nf_alg_protocol_id id)
{
	if (nf_alg_kernel_helper(id))
		return nf_alg_kernel_helper_present(id);
	return id < __NF_ALG_PROTOCOL_MAX &&
	       rcu_access_pointer(nf_alg_protocols[id]);
}

void nf_alg_protocol_request(enum nf_alg_protocol_id id)
{
	if (id >= __NF_ALG_PROTOCOL_MAX || !nf_alg_protocol_names[id] ||
	    test_and_set_bit(id, &nf_alg_protocol_asked))
		return;
	set_bit(id, &nf_alg_protocol_wanted);
	schedule_work(&nf_alg_protocol_work);
}

bool nf_alg_protocol_portless(enum nf_alg_protocol_id id)
{
	return id == NF_ALG_PROTOCOL_ESP || id == NF_ALG_PROTOCOL_IKE;
}

const struct nf_alg_protocol *nf_alg_protocol_get(enum nf_alg_protocol_id id)
{
	const struct nf_alg_protocol *protocol;

	rcu_read_lock();
	protocol = nf_alg_protocol_find(id);
	if (protocol && !try_module_get(protocol->owner))
		protocol = NULL;
	rcu_read_unlock();
	return protocol;
}

int nf_alg_protocol_configure(struct nf_alg_net *an, enum nf_alg_protocol_id id)
{
	const struct nf_alg_protocol *protocol;
	int err = 0;

	lockdep_assert_held(&an->config);
	if (!nf_alg_protocol_portless(id) || an->leaving)
		return 0;
	protocol = nf_alg_protocol_get(id);
	if (protocol) {
		err = protocol->configure(an);
		module_put(protocol->owner);
	}
	return err;
}

void nf_alg_protocol_use(const struct nf_alg_protocol *protocol)
{
	atomic_inc(&nf_alg_protocol_users[protocol->id]);
}

void nf_alg_protocol_unuse(const struct nf_alg_protocol *protocol)
{
	if (atomic_dec_and_test(&nf_alg_protocol_users[protocol->id]))
		wake_up_all(&nf_alg_protocol_unused);
}

/* A module comes later than its services: they begin to work */
static void
nf_alg_protocol_configure_all(const struct nf_alg_protocol *protocol)
{
	struct nf_alg_net *an;

	down_read(&nf_alg_nets_lock);
	list_for_each_entry(an, &nf_alg_nets, list) {
		mutex_lock(&an->config);
		if (!an->leaving)
			protocol->configure(an);
		mutex_unlock(&an->config);
	}
	up_read(&nf_alg_nets_lock);
}

/**
 * nf_alg_protocol_register() - a protocol module is ready
 * @protocol: its description; stays valid until it is unregistered
 *
 * Return: 0, -EINVAL for a description that makes no sense, -EEXIST if the
 * protocol is there already, or what registering a conntrack helper returned.
 */
int nf_alg_protocol_register(const struct nf_alg_protocol *protocol)
{
	enum nf_alg_protocol_id id = protocol->id;
	int err;

	if (id == NF_ALG_PROTOCOL_NONE || id >= __NF_ALG_PROTOCOL_MAX ||
	    nf_alg_kernel_helper(id) ||
	    (!protocol->translate && !protocol->configure) ||
	    (protocol->tcp && !protocol->frame))
		return -EINVAL;

	mutex_lock(&nf_alg_protocol_mutex);
	if (rcu_access_pointer(nf_alg_protocols[id])) {
		err = -EEXIST;
		goto unlock;
	}
	err = nf_alg_session_helpers_register(protocol);
	if (err)
		goto unlock;
	rcu_assign_pointer(nf_alg_protocols[id], protocol);
	clear_bit(id, &nf_alg_protocol_asked);
unlock:
	mutex_unlock(&nf_alg_protocol_mutex);
	if (!err && protocol->configure)
		nf_alg_protocol_configure_all(protocol);
	return err;
}
EXPORT_SYMBOL_GPL(nf_alg_protocol_register);

/**
 * nf_alg_protocol_unregister() - a protocol module goes
 * @protocol: its description
 *
 * Its flows go on without it: streams whose bytes were moved are handed over to
 * conntrack's own sequence adjustment, those in the middle of a message are
 * reset. Afterwards nothing of ours points to the module. May sleep.
 */
void nf_alg_protocol_unregister(const struct nf_alg_protocol *protocol)
{
	struct nf_alg_net *an;

	mutex_lock(&nf_alg_protocol_mutex);
	RCU_INIT_POINTER(nf_alg_protocols[protocol->id], NULL);
	mutex_unlock(&nf_alg_protocol_mutex);
	/* Flows that were being attached are now in their lists */
	synchronize_rcu();

	nf_alg_session_protocol_exit(protocol);
	nf_alg_session_helpers_unregister(protocol);
	down_read(&nf_alg_nets_lock);
	list_for_each_entry(an, &nf_alg_nets, list)
		nf_alg_calls_flush_protocol(an, protocol);
	up_read(&nf_alg_nets_lock);
	/* A timer that runs, somebody who walks the calls, and namespaces that
	 * are being cleaned up, which end theirs themselves
	 */
	wait_event(nf_alg_protocol_unused,
		   !atomic_read(&nf_alg_protocol_users[protocol->id]));
	/* Whoever has counted the last one off may still be on its way out of a
	 * softirq, and the module's own RCU callbacks are still to come
	 */
	synchronize_rcu();
	rcu_barrier();
}
EXPORT_SYMBOL_GPL(nf_alg_protocol_unregister);

/**
 * nf_alg_protocol_init() - nothing is registered yet
 *
 * Return: 0.
 */
int nf_alg_protocol_init(void)
{
	return 0;
}

/**
 * nf_alg_protocol_exit() - no module will be asked for any more
 *
 * The hooks of all namespaces are gone, which are what asks. May sleep, until
 * modprobe is done.
 */
void nf_alg_protocol_exit(void)
{
	cancel_work_sync(&nf_alg_protocol_work);
}
