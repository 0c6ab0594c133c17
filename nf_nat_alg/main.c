// SPDX-License-Identifier: GPL-2.0
/*
 * Application-level gateways for netfilter NAT: the engine
 */
#include <linux/module.h>
#include "public_address.h"
#include "netlink.h"
#include "netns.h"
#include "stream.h"
#include "message.h"
#include "binding.h"
#include "call.h"
#include "host.h"
#include "protocol.h"
#include "service.h"

static bool defaults = true;
module_param(defaults, bool, 0444);
MODULE_PARM_DESC(
	defaults,
	"enable the default services in the initial namespace (default: yes)");

/* What comes up in this order goes down in the opposite one, be it at exit or
 * because a later part did not come up. Downward that is:
 *
 * 1. Protocol modules. Each depends on the engine, so they are gone: no
 *    conntrack helper of ours is registered, and nf_alg_protocol_unregister()
 *    has waited until no session and no call was left, timers included.
 * 2. What begins work from outside: netlink commands, notifiers of addresses
 *    and of the services' devices. None runs when these have returned.
 * 3. Namespaces (netns.c): hooks in .pre_exit; the kernel waits a grace period;
 *    then work items are cancelled or flushed, what they could have found is
 *    freed, and each noun waits until its objects are counted down to 0.
 * 4. The work item that loads protocols: only hooks, now gone, schedule it.
 * 5. Caches. RCU callbacks that free into them are waited for by rcu_barrier()
 *    in each, the last references were dropped in 3.
 */
static const struct {
	int (*init)(void);
	void (*exit)(void);
} nf_alg_parts[] = {
	{ nf_alg_message_cache_init, nf_alg_message_cache_exit },
	{ nf_alg_stream_cache_init, nf_alg_stream_cache_exit },
	{ nf_alg_host_cache_init, nf_alg_host_cache_exit },
	{ nf_alg_binding_cache_init, nf_alg_binding_cache_exit },
	{ nf_alg_call_cache_init, nf_alg_call_cache_exit },
	{ nf_alg_protocol_init, nf_alg_protocol_exit },
	{ nf_alg_netns_init, nf_alg_netns_exit },
	{ nf_alg_services_watch, nf_alg_services_unwatch },
	{ nf_alg_addresses_watch, nf_alg_addresses_unwatch },
	{ nf_alg_netlink_init, nf_alg_netlink_exit },
};

static int __init nf_alg_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(nf_alg_parts); i++) {
		err = nf_alg_parts[i].init();
		if (err)
			goto undo;
	}

	if (defaults) {
		err = nf_alg_services_defaults(nf_alg_pernet(&init_net));
		if (err)
			goto undo;
	}
	return 0;

undo:
	while (--i >= 0)
		nf_alg_parts[i].exit();
	return err;
}

static void __exit nf_alg_exit(void)
{
	int i;

	for (i = ARRAY_SIZE(nf_alg_parts); --i >= 0;)
		nf_alg_parts[i].exit();
}

module_init(nf_alg_init);
module_exit(nf_alg_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Application-level gateways for netfilter NAT: the engine");
MODULE_ALIAS("nf-nat-alg");
