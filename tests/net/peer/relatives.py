#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A dialog whose outside end sends each of its requests from another port.

    relatives.py N      N requests, each of which is answered

Each comes through the door of the dialog and is a relative of the flow in which
the dialog was last heard of. Entries that are over must not be kept by those that
came after them: what is left once all entries are flushed is printed.
"""

import os
import re
import select
import subprocess
import sys
import time

from netns import PATIENCE, Host

# Seconds; entries live for three
REST = 12

REQUEST = """{method} sip:{to} SIP/2.0
Via: SIP/2.0/UDP {own}:{port};rport;branch=z9hG4bK{branch}
From: <sip:{mine}@example.com>;tag={mine}
To: <sip:{other}@example.com>{tag}
Call-ID: relatives@example.com
CSeq: {cseq} {method}
Contact: <sip:{mine}@{own}:{port}>
Max-Forwards: 70
{body}"""


def crlf(text):
    return text.replace("\n", "\r\n").encode()


def with_body(address, port):
    sdp = crlf("v=0\no=- 1 1 IN IP4 {0}\ns=-\nc=IN IP4 {0}\nt=0 0\n"
               "m=audio {1} RTP/AVP 0\n".format(address, port))
    return "Content-Type: application/sdp\nContent-Length: %d\n\n%s" % (
        len(sdp), sdp.decode().replace("\r\n", "\n"))


def receive(sock, what):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if select.select([sock], [], [], 1)[0]:
            data, peer = sock.recvfrom(65535)
            if what in data:
                return data, peer
    raise SystemExit("%r did not come" % what)


def answer(request, contact, body):
    keep = [line for line in request.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
            if line.split(b":")[0] in (b"Via", b"From", b"To", b"Call-ID",
                                       b"CSeq")]
    keep = [line + b";tag=bob" if line.startswith(b"To:") and
            b"tag=" not in line else line for line in keep]
    return b"\r\n".join([b"SIP/2.0 200 OK"] + keep +
                        [b"Contact: <sip:x@" + contact.encode() + b">"]) + \
        b"\r\n" + crlf(body)


def conntrack(*what):
    return subprocess.run(["ip", "netns", "exec", os.environ["ROUTER"],
                           "conntrack", *what], capture_output=True,
                          check=True).stdout


def main():
    count = int(sys.argv[1])
    phone, server = Host("PHONE"), Host("SERVER")
    own, far = phone.address(), server.address()
    alice, bob = phone.udp(5060), server.udp(5060)
    alice.sendto(crlf(REQUEST.format(
        method="INVITE", to="bob@" + far, own=own, port=5060, branch="i",
        mine="alice", other="bob", tag="", cseq=1,
        body=with_body(own, 17000))), (far, 5060))
    invite, peer = receive(bob, b"INVITE sip:")
    door = re.search(rb"Contact: <sip:alice@([0-9.]+):([0-9]+)>", invite)
    door = door.group(1).decode(), int(door.group(2))
    bob.sendto(answer(invite, "%s:5060" % far, with_body(far, 40000)), peer)
    receive(alice, b"200 OK")
    alice.sendto(crlf(REQUEST.format(
        method="ACK", to="bob@" + far, own=own, port=5060, branch="a",
        mine="alice", other="bob", tag=";tag=bob", cseq=1,
        body="Content-Length: 0\n\n")), (far, 5060))
    receive(bob, b"ACK sip:")
    for n in range(count):
        sock = server.udp(20000 + n)
        sock.sendto(crlf(REQUEST.format(
            method="INVITE", to="alice@%s:%d" % door, own=far, port=20000 + n,
            branch="r%d" % n, mine="bob", other="alice", tag=";tag=alice",
            cseq=n + 2, body=with_body(far, 40000))), door)
        request, peer = receive(alice, b"INVITE sip:")
        alice.sendto(answer(request, "%s:5060" % own, with_body(own, 17000)),
                     peer)
        receive(sock, b"200 OK")
        if n < count - 1:
            sock.close()
    print("figure: %d requests were answered" % count)
    # the last entry lives on, while all before it end
    until = time.monotonic() + REST
    while time.monotonic() < until:
        sock.sendto(b"\r\n\r\n", door)
        alice.sendto(b"\r\n\r\n", (far, 20000 + count - 1))
        time.sleep(1)
    # a list takes those out that nobody has met since
    conntrack("-L")
    time.sleep(1)
    left = int(conntrack("-C"))
    print("figure: %d entries are left" % left)
    if left > 5:
        raise SystemExit("entries that are over are kept")


main()
