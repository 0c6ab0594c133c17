#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# natctl access-list: every form and every refusal. No network but the machine's lo.
# machine: uml
. "$(dirname "$0")/expect.sh"

fresh
expect 0 "No access list." natctl access-list
value "d == []" natctl -j access-list
expect 1 'there is no list "10"' natctl access-list show 10
expect 1 'there is no list "10"' natctl -j access-list show 10

expect 0 "" natctl access-list add 10 permit 10.1.2.3/8
expect 0 "" natctl access-list add 10 deny host 192.0.2.1
expect 0 "" natctl access-list add 10 5 deny 10.0.0.7
expect 0 "" natctl access-list add 10 permit 172.16.0.1 0.0.255.0
expect 0 "" natctl access-list add 10 permit any
expect 0 "" natctl access-list add 2 permit 0.0.0.0/0
expect 0 "" natctl access-list add phones permit fd00::1:2/64
expect 0 "" natctl access-list add phones deny host 2001:db8::1
expect 0 "" natctl access-list add phones permit fd00:: ::ffff
expect 0 "" natctl access-list add 100 4294967295 deny any

natctl access-list >"$SCRATCH/lists"
cat >"$SCRATCH/wanted" <<END
Access list 2
    10 permit 0.0.0.0/0
Access list 10
    5 deny host 10.0.0.7
    10 permit 10.0.0.0/8
    20 deny host 192.0.2.1
    30 permit 172.16.0.1 0.0.255.0
    40 permit any
Access list 100
    4294967295 deny any
Access list phones
    10 permit fd00::/64
    20 deny host 2001:db8::1
    30 permit fd00::/112
END
holds "access-list shows them in order" diff "$SCRATCH/wanted" "$SCRATCH/lists"
expect 0 "10 permit 0.0.0.0/0" natctl access-list show 2
value "{r['name'] for r in d} == {'phones'}" natctl -j access-list show phones
value "d[1]['sequence'] == 5 and d[1]['action'] == 'deny' and
	d[1]['address'] == '10.0.0.7' and d[1]['wildcard'] == '0.0.0.0'" \
	natctl -j access-list
json natctl -j -p access-list

expect 0 "" natctl access-list resequence 10
value "[r['sequence'] for r in d] == [10, 20, 30, 40, 50]" \
	natctl -j access-list show 10
expect 0 "" natctl access-list resequence 10 100
expect 0 "" natctl access-list resequence 10 1 2
value "[r['sequence'] for r in d] == [1, 3, 5, 7, 9]" \
	natctl -j access-list show 10
expect 0 "" natctl access-list delete 10 5
value "[r['sequence'] for r in d] == [1, 3, 7, 9]" natctl -j access-list show 10

# refusals by the kernel
expect 1 "the access list has a rule of this number" \
	natctl access-list add 10 3 permit host 1.2.3.4
expect 1 "the access list has an equal rule already" \
	natctl access-list add 10 permit 10.0.0.0 0.255.255.255
expect 1 "the access list has an equal rule already" \
	natctl access-list add 10 500 permit any
expect 1 "sequence numbers would become too high" \
	natctl access-list add 100 permit host 1.2.3.4
expect 1 "sequence numbers would become too high" \
	natctl access-list resequence 10 4294967290 10
expect 1 "there is no such access list" natctl access-list delete nobody
expect 1 "there is no such access list" natctl access-list delete nobody 10
expect 1 "there is no such access list" natctl access-list resequence nobody
expect 1 "the access list has no rule of this number" \
	natctl access-list delete 10 5

# words that make no sense
expect 2 "the name of an access list is missing" natctl access-list add
expect 2 "permit or deny is missing" natctl access-list add 10 allow any
expect 2 "permit or deny is missing" natctl access-list add 10
expect 2 "any, host ADDR, ADDR/LEN or ADDR WILDCARD" \
	natctl access-list add 10 permit
expect 2 '"300.0.0.1" is not an address' \
	natctl access-list add 10 permit host 300.0.0.1
expect 2 '"10.0.0.0/33" is not a network' \
	natctl access-list add 10 permit 10.0.0.0/33
expect 2 'for one host say "host 10.0.0.1"' \
	natctl access-list add phones permit 10.0.0.1
expect 2 'for one host say "host 10.0.0.1"' \
	natctl access-list add 100 permit 10.0.0.1
expect 2 '"::1" is not a wildcard for 10.0.0.1' \
	natctl access-list add 10 permit 10.0.0.1 ::1
expect 2 '"0" is not a sequence number' natctl access-list add 10 0 permit any
expect 2 '"4294967296" is not a sequence number' \
	natctl access-list add 10 4294967296 permit any
expect 2 '"x" is not a sequence number' natctl access-list delete 10 x
expect 2 '"0" is not a number' natctl access-list resequence 10 0
expect 2 'what does "log" mean?' natctl access-list add 10 permit any log
expect 2 'what does "remove" mean?' natctl access-list remove 10
expect 2 "is too long for the name" \
	natctl access-list add 0123456789012345678901234567890123 permit any

# as long as it may be, and one more
{
	echo "set linger-time 5"
	for i in $(seq 1024); do
		echo "access-list add long permit host 10.1.$((i / 256)).$((i % 256))"
	done
} >"$SCRATCH/long"
expect 0 "" natctl apply "$SCRATCH/long"
value "len(d) == 1024" natctl -j access-list show long
expect 1 "the access list has 1024 rules, which is the most it can have" \
	natctl access-list add long permit any
echo "access-list add long permit any" >>"$SCRATCH/long"
expect 2 "access list long is too long: it can have 1024 rules" \
	natctl apply "$SCRATCH/long"
expect 0 "" natctl access-list delete long
value "d == []" natctl -j access-list
finish
