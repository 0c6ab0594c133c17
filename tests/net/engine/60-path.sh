#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: qemu
# timeout: 200
#
# Sequence numbers that pass 2^32, and a path whose MTU drops under way, with
# ICMP, behind one more router:
#
#   phone --- router --- server === far		(===: 1500, then 1280)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

flows() { python3 "$PEER/flows.py" "$@"; }
forward() {
	router nft -f - <<-END
		add rule inet filter forward iifname wan tcp dport 5060 accept
		add chain inet nat prerouting { type nat hook prerouting priority -100; }
		add rule inet nat prerouting iifname wan ip daddr $WAN4 tcp dport 5060 dnat ip to $PHONE4
		add rule inet nat prerouting iifname wan ip6 daddr $WAN6 tcp dport 5060 dnat ip6 to $PHONE6
	END
}
mtu() {
	echo "ip -n $SERVER link set far mtu $1; ip -n $FAR link set eth0 mtu $1"
}
narrow() {
	eval "$(mtu 1500)"
	flows --random --count "$(full 5000 1000)" --do "$(mtu 1280)" "$@"
}

plan 6
topology nat
forward
alg "sip tcp port 5060"
try "sequence numbers pass 2^32" python3 "$PEER/wrap.py"
try "the same, IPv6" python3 "$PEER/wrap.py" --family 6
far
export SERVER_IS=FAR
offloads off
try "the path gets narrower" narrow
try "the same, IPv6" narrow --family 6 --port 41001
offloads on
try "the same, offloads on" narrow --port 41002
try "the same, IPv6, offloads on" narrow --family 6 --port 41003
finish
