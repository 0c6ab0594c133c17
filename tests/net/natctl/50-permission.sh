#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who may do what:
#
#   nobody   --- lists without addresses --->  initial namespace
#   nobody as root of a user namespace   --->  a network namespace of its own
#
# machine: qemu uml
# ci: uml
# timeout: 300
. "$(dirname "$0")/expect.sh"

nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

fresh
natctl service defaults 2>/dev/null
for words in "" "service" "set" "show statistics" "show limits" "-j" \
	"-j show limits" "explain"; do
	# shellcheck disable=SC2086
	expect 0 "*" nobody natctl $words
done
echo "tunnel total 0" >"$SCRATCH/state"
chmod 755 "$SCRATCH"
for words in "service add sip tcp port 5070" "service delete sip tcp port 5060" \
	"service flush" "service defaults" "access-list add 10 permit any" \
	"access-list delete 10" "access-list resequence 10" "access-list" \
	"tunnel add inside 10.0.0.2 gateway 192.0.2.9 global 192.0.2.1 zone 40000" \
	"tunnel delete inside 10.0.0.2 gateway 192.0.2.9" "save --state" \
	"apply --state $SCRATCH/state" "show tunnels" \
	"set linger-time 5" "save" "apply $NF_ALG_TOP/userspace/natctl.conf" \
	"show sessions" "show calls" "show registrations" "show bindings" \
	"show translations" "-j show bindings" "clear translations *" "monitor"; do
	set -f
	# shellcheck disable=SC2086
	expect 4 "not permitted: it needs CAP_NET_ADMIN in this network namespace" \
		nobody natctl $words
	set +f
done
ip netns add other
expect 4 "not permitted" nobody natctl -n other
expect 2 'network namespace "none": there is none of this name' natctl -n none

# a namespace has a configuration of its own
expect 0 "No service" natctl -n other service
expect 0 "" natctl -n other service add sip tcp port 5070
expect 0 "" natctl --netns=other set linger-time 7
value "[s['port'] for s in d] == [5070]" natctl -j -n other service
value "5070 not in [s['port'] for s in d]" natctl -j service
value "[o['value'] for o in d if o['name'] == 'linger-time'] == [32]" natctl -j set
ip netns del other

# root of a user namespace configures what is its own
sysctl -qw kernel.unprivileged_userns_clone=1 2>/dev/null
if nobody unshare -Urn true 2>/dev/null; then
	cat >"$SCRATCH/own" <<'END'
natctl service add sip tcp port 5071 && natctl access-list add 1 permit any &&
natctl set linger-time 9 && natctl show bindings && natctl save
END
	chmod 755 "$SCRATCH"
	holds "root of a user namespace configures its own network namespace" \
		nobody unshare -Urn sh "$SCRATCH/own"
	value "5071 not in [s['port'] for s in d]" natctl -j service
else
	echo "ok - user namespaces # SKIP the root of the machine is a chroot"
fi
finish
