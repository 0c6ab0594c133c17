#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# ci: none
# chroot: asn1
# timeout: 900
#
# Call signalling and H.245: every message, and in it every component that can
# hold an address by the ASN.1, from both sides; H.245 tunnelled in every body,
# in fast start, and on a connection of its own. What arrives is compared byte
# for byte, and tshark decodes all of it.
#
#   caller (phone) ---- router, masquerade ------ callee (server)
#   callee (phone) ---- router, 1720 mapped ----- caller (server)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/h323.sh"

BRIEF=$(full "" --brief)
# all WORDS...: the messages, as many as there is time for
# shellcheck disable=SC2086 # perhaps no word
all() { messages $BRIEF "$@"; }

plan 9
topology nat
neighbour
short
mapping
services
for cast in outside inside; do
	try "call signalling, the other end $cast" \
		all --cast $cast --tshark signal
	try "H.245 in it, the other end $cast" \
		all --cast $cast --tshark control
	try "H.245 on its own, the other end $cast" \
		all --cast $cast --tshark h245
done
try "call signalling, IPv6, bitmaps as short as can be" \
	all --family 6 --trimmed --tshark signal
try "H.245 in it, IPv6" all --family 6 --trimmed --tshark control
natctl clear translations '*'
try "nothing is left of it" gone calls bindings registrations
finish
