#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Who uses up a limit takes nothing from the others.

limits.py --count       how many results there are
limits.py               all of them

Fifty phones are registered and have calls, all the time. For each limit an
attacker sends 1,000 packets a second that use it up: one inside with two
addresses, one outside with one, one outside with very many. The outside reaches
one of the phones, a PBX, through ports that are forwarded to it, and the PBX
answers nobody but its provider. A call is disturbed if a message of it is lost,
refused or untranslated, or if its media does not arrive both ways.
"""

import heapq
import os
import random
import select
import socket
import struct
import sys
import time

import siptext
from netns import Host
from pbx import GATEWAY, PROVIDER, RTP, SIP, WAN, World, natctl

FULL = bool(os.environ.get("FULL"))
RATE, SECONDS = 1000, 60 if FULL else 2
PHONES, PBX = 50, 0
FORWARDED = 5070		# to the PBX's 5060
SILENT = "198.18.251.1"
ATTACKERS = ("inside, two addresses", "outside, one address",
             "outside, many addresses")
INSIDE, ONE, MANY = range(3)
DICE = random.Random(4)

# A Setup of a call with fast start, as Asterisk 16 sends it from 10.0.0.2
SETUP = bytes.fromhex(
    "030001010802000d0504038090a32807696e7369646500700481323030"
    "7e00e10520b8060008914a00040240050069006e0073006900640065010043322cb80000"
    "27056f6f6833323306 76302e382e336d000101005330cb00710906b80010"
    "1112131415161718191a1b1c1d1e1f00d51d980007000a0000022efe11006f6f6833323363"
    "2ddeb52ce5c73f00ca63041d4003e8060401004c6013801114000100"
    "0a000002277e000a000002277f120003e90c6013800a040001000a000002277f"
    "1d4003ea060401004c2013801114000100"
    "0a000002277e000a000002277f120003eb0c2013800a040001000a000002277f"
    "01000100010001000100010001001080 0180")
GUID = bytes(range(0x10, 0x20))


def inside(n):
    return "10.0.0.%d" % (50 + n)


class Phone:
    def __init__(self, n, host):
        self.n, self.address = n, inside(n)
        self.socket = host.udp(SIP, address=self.address)
        self.door = None


class Call:
    """@out: the phone begins it"""

    def __init__(self, n, phone):
        self.n, self.phone, self.out = n, phone, n % 2 == 0
        self.id = "o%d" % n
        self.port = 20000 + n % 10000 * 2
        self.contact = "sip:o%d@%s:5060" % (n, phone.address)
        self.target = self.public = self.to = None
        self.wrong = None
        self.over = False


class Scene:
    def __init__(self):
        self.home, self.server = Host("PHONE"), Host("SERVER")
        self.world = World(self.server)
        self.phones = [Phone(n, self.home) for n in range(PHONES)]
        self.poll = select.poll()
        self.heard = {}
        self.watch(self.world.socket, self.outside_heard)
        for phone in self.phones:
            self.watch(phone.socket, lambda p=phone: self.inside_heard(p))
        self.events, self.order = [], 0
        self.calls, self.number = {}, 0
        self.good, self.bad = 0, []
        with self.home:
            self.raw_in = self.raw()
        with self.server:
            self.raw_out = self.raw()
        self.streams = []
        self.most_memory = 0

    @staticmethod
    def raw():
        return socket.socket(socket.AF_INET, socket.SOCK_RAW,
                             socket.IPPROTO_RAW)

    def watch(self, sock, heard):
        sock.setblocking(False)
        self.poll.register(sock, select.POLLIN)
        self.heard[sock.fileno()] = heard

    # --- time ----------------------------------------------------------------

    def at(self, seconds, action, *args):
        self.order += 1
        heapq.heappush(self.events, (time.monotonic() + seconds, self.order,
                                     action, args))

    def run(self, seconds):
        until = time.monotonic() + seconds
        while True:
            now = time.monotonic()
            while self.events and self.events[0][0] <= now:
                _, _, action, args = heapq.heappop(self.events)
                action(*args)
            if now >= until:
                return
            then = min(until, self.events[0][0]) if self.events else until
            for fd, _ in self.poll.poll(max(0, (then - now) * 1000) + 1):
                for _ in range(64):
                    try:
                        self.heard[fd]()
                    except BlockingIOError:
                        break

    # --- ordinary phones -----------------------------------------------------

    def register(self, phone, n):
        phone.door = None
        phone.socket.sendto(siptext.request(
            "REGISTER", "sip:" + PROVIDER, phone.address, "r%d" % phone.n, n,
            "<sip:p%d@example.com>;tag=r" % phone.n,
            "<sip:p%d@example.com>" % phone.n,
            "sip:p%d@%s:5060" % (phone.n, phone.address),
            more=["Expires: 3600"]), (PROVIDER, SIP))

    def begin(self, phone):
        self.number += 1
        call = Call(self.number, phone)
        self.calls[call.id] = call
        if call.out:
            phone.socket.sendto(siptext.request(
                "INVITE", "sip:x@" + PROVIDER, phone.address, call.id, 1,
                "<sip:p@example.com>;tag=in", "<sip:x@example.com>",
                call.contact, siptext.sdp(phone.address, call.port)),
                (PROVIDER, SIP))
        elif phone.door:
            self.world.send(siptext.request(
                "INVITE", "sip:p%d@%s:%d" % (phone.n, *phone.door), PROVIDER,
                call.id, 1, "<sip:x@example.com>;tag=far",
                "<sip:p%d@example.com>" % phone.n,
                "sip:gw@%s:5060" % GATEWAY, siptext.sdp(GATEWAY, RTP)),
                PROVIDER, phone.door)
        else:
            call.wrong = "not registered"
        self.at(0.3, self.speak, call)
        self.at(0.6, self.end, call)
        self.at(1.5, self.judge, call)

    def speak(self, call):
        if not call.public:
            call.wrong = call.wrong or "never came up"
            return
        word = b"\x80\x00" + call.id.encode()
        with self.home.udp(call.port, address=call.phone.address) as sock:
            sock.settimeout(0.2)
            self.world.media.settimeout(0.2)
            try:
                self.world.media.sendto(word, call.public)
                came = sock.recv(100) == word
                sock.sendto(word, (GATEWAY, RTP))
                came &= self.world.media.recvfrom(100) == (word, call.public)
            except TimeoutError:
                came = False
        if not came:
            call.wrong = call.wrong or "no media"

    def end(self, call):
        if not call.target:
            return
        if call.out:		# the far side, from its own host
            self.world.send(siptext.request(
                "BYE", "sip:o%d@%s:%d" % (call.n, *call.target), GATEWAY,
                call.id, 2, "<sip:x@example.com>;tag=far",
                "<sip:p@example.com>;tag=in"), GATEWAY, call.target)
        else:
            call.phone.socket.sendto(siptext.request(
                "BYE", "sip:gw@%s" % PROVIDER, call.phone.address, call.id, 2,
                "<sip:p@example.com>;tag=in", "<sip:x@example.com>;tag=far"),
                (PROVIDER, SIP))

    def judge(self, call):
        if not call.over:
            call.wrong = call.wrong or "its BYE has no answer"
        if call.wrong:
            self.bad.append(call.wrong)
        else:
            self.good += 1
        del self.calls[call.id]

    def outside_heard(self):
        data, source, own = self.world.receive()
        if b"\r\n\r\n" not in data or own == SILENT:
            return
        head = siptext.parse(data)
        if head["Call-ID"][0] == "a":
            if not head["status"] and head["method"] != "ACK":
                self.world.send(siptext.response("200 OK", head, "far"), own,
                                source)
            return
        if head["Call-ID"][0] == "r":
            contact = head["Contact"].split(";")[0].strip("<>")
            if b"10.0.0." in data:
                self.bad.append("REGISTER untranslated")
            else:
                phone = self.phones[int(head["Call-ID"][1:])]
                phone.door = siptext.endpoint(contact)
            self.world.send(siptext.response(
                "200 OK", head, "r", contact, more=["Expires: 3600"]), own,
                source)
            return
        call = self.calls.get(head["Call-ID"])
        if not call:
            return
        if b"10.0.0." in data:
            call.wrong = call.wrong or "untranslated"
        if head["method"] == "INVITE" and (head["status"] == 200 or
                                           not head["status"]):
            call.target = siptext.endpoint(head["Contact"])
            call.public = siptext.audio(data)
        if head["method"] == "INVITE" and not head["status"]:
            self.world.send(siptext.response(
                "200 OK", head, "far", "sip:gw@%s:5060" % GATEWAY,
                siptext.sdp(GATEWAY, RTP)), own, source)
        elif head["method"] == "INVITE":
            self.world.send(siptext.request(
                "ACK", head["Contact"].strip("<>"), PROVIDER, call.id, 1,
                head["From"], head["To"]), PROVIDER, source)
        elif head["method"] == "BYE" and head["status"]:
            call.over = True
        elif head["method"] == "BYE":
            self.world.send(siptext.response("200 OK", head), own, source)

    def inside_heard(self, phone):
        data, source = phone.socket.recvfrom(4096)
        if b"\r\n\r\n" not in data:
            return
        head = siptext.parse(data)
        call = self.calls.get(head["Call-ID"])
        if not call:
            return
        if head["status"]:
            if not head["Via"].startswith("SIP/2.0/UDP %s:5060;" %
                                          phone.address):
                call.wrong = call.wrong or "its Via does not come back"
            if head["method"] == "BYE":
                call.over = True
            elif head["method"] == "INVITE" and head["status"] == 200:
                phone.socket.sendto(siptext.request(
                    "ACK", "sip:gw@" + PROVIDER, phone.address, call.id, 1,
                    head["From"], head["To"]), source)
        elif head["method"] == "INVITE":
            if head["uri"] != "sip:p%d@%s:5060" % (phone.n, phone.address):
                call.wrong = call.wrong or "its Contact does not come back"
            phone.socket.sendto(siptext.response(
                "200 OK", head, "in", call.contact,
                siptext.sdp(phone.address, call.port)), source)
        elif head["method"] == "BYE":
            if head["uri"] != call.contact:
                call.wrong = call.wrong or "its Contact does not come back"
            phone.socket.sendto(siptext.response("200 OK", head), source)

    # --- what attackers send -------------------------------------------------

    def source(self, who):
        if who == INSIDE:
            return "10.0.0.%d" % DICE.choice((201, 202))
        if who == ONE:
            return "198.18.200.1"
        return "198.18.%d.%d" % (DICE.randrange(100, 200),
                                 DICE.randrange(1, 255))

    def packet(self, who, source, target, protocol, data):
        head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, protocol, 0,
                           socket.inet_aton(source), socket.inet_aton(target))
        try:
            (self.raw_in if who == INSIDE else self.raw_out).sendto(
                head + data, (target, 0))
        except BlockingIOError:
            pass

    def datagram(self, who, target, data, port=None, source=None):
        """From a port of its own"""
        port = port or DICE.randrange(1024, 65536)
        source = source or self.source(who)
        address, number = target if who == INSIDE else (WAN, FORWARDED)
        self.packet(who, source, address, socket.IPPROTO_UDP, struct.pack(
            ">HHHH", port, number, 8 + len(data), 0) + data)

    def sip(self, who, method, target=PROVIDER, port=None, body=None,
            contact=None):
        """A message of an attacker, with an identity of its own"""
        self.number += 1
        own, n = self.source(who), self.number
        port = port or DICE.randrange(1024, 65536)
        self.datagram(who, (target, SIP), siptext.request(
            method, "sip:x@" + target, own, "a%d" % n, 1,
            "<sip:%d@example.com>;tag=%d" % (n, n), "<sip:x@example.com>",
            "sip:%d@%s:%d" % (n, own if who == INSIDE else GATEWAY,
                              contact or port),
            body(own) if body else ""), port, own)

    def sessions(self, who):
        self.sip(who, "OPTIONS")

    def unanswered(self, who):
        self.sip(who, "OPTIONS", SILENT)

    def one_media(self, own):
        return siptext.sdp(own, DICE.randrange(1024, 32760) * 2)

    def eight_media(self, own):
        return siptext.sdp(own, DICE.randrange(1024, 32000) * 2) + "".join(
            "m=audio %d RTP/AVP 0\r\n" % (DICE.randrange(1024, 32000) * 2)
            for _ in range(7))

    def invites(self, who):
        self.sip(who, "INVITE", port=SIP, body=self.one_media)

    def bindings(self, who):
        self.sip(who, "INVITE", port=SIP, body=self.eight_media)

    def offers(self, who):
        self.sip(who, "INVITE", SILENT, SIP, self.one_media)

    def texts(self, who):
        self.sip(who, DICE.choice(("OPTIONS", "INVITE", "SUBSCRIBE")), SILENT,
                 SIP)

    def doors(self, who):
        port = DICE.randrange(1024, 65536)
        self.sip(who, "REGISTER", port=port)

    def esp(self, who):
        target = WAN if who != INSIDE else "198.18.%d.%d" % (
            DICE.randrange(100, 200), DICE.randrange(1, 255))
        self.packet(who, self.source(who), target, socket.IPPROTO_ESP,
                    struct.pack(">II", DICE.randrange(256, 1 << 32), 1) +
                    bytes(60))

    def stream(self, who, port, forwarded, begin, data):
        """One more piece on one of a hundred connections; who sends from
        addresses that are not its own gets no further than SYN"""
        if who == MANY:
            self.packet(who, self.source(who), WAN, socket.IPPROTO_TCP,
                        struct.pack(">HHIIBBHHH", DICE.randrange(1024, 65536),
                                    forwarded, DICE.randrange(1 << 32), 0,
                                    0x50, 2, 1024, 0, 0))
            return
        if len(self.streams) < 100:
            own = self.source(who)
            sock = (self.home if who == INSIDE else self.server).tcp(
                0, address=own)
            sock.setblocking(False)
            try:
                sock.connect((PROVIDER, port) if who == INSIDE else
                             (WAN, forwarded))
            except BlockingIOError:
                pass
            self.streams.append([sock, begin])
            return
        one = DICE.choice(self.streams)
        try:
            one[0].send(one[1] or data())
            one[1] = b""
        except OSError:
            one[0].close()
            self.streams.remove(one)

    def memory(self, who):
        self.stream(who, SIP, FORWARDED, siptext.request(
            "INVITE", "sip:x@" + PROVIDER, self.source(who), "a", 1,
            "<sip:a@a>;tag=a", "<sip:b@b>").replace(
                b"Content-Length: 0", b"Content-Length: 60000"),
            lambda: b"x" * 500)

    def h323(self, who):
        def setup():
            return SETUP.replace(GUID, DICE.randbytes(16)).replace(
                b"\x0a\0\0\x02", socket.inet_aton(self.source(who)))
        self.stream(who, 1720, 1720, setup(), setup)

    # --- rows ----------------------------------------------------------------

    def limits(self):
        return {one["name"]: one for one in natctl("show", "limits")}

    def flood(self, send, who, until):
        for _ in range(RATE // 100):
            send(self, who)
        if time.monotonic() < until:
            self.at(0.01, self.flood, send, who, until)

    def ordinary(self, until, n):
        """Each phone has a call at a time, and registers now and then"""
        phone = self.phones[n % PHONES]
        if n % 150 < PHONES:
            self.register(phone, n)
            self.at(0.2, self.begin, phone)
        else:
            self.begin(phone)
        if time.monotonic() < until:
            self.at(0.04, self.ordinary, until, n + 1)

    def memory_seen(self, until):
        memory = self.limits()["memory"]
        self.most_memory = max(self.most_memory, memory["used"])
        if time.monotonic() < until:
            self.at(1, self.memory_seen, until)

    def row(self, name, resource, send, who):
        before = self.limits()
        resource = resource if resource in before else "bindings"
        self.good, self.bad, self.most_memory = 0, [], 0
        until = time.monotonic() + SECONDS
        if send:
            self.flood(send, who, until)
        self.ordinary(until, 0)
        self.memory_seen(until)
        self.run(SECONDS + 3)
        for sock, _ in self.streams:
            sock.close()
        self.streams = []
        after = self.limits()
        got = "%d of %d used, met %d times" % (
            after[resource]["used"], after[resource]["maximum"],
            after[resource]["refused"] - before[resource]["refused"])
        return got, self.most_memory, after["memory"]["maximum"]


ROWS = (
    ("sessions", "sessions", Scene.sessions),
    ("unanswered sessions", "unanswered", Scene.unanswered),
    ("calls", "calls", Scene.invites),
    ("bindings", "bindings", Scene.bindings),
    ("public ports", "public-ports", Scene.invites),
    ("offered ports", "offered-ports", Scene.offers),
    ("texts", "texts", Scene.texts),
    ("memory", "memory", Scene.memory),
    ("doors-per-minute", "bindings", Scene.doors),
    ("H.323 calls", "calls", Scene.h323),
    ("ESP tunnels", "tunnels", Scene.esp),
)


def main():
    if "--count" in sys.argv:
        print(1 + len(ROWS) * len(ATTACKERS))
        return
    only = sys.argv[1:]
    scene = Scene()
    listeners = []
    for host, port, address in ((scene.server, SIP, PROVIDER),
                                (scene.server, 1720, PROVIDER),
                                (scene.home, SIP, inside(PBX)),
                                (scene.home, 1720, inside(PBX))):
        listeners.append(host.listener(port, address=address))
    rows = [("nothing", "sessions", None, 0)]
    rows += [(name, resource, send, who) for name, resource, send in ROWS
             if not only or name in only for who in range(len(ATTACKERS))]
    table = []
    for name, resource, send, who in rows:
        got, memory, maximum = scene.row(name, resource, send, who)
        attacker = ATTACKERS[who] if send else "nobody"
        calls = scene.good + len(scene.bad)
        for what in sorted(set(scene.bad)):
            print("# %d times: %s" % (scene.bad.count(what), what))
        good = calls and not scene.bad and memory <= maximum
        print("%s - %s: %s: %d ordinary calls, %d disturbed" % (
            "ok" if good else "not ok", name, attacker, calls,
            len(scene.bad)), flush=True)
        table.append((name, attacker, got, "%d of %d" % (len(scene.bad),
                                                         calls)))
    for line in (("limit", "attacker", "what there is of it afterwards",
                  "disturbed"), *table):
        print("# %-20s %-24s %-44s %s" % line)


if __name__ == "__main__":
    main()
