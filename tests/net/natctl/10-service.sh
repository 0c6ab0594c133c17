#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# natctl service: every form and every refusal. No network but the machine's lo.
# machine: uml
# timeout: 300
. "$(dirname "$0")/expect.sh"

bare || exit 1
expect 3 "the kernel module nf_nat_alg is not loaded: modprobe nf_nat_alg" natctl
expect 3 "modprobe nf_nat_alg" natctl service add sip tcp port 5060
expect 3 "modprobe nf_nat_alg" natctl -j show statistics
expect 3 "modprobe nf_nat_alg" natctl save
expect 3 "modprobe nf_nat_alg" natctl monitor

fresh
expect 0 "No service" natctl service
expect 0 "No service" natctl service show
value "d == []" natctl -j service
expect 0 "" natctl service add sip tcp port 5060
expect 0 "" natctl service add sip udp port 65535
holds "adding a service loads its module" test -d /sys/module/nf_alg_sip
expect 0 "" natctl service add skinny tcp port 2000
holds "and that of another protocol its own" test -d /sys/module/nf_alg_sccp
holds "and those of H.323 are of one module" sh -c '
	natctl service add h225 tcp port 1720 && test -d /sys/module/nf_alg_h323 &&
	natctl service delete h225 tcp port 1720'
modprobe -r nf_alg_h323
echo "install nf_alg_h323 /bin/false" >/etc/modprobe.d/nf-alg-test.conf
expect 0 "no module for h225 (modprobe nf-nat-alg-h225)" \
	natctl service add h225 tcp port 1720
expect 0 "no module for ras" natctl service add ras udp port 1719

# both places of "list"; a list may come later
expect 0 "access list 10 has no rules, so the service is for nobody" \
	natctl service add sip tcp port 5070 list 10
expect 0 "access list phones has no rules" \
	natctl service add list phones sip tcp port 5080
expect 0 "" natctl access-list add 10 permit any
expect 0 "" natctl service add sip udp port 5070 list 10
value "[s['access-list'] for s in d if s['port'] == 5080] == ['phones']" \
	natctl -j service
value "[s['access-list-present'] for s in d if s['port'] == 5080] == [False]" \
	natctl -j service
value "[s['module-present'] for s in d if s['protocol'] == 'h225'] == [False]" \
	natctl -j service
expect 0 "phones" natctl service
json natctl -j -p service

# refusals by the kernel
expect 1 "this service exists already" natctl service add sip tcp port 5060
expect 1 "this service exists already" \
	natctl service add sip tcp port 5060 list 10
expect 1 "this port has a service of another protocol" \
	natctl service add h225 tcp port 5060
expect 1 "there is no such service" natctl service delete sip tcp port 5061
expect 1 "there is no such service" natctl service delete h225 tcp port 5060
expect 1 "the service does not have that access list" \
	natctl service delete sip tcp port 5060 list 10
expect 1 "there is no such VRF in this namespace" \
	natctl service add sip tcp port 5061 vrf lo

# words that make no sense
expect 2 '"0" is not a port: 1 to 65535' natctl service add sip tcp port 0
expect 2 '"65536" is not a port' natctl service add sip tcp port 65536
expect 2 '"5o60" is not a port' natctl service add sip tcp port 5o60
expect 2 '"-1" is not a port' natctl service add sip tcp port -1
expect 2 '"" is not a port' natctl service add sip tcp port
expect 2 '"port N" is missing' natctl service add sip tcp 5060
expect 2 '"sctp" is not a transport' natctl service add sip sctp port 5060
expect 2 "skinny is not carried by udp" natctl service add skinny udp port 2000
expect 2 "ras is not carried by tcp" natctl service add ras tcp port 1719
expect 2 '"smtp" is not a protocol: sip, skinny, h225, ras, esp or ike' \
	natctl service add smtp tcp port 25
expect 2 "h245 has no port of its own" natctl service add h245 tcp port 1
expect 2 "a protocol is missing" natctl service add
expect 2 "the name of an access list is missing" \
	natctl service add sip tcp port 5060 list
expect 2 "is too long for the name of an access list" \
	natctl service add sip tcp port 5060 list 0123456789012345678901234567890123
expect 2 "cannot name an access list" \
	natctl service add sip tcp port 5060 list 'a b'
expect 2 'there is no device "blue"' natctl service add sip tcp port 5061 vrf blue
expect 2 'what does "now" mean?' natctl service add sip tcp port 5060 now
expect 2 'what does "all" mean?' natctl service flush all
expect 2 'what does "serv" mean?' natctl service serv

# in a VRF
holds "a VRF" ip link add blue type vrf table 10
holds "a VRF is up" ip link set blue up
expect 0 "" natctl service add sip tcp port 5060 vrf blue
expect 0 "" natctl service add sip tcp port 5090 vrf blue list 10
expect 0 "" natctl service add sip tcp port 5091 list 10 vrf blue
expect 0 "blue" natctl service
value "len([s for s in d if s['port'] == 5060 and s['transport'] == 'tcp']) == 2" \
	natctl -j service
expect 0 "" natctl service delete sip tcp port 5060 vrf blue
expect 1 "there is no such service" natctl service delete sip tcp port 5060 vrf blue
holds "the VRF goes" ip link del blue
value "not [s for s in d if s['port'] in (5090, 5091)]" natctl -j service

expect 0 "" natctl service delete sip tcp port 5060
expect 0 "" natctl service delete sip tcp port 5070 list 10
expect 0 "" natctl service delete list phones sip tcp port 5080
expect 0 "" natctl service flush
value "d == []" natctl -j service
expect 0 "" natctl service flush

# the default set
expect 0 "no module for h225" natctl service defaults
value "[(s['protocol'], s['transport'], s['port']) for s in d] == [
	('sip', 'tcp', 5060), ('sip', 'udp', 5060), ('skinny', 'tcp', 2000),
	('h225', 'tcp', 1720), ('ras', 'udp', 1718), ('ras', 'udp', 1719)]" \
	natctl -j service
expect 0 "*" natctl service defaults
value "len(d) == 6" natctl -j service
fresh defaults=1
value "len(d) == 6" natctl -j service
rm /etc/modprobe.d/nf-alg-test.conf
# Those of the default services come by themselves, and one may still be on its way
unloaded() {
	local tries=100

	until modprobe -r nf_alg_sip nf_alg_sccp nf_alg_h323 && modprobe -r nf_nat_alg &&
		[ ! -e /sys/module/nf_nat_alg ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}
holds "the modules unload" unloaded
finish
