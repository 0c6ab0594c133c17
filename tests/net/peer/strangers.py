#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Streams on a SIP port that are not SIP: they pass byte for byte, for life.

Each is followed by a whole REGISTER and INVITE that name the phone's own
address: what began as something else is never read again.
"""

import argparse
import random
import sys

from dialog import Dialog, phone_view
from exchange import Failure, Flow, Server, run
from netns import Host


def strangers():
    dice = random.Random(4475)
    noise = bytes(dice.randrange(256) for _ in range(3000))
    hello = (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + noise[:500])
    stun = b"\x00\x01\x00\x08\x21\x12\xa4\x42" + noise[:12] + \
        b"\x80\x22\x00\x04test"
    turn = b"\x00\x14" + stun
    yield "TLS", hello
    yield "HTTP POST", (b"POST / HTTP/1.1\r\nHost: example.com\r\n"
                        b"Content-Length: 100000\r\n\r\n" + b"A" * 1000)
    yield "HTTP GET", b"GET / HTTP/1.1\r\nHost: example.com:5060\r\n\r\n"
    yield "STUN", stun
    yield "TURN over TCP", turn
    yield "nothing but line ends, then junk", b"\r\n" * 40 + b"\x00"
    yield "one zero byte", b"\x00"
    yield "junk", noise
    yield "almost SIP", b"INVITE sip:bob@example.com HTTP/1.1\r\n\r\n"
    yield "SIP of another version", \
        b"INVITE sip:bob@example.com SIP/3.0\r\n\r\n"
    yield "a status line without a code", b"SIP/2.0 OK\r\n\r\n"
    yield "no scheme", b"REGISTER /example.com SIP/2.0\r\n\r\n"
    yield "a line without end", b"INVITE " + b"x" * 9000 + b"\r\n\r\n"
    yield "lower case version", b"OPTIONS sip:x SIP/2.0x\r\n\r\n"
    yield "SMTP", b"EHLO example.com\r\nMAIL FROM:<a@example.com>\r\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=43000)
    parser.add_argument("--family", type=int, default=4)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--cut", type=int, default=0)
    args = parser.parse_args()
    phone, server = Host("PHONE"), Host("SERVER")
    own = phone.address(args.family)
    dialog = Dialog(own, server.address(args.family))
    view = phone_view(own, args.port)
    sip = dialog.register(view) + dialog.invite(view)
    listener = Server(server, args.family)
    flows, names = [], []
    for n, (name, first) in enumerate(strangers(), 1):
        data = first + sip
        # the first bytes decide, however they are cut
        size = args.cut or len(data)
        chunks = [data[i:i + size] for i in range(0, len(data), size)]
        back = first[::-1] + b"\r\nSIP/2.0 200 OK\r\n\r\n"
        flows.append(Flow(n, phone, args.port,
                          {"phone": (chunks, data), "server": ([back], back)},
                          apart=True, family=args.family))
        names.append(name)
    # a server that speaks first
    flows.append(Flow(900, phone, args.port, {
        "server": ([b"220 example.com ESMTP\r\n"],
                   b"220 example.com ESMTP\r\n"),
        "phone": ([b"EHLO x\r\n", sip], b"EHLO x\r\n" + sip)},
        apart=True, family=args.family))
    try:
        run(flows, listener)
    except Failure as e:
        raise Failure("%s\n%s" % (e, "\n".join(
            "%d: %s" % x for x in enumerate(names, 1))))
    print("figure: %d streams" % len(flows))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
