#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# clock: simulated
# ci: uml
# timeout: 120
#
# The provider gives the router another address: registrations, calls, doors
# and flows of the old one go, and the phone's next REGISTER has the new one.
#
#   phone ---- router: 203.0.113.1, then .7 ---- server, with many addresses
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

plan_rows sipaddress
topology nat
alg "sip udp port 5060" "sip tcp port 5060"
rows sipaddress
natctl clear translations '*' >/dev/null
finish
