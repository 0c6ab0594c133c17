#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml qemu
# ci: uml
# timeout: 300
#
# The same inside address in two VRFs, gold and silver, each with a conntrack
# zone: SIP over UDP and TCP, ESP with the same SPIs, FTP, at the same time. The
# network is drawn in vrf.sh.
. "$(dirname "$0")/vrf.sh"
. "$NET_DIR/helpers/ftp.sh"

# FTP with a service in one VRF alone, then in both
ftp_gold() {
	natctl service add ftp tcp port 2021 vrf gold || return 1
	ftp "$PHONE" "$SERVER4" 2021 port || return 1
	! PATIENCE=3 ftp "$DESK" "$SERVER4" 2021 port
}

ftp_both() {
	local gold

	natctl service add ftp tcp port 2021 vrf silver || return 1
	: >"$FTP_LOG.server.2021"
	ftp "$PHONE" "$SERVER4" 2021 port &
	gold=$!
	ftp "$DESK" "$SERVER4" 2021 epsv &&
		ftp "$DESK" "$SERVER4" 2021 port &&
		wait $gold || return 1
	grep -q 'Client "::ffff:2.2.2.1", "PORT 2,2,2,1,' \
		"$FTP_LOG.server.2021" &&
		grep -q 'Client "::ffff:2.2.2.2", "PORT 2,2,2,2,' \
			"$FTP_LOG.server.2021" &&
		! grep '"PORT 192' "$FTP_LOG.server.2021"
}

# The configuration has the VRFs, and comes back as it was
saved() {
	natctl save >"$SCRATCH/saved" && cat "$SCRATCH/saved" &&
		grep -qx 'service add esp vrf silver' "$SCRATCH/saved" &&
		grep -qx 'service add sip udp port 5060 vrf gold' \
			"$SCRATCH/saved" &&
		natctl service flush && natctl apply "$SCRATCH/saved" &&
		natctl save | cmp "$SCRATCH/saved" -
}

# A VRF goes, and its services with it; the other one works on
gone() {
	ip -n "$ROUTER" link del gold || return 1
	natctl service
	[ "$(natctl -j service | jq '[.[] | .vrf] | unique | length')" = 1 ] &&
		[ "$(natctl -j service | jq length)" = 4 ] || return 1
	ftp "$DESK" "$SERVER4" 2021 port
}

plan 11
vrfs zones || exit 1
alg
services || exit 1
try "SIP over UDP: a call in each VRF, no packet crosses" vrf udp
try "SIP over TCP: likewise" vrf tcp
try "ESP: a tunnel in each VRF with the same SPIs" vrf esp
try "IPv6, SIP over UDP: a call in each VRF, no packet crosses" vrf udp 6
try "IPv6, SIP over TCP: likewise" vrf tcp 6
try "IPv6, ESP: a tunnel in each VRF with the same SPIs" vrf esp 6
ftp_server "$SERVER" 2021 || exit 1
try "FTP, a service of one VRF: not for the other" ftp_gold
router conntrack -F >/dev/null 2>&1
try "FTP, in both" ftp_both
try "the configuration is saved and applied" saved
try "natctl shows one VRF's alone" seen sessions gold 0
try "a VRF goes with its services, the other one stays" gone
finish
