#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The media ports of one call: who gets through, in which state of the call.

media.py [--plain] [--family 6]

The call is set up over TCP, held, resumed and ended. In each state packets go
both ways between the phone's RTP and RTCP ports and two remote hosts.
"""

import argparse
import select
import sys
import time

from exchange import Failure
from netns import server_address
from wire import Bench, Wire


class Media:
    def __init__(self, reference, phone, server, family):
        r = reference
        self.public = r.public
        self.server, self.count = server, 0
        self.family = family
        self.phone = [phone.udp(r.inside.rtp + n, family) for n in (0, 1)]
        self.seen = [r.outside.rtp, r.outside.rtcp]
        self.remote = [[server.udp(port, family, address)
                        for port in (40000, 40001)]
                       for address in (server.address(family),
                                       server_address(700, family))]
        for sock in self.all():
            sock.setblocking(False)

    def all(self):
        return self.phone + sum(self.remote, [])

    def drain(self):
        for sock in self.all():
            try:
                while True:
                    sock.recvfrom(2048)
            except BlockingIOError:
                pass

    def inwards(self, who, n):
        """Does a packet from that remote reach the phone's port"""
        self.drain()
        text = b"\x80in %d %d %f" % (who, n, time.monotonic())
        self.remote[who][n].sendto(text, (self.public, self.seen[n]))
        return self.arrives(self.phone[n], text)

    def outwards(self, who, n):
        """The public port of a packet from the phone as the remote sees it"""
        self.drain()
        text = b"\x80out %d %d %f" % (who, n, time.monotonic())
        self.phone[n].sendto(text, self.remote[who][n].getsockname()[:2])
        return self.arrives(self.remote[who][n], text)

    @staticmethod
    def arrives(sock, text):
        if not select.select([sock], [], [], 0.5)[0]:
            return None
        data, source = sock.recvfrom(2048)
        return source[:2] if data == text else None

    def flows(self, state):
        """RTP and RTCP, in and out, both remotes; in first: no packet of the
        phone has opened the way"""
        for who in (0, 1):
            for n in (0, 1):
                want = self.remote[who][n].getsockname()[:2]
                got = self.inwards(who, n)
                if got != want:
                    raise Failure("%s: from %s to port %d: arrived as %s" % (
                        state, want, self.seen[n], got))
                got = self.outwards(who, n)
                if got != (self.public, self.seen[n]):
                    raise Failure("%s: port %d to %s left as %s, not %d" % (
                        state, n, want, got, self.seen[n]))

    def closed(self, after):
        """No new flow is let in any more"""
        until = time.monotonic() + 10
        while self.fresh():
            if time.monotonic() > until:
                raise Failure("10 s after %s the ports are still open" % after)
            time.sleep(0.5)

    def fresh(self):
        """Does a packet of a host that never spoke before get in"""
        self.count += 1
        sock = self.server.udp(40000, self.family, server_address(
            701 + self.count, self.family))
        self.drain()
        sock.sendto(b"\x80late", (self.public, self.seen[0]))
        return self.arrives(self.phone[0], b"\x80late")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--family", type=int, default=4)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--port", type=int, default=40000)
    args = parser.parse_args()

    # the reference call learns the ports; the same ones are given again
    bench = Bench(args.port, args.family, args.plain)
    reference, wire = bench.reference, Wire(bench)
    media = Media(reference, bench.phone, bench.server, args.family)
    dialog, inside, outside = (reference.dialog, reference.inside,
                               reference.outside)

    def say(who, make):
        if who == "phone":
            wire.send("phone", make(inside))
            wire.get("server", make(outside))
        else:
            wire.send("server", make(outside))
            wire.get("phone", make(inside))

    def accept(n):
        say("server", lambda v: dialog.response(v, "200 OK", "INVITE", n,
                                                True))
        say("phone", lambda v: dialog.ack(v, n))

    def invite(n, direction="sendrecv"):
        say("phone", lambda v: dialog.invite(v, n, direction))
        accept(n)

    media.closed("the reference call")
    say("phone", lambda v: dialog.invite(v, 1))
    # media that is faster than the answer has to wait, and is not in the way
    # of what comes after it
    for n in (0, 1):
        if media.inwards(0, n):
            raise Failure("port %d is open before the answer" % n)
    accept(1)
    media.flows("answered")
    invite(2, "sendonly")
    media.flows("held by sendonly")
    invite(3, "inactive")
    media.flows("held by inactive")

    # the old way; what a=rtcp becomes then is left to the unit tests
    nothing = "::" if args.family == 6 else "0.0.0.0"
    text = dialog.invite(inside, 4)
    head, body = text.split(b"\r\n\r\n", 1)
    old = ("c=IN %s %s\r\n" % (dialog.ip, inside.media)).encode()
    new = ("c=IN %s %s\r\n" % (dialog.ip, nothing)).encode()
    body = body.replace(old, new)
    wire.send("phone", head.split(b"Content-Length:")[0] +
              b"Content-Length: %d\r\n\r\n" % len(body) + body)
    got = wire.message("server")
    origin = "o=alice 2890844526 4 IN %s %s\r\n" % (dialog.ip, outside.media)
    if new not in got or origin.encode() not in got:
        raise Failure("hold by c=%s arrived as %r" % (nothing, got))
    accept(4)
    media.flows("held by c=" + nothing)
    invite(5)
    media.flows("resumed")
    say("server", lambda v: dialog.in_dialog(v, "BYE", 6))
    say("phone", lambda v: dialog.in_dialog_ok(v, "BYE", 6))
    wire.half_close("phone")
    wire.half_close("server")
    wire.close()
    bench.close()
    if not args.plain:
        # the door shuts after the linger time; what flows goes on
        media.closed("BYE")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
