#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Urgent data, and senders that pause.

urgent.py urgent | pause

The router takes bytes over and sends them on in segments of its own: what was
urgent arrives in its place among the others, as RFC 6093 wants it. In a stream
that is not SIP nothing is touched, and it arrives as urgent as it was sent.
"""

import socket
import time

from exchange import Failure
from netns import PATIENCE
from wire import FAMILY, Bench, Wire, arguments, each_end, other, take


def in_message(bench, who):
    wire, (sent, want) = Wire(bench), bench.message(who)
    wire.send(who, sent[:60])
    wire.pair.end(who).send(sent[60:101], socket.MSG_OOB)
    wire.send(who, sent[101:] + sent[:40])
    wire.get(other(who), want)
    wire.pair.end(who).send(sent[40:], socket.MSG_OOB)
    wire.get(other(who), want)
    back, restored = bench.message(other(who))
    wire.send(other(who), back)
    wire.get(who, restored)
    wire.half_close(who)
    wire.get(other(who), b"", end=True)
    wire.close()


def in_other_stream(bench, who):
    """Not SIP from the first byte: conntrack's and nobody else's"""
    wire = Wire(bench)
    wire.send("phone", b"\x16\x03\x01 not SIP at all")
    wire.get("server", b"\x16\x03\x01 not SIP at all")
    wire.pair.end(who).send(b"abc!", socket.MSG_OOB)
    wire.get(other(who), b"abc")
    sock, until, got = wire.pair.end(other(who)), time.monotonic() + PATIENCE, b""
    sock.setblocking(False)
    while not got and time.monotonic() < until:
        try:
            got = sock.recv(1, socket.MSG_OOB)
        except OSError:
            time.sleep(0.01)
    sock.setblocking(True)
    if got != b"!":
        raise Failure("urgent: %r" % got)
    wire.send(who, b"more")
    wire.get(other(who), b"more")
    wire.close()


def pause(bench, who):
    """Longer than a message may be held: what there is goes on as it was sent,
    and so does all that follows; the other direction is still translated"""
    wire, (sent, want) = Wire(bench), bench.message(who)
    back, restored = bench.message(other(who))
    wire.send(who, sent)
    wire.get(other(who), want)
    began = time.monotonic()
    half = len(sent) // 2
    wire.send(who, sent[:half])
    wire.get(other(who), sent[:half])
    held = time.monotonic() - began
    # never less; a busy machine takes longer
    if not 4.5 < held < 20:
        raise Failure("half a message was held for %.1f s" % held)
    wire.send(other(who), back)
    wire.get(who, restored)
    wire.send(who, sent[half:] + sent)
    wire.get(other(who), sent[half:] + sent)
    wire.send(other(who), back)
    wire.get(who, restored)
    wire.half_close(who)
    wire.get(other(who), b"", end=True)
    wire.half_close(other(who))
    wire.get(who, b"", end=True)
    wire.close()


def patient(bench, who, seconds=3):
    """Within the time nothing is lost by it"""
    wire, (sent, want) = Wire(bench), bench.message(who)
    half = len(sent) // 2
    wire.send(who, sent[:half])
    time.sleep(seconds)
    wire.send(who, sent[half:])
    wire.get(other(who), want)
    wire.close()


WAYS = {"urgent": (in_message, in_other_stream), "pause": (patient, pause)}


def main():
    args = arguments(WAYS, 48000, FAMILY)
    take(Bench(args.port, args.family), each_end(WAYS[args.how]),
         at_once=args.how == "pause")


if __name__ == "__main__":
    main()
