#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# ci: uml
# timeout: 200
#
# Every kind of SIP client with the router's help and without: it may never be
# worse off with it. The desk phone has the public port 5060 before the phone
# comes, so that the phone gets another one.
#
#   phone --+
#           +-- router, masquerading ---- server and registrar
#   desk ---+
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

matrix() { python3 "$PEER/matrix.py" "$@" | tee -a "$NF_ALG_OUT/cells"; return "${PIPESTATUS[0]}"; }

plan 3
topology nat
try "the matrix without" matrix measure "$SCRATCH/off" 0.25
alg "sip udp port 5060" "sip tcp port 5060"
try "the matrix with" matrix measure "$SCRATCH/on" 2
try "nobody is worse off" matrix compare "$SCRATCH/off" "$SCRATCH/on"
finish
