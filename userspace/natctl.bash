# SPDX-License-Identifier: GPL-2.0
# bash completion for natctl(8)

_natctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} words='' i=1

	# Options in front of the object
	while [ "$i" -lt "$COMP_CWORD" ]; do
		case ${COMP_WORDS[i]} in
		-n | --netns | -c | --color) i=$((i + 2)) ;;
		-*) i=$((i + 1)) ;;
		*) break ;;
		esac
	done

	case $((COMP_CWORD - i)):${COMP_WORDS[*]:i:COMP_CWORD-i} in
	-*)
		case ${COMP_WORDS[COMP_CWORD-1]} in
		-n | --netns) words=$(ip netns list 2>/dev/null | cut -d' ' -f1) ;;
		-c | --color) words='auto always never' ;;
		esac
		;;
	0:*) words='service access-list set save apply import tunnel show clear monitor spi-match
		explain help -j -p -n -c --json --pretty --netns --color --version' ;;
	1:help) words='service access-list set save apply import tunnel show clear monitor spi-match
		explain' ;;
	1:service) words='show add delete flush defaults' ;;
	2:'service add' | 2:'service delete') words='sip skinny h225 ras esp ike list' ;;
	3:service*sip) words='tcp udp' ;;
	3:service*skinny | 3:service*h225) words=tcp ;;
	3:service*ras) words=udp ;;
	3:service*esp) words='spi-match list vrf' ;;
	4:service*spi-match) words='crc16 fold16 list vrf' ;;
	5:service*spi-match\ *16) words='list vrf' ;;
	3:service*ike) words=preserve-port ;;
	4:service*preserve-port) words='list vrf' ;;
	4:service*tcp | 4:service*udp) words=port ;;
	6:service* | 8:service*) words='list vrf' ;;
	1:access-list) words='show add delete resequence' ;;
	2:'access-list '*)
		words=$(natctl access-list 2>/dev/null |
			sed -n 's/^Access list //p') ;;
	3:'access-list add '*) words='permit deny' ;;
	*' permit' | *' deny') words='any host' ;;
	1:set)
		words="media-ports $(natctl set 2>/dev/null | sed -n 's/^\([a-z][^ ]*\) .*/\1/p')" ;;
	2:'set '*) words='default on off' ;;
	1:tunnel) words='add delete' ;;
	2:'tunnel '* | 4:'tunnel '* | 6:'tunnel '* | 8:'tunnel '*)
		words='inside global gateway zone user-zone vrf' ;;
	1:save) words=--state ;;
	1:show) words='translations sessions calls registrations bindings
		tunnels statistics limits' ;;
	2:'show translations') words='esp icmp pptp tcp udp verbose vrf' ;;
	2:'show '*) words='verbose vrf' ;;
	1:clear) words=translations ;;
	2:clear*) words='* esp tcp udp inside outside' ;;
	3:clear*esp) words='* inside' ;;
	3:clear*) words=inside ;;
	?:monitor*) words='sip skinny h323 ipsec config' ;;
	1:explain)
		words=$(natctl explain 2>/dev/null | grep -v '^ ') ;;
	1:import) words=ios ;;
	1:apply | 2:'apply --state' | 2:'import ios')
		mapfile -t COMPREPLY < <(compgen -f -- "$cur"
			[[ $COMP_CWORD != $((i + 1)) ]] || compgen -W --state -- "$cur")
		return
		;;
	esac
	set -f
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	set +f
}

complete -F _natctl natctl
