#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: qemu
# timeout: 120
#
# Where a rule has given a flow to the kernel's own SIP helper, it stays with
# that: we leave the flow alone and count it.
#
#   SIPp (phone) ---- router, ct helper "sip" by rule ---- SIPp (server)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/sipp.sh"

# with_rule PRIORITY: calls of a flow that nftables gave to the helper
with_rule() {
	local before after

	router conntrack -F >/dev/null 2>&1
	router nft delete table ip given 2>/dev/null
	router nft -f - <<-END || return 1
		table ip given {
			ct helper in-tree {
				type "sip" protocol udp
			}
			chain prerouting {
				type filter hook prerouting priority $1
				udp dport 5060 ct helper set "in-tree"
			}
		}
	END
	before=$(reason foreign-helper)
	# what the other helper does for their media is not ours to judge
	DEAF=yes calls PHONE SERVER "$SERVER4" 5060 u1 3 10 || return 1
	after=$(reason foreign-helper)
	router conntrack -L -p udp --dport 5060 2>/dev/null |
		grep -q 'helper=sip' || {
		router conntrack -L
		return 1
	}
	[ "$(count sessions)" = 0 ] && [ "$after" -gt "$before" ] && return
	natctl show sessions
	echo "foreign-helper: $before, then $after"
	return 1
}

plan 2
topology nat
modprobe nf_nat_sip || exit 1
alg "sip udp port 5060"
try "given by nftables before us" with_rule -199
try "given by nftables where filters are" with_rule 0
router nft delete table ip given
finish
