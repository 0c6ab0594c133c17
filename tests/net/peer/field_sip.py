# SPDX-License-Identifier: GPL-2.0
"""SIP telephones and providers as the field has them, over UDP.

A phone knows nothing of NAT but for rport (RFC 3581). A provider is "plain"
and does what RFC 3261 and RFC 3264 say: it calls where the Contact says and sends
media where the description says. Or it is "aware" and sends both to where the
phone's own packets came from, as session border controllers do.
"""

import re
import select
import time

ROUNDS = 8                      # media packets each way

HEAD = ("Via", "From", "To", "Call-ID", "CSeq")


def header(text, name):
    found = re.search(r"\r\n%s: *([^\r]*)" % name, text)
    return found.group(1) if found else ""


def place(text):
    """Host and port of the URI in a Contact"""
    found = re.search(r"sip:[^@>]*@([^:;>]+)(?::(\d+))?", text)
    return (found.group(1), int(found.group(2) or 5060)) if found else None


def told(text):
    """Where a session description wants its media"""
    host = re.search(r"\r\nc=IN IP4 (\S+)", text)
    port = re.search(r"\r\nm=audio (\d+)", text)
    return (host.group(1), int(port.group(1))) if host and port else None


def sdp(address, port, more=0):
    return ("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
            "m=audio %d RTP/AVP 0\r\n" % (address, address, port)) + "".join(
                "m=video %d/8 RTP/AVP 96\r\n" % (port + 16 * n + 16)
                for n in range(more))


def ok(text):
    """The answer to a request on a connection, as a server writes it"""
    lines = [line for line in text.split("\r\n")
             if line.split(":")[0] in HEAD + ("X",)]
    return "\r\n".join(["SIP/2.0 200 OK", *lines, "Content-Length: 0", "",
                        ""])


class Agent:
    """A telephone, a PBX or a provider: one address, one signalling port"""

    def __init__(self, stage, name, host, address, kind, port=5060,
                 media=30000):
        self.stage, self.name, self.kind = stage, name, kind
        self.host, self.address = host, address
        self.port, self.media = port, media
        self.sock = host.udp(port, address=address)
        self.sock.setblocking(False)
        self.contacts = {}      # user: (Contact's place, source, URI)
        self.cseq = 0

    def send(self, text, to):
        self.stage.note("%s %s:%d > %s:%d %s" % (
            self.name, self.address, self.port, *to, text.split("\r\n")[0]))
        try:
            self.sock.sendto(text.encode(), to)
        except OSError as e:
            self.stage.note("   %s" % e)

    def message(self, lines, body=""):
        if body:
            lines = lines + ["Content-Type: application/sdp"]
        return "\r\n".join(lines + ["Content-Length: %d" % len(body), "",
                                    body])

    def request(self, method, uri, call, to_tag="", body="", extra=()):
        self.cseq += 1
        at = "%s:%d" % (self.address, self.port)
        return self.message([
            "%s %s SIP/2.0" % (method, uri),
            "Via: SIP/2.0/UDP %s;branch=z9hG4bK%s%s%d;rport" % (
                at, call, method, self.cseq),
            "Max-Forwards: 70",
            "From: <sip:%s@example.com>;tag=%s" % (self.name, self.name),
            "To: <%s>%s" % (uri if method != "REGISTER" else
                            "sip:%s@example.com" % self.name, to_tag),
            "Call-ID: " + call, "CSeq: %d %s" % (self.cseq, method),
            "Contact: <sip:%s@%s>" % (self.name, at), *extra], body)

    def answer(self, text, source, body="", contact=None, status="200 OK"):
        """Where RFC 3261 18.2.2 and RFC 3581 send it"""
        lines = [line for line in text.split("\r\n\r\n")[0].split("\r\n")
                 if line.split(":")[0] in HEAD]
        lines = [line.replace(";rport", ";received=%s;rport=%d" % source, 1)
                 if line.startswith("Via:") else line for line in lines]
        lines = [line + ";tag=" + self.name if line.startswith("To:") and
                 "tag=" not in line else line for line in lines]
        if contact is None:
            contact = "<sip:%s@%s:%d>" % (self.name, self.address, self.port)
        reply = self.message(["SIP/2.0 " + status, *lines,
                              "Contact: " + contact], body)
        self.send(reply, source)
        return reply

    def take(self, want=None, wait=None):
        """The next message, of that kind: (text, source)"""
        until = time.monotonic() + (wait or self.stage.patience)
        while True:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.sock], [], [], left)[0]:
                return None, None
            data, source = self.sock.recvfrom(65536)
            text = data.decode(errors="replace")
            self.stage.note("   at %s from %s:%d %s" % (
                self.name, *source, text.split("\r\n")[0][:60]))
            if want is None or text.startswith(want):
                return text, source

    def close(self):
        self.sock.close()


class Call:
    """One call between an inside and an outside agent, and its media"""

    def __init__(self, stage, inside, outside, number, media=None):
        self.stage, self.inside, self.outside = stage, inside, outside
        self.number, self.id = number, "call%d" % number
        self.score = {"rings": 0, "stands": 0, "in": 0, "out": 0, "told": 0,
                      "ends": 0}
        self.ports = media or inside.media, 40000 + 2 * number
        self.rtp = (self.open(inside, self.ports[0]),
                    self.open(outside, self.ports[1]))
        self.to_inside = self.to_outside = None
        self.remote = None      # the inside agent's Contact
        self.flow = None        # and where its messages come from
        self.dialog = None      # URI and tag for what the outside sends
        self.latched = None

    def open(self, agent, port):
        sock = agent.host.udp(port, address=agent.address)
        sock.setblocking(False)
        return sock

    def learn(self, text, source):
        self.remote = place(header(text, "Contact"))
        self.flow = source
        self.to_inside = told(text)
        uri = re.search("<([^>]*)>", header(text, "Contact"))
        self.dialog = uri.group(1) if uri else "sip:x@x"

    def target(self):
        return self.flow if self.outside.kind == "aware" else self.remote

    # --- setting up ----------------------------------------------------------

    def inward(self, to, uri):
        """The outside agent calls"""
        inside, outside = self.inside, self.outside
        invite = outside.request("INVITE", uri, self.id, body=sdp(
            outside.address, self.ports[1]))
        outside.send(invite, to)
        who, text, source = self.stage.rings(self.id)
        if who is not inside:
            self.score["rings"] = -1 if who else 0
            return False
        self.score["rings"] = 1
        self.to_outside = told(text)
        inside.answer(text, source, sdp(inside.address, self.ports[0]))
        text, source = outside.take("SIP/2.0 200")
        if not text:
            return False
        self.learn(text, source)
        self.tags = header(text, "To"), header(text, "From")
        outside.send(outside.request(
            "ACK", self.dialog, self.id, ";tag=" + inside.name),
            self.target() or to)
        self.score["stands"] = int(bool(inside.take("ACK")[0]))
        return True

    def outward(self):
        """The inside agent calls"""
        inside, outside = self.inside, self.outside
        to = outside.address, outside.port
        uri = "sip:%s@%s" % (outside.name, outside.address)
        inside.send(inside.request("INVITE", uri, self.id, body=sdp(
            inside.address, self.ports[0])), to)
        text, source = outside.take("INVITE")
        if not text:
            return False
        self.score["rings"] = 1
        self.learn(text, source)
        outside.answer(text, source, sdp(outside.address, self.ports[1]))
        text, _ = inside.take("SIP/2.0 200")
        if not text:
            return False
        self.to_outside = told(text)
        inside.send(inside.request("ACK", uri, self.id,
                                   ";tag=" + outside.name), to)
        self.score["stands"] = int(bool(outside.take("ACK")[0]))
        return True

    # --- media ---------------------------------------------------------------

    def speak(self):
        """Both ends send so many packets, the outside first"""
        got = {"in": 0, "out": 0, "told": 0}
        inside, outside = self.rtp
        mark = b"\x80 %d " % self.number

        def drain():
            for way, sock in (("in", inside), ("out", outside)):
                while True:
                    try:
                        data, peer = sock.recvfrom(200)
                    except BlockingIOError:
                        break
                    if data == mark + way.encode():
                        got[way] += 1
                        if way == "out":
                            got["told"] += peer == self.to_inside
                            self.latched = peer
                    else:
                        self.stage.note("   RTP of another: %r from %s:%d" % (
                            data, *peer))

        for _ in range(ROUNDS):
            to = self.to_inside
            if outside_aware(self.outside):
                to = self.latched or to
            for sock, what, where in ((outside, b"in", to),
                                      (inside, b"out", self.to_outside)):
                try:
                    if where:
                        sock.sendto(mark + what, where)
                except OSError as e:
                    self.stage.note("   RTP %s to %s:%d: %s" % (
                        what.decode(), *where, e))
            time.sleep(0.02)
            drain()
        until = time.monotonic() + self.stage.patience
        while time.monotonic() < until and min(got.values()) < ROUNDS:
            time.sleep(0.05)
            drain()
        if outside_aware(self.outside):
            # it does not care what was said
            got["told"] = got["out"]
        self.score.update(got)
        self.stage.note("   RTP outside says %s, inside was told %s; in %d, "
                        "out %d, from %s" % (
                            self.to_inside, self.to_outside, got["in"],
                            got["out"], self.latched))

    # --- the end -------------------------------------------------------------

    def end(self):
        """The outside hangs up"""
        inside, outside = self.inside, self.outside
        if self.target():
            outside.send(outside.request(
                "BYE", self.dialog, self.id, ";tag=" + inside.name),
                self.target())
            text, source = inside.take("BYE")
            if text:
                inside.answer(text, source)
                self.score["ends"] = int(bool(
                    outside.take("SIP/2.0 200")[0]))
        self.close()

    def close(self):
        for sock in self.rtp:
            sock.close()


def outside_aware(agent):
    return agent.kind == "aware"


class Media:
    """Media between two agents, wherever they are: who hears how many"""

    def __init__(self, stage, number, *agents):
        self.stage, self.number = stage, number
        self.ports = [agent.media if agent.kind == "phone" else
                      40000 + 2 * number for agent in agents]
        self.socks = []
        for agent, port in zip(agents, self.ports):
            sock = agent.host.udp(port, address=agent.address)
            sock.setblocking(False)
            self.socks.append(sock)
        self.heard = {"in": 0, "out": 0}

    def speak(self, *where):
        """The first is told to send to the first place"""
        texts = [b"\x80 m%d %d" % (self.number, n) for n in (0, 1)]
        heard = [0, 0]

        def drain():
            for n, sock in enumerate(self.socks):
                try:
                    while True:
                        heard[n] += sock.recv(200) == texts[1 - n]
                except BlockingIOError:
                    pass

        for _ in range(ROUNDS):
            for sock, text, to in zip(self.socks, texts, where):
                try:
                    sock.sendto(text, to)
                except OSError as e:
                    self.stage.note("   RTP to %s:%d: %s" % (*to, e))
            time.sleep(0.02)
            drain()
        until = time.monotonic() + self.stage.patience
        while time.monotonic() < until and min(heard) < ROUNDS:
            time.sleep(0.05)
            drain()
        self.heard = {"in": heard[0], "out": heard[1]}

    def close(self):
        for sock in self.socks:
            sock.close()
