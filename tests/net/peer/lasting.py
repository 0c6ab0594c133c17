#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Calls that nobody ends, over UDP and TCP, some with half a message held."""

from netns import Host, server_address

PHONE, SERVER = Host("PHONE"), Host("SERVER")


def invite(n, transport, target):
    own = PHONE.address()
    body = ("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
            "m=audio %d RTP/AVP 0\r\n" % (own, own, 30000 + 2 * n))
    return ("INVITE sip:b@%s SIP/2.0\r\nVia: SIP/2.0/%s %s:%d;branch=z9hG4bK%d"
            "\r\nFrom: <sip:a@example>;tag=a\r\nTo: <sip:b@example>\r\n"
            "Call-ID: %d@lasting\r\nCSeq: 1 INVITE\r\nContact: <sip:a@%s:%d>"
            "\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s"
            % (target, transport, own, 6000 + n, n, n, own, 6000 + n,
               len(body), body)).encode()


def main():
    kept = []
    for n in range(20):
        target = server_address(n)
        if n % 2:
            with SERVER.udp(5060, address=target) as server, \
                    PHONE.udp(6000 + n) as phone:
                server.settimeout(30)
                phone.sendto(invite(n, "UDP", target), (target, 5060))
                server.recv(4096)
            continue
        with SERVER.listener(5060) as listener:
            listener.settimeout(30)
            phone = PHONE.tcp(6000 + n)
            phone.settimeout(30)
            phone.connect((target, 5060))
            server = listener.accept()[0]
            server.settimeout(30)
            text = invite(n, "TCP", target)
            phone.sendall(text)
            server.recv(4096)
            if n % 4:
                phone.sendall(text[:100])
            kept += [phone, server]


main()
