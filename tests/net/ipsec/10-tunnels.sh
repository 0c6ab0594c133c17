#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Three inside hosts with ESP tunnels to one gateway through masquerade and a
# firewall that drops by default; the network is drawn in tunnels.sh. Without
# the module the second one fails.
#
# machine: uml qemu
# ci: uml
# timeout: 400
. "$(dirname "$0")/tunnels.sh"

first_alone() {
	from 1 -c 2 -i 0.2 -W 2 && ! from 2 -c 2 -i 0.2 -W 2
}

at_once() {
	local n status=0

	for n in 1 2 3; do
		from "$n" -c 1 -W 8 >"$SCRATCH/from$n" &
	done
	wait
	for n in 1 2 3; do
		sed -n "s|^rtt[^=]*= \([^/]*\).*|figure: host $n answered after \1 ms|p" \
			"$SCRATCH/from$n"
		[ "$(received "$SCRATCH/from$n")" = 1 ] || status=1
	done
	return $status
}

zones() {
	router conntrack -L -p esp 2>/dev/null >"$SCRATCH/list"
	cat "$SCRATCH/list"
	[ "$(grep -c zone= "$SCRATCH/list")" = 3 ]
}

spis() {
	natctl show tunnels
	natctl show tunnels | grep -E '10\.1\.2\.2 +203\.0\.113\.1 +203\.0\.113\.9 +80002001 +00002001 +live'
}

translations() {
	natctl show translations esp
	natctl show translations esp verbose | grep -E \
		'^esp 203\.0\.113\.1 +10\.1\.3\.2:00003001 +203\.0\.113\.9 +203\.0\.113\.9:80003001'
}

# The gateway's packets come first after conntrack has forgotten everything
flushed() {
	router conntrack -F
	for n in 1 2 3; do
		to "$n" -c 1 -W 2 || return 1
	done
	both 3 3 0.05
}

rekey_host() {
	local n=$1 pings

	both 3 "$(full 40 30)" 0.05 &
	pings=$!
	sleep 0.3
	tunnel "$n" 2
	sleep 0.3
	retire_host "$n" 1
	sleep 0.3
	retire_gateway "$n" 1
	wait $pings
}

too_big() {
	ip -n "$ROUTER" route add 203.0.113.9 dev wan mtu 1300
	host 2 ping -n -q -M 'do' -s 1300 -c 3 -i 0.2 -W 1 -I 10.7.2.1 10.9.0.1
	ip -n "$ROUTER" route del 203.0.113.9 dev wan
	# the error came to host 2, and taught its SA
	host 2 ip route get 203.0.113.9 | grep 'mtu 1300' &&
		! host 1 ip route get 203.0.113.9 | grep 'mtu 1300'
}

# An ICMP error from outside the router, about one host's packet
error_outside() {
	ip -n "$SERVER" link set eth0 mtu 1500
	server python3 "$PEER/esp.py" error "$WAN4" "$SERVER4" 0x80003001 1200 ||
		return 1
	sleep 0.2
	host 3 ip route get 203.0.113.9 | grep 'mtu 1200' &&
		! host 1 ip route get 203.0.113.9 | grep 'mtu 1200'
}

cleared() {
	natctl clear translations esp inside 203.0.113.1 10.1.2.2 || return 1
	[ "$(tunnels)" = 2 ] || return 1
	# what the gateway says before the host does is nobody's
	from 2 -c 2 -i 0.2 -W 5 || return 1
	both 3 3 0.05 && [ "$(tunnels)" = 3 ]
}

events() {
	# not by the function: what is killed is to be the tool itself
	"$NATCTL" -n "$ROUTER" monitor ipsec >"$SCRATCH/events" &
	local pid=$!

	sleep 0.3
	natctl clear translations esp '*'
	from 1 -c 2 -i 0.2 -W 5
	sleep 0.2
	kill $pid
	wait $pid
	cat "$SCRATCH/events"
	grep -q 'tunnel-end 10.1.1.2 = 203.0.113.1, gateway 203.0.113.9' \
		"$SCRATCH/events" &&
		grep -q 'spi-learned 00001[0-9]* 10.1.1.2 = 203.0.113.1, gateway 203.0.113.9, by pending' \
			"$SCRATCH/events"
}

denied() {
	natctl service delete esp && natctl access-list add none deny any &&
		natctl service add esp list none || return 1
	router conntrack -F
	from 1 -c 1 -W 2
	! from 2 -c 2 -i 0.2 -W 1 && [ "$(tunnels)" = 0 ] || return 1
	natctl service delete esp && natctl service add esp
}

six() {
	host "$1" ping -n -q -c "$2" -i 0.05 -W 5 -I "fd77:$1::1" fd99::1
}
six_back() {
	server ping -n -q -c 2 -i 0.05 -W 5 -I fd99::1 "fd77:$1::1"
}
family6() {
	local n

	for n in 1 2 3; do
		tunnel "$n" 1 6
	done
	for n in 1 2 3; do
		six "$n" 3 >"$SCRATCH/six$n" &
	done
	wait
	for n in 1 2 3; do
		cat "$SCRATCH/six$n"
		[ "$(received "$SCRATCH/six$n")" = 3 ] || return 1
	done
	# now that they are known
	for n in 1 2 3; do
		six_back "$n" || return 1
	done
}

# They come while nobody waits for an answer
strangers() {
	local before

	begin || return 1
	before=$(reason spi-unknown)
	server python3 "$PEER/esp.py" strange "$SERVER4" "$WAN4" 300
	[ $(($(reason spi-unknown) - before)) = 300 ] && both 3 3 0.05
}

plan 19
topology nat
hosts 3
for n in 1 2 3; do
	tunnel "$n"
done
try "without the module the second host fails" first_alone
router conntrack -F >/dev/null 2>&1
alg esp
try "three hosts begin at one moment, none loses a packet" at_once
try "each has its own zone, and conntrack lists them" zones
try "nobody has another one's SPI" uncrossed
try "all pass traffic both ways at once" both 3 "$(full 20 10)" 0.05
try "show tunnels has their SPIs" spis
try "show translations has them in Cisco's columns" translations
try "a flood of all at once loses nothing" both 3 "$(full 500 150)" 0.002
try "datagrams of 4 KB, in fragments" from 2 -s 4000 -c 5 -i 0.1 -W 2
try "an ICMP error of the router reaches the right host" too_big
try "an ICMP error from outside reaches the right host" error_outside
try "after conntrack -F the gateway may be first" flushed
LOSE=1
try "host 2 rekeys in mid-traffic" rekey_host 2
LOSE=0
try "nobody has another one's SPI then" uncrossed
try "a tunnel is cleared, and comes again" cleared
try "monitor says what was learned" events
try "an access list that denies leaves everything to conntrack" denied
try "IPv6: three hosts, both ways" family6
try "unknown SPIs from the gateway are dropped and counted" strangers
delete_hosts
finish
