#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
#
# The phone's link belongs to a VRF of the router, whose default route leads out
# of it; the rest of the network is drawn in topology.sh. The service is bound
# to the VRF, and so are calls and bindings.
#
# timeout: 120
. "$(dirname "$0")/../topology.sh"

flows() {
	python3 "$PEER/bindings.py" "$@"
}

plan 4
topology nat
router modprobe vrf
if ! ip -n "$ROUTER" link add red type vrf table 100 2>/dev/null; then
	for step in 1 2 3 4; do
		skip "step $step" "no VRF in this kernel"
	done
	finish
fi
ip -n "$ROUTER" link set red up
ip -n "$ROUTER" link set lan master red
ip -n "$ROUTER" route add default via "$SERVER4" dev wan table 100
ip -n "$ROUTER" route add 10.0.0.0/24 dev lan
router nft add rule inet filter forward iifname red oifname wan ct state new accept
alg "sip udp port 5060 vrf red"

try "media goes out by the port that was offered, to anybody" flows outbound
try "anybody comes in by the port that was offered" flows inbound
try "an ended call admits no new flow, and cuts none" flows ended
try "the desk phone, outside of the VRF, is not served" flows unserved
finish
