#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 240
#
# Packets that somebody else has as well: taps on both sides of the router see
# what was sent and what is received, and nothing in between, also where it is
# repeated. Topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

taps() { python3 "$PEER/taps.py" "$@"; }

plan 4
topology nat
alg "h225 tcp port 1720"
try "a Setup, 200 times" taps --rounds 200
offloads off
try "the same, checksums are right" taps --rounds 200 --port 49002 --sums
links loss 15% || links
try "15 % loss: what is repeated is the same" \
	taps --rounds "$(full 100 20)" --port 49003 --sums
links
try "translations are cleared" natctl clear translations '*'
finish
