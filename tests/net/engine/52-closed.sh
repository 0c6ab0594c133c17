#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# ci: uml
# timeout: 120
#
# What conntrack remembers of closed connections costs memory, and is limited:
# nobody pays for one, unless there are twice as many as sessions-max permits.
# Topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

# charged COUNT TEXT: what is charged after each of so many connections
charged() {
	local got

	got=$(python3 "$PEER/closed.py" "$1") || return 1
	echo "figure: charged $got"
	[ "$got" = "$2 " ]
}

plan 4
topology nat
alg "sip tcp port 5060"
try "two sessions are permitted" natctl set sessions-max 2
try "three that are closed cost nobody anything, more do" \
	charged 6 "0 0 0 1 2 2!"
try "conntrack forgets them" eval "no_connections && charged 1 0"
try "the limit is as before" natctl set sessions-max default
finish
