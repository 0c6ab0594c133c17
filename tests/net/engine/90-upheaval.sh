#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 400
#
# What happens to streams under load when the administrator acts: conntrack
# flushed, the module unloaded, the namespace deleted. A stream goes on exactly
# or is reset; it never stalls and never carries a wrong byte. Topology:
# topology.sh.
. "$(dirname "$0")/../topology.sh"

interrupt() { python3 "$PEER/interrupt.py" "$@"; }
unloaded() {
	local command="rmmod nf_alg_sip && rmmod nf_nat_alg"

	interrupt --do "$command" "$@"
}
services() {
	alg "sip tcp port 5060"
}

plan 12
topology nat
alg "sip tcp port 5060"
try "conntrack -F under load" interrupt --do \
	"ip netns exec $ROUTER conntrack -F"
try "twice, offloads off" eval 'offloads off; interrupt --port 44001 --do \
	"ip netns exec $ROUTER conntrack -F; ip netns exec $ROUTER conntrack -F"'
try "the service is deleted under load: its streams go on" interrupt \
	--complete --port 44002 --do \
	"$NATCTL -n $ROUTER service delete sip tcp port 5060"
services
try "unloaded under load" unloaded --port 44003
try "it comes back" services
try "unloaded under load, offloads on" eval \
	'offloads on; unloaded --port 44004'
services
try "unloaded under load, IPv6" unloaded --family 6 --port 44005
services
try "conntrack -F and unloaded at once" interrupt --port 44006 --do \
	"ip netns exec $ROUTER conntrack -F; rmmod nf_alg_sip; rmmod nf_nat_alg"
services
# What was handed over to conntrack and is then flushed is nobody's any more:
# here only the kernel is watched
try "conntrack -F while it is unloaded" interrupt --anything --port 44008 --do \
	"ip netns exec $ROUTER conntrack -F & rmmod nf_alg_sip; rmmod nf_nat_alg; wait"
services
try "a dialog works as before" \
	python3 "$PEER/cuts.py" random --count 2 --port 44007
try "nothing that flushing has cut off is left" natctl clear translations '*'
try "the namespace is deleted under load" interrupt --gone --port 44009 \
	--do "ip netns del $ROUTER"
finish
