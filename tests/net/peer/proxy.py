#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A stateless SIP proxy and registrar, on UDP and TCP.

proxy.py HOST [PORT]    until SIGTERM

It knows Via, Record-Route, Route and Contact, as RFC 3261 16 has them, and
nothing of NAT: it sends where Contact says.
"""

import re
import select
import socket
import sys

from dialog import content_length
from netns import Host


def header(name, text):
    """The first value of a header"""
    found = re.search(rb"(?mi)^" + name + rb"[ \t]*:[ \t]*(.*?)\r\n", text)
    if found and name in (b"Via", b"Route"):
        return found.group(1).split(b",")[0]
    return found.group(1) if found else None


def drop_first(name, text):
    """Without the first value of a header, which may be one of a list"""
    found = re.search(rb"(?mi)^" + name + rb"[ \t]*:[^,\r]*,[ \t]*", text)
    first = re.search(rb"(?mi)^" + name + rb"[ \t]*:", text)
    if found and found.start() == first.start():
        return text[:found.start()] + name + b": " + text[found.end():]
    return re.sub(rb"(?mi)^" + name + rb"[ \t]*:.*?\r\n", b"", text, count=1)


def place(uri):
    """(address, port) of a URI or sent-by"""
    found = re.search(rb"(?:sips?:(?:[^@>;]*@)?)?(\[[^]]*\]|[^:;>\s\[]+)"
                      rb"(?::(\d+))?", uri)
    return found.group(1).strip(b"[]").decode(), int(found.group(2) or 5060)


class Proxy:
    def __init__(self, host, port):
        self.host, self.port = host, port
        self.address = host.address()
        self.udp = host.udp(port)
        self.listener = host.listener(port)
        self.streams = {}       # peer address: (socket, bytearray)
        self.contacts = {}      # user: URI
        self.number = 0

    def me(self):
        return b"%s:%d" % (self.address.encode(), self.port)

    def stream(self, peer):
        if peer not in self.streams:
            sock = self.host.socket()
            sock.settimeout(5)
            sock.connect(peer)
            self.streams[peer] = (sock, bytearray())
        return self.streams[peer][0]

    def send(self, text, peer, tcp):
        if tcp:
            self.stream(peer).sendall(text)
        else:
            self.udp.sendto(text, peer)

    def take(self, text, peer, tcp):
        line, rest = text.split(b"\r\n", 1)
        if line.startswith(b"SIP/2.0"):
            text = line + b"\r\n" + drop_first(b"Via", rest)
            self.send(text, place(header(b"Via", text).split()[1]), tcp)
            return
        method, uri, _ = line.split(b" ", 2)
        user = re.match(rb"sips?:([^@]*)@", header(b"To", text).split(
            b"<")[-1])
        if method == b"REGISTER":
            contact = header(b"Contact", text)
            self.contacts[user.group(1)] = re.search(
                rb"<([^>]*)>", contact).group(1)
            keep = [h for h in rest.split(b"\r\n\r\n")[0].split(b"\r\n")
                    if re.match(rb"(?i)(via|from|to|call-id|cseq|contact)"
                                rb"[ \t]*:", h)]
            self.send(b"SIP/2.0 200 OK\r\n" + b"\r\n".join(keep) +
                      b"\r\nContent-Length: 0\r\n\r\n", peer, tcp)
            return
        if place(uri) == (self.address, self.port):
            uri = self.contacts.get(re.match(rb"sips?:([^@]*)@",
                                             uri).group(1))
            if uri is None:
                return
        route = header(b"Route", text)
        if route and place(route) == (self.address, self.port):
            rest = drop_first(b"Route", rest)
        kind = b"TCP" if tcp else b"UDP"
        branch = header(b"Via", text).split(b"branch=")[1].split(b";")[0]
        top = b"Via: SIP/2.0/%s %s;branch=%s.p\r\n" % (kind, self.me(), branch)
        if method == b"INVITE":
            top += b"Record-Route: <sip:%s;transport=%s;lr>\r\n" % (
                self.me(), kind.lower())
        self.send(b"%s %s SIP/2.0\r\n" % (method, uri) + top + rest,
                  place(uri), tcp)

    def run(self):
        while True:
            socks = {sock: peer for peer, (sock, _) in self.streams.items()}
            ready = select.select([self.udp, self.listener, *socks], [],
                                  [])[0]
            for sock in ready:
                if sock is self.udp:
                    self.take(*sock.recvfrom(65536), False)
                elif sock is self.listener:
                    new, peer = sock.accept()
                    self.streams[peer[:2]] = (new, bytearray())
                else:
                    self.read(sock, socks[sock])

    def read(self, sock, peer):
        try:
            data = sock.recv(65536)
        except OSError:
            data = b""
        if not data:
            sock.close()
            del self.streams[peer]
            return
        buffer = self.streams[peer][1]
        buffer += data
        while True:
            whole = content_length(buffer)
            if whole is None:
                return
            text = bytes(buffer[:whole])
            del buffer[:whole]
            self.take(text, peer, True)


if __name__ == "__main__":
    Proxy(Host(sys.argv[1]), int((sys.argv + ["5060"])[2])).run()
