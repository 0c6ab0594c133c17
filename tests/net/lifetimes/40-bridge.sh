#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 600
#
# The router's bridge hands what it forwards to the rules of IPv4 and IPv6, as
# Docker sets it up. Phone and server are in two subnets on the same bridge, so
# each way of their connection can be routed or bridged, and change.
#
#   phone 10.0.0.2 ------ lan |      |
#                             | br0  | router: 10.0.0.1 and 203.0.113.1,
#   server 203.0.113.9 -- wan |      | bridge-nf-call-iptables=1
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

# bridge: lan and wan become its ports
bridge() {
	ip -n "$ROUTER" -batch - <<-END
		link add br0 type bridge
		address flush dev lan
		address flush dev wan
		link set lan master br0
		link set wan master br0
		address add 10.0.0.1/24 dev br0
		address add $WAN4/24 dev br0
		address add fd00:a::1/64 dev br0 nodad
		address add $WAN6/64 dev br0 nodad
		link set br0 up
	END
	router nft add rule inet filter forward iifname br0 oifname br0 accept &&
		modprobe br_netfilter &&
		router sysctl -qw net.bridge.bridge-nf-call-iptables=1 \
			net.bridge.bridge-nf-call-ip6tables=1 \
			net.ipv4.conf.all.send_redirects=0 \
			net.ipv4.conf.default.send_redirects=0 \
			net.ipv4.conf.br0.send_redirects=0 &&
		phone sysctl -qw net.ipv6.conf.eth0.accept_redirects=0 \
			net.ipv4.conf.eth0.accept_redirects=0 &&
		server sysctl -qw net.ipv6.conf.eth0.accept_redirects=0 \
			net.ipv4.conf.eth0.accept_redirects=0
}

bridged() { python3 "$PEER/bridged.py" "$@"; }

plan 17
topology plain
try "lan and wan become ports of a bridge" bridge
# limits and times as an administrator has them
try "the engine has its service" eval 'modprobe nf_nat_alg defaults=0 &&
	natctl service add sip tcp port 5060'
for family in 4 6; do
	try "IPv$family: both ways routed: the connection has a session" \
		bridged $family routed routed
	try "IPv$family: request routed, answer bridged" \
		bridged $family routed bridged
	try "IPv$family: request bridged, answer routed" \
		bridged $family bridged routed
	try "IPv$family: both ways bridged" bridged $family bridged bridged
	try "IPv$family: answers are bridged from the second message on" \
		bridged $family routed routed-bridged
	try "IPv$family: requests are bridged from the second message on" \
		bridged $family routed-bridged routed
	try "IPv$family: SYN and SYN/ACK routed, all other requests bridged" \
		bridged $family bridged-data routed
done
try "the bridge goes while a session has its route" bridged 4 routed gone
finish
