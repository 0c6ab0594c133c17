# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of Skinny and H.323 share: a second endpoint, and what
# endpoints leave behind. Sourced after topology.sh.

# a second endpoint on the first one's link
export NEIGHBOUR4=10.0.0.3 NEIGHBOUR6=fd00:a::3
neighbour() {
	address "$PHONE" eth0 $NEIGHBOUR4/24 $NEIGHBOUR6/64
}

# short: connections that ended are forgotten at once, and media that fell
# silent soon
short() {
	router sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_time_wait=1 \
		net.netfilter.nf_conntrack_tcp_timeout_close=1 \
		net.netfilter.nf_conntrack_udp_timeout=3 \
		net.netfilter.nf_conntrack_udp_timeout_stream=3
}

# gone OBJECT...: what an ended connection left open goes with it, within
# GONE_WITHIN seconds. Conntrack looks for what has expired now and then, and
# whenever it is listed.
gone() {
	local end=$((SECONDS + ${GONE_WITHIN:-60}))

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
