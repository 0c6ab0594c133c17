# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of H.323 share. Sourced after topology.sh.
. "$NET_DIR/endpoints.sh"
export GONE_WITHIN=20

# mapping: the router's ports of call signalling and RAS are the phone's
mapping() {
	router nft -f - <<-END
		table ip static {
			chain prerouting {
				type nat hook prerouting priority -100
				iifname wan tcp dport 1720 dnat to $PHONE4
				iifname wan udp dport { 1718, 1719 } dnat to $PHONE4
			}
		}
		table ip6 static {
			chain prerouting {
				type nat hook prerouting priority -100
				iifname wan tcp dport 1720 dnat to $PHONE6
				iifname wan udp dport { 1718, 1719 } dnat to $PHONE6
			}
		}
		table inet filter {
			chain forward {
				iifname wan tcp dport 1720 ct status dnat accept
				iifname wan udp dport { 1718, 1719 } ct status dnat accept
			}
		}
	END
}

# services: what H.323 has of its own accord
services() {
	alg "h225 tcp port 1720" "ras udp port 1719" "ras udp port 1718"
}

# intree {on|off}: the kernel's own helper, by a rule for each flow to its port
intree() {
	if [ "$1" = off ]; then
		router nft delete table ip intree
		router nft delete table ip6 intree
		return
	fi
	modprobe -a nf_conntrack_h323 nf_nat_h323 || return 1
	local family

	for family in ip ip6; do
		router nft -f - <<-END || return 1
			table $family intree {
				ct helper q931 {
					type "Q.931" protocol tcp
				}
				ct helper ras {
					type "RAS" protocol udp
				}
				chain prerouting {
					type filter hook prerouting priority -150
					tcp dport 1720 ct helper set "q931"
					udp dport 1719 ct helper set "ras"
				}
			}
		END
	done
}

# segments SIZE: no TCP segment is longer, either way; 0: as before
segments() {
	ip -n "$PHONE" route change default via 10.0.0.1 advmss "$1"
	ip -n "$PHONE" route change default via fd00:a::1 advmss "$1"
	ip -n "$SERVER" route change 203.0.113.0/24 dev eth0 advmss "$1"
	ip -n "$SERVER" route change 2001:db8:1::/64 dev eth0 metric 256 \
		advmss "$1"
}

messages() { python3 "$PEER/h323messages.py" "$@"; }
gaps() { python3 "$PEER/h323gaps.py" "$@"; }

# clear_all: nothing of the last step is left to the next
clear_all() {
	natctl clear translations '*' >/dev/null
	router conntrack -F >/dev/null 2>&1
	gone calls bindings
}
