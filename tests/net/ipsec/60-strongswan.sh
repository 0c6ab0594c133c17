#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Hosts 1 to 3 have plain ESP tunnels of the kernel's own, hosts 4 and 5
# strongSwan, which encapsulates in UDP where it sees a NAT; all of them to one
# gateway, where strongSwan answers. Its clients do not notice the module. The
# network is drawn in tunnels.sh, strongSwan is that of peers.sh.
#
# machine: uml qemu
# ci: none
# chroot: ipsec
# timeout: 900
. "$(dirname "$0")/tunnels.sh"
. "$(dirname "$0")/peers.sh"

# charon NAME NS: with a /run of its own; it listens for swanctl on its lo
charon() {
	local end=$((SECONDS + 20))

	# what is not named there has its default
	cat >"$SCRATCH/charon-$1.conf" <<-END
		charon {
			install_routes = no
			plugins {
				include /etc/strongswan.d/charon/*.conf
				vici {
					socket = tcp://127.0.0.1:4502
				}
			}
			filelog {
				stderr {
					default = 1
				}
			}
		}
	END
	STRONGSWAN_CONF=$SCRATCH/charon-$1.conf ip netns exec "$2" unshare -m sh -c 'mount -t tmpfs run /run && exec "$0"' \
		/usr/lib/ipsec/charon >"$SCRATCH/charon-$1" 2>&1 </dev/null &
	echo $! >"$SCRATCH/charon-$1.pid"
	disown
	until in_ns "$2" ss -Hlnt 'sport = :4502' | grep -q .; do
		[ $SECONDS -lt $end ] || { cat "$SCRATCH/charon-$1"; return 1; }
		sleep 0.1
	done
	swanctl "$2" --load-all --file "$SCRATCH/swanctl-$1.conf"
}

# swanctl NS WORDS...
swanctl() {
	local ns=$1 word=$2

	shift 2
	STRONGSWAN_CONF=$SCRATCH/swanctl.conf \
		in_ns "$ns" timeout 20 /usr/sbin/swanctl "$word" \
		--uri tcp://127.0.0.1:4502 "$@"
}

# connection NAME LOCAL REMOTE ID PEER MINE THEIRS
connection() {
	cat <<-END
		$1 {
			version = 2
			local_addrs = $2
			remote_addrs = $3
			proposals = aes256-sha256-modp2048
			local {
				auth = psk
				id = $4
			}
			remote {
				auth = psk
				id = $5
			}
			children {
				$1 {
					local_ts = $6
					remote_ts = $7
					esp_proposals = aes256-sha256
				}
			}
		}
	END
}

# configure NAME CONNECTION...
configure() {
	{
		echo 'connections {'
		cat
		echo '}'
		echo 'secrets { ike-all { secret = of-all-of-them } }'
	} >"$SCRATCH/swanctl-$1.conf"
}

start() {
	echo 'swanctl { load = random nonce aes sha2 hmac pem pkcs1 pubkey }' \
		>"$SCRATCH/swanctl.conf"
	for n in 4 5; do
		connection g "10.1.$n.2" "$SERVER4" "h$n" g "10.7.$n.1/32" \
			10.9.0.1/32 | configure "h$n"
		charon "h$n" "host$n-$$" || return 1
	done
	for n in 4 5; do
		connection "h$n" "$SERVER4" %any g "h$n" 10.9.0.1/32 \
			"10.7.$n.1/32"
	done | configure g
	charon g "$SERVER"
}

up() {
	local n

	for n in "$@"; do
		swanctl "host$n-$$" --initiate --child g || return 1
	done
}

# Both of strongSwan's, and with the others
swans() {
	local n

	for n in 4 5; do
		from "$n" -c 3 -i 0.1 -W 2 && to "$n" -c 3 -i 0.1 -W 2 ||
			return 1
	done
}

# During COMMAND all of them talk; nobody loses more than LOSE
during() {
	local pings status

	both 5 50 0.1 &
	pings=$!
	sleep 1
	"$@"
	status=$?
	wait $pings && [ $status = 0 ]
}

# Encapsulated packets are in conntrack's own zone, the others in theirs
zones() {
	router conntrack -L 2>/dev/null | tee "$SCRATCH/list"
	# what the gateway repeats to a mapping that is gone is nobody's
	[ "$(grep -c '^udp.* src=10\.1\..* dport=4500 ' "$SCRATCH/list")" = 2 ] &&
		! grep '^udp.*dport=4500 .*zone=' "$SCRATCH/list" &&
		[ "$(grep -c '\(^esp\|^unknown\).*zone=' "$SCRATCH/list")" = 3 ]
}

wire() {
	local watch

	ip netns exec "$SERVER" python3 "$PEER/esp.py" watch eth0 120 \
		>"$SCRATCH/wire" &
	watch=$!
	disown
	sleep 3
	both 5 10 0.1
	kill $watch
	sort "$SCRATCH/wire" | uniq -c
	# 3 tunnels and 2, each with 10 pings both ways, and their answers
	[ "$(grep -c ESP "$SCRATCH/wire")" -ge 120 ] &&
		[ "$(grep -c 4500 "$SCRATCH/wire")" -ge 80 ]
}

# No ESP tunnel is known of them
not_ours() {
	natctl show tunnels verbose
	natctl -j show tunnels | jq -e 'all(.[]; (.["inside-local"].address |
		split(".")[2] | tonumber) <= 3 or (.["spi-in"] or .["spi-out"] | not))'
}

preserve() {
	natctl service add ike preserve-port && router conntrack -F || return 1
	for n in 4 5; do
		swanctl "host$n-$$" --terminate --ike g
	done
	up 4 5 && swans
}

restart() {
	echo 'swanctl { load = random nonce aes sha2 hmac pem pkcs1 pubkey }' \
		>"$SCRATCH/swanctl.conf"
	kill -9 "$(cat "$SCRATCH/charon-h4.pid")"
	ip -n "host4-$$" xfrm state flush
	ip -n "host4-$$" xfrm policy flush
	sleep 0.5
	charon h4 "host4-$$" && up 4 && swans && both 5 5 0.1
}

# Tunnels are forgotten and learned: those who encapsulate lose nothing
undisturbed() {
	local n status=0

	for n in 4 5; do
		from "$n" -c 40 -i 0.05 -W 2 >"$SCRATCH/from$n" &
		to "$n" -c 40 -i 0.05 -W 2 >"$SCRATCH/to$n" &
	done
	sleep 0.5
	natctl clear translations esp '*'
	for n in 1 2 3; do
		from "$n" -c 2 -i 0.2 -W 5 >/dev/null &
	done
	wait
	for n in from4 to4 from5 to5; do
		echo "$n: $(received "$SCRATCH/$n") of 40"
		[ "$(received "$SCRATCH/$n")" = 40 ] || status=1
	done
	return $status
}

stop() {
	local file

	for file in "$SCRATCH"/charon-*.pid; do
		[ ! -e "$file" ] || kill -9 "$(cat "$file")" 2>/dev/null
	done
	return 0
}
trap 'stop; clean_up' EXIT

plan 14
topology nat
hosts 5
for n in 1 2 3; do
	tunnel "$n"
done
try "strongSwan on two hosts and the gateway" start
try "without the module: strongSwan's tunnels" eval 'up 4 5 && swans'
router conntrack -F >/dev/null 2>&1
alg esp
try "the module comes: strongSwan's tunnels go on" swans
# conntrack -F moves the ports of those who encapsulate: the host is first then
try "three plain tunnels beside them" eval 'begin && swans'
try "all five both ways at once" both 5 20 0.05
try "on the wire: plain ESP, and ESP in UDP" wire
try "encapsulated packets stay in conntrack's own zone" zones
try "no tunnel of ours is made of them" not_ours
LOSE=1
try "a host rekeys its child SA in mid-traffic" \
	during swanctl "host4-$$" --rekey --child g
try "the gateway rekeys an IKE SA in mid-traffic" \
	during swanctl "$SERVER" --rekey --ike h5
LOSE=0
try "a host is restarted" restart
try "with preserve-port too" preserve
try "the plain tunnels are forgotten and learned in mid-traffic" undisturbed
try "all five both ways at once" both 5 10 0.1
stop
delete_hosts
finish
