#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What went over the wire at both ends of a call.

transcript.py listen FILE HOST...  keep every TCP segment on the hosts' eth0
                                   until SIGTERM; FILE.ready appears when it runs
transcript.py show FILE CALLER CALLEE [--color]
                                   the INVITE as sent and as received, with the
                                   bytes that differ marked
"""

import difflib
import json
import os
import re
import select
import signal
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../net/peer"))
from netns import Host                                          # noqa: E402

SIP = 5060


def segment(frame):
    """(source port, destination port, sequence number, data) of TCP in IPv4"""
    if frame[12:14] != b"\x08\0" or frame[23] != 6:
        return None
    total = struct.unpack(">H", frame[16:18])[0]
    at = 14 + (frame[14] & 15) * 4
    sport, dport, seq = struct.unpack(">HHI", frame[at:at + 8])
    data = frame[at + (frame[at + 12] >> 4) * 4:14 + total]
    return (sport, dport, seq, data.decode("latin-1")) if data else None


def listen(name, hosts):
    taps, kept = {}, {host: [] for host in hosts}
    for host in hosts:
        with Host(host):
            tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                socket.htons(3))
        tap.bind(("eth0", 3))
        tap.setblocking(False)
        taps[tap] = host
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    open(name + ".ready", "w").close()
    while not stop:
        for tap in select.select(list(taps), [], [], 0.2)[0]:
            try:
                while True:
                    found = segment(tap.recv(70000))
                    if found:
                        kept[taps[tap]].append(found)
            except BlockingIOError:
                pass
    with open(name, "w") as out:
        json.dump(kept, out)


def invite(segments):
    """(the message, sizes of the segments it came in)"""
    text, sizes, due = "", [], None
    for sport, dport, seq, data in segments:
        if not text and data.startswith("INVITE "):
            due = seq
        if dport != SIP or seq != due:
            continue
        text, due = text + data, (seq + len(data)) % 2**32
        sizes.append(len(data))
        head, blank, body = text.partition("\r\n\r\n")
        if not blank:
            continue
        length = [int(line.split(":")[1]) for line in head.split("\r\n")
                  if line.lower().startswith("content-length")]
        if len(body) >= length[0]:
            return text, sizes
    sys.exit("no whole INVITE was seen")


def marked(line, other, color):
    """A line and, where there is no colour, marks under what differs"""
    ours, theirs = (re.findall(r"[\w.]+|[^\w.]", text)
                    for text in (line, other))
    runs = [(tag != "equal", "".join(ours[a:b])) for tag, a, b, _, _ in
            difflib.SequenceMatcher(None, ours, theirs, False).get_opcodes()]
    if color:
        return "".join("\033[1;33m%s\033[0m" % text if new else text
                       for new, text in runs)
    return line + "\n  " + "".join(("^" if new else " ") * len(text)
                                   for new, text in runs).rstrip()


def show(name, caller, callee, color):
    with open(name) as text:
        kept = json.load(text)
    sent, sizes = invite(kept[caller])
    received, arrived = invite(kept[callee])
    print("The INVITE as the phone sent it, in %d segments of %s bytes:\n"
          % (len(sizes), " and ".join(map(str, sizes))))
    for line in sent.rstrip().split("\r\n"):
        print("  " + line)
    print("\nThe INVITE as it was received, in %d segment%s of %s bytes; "
          "what differs is marked:\n" % (
              len(arrived), "s" * (len(arrived) != 1),
              " and ".join(map(str, arrived))))
    old, new = (text.rstrip().split("\r\n") for text in (sent, received))
    if len(old) != len(new):
        sys.exit("the INVITE has lost or gained a line")
    for was, now in zip(old, new):
        if was == now:
            print("  " + now)
        else:
            print("  " + marked(now, was, color))
    return sent, received, sizes


def check(sent, received, sizes):
    """A demonstration that fails must say so"""
    own, public = os.environ["PHONE4"], os.environ["WAN4"]
    head, _, body = received.partition("\r\n\r\n")
    length = re.search(r"(?mi)^content-length: *(\d+)", head)
    # the Call-ID is a name, not an address
    rest = re.sub(r"(?mi)^call-id:.*$", "", received)
    problems = []
    if len(sizes) < 2:
        problems.append("the INVITE was not split")
    if own not in sent or own in rest:
        problems.append("%s is not translated everywhere" % own)
    if received.count(public) < 4:
        problems.append("Via, Contact, o= or c= lacks %s" % public)
    if not length or int(length.group(1)) != len(body):
        problems.append("Content-Length is wrong")
    if problems:
        sys.exit("; ".join(problems))


if __name__ == "__main__":
    what, *words = sys.argv[1:]
    if what == "listen":
        listen(words[0], words[1:])
    else:
        check(*show(words[0], words[1], words[2], "--color" in words))
