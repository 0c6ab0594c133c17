# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Two routers, of which one forwards. Sourced by the tests, after tunnels.sh.
#
#   host 1            lan                            wan
#   10.1.1.2 ------+        +-- first router --+
#   host 2         |        | .2 10.1.0.1  .2  |           gateway
#   10.1.2.2 ------+--------+                  +--------- 203.0.113.9
#   ...            |        |        .1        |          inner 10.9.0.1
#   host N         |        |     203.0.113    |
#   10.1.N.2 ------+        +-- second router -+
#                             .3           .3
#
#  The two have 10.1.0.1 and 203.0.113.1 in turn, by keepalived, and a wire of their own
#  between them (192.168.9.1 and .2), on which conntrackd speaks. Both translate
#  to 203.0.113.1.
. "$(dirname "${BASH_SOURCE[0]}")/peers.sh"

FIRST=$ROUTER SECOND=second-$$ SWITCH=switch-$$
LINKS=
TAKEOVER=$NF_ALG_TOP/userspace/examples/natctl-takeover

# wire NS DEVICE BRIDGE; a device's name has 15 characters at most
PORTS=0
wire() {
	local port=port$((PORTS += 1))

	ip link add "$2" netns "$1" type veth peer name "$port" netns "$SWITCH"
	ip -n "$SWITCH" link set "$port" master "$3" up
	ip -n "$1" link set "$2" up
}

# pair HOSTS: all of it; nobody forwards until keepalived says so
pair() {
	local ns n number=1

	for ns in "$SWITCH" "$SERVER" "$FIRST" "$SECOND"; do
		ip netns add "$ns" || exit 1
		ip -n "$ns" link set lo up
	done
	ip -n "$SWITCH" link add lan type bridge
	ip -n "$SWITCH" link add wan type bridge
	ip -n "$SWITCH" link set lan up
	ip -n "$SWITCH" link set wan up
	wire "$SERVER" eth0 wan
	ip -n "$SERVER" address add "$SERVER4/24" dev eth0
	ip -n "$SERVER" address add 10.9.0.1/32 dev lo
	ip -n "$SERVER" route add 10.7.0.0/16 via "$WAN4" src 10.9.0.1
	ip link add sync netns "$FIRST" type veth peer name sync netns "$SECOND"
	for ns in "$FIRST" "$SECOND"; do
		wire "$ns" lan lan
		wire "$ns" wan wan
		ip -n "$ns" address add "10.1.0.$((number + 1))/16" dev lan
		ip -n "$ns" address add "203.0.113.$((number + 1))/24" dev wan
		ip -n "$ns" address add "192.168.9.$number/24" dev sync
		ip -n "$ns" link set sync up
		in_ns "$ns" sysctl -qw net.ipv4.ip_forward=1
		in_ns "$ns" nft -f - <<-END || exit 1
			table inet filter {
				chain forward {
					type filter hook forward priority 0
					policy drop
					ct state established,related accept
					iifname lan oifname wan ct state new accept
				}
			}
			table inet nat {
				chain postrouting {
					type nat hook postrouting priority 100
					oifname wan snat ip to $WAN4
				}
			}
		END
		number=$((number + 1))
	done
	for n in $(seq "$1"); do
		ns=host$n-$$
		HOSTS+=("$ns")
		ip netns add "$ns" || exit 1
		ip -n "$ns" link set lo up
		wire "$ns" eth0 lan
		ip -n "$ns" address add "10.1.$n.2/16" dev eth0
		ip -n "$ns" address add "10.7.$n.1/32" dev lo
		ip -n "$ns" route add default via 10.1.0.1
		ip -n "$ns" route add 10.9.0.1 via 10.1.0.1 src "10.7.$n.1"
	done
	MARK="nf-nat-alg test ${0##*/} $$"
	echo "$MARK" >/dev/kmsg
}

# addresses NS: it has those that the two share, and says so as keepalived does
addresses() {
	ip -n "$1" address add 10.1.0.1/16 dev lan
	ip -n "$1" address add "$WAN4/24" dev wan
	in_ns "$1" python3 "$PEER/arp.py" lan 10.1.0.1 wan "$WAN4"
}

# no_addresses NS: what a keepalived that was killed has left there
no_addresses() {
	ip -n "$1" address del 10.1.0.1/16 dev lan 2>/dev/null
	ip -n "$1" address del "$WAN4/24" dev wan 2>/dev/null
}

# services NS...: the module, with the same services in each
services() {
	local ns

	alg
	for ns in "$@"; do
		command "$NATCTL" -n "$ns" service add esp &&
			command "$NATCTL" -n "$ns" service add ike preserve-port
	done
}

# conntrackd_start NS MINE OTHER
conntrackd_start() {
	local name=$1 end=$((SECONDS + 10))

	cat >"$SCRATCH/$name.conf" <<-END
		Sync {
			Mode FTFW {
				ResendQueueSize 131072
				PurgeTimeout 60
				ACKWindowSize 300
				DisableExternalCache Off
			}
			UDP {
				IPv4_address $2
				IPv4_Destination_Address $3
				Port 3780
				Interface sync
				SndSocketBuffer 1249280
				RcvSocketBuffer 1249280
				Checksum on
			}
		}
		General {
			HashSize 8192
			HashLimit 65535
			LogFile $SCRATCH/$name.log
			LockFile $SCRATCH/$name.lock
			UNIX {
				Path $SCRATCH/$name.ctl
			}
			NetlinkBufferSize 2097152
			NetlinkBufferSizeMaxGrowth 8388608
			Filter From Kernelspace {
				Address Ignore {
					IPv4_address 127.0.0.1
					IPv4_address 192.168.9.1
					IPv4_address 192.168.9.2
				}
			}
		}
	END
	ip netns exec "$1" conntrackd -C "$SCRATCH/$name.conf" \
		>"$SCRATCH/conntrackd-$name" 2>&1 &
	echo $! >"$SCRATCH/$name.pid"
	disown
	until conntrackd_ask "$1" -s >/dev/null 2>&1; do
		if [ $SECONDS -gt $end ]; then
			cat "$SCRATCH/conntrackd-$name" "$SCRATCH/$name.log"
			return 1
		fi
		sleep 0.1
	done
}

# conntrackd_ask NS WORDS...
conntrackd_ask() {
	local name=$1

	shift
	in_ns "$name" conntrackd -C "$SCRATCH/$name.conf" "$@"
}

# keepalived_start NS PRIORITY: as a backup, by its real configuration: one group
# of two VRRP instances, and natctl-takeover told of its changes
keepalived_start() {
	local name=$1

	cat >"$SCRATCH/notify-$name" <<-END
		#!/bin/bash
		export PATH=$(dirname "$(command -v "$NATCTL")"):$PATH
		export CONNTRACKD="conntrackd -C $SCRATCH/$name.conf"
		export NATCTL_ROLE=$SCRATCH/$name.role
		exec "$TAKEOVER" "\$1" >>"$SCRATCH/notify-$name.log" 2>&1
	END
	chmod 755 "$SCRATCH/notify-$name"
	cat >"$SCRATCH/keepalived-$name.conf" <<-END
		global_defs {
			router_id $name
			script_user root
			vrrp_version 3
			vrrp_garp_master_delay 0
		}
		vrrp_sync_group pair {
			group {
				inside
				outside
			}
			notify_master "$SCRATCH/notify-$name master"
			notify_backup "$SCRATCH/notify-$name backup"
			notify_fault "$SCRATCH/notify-$name fault"
		}
		vrrp_instance inside {
			state BACKUP
			nopreempt
			interface lan
			virtual_router_id 51
			priority $2
			advert_int 0.3
			virtual_ipaddress {
				10.1.0.1/16 dev lan
			}
		}
		vrrp_instance outside {
			state BACKUP
			nopreempt
			interface wan
			virtual_router_id 52
			priority $2
			advert_int 0.3
			virtual_ipaddress {
				$WAN4/24 dev wan
			}
		}
	END
	setsid ip netns exec "$name" keepalived --dont-fork --log-console \
		--use-file "$SCRATCH/keepalived-$name.conf" \
		--pid "$SCRATCH/keepalived-$name.pid" \
		--vrrp_pid "$SCRATCH/keepalived-$name.vrrp" \
		>>"$SCRATCH/keepalived-$name.log" 2>&1 &
	echo $! >"$SCRATCH/keepalived-$name.session"
	disown
}

# keepalived_stop NS SIGNAL: KILL is a death without a word, TERM says goodbye
keepalived_stop() {
	local session

	session=$(cat "$SCRATCH/keepalived-$1.session")
	kill "-$2" -- "-$session" 2>/dev/null
	while kill -0 -- "-$session" 2>/dev/null; do
		sleep 0.1
	done
	rm -f "$SCRATCH/keepalived-$1".{session,pid,vrrp}
}

# becomes NS ROLE: it does, by keepalived, soon
becomes() {
	local end=$((SECONDS + 60))

	until [ "$(cat "$SCRATCH/$1.role" 2>/dev/null)" = "$2" ]; do
		if [ $SECONDS -gt $end ]; then
			tail -n 20 "$SCRATCH/keepalived-$1.log"
			return 1
		fi
		sleep 0.05
	done
}

# takeover NS WORDS...: what is called there
takeover() {
	local name=$1

	shift
	PATH=$(dirname "$(command -v "$NATCTL")"):$PATH \
	CONNTRACKD="conntrackd -C $SCRATCH/$name.conf" \
		NATCTL_ROLE=$SCRATCH/$name.role \
		ip netns exec "$name" "$TAKEOVER" "$@"
}

# sender NS OTHER: its tunnels go to the other one all the time
sender() {
	export -f takeover
	export TAKEOVER SCRATCH NATCTL
	setsid bash -c 'takeover "$0" send bash -c "takeover $1 receive"' \
		"$1" "$2" >"$SCRATCH/sender-$1" 2>&1 &
	echo $! >"$SCRATCH/sender-$1.pid"
	disown
}

# pair_end: daemons and namespaces go
pair_end() {
	local file ns

	for file in "$SCRATCH"/sender-*.pid; do
		[ ! -e "$file" ] || kill -- "-$(cat "$file")" 2>/dev/null
	done
	for file in "$FIRST" "$SECOND"; do
		[ ! -e "$SCRATCH/keepalived-$file.session" ] ||
			keepalived_stop "$file" TERM
		[ ! -e "$SCRATCH/$file.pid" ] ||
			kill "$(cat "$SCRATCH/$file.pid")" 2>/dev/null
	done
	delete_hosts
	for ns in "$FIRST" "$SECOND"; do
		[ "$ns" = "$ROUTER" ] || ip netns del "$ns"
	done
	ip netns del "$SWITCH"
}
