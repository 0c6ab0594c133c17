#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# timeout: 300
#
# Doors: RTP and RTCP get in while a channel is open, through the router that
# drops the rest, and before and after they do not. Nobody gets a door for
# another host, a low port, the wrong side's message, or too many of them.
#
#   phone, desk ---- router ---- CallManager and everybody else (server)
#   CallManager (phone) ---- router, static mapping ---- phones (server)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/skinny.sh"

doors() { python3 "$PEER/skinnydoors.py" "$@"; }

plan 12
topology nat
neighbour
short
mapping 2000
alg "skinny tcp port 2000"
try "RTP and RTCP of a channel, from its opening to its end" doors media
try "music on hold of a CallManager inside" doors media --cast inside
offloads off
try "the same for a phone, IPv6, offloads off" doors media --family 6
offloads on
try "each way a channel ends, and what does not end it" doors ends
try "no door for other hosts, low ports, ports above 65535" doors claims
try "no door by what the wrong side says" doors sides
try "no door by what phones outside say, or for the server's neighbours" \
	doors sides --cast inside
try "media that a CallManager inside may name" doors spoken --cast inside
try "channels without end" doors many
try "more messages than a minute has" doors few
try "nothing is open" gone calls bindings
try "a connection of KeepAlives, then a fallback to it" \
	doors alive --seconds "$(full 120 6)"
finish
