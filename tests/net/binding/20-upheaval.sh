#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Calls and media from several processes on all processors, while bindings are
# cleared and listed, connections flushed and the service taken away and given
# back; the network is drawn in topology.sh. At the end the namespaces go with
# calls and flows in them, then the module.
#
# timeout: 240
# machine: qemu uml
# ci: uml
. "$(dirname "$0")/../topology.sh"

seconds=$(full 60 12)

# Everything that may happen to a binding besides its call
disturb() {
	local end=$((SECONDS + seconds)) n=0

	while [ $SECONDS -lt $end ]; do
		n=$((n + 1))
		natctl -j show bindings
		natctl -j show calls
		natctl show translations
		[ $((n % 2)) = 0 ] && natctl clear translations "*"
		[ $((n % 3)) = 0 ] && router conntrack -F
		if [ $((n % 5)) = 0 ]; then
			natctl service delete sip udp port 5060
			natctl service add sip udp port 5060
		fi
	done >/dev/null 2>&1
}

calls() {
	local worker

	for worker in 1 2 3 4; do
		python3 "$PEER/upheaval.py" "$worker" "$seconds" \
			>"$SCRATCH/worker-$worker" &
	done
	disturb &
	wait
	sed 's/^/figure: /' "$SCRATCH"/worker-*
	awk '{ n += $2 } END { exit n < 20 }' "$SCRATCH"/worker-*
}

plan -2
topology nat
alg "sip udp port 5060"
try "calls go on while everything around them changes" calls
try "the namespaces go with calls in them" delete_namespaces
try "the module goes" unload
try "the kernel log is clean" clean_log
[ $FAILED = 0 ]
exit
