#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# timeout: 300
# chroot: promtool
#
# natctl metrics: figures that Prometheus takes, and that are those natctl shows.
# No network but the machine's lo.
. "$(dirname "$0")/expect.sh"
PROMTOOL=$NF_ALG_CACHE/promtool/promtool

# accepted: promtool has nothing against the metrics, of which it lints the names
accepted() {
	"$PROMTOOL" check metrics <"$SCRATCH/metrics"
}
# metric LINE: a sample, as it stands there
metric() {
	grep -qxF -- "$1" "$SCRATCH/metrics" || { cat "$SCRATCH/metrics"; return 1; }
}

bare || exit 1
natctl metrics >"$SCRATCH/metrics"
result $? "natctl metrics needs no module"
holds "and says so" metric "nf_nat_alg_up 0"
holds "promtool takes that" accepted
echo "this is { no metric" >"$SCRATCH/metrics"
holds "it would not take anything" sh -c '! "$1" check metrics <"$2"' sh \
	"$PROMTOOL" "$SCRATCH/metrics"

fresh
natctl access-list add phones permit any
natctl service add sip udp port 5060 list phones
natctl service add esp spi-match list phones
natctl set bindings-max 100
natctl metrics >"$SCRATCH/metrics"
result $? "natctl metrics"
holds "promtool takes it" accepted
for line in 'nf_nat_alg_up 1' 'nf_nat_alg_protocol_loaded{protocol="sip"} 1' \
	'nf_nat_alg_protocol_loaded{protocol="skinny"} 0' \
	'nf_nat_alg_service_flows_total{protocol="sip",transport="udp",port="5060",access_list="phones"} 0' \
	'nf_nat_alg_untranslated_total{reason="not-protocol"} 0' \
	'nf_nat_alg_resource_used{resource="services"} 2' \
	'nf_nat_alg_resource_limit{resource="bindings"} 100' \
	'nf_nat_alg_resource_refused_total{resource="sessions"} 0' \
	'nf_nat_alg_calls{protocol="sip"} 0' \
	'# TYPE nf_nat_alg_untranslated_total counter'; do
	holds "$line" metric "$line"
done
value "len(d['reasons']) == $(grep -c '^nf_nat_alg_untranslated_total{' \
	"$SCRATCH/metrics")" natctl -j show statistics verbose
# open to everyone, but for what has addresses
setpriv --reuid 65534 --regid 65534 --clear-groups "$(command -v natctl)" \
	metrics >"$SCRATCH/metrics" 2>"$SCRATCH/said"
result $? "natctl metrics as nobody"
holds "promtool takes that too" accepted
holds "without calls" sh -c '! grep -q nf_nat_alg_calls "$1"' sh "$SCRATCH/metrics"
natctl metrics openmetrics >"$SCRATCH/metrics"
holds "OpenMetrics has _total behind samples alone" \
	metric "# TYPE nf_nat_alg_untranslated counter"
holds "and an end" test "$(tail -n 1 "$SCRATCH/metrics")" = "# EOF"
expect 2 'what does "now" mean?' natctl metrics now
finish
