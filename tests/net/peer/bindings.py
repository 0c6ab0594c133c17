#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Media flows against bindings that a call over UDP has taken.

bindings.py CASE [4|6]
"""

import json
import os
import re
import socket
import subprocess
import sys
import time

from netns import Host, server_address

PHONE, DESK = Host("PHONE"), Host("DESK")
ROUTER, SERVER = Host("ROUTER"), Host("SERVER")


FAMILY = int(sys.argv[2]) if len(sys.argv) > 2 else 4
WAN = os.environ["WAN%d" % FAMILY]


class Failure(Exception):
    pass


def check(good, *words):
    if not good:
        raise Failure(" ".join(str(word) for word in words))


def sdp(address, port):
    return ("v=0\r\no=- 1 1 IN IP%d %s\r\ns=-\r\nc=IN IP%d %s\r\nt=0 0\r\n"
            "m=audio %d RTP/AVP 0\r\n" % (FAMILY, address, FAMILY, address,
                                         port))


def literal(address):
    """As it stands in a URI"""
    return "[%s]" % address if FAMILY == 6 else address


class Call:
    """A call from an inside host that offers a port for media"""

    count = 0
    outside = None

    def __init__(self, host, port, signalling=5060):
        Call.count += 1
        self.id = "%d-%d@example" % (os.getpid(), Call.count)
        self.host, self.port = host, port
        self.inside = host.udp(signalling, FAMILY)
        if not Call.outside:
            Call.outside = SERVER.udp(5060, FAMILY)
        for s in (self.inside, self.outside):
            s.settimeout(30)
        address = host.address(FAMILY)
        body = sdp(address, port)
        self.send("INVITE", 1, body)
        data, self.peer = self.outside.recvfrom(4096)
        text = data.decode()
        found = (re.search(r"c=IN IP[46] (\S+)", text),
                 re.search(r"m=audio (\d+)", text))
        check(all(found), "no media in", text)
        self.public = (found[0].group(1), int(found[1].group(1)))
        check(self.public[0] == WAN, "offered", self.public)
        self.answer(text, sdp(SERVER.address(FAMILY), 20000))
        self.send("ACK", 1)
        self.outside.recv(4096)

    def send(self, method, cseq, body=""):
        address, port = self.inside.getsockname()[:2]
        address = literal(address)
        server = SERVER.address(FAMILY)
        self.inside.sendto((
            "%s sip:b@%s SIP/2.0\r\n"
            "Via: SIP/2.0/UDP %s:%d;branch=z9hG4bK%s%s%d;rport\r\n"
            "From: <sip:a@example>;tag=a\r\nTo: <sip:b@example>%s\r\n"
            "Call-ID: %s\r\nCSeq: %d %s\r\n"
            "Contact: <sip:a@%s:%d>\r\nMax-Forwards: 70\r\n%s"
            "Content-Length: %d\r\n\r\n%s" % (
                method, literal(server), address, port, self.id[:8], method, cseq,
                "" if method == "INVITE" else ";tag=b", self.id, cseq, method,
                address, port,
                "Content-Type: application/sdp\r\n" if body else "",
                len(body), body)).encode(), (server, 5060))

    def answer(self, request, body=""):
        lines = [line for line in request.split("\r\n") if
                 re.match("(Via|From|To|Call-ID|CSeq):", line)]
        lines = [line + ";tag=b" if line.startswith("To:") and
                 "tag=" not in line else line for line in lines]
        self.outside.sendto((
            "SIP/2.0 200 OK\r\n%s\r\nContact: <sip:b@%s:5060>\r\n%s"
            "Content-Length: %d\r\n\r\n%s" % (
                "\r\n".join(lines), literal(SERVER.address(FAMILY)),
                "Content-Type: application/sdp\r\n" if body else "",
                len(body), body)).encode(), self.peer)
        self.inside.recv(4096)

    def bye(self):
        self.send("BYE", 2)
        self.answer(self.outside.recv(4096).decode())


def natctl(*words):
    return json.loads(subprocess.check_output(
        [os.environ["NATCTL"], "-n", os.environ["ROUTER"], "-j", *words]))


def counted(reason):
    def walk(node):
        if isinstance(node, dict):
            if reason in (node.get("reason"), node.get("name")):
                for key in ("count", "packets", "value"):
                    if key in node:
                        return node[key]
            node = list(node.values())
        for child in node if isinstance(node, list) else ():
            got = walk(child)
            if got is not None:
                return got
        return None
    return walk(natctl("show", "statistics")) or 0


def receive(sock, timeout=30):
    sock.settimeout(timeout)
    try:
        return sock.recvfrom(2048)
    except socket.timeout:
        return None


def expect(sock, data, peer=None):
    got = receive(sock)
    check(got, "nothing came to", sock.getsockname(), "expected", data)
    check(got[0] == data, "came", got[0])
    check(peer is None or got[1][:2] == peer[:2], "came from", got[1], "not",
          peer)


def nothing(sock):
    got = receive(sock, 0.3)
    check(not got, "came", got)


def outbound():
    call = Call(PHONE, 30000)
    rtp, rtcp = PHONE.udp(30000, FAMILY), PHONE.udp(30001, FAMILY)
    for n in range(2):
        remote = SERVER.udp(20000 + n, FAMILY, server_address(n, FAMILY))
        rtp.sendto(b"rtp", remote.getsockname())
        expect(remote, b"rtp", call.public)
        rtcp.sendto(b"rtcp", remote.getsockname())
        expect(remote, b"rtcp", (call.public[0], call.public[1] + 1))
        remote.sendto(b"back", call.public)
        expect(rtp, b"back", remote.getsockname())
    call.bye()


def inbound():
    call = Call(PHONE, 30010)
    rtp, rtcp = PHONE.udp(30010, FAMILY), PHONE.udp(30011, FAMILY)
    for n in range(3):
        remote = SERVER.udp(20000 + n, FAMILY, server_address(n, FAMILY))
        remote.sendto(b"rtp", call.public)
        expect(rtp, b"rtp", remote.getsockname())
        remote.sendto(b"rtcp", (call.public[0], call.public[1] + 1))
        expect(rtcp, b"rtcp", remote.getsockname())
        rtp.sendto(b"back", remote.getsockname())
        expect(remote, b"back", call.public)
    call.bye()


def hairpin():
    a = Call(PHONE, 30020)
    b = Call(DESK, 30030)
    phone, desk = PHONE.udp(30020, FAMILY), DESK.udp(30030, FAMILY)
    phone.sendto(b"to desk", b.public)
    expect(desk, b"to desk", a.public)
    desk.sendto(b"to phone", a.public)
    expect(phone, b"to phone", b.public)
    # the other way round, in one direction only so far
    phone, desk = PHONE.udp(30021, FAMILY), DESK.udp(30031, FAMILY)
    desk.sendto(b"rtcp", (a.public[0], a.public[1] + 1))
    expect(phone, b"rtcp", (b.public[0], b.public[1] + 1))
    a.bye()
    b.bye()


def tracked():
    other = DESK.udp(30040, FAMILY)
    with_peer = SERVER.udp(5060, FAMILY)
    other.sendto(b"x", (SERVER.address(FAMILY), 5060))
    expect(with_peer, b"x", (WAN, 30040))
    with_peer.close()
    call = Call(PHONE, 30040)
    check(call.public[1] != 30040, "offered the desk phone's port")
    check(call.public[1] % 2 == 0, "offered", call.public)
    call.bye()


def listened():
    with ROUTER:
        local = socket.socket(socket.AF_INET6 if FAMILY == 6 else
                              socket.AF_INET, socket.SOCK_DGRAM)
    local.bind(("", 30051))
    call = Call(PHONE, 30050)
    check(call.public[1] != 30050, "the router itself waits on 30051")
    call.bye()


def clash():
    other, remote = DESK.udp(30060, FAMILY), SERVER.udp(20000, FAMILY)
    other.sendto(b"x", remote.getsockname())
    expect(remote, b"x", (WAN, 30060))
    call = Call(PHONE, 30060)
    check(call.public[1] == 30060, "offered", call.public)
    before = counted("binding-clash")
    rtp = PHONE.udp(30060, FAMILY)
    rtp.sendto(b"rtp", remote.getsockname())
    got = receive(remote)
    check(got and got[0] == b"rtp" and got[1][:2] != call.public, "came", got)
    check(counted("binding-clash") == before + 1, "not counted")
    # toward others it is as offered
    third = SERVER.udp(20001, FAMILY)
    rtp.sendto(b"rtp", third.getsockname())
    expect(third, b"rtp", call.public)
    call.bye()


def same():
    a = Call(PHONE, 30070)
    b = Call(DESK, 30070)
    check(a.public != b.public, "both got", a.public)
    phone, desk = PHONE.udp(30070, FAMILY), DESK.udp(30070, FAMILY)
    remote = SERVER.udp(20000, FAMILY)
    for n, (call, sock) in enumerate(((a, phone), (b, desk))):
        data = b"to %d" % n
        remote.sendto(data, call.public)
        expect(sock, data, remote.getsockname())
        sock.sendto(data, remote.getsockname())
        expect(remote, data, call.public)
    a.bye()
    b.bye()


def ended():
    call = Call(PHONE, 30080)
    rtp = PHONE.udp(30080, FAMILY)
    remote, late = SERVER.udp(20000, FAMILY), SERVER.udp(20001, FAMILY)
    remote.sendto(b"1", call.public)
    expect(rtp, b"1")
    rtp.sendto(b"2", remote.getsockname())
    expect(remote, b"2", call.public)
    call.bye()
    time.sleep(1.5)
    remote.sendto(b"3", call.public)
    expect(rtp, b"3")
    late.sendto(b"4", call.public)
    nothing(rtp)


def strangers():
    call = Call(PHONE, 30090)
    rtp, other = PHONE.udp(30090, FAMILY), PHONE.udp(30092, FAMILY)
    remote = SERVER.udp(20000, FAMILY)
    remote.sendto(b"x", (call.public[0], 30092))
    nothing(other)
    remote.sendto(b"x", call.public)
    expect(rtp, b"x")
    call.bye()


def master():
    call = Call(PHONE, 30100)
    rtp, remote = PHONE.udp(30100, FAMILY), SERVER.udp(20000, FAMILY)
    remote.sendto(b"x", call.public)
    expect(rtp, b"x")
    with ROUTER:
        text = subprocess.check_output(
            ["conntrack", "-L", "-f", "ipv%d" % FAMILY, "-p", "udp", "--orig-port-dst",
             str(call.public[1])], stderr=subprocess.DEVNULL).decode()
    check("src=%s" % PHONE.address(FAMILY) in text, text)
    call.bye()


def entries():
    with ROUTER:
        return int(subprocess.check_output(["conntrack", "-C"]))


def settled(wanted, when):
    """Conntrack counts an entry until the last reference to it is given back,
    which is a moment after it has left the table"""
    for _ in range(100):
        if entries() == wanted:
            return
        time.sleep(0.02)
    check(False, when, entries())


def orphan():
    """The signalling's connection is over, the call is not: nothing of it is
    counted any more, and media is related all the same"""
    for _ in range(50):     # those of the steps before linger
        if not natctl("show", "calls"):
            break
        time.sleep(0.1)
    call = Call(PHONE, 30110)
    rtp, remote = PHONE.udp(30110, FAMILY), SERVER.udp(20000, FAMILY)
    with ROUTER:
        subprocess.check_call(["conntrack", "-F"],
                              stderr=subprocess.DEVNULL)
    settled(0, "counted after the flush:")
    check(len(natctl("show", "calls")) == 1, "the call is gone")
    remote.sendto(b"x", call.public)
    expect(rtp, b"x")
    rtp.sendto(b"y", remote.getsockname())
    expect(remote, b"y", call.public)
    settled(1, "counted with one flow of media:")
    with ROUTER:
        # each entry is shown with its master
        text = subprocess.check_output(
            ["conntrack", "-L", "-f", "ipv%d" % FAMILY],
            stderr=subprocess.DEVNULL).decode()
        check(text.count("udp") == 1, text)
        subprocess.check_call(["conntrack", "-D", "-f", "ipv%d" % FAMILY,
                               "-p", "udp"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    settled(0, "counted without media:")
    # the next request is the master of what comes after it
    call.bye()
    remote.sendto(b"z", call.public)
    expect(rtp, b"z")
    settled(2, "counted in the end:")


def reused():
    """The phone's next call has the same port, but another public one, while
    a flow of the last call still exists"""
    remote, rtp = SERVER.udp(20000, FAMILY), PHONE.udp(30130, FAMILY)
    first = Call(PHONE, 30130)
    remote.sendto(b"1", first.public)
    expect(rtp, b"1")
    rtp.sendto(b"2", remote.getsockname())
    expect(remote, b"2", first.public)
    first.bye()
    time.sleep(1.5)
    between = Call(DESK, 30130)
    check(between.public == first.public, "offered", between.public)
    second = Call(PHONE, 30130, 5062)
    check(second.public != first.public, "offered", second.public)
    remote.sendto(b"3", second.public)
    expect(rtp, b"3", remote.getsockname())
    rtp.sendto(b"4", remote.getsockname())
    expect(remote, b"4", second.public)
    between.bye()
    second.bye()


def egress():
    """The firewall lets the phone talk SIP and nothing else"""
    with ROUTER:
        subprocess.check_call(["nft", "insert rule inet filter forward "
                               "iifname lan udp dport != 5060 ct state new "
                               "drop"])
    call = Call(PHONE, 30120)
    rtp, peer = PHONE.udp(30120, FAMILY), SERVER.udp(20000, FAMILY)
    other = SERVER.udp(20001, FAMILY, server_address(0, FAMILY))
    rtp.sendto(b"media", peer.getsockname())
    expect(peer, b"media", call.public)
    rtp.sendto(b"leak", other.getsockname())
    nothing(other)
    other.sendto(b"media", call.public)
    expect(rtp, b"media")
    rtp.sendto(b"answer", other.getsockname())
    expect(other, b"answer", call.public)
    call.bye()


def unserved():
    try:
        call = Call(DESK, 30110)
    except Failure as failure:
        check("offered" in str(failure), failure)
        return
    check(False, "the desk phone's call was translated to", call.public)


if __name__ == "__main__":
    try:
        globals()[sys.argv[1]]()
    except Failure as failure:
        sys.exit(str(failure))
