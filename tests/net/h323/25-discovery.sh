#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu
# ci: none
# chroot: asn1
# timeout: 300
#
# Gatekeepers that are looked for: the question goes to a multicast group, the
# answer comes from somebody else.
#
#   endpoint (phone) ---- router, masquerade ---- gatekeepers (server)
#                         routes 224.0.1.41 from lan to wan
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/h323.sh"

# routing: one group, from the phone's link to the gatekeepers'
routing() {
	coproc MROUTE {
		exec ip netns exec "$ROUTER" python3 "$PEER/mroute.py" \
			"$PHONE4" 224.0.1.41 lan wan 2>&1
	}
	local word

	read -r -t 20 word <&"${MROUTE[0]}" && [ "$word" = routing ]
}

discovery() {
	python3 "$PEER/h323discovery.py" "$1" || return 1
	clear_all
}

plan 4
topology nat
services
try "a broadcast stays on its link and opens nothing" discovery broadcast
routing || exit 1
try "a GatekeeperRequest to all, the answer of one" discovery gatekeeper
try "a LocationRequest to all, the answer of one" discovery location
kill "$MROUTE_PID"
wait "$MROUTE_PID" 2>/dev/null
try "nothing is left of it" gone calls bindings registrations
finish
