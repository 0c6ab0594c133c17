# SPDX-License-Identifier: GPL-2.0
"""The dialog once, a message a segment, and the proof that it is right.

Every other way of cutting the same messages must give both ends the bytes
this one gave them.
"""

import os
import select
import time

from dialog import ID, Dialog, View, content_length, difference, ident, learn, \
    literal, phone_view, seen_contact, seen_via
from exchange import Exchange, Failure, Pair, Server, run
from netns import PATIENCE


class Reference:
    """What each end is to receive: script() gives it for any connection"""

    def __init__(self, phone, server, port=40000, family=4, nat=True,
                 contact=5060, rport=False, sport=5060, rtp=30000, n=0):
        self.phone, self.server = phone, server
        self.port, self.family, self.nat = port, family, nat
        own = phone.address(family)
        remote = os.environ["SERVER%d" % family]
        public = os.environ["WAN%d" % family] if nat else own
        self.public = public
        self.dialog = Dialog(own, remote,
                             rport=(port, public) if rport else False)
        self.inside = phone_view(own, port, contact, rtp)
        self.outside = View("-", "-", "-", 0, 0)
        self.steps = []
        self.sport = sport
        self.speak(n)
        self.prove(own, public, rport)
        self.steps = [(who, a, b) for who, a, b in
                      self.dialog.script(self.inside, self.outside)]

    def speak(self, n):
        """Run it, learning the outside view as messages arrive"""
        listener = Server(self.server, self.family, self.sport)
        pair = Pair(n, self.phone, self.port, self.family, sport=self.sport)
        pair.connect()
        ends = {"phone": (pair.phone, "server"), "server": (None, "phone")}
        until = time.monotonic() + PATIENCE
        while pair.server is None:
            listener.accept({pair.target: pair})
            if time.monotonic() > until:
                raise Failure("no connection to %s" % pair.target)
            time.sleep(0.005)
        steps = self.dialog.script(self.inside, self.outside)
        self.received = []
        register = None
        for step in range(len(steps)):
            # rendered again: the view has been learnt in between
            who, inner, outer = self.dialog.script(
                self.inside, self.outside)[step]
            receiver = "server" if who == "phone" else "phone"
            pair.end(who).sendall(inner if who == "phone" else outer)
            got = self.receive(pair, receiver, inner)
            self.received.append(got)
            if step == 0:
                register = got
                self.outside.contact = seen_contact(got)
                self.outside.via = seen_via(got)
            elif step == 2:
                self.outside.__dict__.update(
                    learn(register, got).__dict__)
        pair.phone.shutdown(1)
        self.closed(pair, "server")
        pair.server.shutdown(1)
        self.closed(pair, "phone")
        pair.close()
        listener.close()

    @staticmethod
    def receive(pair, who, hint):
        until = time.monotonic() + PATIENCE
        buffer = pair.buffer[who]
        while True:
            whole = content_length(buffer)
            if whole is not None:
                got = bytes(buffer[:whole])
                del buffer[:whole]
                return got
            left = until - time.monotonic()
            if left < 0:
                raise Failure("%s did not get %r, but %r" % (
                    who, hint[:60], bytes(buffer)))
            select.select([pair.end(who)], [], [], left)
            pair.pull(who)
            if pair.eof[who] or pair.error[who]:
                raise Failure("%s: closed early: %r" % (who, pair.error))

    @staticmethod
    def closed(pair, who):
        until = time.monotonic() + PATIENCE
        while not pair.eof[who]:
            select.select([pair.end(who)], [], [], 1)
            pair.pull(who)
            if pair.buffer[who] or pair.error[who] or \
                    time.monotonic() > until:
                raise Failure("%s: no clean end: %r %r" % (
                    who, bytes(pair.buffer[who]), pair.error))

    def prove(self, own, public, rport):
        """The reference itself is right"""
        host = literal(own)
        v = self.outside
        if self.nat:
            want = literal(public)
            for name, got in (("Contact", v.contact), ("SDP", v.media)):
                if not got.startswith(want if name == "Contact" else public):
                    raise Failure("%s is %s: not translated to %s" % (
                        name, got, public))
            via = "%s:%d" % (host if rport else want, self.port)
            if v.via != via:
                raise Failure("Via is %s, not %s" % (v.via, via))
            if v.rtp % 2 or v.rtcp != v.rtp + 1:
                raise Failure("RTP on %d, RTCP on %d" % (v.rtp, v.rtcp))
        elif v.__dict__ != self.inside.__dict__:
            raise Failure("changed without NAT: %r, was %r" % (
                v, self.inside))
        for step, (who, inner, outer) in enumerate(
                self.dialog.script(self.inside, self.outside)):
            want = outer if who == "phone" else inner
            got = self.received[step]
            if got != want:
                raise Failure("step %d, sent by the %s: %s" % (
                    step, who, difference(got, want)))
            # the length the message claims is the length it has
            if content_length(got) != len(got):
                raise Failure("Content-Length wrong in %r" % got)
            if who == "phone" and self.nat:
                self.no_leak(got, host, rport)

    @staticmethod
    def no_leak(got, host, rport):
        """The inside address is left only where it must not be touched"""
        untouched = (b"From:", b"To:", b"Call-ID:", b"User-Agent:",
                     b"Authorization:", b"X-Route:", b"s=", b"a=x-note:")
        if rport:
            untouched += (b"Via:",)
        for line in got.split(b"\r\n"):
            if host.strip("[]").encode() in line and \
                    not line.startswith(untouched):
                raise Failure("inside address left: %r" % line)

    def rendered(self, steps, me=None):
        """Steps as an Exchange wants them"""
        me = me or ID
        made = [(who, make(self.inside).replace(ID, me),
                 make(self.outside).replace(ID, me)) for who, make in steps]
        return [(who, a if who == "phone" else b, b if who == "phone" else a)
                for who, a, b in made]

    def say(self, steps, n, me=None):
        """Run a few more steps on a connection of their own"""
        listener = Server(self.server, self.family, self.sport)
        run([Exchange(n, self.phone, self.port, self.rendered(steps, me),
                      family=self.family, sport=self.sport)], listener)
        listener.close()

    def register(self, n=5000):
        """Keep the phone registered, so that its Contact has a door"""
        d = self.dialog
        self.say([("phone", d.register), ("server", d.registered)], n,
                 b"keep0000")

    def unregister(self, n=5001):
        d = self.dialog
        self.say([("phone", lambda v: d.register(v, 2, 0)),
                  ("server", lambda v: d.registered(v, 2, 0))], n,
                 b"keep0000")

    def end(self, me, n):
        """End a call that was only ever offered"""
        self.say(self.dialog.short(), n, me)

    def script(self, n):
        """The script of connection n: its own Call-ID, tags and branches"""
        me = ident(n)
        return [(who,
                 (inner if who == "phone" else outer).replace(ID, me),
                 (outer if who == "phone" else inner).replace(ID, me))
                for who, inner, outer in self.steps]

    def stream(self, who, count, kinds):
        """count messages of that sender, round robin over kinds: (sent,
        expected) lists, each message with numbers of its own"""
        sent, want = [], []
        for n in range(count):
            inner, outer = kinds[n % len(kinds)](self.inside), \
                kinds[n % len(kinds)](self.outside)
            me = ident(n)
            inner, outer = inner.replace(ID, me), outer.replace(ID, me)
            sent.append(inner if who == "phone" else outer)
            want.append(outer if who == "phone" else inner)
        return sent, want
