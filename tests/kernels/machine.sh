#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In the machine, in one boot: load.sh and protocols.sh.
here=$(cd "$(dirname "$0")" && pwd)
status=0
for part in load protocols; do
	bash "$here/$part.sh" || status=1
done
exit $status
