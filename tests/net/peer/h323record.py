# SPDX-License-Identifier: GPL-2.0
"""What tshark, which is nobody's relative here, makes of PDUs.

A Record takes PDUs as they were sent and as they arrived. check() has tshark
decode both: none may be malformed, each has to be what it was sent as, and two
that differ may differ in the fields of addresses and ports alone.
"""

import os
import re
import struct
import subprocess
import tempfile

from exchange import Failure

# fields of tshark that hold an address, its port, or either's display
ADDRESS = re.compile(
    r"^(h225|h245)\.(ip|ipV4|ipv6|ipv4Address|ipV6|ip6|port|route|ipAddress|"
    r"ip6Address|network|tsapIdentifier|tsapIdentifier_\w+|"
    r"ip\w*_port|iPv4_network|iPv6_network|ipv4_tsapIdentifier|"
    r"ipv6[._]tsapIdentifier|unicast_\w+|unicastAddress|iPAddress|iP6Address|"
    r"sourceRoute\w*|h245Ip\w*)\w*$")


def frame(kind, number, data):
    """An IP packet that holds a PDU: RAS in a datagram, TPKTs in TCP"""
    if kind == "ras":
        payload = struct.pack(">HHHH", 1719, 1719, 8 + len(data), 0) + data
        proto = 17
    else:
        # a connection each, so that no PDU has to do with another
        payload = struct.pack(">HHIIBBHHH", 51720, 1720, 1000, 0, 0x50,
                              0x18, 65535, 0, 0) + data
        proto = 6
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload),
                       number & 0xffff, 0, 64, proto, 0,
                       struct.pack(">I", 0x0b000000 + number),
                       bytes((10, 9, 250, 2))) + payload


def pcap(name, pdus):
    """pdus: [(kind, data)], data to be whole TPKTs where it is not RAS"""
    with open(name, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144,
                              101))
        for n, (kind, data) in enumerate(pdus):
            packet = frame(kind, n, data)
            out.write(struct.pack("<IIII", 1000 + n, 0, len(packet),
                                  len(packet)) + packet)


def tshark(name, *words):
    ran = subprocess.run(
        ["tshark", "-n", "-r", name, "-o", "ip.check_checksum:FALSE",
         "-o", "tcp.check_checksum:FALSE", *words], capture_output=True,
        text=True, errors="replace",
        env={**os.environ, "HOME": "/tmp", "WIRESHARK_RUN_FROM_BUILD_DIRECTORY":
             ""})
    if ran.returncode:
        raise Failure("tshark: %s" % ran.stderr)
    return ran.stdout


class Record:
    def __init__(self):
        self.pdus = []      # (what, kind, sent, arrived)

    def add(self, what, kind, sent, arrived):
        self.pdus.append((what, kind, sent, arrived))

    def check(self, details=200):
        """details: so many of those that were translated are compared field
        by field"""
        folder = tempfile.mkdtemp()
        bad = []
        for column, word in ((2, "sent"), (3, "arrived")):
            name = os.path.join(folder, word)
            pcap(name, [(p[1], p[column]) for p in self.pdus])
            lines = tshark(name, "-T", "fields", "-e", "frame.number", "-e",
                           "frame.protocols", "-e", "_ws.malformed", "-e",
                           "_ws.expert.message").splitlines()
            if len(lines) != len(self.pdus):
                raise Failure("tshark saw %d of %d" % (len(lines),
                                                       len(self.pdus)))
            for line, pdu in zip(lines, self.pdus):
                _, protocols, malformed, experts = \
                    (line.split("\t") + ["", "", ""])[:4]
                if "h225" not in protocols or malformed or \
                        "alformed" in experts:
                    bad.append("%s, %s: %s %s %s\n  %s" % (
                        pdu[0], word, protocols, malformed, experts,
                        pdu[column].hex(" ", 4)))
        if bad:
            raise Failure("tshark finds %d PDUs malformed:\n%s" % (
                len(bad), "\n".join(bad[:5])))
        touched = [p for p in self.pdus if p[2] != p[3]]
        step = max(1, len(touched) // details)
        sample = touched[::step]
        views = []
        for column, word in ((2, "sent"), (3, "arrived")):
            name = os.path.join(folder, word + ".few")
            pcap(name, [(p[1], p[column]) for p in sample])
            views.append(tshark(name, "-T", "pdml").split("<packet>")[1:])
        fields = 0
        for pdu, one, two in zip(sample, *views):
            mine, yours = _fields(one), _fields(two)
            fields += len(mine)
            names = {"%s != %s" % (x, y) for x, y in zip(mine, yours)
                     if x != y and not ADDRESS.match(x[0])}
            if len(mine) != len(yours) or names:
                bad.append("%s: %s" % (pdu[0], sorted(names)[:5]))
        if bad:
            raise Failure("%d PDUs differ elsewhere:\n%s" % (
                len(bad), "\n".join(bad[:5])))
        print("figure: tshark: %d PDUs sent and arrived, none malformed; %d "
              "translated, %d of them compared in %d fields" % (
                  len(self.pdus), len(touched), len(sample), fields))


def _fields(view):
    """[(name, value)] of what H.323 is in a packet of PDML"""
    found = []
    at = min((view.find('<proto name="%s"' % name) for name in
              ("h225", "tpkt", "q931") if '<proto name="%s"' % name in view),
             default=-1)
    for tag in re.findall(r"<field [^>]*>", view[at:] if at >= 0 else ""):
        name = re.search(r' name="([^"]*)"', tag)
        value = re.search(r' show="([^"]*)"', tag)
        if name and name.group(1).startswith(("h225.", "h245.", "q931.",
                                              "tpkt.", "per.")):
            found.append((name.group(1), value.group(1) if value else ""))
    return found
