#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# timeout: 200
#
# What else comes to port 2000: other protocols, ids nobody knows, lengths that
# are not those of the table, lengths that cannot be. It passes byte for byte,
# nothing is dropped and nothing opens.
#
#   client (phone) ---- router ---- server
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/skinny.sh"

strangers() { python3 "$PEER/skinnystrangers.py" "$@"; }
# more REASON N COMMAND...: the reason counts N times at least
more() {
	local what=$1 n=$2 before after

	before=$(reason "$what")
	shift 2
	"$@" || return 1
	after=$(reason "$what")
	[ $((after - before)) -ge "$n" ] && return
	echo "$what was counted $((after - before)) times, not $n"
	return 1
}

plan 8
topology nat
short
alg "skinny tcp port 2000"
try "HTTP, ManageSieve, bandwidth test and others" \
	more not-protocol 15 strangers others
offloads off
try "the same byte by byte" \
	more not-protocol 15 strangers others --cut 1
offloads on
try "nothing was opened for them" none calls bindings
try "ids nobody knows, lengths 4 to 8192; translation goes on after them" \
	strangers unknown --stride "$(full 1 23)"
try "known ids at lengths 4 to 8192" \
	strangers lengths --stride "$(full 1 23)"
try "lengths, versions and ids that cannot be end translation" \
	more framing 20 strangers wrong
offloads off
try "the same, offloads off" more framing 20 strangers wrong
offloads on
try "nothing is open" gone calls bindings
finish
