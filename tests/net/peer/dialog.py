# SPDX-License-Identifier: GPL-2.0
"""The SIP dialog the stream tests speak, as each end is to see it.

A message is written once, as a template. What the router translates is taken
from a View: the phone's own, or the one the outside is to have. Everything
else, the inside address in places that must not be touched included, is the
same bytes for both. So what an end is to receive is known byte for byte.
"""

import re


class View:
    """How one end sees what the router translates"""

    def __init__(self, via, contact, media, rtp, rtcp):
        self.via = via          # host:port of the phone's Via
        self.contact = contact  # host:port of its Contact
        self.media = media      # address of its SDP
        self.rtp = rtp          # port of its audio
        self.rtcp = rtcp        # and the one named by a=rtcp

    def __repr__(self):
        return "via %s contact %s media %s %d/%d" % (
            self.via, self.contact, self.media, self.rtp, self.rtcp)


def literal(address):
    return "[%s]" % address if ":" in address else address


def phone_view(address, via_port, contact_port=5060, rtp=30000):
    host = literal(address)
    return View("%s:%d" % (host, via_port), "%s:%d" % (host, contact_port),
                address, rtp, rtp + 1)


ID = b"i0000000"    # in every Call-ID and branch; same length for each call


def ident(n):
    return b"i%07d" % n


def message(start, headers, body="", kind=None):
    lines = [start] + headers
    if kind:
        lines.append("Content-Type: " + kind)
    lines.append("Content-Length: %d" % len(body.encode()))
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class Dialog:
    """Registration, call with hold, OPTIONS and BYE from the other side.

    own is the phone's address as text: it stands in places that must never be
    translated. remote is the server's.
    """

    def __init__(self, own, remote, transport="TCP", rport=False,
                 ident=ID.decode()):
        self.own, self.host = own, literal(own)
        self.remote = literal(remote)
        self.remote_address = remote
        self.transport = transport
        self.rport = rport
        self.id = ident
        self.ip = "IP6" if ":" in own else "IP4"

    # --- pieces --------------------------------------------------------------

    def via(self, v, n, echoed=False):
        """The phone's Via; with rport it stays as it is"""
        host = v.via
        text = "Via: SIP/2.0/%s %s;branch=z9hG4bK%s%d" % (
            self.transport, host, self.id, n)
        if self.rport:
            text += ";rport=%s;received=%s" % self.rport if echoed \
                else ";rport"
        return text

    def server_via(self, n):
        return "Via: SIP/2.0/%s %s:5060;branch=z9hG4bKs%s%d" % (
            self.transport, self.remote, self.id, n)

    def contact(self, v, rest=""):
        return "Contact: \"Alice\" <sip:alice@%s;transport=%s>%s" % (
            v.contact, self.transport.lower(), rest)

    def server_contact(self):
        return "Contact: <sip:bob@%s:5060;transport=%s>" % (
            self.remote, self.transport.lower())

    def ends(self, cseq, call="call", tag=True, back=False):
        """From, To, Call-ID, CSeq; the inside address stands in some"""
        alice = "\"%s, phone\" <sip:alice@example.com>;tag=a%s" % (
            self.own, self.id)
        bob = "<sip:bob@example.com>" + (";tag=b" + self.id if tag else "")
        if back:
            alice, bob = bob, alice
        return ["From: " + alice, "To: " + bob,
                "Call-ID: %s.%s@%s" % (call, self.id, self.host),
                "CSeq: " + cseq]

    def untouched(self):
        return ["User-Agent: phone at %s" % self.host,
                "Authorization: Digest username=\"alice\", realm=\"r\", "
                "nonce=\"n\", uri=\"sip:%s\", response=\"0\"" % self.host,
                "X-Route: <sip:alice@%s:5060;transport=tcp>" % self.host]

    def sdp(self, v, version=1, direction="sendrecv"):
        return "\r\n".join([
            "v=0",
            "o=alice 2890844526 %d IN %s %s" % (version, self.ip, v.media),
            "s=call from %s" % self.own,
            "c=IN %s %s" % (self.ip, v.media),
            "t=0 0",
            "m=audio %d RTP/AVP 0 8 101" % v.rtp,
            "a=rtcp:%d IN %s %s" % (v.rtcp, self.ip, v.media),
            "a=rtpmap:101 telephone-event/8000",
            "a=" + direction,
            "a=x-note:%s %d" % (self.own, 30000),
            ""])

    def server_sdp(self, version=1):
        return "\r\n".join([
            "v=0",
            "o=bob 1 %d IN %s %s" % (version, self.ip, self.remote_address),
            "s=-",
            "c=IN %s %s" % (self.ip, self.remote_address),
            "t=0 0",
            "m=audio 40000 RTP/AVP 0",
            ""])

    # --- the phone's requests ------------------------------------------------

    def register(self, v, n=1, expires=300):
        return message("REGISTER sip:example.com SIP/2.0", [
            self.via(v, n), "Max-Forwards: 70",
            "From: <sip:alice.%s@example.com>;tag=r" % self.id + self.id,
            "To: <sip:alice.%s@example.com>" % self.id,
            "Call-ID: reg.%s@%s" % (self.id, self.host),
            "CSeq: %d REGISTER" % n,
            self.contact(v, ";expires=%d" % expires)] + self.untouched())

    def registered(self, v, n=1, expires=300):
        headers = [
            self.via(v, n, True),
            "From: <sip:alice.%s@example.com>;tag=r" % self.id + self.id,
            "To: <sip:alice.%s@example.com>;tag=s" % self.id + self.id,
            "Call-ID: reg.%s@%s" % (self.id, self.host),
            "CSeq: %d REGISTER" % n]
        if expires:
            headers.append(self.contact(v, ";expires=%d" % expires))
        return message("SIP/2.0 200 OK", headers)

    def invite(self, v, n=1, direction="sendrecv"):
        return message("INVITE sip:bob@example.com SIP/2.0", [
            self.via(v, n + 10), "Max-Forwards: 70",
            *self.ends("%d INVITE" % n, tag=n > 1), self.contact(v),
            *self.untouched()],
            self.sdp(v, n, direction), "application/sdp")

    def response(self, v, status, method, n, body=False):
        headers = [self.via(v, n + 10, True),
                   *self.ends("%d %s" % (n, method), tag=status[0] != "1")]
        if status[0] == "2":
            headers.append(self.server_contact())
        return message("SIP/2.0 " + status, headers,
                       self.server_sdp(n) if body else "",
                       "application/sdp" if body else None)

    def ack(self, v, n=1):
        return message(
            "ACK sip:bob@%s:5060;transport=%s SIP/2.0" % (
                self.remote, self.transport.lower()),
            [self.via(v, n + 20), "Max-Forwards: 70",
             *self.ends("%d ACK" % n)])

    def options(self, v, n):
        """A request outside a dialog, with a body no one may touch"""
        return message("OPTIONS sip:bob@example.com SIP/2.0", [
            self.via(v, n), "Max-Forwards: 70",
            "From: <sip:alice@example.com>;tag=o" + self.id,
            "To: <sip:bob@example.com>",
            "Call-ID: opt.%s.%d@%s" % (self.id, n, self.host),
            "CSeq: %d OPTIONS" % n, self.contact(v), *self.untouched()],
            "INVITE sip:x@%s SIP/2.0\r\nContact: <sip:x@%s>\r\n" % (
                self.host, self.host), "text/plain")

    # --- the server's requests -----------------------------------------------

    def in_dialog(self, v, method, n, kind=None, body=""):
        return message("%s sip:alice@%s;transport=%s SIP/2.0" % (
            method, v.contact, self.transport.lower()), [
                self.server_via(n), "Max-Forwards: 69",
                *self.ends("%d %s" % (n, method), back=True)], body, kind)

    def in_dialog_ok(self, v, method, n):
        headers = [self.server_via(n),
                   *self.ends("%d %s" % (n, method), back=True)]
        if method != "BYE":
            headers.append(self.contact(v))
        return message("SIP/2.0 200 OK", headers)

    # --- the whole of it -----------------------------------------------------

    def short(self):
        """A call that is answered and ended at once"""
        return [
            ("phone", self.invite),
            ("server", lambda v: self.response(v, "200 OK", "INVITE", 1,
                                               True)),
            ("phone", self.ack),
            ("server", lambda v: self.in_dialog(v, "BYE", 2)),
            ("phone", lambda v: self.in_dialog_ok(v, "BYE", 2))]

    def script(self, inside, outside):
        """(sender, as the phone sees it, as the server sees it) in order"""
        steps = [
            ("phone", self.register),
            ("server", self.registered),
            ("phone", self.invite),
            ("server", lambda v: self.response(v, "100 Trying", "INVITE", 1)),
            ("server", lambda v: self.response(
                v, "183 Session Progress", "INVITE", 1, True)),
            ("server", lambda v: self.response(v, "200 OK", "INVITE", 1,
                                               True)),
            ("phone", self.ack),
            ("server", lambda v: self.in_dialog(v, "OPTIONS", 1)),
            ("phone", lambda v: self.in_dialog_ok(v, "OPTIONS", 1)),
            ("phone", lambda v: self.invite(v, 2, "sendonly")),
            ("server", lambda v: self.response(v, "200 OK", "INVITE", 2,
                                               True)),
            ("phone", lambda v: self.ack(v, 2)),
            ("server", lambda v: self.in_dialog(v, "BYE", 2)),
            ("phone", lambda v: self.in_dialog_ok(v, "BYE", 2)),
            ("phone", lambda v: self.register(v, 2, 0)),
            ("server", lambda v: self.registered(v, 2, 0)),
        ]
        return [(who, make(inside), make(outside)) for who, make in steps]


def first(pattern, text):
    """What a pattern's group matches first"""
    found = re.search(pattern, text, re.M)
    if not found:
        raise AssertionError("%r not found in\n%s" % (
            pattern, text.decode(errors="replace")))
    return found.group(1).decode()


def seen_contact(text):
    return first(rb"^Contact:.*<sip:alice@([^;>]*)", text)


def seen_via(text):
    return first(rb"^Via: SIP/2.0/... ([^;]*)", text)


def learn(register, invite):
    """The outside view, from a REGISTER and an INVITE as they arrived"""
    contact, again = seen_contact(register), seen_contact(invite)
    if contact != again:
        raise AssertionError("Contact %s in REGISTER, %s in INVITE" % (
            contact, again))
    return View(seen_via(invite), contact,
                first(rb"^c=IN IP[46] (\S*)", invite),
                int(first(rb"^m=audio (\d+)", invite)),
                int(first(rb"^a=rtcp:(\d+)", invite)))


def content_length(text):
    """Length of the first message of text, or None if it is not whole"""
    head = text.find(b"\r\n\r\n")
    if head < 0:
        return None
    found = re.search(rb"^(?:Content-Length|l)[ \t]*:[ \t]*(\d+)",
                      text[:head + 2], re.M | re.I)
    end = head + 4 + (int(found.group(1)) if found else 0)
    return end if len(text) >= end else None


def difference(got, want):
    """Where and how two byte strings differ, for a person"""
    n = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b),
             min(len(got), len(want)))
    return "differs at byte %d of %d (got %d)\n  got  %r\n  want %r" % (
        n, len(want), len(got), bytes(got[max(0, n - 40):n + 60]),
        bytes(want[max(0, n - 40):n + 60]))
