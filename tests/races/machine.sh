#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In the machine: races.py, with the kernel's own timers patient enough for an emulator that shares its CPUs.
# The networks are drawn in world.py.
here=$(cd "$(dirname "$0")" && pwd)
# a call of an emulated CPU that waits for a real one is no dead lock
[ ! -e /proc/sys/kernel/watchdog_thresh ] || echo 60 >/proc/sys/kernel/watchdog_thresh
# stock kernels have them as modules
modprobe -qa br_netfilter vrf nf_conntrack_netlink nf_flow_table_inet nft_flow_offload
exec python3 "$here/races.py" "$@"
