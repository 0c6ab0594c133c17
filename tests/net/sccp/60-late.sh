#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# timeout: 60
#
# The module comes to a router that has Skinny connections already. They are
# passed as they are; what connects from then on is translated.
#
#   phone ---- router ---- CallManager (server)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/skinny.sh"

# late WORD COMMAND...: a connection before the command and after it
late() {
	local status word=$1

	shift
	rm -f "$SCRATCH/go" "$SCRATCH/go.ready"
	# shellcheck disable=SC2086 # perhaps no word
	python3 "$PEER/skinnydoors.py" late --go "$SCRATCH/go" $word &
	while [ ! -e "$SCRATCH/go.ready" ]; do
		kill -0 $! || return 1
		sleep 0.1
	done
	"$@" || return 1
	touch "$SCRATCH/go"
	wait $!
	status=$?
	gone calls bindings && return $status
}

service() { natctl service "$1" skinny tcp port 2000; }
forgotten() { service add && router conntrack -F; }

plan 3
topology nat
neighbour
short
try "the module is loaded late" late "" alg "skinny tcp port 2000"
service delete
try "the service is added late" late "" service add
service delete
try "conntrack forgets the connection and meets it anew" \
	late --counted forgotten
finish
