#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# natctl save and apply: what was saved comes back, what is equal is not
# touched, and a file with a mistake changes nothing. No network but the
# machine's lo.
# machine: uml
# timeout: 300
. "$(dirname "$0")/expect.sh"

same() {
	natctl save >"$SCRATCH/now" && diff "$1" "$SCRATCH/now"
}

fresh
expect 0 "" natctl save
cat >"$SCRATCH/config" <<END
set media-ports 20000-29999
set linger-time 5
set allow-multipart on
set sdp-origin off
set identities on
set media-from list phones
set external-address 192.0.2.77
access-list add 10 5 deny host 10.0.0.7
access-list add 10 10 permit 10.0.0.0/8
access-list add 10 20 permit 172.16.0.1 0.0.255.0
access-list add phones 10 permit fd00::/8
access-list add phones 20 permit any
service add sip tcp port 5060
service add sip tcp port 5080 list 10
service add sip udp port 5060 list phones
service add ras udp port 1719
END
expect 0 "" natctl apply "$SCRATCH/config"
holds "save gives back what was applied" same "$SCRATCH/config"
expect 0 "" natctl service flush
expect 0 "" natctl access-list delete 10
expect 0 "" natctl access-list delete phones
expect 0 "" natctl set media-ports default
expect 0 "" natctl apply "$SCRATCH/config"
holds "save, flush, apply gives back the same" same "$SCRATCH/config"

# from standard input, with comments and the tool's name
holds "apply reads standard input" sh -c '
	sed "s/^/natctl  /; 1s/^/# a comment\n\n/; s/\$/ # another/" "$1" |
	natctl apply -' sh "$SCRATCH/config"
holds "and that is the same" same "$SCRATCH/config"

# what is equal is not touched: no event
monitored "$SCRATCH/events" config
expect 0 "" natctl apply "$SCRATCH/config"
natctl access-list add end permit any
monitored_until "$SCRATCH/events" "access-list end"
holds "applying the same changes nothing" \
	test "$(sed 's/^[^ ]* //' "$SCRATCH/events")" = "config: access-list end changed"
natctl access-list delete end

# a small difference is a small change
sed 's/^set linger-time 5/set linger-time 6/; s/5080 list 10/5080/; /20 permit 172/d; s/^access-list add 10 10 .*/access-list add 10 10 permit host 10.9.9.9/' \
	"$SCRATCH/config" >"$SCRATCH/other"
expect 0 "" natctl apply --dry-run "$SCRATCH/config"
natctl apply --dry-run "$SCRATCH/other" >"$SCRATCH/plan" 2>&1
diff - "$SCRATCH/plan" >"$SCRATCH/said" <<END
set linger-time 6
access-list delete 10 10
access-list add 10 10 permit host 10.9.9.9
access-list delete 10 20
service delete sip tcp port 5080 list 10
service add sip tcp port 5080
END
result $? "a dry run says what differs, as commands"
value "len(d) == 6 and d[0] == 'set linger-time 6'" \
	natctl -j apply --dry-run "$SCRATCH/other"
holds "and changes nothing" same "$SCRATCH/config"
monitored "$SCRATCH/events" config
natctl apply --verbose "$SCRATCH/other" >"$SCRATCH/done" 2>&1
holds "what is done is what was said" diff "$SCRATCH/plan" "$SCRATCH/done"
holds "it is as the file says" same "$SCRATCH/other"
natctl access-list add end permit any
monitored_until "$SCRATCH/events" "access-list end"
natctl access-list delete end
sed 's/^[^ ]* //; /access-list end/d' "$SCRATCH/events" >"$SCRATCH/said"
diff - "$SCRATCH/said" >"$SCRATCH/difference" <<END
config: option linger-time changed
config: access-list 10 changed
config: access-list 10 changed
config: service sip tcp port 5080 changed
END
result $? "only what differed was changed"

# rules that change places
printf 'access-list add a %s\n' '10 permit host 1.1.1.1' '20 deny host 2.2.2.2' \
	>"$SCRATCH/one"
printf 'access-list add a %s\n' '10 deny host 2.2.2.2' '20 permit host 1.1.1.1' \
	>"$SCRATCH/two"
expect 0 "" natctl apply "$SCRATCH/one"
holds "one order" same "$SCRATCH/one"
expect 0 "" natctl apply "$SCRATCH/two"
holds "the other order" same "$SCRATCH/two"
expect 0 "" natctl apply "$SCRATCH/config"

# a mistake anywhere: every mistake is named, nothing is changed
refuse() {
	cp "$SCRATCH/other" "$SCRATCH/wrong"
	printf '%s\n' "$2" >>"$SCRATCH/wrong"
	expect 2 "$1" natctl apply "$SCRATCH/wrong"
}
refuse "wrong:16: service: \"70000\" is not a port" \
	"service add sip tcp port 70000"
refuse "wrong:16: access list phones has two rules 20" \
	"access-list add phones 20 deny any"
refuse "wrong:16: access list phones has this rule already, as 20" \
	"access-list add phones permit any"
refuse "wrong:16: tcp port 5060 has a service already" \
	"service add sip tcp port 5060 list 10"
refuse "wrong:16: set: there is no option" "set nonsense 5"
refuse "may stand in a configuration" "service delete sip tcp port 5060"
refuse "may stand in a configuration" "show statistics"
refuse "nothing was changed" "rubbish"
holds "nothing of them was taken" same "$SCRATCH/config"
expect 2 "No such file" natctl apply "$SCRATCH/none"
expect 2 "a file is missing" natctl apply
expect 2 'what does "now" mean?' natctl apply "$SCRATCH/config" now
expect 2 'what does "all" mean?' natctl save all

# a list that is named but not there
echo "service add sip tcp port 5060 list nobody" >"$SCRATCH/nobody"
expect 0 "access list nobody has no rules, so tcp port 5060 is for nobody" \
	natctl apply "$SCRATCH/nobody"
holds "it is saved as it was" same "$SCRATCH/nobody"

# the commands of a dry run, typed one by one, do the same
natctl apply "$SCRATCH/config" && natctl apply --dry-run "$SCRATCH/nobody" 2>/dev/null |
	while read -r words; do
		# shellcheck disable=SC2086
		natctl $words 2>/dev/null || echo "refused: $words" >>"$SCRATCH/refused"
	done
holds "what a dry run says can be typed" test ! -e "$SCRATCH/refused"
holds "and does the same" same "$SCRATCH/nobody"
refuse_dry() { ! natctl apply --dry-run "$SCRATCH/wrong"; }
holds "a dry run refuses what apply refuses" refuse_dry

# an empty file is an empty configuration
: >"$SCRATCH/empty"
expect 0 "" natctl apply "$SCRATCH/empty"
holds "apply of an empty file leaves nothing" same "$SCRATCH/empty"

# the one that is installed
expect 0 "*" natctl apply "$NF_ALG_TOP/userspace/natctl.conf"
value "len(d) == 6" natctl -j service
finish
