#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: qemu
# timeout: 500
#
# SIPp on both sides of the router: calls in both directions, on UDP and TCP,
# all on one connection or one connection each, speech both ways.
#
#   SIPp (phone) ---- router, masquerading ---- SIPp (server)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/sipp.sh"

N=$(full 500 100)
RATE=$(full 50 50)
if [ "${NF_ALG_MACHINE:-qemu}" = qemu ]; then
	# two emulated CPUs do not do more, in the long form neither
	N=20 RATE=10
fi

plan 10
topology nat
alg "sip udp port 5060" "sip tcp port 5060" "sip udp port 8000" \
	"sip tcp port 8000"
for mode in u1 un t1 tn; do
	try "the phone calls, $mode" \
		calls PHONE SERVER "$SERVER4" 5060 $mode "$N" "$RATE"
done
for mode in u1 t1; do
	try "a registered phone is called, $mode" \
		inward $mode 5060 "$N" "$RATE"
	try "the phone calls port 8000, $mode" \
		calls PHONE SERVER "$SERVER4" 8000 $mode 10 10
	try "a registered phone is called on port 8000, $mode" \
		inward $mode 8000 20 10
done
finish
