#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The router's address outside changes: nothing of the old one is left, and
what comes next has the new one.

sipaddress.py --count
sipaddress.py
"""

from siprows import *

OLD, NEW = PUBLIC, "203.0.113.7"
FIRST = "198.18.0.30"           # a server of its own for each row


def ip(*words):
    subprocess.run(["ip", "-n", os.environ["ROUTER"], *words], check=True,
                   capture_output=True)


def move(old, new):
    """As a provider does it: the old address goes, another comes"""
    ip("address", "delete", old + "/24", "dev", "wan")
    ip("address", "add", new + "/24", "dev", "wan")
    ip("route", "replace", "198.18.0.0/15", "via", SERVER)


def flows(address):
    out = subprocess.run(
        ["ip", "netns", "exec", os.environ["ROUTER"], "conntrack", "-L"],
        check=True, capture_output=True, text=True).stdout
    return [line for line in out.split("\n") if "=%s " % address in line]


def left(address):
    """All that the router still knows of an address"""
    found = [b for b in shown("bindings") if
             b["inside-global"]["address"] == address]
    found += [c for what in ("calls", "registrations", "sessions")
              for c in shown(what) if address in json.dumps(c)]
    return found + flows(address)


def gone(address):
    eventually(lambda: not left(address), "of %s is left: %r" % (
        address, left(address)), 20)


class Moved:
    """One address for another, and back"""

    def __init__(self, x):
        self.flow = x

    def __enter__(self):
        move(OLD, NEW)
        self.flow.public_address = NEW
        if self.flow.transport == "udp":
            self.flow.public = None

    def __exit__(self, *_):
        move(NEW, OLD)


def renewed(x):
    """The phone registers, and is called at its new address"""
    x.fresh()
    x.up(reg(1, CONTACT, user="$n", expires=600))
    x.down(reg_answer("200 OK", 1, CONTACT + ";expires=600", user="$n"))
    expect(x.public[0] == NEW, "it comes from %s" % (x.public,))
    x.down(far_request("INVITE", 1, FAR_CONTACT, tag=False, body=FAR_SDP,
                       uri="sip:alice@$flow;transport=$t"))
    x.up(far_response("200 OK", "INVITE", 1, CONTACT,
                      body=sdp(audio(30004))))
    x.down(far_request("ACK", 1, uri="sip:alice@$flow;transport=$t"))
    x.down(far_request("BYE", 2, uri="sip:alice@$flow;transport=$t"))
    x.up(far_response("200 OK", "BYE", 2))


@row("2.4", "UDP: registration, call and media follow", "udp")
def udp(_):
    x = Flow("udp", 5060, address=FIRST)
    try:
        register(x)
        call(x, 30000)
        open_media(30000)
        expect(left(OLD), "nothing is there that could go")
        with Moved(x):
            gone(OLD)
            renewed(x)
            gone(OLD)
    finally:
        x.close()


@row("2.4", "a flow that came in by the door is none to register through",
     "udp")
def came_in(_):
    x = Flow("udp", 5060, address=FIRST)
    try:
        register(x)
        forget_flows()
        # conntrack counts this one from outside to inside
        x.down(far_request("OPTIONS", 1, uri="sip:alice@$flow;transport=$t"))
        x.up(far_response("200 OK", "OPTIONS", 1))
        with Moved(x):
            gone(OLD)
            renewed(x)
    finally:
        x.close()


@row("2.4", "TCP: the connection is over, the next one has the new address",
     "tcp")
def tcp(_):
    x = Flow("tcp", 5060, address=FIRST)
    try:
        register(x)
        call(x, 30010)
        open_media(30010)
        with Moved(x):
            gone(OLD)
            x.close()
            y = Flow("tcp", 5061, address=FIRST)
            y.public_address = NEW
            try:
                renewed(y)
            finally:
                y.close()
    finally:
        x.close()


@row("2.4", "IPv6, translated", "udp")
def ipv6(_):
    phone, server = Host("PHONE").udp(5060, 6), Host("SERVER").udp(5060, 6)
    old, new = os.environ["WAN6"], "2001:db8:1::77"
    there = (os.environ["SERVER6"], 5060)

    def registers(n, public):
        contact = "Contact: <sip:alice@[%s]:5060>"
        text = lines("\n".join((
            "REGISTER sip:example.com SIP/2.0",
            "Via: SIP/2.0/UDP phone;rport;branch=z9hG4bK6%d" % n,
            "From: <sip:alice@example.com>;tag=6",
            "To: <sip:alice@example.com>", "Call-ID: v6",
            "CSeq: %d REGISTER" % n, contact, "Content-Length: 0\n\n")))
        phone.sendto((text % os.environ["PHONE6"]).encode(), there)
        expect(select.select([server], [], [], WAIT)[0], "nothing arrives")
        data, source = server.recvfrom(4096)
        expect(source[0] == public, "it comes from %s" % (source,))
        want = (text % public).encode()
        expect(data == want, difference(data, want))
        answer = text.replace("REGISTER sip:example.com SIP/2.0",
                              "SIP/2.0 200 OK").replace(
                                  contact, contact + ";expires=600")
        server.sendto((answer % public).encode(), source)
        want = (answer % os.environ["PHONE6"]).encode()
        expect(select.select([phone], [], [], WAIT)[0], "no answer")
        data = phone.recv(4096)
        expect(data == want, difference(data, want))

    try:
        registers(1, old)
        expect(left(old), "nothing is there that could go")
        ip("address", "add", new + "/64", "dev", "wan", "nodad")
        ip("address", "delete", old + "/64", "dev", "wan")
        try:
            gone(old)
            registers(2, new)
            gone(old)
        finally:
            ip("address", "add", old + "/64", "dev", "wan", "nodad")
            ip("address", "delete", new + "/64", "dev", "wan")
    finally:
        phone.close()
        server.close()


@row("2.4", "another address that goes takes nothing along", "udp")
def another(_):
    x = Flow("udp", 5060, address=FIRST)
    try:
        register(x)
        call(x, 30020)
        before = len(shown("bindings"))
        ip("address", "add", "203.0.113.50/32", "dev", "wan")
        ip("address", "delete", "203.0.113.50/32", "dev", "wan")
        # nor does the address itself, where another prefix has it
        ip("address", "add", OLD + "/32", "dev", "lo")
        ip("address", "delete", OLD + "/32", "dev", "lo")
        time.sleep(1)
        expect(len(shown("bindings")) == before, "bindings are gone")
        open_media(30020)
        hang_up(x)
        unregister(x)
    finally:
        x.close()


if __name__ == "__main__":
    main()
