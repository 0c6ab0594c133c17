#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# clock: simulated
# ci: uml
# timeout: 6000
#
# What a site with very many phones asks of the router, with its default
# limits:
#
#   PBX, then SBC                                provider   203.0.113.9
#   10.0.0.2 ==== router, masquerading, ======== its media  198.18.250.1
#                 port 5060 forwarded            phones     198.18.0.0/16
#
# 5,000 phones of the outside (CI: 500) are registered with the PBX, and it has
# 2,000 calls at a time, 20 new ones a second, for 2 hours (CI: 3 minutes). Then
# an SBC has 10,000 phones (CI: 1,000) registered at the provider, and gets a
# call for each; the administrator has named it in big-hosts. Hours are minutes
# here: the clock jumps.
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"

pbx() { python3 "$PEER/pbx.py" "$@"; }

# services: the router's, with all options as they are by default
services() {
	modprobe nf_nat_alg defaults=0 && natctl service add sip udp port 5060
}

# forward: the outside reaches the PBX at the router's own address
forward() {
	router nft -f - <<-END
		table inet nat {
			chain prerouting {
				type nat hook prerouting priority -100
				iifname wan udp dport 5060 dnat ip to $PHONE4
			}
		}
		table inet filter {
			chain forward {
				iifname wan ct status dnat accept
			}
		}
	END
}

# big_host: the SBC is limited by the totals only, and a limit of a host is one
# that it would meet
big_host() {
	natctl access-list add big permit "$PHONE4/32" &&
		natctl set big-hosts list big &&
		natctl set calls-per-host "$(full 5000 500)"
}

# over: the registrations expire, and with them what was remembered
over() {
	sleep 3800
	pbx texts
}

plan 6
topology nat
# 10,000 media flows, and 5,000 phones
sysctl -qw net.netfilter.nf_conntrack_max=262144
try "the services, and a port for the PBX" eval "services && forward"
try "a PBX with $(full 5,000 500) phones and 2,000 calls" \
	pbx pbx --phones "$(full 5000 500)" --seconds "$(full 7200 180)"
try "what is remembered ends with the calls" pbx texts
try "the administrator names a big host" big_host
try "an SBC with $(full 10,000 1,000) registrations" \
	pbx sbc --phones "$(full 10000 1000)" --rate 50 --hold 20
try "what is remembered ends with the registrations" over
finish
