# SPDX-License-Identifier: GPL-2.0
"""Hosts that speak all protocols, whatever becomes of it: every error only begins the next call.

Each function plays both ends of one short call in a world; hosts and splits are drawn by dice.
"""

import os
import random
import re
import select
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../net/peer"))

from dialog import content_length       # noqa: E402
import skinny                           # noqa: E402
from world import ADDRESS, WAN          # noqa: E402

UDP, TCP = socket.SOCK_DGRAM, socket.SOCK_STREAM
HOSTS = ("phone", "neighbour", "desk")
H323 = {}                               # messages of tests/races/messages.py
BRIDGED = 0.3                           # share of calls to the near server


def pieces(sock, data, dice):
    """Send a message in one to four segments, often with a pause between them"""
    cuts = sorted(dice.randrange(1, len(data)) for _ in range(dice.randrange(4)))
    for begin, end in zip([0] + cuts, cuts + [len(data)]):
        sock.sendall(data[begin:end])
        if dice.random() < 0.5:
            time.sleep(dice.choice((0.001, 0.01, 0.05)))


def end(sock, dice):
    """Close, or reset"""
    if sock and dice.random() < 0.3:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if sock:
        sock.close()


class Pair:
    """One flow: an inside host and a server, over UDP or TCP"""

    def __init__(self, world, dice, kind, port, server=None, sport=0):
        self.dice, self.kind, self.world = dice, kind, world
        self.host = dice.choice(HOSTS)
        self.server = server or ("near" if self.host != "desk" and dice.random() < BRIDGED else "server")
        self.a = self.b = None
        listener = world.socket(self.server, kind, port)
        try:
            if kind == TCP:
                listener.listen(8)
            self.a = world.socket(self.host, kind, sport)
            self.a.connect((ADDRESS[self.server], port))
            if kind == TCP:
                self.b = listener.accept()[0]
                self.b.settimeout(1)
                self.b.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            else:
                self.b, listener = listener, None
        except OSError:
            self.close()
            raise
        finally:
            if listener:
                listener.close()
        self.own = self.a.getsockname()
        self.peer = None
        self.rest = {}

    def send(self, sock, data):
        if self.kind == TCP:
            pieces(sock, data, self.dice)
        elif sock is self.a:
            sock.send(data)
        else:
            sock.sendto(data, self.peer)

    def receive(self, sock):
        """One SIP message"""
        if self.kind == UDP:
            data, peer = sock.recvfrom(65536)
            if sock is self.b:
                self.peer = peer
            return data
        buffer = self.rest.pop(sock, b"")
        while not content_length(buffer):
            data = sock.recv(65536)
            if not data:
                raise OSError("closed")
            buffer += data
        length = content_length(buffer)
        self.rest[sock] = buffer[length:]
        return buffer[:length]

    def close(self):
        end(self.a, self.dice)
        end(self.b, self.dice)


def sdp(address, port):
    return ("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP 0\r\n"
            % (address, address, port))


def message(start, lines, body=""):
    if body:
        lines = lines + ["Content-Type: application/sdp"]
    return ("%s\r\n%s\r\nContent-Length: %d\r\n\r\n%s" % (
        start, "\r\n".join(lines), len(body), body)).encode()


def echoed(text):
    return [line for line in text.split("\r\n") if re.match("(Via|From|To|Call-ID|CSeq):", line)]


def media(world, dice, host, port, server, public, sport):
    """Packets both ways between two ports; public: where the server was told to send"""
    with world.socket(host, UDP, port) as inside, world.socket(server, UDP, sport) as outside:
        for _ in range(dice.randrange(1, 6)):
            inside.sendto(b"\x80" * 172, (ADDRESS[server], sport))
            if public:
                outside.sendto(b"\x80" * 172, public)
        for sock in (inside, outside):
            sock.setblocking(False)
            try:
                while sock.recv(2048):
                    pass
            except OSError:
                pass


def sip(world, dice, kind):
    name = "TCP" if kind == TCP else "UDP"
    pair = Pair(world, dice, kind, 5060, sport=5060 if dice.random() < 0.3 else 0)
    number = dice.randrange(1 << 30)
    own, server = "%s:%d" % pair.own, ADDRESS[pair.server]

    def request(method, cseq, body="", more=()):
        lines = ["Via: SIP/2.0/%s %s;branch=z9hG4bK%d-%d" % (name, own, number, cseq),
                 "From: <sip:a@example>;tag=a%d" % number, "To: <sip:b@example>;tag=b",
                 "Call-ID: %d@example" % number, "CSeq: %d %s" % (cseq, method),
                 "Contact: <sip:a@%s;transport=%s>" % (own, name.lower()), *more]
        pair.send(pair.a, message("%s sip:b@%s SIP/2.0" % (method, server), lines, body))
        return pair.receive(pair.b).decode()

    def answer(text, status, body="", more=()):
        pair.send(pair.b, message("SIP/2.0 " + status, echoed(text) + list(more), body))
        return pair.receive(pair.a)

    try:
        if dice.random() < 0.4:
            text = request("REGISTER", 1, more=["Expires: %d" % dice.choice((0, 2, 60))])
            answer(text, "200 OK", more=re.findall("Contact:.*", text.replace("\r", "")) +
                   ["Expires: 60"])
        port = dice.randrange(30000, 30040, 2)
        text = request("INVITE", 2, sdp(pair.own[0], port))
        answer(text, dice.choice(("200 OK", "200 OK", "486 Busy Here")),
               sdp(server, 40000), ["Contact: <sip:b@%s:5060>" % server])
        address = re.search(r"c=IN IP4 (\S+)", text)
        rtp = re.search(r"m=audio (\d+)", text)
        media(world, dice, pair.host, port, pair.server,
              (address[1], int(rtp[1])) if address and rtp else None,
              dice.randrange(40000, 40040, 2))
        if dice.random() < 0.3:
            # half a message is all that comes
            pair.a.send(b"OPTIONS sip:b@example SIP/2.0\r\nVia: SIP/2.0/%s " % name.encode())
            time.sleep(0.05)
        elif dice.random() < 0.7:
            answer(request("BYE", 3), "200 OK")
    finally:
        pair.close()


def sip_udp(world, dice):
    sip(world, dice, UDP)


def sip_tcp(world, dice):
    sip(world, dice, TCP)


def sccp(world, dice):
    pair = Pair(world, dice, TCP, 2000)
    own = skinny.packed(pair.own[0])
    buffer = {pair.a: bytearray(), pair.b: bytearray()}

    def carry(source, target, data):
        pair.send(source, data)
        while not skinny.split(buffer[target]):
            got = target.recv(65536)
            if not got:
                raise OSError("closed")
            buffer[target] += got
        found, length = skinny.split(buffer[target])
        del buffer[target][:length]
        return found

    try:
        register = bytearray(44)
        register[:16] = b"SEP000000000001\0"
        register[24:28] = own
        struct.pack_into("<IIIB", register, 28, 7, 5, 0, 3)
        carry(pair.a, pair.b, skinny.message(0x0001, bytes(register)))
        carry(pair.b, pair.a, skinny.message(0x0081, bytes(20)))
        for ptp in range(1, dice.randrange(2, 4)):
            carry(pair.b, pair.a, skinny.message(0x0105, struct.pack("<II", 1, ptp) + bytes(20)))
            port = dice.randrange(30000, 30040, 2)
            found = carry(pair.a, pair.b, skinny.message(
                0x0022, struct.pack("<I4sII", 0, own, port, ptp)))
            address, rtp = struct.unpack_from("<4sI", found[2], 4)
            media(world, dice, pair.host, port, pair.server,
                  (socket.inet_ntoa(address), rtp), 40100)
            if dice.random() < 0.7:
                carry(pair.b, pair.a, skinny.message(0x0106, struct.pack("<II", 1, ptp)))
    finally:
        pair.close()


def h323(world, dice):
    def say(name, host):
        data = bytes.fromhex(H323[name])
        return data.replace(socket.inet_aton(ADDRESS["phone"]), socket.inet_aton(ADDRESS[host]))

    ras = Pair(world, dice, UDP, 1719, "server", 1719 if dice.random() < 0.5 else 0)
    try:
        for ask, reply in (("RRQ", "RCF"), ("URQ", "UCF"))[:dice.choice((1, 1, 2))]:
            ras.send(ras.a, say(ask, ras.host))
            ras.receive(ras.b)
            ras.send(ras.b, say(reply, ras.host))
            ras.receive(ras.a)
    finally:
        ras.close()
    line = Pair(world, dice, TCP, 1720, "server")
    control = None
    try:
        line.send(line.a, say("Setup", line.host))
        time.sleep(0.1)
        setup = line.b.recv(4096)
        line.send(line.b, say("Connect", line.host))
        line.a.recv(4096)
        at = setup.find(socket.inet_aton(WAN))
        if at > 0 and len(setup) > at + 6:
            door = struct.unpack_from(">H", setup, at + 4)[0]
            media(world, dice, line.host, 31000, "server", (WAN, door), 41000)
            with world.socket(line.host, TCP, 31200) as listener:
                listener.listen(4)
                control = world.socket("server", TCP)
                control.connect((WAN, door))
                pieces(control, say("OLC", line.host), dice)
                with listener.accept()[0] as answer:
                    pieces(answer, say("OLC", line.host), dice)
        if dice.random() < 0.7:
            line.send(line.a, say("Release", line.host))
    finally:
        line.close()
        end(control, dice)


def esp(world, dice):
    """Two hosts with two security associations each, used in turn"""
    server = world.socket("server", None, 0, socket.IPPROTO_ESP)
    hosts = []
    try:
        for n, role in enumerate(("phone", "neighbour", "desk")):
            hosts.append((n, world.socket(role, None, 0, socket.IPPROTO_ESP)))
        for seq in range(1, 30):
            n, sock = dice.choice(hosts)
            spi = 0x1000 * (n + 1) + dice.randrange(1, 3)
            sock.sendto(struct.pack(">II", 0x80000000 + spi, seq) + bytes(40),
                        (ADDRESS["server"], 0))
            if select.select([server], [], [], 0.05)[0]:
                server.recv(2048)
            server.sendto(struct.pack(">II", spi, seq) + bytes(40), (WAN, 0))
            if dice.random() < 0.1:
                server.sendto(struct.pack(">II", dice.randrange(1 << 32), seq) + bytes(40), (WAN, 0))
    finally:
        server.close()
        for _, sock in hosts:
            sock.close()
    ike(world, dice)


def ike(world, dice):
    host = dice.choice(HOSTS)
    with world.socket(host, UDP, 500) as inside, world.socket("server", UDP, 500) as outside:
        cookie = dice.randrange(1, 4)
        inside.sendto(struct.pack(">QQBBBBII", cookie, 0, 33, 0x20, 34, 8, 0, 28),
                      (ADDRESS["server"], 500))
        _, peer = outside.recvfrom(2048)
        outside.sendto(struct.pack(">QQBBBBII", cookie, 7, 33, 0x20, 34, 0x20, 0, 28), peer)
        inside.recv(2048)


KINDS = (sip_udp, sip_tcp, sccp, h323, esp)


def forever(kind, world, seed, until, report):
    """One kind of call again and again; report: a shared array of [calls, ended early]"""
    dice = random.Random(seed)
    os.nice(5)
    while time.monotonic() < until.value:
        try:
            report[0] += 1
            kind(world, dice)
        except (OSError, ValueError, struct.error, IndexError, UnicodeDecodeError):
            report[1] += 1
            time.sleep(0.02)
