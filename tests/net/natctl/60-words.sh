#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# natctl's own words: help, options, explain, colors. No network but the
# machine's lo.
# machine: uml
# timeout: 300
. "$(dirname "$0")/expect.sh"

expect 0 "natctl [-j] [-p] [-n NETNS] [-c WHEN] OBJECT" natctl help
for object in $(natctl help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'); do
	expect 0 "natctl $object" natctl help "$object"
	natctl help "$object" >"$SCRATCH/help"
	holds "natctl $object --help is the same" sh -c \
		'natctl "$1" --help | diff "$2" -' sh "$object" "$SCRATCH/help"
done
expect 0 "natctl service {add | delete} sip" natctl service add sip --help
expect 2 'there is no object "doorbell"' natctl help doorbell
expect 0 "natctl 0." natctl --version
expect 0 "natctl 0." natctl -V
expect 0 "OBJECT" natctl --help
expect 2 'there is no option "-x"' natctl -x
expect 2 "-n needs a namespace" natctl -n
expect 2 "-c needs auto, always or never" natctl -c
expect 2 'color: "often" is not auto, always or never' natctl --color=often
# no guessing
expect 2 'there is no object "serv"' natctl serv
expect 2 'there is no object "Service"' natctl Service
expect 2 'there is no "binding"' natctl show binding
expect 2 "show: what?" natctl show
expect 2 "only translations can be cleared" natctl clear
expect 2 "which? *, inside or outside" natctl clear translations
expect 2 '"x" is not an address' natctl clear translations inside x
expect 2 '"0" is not a port' natctl clear translations tcp inside 1.2.3.4 0
expect 2 '"" is not an address' natctl clear translations outside 1.2.3.4
expect 2 'there is no "ftp"' natctl monitor ftp
expect 2 '"phone" is not an address' natctl monitor sip host phone
expect 2 '"" is not an address' natctl monitor passed host

# every reason has its sentence, without the module
natctl -j explain >"$SCRATCH/reasons"
value "len(d) > 30 and all(r['sentence'].endswith('.') and
	r['advice'].endswith('.') for r in d)" cat "$SCRATCH/reasons"
python3 -c 'import json, sys
for r in json.load(open(sys.argv[1])):
	print(r["name"])' "$SCRATCH/reasons" >"$SCRATCH/names"
for name in not-protocol body-malformed access-list; do
	expect 0 "$name" natctl explain $name
done
natctl explain | grep -v '^ ' | diff "$SCRATCH/names" - >"$SCRATCH/said"
result $? "natctl explain lists all of them"
expect 0 "mapping-lost" natctl explain
expect 2 'there is no reason "rain"' natctl explain rain

fresh
# the module counts the same reasons
natctl -j show statistics verbose | python3 -c 'import json, sys
for r in json.load(sys.stdin)["reasons"]:
	print(r["name"])' | diff "$SCRATCH/names" - >"$SCRATCH/said"
result $? "the module and natctl know the same reasons"

expect 0 "Modules: nf_nat_alg" natctl
json natctl -j
json natctl -jp
json natctl -j show statistics
json natctl -j show limits
for object in sessions calls registrations bindings translations; do
	expect 0 "No ${object%s}." natctl show $object
	expect 0 "No ${object%s}." natctl show $object verbose
	value "d == []" natctl -j show $object
done
expect 2 'there is no device "blue"' natctl show bindings vrf blue
expect 2 'there is no device "blue"' natctl show translations vrf blue

holds "no color where no terminal is" \
	sh -c '! natctl show limits | grep -q "$(printf "\033")"'
holds "color always" \
	sh -c 'natctl --color=always show limits | grep -q "$(printf "\033")"'
holds "color on a terminal" sh -c \
	'TERM=xterm script -qc "natctl show limits" /dev/null | grep -q "$(printf "\033")"'
holds "no color with NO_COLOR" sh -c \
	'! NO_COLOR=1 TERM=xterm script -qc "natctl show limits" /dev/null | grep -q "$(printf "\033")"'
holds "color never" sh -c \
	'! TERM=xterm script -qc "natctl -c never show limits" /dev/null | grep -q "$(printf "\033")"'
holds "a full disk is not success" sh -c '! natctl help >/dev/full'
finish
