#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""NAT slipstreaming by way of H.323: nothing of this opens a door.

h323slip.py embedded    a browser is lured to send HTTP, TURN and TLS to port
                        1720, with call signalling where a segment begins
h323slip.py first       connections that do not begin with a Setup
h323slip.py forwarded   callForwarded to other hosts inside, and to ports
                        nobody may have, in calls that were answered or not
h323slip.py claims      calls and registrations that name other hosts, ports
                        nobody may have, or are not answered
h323slip.py outside     what somebody outside says of hosts inside
h323slip.py honest      the same probes do get in where they may

What passes has to arrive byte for byte, natctl shows no binding, and what the
server sends to the port reaches nobody.
"""

import argparse
import sys
import time

from exchange import Exchange, Failure, Server, run
from h323 import RAS, RAS_PORT, SIGNAL, Scene, Signal, bindings, fast, \
    request, tunnel
from h323fields import h225
from h323messages import Gatekeeper
from netns import server_address

CLAIM = 4455        # the victim's port the attacker wants
DENIED = (22, 80, 443, 445, 1023, 2049, 3306, 3389, 5900, 8080)


class Attack:
    def __init__(self, family):
        self.scene = scene = Scene("outside", family)
        self.own, self.other = scene.own, scene.other
        self.victims = [
            (scene.phone.listener(CLAIM, family),
             scene.phone.udp(CLAIM, family)),
            (scene.desk.listener(CLAIM, family),
             scene.desk.udp(CLAIM, family))]
        self.lines = []
        self.tried = 0

    def line(self):
        line = self.scene.line()
        self.lines.append(line)
        return line

    def close(self):
        for line in self.lines:
            line.close()
        self.lines = []

    def passes(self, line, ours, message, what):
        """It arrives as it was sent"""
        self.tried += 1
        data = message.octets() if hasattr(message, "octets") else message
        got = line.pass_on(self.scene.side(ours), data)
        if got != data:
            raise Failure("%s: was translated\n  sent %s\n  got  %s" % (
                what, data.hex(" ", 4), got.hex(" ", 4)))

    def shut(self, what, ports=(CLAIM,), sources=(None,)):
        """No door: neither in the table nor in fact"""
        rows = bindings()
        if rows:
            raise Failure("%s: bindings %r" % (what, rows))
        for port in ports:
            for source in sources:
                self.probe(what, port, source)

    def probe(self, what, port, source=None):
        scene = self.scene
        for listener, sock in self.victims:
            if scene.knock_tcp(port, listener, source):
                raise Failure("%s: TCP port %d is open" % (what, port))
            if scene.knock_udp(port, sock, source):
                raise Failure("%s: UDP port %d is open" % (what, port))

    # --- what the attacker makes somebody say ------------------------------------

    def setup(self, host=None, port=CLAIM):
        host = host or self.own
        return Signal("setup", {
            "callIdentifier": {"guid": self.scene.guid()},
            "h245Address": h225(host, port),
            "sourceCallSignalAddress": h225(host, port),
            "fastStart": [fast(1, control=(host, port)),
                          fast(2, reverse=((host, port - 1),
                                           (host, port)))]},
            **tunnel(request(3, control=(host, port))))

    def facility(self, reason="callForwarded", host=None, port=CLAIM,
                 call=None, **more):
        host = host or self.own
        return Signal("facility", {
            "reason": (reason, None), "alternativeAddress": h225(host, port),
            "h245Address": h225(host, port),
            "fastStart": [fast(1, control=(host, port))],
            **more}, call=call or self.scene.guid(),
            **tunnel(request(3, control=(host, port))))


def embedded(attack):
    scene = attack.scene
    signal = attack.setup().octets() + attack.facility().octets() + \
        attack.facility(host=attack.other).octets()
    http = b"POST / HTTP/1.1\r\nHost: example.com:1720\r\n" \
        b"Content-Type: multipart/form-data; boundary=x\r\n" \
        b"Content-Length: 100000\r\n\r\n"
    heads = {"HTTP": http,
             "TURN": b"\x00\x03\x07\xf0\x21\x12\xa4\x42" + b"t" * 12,
             "TLS": b"\x16\x03\x01\x20\x00\x01\x00\x1f\xfc\x03\x03",
             "a zero": b"\0", "a line end": b"\r\n", "a letter": b"X",
             "version 2": b"\2", "a reserved byte": b"\3\1\0\4",
             "a length of 3": b"\3\0\0\3", "a length of 0": b"\3\0\0\0",
             "Q.931 of another protocol": b"\3\0\0\10\x07\x02\0\1"}
    exchanges, names, plans = [], [], {}
    answer = b"HTTP/1.1 200 OK\r\n\r\n" + attack.facility().octets()
    for name, head in heads.items():
        for size in (0, 536, 1400, 1448, 1460, 2896, 2920, 14600):
            n = len(exchanges) + 1
            body = head + b"a" * max(0, size - len(head))
            plans[n] = [body, signal] if n % 2 or not size else \
                [body + signal]
            exchanges.append(Exchange(
                n, scene.phone, 0, [
                    ("phone", body + signal, body + signal),
                    ("server", answer, answer),
                    ("phone", signal, signal)],
                lambda n, step, data: plans[n] if step == 0 else [data],
                family=scene.family, sport=SIGNAL))
            names.append("%d: %s, %d bytes" % (n, name, size))
    listener = Server(scene.server, scene.family, port=SIGNAL)
    try:
        run(exchanges, listener)
    except Failure as failure:
        raise Failure("%s\n%s" % (failure, "\n".join(names))) from failure
    finally:
        listener.close()
    attack.tried = len(exchanges)
    attack.shut("embedded")


def first(attack):
    """Whatever else comes first"""
    for reason in ("callForwarded", "routeCallToGatekeeper", "routeCallToMC",
                   "startH245", "undefinedReason", "transportedInformation"):
        for ours in (True, False):
            line = attack.line()
            attack.passes(line, ours, attack.facility(reason),
                          "Facility %s first" % reason)
            # and a Setup that comes too late makes it no better
            attack.passes(line, ours, attack.setup(), "Setup after Facility")
            attack.passes(line, not ours, attack.facility(reason),
                          "Facility of the other side")
    attack.shut("Facility first")
    for body in ("callProceeding", "alerting", "connect", "information",
                 "progress"):
        for ours in (True, False):
            line = attack.line()
            content = {"fastStart": [fast(1, media=(attack.own, CLAIM - 1),
                                          control=(attack.own, CLAIM))]}
            if body != "information":
                content["h245Address"] = h225(attack.own, CLAIM)
            attack.passes(line, ours, Signal(
                body, content, call=attack.scene.guid(),
                **tunnel(request(1, control=(attack.own, CLAIM)))),
                "%s first" % body)
    # the side that was called does not call
    line = attack.line()
    attack.passes(line, False, Signal("setup", {
        "callIdentifier": {"guid": attack.scene.guid()},
        "destCallSignalAddress": h225(attack.own, CLAIM),
        "h245Address": h225(attack.own, CLAIM)}), "Setup of the called side")
    attack.shut("others first")


def forwarded(attack):
    """Facility with a third party's address: by both, before and after the
    answer"""
    scene = attack.scene
    for answered in (False, True):
        for ours in (True, False):
            for reason in ("callForwarded", "routeCallToGatekeeper",
                           "routeCallToMC"):
                for host, port in ((attack.other, CLAIM),
                                   (attack.other, SIGNAL),
                                   ("10.0.0.3" if scene.family == 4 else
                                    "fd00:a::3", CLAIM),
                                   (attack.own, 22), (attack.own, 445),
                                   (attack.own, 3389)):
                    if not ours and host == attack.own:
                        continue
                    line = attack.line()
                    call = scene.setup(line)
                    if answered:
                        scene.say(line, False, Signal(
                            "connect", None, call=call, callee=True),
                            "Connect")
                    attack.passes(line, ours, Signal("facility", {
                        "reason": (reason, None),
                        "alternativeAddress": h225(host, port)},
                        call=call, callee=not ours),
                        "%s to %s:%d" % (reason, host, port))
                    attack.shut("%s to %s:%d" % (reason, host, port), ())
                    attack.close()
    attack.shut("forwarded", (CLAIM, SIGNAL, 22, 445, 3389))


def claims(attack):
    """A call or a registration, with addresses that are not to be had"""
    scene = attack.scene
    own6 = scene.family == 6
    hosts = [(attack.other, CLAIM), (scene.neighbour, CLAIM),
             ("fd00:a::1" if own6 else "10.0.0.1", CLAIM),
             ("::1" if own6 else "127.0.0.1", CLAIM),
             ("ff02::1" if own6 else "255.255.255.255", CLAIM)] + \
        [(attack.own, port) for port in DENIED]
    for host, port in hosts:
        line = attack.line()
        call = scene.guid()
        attack.passes(line, True, Signal("setup", {
            "callIdentifier": {"guid": call},
            "h245Address": h225(host, port)}), "h245Address %s:%d" % (
                host, port))
        # services do not listen on UDP where they do on TCP, but for those
        # of low ports
        if host != attack.own or port < 1024:
            attack.passes(line, True, Signal("facility", {
                "fastStart": [fast(1, control=(host, port)),
                              fast(2, reverse=((host, port - 1),
                                               (host, port)))]}, call=call,
                **tunnel(request(3, control=(host, port)))),
                "media of %s:%d" % (host, port))
        attack.shut("%s:%d" % (host, port), ())
        line.close()
    attack.shut("claims", (CLAIM,) + DENIED)
    # registrations: rasAddress is that of the datagram, which is open anyway
    scene.gatekeeper = scene.server.udp(RAS_PORT, scene.family)
    ras = Gatekeeper(scene)
    scene.ports["udp", RAS] = RAS
    for host, port in hosts:
        message = ras.message("registrationRequest", {
            "callSignalAddress": [h225(host, port)],
            "alternateEndpoints": [{"callSignalAddress": [
                h225(host, port)]}]})
        ras.say(True, message, "RRQ %s:%d" % (host, port))
        ras.say(False, ras.message("registrationConfirm", {
            "requestSeqNum": message.value[1]["requestSeqNum"]}), "RCF")
        attack.tried += 1
        for row in bindings():
            if "tcp" in str(row).lower():
                raise Failure("RRQ %s:%d: %r" % (host, port, row))
    for port in (CLAIM,) + DENIED:
        attack.probe("registrations", port, server_address(900,
                                                           scene.family))


def outside(attack):
    """Nobody outside opens anything by what he says"""
    scene = attack.scene
    for host in (attack.own, attack.other, scene.public):
        line = attack.line()
        call = scene.setup(line)
        for body in ("callProceeding", "alerting", "connect", "progress",
                     "facility"):
            attack.passes(line, False, Signal(body, {
                "h245Address": h225(host, CLAIM), "fastStart": [
                    fast(1, media=(host, CLAIM - 1),
                         control=(host, CLAIM)),
                    fast(2, reverse=((host, CLAIM - 1), (host, CLAIM)))]},
                call=call, callee=True,
                **tunnel(request(3, control=(host, CLAIM)))),
                "%s from outside, %s" % (body, host))
    attack.shut("from outside")


def honest(attack):
    """What ours asks for it gets, and only for as long"""
    scene = attack.scene
    for port in (CLAIM, CLAIM - 1, CLAIM - 2):
        scene.ports["tcp", port] = scene.ports["udp", port] = port
    line = attack.line()
    call = scene.setup(line, {"h245Address": h225(attack.own, CLAIM)})
    scene.say(line, True, Signal("facility", {"fastStart": [fast(
        2, reverse=((attack.own, CLAIM - 1), (attack.own, CLAIM)))]},
        call=call), "fastStart")
    scene.say(line, False, Signal("callProceeding", None, call=call,
                                  callee=True), "CallProceeding")
    if not scene.knock_tcp(CLAIM, attack.victims[0][0]):
        raise Failure("h245Address is shut")
    if not scene.knock_udp(CLAIM, attack.victims[0][1]):
        raise Failure("RTCP is shut")
    # H.245 has one connection
    if scene.knock_tcp(CLAIM, attack.victims[0][0]):
        raise Failure("H.245 may be connected to twice")
    # Without this the call would wait a minute for what H.245 has to say
    scene.say(line, True, Signal("releaseComplete", None, call=call),
              "ReleaseComplete")
    line.close()
    end = time.monotonic() + 15
    while bindings():
        if time.monotonic() > end:
            raise Failure("the call is over, and still %r" % bindings())
        time.sleep(0.3)
    attack.shut("after the call")


def main():
    ways = {w.__name__: w for w in (embedded, first, forwarded, claims,
                                    outside, honest)}
    parser = argparse.ArgumentParser()
    parser.add_argument("how", choices=ways)
    parser.add_argument("--family", type=int, default=4)
    args = parser.parse_args()
    attack = Attack(args.family)
    ways[args.how](attack)
    attack.close()
    if attack.tried:
        print("figure: %d tries" % attack.tried)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
