#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""An endpoint inside looks for gatekeepers it does not know.

h323discovery.py {gatekeeper|location|broadcast}

gatekeeper	GatekeeperRequest to all gatekeepers; one of them confirms, from an
		address and a port of its own
location	the same with LocationRequest
broadcast	GatekeeperRequest to all there are on the link
"""

import select
import socket
import struct
import sys

from exchange import Failure
from h323 import DISCOVERY, RAS, RAS_PORT, SIGNAL, Ras, Scene, bindings
from h323fields import h225, read
from netns import server_address
import h323asn1

GROUP = "224.0.1.41"            # Gatekeeper.mcast.net
QUESTIONS = {"gatekeeper": ("gatekeeperRequest", "rasAddress"),
             "location": ("locationRequest", "replyAddress"),
             "broadcast": ("gatekeeperRequest", "rasAddress")}


def answer(what, number, where):
    """What the gatekeeper there says"""
    if what == "location":
        return Ras(("locationConfirm", {
            "requestSeqNum": number, "callSignalAddress": h225(where, SIGNAL),
            "rasAddress": h225(where, RAS_PORT)}))
    return Ras(("gatekeeperConfirm", {
        "requestSeqNum": number, "rasAddress": h225(where, RAS_PORT)}))


def listen(scene):
    """Where gatekeepers hear what is said to all of them"""
    asked = scene.server.udp(DISCOVERY, 4, GROUP)
    asked.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack(
        "=4s4s", socket.inet_aton(GROUP), socket.inet_aton(scene.remote)))
    asked.settimeout(5)
    return asked


def ask(what):
    scene = Scene()
    ours = scene.phone.udp(RAS, 4)
    asked = listen(scene)
    name, component = QUESTIONS[what]
    message = Ras((name, {component: h225(scene.own, RAS)}))
    ours.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 8)
    ours.sendto(message.octets(), (GROUP, DISCOVERY))
    got, peer = asked.recvfrom(65536)
    said = h323asn1.decode("RasMessage", got)[1]
    if read(said[component]) != peer or peer[0] != scene.public:
        raise Failure("%s is %s:%d, from %s:%d" % (
            component, *read(said[component]), *peer))
    where = server_address(42)
    other = scene.server.udp(21000, 4, where)
    data = answer(what, message.value[1]["requestSeqNum"], where).octets()
    other.sendto(data, peer)
    if not select.select([ours], [], [], 5)[0]:
        raise Failure("the answer does not arrive: %r" % bindings())
    if ours.recv(65536) != data:
        raise Failure("the answer was changed")
    # by nothing but that
    other.sendto(data, (scene.public, DISCOVERY))
    if select.select([ours], [], [], 0.5)[0]:
        raise Failure("port %d of the router leads inside" % DISCOVERY)


def broadcast():
    scene = Scene()
    ours = scene.phone.udp(RAS, 4)
    asked = listen(scene)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    for where in ("255.255.255.255", "10.0.0.255"):
        ours.sendto(Ras(("gatekeeperRequest", {
            "rasAddress": h225(scene.own, RAS)})).octets(),
            (where, DISCOVERY))
    if select.select([asked], [], [], 0.5)[0]:
        raise Failure("a broadcast has left its link")
    if bindings():
        raise Failure("it has opened %r" % bindings())


def main():
    what = sys.argv[1]
    try:
        if what == "broadcast":
            broadcast()
        else:
            ask(what)
    except Failure as failure:
        sys.exit(str(failure))


main()
