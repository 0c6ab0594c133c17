#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Streams on a Skinny port that are not Skinny, or not as it should be.

skinnystrangers.py others     HTTP, ManageSieve, MikroTik bandwidth test and
                              others; each is followed by true Skinny bytes that
                              name the phone's own address
skinnystrangers.py unknown    ids nobody knows, every length; after them the
                              connection is still translated
skinnystrangers.py lengths    known ids, every length, other people's addresses
skinnystrangers.py wrong      lengths below 4 and above 8192, in the middle:
                              nothing is translated any more
All pass byte for byte unless said.
"""

import argparse
import os
import random
import struct
import sys

import skinny
from exchange import Exchange, Failure, Flow, Server, run
from netns import Host
from skinny import HEADER, LAYOUTS, build, layout, message

RTP = 24000


class Scene:
    def __init__(self, args):
        self.phone, self.server = Host("PHONE"), Host("SERVER")
        self.own, self.public = self.phone.address(), os.environ["WAN4"]
        # the addresses of an earlier run may still wait for their end
        self.source = 33000 + os.getpid() % 20000
        self.args = args
        self.listener = Server(self.server, port=args.sport)

    def ack(self, address, port, ptp=1):
        return build(layout("OpenReceiveChannelAck", "new", 36), {
            "A": address, "P": port, "ptp": ptp, "ref": ptp}, 17)

    def register(self, address):
        return build(layout("Register", "any", 124),
                     {"ip4": address, "version": 17})

    def run(self, pairs):
        run(pairs, self.listener)
        print("figure: %d streams" % len(pairs))

    def exchange(self, n, script, cut=None):
        more = {"cut": cut} if cut else {}
        return Exchange(n, self.phone, self.source, script,
                        sport=self.args.sport, **more)

    def flow(self, n, streams, **more):
        return Flow(n, self.phone, self.source, streams,
                    sport=self.args.sport, **more)


def others(scene):
    dice = random.Random(2000)
    noise = bytes(dice.randrange(256) for _ in range(3000))
    # what would be translated, were it at the head of the stream
    real = scene.register(scene.own) + scene.ack(scene.own, RTP) * 3
    firsts = {
        "HTTP GET": b"GET / HTTP/1.1\r\nHost: example.com:2000\r\n\r\n",
        "HTTP POST": b"POST / HTTP/1.1\r\nHost: example.com:2000\r\n"
                     b"Content-Length: %d\r\n\r\n" % len(real),
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + noise[:500],
        "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
        "SIP": b"REGISTER sip:example.com SIP/2.0\r\n\r\n",
        "noise": noise,
        "zeros": b"\0" * 4000,
        "ones": b"\xff" * 4000,
        "a length of 3": HEADER.pack(3, 0, 0),
        "a length of 8193": HEADER.pack(8193, 0, 1) + b"\0" * 8189,
        "a header version of 41": HEADER.pack(4, 41, 0),
        "an id out of any range": HEADER.pack(4, 0, 0x12345678),
        "an id not of this protocol": message(0x7fff, b"\0" * 8),
        "a big-endian length": struct.pack(">III", 4, 0, 0),
        "DNS over TCP": b"\0\x1d\x12\x34\1\0\0\1\0\0\0\0\0\0\7example\3com\0"
                        b"\0\1\0\1",
    }
    flows, names = [], []
    size = scene.args.cut
    for name, first in firsts.items():
        data = first + real
        chunks = [first, real] if not size else \
            [data[i:i + size] for i in range(0, len(data), size)]
        back = first[::-1] + scene.ack(scene.own, RTP)
        flows.append(scene.flow(len(flows) + 1, {
            "phone": (chunks, data), "server": ([back], back)}, apart=True))
        names.append(name)
    # the server speaks first
    sieve = b'"IMPLEMENTATION" "Example Sieved v1.0"\r\n"SASL" "PLAIN"\r\n' \
        b'"SIEVE" "fileinto vacation"\r\nOK "ready."\r\n'
    hello = b"\1\0\0\0"
    command = bytes.fromhex("01010100" "dc050000" "00000000" "00000000")
    for name, first, then in (
            ("ManageSieve", sieve, b"LOGOUT\r\n"),
            ("MikroTik bandwidth test", hello, command)):
        data = then + b"\0" * 64 + real
        n = len(flows) + 1
        names.append(name)
        flows.append(scene.exchange(n, [
            ("server", first, first), ("phone", then, then),
            ("server", first, first), ("phone", data, data),
            ("server", first + real, first + real)]))
    try:
        scene.run(flows)
    except Failure as e:
        raise Failure("%s\n%s" % (e, "\n".join(
            "%d: %s" % x for x in enumerate(names, 1))))


def filled(length, seed, own):
    """length bytes, in which the own address stands everywhere"""
    dice = random.Random(seed)
    words = b"".join(skinny.packed(own) if dice.random() < 0.5 else
                     struct.pack("<I", dice.choice((0, 1, RTP, 4000)))
                     for _ in range(length // 4 + 1))
    return words[:length]


def lengths_of(scene):
    """Lengths of the header: all from 4 to 8192, or a selection"""
    stride = scene.args.stride
    some = set(range(4, 8193, stride)) | {8192, 8191}
    if stride < 100:
        some |= set(range(4, 400, max(1, stride // 10)))
    return sorted(some)


def unknown(scene):
    known = {one.ident for one in LAYOUTS} | {0x0081, 0x0118, 0x009F, 0x0027,
                                              0x011A, 0x011B}
    some = [i for i in list(range(0x200)) + list(range(0x8000, 0x8200)) +
            [0x400, 0x1000, 0x7fff, 0x9000, 0xfffe] if i not in known]
    script, each = [], []
    for n, length in enumerate(lengths_of(scene)):
        ident = some[n % len(some)]
        data = message(ident, filled(length - 4, n, scene.own),
                       (0, 11, 17, 22)[n % 4])
        each.append((("phone", "server")[n // 2 % 2], data, data))
    for at in range(0, len(each), 100):
        before = scene.register(scene.own), scene.register(scene.public)
        after = scene.ack(scene.own, RTP), scene.ack(scene.public, RTP)
        close = message(0x0106, struct.pack("<II", 1, 1))
        answer = message(0x0081, bytes(20))
        script.append([("phone", *before),
                       ("server", answer, answer)] + each[at:at + 100] + [
            ("phone", *after), ("server", close, close)])
    scene.run([scene.exchange(n, one) for n, one in enumerate(script, 1)])


def lengths(scene):
    """Known ids at lengths they do not have: no address of ours, no change"""
    idents = sorted({(one.ident, one.side) for one in LAYOUTS})
    script = [[] for _ in range(8)]
    for n, length in enumerate(lengths_of(scene)):
        ident, side = idents[n % len(idents)]
        dice = random.Random(n)
        body = bytes(dice.randrange(0x40, 0xa0) for _ in range(length - 4))
        data = message(ident, body, (0, 3, 17, 22)[n % 4])
        script[n % 8].append(("phone" if side == "C" else "server", data,
                              data))
    # and lengths next to the true ones, address of ours or not
    for one in LAYOUTS:
        for length in {one.length - 4, one.length - 1, one.length + 1}:
            if length < 0:
                continue
            body = bytes(random.Random(length).randrange(0x40, 0xa0)
                         for _ in range(length))
            data = message(one.ident, body, 17)
            script[length % 8].append(
                ("phone" if one.side == "C" else "server", data, data))
    ping = message(0)
    scene.run([scene.exchange(n, [("phone", ping, ping)] + one)
               for n, one in enumerate(script, 1)])


def wrong(scene):
    """After a length that cannot be, nobody knows where messages begin"""
    before = scene.register(scene.own), scene.register(scene.public)
    after = scene.ack(scene.own, RTP)
    heads = [HEADER.pack(n, 0, 0x22) for n in (0, 1, 2, 3, 8193, 0x10000,
                                               0x7fffffff, 0xffffffff)]
    heads += [HEADER.pack(36, 41, 0x22), HEADER.pack(36, 0xffffffff, 0x22),
              HEADER.pack(36, 17, 0x10022), HEADER.pack(36, 17, 0xffffffff)]
    exchanges = []
    for head in heads:
        raw = head + after * 3
        n = len(exchanges) + 1
        for cut in (None, lambda n, step, data: [data[:1], data[1:9],
                                                 data[9:]]):
            exchanges.append(scene.exchange(len(exchanges) + 1, [
                ("phone", *before), ("phone", raw, raw),
                ("phone", after, after)], cut))
    # the other way
    server = build(layout("StartMediaTransmission", "new", 132),
                   {"A": scene.own, "P": RTP})
    for head in heads:
        raw = head + server * 3
        exchanges.append(scene.exchange(len(exchanges) + 1, [
            ("phone", *before), ("server", raw, raw),
            ("server", server, server)]))
    scene.run(exchanges)


def main():
    ways = {w.__name__: w for w in (others, unknown, lengths, wrong)}
    parser = argparse.ArgumentParser()
    parser.add_argument("how", choices=ways)
    parser.add_argument("--sport", type=int, default=2000)
    parser.add_argument("--cut", type=int, default=0)
    parser.add_argument("--stride", type=int, default=1)
    args = parser.parse_args()
    ways[args.how](Scene(args))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
