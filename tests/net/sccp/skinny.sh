# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of Skinny share. Sourced after topology.sh.

# a second phone on the first one's link
export NEIGHBOUR4=10.0.0.3 NEIGHBOUR6=fd00:a::3
neighbour() {
	address "$PHONE" eth0 $NEIGHBOUR4/24 $NEIGHBOUR6/64
}

# mapping PORT [INSIDE-PORT]: the router's TCP port is the CallManager's, who is
# inside; inside hosts may speak with each other
mapping() {
	router nft -f - <<-END
		table ip static {
			chain prerouting {
				type nat hook prerouting priority -100
				iifname wan tcp dport $1 dnat to $PHONE4:${2:-$1}
			}
		}
		table ip6 static {
			chain prerouting {
				type nat hook prerouting priority -100
				iifname wan tcp dport $1 dnat to [$PHONE6]:${2:-$1}
			}
		}
		table inet filter {
			chain forward {
				iifname wan tcp dport ${2:-$1} ct status dnat accept
				iifname { lan, lan2 } oifname { lan, lan2 } accept
			}
		}
	END
}

# short: connections that ended are forgotten at once, and media that fell
# silent soon
short() {
	router sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_time_wait=1 \
		net.netfilter.nf_conntrack_tcp_timeout_close=1 \
		net.netfilter.nf_conntrack_udp_timeout=3 \
		net.netfilter.nf_conntrack_udp_timeout_stream=3
}

# gone OBJECT...: what an ended connection left open goes with it. Conntrack
# looks for what has expired now and then, and whenever it is listed.
gone() {
	local end=$((SECONDS + 60))

	grep -q '^nf_nat_alg ' /proc/modules || return 0
	while router conntrack -L >/dev/null 2>&1; ! none_now "$@"; do
		if [ $SECONDS -gt $end ]; then
			natctl show calls
			natctl show bindings
			return 1
		fi
		sleep 0.2
	done
}
none_now() {
	local object

	for object in "$@"; do
		[ "$(natctl -j show "$object")" = "[]" ] || return 1
	done
}
