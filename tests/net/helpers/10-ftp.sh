#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# clock: simulated
# ci: uml
# timeout: 300
#
# FTP by the kernel's own helper, assigned by services on ports 21 and 2021,
# through a firewall that lets in and out what is related and nothing else:
#
#   curl (phone, permitted) --.
#   curl (desk, denied) ------- router, NAT --- vsftpd (server) 21, 2021
#   vsftpd (phone) 21 --------'  2121 --------- curl (server)
#
# The rest of the topology: topology.sh.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/ftp.sh"

# modes HOST PORT MODE...: all of them, and nobody outside has read of an inside
# address
modes() {
	local host=$1 port=$2 mode

	shift 2
	: >"$FTP_LOG.server.$port"
	for mode; do
		ftp "$PHONE" "$host" "$port" "$mode" || {
			echo "$mode failed"
			return 1
		}
	done
	if grep -E '(PORT|EPRT).*(10,0,0,2|fd00:a)' "$FTP_LOG.server.$port"; then
		echo "an inside address got out"
		return 1
	fi
	grep -qE '(PORT|EPRT)' "$FTP_LOG.server.$port"
}

unhelped() {
	! PATIENCE=3 ftp "$PHONE" "$SERVER4" 21 port
}

counted() {
	[ "$(natctl -j service | jq 'map(.hits) | add')" -gt 9 ]
}

# The access list does not permit the desk phone: no helper, no data
denied() {
	local before after

	before=$(reason access-list)
	PATIENCE=3 ftp "$DESK" "$SERVER4" 2021 port && return 1
	PATIENCE=3 ftp "$DESK" "$SERVER4" 2021 epsv && return 1
	after=$(reason access-list)
	[ "$after" -gt "$before" ]
}

# A server inside, which the rules forward another port to
inward() {
	local mode

	ftp_server "$PHONE" 21 || return 1
	router nft add rule inet nat prerouting iifname wan ip daddr "$WAN4" \
		tcp dport 2121 dnat ip to "$PHONE4:21" || return 1
	for mode in $(full "epsv pasv eprt port" "pasv port"); do
		ftp "$SERVER" "$WAN4" 2121 "$mode" || return 1
	done
}

# The router's own: a client to the server outside, and a server for both sides
own() {
	ftp_server "$ROUTER" 21 || return 1
	ftp "$PHONE" 10.0.0.1 21 pasv &&
		ftp "$ROUTER" "$SERVER4" 2021 port || return 1
	[ -z "$FULL" ] || {
		ftp "$PHONE" 10.0.0.1 21 port &&
			ftp "$ROUTER" "$SERVER4" 2021 epsv
	}
}

# A connection from a port of the service's gets no helper: whoever opens it has
# chosen that
strange() {
	server python3 -c '
import socket
s = socket.create_server(("", 7000))
s.accept()[0].recv(1)' &
	serves "$SERVER" -lnt 7000 || return 1
	phone python3 -c '
import socket
s = socket.create_connection(("'"$SERVER4"'", 7000), 20, ("", 2021))
input()' <<<'' || return 1
	router conntrack -L -p tcp --dport 7000 >"$SCRATCH/strange" 2>&1
	grep -q dport=7000 "$SCRATCH/strange" &&
		! grep helper= "$SCRATCH/strange"
}

# A rule's helper wins, and the flow is counted
ruled() {
	local before after

	router conntrack -F >/dev/null 2>&1
	router nft -f - <<-END || return 1
		table ip given {
			ct helper its {
				type "irc" protocol tcp
			}
			chain prerouting {
				type filter hook prerouting priority 0
				tcp dport 2021 ct helper set "its"
			}
		}
	END
	before=$(reason foreign-helper)
	PATIENCE=3 ftp "$PHONE" "$SERVER4" 2021 port && return 1
	after=$(reason foreign-helper)
	helped irc 2021 || return 1
	router nft delete table ip given
	router conntrack -F >/dev/null 2>&1
	[ "$after" -gt "$before" ]
}

# shown FIELD VALUE: of the service on 2021
shown() {
	natctl -j service >"$SCRATCH/services"
	[ "$(jq -r ".[] | select(.port == 2021) | .[\"$1\"]" \
		"$SCRATCH/services")" = "$2" ] && return
	cat "$SCRATCH/services"
	return 1
}

# The helper's module goes and comes while there is a service
gone() {
	local before

	router conntrack -F >/dev/null 2>&1
	rmmod nf_nat_ftp && rmmod nf_conntrack_ftp || return 1
	shown module-present false || return 1
	natctl | grep -E 'ftp +tcp +2021 .*no' || return 1
	before=$(reason no-protocol-module)
	PATIENCE=3 ftp "$PHONE" "$SERVER4" 2021 port && return 1
	[ "$(reason no-protocol-module)" -gt "$before" ] || return 1
	modprobe nf_nat_ftp && shown module-present true || return 1
	ftp "$PHONE" "$SERVER4" 2021 port
}

plan 12
topology nat
strict nat "21, 2021, 7000" 69
alg
natctl access-list add 10 permit host "$PHONE4"
natctl access-list add 10 permit host "$PHONE6"
natctl access-list add 10 permit host "$WAN4"
ftp_server "$SERVER" 21 2021 || exit 1
try "without a service only the control connection goes" unhelped
natctl service add ftp tcp port 21 || exit 1
natctl service add ftp tcp port 2021 list 10 || exit 1
# shellcheck disable=SC2046 # words
try "port 21, IPv4: passive and active" \
	modes "$SERVER4" 21 $(full "epsv pasv eprt port" "pasv eprt")
try "port 21, IPv6: passive and active" modes "[$SERVER6]" 21 epsv eprt
try "port 2021, IPv4: passive and active" \
	modes "$SERVER4" 2021 epsv pasv eprt port
try "port 2021, IPv6: passive and active" modes "[$SERVER6]" 2021 epsv eprt
try "who is not in the access list gets no helper" denied
try "a server inside, by another port outside" inward
try "the router's own server and client" own
try "a flow that only comes from the port is not helped" strange
try "a rule's helper wins" ruled
try "the module goes, is shown as gone, and comes back" gone
try "flows are counted" counted
finish
