#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 120
#
# The provider gives the router another address: registrations, calls, doors
# and flows of the old one go, and the phone's next REGISTER has the new one.
#
#   phone ---- router: 203.0.113.1, then .7 ---- server, with many addresses
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

# rows: a result line for each
rows() {
	local line

	while IFS= read -r line; do
		case $line in
		"not ok"*) FAILED=$((FAILED + 1)) ;;
		esac
		printf '%s\n' "$line"
	done < <(python3 "$PEER/sipaddress.py" 2>&1)
}

plan "$(python3 "$PEER/sipaddress.py" --count)"
topology nat
alg "sip udp port 5060" "sip tcp port 5060"
rows
natctl clear translations '*' >/dev/null
finish
