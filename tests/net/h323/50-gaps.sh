#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# ci: none
# chroot: asn1
# timeout: 900
#
# What the kernel's own helper does not do, one test for each, by the
# numbers of peer/h323gaps.py.
#
#   endpoint (phone), another (desk) ---- router ---- everybody else (server)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/h323.sh"

# gap NUMBER: then all it opened is closed
gap() {
	gaps "$1" || return 1
	clear_all
}

plan 23
topology nat
neighbour
short
mapping
services
while read -r number what; do
	try "$number: $what" gap "$number"
done < <(gaps)
finish
