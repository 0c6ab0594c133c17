#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two VRFs with the same inside addresses share the router's own address outside,
# told apart by conntrack zones of one direction: "ct original zone set". The
# network is drawn in ../vrf/vrf.sh.
#
# timeout: 240
# machine: uml
. "$(dirname "$0")/../vrf/vrf.sh"

export SHARED=yes

# again COMMAND...: what the one before has left is gone
again() {
	"$@"
	local status=$?

	natctl clear translations '*' >/dev/null
	router conntrack -F >/dev/null 2>&1
	return $status
}

plan 4
vrfs shared || exit 1
alg
services || exit 1
try "a call in each VRF: no port is promised twice, no packet crosses" \
	again vrf udp
try "one remote speaks first to both, and is answered by both" again vrf first
try "IPv6: a call in each VRF" again vrf udp 6
try "IPv6: one remote speaks first to both" again vrf first 6
finish
