#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 200 inside hosts begin at one moment toward one gateway: with SPI matching
# none waits, by learning one after the other; and a million SPIs that are
# nobody's. The network is drawn in topology.sh; the hosts are addresses of the
# phone's.
#
# machine: uml qemu
# clock: simulated
# ci: uml
# timeout: 900
. "$(dirname "$0")/tunnels.sh"

crowd() {
	local what=$1

	shift
	python3 "$PEER/crowd.py" "$what" "$PHONE" "$SERVER" "$@"
}

matched() {
	natctl -j show tunnels | jq -e --argjson n "$1" 'length == $n and
		all(.[]; .evidence == "match")'
}
learned() {
	natctl -j show tunnels | jq -e --argjson n "$1" 'length == $n and
		all(.[]; .["spi-in"] and .evidence != "match")'
}
forget() {
	natctl clear translations esp '*'
	router conntrack -F
	[ "$(tunnels)" = 0 ]
}

# What the gateway can make us remember is bounded
bounded() {
	natctl -j show tunnels | jq -e 'length == 10 and
		all(.[]; .state == "live")'
}

half() {
	natctl spi-match 0x31323334 | grep -F '0x53490000 to 0x5349ffff (crc16)'
}

plan 9
topology nat
ip -n "$PHONE" address add 10.0.0.2/16 dev eth0
ip -n "$ROUTER" address add 10.0.0.1/16 dev lan
alg "esp spi-match"
try "spi-match: 200 tunnels at one moment, none waits, none is crossed" \
	crowd match 200
try "spi-match: all were known by the predicate" matched 200
try "natctl spi-match says a responder's half" half
natctl service delete esp spi-match
natctl service add esp
try "the tunnels go with the service" eval '[ "$(tunnels)" = 0 ]'
router conntrack -F >/dev/null 2>&1
try "learning: 200 tunnels at one moment, one after the other, none is crossed" \
	crowd learn 200
try "learning: all are known" learned 200
try "they can be forgotten" forget
try "random SPIs of the gateway's disturb nobody" \
	crowd flood "$(full 1000000 20000)"
try "and leave nothing behind" bounded
finish
