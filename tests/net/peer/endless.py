#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Connections that send headers without end, and a call beside them.

endless.py --connections 1000 --limit BYTES

The memory the router holds for them, as natctl has it, never passes the limit,
and the bytes of each arrive as they were sent. The call completes, translated.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import time

from exchange import Exchange, Failure, Server, run
from netns import Host, server_address
from reference import Reference

HEAD = b"INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP a.example\r\n"
LINE = b"X-Endless: " + b"e" * 500 + b"\r\n"


def memory():
    rows = json.loads(subprocess.run(
        [os.environ["NATCTL"], "-n", os.environ["ROUTER"], "-j", "show",
         "limits"], check=True, capture_output=True).stdout)
    return next(row["used"] for row in rows if row["name"] == "memory")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--limit", type=int, required=True)
    parser.add_argument("--lines", type=int, default=100)
    args = parser.parse_args()
    # the attacker is another inside host than the caller
    desk, phone, server = Host("DESK"), Host("PHONE"), Host("SERVER")
    reference = Reference(phone, server, 40000)
    listener = server.listener()
    listener.setblocking(False)
    ends, inside = {}, []

    def accept():
        while True:
            try:
                sock, peer = listener.accept()
            except BlockingIOError:
                return
            sock.setblocking(False)
            ends[peer[1]] = [sock, 0]

    for n in range(args.connections):
        sock = desk.tcp(10000 + n)
        sock.settimeout(60)
        sock.connect((server_address(2000 + n % 500), 5060))
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        inside.append([sock, HEAD, 0])
        accept()
    most, sent = 0, 0

    def take():
        """What arrives outside is what was sent"""
        accept()
        for port, end in ends.items():
            try:
                data = end[0].recv(65536)
            except BlockingIOError:
                continue
            at = end[1]
            want = (HEAD + LINE * (2 + (at + len(data)) // len(LINE)))[
                at:at + len(data)]
            if data != want:
                raise Failure("port %d: changed at byte %d" % (port, at))
            end[1] = at + len(data)

    for step in range(args.lines):
        for one in inside:
            sock, rest, lines = one
            if not rest:
                rest = LINE
            try:
                n = sock.send(rest)
                sent += n
                one[1] = rest[n:]
            except BlockingIOError:
                one[1] = rest
            except OSError as e:
                raise Failure("reset: %r" % e)
        take()
        if step % 10 == 9:
            used = memory()
            most = max(most, used)
            if used > args.limit:
                raise Failure("%d bytes held, %d allowed" % (
                    used, args.limit))
        if step == args.lines // 2:
            listener_for_call(listener, reference, phone, ends)
    print("figure: %d connections, %d bytes sent, at most %d held of %d" % (
        args.connections, sent, most, args.limit))
    if not most:
        raise Failure("nothing was held: this test shows nothing")
    for sock, _, _ in inside:
        sock.close()
    until = time.monotonic() + 20
    while memory():
        take()
        if time.monotonic() > until:
            raise Failure("%d bytes are held for nobody" % memory())
        time.sleep(0.2)
    for sock, _ in ends.values():
        sock.close()


class Shared(Server):
    """The call's server accepts from the socket that all connect to"""

    def __init__(self, listener, others):
        self.sock, self.others = listener, others

    def accept(self, pairs):
        while True:
            try:
                sock, peer = self.sock.accept()
            except BlockingIOError:
                return False
            sock.setblocking(False)
            pair = pairs.get(sock.getsockname()[0])
            if pair is None or peer[1] != pair.phone.getsockname()[1]:
                self.others[peer[1]] = [sock, 0]
                continue
            pair.server = sock
            pair.moved_at_start = time.monotonic()
            return True


def listener_for_call(listener, reference, phone, others):
    run([Exchange(n, phone, reference.port, reference.script(n))
         for n in (3, 4, 5)], Shared(listener, others))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
