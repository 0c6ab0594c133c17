#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every message of the table, at every layout and length, through the router.

skinnymessages.py [--cast inside|outside] [--family 6] [--plain] HOW

A scripted CallManager and phones say each message of skinny.py's table with
several values in its fields; what arrives has to be the translation computed
here from the table, byte for byte. --cast outside: the phone is inside;
inside: the CallManager is. HOW the bytes are cut into segments:
  whole      a message a segment
  offsets    connection k cuts each message at byte k
  bytes      a byte a segment
  two seven  so many messages in one segment
  random     chunks of random size
  mss        segments of 536 bytes at most
  layouts    no connection: the table, for a person

A neighbour on the phone's link holds the same port, so that the router has to
give the phone's port another number outside, and a translated port can be told
from one that was let be. Phones on one link are told each other's inside
address; on different links they keep the public one.
"""

import argparse
import os
import random
import socket
import struct
import sys

import skinny
from exchange import Exchange, Failure, Server, run
from netns import Host, server_address
from skinny import LAYOUTS, build, layout, message

RTP = 30000             # of every host inside
LOOSE = 31000           # a phone's port that nothing has bound
# old Asterisk says 0 whatever the layout: the length decides
HEADERS = {"old": (0, 3, 11, 16, 22), "new": (0, 17, 20, 22, 11),
           "any": (0, 11, 22), "cm2": (0,)}


class Line:
    """A connection in turns, held open: [phone, CallManager] or the reverse"""

    def __init__(self, scene, source, number, address=None):
        listener = scene.listener()
        self.sock = source.tcp(0, scene.family, address)
        self.sock.settimeout(60)
        self.sock.connect((scene.where(number), scene.port))
        listener.settimeout(60)
        self.far, self.seen = listener.accept()
        self.far.settimeout(60)
        self.far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.close()

    def up(self, data):
        """From the client; what the CallManager received"""
        self.sock.sendall(data)
        return self.take(self.far, len(data))

    def down(self, data):
        self.far.sendall(data)
        return self.take(self.sock, len(data))

    @staticmethod
    def take(sock, length):
        got = b""
        while len(got) < length:
            data = sock.recv(length - len(got))
            if not data:
                raise Failure("closed early")
            got += data
        return got

    def close(self):
        self.sock.close()
        self.far.close()


class Elsewhere:
    """A CallManager outside, for a phone that only takes a port"""

    def __init__(self, scene):
        self.family, self.port = scene.family, scene.own_port
        self.server = scene.server

    def listener(self):
        return self.server.listener(self.port, self.family)

    def where(self, number):
        return server_address(number, self.family)


class Case:
    """A message, by whom, and what is to arrive"""

    def __init__(self, one, what, sent, want):
        self.side, self.what = one.side, "%s: %s" % (one, what)
        self.sent, self.want = sent, want


class Scene:
    """Who is where, and which public port stands for which inside port"""

    def __init__(self, args):
        self.family, self.port = args.family, args.sport
        # the CallManager's own port, where the mapping changes it
        self.own_port = args.to or args.sport
        self.cast, self.plain = args.cast, args.plain
        self.phone, self.desk = Host("PHONE"), Host("DESK")
        self.server = Host("SERVER")
        self.public = os.environ["WAN%d" % self.family]
        self.client, self.manager = (self.phone, self.server) \
            if self.cast == "outside" else (self.server, self.phone)
        # ours: the one that is translated, client or CallManager
        self.own = self.phone.address(self.family)
        self.other = self.desk.address(self.family)
        self.neighbour = os.environ["NEIGHBOUR%d" % self.family]
        self.remote = server_address(7000, self.family)
        self.mine = self.public if not self.plain else self.own
        self.bound = RTP
        # an earlier run's connections may still wait for their end
        self.source = 33000 + os.getpid() % 20000
        self.lines = []

    def listener(self):
        return self.manager.listener(self.own_port, self.family)

    def where(self, number):
        """The CallManager's address, as the phone numbered so knows it"""
        if self.cast == "inside":
            return self.public if not self.plain else self.own
        return server_address(number, self.family)

    # --- the ports -----------------------------------------------------------

    def occupy(self):
        """The neighbour holds RTP outside, then ours gets another"""
        ack = layout("OpenReceiveChannelAck", "new", 36)
        start = layout("StartMediaTransmission", "new", 132)
        self.near = self.apart = None

        def said(host, number, address, port=RTP, scene=self):
            line = Line(scene, host, number, address)
            self.lines.append(line)
            return self.learn(ack, line.up(build(ack, {
                "A": address, "P": port, "ptp": 1, "ref": 1}, 17)))

        if self.cast == "outside":
            self.near = said(self.phone, 8001, self.neighbour)
            ours = said(self.phone, 8002, self.own)
            self.apart = said(self.desk, 8003, self.other, RTP + 100)
        else:
            taken = said(self.phone, 8001, self.neighbour,
                         scene=Elsewhere(self))
            if not self.plain and taken != (self.public, RTP):
                raise Failure("a free port was changed: %r" % (taken,))
            line = Line(self, self.client, 8002)
            self.lines.append(line)
            ours = self.learn(start, line.down(build(start, {
                "A": self.own, "P": RTP, "conf": 1, "ptp": 1, "ref": 1}, 17)))
        if self.plain:
            if ours != (self.own, RTP):
                raise Failure("changed without NAT: %r" % (ours,))
            self.near = self.apart = None
            return
        self.bound = ours[1]
        if ours[0] != self.public:
            raise Failure("%s was not translated, but %r" % (self.own, ours))
        if self.bound % 2 or not 1024 <= self.bound <= 65534:
            raise Failure("RTP on port %d" % self.bound)
        if self.bound == RTP:
            raise Failure("two hosts have one port")
        if self.near:
            if self.near != (self.public, RTP):
                raise Failure("a free port was changed: %r" % (self.near,))
            if self.apart != (self.public, RTP + 100):
                raise Failure("a free port was changed: %r" % (self.apart,))
        print("figure: %s port %d is %s port %d outside" % (
            self.own, RTP, *ours))

    @staticmethod
    def learn(one, data):
        at = 12 + one.fields["A"]
        kind, = struct.unpack_from("<I", data, at)
        address = skinny.text(data[at + 4:at + (20 if kind else 8)])
        port, = struct.unpack_from("<I", data, 12 + one.fields["P"])
        return address, port

    def release(self):
        for line in self.lines:
            line.close()

    # --- the cases -----------------------------------------------------------

    def holds(self, one):
        """Can this layout carry an address of this family"""
        return self.family == 4 or one.form == "new" or "ip6" in one.fields

    def cases(self):
        """All of them, in the order of the table"""
        for number, one in enumerate(LAYOUTS):
            yield from self.of(one, number)

    def of(self, one, number):
        makers = {"plain": self.plain_cases, "self": self.self_cases,
                  "own": self.own_cases, "far": self.far_cases,
                  "mention": self.far_cases, "echo": self.echo_cases, "server": self.server_cases,
                  "group": self.group_cases}
        if one.form == "cm2":
            return
        headers = HEADERS[one.form]
        for turn, (what, values, want) in enumerate(makers[one.role](one)):
            more = dict(values.pop("build", {}))
            want = dict(want)
            version = headers[(number + turn) % len(headers)]
            base = {"conf": 0x100 + number, "ptp": 0x1000 + number,
                    "ref": 0x2000 + number}
            filler = skinny.noise(one, turn)
            if values.pop("decoy", False):
                filler = self.decoys(one, filler)
            yield Case(one, "%s, header %d" % (what, version),
                       build(one, {**base, **values}, version, filler, **more),
                       build(one, {**base, **values, **want}, version, filler,
                             **more))

    def decoys(self, one, filler):
        """Our own address and port in every word that is no field"""
        filler = bytearray(filler)
        words = one.free()
        if self.family == 4:
            for n, at in enumerate(words):
                filler[at:at + 4] = skinny.packed(self.own) if n % 2 == 0 \
                    else struct.pack("<I", RTP)
        else:
            for at in words[::4]:
                if all(at + 4 * k in words for k in range(4)):
                    filler[at:at + 16] = skinny.packed(self.own)
        return bytes(filler)

    def translated(self, one, side):
        """Is a message from that side one of our own host"""
        return not self.plain and self.holds(one) and \
            (side == "C") == (self.cast == "outside")

    def plain_cases(self, one):
        yield "none", {}, {}
        if one.length:
            yield "decoys", {"decoy": True}, {}

    def self_cases(self, one):
        word = "ip4" if self.family == 4 else "ip6"
        ours = self.translated(one, "C") and word in one.fields
        more = {"six": 1}
        if word in one.fields:
            yield "own", {word: self.own, "decoy": True, **more}, \
                {word: self.mine} if ours else {}
            yield "another's", {word: self.other, **more}, {}
            yield "outside", {word: self.remote, **more}, {}
        yield "none", more, {}

    def own_cases(self, one):
        ours = self.translated(one, "C")
        p, q = RTP, self.bound
        both = {"A": self.own, "P": p, "rtcp": p + 1}
        new = {"A": self.mine, "P": q, "rtcp": q + 1}
        yield "own", dict(both), new if ours else {}
        yield "own, decoys", {"decoy": True, **both}, new if ours else {}
        if one.form == "new" and self.family == 4:
            rest = bytes(range(0xa0, 0xac))
            yield "own, bytes behind it", {
                "build": {"rest": rest}, **both}, new if ours else {}
        yield "outside", {"A": self.remote, "P": 4000, "rtcp": 4001}, {}
        yield "no address", {"A": "::" if self.family == 6 else "0.0.0.0",
                             "P": 0}, {}
        if "status" in one.fields:
            # no channel: the address is hidden all the same
            yield "refused", {"A": self.own, "P": LOOSE, "status": 1}, \
                {"A": self.mine} if ours else {}
        if one.form == "new":
            for kind in (3, 4, 0x100, 0xffffffff):
                yield "type %d" % kind, {
                    "build": {"kind": kind}, **both}, {}
        yield from self.other_family(one)

    def other_family(self, one):
        """An address of the other family is none of this connection's"""
        if one.form == "new":
            family = 10 - self.family
            yield "the other family", {
                "A": self.phone.address(family), "P": LOOSE}, {}

    def far_cases(self, one):
        p, q = RTP, self.bound
        zero = "::" if self.family == 6 else "0.0.0.0"
        yield "outside", {"A": self.remote, "P": 4000, "decoy": True}, {}
        yield "no address", {"A": zero, "P": 0}, {}
        yield "no address, a port", {"A": zero, "P": 4000}, {}
        if one.form == "new" and self.family == 4:
            yield "type 3", {"A": self.own, "P": p, "build": {"kind": 3}}, {}
        yield from self.other_family(one)
        if self.cast == "inside":
            ours = self.translated(one, "S")
            new = {"A": self.mine, "P": q}
            yield "own", {"A": self.own, "P": p}, new if ours else {}
            yield "own, decoys", {"A": self.own, "P": p, "decoy": True}, \
                new if ours else {}
            yield "another's", {"A": self.other, "P": p}, {}
        elif self.near and "P" in one.fields and self.holds(one):
            for what, (address, port), want in (
                    ("hairpin", self.near, (self.neighbour, RTP)),
                    ("another link", self.apart, self.apart),
                    ("a free port", (self.public, LOOSE),
                     (self.public, LOOSE))):
                yield what, {"A": address, "P": port}, \
                    {"A": want[0], "P": want[1]}
                yield what + ", decoys", {
                    "A": address, "P": port, "decoy": True}, \
                    {"A": want[0], "P": want[1]}

    def echo_cases(self, one):
        zero = "::" if self.family == 6 else "0.0.0.0"
        yield "outside", {"A": self.remote, "P": 4000, "decoy": True}, {}
        yield "no address", {"A": zero, "P": 0}, {}
        if "ip4" in one.fields and self.family == 4:
            yield "own", {"A": self.remote, "P": 4000, "ip4": self.own,
                          "decoy": True}, \
                {"ip4": self.mine} if self.translated(one, "C") else {}
        yield from self.other_family(one)

    def server_cases(self, one):
        ours = self.translated(one, "S")
        port = self.own_port
        tcp = [port, 2443, port, 0, port]
        none = "::" if self.family == 6 and one.form == "new" else "0.0.0.0"
        if one.form == "old" and self.family == 6:
            return
        lists = {
            "one": [self.own, none, none, none, none],
            "the second": [self.remote, self.own, none, none, none],
            "all five": [self.own] * 5,
            "another's": [self.other, self.remote, none, none, none]}
        for what, servers in lists.items():
            new = {"server": [self.mine if x == self.own else x
                              for x in servers],
                   # the port goes with the address, if it is the mapped one
                   "tcp": [self.port if (x, p) == (self.own, port) else p
                           for x, p in zip(servers, tcp)]} if ours else {}
            for more in ({}, {"decoy": True}):
                yield what + ", decoys" * bool(more), {
                    "server": servers, "tcp": tcp, **more}, new

    def group_cases(self, one):
        group = "ff05::101" if self.family == 6 else "239.1.2.3"
        if one.form == "old" and self.family == 6:
            return
        yield "group", {"A": group, "P": 20000}, {}
        yield "group, decoys", {"A": group, "P": 20000, "decoy": True}, {}

    # --- connections ---------------------------------------------------------

    def register(self, version):
        """The first words of a connection, as cases"""
        one = layout("Register", "any", 124)
        body = build(one, {"version": version,
                           "ip4" if self.family == 4 else "ip6": self.own
                           if self.cast == "outside" else self.remote})
        ours = self.translated(one, "C")
        want = build(one, {"version": version,
                           "ip4" if self.family == 4 else "ip6": self.mine}) \
            if ours else body
        ack = message(0x0081, struct.pack("<I6s2xIB3x", 30, b"D/M/Y\0", 60,
                                          version), 0)
        one.side = "C"
        first = Case(one, "first", body, want)
        answer = Case(one, "answer", ack, ack)
        answer.side = "S"
        return [first, answer]

    def echoes(self):
        """A phone tells back the far end it was given as it was given it"""
        if self.plain or self.cast == "outside" and not self.near:
            return
        meant, told = (self.near, (self.neighbour, RTP)) \
            if self.cast == "outside" else ((self.own, RTP),
                                            (self.public, self.bound))
        for form, a, b in (("old", 84, 20), ("new", 132, 36)):
            if self.family == 6 and form == "old":
                continue
            start = layout("StartMediaTransmission", form, a)
            fail = layout("MediaTransmissionFailure", form, b)
            ids = {"conf": 7, "ptp": 70 + a, "ref": 7}

            def made(one, to):
                return build(one, {**ids, "A": to[0], "P": to[1]}, 0)
            yield Case(start, "far end", made(start, meant),
                       made(start, told))
            yield Case(fail, "told back", made(fail, told),
                       made(fail, meant))
            other = (self.remote, RTP)
            yield Case(fail, "another", made(fail, other),
                       made(fail, other))

    def cm2(self):
        """CallManager 2: an acknowledgement without a version, ports alone"""
        one = layout("Register", "any", 36)
        sent = build(one, {"ip4": self.own if self.cast == "outside" else
                           self.remote})
        ours = self.translated(one, "C")
        want = build(one, {"ip4": self.mine}) if ours else sent
        yield Case(one, "first", sent, want)
        ack = message(0x0081, struct.pack("<I6s2x", 30, b"D/M/Y\0"))
        one = layout("StopMediaReception", "cm2", 4)
        yield Case(one, "RegisterAck", ack, ack)
        port = layout("IpPort", "cm2", 4)
        yield Case(port, "RTP port", build(port, {"P": RTP}), build(
            port, {"P": self.bound if ours else RTP}))
        yield Case(port, "the same again", build(port, {"P": RTP}), build(
            port, {"P": self.bound if ours else RTP}))
        for name, length in (("StartMediaReception", 24),
                             ("StartMediaTransmission", 36)):
            one = layout(name, "cm2", length)
            outside = build(one, {"A": self.remote, "P": 4000}, 0,
                            self.decoys(one, skinny.noise(one, 0)))
            yield Case(one, "outside", outside, outside)
            if self.near and "P" in one.fields:
                yield Case(one, "hairpin", build(one, {
                    "A": self.near[0], "P": self.near[1]}), build(one, {
                        "A": self.neighbour, "P": RTP}))
            if self.cast == "inside" and "P" in one.fields and \
                    not self.plain:
                yield Case(one, "own", build(one, {
                    "A": self.own, "P": RTP}), build(one, {
                        "A": self.mine, "P": self.bound}))

    def scripts(self, size=40):
        """Lists of cases, a connection each"""
        cases = list(self.cases())
        versions = (11, 17, 22, 3)
        for n, at in enumerate(range(0, len(cases), size)):
            yield self.register(versions[n % 4]) + cases[at:at + size]
        yield self.register(17) + list(self.echoes())
        if self.family == 4:
            yield list(self.cm2())


class Talk(Exchange):
    """An Exchange of cases; a failure names the case"""

    def __init__(self, scene, n, cases, cut, group=1, mss=0, nagle=False):
        self.scene, self.names, script = scene, [], []
        at = 0
        while at < len(cases):
            one = cases[at:at + 1]
            while len(one) < group and at + len(one) < len(cases) and \
                    cases[at + len(one)].side == one[0].side:
                one.append(cases[at + len(one)])
            at += len(one)
            script.append(("phone" if one[0].side == "C" else "server",
                           b"".join(c.sent for c in one),
                           b"".join(c.want for c in one)))
            self.names.append("; ".join(c.what for c in one))
        more = {}
        if scene.cast == "inside":
            more["source"] = server_address(n, scene.family)
        super().__init__(n, scene.client, scene.source, script, cut, nagle,
                         family=scene.family, sport=scene.port, **more)
        if scene.cast == "inside":
            # the CallManager tells connections apart by where they come from
            self.target = more["source"]
        if mss:
            self.phone.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, mss)

    def connect(self):
        try:
            self.phone.connect((self.scene.where(self.n), self.sport))
        except BlockingIOError:
            pass

    def __str__(self):
        if 0 <= self.step < len(self.names):
            return "connection %d, %s" % (self.n, self.names[self.step])
        return "connection %d" % self.n


class Manager(Server):
    """Accepts what the phones connect to, wherever it is"""

    def __init__(self, scene, mss=0):
        super().__init__(scene.manager, scene.family, scene.own_port)
        self.scene = scene
        if mss:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, mss)

    def accept(self, pairs):
        accepted = False
        while True:
            try:
                sock, peer = self.sock.accept()
            except BlockingIOError:
                return accepted
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = pairs.get(peer[0] if self.scene.cast == "inside" else
                             sock.getsockname()[0])
            if pair is None:
                sock.close()
                continue
            pair.server = sock
            if pair.with_nagle:
                pair.nagle()
            accepted = True


def at_offset(n, step, data):
    if len(data) < 2:
        return [data]
    cut = (n - 1) % (len(data) - 1) + 1
    return [data[:cut], data[cut:]]


def by_bytes(n, step, data):
    return [data[i:i + 1] for i in range(len(data))]


def whole(n, step, data):
    return [data]


def at_random(n, step, data):
    dice = random.Random(n * 1000 + step)
    most = dice.choice((3, 12, 20, 100, 500))
    chunks, at = [], 0
    while at < len(data):
        size = dice.randint(1, most)
        chunks.append(data[at:at + size])
        at += size
    return chunks


def by_length(scene, one, size=30):
    """Scripts of messages about as long; one: of a layout a single case,
    which is translated if any is"""
    cases = list(scene.cases())
    if one:
        first = {}
        for case in cases:
            layout = case.what.split(":")[0]
            if layout not in first or first[layout].sent == first[layout].want:
                if layout not in first or case.sent != case.want:
                    first[layout] = case
        cases = list(first.values())
    cases.sort(key=lambda c: len(c.sent))
    for at in range(0, len(cases), size):
        yield cases[at:at + size]
    yield scene.register(17) + list(scene.echoes())
    if scene.family == 4:
        yield list(scene.cm2())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("how", choices=("whole", "offsets", "bytes", "two",
                                        "seven", "random", "mss", "layouts"))
    parser.add_argument("--cast", choices=("outside", "inside"),
                        default="outside")
    parser.add_argument("--family", type=int, default=4)
    parser.add_argument("--sport", type=int, default=2000)
    parser.add_argument("--to", type=int, default=0,
                        help="the CallManager's own port, if another")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--nagle", action="store_true")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--one", action="store_true",
                        help="one case of a layout")
    parser.add_argument("--most", type=int, default=0,
                        help="longest message")
    parser.add_argument("--stall", type=int, default=30)
    args = parser.parse_args()
    if args.how == "layouts":
        for one in LAYOUTS:
            print("%#06x %s %s %r" % (one.ident, one, one.role, one.fields))
        return
    scene = Scene(args)
    scene.occupy()
    scripts = list(scene.scripts())
    if args.most:
        # the last scripts are stories
        scripts = [[c for c in s if len(c.sent) <= args.most]
                   for s in scripts[:-2]] + scripts[-2:]
    group = {"two": 2, "seven": 7, "mss": 20}.get(args.how, 1)
    mss = 536 if args.how == "mss" else 0
    cut = {"offsets": at_offset, "bytes": by_bytes,
           "random": at_random}.get(args.how, whole)
    talks = []
    if args.how == "offsets":
        # Each connection cuts at one offset, and every script meets all
        # offsets of its longest message: scripts are of messages about as
        # long. The long ones, without addresses, are cut here and there.
        n = 0
        for script in by_length(scene, args.one):
            longest = max(len(c.sent) for c in script)
            stride = args.stride if longest <= 400 else args.stride * 9
            for at in range(1 + n % stride, longest, stride):
                n += 1
                talks.append(Talk(
                    scene, n, script,
                    lambda n, step, data, at=at: at_offset(at, step, data),
                    nagle=args.nagle))
    else:
        for n, script in enumerate(scripts, 1):
            if group > 1 and n <= len(scripts) - 2:
                # by sender, so that the groups are full; the order of the
                # last scripts matters
                script = script[:2] + sorted(script[2:],
                                             key=lambda c: c.side)
            talks.append(Talk(scene, n, script, cut, group, mss,
                              args.nagle))
    said = sum(len(t.script) for t in talks)
    manager = Manager(scene, mss)
    run(talks, manager, stall=args.stall)
    manager.close()
    scene.release()
    print("figure: %d cases of %d layouts, %d connections, %d turns" % (
        sum(len(s) - 2 for s in scripts), len(LAYOUTS), len(talks), said))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
