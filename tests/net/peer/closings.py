#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every way a stream ends: half-closed, in the middle of a message, reset.

closings.py fin | rst
"""

import time

from exchange import Failure, Pair, Server
from netns import PATIENCE
from wire import (FAMILY, PLAIN, Bench, Wire, arguments, each_end, other,
                  take)


def half_closed(bench, who):
    """One end is done; the other goes on for a hundred messages"""
    wire, (sent, want) = Wire(bench), bench.message(who)
    back, restored = bench.message(other(who))
    wire.send(who, sent)
    wire.half_close(who)
    wire.get(other(who), want, end=True)
    for n in range(100):
        wire.send(other(who), back[:30])
        wire.send(other(who), back[30:])
        wire.get(who, restored)
    wire.half_close(other(who))
    wire.get(who, b"", end=True)
    wire.close()


def ended_inside(bench, who):
    """The stream ends in the middle of a message: the half arrives raw"""
    wire, (sent, want) = Wire(bench), bench.message(who)
    half = sent[:len(sent) // 2]
    wire.send(who, sent + half)
    wire.half_close(who)
    wire.get(other(who), want + half, end=True)
    back, restored = bench.message(other(who))
    wire.send(other(who), back)
    wire.half_close(other(who))
    wire.get(who, restored, end=True)
    wire.close()


def both_at_once(bench, who):
    wire = Wire(bench)
    for one in (who, other(who)):
        wire.send(one, bench.message(one)[0])
        wire.half_close(one)
    for one in (who, other(who)):
        wire.get(other(one), bench.message(one)[1], end=True)
    wire.close()


def at_once(bench, who):
    """Opened and closed without a byte"""
    wire = Wire(bench)
    wire.half_close(who)
    wire.get(other(who), b"", end=True)
    wire.half_close(other(who))
    wire.get(who, b"", end=True)
    wire.close()


def reset_idle(bench, who):
    wire = Wire(bench)
    wire.reset(who)
    wire.is_reset(other(who), b"")
    wire.close()


def reset_used(bench, who):
    """After messages that changed the sequence numbers of both ways"""
    wire = Wire(bench)
    for one in ("phone", "server"):
        sent, want = bench.message(one)
        wire.send(one, sent)
        wire.get(other(one), want)
    wire.reset(who)
    wire.is_reset(other(who), b"")
    wire.close()


def reset_held(bench, who):
    """While the router holds half a message"""
    wire, (sent, want) = Wire(bench), bench.message(who)
    wire.send(who, sent + sent[:100])
    wire.get(other(who), want)
    wire.reset(who)
    wire.is_reset(other(who), sent[:100])
    wire.close()


def reset_by_receiver(bench, who):
    """The receiver resets while the router holds half a message"""
    wire, (sent, want) = Wire(bench), bench.message(who)
    wire.send(who, sent + sent[:100])
    wire.get(other(who), want)
    wire.reset(other(who))
    wire.is_reset(who, b"")
    wire.close()


def reset_queued(bench, who):
    """While data waits for a receiver whose window is shut"""
    wire, (sent, want) = Wire(bench, buffer=4096), bench.message(who)
    wire.fill(who, sent * 2000)
    wire.reset(who)
    wire.is_reset(other(who), want * 2000)
    wire.close()


def reset_unread(bench, who):
    """The receiver goes away without having read"""
    wire, (sent, want) = Wire(bench, buffer=4096), bench.message(who)
    wire.fill(who, sent * 2000)
    wire.reset(other(who))
    wire.is_reset(who, b"")
    wire.close()


def reset_half_closed(bench, who):
    wire, (sent, want) = Wire(bench), bench.message(who)
    wire.send(who, sent)
    wire.half_close(who)
    wire.get(other(who), want, end=True)
    wire.reset(other(who))
    wire.is_reset(who, b"")
    wire.close()


def reset_after_fin(bench, who):
    """The end that has closed its half resets"""
    wire, (sent, want) = Wire(bench), bench.message(who)
    back, restored = bench.message(other(who))
    wire.send(who, sent + sent[:50])
    wire.half_close(who)
    wire.get(other(who), want + sent[:50], end=True)
    wire.send(other(who), back)
    wire.get(who, restored)
    wire.reset(who)
    # its half is closed already: the reset shows when something is sent
    until = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < until:
            wire.pair.end(other(who)).send(back[:10])
            time.sleep(0.02)
        raise Failure("%s: not reset" % other(who))
    except (ConnectionResetError, BrokenPipeError):
        pass
    wire.close()


def refused(bench, who):
    """The SYN is answered by RST"""
    sock = bench.phone.tcp(bench.port, bench.family)
    sock.settimeout(PATIENCE)
    bench.listener.close()
    target = Pair(999, bench.phone, bench.port + 1, bench.family)
    try:
        sock.connect((target.target, 5060))
        raise Failure("connected to nobody")
    except ConnectionRefusedError:
        pass
    sock.close()
    target.close()
    bench.listener = Server(bench.server, bench.family, buffer=4096)


WAYS = {
    "fin": (half_closed, ended_inside, both_at_once, at_once),
    "rst": (reset_idle, reset_used, reset_held, reset_by_receiver,
            reset_queued, reset_unread, reset_half_closed, reset_after_fin,
            refused),
}


def main():
    args = arguments(WAYS, 42000, FAMILY, PLAIN)
    take(Bench(args.port, args.family, args.plain, 4096),
         each_end(WAYS[args.how]))


if __name__ == "__main__":
    main()
