#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# timeout: 300
#
# natctl doctor: public ports of media against port forwards, blocks of ports
# and sockets. The topology is drawn in topology.sh; it is the router that is
# looked at.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/../json.sh"

# ports EXPRESSION: Python's EXPRESSION of the findings p about ports is true
ports() {
	natctl -j doctor >"$SCRATCH/findings" 2>&1
	sed 's/},/},\n/g' "$SCRATCH/findings"
	judge "$SCRATCH/findings" \
		"(lambda p: $1)([f for f in d if f['check'] == 'media-ports'])"
}
well() { ports "[f['level'] for f in p] == ['ok']"; }
# forward PLACE PORTS TYPE: one rule forwards them, and TYPE deletes it
forward() {
	ports "[f['level'] for f in p] == ['warning'] and
		'A rule in $1 forwards the ports $2,' in p[0]['sentence'] and
		'$3' in p[0]['advice'] and 'set media-ports' in p[0]['advice']"
}
block() {
	ports "[f['level'] for f in p] == ['warning'] and
		'ports $1 alone' in p[0]['sentence'] and
		'natctl set media-ports $1.' in p[0]['advice']"
}
nft() { router nft "$@"; }
# nat RULE: a table of any name with it, and masquerading
nat() {
	nft flush ruleset && nft -f - <<-END
		table inet edge {
			map hosts { type inet_service : ipv4_addr; flags interval;
				elements = { 20000-20100 : 10.0.0.2 }; }
			chain media { dnat ip to 10.0.0.2; }
			chain in { type nat hook prerouting priority dstnat; $1; }
			chain out { type nat hook postrouting priority srcnat;
				${2:-oifname wan masquerade}; }
		}
	END
}
meets() { nat "$2" && forward "inet edge ${3:-in}" "$1" "nft delete rule inet edge ${3:-in} handle "; }
misses() { nat "$1" "${2:-}" && well; }
blocked() { nat "counter" "$2" && block "$1"; }

topology nat
alg "sip udp port 5060"
natctl set media-ports 16384-32767
try "a plain router" misses "counter"
try "a forward of a range" meets 10000-20000 "udp dport 10000-20000 dnat ip to 10.0.0.2"
try "a forward of one port" meets 20000-20000 "iifname wan udp dport 20000 dnat ip to 10.0.0.2:5004"
try "a forward of a set" meets 30000-30100 "udp dport { 5060, 30000-30100 } dnat ip to 10.0.0.2"
try "a forward by a map" meets 20000-20100 "dnat ip to udp dport map @hosts"
try "a forward by a map of verdicts" meets 18000-18100 "udp dport vmap { 18000-18100 : jump media }" media
try "a forward by a jump" meets 18000-18100 "udp dport 18000-18100 jump media" media
try "a forward of both protocols" meets 20000-20000 "meta l4proto { tcp, udp } th dport 20000 dnat ip to 10.0.0.2"
try "a forward to the router itself" meets 20000-20000 "udp dport 20000 redirect to :5004"
try "a forward of TCP" misses "tcp dport 10000-20000 dnat ip to 10.0.0.2"
try "a forward of other ports" misses "udp dport { 5060, 10000-16383 } dnat ip to 10.0.0.2"
try "a host that gets everything" misses "iifname wan dnat ip to 10.0.0.2"
try "a block of ports" blocked 20000-20999 \
	"oifname wan meta l4proto { tcp, udp } snat ip to 203.0.113.1:20000-20999"
try "a block of ports by masquerade" blocked 20000-20999 \
	"oifname wan meta l4proto { tcp, udp } masquerade to :20000-20999"
try "a block that has the range" misses "counter" \
	"oifname wan meta l4proto { tcp, udp } snat ip to 203.0.113.1:16000-33000"

# notes CHECK WORD: the only note of this check has this word in its sentence;
# without WORD there is none
notes() {
	natctl -j doctor >"$SCRATCH/findings" 2>&1
	sed 's/},/},\n/g' "$SCRATCH/findings"
	judge "$SCRATCH/findings" \
		"(lambda p: ([f['level'] for f in p] == ['note'] and '${2:-}' in p[0]['sentence'])
			if '${2:-}' else not p)([f for f in d if f['check'] == '$1'])"
}
exempt() { nat counter "$1" && notes nat-exempt "${2:-}"; }
try "no exemption" exempt "oifname wan masquerade"
try "an exemption" exempt \
	"ip daddr 10.9.0.0/16 accept; oifname wan masquerade" \
	"1 rule of source NAT lets"
try "the table of filters exempts nothing" eval \
	'nft add chain inet edge f "{ type filter hook postrouting priority 0; }" &&
	nft flush chain inet edge out && nft add rule inet edge out oifname wan masquerade &&
	nft add rule inet edge f accept && notes nat-exempt'
line() {
	ip -n "$ROUTER" link add "$1" type dummy &&
		ip -n "$ROUTER" link set "$1" up &&
		ip -n "$ROUTER" route add default dev "$1" metric "$2"
}
try "one line" eval 'line line1 77 && notes lines'
try "two lines" eval 'line line2 78 && notes lines "2 ways out"'
ip -n "$ROUTER" link del line1
ip -n "$ROUTER" link del line2

for make in nft legacy; do
	nft flush ruleset
	tables() { router iptables-$make -t nat "$@"; }
	place="iptables -t nat PREROUTING" delete="iptables -t nat -D PREROUTING 2"
	[ $make = legacy ] || place="ip nat PREROUTING" delete="nft delete rule $place handle "
	tables -A POSTROUTING -o wan -j MASQUERADE
	tables -A PREROUTING -p tcp --dport 10000:20000 -j DNAT --to-destination 10.0.0.2
	try "iptables-$make: a forward of TCP" well
	tables -A PREROUTING -p udp --dport 10000:20000 -j DNAT --to-destination 10.0.0.2
	try "iptables-$make: a forward" forward "$place" 10000-20000 "$delete"
	tables -D PREROUTING 2
	tables -A PREROUTING -p udp -m multiport --dports 5060,30000:30100 -j DNAT \
		--to-destination 10.0.0.2
	try "iptables-$make: a forward of several" forward "$place" 30000-30100 "$delete"
	tables -F
	tables -A POSTROUTING -o wan -p udp -j SNAT --to-source 203.0.113.1:20000-20999
	try "iptables-$make: a block" block 20000-20999
	tables -F
	tables -A POSTROUTING -o wan -p udp -j MASQUERADE --to-ports 20000-20999
	try "iptables-$make: a block by masquerade" block 20000-20999
	tables -F
done
nat counter
listens() {
	router python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 20002))
time.sleep(60)' &
	local pid=$! status

	sleep 1
	ports "[f['level'] for f in p] == ['note'] and 'the first one at 20002' in p[0]['sentence']"
	status=$?
	kill $pid
	return $status
}
try "a program of the router waits in the range" listens
finish
