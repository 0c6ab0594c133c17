#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# natctl import: Cisco configurations become commands that natctl apply takes,
# and every line is one or has a reason. ios/NAME.ios is read, ios/NAME.natctl is
# what comes of it. No network but the machine's lo.
# machine: uml
# timeout: 300
. "$(dirname "$0")/expect.sh"
HERE=$(cd "$(dirname "$0")" && pwd)

cd "$HERE/ios" || exit 1
# before the module is there: it needs none
for file in *.ios; do
	natctl import ios "$file" >"$SCRATCH/$file" 2>"$SCRATCH/said" &&
		diff "${file%.ios}.natctl" "$SCRATCH/$file" >"$SCRATCH/said"
	result $? "$file becomes ${file%.ios}.natctl"
done
holds "no line is wider than a screen" sh -c "! grep -hE '.{81}' '$SCRATCH'/*.ios"
expect 0 "service add sip tcp port 5060" natctl import ios /dev/null
expect 2 "of what kind? ios" natctl import
expect 2 '"pix" is not known' natctl import pix branch.ios
expect 2 "a file is missing" natctl import ios
expect 2 "No such file" natctl import ios none
expect 2 "Is a directory" natctl import ios .
expect 2 'what does "now" mean?' natctl import ios vpn.ios now
holds "it reads standard input" sh -c \
	'natctl import ios - <vpn.ios | grep -q "^# Made of stdin"'
value "sum(c.get('lines', 0) for c in d['commands'] + d['explained']) +
	d['nat'] + d['other'] <= d['lines']" natctl -j import ios branch.ios
value "[c['command'] for c in d['commands'] if 'multipart' in c['command']] ==
	['set allow-multipart on']" natctl -j import ios typed.ios

fresh
for file in *.ios; do
	natctl apply "$SCRATCH/$file" >"$SCRATCH/said" 2>&1
	result $? "natctl apply takes what comes of $file"
	# of the commands, what is not a rule without a number
	natctl save | sort >"$SCRATCH/saved"
	grep -E '^(set|service)' "$SCRATCH/$file" | sort >"$SCRATCH/wanted"
	grep -vE '^access-list' "$SCRATCH/saved" | diff "$SCRATCH/wanted" - \
		>"$SCRATCH/said"
	result $? "and natctl save has its services and settings"
	[ "$(grep -c '^access-list' "$SCRATCH/$file")" = \
		"$(grep -c '^access-list' "$SCRATCH/saved")" ]
	result $? "and its rules"
done
expect 0 "" natctl apply vpn.natctl
natctl access-list show 10 >"$SCRATCH/list"
diff - "$SCRATCH/list" >"$SCRATCH/said" <<'END'
Access list 10
    10 deny host 10.20.30.99
    20 permit 10.20.30.0/24
    30 permit host 10.20.31.7
    40 permit 172.16.0.1 0.0.255.0
END
result $? "a list reads as on IOS"
expect 2 "Is a directory" natctl apply .
value "len(d) == 11" natctl -j service
finish
