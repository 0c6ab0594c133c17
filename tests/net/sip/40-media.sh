#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# clock: simulated
# ci: uml
# timeout: 120
#
# The media ports of a call: RTP and RTCP with two remote hosts at once, in and
# out, while the call is held in three ways and resumed; closed after its end.
#
#   phone (RTP, RTCP) ---- router ---- server and a second remote host
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

media() { python3 "$PEER/media.py" "$@"; }

plan 2
topology nat
alg "sip tcp port 5060"
try "media through hold and resume, two remote hosts" media
try "the same, IPv6 through NAT66" media --family 6 --port 40001
finish
