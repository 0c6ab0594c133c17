#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a machine that counts instructions: what a packet through the router costs, without any helper, with
# the in-tree helpers, with ours. Writes `what who instructions sent arrived untranslated` lines to figures.
#
#   client (namespace)        router (the machine itself)         server (namespace)
#   10.0.0.2 and              10.0.0.1   lan     wan   203.0.113.1    203.0.113.9
#   all of 10.128.0.0/9  ---------------|        |------------------- 198.18.0.0/15 goes there too
#                                       masquerade
set -u
phases=${1:-plain in-tree no-ipsec ipsec ours}
packets=${2:-2000}
generator=$NF_ALG_OUT/generator
figures=$NF_ALG_OUT/figures

network() {
	ip netns add client
	ip netns add server
	ip link add lan type veth peer name eth0 netns client
	ip link add wan type veth peer name eth0 netns server
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.disable_ipv6=1
	# Nothing but the measured packets: no neighbour discovery, no address detection
	ip link set lan address 02:00:00:00:00:01 up
	ip link set wan address 02:00:00:00:00:02 up
	ip addr add 10.0.0.1/24 dev lan
	ip addr add 203.0.113.1/24 dev wan
	for number in $(seq 32 95); do
		ip addr add "203.0.113.$number/32" dev wan
	done
	for name in client server; do
		ip -n "$name" link set lo up
		ip netns exec "$name" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv4.ip_forward=0
	done
	ip -n client link set eth0 address 02:00:00:00:00:03 up
	ip -n server link set eth0 address 02:00:00:00:00:04 up
	ip -n client addr add 10.0.0.2/24 dev eth0
	ip -n server addr add 203.0.113.9/24 dev eth0
	ip -n server addr add 203.0.113.10/24 dev eth0
	ip -n client route add default via 10.0.0.1
	ip -n client route add local 10.128.0.0/9 dev lo
	ip route add 10.128.0.0/9 via 10.0.0.2
	ip route add 198.18.0.0/15 via 203.0.113.9
	ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:03 dev lan nud permanent
	ip neigh replace 203.0.113.9 lladdr 02:00:00:00:00:04 dev wan nud permanent
	ip neigh replace 203.0.113.10 lladdr 02:00:00:00:00:04 dev wan nud permanent
	ip -n client neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent
	ip -n server neigh replace 203.0.113.1 lladdr 02:00:00:00:00:02 dev eth0 nud permanent
	nft -f - <<-END
		table ip nat {
			chain postrouting {
				type nat hook postrouting priority srcnat;
				oifname wan ip saddr 10.128.0.0/9 snat to 203.0.113.32-203.0.113.95 persistent
				oifname wan masquerade
			}
		}
	END
	# Room for 100,000 calls; no burst of early drops
	# What takes ESP at the two ends, and what their tunnel needs: there with us and without us
	modprobe -a esp4 authenc crypto_null
	sysctl -qw net.netfilter.nf_conntrack_max=1048576
	echo 262144 >/sys/module/nf_conntrack/parameters/hashsize
}

in_tree_rules() {
	nft -f - <<-END
		table ip helper {
			ct helper sip-udp { type "sip" protocol udp; }
			ct helper sip-tcp { type "sip" protocol tcp; }
			ct helper q931 { type "Q.931" protocol tcp; }
			chain prerouting {
				type filter hook prerouting priority filter;
				udp dport 5060 ct helper set "sip-udp"
				tcp dport 5060 ct helper set "sip-tcp"
				tcp dport 1720 ct helper set "q931"
			}
		}
	END
}

# A tunnel whose ESP costs as little as ESP can: what the router adds weighs most
tunnel() {
	local ns

	ip -n client addr add 10.7.1.1/32 dev lo
	ip -n server addr add 10.9.0.1/32 dev lo
	ip -n client route add 10.9.0.1 via 10.0.0.1 src 10.7.1.1
	ip -n server route add 10.7.1.1 via 203.0.113.1 src 10.9.0.1
	for ns in client server; do
		local own=10.0.0.2 peer=203.0.113.9 mine=10.7.1.1 theirs=10.9.0.1 spi=(0x1001 0x2002)

		[ $ns = client ] || own=203.0.113.9 peer=203.0.113.1 mine=10.9.0.1 theirs=10.7.1.1 spi=(0x2002 0x1001)
		ip -n $ns xfrm state add src "$peer" dst "$own" proto esp spi "${spi[0]}" mode tunnel \
			auth digest_null '' enc 'ecb(cipher_null)' ''
		ip -n $ns xfrm state add src "$own" dst "$peer" proto esp spi "${spi[1]}" mode tunnel \
			auth digest_null '' enc 'ecb(cipher_null)' ''
		ip -n $ns xfrm policy add src "$mine" dst "$theirs" dir out tmpl src "$own" dst "$peer" proto esp mode tunnel
		ip -n $ns xfrm policy add src "$theirs" dst "$mine" dir in tmpl src "$peer" dst "$own" proto esp mode tunnel
	done
}

no_tunnel() {
	local ns

	for ns in client server; do
		ip -n $ns xfrm policy flush
		ip -n $ns xfrm state flush
	done
	ip -n client addr del 10.7.1.1/32 dev lo
	ip -n server addr del 10.9.0.1/32 dev lo
	ip -n client route del 10.9.0.1 2>/dev/null
	ip -n server route del 10.7.1.1 2>/dev/null
}

# Sessions of connections that are over end in the background, at the cost of whatever is measured meanwhile
settled() {
	conntrack -F 2>/dev/null
	[ -e /sys/module/nf_nat_alg ] || return 0
	while [ "$(natctl -j show sessions | head -c 2)" != '[]' ]; do
		sleep 1
	done
}

# measure WHO WHAT generator-arguments
measure() {
	local who=$1 what=$2 answer
	shift 2
	settled
	answer=$("$generator" "$1" client server "${@:2}") || answer="0 0 0 0"
	echo "$what $who $answer" | tee -a "$figures"
}

packets_of() {
	measure "$1" udp-invite udp 5060 invite "$packets"
	measure "$1" udp-options udp 5060 options "$packets"
	measure "$1" udp-other udp 5060 other "$packets"
	measure "$1" tcp-invite tcp 5060 invite "$packets"
	measure "$1" skinny-ack tcp 2000 skinny-ack "$packets"
	measure "$1" skinny-start tcp 2000 skinny-start "$packets"
	measure "$1" h225-empty tcp 1720 h225-empty "$packets"
	measure "$1" h225-setup tcp 1720 h225-setup "$packets"
	measure "$1" h225-fast tcp 1720 h225-fast "$packets"
	measure "$1" unrelated udp 9000 small "$packets"
	measure "$1" media media "$packets"
	# The same through a flowtable, which takes only flows without a helper
	nft -f - <<-END
		table ip fast {
			flowtable fast { hook ingress priority filter; devices = { lan, wan }; }
			chain forward {
				type filter hook forward priority filter;
				meta l4proto udp flow add @fast
			}
		}
	END
	measure "$1" media-fast media "$packets"
	nft delete table ip fast
}

rm -f "$figures"
network
for phase in $phases; do
	case $phase in
	plain)
		packets_of plain
		measure plain flows-0 flows $((packets * 5))
		;;
	no-ipsec)
		measure plain esp esp "$packets"
		measure plain beside-esp udp 9000 small "$packets"
		tunnel
		measure plain esp-null stream "$packets"
		no_tunnel
		;;
	in-tree)
		modprobe -a nf_conntrack_sip nf_nat_sip nf_conntrack_h323 nf_nat_h323
		in_tree_rules
		packets_of in-tree
		nft delete table ip helper
		conntrack -F 2>/dev/null
		modprobe -r nf_nat_sip nf_conntrack_sip nf_nat_h323 nf_conntrack_h323
		;;
	ipsec)
		# With an esp service alone
		modprobe nf_nat_alg defaults=0 && natctl service add esp || exit 1
		measure ours esp esp "$packets"
		natctl -j show tunnels >"$NF_ALG_OUT/tunnels"
		measure ours beside-esp udp 9000 small "$packets"
		tunnel
		measure ours esp-null stream "$packets"
		no_tunnel
		modprobe -r nf_alg_ipsec nf_nat_alg
		;;
	ours)
		modprobe nf_nat_alg || exit 1
		# no phone says so much in a minute
		natctl set skinny-messages 16777216 || exit 1
		packets_of ours
		measure ours flows-0 flows $((packets * 5))
		[ "$packets" -ge 1000 ] || continue
		measure ours strangers-1 strangers 1 "$packets"
		measure ours strangers-8000 strangers 8000 "$packets"
		natctl set bindings-max 1048576 && natctl set calls-max 1048576
		# A call takes two bindings at least: RTP and RTCP
		"$generator" calls client server 500
		measure ours flows-1000 flows $((packets * 5))
		"$generator" calls client server 50000
		natctl show limits >"$NF_ALG_OUT/limits"
		measure ours flows-100000 flows $((packets * 5))
		;;
	esac
done
