#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 120
#
# Segments that no operating system sends: resets before a connection is
# established, SYNs behind their SYN/ACK, and repetitions that contradict what was
# said before. The bytes that were taken over first are the ones that arrive,
# translated, once.
#
#   phone, by hand ---- router ---- server, by hand or by its own TCP
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

raw() { python3 "$PEER/raw.py" "$@"; }

# The hosts know nothing of what was made by hand, and would reset it
silent() {
	in_ns "$1" nft -f - <<-END
		table ip silent {
			chain output {
				type filter hook output priority 0
				tcp flags & rst == rst tcp $2 $3 meta mark != 1 drop
			}
		}
	END
}

plan 3
topology nat
alg "sip tcp port 5060"
silent "$PHONE" sport "{ 5060, 47000-47010 }" || exit 1
silent "$SERVER" sport 5060 || exit 1
try "reset in SYN_SENT and SYN_RECV, by either end" raw rst
router nft -f - <<-END
	table ip static {
		chain prerouting {
			type nat hook prerouting priority -100
			iifname wan tcp dport 5060 dnat to $PHONE4
		}
	}
	table inet filter {
		chain forward {
			iifname wan tcp dport 5060 ct status dnat accept
		}
	}
END
try "a SYN behind its SYN/ACK, late or forged" raw called --port 47002
offloads off
try "contradicting repetitions" raw overlap --port 47001
finish
