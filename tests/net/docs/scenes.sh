# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What happens around the blocks of a page. Sourced by 10-pages.sh; a page names
# them without "scene_".

DOCS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PEER
CALLER=			# the program that plays the hosts

# appears NAME...: the files come into being, within a minute
appears() {
	local tries=600

	until [ -e "$SCRATCH/$1" ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || { cat "$SCRATCH/peer"; return 1; }
		sleep 0.1
	done
}

# through: hosts 1 and 2 get out as well
through() {
	nft add rule inet filter forward iifname '"in*"' oifname wan ct state new accept
}

# router: the module as after modprobe, with its default services
scene_router() {
	modprobe nf_nat_alg && natctl service defaults
}
# fresh: no module, so that reasons count from 0; nor what a page before has
# loaded of the kernel's own
scene_fresh() {
	unload && modprobe -q -r nf_nat_sip nf_conntrack_sip
}

# loaded: the protocols of the default services, which load a moment later
scene_loaded() {
	modprobe -a nf-nat-alg-sip nf-nat-alg-skinny nf-nat-alg-h225
}

# bare: without any service
scene_bare() {
	modprobe nf_nat_alg defaults=0
}

# sip: two services and no other
scene_sip() {
	scene_bare && natctl service add sip udp port 5060 &&
		natctl service add sip tcp port 5060
}

# call: a phone registers and calls
scene_call() {
	sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600
	python3 "$NET_DIR/natctl/phone.py" "$SCRATCH" >"$SCRATCH/peer" 2>&1 &
	CALLER=$!
	appears up
}
# hangup: it ends the call, and its registration
scene_hangup() {
	natctl set linger-time 1
	touch "$SCRATCH/hang-up" "$SCRATCH/leave"
	wait "$CALLER" || { cat "$SCRATCH/peer"; return 1; }
	none calls registrations bindings || return 1
	natctl set linger-time default
	rm -f "$SCRATCH/up" "$SCRATCH/hang-up" "$SCRATCH/leave"
}

# strangers: three datagrams that are not SIP, from three ports to another server
scene_strangers() {
	phone python3 -c 'import socket
for port in range(7001, 7004):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("10.0.0.2", port))
    s.sendto(b"\x16\x03\x01 something else", ("198.18.0.9", 5060))' || return 1
	local tries=100 port

	until [ "$(reason not-protocol)" = 3 ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
	for port in 7001 7002 7003; do
		conntrack -D -p udp --sport $port
	done
}

# tunnels: two inside hosts with ESP to one gateway; the second one's SPI is
# learned by its key exchange, however long all of that takes here
scene_tunnels() {
	natctl set tunnel-turn-time 60000 && natctl set ike-hint-time 60000 &&
		answered 1 0x1001 || return 1
	python3 "$PEER/ike.py" child $$ 2 1 || return 1
	host_sends 2 0x80002001 && gateway_sends 0x2001 &&
		gateway_sends 0x2001 2 && natctl set ike-hint-time default &&
		natctl set tunnel-turn-time default
}

# skinny: a phone with a channel; then one that names a port it may not
scene_skinny() {
	neighbour
	python3 "$DOCS/peers.py" skinny "$SCRATCH" >"$SCRATCH/peer" 2>&1 &
	CALLER=$!
	appears up
}
# h323: an endpoint registers and calls
scene_h323() {
	neighbour
	python3 "$DOCS/peers.py" h323 "$SCRATCH" >"$SCRATCH/peer" 2>&1 &
	CALLER=$!
	appears up
}

# vrfs: two, with nothing in them
scene_vrfs() {
	modprobe -q vrf
	ip link add gold type vrf table 10 && ip link add silver type vrf table 20 &&
		ip link set gold up && ip link set silver up
}
# flat: neither them nor services any more
scene_flat() {
	natctl service flush && ip link del gold && ip link del silver
}

# unrelated: the firewall forgets what belongs to a call
scene_unrelated() {
	nft flush ruleset && nft -f - <<-END
		table inet filter {
			chain forward {
				type filter hook forward priority filter
				policy drop
				ct state established accept
				iifname lan accept
			}
		}
		table inet nat {
			chain postrouting {
				type nat hook postrouting priority srcnat
				oifname wan masquerade
			}
		}
	END
}

# end: of a page; what it has made goes. The module stays, because a machine with
# lockdep takes its time to load one
scene_end() {
	local name

	touch "$SCRATCH/hang-up" "$SCRATCH/leave"
	[ -z "$CALLER" ] || wait "$CALLER"
	CALLER=
	rm -f "$SCRATCH/up" "$SCRATCH/hang-up" "$SCRATCH/leave"
	natctl set linger-time 1
	natctl clear translations '*'
	conntrack -F
	none calls registrations bindings sessions || return 1
	natctl apply /dev/null || return 1
	for name in ftp tftp; do
		[ ! -d /sys/module/nf_conntrack_$name ] ||
			modprobe -r nf_nat_$name nf_conntrack_$name
	done
	conntrack -F
	nft flush ruleset
	vrfs_end
	firewall nat && through
}

# Links leave a VRF without the addresses of IPv6
vrfs_end() {
	local name

	for name in gold silver; do
		ip link del $name 2>/dev/null
	done
	while ip rule del pref 100 2>/dev/null; do :; done
	ip address replace fd00:a::1/64 dev lan nodad
	ip address replace fd00:b::1/64 dev lan2 nodad
}

# esp: the service for tunnels
scene_esp() {
	natctl service add esp
}

# phones: what is there goes; then two services and no other
scene_phones() {
	natctl service flush && natctl access-list delete 10 &&
		natctl access-list delete 11 &&
		natctl service add sip udp port 5060
}

# options: a phone asks a server outside
scene_options() {
	phone python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.0.0.2", 5060))
s.sendto(b"OPTIONS sip:198.18.0.9 SIP/2.0\r\n\r\n", ("198.18.0.9", 5060))' || return 1
	local tries=100

	until [ "$(reason foreign-helper)" = 1 ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# ios: what an IOS router prints
scene_ios() {
	cat >"$SCRATCH/running-config" <<-END
	no ip nat service sip udp port 5060
	ip nat service sip udp port 5070
	ip nat service allow-sip-even-rtp-ports
	ip nat service list 10 ESP spi-match
	ip nat service list 10 IKE preserve-port
	access-list 10 permit 10.20.30.0 0.0.0.255
	END
}
