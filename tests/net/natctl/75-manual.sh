#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# timeout: 300
#
# The manual pages: without warnings, no wider than a screen, all objects in
# them, and their example is a configuration. No network but the machine's lo.
. "$(dirname "$0")/expect.sh"
export MAN_DISABLE_SECCOMP=1 MANWIDTH=80 LC_ALL=C.UTF-8

cd "$NF_ALG_TOP/userspace" || exit 1
for page in natctl.8 natctl.conf.5; do
	man --warnings=w -l $page >"$SCRATCH/$page" 2>"$SCRATCH/said" </dev/null &&
		[ ! -s "$SCRATCH/said" ] && [ "$(wc -l <"$SCRATCH/$page")" -gt 50 ]
	result $? "$page has no warnings"
	holds "$page is no wider than a screen" sh -c "! grep -E '.{81}' '$SCRATCH/$page'"
done
sed 's/.\x08//g' natctl.8 "$SCRATCH/natctl.8" | tr -s ' ' >"$SCRATCH/text"
for object in $(natctl help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'); do
	grep -q "^ natctl $object" "$SCRATCH/text"
	result $? "natctl(8) has $object"
done
# the grammar of each object names nothing that the page does not
natctl help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p' | while read -r object; do
	natctl help "$object" | sed -n 's/^natctl //p'
done | grep -oE '(--)?[a-z][a-z-]+' | sort -u >"$SCRATCH/grammar"
tr -cs 'a-z-' '\n' <"$SCRATCH/text" | sort -u | comm -23 "$SCRATCH/grammar" - |
	grep -vE "^(all|also|as|behind|command|commands|configuration|counter|do|help|in|like|line|likewise|one|options|reasons|router|sentence|the|to|what|with|and|for|an?|another|of|same|collector|node|exporter|textfile|node-exporter)$" >"$SCRATCH/said"
[ ! -s "$SCRATCH/said" ]
result $? "natctl(8) has every word of the grammar"

fresh
sed -n '/^\.RS/,/^\.RE/p' natctl.conf.5 | sed '/^\./d; s/\\-/-/g' >"$SCRATCH/example"
holds "the example of natctl.conf(5) is a configuration" sh -c \
	'test -s "$1" && natctl apply "$1"' sh "$SCRATCH/example"
value "len(d) == 4" natctl -j service
finish
