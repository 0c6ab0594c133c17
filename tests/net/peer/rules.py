#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Phones behind a router whose rules decide: registrations, calls and who gets
what comes to a public endpoint.

rules.py CASE [4|6]
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
WAN, WAN2 = os.environ["WAN4"], "203.0.114.1"
SECOND = "10.0.0.3"             # one more host on the phone's link
PATIENCE = float(os.environ.get("PATIENCE", 30))
ANSWER = 0.5                    # seconds for what must not come
SILENCE = float(os.environ.get("SILENCE", 130))   # a mapping of conntrack's is over


class Failure(Exception):
    pass


def check(good, *words):
    if not good:
        raise Failure(" ".join(str(word) for word in words))


def router(*words):
    with ROUTER:
        return subprocess.run(words, check=True, capture_output=True,
                              text=True).stdout


def natctl(*words):
    return json.loads(subprocess.check_output(
        [os.environ["NATCTL"], "-n", os.environ["ROUTER"], "-j", *words]))


def counted(reason):
    return sum(row["count"] for row in natctl("show", "statistics")["reasons"]
               if reason in (row.get("name"), row.get("reason")))


def receive(sock, timeout=PATIENCE):
    sock.settimeout(timeout)
    try:
        data, peer = sock.recvfrom(4096)
    except socket.timeout:
        return None, None
    return data, peer[:2]


def drain(*socks):
    for sock in socks:
        while receive(sock, 0.01)[0]:
            pass


def delivered(data, sender, target, expected, *others):
    """A datagram from @sender to @target comes to @expected and to nobody else.
    Return: who it came from"""
    sender.sendto(data, target)
    got, peer = receive(expected)
    check(got == data, "to", target, "came", got, "at", expected.getsockname())
    for sock in others:
        got, _ = receive(sock, ANSWER)
        check(not got, "came", got, "at", sock.getsockname())
    return peer


class Phone:
    count = 0

    def __init__(self, host, address, port=5060):
        self.host, self.address, self.port = host, address, port
        self.sock = host.udp(port, 4, address)
        Phone.count += 1
        self.id = "%d-%d" % (os.getpid(), Phone.count)
        self.cseq = 0

    def request(self, method, server, body="", call=""):
        self.cseq += 1
        user = self.id
        if method == "REGISTER":        # one account at each provider
            user += "-" + server
        return (
            "%s sip:%s SIP/2.0\r\n"
            "Via: SIP/2.0/UDP %s:%d;branch=z9hG4bK%s-%d;rport\r\n"
            "From: <sip:%s@example>;tag=%s\r\nTo: <sip:%s@example>\r\n"
            "Call-ID: %s%s@example\r\nCSeq: %d %s\r\n"
            "Contact: <sip:u@%s:%d>\r\nMax-Forwards: 70\r\n%s%s"
            "Content-Length: %d\r\n\r\n%s" % (
                method, server, self.address, self.port, self.id, self.cseq,
                user, self.id, user if method == "REGISTER" else "b",
                user, call, self.cseq, method, self.address, self.port,
                "Expires: 3600\r\n" if method == "REGISTER" else "",
                "Content-Type: application/sdp\r\n" if body else "",
                len(body), body)).encode()

    def register(self, provider):
        """Return: where the provider has seen it, and its contact"""
        server = provider.getsockname()[0]
        self.sock.sendto(self.request("REGISTER", server), (server, 5060))
        data, self.seen = receive(provider)
        check(data, "no REGISTER came to", server)
        text = data.decode()
        contact = re.search(r"Contact: <sip:u@([\d.]+):?(\d*)>", text)
        check(contact, "no contact in", text)
        self.contact = contact[1], int(contact[2] or 5060)
        provider.sendto(answer(text), self.seen)
        data, _ = receive(self.sock)
        check(data and data.startswith(b"SIP/2.0 200"), "answered", data)
        return self.seen, self.contact

    def offer(self, provider, port, far, call="c"):
        """Call; the far side's media is at @far. Return: the public media"""
        server = provider.getsockname()[0]
        self.sock.sendto(self.request("INVITE", server, sdp(self.address, port),
                                      call), (server, 5060))
        data, self.seen = receive(provider)
        check(data, "no INVITE came to", server)
        text = data.decode()
        provider.sendto(answer(text, sdp(*far)), self.seen)
        data, _ = receive(self.sock)
        check(data and data.startswith(b"SIP/2.0 200"), "answered", data)
        self.contact = re.search(r"Contact: <sip:u@([\d.]+):?(\d*)>", text)
        self.contact = self.contact[1], int(self.contact[2] or 5060)
        return (re.search(r"c=IN IP4 (\S+)", text)[1],
                int(re.search(r"m=audio (\d+)", text)[1]))


def sdp(address, port):
    return ("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
            "m=audio %d RTP/AVP 0\r\n" % (address, address, port))


def answer(text, body=""):
    lines = [line for line in text.split("\r\n") if
             re.match("(Via|From|To|Call-ID|CSeq):", line)]
    lines = [line + ";tag=b" if line.startswith("To:") and
             "tag=" not in line else line for line in lines]
    if "REGISTER" in text.split(" ", 1)[0]:
        contact = re.search("Contact: (<[^>]*>)", text)[1]
        lines.append("Contact: %s;expires=3600" % contact)
    else:
        lines.append("Contact: <sip:b@%s>" % os.environ["SERVER4"])
    if body:
        lines.append("Content-Type: application/sdp")
    return ("SIP/2.0 200 OK\r\n%s\r\nContent-Length: %d\r\n\r\n%s" % (
        "\r\n".join(lines), len(body), body)).encode()


def ping(provider, phone, *others):
    """The provider calls a phone at its contact, and reaches that one"""
    drain(phone.sock, *(other.sock for other in others))
    text = ("OPTIONS sip:u@%s:%d SIP/2.0\r\n"
            "Via: SIP/2.0/UDP %s:5060;branch=z9hG4bKo%s-%d\r\n"
            "From: <sip:p@example>;tag=p\r\nTo: <sip:%s@example>\r\n"
            "Call-ID: o%s-%d@example\r\nCSeq: 1 OPTIONS\r\n"
            "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n" % (
                *phone.contact, provider.getsockname()[0], phone.id,
                time.monotonic_ns(), phone.id, phone.id,
                time.monotonic_ns())).encode()
    provider.sendto(text, phone.contact)
    data, _ = receive(phone.sock)
    check(data and data.startswith(b"OPTIONS"), "the call to", phone.contact,
          "did not come to", phone.address, "but", data)
    for other in others:
        data, _ = receive(other.sock, ANSWER)
        check(not data, "the call to", phone.contact, "came to", other.address)


def silent():
    """Two phones on 5060 and one provider; the first one's mapping ends"""
    provider = SERVER.udp(5060)
    a, b = Phone(PHONE, PHONE.address()), Phone(PHONE, SECOND)
    a.register(provider)
    time.sleep(SILENCE)
    b.register(provider)
    check(a.contact != b.contact, "both are registered at", a.contact)
    check(b.seen != a.contact, "the second phone left by the first one's door")
    ping(provider, a, b)
    ping(provider, b, a)
    # whoever speaks next does so by its own door
    time.sleep(SILENCE)
    check(a.register(provider)[0] == a.contact, "came from", a.seen)
    ping(provider, b, a)


def strangers():
    """Not only phones: nobody else's flow leaves by a door"""
    provider = SERVER.udp(5060)
    a = Phone(PHONE, PHONE.address())
    a.register(provider)
    time.sleep(SILENCE)
    other, remote = PHONE.udp(5060, 4, SECOND), SERVER.udp(7000)
    other.sendto(b"x", (SERVER.address(), 7000))
    data, peer = receive(remote)
    check(data == b"x" and peer[0] == WAN, "came", data, peer)
    check(peer != a.contact, "it left by the phone's door")
    remote.sendto(b"y", peer)
    check(receive(other)[0] == b"y", "no answer came back")
    # and another one of the same source by the same port
    second = SERVER.udp(7001)
    other.sendto(b"z", (SERVER.address(), 7001))
    check(receive(second)[1] == peer, "another port toward another remote")


def providers():
    """Two phones with one source port, and two providers"""
    one, two = SERVER.udp(5060), SERVER.udp(5060, 4, server_address(3))
    a, b = Phone(PHONE, PHONE.address()), Phone(PHONE, SECOND)
    a.register(one)
    b.register(two)
    check(a.contact != b.contact, "both are registered at", a.contact)
    ping(one, a, b)
    ping(two, b, a)
    far = SERVER.udp(20000, 4, server_address(4))
    b.offer(two, 30000, far.getsockname())
    check(b.contact != a.contact, "the call names the other one's door")


def exempted():
    """A rule exempts a destination"""
    provider, site = SERVER.udp(5060), SERVER.udp(5060, 4, server_address(7))
    a = Phone(PHONE, PHONE.address())
    a.register(provider)
    a.sock.sendto(b"inside", site.getsockname())
    data, peer = receive(site)
    check(data == b"inside" and peer == (a.address, 5060), "came", data,
          "from", peer)
    site.sendto(b"back", peer)
    check(receive(a.sock)[0] == b"back", "no answer came back")


def policy():
    """A policy of XFRM encrypts, and its packets are exempted"""
    provider, site = SERVER.udp(5060), SERVER.udp(5060, 4, server_address(7))
    a = Phone(PHONE, PHONE.address())
    a.register(provider)
    with SERVER:
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 50)
    a.sock.sendto(b"secret", site.getsockname())
    data, _ = receive(raw)
    check(data and data[9] == 50, "no ESP came")
    data, peer = receive(site)
    check(data == b"secret" and peer == (a.address, 5060), "came", data,
          "from", peer)


def wans():
    """Two WANs; the way changes and changes back"""
    provider = SERVER.udp(5060)
    a, b = Phone(PHONE, PHONE.address()), Phone(PHONE, SECOND)
    for way, public in (("via 203.0.113.9 dev wan", WAN),
                        ("via 203.0.114.9 dev wan2", WAN2),
                        ("via 203.0.113.9 dev wan", WAN)):
        router("ip", "route", "replace", SERVER.address(), *way.split())
        # what masquerade and the mappings' time do
        time.sleep(SILENCE)
        for phone in (a, b):
            seen, contact = phone.register(provider)
            check(seen[0] == public, phone.address, "came from", seen)
            check(contact[0] == public, phone.address, "names", contact)
        check(a.contact != b.contact, "both are registered at", a.contact)
        ping(provider, a, b)
        ping(provider, b, a)
        far = SERVER.udp(20000, 4, server_address(5))
        media = PHONE.udp(30000)
        heard = a.offer(provider, 30000, far.getsockname(), way[-4:])
        check(heard[0] == public, "the call names", heard)
        check(delivered(b"rtp", media, (SERVER.address(), 5060),
                        provider) == heard, "media left otherwise than named")


def partner():
    """A rule for another device"""
    provider, site = SERVER.udp(5060), SERVER.udp(5060, 4, server_address(8))
    a = Phone(PHONE, PHONE.address())
    a.register(provider)
    router("ip", "route", "replace", server_address(8), "via", "203.0.114.9",
           "dev", "wan2")
    a.sock.sendto(b"partner", site.getsockname())
    data, peer = receive(site)
    check(data == b"partner" and peer[0] == WAN2, "came", data, "from", peer)


def pool():
    """Several public addresses, and the rule does not keep to one for a host:
    the far end expects what the message said"""
    provider, media = SERVER.udp(5060), PHONE.udp(30000)
    a = Phone(PHONE, PHONE.address())
    for n in range(6):
        far = SERVER.udp(20000, 4, server_address(10 + n))
        heard = a.offer(provider, 30000, far.getsockname(), "p%d" % n)
        media.sendto(b"rtp", far.getsockname())
        data, peer = receive(far)
        check(data == b"rtp" and peer == heard, "media came from", peer,
              "the offer said", heard)


def addresses():
    """One inside endpoint known by two public addresses: each provider hears of
    the one that it sees"""
    one, two = SERVER.udp(5060), SERVER.udp(5060, 4, server_address(20))
    a = Phone(PHONE, PHONE.address())
    for _ in range(2):
        for provider, public in ((one, WAN), (two, "203.0.113.2")):
            seen, contact = a.register(provider)
            check(seen[0] == public and contact[0] == public, "seen as", seen,
                  "names", contact)
            ping(provider, a)
            time.sleep(SILENCE)
    far = SERVER.udp(20000, 4, server_address(21))
    heard = a.offer(two, 30000, far.getsockname(), "n")
    check(heard[0] == "203.0.113.2" and a.contact[0] == "203.0.113.2",
          "the call names", heard, a.contact)


def exposed():
    """An exposed host gets what nobody has named"""
    provider, dmz = SERVER.udp(5060), DESK.udp(5060)
    a = Phone(PHONE, PHONE.address())
    a.register(provider)
    time.sleep(SILENCE)
    provider.sendto(b"OPTIONS sip:u@example SIP/2.0\r\n\r\n", a.contact)
    check(receive(a.sock)[0], "what the registrar sends is swallowed")
    media, other = PHONE.udp(30000), DESK.udp(30000)
    far = SERVER.udp(20000, 4, server_address(5))
    heard = a.offer(provider, 30000, far.getsockname())
    wild = DESK.socket(4, socket.SOCK_DGRAM)
    wild.bind(("", heard[1])) if heard[1] != 30000 else None
    at = wild if heard[1] != 30000 else other
    delivered(b"named", far, heard, media, at)
    stranger = SERVER.udp(20000, 4, server_address(6))
    delivered(b"anybody", stranger, heard, at, media)
    drain(dmz)


def forwarded():
    """A port forward stays the administrator's, whatever a message asks for"""
    provider, vpn = SERVER.udp(5060), DESK.udp(30194)
    a = Phone(PHONE, PHONE.address())
    client = SERVER.udp(1194, 4, server_address(9))
    media = PHONE.udp(30194)
    delivered(b"before", client, (WAN, 30194), vpn)
    far = SERVER.udp(20000, 4, server_address(5))
    heard = a.offer(provider, 30194, far.getsockname())
    fresh = SERVER.udp(1195, 4, server_address(9))
    delivered(b"after", fresh, (WAN, 30194), vpn, media)
    delivered(b"media", far, heard, media, vpn)


def local(*more):
    """A program on the router opens a port that was bound before"""
    provider, media = SERVER.udp(5060), PHONE.udp(30300)
    a = Phone(PHONE, PHONE.address())
    far = SERVER.udp(20000, 4, server_address(5))
    heard = a.offer(provider, 30300, far.getsockname())
    delivered(b"1", far, heard, media)
    how = sys.argv[2] if len(sys.argv) > 2 else "address"
    family = socket.AF_INET6 if how.startswith("dual") else socket.AF_INET
    before = counted("local-socket")
    with ROUTER:
        own = socket.socket(family, socket.SOCK_DGRAM)
    if how == "device":
        own.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"wan")
    if how == "dual":
        own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    own.bind((WAN if how == "address" else "", heard[1]))
    # named, and not named
    for n, data in enumerate((b"named", b"anybody")):
        sender = SERVER.udp(20002 + n, 4, server_address(5 + n))
        sender.sendto(data, heard)
        check(receive(own)[0] == data, "the program on the router was robbed")
        check(not receive(media, ANSWER)[0], "the phone got it")
    check(counted("local-socket") > before, "not counted")
    own.close()
    again = SERVER.udp(20004, 4, server_address(5))
    delivered(b"2", again, heard, media)


def v6only():
    """A socket of IPv6 alone does not wait for IPv4"""
    provider, media = SERVER.udp(5060), PHONE.udp(30310)
    a = Phone(PHONE, PHONE.address())
    far = SERVER.udp(20000, 4, server_address(5))
    heard = a.offer(provider, 30310, far.getsockname())
    with ROUTER:
        own = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    own.bind(("", heard[1]))
    delivered(b"1", far, heard, media)


def router_itself():
    """The router itself sends to a public endpoint"""
    provider, media = SERVER.udp(5060), PHONE.udp(30320)
    a = Phone(PHONE, PHONE.address())
    far = SERVER.udp(20000, 4, server_address(5))
    heard = a.offer(provider, 30320, far.getsockname())
    own = ROUTER.udp(30322, 4, "10.0.0.1")
    delivered(b"1", own, heard, media)


if __name__ == "__main__":
    try:
        globals()[sys.argv[1]]()
    except Failure as failure:
        sys.exit(str(failure))
