#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# clock: simulated
# ci: uml
# timeout: 300
#
# What SIP gateways get wrong, row by row: addresses (A), bodies (B), session
# descriptions and media (C), registrations, dialogs and methods (D), transport
# (E). Raw messages over sockets, compared byte for byte, on UDP and TCP.
#
#   phone, desk phone ---- router ---- server, with many addresses
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

# the phone's address for itself where the provider has IPv6 alone (C17)
clat() {
	ip -n "$PHONE" address add 192.0.0.2/32 dev lo
	ip -n "$ROUTER" route add 192.0.0.2/32 via "$PHONE4"
}

plan_rows siprows_run
topology nat
alg "sip udp port 5060" "sip tcp port 5060" "sip udp port 443" \
	"sip tcp port 443"
clat
rows siprows_run
natctl clear translations '*' >/dev/null
finish
