# SPDX-License-Identifier: GPL-2.0
"""Skinny (SCCP): what its messages look like, and how to make them.

The tables were made from captures and from what Wireshark's packet-skinny.c and
Asterisk's chan_skinny.c say, and owe nothing to the router's own table: one checks
the other.

A message is {length, header version, message id} and a body; integers are
little-endian, addresses in network order. "@n" counts in the body. In an old
layout (versions below 17) an address is 4 bytes, in a new one a type word
(0 IPv4, 1 IPv6) and 16 bytes.
"""

import random
import re
import socket
import struct

HEADER = struct.Struct("<III")

# Words in front of @:
#   ip4 ip6     an address without a type word, whatever the version
#   A           an address, 4 or 20 bytes by the layout;  P  its port
#   rtcp        a second port to the same address
#   server      five addresses, by the layout; tcp: their five ports before
#   conf ptp ref status keep  identities, and whether a port stays open
# The role says whose address it is:
#   self        the sender's own; nobody sends media there
#   own         the sender's own, and media will come to it
#   far         where the receiver is to send media to, or will get it from
#   mention     the same, of which no media is to be expected
#   echo        the receiver's far end, told back by the one that was given it
#   server      CallManagers
#   group       a multicast group
#   plain       none, or nothing a NAT has to do with
TABLE = """
# 4.1 core
0x0001 Register               C any plain  32        -
0x0001 Register               C any self   36,40     ip4@24
0x0001 Register               C any self   44,48,52,64,68,72 ip4@24
0x0001 Register               C any self   88,92,124,128,148,172 ip4@24 ip6@72
0x0002 IpPort                 C any plain  4         -
0x0011 MediaPortList          C any plain  8,20,68   -
0x0020 Alarm                  C any self   92        ip4@88
0x0022 OpenReceiveChannelAck  C old own    16        status@0 A@4 P@8 ptp@12
0x0022 OpenReceiveChannelAck  C old own    20        status@0 A@4 P@8 ptp@12 \
ref@16
0x0022 OpenReceiveChannelAck  C new own    32        status@0 A@4 P@24 ptp@28
0x0022 OpenReceiveChannelAck  C new own    36        status@0 A@4 P@24 ptp@28 \
ref@32
0x002A MediaTransmissionFailure C old echo 20        conf@0 ptp@4 A@8 P@12 \
ref@16
0x002A MediaTransmissionFailure C new echo 36        conf@0 ptp@4 A@8 P@28 \
ref@32
0x0105 OpenReceiveChannel     S any plain  24        conf@0 ptp@4
0x0105 OpenReceiveChannel     S any plain  28,40,76,92 conf@0 ptp@4 ref@24
0x0105 OpenReceiveChannel     S old far    108,112   conf@0 ptp@4 ref@24 \
A@100 P@104
0x0105 OpenReceiveChannel     S new far    128,132,168 conf@0 ptp@4 ref@24 \
A@100 P@120
0x008A StartMediaTransmission S old far    40,42     conf@0 ptp@4 A@8 P@12
0x008A StartMediaTransmission S old far    44,84,112,116 conf@0 ptp@4 A@8 \
P@12 ref@40
0x008A StartMediaTransmission S new far    132,168   conf@0 ptp@4 A@8 P@28 \
ref@56
0x0154 StartMediaTransmissionAck C old own 24,28     conf@0 ptp@4 ref@8 A@12 \
P@16 status@20
0x0154 StartMediaTransmissionAck C new own 40,44,48  conf@0 ptp@4 ref@8 A@12 \
P@32 status@36
0x0106 CloseReceiveChannel    S any plain  8         conf@0 ptp@4
0x0106 CloseReceiveChannel    S any plain  12        conf@0 ptp@4 ref@8
0x0106 CloseReceiveChannel    S any plain  16        conf@0 ptp@4 ref@8 keep@12
0x008B StopMediaTransmission  S any plain  4         conf@0
0x008B StopMediaTransmission  S any plain  8         conf@0 ptp@4
0x008B StopMediaTransmission  S any plain  12        conf@0 ptp@4 ref@8
0x008B StopMediaTransmission  S any plain  16,20     conf@0 ptp@4 ref@8 keep@12
0x009E ServerRes              S old server 280       tcp@240 server@260
0x009E ServerRes              S old server 360       tcp@240 server@260
0x009E ServerRes              S new server 360       tcp@240 server@260
0x0029 RegisterTokenReq       C any self   52        ip4@24 ip6@32
0x0029 RegisterTokenReq       C any self   52        ip4@24 ip6@36 six@32
0x0029 RegisterTokenReq       C any self   48        ip4@20 ip6@28
0x8000 SPCPRegisterTokenReq   C any self   36        ip4@24
# 4.2 video, port negotiation
0x0031 OpenMultiMediaAck      C old own    20        status@0 A@4 P@8 ptp@12 \
ref@16
0x0031 OpenMultiMediaAck      C new own    36        status@0 A@4 P@24 ptp@28 \
ref@32
0x0131 OpenMultiMedia         S any plain  164       conf@0 ptp@4 ref@16
0x0131 OpenMultiMedia         S old far    172,176   conf@0 ptp@4 ref@16 \
A@164 P@168
0x0131 OpenMultiMedia         S new far    192       conf@0 ptp@4 ref@16 \
A@164 P@184
0x0132 StartMultiMedia        S old far    168       conf@0 ptp@4 A@12 P@16 \
ref@20
0x0132 StartMultiMedia        S new far    184       conf@0 ptp@4 A@12 P@32 \
ref@36
0x0155 StartMultiMediaAck     C old own    24,28     conf@0 ptp@4 ref@8 A@12 \
P@16 status@20
0x0155 StartMultiMediaAck     C new own    40,44     conf@0 ptp@4 ref@8 A@12 \
P@32 status@36
0x0136 CloseMultiMedia        S any plain  16        conf@0 ptp@4 ref@8 keep@12
0x0133 StopMultiMedia         S any plain  16        conf@0 ptp@4 ref@8 keep@12
0x014B PortRequest            S any plain  16,24     conf@0 ref@4 ptp@8
0x0045 PortResponse           C old own    24        conf@0 ref@4 ptp@8 A@12 \
P@16 rtcp@20
0x0045 PortResponse           C new own    40,44     conf@0 ref@4 ptp@8 A@12 \
P@32 rtcp@36
0x014C PortClose              S any plain  12,16     conf@0 ref@4 ptp@8
# 4.3 multicast, session, QoS
0x0101 StartMulticastReception S old group 32,36     conf@0 ptp@4 A@8 P@12
0x0101 StartMulticastReception S new group 48,52     conf@0 ptp@4 A@8 P@28
0x0102 StartMulticastTransmission S old group 40,44  conf@0 ptp@4 A@8 P@12
0x0102 StartMulticastTransmission S new group 56,60  conf@0 ptp@4 A@8 P@28
0x0095 StartSession           S old mention 8         A@0
0x0095 StartSession           S new mention 24        A@0
0x0096 StopSession            S old mention 8         A@0
0x0096 StopSession            S new mention 24        A@0
0x0046 QoSResvNotify          C old echo   24        conf@0 ref@4 ptp@8 A@12 \
P@16
0x0046 QoSResvNotify          C new echo   40        conf@0 ref@4 ptp@8 A@12 \
P@32
0x0047 QoSErrorNotify         C old echo   44        conf@0 ref@4 ptp@8 A@12 \
P@16 ip4@28
0x0047 QoSErrorNotify         C new echo   60        conf@0 ref@4 ptp@8 A@12 \
P@32 ip4@44
0x014D QoSListen              S old mention 172       conf@0 ref@4 ptp@8 A@12 \
P@16
0x014D QoSListen              S new mention 188       conf@0 ref@4 ptp@8 A@12 \
P@32
0x014E QoSPath                S old mention 168       conf@0 ref@4 ptp@8 A@12 \
P@16
0x014E QoSPath                S new mention 184       conf@0 ref@4 ptp@8 A@12 \
P@32
0x014F QoSTeardown            S old mention 24        conf@0 ref@4 ptp@8 A@12 \
P@16
0x014F QoSTeardown            S new mention 40        conf@0 ref@4 ptp@8 A@12 \
P@32
0x0150 UpdateDSCP             S old mention 24        conf@0 ref@4 ptp@8 A@12 \
P@16
0x0150 UpdateDSCP             S new mention 40        conf@0 ref@4 ptp@8 A@12 \
P@32
0x0151 QoSModify              S old mention 152       conf@0 ref@4 ptp@8 A@12 \
P@16
0x0151 QoSModify              S new mention 168       conf@0 ref@4 ptp@8 A@12 \
P@32
# 4.4 the dialect of CallManager 2
0x0002 IpPort                 C cm2 -      4         P@0
0x008A StartMediaTransmission S cm2 far    36        A@0 P@4
0x008C StartMediaReception    S cm2 far    24        A@0
0x008D StopMediaReception     S cm2 plain  4         -
# 4.5 what looks as if, and what a connection has besides
0x0000 KeepAlive              C any plain  0         -
0x0100 KeepAliveAck           S any plain  0         -
0x0021 MulticastReceptionAck  C any plain  12        -
0x0023 ConnectionStatistics   C any plain  52,104    -
0x0030 UpdateCapabilities     C any plain  1840      -
0x002E DeviceToUserData       C any plain  200       -
0x002C MediaResource          C any plain  40        -
0x0012 ServerReq              C any plain  0         -
0x0026 SoftKeyEvent           C any plain  12        -
0x0108 SoftKeyTemplateRes     S any plain  652       -
0x0109 SoftKeySetRes          S any plain  780,784   -
0x0111 CallState              S any plain  12,24     -
0x008F CallInfo               S any plain  384       -
0x0092 ConfigStat             S any plain  124       -
0x011C StartMediaFailureDetection S any plain 24     -
0x0129 SubscribeDtmf          S any plain  16        -
0x013F UserToDeviceData       S any plain  300       -
0x0148 ServiceURLStat         S any plain  60        -
0x0103 StopMulticastReception S any plain  8         -
"""


class Layout:
    """One line of the table at one body length"""

    def __init__(self, ident, name, side, form, role, length, fields):
        self.ident, self.name, self.side = ident, name, side
        self.form, self.role, self.length = form, role, length
        self.fields = fields

    def __str__(self):
        return "%s %s %d" % (self.name, self.form, self.length)

    def free(self):
        """Offsets of the words that no field of ours covers"""
        taken = set()
        for word, at in self.fields.items():
            size = {"ip6": 16, "A": 20 if self.form == "new" else 4,
                    "server": 100 if self.form == "new" else 20,
                    "tcp": 20}.get(word, 4)
            taken.update(range(at, at + size))
        if self.ident == 0x0001:
            taken.update(range(0, 24))      # its name
            taken.update(range(40, 44))     # version, features
        return [at for at in range(0, self.length - 3, 4)
                if not taken.intersection(range(at, at + 4))]


def _read(table):
    layouts = []
    for line in table.replace("\\\n", "").splitlines():
        if not line or line.startswith("#"):
            continue
        ident, name, side, form, role, lengths, fields = line.split(None, 6)
        fields = {w: int(n) for w, n in re.findall(r"(\w+)@(\d+)", fields)}
        for length in lengths.split(","):
            layouts.append(Layout(int(ident, 16), name, side, form, role,
                                  int(length), fields))
    return layouts


LAYOUTS = _read(TABLE)


def layout(name, form, length):
    for one in LAYOUTS:
        if (one.name, one.form, one.length) == (name, form, length):
            return one
    raise KeyError((name, form, length))


def message(ident, body=b"", version=0):
    return HEADER.pack(len(body) + 4, version, ident) + body


def packed(address):
    return socket.inet_pton(
        socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def text(data):
    return socket.inet_ntop(
        socket.AF_INET6 if len(data) == 16 else socket.AF_INET, bytes(data))


def typed(address, kind=None, rest=b"\0" * 12):
    """An address of a new layout; rest: the bytes behind an IPv4 address"""
    data = packed(address)
    if kind is None:
        kind = 1 if len(data) == 16 else 0
    return struct.pack("<I", kind) + (data + rest)[:16]



def noise(layout, seed):
    """Bytes for what no field covers; never those of an inside address"""
    dice = random.Random("%s %s" % (layout, seed))
    return bytes(dice.randrange(0x40, 0xa0) for _ in range(layout.length))


def build(layout, values, version=0, filler=None, kind=None, rest=None):
    """The message with these values: {"A": address, "P": port, "ptp": ...}

    "server" is a list of five addresses, "tcp" of five ports. filler: what
    else is in the body. kind: the type word, if not the address's own. rest:
    the 12 bytes behind an IPv4 address in a new layout.
    """
    body = bytearray(filler if filler is not None else noise(layout, 0))
    for word, at in layout.fields.items():
        value = values.get(word)
        if word == "A" and layout.form == "new":
            data = typed(value or "0.0.0.0", kind,
                         b"\0" * 12 if rest is None else rest)
        elif word == "A" or word == "ip4":
            data = packed(value or "0.0.0.0")[:4]
        elif word == "ip6":
            data = packed(value or "::")
        elif word == "server":
            data = b"".join(typed(x) if layout.form == "new" else packed(x)
                            for x in value or ["0.0.0.0"] * 5)
        elif word == "tcp":
            data = struct.pack("<5I", *(value or [0] * 5))
        else:
            data = struct.pack("<I", (value or 0) & 0xffffffff)
        body[at:at + len(data)] = data
    if layout.ident == 0x0001 and layout.length > 40:
        body[40] = values.get("version", 11)
    return message(layout.ident, bytes(body), version)


def split(buffer):
    """(id, header version, body) of the first message, and its length; or
    None if it is not complete"""
    if len(buffer) < 12:
        return None
    length, version, ident = HEADER.unpack_from(buffer)
    if length < 4 or length > 8192:
        raise ValueError("length %d" % length)
    if len(buffer) < length + 8:
        return None
    return (ident, version, bytes(buffer[12:length + 8])), length + 8
