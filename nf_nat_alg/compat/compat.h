/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between kernels 6.1 to 7.2, and nothing else. Every file is
 * compiled with this one included first; the core does not see it. What the
 * kernel has is found out by "probe", in this folder.
 */
#ifndef NF_ALG_COMPAT_H
#define NF_ALG_COMPAT_H

#include <linux/timer.h>

#ifndef NF_ALG_PROBED
#error "nf_nat_alg/compat/probe has not seen the kernel's headers"
#endif

/* 6.16 renamed it */
#ifndef timer_container_of
#define timer_container_of(var, callback_timer, timer_fieldname) \
	container_of(callback_timer, typeof(*var), timer_fieldname)
#endif
#ifndef NF_ALG_HAS_TIMER_DELETE
#define timer_delete_sync(t) del_timer_sync(t)
#define timer_delete(t) del_timer(t)
#endif
#ifndef NF_ALG_HAS_TIMER_SHUTDOWN
#define timer_shutdown_sync(t) timer_delete_sync(t)
#endif

#endif /* NF_ALG_COMPAT_H */
