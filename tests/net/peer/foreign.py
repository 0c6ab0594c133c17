#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Flows whose entry somebody else makes, changes or deletes.

foreign.py STEP...: each prints what went wrong, and fails
"""

import errno
import os
import socket
import subprocess
import sys
import time

from ctnetlink import Table
from netns import Host

PHONE, SERVER, ROUTER = Host("PHONE"), Host("SERVER"), Host("ROUTER")
INSIDE, OUTSIDE = PHONE.address(), SERVER.address()
WAN = os.environ["WAN4"]
UDP, TCP = socket.IPPROTO_UDP, socket.IPPROTO_TCP
SHORT = 15  # s: what has to happen soon, and not when an entry times out


class Failure(Exception):
    pass


def natctl(*words):
    return subprocess.run([os.environ["NATCTL"], "-n", ROUTER.ns, *words],
                          check=True, capture_output=True, text=True).stdout


def sessions():
    import json
    return len(json.loads(natctl("-j", "show", "sessions")))


def reason(name):
    import json
    return sum(r["count"] for r in
               json.loads(natctl("-j", "show", "statistics"))["reasons"]
               if name in (r.get("name"), r.get("reason")))


def soon(what, test):
    end = time.monotonic() + SHORT
    while not test():
        if time.monotonic() > end:
            raise Failure(what)
        time.sleep(0.05)


def options(port, n, host=None):
    contact = "%s:%d" % (host or INSIDE, port)
    return ("REGISTER sip:%s SIP/2.0\r\nVia: SIP/2.0/X %s;branch=z9hG4bK%d\r\n"
            "From: <sip:a@example>;tag=a\r\nTo: <sip:a@example>\r\n"
            "Call-ID: %d-%d@example\r\nCSeq: %d REGISTER\r\n"
            "Contact: <sip:a@%s>\r\nContent-Length: 0\r\n\r\n" %
            (OUTSIDE, contact, n, port, n, n, contact))


def datagram(phone, server, port, n):
    """What the server gets of the phone's REGISTER"""
    text = options(port, n).replace("SIP/2.0/X", "SIP/2.0/UDP")
    phone.sendto(text.encode(), (OUTSIDE, 5060))
    return server.recvfrom(4096)


def translated(data):
    if INSIDE.encode() in data or WAN.encode() not in data:
        raise Failure("not translated:\n" + data.decode())


def pair(kind, port):
    if kind == UDP:
        phone, server = PHONE.udp(port), SERVER.udp(5060)
        phone.settimeout(SHORT)
        server.settimeout(SHORT)
        return phone, server
    with SERVER.listener(5060) as listener:
        phone = PHONE.tcp(port)
        phone.settimeout(SHORT)
        phone.connect((OUTSIDE, 5060))
        listener.settimeout(SHORT)
        server = listener.accept()[0]
    server.settimeout(SHORT)
    return phone, server


def stream(phone, server, port, n, wait=True):
    phone.sendall(options(port, n).replace("SIP/2.0/X",
                                           "SIP/2.0/TCP").encode())
    data = b""
    while wait and not data.endswith(b"\r\n\r\n"):
        data += server.recv(4096)
    return data


def reset(sock, who):
    """The end is reset, and has got no byte more"""
    try:
        data = sock.recv(4096)
    except ConnectionResetError:
        return
    except socket.timeout:
        raise Failure("%s is not reset" % who)
    raise Failure("%s got %r" % (who, data))


def udp_taken():
    """The helper is taken away, and the entry goes"""
    phone, server = pair(UDP, 5070)
    data, public = datagram(phone, server, 5070, 1)
    translated(data)
    if sessions() != 1:
        raise Failure("%d sessions" % sessions())
    table = Table(ROUTER)
    ends = UDP, (INSIDE, 5070), (OUTSIDE, 5060)
    table.take_helper(*ends)
    table.delete(*ends)
    soon("the session of an entry that is gone stays", lambda: not sessions())
    translated(datagram(phone, server, 5070, 2)[0])


def udp_vanishes():
    """The same, and nobody waits"""
    phone, server = pair(UDP, 5078)
    translated(datagram(phone, server, 5078, 1)[0])
    table = Table(ROUTER)
    ends = UDP, (INSIDE, 5078), (OUTSIDE, 5060)
    table.take_helper(*ends)
    table.delete(*ends)


def udp_cleared():
    """The helper is taken away, and the phone goes on"""
    phone, server = pair(UDP, 5071)
    others = sessions()
    translated(datagram(phone, server, 5071, 1)[0])
    Table(ROUTER).take_helper(UDP, (INSIDE, 5071), (OUTSIDE, 5060))
    soon("the session of an entry without helper stays", lambda: sessions() <= others)
    translated(datagram(phone, server, 5071, 2)[0])
    if not reason("foreign-entry"):
        raise Failure("not counted")


def tcp_cleared():
    """The helper of a connection is taken away whose ends count differently"""
    phone, server = pair(TCP, 5072)
    others = sessions()
    translated(stream(phone, server, 5072, 1))
    Table(ROUTER).take_helper(TCP, (INSIDE, 5072), (OUTSIDE, 5060))
    soon("the session of an entry without helper stays", lambda: sessions() <= others)
    reset(server, "the server")
    reset(phone, "the phone")


def udp_made():
    """conntrackd has made the entry of a phone's flow"""
    phone, server = pair(UDP, 5073)
    before = reason("foreign-entry")
    Table(ROUTER).make(UDP, (INSIDE, 5073), (OUTSIDE, 5060), "alg-sip",
                       (WAN, 5073))
    translated(datagram(phone, server, 5073, 1)[0])
    translated(datagram(phone, server, 5073, 2)[0])
    if sessions() < 1 or reason("foreign-entry") != before + 1:
        raise Failure("%d sessions, counted %d" %
                      (sessions(), reason("foreign-entry") - before))


def tcp_made():
    """conntrackd has made the entry of a connection that another router
    translated: no byte of it may pass"""
    natctl("service", "delete", "sip", "tcp", "port", "5060")
    phone, server = pair(TCP, 5074)
    stream(phone, server, 5074, 1)
    natctl("service", "add", "sip", "tcp", "port", "5060")
    before = reason("foreign-entry")
    table = Table(ROUTER)
    public = server.getpeername()
    table.delete(TCP, (INSIDE, 5074), (OUTSIDE, 5060))
    table.make(TCP, (INSIDE, 5074), (OUTSIDE, 5060), "alg-sip", public)
    stream(phone, server, 5074, 2, wait=False)
    reset(phone, "the phone")
    server.settimeout(1)
    try:
        raise Failure("the server got %r" % server.recv(4096))
    except socket.timeout:
        pass
    server.settimeout(SHORT)
    server.send(b"SIP/2.0 200 OK\r\n")
    reset(server, "the server")
    if reason("foreign-entry") != before + 1:
        raise Failure("counted %d times" % (reason("foreign-entry") - before))


def udp_rule():
    """A rule gives the flow our helper"""
    phone, server = pair(UDP, 5075)
    translated(datagram(phone, server, 5075, 1)[0])
    translated(datagram(phone, server, 5075, 2)[0])


def tcp_rule():
    """A rule gives a new connection our helper"""
    phone, server = pair(TCP, 5076)
    translated(stream(phone, server, 5076, 1))
    translated(stream(phone, server, 5076, 2))


def udp_elsewhere():
    """A rule gives our helper to a flow that no service is there for"""
    before = reason("foreign-entry")
    phone, server = PHONE.udp(5077), SERVER.udp(5999)
    server.settimeout(SHORT)
    for _ in range(3):
        phone.sendto(b"ping %s" % INSIDE.encode(), (OUTSIDE, 5999))
        if INSIDE.encode() not in server.recv(4096):
            raise Failure("changed")
    if reason("foreign-entry") != before + 1:
        raise Failure("counted %d times" % (reason("foreign-entry") - before))


def main():
    for step in sys.argv[1:]:
        try:
            globals()[step]()
        except (Failure, OSError) as problem:
            if getattr(problem, "errno", 0) == errno.EPERM:
                raise
            print("%s: %s" % (step, problem or "timed out"))
            sys.exit(1)


main()
