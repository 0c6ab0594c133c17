#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Very many tunnels, by raw ESP packets.

    scale.py PHONE SERVER HOSTS GATEWAYS

HOSTS inside hosts (10.128.0.0/9, all of it on PHONE) have a tunnel to each of
GATEWAYS gateways (198.18.0.0/15, all of it on SERVER). Each sends, is answered,
and all of them do so once more; every answer must come to who asked.
"""

import random
import select
import socket
import struct
import sys
import time
from crowd import PUBLIC, SO_RCVBUFFORCE, enter

WAVE = 400
IP_PKTINFO = 8


def raw(name):
    enter(name)
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ESP)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
    sock.setblocking(False)
    return sock


def send(sock, source, target, data):
    info = struct.pack("=I4s4s", 0, socket.inet_aton(source), bytes(4))
    sock.sendmsg([data], [(socket.IPPROTO_IP, IP_PKTINFO, info)], 0,
                 (target, 0))


def host(n):
    n += 0x0a800001
    return socket.inet_ntoa(struct.pack(">I", n))


def gateway(n):
    return socket.inet_ntoa(struct.pack(">I", 0xc6120001 + n))


def main(phone, server, hosts, gateways):
    hosts, gateways = int(hosts), int(gateways)
    count = hosts * gateways
    inside, outside = raw(phone), raw(server)
    dice = random.Random(1)
    spi_in = dice.sample(range(0x1000, 0xffffffff), count)
    spi_out = dice.sample(range(0x1000, 0xffffffff), count)
    asked = {spi: n for n, spi in enumerate(spi_out)}
    answer = {spi: n for n, spi in enumerate(spi_in)}
    wrong = 0

    def turn():
        nonlocal wrong
        select.select([inside, outside], [], [], 0.02)
        try:
            while True:
                data = outside.recv(200)
                n = asked[struct.unpack(">I", data[20:24])[0]]
                send(outside, gateway(n % gateways), PUBLIC,
                     struct.pack(">I", spi_in[n]) + data[24:28] + bytes(40))
        except BlockingIOError:
            pass
        try:
            while True:
                data = inside.recv(200)
                n = answer.get(struct.unpack(">I", data[20:24])[0])
                # who sends does hear itself
                if n is None or socket.inet_ntoa(data[12:16])[:4] != "198.":
                    continue
                if socket.inet_ntoa(data[16:20]) != host(n // gateways):
                    wrong += 1
                else:
                    left.discard(n)
        except BlockingIOError:
            pass

    for seq in (1, 2, 3):
        start = time.monotonic()
        lost = 0
        for first in range(0, count, WAVE):
            wave = range(first, min(first + WAVE, count))
            left = set(wave)
            end = time.monotonic() + 20
            again = 0
            while left and time.monotonic() < end:
                if time.monotonic() > again:
                    again = time.monotonic() + 4
                    for n in sorted(left):
                        send(inside, host(n // gateways),
                             gateway(n % gateways),
                             struct.pack(">II", spi_out[n], seq) + bytes(40))
                turn()
            lost += len(left)
        took = time.monotonic() - start
        print(f"figure: round {seq}: {count - lost} of {count} tunnels, "
              f"{took * 1e6 / count:.0f} us each, {wrong} crossed",
              flush=True)
        if lost or wrong:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
