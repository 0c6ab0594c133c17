#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What make demo shows, inside the machine: a phone behind a masquerading router
# registers and calls over TCP, its INVITE split in two segments, speech both
# ways. Both ends are SIPp.
#
#   SIPp (phone)                  router                     SIPp (server)
#   10.0.0.2 ------------- 10.0.0.1   203.0.113.1 ---------- 203.0.113.9
#                       masquerade, default-drop firewall,
#                               nf_nat_alg
#
# The rest of the topology: tests/net/topology.sh.
. "$(dirname "$0")/../net/topology.sh"
. "$NET_DIR/sip/sipp.sh"

CALL_MS=5000			# how long they talk
PACKETS=100			# of 20 ms of speech from each side
COLOR=${NF_ALG_COLOR:+--color}

title() { printf '\n== %s\n\n' "$*"; }
fail() {
	title "It did not work: $*"
	pkill sipp
	# shellcheck disable=SC2046
	kill $(jobs -p) 2>/dev/null
	exit 1
}

# transcribe: keep what goes over the wire at both ends
transcribe() {
	python3 "${0%/*}/transcript.py" listen "$SCRATCH/wire" PHONE SERVER &
	WIRE=$!
	while [ ! -e "$SCRATCH/wire.ready" ]; do
		kill -0 $WIRE || return 1
		sleep 0.05
	done
}

# talking: wait until the call is answered, and a second longer
talking() {
	local tries=200

	until natctl -j show calls | grep -q answered; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
	sleep 1
}

topology nat
# The server takes small segments only, so that an INVITE needs two
ip -n "$SERVER" route change 203.0.113.0/24 dev eth0 src "$SERVER4" advmss 400
in_ns "$PHONE" ethtool -K eth0 tso off gso off >/dev/null 2>&1

title "modprobe nf_nat_alg; natctl service add sip tcp port 5060"
alg "sip tcp port 5060"
natctl service

title "the phone registers"
register PHONE 5060 t1 300 1 || fail "no registration"
natctl show registrations

title "the phone calls"
speech pcap "$SCRATCH/speech.pcap" "$PACKETS"
transcribe || fail "no transcript"
calls PHONE SERVER "$SERVER4" 5060 t1 1 1 5060 \
	-d "$CALL_MS" >"$SCRATCH/calls" 2>&1 &
CALL=$!
talking || { cat "$SCRATCH/calls"; fail "nobody answers"; }
natctl show translations
echo
natctl show calls
wait $CALL || { cat "$SCRATCH/calls"; fail "the call"; }
kill -TERM $WIRE
wait $WIRE

title "what was said"
python3 "${0%/*}/transcript.py" show "$SCRATCH/wire" PHONE SERVER $COLOR ||
	fail "the INVITE"

title "what was heard"
sed -n 's/^figure: 1 calls; //p' "$SCRATCH/calls"
[ -z "${NF_ALG_OUT:-}" ] || cp "$SCRATCH"/{wire,heard,caller.log,callee.log} \
	"$NF_ALG_OUT" 2>/dev/null

register PHONE 5060 t1 0 2 || fail "the registration does not end"
title "and nothing is left behind"
none calls registrations bindings || fail "something is left"
no_connections || fail "connections are left"
none sessions || fail "sessions are left"
clean_log || fail "the kernel complains"
echo "no session, call, registration or binding; the kernel log is clean"
