#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What strangers may send: no state grows beyond its limit, and no tunnel is
# disturbed. From outside they have the gateway's own address. The network is
# drawn in tunnels.sh; random SPIs by the million are in 40-crowd.sh.
#
# machine: uml qemu
# clock: simulated
# ci: uml
# timeout: 300
. "$(dirname "$0")/tunnels.sh"

hostile() {
	python3 "$PEER/hostile.py" "$1" $$ "${@:2}"
}

# few: all that is known of SPIs and cookies is no more than the limits of the
# tunnels that there are permit; what was freed counts until its slab is empty
few() {
	local now most end=$((SECONDS + 10))

	if [ ! -e /sys/kernel/slab/ipsec_clue ]; then
		echo "slabs are merged here"
		return 0
	fi
	# of each tunnel: SPIs of two directions, cookies; and half a page
	most=$(($(tunnels) * 3 * LIMIT + 40))
	while :; do
		echo 1 >/sys/kernel/slab/ipsec_clue/shrink
		now=$(awk '$1 == "ipsec_clue" { print $2 }' /proc/slabinfo)
		echo "$now of $most SPIs and cookies"
		[ "${now:-$most}" -lt "$most" ] && return 0
		[ $SECONDS -lt $end ] || return 1
		sleep 0.5
	done
}

# cookies_of HOST: how many IKE cookies its tunnel has
cookies_of() {
	natctl -j show tunnels | jq --arg host "10.1.$1.2" '[.[] |
		select(.["inside-local"].address == $host) | .cookies] | add'
}

fine() {
	both 3 5 0.05 && uncrossed
}

cookies() {
	hostile cookies "$(full 100000 1500)" && [ "$(tunnels)" = 3 ] &&
		[ "$(cookies_of 1) $(cookies_of 2) $(cookies_of 3)" = "1 1 1" ] &&
		few && fine
}

takeover() {
	hostile takeover "$(full 20000 500)" && [ "$(tunnels)" = 3 ] &&
		[ "$(cookies_of 2)" -le "$LIMIT" ] &&
		[ "$(cookies_of 1) $(cookies_of 3)" = "1 1" ] && few &&
		[ "$(reason ike-cookie-clash)" -ge 6 ] &&
		[ "$(reason limit-spis)" -ge 100 ] && fine
}

cut() {
	local before

	before=$(reason ike-malformed)
	hostile cut && [ "$(tunnels)" = 3 ] &&
		[ $(($(reason ike-malformed) - before)) -ge 30 ] && fine
}

mute() {
	natctl clear translations esp '*' && router conntrack -F
	hostile mute && [ "$(tunnels)" = 0 ] && begin
}

# A message of nobody's is no key exchange of anybody's: h1 gets its SPI
hints() {
	natctl clear translations esp '*' && router conntrack -F
	natctl set tunnel-turn-time 30000
	host_sends 1 0x80001ddd
	hostile spoof 100 || return 1
	gateway_sends 0x1ddd
	natctl show tunnels
	[ "$(spi_of 1)" = $((0x1ddd)) ]
	local status=$?

	natctl set tunnel-turn-time default
	begin && [ $status = 0 ]
}

spread() {
	begin && natctl set tunnels-per-host 40 || return 1
	hostile spread "$(full 20000 600)"
	natctl show limits
	natctl -j show tunnels | jq -e '[.[] |
		select(.["inside-local"].address == "10.1.2.2")] | length <= 40' &&
		[ "$(reason limit-tunnels)" -ge 500 ] && few && fine
	local status=$?

	natctl set tunnels-per-host default
	return $status
}

outward() {
	begin && hostile outward "$(full 100000 500)" && few && fine
}

# While a host waits for its answer they are taken for it, but what is used
# twice stays. It waits as long as a slow machine takes to send them.
inward() {
	local status

	natctl set tunnel-turn-time 60000
	inward_of_one
	status=$?
	natctl set tunnel-turn-time default
	return $status
}

inward_of_one() {
	natctl clear translations esp '*' && router conntrack -F
	host_sends 1 0x80001eee
	hostile inward "$(full 20000 300)"
	gateway_sends 0x1eee
	gateway_sends 0x1eee 2
	hostile inward "$(full 20000 300)"
	few || return 1
	watch_host 1 4
	gateway_sends 0x1eee 3
	wait_watch && begin && fine
}

plan 8
topology nat
hosts 3
for n in 1 2 3; do
	tunnel "$n"
done
alg esp "ike preserve-port"
LIMIT=8 # spis-per-tunnel
begin >/dev/null 2>&1
try "cookies of nobody's are the router's, no host's" cookies
try "a host with many cookies, and with others', harms itself alone" takeover
try "messages cut anywhere pass as they are" cut
try "what is no message begins no tunnel" mute
try "what is nobody's message is nobody's key exchange" hints
try "a host with very many gateways is limited, alone" spread
try "a host with very many SPIs is limited, alone" outward
try "random SPIs while a host waits: its own is kept" inward
delete_hosts
finish
