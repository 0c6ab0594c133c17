# SPDX-License-Identifier: GPL-2.0
"""H.323 endpoints and gatekeepers, scripted, on both sides of the router.

A Scene knows who is where: cast "outside" has the endpoint (or caller) inside
and the gatekeeper (or callee) outside, "inside" the reverse, behind a static
mapping of TCP port 1720 and UDP ports 1718 and 1719. "ours" is the host inside,
"theirs" the one outside. Which public port stands for which of ours is learned
from what arrives, once, and must not change afterwards.
"""

import itertools
import json
import os
import select
import socket
import struct
import subprocess
import time

import h323asn1
from exchange import Failure
from h323fields import REVERSED, Inner, changed, h245, merge, read, \
    replaced, sealed, what
from netns import Host, server_address

OID = "0.0.8.2250.0.%d"
SIGNAL, RAS_PORT, DISCOVERY = 1720, 1719, 1718

# ports of ours; outside they are others, where a neighbour has them already
RAS, LISTEN, CONTROL, T120, RTP, RTP2 = 30719, 30720, 30245, 30503, 30000, \
    30002

# Q.931 message types by the body they usually carry
TYPES = {"setup": 0x05, "callProceeding": 0x02, "connect": 0x07,
         "alerting": 0x01, "information": 0x7b, "releaseComplete": 0x5a,
         "facility": 0x62, "progress": 0x03, "empty": 0x62, "status": 0x7d,
         "statusInquiry": 0x75, "setupAcknowledge": 0x0d, "notify": 0x6e}


def tpkt(data=b""):
    return struct.pack(">BBH", 3, 0, 4 + len(data)) + data


def q931(kind, uuie, crv=1, callee=False, ahead=b"", behind=b""):
    """ahead, behind: other information elements"""
    return bytes((8, 2)) + struct.pack(
        ">HB", crv | (0x8000 if callee else 0), kind) + ahead + b"\x7e" + \
        struct.pack(">HB", len(uuie) + 1, 5) + uuie + behind


class Signal:
    """A message of call signalling; what it is once its addresses change"""

    def __init__(self, body, content=None, callee=False, kind=None, size=None,
                 call=None, ahead=b"", behind=b"", crv=1, **more):
        """more: other components of H323-UU-PDU"""
        base = {}
        if call and body not in ("empty", "status", "statusInquiry",
                                 "setupAcknowledge", "notify"):
            base = {"callIdentifier": {"guid": call}}
        self.body, self.size = body, size
        self.value = h323asn1.make("H323-UserInformation", {
            "h323-uu-pdu": {"h323-message-body": (
                body, merge(base, content) if content else base or None),
                **more}})
        self.wrap = dict(kind=TYPES[body] if kind is None else kind, crv=crv,
                         callee=callee, ahead=ahead, behind=behind)

    def octets(self, change=None):
        content = self.value
        if change:
            content = changed("H323-UserInformation", content, change)
        wrap = dict(self.wrap)
        return tpkt(q931(wrap.pop("kind"), h323asn1.encode(
            "H323-UserInformation", sealed(content), self.size), **wrap))


class Control:
    """A message of H.245 on a connection of its own"""

    def __init__(self, content, size=None):
        self.inner = Inner("MultimediaSystemControlMessage", content)
        self.size = size

    def octets(self, change=None):
        content = self.inner.value
        if change:
            content = changed(self.inner.name, content, change,
                              self.inner.module)
        return tpkt(h323asn1.encode(self.inner.name, sealed(content),
                                    self.size))


class Ras:
    """A message of RAS"""

    _numbers = itertools.count(1)

    def __init__(self, content, size=None):
        name, parts = content
        if name != "admissionConfirmSequence":
            parts = dict(parts or {})
            parts.setdefault("requestSeqNum", 1 + next(Ras._numbers) % 65535)
        self.value = h323asn1.make("RasMessage", (name, parts))
        self.name, self.size = name, size

    def octets(self, change=None):
        content = self.value
        if change:
            content = changed("RasMessage", content, change)
        return h323asn1.encode("RasMessage", sealed(content), self.size)


# --- media -------------------------------------------------------------------

AUDIO = ("audioData", ("g711Ulaw64k", 20))


def h2250(media=None, control=None, session=1, **more):
    params = {"sessionID": session, **more}
    if media:
        params["mediaChannel"] = h245(*media)
    if control:
        params["mediaControlChannel"] = h245(*control)
    return ("h2250LogicalChannelParameters", params)


def olc(number, media=None, control=None, reverse=None, session=1,
        data=AUDIO, **more):
    """OpenLogicalChannel; reverse: (media, control) of a reverse proposal,
    which has no forward channel"""
    channel = {"forwardLogicalChannelNumber": number, **more}
    if reverse:
        channel["forwardLogicalChannelParameters"] = {
            "dataType": ("nullData", None),
            "multiplexParameters": ("none", None)}
        channel["reverseLogicalChannelParameters"] = {
            "dataType": data, "multiplexParameters": h2250(
                *reverse, session=session)}
    else:
        channel["forwardLogicalChannelParameters"] = {
            "dataType": data, "multiplexParameters": h2250(
                media, control, session)}
    return channel


def fast(*args, **more):
    """One proposal or answer of fastStart"""
    return Inner("OpenLogicalChannel", olc(*args, **more))


def request(*args, **more):
    return ("request", ("openLogicalChannel", olc(*args, **more)))


def ack(number, media=None, control=None, session=1, **more):
    params = {"sessionID": session}
    if media:
        params["mediaChannel"] = h245(*media)
    if control:
        params["mediaControlChannel"] = h245(*control)
    return ("response", ("openLogicalChannelAck", {
        "forwardLogicalChannelNumber": number,
        "forwardMultiplexAckParameters": (
            "h2250LogicalChannelAckParameters", params), **more}))


def close(number):
    return ("request", ("closeLogicalChannel", {
        "forwardLogicalChannelNumber": number, "source": ("lcse", None)}))


def tunnel(*messages):
    """Components of H323-UU-PDU that carry them"""
    return {"h245Tunneling": True, "h245Control": [
        Inner("MultimediaSystemControlMessage", m) for m in messages]}


# --- connections -------------------------------------------------------------

class Line:
    """A TCP connection, held open: a is who connects, b who accepts"""

    def __init__(self, scene, a, b, where, port, source=None, sport=0,
                 listener=None):
        own = listener is None
        if own:
            listener = b.listener(port[1], scene.family)
        listener.settimeout(10)
        self.a = a.tcp(sport, scene.family, source)
        self.a.settimeout(10)
        try:
            self.a.connect((where, port[0]))
            self.b, self.seen = listener.accept()
        finally:
            if own:
                listener.close()
        self.b.settimeout(10)
        self.b.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.scene = scene

    def pass_on(self, sender, data, pieces=None):
        """What arrives of what one end sends"""
        end, other = (self.a, self.b) if sender == "a" else (self.b, self.a)
        for piece in pieces or [data]:
            end.sendall(piece)
            if pieces:
                self.flush(end)
        return self.take(other, len(data))

    @staticmethod
    def flush(end):
        from netns import unsent
        end_of = time.monotonic() + 5
        while unsent(end) and time.monotonic() < end_of:
            time.sleep(0.0005)

    @staticmethod
    def take(sock, length):
        got = b""
        while len(got) < length:
            try:
                data = sock.recv(length - len(got))
            except (TimeoutError, socket.timeout) as error:
                raise Failure("of %d bytes came %d: %s" % (
                    length, len(got), got.hex(" ", 4))) from error
            if not data:
                raise Failure("closed early")
            got += data
        return got

    def close(self):
        for sock in (self.a, self.b):
            sock.close()


class Scene:
    def __init__(self, cast="outside", family=4, record=None, plain=False):
        self.cast, self.family, self.plain = cast, family, plain
        self.phone, self.desk = Host("PHONE"), Host("DESK")
        self.server = Host("SERVER")
        self.own = self.phone.address(family)
        self.other = self.desk.address(family)
        self.neighbour = os.environ["NEIGHBOUR%d" % family]
        self.remote = self.server.address(family)
        self.third = server_address(777, family)
        self.public = os.environ["WAN%d" % family]
        self.record = record
        self.ports = {}         # (protocol, port of ours): public port
        self.lines = []
        self.peer = None        # of the last call: who may send media
        self.calls = itertools.count(1)
        self.numbers = itertools.count(1)

    # --- what stands for what --------------------------------------------------

    def learn(self, protocol, port, public):
        before = self.ports.setdefault((protocol, port), public)
        if before != public:
            raise Failure("%s port %d was %d outside and is %d now" % (
                protocol, port, before, public))

    def outside(self, protocol, port):
        """(address, port) that stands for ours"""
        if self.plain:
            return self.own, port
        return self.public, self.ports[protocol, port]

    def forward(self, path, address):
        """A component of a message of ours, as it is to arrive"""
        protocol, found = what(path), read(address)
        if protocol in ("alone", "either") or found is None or \
                found[0] != self.own:
            return address
        if self.plain or (protocol, found[1]) not in self.ports:
            return address
        return replaced(address, self.outside(protocol, found[1]))

    def untouched(self, path, address):
        return address

    def forward_all(self, path, address):
        """The same where no rule says which protocol: all are translated"""
        found = read(address)
        if found is None or found[0] != self.own or self.plain or \
                what(path) == "alone":
            return address
        for protocol in ("udp", "tcp"):
            if (protocol, found[1]) in self.ports:
                return replaced(address, self.outside(protocol, found[1]))
        return address

    def back(self, path, address):
        """A component of a message of theirs"""
        if REVERSED.search(path):
            return self.back_all(path, address)
        return address

    def back_all(self, path, address):
        found = read(address)
        if found is None or self.plain or what(path) == "alone":
            return address
        for (protocol, port), public in self.ports.items():
            if found == (self.public, public) and \
                    what(path) in (protocol, "either"):
                return replaced(address, (self.own, port))
        return address

    # --- calls -------------------------------------------------------------------

    def guid(self):
        return struct.pack(">QQ", 0x4832333300000000 + os.getpid(),
                           next(self.calls))

    def line(self, port=SIGNAL, **more):
        """Call signalling: the caller inside or outside, by the cast"""
        if self.cast == "outside":
            self.peer = server_address(next(self.numbers), self.family)
            line = Line(self, self.phone, self.server, self.peer,
                        (port, port), **more)
        else:
            self.peer = self.remote
            line = Line(self, self.server, self.phone,
                        self.public if not self.plain else self.own,
                        (port, port), **more)
        return line

    def side(self, ours):
        """Which end of such a line it is: "a" or "b" """
        return "a" if ours == (self.cast == "outside") else "b"

    def say(self, line, ours, message, note="", want=None, pieces=None):
        """A message passes and arrives as it is to; want: changes that are
        all right, else what the rules say. What arrived"""
        data = message.octets()
        if want is None:
            want = (self.forward, self.forward_all) if ours else \
                (self.back, self.back_all)
        wanted = [message.octets(w) for w in want]
        got = line.pass_on(self.side(ours), data,
                           pieces(data) if pieces else None)
        if got not in wanted:
            raise Failure("%s: %s\n  sent %s\n  got  %s\n  want %s" % (
                note, explain(data, got, wanted), data.hex(" ", 4),
                got.hex(" ", 4), " or ".join(
                    w.hex(" ", 4) for w in dict.fromkeys(wanted))))
        if self.record is not None and isinstance(message, Signal):
            self.record.add(note, "tcp", data, got)
        return got

    def setup(self, line, content=None, note="Setup", want=None, **more):
        """The first message of a call; its identifier"""
        call = self.guid()
        message = Signal("setup", merge({
            "protocolIdentifier": OID % 7, "conferenceID": call,
            "callIdentifier": {"guid": call}}, content or {}), **more)
        self.say(line, self.cast == "outside", message, note, want)
        return call

    # --- doors ------------------------------------------------------------------

    def knock_tcp(self, port, listener, source=None):
        """Does a connection from outside, from the last call's peer unless
        it is said from where, reach the listener"""
        sock = self.server.tcp(0, self.family, source or self.peer)
        sock.setblocking(False)
        try:
            sock.connect((self.public, port))
        except BlockingIOError:
            pass
        try:
            if not select.select([listener], [], [], 0.5)[0]:
                return False
            listener.accept()[0].close()
            return True
        finally:
            sock.close()

    def knock_udp(self, port, sock, source=None, sport=0):
        """Does a datagram from there reach the socket"""
        knocker = self.server.udp(sport, self.family, source or self.peer)
        data = b"knock %f" % time.monotonic()
        try:
            knocker.sendto(data, (self.public, port))
        except OSError:
            return False
        finally:
            knocker.close()
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            if not select.select([sock], [], [], 0.1)[0]:
                continue
            if sock.recv(65536) == data:
                return True
        return False


def explain(data, got, wanted):
    """Where it went wrong, in addresses"""
    best = min(wanted, key=lambda w: sum(x != y for x, y in zip(w, got)))
    if got == data:
        return "was not translated"
    if best == data:
        return "was to pass as it is and was changed"
    at = [n for n, (x, y) in enumerate(zip(got, best)) if x != y]
    return "differs at %s" % at[:8]


def bindings():
    return natctl("bindings")


def natctl(what):
    return json.loads(subprocess.run(
        [os.environ["NATCTL"], "-n", os.environ["ROUTER"], "-j", "show",
         what], check=True, capture_output=True).stdout)


def reasons():
    """{reason: count}"""
    return {r["name"]: r["count"] for r in natctl("statistics")["reasons"]}
