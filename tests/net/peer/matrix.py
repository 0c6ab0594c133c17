#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Is a SIP client better off with the router's help, or without?

matrix.py measure FILE        every kind of client, into FILE as JSON
matrix.py compare OFF ON      the table; ON must never be worse

The phone is one of five kinds: it knows nothing of NAT, asks for rport (RFC
3581), knows its public addresses from STUN, does ICE (RFC 8445), or keeps a
flow for the server to use (RFC 5626). The server does what these RFCs and RFC
3261 say and nothing else: it answers where the Via says, calls where the
Contact says, sends media where the SDP or a connectivity check says.
"""

import json
import os
import re
import select
import socket
import struct
import subprocess
import sys
import time

from dialog import content_length
from exchange import Failure
from netns import Host

KINDS = ("unaware", "rport", "stun", "ice", "outbound")
STEPS = ("register", "invite", "ack", "early", "out", "in", "bye")
LETTER = dict(zip(STEPS, "RIAeoiB"))
RTP, SERVER_RTP, COOKIE = 30000, 40000, 0x2112a442


def stun_request():
    return struct.pack(">HHI", 1, 0, COOKIE) + os.urandom(12)


def stun_answer(request, peer):
    """XOR-MAPPED-ADDRESS"""
    address = struct.unpack(">I", socket.inet_aton(peer[0]))[0] ^ COOKIE
    return struct.pack(">HHI", 0x101, 12, COOKIE) + request[8:20] + (
        struct.pack(">HHBBHI", 0x20, 8, 0, 1, peer[1] ^ COOKIE >> 16,
                    address))


def stun_mapped(answer):
    port, address = struct.unpack(">HI", answer[26:32])
    return (socket.inet_ntoa(struct.pack(">I", address ^ COOKIE)),
            port ^ COOKIE >> 16)


def is_stun(data):
    return len(data) >= 20 and data[:1] < b"\2" and struct.unpack(
        ">I", data[4:8])[0] == COOKIE


class End:
    """One end's sockets, and the messages that came: (text, how to answer)"""

    def __init__(self, host, tcp):
        self.host, self.tcp = host, tcp
        self.udp = None if tcp else host.udp(5060)
        self.listener = host.listener(5060) if tcp else None
        self.streams = {}       # socket: buffer

    def add(self, sock):
        sock.settimeout(5)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.streams[sock] = b""
        return sock

    def take(self, seconds):
        """A message and where it came from, or None"""
        until = time.monotonic() + seconds
        while True:
            for sock, buffer in self.streams.items():
                whole = content_length(buffer)
                if whole is not None:
                    self.streams[sock] = buffer[whole:]
                    return buffer[:whole], sock
            socks = [s for s in (self.udp, self.listener, *self.streams) if s]
            ready = select.select(socks, [], [], max(
                0, until - time.monotonic()))[0]
            if not ready:
                return None
            for sock in ready:
                if sock is self.listener:
                    self.add(sock.accept()[0])
                elif sock is self.udp:
                    text, peer = sock.recvfrom(65536)
                    if is_stun(text):
                        if text[0] == 0:
                            sock.sendto(stun_answer(text, peer), peer)
                        else:
                            return text, peer
                        continue
                    return text, peer
                else:
                    try:
                        data = sock.recv(65536)
                    except OSError:
                        data = b""
                    if not data:
                        del self.streams[sock]
                        sock.close()
                    else:
                        self.streams[sock] += data

    def send(self, text, where):
        """where: an address on UDP, a connection or an address on TCP"""
        try:
            if not self.tcp:
                self.udp.sendto(text, where)
            elif isinstance(where, socket.socket):
                where.sendall(text)
            else:
                for sock in self.streams:
                    if sock.getpeername() == where:
                        sock.sendall(text)
                        return sock
                sock = self.add(self.host.tcp())
                sock.settimeout(Cell.patience)
                sock.connect(where)
                sock.sendall(text)
                return sock
        except OSError:
            pass
        return where

    def close(self):
        for sock in (self.udp, self.listener, *self.streams):
            if sock:
                sock.close()


class Cell:
    """One kind of client, one caller, one transport"""

    patience = 3

    def __init__(self, kind, caller, transport, n):
        self.kind, self.caller, self.n = kind, caller, n
        self.transport = transport.upper()
        tcp = transport == "tcp"
        self.hosts = Host("PHONE"), Host("SERVER")
        self.own, self.far = (host.address() for host in self.hosts)
        self.phone, self.server = (End(host, tcp) for host in self.hosts)
        self.rtp = self.hosts[0].udp(RTP), self.hosts[1].udp(SERVER_RTP)
        self.public = os.environ["WAN4"]
        self.done = dict.fromkeys(STEPS, False)
        self.flow = None        # where the server saw the phone's REGISTER
        self.target = None      # where the server reaches the phone
        self.faults = []
        if tcp:
            self.to_server = self.phone.add(self.hosts[0].tcp())
            self.to_server.connect((self.far, 5060))
            self.server.take(0.1)
            self.mapped = next(iter(self.server.streams)).getpeername()
        else:
            self.to_server = (self.far, 5060)
            self.mapped = None
        self.media = (self.own, RTP)
        if kind in ("stun", "ice"):
            self.discover()

    def discover(self):
        """STUN: on UDP for signalling too, always for media"""
        if not self.mapped:
            self.phone.send(stun_request(), self.to_server)
            self.server.take(0.1)
            self.mapped = stun_mapped(self.phone.take(self.patience)[0])
        with self.hosts[1].udp(3478) as sock:
            sock.settimeout(self.patience)
            self.rtp[0].sendto(stun_request(), (self.far, 3478))
            request, peer = sock.recvfrom(100)
            sock.sendto(stun_answer(request, peer), peer)
        self.rtp[0].settimeout(self.patience)
        self.media = stun_mapped(self.rtp[0].recv(100))

    # --- what the phone writes -----------------------------------------------

    def sent_by(self):
        if self.kind == "stun":
            return "%s:%d" % self.mapped
        port = self.to_server.getsockname()[1] if self.phone.tcp else 5060
        return "%s:%d" % (self.own, port)

    def via(self, n):
        return "Via: SIP/2.0/%s %s;branch=z9hG4bKp%d%d%s" % (
            self.transport, self.sent_by(), self.n, n,
            "" if self.kind in ("unaware", "stun") else ";rport")

    def contact(self, register=False):
        place = self.mapped if self.kind == "stun" else (self.own, 5060)
        uri = "sip:alice@%s:%d;transport=%s" % (
            *place, self.transport.lower())
        if self.kind != "outbound":
            return "Contact: <%s>" % uri
        return "Contact: <%s;ob>%s" % (uri, (
            ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-"
            "000A95A0E128>\";reg-id=1") if register else "")

    def sdp(self):
        address, port = self.media
        lines = ["v=0", "o=alice 1 1 IN IP4 %s" % address, "s=-",
                 "c=IN IP4 %s" % address, "t=0 0",
                 "m=audio %d RTP/AVP 0" % port, "a=sendrecv"]
        if self.kind == "ice":
            lines += [
                "a=ice-ufrag:8hhY", "a=ice-pwd:asd88fgpdd777uzjYhagZg",
                "a=candidate:1 1 UDP 2130706431 %s %d typ host" % (
                    self.own, RTP),
                "a=candidate:2 1 UDP 1694498815 %s %d typ srflx raddr %s "
                "rport %d" % (address, port, self.own, RTP)]
        return "\r\n".join(lines) + "\r\n"

    def server_sdp(self):
        lines = ["v=0", "o=bob 1 1 IN IP4 " + self.far, "s=-",
                 "c=IN IP4 " + self.far, "t=0 0",
                 "m=audio %d RTP/AVP 0" % SERVER_RTP, "a=sendrecv"]
        if self.kind == "ice":
            lines += ["a=ice-ufrag:9uB6", "a=ice-pwd:YH75Fviy6338Vbrhrlp8Yh",
                      "a=candidate:1 1 UDP 2130706431 %s %d typ host" % (
                          self.far, SERVER_RTP)]
        return "\r\n".join(lines) + "\r\n"

    @staticmethod
    def message(lines, body=""):
        if body:
            lines = lines + ["Content-Type: application/sdp"]
        return ("\r\n".join(lines + ["Content-Length: %d" % len(body)]) +
                "\r\n\r\n" + body).encode()

    def request(self, method, n, by_phone, uri, contact=None, body=""):
        via = self.via(n) if by_phone else (
            "Via: SIP/2.0/%s %s:5060;branch=z9hG4bKs%d%d" % (
                self.transport, self.far, self.n, n))
        alice, bob = "<sip:alice@example.com>;tag=a", "<sip:bob@example.com>"
        if method not in ("INVITE", "REGISTER"):
            bob += ";tag=b"
        if method == "REGISTER":
            bob = "<sip:alice@example.com>"
        ends = ["From: " + alice, "To: " + bob]
        if not by_phone:
            ends = ["From: <sip:bob@example.com>;tag=b",
                    "To: <sip:alice@example.com>" + (
                        "" if method == "INVITE" else ";tag=a")]
        return self.message(
            ["%s %s SIP/2.0" % (method, uri), via, "Max-Forwards: 70", *ends,
             "Call-ID: %s%d@example.com" % (
                 "reg" if method == "REGISTER" else "call", self.n),
             "CSeq: %d %s" % (n, method), *([contact] if contact else [])],
            body)

    @staticmethod
    def response(request, by_phone, contact=None, body=""):
        head = request.split(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        keep = [h for h in head if h.split(":")[0] in (
            "Via", "From", "To", "Call-ID", "CSeq")]
        keep = [h + (";tag=a" if by_phone else ";tag=b")
                if h.startswith("To:") and "tag=" not in h else h
                for h in keep]
        return Cell.message(["SIP/2.0 200 OK", *keep, *(
            [contact] if contact else [])], body)

    # --- what the server does ------------------------------------------------

    def answer(self, request, source, contact=None, body=""):
        """RFC 3261 18.2.2 and RFC 3581: where the answer goes"""
        text = self.response(request, False, contact, body)
        if self.server.tcp:
            self.server.send(text, source)
            return
        via = re.search(rb"\r\nVia: SIP/2.0/UDP ([^:;]*)(?::(\d+))?([^\r]*)",
                        text)
        host, port, params = via.group(1), via.group(2), via.group(3)
        where = source[0], int(port or 5060)
        added = b""
        if host.decode() != source[0]:
            added = b";received=" + source[0].encode()
        if b";rport" in params:
            where = source
            text = text.replace(b";rport", b";rport=%d" % source[1], 1)
            added = b";received=" + source[0].encode()
        at = text.index(b"\r\n", via.start(1))
        self.server.send(text[:at] + added + text[at:], where)

    def learn(self, request, source):
        """Where further requests go: the Contact, or the flow (RFC 5626)"""
        found = re.search(rb"\r\nContact: <(sip:alice@([^:;>]*):?(\d*)[^>]*)>",
                          request)
        self.uri = found.group(1).decode()
        self.target = found.group(2).decode(), int(found.group(3) or 5060)
        if ";ob" in self.uri:
            self.target = source

    def told(self, text):
        """Where the phone's SDP says its media is"""
        return (re.search(rb"\r\nc=IN IP4 (\S+)", text).group(1).decode(),
                int(re.search(rb"\r\nm=audio (\d+)", text).group(1)))

    def unchanged(self, sent, got):
        """A client that knows its addresses finds nothing changed, and the
        media of one that does ICE neither"""
        if self.kind == "stun" and got != sent:
            self.faults.append("changed: %r is %r" % (sent, got))
        if self.kind == "ice" and sent.split(b"\r\n\r\n")[1] != got.split(
                b"\r\n\r\n")[1]:
            self.faults.append("SDP changed: %r is %r" % (sent, got))

    # --- the steps -----------------------------------------------------------

    def register(self, expires, n):
        text = self.request("REGISTER", n, True, "sip:example.com",
                            self.contact(True) + ";expires=%d" % expires)
        self.phone.send(text, self.to_server)
        got = self.server.take(self.patience)
        if not got:
            return False
        self.unchanged(text, got[0])
        self.learn(*got)
        contact = re.search(rb"\r\n(Contact:[^\r]*)", got[0]).group(1)
        self.answer(*got, contact.decode() if expires else None)
        answer = self.phone.take(self.patience)
        return bool(answer) and (
            answer[0].startswith(b"SIP/2.0 200") and
            # it finds what it has written
            b"Via: " + self.via(n)[5:].split(";")[0].encode() in answer[0])

    def called(self):
        """The server calls"""
        self.server.send(self.request(
            "INVITE", 1, False, self.uri, "Contact: <sip:bob@%s:5060>" %
            self.far, self.server_sdp()), self.target)
        got = self.phone.take(self.patience)
        if not got or not got[0].startswith(b"INVITE"):
            return None
        text = self.response(got[0], True, self.contact(), self.sdp())
        self.phone.send(text, got[1])
        answer = self.server.take(self.patience)
        if not answer:
            return None
        self.unchanged(text, answer[0])
        self.done["invite"] = True
        self.learn(*answer)
        self.server.send(self.request("ACK", 1, False, self.uri),
                         self.target)
        ack = self.phone.take(self.patience)
        self.done["ack"] = bool(ack) and ack[0].startswith(b"ACK")
        return self.told(answer[0])

    def calls(self):
        """The phone calls"""
        text = self.request("INVITE", 1, True, "sip:bob@example.com",
                            self.contact(), self.sdp())
        self.phone.send(text, self.to_server)
        got = self.server.take(self.patience)
        if not got or not got[0].startswith(b"INVITE"):
            return None
        self.unchanged(text, got[0])
        self.learn(*got)
        self.answer(*got, "Contact: <sip:bob@%s:5060>" % self.far,
                    self.server_sdp())
        answer = self.phone.take(self.patience)
        if not answer or not answer[0].startswith(b"SIP/2.0 200"):
            return self.told(got[0])
        self.done["invite"] = True
        self.phone.send(self.request("ACK", 1, True, "sip:bob@%s:5060" %
                                     self.far), self.to_server)
        ack = self.server.take(self.patience)
        self.done["ack"] = bool(ack) and ack[0].startswith(b"ACK")
        return self.told(got[0])

    def arrives(self, sock, text):
        sock.settimeout(self.patience)
        try:
            while True:
                data, peer = sock.recvfrom(2048)
                if data == text:
                    return peer
        except TimeoutError:
            return None

    def talk(self, where):
        """Media: the server's first, then the phone's, then the server's"""
        phone, server = self.rtp

        def inwards(text):
            try:
                server.sendto(text, where)
            except OSError:
                return False
            return bool(self.arrives(phone, text))

        if self.kind not in ("stun", "ice"):
            self.done["early"] = inwards(b"\x80early")
        elif self.kind == "ice":
            # checks; what answers is where media goes
            for to in (where, (self.own, RTP)):
                try:
                    server.sendto(stun_request(), to)
                except OSError:
                    pass
            check = stun_request()
            phone.sendto(check, (self.far, SERVER_RTP))
            where = self.arrives(server, check) or where
        phone.sendto(b"\x80out", (self.far, SERVER_RTP))
        self.done["out"] = bool(self.arrives(server, b"\x80out"))
        self.done["in"] = inwards(b"\x80in")

    def bye(self):
        """The called end hangs up"""
        if self.caller == "inside":
            self.server.send(self.request("BYE", 2, False, self.uri),
                             self.target)
            got = self.phone.take(self.patience)
            if not got or not got[0].startswith(b"BYE"):
                return False
            self.phone.send(self.response(got[0], True), got[1])
            return bool(self.server.take(self.patience))
        self.phone.send(self.request("BYE", 2, True, "sip:bob@%s:5060" %
                                     self.far), self.to_server)
        got = self.server.take(self.patience)
        if not got or not got[0].startswith(b"BYE"):
            return False
        self.answer(*got)
        answer = self.phone.take(self.patience)
        return bool(answer) and answer[0].startswith(b"SIP/2.0 200")

    def run(self):
        self.done["register"] = self.register(600, 10)
        # without a registration nobody can call the phone
        if self.caller == "inside" or self.target:
            where = self.calls() if self.caller == "inside" else self.called()
            if where:
                self.talk(where)
            if self.done["invite"]:
                self.done["bye"] = self.bye()
        self.register(0, 11)
        for end in (self.phone, self.server, *self.rtp):
            end.close()
        return self.done


def other_phone():
    """It has the public port 5060 before us"""
    desk, server = Host("DESK"), Host("SERVER")
    with desk.udp(5060) as sock, server.udp(5060) as remote:
        for _ in range(2):
            sock.sendto(b"\r\n\r\n", (server.address(), 5060))
            remote.settimeout(3)
            peer = remote.recvfrom(100)[1]
            remote.sendto(b"\r\n", peer)


def measure(name, patience):
    Cell.patience = patience
    results, n = {}, 0
    for kind in KINDS:
        for caller in ("inside", "outside"):
            for transport in ("udp", "tcp"):
                n += 1
                subprocess.run(["ip", "netns", "exec", os.environ["ROUTER"],
                                "conntrack", "-F"], capture_output=True)
                other_phone()
                cell = Cell(kind, caller, transport, n)
                key = "%s, %s caller, %s" % (kind, caller, transport)
                begun = time.monotonic()
                results[key] = {"done": cell.run(), "faults": cell.faults}
                print("%s: %s, %.1f s" % (key, letters(cell.done),
                                          time.monotonic() - begun),
                      flush=True)
    with open(name, "w") as f:
        json.dump(results, f)


def letters(done):
    return "".join(LETTER[s] if done[s] else "-" for s in STEPS)


def compare(off, on):
    with open(off) as f:
        off = json.load(f)
    with open(on) as f:
        on = json.load(f)
    worse = []
    print("figure: %-30s %-8s %-8s" % ("client", "ALG off", "ALG on"))
    for key, result in on.items():
        done, before = result["done"], off[key]["done"]
        print("figure: %-30s %-8s %-8s" % (key, letters(before),
                                           letters(done)))
        for step in STEPS:
            if before[step] and not done[step]:
                worse.append("%s: %s works without, not with" % (key, step))
        worse += ["%s: %s" % (key, fault) for fault in result["faults"]]
        # STUN and ICE open their own way, so nothing comes before they do
        missing = [s for s in STEPS if not done[s] and not (
            s == "early" and key.split(",")[0] in ("stun", "ice"))]
        if missing:
            worse.append("%s: no %s with the ALG" % (key, ", ".join(missing)))
    print("figure: Register, Invite, Ack, early media, media out, media in, "
          "Bye")
    if worse:
        raise Failure("\n".join(worse))


if __name__ == "__main__":
    try:
        if sys.argv[1] == "measure":
            measure(sys.argv[2], float(sys.argv[3]))
        else:
            compare(sys.argv[2], sys.argv[3])
    except Failure as failure:
        sys.exit("%s" % failure)
