#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Many messages both ways at once on a connection, compared byte for byte.

flows.py [--count N] [--connections N] [--segment MESSAGES] [--slow] [--held]
         [--large BYTES] ...

The phone sends OPTIONS and INVITEs, whose Contact, Via and SDP get longer on
their way; the server sends requests whose Request-URI gets shorter on its.
"""

import argparse
import os
import random
import subprocess
import sys
import time

from dialog import message
from exchange import Failure, Flow, Server, run
from netns import Host
from reference import Reference


def phone_kinds(dialog):
    def ping(v):
        return message("OPTIONS sip:bob@example.com SIP/2.0", [
            dialog.via(v, 1), "From: <sip:a@example.com>;tag=" + dialog.id,
            "To: <sip:bob@example.com>", "Call-ID: " + dialog.id,
            "CSeq: 1 OPTIONS", dialog.contact(v)])

    def again(v):
        # the same INVITE each time: a retransmission, so one call
        return dialog.invite(v).replace(dialog.id.encode(), b"retrans0")

    return [ping, lambda v: dialog.options(v, 1), ping, again]


def server_kinds(dialog):
    def notify(v):
        return dialog.in_dialog(
            v, "NOTIFY", 1, "text/plain",
            "a body with <sip:a@192.0.2.77:5060> in it\r\n")
    return [lambda v: dialog.in_dialog(v, "OPTIONS", 1), notify]


def large(dialog, size):
    """A message of about that many bytes, translated in head and body"""
    def kind(v):
        filler = "".join("a=x-filler:%06d %s\r\n" % (n, "x" * 40)
                         for n in range(size // 60))
        return message("INVITE sip:bob@example.com SIP/2.0", [
            dialog.via(v, 1), *dialog.ends("1 INVITE", tag=False),
            dialog.contact(v)],
            dialog.sdp(v) + filler, "application/sdp").replace(
                dialog.id.encode(), b"large000")
    return kind


def segments(messages, per):
    """Joined, and cut so that each segment holds that many messages"""
    data = b"".join(messages)
    size = int(per * len(data) / len(messages))
    return [data[i:i + size] for i in range(0, len(data), size)]


def pieces(messages, seed):
    dice = random.Random(seed)
    data, chunks, at = b"".join(messages), [], 0
    while at < len(data):
        size = dice.randint(1, 3000)
        chunks.append(data[at:at + size])
        at += size
    return chunks


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=41000)
    parser.add_argument("--family", type=int, default=4)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--do", help="a command, once bytes flow")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--segment", type=float, default=0)
    parser.add_argument("--random", action="store_true")
    parser.add_argument("--nagle", action="store_true")
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--held", type=float, default=0)
    parser.add_argument("--buffer", type=int, default=0)
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--stall", type=int, default=60)
    args = parser.parse_args()

    phone, server = Host("PHONE"), Host(os.environ.get("SERVER_IS", "SERVER"))
    reference = Reference(phone, server, args.port, args.family,
                          not args.plain)
    dialog = reference.dialog
    kinds = phone_kinds(dialog)
    if args.large:
        kinds = [large(dialog, args.large), kinds[0]]
    reference.register()
    listener = Server(server, args.family, buffer=args.buffer)
    flows, amount = [], 0
    for n in range(1, args.connections + 1):
        streams = {}
        for who, some in (("phone", kinds), ("server", server_kinds(dialog))):
            sent, want = reference.stream(who, args.count, some)
            if args.segment:
                sent = segments(sent, args.segment)
            elif args.random:
                sent = pieces(sent, n)
            streams[who] = (sent, b"".join(want))
            amount += len(streams[who][1])
        more = {}
        if args.slow:
            more["slow"] = {"phone": (300, 0.001), "server": (300, 0.001)}
        if args.held:
            more["held"] = {"phone": args.held, "server": args.held}
        flows.append(Flow(n, phone, args.port, streams,
                          apart=bool(args.segment), nagle=args.nagle,
                          buffer=args.buffer, family=args.family, **more))
    start = time.monotonic()
    did = []

    def tick():
        if args.do and not did and \
                all(f.checked["server"] > 50000 for f in flows):
            did.append(subprocess.run(args.do, shell=True, check=True))

    run(flows, listener, stall=args.stall, tick=tick)
    listener.close()
    # leave nothing behind that only time would end
    reference.end(b"retrans0", 5002)
    if args.large:
        reference.end(b"large000", 5003)
    reference.unregister()
    if args.do and not did:
        raise Failure("all was over before %r" % args.do)
    took = time.monotonic() - start
    print("figure: %d messages each way on %d connections, %d bytes, "
          "%.1f s, %d messages/s" % (
              args.count, args.connections, amount, took,
              2 * args.count * args.connections / took))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
