#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Lists that are read message by message while what they list goes and comes.

lists.py {sessions|bindings} SIZE: SIZE flows or calls of the phone stay. After
each message of the list some of the desk phone's that it or an earlier one has
listed are ended, and new ones begin.
"""

import collections
import ipaddress
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys

import yaml

from ctnetlink import Table
from netns import PATIENCE, Host

PHONE, DESK, ROUTER, SERVER = (Host(n) for n in
                               ("PHONE", "DESK", "ROUTER", "SERVER"))
OUTSIDE, WAN = SERVER.address(), os.environ["WAN4"]
SPEC = yaml.safe_load((pathlib.Path(os.environ["NF_ALG_TOP"]) / "uapi" /
                       "nf_nat_alg.yaml").read_text("utf-8"))
SETS = {s["name"]: {a["name"]: n for n, a in enumerate(s["attributes"], 1)}
        for s in SPEC["attribute-sets"]}
OPS = {o["name"]: n for n, o in enumerate(SPEC["operations"]["list"], 1)}
NLMSG_ERROR, NLMSG_DONE, INTERRUPTED = 2, 3, 0x10
TRIES = 8  # as natctl
STEP = 5  # of the desk phone's that go and come after a message


class Failure(Exception):
    pass


def walk(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


def endpoint(data):
    names = {n: name for name, n in SETS["endpoint"].items()}
    parts = {names[kind]: value for kind, value in walk(data)}
    return (str(ipaddress.ip_address(parts["address"])),
            int.from_bytes(parts["port"], sys.byteorder))


class Reader:
    """The family's lists, one message at a time"""

    def __init__(self):
        with ROUTER:
            self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.settimeout(PATIENCE)
        self.sock.bind((0, 0))
        name = SPEC["name"].encode() + b"\0"
        self.send(16, 3, 0, struct.pack("=HH", 4 + len(name), 2) + name +
                  b"\0" * (-len(name) % 4))
        for kind, data in walk(self.sock.recv(65536)[20:]):
            if kind == 1:
                self.family = struct.unpack("=H", data)[0]

    def send(self, family, command, flags, body=b""):
        self.sock.send(struct.pack("=IHHIIBBH", 20 + len(body), family,
                                   1 | flags, 1, 0, command, 1, 0) + body)

    def messages(self, what):
        """Lists of (inside local, inside global), and whether interrupted"""
        attributes = SETS[what]
        self.send(self.family, OPS[what + "-get"], 0x300)
        while True:
            data, found, interrupted = self.sock.recv(1 << 20), [], False
            while data:
                length, kind, flags = struct.unpack_from("=IHH", data)
                body, data = data[20:length], data[(length + 3) & ~3:]
                interrupted |= bool(flags & INTERRUPTED)
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    yield found, interrupted
                    return
                ends = dict(walk(body))
                found.append((endpoint(ends[attributes["inside-local"]]),
                              endpoint(ends[attributes["inside-global"]])))
            yield found, interrupted


class Server:
    """Takes what comes, so that all is known to have passed the router"""

    def __init__(self):
        self.sock = SERVER.udp(5060)
        self.sock.settimeout(PATIENCE)

    def ask(self, sock, data):
        sock.sendto(data, (OUTSIDE, 5060))
        return self.sock.recv(65536)


class Sessions:
    """A flow from each port"""

    name = "session"

    def __init__(self, size):
        self.server, self.table = Server(), Table(ROUTER)
        self.stay = {20000 + n for n in range(size)}
        self.next = 30000
        # the list has those that go among those that stay
        for port in sorted(self.stay):
            self.begin(DESK, port)
            self.begin(PHONE, port)

    def begin(self, host, port):
        here = host.address()
        with host.udp(port) as sock:
            self.server.ask(sock, (
                "OPTIONS sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s:%d;branch="
                "z9hG4bK%d\r\nFrom: <sip:a@example>;tag=a\r\nTo: <sip:a@example>"
                "\r\nCall-ID: %d@%s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0"
                "\r\n\r\n" % (OUTSIDE, here, port, port, port, here)).encode())

    def end(self, local, _):
        self.table.delete(socket.IPPROTO_UDP, local, (OUTSIDE, 5060))

    def more(self):
        self.begin(DESK, self.next)
        self.next += 1


class Bindings:
    """A call with two ports of media each"""

    name = "binding"

    def __init__(self, size):
        self.server = Server()
        self.phone, self.desk = PHONE.udp(5060), DESK.udp(5060)
        self.stay = {20000 + n for n in range(2 * size)}
        self.next = 40000
        for n in range(size):
            if n % 4 == 0:
                self.more()
            self.begin(PHONE, self.phone, 20000 + 2 * n)

    def begin(self, host, sock, media):
        here = host.address()
        body = ("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
                "m=audio %d RTP/AVP 0\r\n" % (here, here, media))
        data = self.server.ask(sock, (
            "INVITE sip:b@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s:5060;branch="
            "z9hG4bK%d\r\nFrom: <sip:a@example>;tag=%d\r\nTo: <sip:b@example>"
            "\r\nCall-ID: %d@%s\r\nCSeq: 1 INVITE\r\nContact: <sip:a@%s>\r\n"
            "Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s" %
            (OUTSIDE, here, media, media, media, here, here, len(body),
             body)).encode())
        if not re.search(rb"c=IN IP4 " + WAN.encode(), data):
            raise Failure("not translated: %r" % data)

    def end(self, local, public):
        """Its other port may have gone with it"""
        if local[1] < 40000:
            return
        subprocess.run([os.environ["NATCTL"], "-n", ROUTER.ns, "clear",
                        "translations", "udp", "inside", public[0],
                        str(public[1]), local[0], str(local[1])],
                       capture_output=True, check=False)

    def more(self):
        self.begin(DESK, self.desk, self.next)
        self.next += 2


def read(reader, things):
    """How often each of the phone's is listed, or None if interrupted"""
    seen, listed, messages = collections.Counter(), [], 0
    interrupted = False
    for found, told in reader.messages(things.name):
        interrupted |= told
        messages += 1
        for local, public in found:
            if local[0] == PHONE.address():
                seen[local[1]] += 1
            else:
                listed.append((local, public))
        for _ in range(min(STEP, len(listed))):
            try:
                things.end(*listed.pop(0))
            except FileNotFoundError:
                pass  # listed twice, and it has gone
            things.more()
    if messages < 4:
        raise Failure("the list has %d messages only" % messages)
    return None if interrupted else seen


def main(what, size):
    things = {"sessions": Sessions, "bindings": Bindings}[what](size)
    reader = Reader()
    for n in range(10):
        for _ in range(TRIES):
            seen = read(reader, things)
            if seen is not None:
                break
            if what == "sessions":
                raise Failure("a list of sessions is interrupted")
        else:
            raise Failure("each of %d lists was interrupted" % TRIES)
        lost = sorted(things.stay - set(seen))
        twice = sorted(port for port in things.stay if seen[port] > 1)
        if lost or twice:
            raise Failure("list %d: %d missing %s, %d twice %s" %
                          (n, len(lost), lost[:5], len(twice), twice[:5]))


try:
    main(sys.argv[1], int(sys.argv[2]))
except (Failure, OSError, subprocess.CalledProcessError) as e:
    sys.exit(str(e))
