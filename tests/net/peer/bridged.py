#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A connection whose two ways are routed, bridged, or change.

bridged.py {4|6} REQUESTS ANSWERS, each of them
  routed          through the router
  bridged         from host to host, through its bridge
  routed-bridged  routed, and bridged from the second message on
  bridged-data    (REQUESTS) the SYN is routed, and nothing that follows
  gone            (ANSWERS) routed, until the bridge is no more
"""

import json
import os
import socket
import subprocess
import sys
import time

from netns import PATIENCE, Host

PHONE, SERVER, ROUTER = Host("PHONE"), Host("SERVER"), Host("ROUTER")
GATEWAY = {4: ("10.0.0.1", os.environ["WAN4"]),
           6: ("fd00:a::1", os.environ["WAN6"])}
HALVES = 0.25  # s between the halves of a message: the engine holds the first


class Failure(Exception):
    pass


def natctl(*words):
    return json.loads(subprocess.run(
        [os.environ["NATCTL"], "-n", ROUTER.ns, "-j", "show", *words],
        check=True, capture_output=True, text=True).stdout)


def bridged_count():
    return sum(r["count"] for r in natctl("statistics")["reasons"]
               if "bridged" in (r.get("name"), r.get("reason")))


def ip(host, *words):
    subprocess.run(["ip", "-n", host.ns, *words], check=True)


def way(host, other, family, how):
    """How a host reaches the other one from now on"""
    gateway = GATEWAY[family][host is SERVER]
    where = (["dev", "eth0"] if how == "bridged" else ["via", gateway])
    ip(host, "route", "replace", other.address(family), *where)


def message(first, n, family):
    body = "x" * (3000 if n % 2 else 10)
    return (first + "\r\nVia: SIP/2.0/TCP %s:5060;branch=z9hG4bK%d\r\n"
            "From: <sip:a@example>;tag=a\r\nTo: <sip:b@example>\r\n"
            "Call-ID: %d@example\r\nCSeq: %d MESSAGE\r\n"
            "Content-Length: %d\r\n\r\n%s" %
            ("192.0.2.200" if family == 4 else "[2001:db8:77::7]", n, n, n,
             len(body), body)).encode()


def carry(sender, receiver, data, what):
    sender.sendall(data[:40])
    time.sleep(HALVES)
    sender.sendall(data[40:])
    got = b""
    while len(got) < len(data):
        try:
            more = receiver.recv(65536)
        except socket.timeout:
            raise Failure("%s: %d of %d bytes came" %
                          (what, len(got), len(data)))
        if not more:
            raise Failure("%s: the connection ended" % what)
        got += more
    if got != data:
        raise Failure("%s: other bytes than were sent" % what)


def dialog(phone, server, n, family):
    carry(phone, server, message("MESSAGE sip:b@example SIP/2.0", n, family),
          "request %d" % n)
    carry(server, phone, message("SIP/2.0 200 OK", n, family),
          "answer %d" % n)


def nft(*words):
    subprocess.run(["ip", "netns", "exec", ROUTER.ns, "nft", *words],
                   check=True)


def connect(family, requests):
    with SERVER.listener(5060, family) as listener:
        phone = PHONE.tcp(0, family)
        phone.settimeout(PATIENCE)
        if requests == "bridged-data":
            # the last packet of the handshake is lost, and comes again
            nft("add table inet lost; add chain inet lost forward { type "
                "filter hook forward priority -10; }; add rule inet lost "
                "forward tcp dport 5060 tcp flags & (syn | ack) == ack drop")
        phone.connect((SERVER.address(family), 5060))
        if requests == "bridged-data":
            way(PHONE, SERVER, family, "bridged")
            nft("delete table inet lost")
        listener.settimeout(PATIENCE)
        server = listener.accept()[0]
    server.settimeout(PATIENCE)
    return phone, server


def gone(phone, server):
    """The bridge goes while bytes are on their way; nothing else may happen"""
    phone.sendall(message("MESSAGE sip:b@example SIP/2.0", 2, 4)[:40])
    time.sleep(HALVES)
    ip(SERVER, "link", "set", "eth0", "down")
    phone.sendall(message("MESSAGE sip:b@example SIP/2.0", 2, 4)[40:])
    time.sleep(HALVES)
    ip(ROUTER, "link", "del", "br0")
    # what is repeated meanwhile finds no device
    time.sleep(3)


def main(family, requests, answers):
    before = bridged_count()
    way(PHONE, SERVER, family,
        "bridged" if requests == "bridged" else "routed")
    way(SERVER, PHONE, family,
        "bridged" if answers == "bridged" else "routed")
    phone, server = connect(family, requests)
    alone = "bridged" in (requests, answers) or requests == "bridged-data"
    dialog(phone, server, 0, family)
    sessions = len(natctl("sessions"))
    if sessions != (0 if alone else 1):
        raise Failure("%d sessions" % sessions)
    if requests == "routed-bridged":
        way(PHONE, SERVER, family, "bridged")
    if answers == "routed-bridged":
        way(SERVER, PHONE, family, "bridged")
    if answers == "gone":
        gone(phone, server)
        return
    for n in range(1, 3):
        dialog(phone, server, n, family)
    for end, other in ((phone, server), (server, phone)):
        end.shutdown(socket.SHUT_WR)
        if other.recv(1):
            raise Failure("a byte behind the end")
    counted = bridged_count() - before
    if alone:
        if not counted:
            raise Failure("the reason bridged is not counted")
    elif counted:
        raise Failure("bridged is counted %d times" % counted)
    phone.close()
    server.close()


def forget():
    """The next one finds no session of this"""
    subprocess.run(["ip", "netns", "exec", ROUTER.ns, "conntrack", "-F"],
                   check=True, capture_output=True)
    end = time.monotonic() + PATIENCE
    while natctl("sessions"):
        if time.monotonic() > end:
            raise Failure("the session stays")
        time.sleep(0.1)


try:
    try:
        main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
    finally:
        forget()
except (Failure, OSError, subprocess.CalledProcessError) as e:
    sys.exit(str(e))
