#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 300
#
# Thousands of messages both ways at once on one connection, in every shape:
# messages joined and cut without regard to their ends, with and without Nagle
# and offloads, and messages as large as they may be. Topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

flows() { python3 "$PEER/flows.py" "$@"; }

plan 8
topology nat
alg "sip tcp port 5060"
try "20,000 messages, offloads on" flows --count "$(full 20000 10000)"
try "3.5 messages a segment" flows --count 2000 --segment 3.5 --port 41001
try "chunks of random size, with Nagle" \
	flows --count 2000 --random --nagle --port 41002
try "ten connections at once" \
	flows --count "$(full 2000 300)" --connections 10 --random --port 41003
try "messages of 60 KB" flows --count 20 --large 60000 --port 41004
offloads off
try "20,000 messages, offloads off" \
	flows --count "$(full 20000 10000)" --port 41005
try "3.5 messages a segment, offloads off" \
	flows --count 1000 --segment 3.5 --port 41006
try "messages of 60 KB, offloads off" \
	flows --count 20 --large 60000 --port 41007
finish
