#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml qemu
# ci: uml
# timeout: 400
#
# Modules and namespaces go in any order: a protocol's module while the kernel is
# still cleaning namespaces up in which it has sessions and calls, and the engine
# while a flow has asked for a protocol's module.
#
#   1 to 8 routers: phone ---- router ---- server, each for a moment
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

ROUNDS=$(full 20 4)

# calls: some registrations and calls, over UDP and TCP, that do not end
calls() {
	python3 "$PEER/lasting.py"
}

# crowd: links that take the kernel a while to clean up, with the router
crowd() {
	local n

	for ((n = 0; n < 100; n++)); do
		echo "link add a$n type veth peer name b$n"
	done | ip -n "$ROUTER" -batch -
}

# gone: namespaces with sessions and calls go, the modules go at once
gone() {
	local n

	for ((n = 0; n < ROUNDS; n++)); do
		calls && crowd || return 1
		delete_namespaces
		rmmod nf_alg_sip || return 1
		rmmod nf_nat_alg || return 1
		# late timers and callbacks would run into freed memory now
		sleep 1
		! complaints || return 1
		topology nat
		alg "sip udp port 5060" "sip tcp port 5060"
	done
}

# asked_for: a flow wants a protocol's module at the moment the engine goes
asked_for() {
	local n tries

	for ((n = 0; n < ROUNDS; n++)); do
		! grep -q '^nf_alg_sip ' /proc/modules || rmmod nf_alg_sip ||
			return 1
		phone python3 -c "import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'OPTIONS sip:a SIP/2.0\r\n\r\n', ('$SERVER4', 5060))"
		tries=300
		until rmmod nf_nat_alg 2>/dev/null; do
			rmmod nf_alg_sip 2>/dev/null
			tries=$((tries - 1))
			[ $tries != 0 ] || return 1
		done
		alg "sip udp port 5060" "sip tcp port 5060"
	done
}

plan 2
topology nat
alg "sip udp port 5060" "sip tcp port 5060"
try "namespaces are deleted, the modules go at once, $ROUNDS times" gone
try "the engine goes while a protocol is loaded, $ROUNDS times" asked_for
finish
