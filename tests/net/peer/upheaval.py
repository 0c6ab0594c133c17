#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Calls as fast as they go, whatever becomes of them.

upheaval.py WORKER SECONDS

Each worker has a signalling port and remote address of its own; media ports are
few, so that calls of both inside hosts want the same ones.
"""

import random
import re
import sys
import time

from netns import Host, server_address

PHONE, DESK, SERVER = Host("PHONE"), Host("DESK"), Host("SERVER")


def drain(sock):
    sock.setblocking(False)
    try:
        while True:
            sock.recv(4096)
    except BlockingIOError:
        pass
    sock.settimeout(0.2)


class Caller:
    def __init__(self, worker):
        self.worker = worker
        self.host = (PHONE, DESK)[worker % 2]
        self.inside = self.host.udp(6000 + worker)
        self.address = server_address(worker)
        self.outside = SERVER.udp(5060, address=self.address)
        self.count = 0

    def request(self, method, cseq, body=""):
        own = "%s:%d" % self.inside.getsockname()
        self.inside.sendto((
            "%s sip:b@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d-%d-%s"
            "\r\nFrom: <sip:a@example>;tag=a\r\nTo: <sip:b@example>\r\n"
            "Call-ID: %d-%d@example\r\nCSeq: %d %s\r\nContact: <sip:a@%s>\r\n"
            "%sContent-Length: %d\r\n\r\n%s" % (
                method, self.address, own, self.worker, self.count, method,
                self.worker, self.count, cseq, method, own,
                "Content-Type: application/sdp\r\n" if body else "",
                len(body), body)).encode(), (self.address, 5060))
        data, peer = self.outside.recvfrom(4096)
        return data.decode(), peer

    def answer(self, request, peer, status, body=""):
        lines = [line for line in request.split("\r\n")
                 if re.match("(Via|From|To|Call-ID|CSeq):", line)]
        self.outside.sendto((
            "SIP/2.0 %s\r\n%s\r\nContact: <sip:b@%s:5060>\r\n%s"
            "Content-Length: %d\r\n\r\n%s" % (
                status, "\r\n".join(lines), self.address,
                "Content-Type: application/sdp\r\n" if body else "",
                len(body), body)).encode(), peer)
        self.inside.recv(4096)

    def sdp(self, address, port):
        return ("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
                "m=audio %d RTP/AVP 0\r\n" % (address, address, port))

    def media(self, port, text):
        found = re.search(r"m=audio (\d+)", text)
        public = re.search(r"c=IN IP4 (\S+)", text)
        with self.host.udp(port) as inside, SERVER.udp(
                random.randrange(20000, 20100), address=self.address) as out:
            for _ in range(4):
                if random.random() < 0.5:
                    inside.sendto(b"x" * 160, out.getsockname())
                elif public and public.group(1)[:3] not in ("10.", "192"):
                    out.sendto(b"x" * 160, (public.group(1),
                                            int(found.group(1))))

    def call(self):
        self.count += 1
        drain(self.inside)
        drain(self.outside)
        port = random.randrange(30000, 30040, 2)
        text, peer = self.request("INVITE", 1,
                                  self.sdp(self.host.address(), port))
        if random.random() < 0.2:
            self.answer(text, peer, "486 Busy Here")
            return
        self.answer(text, peer, "200 OK", self.sdp(self.address, 20000))
        self.media(port, text)
        if random.random() < 0.3:
            again, peer = self.request("INVITE", 2, self.sdp(
                self.host.address(), random.randrange(30000, 30040, 2)))
            self.answer(again, peer, random.choice((
                "200 OK", "488 Not Acceptable Here")))
        if random.random() < 0.8:
            text, peer = self.request("BYE", 3)
            self.answer(text, peer, "200 OK")


def main():
    caller = Caller(int(sys.argv[1]))
    random.seed(caller.worker)
    end = time.monotonic() + float(sys.argv[2])
    lost = 0
    while time.monotonic() < end:
        try:
            caller.call()
        except OSError:     # a timeout, or the port is still in use
            lost += 1
    print("calls", caller.count, "interrupted", lost)


main()
