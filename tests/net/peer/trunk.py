#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A SIP trunk: very many calls on one UDP flow or on one TCP connection.

trunk.py {udp|tcp} [--calls N] [--rate N] [--base PORT] [--limit BYTES]
trunk.py udp --survey    how many of the calls have media, and no more

Every second call is the server's, every second one of each side's has rport in
its Via. What each end receives is compared byte for byte. When all are up, RTP
and RTCP of each call go both ways, the server's first, so that no packet of
the phone has opened the way. One call is then ended: the others keep their
media, and admit a host that never spoke before. The rest end in random order.
"""

import argparse
import os
import random
import re
import select
import socket
import subprocess
import sys
import time

from dialog import content_length, difference
from exchange import Failure
from netns import Host, server_address

SO_RCVBUFFORCE = 33
# Calls that are set up or ended at one time; a slow machine has a lower rate
WINDOW = 100
SDP = ("v=0\r\no=- %d 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
       "m=audio %d RTP/AVP 0 8\r\na=sendrecv\r\n")
CALL_ID = re.compile(rb"\r\nCall-ID: (\d+)-")
AUDIO = re.compile(rb"\r\nm=audio (\d+) ")


class Call:
    """One call: who began it, how far it is, where its media is"""

    def __init__(self, n, base):
        self.n = n
        self.caller = "server" if n & 1 else "phone"
        self.rport = bool(n & 2)
        self.port = base + 2 * n        # of the phone's RTP
        self.public = None              # as the server was told
        self.up = self.ended = False
        self.begun = 0.0


class Line:
    """The one flow or connection, both its ends"""

    def __init__(self, kind, phone, server):
        self.tcp = kind == "tcp"
        if self.tcp:
            listener = server.listener(5060)
            inside = phone.tcp(41000)
            inside.connect((server.address(), 5060))
            outside, _ = listener.accept()
            outside.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            listener.close()
        else:
            inside, outside = phone.udp(5060), server.udp(5060)
            inside.connect((server.address(), 5060))
        self.peer = None        # of the phone, as the server sees it
        self.sock = {"phone": inside, "server": outside}
        self.buffer = {"phone": bytearray(), "server": bytearray()}
        self.poll = select.poll()
        for sock in self.sock.values():
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
            self.poll.register(sock, select.POLLIN)

    def send(self, who, text):
        if self.tcp:
            self.sock[who].sendall(text)
        elif who == "server":
            self.sock[who].sendto(text, self.peer)
        else:
            self.sock[who].send(text)

    def take(self, timeout):
        """What has come within so many seconds: [(receiver, message)]"""
        ready = {fd for fd, _ in self.poll.poll(max(0, timeout * 1000))}
        came = []
        for who, sock in self.sock.items():
            if sock.fileno() not in ready:
                continue
            if not self.tcp:
                while True:
                    try:
                        text, peer = sock.recvfrom(65536, socket.MSG_DONTWAIT)
                    except BlockingIOError:
                        break
                    if who == "server":
                        if self.peer not in (None, peer):
                            raise Failure("the flow is %s and %s" % (
                                self.peer, peer))
                        self.peer = peer
                    came.append((who, text))
                continue
            data, buffer = sock.recv(1 << 18), self.buffer[who]
            if not data:
                raise Failure("%s: the connection was closed" % who)
            buffer += data
            while buffer:
                whole = content_length(buffer[:8192])
                if whole is None:
                    break
                came.append((who, bytes(buffer[:whole])))
                del buffer[:whole]
        return came

    def source(self):
        if self.tcp:
            return self.sock["server"].getpeername()
        return self.peer


class Trunk:
    def __init__(self, args):
        self.phone, self.server = Host("PHONE"), Host("SERVER")
        self.args = args
        self.transport = args.transport.upper()
        self.own, self.far = self.phone.address(), self.server.address()
        self.public = os.environ.get("WAN4")
        self.line = Line(args.transport, self.phone, self.server)
        self.calls = [Call(n, args.base) for n in range(args.calls)]
        # what the phone writes, and what the server is to see instead
        self.inside = {"host": self.own, "via": "%s:%d" % (
            self.own, 41000 if self.line.tcp else 5060),
            "contact": self.own + ":5060"}
        self.outside = None
        self.faults = []
        self.media = {}
        for call in self.calls:
            self.media[call.n] = [self.phone.udp(call.port + k)
                                  for k in (0, 1)]
        self.remote = [self.server.udp(40000 + k) for k in (0, 1)]
        self.strangers = 0
        for sock in self.remote:
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)

    # --- messages, as one side sees them -------------------------------------

    def view(self, who):
        return self.inside if who == "phone" else self.outside

    def via(self, v, call, sender, n, echo=False):
        if sender == "server":
            return "Via: SIP/2.0/%s %s:5060;branch=z9hG4bKs%07d%d" % (
                self.transport, self.far, call.n, n)
        # with rport the phone's own text stays
        text = "Via: SIP/2.0/%s %s;branch=z9hG4bKp%07d%d" % (
            self.transport, (self.inside if call.rport else v)["via"],
            call.n, n)
        if call.rport:
            text += ";received=%s;rport=%d" % self.line.source() if echo \
                else ";rport"
        return text

    def contact(self, v, sender):
        return "Contact: <sip:%s;transport=%s>" % (
            "trunk@" + v["contact"] if sender == "phone" else
            "pbx@%s:5060" % self.far, self.transport.lower())

    def body(self, v, call, sender):
        if sender == "server":
            return SDP % (call.n, self.far, self.far, 40000)
        return SDP % (call.n, v["host"], v["host"],
                      call.port if v is self.inside else call.public)

    def text(self, start, headers, body=""):
        if body:
            headers = headers + ["Content-Type: application/sdp"]
        return ("\r\n".join([start, *headers, "Content-Length: %d" % len(
            body)]) + "\r\n\r\n" + body).encode()

    def ends(self, call, sender, cseq, tag=True):
        mine = "<sip:%07d@example.com>;tag=c%07d" % (call.n, call.n)
        other = "<sip:%07d@example.net>%s" % (
            call.n, ";tag=d%07d" % call.n if tag else "")
        if sender != call.caller:
            mine, other = other, mine
        return ["From: " + mine, "To: " + other,
                "Call-ID: %07d-%s@trunk" % (call.n, self.transport),
                "CSeq: " + cseq]

    def request(self, v, call, sender, method, n):
        uri = ("sip:trunk@" + v["contact"] if sender == "server" else
               "sip:pbx@%s:5060" % self.far)
        headers = [self.via(v, call, sender, n), "Max-Forwards: 70",
                   *self.ends(call, sender, "%d %s" % (n, method),
                              method != "INVITE")]
        if method != "INVITE":
            return self.text("%s %s SIP/2.0" % (method, uri), headers)
        return self.text("INVITE %s SIP/2.0" % uri, headers + [
            self.contact(v, sender)], self.body(v, call, sender))

    def ok(self, v, call, sender, method, n):
        """sender: of the request"""
        answerer = other(sender)
        headers = [self.via(v, call, sender, n, echo=True),
                   *self.ends(call, sender, "%d %s" % (n, method))]
        if method != "INVITE":
            return self.text("SIP/2.0 200 OK", headers)
        return self.text("SIP/2.0 200 OK", headers + [
            self.contact(v, answerer)], self.body(v, call, answerer))

    # --- the line ------------------------------------------------------------

    def register(self, expires, n):
        """The way in for the server's calls; how the outside sees the phone"""
        v = self.inside
        headers = ["Max-Forwards: 70", "From: <sip:t@example.com>;tag=r",
                   "To: <sip:t@example.com>", "Call-ID: register",
                   "CSeq: %d REGISTER" % n]
        text = self.text("REGISTER sip:example.com SIP/2.0", [
            "Via: SIP/2.0/%s %s;branch=z9hG4bKr%d" % (
                self.transport, v["via"], n), *headers,
            self.contact(v, "phone") + ";expires=%d" % expires])
        self.line.send("phone", text)
        got = self.one("server")
        if self.outside is None:
            self.outside = {
                "host": self.public,
                "via": re.search(rb"^Via: \S+ ([^;]*)", got,
                                 re.M).group(1).decode(),
                "contact": re.search(rb"^Contact: <sip:trunk@([^;]*)", got,
                                     re.M).group(1).decode()}
        ok = [h for h in got.decode().split("\r\n")[1:] if re.match(
            "Via|From|To|Call-ID|CSeq" + ("|Contact" if expires else ""), h)]
        self.line.send("server", self.text("SIP/2.0 200 OK", ok))
        self.one("phone")

    def one(self, who):
        came = self.line.take(10)
        if len(came) != 1 or came[0][0] != who:
            raise Failure("%s: no answer, but %r" % (who, came))
        return came[0][1]

    def begin(self, call):
        call.begun = time.monotonic()
        self.line.send(call.caller, self.request(
            self.view(call.caller), call, call.caller, "INVITE", 1))

    def end(self, call, who):
        call.begun = time.monotonic()
        self.line.send(who, self.request(self.view(who), call, who, "BYE",
                                         2))

    def heard(self, who, text):
        """One message has come: is it right, and what follows from it"""
        call = self.calls[int(CALL_ID.search(text).group(1))]
        sender, start = other(who), text[:text.index(b" ")]
        if start == b"SIP/2.0":
            method = re.search(rb"\r\nCSeq: \d+ (\w+)", text).group(1)
        else:
            method = start
        if who == "server" and b"\r\nm=audio " in text:
            call.public = int(AUDIO.search(text).group(1))
        if not self.args.survey:
            self.compare(who, sender, call, start, method.decode(), text)
        if start == b"INVITE":
            self.line.send(who, self.ok(self.view(who), call, sender,
                                        "INVITE", 1))
        elif start == b"BYE":
            self.line.send(who, self.ok(self.view(who), call, sender, "BYE",
                                        2))
        elif start == b"ACK":
            call.up = True
            self.done += 1
        elif method == b"INVITE":
            self.line.send(who, self.request(self.view(who), call, who,
                                             "ACK", 1))
        else:
            call.ended = True
            self.done += 1

    def compare(self, who, sender, call, start, method, text):
        v = self.view(who)
        if start == b"SIP/2.0":
            want = self.ok(v, call, who, method, 1 if method == "INVITE"
                           else 2)
        else:
            want = self.request(v, call, sender, method,
                                2 if method == "BYE" else 1)
        if text != want:
            self.faults.append("call %d, %s: %s" % (
                call.n, who, difference(text, want)))
            if len(self.faults) > 3:
                raise Failure("\n".join(self.faults))

    def room(self, begun):
        return self.args.survey or begun - self.done < WINDOW

    def go(self, calls, action, flag, halfway=None):
        """Begin or end calls at the rate; wait until all are done"""
        start, at, self.done, late = time.monotonic(), 0, 0, 0
        while self.done < len(calls):
            now = time.monotonic()
            while at < len(calls) and self.room(at) and (
                    now >= start + at / self.args.rate):
                action(calls[at])
                at += 1
                if halfway and at == len(calls) // 2:
                    halfway([c for c in calls[at:]])
                    start += time.monotonic() - now
            if not self.args.survey and now > late + 1:
                late = now
                for call in calls[:at]:
                    if not getattr(call, flag) and now - call.begun > 20:
                        raise Failure("call %d: no end of it" % call.n)
            elif self.args.survey and at == len(calls) and now > (
                    start + at / self.args.rate + 3):
                break
            wait = start + at / self.args.rate - now if at < len(
                calls) and self.room(at) else 1
            for who, text in self.line.take(min(wait, 1)):
                self.heard(who, text)
        if self.faults:
            raise Failure("\n".join(self.faults))
        return len(calls) / (time.monotonic() - start)

    # --- media ---------------------------------------------------------------

    def speak(self, calls, batch=100):
        """RTP and RTCP of these calls, in and out. The calls without it"""
        deaf = []
        for at in range(0, len(calls), batch):
            part = calls[at:at + batch]
            for call in part:
                for k in (0, 1):
                    if call.public is not None:
                        self.remote[k].sendto(b"\x80in %d" % call.n, (
                            self.public, call.public + k))
            bad = set()
            until = time.monotonic() + (0.3 if self.args.survey else 3)
            for call in part:
                for k in (0, 1):
                    sock = self.media[call.n][k]
                    sock.settimeout(max(0, until - time.monotonic()))
                    try:
                        got = sock.recvfrom(64)
                    except OSError:
                        got = None
                    if got != (b"\x80in %d" % call.n, (self.far, 40000 + k)):
                        bad.add(call.n)
            want = [set(), set()]
            for call in part:
                for k in (0, 1):
                    if call.n in bad or call.public is None:
                        continue
                    self.media[call.n][k].sendto(b"\x80out %d" % call.n, (
                        self.far, 40000 + k))
                    want[k].add((b"\x80out %d" % call.n, (
                        self.public, call.public + k)))
            for k in (0, 1):
                self.remote[k].settimeout(3)
                while want[k]:
                    try:
                        got = self.remote[k].recvfrom(64)
                    except TimeoutError:
                        break
                    want[k].discard(got)
                bad |= {int(text.split()[1]) for text, _ in want[k]}
            deaf += sorted(bad)
        return deaf

    def all_speak(self, calls, when):
        deaf = self.speak(calls)
        if deaf:
            raise Failure("%s: %d of %d calls have no media, as %s" % (
                when, len(deaf), len(calls), deaf[:10]))

    def admits(self, call):
        """Does a host that never spoke before reach the phone's port"""
        self.strangers += 1
        text = b"\x80stranger %d" % self.strangers
        with self.server.udp(47000, address=server_address(
                self.strangers)) as stranger:
            stranger.sendto(text, (self.public, call.public))
        sock = self.media[call.n][0]
        sock.settimeout(0.3)
        try:
            return sock.recv(64) == text
        except TimeoutError:
            return False

    # --- the whole of it -----------------------------------------------------

    def survey(self):
        self.register(3600, 1)
        self.go(self.calls, self.begin, "up")
        heard = len(self.calls) - len(self.speak(self.calls))
        print("figure: %d of %d calls on one %s flow have media" % (
            heard, len(self.calls), self.transport))
        return heard

    def prove(self):
        args, calls = self.args, self.calls
        dice = random.Random(args.calls)
        self.register(3600, 1)
        before = memory()
        rate = self.go(calls, self.begin, "up")
        each = (memory() - before) / len(calls)
        known = len(natctl("calls"))
        if known != len(calls):
            raise Failure("natctl shows %d of %d calls" % (known, len(calls)))
        bound = len(natctl("bindings"))
        print("figure: %d calls up on one %s, %d begun a second, %d bindings, "
              "%d bytes a call%s" % (
                  len(calls), "connection" if self.line.tcp else "flow",
                  round(rate), bound, each,
                  " with KASAN" if os.environ.get("KERNEL") == "uml" else ""))
        if args.limit and each > args.limit:
            raise Failure("more than %d bytes a call" % args.limit)
        self.all_speak(calls, "all up")

        victim = calls[len(calls) // 2]
        rest = [c for c in calls if c is not victim]
        self.go([victim], lambda c: self.end(c, "phone"), "ended")
        self.all_speak(rest, "one ended")
        for call in dice.sample(rest, 20):
            if not self.admits(call):
                raise Failure("call %d lost its binding" % call.n)
        until = time.monotonic() + 10
        while self.admits(victim):
            if time.monotonic() > until:
                raise Failure("10 s after BYE the port is still open")
            time.sleep(0.5)

        dice.shuffle(rest)
        self.go(rest, lambda c: self.end(c, dice.choice(("phone", "server"))),
                "ended", lambda left: self.all_speak(left, "half ended"))
        self.register(0, 2)


def other(who):
    return "server" if who == "phone" else "phone"


def natctl(what):
    import json
    return json.loads(subprocess.run(
        [os.environ["NATCTL"], "-n", os.environ["ROUTER"], "-j", "show",
         what], check=True, capture_output=True).stdout)


def memory():
    """Kernel memory in use in bytes, but for pages of programs and files"""
    with open("/proc/meminfo") as f:
        values = {k: int(v.split()[0]) for k, v in (
            line.split(":") for line in f)}
    return 1024 * (values["Slab"] + values.get("VmallocUsed", 0))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("transport", choices=("udp", "tcp"))
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--base", type=int, default=20000)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--survey", action="store_true")
    args = parser.parse_args()
    trunk = Trunk(args)
    if args.survey:
        return 0 if trunk.survey() else 1
    trunk.prove()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit("%s" % failure)
