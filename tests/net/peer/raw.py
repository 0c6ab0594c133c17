#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Segments as no operating system sends them, from an end made by hand.

raw.py rst | overlap | called

The hosts' own TCP must not answer for that end: the test lets no RST without
packet mark 1 out of them.
"""

import os
import select
import socket
import struct
import time

from exchange import Failure
from netns import PATIENCE, server_address
from wire import Bench, arguments, take

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
MSS = b"\x02\x04\x05\xb4"
MARK = 1


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Segment:
    def __init__(self, packet):
        head = (packet[0] & 15) * 4
        self.source = socket.inet_ntoa(packet[12:16])
        (self.sport, self.dport, self.seq, self.ack, off,
         self.flags) = struct.unpack("!HHIIBB", packet[head:head + 14])
        self.data = packet[head + (off >> 4) * 4:]

    def __str__(self):
        return "flags %#x seq %d ack %d, %d bytes" % (
            self.flags, self.seq, self.ack, len(self.data))


class End:
    """One end of a connection; nxt and ack are what it would say next"""

    def __init__(self, host, address, port, peer=None, isn=1000):
        self.sock = host.socket(4, socket.SOCK_RAW, socket.IPPROTO_TCP)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
        # the server owns its many addresses by a local route
        self.sock.setsockopt(socket.IPPROTO_IP, 15, 1)
        self.sock.bind((address, 0))
        self.address, self.port, self.peer = address, port, peer
        self.isn = self.nxt = isn
        self.ack = 0

    def send(self, flags, data=b"", seq=None, options=b""):
        head = struct.pack("!HHIIBBHHH", self.port, self.peer[1],
                           (self.nxt if seq is None else seq) & 0xffffffff,
                           self.ack if flags & ACK else 0,
                           (20 + len(options)) // 4 << 4, flags, 64000, 0, 0)
        text = head + options + data
        pseudo = (socket.inet_aton(self.address) +
                  socket.inet_aton(self.peer[0]) +
                  struct.pack("!BBH", 0, socket.IPPROTO_TCP, len(text)))
        text = text[:16] + struct.pack("!H", checksum(pseudo + text)) + \
            text[18:]
        self.sock.sendto(text, (self.peer[0], 0))

    def get(self, what, flags, timeout=PATIENCE):
        """The next segment of the connection with these flags"""
        until, seen = time.monotonic() + timeout, []
        while select.select([self.sock], [], [],
                            max(until - time.monotonic(), 0))[0]:
            segment = Segment(self.sock.recv(65536))
            if segment.dport != self.port or (
                    self.peer and segment.source != self.peer[0]):
                continue
            if segment.flags & (SYN | RST | ACK) & ~ACK == flags & ~ACK and \
                    segment.flags & flags == flags:
                self.peer = self.peer or (segment.source, segment.sport)
                if flags & SYN:
                    self.ack = segment.seq + 1
                return segment
            seen.append(str(segment))
        raise Failure("no %s, but %s" % (what, seen))

    def none(self, what, flags):
        try:
            segment = self.get(what, flags, 0.3)
        except Failure:
            return
        raise Failure("%s: %s" % (what, segment))

    def close(self):
        self.sock.close()


class Between:
    """Both ends made by hand; used up is one address of the server"""

    number = 300

    def __init__(self, bench):
        Between.number += 1
        address = server_address(Between.number)
        self.phone = End(bench.phone, bench.phone.address(), bench.port,
                         (address, 5060))
        self.server = End(bench.server, address, 5060, isn=700000)

    def syn(self):
        self.phone.send(SYN, options=MSS)
        self.phone.nxt = self.phone.isn + 1
        self.server.get("SYN", SYN)

    def syn_ack(self):
        self.server.send(SYN | ACK, options=MSS)
        self.server.nxt = self.server.isn + 1
        self.phone.get("SYN/ACK", SYN | ACK)

    def again(self, bench):
        """The same two ends begin anew, and are translated"""
        for end, isn in ((self.phone, 5000000), (self.server, 9000000)):
            end.isn = end.nxt = isn
        self.syn()
        self.syn_ack()
        self.phone.send(ACK)
        self.speak(bench)
        self.server.send(RST)
        self.phone.get("RST of the second connection", RST)

    def speak(self, bench):
        """One message, translated"""
        sent, want = bench.phones
        self.phone.send(ACK | PSH, sent)
        got, until = b"", time.monotonic() + PATIENCE
        while len(got) < len(want) and time.monotonic() < until:
            segment = self.server.get("data, after %r" % got, ACK)
            if segment.data and segment.seq == self.server.ack + len(got):
                got += segment.data
        if got != want:
            raise Failure("the server received %r" % got)
        self.server.ack += len(got)
        self.server.send(ACK)
        segment = self.phone.get("acknowledgement", ACK)
        while segment.ack != self.phone.nxt + len(sent):
            segment = self.phone.get("acknowledgement", ACK)
        self.phone.nxt += len(sent)

    def close(self):
        self.phone.close()
        self.server.close()


def rst_in_syn_sent(bench):
    """Nobody has answered yet"""
    between = Between(bench)
    between.syn()
    between.phone.send(RST)
    between.server.get("RST in SYN_SENT", RST)
    between.again(bench)
    between.close()


def rst_to_syn(bench):
    between = Between(bench)
    between.syn()
    between.server.nxt = 0
    between.server.send(RST | ACK)
    segment = between.phone.get("RST to the SYN", RST)
    if segment.ack != between.phone.nxt:
        raise Failure("the RST to the SYN arrives as %s" % segment)
    between.again(bench)
    between.close()


def rst_in_syn_recv(bench):
    """By the one who called, instead of the ACK"""
    between = Between(bench)
    between.syn()
    between.syn_ack()
    between.phone.send(RST)
    segment = between.server.get("RST in SYN_RECV", RST)
    if segment.seq != between.phone.nxt:
        raise Failure("the RST in SYN_RECV arrives as %s" % segment)
    between.again(bench)
    between.close()


def rst_in_syn_recv_back(bench):
    """By the one who was called"""
    between = Between(bench)
    between.syn()
    between.syn_ack()
    between.server.send(RST)
    segment = between.phone.get("RST in SYN_RECV", RST)
    if segment.seq != between.server.nxt:
        raise Failure("the RST in SYN_RECV arrives as %s" % segment)
    between.again(bench)
    between.close()


def rst_after_data(bench):
    """By the one who was called, when its numbers and the caller's differ:
    conntrack keeps the entry, and the next connection revives it"""
    between = Between(bench)
    between.syn()
    between.syn_ack()
    between.phone.send(ACK)
    between.speak(bench)
    between.server.send(RST)
    between.phone.get("RST", RST)
    between.again(bench)
    between.close()


def rst_elsewhere(bench):
    """A forged reset, not where the sender stands, ends nothing"""
    between = Between(bench)
    between.syn()
    between.syn_ack()
    between.phone.send(ACK)
    between.phone.send(RST, seq=between.phone.nxt + 100000)
    sent, want = bench.phones
    between.phone.send(ACK | PSH, sent)
    segment = between.server.get("data after a forged RST", ACK)
    while not segment.data:
        segment = between.server.get("data after a forged RST", ACK)
    if segment.data != want:
        raise Failure("after a forged RST: %s" % segment)
    between.server.ack += len(want)
    between.server.send(RST)
    between.phone.get("RST", RST)
    between.close()


class Called(Between):
    """The server begins, through a static mapping to the phone"""

    def __init__(self, bench):
        Between.number += 1
        self.server = End(bench.server, server_address(Between.number), 5060,
                          (os.environ["WAN4"], 5060), 700000)
        self.phone = End(bench.phone, bench.phone.address(), 5060)

    def answered(self):
        self.server.send(SYN, options=MSS)
        self.server.nxt = self.server.isn + 1
        self.phone.get("SYN", SYN)
        self.phone.send(SYN | ACK, options=MSS)
        self.phone.nxt = self.phone.isn + 1
        self.server.get("SYN/ACK", SYN | ACK)

    def late(self, bench, isn):
        """A SYN behind the SYN/ACK changes nothing"""
        self.server.send(SYN, seq=isn, options=MSS)
        self.phone.get("SYN, behind the SYN/ACK", SYN)
        self.phone.ack = self.server.nxt
        self.server.send(ACK)
        self.phone.get("ACK", ACK)
        self.speak(bench)
        self.server.send(RST)
        self.phone.get("RST", RST)

    def speak(self, bench):
        """The phone's message, translated"""
        self.phone.send(ACK | PSH, bench.phones[0])
        contact = b"<sip:alice@%s:5060;transport=tcp>" % (
            os.environ["WAN4"].encode())
        until, got = time.monotonic() + PATIENCE, b""
        while b"\r\n\r\n" not in got and time.monotonic() < until:
            segment = self.server.get("data, after %r" % got, ACK)
            if segment.seq == self.server.ack + len(got):
                got += segment.data
        if contact not in got:
            raise Failure("the server received %r" % got)
        self.server.ack += len(got)
        self.server.send(ACK)


def syn_doubled(bench):
    """The network has doubled the SYN, and one of them took its time"""
    called = Called(bench)
    called.answered()
    called.late(bench, called.server.isn)
    called.close()


def syn_forged(bench):
    """Somebody knows the ports and addresses, not the numbers"""
    called = Called(bench)
    called.answered()
    called.late(bench, called.server.isn + 100000)
    called.close()


class Caller:
    """The phone by hand, the server by its operating system"""

    number = 500

    def __init__(self, bench):
        Caller.number += 1
        self.sock = None
        address = server_address(Caller.number)
        self.end = End(bench.phone, bench.phone.address(), bench.port,
                       (address, 5060))
        self.end.send(SYN, options=MSS)
        self.end.get("SYN/ACK", SYN | ACK)
        self.end.nxt += 1
        self.end.send(ACK)
        self.base = self.end.nxt
        until = time.monotonic() + PATIENCE
        while self.sock is None and time.monotonic() < until:
            try:
                sock, _ = bench.listener.sock.accept()
            except BlockingIOError:
                time.sleep(0.002)
                continue
            if sock.getsockname()[0] == address:
                self.sock = sock
            else:
                sock.close()
        if self.sock is None:
            raise Failure("no connection")
        self.sock.setblocking(True)

    def say(self, off, data):
        """Bytes that stand at this place of the stream"""
        self.end.send(ACK | PSH, data, self.base + off)

    def receives(self, want, timeout=PATIENCE):
        self.sock.settimeout(timeout)
        got = b""
        while len(got) < len(want):
            try:
                data = self.sock.recv(65536)
            except socket.timeout:
                raise Failure("received %r, want %r" % (got, want)) from None
            if not data:
                break
            got += data
        if got != want:
            raise Failure("received %r, want %r" % (got, want))

    def nothing_more(self):
        if select.select([self.sock], [], [], 0.4)[0]:
            raise Failure("received more: %r" % self.sock.recv(65536))

    def acked(self, off):
        """The router has acknowledged what stands before this place"""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            segment = self.end.get("acknowledgement of %d" % off, ACK)
            if segment.ack == self.base + off:
                return
            if (segment.ack - self.base - off) % 2**32 < 2**31:
                raise Failure("acknowledged %d, said %d" % (
                    segment.ack - self.base, off))
        raise Failure("%d is not acknowledged" % off)

    def close(self):
        self.end.send(RST, seq=self.end.nxt)
        self.sock.close()
        self.end.close()


class Versions:
    """A message twice, alike in length: the second says other things. mixed()
    is what a receiver gets of the first up to a place and the second behind
    it, as sent and as received."""

    def __init__(self, bench):
        self.sent, self.want = bench.phones
        word, other = b"Max-Forwards: 70", b"Max-Forwards: 33"
        if word not in self.sent:
            raise Failure("no Max-Forwards in %r" % self.sent)
        self.word = self.sent.index(word)
        self.lie = self.sent.replace(word, other)
        self.lied = self.want.replace(word, other)
        # the digits, which differ
        self.digits = self.word + len(word) - 2


def overlap_taken(bench, v, caller):
    """What was taken over is not taken back, before and after its message is
    complete"""
    cut = v.digits + 20
    caller.say(0, v.sent[:cut])
    caller.acked(cut)
    caller.say(0, v.lie[:cut])
    caller.say(0, v.lie)
    caller.receives(v.want)
    caller.say(0, v.lie)
    caller.say(100, v.lie[100:300])
    caller.acked(len(v.sent))
    caller.end.nxt = caller.base + len(v.sent)


def overlap_new(bench, v, caller):
    """Only the bytes that were not there before count"""
    cut = v.digits - 5
    caller.say(0, v.sent[:cut])
    caller.say(20, v.lie[20:])
    caller.receives(v.lied)
    caller.say(0, v.sent)
    caller.acked(len(v.sent))
    caller.end.nxt = caller.base + len(v.sent)


def overlap_early(bench, v, caller):
    """The same behind a hole: the first that came stays"""
    cut = v.digits - 5
    caller.say(cut, v.sent[cut:])
    caller.say(cut, v.lie[cut:])
    caller.say(0, v.lie[:cut])
    caller.receives(v.want)
    caller.say(cut, v.lie[cut:])
    caller.acked(len(v.sent))
    caller.end.nxt = caller.base + len(v.sent)


def overlap_inside(bench, v, caller):
    """A liar that lies inside of what waits behind a hole"""
    cut = v.digits - 5
    caller.say(cut, v.sent[cut:])
    caller.say(v.digits, v.lie[v.digits:v.digits + 2])
    caller.say(v.digits - 1, v.lie[v.digits - 1:v.digits + 9])
    caller.say(0, v.sent[:cut])
    caller.receives(v.want)
    caller.end.nxt = caller.base + len(v.sent)


def overlap_split(bench, v, caller):
    """Two versions of one number, cut between its digits: what arrives is the
    digit that came first and nothing else, and it arrives once"""
    cut = v.digits + 1
    caller.say(0, v.sent[:cut])
    caller.say(v.digits, v.lie[v.digits:])
    got = v.want.replace(b"Max-Forwards: 70", b"Max-Forwards: 73")
    caller.receives(got)
    caller.end.nxt = caller.base + len(v.sent)


def overlap_next(bench, v, caller):
    """A repetition that goes on with the next message"""
    caller.say(0, v.sent)
    caller.receives(v.want)
    caller.say(50, v.lie[50:] + v.sent[:100])
    caller.say(40, v.lie[40:] + v.lie[:100] + v.sent[100:])
    caller.receives(v.want)
    caller.end.nxt = caller.base + 2 * len(v.sent)


WAYS = {
    "rst": (rst_in_syn_sent, rst_to_syn, rst_in_syn_recv,
            rst_in_syn_recv_back, rst_after_data, rst_elsewhere),
    "overlap": (overlap_taken, overlap_new, overlap_early, overlap_inside,
                overlap_split, overlap_next),
    "called": (syn_doubled, syn_forged),
}


def overlapping(bench, ways):
    """Each on a connection of its own, which carries nothing more in the end"""
    versions = Versions(bench)

    def one(bench, way):
        caller = Caller(bench)
        way(bench, versions, caller)
        caller.nothing_more()
        caller.close()

    for way in ways:
        yield way.__name__, lambda bench, way=way: one(bench, way)


def main():
    args = arguments(WAYS, 47000)
    bench, ways = Bench(args.port), WAYS[args.how]
    if args.how in ("rst", "called"):
        bench.listener.close()      # it would answer as well
        take(bench, [(way.__name__, way) for way in ways])
    else:
        take(bench, overlapping(bench, ways))


if __name__ == "__main__":
    main()
