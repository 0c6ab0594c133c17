#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu
# ci: none
# timeout: 180
#
# What a call of a trunk takes of the kernel's memory, with a binding for RTP
# and one for RTCP: 2 KB at most. On a stock kernel, for KASAN takes its own.
#
#   phone ==== router, masquerading ==== server
#         one flow, 1000 calls
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

plan 1
topology nat
alg "sip udp port 5060"
natctl set call-setup-time 120
try "a call takes 2 KB at most" \
	python3 "$PEER/trunk.py" udp --calls "$(full 2000 1000)" --rate 25 \
	--limit 2048
finish
