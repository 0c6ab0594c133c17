#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Print H.323 messages as JSON: {name: hexadecimal octets}.

The ASN.1 compiler is slow in an emulated machine, so the messages are encoded outside of it. They hold the
addresses of the phone and the server; the machine replaces the phone's address by that of the host that
sends. The fields are those of tests/net/peer/h323.py.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../net/peer"))

from h323 import Control, Ras, Signal, ack, fast, request   # noqa: E402
from h323fields import h225                                  # noqa: E402

PHONE, SERVER = "10.0.0.2", "203.0.113.9"
CALL = b"nf-nat-alg-races"


def channel(address, port):
    return fast(1, media=(address, port), control=(address, port + 1))


def signal(body, address, media, **more):
    content = {"fastStart": [channel(address, media)], "h245Address": h225(address, media + 200)}
    return Signal(body, content, call=CALL, **more)


def messages():
    yield "RRQ", Ras(("registrationRequest", {
        "callSignalAddress": [h225(PHONE, 1720)], "rasAddress": [h225(PHONE, 1719)], "timeToLive": 60,
        "requestSeqNum": 1}))
    yield "RCF", Ras(("registrationConfirm", {
        "callSignalAddress": [h225(SERVER, 1720)], "endpointIdentifier": "x", "timeToLive": 60,
        "requestSeqNum": 1}))
    yield "URQ", Ras(("unregistrationRequest", {
        "callSignalAddress": [h225(PHONE, 1720)], "requestSeqNum": 2}))
    yield "UCF", Ras(("unregistrationConfirm", {"requestSeqNum": 2}))
    yield "Setup", signal("setup", PHONE, 31000)
    yield "Connect", signal("connect", SERVER, 41000, callee=True)
    yield "Release", Signal("releaseComplete", None, call=CALL)
    yield "OLC", Control(request(2, control=(PHONE, 31003)))
    yield "OLCAck", Control(ack(2, (SERVER, 41002), (SERVER, 41003)))


print(json.dumps({name: message.octets().hex() for name, message in messages()}))
