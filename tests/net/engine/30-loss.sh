#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 300
#
# Links that lose, double and reorder packets, each of them, each way, so that
# what the router itself sends is hit as well. Topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

flows() { python3 "$PEER/flows.py" --stall 120 "$@"; }

plan 4
topology nat
alg "sip tcp port 5060"
links delay 1ms reorder 25% loss 5% duplicate 5%
offloads off
try "5 % loss, 5 % duplicates, 25 % reordering" \
	flows --count "$(full 500 50)" --connections 10
try "the same in small segments" \
	flows --count "$(full 500 40)" --random --connections 5 --port 41001
offloads on
try "the same with offloads" \
	flows --count "$(full 500 50)" --connections 10 --port 41002
# So few at a time that an answer comes within the 32 s (64 T1) for which a
# client waits for it, and for which we remember its Via
try "the dialog itself, cut anywhere" python3 "$PEER/cuts.py" random \
	--port 41003 --count "$(full 200 20)" --window 10
finish
