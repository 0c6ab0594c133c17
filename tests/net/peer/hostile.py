#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a stranger can send to harm IPsec: IKE and ESP, with the gateway's
address from outside, and as an inside host.

    hostile.py cookies PID COUNT    COUNT messages with cookies of nobody's from
                                    the gateway; no host gets one of them
    hostile.py spoof PID COUNT      COUNT of them, and nothing else
    hostile.py takeover PID COUNT   host 2 shows COUNT cookies, and those of the
                                    others; all go on with their own
    hostile.py cut PID              messages cut at every length, and with every
                                    byte of the header wrong, both ways: they
                                    pass as they are, and all goes on
    hostile.py mute PID             host 3 sends nothing but what is no message
    hostile.py spread PID COUNT     host 2 sends ESP to COUNT gateways
    hostile.py outward PID COUNT    host 2 sends COUNT SPIs to one gateway
    hostile.py inward PID COUNT     the gateway sends COUNT SPIs of nobody's

The namespaces are host1-PID ..., router-PID and server-PID.
"""

import os
import random
import socket
import struct
import sys

import ike
from ike import AUTH, CHILD, GATEWAY, INFORMATIONAL, INITIATOR, PUBLIC
from ike import RESPONSE, SA_INIT, cookies, message

DICE = random.Random(4)
HOSTS = (1, 2, 3)


def begin(pid, hosts=HOSTS):
    net = ike.Net(pid, hosts)
    for host in hosts:
        net.begin(host)
    return net


def go_on(net, number):
    """Everybody still reaches everybody, and nothing else has come"""
    for host, sock in net.hosts.items():
        sock.settimeout(0.05)
        try:
            data = sock.recv(2000)
            raise AssertionError(f"host {host} got {data!r}")
        except TimeoutError:
            pass
        sock.settimeout(5)
    for host in net.hosts:
        net.ask(host, INFORMATIONAL, number)
        mine, theirs = cookies(host)
        net.gateway.sendto(message(mine, theirs, INFORMATIONAL, 0, number,
                                   b"dpd %d" % host),
                           (PUBLIC, net.ports[host]))
        assert net.hosts[host].recv(2000)[28:] == b"dpd %d" % host, host


def stranger():
    return DICE.randrange(1 << 32, 1 << 64)


def spoof(pid, count, net=None):
    net = net or ike.Net(pid, [])
    for n in range(int(count)):
        exchange = DICE.choice((SA_INIT, AUTH, CHILD, INFORMATIONAL))
        net.gateway.sendto(message(stranger(), stranger(), exchange,
                                   DICE.choice((0, RESPONSE)), n),
                           (PUBLIC, 500))


def cookies_of_nobody(pid, count):
    net = begin(pid)
    spoof(pid, count, net)
    go_on(net, 7)


def drain(sock):
    sock.settimeout(0.2)
    try:
        while True:
            sock.recv(2000)
    except TimeoutError:
        sock.settimeout(5)


def takeover(pid, count):
    net = begin(pid)
    for n in range(int(count)):
        net.hosts[2].sendto(message(stranger(), 0, SA_INIT, INITIATOR, 0),
                            (GATEWAY, 500))
        if n % 100 == 99:
            drain(net.gateway)
    for host in (1, 3):
        for exchange in (AUTH, CHILD, INFORMATIONAL):
            net.hosts[2].sendto(message(*cookies(host), exchange, INITIATOR,
                                        9), (GATEWAY, 500))
    drain(net.gateway)
    go_on(net, 7)


def cut(pid):
    net = begin(pid)
    host = 1
    whole = message(*cookies(host), CHILD, INITIATOR, 5, b"body")
    variants = [(False, whole[:n]) for n in range(len(whole))]
    for at in range(28):
        # neither version nor length; another cookie is one more of the host's
        still = at < 24 and at != 17
        for value in (0, 0xff, whole[at] ^ 0x80):
            variants.append((still, whole[:at] + bytes((value,)) +
                             whole[at + 1:]))
    for still, data in variants:
        net.hosts[host].sendto(data, (GATEWAY, 500))
        got, peer = net.gateway.recvfrom(2000)
        assert got == data and peer == (PUBLIC, net.ports[host]), (data, got)
        # what comes back is known by its cookie, if it is a message
        net.gateway.sendto(data, peer)
        if still:
            assert net.hosts[host].recv(2000) == data, data
    drain(net.hosts[host])
    go_on(net, 7)


def mute(pid):
    net = ike.Net(pid, [3])
    whole = message(*cookies(3), CHILD, INITIATOR, 5)
    for data in [whole[:n] for n in range(28)] + [bytes(28), bytes(400)]:
        net.hosts[3].sendto(data, (GATEWAY, 500))
        assert net.gateway.recv(2000) == data


def raw(name, address):
    ike.enter(name)
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ESP)
    sock.bind((address, 0))
    return sock


def esp(spi, seq=1):
    return struct.pack(">II", spi, seq) + bytes(40)


def spread(pid, count):
    with raw(f"host2-{pid}", "10.1.2.2") as sock:
        for n in range(int(count)):
            sock.sendto(esp(0x80000100), (f"198.18.{n >> 8}.{n & 255}", 0))


def outward(pid, count):
    with raw(f"host2-{pid}", "10.1.2.2") as sock:
        for n in range(int(count)):
            sock.sendto(esp(DICE.randrange(256, 1 << 32)), (GATEWAY, 0))


def inward(pid, count):
    with raw(f"server-{pid}", GATEWAY) as sock:
        for n in range(int(count)):
            sock.sendto(esp(DICE.randrange(1 << 24, 1 << 32)), (PUBLIC, 0))


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))
    {"cookies": cookies_of_nobody, "spoof": spoof, "takeover": takeover, "cut": cut,
     "mute": mute, "spread": spread, "outward": outward,
     "inward": inward}[sys.argv[1]](*sys.argv[2:])
