#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 120
#
# A thousand connections of one inside host send headers without end. What is
# held for them stays below the limit, all of it passes, and another inside
# host's calls complete and are translated.
#
#   attacker (desk) --+
#                     +-- router ---- server
#   caller (phone) ---+
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

endless() { python3 "$PEER/endless.py" "$@"; }

plan 1
topology nat
alg "sip tcp port 5060"
natctl set memory-max $((4 << 20))
try "1,000 connections that send headers without end" \
	endless --connections 1000 --limit $((4 << 20)) \
	--lines "$(full 200 20)"
finish
