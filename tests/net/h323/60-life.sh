#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# ci: none
# chroot: asn1
# timeout: 900
#
# How long a registration, a call and a channel keep open what they opened, and
# for whom.
#
#   endpoint (phone) ---- router ---- gatekeeper, callers (server)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/h323.sh"

# life NAME: then all it opened is closed
life() {
	python3 "$PEER/h323life.py" "$1" || return 1
	clear_all
}

plan 12
topology nat
neighbour
short
services
while read -r name what; do
	try "$what" life "$name"
done < <(python3 "$PEER/h323life.py")
finish
