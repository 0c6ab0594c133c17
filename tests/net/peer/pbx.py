#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A large PBX and a session border controller behind the router.

pbx.py pbx --phones N --rate N --hold SECONDS --seconds N
    phones of the whole world register with the PBX, through a port that is
    forwarded to it. It has calls with a provider, in both directions, and with
    its phones; the caller's number stands in Contact, and the far Contact and
    the media are on another host than the provider's signalling.
pbx.py sbc --phones N
    an SBC registers so many phones at a provider, each with a Contact of its
    own; all are called

Every message that comes out is looked at for an address of the inside, every
one that comes in for what its receiver wrote. For one call in twenty media goes
both ways, the far side's first. At the end no limit may have been met.
"""

import argparse
import collections
import heapq
import json
import os
import select
import socket
import struct
import subprocess
import sys
import time

import siptext
from exchange import Failure
from netns import Host

PBX, WAN, PROVIDER = "10.0.0.2", "203.0.113.1", "203.0.113.9"
# The provider's media and the far end of its dialogs
GATEWAY = "198.18.250.1"
IP_PKTINFO, SIP, RTP = 8, 5060, 40000
REFRESH, ALIVE = 100, 25
# RFC 5626 section 4.4.1
KEEPALIVE = b"\r\n\r\n"


def phone_address(n):
    return "198.18.%d.%d" % (n // 250, n % 250 + 1)


class World:
    """All addresses of the outside on one socket, as the server owns them"""

    def __init__(self, host):
        self.socket = host.udp(SIP, address="0.0.0.0")
        self.socket.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)
        self.media = host.udp(RTP, address=GATEWAY)

    def send(self, data, source, target):
        info = struct.pack("=I4s4s", 0, socket.inet_aton(source), b"\0" * 4)
        self.socket.sendmsg([data], [(socket.IPPROTO_IP, IP_PKTINFO, info)], 0,
                            target)

    def receive(self):
        data, more, _, source = self.socket.recvmsg(4096, 64,
                                                    socket.MSG_DONTWAIT)
        return data, source, socket.inet_ntoa(more[0][2][8:12])


def natctl(*words):
    return json.loads(subprocess.run(
        [os.environ["NATCTL"], "-n", os.environ["ROUTER"], "-j", *words],
        check=True, capture_output=True).stdout)


def limit(name):
    for one in natctl("show", "limits"):
        if one["name"] == name:
            return one
    raise Failure("natctl show limits knows no %s" % name)


class Call:
    def __init__(self, n, kind):
        self.n, self.kind = n, kind
        self.id = "c%d" % n
        self.up = self.over = False
        self.port = 10000 + n % 12000 * 2
        self.target = self.public = self.remote = None


class Site:
    """The host behind the router, and everybody else"""

    def __init__(self, args):
        self.args = args
        self.inside = Host("PHONE").udp(SIP, address=PBX)
        self.inside.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)
        self.world = World(Host("SERVER"))
        self.poll = select.poll()
        self.poll.register(self.inside, select.POLLIN)
        self.poll.register(self.world.socket, select.POLLIN)
        self.events, self.order = [], 0
        self.calls, self.faults = {}, collections.Counter()
        self.shown = {}
        self.registered = {}
        self.asked = 0
        self.heard_media = [0, 0]

    # --- time ----------------------------------------------------------------

    def at(self, when, action, *args):
        self.order += 1
        heapq.heappush(self.events, (when, self.order, action, args))

    def run(self, until):
        """Do what is due, and hear what comes, until then"""
        while True:
            now = time.monotonic()
            while self.events and self.events[0][0] <= now:
                _, _, action, args = heapq.heappop(self.events)
                action(*args)
            if now >= until:
                return
            then = min(until, self.events[0][0]) if self.events else until
            for fd, _ in self.poll.poll(max(0, (then - now) * 1000) + 1):
                if fd == self.inside.fileno():
                    self.drain(self.inside_heard)
                else:
                    self.drain(self.outside_heard)

    def drain(self, heard):
        for _ in range(64):
            try:
                heard()
            except BlockingIOError:
                return

    def fault(self, what, data=b""):
        self.faults[what] += 1
        self.shown.setdefault(what, data)

    # --- what arrives --------------------------------------------------------

    def outside_heard(self):
        data, source, own = self.world.receive()
        if b"10.0.0." in data:
            self.fault("an inside address is seen outside", data)
        head = siptext.parse(data)
        if source[0] != WAN:
            self.fault("from %s" % source[0], data)
        if head["Call-ID"][0] == "r":
            self.outside_registers(data, head, source, own)
            return
        call = self.calls.get(head["Call-ID"])
        if not call:
            return
        if head["status"]:
            self.outside_answered(call, data, head)
        elif head["method"] == "INVITE":
            call.target = siptext.endpoint(head["Contact"])
            call.public = siptext.audio(data)
            who = GATEWAY if call.kind == "out" else own
            self.world.send(siptext.response(
                "200 OK", head, "far", "sip:gw%d@%s:5060" % (call.n, who),
                siptext.sdp(GATEWAY, RTP)), own, source)
        elif head["method"] == "ACK":
            self.begun(call)
        elif head["method"] == "BYE":
            self.world.send(siptext.response("200 OK", head), own, source)
            call.over = True

    def outside_answered(self, call, data, head):
        if head["status"] < 200:
            return
        if head["status"] != 200:
            self.fault("answer %d" % head["status"], data)
        elif head["method"] == "INVITE":
            call.target = siptext.endpoint(head["Contact"])
            call.public = siptext.audio(data)
            call.remote = head["To"]
            self.world.send(siptext.request(
                "ACK", head["Contact"].strip("<>"), PROVIDER, call.id, 1,
                head["From"], head["To"]), PROVIDER, (WAN, SIP))
            self.begun(call)
        else:
            call.over = True

    def inside_heard(self):
        data, source = self.inside.recvfrom(4096, socket.MSG_DONTWAIT)
        if data == KEEPALIVE:
            return
        head = siptext.parse(data)
        if head["status"] and head["Via"].split(";")[0] != (
                "SIP/2.0/UDP %s:5060" % PBX):
            self.fault("Via is not as it was", data)
        if head["Call-ID"][0] == "r":
            self.inside_registers(head, source)
            return
        call = self.calls.get(head["Call-ID"])
        if not call:
            return
        if head["status"]:
            if head["status"] < 200:
                return
            if head["status"] != 200:
                self.fault("answer %d" % head["status"], data)
            elif head["method"] == "INVITE":
                call.remote = head["To"]
                self.inside.sendto(siptext.request(
                    "ACK", head["Contact"].strip("<>"), PBX, call.id, 1,
                    head["From"], head["To"]), source)
                call.up = True
            else:
                call.over = True
        elif head["method"] == "INVITE":
            self.inside.sendto(siptext.response("180 Ringing", head, "in"),
                               source)
            self.inside.sendto(siptext.response(
                "200 OK", head, "in", "sip:+4930%d@%s:5060" % (call.n, PBX),
                siptext.sdp(PBX, call.port)), source)
        elif head["method"] == "ACK":
            call.up = True
        elif head["method"] == "BYE":
            if head["uri"] != "sip:+4930%d@%s:5060" % (call.n, PBX):
                self.fault("a Contact comes back as %s" % head["uri"].replace(
                    str(call.n), "N"), data)
            self.inside.sendto(siptext.response("200 OK", head), source)

    # --- registrations -------------------------------------------------------

    def phone_registers(self, n):
        """One of the phones outside, at the PBX"""
        own = phone_address(n)
        self.asked += 1
        self.world.send(siptext.request(
            "REGISTER", "sip:" + WAN, own, "r%d" % n, self.asked,
            "<sip:%d@pbx>;tag=%d" % (n, n), "<sip:%d@pbx>" % n,
            "sip:%d@%s:5060" % (n, own), more=["Expires: 3600"]),
            own, (WAN, SIP))
        self.at(time.monotonic() + REFRESH, self.phone_registers, n)
        for k in range(1, REFRESH // ALIVE):
            self.at(time.monotonic() + k * ALIVE, self.world.send, KEEPALIVE,
                    own, (WAN, SIP))

    def inside_registers(self, head, source):
        if head["status"]:		# the SBC's own
            self.registered[head["Call-ID"]] = head.get("Contact")
            return
        self.inside.sendto(siptext.response(
            "200 OK", head, "r", head["Contact"].strip("<>"),
            more=["Expires: 3600"]), source)

    def outside_registers(self, data, head, source, own):
        if head["status"]:
            if head["status"] == 200:
                self.registered[head["Call-ID"]] = own
            return
        self.contacts[head["Call-ID"]] = head["Contact"].split(";")[0].strip(
            "<>")
        self.world.send(siptext.response(
            "200 OK", head, "r", self.contacts[head["Call-ID"]],
            more=["Expires: 3600"]), own, source)

    # --- calls ---------------------------------------------------------------

    def begin(self, call):
        self.calls[call.id] = call
        if call.kind == "in":
            self.world.send(siptext.request(
                "INVITE", "sip:+4930%d@%s" % (call.n, WAN), PROVIDER, call.id,
                1, "<sip:caller@%s>;tag=far" % PROVIDER,
                "<sip:+4930%d@example.com>" % call.n,
                "sip:gw%d@%s:5060" % (call.n, GATEWAY),
                siptext.sdp(GATEWAY, RTP)), PROVIDER, (WAN, SIP))
        else:
            target = PROVIDER if call.kind == "out" else phone_address(
                call.n % self.args.phones)
            self.inside.sendto(siptext.request(
                "INVITE", "sip:x@%s" % target, PBX, call.id, 1,
                "<sip:+4930%d@example.com>;tag=in" % call.n,
                "<sip:x@example.com>", "sip:+4930%d@%s:5060" % (call.n, PBX),
                siptext.sdp(PBX, call.port)), (target, SIP))
        self.at(time.monotonic() + self.args.hold, self.end, call)

    def begun(self, call):
        if not call.public or call.public[0] != WAN:
            self.fault("media at %s" % (call.public,))
        elif call.n % 20 == 0 or call.n % 20 == 7:
            self.at(time.monotonic() + 1, self.speak, call)

    def speak(self, call):
        word = b"\x80\x00 call %d" % call.n
        with Host("PHONE").udp(call.port, address=PBX) as phone:
            phone.settimeout(2)
            self.world.media.settimeout(2)
            try:
                self.world.media.sendto(word, call.public)
                good = phone.recv(100) == word
                self.heard_media[0] += good
                phone.sendto(word, (GATEWAY, RTP))
                good &= self.world.media.recvfrom(100) == (word, call.public)
                self.heard_media[1] += good
            except TimeoutError:
                good = False
        if not good:
            self.fault("a call without media")

    def end(self, call):
        """The far side ends what it began and every other call, from the host
        that its Contact names"""
        if not call.target:
            self.fault("a call that never came up")
            return
        if call.kind == "in" or (call.kind == "out" and call.n % 4 == 0):
            far = ("<sip:caller@%s>;tag=far" % PROVIDER
                   if call.kind == "in" else "<sip:x@example.com>;tag=far")
            mine = (call.remote if call.kind == "in" else
                    "<sip:+4930%d@example.com>;tag=in" % call.n)
            self.world.send(siptext.request(
                "BYE", "sip:+4930%d@%s:%d" % (call.n, *call.target), GATEWAY,
                call.id, 9, far, mine), GATEWAY, call.target)
        else:
            target = PROVIDER if call.kind == "out" else phone_address(
                call.n % self.args.phones)
            self.inside.sendto(siptext.request(
                "BYE", "sip:gw%d@%s:5060" % (call.n, target), PBX, call.id, 9,
                "<sip:+4930%d@example.com>;tag=in" % call.n, call.remote or
                "<sip:x@example.com>"), (target, SIP))
        self.at(time.monotonic() + 5, self.ended, call)

    def ended(self, call):
        if not call.over:
            self.fault("a %s call whose BYE is not answered" % call.kind)
        del self.calls[call.id]

    # --- the whole of it -----------------------------------------------------

    def judge(self):
        for one in natctl("show", "statistics")["reasons"]:
            if one["count"] and ("limit" in one["name"] or one["name"] in (
                    "no-memory", "no-public-port")):
                self.faults["reason %s" % one["name"]] += one["count"]
        if self.faults:
            raise Failure("\n".join("%d times: %s %s" % (
                n, what, self.shown.get(what, b"").decode()[:700])
                for what, n in self.faults.items()))

    def pbx(self):
        args = self.args
        start = time.monotonic()
        for n in range(args.phones):
            self.at(start + n * REFRESH / args.phones, self.phone_registers, n)
        self.run(start + REFRESH + 2)
        if len(self.registered) < args.phones:
            self.fault("%d of %d phones are registered" % (
                len(self.registered), args.phones))
        first = time.monotonic()
        total = int(args.rate * args.seconds)
        for n in range(total):
            self.at(first + n / args.rate, self.begin, Call(
                n, ("out", "in", "out", "in", "phone")[n % 5]))
        # When there are most of them, unless it is over before
        self.run(first + min(args.hold, args.seconds) - 1)
        used = {name: limit(name)["used"] for name in (
            "sessions", "calls", "bindings")}
        most = len(self.calls)
        self.run(first + args.seconds + args.hold + 6)
        print("figure: %d phones; %d calls, %d at a time: %d sessions, %d calls"
              " and %d bindings; media of %d and %d calls" % (
                  args.phones, total, most, used["sessions"], used["calls"],
                  used["bindings"], *self.heard_media))
        self.judge()

    def remembered(self):
        """What texts there are when all calls have lingered"""
        self.events.clear()
        time.sleep(400)
        subprocess.run([os.environ["NATCTL"], "-n", os.environ["ROUTER"],
                        "show", "limits"], check=True)
        texts = limit("texts")
        print("figure: texts: %d of %d" % (texts["used"], texts["maximum"]))
        if texts["used"] > 20:
            raise Failure("%d texts are left of no call" % texts["used"])

    def sbc(self):
        args = self.args
        self.contacts = {}
        start = time.monotonic()
        for n in range(args.phones):
            self.at(start + n / 200, self.inside.sendto, siptext.request(
                "REGISTER", "sip:" + PROVIDER, PBX, "r%d" % n, 1,
                "<sip:+4930%d@example.com>;tag=%d" % (n, n),
                "<sip:+4930%d@example.com>" % n,
                "sip:+4930%d@%s:5060" % (n, PBX), more=["Expires: 3600"]),
                (PROVIDER, SIP))
        self.run(start + args.phones / 200 + 2)
        wrong = [n for n in range(args.phones) if self.registered.get(
            "r%d" % n) != "<sip:+4930%d@%s:5060>" % (n, PBX)]
        if wrong:
            self.fault("%d phones are not registered as they asked" %
                       len(wrong))
        first = time.monotonic()
        for n in range(args.phones):
            self.at(first + n / args.rate, self.begin, Call(n, "in"))
        self.run(first + args.phones / args.rate + args.hold + 6)
        registered = limit("calls")["used"]
        print("figure: %d registrations, %d calls to them, %d registrations at "
              "the end, media of %d and %d" % (
                  args.phones, args.phones, registered, *self.heard_media))
        if registered < args.phones:
            self.fault("%d registrations are left" % registered)
        self.judge()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("pbx", "sbc", "texts"))
    parser.add_argument("--phones", type=int, default=500)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--hold", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=180)
    args = parser.parse_args()
    site = Site(args)
    if args.what == "texts":
        site.remembered()
    elif args.what == "pbx":
        site.pbx()
    else:
        site.sbc()


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
