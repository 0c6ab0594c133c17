#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# clock: simulated
# ci: uml
# timeout: 300
#
# The same calls where the router does not translate: the firewall still drops
# what nobody asked for, so media and calls from outside need their doors.
#
#   SIPp (phone) ---- router, no NAT ---- SIPp (server)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/sipp.sh"

plan 6
topology plain
WAN4=$PHONE4	# what the outside sees of the phone
alg "sip udp port 5060" "sip tcp port 5060"
for mode in u1 tn; do
	try "the phone calls, $mode" \
		calls PHONE SERVER "$SERVER4" 5060 $mode 10 10
done
for mode in u1 t1; do
	try "a registered phone is called, $mode" inward $mode 5060 20 10
done
try "media through hold and resume, two remote hosts" \
	python3 "$PEER/media.py" --plain
try "the same, IPv6" python3 "$PEER/media.py" --plain --family 6
finish
