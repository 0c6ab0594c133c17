#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""NAT slipstreaming: a browser inside is made to send bytes that look like
SIP, a server outside answers as a registrar would, and then tries the door.

slipstream.py post      HTTP POST, TURN, TLS whose body begins a segment as SIP
slipstream.py fragments TURN over UDP whose second fragment begins as SIP
slipstream.py bodies    SIP inside the body of a SIP message
slipstream.py claims    REGISTER and INVITE for other hosts and denied ports
slipstream.py answers   doors of a true registration, before and after its 2xx

No door may ever open, so every byte passes as it was sent, natctl shows no
binding, and what the server sends to the port reaches nobody. "answers" shows
that the same probe does get in where it may.
"""

import argparse
import json
import os
import select
import socket
import subprocess
import sys
import time

from dialog import Dialog, message, phone_view
from exchange import Exchange, Failure, Server, run
from netns import Host, server_address

CLAIM = 4455        # the victim's port the attacker wants


class Scene:
    def __init__(self, port, family=4):
        self.phone, self.server = Host("PHONE"), Host("SERVER")
        self.own = self.phone.address(family)
        self.remote = self.server.address(family)
        self.public = os.environ["WAN%d" % family]
        self.family = family
        self.dialog = Dialog(self.own, self.remote)
        # somebody listens: an open door would be noticed
        self.victim = self.phone.listener(CLAIM, family)
        self.victim_udp = self.phone.udp(CLAIM, family)
        for sock in (self.victim, self.victim_udp):
            sock.setblocking(False)
        self.port = port

    def bindings(self):
        return json.loads(subprocess.run(
            [os.environ["NATCTL"], "-n", os.environ["ROUTER"], "-j", "show",
             "bindings"], check=True, capture_output=True).stdout)

    def tcp_gets_in(self, port, source=None):
        sock = self.server.tcp(0, self.family, source)
        sock.setblocking(False)
        try:
            sock.connect((self.public, port))
        except BlockingIOError:
            pass
        select.select([], [sock], [], 0.7)
        refused = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        try:
            sock.getpeername()
            return not refused
        except OSError:
            return False
        finally:
            sock.close()

    def udp_gets_in(self, port, inside=None, source=None):
        inside = inside or self.victim_udp
        sock = self.server.udp(5060 if source is None else 0, self.family,
                               source)
        text = b"knock %f" % time.monotonic()
        try:
            sock.sendto(text, (self.public, port))
        except OSError:
            return False
        finally:
            sock.close()
        if not select.select([inside], [], [], 0.3)[0]:
            return False
        return inside.recv(2048) == text

    def shut(self, what, ports=(CLAIM,)):
        """No door: neither in the table nor in fact"""
        rows = self.bindings()
        if rows:
            raise Failure("%s: bindings %r" % (what, rows))
        for port in ports:
            if self.tcp_gets_in(port):
                raise Failure("%s: TCP port %d is open" % (what, port))
            if self.udp_gets_in(port):
                raise Failure("%s: UDP port %d is open" % (what, port))

    # --- what the attacker makes the browser say -----------------------------

    def register(self, host=None, port=CLAIM, transport="TCP", cseq=1,
                 contact=None):
        host = host or self.own
        return message("REGISTER sip:example.com SIP/2.0", [
            "Via: SIP/2.0/%s %s:%d;branch=z9hG4bKslip%d;rport" % (
                transport, self.own, port, cseq),
            "Max-Forwards: 70",
            "From: <sip:victim@example.com>;tag=1",
            "To: <sip:victim@example.com>",
            "Call-ID: slip", "CSeq: %d REGISTER" % cseq,
            contact or "Contact: <sip:victim@%s:%d;transport=%s>;expires=600"
            % (host, port, transport.lower())])

    def accepted(self, request, status="200 OK", **change):
        """The answer a registrar would give to those very bytes"""
        lines = request.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
        keep = [x.decode() for x in lines if x.lower().startswith(
            (b"via:", b"from:", b"call-id:", b"cseq:", b"contact:"))]
        keep = [change.get(x.split(":")[0].replace("-", "_"), x)
                for x in keep]
        return message("SIP/2.0 " + status, keep + [
            "To: <sip:victim@example.com>;tag=2"])

    def sip(self):
        view = phone_view(self.own, CLAIM, CLAIM, CLAIM)
        return self.register() + self.dialog.invite(view)


def post(scene):
    sip = scene.sip()
    answer = scene.accepted(scene.register())
    http = b"POST / HTTP/1.1\r\nHost: example.com:5060\r\n" \
        b"Content-Type: multipart/form-data; boundary=x\r\n" \
        b"Content-Length: 100000\r\n\r\n"
    stun = b"\x00\x03\x07\xf0\x21\x12\xa4\x42" + b"t" * 12 + b"\x00\x06\x07"
    tls = b"\x16\x03\x01\x20\x00\x01\x00\x1f\xfc\x03\x03"
    heads = {"HTTP": http, "TURN": stun, "TLS": tls,
             "a line end and HTTP": b"\r\n" + http,
             "a space": b" ", "a letter": b"X\r\n", "a zero": b"\0",
             "an empty status line": b"SIP/2.0 \r\n\r\n",
             "HTTP with a sip: path": b"POST sip:x@example.com HTTP/1.1\r\n"
             b"\r\n"}
    exchanges, names, plans = [], [], {}
    for name, head in heads.items():
        # so that the next segment begins where SIP does: by the size of one
        # or more full segments, or because the sender made one
        for size in (0, 536, 1400, 1448, 1460, 2896, 2920, 4344, 4380, 14600):
            n = len(exchanges) + 1
            body = head + b"a" * max(0, size - len(head))
            plans[n] = [body, sip] if n % 2 or not size else [body + sip]
            exchanges.append(Exchange(n, scene.phone, scene.port, [
                ("phone", body + sip, body + sip),
                ("server", answer, answer),
                ("phone", sip, sip)],
                lambda n, step, data: plans[n] if step == 0 else [data],
                family=scene.family))
            names.append("%d: %s, %d bytes" % (n, name, size))
    listener = Server(scene.server, scene.family)
    try:
        run(exchanges, listener)
    except Failure as e:
        raise Failure("%s\n%s" % (e, "\n".join(names)))
    print("figure: %d streams" % len(exchanges))
    scene.shut("POST")


def fragments(scene):
    register = scene.register(transport="UDP")
    server = scene.server.udp(5060)
    phone = scene.phone.udp(CLAIM + 1)
    for name, head in (
            ("TURN", b"\x00\x03\x05\xb8\x21\x12\xa4\x42" + b"t" * 12 +
             b"\x00\x06\x05\xa0"),
            ("text", b"hello")):
        for mtu in (1500,):
            for fake in (b"", b"\x13\xc4\x13\xc4\x02\x00\x00\x00"):
                # the first fragment holds this much after the UDP header
                room = (mtu - 20) // 8 * 8 - 8
                data = head + b"u" * (room - len(head)) + fake + register
                data += b"\0" * 100
                phone.sendto(data, (scene.remote, 5060))
                server.settimeout(30)
                got, peer = server.recvfrom(65536)
                if got != data:
                    raise Failure("%s: changed on its way" % name)
                answer = scene.accepted(register)
                server.sendto(answer, peer)
                phone.settimeout(30)
                if phone.recv(65536) != answer:
                    raise Failure("%s: the answer was changed" % name)
    server.close()
    scene.shut("fragments")


def bodies(scene):
    """Message boundaries come from Content-Length alone"""
    sip = scene.sip()
    answer = scene.accepted(scene.register())
    exchanges = []
    # the phone's own Via is a name, so that nothing of it is translated
    headers = ["Via: SIP/2.0/TCP phone.example.com;branch=z9hG4bKb",
               "From: <sip:a@example.com>;tag=1", "To: <sip:b@example.com>",
               "Call-ID: body", "CSeq: 1 MESSAGE"]
    plans = {}
    for size in (0, 1, 200, 536, 1400, 1460, 2920, 14600):
        pad = b"p" * size
        outer = message("MESSAGE sip:b@example.com SIP/2.0", headers,
                        (pad + sip).decode(), "text/plain")
        n = len(exchanges) + 1
        cut = len(outer) - len(sip)
        plans[n] = [outer[:cut], outer[cut:]]
        exchanges.append(Exchange(n, scene.phone, scene.port + 1, [
            ("phone", outer, outer), ("server", answer, answer)],
            lambda n, step, data: plans[n] if step == 0 else [data]))
    run(exchanges, Server(scene.server, scene.family))
    print("figure: %d streams" % len(exchanges))
    scene.shut("bodies")


def claims(scene):
    """A true SIP client that asks for what it may not have"""
    desk = os.environ["DESK4"]
    asked = [(desk, 5060), (desk, CLAIM), ("10.0.0.3", 5060),
             ("10.0.0.1", 5060), ("127.0.0.1", CLAIM),
             (scene.own, 445), (scene.own, 22), (scene.own, 80),
             (scene.own, 1023), (scene.own, 3306), (scene.own, 3389),
             (scene.own, 5900), (scene.own, 8080), (scene.own, 2049),
             (scene.own, CLAIM)]
    listener = Server(scene.server, scene.family)
    listener.sock.setblocking(True)
    udp = scene.server.udp(5060)
    udp.settimeout(30)
    for n, (host, port) in enumerate(asked, 1):
        for transport in ("TCP", "UDP"):
            text = scene.register(host, port, transport, n)
            if transport == "TCP":
                phone = scene.phone.tcp(48000 + n)
                phone.settimeout(30)
                phone.connect((server_address(n), 5060))
                server, peer = listener.sock.accept()
                server.settimeout(30)
                phone.sendall(text)
                got = server.recv(65536)
                server.sendall(scene.accepted(got))
            else:
                phone = scene.phone.udp(48000 + n)
                phone.settimeout(30)
                phone.sendto(text, (scene.remote, 5060))
                got, peer = udp.recvfrom(65536)
                udp.sendto(scene.accepted(got), peer)
            phone.recv(65536)
            # left alone, or led to the flow itself, which is open anyway
            want = b"<sip:victim@%s:%d;" % (host.encode(), port)
            flow = b"<sip:victim@%s:%d;" % (scene.public.encode(), 48000 + n)
            if want not in got and (host != scene.own or flow not in got):
                raise Failure("%s %s:%d: Contact was translated: %r" % (
                    transport, host, port, got))
            rows = scene.bindings()
            if rows:
                raise Failure("%s %s:%d: bindings %r" % (
                    transport, host, port, rows))
            # and away again
            text = scene.register(host, port, transport, n + 100).replace(
                b"expires=600", b"expires=0")
            if transport == "TCP":
                phone.sendall(text)
                server.sendall(scene.accepted(server.recv(65536)))
            else:
                phone.sendto(text, (scene.remote, 5060))
                got, peer = udp.recvfrom(65536)
                udp.sendto(scene.accepted(got), peer)
            phone.recv(65536)
            phone.close()
    scene.shut("claims", (445, 22, 80, 3306, 8080, CLAIM, 5060))

    # media for other hosts and low ports
    for n, (host, port) in enumerate(((desk, 30000), ("10.0.0.3", 30000),
                                      (scene.own, 22), (scene.own, 445),
                                      (scene.own, 1022)), 1):
        view = phone_view(scene.own, 49000 + n)
        view.media, view.rtp, view.rtcp = host, port, port + 1
        phone = scene.phone.udp(49000 + n)
        phone.settimeout(30)
        dialog = Dialog(scene.own, scene.remote, "UDP", ident="x%07d" % n)
        text = dialog.invite(view)
        phone.sendto(text, (scene.remote, 5060))
        got, peer = udp.recvfrom(65536)
        udp.sendto(dialog.response(view, "200 OK", "INVITE", 1, True), peer)
        phone.recv(65536)
        if b"m=audio %d " % port not in got:
            raise Failure("%s:%d: media was translated: %r" % (
                host, port, got))
        rows = [row for row in scene.bindings()
                if row["inside-local"]["port"] in (port, port + 1) or
                row["inside-local"]["address"] == host != scene.own]
        if rows:
            raise Failure("%s:%d: bindings %r" % (host, port, rows))
        udp.sendto(dialog.in_dialog(view, "BYE", 2), peer)
        phone.recv(65536)
        phone.sendto(dialog.in_dialog_ok(view, "BYE", 2),
                     (scene.remote, 5060))
        udp.recv(65536)
        phone.close()
    listener.close()
    udp.close()


def answers(scene):
    """What a registration opens, when, and for whom"""
    listener = Server(scene.server, scene.family)
    listener.sock.setblocking(True)
    inside = scene.phone.listener(5060)
    phone = scene.phone.tcp(scene.port + 2)
    phone.settimeout(30)
    phone.connect((scene.remote, 5060))
    server, _ = listener.sock.accept()
    server.settimeout(30)

    def say(cseq, **change):
        phone.sendall(scene.register(port=5060, cseq=cseq))
        got = server.recv(65536)
        answer = scene.accepted(got, **change)
        if answer:
            server.sendall(answer)
            phone.recv(65536)
        found = [x for x in got.split(b"\r\n") if x.startswith(b"Contact")]
        return int(found[0].split(b"@")[1].split(b";")[0].split(b":")[1])

    def is_shut(what, port, **more):
        if scene.tcp_gets_in(port, **more):
            raise Failure("%s: port %d is open" % (what, port))

    is_shut("answered 401", say(1, status="401 Unauthorized"))
    is_shut("answered 500", say(2, status="500 No"))
    is_shut("answered 302", say(3, status="302 Elsewhere"))
    is_shut("another CSeq", say(4, CSeq="CSeq: 1000 REGISTER"))
    is_shut("another Call-ID", say(5, Call_ID="Call-ID: other"))
    is_shut("another branch", say(
        6, Via="Via: SIP/2.0/TCP %s:5060;branch=z9hG4bKother" % scene.public))
    port = say(7)
    if not scene.tcp_gets_in(port):
        raise Failure("the door of a registration is shut: %d" % port)
    is_shut("from another host", port, source=server_address(900))
    # what the registrar may do, it may do to that port alone
    is_shut("another port", CLAIM)
    inside.close()
    phone.sendall(scene.register(port=5060, cseq=8).replace(
        b"expires=600", b"expires=0"))
    got = server.recv(65536)
    server.sendall(scene.accepted(got, Contact="X-Gone: 1"))
    phone.recv(65536)
    until = time.monotonic() + 8
    while scene.bindings():
        if time.monotonic() > until:
            raise Failure("unregistered, and still %r" % scene.bindings())
        time.sleep(0.3)
    is_shut("unregistered", port)


def main():
    ways = {w.__name__: w for w in (post, fragments, bodies, claims, answers)}
    parser = argparse.ArgumentParser()
    parser.add_argument("how", choices=ways)
    parser.add_argument("--port", type=int, default=47000)
    args = parser.parse_args()
    ways[args.how](Scene(args.port))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
