#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The dialog, cut into segments in every way TCP may cut it.

cuts.py offsets   connection k cuts each message, both ways, at byte k
cuts.py bytes     a byte a segment
cuts.py random    chunks of random size
cuts.py whole     the reference alone
"""

import argparse
import random
import sys

from exchange import Exchange, Failure, Server, run
from netns import Host
from reference import Reference


def at_offset(n, step, data):
    cut = (n - 1) % (len(data) - 1) + 1
    return [data[:cut], data[cut:]]


def by_bytes(n, step, data):
    return [data[i:i + 1] for i in range(len(data))]


def at_random(n, step, data):
    dice = random.Random(n * 1000 + step)
    most = dice.choice((3, 20, 100, 500))
    chunks, at = [], 0
    while at < len(data):
        size = dice.randint(1, most)
        chunks.append(data[at:at + size])
        at += size
    return chunks


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("how",
                        choices=("offsets", "bytes", "random", "whole"))
    parser.add_argument("--port", type=int, default=40000)
    parser.add_argument("--sport", type=int, default=5060)
    parser.add_argument("--contact", type=int, default=5060)
    parser.add_argument("--family", type=int, default=4)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--nagle", action="store_true")
    parser.add_argument("--rport", action="store_true")
    parser.add_argument("--host", default="PHONE")
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--window", type=int, default=48,
                        help="dialogs at a time")
    args = parser.parse_args()

    phone, server = Host(args.host), Host("SERVER")
    reference = Reference(phone, server, args.port, args.family,
                          not args.plain, args.contact, args.rport,
                          args.sport)
    print("figure: inside %r" % reference.inside)
    print("figure: outside %r" % reference.outside)
    if args.how == "whole":
        return
    cut, count = {
        "offsets": (at_offset, max(len(s[1]) for s in reference.script(1))),
        "bytes": (by_bytes, 3), "random": (at_random, 40)}[args.how]
    listener = Server(server, args.family, args.sport)
    numbers = range(1, (args.count or count) + 1, args.stride)
    run([Exchange(n, phone, args.port, reference.script(n), cut,
                  nagle=args.nagle, family=args.family, sport=args.sport)
         for n in numbers],
        listener, window=args.window)
    print("figure: %d dialogs" % len(numbers))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
