# SPDX-License-Identifier: GPL-2.0
"""Rows of the list of sins, one test each, over UDP and TCP.

A message is a template: what the router translates is a word with a dollar
sign, all else are bytes that nobody may touch, the inside address included.
What the phone sends is the template as the phone sees it, and what the server
is to receive is the same as the server sees it, byte for byte; and back.

    $me    the phone's address          $flow  address:port of its flow
    $T $t  UDP udp or TCP tcp           $n     a word of this test alone
"""

import json
import os
import re
import select
import socket
import subprocess
import sys
import time
import traceback

from netns import Host

OWN, PUBLIC, SERVER = "10.0.0.2", "203.0.113.1", "203.0.113.9"
SECOND = "198.18.0.7"       # another host of the server's side
THIRD, FOURTH, STRANGER = "198.18.0.8", "198.18.0.9", "198.18.0.66"
WAIT = 5


class Failure(Exception):
    pass


def natctl(*words):
    return subprocess.run(
        [os.environ["NATCTL"], "-n", os.environ["ROUTER"], *words],
        check=True, capture_output=True, text=True).stdout


def shown(what):
    return json.loads(natctl("-j", "show", what))


def counted(reason):
    for row in shown("statistics")["reasons"]:
        if row["name"] == reason:
            return row["count"]
    return 0


def router(*words):
    subprocess.run(["ip", "netns", "exec", os.environ["ROUTER"], *words],
                   check=True, capture_output=True)


def forget_flows():
    """What a long silence does to UDP"""
    subprocess.run(["ip", "netns", "exec", os.environ["ROUTER"], "conntrack",
                    "-D", "-p", "udp"], capture_output=True, check=False)


def lines(text):
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def difference(got, want):
    n = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b),
             min(len(got), len(want)))
    return "differs at byte %d of %d (got %d)\n  got  %r\n  want %r" % (
        n, len(want), len(got), bytes(got[max(0, n - 50):n + 70]),
        bytes(want[max(0, n - 50):n + 70]))


class Flow:
    """One flow of signalling between an inside host and the server"""

    number = 0

    def __init__(self, transport, port=None, remote=5060, host="PHONE",
                 address=None, source=None):
        """address: the server's; source: one the inside host also has"""
        self.transport = transport
        self.host, self.server = Host(host), Host("SERVER")
        self.own = source or self.host.address()
        self.far = address or SERVER
        self.buffers = {"phone": b"", "server": b""}
        if transport == "udp":
            self.inside = self.host.udp(port or 5060, address=source)
            self.outside = self.server.udp(remote, address=address)
        else:
            listener = self.server.listener(remote)
            self.inside = self.host.tcp(port or 0, address=source)
            self.inside.connect((self.far, remote))
            self.outside = listener.accept()[0]
            self.outside.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            listener.close()
        self.port = self.inside.getsockname()[1]
        self.remote = remote
        self.public = None if transport == "udp" else \
            self.outside.getpeername()[:2]
        self.public_address = PUBLIC
        Flow.number += 1
        self.n = "n%03d%s" % (Flow.number, transport[0])

    def fresh(self):
        """Another word for $n"""
        Flow.number += 1
        self.n = "n%03d%s" % (Flow.number, self.transport[0])

    # --- templates -----------------------------------------------------------

    def view(self, side):
        if side == "phone":
            me, port = self.own, self.port
        else:
            me = self.public_address
            port = self.public[1] if self.public else self.port
        return {"me": me, "flow": "%s:%d" % (me, port), "n": self.n,
                "T": self.transport.upper(), "t": self.transport}

    def render(self, template, side, **words):
        """The template as that side sees it; a word may be (inside, outside)"""
        view = self.view(side)
        for name, value in words.items():
            if isinstance(value, tuple):
                value = value[side != "phone"]
            view[name] = value
        names = "|".join(sorted(view, key=len, reverse=True))
        text = re.sub(r"\$(%s)" % names, lambda m: str(view[m.group(1)]),
                      template)
        head, gap, body = text.partition("\n\n")
        head, body = lines(head + gap), lines(body)
        return (head.replace("#CL#", str(len(body.encode()))) + body).encode()

    # --- bytes ---------------------------------------------------------------

    def send(self, side, data):
        if self.transport == "tcp":
            (self.inside if side == "phone" else self.outside).sendall(data)
        elif side == "phone":
            self.inside.sendto(data, (self.far, self.remote))
        else:
            self.outside.sendto(data, self.public)

    def receive(self, side, length):
        """That many bytes, or a datagram"""
        sock = self.outside if side == "server" else self.inside
        until = time.monotonic() + WAIT
        if self.transport == "udp":
            if not select.select([sock], [], [], WAIT)[0]:
                raise Failure("nothing reaches the " + side)
            data, source = sock.recvfrom(65536)
            if side == "server":
                self.public = source[:2]
            return data
        have = self.buffers[side]
        while len(have) < length:
            left = until - time.monotonic()
            if left < 0 or not select.select([sock], [], [], left)[0]:
                raise Failure("%d of %d bytes reach the %s: %r" % (
                    len(have), length, side, have[-200:]))
            more = sock.recv(65536)
            if not more:
                raise Failure("the connection to the %s ends" % side)
            have += more
        self.buffers[side] = have[length:]
        return have[:length]

    def deliver(self, side, sent, want):
        other = "server" if side == "phone" else "phone"
        self.send(side, sent)
        if self.transport == "udp" and side == "phone" and not self.public:
            # which port it has is seen now
            got = self.receive(other, len(want(other)))
            want = want(other)
        else:
            want = want(other)
            got = self.receive(other, len(want))
        if got != want:
            raise Failure("to the %s: %s" % (other, difference(got, want)))
        return got

    def up(self, template, **words):
        """The phone sends it, the server receives it as it sees it"""
        return self.deliver(
            "phone", self.render(template, "phone", **words),
            lambda side: self.render(template, side, **words))

    def down(self, template, **words):
        return self.deliver(
            "server", self.render(template, "server", **words),
            lambda side: self.render(template, side, **words))

    def raw(self, side, data):
        """Bytes that arrive as they were sent"""
        return self.deliver(side, data, lambda _: data)

    def quiet(self, side, data):
        """A datagram of which nothing may arrive is not looked for"""
        self.send(side, data)

    def close(self):
        self.inside.close()
        self.outside.close()


# --- messages ----------------------------------------------------------------

def head(start, headers, body, kind):
    out = [start] + [h for h in headers if h]
    if kind and body is not None:
        out.append("Content-Type: " + kind)
    out.append("Content-Length: #CL#")
    return "\n".join(out) + "\n\n" + (body or "")


def parties(cseq, method, tag, back=False, call="c"):
    alice = "<sip:alice@10.0.0.2>;tag=a$n"
    bob = "<sip:bob@example.com>" + (";tag=b$n" if tag else "")
    if back:
        alice, bob = bob, alice
    return ["From: " + alice, "To: " + bob,
            "Call-ID: %s$n@10.0.0.2" % call, "CSeq: %d %s" % (cseq, method)]


VIA = "Via: SIP/2.0/$T $flow;branch=z9hG4bK$n%s%d"
FAR_VIA = "Via: SIP/2.0/$T 203.0.113.9:5060;branch=z9hG4bKs$n%s%d"


def request(method, cseq, *more, uri="sip:bob@example.com", tag=False,
            body=None, kind="application/sdp", via=None, call="c"):
    """Of the phone"""
    return head("%s %s SIP/2.0" % (method, uri), [
        via or VIA % (method[0], cseq), "Max-Forwards: 70",
        *parties(cseq, method, tag, call=call), *more], body, kind)


def response(status, method, cseq, *more, body=None, kind="application/sdp",
             via=None, call="c", tag=True):
    """Of the server, to the phone's request"""
    return head("SIP/2.0 " + status, [
        via or VIA % (method[0], cseq),
        *parties(cseq, method, tag, call=call), *more], body, kind)


def far_request(method, cseq, *more, uri="sip:alice@$flow", body=None,
                kind="application/sdp", tag=True, call="c", via=None):
    """Of the server"""
    ends = parties(cseq, method, True, True, call)
    if not tag:
        ends[1] = ends[1].replace(";tag=a$n", "")
    return head("%s %s SIP/2.0" % (method, uri), [
        via or FAR_VIA % (method[0], cseq), "Max-Forwards: 70", *ends, *more],
        body, kind)


def far_response(status, method, cseq, *more, body=None,
                 kind="application/sdp", call="c", via=None):
    """Of the phone, to the server's request"""
    return head("SIP/2.0 " + status, [
        via or FAR_VIA % (method[0], cseq),
        *parties(cseq, method, True, True, call), *more], body, kind)


CONTACT = "Contact: <sip:alice@$flow;transport=$t>"
FAR_CONTACT = "Contact: <sip:bob@203.0.113.9:5060;transport=$t>"


def sdp(*media, address="$me", origin="$me", session=True, version=1):
    text = "v=0\no=- 7 %d IN IP4 %s\ns=call from 10.0.0.2\n" % (
        version, origin)
    if session:
        text += "c=IN IP4 %s\n" % address
    text += "t=0 0\n"
    return text + "".join(m + "\n" for m in media)


def audio(port, *more):
    return "\n".join(["m=audio %s RTP/AVP 0 8" % port, *more])


FAR_SDP = sdp("m=audio 40000 RTP/AVP 0", address=SERVER, origin=SERVER)


def invite(flow, port, cseq=1, body=None, **words):
    """INVITE of the phone"""
    flow.up(request("INVITE", cseq, CONTACT, tag=cseq > 1,
                    body=body or sdp(audio(port))), **words)


def accept(flow, cseq=1, body=FAR_SDP, status="200 OK", ack=True):
    flow.down(response(status, "INVITE", cseq, FAR_CONTACT, body=body))
    if ack:
        flow.up(request("ACK", cseq, uri="sip:bob@203.0.113.9:5060",
                        tag=True))


def refuse(flow, status, cseq=1):
    flow.down(response(status, "INVITE", cseq))
    flow.up(request("ACK", cseq, tag=True, via=VIA % ("I", cseq)))


def hang_up(flow, cseq=9):
    flow.up(request("BYE", cseq, uri="sip:bob@203.0.113.9:5060", tag=True))
    flow.down(response("200 OK", "BYE", cseq))


def call(flow, port):
    invite(flow, port)
    accept(flow)


def reg(cseq, *contacts, call_id="r", user="alice", expires=None):
    return head("REGISTER sip:example.com SIP/2.0", [
        VIA % ("R", cseq), "From: <sip:%s@example.com>;tag=r$n" % user,
        "To: <sip:%s@example.com>" % user,
        "Call-ID: %s$n@10.0.0.2" % call_id, "CSeq: %d REGISTER" % cseq,
        *contacts,
        None if expires is None else "Expires: %s" % expires], None, None)


def reg_answer(status, cseq, *more, call_id="r", user="alice"):
    return head("SIP/2.0 " + status, [
        VIA % ("R", cseq), "From: <sip:%s@example.com>;tag=r$n" % user,
        "To: <sip:%s@example.com>;tag=s$n" % user,
        "Call-ID: %s$n@10.0.0.2" % call_id, "CSeq: %d REGISTER" % cseq,
        *more], None, None)


# --- media -------------------------------------------------------------------

def heard(sock, data, wait):
    """Does exactly this datagram arrive"""
    until = time.monotonic() + wait
    while True:
        left = until - time.monotonic()
        if left < 0 or not select.select([sock], [], [], left)[0]:
            return False
        if sock.recv(65536) == data:
            return True


def comes_in(port, public, source=None, source_port=40000, wait=1.0,
             host="PHONE"):
    """Does a datagram to a public port reach the inside port"""
    inside = Host(host).udp(port)
    outside = Host("SERVER").udp(source_port, address=source)
    data = b"\x80in %f" % time.monotonic()
    try:
        outside.sendto(data, (PUBLIC, public))
        return heard(inside, data, wait)
    finally:
        inside.close()
        outside.close()


def leaves_as(port, source_port=40000, address=None):
    """The public port of a datagram that the phone sends"""
    inside = Host("PHONE").udp(port)
    outside = Host("SERVER").udp(source_port, address=address)
    try:
        inside.sendto(b"\x80out", (address or SERVER, source_port))
        if not select.select([outside], [], [], WAIT)[0]:
            raise Failure("media does not leave")
        return outside.recvfrom(100)[1][1]
    finally:
        inside.close()
        outside.close()


def open_media(port, public=None):
    if not comes_in(port, public or port):
        raise Failure("media to port %d does not come in" % port)


def shut_media(port, public=None):
    if comes_in(port, public or port, source_port=40002, wait=0.2):
        raise Failure("media to port %d comes in" % port)


def expect(true, what):
    if not true:
        raise Failure(what)


def eventually(test, what, seconds=10):
    until = time.monotonic() + seconds
    while not test():
        if time.monotonic() > until:
            raise Failure(what)
        time.sleep(0.1)


# --- registrations ------------------------------------------------------------

def register(x, cseq=1, granted=600, user="$n", contact=CONTACT, asked=600,
             more=(), call_id="r"):
    x.up(reg(cseq, contact, user=user, expires=asked, call_id=call_id))
    x.down(reg_answer("200 OK", cseq,
                      contact + (";expires=%s" % granted if granted else ""),
                      *more, user=user, call_id=call_id))


def unregister(x, cseq=9, user="$n", contact=CONTACT, call_id="r"):
    x.up(reg(cseq, contact + ";expires=0", user=user, call_id=call_id))
    x.down(reg_answer("200 OK", cseq, user=user, call_id=call_id))


def registrations(x):
    """Of this test, but those that are over and linger"""
    return [r for r in shown("registrations") if x.n in r["remote"] and
            r["state"] == "registered" and r["expires"] > 1]


def left(x):
    return sorted(r["expires"] for r in registrations(x))


def near(have, want):
    return len(have) == len(want) and all(
        w - 10 <= h <= w for h, w in zip(have, want))


# --- rows --------------------------------------------------------------------

ROWS = []


def row(name, what, transports="udp tcp"):
    """A test of one row, with a flow for each transport named"""
    def add(function):
        for transport in transports.split():
            ROWS.append((name, what, transport, function))
        return function
    return add


class Flows:
    """One flow for all rows of a transport, as long as they leave it whole"""

    def __init__(self):
        self.flow = {}

    def take(self, transport):
        if transport not in self.flow:
            self.flow[transport] = Flow(transport)
        self.flow[transport].fresh()
        return self.flow[transport]

    def drop(self, transport):
        if transport in self.flow:
            self.flow.pop(transport).close()


def main():
    if sys.argv[1:] == ["--count"]:
        print(len(ROWS))
        return
    wanted = sys.argv[1:]
    flows = Flows()
    for name, what, transport, function in ROWS:
        if wanted and name not in wanted:
            continue
        start = time.monotonic()
        try:
            function(flows.take(transport))
            print("ok - %s, %s: %s (%d ms)" % (
                name, transport, what, (time.monotonic() - start) * 1000),
                flush=True)
        except (Failure, OSError, AssertionError, KeyError,
                subprocess.CalledProcessError) as failure:
            text = str(failure)
            if not isinstance(failure, Failure):
                text = traceback.format_exc()
            for line in text.split("\n"):
                print("# " + line)
            for line in natctl("show", "statistics").split("\n"):
                print("#   " + line)
            print("not ok - %s, %s: %s" % (name, transport, what), flush=True)
            flows.drop(transport)
    for transport in list(flows.flow):
        flows.drop(transport)
