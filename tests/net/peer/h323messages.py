#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every address of every message of H.323, through the router.

h323messages.py [--cast inside|outside] [--family 6] [--plain] [--trimmed]
                [--tshark] [--brief] [--stride N] HOW

Every component that can hold an address by the ASN.1 is sent in the message
that has it, from each side that says that message, holding an address of the
sender's own, of somebody else, of another host inside, or the receiver's
public one. What arrives has to be the encoding of the value that the rules of
h323fields.py make of it, byte for byte.
HOW:
  ras        all of RAS, in datagrams
  signal     all of call signalling, each message in a call
  control    all of H.245: tunnelled in every body, and in fast start
  h245       the same on a connection of its own, which comes by its door
  cuts       every way to cut a Setup with fast start in two, empty TPKTs,
             several TPKTs a segment, a byte a segment
  bitmaps    bitmaps of additions of every length, with unknown additions
A neighbour on the same link has the same ports, so that the router has to give
ours other numbers outside.
"""

import argparse
import collections
import random
import select
import sys
import time

import h323asn1
from exchange import Failure
from h323 import CONTROL, LISTEN, OID, RAS, RAS_PORT, RTP, RTP2, SIGNAL, \
    T120, TYPES, Control, Line, Ras, Scene, Signal, ack, explain, fast, \
    request, tpkt, tunnel
from h323fields import Inner, addresses, h225, h245, merge, read, value, what
from h323record import Record

# Who says what (section 5): the endpoint, the gatekeeper, or both
SAYS = {
    "gatekeeperRequest": "E", "gatekeeperConfirm": "G",
    "gatekeeperReject": "G", "registrationRequest": "E",
    "registrationConfirm": "G", "registrationReject": "G",
    "unregistrationRequest": "EG", "unregistrationConfirm": "EG",
    "unregistrationReject": "EG", "admissionRequest": "E",
    "admissionConfirm": "G", "admissionReject": "G",
    "bandwidthRequest": "EG", "bandwidthConfirm": "EG",
    "bandwidthReject": "EG", "disengageRequest": "EG",
    "disengageConfirm": "EG", "disengageReject": "EG",
    "locationRequest": "EG", "locationConfirm": "G", "locationReject": "G",
    "infoRequest": "G", "infoRequestResponse": "E",
    "nonStandardMessage": "EG", "unknownMessageResponse": "EG",
    "requestInProgress": "G", "resourcesAvailableIndicate": "E",
    "resourcesAvailableConfirm": "G", "infoRequestAck": "G",
    "infoRequestNak": "G", "serviceControlIndication": "EG",
    "serviceControlResponse": "EG", "admissionConfirmSequence": "G"}


class Gatekeeper:
    """RAS between an endpoint and a gatekeeper, one of them inside"""

    def __init__(self, scene, own=None, host=None, port=RAS):
        """own: the endpoint's address, where it is inside"""
        self.scene, family = scene, scene.family
        self.inside = scene.cast == "outside"
        if self.inside:
            self.own = own or scene.own
            self.ours = (host or scene.phone).udp(port, family, self.own)
            self.theirs = scene.gatekeeper
            self.at = (scene.remote, RAS_PORT)
        else:
            self.own = scene.own
            self.ours = scene.gatekeeper
            self.theirs = scene.server.udp(port, family, own)
            self.at = (scene.public if not scene.plain else scene.own,
                       RAS_PORT)
        self.port, self.peer = port, None

    def carry(self, ours, data):
        """A datagram; what arrives of it"""
        first = ours == self.inside
        sock, other = (self.ours, self.theirs) if ours else \
            (self.theirs, self.ours)
        if first:
            sock.sendto(data, self.at)
        else:
            sock.sendto(data, self.peer)
        if not select.select([other], [], [], 5)[0]:
            raise Failure("did not arrive: %s" % data.hex(" ", 4))
        got, peer = other.recvfrom(65536)
        if first:
            self.peer = peer
        return got

    def say(self, ours, message, note="", want=None):
        scene, data = self.scene, message.octets()
        if want is None:
            want = (scene.forward, scene.forward_all) if ours else \
                (scene.back, scene.back_all)
        wanted = [message.octets(w) for w in want]
        got = self.carry(ours, data)
        if got not in wanted:
            raise Failure("%s: %s\n  sent %s\n  got  %s\n  want %s" % (
                note, explain(data, got, wanted), data.hex(" ", 4),
                got.hex(" ", 4), " or ".join(
                    w.hex(" ", 4) for w in dict.fromkeys(wanted))))
        if scene.record is not None:
            scene.record.add(note, "ras", data, got)
        return got

    def names(self):
        """What a message of each kind says in any case"""
        scene = self.scene
        if self.inside:
            me = self.own
            signal, ras = h225(me, LISTEN), h225(me, RAS)
            theirs, gatekeeper = h225(scene.remote, SIGNAL), \
                h225(scene.remote, RAS_PORT)
        else:
            signal, ras = h225(scene.remote, LISTEN), \
                h225(scene.remote, self.port)
            theirs, gatekeeper = h225(self.own, SIGNAL), \
                h225(self.own, RAS_PORT)
        registered = {"endpointIdentifier": "ep%d" % self.port}
        return {
            "gatekeeperRequest": {"rasAddress": ras},
            "gatekeeperConfirm": {"rasAddress": gatekeeper},
            "registrationRequest": {
                "callSignalAddress": [signal], "rasAddress": [ras],
                "timeToLive": 120},
            "registrationConfirm": {
                "callSignalAddress": [theirs], "timeToLive": 120,
                **registered},
            "unregistrationRequest": {"callSignalAddress": [signal],
                                      **registered},
            "admissionRequest": registered,
            "admissionConfirm": {"destCallSignalAddress": theirs},
            "locationRequest": {"replyAddress": ras},
            "locationConfirm": {"callSignalAddress": theirs,
                                "rasAddress": gatekeeper},
            "infoRequestResponse": {"rasAddress": ras,
                                    "callSignalAddress": [signal],
                                    **registered}}

    def message(self, name, more=None, size=None):
        base = self.names().get(name, {})
        if name == "admissionConfirmSequence":
            return Ras((name, more or []), size)
        return Ras((name, merge(base, more or {})), size)

    def register(self, want=None):
        """RRQ and RCF; both as they arrived, decoded"""
        said = []
        request = self.message("registrationRequest")
        number = request.value[1]["requestSeqNum"]
        for ours, message in (
                (self.inside, request),
                (not self.inside, self.message(
                    "registrationConfirm", {"requestSeqNum": number}))):
            said.append(h323asn1.decode("RasMessage", self.carry(
                ours, message.octets()))[1])
        return said


class Messages:
    def __init__(self, args):
        self.args = args
        self.record = Record() if args.tshark else None
        self.scene = scene = Scene(args.cast, args.family, self.record,
                                   args.plain)
        self.size = "trimmed" if args.trimmed else "full"
        self.count = collections.Counter()
        self.bad = []
        self.began = time.monotonic()
        host = scene.server if args.cast == "outside" else scene.phone
        scene.gatekeeper = host.udp(RAS_PORT, args.family)
        self.numbers = iter(range(100, 60000))
        self.register()

    def failed(self, note, failure):
        self.bad.append("%s\n%s" % (note, failure))
        if len(self.bad) > 200:
            self.end()

    def end(self):
        if self.bad:
            for text in self.bad[:6]:
                print(text)
            groups = collections.Counter(
                b.split("\n")[0].rsplit(",", 1)[0] for b in self.bad)
            print("--- all of them")
            for name, n in groups.items():
                print("%d x %s" % (n, name))
            raise Failure("%d of %d are wrong" % (
                len(self.bad), sum(self.count.values())))
        took = time.monotonic() - self.began
        print("figure: %s; %d ms each" % (", ".join(
            "%d %s" % (n, w) for w, n in sorted(self.count.items())),
            took * 1000 / sum(self.count.values())))
        if self.record is not None:
            self.record.check()

    # --- the ports ---------------------------------------------------------------

    def register(self):
        """A neighbour registers, then ours with the same ports"""
        scene = self.scene
        if scene.cast == "outside":
            self.near = Gatekeeper(scene, scene.neighbour)
            if not self.args.plain:
                self.near.register()
            self.ras = Gatekeeper(scene)
            rrq, _ = self.ras.register()
            seen, port = read(rrq["rasAddress"][0])
            if (seen, port) != self.ras.peer[:2]:
                raise Failure("rasAddress is %s:%d, and the datagram comes "
                              "from %r" % (seen, port, self.ras.peer[:2]))
            scene.learn("udp", RAS, port)
            seen, port = read(rrq["callSignalAddress"][0])
            if not self.args.plain and seen != scene.public:
                raise Failure("callSignalAddress is %s" % seen)
            scene.learn("tcp", LISTEN, port)
            if not self.args.plain and scene.ports["tcp", LISTEN] == LISTEN:
                raise Failure("two hosts have one port")
        else:
            self.ras = Gatekeeper(scene)
            _, rcf = self.ras.register()
            seen, port = read(rcf["callSignalAddress"][0])
            if seen != (scene.own if self.args.plain else scene.public):
                raise Failure("callSignalAddress is %s" % seen)
            scene.learn("udp", RAS_PORT, RAS_PORT)
            scene.learn("tcp", SIGNAL, port)

    def hold(self):
        """Calls that stay: they have the ports of media and of H.245"""
        scene = self.scene
        self.held = []
        for host in (scene.neighbour, scene.own):
            body, content = "setup", {}
            if scene.cast == "inside":
                body = "callProceeding"
            message = Signal(body, merge(content, {
                "h245Address": h225(host, CONTROL), "fastStart": [
                    fast(1, control=(host, RTP + 1)),
                    fast(2, reverse=((host, RTP), (host, RTP + 1))),
                    fast(3, control=(host, RTP2 + 1), session=2),
                    fast(4, reverse=((host, RTP2), (host, RTP2 + 1)),
                         session=2)]}), call=scene.guid(),
                callee=scene.cast == "inside")
            if scene.cast == "inside" and host != scene.own:
                continue
            line = scene.line(source=host) if scene.cast == "outside" else \
                scene.line()
            self.held.append(line)
            if scene.cast == "inside":
                scene.setup(line)
            got = line.pass_on(scene.side(True), message.octets())
            said = Seen(got)
            if host == scene.own:
                for protocol, port, address in (
                        ("tcp", CONTROL, said.content["h245Address"]),
                        ("udp", RTP, said.media(1, "mediaChannel")),
                        ("udp", RTP + 1, said.media(1,
                                                    "mediaControlChannel")),
                        ("udp", RTP2, said.media(3, "mediaChannel")),
                        ("udp", RTP2 + 1, said.media(
                            3, "mediaControlChannel"))):
                    where, public = read(address)
                    if where != (scene.own if self.args.plain
                                 else scene.public):
                        raise Failure("%s port %d is %s:%d outside" % (
                            protocol, port, where, public))
                    scene.learn(protocol, port, public)
                first = scene.ports["udp", RTP]
                if first % 2 or scene.ports["udp", RTP + 1] != first + 1:
                    raise Failure("RTP and RTCP are %d and %d" % (
                        first, scene.ports["udp", RTP + 1]))
                if first == RTP and scene.cast == "outside" and \
                        not self.args.plain:
                    raise Failure("two hosts have one port")
        print("figure: outside: %s" % ", ".join("%s %d is %d" % (*k, v)
              for k, v in sorted(scene.ports.items())))

    # --- all of RAS --------------------------------------------------------------

    def paths(self, root):
        """Those of all protocols' prefixes and of all kinds of features are
        much alike: --brief leaves out most"""
        for path in addresses(root):
            if self.args.brief and (
                    ("supportedPrefixes" in path and ":h323." not in path) or
                    (".content:alias" in path)):
                continue
            yield path

    def values(self, path, ours, module=h225):
        """[(what, address, wanted)] for a component"""
        scene, rule = self.scene, what(path)
        if module is h225:
            port = {"udp": RAS, "tcp": LISTEN}.get(rule, LISTEN)
            if scene.cast == "inside":
                port = {"udp": RAS_PORT, "tcp": SIGNAL}.get(rule, SIGNAL)
            if path.endswith("h245Address") and "perCallInfo" not in path:
                port = CONTROL
        else:
            port = {"mediaChannel": RTP, "mediaControlChannel": RTP + 1}.get(
                path.split(".")[-1], T120)
            if rule == "alone":
                port = RTP
        protocol = rule if rule in ("udp", "tcp") else "tcp"
        if ours:
            yield "own", module(scene.own, port)
            yield "outside", module(scene.third, port)
            if rule in ("udp", "tcp"):
                yield "another's", module(scene.other, port)
        else:
            yield "outside", module(scene.third, port)
            if (protocol, port) in scene.ports:
                yield "public", module(*scene.outside(protocol, port))
            if rule in ("udp", "tcp"):
                yield "inside", module(scene.own, port)

    def ras_all(self):
        scene = self.scene
        delicate = {"registrationRequest", "registrationConfirm",
                    "registrationReject", "unregistrationRequest",
                    "unregistrationConfirm", "unregistrationReject",
                    "gatekeeperReject"}
        for path in self.paths("RasMessage"):
            name = path[1:].split(".")[0].split("[")[0]
            for who in SAYS[name]:
                ours = (who == "E") == (scene.cast == "outside")
                for note, address in self.values(path, ours):
                    note = "%s, %s %s" % (path, "ours" if ours else "theirs",
                                          note)
                    more = value(path, address)[1]
                    self.count[what(path)] += 1
                    try:
                        if name in delicate:
                            # what it did to the registration is made good
                            self.again()
                        self.ras.say(ours, self.ras.message(
                            name, more, self.size), note)
                    except Failure as failure:
                        self.failed(note, failure)

    def again(self):
        """Registered as before, with the same ports"""
        rrq, rcf = self.ras.register()
        if self.scene.cast == "outside":
            for protocol, port, address in (
                    ("udp", RAS, rrq["rasAddress"][0]),
                    ("tcp", LISTEN, rrq["callSignalAddress"][0])):
                self.scene.learn(protocol, port, read(address)[1])
        else:
            self.scene.learn("tcp", SIGNAL, read(
                rcf["callSignalAddress"][0])[1])


    # --- all of call signalling ----------------------------------------------------

    def signal(self):
        self.hold()
        for path in self.paths("H323-UU-PDU"):
            path = path.replace(".h323-message-body", "", 1)
            if path.startswith(":"):
                body, rest = path[1:].split(".", 1)
                rest = "." + rest
            else:
                body, rest = "empty", path
            for ours in (True, False):
                for note, address in self.values(path, ours):
                    note = "%s, %s %s" % (path, "ours" if ours else "theirs",
                                          note)
                    self.count[what(path)] += 1
                    try:
                        self.one(body, rest, address, ours, note,
                                 path.startswith(":"))
                    except Failure as failure:
                        self.failed(note, failure)
        # what ours says when it called, and when it was called
        self.goodbye()

    def one(self, body, rest, address, ours, note, within=True):
        """One message with that address, in a call of its own"""
        scene, content = self.scene, value(rest, address)
        first = body == "setup"
        # a Setup is the first message of whoever connects
        if first and ours != (scene.cast == "outside"):
            return
        line = scene.line()
        try:
            call = scene.guid()
            if first:
                if "callIdentifier" not in content:
                    content = {**content, "callIdentifier": {"guid": call}}
                content.setdefault("protocolIdentifier", OID % 7)
                message = Signal("setup", content, size=self.size)
            else:
                call = scene.setup(line)
                message = Signal(body, content if within else None,
                                 size=self.size, call=call,
                                 callee=scene.side(ours) == "b",
                                 **({} if within else content))
            scene.say(line, ours, message, note)
            # an honest message afterwards is read as well
            mine = Signal("facility", {"h245Address": h225(
                scene.own, CONTROL)}, call=call,
                callee=scene.cast == "inside")
            if body != "releaseComplete":
                scene.say(line, True, mine, note + ", and what follows")
        finally:
            line.close()

    def goodbye(self):
        for line in self.held:
            line.close()

    # --- all of H.245 --------------------------------------------------------------

    def controls(self):
        """[(path, name of the case, message)] from each side"""
        for path in addresses("MultimediaSystemControlMessage",
                              "MULTIMEDIA-SYSTEM-CONTROL"):
            for ours in (True, False):
                for note, address in self.values(path, ours, h245):
                    yield path, ours, "%s, %s %s" % (
                        path, "ours" if ours else "theirs", note), \
                        value(path, address)

    def control(self):
        self.hold()
        scene = self.scene
        line = scene.line()
        scene.setup(line)
        for path, ours, note, message in self.controls():
            self.count["tunnelled"] += 1
            try:
                self.t120(path)
                scene.say(line, ours, Signal(
                    "facility", None, size=self.size, kind=0x62,
                    callee=scene.side(ours) == "b", **tunnel(message)), note)
            except Failure as failure:
                self.failed(note, failure)
                line.close()
                line = scene.line()
                scene.setup(line)
        line.close()
        # every body carries H.245, and seven of them fast start
        for body in TYPES:
            for ours in (True, False):
                if body == "setup" and ours != (scene.cast == "outside"):
                    continue
                self.carrier(body, ours)
        self.goodbye()

    def t120(self, path):
        """The port of T.120 is as it came at first"""
        # separateStack opens its own door; its number is not known before
        if what(path) == "tcp":
            self.scene.ports.setdefault(("tcp", T120), T120)

    def carrier(self, body, ours):
        scene = self.scene
        mine = (scene.own if ours else scene.third)
        pairs = [{"control": (mine, RTP + 1)},
                 {"reverse": ((mine, RTP), (mine, RTP + 1))},
                 {"media": (mine, RTP), "control": (mine, RTP + 1)}]
        has = {m["name"] for m, _ in h323asn1.members(h323asn1.lookup(
            {"setup": "Setup-UUIE", "callProceeding": "CallProceeding-UUIE",
             "connect": "Connect-UUIE", "alerting": "Alerting-UUIE",
             "information": "Information-UUIE", "facility": "Facility-UUIE",
             "releaseComplete": "ReleaseComplete-UUIE", "status":
             "Status-UUIE", "statusInquiry": "StatusInquiry-UUIE",
             "setupAcknowledge": "SetupAcknowledge-UUIE", "notify":
             "Notify-UUIE", "progress": "Progress-UUIE"}[body],
            "H323-MESSAGES")[0])} if body != "empty" else set()
        ways = {"h245Control": tunnel(
            ("request", ("masterSlaveDetermination", None)),
            *(request(n + 1, **pair) for n, pair in enumerate(pairs)),
            ack(9, (mine, RTP), (mine, RTP + 1)))}
        if "fastStart" in has:
            ways["fastStart"] = {"fastStart": [
                fast(n + 1, **pair) for n, pair in enumerate(pairs)]}
        if "parallelH245Control" in has:
            ways["parallelH245Control"] = {
                "fastStart": [fast(1, **pairs[1])],
                "parallelH245Control": [Inner(
                    "MultimediaSystemControlMessage", request(5, **pairs[0]))]}
        for way, content in ways.items():
            note = "%s in %s, %s" % (way, body, "ours" if ours else "theirs")
            self.count["carriers"] += 1
            line = scene.line()
            try:
                call = None
                if body != "setup":
                    call = scene.setup(line)
                more, inside = ({}, content) if way != "h245Control" else \
                    (content, {})
                if body == "setup":
                    inside = {"callIdentifier": {"guid": scene.guid()},
                              **inside}
                scene.say(line, ours, Signal(
                    body, inside, call=call, size=self.size,
                    callee=scene.side(ours) == "b", **more), note)
            except Failure as failure:
                self.failed(note, failure)
            finally:
                line.close()

    def h245(self):
        """H.245 on its own connection: whoever says h245Address is called"""
        self.hold()
        scene = self.scene
        for ours in (True, False):
            line = scene.line()
            call = scene.setup(line)
            where = (scene.own, CONTROL) if ours else (scene.remote, CONTROL)
            scene.say(line, ours, Signal(
                "facility", {"h245Address": h225(*where)}, call=call,
                callee=scene.side(ours) == "b"), "h245Address")
            if ours:
                host, port = scene.outside("tcp", CONTROL)
                control = Line(scene, scene.server, scene.phone, host,
                               (port, CONTROL), source=scene.peer)
            else:
                control = Line(scene, scene.phone, scene.server,
                               scene.remote, (CONTROL, CONTROL))
            for path, mine, note, message in self.controls():
                self.count["on its own"] += 1
                self.t120(path)
                side = "b" if mine == ours else "a"
                pdu = Control(message, self.size)
                want = (scene.forward, scene.forward_all) if mine else \
                    (scene.back, scene.back_all)
                try:
                    got = control.pass_on(side, pdu.octets())
                    if self.record is not None:
                        self.record.add(note, "tcp", wrapped(pdu.octets()),
                                        wrapped(got))
                    if got not in [pdu.octets(w) for w in want]:
                        raise Failure("%s: %s\n  sent %s\n  got  %s" % (
                            note, explain(pdu.octets(), got, [
                                pdu.octets(w) for w in want]),
                            pdu.octets().hex(" ", 4), got.hex(" ", 4)))
                except Failure as failure:
                    self.failed(note, failure)
            control.close()
            line.close()
        self.goodbye()

    # --- how it comes ----------------------------------------------------------------

    def big_setup(self):
        """A Setup as Asterisk says it: fast start, both ways, and more"""
        scene = self.scene
        mine = scene.own if scene.cast == "outside" else scene.third
        return Signal("setup", {
            "protocolIdentifier": OID % 4,
            "h245Address": h225(mine, CONTROL),
            "sourceAddress": [("h323-ID", "inside"), ("dialledDigits", "100")],
            "destinationAddress": [("dialledDigits", "200")],
            "destCallSignalAddress": h225(scene.third, SIGNAL),
            "sourceCallSignalAddress": h225(mine, LISTEN if scene.cast ==
                                            "outside" else SIGNAL),
            "callIdentifier": {"guid": scene.guid()},
            "mediaWaitForConnect": False, "canOverlapSend": False,
            "multipleCalls": False, "maintainConnection": False,
            "fastStart": [
                fast(1, control=(mine, RTP + 1)),
                fast(2, reverse=((mine, RTP), (mine, RTP + 1))),
                fast(3, control=(mine, RTP2 + 1), session=2),
                fast(4, reverse=((mine, RTP2), (mine, RTP2 + 1)),
                     session=2)]}, h245Tunneling=True)

    def answer(self, call):
        scene = self.scene
        theirs = scene.own if scene.cast == "inside" else scene.third
        return Signal("connect", {
            "fastStart": [fast(1, media=(theirs, RTP),
                               control=(theirs, RTP + 1)),
                          fast(2, reverse=((theirs, RTP),
                                           (theirs, RTP + 1)))]},
            call=call, callee=True)

    def cuts(self):
        self.hold()
        scene = self.scene
        caller = scene.cast == "outside"
        length = len(self.big_setup().octets())
        ways = {}
        for at in range(1, length, self.args.stride):
            ways["cut at %d" % at] = lambda d, at=at: [d[:at], d[at:]]
        ways["byte by byte"] = lambda d: [d[n:n + 1] for n in range(len(d))]
        ways["header alone"] = lambda d: [d[:4], d[4:]]
        dice = random.Random(5)
        for n in range(20):
            def chunks(d, seed=dice.random()):
                more = random.Random(seed)
                at = sorted(more.sample(range(1, len(d)), 6))
                return [d[i:j] for i, j in zip([0] + at, at + [len(d)])]
            ways["random %d" % n] = chunks
        for note, pieces in ways.items():
            self.count["cuts"] += 1
            line = scene.line()
            try:
                scene.say(line, caller, self.big_setup(), note, None, pieces)
                scene.say(line, not caller, self.answer(scene.guid()),
                          note + ", Connect", None, lambda d: [d[:9], d[9:]])
            except Failure as failure:
                self.failed(note, failure)
            finally:
                line.close()
        for note, before, after in (
                ("an empty TPKT first", tpkt(), b""),
                ("empty TPKTs around", tpkt() * 3, tpkt() * 2),
                ("an empty TPKT and half of one", tpkt() + b"", b"\3\0")):
            self.count["empty TPKTs"] += 1
            self.several(note, [self.big_setup()], before, after)
        for number in (2, 3, 7, 20):
            call = scene.guid()
            few = [self.big_setup()] + [Signal(
                "facility", {"h245Address": h225(
                    scene.own if caller else scene.third, CONTROL)},
                call=call) for _ in range(number - 1)]
            for note, before, between in (
                    ("%d TPKTs a segment" % number, b"", b""),
                    ("%d TPKTs a segment, empty ones between" % number,
                     tpkt(), tpkt())):
                self.count["TPKTs a segment"] += number
                self.several(note, few, before, b"", between)
        self.goodbye()

    def several(self, note, messages, before=b"", after=b"", between=b""):
        scene = self.scene
        caller = scene.cast == "outside"
        line = scene.line()
        want = scene.forward if caller else scene.back
        sent = before + between.join(m.octets() for m in messages) + after
        wanted = before + between.join(m.octets(want) for m in messages) + \
            after
        try:
            # what is half a TPKT may wait for its rest
            hold = len(after) if after and len(after) % 4 else 0
            end = line.a
            end.sendall(sent)
            got = line.take(line.b, len(sent) - hold)
            if hold:
                end.sendall(b"\0\4")
                got += line.take(line.b, hold + 2)
                wanted += b"\0\4"
            if got != wanted:
                raise Failure("%s\n  sent %s\n  got  %s" % (
                    explain(sent, got, [wanted]), sent.hex(" ", 4),
                    got.hex(" ", 4)))
        except Failure as failure:
            self.failed(note, failure)
        finally:
            line.close()

    def bitmaps(self):
        """The number of additions is the sender's own affair"""
        self.hold()
        scene = self.scene
        known = {name: len(additions(kind)) for name, kind in (
            ("setup", "Setup-UUIE"), ("connect", "Connect-UUIE"),
            ("facility", "Facility-UUIE"))}
        for body in known:
            ours = True if body != "setup" else scene.cast == "outside"
            mine = scene.own if ours else scene.third
            least = {"setup": 7, "connect": 5, "facility": 8}[body]
            for size in list(range(least, 72)) + [100, 127, 128, 200]:
                for unknown in ((), (size - 1,), tuple(
                        range(known[body], size))):
                    if any(u < known[body] for u in unknown):
                        continue
                    self.count["bitmaps"] += 1
                    content = {"fastStart": [
                        fast(1, control=(mine, RTP + 1)),
                        fast(2, reverse=((mine, RTP), (mine, RTP + 1)))],
                        "...": size}
                    # an address in what nobody knows stays as it is
                    for u in unknown:
                        content["+%d" % u] = b"\0" + h323asn1.encode(
                            "H225.TransportAddress", h225(mine, RTP)) \
                            if scene.family == 4 else b"\1\2\3"
                    note = "%s, %d additions, unknown %s" % (
                        body, size, "none" if not unknown else
                        "%d to %d" % (unknown[0], unknown[-1]))
                    line = scene.line()
                    try:
                        if body == "setup":
                            content["callIdentifier"] = {
                                "guid": scene.guid()}
                            message = Signal("setup", content)
                        else:
                            call = scene.setup(line)
                            message = Signal(
                                body, content, call=call,
                                callee=scene.side(ours) == "b",
                                h245Tunneling=True)
                        # tshark knows bitmaps of 32 at most
                        scene.record = self.record if size <= 32 else None
                        scene.say(line, ours, message, note)
                    except Failure as failure:
                        self.failed(note, failure)
                    finally:
                        line.close()
                        scene.record = self.record
        self.goodbye()


def wrapped(pdu):
    """H.245 of its own connection, tunnelled, for tshark"""
    return Signal("empty", h245Control=[pdu[4:]]).octets()


def additions(name):
    return [m for m, added in h323asn1.members(
        h323asn1.lookup(name, "H323-MESSAGES")[0]) if added]


class Seen:
    """Call signalling as it arrived, decoded"""

    def __init__(self, data):
        at = data.index(b"\x7e", 9)
        self.value = h323asn1.decode("H323-UserInformation", data[at + 4:])
        self.pdu = self.value["h323-uu-pdu"]
        self.body, self.content = self.pdu["h323-message-body"]

    def media(self, item, name):
        """An address of an item of fastStart"""
        channel = h323asn1.decode("OpenLogicalChannel",
                                  self.content["fastStart"][item])
        params = channel.get("reverseLogicalChannelParameters",
                             channel["forwardLogicalChannelParameters"])
        return params["multiplexParameters"][1][name]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("how", choices=("ras", "signal", "control", "h245",
                                        "cuts", "bitmaps"))
    parser.add_argument("--cast", choices=("outside", "inside"),
                        default="outside")
    parser.add_argument("--family", type=int, default=4)
    parser.add_argument("--plain", action="store_true",
                        help="no NAT: all passes as it is")
    parser.add_argument("--trimmed", action="store_true",
                        help="bitmaps end with the last addition there is")
    parser.add_argument("--tshark", action="store_true",
                        help="tshark decodes all that arrives")
    parser.add_argument("--brief", action="store_true")
    parser.add_argument("--stride", type=int, default=1)
    args = parser.parse_args()
    play = Messages(args)
    {"ras": play.ras_all}.get(args.how, getattr(play, args.how, None))()
    play.end()


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
