#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""How long what H.323 opens is open.

h323life.py NAME: one of the tests below. h323life.py names them all without a name.
"""

import argparse
import sys
import time

from exchange import Failure
from h323 import CONTROL, LISTEN, RTP, SIGNAL, Control, Line, Ras, Signal, \
    fast, natctl, request
from h323fields import h225, read
from h323gaps import Play
from h323messages import Gatekeeper, Seen
from netns import server_address

# a tenth of the time, ten seconds, the linger time, and some
GRACE = 10 + 1 + 2


def registered(p, ttl=120, reply=None, **more):
    """An RRQ of ours, and its RCF with another time, or without"""
    ras = getattr(p, "ras", None)
    if ras is None:
        ras = p.ras = Gatekeeper(p.scene)
        p.scene.learn("tcp", LISTEN, LISTEN)
    message = ras.message("registrationRequest", {"timeToLive": ttl, **more})
    ras.carry(True, message.octets())
    number = message.value[1]["requestSeqNum"]
    answer = {"requestSeqNum": number, "endpointIdentifier": "x",
              "callSignalAddress": [h225(p.scene.remote, SIGNAL)]}
    if reply:
        answer["timeToLive"] = reply
    ras.carry(False, Ras(("registrationConfirm", answer)).octets())
    return ras


def shown():
    """natctl's registrations"""
    return natctl("registrations")


def ttl(p):
    """a registration lasts as long as the RCF says, not the RRQ"""
    registered(p, 120, 3)
    p.opens_tcp("registered", LISTEN)
    if len(shown()) != 1:
        raise Failure("registrations %r" % shown())
    time.sleep(3)
    p.opens_tcp("after its time, within the grace", LISTEN)
    time.sleep(.3 + GRACE)
    p.opens_tcp("after its time", LISTEN, False)
    if shown():
        raise Failure("registrations %r" % shown())


def asked(p):
    """without a time in the RCF it is that of the RRQ"""
    registered(p, 1)
    p.opens_tcp("registered", LISTEN)
    time.sleep(1.1 + GRACE)
    p.opens_tcp("after its time", LISTEN, False)


def endless(p):
    """a time of 136 years is not taken at its word"""
    registered(p, 2 ** 32 - 1, 2 ** 32 - 1)
    p.opens_tcp("registered", LISTEN)


def kept(p):
    """an RRQ with keepAlive and no addresses refreshes all of it"""
    ras = registered(p, 1, 1)
    for _ in range(4):
        time.sleep(5)
        message = Ras(("registrationRequest", {
            "keepAlive": True, "endpointIdentifier": "x", "timeToLive": 1,
            "callSignalAddress": [], "rasAddress": []}))
        ras.carry(True, message.octets())
        ras.carry(False, Ras(("registrationConfirm", {
            "requestSeqNum": message.value[1]["requestSeqNum"],
            "callSignalAddress": [], "endpointIdentifier": "x",
            "timeToLive": 1})).octets())
        p.opens_tcp("kept alive", LISTEN)
    time.sleep(1.1 + GRACE)
    p.opens_tcp("no longer kept alive", LISTEN, False)


def rejected(p):
    """an RRJ takes away what the RRQ asked for"""
    ras = p.ras = Gatekeeper(p.scene)
    p.scene.learn("tcp", LISTEN, LISTEN)
    message = ras.message("registrationRequest")
    ras.carry(True, message.octets())
    ras.carry(False, Ras(("registrationReject", {
        "requestSeqNum": message.value[1]["requestSeqNum"]})).octets())
    time.sleep(2.5)
    p.opens_tcp("rejected", LISTEN, False)


def replaced(p):
    """an RRQ with other addresses replaces, an additive one adds"""
    p.scene.learn("tcp", LISTEN + 1, LISTEN + 1)
    p.scene.learn("tcp", LISTEN + 2, LISTEN + 2)
    registered(p)
    registered(p, callSignalAddress=[h225(p.own, LISTEN + 1)])
    p.opens_tcp("the new address", LISTEN + 1)
    time.sleep(2.5)
    p.opens_tcp("the old address", LISTEN, False)
    registered(p, callSignalAddress=[h225(p.own, LISTEN + 2)],
               additiveRegistration=None)
    p.opens_tcp("added", LISTEN + 2)
    p.opens_tcp("what was there", LISTEN + 1)


def listener(p):
    """a registered endpoint is called, and the call is translated"""
    scene = p.scene
    registered(p)
    number = 0
    for _ in range(3):
        sock = scene.phone.listener(LISTEN, scene.family)
        line = Line(scene, scene.server, scene.phone, scene.public,
                    (scene.outside("tcp", LISTEN)[1], LISTEN),
                    listener=sock)
        sock.close()
        call = scene.guid()
        setup = Signal("setup", {
            "callIdentifier": {"guid": call}, "destCallSignalAddress": h225(
                *scene.outside("tcp", LISTEN)),
            "h245Address": h225(scene.third, 4000)})
        got = line.pass_on("a", setup.octets())
        where = read(Seen(got).content["destCallSignalAddress"])
        if where != (p.own, LISTEN):
            raise Failure("destCallSignalAddress is %s:%d" % where)
        answer = Signal("connect", {"fastStart": [
            fast(1, media=(p.own, RTP), control=(p.own, RTP + 1))],
            "h245Address": h225(p.own, CONTROL)}, call=call, callee=True)
        got = line.pass_on("b", answer.octets())
        if got != answer.octets(scene.forward):
            raise Failure("Connect came as %s" % got.hex(" ", 4))
        p.opens("RTP", RTP, source=scene.remote)
        number += 1
        line.close()
    print("figure: called %d times" % number)


def confirmed(p):
    """call signalling on the port that an ACF or RCF names is translated"""
    scene = p.scene
    for n, (name, field) in enumerate((
            ("admissionConfirm", "destCallSignalAddress"),
            ("registrationConfirm", "callSignalAddress"),
            ("locationConfirm", "callSignalAddress"))):
        port = 11720 + n
        ras = registered(p)
        address = h225(server_address(60 + n, scene.family), port)
        ras.carry(True, ras.message("admissionRequest").octets())
        ras.carry(False, ras.message(name, {
            field: [address] if name == "registrationConfirm" else
            address}).octets())
        line = Line(scene, scene.phone, scene.server,
                    server_address(60 + n, scene.family), (port, port))
        p.lines.append(line)
        scene.setup(line, {"h245Address": h225(p.own, CONTROL)}, name)
    # nobody named this one: it is not ours to read
    line = Line(scene, scene.phone, scene.server,
                server_address(70, scene.family), (11729, 11729))
    p.lines.append(line)
    scene.setup(line, {"h245Address": h225(p.own, CONTROL)}, "not named",
                [scene.untouched])


def once(p):
    """the door of H.245 is for one connection, and for the peer"""
    scene = p.scene
    line, _ = p.call({"h245Address": h225(p.own, CONTROL)})
    p.opens_tcp("H.245", CONTROL, True, line.b.getsockname()[0])
    p.opens_tcp("H.245 again", CONTROL, False, line.b.getsockname()[0])
    line, _ = p.call({"h245Address": h225(p.own, CONTROL)})
    p.opens_tcp("H.245 for another host", CONTROL, False, scene.third)


def outlives(p):
    """H.245 and media go on when call signalling is closed after Connect"""
    scene = p.scene
    line, call = p.call({"h245Address": h225(p.own, CONTROL)})
    host, port = scene.outside("tcp", CONTROL)
    control = Line(scene, scene.server, scene.phone, host, (port, CONTROL),
                   source=line.b.getsockname()[0])
    p.lines.append(control)
    scene.say(line, False, Signal("connect", None, call=call, callee=True),
              "Connect")
    line.close()
    time.sleep(3)
    for number in range(3):
        message = Control(request(number + 1, control=(p.own, RTP + 1)))
        got = control.pass_on("b", message.octets())
        if got != message.octets(scene.forward):
            raise Failure("H.245 afterwards came as %s" % got.hex(" ", 4))
        time.sleep(1)
    p.opens("RTCP", RTP + 1)
    control.close()
    p.vanish("H.245 is closed too")


def chosen(p):
    """what of fast start the Connect does not choose is shut"""
    line, call = p.call({"fastStart": p.proposals(pairs=3)})
    p.opens("proposed", RTP + 4)
    p.scene.say(line, False, Signal("connect", {"fastStart": [
        fast(1, media=(p.third, 4000), control=(p.third, 4001)),
        fast(2, reverse=((p.third, 4000), (p.third, 4001)))]},
        call=call, callee=True), "Connect")
    time.sleep(3)
    p.expire()
    if len(p.rows()) > 2:
        raise Failure("still bound: %r" % p.rows())


def flows(p):
    """media that flows when its call ends is not cut at once, and goes"""
    scene = p.scene
    line, call = p.call({"fastStart": p.proposals()})
    sock = scene.phone.udp(RTP, scene.family)
    sender = scene.server.udp(4000, scene.family, scene.third)
    to = scene.outside("udp", RTP)
    sock.settimeout(2)

    def heard(what):
        sender.sendto(what, to)
        got, peer = sock.recvfrom(2048)
        sock.sendto(got, peer)
        return got == what

    assert heard(b"one")
    scene.say(line, False, Signal("releaseComplete", None, call=call,
                                  callee=True), "ReleaseComplete")
    if not heard(b"two"):
        raise Failure("cut at once")
    line.close()
    p.vanish("silent")


TESTS = (ttl, asked, endless, rejected, replaced, listener, confirmed, once,
         chosen, flows, kept, outlives)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", nargs="?")
    parser.add_argument("--family", type=int, default=4)
    args = parser.parse_args()
    if not args.name:
        for test in TESTS:
            print(test.__name__, " ".join(test.__doc__.split()))
        return
    play = Play(args.family)
    try:
        {t.__name__: t for t in TESTS}[args.name](play)
    finally:
        play.end()


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
