#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu
# timeout: 500
#
# Somebody takes our helper away from an entry. Kernel 6.1 lets ctnetlink do so,
# and tells nobody; later ones refuse.
#
#   phone ---- router: natctl, ctnetlink ---- server
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

foreign() { python3 "$PEER/foreign.py" "$@"; }

plan 4
topology nat
alg "sip udp port 5060" "sip tcp port 5060"
modprobe nf_conntrack_netlink
if [[ $KERNEL != 6.1 ]]; then
	for step in "entry deleted" "UDP goes on" "TCP" "namespace"; do
		skip "a helper that was taken away: $step" "this kernel refuses"
	done
	finish
fi
try "helper taken away and entry deleted: the session goes" foreign udp_taken
try "helper of a UDP flow taken away: it is begun anew" foreign udp_cleared
try "helper of a TCP connection taken away: both ends are reset" \
	foreign tcp_cleared
# the entry dies unseen, and its session would write to it when the namespace goes
try "helper taken away, entry and namespace deleted at once" eval \
	'foreign udp_vanishes && delete_namespaces && sleep 2'
finish
