# SPDX-License-Identifier: GPL-2.0
"""ctnetlink as conntrack(8) and conntrackd(8) speak it, without starting a program for each word."""

import socket
import struct

NFNL_CT = 1 << 8
NEW, GET, DELETE = NFNL_CT | 0, NFNL_CT | 1, NFNL_CT | 2
REQUEST, ACK, CREATE, EXCL, DUMP = 1, 4, 0x400, 0x200, 0x300
NESTED = 0x8000
(ORIG, REPLY, STATUS, PROTOINFO, HELP, NAT_SRC, TIMEOUT, MARK, USE, ID, NAT_DST, ZONE) = (
    1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 18)
HELPERS = ("", "alg-sip", "alg-skinny", "alg-h225", "alg-ras", "alg-h245", "alg-esp", "alg-ike", "ftp", "none")
# confirmed, seen reply, assured
SEEN = 0x2 | 0x8 | 0x4


def attribute(kind, data):
    return struct.pack("HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def attributes(data):
    """{kind: content}"""
    found = {}
    while len(data) >= 4:
        length, kind = struct.unpack_from("HH", data)
        if length < 4:
            break
        found[kind & 0x3fff] = data[4:length]
        data = data[(length + 3) & ~3:]
    return found


def helper(name):
    return attribute(HELP | NESTED, attribute(1, name.encode() + b"\0"))


class Conntrack:
    def __init__(self, world):
        with world.inside("router"):
            self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        self.sock.settimeout(5)
        self.seq = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def ask(self, kind, flags, body=b"", family=socket.AF_INET):
        """Send one message; the bodies that come back, or the error"""
        self.seq += 1
        body = struct.pack("BBH", family, 0, 0) + body
        self.sock.send(struct.pack("IHHII", 16 + len(body), kind, REQUEST | flags, self.seq, 0) + body)
        entries = []
        while True:
            data = self.sock.recv(1 << 18)
            while len(data) >= 16:
                length, what, _, seq, _ = struct.unpack_from("IHHII", data)
                if seq == self.seq and what == 2:
                    return struct.unpack_from("i", data, 16)[0]
                if seq == self.seq and what == 3:
                    return entries
                entries.append(data[20:length])
                data = data[(length + 3) & ~3:]

    def entries(self):
        found = self.ask(GET, DUMP)
        return [attributes(e) for e in found] if isinstance(found, list) else []

    def flush(self):
        return self.ask(DELETE, ACK)

    @staticmethod
    def tuple_of(entry):
        zone = attribute(ZONE, entry[ZONE]) if ZONE in entry else b""
        return attribute(ORIG | NESTED, entry[ORIG]) + zone

    def delete(self, entry):
        return self.ask(DELETE, ACK, self.tuple_of(entry))

    def help(self, entry, name):
        return self.ask(NEW, ACK, self.tuple_of(entry) + helper(name))

    def change(self, entry, timeout, mark):
        return self.ask(NEW, ACK, self.tuple_of(entry) + attribute(TIMEOUT, struct.pack(">I", timeout)) +
                        attribute(MARK, struct.pack(">I", mark)))

    def create(self, entry, name=None, timeout=30):
        """The entry again, with its translation, as conntrackd makes those of another router"""
        orig, reply = (attributes(entry[k]) for k in (ORIG, REPLY))
        before, after = attributes(orig[1]), attributes(reply[1])
        body = self.tuple_of(entry) + attribute(REPLY | NESTED, entry[REPLY])
        for kind, old, new in ((NAT_SRC, before[1], after[2]), (NAT_DST, before[2], after[1])):
            if old != new:
                body += attribute(kind | NESTED, attribute(1, new) + attribute(2, new))
        body += attribute(TIMEOUT, struct.pack(">I", timeout))
        body += attribute(STATUS, struct.pack(">I", SEEN))
        if PROTOINFO in entry:
            body += attribute(PROTOINFO | NESTED, entry[PROTOINFO])
        if MARK in entry:
            body += attribute(MARK, entry[MARK])
        if name is not None:
            body += helper(name)
        return self.ask(NEW, ACK | CREATE | EXCL, body)
