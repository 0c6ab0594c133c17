#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In the machine: load, look, unload, three times; with default services and without.
say() { if [ "$1" = 0 ]; then echo "ok - $KERNEL: $2"; else echo "not ok - $KERNEL: $2"; fi; }
loaded() { [ -d "/sys/module/$1" ]; }

for arguments in '' 'defaults=0' ''; do
	# shellcheck disable=SC2086 # none is no argument
	modprobe nf_nat_alg $arguments
	say $? "modprobe nf_nat_alg $arguments"
	modprobe nf-nat-alg-sip && loaded nf_alg_sip &&
		modprobe nf-nat-alg-skinny && loaded nf_alg_sccp &&
		modprobe nf-nat-alg-h225 && modprobe nf-nat-alg-ras && loaded nf_alg_h323
	say $? "the protocols' aliases find their modules"
	natctl >"$NF_ALG_OUT/natctl" 2>&1
	say $? "natctl talks to it"
	modprobe -r nf_alg_sip nf_alg_sccp nf_alg_h323 nf_nat_alg && ! loaded nf_nat_alg
	say $? "both unload"
done
