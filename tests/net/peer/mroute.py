#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A multicast router as small as can be: what one host sends to one group goes
from one device to another, until this program ends.

mroute.py SOURCE GROUP IN OUT

Says "routing" when it does.
"""

import signal
import socket
import struct
import sys

MRT_INIT, MRT_ADD_VIF, MRT_ADD_MFC = 200, 202, 204
VIFF_USE_IFINDEX = 8
MAXVIFS = 32


def main():
    source, group, *devices = sys.argv[1:]
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IGMP)
    sock.setsockopt(socket.IPPROTO_IP, MRT_INIT, 1)
    for number, device in enumerate(devices):
        sock.setsockopt(socket.IPPROTO_IP, MRT_ADD_VIF, struct.pack(
            "=HBBIi4s", number, VIFF_USE_IFINDEX, 1, 0,
            socket.if_nametoindex(device), bytes(4)))
    # from the first to all others
    ttls = bytes([0] + [1] * (len(devices) - 1)).ljust(MAXVIFS, b"\0")
    sock.setsockopt(socket.IPPROTO_IP, MRT_ADD_MFC, struct.pack(
        "=4s4sH32s2xIIIi", socket.inet_aton(source), socket.inet_aton(group),
        0, ttls, 0, 0, 0, 0))
    print("routing", flush=True)
    signal.pause()


main()
