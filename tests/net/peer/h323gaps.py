#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the kernel's own helper does not do, one by one.

h323gaps.py [--family 6] NUMBER

Each test has a number.
The caller, or the endpoint, is inside, unless the test says otherwise.
h323gaps.py names them all without a number.
"""

import argparse
import os
import select
import subprocess
import sys
import time

import h323asn1
from exchange import Failure
from h323 import AUDIO, CONTROL, LISTEN, RAS, RAS_PORT, RTP, SIGNAL, T120, \
    Ras, Scene, Signal, ack, bindings, close, explain, fast, reasons, \
    request, tpkt, tunnel
from h323fields import Inner, h225, h245, merge, packed, read
from h323messages import Gatekeeper, Seen
from netns import server_address


class Play:
    def __init__(self, family=4, cast="outside"):
        self.scene = scene = Scene(cast, family)
        host = scene.server if cast == "outside" else scene.phone
        scene.gatekeeper = host.udp(RAS_PORT, family)
        # a free port is kept, and what is asked for here is free
        for protocol, ports in (("udp", range(RTP, RTP + 200)),
                                ("tcp", (CONTROL, T120))):
            for port in ports:
                scene.ports[protocol, port] = port
        self.own, self.third = scene.own, scene.third
        self.lines = []

    def line(self, **more):
        line = self.scene.line(**more)
        self.lines.append(line)
        return line

    def call(self, content=None, **more):
        """A line with a call on it, of which the called side has heard; its
        identifier"""
        line = self.line()
        call = self.scene.setup(line, content, **more)
        self.word(line, call)
        return line, call

    def word(self, line, call):
        """Media that was proposed is let in from now on"""
        self.scene.say(line, self.scene.cast == "inside", Signal(
            "callProceeding", None, call=call, callee=True),
            "CallProceeding")

    def proposals(self, first=1, pairs=1, port=RTP, address=None):
        mine = address or self.own
        items = []
        for n in range(pairs):
            at = port + 2 * n
            items += [fast(first + 2 * n, control=(mine, at + 1),
                           session=n % 250 + 1),
                      fast(first + 2 * n + 1, reverse=(
                          (mine, at), (mine, at + 1)), session=n % 250 + 1)]
        return items

    def facility(self, line, call, content, ours=True, want=None, note="",
                 **more):
        scene = self.scene
        return scene.say(line, ours, Signal(
            "facility", content, call=call,
            callee=scene.side(ours) == "b", **more), note or "Facility",
            want)

    def register(self):
        """RAS of ours: its ports are those of the registration"""
        scene = self.scene
        self.ras = Gatekeeper(scene)
        rrq, rcf = self.ras.register()
        if scene.cast == "outside":
            scene.learn("udp", RAS, read(rrq["rasAddress"][0])[1])
            scene.learn("tcp", LISTEN, read(rrq["callSignalAddress"][0])[1])
        else:
            scene.learn("udp", RAS_PORT, RAS_PORT)
            scene.learn("tcp", SIGNAL, read(rcf["callSignalAddress"][0])[1])
        return self.ras

    def rows(self, address=None):
        """Bindings of an address inside: {(protocol, port)}"""
        return [row for row in bindings()
                if (address or self.own) in str(row["inside-local"])]

    def vanish(self, what, before=0, within=15):
        end = time.monotonic() + within
        while True:
            self.expire()
            rows = self.rows()
            if len(rows) <= before:
                return
            if time.monotonic() > end:
                raise Failure("%s: still there: %r" % (what, rows))
            time.sleep(0.3)

    @staticmethod
    def expire():
        subprocess.run(["ip", "netns", "exec", os.environ["ROUTER"],
                        "conntrack", "-L"], check=True, capture_output=True)

    def opens(self, what, port, sock=None, source=None, want=True):
        """RTP from outside to a port of ours gets in, or does not"""
        scene = self.scene
        sock = sock or scene.phone.udp(port, scene.family)
        try:
            got = scene.knock_udp(scene.outside("udp", port)[1], sock,
                                  source)
        finally:
            sock.close()
        if got != want:
            raise Failure("%s: port %d is %s" % (
                what, port, "open" if got else "shut"))

    def opens_tcp(self, what, port, want=True, source=None):
        scene = self.scene
        listener = scene.phone.listener(port, scene.family)
        try:
            got = scene.knock_tcp(scene.outside("tcp", port)[1], listener,
                                  source)
        finally:
            listener.close()
        if got != want:
            raise Failure("%s: TCP port %d is %s" % (
                what, port, "open" if got else "shut"))

    def end(self):
        for line in self.lines:
            line.close()


def counted(play, number, action):
    """An action that has to count a reason so often"""
    before = sum(reasons().values())
    action()
    after = sum(reasons().values())
    if after - before < number:
        raise Failure("counted %d times, not %d" % (after - before, number))


# --- the list ------------------------------------------------------------------

def gap1(p):
    """a TPKT in several segments is translated, and its doors open"""
    message = {"h245Address": h225(p.own, CONTROL),
               "fastStart": p.proposals(pairs=2)}
    line, call = p.line(), p.scene.guid()
    p.scene.say(line, True, Signal("setup", {
        "callIdentifier": {"guid": call}, **message}),
        "Setup in five", None,
        lambda d: [d[:1], d[1:4], d[4:50], d[50:120], d[120:]])
    p.word(line, call)
    p.opens("RTP", RTP)
    p.opens("RTCP", RTP + 1)
    p.opens_tcp("H.245", CONTROL)


def gap2(p):
    """a bitmap is read where offset and length come to 32, and elsewhere"""
    tried = 0
    for goal, kind in (("create", "pointToPoint"),
                       ("capability-negotiation", "pointToPoint"),
                       ("callIndependentSupplementaryService",
                        "oneToN"), ("create", "nToOne")):
        for size in list(range(7, 33)) + [33, 40, 59, 60, 63, 64, 65, 96]:
            line = p.line()
            p.scene.say(line, True, Signal("setup", {
                "conferenceGoal": (goal, None), "callType": (kind, None),
                "callIdentifier": {"guid": p.scene.guid()},
                "fastStart": p.proposals(), "...": size}),
                "%s, %d additions" % (goal, size))
            line.close()
            tried += 1
    print("figure: %d Setups" % tried)


def gap3(p):
    """a Setup with endpointIdentifier is translated to its end"""
    p.register()
    line, call = p.line(), p.scene.guid()
    p.scene.say(line, True, Signal("setup", {
        "sourceAddress": [("h323-ID", "a"), ("dialledDigits", "100")],
        "sourceCallSignalAddress": h225(p.own, LISTEN),
        "endpointIdentifier": "1234_endp",
        "callIdentifier": {"guid": call},
        "fastStart": p.proposals(pairs=3)},
        **tunnel(request(9, control=(p.own, RTP + 1)))), "Setup")
    p.word(line, call)
    p.opens("RTP", RTP + 4)


def gap4(p):
    """additions that are not there are not skipped, those that are, are"""
    line, call = p.call()
    theirs = 0
    for body, known in (("connect", 16), ("alerting", 15),
                        ("callProceeding", 9)):
        for size in (known, known + 1, known + 5, known + 30):
            for unknown in ([], [size - 1] if size > known else []):
                for ours in (True, False):
                    content = {"fastStart": p.proposals(
                        address=p.own if ours else p.third), "...": size,
                        **{"+%d" % n: b"\0\1\2" for n in unknown}}
                    p.scene.say(line, ours, Signal(
                        body, content, call=call,
                        callee=p.scene.side(ours) == "b"),
                        "%s, %d additions, %r unknown" % (
                            body, size, unknown))
                    theirs += 1
    print("figure: %d messages" % theirs)


def gap5(p):
    """long OIDs, lengths, and alternatives nobody knows are passed over"""
    def said(note, content=None, either=False, **more):
        line = p.line()
        message = Signal("setup", {
            "callIdentifier": {"guid": p.scene.guid()},
            "fastStart": p.proposals(), **(content or {})}, **more)
        want = [p.scene.forward]
        if either:
            # nobody has to understand this; but it passes
            want.append(p.scene.untouched)
        p.scene.say(line, True, message, note, want)
        if not either:
            p.facility(line, p.scene.guid(), {"h245Address": h225(
                p.own, CONTROL)}, note="what follows " + note)
        line.close()

    oid = ".".join(["0", "0", "8"] + ["300"] * 90)
    said("an OID of 183 bytes", nonStandardData={
        "nonStandardIdentifier": ("object", oid), "data": b"x"})
    said("1000 bytes of nonStandardData", nonStandardData={
        "nonStandardIdentifier": ("object", "1.2.3"), "data": b"x" * 1000})
    said("16383 bytes", nonStandardData={
        "nonStandardIdentifier": ("object", "1.2.3"), "data": b"x" * 16383})
    said("a fragmented length", either=True, nonStandardData={
        "nonStandardIdentifier": ("object", "1.2.3"), "data": b"x" * 20000})
    for index in (6, 20, 63, 64, 200):
        said("alias of the unknown kind %d" % index, {
            "destinationAddress": [("+%d" % index, b"\1\2\3\4\5")]})
    said("100 additions", {"...": 100})


def gap6(p):
    """the TPKTs after a broken or an empty one are read"""
    broken = bytearray(Signal("facility", {"h245Address": h225(
        p.own, CONTROL)}).octets())
    at = broken.index(b"\x7e", 9) + 4
    broken[at + 1] |= 0x7f          # a body nobody has, with no end
    for note, ahead in (("an empty TPKT", tpkt()),
                        ("a broken TPKT", bytes(broken)),
                        ("a message without User-user",
                         tpkt(b"\x08\x02\0\1\x7d\x08\x02\x80\x90")),
                        ("a TPKT that ends in an element",
                         tpkt(b"\x08\x02\0\1\x7d\x08\x20\x80"))):
        line, call = p.call()
        message = Signal("facility", {"h245Address": h225(p.own, CONTROL)},
                         call=call)
        sent = ahead + message.octets()
        want = ahead + message.octets(p.scene.forward)
        got = line.pass_on("a", sent)
        if got != want:
            raise Failure("%s: %s\n  got %s" % (note, explain(
                sent, got, [want]), got.hex(" ", 4)))


def gap7(p):
    """twelve channels in a call, more than four pairs, and closed ones go"""
    line, call = p.call({"fastStart": p.proposals(pairs=12)})
    for n in (0, 5, 11):
        p.opens("pair %d" % n, RTP + 2 * n)
    line, call = p.call()
    # on and on: what was closed makes room
    for n in range(60):
        p.facility(line, call, None, note="channel %d" % n, **tunnel(
            request(n + 1, control=(p.own, RTP + 41 + 2 * (n % 20)),
                    session=n % 250 + 1)))
        p.facility(line, call, None, **tunnel(close(n + 1)))


def gap8(p):
    """what a call opened is gone after ReleaseComplete, and on close"""
    line, call = p.call({"h245Address": h225(p.own, CONTROL),
                         "fastStart": p.proposals(pairs=2)})
    if len(p.rows()) < 3:
        raise Failure("only %r" % p.rows())
    p.scene.say(line, False, Signal("releaseComplete", None, call=call,
                                    callee=True), "ReleaseComplete")
    line.close()
    p.vanish("ReleaseComplete")
    p.opens("RTP", RTP, want=False)
    # closeLogicalChannel ends one, and the others stay
    line, call = p.call()
    p.facility(line, call, None, **tunnel(
        request(1, control=(p.own, RTP + 1)),
        request(2, control=(p.own, RTP + 5), session=2)))
    p.facility(line, call, None, False, **tunnel(
        ack(1, (p.third, 4000), (p.third, 4001))))
    p.opens("RTCP", RTP + 1)
    before = len(p.rows())
    p.facility(line, call, None, **tunnel(close(1)))
    p.vanish("closeLogicalChannel", before - 1)
    p.opens("the other one", RTP + 5)


def gap9(p):
    """an address that is not the sender's stays, and is counted"""
    line, call = p.call()
    for address in (p.scene.other, p.scene.neighbour):
        def said(content, **more):
            counted(p, 1, lambda: p.facility(
                line, call, content, True, [p.scene.untouched], **more))
        said({"h245Address": h225(address, 20000)})
        said({"fastStart": p.proposals(address=address, port=RTP + 100)})
        said(None, **tunnel(request(1, control=(address, RTP + 101))))
    if p.rows(p.scene.other) or p.rows(p.scene.neighbour):
        raise Failure("bound: %r" % bindings())


def gap10(p):
    """every callSignalAddress of an RRQ is bound, and two endpoints may share
    a RAS port"""
    ras = p.register()
    scene = p.scene
    for port in (LISTEN + 10, LISTEN + 11):
        scene.ports["tcp", port] = port
    ras.say(True, ras.message("registrationRequest", {
        "callSignalAddress": [h225(p.third, SIGNAL), h225(p.own, LISTEN),
                              h225(p.own, LISTEN + 10),
                              h225(p.own, LISTEN + 11)]}), "three listeners")
    ras.say(False, ras.message("registrationConfirm"), "RCF")
    second = {"callSignalAddress": [h225(p.own, LISTEN + 20)],
              "terminalAlias": [("dialledDigits", "222")]}
    scene.ports["tcp", LISTEN + 20] = LISTEN + 20
    request_ = ras.message("registrationRequest", second)
    ras.say(True, request_, "a second endpoint")
    ras.say(False, ras.message("registrationConfirm", {
        "requestSeqNum": request_.value[1]["requestSeqNum"],
        "endpointIdentifier": "second"}), "RCF")
    for port in (LISTEN + 20,):
        p.opens_tcp("listener", port)
    for more in ({"alternateEndpoints": [{"callSignalAddress": [h225(
            p.own, LISTEN + 20)]}]},
            {"alternateTransportAddresses": {"annexE": [h225(p.own, RAS)]}}):
        ras.say(True, ras.message("registrationRequest", merge(
            second, more)), "alternates")


def gap11(p):
    """every message of RAS that holds an address is read"""
    ras = p.register()
    gatekeeper = {"alternateGatekeeper": [{
        "rasAddress": h225(p.own, RAS), "gatekeeperIdentifier": "g",
        "needToRegister": False, "priority": 1}]}
    tried = 0
    for name, more in (
            ("unregistrationReject", {"altGKInfo": gatekeeper}),
            ("bandwidthReject", {"altGKInfo": gatekeeper}),
            ("disengageReject", {"altGKInfo": gatekeeper}),
            ("unregistrationConfirm", {"assignedGatekeeper":
                                       gatekeeper["alternateGatekeeper"][0]}),
            ("disengageConfirm", {"assignedGatekeeper":
                                  gatekeeper["alternateGatekeeper"][0]}),
            ("bandwidthRequest", {"bandwidthDetails": [{
                "rtcpAddresses": {"recvAddress": h225(p.own, RAS)}}]})):
        p.register()
        ras = p.ras
        ras.say(True, ras.message(name, more), name)
        ras.ours.close()
        ras.theirs.close()
        p.scene.gatekeeper = p.scene.server.udp(RAS_PORT, p.scene.family)
        tried += 1
    print("figure: %d kinds; the rest is in 20-ras" % tried)


def gap12(p):
    """a gatekeeper and a callee inside are known by their public address"""
    p.end()
    p.scene.gatekeeper.close()
    q = Play(p.scene.family, "inside")
    ras = q.register()
    scene = q.scene
    for name in ("gatekeeperConfirm", "registrationConfirm",
                 "admissionConfirm", "locationConfirm"):
        got = ras.say(True, ras.message(name), name)
        if packed(scene.own) in got:
            raise Failure("%s shows %s" % (name, scene.own))
    got = ras.say(True, Ras(("infoRequest", {"replyAddress": h225(
        scene.own, RAS_PORT)})), "infoRequest")
    if packed(scene.own) in got:
        raise Failure("infoRequest shows %s" % scene.own)


def gap13(p):
    """in an ARQ both addresses are seen to, with their ports"""
    ras = p.register()
    got = ras.say(True, ras.message("admissionRequest", {
        "srcCallSignalAddress": h225(p.own, LISTEN),
        "destCallSignalAddress": h225(p.own, LISTEN),
        "srcAlternatives": [{"callSignalAddress": [h225(p.own, LISTEN)]}],
        "destAlternatives": [{"callSignalAddress": [h225(p.third, 1720)]}]}),
        "ARQ")
    if packed(p.own) in got:
        raise Failure("ARQ shows %s" % p.own)


def gap14(p):
    """sourceCallSignalAddress: another's stays, ours has the listener's port"""
    p.register()
    for note, address in (("the listener", h225(p.own, LISTEN)),
                          ("another's", h225(p.third, 1720)),
                          ("a host inside", h225(p.scene.other, 1720))):
        line = p.line()
        p.scene.say(line, True, Signal("setup", {
            "sourceCallSignalAddress": address,
            "callIdentifier": {"guid": p.scene.guid()}}), note)
    # what real endpoints say: the port of this very connection
    line = p.line()
    sport = line.a.getsockname()[1]
    message = Signal("setup", {"sourceCallSignalAddress": h225(
        p.own, sport), "callIdentifier": {"guid": p.scene.guid()}})
    got = line.pass_on("a", message.octets())
    where, port = read(Seen(got).content["sourceCallSignalAddress"])
    if where != p.scene.public or port not in (sport, line.seen[1]):
        raise Failure("port %d of the connection is %s:%d" % (
            sport, where, port))


def gap15(p):
    """alternativeAddress of a Facility is translated whatever its reason,
    with h245Address and fastStart of the same message"""
    p.end()
    p.scene.gatekeeper.close()
    p = Play(p.scene.family, "inside")
    p.scene.learn("tcp", LISTEN, LISTEN)
    line, call = p.call()
    for reason in ("routeCallToGatekeeper", "callForwarded", "routeCallToMC",
                   "undefinedReason", "startH245", "transportedInformation"):
        p.facility(line, call, {
            "reason": (reason, None),
            "alternativeAddress": h225(p.own, LISTEN),
            "h245Address": h225(p.own, CONTROL),
            "fastStart": p.proposals()}, note=reason)
        p.facility(line, call, {
            "reason": (reason, None),
            "alternativeAddress": h225(p.third, 1720)}, note=reason)
    p.end()


def gap16(p):
    """Information, parallelH245Control, many tunnelled messages, 32 items of
    fastStart, and aliases that are addresses"""
    p.register()
    line, call = p.call({
        "fastStart": p.proposals(), "parallelH245Control": [Inner(
            "MultimediaSystemControlMessage", request(
                7, control=(p.own, RTP + 1)))],
        "sourceAddress": [("transportID", h225(p.own, LISTEN)),
                          ("h323-ID", "x")]})
    p.scene.say(line, True, Signal("information", {
        "fastStart": p.proposals(port=RTP + 4)}, call=call), "Information")
    for number in (5, 16, 32):
        p.facility(line, call, None, note="%d tunnelled" % number, **tunnel(
            *(request(n + 1, control=(p.own, RTP + 1 + 2 * (n % 8)))
              for n in range(number))))
    p.facility(line, call, {"fastStart": p.proposals(pairs=16)},
               note="32 items of fastStart")


def gap17(p):
    """communication mode, MC location, source routes and H.460.19 are
    translated; multicast is not"""
    p.register()
    line, call = p.call()
    entry = {"sessionID": 1, "sessionDescription": "a",
             "dataType": AUDIO, "mediaChannel": h245(p.own, RTP),
             "mediaControlChannel": h245(p.own, RTP + 1)}
    p.facility(line, call, None, note="command", **tunnel(
        ("command", ("communicationModeCommand", {
            "communicationModeTable": [entry]}))))
    p.facility(line, call, None, note="response", **tunnel(
        ("response", ("communicationModeResponse", (
            "communicationModeTable", [entry])))))
    p.facility(line, call, None, note="mcLocationIndication", **tunnel(
        ("indication", ("mcLocationIndication", {
            "signalAddress": h245(p.own, LISTEN)}))))
    group = "239.1.2.3" if p.scene.family == 4 else "ff05::101"
    kind, content = h245(group, RTP)[1]
    multicast = request(1, control=(p.own, RTP + 1))
    params = multicast[1][1]["forwardLogicalChannelParameters"][
        "multiplexParameters"][1]
    params["mediaChannel"] = ("multicastAddress", (kind, content))
    p.facility(line, call, None, note="multicast", **tunnel(multicast))
    if p.scene.family == 4:
        route = request(2, control=(p.own, RTP + 1))
        route[1][1]["forwardLogicalChannelParameters"][
            "multiplexParameters"][1]["mediaControlChannel"] = (
                "unicastAddress", ("iPSourceRouteAddress", {
                    "routing": ("strict", None), "network": packed(p.own),
                    "tsapIdentifier": RTP + 1, "route": [
                        packed("198.18.0.1")]}))
        p.facility(line, call, None, note="a source route", **tunnel(route))
        p.facility(line, call, {"h245Address": ("ipSourceRoute", {
            "ip": packed(p.own), "port": CONTROL, "route": [
                packed("198.18.0.1")], "routing": ("loose", None)})},
            note="a source route of H.225.0")
    traversal = Inner("TraversalParameters", {
        "multiplexedMediaChannel": h245(p.own, RTP),
        "multiplexedMediaControlChannel": h245(p.own, RTP + 1),
        "multiplexID": 77, "keepAliveChannel": h245(p.own, RTP)},
        "MEDIA-TRAVERSAL")
    more = {"genericInformation": [{
        "messageIdentifier": ("standard", "0.0.8.460.19.0.1"),
        "messageContent": [{
            "parameterIdentifier": ("standard", 1),
            "parameterValue": ("octetString", traversal)}]}]}
    opened = request(3, control=(p.own, RTP + 1))
    opened[1][1].update(more)
    p.facility(line, call, None, note="H.460.19", **tunnel(opened))
    p.facility(line, call, None, note="H.460.19 acknowledged", **tunnel(
        ack(3, (p.own, RTP), (p.own, RTP + 1), **more)))


def gap18(p):
    """an answer to a GatekeeperRequest may come from another gatekeeper"""
    scene = p.scene
    for port in (1718, RAS_PORT):
        ours = scene.phone.udp(RAS + port, scene.family)
        asked = scene.server.udp(port, scene.family, scene.third)
        message = Ras(("gatekeeperRequest", {"rasAddress": h225(
            p.own, RAS + port)}))
        ours.sendto(message.octets(), (scene.third, port))
        asked.settimeout(5)
        got, peer = asked.recvfrom(65536)
        where, public = read(h323asn1.decode(
            "RasMessage", got)[1]["rasAddress"])
        if (where, public) != peer[:2]:
            raise Failure("asked on port %d: rasAddress is %s:%d, and comes "
                          "from %r" % (port, where, public, peer))
        other = scene.server.udp(21000 + port, scene.family,
                                 server_address(42, scene.family))
        answer = Ras(("gatekeeperConfirm", {
            "requestSeqNum": message.value[1]["requestSeqNum"],
            "rasAddress": h225(server_address(42, scene.family),
                               RAS_PORT)})).octets()
        other.sendto(answer, (where, public))
        if not select.select([ours], [], [], 3)[0]:
            raise Failure("asked on port %d: the answer does not arrive" %
                          port)
        if ours.recv(65536) != answer:
            raise Failure("the answer was changed")
        for sock in (ours, asked, other):
            sock.close()


def gap19(p):
    """RTCP has the port it has, RTP may be odd, and a pair stays a pair"""
    line, call = p.call()
    for rtp, rtcp in ((RTP + 20, RTP + 21), (RTP + 30, RTP + 77),
                      (RTP + 41, RTP + 42), (RTP + 51, RTP + 90)):
        got = p.facility(line, call, {"fastStart": [fast(
            1, reverse=((p.own, rtp), (p.own, rtcp)))]},
            note="RTP %d RTCP %d" % (rtp, rtcp))
        p.word(line, call)
        said = Seen(got)
        one = read(said.media(0, "mediaChannel"))
        two = read(said.media(0, "mediaControlChannel"))
        if one[1] % 2 != rtp % 2 or (rtcp == rtp + 1) != \
                (two[1] == one[1] + 1):
            raise Failure("RTP %d RTCP %d became %r and %r" % (
                rtp, rtcp, one, two))
        p.opens("RTP %d" % rtp, rtp)
        p.opens("RTCP %d" % rtcp, rtcp)


def gap20(p):
    """media from where the peer said it comes from gets in, though that is
    not the signalling peer"""
    line, call = p.call({"fastStart": p.proposals()})
    p.scene.say(line, False, Signal("connect", {"fastStart": [
        fast(1, media=(p.third, 4000), control=(p.third, 4001)),
        fast(2, reverse=((p.third, 4000), (p.third, 4001)))]},
        call=call, callee=True), "Connect")
    p.opens("RTP", RTP, source=p.third)
    p.opens("RTCP", RTP + 1, source=p.third)


def gap21(p):
    """information elements of one octet may stand anywhere"""
    for note, ahead, behind in (
            ("first", b"\xa1", b""), ("behind another", b"\x04\x03\x88\x93\xa5"
                                      b"\xa1\xd0", b""),
            ("last", b"", b"\xa1"), ("everywhere", b"\xa1\x04\x03\x88\x93\xa5"
                                     b"\xd0\x70\x02\x81\x31\x90", b"\xa0"),
            ("a long display", b"\x28" + b"\xff" + b"D" * 255, b"")):
        line = p.line()
        p.scene.say(line, True, Signal("setup", {
            "callIdentifier": {"guid": p.scene.guid()},
            "fastStart": p.proposals()}, ahead=ahead, behind=behind), note)
    line, call = p.call()
    for kind in (0x01, 0x62, 0x7b, 0x6e, 0x05, 0x7d):
        p.scene.say(line, True, Signal(
            "empty", kind=kind, **tunnel(request(
                1, control=(p.own, RTP + 1)))), "empty in %#x" % kind)


def gap22(p):
    """what an endpoint has open outlives its URQ until the UCF"""
    ras = p.register()
    number = 4000
    p.opens_tcp("registered", LISTEN)
    for note, answer, stays in (("URJ", "unregistrationReject", True),
                                ("UCF", "unregistrationConfirm", False)):
        number += 1
        ras.say(True, ras.message("unregistrationRequest", {
            "requestSeqNum": number}), "URQ")
        p.opens_tcp("after URQ", LISTEN)
        ras.say(False, Ras((answer, {"requestSeqNum": number})), note)
        if not stays:
            time.sleep(2.5)     # the linger time, and more
        p.opens_tcp("after " + note, LISTEN, stays)


def gap23(p):
    """IPv6 is translated as IPv4 is"""
    p.scene.gatekeeper.close()
    q = Play(6)
    q.register()
    gap1(q)
    line, call = q.call({"sourceCallSignalAddress": h225(q.own, LISTEN)})
    q.facility(line, call, None, **tunnel(
        request(1, control=(q.own, RTP + 11)),
        ack(2, (q.own, RTP + 10), (q.own, RTP + 11))))
    q.opens("RTP", RTP + 10)
    q.opens_tcp("listener", LISTEN, source=q.scene.remote)
    q.end()


GAPS = {n: globals()["gap%d" % n] for n in range(1, 24)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("number", type=int, nargs="?")
    parser.add_argument("--family", type=int, default=4)
    args = parser.parse_args()
    if not args.number:
        for number, test in GAPS.items():
            print(number, " ".join(test.__doc__.split()))
        return
    play = Play(args.family)
    try:
        GAPS[args.number](play)
    finally:
        play.end()


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
