#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# natctl set: every option and every refusal. No network but the machine's lo.
# machine: uml
. "$(dirname "$0")/expect.sh"

fresh
expect 0 "media-ports        16384-32767" natctl set
json natctl -j set
json natctl -j -p set
natctl -j set >"$SCRATCH/options"
value "len(d) > 20 and all(o['value'] == o['default'] and
	o['minimum'] <= o['value'] <= o['maximum'] and o['help'] and o['unit']
	for o in d)" cat "$SCRATCH/options"

# each takes its lowest, highest and default value, and nothing else
python3 - "$SCRATCH/options" >"$SCRATCH/each" <<'END'
import json, sys
for o in json.load(open(sys.argv[1])):
	if not o["name"].startswith("media-port-") and o["unit"] != "on|off":
		print(o["name"], o["minimum"], o["maximum"])
END
while read -r name low high; do
	expect 0 "" natctl set "$name" "$low"
	expect 0 "" natctl set "$name" "$high"
	expect 2 "is not a value of $name: $low to $high" \
		natctl set "$name" $((high + 1))
	expect 0 "" natctl set "$name" default
done <"$SCRATCH/each"
for name in allow-multipart sdp-origin registrar-only tcp-doors; do
	expect 0 "" natctl set $name on
	expect 0 "" natctl set $name off
	expect 2 "$name is on or off" natctl set $name maybe
	expect 2 "$name is on or off" natctl set $name
	expect 0 "" natctl set $name default
done
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

expect 2 'there is no option "hold"' natctl set hold 5
expect 2 '"" is not a value of hold-time' natctl set hold-time
expect 2 '"5s" is not a value of hold-time' natctl set hold-time 5s
expect 2 'what does "ms" mean?' natctl set hold-time 500 ms
finish
