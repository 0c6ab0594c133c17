#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Streams while allocations fail in the router.

faults.py --knob /sys/kernel/debug/failslab/probability --percent 5

Each message arrives, translated or as it was sent, in order and whole; or the
connection is reset. Nothing stalls.
"""

import argparse
import sys

from dialog import difference
from exchange import Failure, Flow, Server, run
from flows import phone_kinds, pieces, server_kinds
from netns import Host
from reference import Reference


class Mixed(Flow):
    """Any message may go untranslated"""

    def expect(self, sent, want):
        self.parts = {"server": (sent["phone"], want["phone"]),
                      "phone": (sent["server"], want["server"])}
        self.at = {"phone": 0, "server": 0}
        self.raw = 0

    def check(self, who):
        got, (raw, done) = self.buffer[who], self.parts[who]
        while self.at[who] < len(done):
            n, start = self.at[who], self.checked[who]
            for kind, text in (("done", done[n]), ("raw", raw[n])):
                if got[start:start + len(text)] == text:
                    self.checked[who] += len(text)
                    self.at[who] += 1
                    self.raw += kind == "raw"
                    break
            else:
                rest = bytes(got[start:])
                if not (done[n].startswith(rest) or raw[n].startswith(rest)):
                    raise Failure("%s, %s, message %d: %s" % (
                        self, who, n, difference(rest, done[n])))
                break
        # what is complete is what there is
        if self.at[who] == len(done) and len(got) == self.checked[who]:
            self.want[who] = bytes(got)


def turn(knob, percent):
    with open(knob, "w") as out:
        out.write("%d\n" % percent)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--knob", required=True)
    parser.add_argument("--percent", type=int, required=True)
    parser.add_argument("--port", type=int, default=44000)
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--count", type=int, default=100)
    args = parser.parse_args()
    phone, server = Host("PHONE"), Host("SERVER")
    reference = Reference(phone, server, args.port)
    reference.register()
    listener = Server(server)
    kinds = {"phone": phone_kinds(reference.dialog),
             "server": server_kinds(reference.dialog)}
    flows = []
    for n in range(1, args.connections + 1):
        sent, want = {}, {}
        for who in ("phone", "server"):
            sent[who], want[who] = reference.stream(who, args.count,
                                                    kinds[who])
        flow = Mixed(n, phone, args.port, {
            who: (pieces(sent[who], n), b"".join(want[who]))
            for who in ("phone", "server")}, lost=True)
        flow.expect(sent, want)
        flows.append(flow)
    turn(args.knob, args.percent)
    try:
        run(flows, listener, stall=45)
    finally:
        turn(args.knob, 0)
    listener.close()
    reference.unregister()
    print("figure: %d streams, %d reset, %d messages of %d untranslated" % (
        len(flows), sum(f.reset for f in flows), sum(f.raw for f in flows),
        2 * args.count * len(flows)))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
