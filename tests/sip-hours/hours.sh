#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In the machine, whose clock jumps: registrations, calls and connections over
# hours, with the timers and the times that a router has.
#
#   phone ---- router ---- server, with many addresses
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../net/topology.sh"

# rows: a result line for each
rows() {
	local line

	while IFS= read -r line; do
		case $line in
		"not ok"*) FAILED=$((FAILED + 1)) ;;
		esac
		printf '%s\n' "$line"
	done < <(python3 "$PEER/siphours.py" 2>&1)
}

plan "$(python3 "$PEER/siphours.py" --count)"
topology nat
alg "sip udp port 5060" "sip tcp port 5060"
natctl set linger-time default && natctl set call-setup-time default &&
	natctl set hold-time default
rows
natctl clear translations '*' >/dev/null
finish
