#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# ci: none
# chroot: asterisk
# timeout: 400
#
# What calls between two Asterisk with chan_ooh323 come to without the module:
# through a router that only masquerades, and with the kernel's own helper. The
# same calls with the module are in 15-calls, which prints both.
#
#   Asterisk (phone) ---- router, masquerade, drops all ---- Asterisk (server)
#                         TCP 1720 mapped to the phone
#
# The rest of the topology: topology.sh.
BARE=1
NF_ALG_BARE=1
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/h323.sh"
. "$(dirname "$0")/asterisk.sh"

NOTES=$NF_ALG_OUT/notes
rm -f "$NOTES"
# calls EXPECT WORDS...: what is to fail is not waited for as long as else
calls() { asterisk --note "$NOTES" --patience 5 --expect "$@"; }

plan 3
topology nat
mapping
short
try "without the module no call is heard on both sides" calls none plain
try "nor over IPv6" calls none --family 6 --modes fast+tunnel,slow plain
intree on
try "the kernel's own helper loses fast start" \
	calls known in-tree
intree off
finish
