#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# chroot: asn1
# timeout: 900
#
# RAS: every message, and in it every component that can hold an address by the
# ASN.1, in the root and in the extensions, from each side that says it. The
# gatekeeper is outside, then inside. What arrives is compared byte for byte
# with the encoding, by somebody else's compiler, of what peer/h323fields.py says it
# is to become; tshark decodes all of it.
#
#   endpoint (phone) ---- router, masquerade ---- gatekeeper (server)
#   gatekeeper (phone) -- router, 1719 mapped --- endpoint (server)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/h323.sh"

BRIEF=$(full "" --brief)
# all WORDS...: the messages, as many as there is time for
# shellcheck disable=SC2086 # perhaps no word
all() { messages $BRIEF "$@"; }

plan 5
topology nat
neighbour
short
mapping
services
try "RAS, the gatekeeper outside" all --tshark ras
try "RAS, the gatekeeper inside" all --cast inside --tshark ras
try "the same, IPv6, bitmaps as short as can be" \
	all --family 6 --trimmed --tshark ras
try "IPv6, the gatekeeper inside" \
	all --family 6 --cast inside --trimmed --tshark ras
natctl clear translations '*'
try "nothing is left of it" gone calls bindings registrations
finish
