#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu
# chroot: asterisk
# timeout: 300
#
# On the stock kernel with two CPUs: Asterisk outside and inside, a call each,
# and every message both ways.
#
#   phone ---- router ---- CallManager (server) ---- phone (far)
#   CallManager (phone) ---- router, static mapping ---- phones (far, server)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/skinny.sh"
. "$(dirname "$0")/callmanager.sh"

messages() { python3 "$PEER/skinnymessages.py" "$@"; }

plan 7
topology nat
far
neighbour
short
mapping 2000
alg "skinny tcp port 2000"
try "Asterisk starts" callmanager SERVER
try "calls between two phones inside, and with one outside" \
	skinny_calls outside call --brief --versions 17,3
try "Asterisk moves inside" callmanager PHONE
try "calls between two phones outside, and with one inside" \
	skinny_calls inside call --brief --versions 3,22
callmanager_off
try "every layout" messages whole
try "every layout, CallManager inside" messages --cast inside two
try "what was open ends with its connection" gone calls bindings
finish
