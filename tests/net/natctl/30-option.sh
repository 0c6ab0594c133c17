#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# natctl set: every option and every refusal. No network but the machine's lo.
# machine: uml
# timeout: 300
. "$(dirname "$0")/expect.sh"

fresh
expect 0 "media-ports        16384-32767" natctl set
json natctl -j set
json natctl -j -p set
natctl -j set >"$SCRATCH/options"
value "len(d) > 20 and all(o['value'] == o['default'] and
	o['minimum'] <= o['value'] <= o['maximum'] and o['help'] and o['unit']
	for o in d)" cat "$SCRATCH/options"

# each takes its lowest and its highest value, and nothing beyond
python3 - "$SCRATCH/options" "$SCRATCH" <<'END'
import json, sys
files = {name: open(sys.argv[2] + "/" + name, "w")
	 for name in ("low", "high", "beyond")}
for o in json.load(open(sys.argv[1])):
	if o["name"].startswith("media-port-") or \
			o["unit"] in ("on|off", "own|list", "none|list", "address"):
		continue
	for name, value in (("low", o["minimum"]), ("high", o["maximum"]),
			    ("beyond", o["maximum"] + 1)):
		print("set", o["name"], value, file=files[name])
END
expect 0 "" natctl apply "$SCRATCH/low"
value "all(o['value'] == o['minimum'] for o in d
	if o['unit'] not in ('on|off', 'port', 'own|list', 'none|list', 'address'))" natctl -j set
expect 0 "" natctl apply "$SCRATCH/high"
value "all(o['value'] == o['maximum'] for o in d
	if o['unit'] not in ('on|off', 'port', 'own|list', 'none|list', 'address'))" natctl -j set
expect 2 "nothing was changed" natctl apply "$SCRATCH/beyond"
holds "each value beyond is named" test \
	"$(grep -c 'is not a value of' "$SCRATCH/err")" = "$(wc -l <"$SCRATCH/beyond")"
expect 2 '"60001" is not a value of hold-time: 10 to 60000 ms' \
	natctl set hold-time 60001
expect 2 '"9" is not a value of hold-time: 10 to 60000 ms' \
	natctl set hold-time 9
expect 0 "" natctl set hold-time 10
expect 0 "" natctl set hold-time default
: >"$SCRATCH/empty"
expect 0 "" natctl apply "$SCRATCH/empty"
for name in allow-multipart identities sdp-origin registrar-only tcp-doors; do
	expect 0 "" natctl set $name on
	expect 0 "" natctl set $name off
	expect 0 "" natctl set $name default
done
expect 2 "sdp-origin is on or off" natctl set sdp-origin maybe
expect 2 "sdp-origin is on or off" natctl set sdp-origin
value "all(o['value'] == o['default'] for o in d)" natctl -j set

expect 0 "" natctl set media-ports 40000-50000
expect 0 "media-ports        40000-50000" natctl set
expect 0 "" natctl set media-ports 1024-1025
expect 2 "is not a range of ports" natctl set media-ports 50000-40000
expect 2 "is not a range of ports" natctl set media-ports 1023-2000
expect 2 "is not a range of ports" natctl set media-ports 2000-65536
expect 2 "is not a range of ports" natctl set media-ports 2000
expect 2 "media-ports needs LOW-HIGH" natctl set media-ports
expect 1 "the lowest media port must be below the highest" \
	natctl set media-port-low 2000
expect 0 "" natctl set media-ports default
expect 0 "media-ports        16384-32767" natctl set

expect 0 "" natctl set external-address 192.0.2.77
expect 0 "external-address   192.0.2.77" natctl set
expect 0 "set external-address 192.0.2.77" natctl save
expect 2 "external-address is an IPv4 address" natctl set external-address 1.2.3
expect 0 "" natctl set external-address default
expect 0 "" natctl set media-from list 20
expect 0 "media-from         list 20" natctl set
expect 0 "set media-from list 20" natctl save
expect 2 "media-from list needs the name" natctl set media-from list
expect 2 "media-from is own, or list ACL" natctl set media-from others
expect 1 "an access list has a name" natctl set media-from list 'a b'
expect 0 "" natctl set media-from own
expect 0 "media-from         own" natctl set
expect 0 "" natctl set big-hosts list 20
expect 0 "big-hosts          list 20" natctl set
expect 0 "set big-hosts list 20" natctl save
expect 2 "big-hosts is none, or list ACL" natctl set big-hosts all
expect 0 "" natctl set big-hosts none

expect 2 'there is no option "hold"' natctl set hold 5
expect 2 '"" is not a value of hold-time' natctl set hold-time
expect 2 '"5s" is not a value of hold-time' natctl set hold-time 5s
expect 2 'what does "ms" mean?' natctl set hold-time 500 ms
finish
