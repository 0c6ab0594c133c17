#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml qemu
# ci: uml
# chroot: ipsec
# timeout: 300
#
# A phone in a call, and the first of two routers dies: the second has its
# addresses and, by conntrackd, its connections. Without any ALG, with the
# kernel's own helper and with ours. The network is drawn in ../ipsec/pair.sh.
# shellcheck source=tests/net/ipsec/tunnels.sh
. "$(dirname "$0")/../ipsec/tunnels.sh"
# shellcheck source=tests/net/ipsec/pair.sh
. "$(dirname "$0")/../ipsec/pair.sh"
# shellcheck source=tests/net/field/field.sh
. "$(dirname "$0")/field.sh"

# give PLAY: to both routers
give() {
	local ns

	for ns in "$FIRST" "$SECOND"; do
		case $1 in
		in-tree)
			modprobe -a nf_nat_sip || return 1
			in_ns "$ns" nft -f - <<-END || return 1
				table ip intree {
					ct helper sip-udp {
						type "sip" protocol udp
					}
					ct helper sip-tcp {
						type "sip" protocol tcp
					}
					chain prerouting {
						type filter hook prerouting priority -150
						udp dport 5060 ct helper set "sip-udp"
						tcp dport 5060 ct helper set "sip-tcp"
					}
				}
			END
			;;
		ours)
			modprobe nf_nat_alg defaults=0 || return 1
			command "$NATCTL" -n "$ns" service add sip udp port 5060 &&
				command "$NATCTL" -n "$ns" service add sip tcp port 5060 ||
				return 1
			;;
		esac
	done
}

# conntrackd's own words for it
becomes_master() {
	local word

	for word in -c -f -R -B; do
		conntrackd_ask "$1" $word || true
		# it is not done when it says so
		sleep 0.5
	done
}

# play NAME: the whole of it
play() {
	local status=0 peer device end

	rm -f "$SCRATCH/ready" "$SCRATCH/taken"
	ROUTER=$FIRST
	HOSTS=()
	PORTS=0
	pair 1
	addresses "$FIRST"
	PHONE=host1-$$ PHONE4=10.1.1.2
	export PHONE PHONE4 ROUTER
	give "$1" || return 1
	conntrackd_start "$FIRST" 192.168.9.1 192.168.9.2 &&
		conntrackd_start "$SECOND" 192.168.9.2 192.168.9.1 || return 1
	python3 "$PEER/field_takeover.py" "$1" "$NF_ALG_OUT/$1.json" \
		"$SCRATCH" >"$SCRATCH/peer" 2>&1 &
	peer=$!
	end=$((SECONDS + 60))
	until [ -e "$SCRATCH/ready" ]; do
		[ $SECONDS -lt $end ] && kill -0 $peer || break
		sleep 0.2
	done
	# conntrackd sends what has changed
	sleep 2
	kill -STOP "$(cat "$SCRATCH/$FIRST.pid")"
	for device in lan wan sync; do
		ip -n "$FIRST" link set $device down
	done
	becomes_master "$SECOND"
	addresses "$SECOND"
	touch "$SCRATCH/taken"
	wait $peer || status=1
	cat "$SCRATCH/peer"
	kill -CONT "$(cat "$SCRATCH/$FIRST.pid")"
	pair_end
	for ns in "$FIRST" "$SECOND" "$SERVER"; do
		[ ! -e "/run/netns/$ns" ] || ip netns del "$ns"
	done
	return $status
}

plan 5
try "without any ALG" play off
try "with the kernel's own helper" play in-tree
try "with ours" play ours
table off in-tree ours
finish
