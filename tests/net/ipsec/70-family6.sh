#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPv6 under NAT66: three inside hosts with ESP tunnels to one gateway, and IKE
# by its own port; what 10-tunnels.sh and 20-traps.sh show of IPv4. The network
# is drawn in tunnels.sh.
#
# machine: uml qemu
# clock: simulated
# ci: uml
# timeout: 900
. "$(dirname "$0")/tunnels.sh"

esp() { python3 "$PEER/esp.py" "$@"; }
ike() { python3 "$PEER/ike.py" -6 "$@"; }

# Those of tunnels.sh, over IPv6
from() {
	local n=$1

	shift
	host "$n" ping -n -q -I "fd77:$n::1" "$@" fd99::1
}
to() {
	local n=$1

	shift
	server ping -n -q -I fd99::1 "$@" "fd77:$n::1"
}
uncrossed() {
	natctl -j show tunnels | jq -e 'length > 0 and all(.[];
		(.["inside-local"].address | split(":")[1] | tonumber) as $n |
		(.["spi-in"] == null or (.["spi-in"] / 4096 | floor) == $n))'
}

first_alone() {
	from 1 -c 2 -i 0.2 -W 2 && ! from 2 -c 2 -i 0.2 -W 2
}

inbound_first() {
	router conntrack -F
	for n in 1 2 3; do
		to "$n" -c 2 -i 0.2 -W 2 || return 1
	done
	both 3 5 0.1 || return 1
	router conntrack -L -f ipv6 -p esp 2>/dev/null | tee "$SCRATCH/list"
	[ "$(grep -c zone= "$SCRATCH/list")" = 3 ] &&
		[ "$(grep -c '^' "$SCRATCH/list")" = 3 ]
}

rekey() {
	local pings

	both 3 40 0.05 &
	pings=$!
	sleep 0.5
	tunnel 2 2 6
	sleep 0.5
	sa "host2-$$" del fd01:2::2 "$SERVER6" $((0x80002001))
	sleep 0.3
	sa "$SERVER" del "$SERVER6" "$WAN6" $((0x2001))
	wait $pings
}

gateway_rekeys() {
	begin || return 1
	# a slow machine may take its time from one program to the next
	natctl set ike-hint-time 30000
	ike child $$ 3 2 || return 1
	server python3 "$PEER/esp.py" send "$SERVER6" "$WAN6" 0x3333
	natctl -j show tunnels | jq -c .
	natctl -j show tunnels | jq -e '[.[] |
		select(.["inside-local"].address == "fd01:3::2") |
		.["spi-in"], .evidence] == [13107, "ike"]'
	local status=$?

	natctl set ike-hint-time default
	begin && [ $status = 0 ]
}

too_big() {
	ip -n "$ROUTER" route add "$SERVER6" dev wan mtu 1300
	host 2 ping -n -q -M 'do' -s 1300 -c 3 -i 0.2 -W 1 -I fd77:2::1 fd99::1
	ip -n "$ROUTER" route del "$SERVER6" dev wan mtu 1300
	host 2 ip route get "$SERVER6" | grep 'mtu 1300' &&
		! host 1 ip route get "$SERVER6" | grep 'mtu 1300'
}
error_outside() {
	server python3 "$PEER/esp.py" error "$WAN6" "$SERVER6" 0x80003001 1290 ||
		return 1
	sleep 0.2
	host 3 ip route get "$SERVER6" | grep 'mtu 1290' &&
		! host 1 ip route get "$SERVER6" | grep 'mtu 1290'
}

strangers() {
	local before

	begin || return 1
	before=$(reason spi-unknown)
	server python3 "$PEER/esp.py" strange "$SERVER6" "$WAN6" 100
	[ $(($(reason spi-unknown) - before)) = 100 ] && both 3 5 0.1
}

# The router's own tunnel to the same gateway, either side first
own_tunnel() {
	ip -n "$ROUTER" address add fd77:9::1/128 dev lo nodad
	ip -n "$ROUTER" route replace fd99::1 via "$SERVER6" src fd77:9::1
	sa "$ROUTER" add "$WAN6" "$SERVER6" 0x80009001
	sa "$ROUTER" add "$SERVER6" "$WAN6" 0x9001
	sa "$SERVER" add "$WAN6" "$SERVER6" 0x80009001 9
	sa "$SERVER" add "$SERVER6" "$WAN6" 0x9001 9
	policies "$ROUTER" fd77:9::1/128 fd99::1/128 "$WAN6" "$SERVER6" 1
	policies "$SERVER" fd99::1/128 fd77:9::1/128 "$SERVER6" "$WAN6" 9
	begin && server ping -n -q -I fd99::1 -c 3 -i 0.2 -W 2 fd77:9::1 &&
		router ping -n -q -I fd77:9::1 -c 3 -i 0.2 -W 2 fd99::1 &&
		both 3 5 0.1 && uncrossed
}

# ESP that is not translated goes both ways
transit() {
	router nft insert rule inet nat postrouting ip6 saddr fd01:3::2 accept
	ip -n "$SERVER" route add fd01:3::/64 via "$WAN6"
	natctl clear translations esp '*'
	router conntrack -F
	host 3 python3 "$PEER/esp.py" send fd01:3::2 "$SERVER6" 0x80007777 1
	sleep 0.2
	natctl -j show tunnels | jq -e '[.[].state] == ["untranslated"]'
	local status=$?

	router nft flush chain inet nat postrouting
	router nft add rule inet nat postrouting oifname wan masquerade
	ip -n "$SERVER" route del fd01:3::/64 via "$WAN6"
	begin && [ $status = 0 ]
}

saved() {
	natctl save --state >"$SCRATCH/state" && cat "$SCRATCH/state" &&
		natctl clear translations esp '*' && router conntrack -F &&
		natctl apply --state "$SCRATCH/state" || return 1
	# the gateway is first, and known
	for n in 1 2 3; do
		to "$n" -c 2 -i 0.2 -W 2 || return 1
	done
	both 3 5 0.1 && uncrossed
}

preserved() {
	natctl service add ike preserve-port && router conntrack -F &&
		ike preserve $$ 3
}
moved() {
	natctl service delete ike preserve-port && router conntrack -F &&
		ike moved $$ 3
}

plan 17
topology nat
hosts 3
for n in 1 2 3; do
	tunnel "$n" 1 6
done
try "without the module the second host fails" first_alone
router conntrack -F >/dev/null 2>&1
alg esp
try "three hosts begin at one moment" begin
try "all pass traffic both ways at once" both 3 20 0.05
try "nobody has another one's SPI" uncrossed
try "the gateway is first after conntrack -F" inbound_first
try "datagrams of 4 KB, in fragments" from 2 -s 4000 -c 5 -i 0.1 -W 2
try "an ICMPv6 error of the router reaches the right host" too_big
try "an ICMPv6 error from outside reaches the right host" error_outside
LOSE=1
try "host 2 rekeys in mid-traffic" rekey
LOSE=0
try "nobody has another one's SPI then" uncrossed
try "the gateway rekeys: its first packet is known by the exchange" \
	gateway_rekeys
try "unknown SPIs from the gateway are dropped and counted" strangers
try "the router's own tunnel to the same gateway" own_tunnel
try "ESP without NAT goes both ways" transit
try "tunnels that were saved and applied are known" saved
try "three hosts and the router keep port 500" preserved
try "without preserve-port they get other ports" moved
delete_hosts
finish
