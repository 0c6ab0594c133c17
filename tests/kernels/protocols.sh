#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In the machine: the call of make demo, and of each protocol one test from end
# to end, with everything loaded at once; then all of it goes.
#
#   phone, desk, host 1, host 2 ---- router, NAT, firewall ---- server
#
# The network is drawn in topology.sh, the two hosts with ESP in tunnels.sh.
. "$(dirname "$0")/../net/ipsec/tunnels.sh"
. "$NET_DIR/sip/sipp.sh"
. "$NET_DIR/sccp/skinny.sh"
. "$NET_DIR/h323/h323.sh"
. "$NET_DIR/helpers/ftp.sh"

# As in make demo: the server takes small segments, so an INVITE needs two
demo() {
	ip -n "$SERVER" route change 203.0.113.0/24 dev eth0 src "$SERVER4" \
		advmss 400
	in_ns "$PHONE" ethtool -K eth0 tso off gso off >/dev/null 2>&1
	register PHONE 5060 t1 300 1 || return 1
	calls PHONE SERVER "$SERVER4" 5060 t1 1 1 5060 || return 1
	register PHONE 5060 t1 0 2 || return 1
	ip -n "$SERVER" route change 203.0.113.0/24 dev eth0 src "$SERVER4"
}

skinny() {
	python3 "$PEER/skinnymessages.py" --one mss
}

h323() {
	python3 "$PEER/h323life.py" listener && clear_all
}

esp() {
	local n

	tunnel 1 && tunnel 2 || return 1
	for n in 1 2; do
		from "$n" -c 3 -i 0.2 -W 8 >"$SCRATCH/from$n" || {
			cat "$SCRATCH/from$n"
			return 1
		}
	done
	natctl show tunnels
	[ "$(tunnels)" = 2 ] && uncrossed >/dev/null
}

# Active FTP on a port of one's own choice, and not before there is a service
ftp_2021() {
	ftp_server "$SERVER" 2021 || return 1
	! PATIENCE=10 ftp "$PHONE" "$SERVER4" 2021 port || return 1
	natctl service add ftp tcp port 2021 && natctl service &&
		ftp "$PHONE" "$SERVER4" 2021 port &&
		ftp "$PHONE" "$SERVER4" 2021 epsv
}

plan 6
topology nat
neighbour
short
hosts 2
alg "sip udp port 5060" "sip tcp port 5060" "skinny tcp port 2000" \
	"h225 tcp port 1720" "ras udp port 1719" esp
try "the call of make demo" demo
try "SIP over UDP: a call" calls PHONE SERVER "$SERVER4" 5060 u1 1 1
try "Skinny: every layout" skinny
try "H.323: a registered endpoint is called" h323
try "ESP: two hosts to one gateway" esp
try "FTP on port 2021, by the kernel's own helper" ftp_2021
finish
