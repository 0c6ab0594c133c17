#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""phone.py SCRATCH: a phone registers and calls over UDP, one message after the
other; the file SCRATCH/up appears while the call is up; SCRATCH/hang-up ends the call,
SCRATCH/leave the registration.
"""

import os
import re
import sys
import time

sys.path.insert(0, os.environ["PEER"])
from netns import Host  # noqa: E402


def message(start, headers, body=""):
    lines = [start] + headers
    if body:
        lines.append("Content-Type: application/sdp")
    lines.append("Content-Length: %d" % len(body))
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def headers(call, sequence, method, tag=""):
    return ["Via: SIP/2.0/UDP %s:5060;branch=z9hG4bK%s%d" % (OWN, call, sequence),
            "Max-Forwards: 70",
            "From: <sip:phone@%s>;tag=a" % OWN,
            "To: <sip:far@%s>%s" % (REMOTE, tag),
            "Call-ID: %s@phone" % call,
            "CSeq: %d %s" % (sequence, method),
            "Contact: <sip:phone@%s:5060>" % OWN]


def sdp(address, port):
    return ("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
            "m=audio %d RTP/AVP 8\r\n" % (address, address, port))


def answer(request, extra, body=""):
    """A 200 with the request's own Via, From, To, Call-ID and CSeq"""
    kept = []
    for line in request.decode().split("\r\n\r\n")[0].split("\r\n")[1:]:
        if re.match("(Via|From|Call-ID|CSeq):", line):
            kept.append(line)
        elif line.startswith("To:"):
            kept.append(line if "tag=" in line else line + ";tag=b")
    return message("SIP/2.0 200 OK", kept + extra, body)


def ask(data, respond, extra=None, body=""):
    """The phone sends, the server answers, the phone hears it"""
    phone_sip.sendto(data, (REMOTE, 5060))
    request, sender = server_sip.recvfrom(65535)
    if respond:
        server_sip.sendto(answer(request, extra or [], body), sender)
        phone_sip.recvfrom(65535)
    return request


phone, server = Host("PHONE"), Host("SERVER")
OWN, REMOTE = phone.address(), server.address()
phone_sip, server_sip = phone.udp(5060), server.udp(5060)
phone_rtp, server_rtp = phone.udp(30000), server.udp(40000)
for sock in phone_sip, server_sip, phone_rtp, server_rtp:
    sock.settimeout(60)


def register(sequence, expires):
    contact = "Contact: <sip:phone@%s:5060>;expires=%d" % (OWN, expires)
    phone_sip.sendto(message("REGISTER sip:%s SIP/2.0" % REMOTE,
                             headers("reg", sequence, "REGISTER")[:-1] +
                             [contact]), (REMOTE, 5060))
    request, sender = server_sip.recvfrom(65535)
    outside = re.search(rb"Contact: ([^\r]*)", request)[1].decode()
    server_sip.sendto(answer(request, ["Contact: " + outside]
                             if expires else []), sender)
    phone_sip.recvfrom(65535)


def wait_for(name):
    while not os.path.exists(scratch + name):
        time.sleep(0.1)


register(1, 600)

invite = ask(message("INVITE sip:far@%s SIP/2.0" % REMOTE,
                     headers("call", 1, "INVITE"), sdp(OWN, 30000)), True,
             ["Contact: <sip:far@%s:5060>" % REMOTE], sdp(REMOTE, 40000))
ask(message("ACK sip:far@%s:5060 SIP/2.0" % REMOTE,
            headers("call", 1, "ACK", ";tag=b")), False)
media = int(re.search(rb"m=audio (\d+)", invite)[1])
server_rtp.sendto(b"\x80" + b"s" * 20, (os.environ["WAN4"], media))
phone_rtp.recvfrom(2048)
phone_rtp.sendto(b"\x80" + b"p" * 20, (REMOTE, 40000))
server_rtp.recvfrom(2048)

scratch = sys.argv[1]
open(scratch + "/up", "w", encoding="ascii").close()
wait_for("/hang-up")
ask(message("BYE sip:far@%s:5060 SIP/2.0" % REMOTE,
            headers("call", 2, "BYE", ";tag=b")), True)
wait_for("/leave")
register(2, 0)
