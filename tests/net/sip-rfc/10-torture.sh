#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 60
#
# Messages that are hard to read, after RFC 4475: without an address of ours
# in them they pass in both directions, none dropped, none changed.
#
#   phone ---- router ---- server
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

torture() { python3 "$PEER/torture.py" "$@"; }

plan 3
topology nat
alg "sip tcp port 5060" "sip udp port 5060"
try "on UDP" torture udp
try "on TCP, whole and in halves" torture tcp
try "nothing in them was ours, so no call began" [ "$(count calls)" = 0 ]
finish
