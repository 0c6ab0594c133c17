#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""All rows, or those named.

siprows_run.py --count
siprows_run.py --missing     rows of the list that have no test of their name,
                             or not over both transports
siprows_run.py [A1 C7 ...]
"""

import sys

import siprows
import siprows_a
import siprows_b
import siprows_c
import siprows_d
import siprows_e

# How many rows there are of each kind
KINDS = {"A": 18, "B": 9, "C": 20, "D": 15, "E": 15}

# Rows that are about one transport, and why
ALONE = {
    "A3": ("udp", "over TCP the answer comes back by its connection"),
    "B2": ("udp", "over TCP there must be a Content-Length"),
    "B3": ("udp", "in a stream that is the next message"),
    "D1": ("udp", "over TCP there is a connection; see siphours.py"),
    "D8": ("udp", "where another host comes from is its own connection"),
    "E1": ("tcp", "segments"),
    "E2": ("tcp", "segments"),
    "E3": ("tcp", "segments"),
    "E7": ("udp", "STUN has no place in a stream of SIP"),
    "E8": ("udp", "fragments"),
    "E9": ("tcp", "connections"),
    "E10": ("tcp", "connections"),
    "E11": ("tcp", "connections"),
    "E12": ("tcp", "a Via of the other one"),
    "E13": ("tcp", "WebSocket is a connection"),
    "E15": ("udp", "does both"),
}


def missing():
    """Lines about rows without a test"""
    tested = {}
    for name, _, transport, _ in siprows.ROWS:
        tested.setdefault(name, set()).add(transport)
    for kind, n in KINDS.items():
        for name in (kind + str(i + 1) for i in range(n)):
            wanted = {ALONE[name][0]} if name in ALONE else {"udp", "tcp"}
            if tested.get(name, set()) != wanted:
                yield "%s is tested over %s, not %s" % (
                    name, " ".join(sorted(tested.get(name, {"nothing"}))),
                    " ".join(sorted(wanted)))


assert siprows_a and siprows_b and siprows_c and siprows_d and siprows_e

if __name__ == "__main__":
    if sys.argv[1:] == ["--missing"]:
        print("\n".join(missing()))
    else:
        siprows.main()
