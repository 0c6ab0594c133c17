#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: uml qemu
# ci: none
# timeout: 300
#
# Two VRFs whose addresses do not overlap need no conntrack zones, and may share
# the router's own address outside. The network is drawn in vrf.sh.
. "$(dirname "$0")/vrf.sh"

plan 5
vrfs flat || exit 1
alg
services || exit 1
try "SIP over UDP: a call in each VRF, no packet crosses" vrf udp
try "SIP over TCP: likewise" vrf tcp
try "ESP: a tunnel in each VRF, to the same gateway" vrf esp
try "IPv6, SIP over UDP: a call in each VRF, no packet crosses" vrf udp 6
try "IPv6, ESP: a tunnel in each VRF, to the same gateway" vrf esp 6
finish
