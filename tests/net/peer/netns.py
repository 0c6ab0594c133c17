# SPDX-License-Identifier: GPL-2.0
"""Sockets in other network namespaces: one program plays both ends."""

import ctypes
import os
import socket
import struct

# Seconds for what has to happen: a busy machine may need some
PATIENCE = 60

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)

TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ = 19, 20, 21
TCP_SEND_QUEUE = 2
SIOCOUTQNSD = 0x894B
SIOCOUTQ = 0x5411


def enter(fd):
    if _libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


class Host:
    """A host of the topology, named by the environment: PHONE, DESK, ..."""

    _here = None

    def __init__(self, name):
        if Host._here is None:
            Host._here = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.name = name
        self.ns = os.environ[name]
        self.fd = os.open("/run/netns/" + self.ns, os.O_RDONLY)

    def address(self, family=4):
        return os.environ["%s%d" % (self.name, family)]

    def __enter__(self):
        enter(self.fd)
        return self

    def __exit__(self, *_):
        enter(Host._here)

    def socket(self, family=4, kind=socket.SOCK_STREAM, proto=0):
        with self:
            s = socket.socket(
                socket.AF_INET6 if family == 6 else socket.AF_INET, kind,
                proto)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return s

    def tcp(self, port=0, family=4, address=None):
        """An unconnected TCP socket on this host's address and that port"""
        s = self.socket(family)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if address and family == 6:
            # an address the host owns by a local route
            s.setsockopt(socket.IPPROTO_IPV6, 78, 1)
        s.bind((address or self.address(family), port))
        return s

    def listener(self, port=5060, family=4, backlog=1024, address=None):
        s = self.socket(family)
        if family == 6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind((address or ("::" if family == 6 else "0.0.0.0"), port))
        s.listen(backlog)
        return s

    def udp(self, port=0, family=4, address=None):
        s = self.socket(family, socket.SOCK_DGRAM)
        # addresses the host owns by a local route count as well
        s.setsockopt(socket.IPPROTO_IPV6 if family == 6 else
                     socket.IPPROTO_IP, 78 if family == 6 else 15, 1)
        s.bind((address or self.address(family), port))
        return s


def server_address(n, family=4, far=False):
    """One of the many addresses the server owns, or the host behind it"""
    n += 1
    if family == 6:
        return "2001:db8:%d::%x" % (3 if far else 2, n)
    return "198.%d.%d.%d" % (19 if far else 18, n // 250, n % 250 + 1)


_OUTQ = struct.Struct("i")


def unsent(sock):
    """Bytes of a TCP socket that were not yet sent even once"""
    import fcntl
    return _OUTQ.unpack(fcntl.ioctl(sock, SIOCOUTQNSD, b"\0\0\0\0"))[0]


def unacked(sock):
    """Bytes of a TCP socket that were not yet acknowledged"""
    import fcntl
    return _OUTQ.unpack(fcntl.ioctl(sock, SIOCOUTQ, b"\0\0\0\0"))[0]


def mss(sock):
    return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)


def begin_at(sock, isn):
    """Choose the initial sequence number of a socket not yet connected"""
    sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, TCP_SEND_QUEUE)
    sock.setsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ,
                    struct.pack("I", isn & 0xffffffff))
    sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 0)
    # the kernel has forgotten this one meanwhile
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
