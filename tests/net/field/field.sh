# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the worlds of this group have in common. Sourced by the tests; a world
# says in its file what is different, see peer/field.py.
#
#  a 10.0.0.2 ---+                router
#                |            +--------------+             p 198.18.1.1  provider
#  b 10.0.0.3 ---+- bridge ---|lan       wan |203.0.113.1  q 198.18.2.1  provider
#                |            |10.0.0.1      |------------ x 198.18.3.1  anybody
#  c 10.0.0.4 ---+            |         wan2 |198.51.100.1 s 10.9.0.5    our site
#                             +--------------+------------
#
# The router's firewall lets new connections out only. It masquerades.
# shellcheck source=tests/net/topology.sh
[ -n "${NET_DIR:-}" ] || . "$(dirname "${BASH_SOURCE[0]}")/../topology.sh"

FIELD=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PBX=pbx-$$
MARK="nf-nat-alg test ${0##*/} $$"
echo "$MARK" >/dev/kmsg

# worlds: the files of the worlds
worlds() {
	local file

	for file in ${FIELD_WORLDS:-"$FIELD"/worlds/*.json}; do
		if [ -n "$FULL" ] || ! grep -q '"full": true' "$file"; then
			echo "$file"
		fi
	done
}

# play NAME: all worlds
play() {
	# shellcheck disable=SC2046 # words
	python3 "$PEER/field.py" play "$1" "$NF_ALG_OUT/$1.json" $(worlds)
}

# table PLAY...: its lines, and the results in it
table() {
	local play
	local -a files

	for play; do
		files+=("$NF_ALG_OUT/$play.json")
	done
	python3 "$PEER/field.py" table "${files[@]}" >"$NF_ALG_OUT/table" 2>&1
	cat "$NF_ALG_OUT/table"
	FAILED=$((FAILED + $(grep -c '^not ok' "$NF_ALG_OUT/table")))
}

# hosts_go: those that topology.sh does not know
hosts_go() {
	ip netns del "$PBX"
}
