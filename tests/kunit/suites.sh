#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In the machine: run the suites that are built into the engine. KUnit's report is in the kernel log.
modprobe nf_nat_alg || { echo "not ok - modprobe nf_nat_alg"; exit 1; }
echo 1 >/sys/module/nf_nat_alg/parameters/kunit || { echo "not ok - the engine was built without suites"; exit 1; }
dmesg | sed 's/^\[[^]]*\] //' >"$NF_ALG_OUT/ktap"
# A case is indented, its suite is not. Words of a failed case come before its result.
awk '
	/^ *# Subtest: / { suite = $0; sub(/^ *# Subtest: /, "", suite); next }
	/^ +(not )?ok [0-9]+/ {
		good = !/^ *not ok/
		name = $0; sub(/^ *(not )?ok [0-9]+( -)? */, "", name)
		printf "%s - %s: %s\n", good ? "ok" : "not ok", suite, name
		bad += !good
		next
	}
	/^ +# / || /^ {12}/ { print "#" $0 }
	END { exit bad > 0 }
' "$NF_ALG_OUT/ktap"
status=$?
# A suite may have made a protocol load.
modprobe -r nf_alg_sip nf_alg_sccp nf_alg_h323 nf_nat_alg || { echo "not ok - the modules unload"; status=1; }
exit $status
