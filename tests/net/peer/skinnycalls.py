#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Calls of Skinny phones by way of a real CallManager (Asterisk).

skinnycalls.py [--port P] CAST PLAY

CAST says where phone and CallManager are:
  outside   the CallManager is outside, phones are inside and one is with it
  inside    the CallManager is inside behind a static mapping, phones outside
PLAY:
  call      registration, call, hold, resume, hang-up, both ways
  transfer  the second of three phones connects the other two
  direct    two phones inside are told each other's addresses
  one-way   without translation: what is said inside is heard outside, and
            nothing comes back
"""

import argparse
import os
import sys

from exchange import Failure
from netns import Host, server_address
from skinnyphone import CONNECTED, KEY_TRANSFER, OFF_HOOK, RING_OUT, \
    Phone, World

PUBLIC = os.environ["WAN4"]


class Play:
    def __init__(self, args):
        self.args = args
        self.world = World()
        self.calls = self.packets = 0

    def phone(self, where, line, version, rtp=20000):
        """where: PHONE, a NEIGHBOUR on its link, DESK, or FAR"""
        host = Host("PHONE" if where == "NEIGHBOUR" else where)
        manager = os.environ["SERVER4"]
        if self.args.cast == "inside":
            manager = PUBLIC if where == "FAR" else os.environ["PHONE4"]
        # a mapping may change the port; inside it is the CallManager's own
        port = 2000 if self.args.cast == "inside" and where != "FAR" \
            else self.args.port
        address = server_address(int(line), far=True) if where == "FAR" \
            else os.environ["NEIGHBOUR4"] if where == "NEIGHBOUR" else None
        phone = Phone(self.world, host, line, version, manager,
                      port, address, rtp=rtp)
        phone.register()
        through = host.name != "FAR" or self.args.cast == "inside"
        if self.args.play == "one-way":
            through = False
        if through and phone.servers != [(manager, port)]:
            raise Failure("%s was told of servers %r" % (phone,
                                                         phone.servers))
        return phone

    def connect(self, a, b):
        self.ring(a, b)
        self.connected(a, b)

    def ring(self, a, b):
        a.dial(b.line)
        a.until("told that it rings", lambda: a.in_state(RING_OUT))
        # at once is too quick for chan_skinny: it falls over its own feet
        self.world.rest(0.3)
        b.answer()
        self.calls += 1

    def connected(self, *phones):
        for p in phones:
            p.until("connected", lambda: p.in_state(CONNECTED) and
                    p.channels and p.remote)

    def both(self, a, b):
        """Each hears the other"""
        for n, _ in self.world.talk([(a, b), (b, a)]).values():
            self.packets += n

    def call(self, a, b):
        self.connect(a, b)
        self.both(a, b)
        a.hold()
        self.world.silence(a, b, 0.5)
        a.resume()
        self.both(a, b)
        b.hold()
        b.resume()
        self.both(a, b)
        a.hang_up()
        b.idle()

    def transfer(self, a, b, c):
        self.connect(a, b)
        self.both(a, b)
        held = b.in_state(CONNECTED)
        b.key(KEY_TRANSFER, held)
        b.until("dial tone", lambda: b.in_state(OFF_HOOK))
        b.digits(c.line, b.in_state(OFF_HOOK))
        b.until("told that it rings", lambda: b.in_state(RING_OUT))
        self.world.rest(0.3)
        c.answer()
        self.connected(b, c)
        self.both(b, c)
        b.key(KEY_TRANSFER, b.in_state(CONNECTED))
        b.idle()
        self.both(a, c)
        c.hang_up()
        a.idle()


def play_call(play):
    where = [("PHONE", "DESK"), ("PHONE", "FAR")] \
        if play.args.cast == "outside" else [("FAR", "FAR"),
                                             ("FAR", "DESK")]
    # two phones, four versions: each version calls and is called
    for first, second in where:
        for a, b in (play.args.versions or ((3, 22), (22, 3), (11, 17),
                                            (17, 11))):
            play.world.phones.clear()
            x = play.phone(first, "101", a)
            # the same port on both, so that one of them gets another outside
            y = play.phone(second, "102", b)
            play.call(x, y)
            if not play.args.brief:
                play.call(y, x)
            x.unregister()
            y.unregister()
            play.world.save("call-%s-%s-%d-%d" % (first, second, a, b))


def play_transfer(play):
    hosts = ("PHONE", "DESK", "FAR") if play.args.cast == "outside" \
        else ("FAR", "FAR", "DESK")
    for a, b, c in (play.args.versions or ((3, 11, 17), (22, 17, 11))):
        play.world.phones.clear()
        x = play.phone(hosts[0], "101", a, 21000)
        y = play.phone(hosts[1], "102", b, 21000)
        z = play.phone(hosts[2], "103", c, 21000)
        play.transfer(x, y, z)
        for phone in (x, y, z):
            phone.unregister()
        play.world.save("transfer-%d-%d-%d" % (a, b, c))


def play_direct(play):
    """Phones on one link get each other's inside address, and their media
    does not meet the router; on different links they keep the public ones,
    and it turns round there"""
    for other, a, b in (("DESK", 11, 17), ("DESK", 22, 3),
                        ("NEIGHBOUR", 17, 11), ("NEIGHBOUR", 3, 22)):
        play.world.phones.clear()
        x = play.phone("PHONE", "105", a, 22000)
        y = play.phone(other, "106", b, 22000)

        def direct():
            for p, q in ((x, y), (y, x)):
                told = set(p.remote.values())
                if other == "NEIGHBOUR" and told != {
                        (q.address, c.port) for c in q.channels.values()}:
                    return False
                if {address for address, _ in told} != {PUBLIC} and \
                        other == "DESK":
                    return False
            return True

        for attempt in range(8):
            # The CallManager steps back and tells each where the other is.
            # chan_skinny may do so before it knows, and then tells one of
            # them nothing: that call is lost without any NAT as well.
            play.ring(x, y)
            try:
                play.world.until("told the other's address", direct, 2)
                break
            except Failure:
                if attempt == 7:
                    raise
                y.hang_up()
                x.idle()
        play.both(x, y)
        y.hang_up()
        x.idle()
        x.unregister()
        y.unregister()
        play.world.save("direct-%s-%d-%d" % (other, a, b))


def play_one_way(play):
    where = ("PHONE", "FAR") if play.args.cast == "outside" else \
        ("FAR", "DESK")
    for a, b in (play.args.versions or ((3, 22), (17, 11))):
        play.world.phones.clear()
        x = play.phone(where[0], "101", a, 23000)
        y = play.phone(where[1], "102", b, 23000)
        play.connect(x, y)
        # who is outside hears, for media that goes out needs no help; what
        # comes back is sent to the inside address that the message named
        inner, outer = (x, y) if play.args.cast == "outside" else (y, x)
        play.world.talk([(outer, inner)])
        play.world.silence(inner, outer)
        x.hang_up()
        y.idle()
        x.unregister()
        y.unregister()


def main():
    plays = {"call": play_call, "transfer": play_transfer,
             "direct": play_direct, "one-way": play_one_way}
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=2000)
    parser.add_argument("--brief", action="store_true",
                        help="only the first phone calls")
    parser.add_argument("--versions", help="3,22 17,11: of the phones of each "
                        "round", nargs="*")
    parser.add_argument("cast", choices=("outside", "inside"))
    parser.add_argument("play", choices=plays)
    args = parser.parse_args()
    args.versions = [tuple(int(v) for v in one.split(","))
                     for one in args.versions or []]
    play = Play(args)
    try:
        plays[args.play](play)
        print("figure: %d calls, %d packets heard of as many sent" % (
            play.calls, play.packets))
    except Failure:
        play.world.save("failed-%s-%s" % (args.cast, args.play))
        raise
    finally:
        play.world.close()


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
