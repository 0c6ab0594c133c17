#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 300
#
# Lists of very many sessions and bindings while others go and come: what is there
# throughout is listed exactly once.
#
#   phone: all stay ---------+
#                            +---- router: netlink, message by message ---- server
#   desk: they go and come --+
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

plan 4
topology nat
# an entry must not time out before it is listed
router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=1200 \
	net.netfilter.nf_conntrack_udp_timeout_stream=1200
# limits and times as an administrator has them
try "the engine has its service" eval 'modprobe nf_nat_alg defaults=0 &&
	natctl service add sip udp port 5060'
modprobe nf_conntrack_netlink
size=$(full 3000 500)
try "$size sessions stay, others go and come: each is listed once" \
	python3 "$PEER/lists.py" sessions "$size"
try "they go" no_connections
size=$(full 2000 200)
try "$size calls stay, others are cleared and come: each binding is listed once" \
	python3 "$PEER/lists.py" bindings "$size"
natctl clear translations '*' >/dev/null
finish
