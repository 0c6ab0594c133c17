#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who began, and whose is it: a VPN server behind a static translation whose
# answers are no new connections, and source NAT to an address that the router
# does not own, without an access list.
#
#   host 1       in1 \                                      gateway
#   10.1.1.2 --------+   router           203.0.113/24     (the "server")
#   host 2       in2 |   translates   wan .1 ---------- .9
#   10.1.2.2 --------+   to .77 or .1                      has .50 and .77
#   host 3       in3 |   .50 is host 3                     by way of .1
#   10.1.3.2 --------/   (a VPN server)
#
# machine: uml qemu
# clock: simulated
# ci: uml
# timeout: 600
. "$(dirname "$0")/tunnels.sh"

# strict: nothing new goes out, and nothing comes in but what is forwarded
strict() {
	router nft -f - <<-END
		flush chain inet filter forward
		table inet filter {
			chain forward {
				ct state established,related accept
				iifname wan ct state new ct status dnat accept
			}
		}
		table inet still {
			chain in {
				type nat hook prerouting priority -110
				iifname wan ip daddr 203.0.113.50 dnat ip to 10.1.3.2
			}
			chain out {
				type nat hook postrouting priority 90
				oifname wan ip saddr 10.1.3.2 snat ip to 203.0.113.50
			}
		}
	END
}

# called SERVICE...: the gateway calls host 3, while the router has these
called() {
	local service status

	for service in "$@"; do
		# shellcheck disable=SC2086 # words
		natctl service add $service || return 1
	done
	router conntrack -F
	IKE_PUBLIC=203.0.113.50 python3 "$PEER/ike.py" called $$ 3
	status=$?
	natctl show tunnels
	router conntrack -L
	for service in "$@"; do
		# shellcheck disable=SC2086 # words
		natctl service delete $service || return 1
	done
	return $status
}

# Nothing new goes out, but a tunnel of the host's own was tried before
called_after() {
	natctl service add esp && natctl service add ike preserve-port ||
		return 1
	host_sends 3 0x80003001
	IKE_PUBLIC=203.0.113.50 python3 "$PEER/ike.py" called $$ 3
	local status=$?

	natctl service delete esp && natctl service delete ike preserve-port &&
		return $status
}

# Source NAT to an address of somebody else's, as providers route them
foreign_address() {
	router nft -f - <<-END
		flush chain inet filter forward
		delete table inet still
		table inet filter {
			chain forward {
				ct state established,related accept
				iifname "in*" oifname wan ct state new accept
			}
		}
		flush chain inet nat postrouting
		table inet nat {
			chain postrouting {
				oifname wan snat ip to 203.0.113.77
			}
		}
	END
	router conntrack -F
	natctl service add esp && natctl service add ike preserve-port
}

# to_77 SPI SEQ: does host 1 get what the gateway sends there
to_77() {
	watch_host 1 3
	server python3 "$PEER/esp.py" send "$SERVER4" 203.0.113.77 "$@" &&
		wait_watch
}

bogus() {
	natctl -j show tunnels | jq -e --arg gateway "$SERVER4" \
		'any(.[]; .["inside-local"].address == $gateway)'
}

exchanges() {
	IKE_PUBLIC=203.0.113.77 python3 "$PEER/ike.py" exchange $$ 2 3 &&
		natctl show tunnels && ! bogus
}

asks() {
	IKE_PUBLIC=203.0.113.77 python3 "$PEER/ike.py" ask $$ 2 && ! bogus
}

answers() {
	host_sends 1 0x80001001 && to_77 0x1001 1 && to_77 0x1001 2 &&
		[ "$(spi_of 1)" = $((0x1001)) ] && ! bogus
}

# The gateway is first: to the router that is a host outside that sends out
gateway_first() {
	natctl clear translations esp '*'
	router conntrack -F
	server python3 "$PEER/esp.py" send "$SERVER4" 203.0.113.77 0x1002
	host_sends 1 0x80001002 && to_77 0x1003 1 && to_77 0x1003 2 &&
		[ "$(spi_of 1)" = $((0x1003)) ]
}

plan 11
topology nat
hosts 3
alg
ip -n "$SERVER" route add 203.0.113.50 via "$WAN4"
ip -n "$SERVER" route add 203.0.113.77 via "$WAN4"
try "a VPN server behind static NAT, a strict firewall" strict
try "it is called without our services" called
try "with esp" called esp
try "with ike preserve-port" called "ike preserve-port"
try "with both" called esp "ike preserve-port"
try "where a packet of its own was not let out before" called_after
try "source NAT to an address that the router does not own" foreign_address
try "IKE of two hosts is answered" exchanges
try "the gateway asks them in IKE" asks
try "ESP is answered" answers
try "also where the gateway was first" gateway_first
delete_hosts
finish
