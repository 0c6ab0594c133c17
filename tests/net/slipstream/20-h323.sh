#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# chroot: asn1
# timeout: 300
#
# NAT slipstreaming by way of H.323, as NAT slipstreaming 2.0 did it: a browser
# (phone) is lured to a server outside that makes it send what looks like call
# signalling, forwards calls to other hosts inside, and knocks there.
#
#   browser (phone), victim (desk) ---- router ---- attacker (server)
#
# No door may open. The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/../h323/h323.sh"

slip() { python3 "$PEER/h323slip.py" "$@"; }

plan 8
topology nat
neighbour
short
services
try "HTTP, TURN and TLS with a Setup at every segment boundary" slip embedded
offloads off
try "the same, offloads off, IPv6" slip --family 6 embedded
offloads on
try "Facility, or anything else, before a Setup" slip first
try "callForwarded to another host inside, answered or not" slip forwarded
try "calls and registrations for other hosts and denied ports" slip claims
natctl clear translations '*'
try "somebody outside speaks for hosts inside" slip outside
# in which the ports keep their numbers
natctl set media-ports 1024-65535
try "what is honest gets in" slip honest
try "the same, IPv6" slip --family 6 honest
finish
