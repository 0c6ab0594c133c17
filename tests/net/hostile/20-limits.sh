#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# ci: uml
# timeout: 20000
#
# Each limit against three attackers, while ordinary phones have their calls:
#
#   50 phones 10.0.0.50-.99 ===== router, masquerading ===== provider  203.0.113.9
#   attacker  10.0.0.201, .202    5070 and 1720 forwarded    media     198.18.250.1
#                                 to 10.0.0.50               attackers 198.18.100-200.x
#
# 1,000 packets a second for 60 s (CI: 2 s), with the router's default options.
# What is sent for each limit is in peer/limits.py; the seconds are simulated, so
# that no phone waits for the machine.
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

prepare() {
	local n

	for n in {50..99} 201 202; do
		echo "address add 10.0.0.$n/24 dev eth0"
	done | ip -n "$PHONE" -batch - || return 1
	modprobe nf_nat_alg defaults=0 || return 1
	for n in "sip udp port 5060" "sip tcp port 5060" "h225 tcp port 1720" "esp"; do
		# shellcheck disable=SC2086
		natctl service add $n || return 1
	done
	router nft -f - <<-END
		table inet nat {
			chain prerouting {
				type nat hook prerouting priority -100
				iifname wan udp dport 5070 dnat ip to 10.0.0.50:5060
				iifname wan tcp dport 5070 dnat ip to 10.0.0.50:5060
				iifname wan tcp dport 1720 dnat ip to 10.0.0.50:1720
			}
		}
		table inet filter {
			chain forward {
				iifname wan ct status dnat accept
			}
		}
	END
}

plan $(($(python3 "$PEER/limits.py" --count) + 2))
topology nat
sysctl -qw net.netfilter.nf_conntrack_max=1048576
try "the services, and ports for a PBX" prepare
rows limits
try "what was begun is ended" natctl clear translations '*'
finish
