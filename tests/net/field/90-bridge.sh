#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml qemu
# clock: simulated
# ci: uml
# timeout: 600
#
# The same with bridged packets that pass the rules. Last, because a kernel that
# sends by the bridge's false route does not live on.
#
#   phones a, b and c of another subnet on one bridge ---- router ---- provider p
#
# Drawn in field.sh.
# shellcheck source=tests/net/field/field.sh
. "$(dirname "$0")/field.sh"

export FIELD_WORLDS="$FIELD/bridge/*.json"
# shellcheck disable=SC2046 # words
plan $((3 + $(python3 "$PEER/field.py" count $(worlds))))
modprobe -a nf_conntrack br_netfilter 2>/dev/null
try "the worlds without any ALG" play off
modprobe nf_nat_sip || exit 1
try "the worlds with the kernel's own helper" play in-tree
modprobe nf_nat_alg defaults=0 || exit 1
try "the worlds with ours" play ours
table off in-tree ours
hosts_go
finish
