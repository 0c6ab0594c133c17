#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Streams under load while something happens to the router.

interrupt.py --do COMMAND [--connections 50] [--count 50]

Half of the streams send as fast as their receiver reads, the others a message
every 20 ms, so that there are moments when nothing is under way. COMMAND runs
once every stream has carried messages both ways, and all of them go on for half a
second after it has ended. Each stream then comes to its end, or is
reset; it never stalls, and no end ever receives a byte that is wrong: messages
translated, then (the module gone) messages as they were sent, the change at the
start of a message.
"""

import argparse
import socket
import subprocess
import sys
import time

from dialog import difference
from exchange import Failure, Flow, Server, run
from flows import phone_kinds, pieces, server_kinds
from netns import Host
from reference import Reference


BUFFER = 16384      # little is under way when the end comes
PAUSE = 0.02


class Watched(Flow):
    """A flow of messages without end, which may stop being translated at some
    point"""

    endless = True
    anything = False

    def expect(self, sent, want):
        self.again = {who: (sent[who], want[who]) for who in sent}
        self.parts = {"server": (list(sent["phone"]), list(want["phone"])),
                      "phone": (list(sent["server"]), list(want["server"]))}
        self.want = {who: bytearray(self.want[who]) for who in self.want}
        self.turned = {"phone": None, "server": None}
        self.fed = {"phone": 0.0, "server": 0.0}
        self.small = self.stays = False

    def hungry(self, sender, receiver):
        if self.n % 2:
            return len(self.queue[sender]) < 4
        return not self.queue[sender] and \
            self.checked[receiver] == len(self.want[receiver]) and \
            time.monotonic() - self.fed[sender] > PAUSE

    def advance(self):
        if self.server and not self.small:
            self.small = True
            for sock in (self.phone, self.server):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        if self.stays != Watched.endless:
            # an end that has nothing to send at the moment is not done
            self.stays = Watched.endless
            self.down = {"phone": self.stays, "server": self.stays}
        for who, receiver in (("phone", "server"), ("server", "phone")):
            if Watched.endless and not self.done and \
                    self.hungry(who, receiver):
                self.feed(who, receiver)
        return super().advance()

    def feed(self, sender, receiver):
        """The same messages once more"""
        sent, want = self.again[sender]
        self.fed[sender] = time.monotonic()
        self.queue[sender].extend(pieces(sent, len(self.parts[receiver][0])))
        self.parts[receiver][0].extend(sent)
        self.parts[receiver][1].extend(want)
        # what comes is as sent once that has begun
        self.want[receiver] += b"".join(
            sent if self.turned[receiver] else want)

    def check(self, who):
        got, at = self.buffer[who], self.checked[who]
        if Watched.anything:
            if not Watched.endless:
                self.done = self.reset = True
                self.close()
            return
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
        tail = bytearray(b"".join(done[:n]) + b"".join(raw[n:]))
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
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--gone", action="store_true",
                        help="the router is gone: nothing ends any more")
    parser.add_argument("--anything", action="store_true",
                        help="once it has begun no byte is looked at")
    parser.add_argument("--complete", action="store_true",
                        help="every stream has to reach its end")
    args = parser.parse_args()

    phone, server = Host("PHONE"), Host("SERVER")
    reference = Reference(phone, server, args.port, args.family,
                          not args.plain)
    reference.register()
    listener = Server(server, args.family, buffer=BUFFER)
    flows = []
    # INVITEs would leave calls behind that nobody ends
    kinds = {"phone": phone_kinds(reference.dialog)[:2],
             "server": server_kinds(reference.dialog)}
    for n in range(1, args.connections + 1):
        sent, want = {}, {}
        for who in ("phone", "server"):
            sent[who], want[who] = reference.stream(
                who, args.count if n % 2 else 2, kinds[who])
        flow = Watched(n, phone, args.port, {
            who: (pieces(sent[who], n), b"".join(want[who]))
            for who in ("phone", "server")}, lost=True, family=args.family,
            buffer=BUFFER, slow={"phone": (2000, 0.004), "server": (2000, 0.004)})
        flow.expect(sent, want)
        flows.append(flow)
    # a shell that waits, so that it can act at once
    state = {"did": None, "process": subprocess.Popen(
        ["bash", "-c", "read -r; " + args.do], stdin=subprocess.PIPE)}

    class Gone(Exception):
        pass

    def tick():
        if state["did"] is None:
            if all(f.checked[w] > 2000 for f in flows for w in f.checked):
                state["process"].stdin.close()
                Watched.anything = args.anything
                state["did"] = time.monotonic()
                state["open"] = sum(not f.done for f in flows)
        elif "at" not in state and state["process"].poll() is not None:
            state["at"] = time.monotonic()
            state["still"] = sum(not f.done for f in flows)
        elif Watched.endless and "at" in state and \
                time.monotonic() - state["at"] > 0.5:
            Watched.endless = False
        elif args.gone and time.monotonic() - state["did"] > 3:
            raise Gone

    try:
        run(flows, listener, window=args.connections, tick=tick)
    except Gone:
        for f in flows:
            f.close()
    if state["did"] is None:
        state["process"].kill()
        raise Failure("no stream went on until %r" % args.do)
    status = state["process"].wait(60)
    if status:
        raise Failure("%s: exit status %d" % (args.do, status))
    reset = sum(f.reset for f in flows)
    if args.complete and reset:
        raise Failure("%d of %d streams were reset" % (reset, len(flows)))
    if state["open"] != len(flows):
        raise Failure("%d of %d streams were open before" % (
            state["open"], len(flows)))
    print("figure: %d streams open before, %s after %.1f s; %d reset, %d went "
          "on untranslated; %d KB" % (
              state["open"], state.get("still", "none"),
              state.get("at", time.monotonic()) - state["did"], reset,
              sum(any(f.turned.values()) for f in flows),
              sum(f.checked[w] for f in flows for w in f.checked) / 1000))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
