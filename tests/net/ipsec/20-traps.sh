#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What has gone wrong, or could go wrong, with a zone for each tunnel: a named
# test for each. The network is drawn in tunnels.sh.
#
# machine: uml qemu
# clock: simulated
# ci: uml
# timeout: 900
. "$(dirname "$0")/tunnels.sh"

# 1, 3: the gateway is first after conntrack -F: no entry of the wrong kind
# stays in the way, in any zone
inbound_first() {
	begin && router conntrack -F || return 1
	for n in 1 2 3; do
		to "$n" -c 1 -W 2 || return 1
	done
	both 3 3 0.05 || return 1
	router conntrack -L -p esp 2>/dev/null | tee "$SCRATCH/list"
	[ "$(grep -c '^' "$SCRATCH/list")" = 3 ]
}

# 2: an entry that began inside out can be listed
listed() {
	begin && router conntrack -F && to 1 -c 1 -W 2 &&
		router conntrack -L && router conntrack -L -o extended
}

# 4: the flowtable does not take IKE
flowtable() {
	router nft -f - <<-END || return 1
		table inet fast {
			flowtable f { hook ingress priority 0; devices = { in1, in2, in3, wan }; }
			chain forward {
				type filter hook forward priority -5
				ip protocol { tcp, udp } flow add @f
			}
		}
	END
	python3 "$PEER/ike.py" exchange $$ 3 20
	local status=$?

	router conntrack -L -p udp 2>/dev/null | tee "$SCRATCH/list"
	router nft delete table inet fast
	[ $status = 0 ] && ! grep OFFLOAD "$SCRATCH/list"
}

# 5: other namespaces have no hook of ours: with one comes conntrack, and it
# would count
only_here() {
	local ns

	begin || return 1
	server python3 "$PEER/esp.py" send "$SERVER4" "$WAN4" 0x7777
	for ns in "$SERVER" "host1-$$" "host2-$$"; do
		[ "$(in_ns "$ns" conntrack -C)" = 0 ] || return 1
		command "$NATCTL" -n "$ns" -j show tunnels |
			jq -e 'length == 0' || return 1
		command "$NATCTL" -n "$ns" -j show statistics |
			jq -e '[.reasons[].count] | add // 0 | . == 0' ||
			return 1
	done
	[ "$(router conntrack -C)" -ge 3 ] || return 1
	# nor has the router, once the service is gone: ESP has no zone
	natctl service delete esp || return 1
	host 1 python3 "$PEER/esp.py" send 10.1.1.2 "$SERVER4" 0x80001777
	router conntrack -L -p esp 2>/dev/null | tee "$SCRATCH/list"
	natctl service add esp && router conntrack -F || return 1
	[ "$(grep -c '^' "$SCRATCH/list")" = 1 ] &&
		! grep zone= "$SCRATCH/list"
}

# 6: another public address is learned where it changes
public_changes() {
	begin || return 1
	ip -n "$SERVER" route add 203.0.113.77 dev eth0
	ip -n "$ROUTER" address add 203.0.113.77/32 dev wan
	router nft flush chain inet nat postrouting
	router nft add rule inet nat postrouting oifname wan \
		ip saddr 10.1.1.2 snat ip to 203.0.113.77
	router nft add rule inet nat postrouting oifname wan masquerade
	router conntrack -F
	# the gateway's answers go where they went: it has no IKE to tell it
	from 1 -c 1 -W 1
	natctl show tunnels | grep -E '10\.1\.1\.2 +203\.0\.113\.77'
	local status=$?

	router nft flush chain inet nat postrouting
	router nft add rule inet nat postrouting oifname wan masquerade
	ip -n "$ROUTER" address del 203.0.113.77/32 dev wan
	return $status
}

# 7: the router's own tunnel to the same gateway
own_tunnel() {
	ip -n "$ROUTER" address add 10.7.9.1/32 dev lo
	ip -n "$ROUTER" route replace 10.9.0.1 via "$SERVER4" src 10.7.9.1
	sa "$ROUTER" add "$WAN4" "$SERVER4" 0x80009001
	sa "$ROUTER" add "$SERVER4" "$WAN4" 0x9001
	sa "$SERVER" add "$WAN4" "$SERVER4" 0x80009001 9
	sa "$SERVER" add "$SERVER4" "$WAN4" 0x9001 9
	policies "$ROUTER" 10.7.9.1/32 10.9.0.1/32 "$WAN4" "$SERVER4" 1
	policies "$SERVER" 10.9.0.1/32 10.7.9.1/32 "$SERVER4" "$WAN4" 9
	# either side first, while others are new
	begin || return 1
	server ping -n -q -I 10.9.0.1 -c 2 -i 0.05 -W 2 10.7.9.1 &&
		router ping -n -q -I 10.7.9.1 -c 2 -i 0.05 -W 2 10.9.0.1 &&
		both 3 3 0.05 && uncrossed &&
		! natctl -j show tunnels | grep -q 36865
}

# 8: the user's zone counts, and notrack is left alone
user_zone() {
	router nft -f - <<-END || return 1
		table inet mine {
			chain early {
				type filter hook prerouting priority raw
				iifname in2 ip protocol esp ct zone set 7
				iifname in3 ip protocol esp notrack
			}
		}
	END
	natctl clear translations esp '*'
	router conntrack -F
	from 1 -c 2 -i 0.2 -W 2
	local one=$?

	from 2 -c 1 -W 1
	from 3 -c 1 -W 1
	natctl -j show tunnels | jq -c .
	natctl -j show tunnels | jq -e 'length == 2 and
		([.[] | select(.["inside-local"].address == "10.1.2.2") |
		.["user-zone"]] == [7])'
	local status=$?

	router nft delete table inet mine
	[ $one = 0 ] && [ $status = 0 ]
}

# 9: unknown SPIs leave no entry of conntrack's
no_junk() {
	begin || return 1
	server python3 "$PEER/esp.py" strange "$SERVER4" "$WAN4" 50
	router conntrack -L -p esp 2>/dev/null | tee "$SCRATCH/list"
	[ "$(grep -c zone= "$SCRATCH/list")" = 3 ] &&
		[ "$(grep -c '^' "$SCRATCH/list")" = 3 ]
}

# 10: three hosts and the router itself keep port 500
cookies() {
	natctl service add ike preserve-port || return 1
	python3 "$PEER/ike.py" preserve $$ 3
}
ports_move() {
	natctl service delete ike preserve-port &&
		router conntrack -F && python3 "$PEER/ike.py" exchange $$ 3 2 &&
		python3 "$PEER/ike.py" moved $$ 3
}

# 11: an entry keeps its zone for life, and conntrack finds it there: deleting
# looks it up by its hash
zone_constant() {
	local n zones again

	begin || return 1
	zones=$(natctl -j show tunnels | jq -c '[.[].zone] | sort')
	# a rekey, and a packet of every kind that could touch an entry
	tunnel 2 2 && from 2 -c 2 -i 0.1 -W 5 || return 1
	retire_host 2 1
	retire_gateway 2 1
	from 1 -s 4000 -c 2 -i 0.1 -W 2 && both 3 3 0.05 || return 1
	again=$(router conntrack -L -p esp 2>/dev/null |
		sed -n 's/.*zone=\([0-9]*\).*/\1/p' | sort -n | jq -cs .)
	echo "zones $zones, of conntrack's entries $again"
	[ "$zones" = "$again" ] || return 1
	for n in $(jq -r '.[]' <<<"$zones"); do
		router conntrack -D -w "$n" 2>&1 | tee "$SCRATCH/deleted"
		grep -q ' 1 flow entries have been deleted' \
			"$SCRATCH/deleted" || return 1
	done
	[ -z "$(router conntrack -L -p esp 2>/dev/null)" ] && both 3 3 0.05
}

# Entries that are older than the module go on in their zone, and nobody else
# gets it: there are three zones for three hosts
older_entries() {
	local before after

	natctl service delete esp && natctl service delete ike 2>/dev/null
	router conntrack -F
	router nft -f - <<-END || return 1
		table inet mine {
			chain early {
				type filter hook prerouting priority raw
				iifname { in3, wan } ip protocol esp ct zone set 40001
			}
		}
	END
	from 3 -c 2 -i 0.1 -W 2
	router nft delete table inet mine
	before=$(router conntrack -L -p esp -o id 2>/dev/null | grep zone=40001)
	natctl set tunnel-zone-low 40000 && natctl set tunnel-zone-high 40002 &&
		natctl service add esp || return 1
	natctl show tunnels verbose
	natctl -j show tunnels | jq -e '[.[] | [.zone,
		.["inside-local"].address, .["inside-global"].address,
		.["outside-global"].address]] ==
		[[40001, "10.1.3.2", "203.0.113.1", "203.0.113.9"]]' &&
		# the gateway may be first
		to 3 -c 2 -i 0.1 -W 2 && from 1 -c 2 -i 0.1 -W 5 &&
		from 2 -c 2 -i 0.1 -W 5 && both 3 3 0.05 && uncrossed
	local status=$?

	after=$(router conntrack -L -p esp -o id 2>/dev/null | grep zone=40001)
	printf '%s\n' "$before" "$after"
	[ -n "$before" ] && [ "${before##* id=}" = "${after##* id=}" ] ||
		status=1
	natctl show tunnels verbose
	natctl service delete esp && natctl set tunnel-zone-low default &&
		natctl set tunnel-zone-high default &&
		natctl service add esp && begin && [ $status = 0 ]
}

# helped: has the one entry of ESP a helper
helped() {
	router conntrack -L -p esp 2>/dev/null | tee /dev/stderr |
		grep -q helper=alg-esp
}

# What is known costs nothing: the helper that learns goes, and comes back for a
# new SPI
helper_goes() {
	local spi

	for spi in 0x1bbb 0x1ccc; do
		[ "$spi" != 0x1bbb ] ||
			{ natctl clear translations esp '*' && router conntrack -F; }
		host_sends 1 $((0x80000000 + spi)) && helped || return 1
		gateway_sends "$spi" && gateway_sends "$spi" 2 &&
			host_sends 1 $((0x80000000 + spi)) 2 &&
			host_sends 1 $((0x80000000 + spi)) 3 || return 1
		[ "$(spi_of 1)" = $((spi)) ] && ! helped || return 1
	done
	begin
}

# No zone is used again while an entry is in it
zones_rest() {
	local before after

	begin || return 1
	before=$(natctl -j show tunnels | jq -c '[.[].zone] | sort')
	begin || return 1
	after=$(natctl -j show tunnels | jq -c '[.[].zone] | sort')
	echo "$before $after"
	[ "$(jq -cn "$before - $after")" = "$before" ]
}

# 12: conntrack's one notifier is ctnetlink's: conntrackd and conntrack -E see
# everything of ours, with its zone
notifier() {
	local n pid status=0

	router conntrack -F >/dev/null 2>&1
	# not by the function: what is killed is to be the tool itself
	ip netns exec "$ROUTER" conntrack -E -o id -e NEW,DESTROY \
		>"$SCRATCH/events" 2>/dev/null &
	pid=$!
	sleep 0.5
	begin || status=1
	router conntrack -F
	sleep 0.5
	kill $pid
	cat "$SCRATCH/events"
	for n in 1 2 3; do
		grep "NEW.*src=10.1.$n.2 dst=$SERVER4.*zone=" \
			"$SCRATCH/events" || status=1
		grep "DESTROY.*src=10.1.$n.2 dst=$SERVER4.*zone=" \
			"$SCRATCH/events" || status=1
	done
	return $status
}

# patient MS: how long a turn and a hint last; a slow machine needs its time
patient() {
	natctl set tunnel-turn-time "$1" && natctl set ike-hint-time "$1"
}

# Section 3: h1 waits for an answer while the gateway speaks first to h2, who
# has just had a key exchange
gateway_first() {
	local before

	patient 30000
	natctl clear translations esp '*'
	router conntrack -F
	before=$(reason spi-ambiguous)
	# h1's packet is not answered: the gateway has no such SA
	host_sends 1 0x80001777
	python3 "$PEER/ike.py" child $$ 2 && ! to 2 -c 1 -W 1 &&
		# ambiguous for now: nobody gets it
		uncrossed_or_none &&
		[ "$(reason spi-ambiguous)" -gt "$before" ]
	local status=$?

	natctl clear translations esp '*'
	router conntrack -F
	[ $status = 0 ] && python3 "$PEER/ike.py" child $$ 2 1 &&
		to 2 -c 3 -i 0.2 -W 2 && uncrossed && begin && uncrossed
	status=$?
	patient default
	return $status
}
uncrossed_or_none() {
	[ "$(natctl -j show tunnels | jq '[.[] | select(.["spi-in"])] | length')" = 0 ] ||
		uncrossed
}

# A gateway that rekeys first, in the middle of traffic
gateway_rekeys() {
	begin || return 1
	# a slow machine may take its time from one program to the next
	natctl set ike-hint-time 30000
	python3 "$PEER/ike.py" child $$ 2 2 || return 1
	server python3 "$PEER/esp.py" send "$SERVER4" "$WAN4" 0x2222
	natctl set ike-hint-time default
	natctl -j show tunnels | jq -e '[.[] |
		select(.["inside-local"].address == "10.1.2.2") |
		.["spi-in"], .evidence] == [8738, "ike"]'
}

# A repeated exchange is no news
repeated() {
	begin || return 1
	python3 "$PEER/ike.py" child $$ 3 7 || return 1
	server python3 "$PEER/esp.py" send "$SERVER4" "$WAN4" 0x3333
	python3 "$PEER/ike.py" child $$ 3 7 || return 1
	server python3 "$PEER/esp.py" send "$SERVER4" "$WAN4" 0x4444
	natctl -j show tunnels | jq -e '[.[] |
		select(.["inside-local"].address == "10.1.3.2") |
		.["spi-in"]] == [13107]'
}

# What came before a host's turn is not taken for its answer: h3 has sent and
# was not answered in time, then the gateway speaks to it while h2 has its turn
chatter() {
	local before pid status

	patient 30000
	natctl clear translations esp '*'
	router conntrack -F
	answered 1 0x1aaa || return 1
	patient 100
	host_sends 3 0x80003aaa
	sleep 0.5
	patient 30000
	before=$(reason spi-unknown)
	ip netns exec "$SERVER" python3 "$PEER/esp.py" chatter "$SERVER4" \
		"$WAN4" 0x3aaa &
	pid=$!
	sleep 1
	[ "$(reason spi-unknown)" -ge $((before + 3)) ]
	status=$?
	before=$(reason spi-ambiguous)
	host_sends 2 0x80002aaa
	sleep 0.5
	natctl show tunnels
	[ "$(reason spi-ambiguous)" -gt "$before" ] &&
		[ "$(spi_of 2)" = null ] && [ "$(spi_of 3)" = null ] ||
		status=1
	# what comes now for the first time is
	gateway_sends 0x2aaa
	natctl show tunnels
	kill $pid
	patient default
	[ $status = 0 ] && [ "$(spi_of 2)" = $((0x2aaa)) ] &&
		[ "$(spi_of 3)" = null ]
}

# The gateway speaks first to h2 while h1 has its turn, and no key exchange was
# seen: h1 gets the SPI at first. When h2 sends with an SPI that fits it by the
# predicate, the second packet moves it, and h1 still gets its own.
moves() {
	local pid

	natctl service delete esp && natctl service add esp spi-match fold16 &&
		natctl service | grep esp || return 1
	patient 30000
	router conntrack -F
	"$NATCTL" -n "$ROUTER" monitor ipsec >"$SCRATCH/events" &
	pid=$!
	sleep 0.3
	host_sends 3 0x80003bbb
	gateway_sends 0x3bbb
	gateway_sends 0x3bbb 2
	host_sends 1 0x80001bbb
	# h2 is the responder: the halves of the gateway's SPI are 8111 and 9222
	gateway_sends 0x13330bbb
	[ "$(spi_of 1)" = $((0x13330bbb)) ] && [ "$(spi_of 2)" = null ] ||
		return 1
	host_sends 2 0x81119222
	watch_host 2 4
	gateway_sends 0x13330bbb 2
	wait_watch && [ "$(spi_of 2)" = $((0x13330bbb)) ] &&
		[ "$(spi_of 1)" = null ] || return 1
	host_sends 1 0x80001bbb 2
	gateway_sends 0x1bbb
	gateway_sends 0x1bbb 2
	natctl show tunnels
	[ "$(spi_of 1)" = $((0x1bbb)) ] && [ "$(spi_of 3)" = $((0x3bbb)) ]
	local status=$?

	sleep 0.2
	kill $pid
	cat "$SCRATCH/events"
	patient default
	natctl service delete esp && natctl service add esp &&
		[ $status = 0 ] &&
		grep 'spi-moved 13330BBB 10.1.2.2 .*by match' "$SCRATCH/events"
}

# Two hosts chose one SPI: the first keeps it, and it is counted; the second has
# it when the first is gone
same_spi() {
	local before

	patient 30000
	natctl clear translations esp '*'
	router conntrack -F
	answered 3 0x3ccc && answered 1 0x1ccc || return 1
	before=$(reason spi-clash)
	host_sends 2 0x80002ccc
	watch_host 1 4
	gateway_sends 0x1ccc 1
	wait_watch || return 1
	natctl show tunnels
	[ "$(reason spi-clash)" = $((before + 1)) ] &&
		[ "$(spi_of 1)" = $((0x1ccc)) ] && [ "$(spi_of 2)" = null ] &&
		[ "$(spi_of 3)" = $((0x3ccc)) ] || return 1
	natctl clear translations esp inside "$WAN4" 10.1.1.2 || return 1
	host_sends 2 0x80002ccc 2
	gateway_sends 0x1ccc 2
	natctl show tunnels
	patient default
	[ "$(spi_of 2)" = $((0x1ccc)) ] && begin
}

# A host that the access list denies goes on through conntrack alone
denied_beside() {
	natctl access-list add two deny host 10.1.1.2
	natctl access-list add two permit any
	natctl service delete esp && natctl service add esp list two || return 1
	router conntrack -F
	for n in 1 2 3; do
		from "$n" -c 2 -i 0.05 -W 5 || return 1
	done
	both 3 3 0.05 && [ "$(tunnels)" = 2 ] || return 1
	natctl service delete esp && natctl service add esp
}

# A static translation, where the gateway is first, without the router's help
static_nat() {
	router nft -f - <<-END || return 1
		table inet still {
			chain in {
				type nat hook prerouting priority -110
				ip saddr $SERVER4 ip daddr 203.0.113.50 dnat ip to 10.1.3.2
			}
			chain pass {
				type filter hook forward priority -1
				ip daddr 10.1.3.2 counter
			}
		}
	END
	router nft insert rule inet filter forward ip daddr 10.1.3.2 accept
	ip -n "$SERVER" route add 203.0.113.50 via "$WAN4"
	server python3 "$PEER/esp.py" send "$SERVER4" 203.0.113.50 0x5050 1
	host 3 python3 "$PEER/esp.py" send 10.1.3.2 "$SERVER4" 0x80005050 1
	router nft list chain inet still pass | grep 'packets 1 '
	local status=$?

	router nft delete table inet still
	router nft delete rule inet filter forward handle "$(router nft -a list chain inet filter forward | sed -n 's/.*10.1.3.2 accept # handle //p')"
	natctl clear translations esp '*'
	router conntrack -F
	return $status
}

# ESP that is not translated goes both ways
transit() {
	router nft insert rule inet nat postrouting ip saddr 10.1.3.2 accept
	ip -n "$SERVER" route add 10.1.3.0/24 via "$WAN4"
	natctl clear translations esp '*'
	router conntrack -F
	host 3 python3 "$PEER/esp.py" watch eth0 3 >"$SCRATCH/seen" &
	local watcher=$!
	sleep 1
	host 3 python3 "$PEER/esp.py" send 10.1.3.2 "$SERVER4" 0x80007777 1
	sleep 0.2
	server python3 "$PEER/esp.py" send "$SERVER4" 10.1.3.2 0x7777 1
	sleep 0.3
	natctl -j show tunnels | jq -e '[.[].state] == ["untranslated"]'
	local status=$?

	wait "$watcher"
	cat "$SCRATCH/seen"
	router nft flush chain inet nat postrouting
	router nft add rule inet nat postrouting oifname wan masquerade
	ip -n "$SERVER" route del 10.1.3.0/24 via "$WAN4"
	[ $status = 0 ] && grep 'ESP 203.0.113.9 > 10.1.3.2' "$SCRATCH/seen"
}

# A tunnel of somebody the firewall does not let out is forgotten soon
trial() {
	natctl clear translations esp '*'
	router nft insert rule inet filter forward iifname in2 drop
	host 2 python3 "$PEER/esp.py" send 10.1.2.2 "$SERVER4" 0x80002001
	[ "$(tunnels)" = 1 ] || return 1
	router nft delete rule inet filter forward handle "$(router nft -a list chain inet filter forward | sed -n 's/.*in2" drop # handle //p')"
	for _ in $(seq 14); do
		sleep 0.5
		[ "$(tunnels)" = 0 ] && return 0
	done
	return 1
}

# Held packets go with their tunnel, and with the service
drained() {
	natctl set tunnel-turn-time 30000
	natctl clear translations esp '*'
	router conntrack -F
	for n in 1 2 3; do
		host "$n" python3 "$PEER/esp.py" send "10.1.$n.2" "$SERVER4" $((0x80000700 + n))
	done
	natctl show tunnels
	[ "$(natctl -j show tunnels | jq '[.[] | select(.state == "waiting")] | length')" = 2 ] &&
		natctl service delete esp && [ "$(tunnels)" = 0 ] &&
		natctl service add esp && natctl set tunnel-turn-time default
}

limits() {
	natctl set tunnels-max 2 && natctl clear translations esp '*'
	router conntrack -F
	for n in 1 2 3; do
		from "$n" -c 1 -W 1
	done
	natctl show limits
	[ "$(tunnels)" = 2 ] && [ "$(reason limit-tunnels)" -ge 1 ]
	local status=$?

	natctl set tunnels-max default
	return $status
}

ah() {
	host 1 python3 "$PEER/esp.py" ah 10.1.1.2 "$SERVER4"
	[ "$(reason ah)" = 1 ]
}

plan 29
topology nat
hosts 3
for n in 1 2 3; do
	tunnel "$n"
done
alg esp
try "1, 3: the gateway is first after conntrack -F" inbound_first
try "2: an entry that the gateway began can be listed" listed
try "4: the flowtable does not take IKE" flowtable
try "5: only a namespace with a service is touched" only_here
try "6: a new public address is learned" public_changes
try "7: the router's own tunnel to the same gateway" own_tunnel
try "8: the user's zone counts, notrack is left alone" user_zone
try "9: unknown SPIs leave no connection behind" no_junk
try "10: three hosts and the router keep port 500" cookies
try "10: without preserve-port they get other ports" ports_move
try "11: an entry keeps its zone for life" zone_constant
try "entries older than the module go on in their zone" older_entries
try "the helper is there while there is something to learn" helper_goes
long "a zone rests before it is used again" zones_rest
try "12: conntrack's notifier is ctnetlink's" notifier
try "the gateway speaks first to h2 while h1 is pending" gateway_first
try "the gateway rekeys: its first packet is known by the exchange" gateway_rekeys
try "a repeated exchange teaches nothing twice" repeated
try "what came before is no answer" chatter
try "an SPI that h1 was given moves to h2 on later evidence" moves
try "one SPI at two hosts: the first keeps it, it is counted" same_spi
try "a host the list denies goes on beside the others" denied_beside
try "a static translation where the gateway is first" static_nat
try "ESP without NAT goes both ways" transit
try "what the firewall stops is forgotten soon" trial
try "held packets go with the service" drained
try "tunnels-max is kept" limits
try "AH is counted" ah
try "all is well at the end" begin
delete_hosts
finish
