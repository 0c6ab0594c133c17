# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of Skinny share. Sourced after topology.sh.
. "$NET_DIR/endpoints.sh"

# mapping PORT [INSIDE-PORT]: the router's TCP port is the CallManager's, who is
# inside; inside hosts may speak with each other
mapping() {
	router nft -f - <<-END
		table ip static {
			chain prerouting {
				type nat hook prerouting priority -100
				iifname wan tcp dport $1 dnat to $PHONE4:${2:-$1}
			}
		}
		table ip6 static {
			chain prerouting {
				type nat hook prerouting priority -100
				iifname wan tcp dport $1 dnat to [$PHONE6]:${2:-$1}
			}
		}
		table inet filter {
			chain forward {
				iifname wan tcp dport ${2:-$1} ct status dnat accept
				iifname { lan, lan2 } oifname { lan, lan2 } accept
			}
		}
	END
}
