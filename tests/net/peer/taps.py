#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A translated message goes on in the packet it came in, unless somebody else has
that packet as well.

taps.py [--rounds N] [--port N] [--sums]

Listens on the router's lan and wan while a phone sends the same Setup again and
again, and is answered: on lan every byte is as it was sent, on wan every byte is
as the server gets it, however often it is repeated. --sums: devices compute no
checksums, so those on wan are right.
"""

import argparse
import select
import socket
import struct
import sys
import time

from netns import PATIENCE, Host
from raw import Segment, checksum

ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
PACKET_OUTGOING = 4
# version 1, h245Address 10.0.0.2:30245
SETUP = bytes.fromhex(
    "0300003b08020009052809656e64706f696e74007e00240500400600"
    "08914a0007000a00000276250000" + 16 * "6f" + "00")
AT = SETUP.index(bytes((10, 0, 0, 2)))
EMPTY = b"\x03\x00\x00\x04"


class Tap:
    def __init__(self, router, device):
        with router:
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22)
        self.sock.bind((device, ETH_P_ALL))
        self.device = device

    def packets(self):
        """All that have passed, and whether they went out"""
        while select.select([self.sock], [], [], 0.2)[0]:
            packet, where = self.sock.recvfrom(65536)
            if where[1] == 0x0800 and packet[9] == socket.IPPROTO_TCP:
                yield packet, where[2] == PACKET_OUTGOING


def right(packet):
    """Are its checksums"""
    head = (packet[0] & 15) * 4
    total = struct.unpack("!H", packet[2:4])[0]
    text = packet[head:total]
    pseudo = packet[12:20] + struct.pack("!BBH", 0, 6, len(text))
    return not checksum(packet[:head]) and not checksum(pseudo + text)


def stream(tap, port, out, sums):
    """What the phone's side has sent there, byte by byte, and in how many
    packets; no byte may ever have another value"""
    data, packets, first = {}, 0, None
    for packet, outgoing in tap.packets():
        packet = packet[:struct.unpack("!H", packet[2:4])[0]]
        segment = Segment(packet)
        if outgoing != out or segment.dport != port:
            continue
        if sums and not right(packet):
            sys.exit("%s: the checksum of %s is wrong" % (tap.device, segment))
        if segment.flags & 2:
            first = segment.seq + 1
        if not segment.data or first is None:
            continue
        packets += 1
        for i, byte in enumerate(segment.data):
            at = (segment.seq - first + i) & 0xffffffff
            if data.setdefault(at, byte) != byte:
                sys.exit("%s: byte %d is %#x, and then %#x" % (
                    tap.device, at, data[at], byte))
    if sorted(data) != list(range(len(data))):
        sys.exit("%s: the tap has missed something" % tap.device)
    return bytes(data[i] for i in range(len(data))), packets


def receive(sock, size):
    got = b""
    while len(got) < size:
        data = sock.recv(size - len(got))
        if not data:
            sys.exit("closed early: %r" % got)
        got += data
    return got


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--port", type=int, default=49001)
    parser.add_argument("--sums", action="store_true")
    args = parser.parse_args()

    phone, server, router = Host("PHONE"), Host("SERVER"), Host("ROUTER")
    lan, wan = Tap(router, "lan"), Tap(router, "wan")
    listener = server.tcp(1720)
    listener.listen()
    caller = phone.tcp(args.port)
    caller.settimeout(PATIENCE)
    listener.settimeout(PATIENCE)
    caller.connect((server.address(), 1720))
    called, peer = listener.accept()
    called.settimeout(PATIENCE)

    want = None
    for _ in range(args.rounds):
        caller.sendall(SETUP)
        got = receive(called, len(SETUP))
        want = want or got
        if got != want:
            sys.exit("another translation: %s" % got.hex())
        called.sendall(EMPTY)
        if receive(caller, 4) != EMPTY:
            sys.exit("another answer")
    address = socket.inet_aton(peer[0])
    if want[AT:AT + 4] != address or want[:AT] != SETUP[:AT] or \
            want[AT + 6:] != SETUP[AT + 6:]:
        sys.exit("not translated: %s" % want.hex())
    time.sleep(0.2)
    for tap, out, each in ((lan, False, SETUP), (wan, True, want)):
        data, packets = stream(tap, 1720, out, args.sums and out)
        if data != each * args.rounds:
            sys.exit("%s: %d bytes that are not %d messages" % (
                tap.device, len(data), args.rounds))
        print("%s: %d messages in %d packets" % (
            tap.device, args.rounds, packets))
    caller.close()
    called.close()


main()
