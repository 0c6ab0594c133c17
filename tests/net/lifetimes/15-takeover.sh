#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 240
#
# Entries with our helper that we have not made: conntrackd's on the second of two
# routers, played by ctnetlink, and those of a rule.
#
#   phone ---- router: ctnetlink, ct helper set "alg-sip" ---- server
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

foreign() { python3 "$PEER/foreign.py" "$@"; }

# rule: new flows to and from the server get our helper before we see them
rule() {
	router nft -f - <<-END
		table ip given {
			ct helper ours-udp {
				type "alg-sip" protocol udp
			}
			ct helper ours-tcp {
				type "alg-sip" protocol tcp
			}
			chain prerouting {
				type filter hook prerouting priority -100
				udp dport { 5060, 5999 } ct helper set "ours-udp"
				tcp dport 5060 ct helper set "ours-tcp"
			}
		}
	END
}

# pinned: the protocol's module stays while a rule names its helper
pinned() {
	! rmmod nf_alg_sip
}

plan 9
topology nat
alg "sip udp port 5060" "sip tcp port 5060"
modprobe -a nf_conntrack_netlink nf-nat-alg-sip
try "conntrackd's entry of a UDP flow is adopted" foreign udp_made
try "conntrackd's entry of a TCP connection: both ends are reset" \
	foreign tcp_made
try "a rule names our helper" rule
try "a rule's UDP flow is translated as the service says" foreign udp_rule
try "a rule's TCP connection is translated as the service says" foreign tcp_rule
try "a rule's flow without a service stays as it is, and is counted once" \
	foreign udp_elsewhere
try "the module of a helper that a rule names stays" pinned
try "the rule goes" router nft delete table ip given
# Nobody has answered the registrations: those wait for longer than a test
try "all is cleared" natctl clear translations "*"
finish
