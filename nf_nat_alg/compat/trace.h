/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_COMPAT_TRACE_H
#define NF_ALG_COMPAT_TRACE_H

/* 6.10 lets a string field of a tracepoint remember its source */
#ifdef NF_ALG_HAS_STRING_SOURCE
#define nf_alg_compat_assign_str(dst, src)	__assign_str(dst, src)
#else
#define nf_alg_compat_assign_str(dst, src)	__assign_str(dst)
#endif

#endif /* NF_ALG_COMPAT_TRACE_H */
