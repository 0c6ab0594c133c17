#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml
# timeout: 300
#
# The netlink family as any program may speak it: every refusal has a sentence
# and names the attribute at fault, what is unknown is ignored, full tables
# refuse. No network but the machine's lo.
. "$(dirname "$0")/expect.sh"

fresh
# its lines are results themselves
python3 "$(dirname "$0")/wire.py"
fresh
holds "nothing is left" sh -c 'natctl service | grep -q "No service"'
finish
