#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Three inside hosts and a gateway with libreswan, IKEv2 and IKEv1, plain ESP on
# the wire; the network is drawn in tunnels.sh.
#
# machine: uml qemu
# ci: uml
# timeout: 900
. "$(dirname "$0")/libreswan.sh"

# ESP and IKE are all there is between router and gateway
plain_wire() {
	server python3 "$PEER/esp.py" watch eth0 6 >"$SCRATCH/wire" &
	sleep 0.7
	from 1 -c 20 -i 0.05 -W 2
	wait
	sort "$SCRATCH/wire" | uniq -c
	! grep 4500 "$SCRATCH/wire" && [ "$(grep -c ESP "$SCRATCH/wire")" -ge 40 ]
}

second_fails() {
	up 1 2 && from 1 -c 2 -i 0.2 -W 2 && ! from 2 -c 3 -i 0.3 -W 2
}

# Between the exchanges and the first packets a slow machine takes its time
up_slowly() {
	natctl set ike-hint-time 30000 && up 1 2 3
}

hosts_first() {
	natctl set ike-hint-time default
	for n in 1 2 3; do
		from "$n" -c 2 -i 0.2 -W 8 >"$SCRATCH/from$n" &
	done
	wait
	for n in 1 2 3; do
		cat "$SCRATCH/from$n"
		[ "$(received "$SCRATCH/from$n")" = 2 ] || return 1
	done
}

restart_host() {
	stop h2
	swan_start h2 && up 2 && from 2 -c 3 -i 0.2 -W 5 && both 3 3 0.1
}

restart_gateway() {
	stop g
	swan_start g || return 1
	# their dead peer detection would do it after retransmit-timeout
	for n in 1 2 3; do
		whack "h$n" --name g --terminate
	done
	up_slowly && hosts_first && both 3 5 0.2
}

ports() {
	router conntrack -L -p udp 2>/dev/null | tee "$SCRATCH/udp"
	# those that a host began; what the gateway repeats to ports of before is none
	grep ' src=10\.1\.[0-9]*\.2 dst=203.0.113.9 sport=500 dport=500' "$SCRATCH/udp" |
		grep -c 'dst=203.0.113.1 sport=500 dport=500 '
}

preserved() {
	ports | tee "$SCRATCH/ports"
	[ "$(tail -n 1 "$SCRATCH/ports")" = "$1" ]
}

idle() {
	sleep 7
	both 3 5 0.2
}

# In the short form the plutos stay, and begin anew
anew() {
	local n

	forget_entries
	for n in 1 2 3; do
		whack "h$n" --name g --terminate
	done
	up_slowly
}
forget_entries() {
	router conntrack -F
	natctl clear translations esp '*'
}

plan 22
topology nat
hosts 3
if [ -n "$FULL" ]; then
	swans 2 3 >/dev/null 2>&1
fi
long "IKEv2: without the module the second host's ESP fails" second_fails
forget
alg esp
try "IKEv2: a pluto everywhere" swans 2 3 || finish
try "IKEv2: three tunnels" up_slowly
try "IKEv2: each host's first packets come through" hosts_first
try "IKEv2: all both ways at once" both 3 "$(full 20 5)" 0.1
try "plain ESP on the wire" plain_wire
try "without preserve-port one of them has port 500" preserved 1
try "a host rekeys the child SA in mid-traffic" \
	traffic 3 whack h1 --name g --rekey-ipsec
long "the gateway rekeys the child SA in mid-traffic" \
	traffic 3 whack g --name h2 --rekey-ipsec
long "a host rekeys the IKE SA in mid-traffic" \
	traffic 3 whack h3 --name g --rekey-ike
try "the gateway rekeys the IKE SA in mid-traffic" \
	traffic 3 whack g --name h1 --rekey-ike
long "dead peer detection keeps quiet tunnels" idle
try "a host is restarted" restart_host
long "the gateway is restarted" restart_gateway
natctl service add ike preserve-port
try "preserve-port: three tunnels" anew
try "preserve-port: all of them have port 500" preserved 3
try "preserve-port: each host's first packets come through" hosts_first
try "preserve-port: the gateway rekeys in mid-traffic" \
	traffic 3 whack g --name h3 --rekey-ipsec
forget
[ -z "$FULL" ] || swans 1 3 >/dev/null 2>&1
long "IKEv1: three tunnels" up_slowly
long "IKEv1: each host's first packets come through" hosts_first
long "IKEv1: all both ways at once" both 3 20 0.1
long "IKEv1: a host begins anew in mid-traffic" \
	traffic 3 whack h2 --name g --initiate
forget
delete_hosts
finish
