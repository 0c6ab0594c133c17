/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_DENIED_PORT_H
#define NF_ALG_DENIED_PORT_H

#include <linux/in.h>
#include <linux/types.h>

/**
 * nf_alg_port_denied() - may no door lead to this inside port
 * @port: host order
 *
 * Ports where other services are known to listen, which a forged message would
 * like to have opened. Those below NF_ALG_PORT_LOWEST are none of a door's
 * anyway.
 *
 * Return: true if it is one of them.
 */
static inline bool nf_alg_port_denied(u16 port)
{
	/* In ascending order */
	static const u16 denied[] = {
		1080, 1433, 1434, 1521, 1723, 1883, 2049,  2375,  2376,	 3128,
		3306, 3389, 5432, 5900, 5901, 5984, 5985,  5986,  6379,	 6443,
		8008, 8080, 8443, 8888, 9100, 9200, 11211, 22222, 27017,
	};
	u32 from = 0, to = ARRAY_SIZE(denied);

	while (from < to) {
		u32 middle = (from + to) / 2;

		if (denied[middle] == port)
			return true;
		if (denied[middle] < port)
			from = middle + 1;
		else
			to = middle;
	}
	return false;
}

/**
 * nf_alg_port_denied_media() - may no media lead to this inside port
 * @l4proto: IPPROTO_UDP or IPPROTO_TCP
 * @port: host order
 *
 * As nf_alg_port_denied(). Phones choose their ports of RTP from ranges in which
 * many of the numbers lie that TCP is known for, so only what listens on UDP is
 * denied there.
 *
 * Return: true if it is one of them.
 */
static inline bool nf_alg_port_denied_media(u8 l4proto, u16 port)
{
	if (l4proto == IPPROTO_TCP)
		return nf_alg_port_denied(port);
	switch (port) {
	case 1434:
	case 1900:
	case 2049:
	case 3389:
	case 3702:
	case 5353:
	case 5355:
	case 5683:
	case 11211:
	case 22222:
		return true;
	default:
		return false;
	}
}

#endif /* NF_ALG_DENIED_PORT_H */
