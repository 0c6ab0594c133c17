#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# clock: simulated
# ci: uml
# timeout: 200
#
# Two phones behind the same router call each other through a proxy outside;
# their speech turns round in the router.
#
#   SIPp (phone) --+
#                  +-- router ---- proxy and registrar (server)
#   SIPp (desk) ---+
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/sipp.sh"

# bob MODE EXPIRES SEQ: the desk phone registers with the proxy
bob() {
	local own=5060

	# over TCP from a port of its own: one that was used waits a minute
	[ "$(l4 "$1")" = udp ] || own=$((6000 + RANDOM % 3000))
	sipp DESK registered "$DESK4" -sf "$SCENARIO/register.xml" -p "$own" \
		-t "$1" -m 1 -s bob -key expires "$2" -key seq "$3" \
		-key contact_port 5060 -cid_str "bob-%u-%s" \
		"$(target "$SERVER4" 5060)" || sipp_failed registered
}

# between MODE: calls from phone to desk
between() {
	local proxy status

	python3 "$PEER/proxy.py" SERVER &
	proxy=$!
	listening SERVER 5060 "$(l4 "$1")" && bob "$1" 300 1 &&
		calls PHONE DESK "$SERVER4" 5060 "$1" "$(full 100 10)" 10 \
			5060 -s bob &&
		bob "$1" 0 2
	status=$?
	kill "$proxy"
	wait "$proxy" 2>/dev/null
	return "$status"
}

plan 2
topology nat
alg "sip udp port 5060" "sip tcp port 5060"
try "from phone to phone on UDP" between u1
try "from phone to phone on TCP" between t1
finish
