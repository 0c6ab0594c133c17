#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# clock: simulated
# ci: uml
# timeout: 200
#
# Messages that are hard to read: the 49 of RFC 4475, and the 12 of RFC 5118
# through NAT66. Without an address of ours in them they pass in both
# directions, none dropped, none changed. With the phone's own addresses in
# them they are translated, byte for byte as they should, or pass as they are
# and are counted; and so are those for the phone that come from outside.
#
#   phone ---- router ---- server
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

torture() { python3 "$PEER/torture.py" "$@"; }

plan 13
topology nat
alg "sip tcp port 5060" "sip udp port 5060"
try "RFC 4475, UDP: nothing of ours, nothing changed" torture foreign udp
try "RFC 4475, TCP, whole and in halves: the same" torture foreign tcp
try "RFC 5118, UDP: the same" torture foreign udp --family 6
try "RFC 5118, TCP: the same" torture foreign tcp --family 6
try "nothing in them was ours, so no call began" [ "$(count calls)" = 0 ]
for rfc in 4475 5118; do
	family=$([ $rfc = 4475 ] && echo 4 || echo 6)
	for l4 in udp tcp; do
		try "RFC $rfc, ${l4^^}: the phone's own addresses" \
			torture own $l4 --family "$family"
		try "RFC $rfc, ${l4^^}: from outside for the phone" \
			torture inward $l4 --family "$family"
	done
done
# two of the answers are the phone's to calls that nobody has seen; they last
natctl clear translations "*" >/dev/null
finish
