#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# natctl tunnel, save --state and apply --state: tunnels of another router's are
# put in, what was saved comes back, what cannot be is refused with a sentence,
# and a file with a mistake changes nothing. No network but the machine's lo.
# machine: uml
# timeout: 300
. "$(dirname "$0")/expect.sh"
# shellcheck disable=SC2086 # words of commands

# but for the time that has passed
same() {
	natctl save --state | sed 's/ idle [0-9]*//' >"$SCRATCH/now" &&
		sed 's/ idle [0-9]*//' "$1" | diff - "$SCRATCH/now"
}

# says TEXT: what it said last has it too
says() {
	holds "and says \"$1\"" grep -qF -- "$1" "$SCRATCH/err"
}

ONE="inside 10.0.0.2 gateway 198.51.100.9"
REST="global 192.0.2.1 zone 32768"
NINE=$(printf ' in 0x%x' 1 2 3 4 5 6 7 8 9)

fresh
# words
expect 2 "add or delete?" natctl tunnel
expect 2 '"inside IP" is missing' natctl tunnel add
expect 2 '"inside IP" is missing' natctl tunnel delete
expect 2 '"gateway IP" is missing' natctl tunnel delete inside 10.0.0.2
expect 2 '"global IP" is missing' natctl tunnel add $ONE zone 32768
expect 2 '"zone N" is missing' natctl tunnel add $ONE global 192.0.2.1
expect 2 'inside: "10.0.0" is not an address' natctl tunnel add inside 10.0.0
expect 2 'zone: "0" is not a number: 1 to 65535' natctl tunnel add $ONE zone 0
expect 2 'user-zone: "x" is not a number' natctl tunnel add $ONE user-zone x
expect 2 'ahead: "3" is not a number: 0 to 2' natctl tunnel add $ONE ahead 3
expect 2 'in: "0x0" is not an SPI' natctl tunnel add $ONE $REST in 0x0
expect 2 'in: "0x123456789" is not an SPI' natctl tunnel add $ONE $REST in 0x123456789
expect 2 'out: "77" is not an SPI' natctl tunnel add $ONE $REST out 77
expect 2 'there is no evidence "hearsay"' natctl tunnel add $ONE $REST in 0x1 by hearsay
expect 2 'there is one latest SPI' natctl tunnel add $ONE $REST latest 0x1 latest 0x2
expect 2 '"0x" is not a cookie' natctl tunnel add $ONE $REST cookie 0x
expect 2 'there is no device "red"' natctl tunnel add $ONE $REST vrf red
expect 2 'what does "now" mean?' natctl tunnel add $ONE $REST now
expect 2 'what does "zone" mean?' natctl tunnel delete $ONE zone 5

# what the kernel refuses
expect 1 "there is no esp service and no ike service" natctl tunnel add $ONE $REST
expect 1 "there is no such tunnel" natctl tunnel delete $ONE
expect 0 "" natctl access-list add 10 permit 10.0.0.0/24
expect 0 "" natctl service add esp list 10
expect 1 "no esp or ike service permits this inside host" \
	natctl tunnel add inside 10.0.1.2 gateway 198.51.100.9 $REST
expect 1 "the zone is not between tunnel-zone-low and tunnel-zone-high" \
	natctl tunnel add $ONE global 192.0.2.1 zone 5
expect 1 "inside host and gateway are not of the same family" \
	natctl tunnel add inside fd00::2 gateway 198.51.100.9 $REST
expect 1 "inside host and public address are not of the same family" \
	natctl tunnel add $ONE global 2001:db8::1 zone 32768
expect 1 "there is no such VRF" natctl tunnel add $ONE $REST vrf lo
expect 1 "more SPIs or cookies than spis-per-tunnel" natctl tunnel add $ONE \
	$REST $NINE
expect 1 "more SPIs or cookies than spis-per-tunnel" natctl tunnel add $ONE \
	$REST ${NINE//in/cookie}
expect 0 "[]" natctl -j show tunnels

# put in
expect 0 "" natctl tunnel add $ONE $REST idle 100 latest 0x80001001 \
	in 0x1001 by ike in 0x1002 tentative cookie 0x1111111100000001
expect 0 "80001001" natctl show tunnels
value "len(d) == 1 and d[0]['zone'] == 32768 and d[0]['spi-in'] == 0x1001 and d[0]['spi-out'] == 0x80001001 and d[0]['evidence'] == 'ike' and d[0]['state'] == 'live' and d[0]['cookies'] == 1 and 99 <= d[0]['idle'] <= 110 and d[0]['inside-global']['address'] == '192.0.2.1'" \
	natctl -j show tunnels
expect 1 "this tunnel exists already" natctl tunnel add $ONE $REST
expect 1 "this tunnel exists in another zone; delete it first" \
	natctl tunnel add $ONE global 192.0.2.1 zone 40000
OTHER="inside 10.0.0.3 gateway 198.51.100.9 global 192.0.2.1"
expect 1 "another tunnel to this gateway has this zone; delete it first" \
	natctl tunnel add $OTHER zone 32768
expect 1 "another tunnel to this gateway has one of these SPIs or cookies" \
	natctl tunnel add $OTHER zone 32769 in 0x1002
expect 1 "another tunnel to this gateway has one of these SPIs or cookies" \
	natctl tunnel add $OTHER zone 32769 cookie 0x1111111100000001
# two hosts may send with one SPI
expect 0 "" natctl tunnel add $OTHER zone 32769 out 0x80001001
# a zone serves one tunnel of each gateway
expect 0 "" natctl tunnel add inside 10.0.0.2 gateway 198.51.100.10 $REST
expect 0 "" natctl set tunnels-max 3
expect 1 "as many tunnels as tunnels-max or tunnels-per-host permit" \
	natctl tunnel add inside 10.0.0.9 gateway 198.51.100.9 global 192.0.2.1 zone 32770
expect 0 "" natctl set tunnels-max default
expect 0 "" natctl tunnel delete inside 10.0.0.3 gateway 198.51.100.9
expect 0 "" natctl tunnel delete inside 10.0.0.2 gateway 198.51.100.10
value "len(d) == 1" natctl -j show tunnels

# saved, forgotten, and there again
natctl save --state | sed 's/idle [0-9]*/idle 1/' >"$SCRATCH/said"
diff - "$SCRATCH/said" >"$SCRATCH/difference" <<'END'
tunnel add inside 10.0.0.2 gateway 198.51.100.9 global 192.0.2.1 zone 32768 idle 1 latest 0x80001001 in 0x00001001 by ike in 0x00001002 by restored tentative cookie 0x1111111100000001
tunnel total 1
END
result $? "save says it all"
cat >"$SCRATCH/state" <<'END'
tunnel add inside 10.0.0.2 gateway 198.51.100.9 global 192.0.2.1 zone 32770 idle 0 latest 0x80001002 in 0x00001001 by ike cookie 0x1111111100000001
tunnel add inside 10.0.0.4 gateway 198.51.100.9 user-zone 7 global 192.0.2.1 zone 32768 idle 0 ahead 1 in 0x00001002 by match tentative
tunnel add inside fd00::2 gateway 2001:db8::9 global 2001:db8::1 zone 32768 idle 0 out 0x00000005
tunnel total 3
END
expect 0 "" natctl access-list add 10 permit fd00::/64
expect 0 "" natctl apply --state "$SCRATCH/state"
holds "save gives back what was applied" same "$SCRATCH/state"
timeout 4 natctl monitor ipsec >"$SCRATCH/events" &
monitor=$!
sleep 1.5
expect 0 "" natctl apply --state "$SCRATCH/state"
wait $monitor
holds "applying the same changes nothing" test ! -s "$SCRATCH/events"
holds "from standard input" sh -c 'sed "s/^/natctl  /; 1s/^/# first\n\n/" "$1" |
	natctl apply --state -' sh "$SCRATCH/state"
holds "and that is the same" same "$SCRATCH/state"
sed 's/32770/32768/; s/user-zone 7 \(.*\) zone 32768/user-zone 7 \1 zone 32770/' \
	"$SCRATCH/state" >"$SCRATCH/other"
expect 0 "" natctl apply --state "$SCRATCH/other"
holds "tunnels change places" same "$SCRATCH/other"

# a mistake anywhere: nothing is changed
wrong() {
	expect 2 "$1" natctl apply --state "$SCRATCH/wrong"
	says "nothing was changed"
}
sed '1s/$/ now/' "$SCRATCH/state" >"$SCRATCH/wrong"
wrong 'wrong:1: tunnel: what does "now" mean?'
says 'wrong:4: there should be 3 tunnels, and there are 2'
sed 3q "$SCRATCH/state" >"$SCRATCH/wrong"
wrong 'the last line, "tunnel total", is missing: this is not all of it'
: >"$SCRATCH/wrong"
wrong 'the last line, "tunnel total", is missing: this is not all of it'
sed 2d "$SCRATCH/state" >"$SCRATCH/wrong"
wrong 'wrong:3: there should be 3 tunnels, and there are 2'
{ cat "$SCRATCH/state"; sed 1q "$SCRATCH/state"; } >"$SCRATCH/wrong"
wrong 'wrong:5: "tunnel total" is the last line'
sed '2p; s/total 3/total 4/' "$SCRATCH/state" >"$SCRATCH/wrong"
wrong 'has this tunnel too'
sed 's/32770/32768/' "$SCRATCH/state" >"$SCRATCH/wrong"
wrong 'has another tunnel of this gateway in this zone'
echo "set linger-time 5" >"$SCRATCH/wrong"
wrong 'only "tunnel add" may stand in a state'
for n in $(seq 30); do
	echo "tunnel rubbish"
done >"$SCRATCH/wrong"
wrong 'apply: and 20 more lines are wrong'
head -c 65536 /dev/urandom >"$SCRATCH/wrong"
expect 2 "*" natctl apply --state "$SCRATCH/wrong"
holds "nothing of them was taken" same "$SCRATCH/other"
expect 2 "a file is missing" natctl apply --state
expect 2 "No such file" natctl apply --state "$SCRATCH/none"
expect 2 'what does "all" mean?' natctl save --state all

# what is refused does not keep the others out
{
	for n in $(seq 20); do
		echo "tunnel add inside 10.0.9.$n gateway 198.51.100.9 global 192.0.2.1 zone $((33000 + n)) idle 0"
	done
	echo "tunnel add inside 10.0.0.9 gateway 198.51.100.9 global 192.0.2.1 zone 33900 idle 0"
	echo "tunnel total 21"
} >"$SCRATCH/mixed"
expect 1 "tunnel add inside 10.0.9.1 gateway 198.51.100.9: no esp or ike service permits" \
	natctl apply --state "$SCRATCH/mixed"
says "and 10 more were refused"
value "[t['inside-local']['address'] for t in d] == ['10.0.0.9']" \
	natctl -j show tunnels

# very many of them, and back
MANY=${NF_ALG_FULL:+20000}
MANY=${MANY:-1000}
python3 - "$MANY" >"$SCRATCH/many" <<'END'
import sys
many = int(sys.argv[1])
for n in range(many):
	print(f"tunnel add inside 10.0.0.{n % 250} gateway 198.51.{n // 250}.9",
		f"global 192.0.2.1 zone {33000 + n} idle 0",
		f"latest {n + 0x80000000:#010x} in {n + 1:#010x} by ike")
print(f"tunnel total {many}")
END
start=$EPOCHREALTIME
expect 0 "" natctl apply --state "$SCRATCH/many"
echo "# $MANY tunnels in $(((${EPOCHREALTIME/./} - ${start/./}) / 1000)) ms"
sort "$SCRATCH/many" | sed 's/ idle [0-9]*//' >"$SCRATCH/many.sorted"
holds "they are saved" sh -c 'natctl save --state | sed "s/ idle [0-9]*//" |
	sort | diff "$1" -' sh "$SCRATCH/many.sorted"
echo "tunnel total 0" >"$SCRATCH/empty"
expect 0 "" natctl apply --state "$SCRATCH/empty"
expect 0 "[]" natctl -j show tunnels
expect 0 "" natctl service flush
fresh
finish
