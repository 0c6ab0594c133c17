#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# ci: uml
# chroot: asn1
# timeout: 900
#
# Every block of README.md and Documentation/ that is marked as runnable runs on
# the router, which here is the machine's own network namespace, and prints what
# the page says (pages.py says how a block is marked). README
# begins without the module; each page begins without configuration and leaves
# nothing behind. Hosts and calls: scenes.sh.
#
#   phone ---- router ---- server		the rest of the topology: topology.sh
#   host N ------/ 				and ../ipsec/tunnels.sh
. "$(dirname "$0")/../ipsec/tunnels.sh"
. "$(dirname "$0")/../endpoints.sh"
. "$(dirname "$0")/scenes.sh"
HERE=$(cd "$(dirname "$0")" && pwd)
cd "$NF_ALG_TOP" || exit 1
PAGES=(README.md Documentation/*.md)

# page NAME: its blocks, in the order of the page
page() {
	local line status from to reader

	export SCRATCH
	coproc READER { exec python3 "$HERE/pages.py" run "$1"; }
	reader=$READER_PID
	# bash forgets its own two as soon as the program is over
	exec {from}<&"${READER[0]}" {to}>&"${READER[1]}"
	while IFS= read -r line <&"$from"; do
		case $line in
		'scene '*)
			"scene_${line#scene }" >"$LOG" 2>&1 </dev/null
			status=$?
			[ $status = 0 ] || sed "s/^/# ${line#scene }: /" "$LOG"
			if [ $status = 0 ]; then echo yes; else echo no; fi >&"$to"
			;;
		'not ok '*) FAILED=$((FAILED + 1)); echo "$line" ;;
		*) echo "$line" ;;
		esac
	done
	exec {from}<&- {to}>&-
	wait "$reader" || result 1 "$1 is read to its end"
}

# The router is the machine's own namespace
ip netns attach "$ROUTER" $$
begun=()
for name in "${PAGES[@]}"; do
	[ "$(python3 "$HERE/pages.py" count "$name")" = 0 ] || begun+=("$name")
done
plan $(($(python3 "$HERE/pages.py" count "${PAGES[@]}") + ${#begun[@]}))
topology nat
hosts 2
for name in "${begun[@]}"; do
	page "$name"
	try "the end of $name" scene_end
done
delete_hosts
finish
