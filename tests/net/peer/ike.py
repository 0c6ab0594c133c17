#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""IKE messages whose headers are real and whose rest is not, between inside
hosts and a gateway.

    ike.py exchange PID HOSTS COUNT   hosts and gateway exchange COUNT messages
    ike.py preserve PID HOSTS         all of them, and the router, by port 500
    ike.py moved PID HOSTS            they do not all have port 500
    ike.py child PID HOST [MESSAGE]   one CREATE_CHILD_SA of the gateway's
    ike.py ask PID HOSTS              the gateway asks all of them, first
    ike.py called PID HOST            the gateway begins: IKE, then ESP; the
                                      host only answers

With -6 in front of the word, over IPv6. IKE_PUBLIC in the environment is the
address that the gateway sees, if it is another one. The namespaces are host1-PID ..., router-PID and server-PID.
"""

import ctypes
import os
import socket
import struct
import sys

IPV6 = sys.argv[1:2] == ["-6"]
GATEWAY, PUBLIC, INSIDE = (
    ("2001:db8:1::9", "2001:db8:1::1", "fd01:%d::2") if IPV6 else
    ("203.0.113.9", "203.0.113.1", "10.1.%d.2"))
PUBLIC = os.environ.get("IKE_PUBLIC", PUBLIC)
SA_INIT, AUTH, CHILD, INFORMATIONAL = 34, 35, 36, 37
INITIATOR, RESPONSE = 0x08, 0x20


def enter(name):
    fd = os.open(f"/run/netns/{name}", os.O_RDONLY)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(fd, 0x40000000):
        raise OSError(ctypes.get_errno(), name)
    os.close(fd)


def udp(name, address):
    enter(name)
    sock = socket.socket(socket.AF_INET6 if IPV6 else socket.AF_INET,
                         socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, 500))
    sock.settimeout(2)
    return sock


def message(cookie, responder, exchange, flags, number, body=b""):
    return struct.pack(">QQBBBBII", cookie, responder, 33, 0x20, exchange,
                       flags, number, 28 + len(body)) + body


def cookies(host):
    return 0x1111111100000000 + host, 0x2222222200000000 + host


class Net:
    def __init__(self, pid, hosts):
        self.gateway = udp(f"server-{pid}", GATEWAY)
        self.hosts = {n: udp(f"host{n}-{pid}", INSIDE % n) for n in hosts}
        self.ports = {}

    def ask(self, host, exchange, number):
        """A host asks, the gateway answers."""
        mine, theirs = cookies(host)
        if exchange == SA_INIT:
            theirs = 0
        body = b"from %d" % host
        self.hosts[host].sendto(message(mine, theirs, exchange, INITIATOR,
                                        number, body), (GATEWAY, 500))
        data, peer = self.gateway.recvfrom(2000)
        assert data[28:] == body and peer[0] == PUBLIC, (data, peer)
        self.ports[host] = peer[1]
        theirs = cookies(host)[1]
        body = b"to %d" % host
        self.gateway.sendto(message(mine, theirs, exchange, RESPONSE, number,
                                    body), peer)
        data, peer = self.hosts[host].recvfrom(2000)
        assert data[28:] == body, (host, data)

    def begin(self, host):
        self.ask(host, SA_INIT, 0)
        self.ask(host, AUTH, 1)


def exchange(pid, count, times):
    net = Net(pid, range(1, int(count) + 1))
    for host in net.hosts:
        net.begin(host)
    for number in range(int(times)):
        for host in net.hosts:
            net.ask(host, INFORMATIONAL, 2 + number)
    return net


def preserve(pid, count):
    router = udp(f"router-{pid}", PUBLIC)
    net = exchange(pid, count, 5)
    assert set(net.ports.values()) == {500}, net.ports
    # the gateway asks each of them, in one go
    for host in net.hosts:
        mine, theirs = cookies(host)
        net.gateway.sendto(message(mine, theirs, INFORMATIONAL, 0, 0,
                                   b"dpd %d" % host), (PUBLIC, 500))
    net.gateway.sendto(message(99, 98, INFORMATIONAL, 0, 0, b"dpd r"),
                       (PUBLIC, 500))
    for host, sock in net.hosts.items():
        assert sock.recv(2000)[28:] == b"dpd %d" % host, host
    assert router.recv(2000)[28:] == b"dpd r"
    router.sendto(message(97, 0, SA_INIT, INITIATOR, 0, b"r"), (GATEWAY, 500))
    data, peer = net.gateway.recvfrom(2000)
    assert data[28:] == b"r" and peer[:2] == (PUBLIC, 500), (data, peer)
    net.gateway.sendto(message(97, 96, SA_INIT, RESPONSE, 0, b"to r"), peer)
    assert router.recv(2000)[28:] == b"to r"
    # somebody else's cookie stays with its owner
    net.hosts[2].sendto(message(cookies(1)[0], 5, INFORMATIONAL, 8, 9, b"x"),
                        (GATEWAY, 500))
    net.gateway.recv(2000)
    net.gateway.sendto(message(*cookies(1), INFORMATIONAL, 0, 1, b"mine"),
                       (PUBLIC, 500))
    assert net.hosts[1].recv(2000)[28:] == b"mine"
    # and what is no message at all harms nobody
    for data in (b"", b"\xff", b"x" * 27, bytes(28), bytes(400),
                 message(*cookies(1), INFORMATIONAL, 0, 1)[:20]):
        net.gateway.sendto(data, (PUBLIC, 500))
        net.hosts[1].sendto(data, (GATEWAY, 500))


def moved(pid, count):
    net = exchange(pid, count, 1)
    assert len(set(net.ports.values())) == int(count), net.ports


def ask(pid, count):
    net = Net(pid, range(1, int(count) + 1))
    for host in net.hosts:
        net.gateway.sendto(message(*cookies(host), INFORMATIONAL, 0, 7,
                                   b"dpd %d" % host), (PUBLIC, 500))
    for host, sock in net.hosts.items():
        assert sock.recv(2000)[28:] == b"dpd %d" % host, host


def child(pid, host, number="3"):
    host = int(host)
    net = Net(pid, [host])
    # the entry may be new: the host shows itself first
    net.ask(host, INFORMATIONAL, 100 + int(number))
    mine, theirs = cookies(host)
    net.gateway.sendto(message(mine, theirs, CHILD, 0, int(number)),
                       (PUBLIC, net.ports[host]))
    assert net.hosts[host].recv(2000)[18] == CHILD
    net.hosts[host].sendto(message(mine, theirs, CHILD, INITIATOR | RESPONSE,
                                   int(number)), (GATEWAY, 500))
    assert net.gateway.recv(2000)[18] == CHILD


def raw_esp(name):
    enter(name)
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ESP)
    sock.settimeout(2)
    return sock


def called(pid, host):
    net = Net(pid, [int(host)])
    server = net.hosts[int(host)]
    mine, theirs = cookies(7)
    for number, kind in enumerate((SA_INIT, AUTH, INFORMATIONAL, CHILD)):
        net.gateway.sendto(message(mine, theirs if number else 0, kind,
                                   INITIATOR, number), (PUBLIC, 500))
        data, peer = server.recvfrom(2000)
        assert data[18] == kind, data
        server.sendto(message(mine, theirs, kind, RESPONSE, number), peer)
        data, peer = net.gateway.recvfrom(2000)
        assert data[18] == kind and peer == (PUBLIC, 500), (data, peer)
    outside, inside = raw_esp(f"server-{pid}"), raw_esp(f"host{host}-{pid}")
    for number in range(1, 4):
        outside.sendto(struct.pack(">II", 0x5001, number) + bytes(40),
                       (PUBLIC, 0))
        data, peer = inside.recvfrom(2000)
        assert data[20:24] == struct.pack(">I", 0x5001), data
        inside.sendto(struct.pack(">II", 0x80005001, number) + bytes(40), peer)
        data, peer = outside.recvfrom(2000)
        assert data[20:24] == struct.pack(">I", 0x80005001), data
        assert peer[0] == PUBLIC, peer


if __name__ == "__main__":
    if IPV6:
        del sys.argv[1]
    {"exchange": exchange, "preserve": preserve, "moved": moved,
     "child": child, "ask": ask, "called": called}[sys.argv[1]](*sys.argv[2:])
