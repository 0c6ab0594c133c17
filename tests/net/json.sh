# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Questions about JSON. Sourced. One Python answers all of a test: to start one
# for each takes a machine longer than what is tested.

JUDGE_WORDS='
import json, os

rest = b""

def word():
    global rest
    while b"\0" not in rest:
        more = os.read(0, 65536)
        if not more:
            raise SystemExit
        rest += more
    text, _, rest = rest.partition(b"\0")
    return text.decode()

while True:
    path, expression = word(), word()
    try:
        with open(path) as file:
            d = json.load(file)
        good = eval("(%s)" % (expression or "True"), {"d": d})
        print("yes" if good else "no", flush=True)
    except Exception as error:
        print("no: %s" % str(error).replace("\n", " "), flush=True)
'

# judge FILE [EXPRESSION]: FILE is JSON, and Python's EXPRESSION of it, as d, is
# true
judge() {
	local answer

	if [ -z "${JUDGE_PID:-}" ]; then
		# shellcheck disable=SC2034 # it sets JUDGE_PID
		coproc JUDGE { exec python3 -c "$JUDGE_WORDS" 2>&1; }
	fi
	printf '%s\0%s\0' "$1" "${2:-}" >&"${JUDGE[1]}"
	IFS= read -r answer <&"${JUDGE[0]}"
	[ "$answer" = yes ] && return
	echo "$answer"
	return 1
}
