#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Calls between two Asterisk with chan_ooh323, inside and outside.

h323asterisk.py [--family 6] [--modes fast+tunnel,...] [--ways out,in]
                [--seconds S] [--split BYTES] [--note FILE]
                [--expect all|none|known] ROUTER
h323asterisk.py table FILE...

Each mode (fast start and tunnelling, yes or no) starts both anew, then a call
goes out and one comes in by a static mapping of TCP port 1720. The caller has
an echo, the callee a tone. A call is up when both Asterisk say so; RTP and
RTCP are counted where they arrive, on the eth0 of both hosts.

ROUTER is a word for the notes: what the router has (plain, in-tree, ours).
--split: no segment of TCP is longer, and calls are up all the same.
--expect all: each call is up, and RTP and RTCP arrive on both sides.
--expect none: no call is heard on both sides. --expect known: only those are
whose fast start the kernel's own helper need not find (see KNOWN).
"table" prints the notes of several runs, where there are any, beside each other.
"""

import argparse
import collections
import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import time

from exchange import Failure
from netns import Host

ROOT = os.path.join(os.environ.get("NF_ALG_CACHE", ""), "debian-bullseye")
CONF = os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "h323", "asterisk")
MODES = ("fast+tunnel", "fast", "tunnel", "slow")
# The kernel's own helper misses fast start in a Setup of ooh323
KNOWN = {"fast+tunnel": False, "fast": False, "tunnel": True, "slow": True}
RTP = range(10000, 10500)       # rtp.conf, on both


class Asterisk:
    def __init__(self, name, host, family, peer, mode):
        self.name, self.host = name, host
        self.address = host.address(family)
        words = {"NAME": name, "ADDRESS": self.address, "PEER": peer,
                 "ALIAS": "100" if name == "inside" else "101",
                 "FAST": "yes" if "fast" in mode else "no",
                 "TUNNEL": "yes" if "tunnel" in mode else "no"}
        etc = self.folder("etc")
        for folder in (etc, self.folder("run"), self.folder("var/log")):
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
        for file in os.listdir(CONF):
            with open(os.path.join(CONF, file)) as text:
                content = text.read()
            for word, value in words.items():
                content = content.replace(word, value)
            with open(os.path.join(etc, file), "w") as out:
                out.write(content)
        self.process = None

    def folder(self, where):
        return os.path.join(ROOT, where, "asterisk-" + self.name)

    def start(self):
        with open(os.path.join(self.folder("var/log"), "out"), "w") as out:
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", self.host.ns, "chroot", ROOT,
                 "/usr/sbin/asterisk", "-f", "-g", "-C",
                 "/etc/asterisk-%s/asterisk.conf" % self.name],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL)

    def ready(self):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            with self.host:
                seen = subprocess.run(
                    ["ss", "-Hlnt", "sport = :1720"], capture_output=True,
                    text=True).stdout
            if seen and "Asterisk" in self.say("core show version"):
                return
            time.sleep(0.1)
        raise Failure("Asterisk %s does not start\n%s" % (
            self.name, self.log(30)))

    def say(self, command):
        """What its console says to a command. A console of its own, as
        asterisk -rx, takes too long to start"""
        folder = os.open(self.folder("run"), os.O_RDONLY)
        try:
            with socket.socket(socket.AF_UNIX) as console:
                console.settimeout(30)
                # the path may be longer than a socket's may be
                console.connect("/proc/self/fd/%d/asterisk.ctl" % folder)
                console.sendall(b"cli quit after %s\0" % command.encode())
                said = b""
                while True:
                    data = console.recv(65536)
                    if not data:
                        return said.decode(errors="replace")
                    said += data
        except (FileNotFoundError, ConnectionError):
            return ""
        finally:
            os.close(folder)

    def channels(self):
        """[state] of the H.323 channels"""
        return [line.split("!")[4] for line in
                self.say("core show channels concise").splitlines()
                if "OOH323/" in line.split("!")[0]]

    def log(self, lines):
        text = ""
        for file in ("out", "messages", "h323_log"):
            try:
                with open(os.path.join(self.folder("var/log"), file),
                          errors="replace") as log:
                    text += "--- %s %s\n%s" % (self.name, file, "".join(
                        log.readlines()[-lines:]))
            except OSError:
                pass
        return text

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()


class Tap:
    """RTP and RTCP that reach a host"""

    def __init__(self, host):
        with host:
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(3))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.sock.bind(("eth0", 3))
        self.sock.setblocking(False)

    def close(self):
        self.sock.close()

    def take(self):
        """Counter of ("rtp" or "rtcp", where from) since the last time, and
        the largest TCP payload of H.323's that came"""
        found, largest = collections.Counter(), 0
        while True:
            try:
                frame, where = self.sock.recvfrom(4096)
            except BlockingIOError:
                return found, largest
            if where[2] == socket.PACKET_OUTGOING:
                continue
            if frame[12:14] == b"\x08\0":
                at, proto = 14 + (frame[14] & 15) * 4, frame[23]
                size = struct.unpack(">H", frame[16:18])[0] + 14
                source = socket.inet_ntoa(frame[26:30])
            elif frame[12:14] == b"\x86\xdd":
                at, proto, size = 54, frame[20], len(frame)
                source = socket.inet_ntop(socket.AF_INET6, frame[22:38])
            else:
                continue
            if proto == 6:
                largest = max(largest, size - at - (frame[at + 12] >> 4) * 4)
            if proto != 17 or len(frame) < at + 12:
                continue
            _, port = struct.unpack(">HH", frame[at:at + 4])
            data = frame[at + 8:]
            if data[0] & 0xc0 != 0x80 or port not in RTP:
                continue
            kind = "rtcp" if 200 <= data[1] <= 207 else "rtp"
            found[kind, source] += 1


class Play:
    def __init__(self, args):
        self.args = args
        self.inside, self.outside = Host("PHONE"), Host("SERVER")
        self.public = os.environ["WAN%d" % args.family]
        self.remote = self.outside.address(args.family)
        self.taps = [Tap(self.inside), Tap(self.outside)]
        self.notes, self.bad = [], []

    def start(self, mode):
        ends = [Asterisk("inside", self.inside, self.args.family,
                         self.remote, mode),
                Asterisk("outside", self.outside, self.args.family,
                         self.public, mode)]
        for end in ends:
            end.start()
        return ends

    def call(self, mode, way, caller, callee):
        """One call: {"up": both say so, "rtp": [inside, outside], ...}"""
        for tap in self.taps:
            tap.take()
        began = time.monotonic()
        said = caller.say(
            "channel originate OOH323/200@peer extension 300@default")
        end = time.monotonic() + self.args.patience
        up = False
        while not up and time.monotonic() < end:
            up = caller.channels() == ["Up"] and callee.channels() == ["Up"]
            time.sleep(0.1)
        took = time.monotonic() - began
        largest = max(tap.take()[1] for tap in self.taps)
        # as many packets as a call of that time has; where they come late
        # the machine is slow
        rtp, rtcp, strange = [0, 0], [0, 0], 0
        end = time.monotonic() + self.args.seconds
        late = end + (10 if self.args.expect == "all" else 0)
        while time.monotonic() < end or (
                min(rtp + rtcp) == 0 and time.monotonic() < late):
            select.select([], [], [], 0.1)
            for n, tap in enumerate(self.taps):
                found, size = tap.take()
                largest = max(largest, size)
                for (kind, source), count in found.items():
                    if source != (self.remote, self.public)[n]:
                        strange += count
                    elif kind == "rtp":
                        rtp[n] += count
                    else:
                        rtcp[n] += count
        caller.say("channel request hangup all")
        end = time.monotonic() + 10
        while (caller.channels() or callee.channels()) and \
                time.monotonic() < end:
            time.sleep(0.1)
        ended = not caller.channels() and not callee.channels()
        note = {"family": self.args.family, "mode": mode, "way": way,
                "up": up, "ended": ended, "rtp": rtp, "rtcp": rtcp,
                "strange": strange, "largest": largest,
                "ms": int(took * 1000)}
        self.notes.append(note)
        print("figure: %s %s" % (self.args.router, line(note)))
        if self.args.split and not 0 < largest <= self.args.split:
            self.bad.append("a segment of %d bytes" % largest)
        heard = up and min(rtp) > 0 and min(rtcp) > 0 and not strange
        if self.args.expect == "all" and not (heard and ended):
            self.bad.append(line(note))
            print(said, end="")
            self.keep(line(note), caller, callee)
        if self.args.expect == "none" and heard or \
                self.args.expect == "known" and way == "out" and \
                heard != KNOWN[mode]:
            self.bad.append(line(note))

    @staticmethod
    def keep(what, *ends):
        """All that both said is written down for a person"""
        name = os.path.join(os.environ["NF_ALG_OUT"], "asterisk.log")
        with open(name, "a") as out:
            print("===", what, file=out)
            for end in ends:
                print(end.log(5000), file=out)
        print("what both of them say is in %s" % name)

    def play(self):
        for mode in self.args.modes.split(","):
            ends = self.start(mode)
            try:
                for end in ends:
                    end.ready()
                for way in self.args.ways.split(","):
                    self.call(mode, way, *(ends if way == "out" else
                                           ends[::-1]))
            finally:
                for end in ends:
                    end.stop()
        if self.args.note:
            with open(self.args.note, "a") as out:
                for note in self.notes:
                    note["router"] = self.args.router
                    print(json.dumps(note), file=out)
        if self.bad:
            raise Failure("%d of %d calls:\n%s" % (
                len(self.bad), len(self.notes), "\n".join(self.bad)))


def line(note):
    return "IPv%d %-11s %-3s: %s; RTP in %d out %d, RTCP in %d out %d%s" % (
        note["family"], note["mode"], note["way"],
        "up after %d ms" % note["ms"] if note["up"] else "not up",
        *note["rtp"], *note["rtcp"],
        "" if note["ended"] else ", does not end")


def table(files):
    """A row for each kind of call, a column for each router"""
    rows, routers = {}, []
    for file in files:
        if not os.path.exists(file):
            print("figure: %s was not run before" % os.path.basename(
                os.path.dirname(file)))
            continue
        with open(file) as notes:
            for note in map(json.loads, notes):
                row = rows.setdefault((note["family"], note["mode"],
                                       note["way"]), {})
                row[note["router"]] = "%s %s" % (
                    "up" if note["up"] else "--", " ".join(
                        "%4d" % n for n in note["rtp"] + note["rtcp"]))
                if note["router"] not in routers:
                    routers.append(note["router"])
    print("figure: %-22s| %s" % (
        "RTP in out RTCP in out", " | ".join(
            "%-22s" % r for r in routers)))
    for (family, mode, way), row in rows.items():
        print("figure: IPv%d %-12s %-4s| %s" % (family, mode, way, " | ".join(
            "%-22s" % row.get(r, "") for r in routers)))


def main():
    if sys.argv[1:2] == ["table"]:
        return table(sys.argv[2:])
    parser = argparse.ArgumentParser()
    parser.add_argument("router")
    parser.add_argument("--family", type=int, default=4)
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--ways", default="out,in")
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--patience", type=float, default=15)
    parser.add_argument("--split", type=int)
    parser.add_argument("--note")
    parser.add_argument("--expect", choices=("all", "none", "known"),
                        default="all")
    Play(parser.parse_args()).play()


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
