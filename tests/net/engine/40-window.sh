#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 200
#
# Receivers that read slowly, in small bites, from small buffers, or not at all
# for a while: the window closes and opens again. Topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

flows() { python3 "$PEER/flows.py" "$@"; }

plan 4
topology nat
alg "sip tcp port 5060"
offloads off
try "slow readers on both sides" flows --count 400 --slow --buffer 4096
try "zero window for 3 s, both ways" \
	flows --count 1000 --held 3 --buffer 4096 --port 41001
offloads on
try "zero window for 3 s, offloads on" \
	flows --count 1000 --held 3 --buffer 4096 --port 41002
try "slow readers of messages of 20 KB" \
	flows --count 6 --large 20000 --slow --buffer 4096 --port 41003
finish
