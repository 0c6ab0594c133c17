#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml qemu
# clock: simulated
# ci: uml
# timeout: 9000
#
# Small worlds as people build them, each played without any ALG, with the
# kernel's own helper, with ours, and where a world has a flood with ours after
# that. Ours is at least as good as the others in every row of the table.
#
#   phones a, b, c ---- router ---- providers p, q; a stranger; a site
#
# Drawn in field.sh; what is different in a world is in its file.
# shellcheck source=tests/net/field/field.sh
. "$(dirname "$0")/field.sh"

# shellcheck disable=SC2046 # words
plan $((4 + $(python3 "$PEER/field.py" count $(worlds))))
modprobe -a nf_conntrack br_netfilter vrf 2>/dev/null
try "the worlds without any ALG" play off
modprobe nf_nat_sip || exit 1
try "the worlds with the kernel's own helper" play in-tree
modprobe nf_nat_alg defaults=0 || exit 1
try "the worlds with ours" play ours
try "the worlds with ours, after a flood" play flooded
table off in-tree ours flooded
hosts_go
finish
