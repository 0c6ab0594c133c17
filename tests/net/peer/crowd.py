#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Many inside hosts with a tunnel each to one gateway, by raw ESP packets: the
gateway answers each packet with the SPI that belongs to it, and every answer
must come to the host that asked.

    crowd.py match PHONE SERVER COUNT    SPIs by the predicate crc16
    crowd.py learn PHONE SERVER COUNT    random SPIs
    crowd.py flood PHONE SERVER COUNT    so many random SPIs from the gateway,
                                         while ten tunnels go on

PHONE and SERVER are namespaces. Addresses: 10.0.0.10 and up.
"""

import ctypes
import os
import random
import select
import socket
import struct
import sys
import time

SO_RCVBUFFORCE = 33
GATEWAY, PUBLIC = "203.0.113.9", "203.0.113.1"


def enter(name):
    fd = os.open(f"/run/netns/{name}", os.O_RDONLY)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(fd, 0x40000000):
        raise OSError(ctypes.get_errno(), name)
    os.close(fd)


def crc16(spi):
    crc = 0xffff
    for byte in spi.to_bytes(4, "big"):
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xffff
    return crc


def raw(name):
    enter(name)
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ESP)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
    sock.setblocking(False)
    return sock


class Crowd:
    def __init__(self, phone, server, count, match):
        self.server = raw(server)
        self.server.bind((GATEWAY, 0))
        self.phone = raw(phone)
        os.system(f"ip -n {phone} -batch - <<-END\n" + "".join(
            f"address add {self.address(n)}/16 dev eth0\n"
            for n in range(count)) + "END\n")
        self.senders = []
        for n in range(count):
            sock = socket.socket(socket.AF_INET, socket.SOCK_RAW,
                                 socket.IPPROTO_ESP)
            # it only sends
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)
            sock.bind((self.address(n), 0))
            self.senders.append(sock)
        dice = random.Random(count)
        if match:
            self.spi_in, self.spi_out = self.pairs(count, dice)
        else:
            self.spi_in = dice.sample(range(0x1000, 0xffffffff), count)
            self.spi_out = dice.sample(range(0x1000, 0xffffffff), count)
        self.index = {spi: n for n, spi in enumerate(self.spi_out)}
        self.seq = [0] * count
        self.asked = [0.0] * count
        self.answered = {}
        self.wrong = 0

    @staticmethod
    def pairs(count, dice):
        """SPIs by the predicate; the gateway is the responder. Pairs that
        collide by chance are thrown again: they would have to wait."""
        inward, outward = [], []
        hashes, halves, hashed = set(), set(), set()
        while len(inward) < count:
            spi = dice.randrange(0x1000, 0xffffffff)
            out = crc16(spi) << 16 | dice.randrange(0x100, 0x10000)
            if (crc16(spi) in hashes or crc16(out) in hashed or
                    crc16(out) in halves or spi >> 16 in hashed or
                    spi >> 16 == crc16(out)):
                continue
            hashes.add(crc16(spi))
            hashed.add(crc16(out))
            halves.add(spi >> 16)
            inward.append(spi)
            outward.append(out)
        return inward, outward

    @staticmethod
    def address(n):
        return f"10.0.{(n + 10) // 200}.{(n + 10) % 200 + 3}"

    def ask(self, n):
        self.seq[n] += 1
        if not self.asked[n]:
            self.asked[n] = time.monotonic()
        self.senders[n].sendto(struct.pack(">II", self.spi_out[n],
                                           self.seq[n]) + bytes(40),
                               (GATEWAY, 0))

    def serve(self):
        while True:
            try:
                data = self.server.recv(2000)
            except BlockingIOError:
                return
            spi, seq = struct.unpack(">II", data[20:28])
            n = self.index.get(spi)
            if n is not None:
                self.server.sendto(struct.pack(">II", self.spi_in[n], seq) +
                                   struct.pack(">I", n) + bytes(36),
                                   (PUBLIC, 0))

    def take(self):
        while True:
            try:
                data = self.phone.recv(2000)
            except BlockingIOError:
                return
            spi, _ = struct.unpack(">II", data[20:28])
            if spi not in self.known:
                continue
            n = struct.unpack(">I", data[28:32])[0]
            if socket.inet_ntoa(data[16:20]) != self.address(n):
                self.wrong += 1
                continue
            self.answered.setdefault(n, time.monotonic())

    def run(self, until, again=None):
        self.known = set(self.spi_in)
        end = time.monotonic() + until
        tick = time.monotonic()
        count = len(self.spi_in)
        while len(self.answered) < count and time.monotonic() < end:
            select.select([self.server, self.phone], [], [], 0.05)
            self.serve()
            self.take()
            if again and time.monotonic() - tick > again:
                tick = time.monotonic()
                for n in range(count):
                    if n not in self.answered:
                        self.ask(n)
        self.serve()
        self.take()


def crowd(phone, server, count, match):
    c = Crowd(phone, server, int(count), match)
    count = int(count)
    for n in range(count):
        c.ask(n)
    # all of their first packets at one moment; with the predicate none may
    # need a second one
    c.run(30 if match else 120, None if match else 5)
    delays = sorted(c.answered[n] - c.asked[n] for n in c.answered)
    if not delays:
        print("no answer at all")
        return 1
    print(f"figure: {len(delays)} of {count} tunnels, delay "
          f"{delays[0] * 1e3:.1f} ms least, "
          f"{delays[len(delays) // 2] * 1e3:.1f} ms median, "
          f"{delays[-1] * 1e3:.1f} ms most, {c.wrong} crossed")
    if len(delays) != count or c.wrong:
        return 1
    # and once more, all of them
    c.answered = {}
    for n in range(count):
        c.ask(n)
    c.run(30)
    print(f"then {len(c.answered)} of {count}, {c.wrong} crossed")
    return len(c.answered) != count or c.wrong != 0


def flood(phone, server, count):
    c = Crowd(phone, server, 10, False)
    for n in range(10):
        c.ask(n)
        c.run(0.3)
    c.run(10, 2)
    assert len(c.answered) == 10, c.answered
    # twice: their SPIs are firm
    for _ in range(2):
        c.answered = {}
        for n in range(10):
            c.ask(n)
        c.run(5)
        assert len(c.answered) == 10 and not c.wrong, c.answered
    spis = os.urandom(4 * 65536)
    lost = 0
    for i in range(int(count)):
        at = 4 * (i % 65536)
        try:
            c.server.sendto(spis[at:at + 4] + b"\0\0\0\1" + bytes(40),
                            (PUBLIC, 0))
        except OSError:
            pass
        if i % 5000 == 4999:
            c.answered = {}
            for n in range(10):
                c.ask(n)
            c.run(5)
            lost += 10 - len(c.answered)
    print(f"figure: {count} random SPIs, {lost} packets lost beside them, "
          f"{c.wrong} crossed")
    return lost or c.wrong


if __name__ == "__main__":
    what = sys.argv[1]
    if what == "flood":
        sys.exit(flood(*sys.argv[2:]))
    sys.exit(crowd(*sys.argv[2:], what == "match"))
