#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# timeout: 400
#
# natctl doctor: every fault is made and recognised, alone, and a router that
# works is told so. The topology is drawn in topology.sh; it is the router that
# is looked at.
. "$(dirname "$0")/../topology.sh"
. "$(dirname "$0")/../json.sh"

RELEASE=$(uname -r)
OVER=$SCRATCH/over

# doctor EXIT EXPRESSION: it ends like that, and Python's EXPRESSION of its
# findings d is true; bad are those that are wrong
doctor() {
	local status

	natctl -j doctor >"$SCRATCH/findings" 2>&1
	status=$?
	sed 's/},/},\n/g' "$SCRATCH/findings"
	echo "ended with $status"
	[ $status = "$1" ] && judge "$SCRATCH/findings" \
		"(lambda bad: $2)([f for f in d if f['level'] in ('fault', 'warning')])"
}
well() { doctor 0 "not bad and not [f for f in d if f['level'] == 'unknown']"; }
# sick CHECK LEVEL TEXT: that is what is wrong, and nothing else
sick() {
	doctor "${4:-1}" "bad and all(f['check'] == '$1' and f['level'] == '$2' and
		'''$3''' in f['sentence'] and 'advice' in f for f in bad)"
}
noted() {
	doctor 0 "not bad and [f for f in d if f['check'] == '$1' and
		f['level'] == 'note' and '''$2''' in f['sentence']]"
}

# over FOLDER: an empty folder is there until "off"
over() {
	mkdir -p "$1" 2>/dev/null
	mount -t tmpfs over "$1" && echo "$1" >>"$OVER"
}
off() {
	local folder

	while read -r folder; do umount "$folder"; done < <(tac "$OVER")
	rm -f "$OVER"
}
# modules: on disk are copies that can be changed, of what is looked at
modules() {
	local file

	file=$(engine) && file=${file#"/lib/modules/$RELEASE/"} &&
		mkdir -p "$SCRATCH/modules/$(dirname "$file")" &&
		cp -L "/lib/modules/$RELEASE/modules.dep" "$SCRATCH/modules/" &&
		cp -L "/lib/modules/$RELEASE/$file" "$SCRATCH/modules/$file" &&
		over "/lib/modules/$RELEASE" &&
		cp -r "$SCRATCH/modules/." "/lib/modules/$RELEASE"
}
engine() {
	find "/lib/modules/$RELEASE/" -follow -name 'nf_nat_alg.ko*'
}
# efi NAME BYTE...: a variable of the firmware
efi() {
	local name=$1

	shift
	mkdir -p /sys/firmware/efi/efivars &&
		printf '\006\000\000\000%b' "$*" >"/sys/firmware/efi/efivars/$name"
}

# --- no module yet -----------------------------------------------------------

# scripts before this one, in the same machine, leave it loaded
unload || exit 1
topology nat
mkdir -p /boot
cat >"/boot/config-$RELEASE" <<'END'
CONFIG_NF_CONNTRACK=y
CONFIG_NF_NAT=m
CONFIG_NF_CT_NETLINK=m
CONFIG_NF_CONNTRACK_ZONES=y
END
try "the module is not loaded" sick module fault "nf_nat_alg is not loaded." 3
secure() {
	over /sys/firmware && efi SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c '\001' &&
		doctor 3 "[f['check'] for f in bad] == ['secure-boot', 'module'] and
			'Secure Boot is on' in bad[0]['sentence'] and
			'has none' in bad[0]['sentence'] and 'mokutil' in bad[0]['advice']"
}
try "it will not load, for Secure Boot and no signature" secure
sign() {
	modules && printf '~Module signature appended~\n' >>"$(engine)" &&
		sick module fault "nf_nat_alg is not loaded." 3
}
try "with a signature it may" sign
enrol() {
	mkdir -p /var/lib/dkms && echo "a certificate" >/var/lib/dkms/mok.pub &&
		doctor 3 "'is not enrolled' in bad[0]['sentence'] and
			'mokutil --import' in bad[0]['advice']"
}
try "the key is not enrolled" enrol
enrolled() {
	efi MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23 "list a certificate\n of keys" &&
		sick module fault "nf_nat_alg is not loaded." 3
}
try "the key is enrolled" enrolled
validation() {
	rm /sys/firmware/efi/efivars/MokListRT-* &&
		efi MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23 '\001' &&
		sick module fault "nf_nat_alg is not loaded." 3
}
try "shim was told not to look" validation
lockdown() {
	over /sys/kernel && mkdir /sys/kernel/security &&
		echo 'none [integrity] confidentiality' >/sys/kernel/security/lockdown &&
		doctor 3 "'the kernel is locked down' in bad[0]['sentence']"
}
try "lockdown is seen too" lockdown
rm -f /var/lib/dkms/mok.pub
off
gone() {
	modules && rm "$(engine)" &&
		sick module fault "not there for the running kernel" 3
}
try "the module is not on disk" gone
off
nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups env "$NATCTL" doctor
	[ $? = 3 ]
}
try "anybody may ask" nobody

# --- a router that works -----------------------------------------------------

alg "sip udp port 5060" "sip tcp port 5060"
try "a router that works, and is new" noted hits "No service has taken a flow"
use() {
	phone bash -c "echo >/dev/udp/$SERVER4/5060" && well
}
try "a router that works" use
said() {
	natctl doctor >"$SCRATCH/said" && cat "$SCRATCH/said" &&
		grep -q '^All is well\.$' "$SCRATCH/said" &&
		! grep -E '.{81}' "$SCRATCH/said"
}
try "that is said in words" said
stranger() {
	router setpriv --reuid 65534 --regid 65534 --clear-groups "$NATCTL" -j doctor \
		>"$SCRATCH/findings"
	[ $? = 4 ] && judge "$SCRATCH/findings" \
		"sorted(f['check'] for f in d if f['level'] == 'unknown') == ['firewall', 'nat']"
}
try "who may not look at the firewall is told so" stranger

# --- modules and services ----------------------------------------------------

stale() {
	# another note of the linker's, as a new build has
	modules && python3 - "$(engine)" "/sys/module/nf_nat_alg/notes/.note.gnu.build-id" <<-'END' &&
		import sys
		data, note = (open(name, "rb").read() for name in sys.argv[1:])
		assert note in data
		open(sys.argv[1], "wb").write(data.replace(note, note[:-1] + b"?"))
	END
		sick stale-module warning "of nf_nat_alg:"
}
try "the module was upgraded and not loaded again" stale
off
removed() { modules && rm "$(engine)" && sick module warning "not be there after a reboot"; }
try "the module will be missing after a reboot" removed
off
config() {
	sed -i s/CONFIG_NF_CONNTRACK_ZONES=y/CONFIG_NF_CONNTRACK_ZONESX=y/ \
		"/boot/config-$RELEASE" &&
		sick kernel-config warning CONFIG_NF_CONNTRACK_ZONES
}
try "the kernel lacks something" config
rm "/boot/config-$RELEASE"
[ ! -e /proc/config.gz ] || mount --bind /dev/null /proc/config.gz
try "how the kernel was made cannot be told" noted kernel-config "cannot be told"
no_service() { natctl service flush && sick services fault "no service"; }
try "there is no service" no_service
list() {
	natctl service add sip udp port 5060 list phones 2>/dev/null &&
		sick services fault "list phones has no rules"
}
try "an access list is missing" list
missing() {
	natctl service flush &&
		echo "install nf_alg_h323 /bin/false" >/etc/modprobe.d/nf-alg-test.conf &&
		natctl service add h225 tcp port 1720 2>/dev/null &&
		sick services fault "module for h225 is not loaded"
}
try "a protocol's module is missing" missing
rm /etc/modprobe.d/nf-alg-test.conf
natctl service flush
natctl service add sip udp port 5060
OPTIONS='OPTIONS sip:x@203.0.113.9 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1\r\nFrom: <sip:a@10.0.0.2>;tag=1\r\nTo: <sip:x@203.0.113.9>\r\nCall-ID: n\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n'
limit() {
	natctl set sessions-per-host 1 &&
		phone bash -c "for n in 1 2 3; do
			printf '$OPTIONS' >/dev/udp/$SERVER4/5060; done" &&
		sick limits warning "The limit of sessions was met" &&
		natctl set sessions-per-host default
}
try "a limit was met" limit
# which is counted, until the module is loaded anew
unload && alg "sip udp port 5060"

# --- the kernel --------------------------------------------------------------

router sysctl -qw net.ipv4.ip_forward=0
try "the router does not forward" sick forwarding fault "does not forward"
router sysctl -qw net.ipv4.ip_forward=1
ways() {
	ip -n "$ROUTER" route add default via "$SERVER4" &&
		ip -n "$ROUTER" route add default via 10.0.0.2 metric 7 &&
		router sysctl -qw net.ipv4.conf.all.rp_filter=1 &&
		sick rp-filter warning "more than one way out"
}
try "rp_filter is strict, and there are two ways out" ways
loose() {
	router sysctl -qw net.ipv4.conf.all.rp_filter=2 && well
}
try "loose, it is well" loose
router sysctl -qw net.ipv4.conf.all.rp_filter=0
ip -n "$ROUTER" route del default metric 7
ip -n "$ROUTER" route del default
full() {
	router conntrack -F 2>/dev/null
	router conntrack -I -p udp -s 10.0.0.2 -d 203.0.113.9 --sport 9 --dport 9 -t 99 &&
		sysctl -qw net.netfilter.nf_conntrack_max=1 &&
		sick conntrack-table fault "nearly full: 1 of 1"
}
try "the table of connections is full" full
sysctl -qw net.netfilter.nf_conntrack_max=65536
# what this kernel cannot do stands in files in the place of its own
sysctls() {
	over /proc/sys/net && mkdir -p /proc/sys/net/netfilter /proc/sys/net/ipv4 &&
		echo 1 >/proc/sys/net/ipv4/ip_forward &&
		echo 1 >/proc/sys/net/netfilter/nf_conntrack_helper &&
		sick in-tree-helper fault "nf_conntrack_helper=1"
}
try "helpers are given by port" sysctls
off
bridge() {
	over /proc/sys/net && mkdir -p /proc/sys/net/bridge /proc/sys/net/ipv4 &&
		echo 1 >/proc/sys/net/ipv4/ip_forward &&
		echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables &&
		doctor 0 "not bad" && ip -n "$ROUTER" link add br0 type bridge &&
		noted bridge "ports of a bridge"
}
try "bridged frames go through the firewall" bridge
off
shortcut() {
	over /sys/module && mkdir -p /sys/module/fast_classifier &&
		sick offload warning "fast_classifier"
}
try "a vendor's shortcut" shortcut
off
ip -n "$ROUTER" link del br0

# --- the firewall ------------------------------------------------------------

nft() { router nft "$@"; }
bare() { nft flush ruleset && nft -f -; }

no_nat() { nft delete table inet nat && sick nat fault "No rule translates"; }
try "no rule translates" no_nat

MASQUERADE='table ip nat { chain post { type nat hook postrouting priority srcnat
	oifname wan masquerade; }; }'
# rules {well|sick} RULES: of a chain forward that drops
forward() {
	local how=$1

	bare <<-END && if [ "$how" = well ]; then well; else
		$MASQUERADE
		table inet f {
			chain extra { ct state { established, related } accept; }
			chain allow { accept; }
			chain forward { type filter hook forward priority 0; policy drop; $2; }
		}
	END
		sick firewall fault "in inet f forward nothing accepts RELATED"; fi
}
while read -r how rule; do
	# in CI one of each kind
	[[ $how != *- ]] || [ -n "$FULL" ] || continue
	how=${how%-}
	try "$how: $rule" forward "$how" "$rule"
done <<'END'
sick iifname lan accept
sick ct state established accept
sick- ct state new,established accept
sick- ct state vmap { established : accept, related : drop }
sick ct state != related accept
well- ct state related accept
well ct state established,related counter accept
well iifname wan oifname lan ct state { established, related } accept
well ct state vmap { established : accept, related : accept, invalid : drop }
well- ct state vmap { established : accept, related : jump allow }
well- ct state != new accept
well ct status dnat accept
well jump extra
well- meta iifname vmap { wan : jump extra }
END
policy() {
	bare <<-END && well
		$MASQUERADE
		table ip f {
			chain forward { type filter hook forward priority 0;
				ct state invalid drop; }
		}
	END
}
try "well: a chain that drops what is invalid alone" policy
reject() {
	nft add rule ip f forward reject &&
		sick firewall fault "in ip f forward nothing"
}
try "sick: a rule at the end rejects all" reject

object() {
	bare <<-END && sick in-tree-helper fault 'in inet h pre gives flows the kernel'
		$MASQUERADE
		table inet h {
			ct helper s { type "sip" protocol udp; }
			chain pre { type filter hook prerouting priority 0;
				udp dport 5060 ct helper set "s"; }
		}
	END
}
modprobe nf_conntrack_sip
try "a ct helper object that a rule names" object
raw() {
	bare <<-END && sick notrack warning "in inet h pre keeps packets"
		$MASQUERADE
		table inet h {
			chain pre { type filter hook prerouting priority raw;
				iif lo notrack; udp dport 16384-32767 notrack; }
		}
	END
}
try "a rule that says notrack" raw
offload() {
	bare <<-END && noted offload "A flowtable takes flows:"
		$MASQUERADE
		table inet f {
			flowtable t { hook ingress priority 0; devices = { lan, wan }; }
			chain forward { type filter hook forward priority 0;
				ct state established flow add @t; }
		}
	END
}
try "a flowtable does no harm" offload

# the same by iptables, of both makes
for make in nft legacy; do
	nft flush ruleset
	tables() { router iptables-$make "$@"; }
	place="iptables -t"
	[ $make = legacy ] || place=ip
	tables -P FORWARD DROP
	tables -A FORWARD -i lan -j ACCEPT
	try "iptables-$make: no NAT, no RELATED" doctor 1 \
		"[f['check'] for f in bad] == ['nat', 'firewall']"
	tables -t nat -A POSTROUTING -o wan -j MASQUERADE
	try "iptables-$make: no RELATED" sick firewall fault \
		"in $place filter FORWARD nothing accepts RELATED"
	tables -N media
	tables -A media -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	tables -A FORWARD -j media
	try "iptables-$make: all is well" well
	tables -F media
	tables -A media -m state --state RELATED -j ACCEPT
	try "iptables-$make: all is well with the older match" well
	tables -P FORWARD ACCEPT
	tables -F FORWARD
	tables -A FORWARD -j DROP
	try "iptables-$make: a rule at the end drops all" sick firewall fault \
		"in $place filter FORWARD nothing accepts RELATED"
	tables -F FORWARD
	tables -t raw -A PREROUTING -p udp --dport 5060 -j CT --helper sip
	try "iptables-$make: a helper is given" sick in-tree-helper fault \
		"in $place raw PREROUTING gives flows"
	tables -t raw -F
	tables -t raw -A PREROUTING -p udp --dport 5060 -j CT --notrack
	try "iptables-$make: notrack" sick notrack warning "in $place raw PREROUTING"
	tables -t raw -F
	tables -t nat -F
	tables -X
done
finish
