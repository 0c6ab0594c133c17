#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Streams under load while something happens to the router.

interrupt.py --do COMMAND [--connections 50] [--count 200] [--cut]

COMMAND runs once a twentieth of the bytes have arrived. Each stream then goes on
to its end, or is reset; it never stalls, and no end ever receives a byte that
is wrong: messages translated, then (the module gone) messages as they were
sent, the change at the start of a message.
"""

import argparse
import subprocess
import sys
import time

from dialog import difference
from exchange import Failure, Flow, Server, run
from flows import phone_kinds, pieces, server_kinds
from netns import Host
from reference import Reference


class Watched(Flow):
    """A flow whose messages may stop being translated at some point"""

    def expect(self, sent, want):
        self.parts = {"server": (sent["phone"], want["phone"]),
                      "phone": (sent["server"], want["server"])}
        self.turned = {"phone": None, "server": None}

    def check(self, who):
        got, at = self.buffer[who], self.checked[who]
        want = self.turned[who] or self.want[who]
        if got[at:] == want[at:len(got)]:
            self.checked[who] = len(got)
            return
        if self.turned[who]:
            raise Failure("%s, %s: %s" % (self, who, difference(got, want)))
        # up to which message was it translated
        raw, done = self.parts[who]
        start = 0
        for n in range(len(done)):
            if start + len(done[n]) > len(got) or \
                    got[start:start + len(done[n])] != done[n]:
                break
            start += len(done[n])
        tail = b"".join(done[:n]) + b"".join(raw[n:])
        if got != tail[:len(got)]:
            raise Failure("%s, %s: neither translated nor as sent: %s" % (
                self, who, difference(got, tail)))
        self.turned[who] = self.want[who] = tail
        self.checked[who] = len(got)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--do", required=True)
    parser.add_argument("--port", type=int, default=44000)
    parser.add_argument("--family", type=int, default=4)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--gone", action="store_true",
                        help="the router is gone: nothing ends any more")
    parser.add_argument("--complete", action="store_true",
                        help="every stream has to reach its end")
    args = parser.parse_args()

    phone, server = Host("PHONE"), Host("SERVER")
    reference = Reference(phone, server, args.port, args.family,
                          not args.plain)
    reference.register()
    listener = Server(server, args.family)
    flows = []
    # INVITEs would leave calls behind that nobody ends
    kinds = {"phone": phone_kinds(reference.dialog)[:2],
             "server": server_kinds(reference.dialog)}
    for n in range(1, args.connections + 1):
        sent, want = {}, {}
        for who in ("phone", "server"):
            sent[who], want[who] = reference.stream(who, args.count,
                                                    kinds[who])
        flow = Watched(n, phone, args.port, {
            who: (pieces(sent[who], n), b"".join(want[who]))
            for who in ("phone", "server")}, lost=True, family=args.family,
            slow={"phone": (2000, 0.004), "server": (2000, 0.004)})
        flow.expect(sent, want)
        flows.append(flow)
    total = sum(len(f.want[w]) for f in flows for w in f.want)
    # a shell that waits, so that it can act at once
    state = {"did": None, "process": subprocess.Popen(
        ["bash", "-c", "read -r; " + args.do], stdin=subprocess.PIPE)}

    class Gone(Exception):
        pass

    def tick():
        if state["did"] is None:
            have = sum(f.checked[w] for f in flows for w in f.checked)
            if have > total / 20:
                state["process"].stdin.close()
                state["did"] = time.monotonic()
                state["open"] = sum(not f.done for f in flows)
        elif "at" not in state and state["process"].poll() is not None:
            state["at"] = sum(f.checked[w] for f in flows
                              for w in f.checked) / total
            state["still"] = sum(not f.done or f.reset for f in flows)
        elif args.gone and time.monotonic() - state["did"] > 3:
            raise Gone

    try:
        run(flows, listener, window=args.connections, tick=tick)
    except Gone:
        for f in flows:
            f.close()
    if state["did"] is None:
        state["process"].kill()
        raise Failure("all was over before %r" % args.do)
    status = state["process"].wait(60)
    if status:
        raise Failure("%s: exit status %d" % (args.do, status))
    reset = sum(f.reset for f in flows)
    if args.complete and reset:
        raise Failure("%d of %d streams were reset" % (reset, len(flows)))
    if "still" not in state:
        # it took longer than the streams it ended
        state["still"] = sum(f.reset or any(f.turned.values()) for f in flows)
    if not args.gone and not state["still"]:
        raise Failure("all was over when %r was done" % args.do)
    print("figure: %d streams open before, %d after, with %d %% of the bytes; "
          "%d reset, %d went on untranslated" % (
              state["open"], state["still"], 100 * state.get("at", 0),
              reset, sum(any(f.turned.values()) for f in flows)))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
