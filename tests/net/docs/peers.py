#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""peers.py {skinny|h323} SCRATCH: a phone and its server, for the pages.

SCRATCH/up appears when the call is up; it ends when SCRATCH/hang-up appears.
"""

import os
import struct
import sys
import time

sys.path.insert(0, os.environ["PEER"])
from netns import Host                                          # noqa: E402


def talk(scratch):
    open(scratch + "/up", "w", encoding="ascii").close()
    while not os.path.exists(scratch + "/hang-up"):
        time.sleep(0.1)


def skinny_call(scratch):
    from skinny import build, layout, message
    from skinnymessages import Line

    class Place:
        family, port, server = 4, 2000, Host("SERVER")

        def listener(self):
            return self.server.listener(self.port, 4)

        def where(self, _):
            return os.environ["SERVER4"]

    phone = Host("PHONE")
    line = Line(Place(), phone, 0)

    def ack(port, ptp):
        return build(layout("OpenReceiveChannelAck", "new", 36), {
            "A": phone.address(), "P": port, "ptp": ptp, "ref": ptp,
            "status": 0}, 17)

    line.up(build(layout("Register", "any", 124),
                  {"ip4": phone.address(), "version": 17}))
    line.down(message(0x0081, struct.pack("<I6s2xIB3x", 30, b"D/M/Y\0", 60,
                                          17)))
    line.up(ack(20000, 7))
    line.down(build(layout("StartMediaTransmission", "new", 132), {
        "A": os.environ["SERVER4"], "P": 30000, "conf": 7, "ptp": 7,
        "ref": 7}, 17))
    line.up(ack(1000, 8))
    talk(scratch)
    line.close()


def h323_call(scratch):
    from h323 import RTP, SIGNAL, Line, Scene, Signal, fast
    from h323gaps import Play

    play = Play()
    scene = play.scene
    play.register()

    def line(port=SIGNAL):
        scene.peer = scene.remote
        return Line(scene, scene.phone, scene.server, scene.remote,
                    (port, port))

    scene.line = line
    signal, call = play.call({"fastStart": play.proposals()})
    scene.say(signal, False, Signal("connect", {"fastStart": [
        fast(1, media=(scene.remote, 40000), control=(scene.remote, 40001)),
        fast(2, reverse=((scene.remote, 40000), (scene.remote, 40001)))]},
        call=call, callee=True), "Connect")
    assert RTP == 30000
    talk(scratch)
    scene.say(signal, True, Signal("releaseComplete", None, call=call),
              "ReleaseComplete")
    play.end()


if __name__ == "__main__":
    {"skinny": skinny_call, "h323": h323_call}[sys.argv[1]](sys.argv[2])
