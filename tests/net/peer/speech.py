#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What SIPp has for a voice, and who hears it.

speech.py pcap FILE [PACKETS]   a recording of so many RTP packets
speech.py listen FILE HOST...   note every RTP packet that reaches or leaves
                                the hosts until SIGTERM; FILE.ready appears
                                when it runs
speech.py talk FILE HOST...     the same, and speak for every call of whose
                                SDP over UDP a host has sent and received one
speech.py check FILE CALLER CALLER-LOG CALLEE CALLEE-LOG
                                every call in SIPp's logs was heard on both
                                sides, on the ports the SDP promised
"""

import collections
import heapq
import json
import os
import re
import select
import signal
import socket
import struct
import sys
import time

PAYLOAD = 160
FIRST = 30000       # the caller's first media port


def pcap(name, packets=3):
    """Ethernet, IP, UDP, RTP; SIPp replaces addresses and ports"""
    with open(name, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for n in range(int(packets)):
            udp = voice(n, 4000, 4000)
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), n, 0,
                             64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1") + udp
            frame = b"\0" * 12 + b"\x08\0" + ip
            out.write(struct.pack("<IIII", 1000, n * 20000, len(frame),
                                  len(frame)) + frame)


def rtp(frame):
    """(source, source port, destination port) of a frame that holds RTP"""
    kind = frame[12:14]
    if kind == b"\x08\0" and frame[23] == 17:
        at = 14 + (frame[14] & 15) * 4
        source = socket.inet_ntoa(frame[26:30])
    elif kind == b"\x86\xdd" and frame[20] == 17:
        at = 54
        source = socket.inet_ntop(socket.AF_INET6, frame[22:38])
    else:
        return None
    sport, dport = struct.unpack(">HH", frame[at:at + 4])
    if len(frame) < at + 20 or frame[at + 8] & 0xc0 != 0x80:
        return None
    return source, sport, dport


def voice(n, sport, dport):
    """UDP with one RTP packet, 20 ms of silence"""
    rtp = struct.pack(">BBHII", 0x80, 8, n, n * PAYLOAD,
                      0x5eed) + b"\xd5" * PAYLOAD
    return struct.pack(">HHHH", sport, dport, 8 + len(rtp), 0) + rtp


class Speaker:
    """Speaks where SIPp would start a thread for each call"""

    PACKETS, PACE = 3, 0.02

    def __init__(self):
        self.calls = collections.defaultdict(dict)
        self.mouths = {}
        self.due = []       # (when, packet's number, host, port, address)

    def see(self, host, frame, outgoing):
        """A frame with SIP over UDP over IPv4"""
        from netns import Host
        if frame[12:14] != b"\x08\0" or frame[23] != 17:
            return
        text = frame[14 + (frame[14] & 15) * 4 + 8:]
        call = re.search(rb"(?mi)^(?:Call-ID|i): *(\S+)", text)
        port = re.search(rb"(?m)^m=audio (\d+)", text)
        address = re.search(rb"(?m)^c=IN IP4 (\S+)", text)
        if not call or not port or not address:
            return
        sides = self.calls[host, call[1]]
        if outgoing in sides:       # a repetition
            return
        sides[outgoing] = (address[1].decode(), int(port[1]))
        if len(sides) < 2:
            return
        if host not in self.mouths:     # raw: SIPp may have the port itself
            with Host(host):
                self.mouths[host] = socket.socket(
                    socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
        heapq.heappush(self.due, (time.monotonic(), 0, host, sides[True][1],
                                  sides[False]))

    def speak(self):
        """What is due now. Returns seconds until there is more"""
        while self.due:
            when, n, host, port, address = self.due[0]
            now = time.monotonic()
            if when > now:
                return when - now
            heapq.heappop(self.due)
            self.mouths[host].sendto(voice(n, port, address[1]),
                                     (address[0], 0))
            if n + 1 < self.PACKETS:
                heapq.heappush(self.due, (when + self.PACE, n + 1, host, port,
                                          address))
        return 0.2


def listen(name, hosts, speaker=None):
    from netns import Host
    taps, heard, said = {}, {}, {}
    for host in hosts:
        with Host(host):
            tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                socket.htons(3))
        tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        tap.bind(("eth0", 3))
        tap.setblocking(False)
        taps[tap] = host
        heard[host] = collections.Counter()
        said[host] = collections.Counter()
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    open(name + ".ready", "w").close()
    while not stop:
        wait = speaker.speak() if speaker else 0.2
        readable = select.select(list(taps), [], [], wait)[0]
        for tap in readable:
            try:
                while True:
                    frame, where = tap.recvfrom(2048)
                    found = rtp(frame)
                    outgoing = where[2] == socket.PACKET_OUTGOING
                    if not found:
                        if speaker:
                            speaker.see(taps[tap], frame, outgoing)
                        continue
                    if outgoing:
                        said[taps[tap]][found[1]] += 1
                    else:
                        heard[taps[tap]][found] += 1
            except BlockingIOError:
                pass
    with open(name + ".new", "w") as out:
        json.dump({"heard": {host: [list(k) + [n] for k, n in counts.items()]
                             for host, counts in heard.items()},
                   "said": said}, out)
    os.rename(name + ".new", name)


def media(log):
    """{Call-ID: {"sent" or "received": (address, port)}} of SIPp's log"""
    calls = collections.defaultdict(dict)
    with open(log, errors="replace") as text:
        content = text.read()
    for part in re.split(r"(?m)^-{20,}.*$", content):
        way = "sent" if re.search(r"message sent", part) else \
            "received" if re.search(r"message received", part) else None
        call = re.search(r"(?mi)^(?:Call-ID|i): *(\S+)", part)
        port = re.search(r"(?m)^m=audio (\d+)", part)
        address = re.search(r"(?m)^c=IN IP[46] (\S+)", part)
        if way and call and port and address:
            calls[call.group(1)][way] = (address.group(1),
                                         int(port.group(1)))
    return calls


def check(name, caller, caller_log, callee, callee_log):
    with open(name) as text:
        noted = json.load(text)
    heard = {host: {(s, sp, dp): n for s, sp, dp, n in rows}
             for host, rows in noted["heard"].items()}
    said = noted["said"]
    ours, theirs = media(caller_log), media(callee_log)
    if not ours or set(ours) != set(theirs):
        sys.exit("calls: %d at the caller, %d at the callee" % (
            len(ours), len(theirs)))
    deaf, packets = [], collections.Counter()
    for call, mine in ours.items():
        yours = theirs[call]
        if "sent" not in mine:
            # SIPp does not log what waits for a connection: [auto_media_port]
            mine["sent"] = (None, FIRST + 4 * (int(call.split("-")[0]) - 1))
        for who, other, own, peer, source in (
                (caller, callee, mine["sent"], mine["received"],
                 yours["sent"]),
                (callee, caller, yours["sent"], yours["received"],
                 mine["sent"])):
            # to the port it gave, from where the other's SDP as it arrived
            # here said its speech would come from
            n = heard[who].get((peer[0], peer[1], own[1]), 0)
            packets[who] += n
            if not n:
                deaf.append("%s: %s hears nothing from %s:%d on its port %d; "
                            "%s said %d packets" % (
                                call, who, peer[0], peer[1], own[1], other,
                                said[other].get(str(source[1]), 0)))
    print("figure: %d calls; RTP packets heard: %s" % (len(ours), ", ".join(
        "%s %d of %d" % (who.lower(), n, sum(said[
            callee if who == caller else caller].values()))
        for who, n in sorted(packets.items()))))
    if deaf:
        sys.exit("%d sides of %d calls are deaf:\n%s\nheard:\n%s" % (
            len(deaf), len(ours), "\n".join(deaf[:6]), "\n".join(
                "%s %r" % (h, list(c.items())[:6])
                for h, c in heard.items())))


if __name__ == "__main__":
    what, *words = sys.argv[1:]
    if what == "pcap":
        pcap(*words)
    elif what == "listen":
        listen(words[0], words[1:])
    elif what == "talk":
        listen(words[0], words[1:], Speaker())
    else:
        check(*words)
