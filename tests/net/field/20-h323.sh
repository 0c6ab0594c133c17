#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml qemu
# clock: simulated
# ci: uml
# chroot: asn1
# timeout: 300
#
# The same for H.323, whose peers need an ASN.1 compiler.
#
#   endpoints a, b on one bridge ---- router ---- gatekeeper p
#
# Drawn in field.sh.
# shellcheck source=tests/net/field/field.sh
. "$(dirname "$0")/field.sh"

export FIELD_WORLDS="$FIELD/h323/*.json"
# shellcheck disable=SC2046 # words
plan $((3 + $(python3 "$PEER/field.py" count $(worlds))))
modprobe -a nf_conntrack br_netfilter 2>/dev/null
try "the worlds without any ALG" play off
modprobe -a nf_nat_sip nf_nat_h323 || exit 1
try "the worlds with the kernel's own helper" play in-tree
modprobe nf_nat_alg defaults=0 || exit 1
try "the worlds with ours" play ours
table off in-tree ours
hosts_go
finish
