#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# ci: uml
# timeout: 200
#
# Memory runs short at random where the engine allocates, and nowhere else: a
# host's own TCP that has no memory for its FIN never sends one (tcp_send_fin()),
# and the stream would stall for ever. Messages then pass untranslated or late,
# but every byte arrives, or the connection is reset; nothing stalls and nothing
# leaks. Topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

FAIL=/sys/kernel/debug/failslab

# short PERCENT WORDS...: of the allocations fail while streams run
short() {
	local status size base

	# within a few calls of the module, so not what a packet meets that it
	# sends; and of those that cannot sleep: the packet path's
	read -r _ size _ _ _ base _ < <(grep '^nf_nat_alg ' /proc/modules)
	echo "$base" >$FAIL/require-start
	printf '0x%x\n' $((base + size)) >$FAIL/require-end
	echo 10 >$FAIL/stacktrace-depth
	echo N >$FAIL/task-filter
	echo Y >$FAIL/ignore-gfp-wait
	echo 0 >$FAIL/verbose
	echo -1 >$FAIL/times
	echo 1 >$FAIL/interval
	python3 "$PEER/faults.py" --knob $FAIL/probability --percent "$@"
	status=$?
	echo 0 >$FAIL/probability
	return $status
}

plan 3
topology nat
alg "sip tcp port 5060"
if [ ! -e $FAIL/require-start ]; then
	skip "memory short" "no fault injection in this kernel"
	skip "memory short, offloads off" "no fault injection in this kernel"
	skip "it is counted" "no fault injection in this kernel"
	finish
fi
try "memory short" short 5
offloads off
try "memory short, offloads off" short 20 --port 44001
try "it is counted" [ "$(reason no-memory)" -gt 50 ]
finish
