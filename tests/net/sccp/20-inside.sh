#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# chroot: asterisk
# timeout: 180
#
# The CallManager is inside, behind a static mapping of its TCP port, from two
# ports outside, and nothing else; phones of all versions are outside, and one is inside too.
#
#   CallManager (phone) --+
#                         +-- router, drops the rest ---- two phones (far)
#   phone (desk) ---------+
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/skinny.sh"
. "$(dirname "$0")/callmanager.sh"

ROUNDS=$(full "" "--brief --versions 3,22 17,11")

plan 7
topology nat
far
short
mapping 2000
mapping 20002 2000
try "Asterisk starts" callmanager PHONE
try "without the module audio goes one way" skinny_calls inside one-way
alg "skinny tcp port 2000" "skinny tcp port 20002"
# shellcheck disable=SC2086 # words
try "calls between two phones outside, and with one inside" \
	skinny_calls inside call $ROUNDS
try "calls on port 20002, which is the CallManager's 2000" \
	skinny_calls inside call --brief --port 20002 --versions 11,22
try "the second of three phones connects the others" \
	skinny_calls inside transfer
try "no call is left" gone calls bindings
try "transfer on port 20002" \
	skinny_calls inside transfer --port 20002 --versions 17,3,22
callmanager_off
finish
