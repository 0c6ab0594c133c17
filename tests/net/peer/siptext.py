# SPDX-License-Identifier: GPL-2.0
"""SIP messages as text, for programs that send very many of them."""

import re

HEAD = re.compile(rb"\r\n(Via|From|To|Call-ID|CSeq|Contact|v|f|t|i|m): *"
                  rb"([^\r]*)")
LONG = {b"v": b"Via", b"f": b"From", b"t": b"To", b"i": b"Call-ID",
        b"m": b"Contact"}
AUDIO = re.compile(rb"\r\nc=IN IP4 ([0-9.]+)\r\n(?:.*\r\n)*?m=audio (\d+) ")
ADDRESS = re.compile(rb"sip:[^@>\s]*@?([0-9.]+)(?::(\d+))?")


def sdp(host, port):
    return ("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
            "m=audio %d RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000"
            "\r\na=sendrecv\r\n" % (host, host, port))


def message(start, headers, body=""):
    if body:
        headers = [*headers, "Content-Type: application/sdp"]
    return "\r\n".join([start, *headers, "Content-Length: %d" % len(body), "",
                        body]).encode()


def request(method, uri, host, call, n, sender, receiver, contact=None,
            body="", more=(), branch=None):
    """A request of @host; @sender and @receiver are From and To"""
    headers = ["Via: SIP/2.0/UDP %s:5060;branch=z9hG4bK%s-%d%s" % (
        host, branch or call, n, method[0]), "Max-Forwards: 70",
        "From: " + sender, "To: " + receiver, "Call-ID: %s" % call,
        "CSeq: %d %s" % (n, method), *more]
    if contact:
        headers.append("Contact: <%s>" % contact)
    return message("%s %s SIP/2.0" % (method, uri), headers, body)


def response(line, asked, tag=None, contact=None, body="", more=()):
    """An answer to a request, as parse() returned it"""
    to = asked["To"]
    if tag and ";tag=" not in to:
        to += ";tag=" + tag
    headers = ["Via: " + asked["Via"], "From: " + asked["From"], "To: " + to,
               "Call-ID: " + asked["Call-ID"], "CSeq: " + asked["CSeq"],
               *more]
    if contact:
        headers.append("Contact: <%s>" % contact)
    return message("SIP/2.0 " + line, headers, body)


def parse(data):
    """The headers that matter, and "start", "method" and "status" (0: it is a
    request)"""
    head = {"start": data[:data.index(b"\r\n")].decode()}
    for name, value in HEAD.findall(data[:data.index(b"\r\n\r\n") + 2]):
        head.setdefault(LONG.get(name, name).decode(), value.decode())
    word = head["start"].split(" ")
    head["status"] = int(word[1]) if word[0] == "SIP/2.0" else 0
    head["method"] = head["CSeq"].split(" ")[1]
    head["uri"] = "" if head["status"] else word[1]
    return head


def audio(data):
    """Where a message wants its audio: (address, port)"""
    found = AUDIO.search(data)
    return (found.group(1).decode(), int(found.group(2))) if found else None


def endpoint(uri):
    """The address and port of a URI, or of the first one in a header"""
    found = ADDRESS.search(uri.encode())
    return found.group(1).decode(), int(found.group(2) or 5060)
