#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 30,000 tunnels to one gateway, and 1,000 gateways with 30 each (a tenth of
# that in the short form): set up by learning, traffic on all, what a tunnel
# needs of memory, and that every byte comes back. The network is drawn in
# topology.sh; the phone has all of 10.128.0.0/9.
#
# machine: qemu uml
# ci: none
# timeout: 3000
. "$(dirname "$0")/../topology.sh"

scale() {
	python3 "$PEER/scale.py" "$PHONE" "$SERVER" "$@"
}

# objects CACHE: how many there are; bytes CACHE: what they take
objects() {
	awk -v name="$1" '$1 == name { print $2 }' /proc/slabinfo
}
bytes() {
	awk -v name="$1" '$1 == name { print $2 * $4 }' /proc/slabinfo
}

memory() {
	local cache sum=0 own

	for cache in ipsec_tunnel ipsec_clue nf_alg_host; do
		own=$(bytes $cache)
		[ -n "$own" ] || { echo "no slab $cache"; return 1; }
		echo "figure: $cache $((own / $1)) bytes a tunnel"
		sum=$((sum + own))
	done
	echo "figure: $((sum / $1)) bytes a tunnel"
	[ "$(natctl -j show tunnels | jq length)" = "$1" ] &&
		[ $((sum / $1)) -le 1024 ]
}

gone() {
	local cache end

	natctl clear translations esp '*' || return 1
	end=$((SECONDS + 30))
	for cache in ipsec_tunnel ipsec_clue nf_alg_host; do
		while [ "$(objects $cache)" != 0 ]; do
			[ $SECONDS -lt $end ] || { echo "$cache: $(objects $cache)"; return 1; }
			echo 1 >/sys/kernel/slab/$cache/shrink 2>/dev/null
			sleep 1
		done
	done
	[ "$(router conntrack -C)" = 0 ]
}

plan 6
topology nat
ip -n "$PHONE" route add local 10.128.0.0/9 dev lo
ip -n "$ROUTER" route add 10.128.0.0/9 via "$PHONE4"
sysctl -qw net.netfilter.nf_conntrack_max=262144 2>/dev/null
alg esp
natctl set tunnels-per-host 4096
many=$(full 30000 3000) gateways=$(full 1000 100)
try "$many tunnels to one gateway come up, none is crossed" scale "$many" 1
try "a tunnel takes at most 1 KB" memory "$many"
try "all of it comes back" gone
try "$gateways gateways with 30 tunnels each come up, none is crossed" \
	scale 30 "$gateways"
try "a tunnel takes at most 1 KB there" memory $((30 * gateways))
try "all of it comes back then" gone
finish
