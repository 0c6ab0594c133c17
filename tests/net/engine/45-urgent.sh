#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 150
#
# Senders with manners of their own: urgent data, and a pause in the middle of a
# message, shorter and longer than the time for which one is held unless
# somebody has set it otherwise. Topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

urgent() { python3 "$PEER/urgent.py" "$@"; }
counted() {
	local n

	n=$(reason "$1")
	[ "$n" = "$2" ] && return
	echo "$1 was counted $n times, not $2"
	natctl show statistics
	return 1
}
by_default() {
	natctl set hold-time default &&
		[ "$(natctl -j set | jq '.[] | select(.name == "hold-time") |
			.value')" = 5000 ]
}

plan 6
topology nat
alg "sip tcp port 5060"
try "urgent data" urgent urgent
offloads off
try "the same, IPv6" urgent urgent --port 48001 --family 6
try "what no protocol claims is not held" counted hold-timeout 0
try "a message is held for 5 s" by_default
try "a sender pauses in the middle of a message" urgent pause --port 48002
try "each pause that was too long is counted" counted hold-timeout 2
finish
