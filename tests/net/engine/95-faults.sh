#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# ci: none
# timeout: 200
#
# Memory runs short at random, in softirq, where the engine allocates: messages
# then pass untranslated or late, but every byte arrives, or the connection is
# reset; nothing stalls and nothing leaks. Topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

FAIL=/sys/kernel/debug/failslab

# short PERCENT WORDS...: of the allocations fail while streams run
short() {
	local status

	# of those that cannot sleep: the packet path's
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

plan 2
topology nat
alg "sip tcp port 5060"
if [ ! -d $FAIL ]; then
	skip "memory short" "no fault injection in this kernel"
	skip "memory short, offloads off" "no fault injection in this kernel"
	finish
fi
try "memory short" short 5
offloads off
try "memory short, offloads off" short 20 --port 44001
finish
