#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# timeout: 300
#
# The outside end of a dialog sends each of its requests from another port. Each
# flow is a relative of the one before, which must not be kept for that: conntrack
# gives relatives back one inside the other.
#
#   phone 10.0.0.2 ------ router, masquerading ------ server, ports 20000 and up
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

N=$(full 5000 1000)

plan 1
topology nat
alg "sip udp port 5060"
router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3 \
	net.netfilter.nf_conntrack_udp_timeout_stream=3
try "$N requests of a dialog, each from another port" \
	python3 "$PEER/relatives.py" "$N"
natctl clear translations '*' >/dev/null
finish
