#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Streams whose sequence numbers pass 2^32, in either direction.

Whoever calls chooses where its numbers begin. The phone calls the server; and
the server calls the phone, by a port forwarding the test has set.
"""

import argparse
import sys
import time

from exchange import Failure, Flow, Server, run
from flows import phone_kinds, server_kinds
from netns import Host, begin_at
from reference import Reference


def drive(flow):
    still = time.monotonic()
    while not flow.done:
        if flow.advance():
            still = time.monotonic()
        elif time.monotonic() - still > 20:
            raise Failure("%s: stalled" % flow)
        else:
            time.sleep(0.001)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--family", type=int, default=4)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--count", type=int, default=200)
    args = parser.parse_args()
    phone, server = Host("PHONE"), Host("SERVER")
    reference = Reference(phone, server, 5060, args.family, not args.plain)
    reference.register()
    listener = Server(server, args.family)
    streams = {}
    for who, kinds in (("phone", phone_kinds(reference.dialog)[:2]),
                       ("server", server_kinds(reference.dialog))):
        sent, want = reference.stream(who, args.count, kinds)
        streams[who] = (sent, b"".join(want))
    distances = (1, 2, 100, 577, 1461, 5000, 40000)
    flows = []
    for n, before in enumerate(distances, 1):
        flow = Flow(n, phone, 5060, streams, family=args.family)
        begin_at(flow.phone, -before)
        flows.append(flow)
    run(flows, listener)
    listener.close()

    inside = Server(phone, args.family)
    for n, before in enumerate(distances, 1):
        flow = Flow(n, phone, 5061, streams, family=args.family)
        flow.phone.close()
        flow.server = server.tcp(46000 + n, args.family)
        begin_at(flow.server, -before)
        flow.server.settimeout(60)
        flow.server.connect((reference.public, 5060))
        flow.server.setblocking(False)
        until = time.monotonic() + 60
        flow.phone = None
        while flow.phone is None and time.monotonic() < until:
            try:
                flow.phone = inside.sock.accept()[0]
                flow.phone.setblocking(False)
            except BlockingIOError:
                time.sleep(0.002)
        drive(flow)
    inside.close()
    reference.unregister()
    print("figure: %d streams" % (2 * len(distances)))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
