#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Streams on a SIP port that are none of the router's business.

bystanders.py md5     signed by TCP-MD5: a changed segment would be dropped
bystanders.py local   from the phone to the router, from the router outside
"""

import argparse
import socket
import struct
import sys

from dialog import Dialog, phone_view
from exchange import Failure, Flow, Server, run
from netns import Host, server_address

TCP_MD5SIG = 14


def sign(sock, address, family):
    """Every segment to and from that address carries a signature"""
    if family == 6:
        peer = struct.pack("=HHI16sI", socket.AF_INET6, 0, 0,
                           socket.inet_pton(socket.AF_INET6, address), 0)
    else:
        peer = struct.pack("=HH4s", socket.AF_INET, 0,
                           socket.inet_aton(address))
    key = b"of the session"
    sock.setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG, struct.pack(
        "=128sBBHi80s", peer, 0, 0, len(key), 0, key))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("who", choices=("md5", "local"))
    parser.add_argument("--port", type=int, default=45000)
    parser.add_argument("--family", type=int, default=4)
    args = parser.parse_args()
    phone, server, router = Host("PHONE"), Host("SERVER"), Host("ROUTER")
    own = phone.address(args.family)
    dialog = Dialog(own, server.address(args.family))
    view = phone_view(own, args.port)
    data = [dialog.register(view), dialog.invite(view), dialog.options(
        view, 1)] * 30
    back = [dialog.in_dialog(view, "OPTIONS", n) for n in range(30)]
    streams = {"phone": (data, b"".join(data)),
               "server": (back, b"".join(back))}

    if args.who == "md5":
        flow = Flow(1, phone, args.port, streams, apart=True,
                    family=args.family)
        listener = Server(server, args.family)
        sign(flow.phone, flow.target, args.family)
        sign(listener.sock, own, args.family)
        run([flow], listener)
        return
    # the router answers
    gateway = "fd00:a::1" if args.family == 6 else "10.0.0.1"
    flow = Flow(1, phone, args.port, streams, apart=True, family=args.family,
                target=gateway)
    listener = Server(router, args.family)
    run([flow], listener)
    listener.close()
    # the router calls
    flow = Flow(2, router, args.port, streams, apart=True,
                family=args.family, target=server_address(2, args.family),
                source="2001:db8:1::1" if args.family == 6
                else "203.0.113.1")
    run([flow], Server(server, args.family))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
