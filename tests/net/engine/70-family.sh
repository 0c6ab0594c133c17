#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 200
#
# IPv6, masquerading and not, and IPv4 without NAT, where not a byte may
# change. Topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

cuts() { python3 "$PEER/cuts.py" "$@"; }
flows() { python3 "$PEER/flows.py" "$@"; }

plan 7
topology nat
alg "sip tcp port 5060"
offloads off
try "IPv6 through NAT66: cut at byte offsets" \
	cuts offsets --family 6 --stride "$(full 1 10)"
try "the same in random chunks" \
	cuts random --family 6 --port 40001 --count "$(full 200 10)"
try "the same in bulk" flows --family 6 --count "$(full 20000 2000)"
# no NAT from here on
router nft delete table inet nat
ip -n "$SERVER" route add 10.0.0.0/24 via "$WAN4"
ip -n "$SERVER" route add fd00:a::/64 via "$WAN6"
router conntrack -F >/dev/null 2>&1
try "IPv6 without NAT: cut at byte offsets" \
	cuts offsets --plain --family 6 --port 40002 --stride "$(full 1 10)"
try "the same in bulk" \
	flows --plain --family 6 --count "$(full 2000 500)" --port 41001
try "IPv4 without NAT: cut at byte offsets" \
	cuts offsets --plain --port 40003 --stride "$(full 1 10)"
try "the same in bulk" \
	flows --plain --count "$(full 2000 500)" --port 41002
finish
