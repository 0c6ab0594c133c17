/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between kernels 6.1 to 7.2, and nothing else. Every file is
 * compiled with this one included first; the core does not see it.
 */
#ifndef NF_ALG_COMPAT_H
#define NF_ALG_COMPAT_H

#include <linux/version.h>
#include <linux/timer.h>

/* 6.16 renamed them */
#ifndef timer_container_of
#define timer_container_of(var, callback_timer, timer_fieldname) \
	container_of(callback_timer, typeof(*var), timer_fieldname)
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define timer_delete_sync(t) del_timer_sync(t)
#define timer_delete(t) del_timer(t)
#define timer_shutdown_sync(t) del_timer_sync(t)
#endif

#endif /* NF_ALG_COMPAT_H */
