#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# machine: qemu uml
# ci: uml
# timeout: 400
#
# One SIP dialog over TCP (registration, call, hold, BYE), its messages cut
# into segments at every byte offset, both ways at once. The topology is drawn
# in topology.sh. Whole messages give the reference, which is proved right
# first; every other way of cutting must give both ends the same bytes.
. "$(dirname "$0")/../topology.sh"

cuts() { python3 "$PEER/cuts.py" "$@"; }

plan 9
topology nat
alg "sip tcp port 5060"
try "whole messages are translated, and restored, as they should" cuts whole
try "the same with rport in the Via" cuts whole --rport --port 40001
try "the same where the address gets shorter" \
	cuts whole --host DESK --port 40002
try "the same where Contact is the flow's own port" \
	cuts whole --port 40003 --contact 40003
offloads off
try "cut at every byte offset" cuts offsets --port 40010
try "cut at byte offsets, with Nagle" cuts offsets --nagle --port 40011 \
	--stride "$(full 1 20)"
try "byte by byte" cuts bytes --port 40012 --count "$(full 10 1)"
offloads on
try "random chunks, offloads on" cuts random --port 40013 \
	--count "$(full 400 20)"
try "cut at byte offsets, offloads on" cuts offsets --port 40014 \
	--stride "$(full 1 10)"
finish
