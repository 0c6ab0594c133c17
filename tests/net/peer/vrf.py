#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Two hosts in two VRFs do the same at the same time, and nothing crosses.

    vrf.py {udp|tcp} [6]    a call each: same address and ports if they overlap,
                            same Call-ID; speech both ways, every packet counted
    vrf.py first [6]        a call each over UDP; one and the same remote speaks
                            first to both, and is answered
    vrf.py esp [6]          a tunnel each, with the same SPIs
                            6: over IPv6
"""

import json
import os
import re
import socket
import struct
import subprocess
import sys

from netns import Host, PATIENCE, server_address

NAMES = ("gold", "silver")
HOSTS = {"gold": Host("PHONE"), "silver": Host("DESK")}
SERVER = Host("SERVER")
FAMILY = 6 if "6" in sys.argv[2:] else 4
PUBLIC = {name: os.environ["%s%d" % (name.upper(), FAMILY)] for name in NAMES}
OVERLAP = HOSTS["gold"].address(FAMILY) == HOSTS["silver"].address(FAMILY)
SHARED = os.environ.get("SHARED")  # both have the same address outside
PACKETS = 50
MEDIA = 30000


def check(good, *words):
    if not good:
        sys.exit(" ".join(str(word) for word in words))


def natctl(*words):
    return json.loads(subprocess.check_output(
        [os.environ["NATCTL"], "-n", os.environ["ROUTER"], "-j", *words]))


def sdp(address, port):
    at = "IN IP%d %s" % (FAMILY, address)
    return ("v=0\r\no=- 1 1 %s\r\ns=-\r\nc=%s\r\nt=0 0\r\n"
            "m=audio %d RTP/AVP 0\r\n" % (at, at, port))


def uri(address):
    """An address as a URI and a Via have it"""
    return "[%s]" % address if ":" in address else address


def request(transport, method, cseq, address, body=""):
    return (
        "%s sip:b@%s SIP/2.0\r\n"
        "Via: SIP/2.0/%s %s:5060;branch=z9hG4bKone%s%d;rport\r\n"
        "From: <sip:a@example>;tag=a\r\nTo: <sip:b@example>%s\r\n"
        "Call-ID: the-same@example\r\nCSeq: %d %s\r\n"
        "Contact: <sip:a@%s:5060>\r\nMax-Forwards: 70\r\n%s"
        "Content-Length: %d\r\n\r\n%s" % (
            method, uri(SERVER.address(FAMILY)), transport.upper(),
            uri(address), method,
            cseq, "" if method == "INVITE" else ";tag=b", cseq, method,
            uri(address), "Content-Type: application/sdp\r\n" if body else "",
            len(body), body)).encode()


def answer(text, body=""):
    lines = [line for line in text.split("\r\n")
             if re.match("(Via|From|To|Call-ID|CSeq):", line)]
    lines = [line + ";tag=b" if line.startswith("To:") and
             "tag=" not in line else line for line in lines]
    return (
        "SIP/2.0 200 OK\r\n%s\r\nContact: <sip:b@%s:5060>\r\n%s"
        "Content-Length: %d\r\n\r\n%s" % (
            "\r\n".join(lines), uri(SERVER.address(FAMILY)),
            "Content-Type: application/sdp\r\n" if body else "",
            len(body), body)).encode()


def message(sock):
    """One message of a connection, or one datagram, and its sender"""
    sock.settimeout(PATIENCE)
    if sock.type == socket.SOCK_DGRAM:
        data, peer = sock.recvfrom(4096)
        return data.decode(), peer[:2]
    data = b""
    while True:
        head, gap, body = data.partition(b"\r\n\r\n")
        if gap and len(body) >= int(
                re.search(rb"Content-Length: (\d+)", head)[1]):
            return data.decode(), None
        more = sock.recv(1)
        check(more, "the connection was closed after", data)
        data += more


class Calls:
    """The signalling of both, each with its own connection to the server"""

    def __init__(self, transport):
        self.transport, self.near, self.far, self.peer = transport, {}, {}, {}
        if transport == "tcp":
            waiting = SERVER.listener(5060, FAMILY)
        else:
            waiting = SERVER.udp(5060, FAMILY)
        for name, host in HOSTS.items():
            if transport == "udp":
                self.near[name], self.far[name] = \
                    host.udp(5060, FAMILY), waiting
                continue
            self.near[name] = host.tcp(5060, FAMILY)
            self.near[name].settimeout(PATIENCE)
            self.near[name].connect((SERVER.address(FAMILY), 5060))
            self.far[name], peer = waiting.accept()
            check(peer[0] == PUBLIC[name], name, "came as", peer)

    def say(self, name, method, cseq, body=""):
        data = request(self.transport, method, cseq,
                       HOSTS[name].address(FAMILY), body)
        if self.transport == "udp":
            self.near[name].sendto(data, (SERVER.address(FAMILY), 5060))
        else:
            self.near[name].sendall(data)
        text, self.peer[name] = message(self.far[name])
        if self.transport == "udp":
            check(self.peer[name][0] == PUBLIC[name], name, "came as",
                  self.peer[name])
        # a Via with rport stays as it is (RFC 3581)
        check(HOSTS[name].address(FAMILY) not in re.sub("Via: .*", "", text),
              "an inside address got out:", text)
        return text

    def reply(self, name, text, body=""):
        data = answer(text, body)
        if self.transport == "udp":
            self.far[name].sendto(data, self.peer[name])
        else:
            self.far[name].sendall(data)
        got, _ = message(self.near[name])
        check(got.startswith("SIP/2.0 200"), name, "was answered", got)


def count(sock, packets, source=None):
    """So many packets, these, and no other"""
    sock.settimeout(PATIENCE)
    for packet in packets:
        data, peer = sock.recvfrom(2048)
        peer = peer[:2]
        check(data == packet, sock.getsockname(), "expected", packet, "got",
              data, "from", peer)
        check(source in (None, peer), "came from", peer, "not", source)
    sock.settimeout(0.05)
    try:
        check(False, "one too many:", sock.recvfrom(2048))
    except socket.timeout:
        pass


def speak(near, far, public):
    """Both at once, packet by packet, in both directions"""
    out = {name: [b"%s out %d" % (name.encode(), n) for n in range(PACKETS)]
           for name in NAMES}
    back = {name: [b"%s back %d" % (name.encode(), n)
                   for n in range(PACKETS)] for name in NAMES}
    for n in range(PACKETS):
        for name in NAMES:
            near[name].sendto(out[name][n], far[name].getsockname()[:2])
            far[name].sendto(back[name][n], public[name])
    for name in NAMES:
        count(far[name], out[name], public[name])
        count(near[name], back[name], far[name].getsockname()[:2])
    return 4 * PACKETS


def own(name, rows):
    """Those of this family: the other's may not have timed out yet"""
    return [row for row in rows if row["inside-local"]["address"] ==
            HOSTS[name].address(FAMILY)]


def shown(transport, public):
    """What natctl says of each VRF"""
    for name in NAMES:
        other = NAMES[name == "gold"]
        check(len(natctl("show", "calls", "vrf", name)) == 1, name, "calls")
        bindings = own(name, natctl("show", "bindings", "vrf", name))
        ports = {b["inside-global"]["port"] for b in bindings}
        check(public[name][1] in ports, name, "has", bindings)
        text = json.dumps(natctl("show", "translations", "vrf", name))
        check(PUBLIC[name] in text, name, "has", text)
        check(not OVERLAP or SHARED or PUBLIC[other] not in text, name, "has",
              text)
        # the other transport's may not have timed out yet
        sessions = [s for s in own(name, natctl("show", "sessions", "vrf",
                                                name))
                    if s["transport"] == transport]
        check(len(sessions) == 1, name, "has", sessions)


def call(transport):
    calls, public, packets = Calls(transport), {}, 0
    # flows of the call before may outlive it, and have its ports
    base = 20000 if transport == "udp" else 20100
    asked = {}
    for name in NAMES:
        asked[name] = calls.say(name, "INVITE", 1, sdp(
            HOSTS[name].address(FAMILY), MEDIA))
        at = (re.search(r"c=IN IP\d (\S+)", asked[name])[1],
              int(re.search(r"m=audio (\d+)", asked[name])[1]))
        check(at[0] == PUBLIC[name], name, "offered", at)
        public[name] = at
    check(public["gold"] != public["silver"], "both offered", public)
    # each is answered by a port of its own
    for n, name in enumerate(NAMES):
        calls.reply(name, asked[name], sdp(SERVER.address(FAMILY), base + 2 * n))
        calls.say(name, "ACK", 1)
    for more in 0, 1:
        near = {name: HOSTS[name].udp(MEDIA + more, FAMILY)
                for name in NAMES}
        far = {name: SERVER.udp(base + 2 * n + more, FAMILY)
               for n, name in enumerate(NAMES)}
        at = {name: (public[name][0], public[name][1] + more)
              for name in NAMES}
        packets += speak(near, far, at)
        # and somebody else outside, who speaks first
        for n, name in enumerate(NAMES):
            stranger = SERVER.udp(21000, FAMILY,
                                  server_address(n, FAMILY))
            stranger.sendto(name.encode(), at[name])
            count(near[name], [name.encode()], stranger.getsockname()[:2])
            packets += 1
    shown(transport, public)
    for name in NAMES:
        calls.reply(name, calls.say(name, "BYE", 2))
    print("figure: 2 calls over %s, %d packets of speech, each where it "
          "belongs" % (transport, packets))


def first():
    calls, public = Calls("udp"), {}
    asked = {name: calls.say(name, "INVITE", 1,
                             sdp(HOSTS[name].address(FAMILY), MEDIA))
             for name in NAMES}
    for name in NAMES:
        public[name] = (re.search(r"c=IN IP\d (\S+)", asked[name])[1],
                        int(re.search(r"m=audio (\d+)", asked[name])[1]))
        calls.reply(name, asked[name], sdp(SERVER.address(FAMILY), 20000))
        calls.say(name, "ACK", 1)
    check(public["gold"] != public["silver"], "both offered", public)
    far = SERVER.udp(20000, FAMILY)
    near = {name: HOSTS[name].udp(MEDIA, FAMILY) for name in NAMES}
    for _ in range(3):
        for name in NAMES:
            far.sendto(name.encode(), public[name])
        for name in NAMES:
            count(near[name], [name.encode()])
        for name in NAMES:
            near[name].sendto(name.encode(), far.getsockname()[:2])
            count(far, [name.encode()], public[name])
    for name in NAMES:
        calls.reply(name, calls.say(name, "BYE", 2))


def esp():
    def raw(host):
        sock = host.socket(FAMILY, socket.SOCK_RAW, socket.IPPROTO_ESP)
        sock.bind((host.address(FAMILY), 0))
        sock.settimeout(PATIENCE)
        return sock

    def packet(spi, n, name):
        return struct.pack(">II", spi, n) + name.encode().ljust(60)

    # IPv4's raw sockets give the IP header too
    head = 20 if FAMILY == 4 else 0
    near = {name: raw(HOSTS[name]) for name in NAMES}
    far, counted = raw(SERVER), {name: 0 for name in NAMES}
    source = {}
    # one after the other at first, as a pending tunnel waits for its answer
    for n in range(1, PACKETS + 1):
        for name in NAMES:
            near[name].sendto(packet(0x11111111, n, name),
                              (SERVER.address(FAMILY), 0))
            data, peer = far.recvfrom(2048)
            check(data[head:] == packet(0x11111111, n, name), "got", data)
            check(source.setdefault(name, peer[0]) == peer[0] ==
                  PUBLIC[name], name, "came as", peer)
            spi = 0x22222222 if OVERLAP else \
                0x22222222 + NAMES.index(name)
            far.sendto(packet(spi, n, name), (peer[0], 0))
            data, peer = near[name].recvfrom(2048)
            check(data[head:] == packet(spi, n, name), name, "got", data)
            counted[name] += 2
    for name in NAMES:
        near[name].settimeout(0.05)
        try:
            check(False, name, "has one too many",
                  near[name].recvfrom(2048))
        except socket.timeout:
            pass
        tunnels = own(name, natctl("show", "tunnels", "vrf", name))
        check(len(tunnels) == 1 and tunnels[0]["state"] == "live", name,
              "has", tunnels)
        shown = own(name, natctl("show", "translations", "esp", "vrf", name))
        check(len(shown) == 1 and
              shown[0]["inside-global"]["address"] == PUBLIC[name], name,
              "has", shown)
    print("figure: 2 tunnels, %s packets" % counted)


if sys.argv[1] in ("esp", "first"):
    globals()[sys.argv[1]]()
else:
    call(sys.argv[1])
