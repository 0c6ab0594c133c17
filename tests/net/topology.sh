# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The network every end-to-end test runs in. Sourced by the tests; runs as root
# inside a virtual machine and makes fresh namespaces for each test:
#
#   phone                        router                        server
#  +------------+              +----------------+             +--------------+
#  |            | 10.0.0.0/24  |                |203.0.113/24 |              |
#  |     eth0 .2|--------------|.1 lan          |             |              |
#  +------------+              |                |             |              |
#                              |         wan .1 |-------------|.9 eth0       |
#   desk                       |                |             |              |
#  +------------+              |                |             | owns all of  |
#  |            |192.168.100/24|                |             | 198.18.0.0/15|
#  |   eth0 .200|--------------|.1 lan2         |             |              |
#  +------------+              +----------------+             +--------------+
#
#  IPv6: phone fd00:a::2, desk fd00:b::200, wan 2001:db8:1::1, server
#  2001:db8:1::9, which owns all of 2001:db8:2::/64. Seen through the router
#  the phone's address gets longer and the desk phone's gets shorter.
#
#  The router masquerades what leaves by wan ("plain" leaves that out), and
#  forwards what comes from lan or lan2 and what conntrack knows to be
#  established or related. It drops everything else.
#
# finish takes all of it down and proves that no session, call, binding or
# connection was left and that the kernel had nothing to say.

set -u
export LC_ALL=C

NET_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PEER=$NET_DIR/peer
NATCTL=${NATCTL:-natctl}
FULL=${NF_ALG_FULL:-}		# set: the sizes of the specification
BARE=${NF_ALG_BARE:-0}		# 1: no module: every test must then fail

PHONE=phone-$$ DESK=desk-$$ ROUTER=router-$$ SERVER=server-$$ FAR=far-$$
PHONE4=10.0.0.2 DESK4=192.168.100.200 WAN4=203.0.113.1 SERVER4=203.0.113.9
PHONE6=fd00:a::2 DESK6=fd00:b::200 WAN6=2001:db8:1::1 SERVER6=2001:db8:1::9
export PHONE DESK ROUTER SERVER FAR PHONE4 DESK4 WAN4 SERVER4
export FAR4=192.0.2.9 FAR6=2001:db8:4::9
export PHONE6 DESK6 WAN6 SERVER6 NATCTL FULL

FAILED=0
SCRATCH=$(mktemp -d)
LOG=$SCRATCH/log
trap 'exit 1' INT TERM
trap clean_up EXIT

# full A B: A in the long form, B in CI
full() {
	if [ -n "$FULL" ]; then echo "$1"; else echo "$2"; fi
}

# --- results -----------------------------------------------------------------

# plan N: the test has N steps of its own; finish adds six
plan() {
	echo "1..$(($1 + 6))"
}

# result STATUS DESCRIPTION: one line of KTAP
result() {
	if [ "$1" = 0 ]; then
		echo "ok - $2"
	else
		FAILED=$((FAILED + 1))
		sed 's/^/# /' "$LOG" 2>/dev/null | tail -n 40
		echo "not ok - $2"
	fi
}

# try DESCRIPTION COMMAND...: a step of a test, silent when it passes
try() {
	local what=$1 status start=$EPOCHREALTIME took

	shift
	"$@" >"$LOG" 2>&1 </dev/null
	status=$?
	took=$((${EPOCHREALTIME/./} - ${start/./}))
	# a line of figures is worth showing when it passes as well
	if [ $status = 0 ]; then
		[[ $(<"$LOG") != *figure:* ]] || sed -n 's/^figure: /# /p' "$LOG"
	elif [ "$BARE" != 1 ] && [ -e "/run/netns/$ROUTER" ]; then
		natctl >>"$LOG" 2>&1
	fi
	result $status "$what ($((took / 1000)) ms)"
	return $status
}

# skip DESCRIPTION WHY: a step that cannot be taken here
skip() {
	echo "ok - $1 # SKIP $2"
}

# plan_rows PROGRAM: as many steps as that program of peer/ has rows
plan_rows() {
	plan "$(python3 "$PEER/$1.py" --count)"
}

# rows PROGRAM: all of them, a result line for each
rows() {
	local line

	while IFS= read -r line; do
		case $line in
		"not ok"*) FAILED=$((FAILED + 1)) ;;
		esac
		printf '%s\n' "$line"
	done < <(python3 "$PEER/$1.py" 2>&1)
}

# --- the network -------------------------------------------------------------

in_ns() {
	local ns=$1

	shift
	ip netns exec "$ns" "$@"
}
phone() { in_ns "$PHONE" "$@"; }
desk() { in_ns "$DESK" "$@"; }
router() { in_ns "$ROUTER" "$@"; }
server() { in_ns "$SERVER" "$@"; }
natctl() { command "$NATCTL" -n "$ROUTER" "$@"; }

# address NS DEVICE V4/LEN V6/LEN
address() {
	ip -n "$1" -batch - <<-END
		address add $3 dev $2
		address add $4 dev $2 nodad
		link set $2 up
	END
}

# inside NS DEVICE-AT-ROUTER V4 V4-ROUTER V6 V6-ROUTER
inside() {
	ip link add "$2" netns "$ROUTER" type veth peer name eth0 netns "$1"
	address "$ROUTER" "$2" "$4/24" "$6/64"
	address "$1" eth0 "$3/24" "$5/64"
	ip -n "$1" route add default via "$4"
	ip -n "$1" route add default via "$6"
}

# topology {nat|plain}: in few programs, because a machine takes longer to start
# one than to do what it is told
topology() {
	local ns more back=

	for ns in "$PHONE" "$DESK" "$ROUTER" "$SERVER"; do
		# who attached a namespace of his own keeps it
		[ -e "/run/netns/$ns" ] || echo "netns add $ns"
	done | ip -batch - || exit 1
	for ns in "$PHONE" "$DESK" "$ROUTER" "$SERVER"; do
		more=
		[ "$ns" != "$ROUTER" ] || more="net.ipv4.ip_forward=1
			net.ipv6.conf.all.forwarding=1"
		# shellcheck disable=SC2086 # words
		in_ns "$ns" sysctl -qw net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.default.router_solicitations=0 $more
	done
	ip -n "$ROUTER" -batch - <<-END || exit 1
		link add lan type veth peer name eth0 netns $PHONE
		link add lan2 type veth peer name eth0 netns $DESK
		link add wan type veth peer name eth0 netns $SERVER
		link set lo up
		address add 10.0.0.1/24 dev lan
		address add fd00:a::1/64 dev lan nodad
		link set lan up
		address add 192.168.100.1/24 dev lan2
		address add fd00:b::1/64 dev lan2 nodad
		link set lan2 up
		address add $WAN4/24 dev wan
		address add $WAN6/64 dev wan nodad
		link set wan up
	END
	ip -n "$PHONE" -batch - <<-END || exit 1
		link set lo up
		address add $PHONE4/24 dev eth0
		address add $PHONE6/64 dev eth0 nodad
		link set eth0 up
		route add default via 10.0.0.1
		route add default via fd00:a::1
	END
	ip -n "$DESK" -batch - <<-END || exit 1
		link set lo up
		address add $DESK4/24 dev eth0
		address add $DESK6/64 dev eth0 nodad
		link set eth0 up
		route add default via 192.168.100.1
		route add default via fd00:b::1
	END
	[ "$1" != plain ] || back="
		route add 10.0.0.0/24 via $WAN4
		route add 192.168.100.0/24 via $WAN4
		route add fd00:a::/64 via $WAN6
		route add fd00:b::/64 via $WAN6"
	ip -n "$SERVER" -batch - <<-END || exit 1
		link set lo up
		address add $SERVER4/24 dev eth0
		address add $SERVER6/64 dev eth0 nodad
		link set eth0 up
		route add local 198.18.0.0/15 dev lo
		route add local 2001:db8:2::/64 dev lo
		$back
	END
	ip -n "$ROUTER" -batch - <<-END || exit 1
		route add 198.18.0.0/15 via $SERVER4
		route add 2001:db8:2::/64 via $SERVER6
	END
	firewall "$1" || exit 1
	# the kernel log before us is not our business
	MARK="nf-nat-alg test ${0##*/} $$"
	echo "$MARK" >/dev/kmsg
}

# firewall {nat|plain}
firewall() {
	router nft -f - <<-END
		table inet filter {
			chain forward {
				type filter hook forward priority 0
				policy drop
				ct state established,related accept
				iifname { lan, lan2 } oifname wan ct state new accept
			}
		}
	END
	[ "$1" = plain ] || router nft -f - <<-END
		table inet nat {
			chain postrouting {
				type nat hook postrouting priority 100
				oifname wan masquerade
			}
		}
	END
}

LINKS="PHONE:eth0 DESK:eth0 SERVER:eth0 ROUTER:lan ROUTER:lan2 ROUTER:wan"

# offloads {on|off}: segmentation, receive and checksum offload on every link;
# without them a wrong checksum is a lost packet
offloads() {
	local ns devices

	for ns in "$PHONE" "$DESK" "$SERVER" "$ROUTER"; do
		devices=eth0
		[ "$ns" != "$ROUTER" ] || devices="lan lan2 wan"
		# shellcheck disable=SC2016 # the shell in there
		in_ns "$ns" sh -c 'for device in $2; do
				ethtool -K "$device" tso "$1" gso "$1" gro "$1" \
					tx "$1" rx "$1"
			done' sh "$1" "$devices" >/dev/null 2>&1
	done
	return 0
}

# links NETEM...: what every link does to what it sends; no words: nothing
# shellcheck disable=SC2120
links() {
	local link ns

	for link in $LINKS; do
		ns=${link%:*}
		tc -n "${!ns}" qdisc del dev "${link#*:}" root 2>/dev/null
		[ $# = 0 ] || tc -n "${!ns}" qdisc add dev "${link#*:}" root \
			netem "$@" || return 1
	done
	return 0
}

# far MTU: one more network behind the server, which then is a router: host FAR
# owns 198.19.0.0/16 and 2001:db8:3::/64
far() {
	ip netns add "$FAR"
	in_ns "$FAR" sysctl -qw net.ipv6.conf.default.accept_dad=0
	ip -n "$FAR" link set lo up
	ip link add far netns "$SERVER" type veth peer name eth0 netns "$FAR"
	address "$SERVER" far 192.0.2.1/24 2001:db8:4::1/64
	address "$FAR" eth0 192.0.2.9/24 2001:db8:4::9/64
	ip -n "$FAR" route add default via 192.0.2.1
	ip -n "$FAR" route add default via 2001:db8:4::1
	ip -n "$FAR" route add local 198.19.0.0/16 dev lo
	ip -n "$FAR" route add local 2001:db8:3::/64 dev lo
	ip -n "$SERVER" route del local 198.18.0.0/15 dev lo
	ip -n "$SERVER" route add local 198.18.0.0/16 dev lo
	ip -n "$SERVER" route add 198.19.0.0/16 via 192.0.2.9
	ip -n "$SERVER" route add 2001:db8:3::/64 via 2001:db8:4::9
	ip -n "$SERVER" route replace default via "$WAN4"
	ip -n "$SERVER" route replace default via "$WAN6"
	ip -n "$ROUTER" route add 2001:db8:3::/64 via "$SERVER6"
	ip -n "$ROUTER" route add 2001:db8:4::/64 via "$SERVER6"
	ip -n "$ROUTER" route add 192.0.2.0/24 via "$SERVER4"
	server sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

# --- the module --------------------------------------------------------------

# alg SERVICE...: load the module, and give the router services such as
# "sip tcp port 5060"
alg() {
	local service

	[ "$BARE" = 1 ] && return 0
	modprobe nf_nat_alg defaults=0 || exit 1
	# what has ended is to be gone before the test is
	natctl set linger-time 1 && natctl set call-setup-time 10 || exit 1
	# a slow machine may take its time for a message in many segments
	natctl set hold-time 60000 || exit 1
	for service in "$@"; do
		# shellcheck disable=SC2086
		natctl service add $service || exit 1
	done
}

# count OBJECT: how many {sessions|calls|registrations|bindings} there are
count() {
	natctl -j show "$1" | jq length
}

# none OBJECT...: they are gone, or go when their time is up: a call that was
# never answered within 10 s
none() {
	local object end=$((SECONDS + 60))

	[ "$BARE" = 1 ] && return 0
	[ -e "/run/netns/$ROUTER" ] || return 0
	for object in "$@"; do
		while [ "$(natctl -j show "$object")" != "[]" ]; do
			if [ $SECONDS -gt $end ]; then
				echo "$object left:"
				natctl show "$object"
				return 1
			fi
			sleep 0.1
		done
	done
}

# reason NAME: how often the router met a reason
reason() {
	natctl -j show statistics |
		jq "[.reasons[] | select(.name == \"$1\" or .reason == \"$1\") |
			.count] | add // 0"
}

# --- the end -----------------------------------------------------------------

# no_connections: conntrack can let go of everything
no_connections() {
	local end=$((SECONDS + 60))

	[ -e "/run/netns/$ROUTER" ] || return 0
	router conntrack -F >/dev/null 2>&1
	while [ "$(router conntrack -C)" != 0 ]; do
		if [ $SECONDS -gt $end ]; then
			router conntrack -L
			return 1
		fi
		router conntrack -F >/dev/null 2>&1
		sleep 0.1
	done
}

# The kernel's complaints since the test began
complaints() {
	dmesg | sed -n "/$MARK/,\$p" | grep -E \
'BUG:|WARNING:|KASAN|UBSAN|possible circular|suspicious RCU|inconsistent lock|Call Trace|refcount_t|unregister_netdevice|slab .* still|Objects remaining|ODEBUG|scheduling while atomic|hung_task|blocked for more|general protection|Oops' |
		grep -v 'FAULT_INJECTION'
}
clean_log() {
	! complaints
}

delete_namespaces() {
	local ns

	for ns in "$PHONE" "$DESK" "$SERVER" "$FAR" "$ROUTER"; do
		[ ! -e "/run/netns/$ns" ] || echo "netns del $ns"
	done | ip -force -batch - 2>/dev/null
	return 0
}

# unload: the module and its protocols go; that they can proves that nothing
# holds them, and their caches complain about objects left behind
unload() {
	local module tries

	[ "$BARE" = 1 ] && return 0
	for module in nf_alg_sip nf_alg_sccp nf_alg_h323 nf_alg_ipsec nf_nat_alg; do
		grep -q "^$module " /proc/modules || continue
		tries=300
		while ! rmmod "$module"; do
			tries=$((tries - 1))
			[ $tries = 0 ] && return 1
			sleep 0.1
		done
	done
}

# finish: prove that nothing is left; the test's exit status
finish() {
	links
	try "no session, call, registration or binding is left" \
		none calls registrations bindings
	try "no connection is left" no_connections
	try "no session is left" none sessions
	try "the namespaces go" delete_namespaces
	try "the module goes" unload
	try "the kernel log is clean" clean_log
	[ $FAILED = 0 ]
	exit
}

clean_up() {
	local status=$?

	# shellcheck disable=SC2046
	kill $(jobs -p) 2>/dev/null
	delete_namespaces
	if [ "$BARE" != 1 ] && grep -q '^nf_nat_alg ' /proc/modules; then
		unload >/dev/null 2>&1
	fi
	rm -rf "$SCRATCH"
	exit $status
}
