#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# clock: simulated
# ci: uml
# timeout: 120
#
# NAT slipstreaming. A browser (phone) is lured to a server outside that makes
# it send bytes which look like SIP to the router, answers them as a registrar,
# and knocks at the port it had the browser claim; there somebody listens.
#
#   browser (phone) ---- router ---- attacker (server)
#
# No door may open. The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

slipstream() { python3 "$PEER/slipstream.py" "$@"; }

plan 7
topology nat
alg "sip tcp port 5060" "sip udp port 5060"
try "POST, TURN and TLS with SIP at every segment boundary" slipstream post
offloads off
try "the same, offloads off" slipstream post --port 47010
try "TURN over UDP, SIP in its second fragment" slipstream fragments
try "SIP in the body of SIP" slipstream bodies
try "REGISTER and SDP for other hosts and denied ports" slipstream claims
try "doors open by the right 2xx alone, and for the registrar alone" \
	slipstream answers
offloads on
try "the same once more, offloads on" slipstream answers --port 47020
natctl clear translations '*'	# what was asked for and never answered waits a minute
finish
