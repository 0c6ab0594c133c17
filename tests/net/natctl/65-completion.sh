#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# timeout: 300
#
# bash completion: what natctl.bash offers behind every object, and that it knows
# all of them. No network but the machine's lo.
. "$(dirname "$0")/expect.sh"
# a completion's functions stand in the user's shell
. "$NF_ALG_TOP/userspace/natctl.bash"

# offers WORDS TYPED...: behind what is typed, whose last word is the one that is
# completed, those come, each once, and no others
offers() {
	local word wrong=0
	local -A wanted=()

	for word in $1; do wanted[$word]=1; done
	shift
	COMP_WORDS=(natctl "$@") COMP_CWORD=$# COMPREPLY=()
	_natctl 2>"$SCRATCH/said"
	[ ! -s "$SCRATCH/said" ] || wrong=1
	for word in "${COMPREPLY[@]}"; do
		[ -n "${wanted[$word]-}" ] || wrong=1
		unset "wanted[$word]"
	done
	[ ${#wanted[@]} = 0 ] || wrong=1
	[ $wrong = 0 ] || echo "got: ${COMPREPLY[*]}" >>"$SCRATCH/said"
	result $wrong "natctl $*: ${COMPREPLY[*]-}"
}

fresh
set -f
natctl service add sip udp port 5060
natctl access-list add phones permit any
natctl access-list add phones 30 deny any
natctl access-list add others permit any
ip link add red type vrf table 9
ip netns add inner
objects=$(natctl help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p')
offers "$objects" help ''
offers "$objects help -j -p -n -c --json --pretty --netns --color --version --help" ''
offers 'service set save show spi-match' s
offers '--netns' --n
offers 'auto always never' -c ''
offers 'always auto' --color = a
offers 'auto always never' --color =
offers 'inner' -n ''
offers 'show' -j -n inner sho
offers '--help show add delete flush defaults' service ''
offers 'show' -c never service s
offers 'sip skinny sane snmp' service add s
offers 'list' service delete l
offers 'tcp udp' service add sip ''
offers 'port' service add sip udp ''
offers '5060' service add sip udp port ''
offers '1718 1719' service add ras udp port ''
offers 'list vrf' service add sip udp port 5070 ''
offers 'phones others' service add sip udp port 5070 list ''
offers 'red' service add sip udp port 5070 list phones vrf ''
offers 'sip' service add list phones si
offers 'tcp' service add list phones skinny ''
offers 'spi-match list vrf' service add esp ''
offers 'crc16 fold16 list vrf' service add esp spi-match ''
offers 'list vrf' service add esp spi-match fold16 ''
offers 'preserve-port' service add ike ''
offers 'list vrf' service add ike preserve-port ''
offers '--help show add delete resequence' access-list ''
offers 'phones' access-list show p
offers '10 30' access-list delete phones ''
offers 'permit deny' access-list add phones ''
offers 'permit deny' access-list add phones 40 ''
offers 'any host' access-list add phones 40 permit ''
offers 'linger-time' set lin
offers 'media-ports media-from media-named-only' set media-
offers 'on off default' set allow-multipart ''
offers 'default' set linger-time ''
offers 'own list default' set media-from ''
offers 'phones others' set media-from list ''
offers '--state --help' save --
offers '--state --dry-run --verbose --help' apply --
offers 'ios --help' import ''
touch "$SCRATCH/file.conf"
offers "$SCRATCH/file.conf" apply "$SCRATCH/file"
offers "$SCRATCH/file.conf" apply --dry-run "$SCRATCH/file"
offers "$SCRATCH/file.conf" import ios "$SCRATCH/file"
offers 'add delete --help' tunnel ''
offers 'inside gateway user-zone vrf' tunnel delete ''
offers 'red' tunnel delete inside 10.0.0.2 vrf ''
offers 'translations tunnels' show t
offers 'esp icmp pptp tcp udp verbose vrf' show translations ''
offers 'verbose vrf' show translations tcp ''
offers 'vrf' show calls verbose ''
offers 'red' show calls vrf ''
offers 'verbose' show statistics ''
offers '' show limits ''
offers 'translations --help' clear ''
offers '* esp tcp udp inside outside' clear translations ''
offers '* inside' clear translations esp ''
offers 'sip skinny h323 ipsec config passed host --help' monitor ''
offers 'skinny' monitor sip sk
offers '' monitor host ''
offers '--help' doctor ''
offers 'openmetrics --help' metrics ''
offers 'crc16 fold16 --help' spi-match ''
offers 'not-protocol' explain not-p
offers '' nonsense x
ip link del red
ip netns del inner
finish
