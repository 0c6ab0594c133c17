#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ESP packets, made by hand.

    esp.py strange FROM TO COUNT       random SPIs, as a stranger would send
    esp.py send FROM TO SPI [SEQ]      one packet
    esp.py chatter FROM TO SPI         twenty packets a second, until it is killed
    esp.py ah FROM TO                  one packet of AH
    esp.py watch DEVICE SECONDS        a line for each ESP packet and for each on
                                       UDP port 4500, with its addresses
    esp.py error TO GATEWAY SPI MTU    "fragmentation needed" about an ESP packet
                                       that TO had sent to GATEWAY
"""

import random
import socket
import struct
import sys
import time


def raw(protocol, address="0.0.0.0"):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.socket(family, socket.SOCK_RAW, protocol)


def esp(spi, seq=1, size=60):
    return struct.pack(">II", spi, seq) + bytes(size)


def strange(source, target, count):
    with raw(socket.IPPROTO_ESP, source) as sock:
        sock.bind((source, 0))
        for _ in range(int(count)):
            sock.sendto(esp(random.randrange(0x10000, 0x70000000),
                            random.randrange(1, 1 << 32)), (target, 0))
    return 0


def send(source, target, spi, seq="1"):
    with raw(socket.IPPROTO_ESP, source) as sock:
        sock.bind((source, 0))
        sock.sendto(esp(int(spi, 0), int(seq)), (target, 0))
    return 0


def chatter(source, target, spi):
    seq = 1
    with raw(socket.IPPROTO_ESP) as sock:
        sock.bind((source, 0))
        while True:
            sock.sendto(esp(int(spi, 0), seq), (target, 0))
            seq += 1
            time.sleep(0.05)


def ah(source, target):
    with raw(socket.IPPROTO_AH) as sock:
        sock.bind((source, 0))
        sock.sendto(struct.pack(">BBHII", 4, 4, 0, 0x1234, 1) + bytes(12),
                    (target, 0))
    return 0


def watch(device, seconds):
    # all of it, without a filter in the kernel
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    sock.bind((device, 0))
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        sock.settimeout(max(0.01, end - time.monotonic()))
        try:
            data = sock.recv(4096)
        except TimeoutError:
            break
        if len(data) < 28 or data[0] != 0x45:
            continue
        ports = struct.unpack(">HH", data[20:24])
        what = {50: "ESP", 17: "4500" if 4500 in ports else ""}.get(data[9])
        if what:
            print(what, socket.inet_ntoa(data[12:16]), ">",
                  socket.inet_ntoa(data[16:20]), flush=True)
    return 0


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def error6(target, gateway, spi, mtu):
    quote = struct.pack(">IHBB16s16s", 0x60000000, 1360, 50, 63,
                        socket.inet_pton(socket.AF_INET6, target),
                        socket.inet_pton(socket.AF_INET6, gateway))
    quote += struct.pack(">II", int(spi, 0), 1) + bytes(64)
    # its checksum is the kernel's to make
    with raw(socket.IPPROTO_ICMPV6, target) as sock:
        sock.sendto(struct.pack(">BBHI", 2, 0, 0, int(mtu)) + quote,
                    (target, 0))
    return 0


def error(target, gateway, spi, mtu):
    if ":" in target:
        return error6(target, gateway, spi, mtu)
    quote = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 1400, 1, 0x4000, 63, 50, 0,
                        socket.inet_aton(target), socket.inet_aton(gateway))
    quote = quote[:10] + struct.pack(">H", checksum(quote)) + quote[12:]
    # as many bytes as the oldest RFC promises
    quote += struct.pack(">II", int(spi, 0), 1)
    icmp = struct.pack(">BBHHH", 3, 4, 0, 0, int(mtu)) + quote
    icmp = icmp[:2] + struct.pack(">H", checksum(icmp)) + icmp[4:]
    with raw(socket.IPPROTO_ICMP) as sock:
        sock.sendto(icmp, (target, 0))
    return 0


if __name__ == "__main__":
    sys.exit({"strange": strange, "send": send, "chatter": chatter,
              "error": error, "ah": ah, "watch": watch}[sys.argv[1]](
        *sys.argv[2:]))
