#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# ci: uml
# chroot: kamailio
# timeout: 240
#
# Real telephones and a real proxy: baresip and Kamailio from Debian. They
# register, call in all directions, hold, resume and transfer each other; what
# one sends is counted at the other.
#
#   alice (phone) --+
#                   +-- router ---- Kamailio (server) ---- bob (far)
#   dora (desk) ----+
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

plan 2
topology nat
far 1500
alg "sip udp port 5060" "sip tcp port 5060"
try "over UDP" python3 "$PEER/clients.py" udp
router conntrack -F >/dev/null 2>&1
try "over TCP" python3 "$PEER/clients.py" tcp
finish
