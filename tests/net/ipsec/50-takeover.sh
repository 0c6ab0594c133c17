#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The first router dies, the second one takes its addresses by keepalived:
# connections have come by conntrackd, tunnels by natctl, and all of them go on,
# also where a host has two CHILD_SAs. The network is drawn in pair.sh.
#
# machine: uml qemu
# ci: uml
# chroot: ipsec
# timeout: 900
. "$(dirname "$0")/tunnels.sh"
. "$(dirname "$0")/pair.sh"

N=$(full 16 3)

# Whoever forwards is the one the functions of tunnels.sh ask
forwards() {
	ROUTER=$1
	export ROUTER
}

# die NS: without a word; all of it before the other one can notice
die() {
	kill -KILL -- "-$(<"$SCRATCH/keepalived-$1.session")"
	ip -n "$1" -batch - <<-END
		link set lan down
		link set wan down
		link set sync down
	END
	kill -STOP "$(cat "$SCRATCH/$1.pid")"
	keepalived_stop "$1" KILL
	echo backup >"$SCRATCH/$1.role"
}

# come_back NS: as a backup
come_back() {
	no_addresses "$1"
	kill -CONT "$(cat "$SCRATCH/$1.pid")"
	ip -n "$1" link set lan up
	ip -n "$1" link set wan up
	ip -n "$1" link set sync up
	: >"$SCRATCH/$1.role"
	keepalived_start "$1" 100
	becomes "$1" backup
}

take() {
	forwards "$1"
	becomes "$1" master
}

# tunnels_of NS: as far as they must be equal
tunnels_of() {
	command "$NATCTL" -n "$1" save --state | sed 's/ idle [0-9]*//'
}

# equal SECONDS: both routers have the same tunnels, soon
equal() {
	local end=$((SECONDS + $1))

	until [ "$(tunnels_of "$FIRST")" = "$(tunnels_of "$SECOND")" ]; do
		if [ $SECONDS -gt "$end" ]; then
			tunnels_of "$FIRST" | diff - <(tunnels_of "$SECOND")
			return 1
		fi
		sleep 0.2
	done
	tunnels_of "$FIRST"
	[ "$(tunnels_of "$SECOND" | grep -c 'tunnel add')" = "$N" ]
}

# zones_sent NS: conntrackd there has them with their zones
zones_sent() {
	local end=$((SECONDS + 5)) got

	until [ "${got:-0}" = "$N" ]; do
		if [ $SECONDS -gt $end ]; then
			conntrackd_ask "$1" -e
			conntrackd_ask "$1" -s
			return 1
		fi
		sleep 0.2
		got=$(conntrackd_ask "$1" -e | grep -c 'unknown  50 .*zone=\|esp .*zone=')
	done
	conntrackd_ask "$1" -e | grep zone=
}

# esp_count NS SELECTOR...: packets that SAs there have seen
esp_count() {
	ip -n "$1" -s xfrm state | sed -n 's/.*bytes), \([0-9]*\)(packets)/\1/p' |
		awk '{ sum += $1 } END { print sum + 0 }'
}

# went_on FILE DIED TAKEN: times in s. No answer is missing up to the one, none
# from the first one behind the other on, which comes within 3 s; prints how
# many are missing between
went_on() {
	awk -v died="$2" -v taken="$3" '
		/bytes from/ && match($0, /^\[[0-9.]+\]/) {
			time = substr($0, 2, RLENGTH - 2)
			match($0, /icmp_seq=[0-9]+/)
			seq = substr($0, RSTART + 9, RLENGTH - 9) + 0
			if (seq != last + 1) {
				lost += seq - last - 1
				gaps++
				if (time < died || begun)
					wrong = wrong " " last + 1
			}
			if (time > taken && !begun)
				begun = time
			last = seq
		}
		END {
			print lost + 0
			if (!begun || begun - taken > 3 || wrong || gaps > 1) {
				print "begun after", begun - taken, "s, missing",
					wrong, "gaps", gaps
				exit 1
			}
		}' "$1"
}

# survive FROM TO: the one dies in mid-traffic, the other takes over
survive() {
	local n name pid pings=() lost=0 worst=0 status=0 died taken before now

	before=$(esp_count "$SERVER")
	for n in $(seq "$N"); do
		ip netns exec "host$n-$$" ping -n -D -i 0.05 -I "10.7.$n.1" \
			10.9.0.1 >"$SCRATCH/from$n" 2>&1 &
		pings+=($!)
		ip netns exec "$SERVER" ping -n -D -i 0.05 -I 10.9.0.1 \
			"10.7.$n.1" >"$SCRATCH/to$n" 2>&1 &
		pings+=($!)
	done
	sleep 2
	died=$EPOCHREALTIME
	die "$1"
	take "$2"
	taken=$EPOCHREALTIME
	sleep 3
	kill -INT "${pings[@]}"
	wait "${pings[@]}"
	for n in $(seq "$N"); do
		for name in from to; do
			if ! went_on "$SCRATCH/$name$n" "$died" "$taken" \
				>"$SCRATCH/went"; then
				echo "$name $n:"
				cat "$SCRATCH/went"
				status=1
			fi
			now=$(sed -n 1p "$SCRATCH/went")
			lost=$((lost + now))
			[ "$now" -le $worst ] || worst=$now
		done
	done
	echo "figure: the change took $(((${taken/./} - ${died/./}) / 1000)) ms; a ping every 50 ms each way: $lost lost in $((2 * N)) directions, $worst in one at most; none before and after; the gateway's SAs saw $(($(esp_count "$SERVER") - before)) packets"
	# they did fall into the change
	[ $worst -gt 0 ] && [ $status = 0 ]
}

# same_zones FILE: connections are in the zones that they had with the other one
same_zones() {
	router conntrack -L -p esp 2>/dev/null | sed -n 's/.*src=\(10[.0-9]*\) .*zone=\([0-9]*\).*/\1 \2/p' |
		sort >"$SCRATCH/zones"
	diff "$SCRATCH/$1" "$SCRATCH/zones" && [ "$(grep -c . "$SCRATCH/zones")" = "$N" ]
}

nothing_strange() {
	[ "$(reason spi-unknown)$(reason spi-ambiguous)$(reason tunnel-waiting)" = 000 ]
}

# Without the state the gateway's packets are nobody's on the second router
without_state() {
	die "$FIRST"
	take "$SECOND"
	! to 1 -c 3 -i 0.2 -W 1 && [ "$(tunnels)" = 0 ]
}

# What came of that is forgotten, the first one forwards again. What came to the
# second one itself has made a connection there, which would be in the way.
first_again() {
	in_ns "$SECOND" conntrack -F
	forwards "$FIRST"
	router conntrack -F
	command "$NATCTL" -n "$SECOND" clear translations esp '*'
	come_back "$FIRST" || return 1
	keepalived_stop "$SECOND" TERM
	no_addresses "$SECOND"
	take "$FIRST" || return 1
	keepalived_start "$SECOND" 100
	becomes "$SECOND" backup && both "$N" 3 0.1
}

# The first tunnel gets new SPIs from the second router
rekey() {
	tunnel 1 2 && retire_host 1 1 && both "$N" 3 0.1 &&
		retire_gateway 1 1 && both "$N" 3 0.1 && uncrossed
}

# A second CHILD_SA of host 1, by hand
SA=0x1fff
second_sa() {
	local status

	# a slow machine takes its time from one program to the next
	natctl set tunnel-turn-time 60000
	answered 1 $SA
	status=$?
	natctl set tunnel-turn-time default
	[ $status = 0 ] && from 1 -c 2 -i 0.1 -W 5 && uncrossed
}

# Both in turn: the packets of one are between those of the other, and the host
# gets the 6 of the one and the 20 answers of the other
in_turn() {
	local seq pid

	watch_host 1 25
	ip netns exec "host1-$$" ping -n -q -I 10.7.1.1 -c 20 -i 0.1 -W 5 \
		10.9.0.1 >"$SCRATCH/turn" 2>&1 &
	pid=$!
	for seq in $(seq 3 8); do
		host_sends 1 $((0x80000000 + SA)) "$seq" &&
			gateway_sends $SA "$seq" || return 1
	done
	wait $pid
	cat "$SCRATCH/turn"
	wait_watch &&
		[ "$(grep -c "ESP $SERVER4 > 10.1.1.2" "$SCRATCH/watched")" = 26 ] &&
		[ "$(received "$SCRATCH/turn")" = 20 ]
}

refused_there() {
	tunnels_of "$FIRST" | takeover "$1" receive && return 1
	equal 10
}

plan 20
pair "$N"
services "$FIRST" "$SECOND"
try "conntrackd on both" eval '
	conntrackd_start "$FIRST" 192.168.9.1 192.168.9.2 &&
	conntrackd_start "$SECOND" 192.168.9.2 192.168.9.1'
try "keepalived on both: the first one forwards" eval '
	keepalived_start "$FIRST" 150 && becomes "$FIRST" master &&
	keepalived_start "$SECOND" 100 && becomes "$SECOND" backup'
for n in $(seq "$N"); do
	tunnel "$n"
done
try "all tunnels by the first router" eval 'begin "$N" || begin "$N"'
try "without the state the gateway's packets are lost on the second router" \
	without_state
try "the first one forwards again" first_again
sender "$FIRST" "$SECOND"
sender "$SECOND" "$FIRST"
try "a host has two CHILD_SAs" second_sa
try "IKE of all hosts by port 500" python3 "$PEER/ike.py" exchange $$ "$N" 1
try "the second router knows all tunnels, in their zones" equal 40
try "conntrackd carries the zones" zones_sent "$SECOND"
router conntrack -L -p esp 2>/dev/null | sed -n 's/.*src=\(10[.0-9]*\) .*zone=\([0-9]*\).*/\1 \2/p' |
	sort >"$SCRATCH/before"
try "the first router dies, the second one takes over in mid-traffic" \
	survive "$FIRST" "$SECOND"
try "two CHILD_SAs are used in turn" in_turn
try "all both ways at once, without a loss" both "$N" 5 0.1
try "connections are in the zones they had" same_zones before
try "nothing was unknown or waited" nothing_strange
try "what the gateway says in IKE reaches its host" \
	python3 "$PEER/ike.py" ask $$ "$N"
try "a tunnel rekeys" rekey
come_back "$FIRST"
try "the first router comes back, and is told" equal 40
try "the one that forwards takes no tunnels" refused_there "$SECOND"
try "the second one dies, the first one takes over" survive "$SECOND" "$FIRST"
try "all both ways at once, without a loss" both "$N" 5 0.1
pair_end
finish
