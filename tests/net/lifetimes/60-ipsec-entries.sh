#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Conntrack entries in the zones of ESP tunnels that others have made, changed
# or taken away, as ctnetlink and conntrackd do; then namespace and module go
# while packets are held.
#
#   host 1       in1 \                                      gateway
#   10.1.1.2 --------+   router           203.0.113/24     (the "server")
#   host 2       in2 |   masquerades  wan .1 ---------- .9
#   10.1.2.2 --------+
#   host 3       in3 |   entry.py writes
#   10.1.3.2 --------/   into its conntrack
#
# machine: uml qemu
# ci: uml
# timeout: 600
. "$(dirname "$0")/../ipsec/tunnels.sh"

A=0x1aaa B=0x1bbb C=0x1ccc

# zone: that of host 1's tunnel
zone() {
	natctl -j show tunnels | jq '.[] |
		select(.["inside-local"].address == "10.1.1.2") | .zone'
}

# tunnel_is FILTER: does jq say so of host 1's tunnel
tunnel_is() {
	natctl -j show tunnels | jq -e ".[] |
		select(.[\"inside-local\"].address == \"10.1.1.2\") | $1"
}

# entry WORD...: of host 1's ESP, made by somebody else in place of ours
entry() {
	router conntrack -D -w "$(zone)" >/dev/null 2>&1
	router python3 "$PEER/entry.py" make "$(zone)" 50 10.1.1.2 \
		"$SERVER4" "$@"
}

entries() {
	router conntrack -L -p esp -o id 2>/dev/null
}

# seen COMMAND...: does host 1 get ESP of the gateway's while that runs
seen() {
	watch_host 1 3
	"$@" && wait_watch
}

two_pairs() {
	answered 1 $A && answered 1 $B && host_sends 1 $((0x80000000 + B)) 2 &&
		[ "$(natctl -j show tunnels | jq 'length')" = 1 ]
}

alternate() {
	local seq before

	entry nat="$WAN4" || return 1
	before=$(entries)
	for seq in $(seq 3 8); do
		host_sends 1 $((0x80000000 + A)) "$seq" &&
			host_sends 1 $((0x80000000 + B)) "$seq" || return 1
	done
	printf '%s\n' "$before" "$(entries)"
	[ -n "$before" ] && [ "${before##* id=}" = "$(entries | sed 's/.* id=//')" ] &&
		! entries | grep helper= &&
		seen gateway_sends $A 3 && seen gateway_sends $B 3
}

learned_there() {
	answered 1 $C && seen gateway_sends $C 4
}

# The tunnel is deaf where that entry stays
leads_elsewhere() {
	router conntrack -D -w "$(zone)"
	router python3 "$PEER/entry.py" make "$(zone)" 50 "$SERVER4" \
		"$WAN4" && seen gateway_sends $C 5 && seen gateway_sends $C 6
}

public_changes() {
	entry nat=203.0.113.77 && host_sends 1 $((0x80000000 + C)) 10 || return 1
	tunnel_is '.["inside-global"].address == "203.0.113.77"' || return 1
	router conntrack -D -w "$(zone)"
	host_sends 1 $((0x80000000 + C)) 11
	tunnel_is '.["inside-global"].address == "203.0.113.1"' &&
		answered 1 $A
}

not_translated() {
	entry && host_sends 1 $((0x80000000 + A)) 20 &&
		tunnel_is '.state == "untranslated"' || return 1
	router conntrack -D -w "$(zone)"
	host_sends 1 $((0x80000000 + A)) 21
	tunnel_is '.state != "untranslated" and
		.["inside-global"].address == "203.0.113.1"' && answered 1 $A
}

# The helper is there while something is to be learned, and ctnetlink takes it
helper_taken() {
	natctl clear translations esp '*' && host_sends 1 $((0x80000000 + A)) &&
		entries | grep helper=alg-esp || return 1
	router python3 "$PEER/entry.py" helper "$(zone)" 50 10.1.1.2 \
		"$SERVER4" helper=
	entries
	! entries | grep helper= && gateway_sends $A && gateway_sends $A 2 &&
		[ "$(spi_of 1)" = $((A)) ] && answered 1 $B
}

# ike_entry [WORD]: IKE of somebody else's making, with another one's helper
ike_entry() {
	python3 "$PEER/ike.py" exchange $$ 1 1 || return 1
	modprobe nf_conntrack_tftp 2>/dev/null
	router conntrack -D -p udp
	router python3 "$PEER/entry.py" make "$(zone)" 17 10.1.1.2 \
		"$SERVER4" port=500 nat="$WAN4" "$@" || return 1
	router conntrack -L -p udp
	python3 "$PEER/ike.py" exchange $$ 1 2 && python3 "$PEER/ike.py" ask $$ 1
}

# The router goes while packets wait in it, and the module right behind it
goes_at_once() {
	local n

	natctl set tunnel-turn-time 30000
	natctl clear translations esp '*'
	router conntrack -F
	for n in 1 2 3; do
		host_sends "$n" $((0x80000700 + n))
	done
	[ "$(natctl -j show tunnels | jq '[.[] | select(.state == "waiting")] |
		length')" = 2 ] || return 1
	ip netns del "$ROUTER"
	unload
}

plan 11
topology nat
hosts 3
alg esp
try "two SAs of one host are known" two_pairs
try "both go on in an entry that ctnetlink has made" alternate
try "a third one is learned in it" learned_there
try "an entry that does not lead to the host is replaced" leads_elsewhere
try "an entry with another public address is believed" public_changes
try "an entry without NAT is believed, and so is the next one" not_translated
if [ "$KERNEL" = 6.1 ]; then
	try "ctnetlink takes the helper away: SPIs are learned all the same" \
		helper_taken
else
	skip "ctnetlink takes the helper away" "this kernel refuses that"
fi
try "port 500 is kept" natctl service add ike preserve-port
try "IKE goes on in an entry that ctnetlink has made" ike_entry
try "and in one with another helper" ike_entry helper=tftp
try "namespace and module go at once while packets are held" goes_at_once
delete_hosts
finish
