# SPDX-License-Identifier: GPL-2.0
"""Connections through the router, both ends held by one program.

An Exchange speaks a script in turns, a Flow sends both ways at once. How the
bytes are cut into segments is given by a function; what each end receives is
compared with what it is to receive, byte for byte.
"""

import collections
import os
import select
import socket
import time

from dialog import difference
from netns import server_address, unsent

PORT = 5060


class Failure(Exception):
    pass


def whole(n, step, data):
    """The reference cut: a message is a segment"""
    return [data]


class Pair:
    """A connection from the phone to the server and its two sockets"""

    def __init__(self, n, phone, port, family=4, target=None, sport=PORT,
                 source=None):
        self.n = n
        self.family = family
        self.target = target or server_address(
            n, family, os.environ.get("SERVER_IS") == "FAR")
        self.phone = phone.tcp(port, family, source)
        self.phone.setblocking(False)
        self.server = None
        self.buffer = {"phone": bytearray(), "server": bytearray()}
        self.eof = {"phone": False, "server": False}
        self.error = {"phone": None, "server": None}
        self.chunks = []
        self.sender = "phone"
        self.moved = time.monotonic()
        self.sport = sport

    def connect(self):
        try:
            self.phone.connect((self.target, self.sport))
        except BlockingIOError:
            pass

    def end(self, who):
        return self.phone if who == "phone" else self.server

    def push(self):
        """Send the next chunks, each a segment of its own"""
        sock = self.end(self.sender)
        if sock is None:
            return False
        moved = False
        while self.chunks and (not self.apart or not unsent(sock)):
            try:
                sent = sock.send(self.chunks[0])
            except BlockingIOError:
                break
            except OSError as e:
                self.error[self.sender] = e
                break
            if sent < len(self.chunks[0]):
                self.chunks[0] = self.chunks[0][sent:]
            else:
                self.chunks.popleft()
            moved = True
        return moved

    apart = True    # a chunk waits until the one before it has left

    def nagle(self):
        self.apart = False
        for sock in (self.phone, self.server):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)

    def pull(self, who, limit=65536):
        sock = self.end(who)
        if sock is None or self.eof[who] or self.error[who]:
            return False
        try:
            data = sock.recv(limit)
        except BlockingIOError:
            return False
        except OSError as e:
            self.error[who] = e
            return True
        if data:
            self.buffer[who] += data
        else:
            self.eof[who] = True
        return True

    def close(self):
        for sock in (self.phone, self.server):
            if sock is not None:
                sock.close()


class Exchange(Pair):
    """A script in turns: [(sender, bytes sent, bytes to be received)]"""

    def __init__(self, n, phone, port, script, cut=whole, nagle=False,
                 **more):
        super().__init__(n, phone, port, **more)
        self.with_nagle = nagle
        self.script = script
        self.cut = cut
        self.step = -1
        self.done = False

    def begin(self):
        self.step += 1
        if self.step < len(self.script):
            self.sender, data, _ = self.script[self.step]
            self.chunks = collections.deque(
                c for c in self.cut(self.n, self.step, data) if c)
            assert b"".join(self.chunks) == data
        elif self.step == len(self.script):
            self.phone.shutdown(socket.SHUT_WR)

    def advance(self):
        """Go on as far as possible. True if anything moved"""
        if self.server is None:
            return False
        moved = False
        if self.step < 0:
            self.begin()
            moved = True
        while True:
            if self.step >= len(self.script):
                return self.finish() or moved
            went = self.push()
            receiver = "server" if self.sender == "phone" else "phone"
            went |= self.pull(receiver)
            moved |= went
            want = self.script[self.step][2]
            got = self.buffer[receiver]
            if self.error["phone"] or self.error["server"]:
                raise Failure("%s: %r" % (self, self.error))
            if self.eof["phone"] or self.eof["server"]:
                raise Failure("%s: closed early, received %r" % (self, got))
            if len(got) >= len(want) and not self.chunks:
                if got != want:
                    raise Failure("%s: %s" % (self, difference(got, want)))
                del got[:]
                self.begin()
                moved = True
            elif len(got) >= len(want) and got[:len(want)] != want:
                raise Failure("%s: %s" % (self, difference(got, want)))
            elif not went:
                return moved

    def finish(self):
        """Both ends see the end of the stream, and nothing before it"""
        moved = self.pull("server")
        if self.eof["server"] and self.server:
            if not self.buffer["server"]:
                try:
                    self.server.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
        moved |= self.pull("phone")
        for who in ("phone", "server"):
            if self.buffer[who]:
                raise Failure("%s: %s received more: %r" % (
                    self, who, self.buffer[who]))
            if self.error[who]:
                raise Failure("%s: %r" % (self, self.error))
        if self.eof["phone"] and self.eof["server"]:
            self.done = True
            self.close()
        return moved

    def __str__(self):
        if 0 <= self.step < len(self.script):
            who, data, _ = self.script[self.step]
            return "connection %d step %d (%s: %s; %s)" % (
                self.n, self.step, who,
                data.split(b"\r\n")[0].decode(errors="replace"),
                "%d chunks to go" % len(self.chunks))
        return "connection %d after the last step" % self.n


class Flow(Pair):
    """Both directions at once: streams = {sender: (chunks, expected)}

    slow: {receiver: bytes per read}; held: {receiver: seconds it does not
    read}. tolerant: the connection may be reset; then what was received has
    to be a prefix of what was expected.
    """

    apart = False

    def __init__(self, n, phone, port, streams, slow=None, held=None,
                 apart=False, buffer=0, nagle=False, lost=False, **more):
        super().__init__(n, phone, port, **more)
        self.queue = {who: collections.deque(s[0])
                      for who, s in streams.items()}
        self.total = {who: sum(map(len, s[0])) for who, s in streams.items()}
        self.sent = {who: 0 for who in streams}
        self.want = {"server": streams["phone"][1] if "phone" in streams
                     else b"",
                     "phone": streams["server"][1] if "server" in streams
                     else b""}
        self.slow = slow or {}
        self.held = dict(held or {})
        self.apart = apart
        self.checked = {"phone": 0, "server": 0}
        self.down = {"phone": False, "server": False}
        self.done = False
        self.lost = lost
        self.reset = False
        self.with_nagle = nagle
        if buffer:
            self.phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.read_at = {"phone": 0.0, "server": 0.0}

    def advance(self):
        if self.server is None:
            return False
        now = time.monotonic()
        moved = False
        for who in ("phone", "server"):
            self.sender, self.chunks = who, self.queue.get(who, [])
            if self.chunks:
                moved |= self.push()
            elif not self.down[who]:
                try:
                    self.end(who).shutdown(socket.SHUT_WR)
                except OSError as e:
                    self.error[who] = e
                self.down[who] = True
                moved = True
            if self.held.get(who, 0) > now - self.moved_at_start:
                continue
            size, pause = self.slow.get(who, (65536, 0))
            if pause and now - self.read_at[who] < pause:
                continue
            self.read_at[who] = now
            moved |= self.pull(who, size)
            self.check(who)
        for who in ("phone", "server"):
            if self.error[who] and self.lost:
                self.reset = self.done = True
                self.close()
                return True
            if self.error[who]:
                raise Failure("connection %d: %r, received %d of %d" % (
                    self.n, self.error, len(self.buffer[who]),
                    len(self.want[who])))
        if self.eof["phone"] and self.eof["server"]:
            for who in ("phone", "server"):
                if len(self.buffer[who]) != len(self.want[who]):
                    raise Failure("connection %d, %s: %s" % (
                        self.n, who,
                        difference(self.buffer[who], self.want[who])))
            self.done = True
            self.close()
        return moved

    moved_at_start = 0.0

    def check(self, who):
        """What came since the last check is what was to come"""
        got, at = self.buffer[who], self.checked[who]
        if len(got) > at:
            if got[at:] != self.want[who][at:len(got)]:
                raise Failure("connection %d, %s: %s" % (
                    self.n, who, difference(got, self.want[who])))
            self.checked[who] = len(got)

    def __str__(self):
        return "connection %d (%s)" % (self.n, ", ".join(
            "%s received %d of %d%s" % (
                w, len(self.buffer[w]), len(self.want[w]),
                " and the end" if self.eof[w] else "")
            for w in ("phone", "server")))


class Server:
    """Accepts what the pairs connect to"""

    def __init__(self, host, family=4, port=PORT, buffer=0):
        self.host = host
        self.sock = host.listener(port, family)
        if buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.sock.setblocking(False)

    def accept(self, pairs):
        """pairs: {address text: Pair}. True if one was accepted"""
        accepted = False
        while True:
            try:
                sock, _ = self.sock.accept()
            except BlockingIOError:
                return accepted
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = pairs.get(sock.getsockname()[0])
            if pair is None:
                sock.close()
                continue
            pair.server = sock
            pair.moved_at_start = time.monotonic()
            if getattr(pair, "with_nagle", False):
                pair.nagle()
            accepted = True

    def close(self):
        self.sock.close()


def run(pairs, server, window=48, stall=30, tick=None):
    """Run all pairs, so many at a time, until each is done.

    stall: seconds without any progress of one pair before it has failed.
    tick: called about every 10 ms.
    """
    waiting, active, failures = list(reversed(pairs)), [], []
    by_address = {}
    ticked = 0.0
    while waiting or active:
        while waiting and len(active) < window:
            pair = waiting.pop()
            by_address[pair.target] = pair
            pair.moved = time.monotonic()
            pair.connect()
            active.append(pair)
        moved = server.accept(by_address)
        now = time.monotonic()
        still = []
        for pair in active:
            try:
                went = pair.advance()
                if went:
                    pair.moved = now
                    moved = True
                elif now - pair.moved > stall:
                    raise Failure("%s: stalled, buffers %r" % (pair, {
                        w: bytes(b[-80:]) for w, b in pair.buffer.items()}))
            except Failure as e:
                failures.append(str(e))
                pair.close()
                if len(failures) >= 5:
                    for other in active:
                        other.close()
                    raise Failure("\n".join(failures))
                by_address.pop(pair.target, None)
                continue
            if pair.done:
                by_address.pop(pair.target, None)
            else:
                still.append(pair)
        active = still
        if tick and now - ticked > 0.01:
            ticked = now
            tick()
        if not moved and active:
            wait(active, server)
    if failures:
        raise Failure("\n".join(failures))


def wait(active, server):
    """Until a socket has something to read, or 2 ms for what is not a read"""
    poll = select.poll()
    poll.register(server.sock, select.POLLIN)
    for pair in active:
        for who in ("phone", "server"):
            sock = pair.end(who)
            if sock is not None and not pair.eof[who]:
                poll.register(sock, select.POLLIN)
    poll.poll(2)
