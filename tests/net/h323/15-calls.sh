#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# chroot: asterisk
# timeout: 900
#
# Asterisk with chan_ooh323 inside and outside: fast start and tunnelling, each
# or both or none, calls out and in, IPv4 and IPv6, whole and in segments of 100
# bytes. RTP and RTCP are counted on both sides; beside it what 10-baseline, if
# it ran before, has seen on a router without the module, and with the kernel's
# own helper.
#
#   Asterisk (phone) ---- router, masquerade, drops all ---- Asterisk (server)
#                         TCP 1720 mapped to the phone
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/h323.sh"
. "$(dirname "$0")/asterisk.sh"

NOTES=$NF_ALG_OUT/notes
rm -f "$NOTES"
# calls ROUTER WORDS...: noted for the table
calls() { asterisk --note "$NOTES" "$@"; }
FEW=$(full "fast+tunnel,fast,tunnel,slow" "fast+tunnel,slow")

plan 6
topology nat
mapping
short
services
try "calls out and in, four modes" calls ours
try "calls out and in, IPv6" calls --family 6 --modes "$FEW" ours
offloads off
segments 100
try "the same in segments of 100 bytes, offloads off" \
	calls --split 100 --modes "$(full "fast+tunnel,fast,tunnel,slow" \
		"fast+tunnel,fast,slow")" "ours, split"
try "the same, IPv6" calls --split 100 --family 6 --modes "$FEW" "ours, split"
segments 0
offloads on
try "all of them beside each other" asterisk table \
	"$NF_ALG_OUT/../10-baseline/notes" "$NOTES"
try "no call is left" gone calls bindings
finish
