# SPDX-License-Identifier: GPL-2.0
"""Skinny telephones that register, call, and count what they hear.

A Phone lives in a namespace of the topology and speaks one protocol version: 3,
11, 17 or 22. It acknowledges each channel with its own inside address and an
RTP port that is new for every channel, and sends its media where
StartMediaTransmission says. It keeps a transcript of both directions.
"""

import os
import select
import socket
import struct
import time

import skinny
from exchange import Failure

# CallState
OFF_HOOK, ON_HOOK, RING_OUT, RING_IN, CONNECTED, BUSY = 1, 2, 3, 4, 5, 6
HOLD, CALL_WAITING, TRANSFER = 8, 9, 10
# SoftKeyEvent
KEY_HOLD, KEY_TRANSFER, KEY_END, KEY_RESUME, KEY_ANSWER = 3, 4, 9, 10, 11

TALK = 25               # packets each way that are counted


class Channel:
    """A receive channel that is open: its socket and what was heard on it"""

    def __init__(self, phone, ptp, ref):
        self.ptp, self.ref = ptp, ref
        self.sock = phone.host.udp(phone.next_port(), phone.family,
                                   phone.address)
        self.port = self.sock.getsockname()[1]
        self.sock.setblocking(False)
        self.heard = []


class Phone:
    def __init__(self, world, host, line, version, manager, port=2000,
                 address=None, family=4, rtp=20000):
        self.world, self.host, self.line = world, host, line
        self.version, self.family = version, family
        self.manager, self.port = manager, port
        self.address = address or host.address(family)
        self.rtp = rtp
        self.sock = None
        self.buffer = bytearray()
        self.transcript = []
        self.calls = {}         # reference: state
        self.channels = {}      # ptp: Channel
        self.remote = {}        # ptp: (address, port) media goes to
        self.seen = set()       # message ids
        self.servers = []       # of ServerRes
        self.sequence = 0
        self.instance = 1
        self.leaving = False
        world.phones.append(self)

    def __str__(self):
        return "phone %s v%d" % (self.line, self.version)

    def next_port(self):
        self.rtp += 2
        return self.rtp - 2

    @property
    def form(self):
        return "new" if self.version >= 17 else "old"

    # --- signalling ----------------------------------------------------------

    def send(self, ident, body=b"", version=None):
        if version is None:
            version = self.version if self.version >= 10 else 0
        data = skinny.message(ident, body, version)
        self.transcript.append((">", data))
        self.sock.sendall(data)

    def connect(self):
        self.sock = self.host.tcp(0, self.family, self.address)
        self.sock.settimeout(60)
        self.sock.connect((self.manager, self.port))
        self.sock.setblocking(False)

    def register(self):
        name = b"SEP000000000%s" % self.line.encode()
        # firmware of the time: each version has a longer message
        length = {3: 44, 11: 92, 17: 124, 22: 172}[self.version]
        body = bytearray(length)
        body[:16] = name.ljust(16, b"\0")
        struct.pack_into("<I", body, 20, 1)
        if self.family == 4:
            body[24:28] = skinny.packed(self.address)
        elif length >= 88:
            body[72:88] = skinny.packed(self.address)
        struct.pack_into("<IIIB", body, 28, 7, 5, 0, self.version)
        self.connect()
        if self.version == 3:
            alarm = bytearray(92)
            alarm[4:15] = b"Name=%s" % name[:6]
            if self.family == 4:
                alarm[88:92] = skinny.packed(self.address)
            self.send(0x0020, bytes(alarm), 0)
        self.send(0x0001, bytes(body), 0)
        self.until("registered", lambda: 0x0081 in self.seen)
        self.send(0x000E)                               # ButtonTemplateReq
        self.send(0x0028)                               # SoftKeyTemplateReq
        self.send(0x0025)                               # SoftKeySetReq
        self.send(0x000B, struct.pack("<I", 1))         # LineStatReq
        self.send(0x002D, struct.pack("<I", 2))         # AvailableLines
        self.send(0x000D)                               # TimeDateReq
        self.send(0x0012)                               # ServerReq
        self.until("configured", lambda: self.seen >= {
            0x0097, 0x0108, 0x0109, 0x0092, 0x0094, 0x009E})

    def take(self):
        try:
            data = self.sock.recv(65536)
        except BlockingIOError:
            return
        if not data:
            if not self.leaving:
                raise Failure("%s: the CallManager closed the connection" %
                              self)
            self.sock.close()
            self.sock = None
            return
        self.buffer += data
        while True:
            found = skinny.split(self.buffer)
            if not found:
                return
            (ident, _, body), length = found
            self.transcript.append(("<", bytes(self.buffer[:length])))
            del self.buffer[:length]
            self.handle(ident, body)
            self.seen.add(ident)

    def handle(self, ident, body):
        words = struct.unpack("<%dI" % (len(body) // 4),
                              body[:len(body) // 4 * 4])
        if ident == 0x009B:     # CapabilitiesReq: G.711 u-law
            self.send(0x0010, struct.pack("<III8x", 1, 4, 20))
        elif ident == 0x0111:
            state, self.instance, ref = words[:3]
            self.calls[ref] = state
            if state == ON_HOOK:
                del self.calls[ref]
        elif ident == 0x0105:
            self.open_channel(body, words)
        elif ident == 0x0106:
            channel = self.channels.pop(words[1], None)
            if channel:
                channel.sock.close()
        elif ident == 0x008A:
            self.start(body, words)
        elif ident == 0x008B:
            self.remote.pop(words[1], None)
        elif ident == 0x009E:
            self.servers = self.server_list(body)

    def open_channel(self, body, words):
        conference, ptp = words[:2]
        ref = words[6] if len(words) > 6 else 0
        old = self.channels.pop(ptp, None)
        if old:
            old.sock.close()
        channel = self.channels[ptp] = Channel(self, ptp, ref)
        form = skinny.layout("OpenReceiveChannelAck", self.form,
                             36 if self.form == "new" else
                             16 if self.version == 3 else 20)
        self.transcript.append((">", skinny.build(form, {
            "A": self.address, "P": channel.port, "ptp": ptp, "ref": ref},
            self.version if self.version >= 10 else 0)))
        self.sock.sendall(self.transcript[-1][1])

    def start(self, body, words):
        conference, ptp = words[:2]
        if self.form == "new":
            if len(body) < 132:
                raise Failure("%s: StartMediaTransmission of %d bytes" % (
                    self, len(body)))
            kind, = struct.unpack_from("<I", body, 8)
            address = skinny.text(body[12:28] if kind else body[12:16])
            port, = struct.unpack_from("<I", body, 28)
        else:
            address = skinny.text(body[8:12])
            port, = struct.unpack_from("<I", body, 12)
        if not port:
            self.remote.pop(ptp, None)
            return
        self.remote[ptp] = (address, port)
        channel = self.channels.get(ptp)
        if self.form == "new" and channel:
            form = skinny.layout("StartMediaTransmissionAck", "new", 40)
            self.transcript.append((">", skinny.build(form, {
                "A": self.address, "P": channel.port, "conf": conference,
                "ptp": ptp, "ref": channel.ref}, self.version)))
            self.sock.sendall(self.transcript[-1][1])

    @staticmethod
    def server_list(body):
        ports = struct.unpack_from("<5I", body, 240)
        kind, = struct.unpack_from("<I", body, 260)
        if len(body) >= 360 and kind < 4:
            found = [body[264 + 20 * n:268 + 20 * n] for n in range(5)]
        else:
            found = [body[260 + 4 * n:264 + 4 * n] for n in range(5)]
        return [(skinny.text(a), p) for a, p in zip(found, ports) if any(a)]

    # --- what its user does --------------------------------------------------

    def until(self, what, condition, seconds=15):
        self.world.until("%s: %s" % (self, what), condition, seconds)

    def in_state(self, *states):
        for ref, state in self.calls.items():
            if state in states:
                return ref
        return None

    def key(self, key, ref):
        self.send(0x0026, struct.pack("<III", key, self.instance, ref))

    def digits(self, number, ref):
        for digit in number:
            self.send(0x0003, struct.pack("<III", int(digit), self.instance,
                                          ref))

    def dial(self, number):
        self.send(0x0006, struct.pack("<II", 1, 0))
        self.until("dial tone", lambda: self.in_state(OFF_HOOK))
        self.digits(number, self.in_state(OFF_HOOK))

    def answer(self):
        self.until("rings", lambda: self.in_state(RING_IN))
        ref = self.in_state(RING_IN)
        self.key(KEY_ANSWER, ref)
        self.until("answered", lambda: self.calls.get(ref) == CONNECTED)

    def hold(self):
        ref = self.in_state(CONNECTED)
        self.key(KEY_HOLD, ref)
        self.until("on hold", lambda: self.calls.get(ref) == HOLD and
                   not self.channels)
        return ref

    def resume(self):
        ref = self.in_state(HOLD)
        self.key(KEY_RESUME, ref)
        self.until("resumed", lambda: self.calls.get(ref) == CONNECTED and
                   self.channels and self.remote)

    def hang_up(self):
        ref = self.in_state(CONNECTED) or 0
        self.send(0x0007, struct.pack("<II", self.instance, ref))
        self.idle()

    def idle(self):
        self.until("idle", lambda: not self.calls and not self.channels)

    def unregister(self):
        """The answer of chan_skinny is to close the connection; after a
        transfer it is at times too confused to give it. Its session ends a
        little later, and takes a phone along that came back too early."""
        self.leaving = True
        self.send(0x0027)
        end = time.monotonic() + 2
        while self.sock and 0x0118 not in self.seen and \
                time.monotonic() < end:
            self.world.turn()
        if self.sock:
            self.sock.close()
            self.sock = None
        self.world.rest(0.3)

    # --- media ---------------------------------------------------------------

    def speak(self, tag):
        """One packet of 20 ms on every channel that has a far end"""
        self.sequence += 1
        for ptp, target in self.remote.items():
            channel = self.channels.get(ptp)
            if not channel:
                continue
            text = ("%s %s %d " % (tag, self.line, self.sequence)).encode()
            packet = struct.pack(">BBHII", 0x80, 0, self.sequence & 0xffff,
                                 self.sequence * 160, int(self.line)) + \
                text.ljust(160, b"\x55")
            try:
                channel.sock.sendto(packet, target)
            except OSError:
                pass            # nobody there: it is the hearing that counts

    def listen(self):
        for channel in self.channels.values():
            try:
                while True:
                    data, source = channel.sock.recvfrom(2048)
                    words = data[12:].split(b" ")
                    if len(data) == 172 and len(words) > 3:
                        channel.heard.append((words[0].decode(),
                                              words[1].decode(),
                                              int(words[2]), source))
            except BlockingIOError:
                pass

    def heard(self, tag, who):
        """Numbers of the packets of that phone, and where they came from"""
        return {(n, source) for channel in self.channels.values()
                for t, line, n, source in channel.heard
                if (t, line) == (tag, who.line)}


class World:
    """All phones of a test, moved by one thread"""

    def __init__(self):
        self.phones = []
        self.tags = 0

    def turn(self, wait=0.02):
        by_sock = {p.sock: p for p in self.phones if p.sock}
        for sock in select.select(list(by_sock), [], [], wait)[0]:
            by_sock[sock].take()
        for phone in self.phones:
            phone.listen()

    def until(self, what, condition, seconds=15):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise Failure("not %s\n%s" % (what, self.state()))
            self.turn()

    def rest(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.turn()

    def talk(self, pairs, seconds=10, count=TALK):
        """In each (a, b) a hears b: all of the packets that follow the first

        Returns {(a, b): packets heard, and the address they came from}.
        """
        self.tags += 1
        tag = "t%d" % self.tags
        speakers = {b for _, b in pairs}
        end = time.monotonic() + seconds
        while any(not a.heard(tag, b) for a, b in pairs):
            if time.monotonic() > end:
                raise Failure("not heard: %s\n%s" % (", ".join(
                    "%s by %s" % (b, a) for a, b in pairs
                    if not a.heard(tag, b)), self.state()))
            for phone in speakers:
                phone.speak(tag)
            self.turn(0.01)
        first = {p: p.sequence + 1 for p in speakers}
        for _ in range(count):
            for phone in speakers:
                phone.speak(tag)
            self.turn(0.01)
        end = time.monotonic() + 3
        while time.monotonic() < end and any(
                len(self.since(a, b, tag, first)) < count for a, b in pairs):
            self.turn()
        result = {}
        for a, b in pairs:
            got = self.since(a, b, tag, first)
            if len(got) < count:
                raise Failure("%s heard %d of %d packets of %s" % (
                    a, len(got), count, b))
            result[a, b] = (len(got), {s for _, s in got})
        return result

    @staticmethod
    def since(a, b, tag, first):
        return {(n, s) for n, s in a.heard(tag, b) if n >= first[b]}

    def silence(self, a, b, seconds=1.5):
        """a does not hear b, although b speaks"""
        self.tags += 1
        tag = "s%d" % self.tags
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            b.speak(tag)
            self.turn(0.02)
        heard = a.heard(tag, b)
        if heard:
            raise Failure("%s heard %d packets of %s" % (a, len(heard), b))

    def state(self):
        lines = []
        for p in self.phones:
            lines.append("%s: calls %r, channels %r, sends to %r" % (
                p, p.calls, [c.port for c in p.channels.values()],
                list(p.remote.values())))
            for way, data in p.transcript[-5:]:
                lines.append("  %s %s" % (way, data[:60].hex(" ", 4)))
        return "\n".join(lines)

    def save(self, name):
        """All that was said, for a person to read"""
        folder = os.environ.get("NF_ALG_OUT")
        if not folder:
            return
        with open("%s/%s.transcript" % (folder, name), "w") as out:
            for p in self.phones:
                out.write("%s\n" % p)
                for way, data in p.transcript:
                    out.write("  %s %s\n" % (way, data.hex(" ", 4)))

    def close(self):
        for phone in self.phones:
            if phone.sock:
                phone.sock.close()
            for channel in phone.channels.values():
                channel.sock.close()
