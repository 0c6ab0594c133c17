#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 400
#
# What natctl shows of a registration and a call, ends of them, and how they are
# cleared. The topology is drawn in topology.sh; the phone speaks to the server.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/../json.sh"
HERE=$(cd "$(dirname "$0")" && pwd)
export PEER

# shown FILE TEXT: a line of the file has the text, none is wider than a screen
shown() {
	cat "$1"
	grep -qF -- "$2" "$1" && ! grep -qE '.{81}' "$1"
}

# rows EXPRESSION COMMAND...: Python's EXPRESSION of the JSON in d is true
rows() {
	local expression=$1

	shift
	natctl -j "$@" >"$SCRATCH/json"
	cat "$SCRATCH/json"
	judge "$SCRATCH/json" "$expression"
}

see() {
	local text=$1

	shift
	natctl "$@" >"$SCRATCH/shown" && shown "$SCRATCH/shown" "$text"
}

await() {
	local tries=600

	until [ -e "$SCRATCH/$1" ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || { cat "$SCRATCH/phone"; return 1; }
		sleep 0.1
	done
}

plan 45
topology nat
alg "sip udp port 5060" "sip tcp port 5060"

# the machine may be slow: entries must not time out before they are shown
router sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600

env "$NATCTL" -n "$ROUTER" monitor >"$SCRATCH/events" &
env "$NATCTL" -n "$ROUTER" -j monitor sip >"$SCRATCH/events.json" &
env "$NATCTL" -n "$ROUTER" monitor skinny h323 >"$SCRATCH/none" &
env "$NATCTL" -n "$ROUTER" monitor host 10.0.0.77 >"$SCRATCH/other" &
env "$NATCTL" -n "$ROUTER" monitor sip passed >"$SCRATCH/passed" &
env "$NATCTL" -n "$ROUTER" monitor sip host 10.0.0.2 >"$SCRATCH/host" &
until [ "$(router awk '$2 == 16 && $4 !~ /^0+$/' /proc/net/netlink | wc -l)" -ge 6 ]; do
	sleep 0.1
done
python3 "$HERE/phone.py" "$SCRATCH" >"$SCRATCH/phone" 2>&1 &
CALL=$!
try "a registration and a call with media" await up

try "status" see "sessions 1, calls and registrations 2, bindings 3"
try "sessions" see "sip udp 10.0.0.2:5060 203.0.113.9:5060" show sessions
try "sessions verbose" see "203.0.113.1:5060" show sessions verbose
try "sessions as JSON" rows "d[0]['inside-local'] == {'address': '10.0.0.2', 'port': 5060} and d[0]['opened-by'] == 'inside' and d[0]['protocol'] == 'sip' and d[0]['messages-out'] >= 3 and d[0]['translated-in'] >= 1" show sessions
try "calls" see "sip 10.0.0.2" show calls
try "calls verbose" see "call@phone" show calls verbose
try "calls as JSON" rows "len(d) == 1 and d[0]['kind'] == 'call' and d[0]['bindings'] >= 1 and d[0]['expires'] > 0" show calls
try "registrations" see "sip 10.0.0.2" show registrations
try "registrations as JSON" rows "len(d) == 1 and d[0]['kind'] == 'registration' and 500 < d[0]['expires'] < 3700" show registrations
try "bindings" see "10.0.0.2:30000" show bindings
try "bindings verbose" see "call@phone" show bindings verbose
try "bindings as JSON" rows "{b['inside-local']['port'] for b in d} >= {5060, 30000, 30001} and [b['door'] for b in d if b['inside-local']['port'] == 5060] == [True] and all(b['state'] for b in d) and all(b['inside-global']['address'] == '203.0.113.1' for b in d)" show bindings
try "translations have Cisco's columns" see "Pro Inside global     Inside local   Outside local     Outside global" show translations
try "translations: signalling" see "udp 203.0.113.1:5060  10.0.0.2:5060  203.0.113.9:5060  203.0.113.9:5060" show translations
try "translations: a media binding" see "udp 203.0.113.1:30000 10.0.0.2:30000 ---               ---" show translations udp
try "translations: a media flow" see "udp 203.0.113.1:30000 10.0.0.2:30000 203.0.113.9:40000 203.0.113.9:40000" show translations udp
try "translations: the ALG of a flow" see "ALG sip" show translations verbose
try "translations: the call of a flow" see "call call@phone" show translations verbose
try "translations as JSON" rows "len([t for t in d if t['inside-local'].get('port') == 30000]) == 2 and all(t['transport'] == 'udp' for t in d) and any(t.get('key', '').startswith('call@phone') and 'left' in t for t in d)" show translations
try "no TCP translation" rows "d == []" show translations tcp
try "limits" rows "[l['used'] for l in d if l['name'] == 'sessions'] == [1]" show limits
try "hits" rows "[s['hits'] for s in d if s['transport'] == 'udp'] == [1]" service
try "statistics" see "udp" show statistics

# the end of the call: its bindings linger for a second (set by alg)
touch "$SCRATCH/hang-up"
try "the call ends" none calls
try "the registration stays" rows "len(d) == 1" show registrations

try "monitor: a translated message" grep -qE 'sip udp 10.0.0.2:5060 > 203.0.113.9:5060 translated "INVITE sip:far@203.0.113.9 SIP/2.0", [0-9]+ -> [0-9]+ bytes; [A-Za-z]+ 10.0.0.2' "$SCRATCH/events"
try "monitor: the new address" grep -q -- '-> 203.0.113.1' "$SCRATCH/events"
try "monitor: calls and bindings" eval 'for text in "registration begins of 10.0.0.2" "call begins of 10.0.0.2: call@phone" "call ends of 10.0.0.2: call@phone" "binding-new 10.0.0.2:30000 = 203.0.113.1:30000" "door-new 10.0.0.2:5060 = 203.0.113.1:5060"; do grep -F "$text" "$SCRATCH/events" || { cat "$SCRATCH/events"; exit 1; }; done'
try "monitor as JSON" python3 -c 'import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
assert {"message", "call-new", "call-end", "binding-new", "door-new"} <= \
	{e["event"] for e in events}, events
assert any(c["new"].startswith("203.0.113.1") for e in events
	if e["event"] == "message" for c in e["change"]), events' "$SCRATCH/events.json"
try "monitor of other protocols is silent" test ! -s "$SCRATCH/none"
try "monitor of another host is silent" test ! -s "$SCRATCH/other"
try "monitor of the host tells the same as that of all" eval \
	'diff <(grep " sip " "$SCRATCH/events" | sed "s/^[^ ]* //") \
		<(sed "s/^[^ ]* //" "$SCRATCH/host")'
try "monitor of what passed tells nothing else" eval \
	'diff <(grep " passed " "$SCRATCH/events" | sed "s/^[^ ]* //") \
		<(sed "s/^[^ ]* //" "$SCRATCH/passed")'

try "clear refuses what is not there" eval '! natctl clear translations udp inside 203.0.113.1 1 10.0.0.2 1'
try "clear one" natctl clear translations udp inside 203.0.113.1 5060 10.0.0.2 5060
try "it is gone" rows "not [t for t in d if t['inside-local'].get('port') == 5060]" show translations
try "and the registration with its last binding" rows "d == []" show registrations
try "clear outside" natctl clear translations outside 203.0.113.9 203.0.113.9
try "nothing is open to it" rows "not [t for t in d if 'outside-local' in t]" show translations
touch "$SCRATCH/leave"
try "the phone leaves" none registrations

wait $CALL
rm "$SCRATCH/up" "$SCRATCH/hang-up" "$SCRATCH/leave"
python3 "$HERE/phone.py" "$SCRATCH" >"$SCRATCH/phone" 2>&1 &
try "the phone is back, and calls" await up
try "both are there" eval '[ "$(count calls)$(count registrations)" = 11 ]'
try "clear all" eval 'natctl clear translations "*" && natctl show translations | grep -q "No translation." && natctl show bindings | grep -q "No binding."'
try "no call, no registration is listed" eval '[ "$(count calls)$(count registrations)" = 00 ]'
# shellcheck disable=SC2046
kill $(jobs -p) 2>/dev/null
finish
