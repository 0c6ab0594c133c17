# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced by the tests of natctl: what a command says and how it ends. They need
# no network, but a machine of their own:
#
#   natctl  ---- generic netlink ---->  nf_nat_alg in the initial namespace
#

set -u
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/../json.sh"

FAILED=0
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT

result() {
	if [ "$1" = 0 ]; then
		echo "ok - $2"
	else
		FAILED=$((FAILED + 1))
		sed 's/^/# /' "$SCRATCH/said" | head -n 30
		echo "not ok - $2"
	fi
}

# expect STATUS TEXT COMMAND...: it ends with STATUS, says TEXT (a fixed string;
# '' means that it says nothing at all, '*' that it may say what it likes), what
# it refuses goes to stderr alone, and no line of output is wider than a screen
expect() {
	local status=$1 text=$2 ended wrong=0 out err line

	shift 2
	"$@" >"$SCRATCH/out" 2>"$SCRATCH/err" </dev/null
	ended=$?
	out=$(<"$SCRATCH/out") err=$(<"$SCRATCH/err")
	[ $ended = "$status" ] || wrong=1
	case $text in
	'') [ -s "$SCRATCH/out" ] || [ -s "$SCRATCH/err" ] && wrong=1 ;;
	'*') ;;
	*) [[ $out == *"$text"* || $err == *"$text"* ]] || wrong=1 ;;
	esac
	if [ "$status" != 0 ]; then
		[ ! -s "$SCRATCH/out" ] || wrong=1
		[[ $'\n'$err == *$'\n'"natctl: "* ]] || wrong=1
	fi
	if [[ " $* " != *' -j'* ]]; then
		while IFS= read -r line; do
			[ ${#line} -le 80 ] || wrong=1
		done <"$SCRATCH/out"
	fi
	[ $wrong = 0 ] || { echo "ended with $ended"
		cat "$SCRATCH/out" "$SCRATCH/err"; } >"$SCRATCH/said"
	result $wrong "$* = $status${text:+ \"$text\"}"
}

# holds DESCRIPTION COMMAND...: it succeeds
holds() {
	local what=$1 status

	shift
	"$@" >"$SCRATCH/said" 2>&1 </dev/null
	status=$?
	result $status "$what"
}

# json COMMAND...: its output is JSON, on success
json() {
	value "" "$@"
}

# value EXPRESSION COMMAND...: Python's EXPRESSION of the JSON in d is true
value() {
	local expression=$1 what="has $1" status

	[ -n "$1" ] || what="is JSON"
	shift
	"$@" >"$SCRATCH/said" 2>&1 </dev/null &&
		judge "$SCRATCH/said" "$expression" >"$SCRATCH/answer"
	status=$?
	[ $status = 0 ] || cat "$SCRATCH/answer" >>"$SCRATCH/said" 2>/dev/null
	result $status "$* $what"
}

# monitored FILE WORDS...: natctl monitor WORDS writes into FILE from here on
monitored() {
	local file=$1

	shift
	natctl monitor "$@" >"$file" &
	MONITOR=$!
	# somebody listens to a group of generic netlink
	until awk '$2 == 16 && $4 !~ /^0+$/ { found = 1 }
			END { exit !found }' /proc/net/netlink; do
		kill -0 $MONITOR || return 1
		sleep 0.05
	done
}

# monitored_until FILE TEXT: until FILE tells of TEXT, which comes last
monitored_until() {
	local end=$((SECONDS + 60))

	until grep -qF -- "$2" "$1"; do
		if [ $SECONDS -gt $end ]; then
			kill $MONITOR
			return 1
		fi
		sleep 0.05
	done
	kill $MONITOR
	wait $MONITOR 2>/dev/null
	return 0
}

# bare: no module, whatever the scripts before left in the machine
bare() {
	modprobe -r nf_alg_sip nf_alg_sccp nf_alg_h323 nf_alg_ipsec 2>/dev/null
	modprobe -r nf_nat_alg 2>/dev/null
	[ ! -e /sys/module/nf_nat_alg ]
}

# fresh: the module as it is after modprobe with defaults=0
fresh() {
	bare
	modprobe nf_nat_alg "${1:-defaults=0}" || exit 1
}

finish() {
	[ "$FAILED" = 0 ]
	exit
}
