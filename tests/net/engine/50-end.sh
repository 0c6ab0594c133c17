#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 200
#
# The ways a stream ends: half-closed by either side, in the middle of a
# message, reset in every state. The other end sees the same end, and the
# connection is closed for conntrack as well. Topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

closings() { python3 "$PEER/closings.py" "$@"; }

# what was reset is no longer established, or not for long
all_closed() {
	! router conntrack -L -p tcp 2>/dev/null |
		grep -E '^tcp +6 [0-9]{3,} (ESTABLISHED|SYN_|FIN_WAIT|CLOSE_WAIT)'
}

plan 4
topology nat
alg "sip tcp port 5060"
try "half-closed, and ended inside a message" closings fin
router conntrack -F >/dev/null 2>&1
try "reset in every state" closings rst --port 42001
try "conntrack saw the resets" all_closed
offloads off
try "reset in every state, IPv6" closings rst --port 42002 --family 6
finish
