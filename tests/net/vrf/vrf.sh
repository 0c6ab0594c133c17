# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Two VRFs of one router, on top of topology.sh, as in the example of Cisco's
# manual (static NAT with MPLS VPNs, "gold" and "silver"):
#
#   phone                       router
#  +---------------+           +---------------------------+
#  |192.168.121.33 |-----------|lan   VRF gold, table 10   |
#  +---------------+           |      192.168.121.1        |      server
#   desk                       |                       wan |---- 203.0.113.9
#  +---------------+           |                           |
#  |192.168.121.33 |-----------|lan2  VRF silver, table 20 |
#  +---------------+           |      192.168.121.1        |
#                              +---------------------------+
#   ip nat inside source static 192.168.121.33 2.2.2.1 vrf gold
#   ip nat inside source static 192.168.121.33 2.2.2.2 vrf silver
#
# and likewise fd00:121::33 as 2001:db8:22::1 and ::2.
# Both default routes lead out by wan. What comes back finds its VRF by the mark
# of its connection. Connections of the two VRFs are told apart by conntrack
# zones 1 and 2; without ("flat") silver's addresses are 192.168.122.*, and both
# have the router's own address outside. "shared" is both: the same addresses
# inside and the router's own outside, with zones of one direction.
# shellcheck source=tests/net/topology.sh
. "$(dirname "${BASH_SOURCE[0]}")/../topology.sh"

GOLD4=2.2.2.1 SILVER4=2.2.2.2
GOLD6=2001:db8:22::1 SILVER6=2001:db8:22::2
export GOLD4 SILVER4 GOLD6 SILVER6

vrf() {
	python3 "$PEER/vrf.py" "$@"
}

# member NS DEVICE VRF TABLE NETWORK NETWORK6
member() {
	ip -n "$ROUTER" -batch - <<-END || return 1
		link add $3 type vrf table $4
		link set $3 up
		address flush dev $2
		link set $2 master $3
		address add $5.1/24 dev $2
		address add $6::1/64 dev $2 nodad
		route add default via $SERVER4 dev wan table $4
		route add default via $SERVER6 dev wan table $4
	END
	ip -n "$1" -batch - <<-END
		address flush dev eth0
		address add $5.33/24 dev eth0
		address add $6::33/64 dev eth0 nodad
		route add default via $5.1
		route replace default via $6::1
	END
}

# vrfs {zones|flat|shared}
vrfs() {
	local other=192.168.121 other6=fd00:121 zone='#' shared='#' family

	topology nat
	router modprobe vrf 2>/dev/null
	PHONE4=192.168.121.33 PHONE6=fd00:121::33
	if [ "$1" != zones ]; then
		GOLD4=$WAN4 SILVER4=$WAN4 GOLD6=$WAN6 SILVER6=$WAN6
	fi
	if [ "$1" = flat ]; then
		other=192.168.122 other6=fd00:122
	elif [ "$1" = shared ]; then
		shared=
	else
		zone=
		ip -n "$SERVER" route add 2.2.2.0/24 via "$WAN4"
		ip -n "$SERVER" route add 2001:db8:22::/64 via "$WAN6"
	fi
	DESK4=$other.33 DESK6=$other6::33
	member "$PHONE" lan gold 10 192.168.121 fd00:121 &&
		member "$DESK" lan2 silver 20 "$other" "$other6" || return 1
	for family in -4 -6; do
		ip "$family" -n "$ROUTER" rule add pref 100 fwmark 1 lookup 10
		ip "$family" -n "$ROUTER" rule add pref 100 fwmark 2 lookup 20
	done
	router nft -f - <<-END
		flush ruleset
		table inet vrfs {
			chain zones {
				type filter hook prerouting priority raw
				$shared iifname lan ct original zone set 1
				$shared iifname lan2 ct original zone set 2
				$zone iifname lan ct zone set 1
				$zone iifname lan2 ct zone set 2
				$zone iifname wan ip daddr $GOLD4 ct zone set 1
				$zone iifname wan ip daddr $SILVER4 ct zone set 2
				$zone iifname wan ip6 daddr $GOLD6 ct zone set 1
				$zone iifname wan ip6 daddr $SILVER6 ct zone set 2
			}
			chain marks {
				type filter hook prerouting priority mangle
				iifname lan ct state new ct mark set 1
				iifname lan2 ct state new ct mark set 2
				iifname wan meta mark set ct mark
			}
			chain nat {
				type nat hook postrouting priority srcnat
				oifname wan iifname gold snat ip to $GOLD4
				oifname wan iifname silver snat ip to $SILVER4
				oifname wan iifname gold snat ip6 to $GOLD6
				oifname wan iifname silver snat ip6 to $SILVER6
			}
			chain forward {
				type filter hook forward priority filter
				policy drop
				ct state established,related accept
				oifname wan meta l4proto esp accept
				oifname wan th dport { 5060, 2021 } ct state new accept
			}
		}
	END
}

# seen OBJECT VRF N [WORD]: natctl shows so many in this VRF, and no others
seen() {
	natctl -j show "$1" vrf "$2" >"$SCRATCH/seen.json"
	[ "$(jq length "$SCRATCH/seen.json")" = "$3" ] && return
	natctl show "$1"
	return 1
}

# services: SIP and ESP in both VRFs
services() {
	local name service

	for name in gold silver; do
		for service in "sip udp port 5060" "sip tcp port 5060" esp; do
			# shellcheck disable=SC2086 # words
			natctl service add $service vrf $name || return 1
		done
	done
}
