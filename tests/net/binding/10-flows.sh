#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Media flows against the bindings they follow; the network is drawn in
# topology.sh. A call over UDP takes the bindings; what comes in, what goes out,
# what goes from one inside host to the other by the public endpoint, and what
# clashes with flows that masquerade had let out before.
#
# timeout: 240
# machine: qemu uml
# clock: simulated
# ci: uml
. "$(dirname "$0")/../topology.sh"

flows() {
	python3 "$PEER/bindings.py" "$@"
}

plan 18
topology nat
alg "sip udp port 5060"

for family in 4 6; do
	try "IPv$family: media goes out by the port that was offered, to anybody" \
		flows outbound $family
	try "IPv$family: anybody comes in by the port that was offered" \
		flows inbound $family
	try "IPv$family: two inside hosts talk by their public endpoints" \
		flows hairpin $family
	try "IPv$family: a port the router listens on is not offered" \
		flows listened $family
done
try "a port masquerade uses toward the peer is not offered" flows tracked
try "a later clash is counted, and the flow goes on" flows clash
try "two inside hosts offer one port number" flows same
try "an ended call admits no new flow, and cuts none" flows ended
try "a flow of the last call makes way for the next one's" flows reused
try "a stranger's flow is not accepted" flows strangers
try "the master is shown" flows master
try "no reference keeps a connection that is over" flows orphan
try "the same, IPv6" flows orphan 6
try "a binding is no way around the rules for what goes out" flows egress
finish
