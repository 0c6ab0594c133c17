# SPDX-License-Identifier: GPL-2.0
"""The sentences of a world's play.

A registers at P                    REGISTER and its answer
N s pass                            silence
A calls B [with media on N] [and stays]
the calls go on                     media of those that stayed, once more
the calls end
A listens on N [over tcp]           a socket of another program
A reaches B at N [by M]             datagrams from outside to the router's
                                    port N, for what listens on B's port M
A writes to B                       datagrams from the signalling port, and
                                    an answer to each
A talks by tcp to B                 three requests and answers on a connection
A speaks esp with B                 each other's packets, A's first
A registers by skinny at P          field_skinny.py
A and B speak by skinny of P
A registers by h323 at P            field_h323.py
A calls B by h323, of P
A begins N calls at P               INVITEs of 482 ports that nobody answers
A sends N bytes to P                datagrams of one byte, each a new flow
"""

import re
import select
import socket
import struct
import time

from field_net import SIMULATED
from field_sip import ROUNDS, Call, header, ok, place, sdp

PACKETS = 5


def register(stage, phone, provider):
    phone, provider = stage.agents[phone], stage.agents[provider]
    uri = "sip:%s@example.com" % phone.name
    phone.send(phone.request(
        "REGISTER", uri, "reg-%s-%s" % (phone.name, provider.name),
        extra=["Expires: 3600"]), (provider.address, provider.port))
    text, source = provider.take("REGISTER")
    good = False
    if text:
        contact = header(text, "Contact")
        provider.contacts[phone.name] = (
            place(contact), source, re.search("<([^>]*)>", contact).group(1))
        provider.answer(text, source, contact=contact + ";expires=3600")
        good = bool(phone.take("SIP/2.0 200")[0])
    stage.row("%s registers at %s" % (phone.name, provider.name),
              answered=int(good))


def silence(stage, seconds):
    # where time is real, conntrack's times are a tenth (field_net.py)
    seconds = int(seconds) if SIMULATED else int(seconds) / 10 + 2
    time.sleep(seconds)


def calls(stage, caller, callee, media=None, stays=None):
    caller, callee = stage.agents[caller], stage.agents[callee]
    stage.number += 1
    outward = caller.kind == "phone"
    inside, outside = (caller, callee) if outward else (callee, caller)
    call = Call(stage, inside, outside, stage.number,
                int(media) if media else None)
    if outward:
        up = call.outward()
    else:
        to, uri = trunk(stage, callee), None
        if callee.name in caller.contacts:
            to, source, uri = caller.contacts[callee.name]
            if caller.kind == "aware":
                to = source
        up = call.inward(to, uri or "sip:%s@%s:%d" % (callee.name, *to))
    if up:
        call.speak()
    if stays:
        stage.row("%s calls %s" % (caller.name, callee.name),
                  **{k: v for k, v in call.score.items() if k != "ends"},
                  ends=1)
        stage.calls.append(call)
        return
    if up:
        call.end()
    else:
        call.close()
    stage.row("%s calls %s" % (caller.name, callee.name), **call.score)


def trunk(stage, callee):
    """Where somebody is called who has not registered"""
    return stage.world.get("phones", {}).get(callee.name, {}).get(
        "public", "203.0.113.1"), 5060


def go_on(stage):
    """Media again; each public endpoint is that of one call alone"""
    endpoints = [call.to_inside for call in stage.calls]
    for call in stage.calls:
        if call.score["stands"]:
            call.speak()
        stage.row("%s and %s go on" % (call.inside.name, call.outside.name),
                  **{k: call.score[k] for k in ("in", "out", "told")},
                  own=int(endpoints.count(call.to_inside) == 1))


def end_all(stage):
    for call in stage.calls:
        if call.score["stands"]:
            call.end()
        else:
            call.close()
        stage.row("%s and %s end" % (call.inside.name, call.outside.name),
                  ends=call.score["ends"])
    stage.calls = []


def listens(stage, name, port, tcp=None):
    host = stage.net.host(name)
    port = int(port)
    if tcp:
        sock = host.listener(port)
    else:
        with host:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("0.0.0.0", port))
    sock.setblocking(False)
    stage.sockets[name, port] = sock


def reaches(stage, who, whom, port, inner=None):
    sender = stage.agents[who]
    sock = sender.host.udp(0, address=sender.address)
    sock.setblocking(False)
    listener = stage.sockets[whom, int(inner or port)]
    to = trunk(stage, stage.agents.get(whom, sender))[0], int(port)
    got = back = 0
    for n in range(PACKETS):
        text = b"hello %d" % n
        try:
            sock.sendto(text, to)
        except OSError as e:
            stage.note("   %s" % e)
        if select.select([listener], [], [], stage.patience)[0]:
            data, peer = listener.recvfrom(100)
            got += data == text
            listener.sendto(b"yes", peer)
            if select.select([sock], [], [], stage.patience)[0]:
                back += sock.recvfrom(100)[1] == to
    sock.close()
    stage.row("%s reaches %s's %s" % (who, whom, port), packets=got,
              answers=back // PACKETS)


def writes(stage, who, whom):
    """The far end answers to where it comes from, if that is right"""
    sender, other = stage.agents[who], stage.agents[whom]
    source = stage.world.get("seen-as", {}).get(whom, sender.address)
    got = right = back = 0
    for _ in range(PACKETS):
        sender.send("OPTIONS", (other.address, other.port))
        text, peer = other.take("OPTIONS")
        if not text:
            continue
        got += 1
        right += peer[0] == source
        other.send("SIP/2.0", peer)
        back += bool(sender.take("SIP/2.0")[0])
    stage.row("%s writes to %s: comes, its source, answers" % (who, whom),
              packets=got, source=right // PACKETS, answers=back // PACKETS)


def talks(stage, who, whom):
    sender, other = stage.agents[who], stage.agents[whom]
    listener = other.host.listener(5060, address=other.address)
    listener.settimeout(stage.patience)
    sock = sender.host.tcp(0, address=sender.address)
    sock.settimeout(stage.patience)
    whole = answers = 0
    try:
        sock.connect((other.address, 5060))
        far, _ = listener.accept()
        far.settimeout(stage.patience)
        for n in range(3):
            text = sender.request("REGISTER", "sip:%s" % other.address,
                                  "tcp-%s" % who, extra=["X: %d" % n]).replace(
                "SIP/2.0/UDP", "SIP/2.0/TCP").encode()
            sock.sendall(text)
            got = far.recv(4096)
            whole += got.endswith(b"\r\n\r\n") and b"X: %d\r\n" % n in got
            far.sendall(ok(got.decode()).encode())
            got = sock.recv(4096)
            answers += got.endswith(b"\r\n\r\n") and b"X: %d\r\n" % n in got
        far.close()
    except OSError as e:
        stage.note("   tcp: %s" % e)
    sock.close()
    listener.close()
    stage.row("%s talks by tcp to %s" % (who, whom), whole=whole // 3,
              answers=answers // 3)


def esp(stage, who, whom):
    """ESP of one tunnel, an SPI each way: the outside speaks first"""
    outside, inside = stage.agents[who], stage.agents[whom]
    socks = []
    for agent in (outside, inside):
        with agent.host:
            sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, 50)
        sock.bind((agent.address, 0))
        sock.settimeout(stage.patience)
        socks.append(sock)
    far, near = socks
    public = trunk(stage, inside)[0]
    score = {"in": 0, "out": 0, "told": 0}
    for n in range(ROUNDS):
        for key, one, other, to, spi in (
                ("in", far, near, public, 0x1001),
                ("out", near, far, outside.address, 0x2002)):
            text = struct.pack(">II", spi, n + 1) + bytes(40)
            try:
                one.sendto(text, (to, 0))
                data, peer = other.recvfrom(200)
            except OSError as e:
                stage.note("   esp %s: %s" % (key, e))
                continue
            score[key] += data[20:] == text
            score["told"] += key == "out" and peer[0] == public
    for sock in socks:
        sock.close()
    stage.row("%s speaks esp with %s" % (who, whom), **score)


def begins(stage, who, number, provider):
    sender, other = stage.agents[who], stage.agents[provider]
    for n in range(int(number)):
        text = sender.request(
            "INVITE", "sip:n%d@%s" % (n, other.address), "flood%d" % n,
            body=sdp(sender.address, 16384 + 16 * (n * 31 % 2900), 30))
        sender.sock.sendto(text.encode(), (other.address, other.port))
        if n % 20 == 19:
            while other.take("INVITE", 0.005)[0]:
                pass
            stage.lines = stage.lines[:2000]
    while other.take("INVITE", 0.05)[0]:
        pass


def sends(stage, who, number, callee):
    sender = stage.agents[who]
    to = trunk(stage, stage.agents[callee])
    for n in range(int(number)):
        sock = sender.host.udp(1024 + n, address=sender.address)
        sock.sendto(b"\r", to)
        sock.close()
        if n % 50 == 49:
            while stage.agents[callee].take(None, 0.005)[0] is not None:
                pass
            stage.lines = stage.lines[:2000]


ACTS = (
    (r"(\w) registers at (\w)", register),
    (r"(\d+) s pass", silence),
    (r"(\w) calls (\w)(?: with media on (\d+))?( and stays)?", calls),
    (r"the calls go on", go_on),
    (r"the calls end", end_all),
    (r"(\w) listens on (\d+)( over tcp)?", listens),
    (r"(\w) reaches (\w) at (\d+)(?: by (\d+))?", reaches),
    (r"(\w) writes to (\w)", writes),
    (r"(\w) talks by tcp to (\w)", talks),
    (r"(\w) speaks esp with (\w)", esp),
    (r"(\w) begins (\d+) calls at (\w)", begins),
    (r"(\w) sends (\d+) bytes to (\w)", sends),
)


def act(stage, sentence):
    acts = ACTS
    if "skinny" in sentence:
        from field_skinny import ACTS as acts
    elif "h323" in sentence:
        from field_h323 import ACTS as acts
    for pattern, function in acts:
        found = re.fullmatch(pattern, sentence)
        if found:
            return function(stage, *found.groups())
    raise ValueError("no such act: %s" % sentence)
