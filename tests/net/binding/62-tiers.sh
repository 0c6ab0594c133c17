#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who gets what comes to a public endpoint: first those whom a call names, then
# the rules for destinations, then anybody, and the router's own sockets before
# all of them. The network is drawn in topology.sh.
#
# timeout: 3000
# machine: uml
# clock: simulated
. "$(dirname "$0")/../topology.sh"

rules() {
	timeout 1500 python3 "$PEER/rules.py" "$@"
	local status=$?

	natctl clear translations '*' >/dev/null
	router conntrack -F >/dev/null 2>&1
	return $status
}

# dnat MATCH...: what matches goes to the desk
dnat() {
	router nft -f - <<-END
		table ip forward {
			chain prerouting {
				type nat hook prerouting priority dstnat
				iifname wan ip daddr $WAN4 $* dnat to $DESK4
			}
			chain forward {
				type filter hook forward priority -1
				ct status dnat accept
			}
		}
	END
	router nft insert rule inet filter forward ct status dnat accept
}

plan 8
topology nat
alg "sip udp port 5060"

try "a socket that is opened after the binding keeps its port" \
	rules local address
try "likewise one of any address" rules local any
try "likewise one that is bound to the device" rules local device
try "likewise one of IPv6 and IPv4" rules local dual
try "a socket of IPv6 alone does not" rules v6only
try "the router itself reaches a public endpoint" rules router_itself
dnat udp dport 30194
try "a message does not take over a port forward" rules forwarded
router nft delete table ip forward
dnat
try "an exposed host gets what no call names, and nothing else" rules exposed
finish
