# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Inside hosts with ESP tunnels of the kernel's own to one gateway, on top of
# topology.sh. Sourced by the tests.
#
#   host 1       in1 \                                      gateway
#   10.1.1.2 --------+   router           203.0.113/24     (the "server")
#   host 2       in2 |   masquerades  wan .1 ---------- .9
#   10.1.2.2 --------+   all of them                      inner 10.9.0.1,
#   host 3       in3 |                                    fd99::1
#   10.1.3.2 --------/
#   inner 10.7.N.1, fd77:N::1
#
#  The firewall lets new connections out and nothing new in. IPv6: host N is
#  fd01:N::2, seen as 2001:db8:1::1 by the gateway 2001:db8:1::9. A host's SPI
#  (what the gateway sends with) is 0x1000 * N + a count, the gateway's
#  0x80000000 more.
. "$(dirname "${BASH_SOURCE[0]}")/../topology.sh"

KEY=0x000102030405060708090a0b0c0d0e0f10111213
HOSTS=()

host() {
	local n=$1

	shift
	in_ns "host$n-$$" "$@"
}

# hosts N: host 1 to N, behind the router
hosts() {
	local n ns

	for n in $(seq "$1"); do
		ns=host$n-$$
		HOSTS+=("$ns")
		ip netns add "$ns" || exit 1
		host "$n" sysctl -qw net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0
		ip -n "$ns" link set lo up
		inside "$ns" "in$n" "10.1.$n.2" "10.1.$n.1" "fd01:$n::2" \
			"fd01:$n::1"
		ip -n "$ns" address add "10.7.$n.1/32" dev lo
		ip -n "$ns" address add "fd77:$n::1/128" dev lo nodad
		ip -n "$ns" route replace 10.9.0.1 via "10.1.$n.1" \
			src "10.7.$n.1"
		ip -n "$ns" route replace fd99::1 via "fd01:$n::1" \
			src "fd77:$n::1"
	done
	ip -n "$SERVER" address add 10.9.0.1/32 dev lo
	ip -n "$SERVER" address add fd99::1/128 dev lo nodad
	ip -n "$SERVER" route add 10.7.0.0/16 via "$WAN4" src 10.9.0.1
	ip -n "$SERVER" route add fd77::/16 via "$WAN6" src fd99::1
	router nft add rule inet filter forward iifname '"in*"' \
		oifname wan ct state new accept
}

# sa NS {add|del} SOURCE DESTINATION SPI: one SA of a tunnel
sa() {
	local ns=$1 verb=$2

	if [ "$verb" = del ]; then
		ip -n "$ns" xfrm state delete src "$3" dst "$4" proto esp \
			spi "$5"
	else
		ip -n "$ns" xfrm state add src "$3" dst "$4" proto esp \
			spi "$5" mode tunnel reqid "${6:-1}" replay-window 32 \
			aead 'rfc4106(gcm(aes))' $KEY 128
	fi
}

# tunnel N [COUNT [4|6]]: SAs and policies of host N and the gateway; from the
# second count on the gateway rekeys: a key exchange, then its packets
tunnel() {
	local n=$1 count=${2:-1} family=${3:-4}
	local in=$((0x1000 * n + count))
	local out=$((0x80000000 + in))
	local ns=host$n-$$ inside=10.1.$n.2 gateway=$SERVER4 public=$WAN4
	local reqid=$((1000 + n))	# a key daemon begins with 1
	local mine=10.7.$n.1/32 theirs=10.9.0.1/32 ike=()

	if [ "$family" = 6 ]; then
		ike=(-6)
		inside=fd01:$n::2 gateway=$SERVER6 public=$WAN6
		mine=fd77:$n::1/128 theirs=fd99::1/128
	fi
	# as key exchanges do it: who is to receive is ready first
	sa "$SERVER" add $public $gateway $out $reqid
	sa "$ns" add $gateway $inside $in
	[ "$count" = 1 ] || python3 "$PEER/ike.py" "${ike[@]}" child $$ "$n" \
		"$count" || return 1
	sa "$SERVER" add $gateway $public $in $reqid
	sa "$ns" add $inside $gateway $out
	[ "$count" = 1 ] || return 0
	policies "$ns" $mine $theirs $inside $gateway 1
	policies "$SERVER" $theirs $mine $gateway $public $reqid
}

# policies NS MINE THEIRS LOCAL REMOTE REQID
policies() {
	ip -n "$1" xfrm policy add src "$2" dst "$3" dir out tmpl \
		src "$4" dst "$5" proto esp mode tunnel reqid "$6"
	ip -n "$1" xfrm policy add src "$3" dst "$2" dir in tmpl \
		src "$5" dst "$4" proto esp mode tunnel reqid "$6"
}

# retire N COUNT: the SAs of a count go: the next packets use the others
retire_host() {
	local n=$1 in=$((0x1000 * $1 + $2))

	sa "host$n-$$" del "10.1.$n.2" "$SERVER4" $((0x80000000 + in))
}
retire_gateway() {
	local in=$((0x1000 * $1 + $2))

	sa "$SERVER" del "$SERVER4" "$WAN4" $in
}

# from N [PING...]: host N pings the gateway's inner address
from() {
	local n=$1

	shift
	host "$n" ping -n -q -I "10.7.$n.1" "$@" 10.9.0.1
}

# to N [PING...]: and the other way round
to() {
	local n=$1

	shift
	server ping -n -q -I 10.9.0.1 "$@" "10.7.$n.1"
}

# received FILE: how many answers a ping counts
received() {
	sed -n 's/.* \([0-9]*\) received.*/\1/p' "$1"
}

# both N COUNT INTERVAL: hosts 1 to N ping, and are pinged, all at once; nobody
# loses more than LOSE (0) packets
both() {
	local n status=0 got name pids=()

	for n in $(seq "$1"); do
		from "$n" -c "$2" -i "$3" -W 5 >"$SCRATCH/from$n" 2>&1 &
		pids+=($!)
		to "$n" -c "$2" -i "$3" -W 5 >"$SCRATCH/to$n" 2>&1 &
		pids+=($!)
	done
	wait "${pids[@]}"
	for n in $(seq "$1"); do
		for name in from to; do
			got=$(received "$SCRATCH/$name$n")
			[ "${got:-0}" -ge $(($2 - ${LOSE:-0})) ] && continue
			echo "$name $n: ${got:-0} of $2"
			status=1
		done
	done
	return $status
}

# begin [N]: hosts 1 to N (3) begin anew, each with a packet of its own
begin() {
	local n pids=()

	router conntrack -F >/dev/null 2>&1
	natctl clear translations esp '*' || return 1
	for n in $(seq "${1:-3}"); do
		from "$n" -c 2 -i 0.05 -W 5 >"$SCRATCH/begin$n" 2>&1 &
		pids+=($!)
	done
	wait "${pids[@]}"
	for n in $(seq "${1:-3}"); do
		grep '2 received' "$SCRATCH/begin$n" || return 1
	done
}

# tunnels: how many the router knows; crossed: none has another one's SPI
tunnels() {
	natctl -j show tunnels | jq length
}
uncrossed() {
	natctl -j show tunnels | jq -e 'length > 0 and all(.[];
		(.["inside-local"].address | split(".")[2] | tonumber) as $n |
		(.["spi-in"] == null or (.["spi-in"] / 4096 | floor) == $n))'
}

# host_sends N SPI [SEQ], gateway_sends SPI [SEQ]: one ESP packet made by hand
host_sends() {
	host "$1" python3 "$PEER/esp.py" send "10.1.$1.2" "$SERVER4" "${@:2}"
}
gateway_sends() {
	server python3 "$PEER/esp.py" send "$SERVER4" "$WAN4" "$@"
}

# answered N SPI: host N sends, the gateway answers twice with an SPI
answered() {
	host_sends "$1" $((0x80000000 + $2)) && gateway_sends "$2" &&
		gateway_sends "$2" 2 && [ "$(spi_of "$1")" = $(($2)) ]
}

# spi_of N: the SPI of the gateway's that host N's tunnel has, or null
spi_of() {
	natctl -j show tunnels | jq --arg host "10.1.$1.2" \
		'[.[] | select(.["inside-local"].address == $host)][0]["spi-in"]'
}

# watch_host N SECONDS, then wait_watch: does host N get ESP of the gateway's
watch_host() {
	host "$1" python3 "$PEER/esp.py" watch eth0 "$2" >"$SCRATCH/watched" &
	watcher=$!
	sleep 0.4
}
wait_watch() {
	wait "$watcher"
	cat "$SCRATCH/watched"
	grep -q "ESP $SERVER4 > 10" "$SCRATCH/watched"
}

# long DESCRIPTION COMMAND...: a step of the long form
long() {
	if [ -n "$FULL" ]; then
		try "$@"
	else
		skip "$1" "takes longer than CI has: --full"
	fi
}

# The hosts go too
delete_hosts() {
	local ns

	for ns in "${HOSTS[@]}"; do
		ip netns del "$ns" 2>/dev/null
	done
	return 0
}
