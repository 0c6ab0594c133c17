#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Gratuitous ARP: who has an address now.

    arp.py DEVICE ADDRESS [DEVICE ADDRESS]...
"""

import socket
import struct
import sys

for device, address in zip(sys.argv[1::2], sys.argv[2::2]):
    with open(f"/sys/class/net/{device}/address", encoding="ascii") as file:
        mac = bytes.fromhex(file.read().strip().replace(":", ""))
    ip = socket.inet_aton(address)
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((device, 0x806))
    for operation in 1, 2:
        sock.send(b"\xff" * 6 + mac + struct.pack(
            ">HHHBBH6s4s6s4s", 0x806, 1, 0x800, 6, 4, operation, mac, ip,
            b"\xff" * 6, ip))
