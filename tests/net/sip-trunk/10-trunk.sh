#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# ci: uml
# timeout: 150
#
# A trunk: 10,000 calls (CI: 300) on one UDP flow, then as many on one TCP
# connection, 200 new ones a second, half of them from each side. All have
# media, one that ends takes nothing from the others, they end in random order.
# Beside it the kernel's own helper with 300 calls on one UDP flow.
#
#   phone ==== router, masquerading ==== server
#         one flow, 10,000 calls
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

N=$(full 10000 300)

trunk() { python3 "$PEER/trunk.py" "$@"; }

# in_tree: the same with the kernel's helper, which a rule has assigned
in_tree() {
	local status

	router conntrack -F >/dev/null 2>&1
	modprobe nf_nat_sip || return 1
	router nft -f - <<-END || return 1
		table ip given {
			ct helper in-tree {
				type "sip" protocol udp
			}
			chain prerouting {
				type filter hook prerouting priority -150
				udp dport 5060 ct helper set "in-tree"
			}
		}
	END
	trunk udp --survey --calls 300 --base 20000
	status=$?
	router nft delete table ip given
	router conntrack -F >/dev/null 2>&1
	return $status
}

plan 3
topology nat
# 20,000 media flows, and what is left of those before
sysctl -qw net.netfilter.nf_conntrack_max=262144
try "how many calls of a trunk the kernel's own helper keeps" in_tree
alg "sip tcp port 5060" "sip udp port 5060"
try "$N calls on one UDP flow" trunk udp --calls "$N" --base 20000
try "$N calls on one TCP connection" trunk tcp --calls "$N" --base 40000
finish
