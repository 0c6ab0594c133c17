#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# clock: simulated
# ci: uml
# timeout: 300
#
# The kernel's other helpers, each by a service on a port that is not its own:
# TFTP with a real server, and of all that a flow gets the helper it should.
#
#   phone ---- router, NAT, strict firewall ---- server: in.tftpd on 69 and 6969
#
# The rest of the topology: topology.sh. Which helpers there are depends on the
# kernel; UML has them all.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/ftp.sh"

# tftp_server PORT...
tftp_server() {
	local port

	for port; do
		server in.tftpd --foreground --listen --ipv4 --user root \
			--address "0.0.0.0:$port" --secure "$SCRATCH/tftp" &
		serves "$SERVER" -lnu "$port" || return 1
	done
}

# tftp PORT: a file, whole
tftp() {
	rm -f "$SCRATCH/got"
	phone curl -sS --max-time "${PATIENCE:-60}" -o "$SCRATCH/got" \
		"tftp://$SERVER4:$1/file" && cmp "$SCRATCH/got" "$SCRATCH/tftp/file"
}

unhelped() {
	! PATIENCE=3 tftp 6969
}

named() {
	natctl show translations verbose | grep -w tftp
}

# word helper transport port registered-name module
OTHERS="
ftp tcp 3021 ftp nf_conntrack_ftp
tftp udp 3069 tftp nf_conntrack_tftp
pptp tcp 3723 pptp nf_conntrack_pptp
irc tcp 3667 irc nf_conntrack_irc
amanda udp 3080 amanda nf_conntrack_amanda
sane tcp 3566 sane nf_conntrack_sane
snmp udp 161 snmp nf_conntrack_snmp
netbios-ns udp 137 netbios-ns nf_conntrack_netbios_ns
kernel-sip tcp 3060 sip nf_conntrack_sip
kernel-sip udp 3060 sip nf_conntrack_sip
kernel-h225 tcp 3720 Q.931 nf_conntrack_h323
kernel-ras udp 3719 RAS nf_conntrack_h323
"

# every: each word gives a flow its helper, or says that the kernel has none
every() {
	local word transport port name module has warned

	while read -r word transport port name module; do
		[ -n "$word" ] || continue
		modinfo "$module" >/dev/null 2>&1 && has=yes || has=no
		natctl service add "$word" "$transport" port "$port" \
			2>"$SCRATCH/warning" || return 1
		grep -qF "no kernel helper for $word (modprobe $module)" \
			"$SCRATCH/warning" && warned=no || warned=yes
		[ $warned = $has ] || return 1
		echo "$transport $port $name $has"
	done <<<"$OTHERS" >"$SCRATCH/expected"
	natctl -j service >"$SCRATCH/services"
	# what is answered by nobody is there until it times out
	server nft -f - <<-'END' || return 1
		table ip deaf {
			chain input {
				type filter hook input priority 0
				meta l4proto { tcp, udp } th dport != { 69, 6969 } drop
			}
		}
	END
	phone python3 - "$SERVER4" "$SCRATCH/expected" <<-'END' || return 1
		import socket
		import sys
		for line in open(sys.argv[2]):
		    transport, port = line.split()[:2]
		    kind = "SOCK_STREAM" if transport == "tcp" else "SOCK_DGRAM"
		    s = socket.socket(socket.AF_INET, getattr(socket, kind))
		    s.setblocking(False)
		    s.connect_ex((sys.argv[1], int(port)))
		    if transport == "udp":
		        s.send(b"?" * 64)
	END
	router conntrack -L >"$SCRATCH/flows" 2>/dev/null
	python3 - "$SCRATCH" <<-'END'
		import json
		import re
		import sys
		services = {(s["transport"], s["port"]): s["module-present"]
		            for s in json.load(open(sys.argv[1] + "/services"))}
		flows = {}
		for line in open(sys.argv[1] + "/flows"):
		    helper = re.search(r"helper=(\S+)", line)
		    port = re.search(r"dport=(\d+)", line)
		    if port:
		        flows[line.split()[0], int(port[1])] = helper and helper[1]
		bad = 0
		for line in open(sys.argv[1] + "/expected"):
		    transport, port, name, has = line.split()
		    key = transport, int(port)
		    want = name if has == "yes" else None
		    got = flows.get(key, "no flow")
		    print(*key, "present", services.get(key), "helper", got)
		    bad += services.get(key) != (has == "yes") or got != want
		sys.exit(bad > 0)
	END
}

# refused STATUS SENTENCE WORD...
refused() {
	local want=$1 sentence=$2 status

	shift 2
	natctl service add "$@" 2>"$SCRATCH/refusal"
	status=$?
	cat "$SCRATCH/refusal"
	[ $status = "$want" ] && grep -qF "$sentence" "$SCRATCH/refusal"
}

refusals() {
	refused 2 "ftp is not carried by udp" ftp udp port 21 &&
		refused 2 "tftp is not carried by tcp" tftp tcp port 69 &&
		refused 2 "kernel-ras is not carried by tcp" kernel-ras tcp port 1719 &&
		refused 1 "standard port only: snmp 161" snmp udp port 1161 &&
		refused 1 "netbios-ns 137" netbios-ns udp port 138 &&
		refused 1 "a service of another protocol" kernel-sip tcp port 3021 &&
		refused 2 "is not a protocol" gopher tcp port 70
}

# What a helper does not know it does not get
family() {
	local before

	before=$(reason helper-family)
	phone python3 -c '
import socket
s = socket.socket(socket.AF_INET6)
s.setblocking(False)
s.connect_ex(("'"$SERVER6"'", 3723))'
	[ "$(reason helper-family)" -gt "$before" ] || return 1
	! router conntrack -L -f ipv6 2>/dev/null | grep helper=
}

# What is saved can be applied, and then is the same
saved() {
	natctl save >"$SCRATCH/saved" 2>&1 || return 1
	cat "$SCRATCH/saved"
	grep -qx 'service add ftp tcp port 3021' "$SCRATCH/saved" &&
		grep -qx 'service add kernel-sip udp port 3060' "$SCRATCH/saved" &&
		grep -qx 'service add tftp udp port 6969 list 10' "$SCRATCH/saved" ||
		return 1
	natctl service flush && natctl apply "$SCRATCH/saved" &&
		natctl save >"$SCRATCH/again" &&
		cmp "$SCRATCH/saved" "$SCRATCH/again"
}

plan 8
topology nat
strict nat "3000-3999" "69, 137, 161, 3000-3999, 6969"
mkdir -p "$SCRATCH/tftp"
head -c 20000 /dev/urandom >"$SCRATCH/tftp/file"
chmod -R go+rX "$SCRATCH"
alg
tftp_server 69 6969 || exit 1
try "TFTP does not get through without a service" unhelped
router conntrack -F >/dev/null 2>&1
natctl access-list add 10 permit 10.0.0.0/24
natctl service add tftp udp port 69 || exit 1
natctl service add tftp udp port 6969 list 10 || exit 1
try "TFTP gets through on its port" tftp 69
try "TFTP gets through on port 6969" tftp 6969
try "natctl shows whose flow it is" named
try "each word gives a flow its helper, on any port that it allows" every
try "what cannot be is refused in a sentence" refusals
try "IPv6 is not for a helper that does not know it, and is counted" family
try "the configuration is saved and applied" saved
finish
