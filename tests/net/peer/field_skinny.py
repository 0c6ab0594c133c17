# SPDX-License-Identifier: GPL-2.0
"""Skinny telephones on one bridge, and a CallManager outside that says what a
real one says of a call's media."""

import struct

import skinny
from field_sip import Media

PORT = 2000


class Line:
    """A phone's connection to the CallManager, both ends"""

    def __init__(self, stage, phone, manager, version):
        self.version = version
        listener = manager.host.listener(PORT, address=manager.address)
        listener.settimeout(stage.patience)
        self.sock = phone.host.tcp(0, address=phone.address)
        self.sock.settimeout(stage.patience)
        try:
            self.sock.connect((manager.address, PORT))
            self.far, _ = listener.accept()
        finally:
            listener.close()
        self.far.settimeout(stage.patience)

    @staticmethod
    def carry(one, other, data):
        one.sendall(data)
        got = b""
        while len(got) < len(data):
            more = other.recv(len(data) - len(got))
            if not more:
                raise OSError("closed")
            got += more
        return got

    def up(self, data):
        return self.carry(self.sock, self.far, data)

    def down(self, data):
        return self.carry(self.far, self.sock, data)

    def close(self):
        self.sock.close()
        self.far.close()


def endpoint(data, name, length):
    """Address and port in a message of the new layout"""
    one = skinny.layout(name, "new", length)
    at = 12 + one.fields["A"]
    port, = struct.unpack_from("<I", data, 12 + one.fields["P"])
    return skinny.text(data[at + 4:at + 8]), port


def register(stage, phone, manager):
    name, phone, manager = phone, stage.agents[phone], stage.agents[manager]
    good = 0
    try:
        line = stage.sockets[name, "skinny"] = Line(stage, phone, manager, 17)
        line.up(skinny.build(skinny.layout("Register", "any", 124), {
            "ip4": phone.address, "version": 17}))
        line.down(skinny.message(0x0081, struct.pack(
            "<I6s2xIB3x", 30, b"D/M/Y\0", 60, 17)))
        good = 1
    except OSError as e:
        stage.note("   skinny: %s" % e)
    stage.row("%s registers by skinny at %s" % (name, manager.name),
              answered=good)


def connect(stage, first, second, manager):
    """The CallManager connects two phones, or a phone and somebody outside"""
    stage.number += 1
    lines, ends = {}, []
    media = Media(stage, stage.number, stage.agents[first],
                  stage.agents[second])
    told = {}
    try:
        for at, name in enumerate((first, second)):
            agent = stage.agents[name]
            line = stage.sockets.get((name, "skinny"))
            if not line:
                told[name] = agent.address, media.ports[at]
                continue
            lines[name] = line
            line.down(skinny.message(0x0105, struct.pack(
                "<10I", 1, stage.number, 20, 4, 0, 0, stage.number, 0, 0, 0),
                17))
            got = line.up(skinny.build(skinny.layout(
                "OpenReceiveChannelAck", "new", 36), {
                    "A": agent.address, "P": media.ports[at],
                    "ptp": stage.number, "ref": stage.number, "status": 0},
                17))
            told[name] = endpoint(got, "OpenReceiveChannelAck", 36)
        for name, other in ((first, second), (second, first)):
            if name in lines:
                got = lines[name].down(skinny.build(skinny.layout(
                    "StartMediaTransmission", "new", 132), {
                        "A": told[other][0], "P": told[other][1], "conf": 1,
                        "ptp": stage.number, "ref": stage.number}, 17))
                told[other] = endpoint(got, "StartMediaTransmission", 132)
            ends.append(told[other])
        media.speak(*ends)
    except OSError as e:
        stage.note("   skinny: %s" % e)
    stage.note("   told %s" % ends)
    for line in lines.values():
        for ident in (0x0106, 0x008b):
            try:
                line.down(skinny.message(ident, struct.pack(
                    "<III", 1, stage.number, stage.number), 17))
            except OSError:
                pass
    media.close()
    stage.row("%s and %s speak by skinny" % (first, second), **media.heard)


ACTS = (
    (r"(\w) registers by skinny at (\w)", register),
    (r"(\w) and (\w) speak by skinny of (\w)", connect),
)
