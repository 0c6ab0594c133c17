#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Conntrack entries of IPv4, made and changed by ctnetlink, as conntrackd does.

    entry.py make ZONE PROTOCOL SOURCE DESTINATION [WORD=VALUE...]
        port=N          both ports, for UDP
        nat=ADDRESS     the source is translated to it
        helper=NAME     of this helper
    entry.py helper ZONE PROTOCOL SOURCE DESTINATION [port=N] helper=NAME
        the entry has this helper from now on; no NAME: none

Without helper= an entry has no room for one.
"""

import socket
import struct
import sys

NEW, REQUEST, ACK, EXCL, CREATE = 0x100, 1, 4, 0x200, 0x400
(TUPLE_ORIG, TUPLE_REPLY, STATUS, HELP, NAT_SRC, TIMEOUT, ZONE) = (
    1, 2, 3, 5, 6, 7, 18)
CONFIRMED_ASSURED_REPLIED = 0x8 | 0x4 | 0x2


def attribute(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def nest(kind, *inner):
    return attribute(kind | 0x8000, b"".join(inner))


def address(text):
    return socket.inet_aton(text)


def flow(kind, protocol, source, destination, port):
    inner = [attribute(1, struct.pack("B", protocol))]
    if port:
        inner += [attribute(2, struct.pack(">H", port)),
                  attribute(3, struct.pack(">H", port))]
    return nest(kind, nest(1, attribute(1, address(source)),
                           attribute(2, address(destination))),
                nest(2, *inner))


def main(verb, zone, protocol, source, destination, *words):
    word = dict(text.split("=", 1) for text in words)
    port = int(word.get("port", 0))
    data = flow(TUPLE_ORIG, int(protocol), source, destination, port)
    data += attribute(ZONE, struct.pack(">H", int(zone)))
    if "helper" in word:
        data += nest(HELP, attribute(1, word["helper"].encode() + b"\0"))
    flags = REQUEST | ACK
    if verb == "make":
        flags |= CREATE | EXCL
        data += flow(TUPLE_REPLY, int(protocol), destination, source, port)
        data += attribute(STATUS, struct.pack(">I", CONFIRMED_ASSURED_REPLIED))
        data += attribute(TIMEOUT, struct.pack(">I", 600))
        if "nat" in word:
            data += nest(NAT_SRC, attribute(1, address(word["nat"])),
                         attribute(2, address(word["nat"])))
    data = struct.pack(">BBH", socket.AF_INET, 0, 0) + data
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as sock:
        sock.send(struct.pack("=IHHII", 16 + len(data), NEW, flags, 1, 0) +
                  data)
        answer = sock.recv(4096)
    error = struct.unpack("=i", answer[16:20])[0]
    if error:
        print("ctnetlink:", error)
    return error != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
