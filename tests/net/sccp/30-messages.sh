#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# timeout: 300
#
# Every message of peer/skinny.py's table, at every layout and length, both
# ways, compared byte for byte with the translation that the test computes from
# that table: the phone inside, the CallManager inside; whole, cut at every
# byte, several in a segment, in small segments, with losses.
#
#   two phones (phone) --+
#                        +-- router ---- CallManager (server)
#   phone (desk) --------+
#
#   CallManager (phone) ---- router, static mapping ---- phones (server)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/skinny.sh"

messages() { python3 "$PEER/skinnymessages.py" "$@"; }
ONE=$(full "" --one)

plan 24
topology nat
neighbour
short
mapping 2000
mapping 20002
mapping 20003 2000
alg "skinny tcp port 2000" "skinny tcp port 20002"
for cast in outside inside; do
	try "every layout, CallManager $cast" messages --cast $cast whole
	try "the same, IPv6" messages --cast $cast --family 6 whole
	try "the same on port 20002" messages --cast $cast --sport 20002 whole
	try "two in a segment" messages --cast $cast two
	try "seven in a segment" messages --cast $cast seven
	try "many in segments of 536 bytes" messages --cast $cast mss
done
try "a mapping to another port" \
	messages --cast inside --sport 20003 --to 2000 whole
offloads off
# shellcheck disable=SC2086 # words
try "each layout cut at every byte offset, offloads off" \
	messages offsets $ONE
# shellcheck disable=SC2086
try "cut at byte offsets, CallManager inside" \
	messages --cast inside offsets --stride "$(full 1 8)" $ONE
# shellcheck disable=SC2086
try "cut at byte offsets, IPv6" \
	messages --family 6 offsets --stride "$(full 1 8)" $ONE
try "byte by byte" messages bytes --most "$(full 9000 70)"
try "seven in a segment, offloads off" messages seven
offloads on
try "cut at byte offsets, with Nagle" \
	messages offsets --one --nagle --stride "$(full 1 10)"
try "random chunks" messages random
links delay 1ms reorder 25% loss 5% duplicate 5%
try "lost, doubled and reordered" messages --stall 120 whole
try "the same, two in a segment" messages --stall 120 two
offloads off
try "the same, random chunks, CallManager inside" \
	messages --stall 120 --cast inside random
links
try "what was open ends with its connection" gone calls bindings
finish
