# SPDX-License-Identifier: GPL-2.0
"""One connection at a time, in small steps: for tests about states."""

import argparse
import socket
import struct
import sys
import threading
import time

from dialog import content_length, difference
from exchange import Failure, Pair, Server
from netns import PATIENCE, Host, unsent
from reference import Reference

LINGER_NOT = struct.pack("ii", 1, 0)


class Wire:
    """A fresh connection in turns, both ends blocking with a time limit"""

    number = 10
    beginning = threading.Lock()

    def __init__(self, bench, buffer=0):
        with Wire.beginning:
            self.begin(bench, buffer)

    def begin(self, bench, buffer):
        Wire.number += 1
        self.pair = Pair(Wire.number, bench.phone, bench.port, bench.family)
        if buffer:
            self.pair.phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF,
                                       buffer)
        self.pair.connect()
        until = time.monotonic() + PATIENCE
        while self.pair.server is None:
            bench.listener.accept({self.pair.target: self.pair})
            if time.monotonic() > until:
                raise Failure("no connection")
            time.sleep(0.002)
        for sock in (self.pair.phone, self.pair.server):
            sock.setblocking(True)
            sock.settimeout(PATIENCE)

    def send(self, who, data):
        self.pair.end(who).sendall(data)
        until = time.monotonic() + PATIENCE
        while unsent(self.pair.end(who)) and time.monotonic() < until:
            time.sleep(0.001)

    def fill(self, who, data):
        """Send until nothing more goes: the receiver's window is shut"""
        sock = self.pair.end(who)
        sock.setblocking(False)
        at, still = 0, time.monotonic()
        while at < len(data) and time.monotonic() - still < 0.5:
            try:
                at += sock.send(data[at:at + 4000])
                still = time.monotonic()
            except BlockingIOError:
                time.sleep(0.01)
        sock.setblocking(True)
        sock.settimeout(PATIENCE)

    def get(self, who, want, end=False):
        """Receive just these bytes, and the end of the stream if asked"""
        sock, got = self.pair.end(who), b""
        try:
            while len(got) < len(want) or end:
                data = sock.recv(65536 if end else len(want) - len(got))
                if not data:
                    break
                got += data
        except OSError as e:
            raise Failure("%s: %r after %d of %d bytes\n%s" % (
                who, e, len(got), len(want), difference(got, want)))
        if got != want:
            raise Failure("%s: %s" % (who, difference(got, want)))

    def message(self, who):
        """Receive one whole message"""
        sock, got = self.pair.end(who), b""
        while content_length(got) is None:
            data = sock.recv(65536)
            if not data:
                raise Failure("%s: closed early: %r" % (who, got))
            got += data
        return got

    def half_close(self, who):
        self.pair.end(who).shutdown(socket.SHUT_WR)

    def reset(self, who):
        sock = self.pair.end(who)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        sock.close()

    def is_reset(self, who, want):
        """This end learns of it; what came before is a part of want"""
        sock, got = self.pair.end(who), b""
        try:
            while True:
                data = sock.recv(65536)
                if not data:
                    raise Failure("%s: closed, not reset" % who)
                got += data
        except ConnectionResetError:
            pass
        except OSError as e:
            raise Failure("%s: not reset but %r" % (who, e))
        if not want.startswith(got):
            raise Failure("%s: %s" % (who, difference(got, want)))

    def close(self):
        self.pair.close()


class Bench:
    """The two hosts, the proven reference dialog, and one message each way"""

    def __init__(self, port, family=4, plain=False, buffer=0):
        self.phone, self.server = Host("PHONE"), Host("SERVER")
        self.port, self.family = port, family
        self.reference = Reference(self.phone, self.server, port, family,
                                   not plain)
        self.reference.register()
        self.listener = Server(self.server, family, buffer=buffer)
        dialog = self.reference.dialog
        inside, outside = self.reference.inside, self.reference.outside
        # (as sent, as received), each way
        self.phones = (dialog.options(inside, 1), dialog.options(outside, 1))
        self.servers = (dialog.in_dialog(outside, "OPTIONS", 1),
                        dialog.in_dialog(inside, "OPTIONS", 1))

    def close(self):
        self.listener.close()
        self.reference.unregister()

    def message(self, who):
        return self.phones if who == "phone" else self.servers


def other(who):
    return "server" if who == "phone" else "phone"


def arguments(ways, port, *switches):
    """How, and where from; switches are further options, (name, keywords)"""
    parser = argparse.ArgumentParser()
    parser.add_argument("how", choices=ways)
    parser.add_argument("--port", type=int, default=port)
    for name, keywords in switches:
        parser.add_argument(name, **keywords)
    return parser.parse_args()


FAMILY = ("--family", {"type": int, "default": 4})
PLAIN = ("--plain", {"action": "store_true"})


def each_end(ways):
    """A way is taken by either end: (name, function of the bench)"""
    for way in ways:
        for who in ("phone", "server"):
            yield ("%s by the %s" % (way.__name__, who),
                   lambda bench, way=way, who=who: way(bench, who))


def take(bench, ways, at_once=False):
    """All (name, function of the bench), whether or not one of them fails, one
    after the other or at once; ends the program if one has failed"""
    failures = []

    def one(name, way):
        try:
            way(bench)
        except (Failure, OSError) as e:
            failures.append("%s: %s" % (name, e))

    walks = [threading.Thread(target=one, args=each) for each in ways]
    for walk in walks:
        walk.start()
        if not at_once:
            walk.join()
    for walk in walks:
        walk.join()
    try:
        bench.close()
    except Failure as e:
        failures.append("at the end: %s" % e)
    if failures:
        sys.exit("\n".join(failures))
