#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two WANs and several public addresses. What topology.sh draws, and:
#
#                                 wan  203.0.113.1, .2 ---- 203.0.113.9
#   phone 10.0.0.2, .3 ---- lan  router                     server
#                                 wan2 203.0.114.1     ---- 203.0.114.9
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
	ip -n "$ROUTER" route flush 198.18.0.10
	ip -n "$ROUTER" route flush "$SERVER4"
	return $status
}

# nat RULE...: instead of those before
nat() {
	local rule

	router nft flush chain inet nat postrouting
	for rule; do
		router nft "add rule inet nat postrouting $rule" || return 1
	done
}

plan 5
topology nat
ip -n "$PHONE" address add 10.0.0.3/24 dev eth0
ip link add wan2 netns "$ROUTER" type veth peer name eth1 netns "$SERVER"
address "$ROUTER" wan2 203.0.114.1/24 2001:db8:14::1/64
address "$SERVER" eth1 203.0.114.9/24 2001:db8:14::9/64
router sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.wan.rp_filter=0 \
	net.ipv4.conf.wan2.rp_filter=0
server sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth1.rp_filter=0
ip -n "$ROUTER" address add 203.0.113.2/24 dev wan
router nft add rule inet filter forward iifname lan oifname wan2 accept
alg "sip udp port 5060"

nat "oifname wan snat ip to $WAN4" "oifname wan2 snat ip to 203.0.114.1"
try "the rules of a partner's device decide there" rules partner
try "snat: the way changes to the second WAN and back" rules wans
nat "oifname wan masquerade" "oifname wan2 masquerade"
try "masquerade: likewise" rules wans
nat "oifname wan snat ip to 203.0.113.1-203.0.113.2"
try "a pool that does not keep to one address: media leaves as named" \
	rules pool
nat "oifname wan ip daddr 198.18.0.22 snat ip to 203.0.113.2" \
	"oifname wan ip daddr 198.18.0.23 snat ip to 203.0.113.2" \
	"oifname wan snat ip to $WAN4"
try "two public addresses of one phone: each provider hears of its own" \
	rules addresses
finish
