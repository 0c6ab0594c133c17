# SPDX-License-Identifier: GPL-2.0
"""What conntrackd, conntrack(8) and their like tell the kernel: entries made and
changed through ctnetlink."""

import os
import socket
import struct

NETLINK_NETFILTER = 12
CT_NEW, CT_GET, CT_DELETE = 0x0100, 0x0101, 0x0102
NLM_F_REQUEST, NLM_F_ACK = 1, 4
NLM_F_EXCL, NLM_F_CREATE = 0x200, 0x400
NESTED = 0x8000
CONFIRMED, SEEN_REPLY, ASSURED = 8, 2, 4
ESTABLISHED = 3


def attribute(kind, data):
    head = struct.pack("HH", 4 + len(data), kind)
    return head + data + b"\0" * (-len(data) % 4)


def nested(kind, *parts):
    return attribute(kind | NESTED, b"".join(parts))


def ends(kind, proto, source, target):
    """A tuple attribute; the two ends are (address, port), IPv4"""
    return nested(
        kind,
        nested(1, attribute(1, socket.inet_aton(source[0])),
               attribute(2, socket.inet_aton(target[0]))),
        nested(2, attribute(1, bytes([proto])),
               attribute(2, struct.pack("!H", source[1])),
               attribute(3, struct.pack("!H", target[1]))))


class Table:
    """Conntrack's table of a host of the topology"""

    def __init__(self, host):
        with host:
            self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                      NETLINK_NETFILTER)

    def ask(self, kind, flags, *parts):
        body = struct.pack("!BBH", socket.AF_INET, 0, 0) + b"".join(parts)
        self.sock.send(struct.pack("=IHHII", 16 + len(body), kind,
                                   flags | NLM_F_REQUEST | NLM_F_ACK, 1, 0) +
                       body)
        answer = self.sock.recv(65536)
        err = struct.unpack_from("=i", answer, 16)[0]
        if err:
            raise OSError(-err, os.strerror(-err))

    def delete(self, proto, source, target):
        self.ask(CT_DELETE, 0, ends(1, proto, source, target))

    def take_helper(self, proto, source, target):
        """Take the helper away: kernels before 7 do so without a word to it"""
        self.ask(CT_NEW, 0, ends(1, proto, source, target),
                 nested(5, attribute(1, b"\0")))

    def make(self, proto, source, target, helper, public=None):
        """An open connection that has a helper, as conntrackd makes it"""
        parts = [ends(1, proto, source, target),
                 ends(2, proto, target, source),
                 attribute(3, struct.pack("!I", CONFIRMED | SEEN_REPLY |
                                          ASSURED)),
                 attribute(7, struct.pack("!I", 600)),
                 nested(5, attribute(1, helper.encode() + b"\0"))]
        if public:
            address = socket.inet_aton(public[0])
            port = struct.pack("!H", public[1])
            parts.append(nested(6, attribute(1, address),
                                attribute(2, address),
                                nested(3, attribute(1, port),
                                       attribute(2, port))))
        if proto == socket.IPPROTO_TCP:
            loose = struct.pack("BB", 0x0a, 0x0a)
            parts.append(nested(4, nested(
                1, attribute(1, bytes([ESTABLISHED])), attribute(4, loose),
                attribute(5, loose))))
        self.ask(CT_NEW, NLM_F_CREATE | NLM_F_EXCL, *parts)
