/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the tables of local sockets are, and how they are asked
 */
#ifndef NF_ALG_COMPAT_SOCKET_H
#define NF_ALG_COMPAT_SOCKET_H

#include <net/inet_hashtables.h>
#include <net/inet6_hashtables.h>
#include <net/tcp.h>
#include <net/udp.h>

/* The tables the lookups are told: UDP's went into the namespace in 6.2; 6.18
 * (TCP) and 7.1 (UDP) look for themselves.
 */
#ifndef NF_ALG_HAS_UDP_TABLE_ARGUMENT
#define NF_ALG_COMPAT_UDP_TABLE(net)
#elif defined(NF_ALG_HAS_UDP_TABLE_OF_NET)
#define NF_ALG_COMPAT_UDP_TABLE(net) (net)->ipv4.udp_table,
#else
#define NF_ALG_COMPAT_UDP_TABLE(net) &udp_table,
#endif

#ifdef NF_ALG_HAS_TCP_TABLE_ARGUMENT
#define NF_ALG_COMPAT_TCP_TABLE(net) (net)->ipv4.tcp_death_row.hashinfo,
#else
#define NF_ALG_COMPAT_TCP_TABLE(net)
#endif

/**
 * nf_alg_compat_listened4() - does a local socket wait on an IPv4 endpoint
 * @net: namespace
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @addr: address
 * @port: port
 *
 * Caller holds RCU.
 *
 * Return: true if there is one; wildcard addresses count.
 */
static inline bool nf_alg_compat_listened4(struct net *net, u8 l4proto,
					   __be32 addr, __be16 port)
{
	if (l4proto == IPPROTO_UDP)
		return __udp4_lib_lookup(net, 0, 0, addr, port, 0, 0,
					 NF_ALG_COMPAT_UDP_TABLE(net) NULL);
	return __inet_lookup_listener(net, NF_ALG_COMPAT_TCP_TABLE(net) NULL, 0,
				      0, 0, addr, ntohs(port), 0, 0);
}

/* The same for IPv6 */
static inline bool nf_alg_compat_listened6(struct net *net, u8 l4proto,
					   const struct in6_addr *addr,
					   __be16 port)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (l4proto == IPPROTO_UDP)
		return __udp6_lib_lookup(net, &in6addr_any, 0, addr, port, 0, 0,
					 NF_ALG_COMPAT_UDP_TABLE(net) NULL);
	return inet6_lookup_listener(net, NF_ALG_COMPAT_TCP_TABLE(net) NULL, 0,
				     &in6addr_any, 0, addr, ntohs(port), 0, 0);
#else
	return false;
#endif
}

/**
 * nf_alg_compat_socket4() - find the local socket that an IPv4 packet is for
 * @net: namespace
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @saddr: source address
 * @sport: source port
 * @daddr: destination address
 * @dport: destination port
 * @dif: ifindex of the device it came by, or of that device's VRF
 * @sdif: ifindex of the device where @dif is its VRF, else 0
 *
 * Of TCP listeners only. Caller holds RCU.
 *
 * Return: true if there is one.
 */
static inline bool nf_alg_compat_socket4(struct net *net, u8 l4proto,
					 __be32 saddr, __be16 sport,
					 __be32 daddr, __be16 dport, int dif,
					 int sdif)
{
	if (l4proto == IPPROTO_UDP)
		return __udp4_lib_lookup(net, saddr, sport, daddr, dport, dif,
					 sdif,
					 NF_ALG_COMPAT_UDP_TABLE(net) NULL);
	return __inet_lookup_listener(net, NF_ALG_COMPAT_TCP_TABLE(net) NULL, 0,
				      saddr, sport, daddr, ntohs(dport), dif,
				      sdif);
}

/* The same for IPv6 */
static inline bool nf_alg_compat_socket6(struct net *net, u8 l4proto,
					 const struct in6_addr *saddr,
					 __be16 sport,
					 const struct in6_addr *daddr,
					 __be16 dport, int dif, int sdif)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (l4proto == IPPROTO_UDP)
		return __udp6_lib_lookup(net, saddr, sport, daddr, dport, dif,
					 sdif,
					 NF_ALG_COMPAT_UDP_TABLE(net) NULL);
	return inet6_lookup_listener(net, NF_ALG_COMPAT_TCP_TABLE(net) NULL, 0,
				     saddr, sport, daddr, ntohs(dport), dif,
				     sdif);
#else
	return false;
#endif
}

#endif /* NF_ALG_COMPAT_SOCKET_H */
