#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# chroot: asterisk
# timeout: 240
#
# Asterisk as CallManager outside, phones of versions 3, 11, 17 and 22 inside
# and outside: registration, calls, hold and resume, transfer, hang-up, and the
# RTP that each of them hears.
#
#   phone --+                                  +-- CallManager (server)
#           +-- router, masquerade, drops all --+
#   desk  --+                                  +-- phone (far)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/skinny.sh"
. "$(dirname "$0")/callmanager.sh"

ROUNDS=$(full "" "--brief --versions 3,22 17,11")
BRIEF=$(full "" --brief)

plan 10
topology nat
far
short
neighbour
try "Asterisk starts" callmanager SERVER
try "without the module audio goes one way" skinny_calls outside one-way
alg "skinny tcp port 2000" "skinny tcp port 20002"
# shellcheck disable=SC2086 # words
try "calls between two phones inside, and with one outside" \
	skinny_calls outside call $ROUNDS
offloads off
# shellcheck disable=SC2086 # perhaps no word
try "the other versions, offloads off" \
	skinny_calls outside call $BRIEF --versions 22,3 11,17
offloads on
try "two phones inside are told each other's address" \
	skinny_calls outside direct
try "the second of three phones connects the others" \
	skinny_calls outside transfer
try "no call is left" gone calls bindings
try "Asterisk on port 20002" callmanager SERVER 20002
try "calls on that port" \
	skinny_calls outside call --brief --port 20002 --versions 3,17
try "transfer on that port" \
	skinny_calls outside transfer --port 20002 --versions 17,3,22
callmanager_off
finish
