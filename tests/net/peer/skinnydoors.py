#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Doors of Skinny channels: who gets through, when, and who never does.

skinnydoors.py media      RTP and RTCP of a channel, in both casts, from its
                          opening to its end; ports that are taken outside
skinnydoors.py ends       each way a channel can end shuts its door
skinnydoors.py claims     acknowledgements that name what they may not
skinnydoors.py sides      messages from the wrong side, addresses from outside
skinnydoors.py many       channels without end
skinnydoors.py alive      a connection of KeepAlives alone for --seconds, then
                          a fallback registration and a call
skinnydoors.py late       connect and register; wait until the file --go is
                          there, for then the module has come; go on
"""

import argparse
import json
import os
import select
import struct
import subprocess
import sys
import time

import skinny
from exchange import Failure
from netns import Host, server_address
from skinny import build, layout, message
from skinnymessages import Line

RTP = 26000
KEEPALIVE, KEEPALIVE_ACK = message(0x0000), message(0x0100)


def natctl(*words):
    return subprocess.run([os.environ["NATCTL"], "-n", os.environ["ROUTER"],
                           *words], check=True, capture_output=True).stdout


def bindings():
    return json.loads(natctl("-j", "show", "bindings"))


def reasons():
    shown = json.loads(natctl("-j", "show", "statistics"))["reasons"]
    return {r["name"]: r["count"] for r in shown}


class Scene:
    def __init__(self, args):
        self.args = args
        self.family, self.port, self.cast = args.family, args.sport, args.cast
        self.phone, self.desk = Host("PHONE"), Host("DESK")
        self.server = Host("SERVER")
        self.public = os.environ["WAN%d" % self.family]
        self.own = self.phone.address(self.family)
        self.neighbour = os.environ["NEIGHBOUR%d" % self.family]
        self.other = self.desk.address(self.family)
        self.client, self.manager = (self.phone, self.server) \
            if self.cast == "outside" else (self.server, self.phone)
        self.number = 6000
        # From a new place each time: a packet that found the door shut leaves
        # a conntrack entry, which would meet the next one from there.
        self.knocks = os.getpid() % 100 * 100

    # what Line asks
    def listener(self):
        return self.manager.listener(self.port, self.family)

    def where(self, number):
        return self.public if self.cast == "inside" else \
            server_address(number, self.family)

    def line(self, register=True, source=None, version=17):
        self.number += 1
        line = Line(self, source or self.client, self.number)
        if register:
            line.up(build(layout("Register", "any", 124), {
                "ip%d" % self.family: self.own, "version": version}))
            line.down(message(0x0081, struct.pack(
                "<I6s2xIB3x", 30, b"D/M/Y\0", 60, version)))
        return line

    # --- messages ------------------------------------------------------------

    @staticmethod
    def ack(address, port, ptp=1, status=0, form="new"):
        return build(layout("OpenReceiveChannelAck", form,
                            36 if form == "new" else 20), {
            "A": address, "P": port, "ptp": ptp, "ref": ptp,
            "status": status}, 17 if form == "new" else 0)

    @staticmethod
    def start(address, port, ptp=1):
        return build(layout("StartMediaTransmission", "new", 132), {
            "A": address, "P": port, "conf": ptp, "ptp": ptp, "ref": ptp}, 17)

    def close(self, ptp=1, ident=0x0106, keep=None):
        words = [ptp, ptp, ptp] + ([] if keep is None else [keep])
        return message(ident, struct.pack("<%dI" % len(words), *words), 17)

    @staticmethod
    def read(data, name="OpenReceiveChannelAck", length=36):
        one = layout(name, "new", length)
        at = 12 + one.fields["A"]
        kind, = struct.unpack_from("<I", data, at)
        port, = struct.unpack_from("<I", data, 12 + one.fields["P"])
        return skinny.text(data[at + 4:at + (20 if kind else 8)]), port

    # --- doors ---------------------------------------------------------------

    def listen(self, port, host=None):
        sock = (host or self.phone).udp(port, self.family)
        sock.setblocking(False)
        return sock

    def knock(self, inside, port, source=None, wait=0.3):
        """Does a packet from outside to the public port reach that socket
        within that time; where it comes from is another place each time"""
        self.knocks += 1
        sock = self.server.udp(40000 if source is None else source,
                               self.family,
                               server_address(self.knocks, self.family))
        text = b"\x80 knock %d %f" % (self.knocks, time.monotonic())
        try:
            while select.select([inside], [], [], 0)[0]:
                inside.recv(2048)
            sock.sendto(text, (self.public, port))
        except OSError:
            return False
        finally:
            sock.close()
        if not select.select([inside], [], [], wait)[0]:
            return False
        return inside.recv(2048) == text

    def knock_all(self, doors):
        """Which of the (socket, port) does a packet from outside reach"""
        self.knocks += 1
        address = server_address(self.knocks, self.family)
        sock = self.server.udp(40000, self.family, address)
        text = b"\x80 all %d %f" % (self.knocks, time.monotonic())
        for inside, port in doors:
            while select.select([inside], [], [], 0)[0]:
                inside.recv(2048)
            try:
                sock.sendto(text, (self.public, port))
            except OSError:
                pass
        time.sleep(0.3)
        sock.close()
        return [port for inside, port in doors
                if select.select([inside], [], [], 0)[0] and
                inside.recv(2048) == text]

    def leaves_as(self, inside, port=40002):
        """The public port a packet of that socket leaves by"""
        self.knocks += 1
        sock = self.server.udp(port, self.family,
                               server_address(self.knocks, self.family))
        sock.settimeout(10)
        inside.sendto(b"\x80 out", sock.getsockname()[:2])
        try:
            source = sock.recvfrom(2048)[1][:2]
        except OSError:
            source = None
        sock.close()
        return source

    def open(self, what, inside, port):
        # a busy machine may take its time
        if not self.knock(inside, port, wait=20):
            raise Failure("%s: port %d is shut\n%s" % (what, port,
                                                       bindings()))

    def shut(self, what, inside, port):
        if self.knock(inside, port):
            raise Failure("%s: port %d is open\n%s" % (what, port,
                                                       bindings()))

    def shuts(self, what, inside, port, seconds=8):
        """It does so after the linger time"""
        end = time.monotonic() + seconds
        while self.knock(inside, port):
            if time.monotonic() > end:
                raise Failure("%s: after %d s port %d is open\n%s" % (
                    what, seconds, port, bindings()))
            time.sleep(0.3)


# --- media ---------------------------------------------------------------------

def media(scene):
    """Which packets pass, by state; the phone's port is free outside, then
    it is not"""
    mine = [scene.listen(RTP + n) for n in (0, 1)]
    if scene.cast == "inside":
        line = scene.line()
        for n in (0, 1):
            scene.shut("before", mine[n], RTP + n)
        public = scene.read(line.down(scene.start(scene.own, RTP)),
                            "StartMediaTransmission", 132)
        check_media(scene, "music on hold", mine, public)
        line.down(scene.close(1, 0x008B))
        scene.shuts("stopped", mine[0], public[1])
        line.close()
        return
    for n in (0, 1):
        scene.shut("before", mine[n], RTP + n)
    line = scene.line()
    public = scene.read(line.up(scene.ack(scene.own, RTP)))
    if public != (scene.public, RTP):
        raise Failure("a free port was changed: %r" % (public,))
    check_media(scene, "open", mine, public)

    # another phone with the same port: another one outside
    theirs = [scene.listen(RTP + n, scene.desk) for n in (0, 1)]
    other = scene.line(source=scene.desk)
    second = scene.read(other.up(scene.ack(scene.other, RTP)))
    if second[1] == RTP or second[1] % 2 or second[0] != scene.public:
        raise Failure("the second phone has %r" % (second,))
    check_media(scene, "the second phone", theirs, second)
    check_media(scene, "the first phone still", mine, public)

    # the phones speak with each other through the router
    for a, b, there in ((mine, theirs, second), (theirs, mine, public)):
        a[0].sendto(b"\x80 turn", (there[0], there[1]))
        if not select.select([b[0]], [], [], 20)[0]:
            raise Failure("nothing turned round to %r" % (there,))
        got, source = b[0].recvfrom(2048)
        want = public if a is mine else second
        if got != b"\x80 turn" or source[:2] != want:
            raise Failure("turned round as %r from %r" % (got, source))

    # hold: the channel closes; what it had is free for others
    line.down(scene.close())
    scene.shuts("held", mine[0], public[1])
    check_media(scene, "the second phone while the first holds", theirs,
                second)
    again = scene.read(line.up(scene.ack(scene.own, RTP, 2)))
    check_media(scene, "resumed", mine, again)

    # a new port on the same channel replaces the old one
    moved = [scene.listen(RTP + 10 + n) for n in (0, 1)]
    there = scene.read(line.up(scene.ack(scene.own, RTP + 10, 2)))
    check_media(scene, "moved", moved, there)
    scene.shuts("moved away", mine[0], again[1])
    # and saying so once more changes nothing
    rows = len(bindings())
    for _ in range(20):
        if scene.read(line.up(scene.ack(scene.own, RTP + 10, 2))) != there:
            raise Failure("the same acknowledgement came out different")
    if len(bindings()) != rows:
        raise Failure("repeated: %d bindings, then %d" % (
            rows, len(bindings())))
    line.down(scene.close(2))
    other.down(scene.close())
    for sock, port in ((moved[0], there[1]), (theirs[0], second[1])):
        scene.shuts("closed", sock, port)
    line.close()
    other.close()


def check_media(scene, what, socks, public):
    """RTP and RTCP, in first: no packet of ours has opened the way"""
    for n in (0, 1):
        scene.open("%s, %s" % (what, ("RTP", "RTCP")[n]), socks[n],
                   public[1] + n)
        left = scene.leaves_as(socks[n])
        if left != (public[0], public[1] + n):
            raise Failure("%s: port %d left as %r" % (
                what, public[1] + n, left))


def ends(scene):
    """Each on a connection of its own"""
    def unregister(line):
        line.up(message(0x0027, b"", 17))
        line.down(message(0x0118, struct.pack("<I", 0)))

    def refused(line):
        line.up(message(0x0027, b"", 17))
        line.down(message(0x0118, struct.pack("<I", 1)))

    ways = {
        "CloseReceiveChannel": lambda line: line.down(scene.close()),
        "with a port handling flag of 0": lambda line: line.down(
            scene.close(keep=0)),
        "by call reference, conference 0": lambda line: line.down(message(
            0x0106, struct.pack("<III", 0, 1, 1))),
        "UnregisterAck": unregister,
        "Reset": lambda line: line.down(message(0x009F,
                                                struct.pack("<I", 1))),
        "Register once more": lambda line: line.up(build(
            layout("Register", "any", 124), {"ip4": scene.own,
                                             "version": 17})),
    }
    stays = {
        "port handling flag 1": lambda line: line.down(scene.close(keep=1)),
        "another channel": lambda line: line.down(scene.close(77)),
        "StopMediaTransmission": lambda line: line.down(
            scene.close(1, 0x008B)),
        "a refused UnregisterAck": refused,
        "CloseReceiveChannel from the phone": lambda line: line.up(
            scene.close()),
    }
    port = RTP + 100
    doors = []
    for what, way in {**stays, **ways}.items():
        port += 2
        sock = scene.listen(port)
        line = scene.line()
        public = scene.read(line.up(scene.ack(scene.own, port)))[1]
        doors.append((what, line, sock, public))
    shut = set(d[3] for d in doors) - set(
        scene.knock_all([d[2:] for d in doors]))
    if shut:
        raise Failure("these should be open: %r" % shut)
    for what, line, _, _ in doors:
        {**stays, **ways}[what](line)
    time.sleep(2.5)         # the linger time, and more
    opened = scene.knock_all([d[2:] for d in doors])
    for what, line, _, public in doors:
        if (public in opened) != (what in stays):
            raise Failure("after %s port %d is %s" % (
                what, public, "open" if public in opened else "shut"))
        if what in stays:
            line.down(scene.close())
        line.close()

    # A phone keeps its call when the connection to its server is lost: what
    # flows goes on, and the door goes when it falls silent.
    port += 2
    sock = scene.listen(port)
    line = scene.line()
    public = scene.read(line.up(scene.ack(scene.own, port)))[1]
    # silent is who says nothing for longer than a busy machine needs
    subprocess.run(["ip", "netns", "exec", os.environ["ROUTER"], "sysctl",
                    "-qw", "net.netfilter.nf_conntrack_udp_timeout=8"],
                   check=True)
    scene.open("before the end", sock, public)
    line.close()
    for _ in range(8):
        time.sleep(0.5)
        expire()
        scene.open("the connection is gone, media flows", sock, public)
    end = time.monotonic() + 60
    while bindings():
        if time.monotonic() > end:
            raise Failure("connection gone, media silent: %r" % bindings())
        time.sleep(0.5)
        expire()
    scene.shut("the connection is gone, media silent", sock, public)


def expire():
    """Conntrack forgets what has timed out whenever it is listed"""
    subprocess.run(["ip", "netns", "exec", os.environ["ROUTER"], "conntrack",
                    "-L"], check=True, capture_output=True)


# --- attacks -------------------------------------------------------------------

class Attack:
    """Messages that must pass as they are and open no door"""

    def __init__(self, scene):
        self.scene = scene
        self.socks = {}
        self.before()

    def before(self):
        self.doors = {}         # (host, port): whose message it was
        self.due = 0            # how many must have been counted
        self.rows = {str(r["inside-global"]) for r in bindings()}
        self.total = sum(reasons().values())

    def victim(self, host, port):
        if (host, port) not in self.socks:
            self.socks[host, port] = self.scene.listen(
                port, Host("DESK") if host == "DESK" else None)
        return self.socks[host, port]

    def passes(self, what, line, up, data, victims, counts=True, want=None):
        """data goes through as it is, and somebody may listen there"""
        got = line.up(data) if up else line.down(data)
        if got != (want or data):
            raise Failure("%s: changed\n  sent %s\n  got  %s" % (
                what, data.hex(" ", 4), got.hex(" ", 4)))
        for door in victims:
            self.doors[door] = what
        self.due += counts
        if os.environ.get("FULL"):
            self.check(what)

    def check(self, what):
        """Nothing is bound, and each was counted"""
        for r in bindings():
            if str(r["inside-global"]) not in self.rows:
                raise Failure("%s: binding %r" % (what, r))
        counted = sum(reasons().values()) - self.total
        if counted < self.due:
            raise Failure("%s: %d messages, %d reasons counted" % (
                what, self.due, counted))

    def knock(self, what):
        """After some of them: no door that any of them wanted is open"""
        self.check(what)
        found = self.scene.knock_all([(self.victim(*door), door[1])
                                      for door in self.doors])
        if found:
            raise Failure("open: %r" % [
                (door, said) for door, said in self.doors.items()
                if door[1] in found])
        self.before()


def names():
    """The layouts that open doors, at each of their lengths"""
    for one in skinny.LAYOUTS:
        if one.role == "own":
            yield one


def claims(scene):
    line = scene.line()
    # the second phone has a channel of its own, which stays its own
    other = scene.line(source=scene.desk)
    taken = RTP + 200
    desk = scene.listen(taken, scene.desk)
    other.up(scene.ack(scene.other, taken))
    scene.open("the second phone", desk, taken)
    free = RTP + 300
    ids = 100
    attack = Attack(scene)
    for one in names():
        def made(address, port, rtcp=None, kind=None):
            nonlocal ids
            ids += 1
            return build(one, {
                "A": address, "P": port, "ptp": ids, "ref": ids, "conf": ids,
                "rtcp": port + 1 if rtcp is None else rtcp},
                17 if one.form == "new" else 0, kind=kind)
        for host, address in (("DESK", scene.other), ("PHONE", "10.0.0.3"),
                              ("PHONE", "10.0.0.1"), ("PHONE", "127.0.0.1"),
                              ("PHONE", "255.255.255.255")):
            attack.passes("%s naming %s" % (one, address), line, True,
                          made(address, free), [(host, free)])
        # that one is open, for the second phone
        attack.passes("%s naming the second phone's channel" % one, line,
                      True, made(scene.other, taken), [])
        attack.passes("%s naming the router's public address" % one, line,
                      True, made(scene.public, free), [("PHONE", free)],
                      False)
        for port in (1, 22, 80, 445, 1023, 65536, 65536 + free,
                     0x10000000 + free, 0xffffffff, free << 16):
            low = port & 0xffff
            attack.passes("%s, port %d" % (one, port), line, True,
                          made(scene.own, port, 30001),
                          [("PHONE", p) for p in {low, free}
                           if p >= 1024 and p < 65535])
        if "rtcp" in one.fields:
            for rtcp in (22, 1023, 65536 + free, 0xffffffff):
                attack.passes("%s, RTCP port %d" % (one, rtcp), line, True,
                              made(scene.own, free, rtcp),
                              [("PHONE", free), ("PHONE", free + 1)])
        if one.form == "new":
            for kind in (2, 3, 4, 0xffffffff):
                attack.passes("%s, address type %d" % (one, kind), line, True,
                              made(scene.own, free, kind=kind),
                              [("PHONE", free)], kind != 2)
        attack.knock(one)
    scene.open("the second phone's channel still", desk, taken)
    # an honest one on the same connection still works
    sock = scene.listen(free + 10)
    public = scene.read(line.up(scene.ack(scene.own, free + 10, 9)))
    scene.open("an honest acknowledgement afterwards", sock, public[1])
    line.down(scene.close(9))
    other.down(scene.close())
    line.close()
    other.close()


def sides(scene):
    """What a side says that is the other's to say opens nothing"""
    attack = Attack(scene)
    line = scene.line()
    free = RTP + 400
    victims = [("PHONE", free)]
    if scene.cast == "outside":
        for one in names():
            data = build(one, {"A": scene.own, "P": free, "rtcp": free + 1,
                               "ptp": 5, "ref": 5},
                         17 if one.form == "new" else 0)
            attack.passes("%s from the server" % one, line, False, data,
                          victims)
        attack.knock("from the server")
        for one in skinny.LAYOUTS:
            if one.role in ("far", "mention", "server") and one.form != "cm2":
                data = build(one, {"A": scene.own, "P": free, "ptp": 5,
                                   "server": [scene.own] * 5},
                             17 if one.form == "new" else 0)
                attack.passes("%s from the phone" % one, line, True, data,
                              victims)
        # the server names the phone's own address, inside or out: the phone
        # is told, but nothing opens
        for address in (scene.own, scene.public, scene.other):
            attack.passes("StartMediaTransmission naming %s" % address, line,
                          False, scene.start(address, free), victims, False)
    else:
        # phones outside name the CallManager's inside address, its public
        # one, and its neighbour's
        for one in names():
            for address in (scene.own, scene.public, scene.other):
                data = build(one, {"A": address, "P": free, "rtcp": free + 1,
                                   "ptp": 5, "ref": 5},
                             17 if one.form == "new" else 0)
                attack.passes("%s naming %s" % (one, address), line, True,
                              data, victims + [("DESK", free)], False)
        attack.knock("acknowledgements from outside")
        for one in skinny.LAYOUTS:
            if one.role not in ("far", "mention") or one.form == "cm2":
                continue
            values = {"A": scene.own, "P": free, "ptp": 5, "ref": 5}
            version = 17 if one.form == "new" else 0
            attack.passes("%s from a phone" % one, line, True,
                          build(one, values, version), victims)
            if one.role == "mention":
                continue
            values["A"] = scene.neighbour
            attack.passes("%s naming a neighbour" % one, line, False,
                          build(one, values, version), victims)
            values["A"] = scene.other
            attack.passes("%s naming a host on another link" % one, line,
                          False, build(one, values, version),
                          [("DESK", free)])
            for port in (22, 1023, 65536 + free, 0xffffffff):
                values.update({"A": scene.own, "P": port})
                attack.passes("%s, port %d" % (one, port), line, False,
                              build(one, values, version), victims)
    attack.knock("what the CallManager says")
    line.close()


def spoken(scene):
    """A CallManager inside names the media of other inside hosts: those of
    the list of media-from are bound as its own, the others are refused"""
    natctl("set", "media-from", "list", "77")
    line = scene.line()
    port, refused = RTP + 800, "door-other-host"
    for n, (host, address) in enumerate((
            (scene.phone, scene.neighbour), (scene.desk, scene.other)), 50):
        port += 10
        said = scene.start(address, port, n)
        before = reasons().get(refused, 0)
        if line.down(said) != said or reasons().get(refused, 0) != before + 1:
            raise Failure("%s is not on the list, and was not refused" %
                          address)
        natctl("access-list", "add", "77", "permit", "host", address)
        sock = host.udp(port, scene.family, address)
        sock.setblocking(False)
        told = scene.read(line.down(said), "StartMediaTransmission", 132)
        if told[0] != scene.public:
            raise Failure("the phone was told %r" % (told,))
        scene.open("media of %s" % address, sock, told[1])
        left = scene.leaves_as(sock)
        if left != told:
            raise Failure("media of %s leaves by %r, told was %r" % (
                address, left, told))
        # it is for the media alone
        again = scene.start(address, 22, n + 10)
        if line.down(again) != again:
            raise Failure("port 22 of %s was bound" % address)
        line.down(scene.close(n, 0x008b))
        scene.shuts("media of %s after its end" % address, sock, told[1])
        sock.close()
    natctl("set", "media-from", "default")
    said = scene.start(scene.other, port, 70)
    if line.down(said) != said:
        raise Failure("the list counts after its option is gone")
    natctl("access-list", "delete", "77")
    line.close()


def many(scene):
    """A phone that opens channels without end, on one connection"""
    line = scene.line()
    opened, passed = 0, 0
    before = sum(reasons().values())
    for n in range(400):
        data = scene.ack(scene.own, RTP + 2 * n, 1000 + n)
        got = line.up(data)
        if got == data:
            passed += 1
        elif scene.read(got)[0] == scene.public:
            opened += 1
        else:
            raise Failure("acknowledgement %d came out as %s" % (
                n, got.hex(" ", 4)))
    peak = rows = len(bindings())
    end = time.monotonic() + 6
    while rows > 128 and time.monotonic() < end:
        time.sleep(0.2)
        rows = len(bindings())
    print("figure: 400 channels: %d translated, %d passed, %d bindings, "
          "after the linger time %d" % (opened, passed, peak, rows))
    if rows > 128:
        raise Failure("%d bindings for one connection" % rows)
    # whoever was translated last has a door
    sock = scene.listen(RTP + 2 * 399)
    if got != data:
        scene.open("the last channel", sock, scene.read(got)[1])
    elif sum(reasons().values()) <= before:
        raise Failure("refused without a reason")
    line.close()


def few(scene):
    """A connection may carry so many messages in a minute: what comes beyond
    is passed, opens nothing, and is counted; another connection is another"""
    natctl("set", "skinny-messages", "10")
    before = reasons().get("limit-messages", 0)
    line = scene.line()             # two of them
    sock = scene.listen(RTP + 700)
    for n in range(8):
        if scene.read(line.up(scene.ack(scene.own, RTP + 700)))[0] != \
                scene.public:
            raise Failure("message %d is not translated" % (n + 3))
    for n in range(5):
        late = scene.listen(RTP + 702 + 2 * n)
        data = scene.ack(scene.own, RTP + 702 + 2 * n, 2 + n)
        if line.up(data) != data:
            raise Failure("message %d of 10 is translated" % (n + 11))
        if scene.knock(late, RTP + 702 + 2 * n):
            raise Failure("message %d of 10 opens a door" % (n + 11))
    if line.down(scene.close()) != scene.close():
        raise Failure("a CloseReceiveChannel was changed")
    scene.open("what was opened before", sock, RTP + 700)
    counted = reasons().get("limit-messages", 0) - before
    if counted != 6:
        raise Failure("limit-messages was counted %d times" % counted)
    other = scene.line()
    if scene.read(other.up(scene.ack(scene.own, RTP + 720)))[0] != \
            scene.public:
        raise Failure("another connection is not translated")
    natctl("set", "skinny-messages", "default")
    other.down(scene.close())
    other.close()
    line.close()


# --- time ----------------------------------------------------------------------

def alive(scene):
    """A standby connection, perhaps for days, and then it is needed"""
    line = scene.line(register=False)
    end = time.monotonic() + scene.args.seconds
    count = 0
    while time.monotonic() < end:
        if line.up(KEEPALIVE) != KEEPALIVE or \
                line.down(KEEPALIVE_ACK) != KEEPALIVE_ACK:
            raise Failure("a KeepAlive was changed")
        count += 1
        time.sleep(scene.args.seconds / 10)
    print("figure: %d KeepAlives in %d s" % (count, scene.args.seconds))
    token = layout("RegisterTokenReq", "any", 52)
    got = line.up(build(token, {"ip4": scene.own}))
    if got != build(token, {"ip4": scene.public}):
        raise Failure("RegisterTokenReq came out as %s" % got.hex(" ", 4))
    line.down(message(0x011A))
    one = layout("Register", "any", 124)
    got = line.up(build(one, {"ip4": scene.own, "version": 11}))
    if got != build(one, {"ip4": scene.public, "version": 11}):
        raise Failure("Register came out as %s" % got.hex(" ", 4))
    line.down(message(0x0081, bytes(20)))
    sock = scene.listen(RTP + 500)
    got = line.up(scene.ack(scene.own, RTP + 500))
    scene.open("after KeepAlives", sock, scene.read(got)[1])
    line.down(scene.close())
    line.close()


def late(scene):
    """The module came when the connection was there already: it is passed as
    it is, for nobody saw where its messages begin. A new one is translated."""
    line = scene.line()
    ready = scene.args.go + ".ready"
    open(ready, "w").close()
    end = time.monotonic() + 60
    while not os.path.exists(scene.args.go):
        if time.monotonic() > end:
            raise Failure("nobody said go")
        time.sleep(0.05)
    before = reasons().get("midstream", 0)
    for _ in range(20):
        for up, data in ((True, KEEPALIVE), (False, KEEPALIVE_ACK),
                         (True, scene.ack(scene.own, RTP + 600)),
                         (False, scene.start(scene.own, RTP + 600)),
                         (True, build(layout("Register", "any", 124),
                                      {"ip4": scene.own}))):
            got = line.up(data) if up else line.down(data)
            if got != data:
                raise Failure("changed in the middle of a connection")
    if bindings():
        raise Failure("bindings %r" % bindings())
    counted = reasons().get("midstream", 0) - before
    if counted != (1 if scene.args.counted else 0):
        raise Failure("midstream was counted %d times" % counted)
    line.close()
    fresh = scene.line()
    got = scene.read(fresh.up(scene.ack(scene.own, RTP + 600)))
    if got != (scene.public, RTP + 600):
        raise Failure("a new connection came out as %r" % (got,))
    fresh.down(scene.close())
    fresh.close()


def main():
    ways = {w.__name__: w for w in (media, ends, claims, sides, spoken, many,
                                    few, alive, late)}
    parser = argparse.ArgumentParser()
    parser.add_argument("how", choices=ways)
    parser.add_argument("--cast", choices=("outside", "inside"),
                        default="outside")
    parser.add_argument("--family", type=int, default=4)
    parser.add_argument("--sport", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--go", help="a file")
    parser.add_argument("--counted", action="store_true",
                        help="conntrack meets the connection anew")
    args = parser.parse_args()
    ways[args.how](Scene(args))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
