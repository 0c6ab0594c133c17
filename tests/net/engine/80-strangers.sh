#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 200
#
# What is not ours: streams that do not begin as SIP, streams signed by
# TCP-MD5, streams of the router itself. They pass byte for byte, and open
# nothing. Topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

strangers() { python3 "$PEER/strangers.py" "$@"; }
bystanders() { python3 "$PEER/bystanders.py" "$@"; }
nothing_open() {
	[ "$(count bindings)" = 0 ] && [ "$(count calls)" = 0 ] &&
		[ "$(count registrations)" = 0 ] && return
	natctl show bindings
	return 1
}
counted() {
	local n

	n=$(reason "$1")
	[ "$n" -ge "$2" ] && return
	echo "$1 was counted $n times, not $2"
	natctl show statistics
	return 1
}

plan 13
topology nat
alg "sip tcp port 5060"
try "TLS, HTTP, STUN, junk first" strangers
try "the same in pieces of 7 bytes" strangers --cut 7 --port 43001
try "the same byte by byte, offloads off" eval \
	'offloads off; strangers --cut 1 --port 43002'
try "the same, IPv6" strangers --family 6 --port 43003
try "each was counted" counted not-protocol 50
try "nothing was opened for them" nothing_open
try "from and to the router itself" bystanders local
try "the same, IPv6" bystanders local --family 6
try "each was counted" counted local-endpoint 2
# a signature covers addresses: no NAT from here on
router nft delete table inet nat
ip -n "$SERVER" route add 10.0.0.0/24 via "$WAN4"
ip -n "$SERVER" route add fd00:a::/64 via "$WAN6"
try "signed by TCP-MD5" bystanders md5
try "the same, IPv6" bystanders md5 --family 6
try "each was counted" counted tcp-auth 2
try "nothing was opened" nothing_open
finish
