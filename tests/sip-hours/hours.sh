#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In the machine, whose clock jumps: registrations, calls and connections over
# hours, with the timers and the times that a router has.
#
#   phone ---- router ---- server, with many addresses
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../net/topology.sh"

plan_rows siphours
topology nat
alg "sip udp port 5060" "sip tcp port 5060"
natctl set linger-time default && natctl set call-setup-time default &&
	natctl set hold-time default
rows siphours
natctl clear translations '*' >/dev/null
finish
