# SPDX-License-Identifier: GPL-2.0
"""H.323 endpoints on one bridge and a gatekeeper outside, which tells each
where the other is and stays out of the call. The messages are encoded from the
ASN.1; the endpoints go where they are told."""

import socket
import struct

import h323asn1
from field_sip import Media
from h323 import OID, Control, Ras, Signal, ack, request
from h323fields import Inner, h225, read
from h323messages import Seen

RAS, SIGNAL, CONTROL = 1719, 1720, 30245


class Endpoint:
    """Its sockets: RAS, call signalling and H.245"""

    def __init__(self, stage, agent):
        self.agent = agent
        self.ras = agent.host.udp(RAS, address=agent.address)
        self.signal = agent.host.listener(SIGNAL, address=agent.address)
        self.control = agent.host.listener(CONTROL, address=agent.address)
        for sock in (self.ras, self.signal, self.control):
            sock.settimeout(stage.patience)

    def close(self):
        for sock in (self.ras, self.signal, self.control):
            sock.close()


def endpoint(stage, name):
    key = name, "h323"
    if key not in stage.sockets:
        stage.sockets[key] = Endpoint(stage, stage.agents[name])
    return stage.sockets[key]


def octets(sock):
    """One TPKT"""
    data = b""
    while len(data) < 4 or len(data) < struct.unpack(">H", data[2:4])[0]:
        want = 4 if len(data) < 4 else struct.unpack(">H", data[2:4])[0]
        more = sock.recv(want - len(data))
        if not more:
            raise OSError("closed early")
        data += more
    return data


def ask(stage, name, keeper, message, reply):
    """A request of RAS and what becomes of its answer; reply: made from what
    the gatekeeper got"""
    one, other = endpoint(stage, name), endpoint(stage, keeper)
    one.ras.sendto(message.octets(), (other.agent.address, RAS))
    data, peer = other.ras.recvfrom(4096)
    kind, value = h323asn1.decode("RasMessage", data)
    answer = reply(value, peer)
    answer.value[1]["requestSeqNum"] = value["requestSeqNum"]
    other.ras.sendto(answer.octets(), peer)
    return h323asn1.decode("RasMessage", one.ras.recv(4096))[1]


def register(stage, name, keeper):
    one, other = endpoint(stage, name), endpoint(stage, keeper)
    address, gatekeeper = one.agent.address, other.agent.address

    def confirm(value, peer):
        stage.where[name] = read(value["callSignalAddress"][0])
        return Ras(("registrationConfirm", {
            "endpointIdentifier": name, "timeToLive": 3600,
            "callSignalAddress": [h225(gatekeeper, SIGNAL)]}))

    good = 0
    try:
        ask(stage, name, keeper, Ras(("registrationRequest", {
            "callSignalAddress": [h225(address, SIGNAL)],
            "rasAddress": [h225(address, RAS)], "timeToLive": 3600})),
            confirm)
        good = 1
        stage.note("   %s is at %s:%d" % (name, *stage.where[name]))
    except OSError as e:
        stage.note("   RAS: %s" % e)
    stage.row("%s registers by h323 at %s" % (name, keeper), answered=good)


def connection(stage, host, address, where, listener):
    sock = host.tcp(0, address=address)
    sock.settimeout(stage.patience)
    sock.connect(where)
    try:
        far, _ = listener.accept()
    except OSError:
        sock.close()
        raise
    far.settimeout(stage.patience)
    far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock, far


def olc_media(data):
    """The two addresses of an acknowledgement"""
    value = h323asn1.decode("MultimediaSystemControlMessage", data[4:])
    params = value[1][1]["forwardMultiplexAckParameters"][1]
    return read(params["mediaChannel"])


def call(stage, caller, callee, keeper):
    """Setup, Connect, a separate H.245 connection, a channel each way"""
    stage.number += 1
    one, two = endpoint(stage, caller), endpoint(stage, callee)
    media = Media(stage, stage.number, one.agent, two.agent)
    score = {"admitted": 0, "setup": 0, "connect": 0, "control": 0,
             "in": 0, "out": 0}
    guid = struct.pack(">QQ", 0x4832333300000000, stage.number)
    opened, to = [], stage.where.get(callee)
    try:
        for name in (caller, callee):
            if name == keeper:
                continue
            told = ask(stage, name, keeper, Ras(("admissionRequest", {
                "endpointIdentifier": name, "conferenceID": guid,
                "callIdentifier": {"guid": guid},
                "answerCall": name == callee})), lambda value, peer: Ras((
                    "admissionConfirm", {"destCallSignalAddress": h225(
                        *stage.where.get(callee, (two.agent.address,
                                                  SIGNAL)))})))
            if name == caller:
                to = read(told["destCallSignalAddress"])
        score["admitted"] = 1
        stage.note("   %s is told %s:%d" % (caller, *to))
        line, far = connection(stage, one.agent.host, one.agent.address, to,
                               two.signal)
        opened += [line, far]
        line.sendall(Signal("setup", {
            "protocolIdentifier": OID % 7, "conferenceID": guid,
            "callIdentifier": {"guid": guid},
            "destCallSignalAddress": h225(*to),
            "sourceCallSignalAddress": h225(one.agent.address, SIGNAL)},
            call=guid).octets())
        octets(far)
        score["setup"] = 1
        far.sendall(Signal("connect", {
            "h245Address": h225(two.agent.address, CONTROL)}, call=guid,
            callee=True).octets())
        got = Seen(octets(line)).content
        score["connect"] = 1
        where = read(got["h245Address"])
        stage.note("   H.245 of %s is told as %s:%d" % (callee, *where))
        line, far = connection(stage, one.agent.host, one.agent.address,
                               where, two.control)
        opened += [line, far]
        told = []
        for n, (sender, receiver, end, port) in enumerate((
                (line, far, two, media.ports[1]),
                (far, line, one, media.ports[0]))):
            other = one if end is two else two
            sender.sendall(Control(request(1, control=(
                other.agent.address, media.ports[n] + 1))).octets())
            octets(receiver)
            receiver.sendall(Control(ack(
                1, (end.agent.address, port),
                (end.agent.address, port + 1))).octets())
            told.append(olc_media(octets(sender)))
        score["control"] = 1
        stage.note("   media: %s" % told)
        media.speak(*told)
    except OSError as e:
        stage.note("   h323: %s" % e)
    score.update(media.heard)
    media.close()
    for sock in opened:
        sock.close()
    stage.row("%s calls %s by h323" % (caller, callee), **score)


ACTS = (
    (r"(\w) registers by h323 at (\w)", register),
    (r"(\w) calls (\w) by h323, of (\w)", call),
)
