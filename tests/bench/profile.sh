#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a machine that counts instructions: which functions a packet's instructions are spent in. Started by
# tests/bench/run profile.
#
# A sample is taken every 5,000 ns of the machine's time, which are 5,000 instructions: a share of the
# samples is a share of the instructions. What runs with interrupts off is charged to where they come on.
set -u
who=${1:?who}
shift
[ $# -gt 0 ] || { echo "usage: profile plain|in-tree|ipsec|ours udp|tcp|esp|stream [PORT KIND]" >&2; exit 2; }
# shellcheck source=tests/bench/measure.sh
. "$NF_ALG_TOP/tests/bench/measure.sh" none
case $who in
in-tree)
	modprobe -a nf_conntrack_sip nf_nat_sip
	in_tree_rules
	;;
ipsec) modprobe nf_nat_alg defaults=0 && natctl service add esp || exit 1 ;;
ours) modprobe nf_nat_alg && natctl set skinny-messages 16777216 || exit 1 ;;
esac
sysctl -qw kernel.kptr_restrict=0 kernel.perf_event_max_sample_rate=200000 kernel.perf_cpu_time_max_percent=0
count=5000
[ "$1" != stream ] || tunnel
perf record -q -e cpu-clock -c 5000 -o /tmp/perf.data -- "$generator" "$1" client server "${@:2}" $count
for sort in dso symbol; do
	perf report -q -i /tmp/perf.data --no-children --sort $sort --stdio 2>/dev/null |
		grep -v '^$' | sed 's/ *-      - *$//' | head -n 60
done | tee "$NF_ALG_OUT/profile-$who-$1${3:+-$3}"
