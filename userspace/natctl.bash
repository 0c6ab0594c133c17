# SPDX-License-Identifier: GPL-2.0
# bash completion for natctl(8)

# Names that are there now; a natctl that may not look prints none
_natctl_lists() {
	natctl access-list 2>/dev/null | sed -n 's/^Access list //p'
}
_natctl_rules() {
	natctl access-list show "$1" 2>/dev/null | sed -n 's/^ *\([0-9]\{1,\}\) .*/\1/p'
}
_natctl_vrfs() {
	ip -br link show type vrf 2>/dev/null | sed 's/[ @].*//'
}
_natctl_options() {
	natctl set 2>/dev/null | sed -n 's/^\([a-z][^ ]*\) .*/\1/p'
}

# "service add" and what may follow; the words between are in $@
_natctl_service() {
	local protocol=${1-} at=$# last=

	[ $# = 0 ] || last=${*: -1}
	case $last in
	list) _natctl_lists; return ;;
	vrf) _natctl_vrfs; return ;;
	esac
	# IOS has the list in front
	if [ "$protocol" = list ]; then
		[ $# -gt 1 ] || return
		shift 2
		protocol=${1-} at=$#
	fi
	case $at:$protocol in
	0:*) echo sip skinny h225 ras esp ike ftp tftp pptp irc amanda sane snmp netbios-ns \
		kernel-sip kernel-h225 kernel-ras; [ -n "${protocol-}" ] || echo list ;;
	1:sip | 1:kernel-sip) echo tcp udp ;;
	1:esp) echo spi-match list vrf ;;
	2:esp) [ "$last" != spi-match ] || echo crc16 fold16; echo list vrf ;;
	*:esp) echo list vrf ;;
	1:ike) echo preserve-port ;;
	*:ike) echo list vrf ;;
	1:ras | 1:tftp | 1:amanda | 1:snmp | 1:netbios-ns | 1:kernel-ras) echo udp ;;
	1:*) echo tcp ;;
	2:*) echo port ;;
	3:sip | 3:kernel-sip) echo 5060 ;;
	3:skinny) echo 2000 ;;
	3:h225 | 3:kernel-h225) echo 1720 ;;
	3:ras) echo 1718 1719 ;;
	3:kernel-ras) echo 1719 ;;
	3:ftp) echo 21 ;;
	3:tftp) echo 69 ;;
	3:pptp) echo 1723 ;;
	3:irc) echo 6667 ;;
	3:amanda) echo 10080 ;;
	3:sane) echo 6566 ;;
	3:snmp) echo 161 ;;
	3:netbios-ns) echo 137 ;;
	*) echo list vrf ;;
	esac
}

_natctl_tunnel() {
	case ${*: -1} in
	vrf) _natctl_vrfs ;;
	inside | global | gateway | zone | user-zone | idle | latest | out | in | cookie | ahead) ;;
	by) echo sent match ike pending sole ;;
	*) case $1 in
		add) echo inside global gateway zone user-zone vrf idle latest out in by tentative \
			cookie ahead ;;
		delete) echo inside gateway user-zone vrf ;;
		esac ;;
	esac
}

# What may stand behind the words: an object and its own
_natctl_words() {
	local objects='service access-list set save apply import tunnel show clear monitor doctor
		metrics spi-match explain'

	if [ $# = 0 ]; then
		echo "$objects" help -j -p -n -c --json --pretty --netns --color --version --help
		return
	fi
	[ $# != 1 ] || [ "$1" = help ] || echo --help
	case $#:$* in
	1:help) echo "$objects" ;;
	1:service) echo show add delete flush defaults ;;
	*:'service add'* | *:'service delete'*) _natctl_service "${@:3}" ;;
	1:access-list) echo show add delete resequence ;;
	2:'access-list '*) _natctl_lists ;;
	3:'access-list delete '*) _natctl_rules "$3" ;;
	3:'access-list add '* | 4:'access-list add '*[0-9]) echo permit deny ;;
	*:'access-list add '*' permit' | *:'access-list add '*' deny') echo any host ;;
	1:set) _natctl_options ;;
	2:'set media-from') echo own list default ;;
	2:'set big-hosts') echo none list default ;;
	3:'set media-from list' | 3:'set big-hosts list') _natctl_lists ;;
	2:'set '*)
		echo default
		natctl set 2>/dev/null | grep -q "^$2 .*(default o[nf]*)" && echo on off
		;;
	1:save) echo --state ;;
	1:apply) echo --state --dry-run --verbose ;;
	1:import) echo ios ;;
	1:tunnel) echo add delete ;;
	*:tunnel*) _natctl_tunnel "${@:2}" ;;
	1:show) echo translations sessions calls registrations bindings tunnels statistics limits ;;
	*:show*' vrf') _natctl_vrfs ;;
	2:'show statistics') echo verbose ;;
	2:'show limits') ;;
	2:'show translations') echo esp icmp pptp tcp udp verbose vrf ;;
	*:show*verbose*vrf* | *:show*vrf*verbose*) ;;
	*:show*verbose) echo vrf ;;
	*:show*) echo verbose vrf ;;
	1:clear) echo translations ;;
	2:'clear translations') echo '* esp tcp udp inside outside' ;;
	3:'clear translations esp') echo '* inside' ;;
	3:'clear translations tcp' | 3:'clear translations udp') echo inside ;;
	*:monitor*' host') ;;
	*:monitor*) echo sip skinny h323 ipsec config passed host ;;
	1:metrics) echo openmetrics ;;
	1:spi-match) echo crc16 fold16 ;;
	1:explain) natctl explain 2>/dev/null | grep -v '^ ' ;;
	esac
}

_natctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} words='' i=1 option='' -

	# "*" is a word here
	set -f

	# Options in front of the object; --color=always is three words to bash
	while [ "$i" -lt "$COMP_CWORD" ]; do
		case ${COMP_WORDS[i]} in
		-n | --netns | -c | --color)
			option=${COMP_WORDS[i]}
			i=$((i + 1))
			[ "${COMP_WORDS[i]}" != = ] || i=$((i + 1))
			# its value is what is typed, or "=" is
			[ "$i" -lt "$COMP_CWORD" ] || break
			option=
			i=$((i + 1))
			;;
		-*) i=$((i + 1)) ;;
		*) break ;;
		esac
	done
	[ "$cur" != = ] || cur=
	case $option in
	-n | --netns) words=$(ip netns list 2>/dev/null | cut -d' ' -f1) ;;
	-c | --color) words='auto always never' ;;
	*) words=$(_natctl_words "${COMP_WORDS[@]:i:COMP_CWORD-i}") ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	# Files: what apply and import read
	case $option:$((COMP_CWORD - i)):${COMP_WORDS[*]:i:COMP_CWORD-i} in
	:1:apply | :2:'apply --'* | :2:'import ios')
		mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$cur")
		compopt -o filenames 2>/dev/null
		;;
	esac
}

complete -F _natctl natctl
