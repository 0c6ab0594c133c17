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
	local status=$1 text=$2 ended wrong=0

	shift 2
	"$@" >"$SCRATCH/out" 2>"$SCRATCH/err" </dev/null
	ended=$?
	{ echo "ended with $ended"; cat "$SCRATCH/out" "$SCRATCH/err"; } \
		>"$SCRATCH/said"
	[ $ended = "$status" ] || wrong=1
	case $text in
	'') [ -s "$SCRATCH/out" ] || [ -s "$SCRATCH/err" ] && wrong=1 ;;
	'*') ;;
	*) grep -qF -- "$text" "$SCRATCH/said" || wrong=1 ;;
	esac
	if [ "$status" != 0 ]; then
		[ ! -s "$SCRATCH/out" ] || wrong=1
		grep -q '^natctl: ' "$SCRATCH/err" || wrong=1
	fi
	if grep -qE '.{81}' "$SCRATCH/out"; then
		case " $* " in *' -j'*) ;; *) wrong=1 ;; esac
	fi
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
	"$@" >"$SCRATCH/said" 2>&1 </dev/null &&
		python3 -m json.tool "$SCRATCH/said" >/dev/null
	result $? "$* is JSON"
}

# value EXPRESSION COMMAND...: Python's EXPRESSION of the JSON in d is true
value() {
	local expression=$1

	shift
	"$@" >"$SCRATCH/said" 2>&1 </dev/null &&
		python3 -c "import json, sys
d = json.load(open(sys.argv[1]))
sys.exit(not ($expression))" "$SCRATCH/said"
	result $? "$* has $expression"
}

# fresh: the module as it is after modprobe with defaults=0
fresh() {
	modprobe -r nf_alg_sip nf_alg_sccp nf_alg_h323 2>/dev/null
	modprobe -r nf_nat_alg 2>/dev/null
	modprobe nf_nat_alg "${1:-defaults=0}" || exit 1
}

finish() {
	[ "$FAILED" = 0 ]
	exit
}
