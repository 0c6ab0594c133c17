# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# libreswan on the hosts and the gateway of tunnels.sh: a pluto in each
# namespace, without UDP encapsulation at both ends, so that the wire carries
# UDP 500 and ESP alone. Sourced by the tests.
. "$(dirname "${BASH_SOURCE[0]}")/tunnels.sh"

SWAN=/usr/libexec/ipsec

# place NAME: the folder of a pluto; h1, h2, ... or g
place() {
	echo "$SCRATCH/swan-$1"
}
ns_of() {
	case $1 in
	g) echo "$SERVER" ;;
	*) echo "host${1#h}-$$" ;;
	esac
}

# connection NAME LEFT LEFTID LEFTSUBNET RIGHT RIGHTID RIGHTSUBNET {1|2}
connection() {
	local ikev2=no

	[ "$8" = 1 ] || ikev2=yes
	echo "conn $1"
	printf '  %s\n' left="$2" leftid="@$3" leftsubnet="$4" right="$5" \
		rightid="@$6" rightsubnet="$7" authby=secret \
		leftupdown=%disabled encapsulation=no ikev2=$ikev2 \
		ike=aes256-sha2_256-modp2048 esp=aes256-sha2_256 \
		dpddelay=2 dpdtimeout=20 retransmit-timeout=20 auto=add
}

# swan NAME VERSION HOSTS: write the configuration and start it
swan() {
	local at n

	at=$(place "$1")
	mkdir -p "$at/nss"
	[ -e "$at/nss/cert9.db" ] ||
		certutil -N -d "sql:$at/nss" --empty-password || return 1
	echo '%any %any : PSK "of-all-of-them"' >"$at/secrets"
	{
		echo 'config setup'
		[ "$2" = 2 ] || echo '  ikev1-policy=accept'
		if [ "$1" = g ]; then
			for n in $(seq "$3"); do
				connection "h$n" "$SERVER4" g 10.9.0.1/32 \
					"$WAN4" "h$n" "10.7.$n.1/32" "$2"
			done
		else
			n=${1#h}
			connection g "10.1.$n.2" "$1" "10.7.$n.1/32" \
				"$SERVER4" g 10.9.0.1/32 "$2"
		fi
	} >"$at/conf"
	swan_start "$1"
}

swan_start() {
	local at end=$((SECONDS + 20))

	at=$(place "$1")
	in_ns "$(ns_of "$1")" $SWAN/pluto --config "$at/conf" \
		--secretsfile "$at/secrets" --nssdir "$at/nss" --rundir "$at" \
		--logfile "$at/log" || return 1
	until whack "$1" --listen >/dev/null; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
	in_ns "$(ns_of "$1")" $SWAN/addconn --config "$at/conf" \
		--ctlsocket "$at/pluto.ctl" --autoall
}

# whack NAME WORDS...
whack() {
	local name=$1

	shift
	in_ns "$(ns_of "$name")" timeout 20 $SWAN/whack \
		--ctlsocket "$(place "$name")/pluto.ctl" "$@"
}

# swans VERSION HOSTS: all of them
swans() {
	local n

	swan g "$1" "$2" || return 1
	for n in $(seq "$2"); do
		swan "h$n" "$1" "$2" || return 1
	done
}

# up N: host N's tunnel is made; N...
up() {
	local n status=0

	for n in "$@"; do
		whack "h$n" --name g --initiate >"$SCRATCH/up$n" 2>&1 &
	done
	wait
	for n in "$@"; do
		cat "$SCRATCH/up$n"
		grep -qE 'established (Child|IPsec)|IPsec SA established|established.*tunnel' \
			"$SCRATCH/up$n" || status=1
	done
	return $status
}

# stop NAME...: as a power cut does it, nothing is said to the other end
stop() {
	local name pid

	for name in "$@"; do
		pid=$(cat "$(place "$name")/pluto.pid" 2>/dev/null) || continue
		kill -9 "$pid"
		while kill -0 "$pid" 2>/dev/null; do
			sleep 0.1
		done
		rm -f "$(place "$name")"/pluto.{ctl,pid}
		ip -n "$(ns_of "$name")" xfrm state flush
		ip -n "$(ns_of "$name")" xfrm policy flush
	done
}

# forget: all tunnels at all ends
forget() {
	local name

	for name in "$(place '')"*; do
		stop "${name##*swan-}"
	done
	router conntrack -F >/dev/null 2>&1
	[ "$BARE" = 1 ] || ! grep -q '^nf_alg_ipsec' /proc/modules ||
		natctl clear translations esp '*'
	return 0
}

# traffic N COMMAND...: while hosts 1 to N and the gateway ping each other;
# nobody loses more than one packet
traffic() {
	local n=$1 pings status

	shift
	LOSE=${LOSE:-1} both "$n" "$(full 60 25)" 0.1 &
	pings=$!
	sleep "$(full 1 0.5)"
	"$@"
	status=$?
	wait $pings && [ $status = 0 ]
}
