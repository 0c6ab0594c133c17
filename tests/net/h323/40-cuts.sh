#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# ci: none
# chroot: asn1
# timeout: 900
#
# However it comes: a Setup with fast start cut in two at every byte, byte by
# byte, at random, several TPKTs a segment, empty ones between; bitmaps of
# additions of 7 to 200 bits, with additions nobody knows.
#
#   caller (phone) ---- router ---- callee (server), and the reverse
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/h323.sh"

# each, or every fifth
STRIDE=$(full 1 5)

plan 7
topology nat
neighbour
short
mapping
services
offloads off
try "cut at every byte, offloads off" messages --tshark cuts
try "cut at byte offsets, called from outside" \
	messages --cast inside --stride "$STRIDE" cuts
try "cut at byte offsets, IPv6" messages --family 6 --stride "$STRIDE" cuts
offloads on
try "cut at byte offsets, offloads on" messages --stride "$STRIDE" cuts
try "bitmaps of every length" messages --tshark bitmaps
try "bitmaps of every length, called from outside" \
	messages --cast inside bitmaps
natctl clear translations '*'
try "nothing is left of it" gone calls bindings registrations
finish
