#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Rows that take hours. The machine's clock jumps to the next thing to do
whenever there is none (tests/sip-hours/run), so that hours are seconds here
and the timers are the kernel's own.

siphours.py --count
siphours.py
"""

from siprows import *

FULL = bool(os.environ.get("FULL"))
FIRST = "198.18.0.40"
OPTIONS = "OPTIONS"


def fresh(transport, port=5060):
    return Flow(transport, port, address=FIRST)


def tracked(x):
    """Does conntrack know the phone's flow"""
    out = subprocess.run(
        ["ip", "netns", "exec", os.environ["ROUTER"], "conntrack", "-L", "-p",
         x.transport], check=True, capture_output=True, text=True).stdout
    return "sport=%d " % x.port in out


def is_called(x, port):
    """The phone is called, answers, and there is speech both ways"""
    x.fresh()
    x.down(far_request("INVITE", 1, FAR_CONTACT, tag=False, body=FAR_SDP,
                       uri="sip:alice@$flow;transport=$t"))
    x.up(far_response("200 OK", "INVITE", 1, CONTACT, body=sdp(audio(port))))
    x.down(far_request("ACK", 1, uri="sip:alice@$flow;transport=$t"))
    open_media(port)
    expect(leaves_as(port) == port, "media leaves by another port")


def far_hangs_up(x, cseq=2):
    x.down(far_request("BYE", cseq, uri="sip:alice@$flow;transport=$t"))
    x.up(far_response("200 OK", "BYE", cseq))


def calls(x):
    return [c for c in shown("calls") if x.n in c["key"]]


def bound(port):
    return [b for b in shown("bindings") if b["inside-local"]["port"] == port]


def talk(port, seconds, pause=10):
    """Speech, now and then a packet: conntrack forgets it after 30 s, for no
    time passes between question and answer"""
    inside, outside = Host("PHONE").udp(port), Host("SERVER").udp(40000)
    try:
        for _ in range(seconds // pause):
            inside.sendto(b"\x80out", (SERVER, 40000))
            expect(heard(outside, b"\x80out", WAIT), "speech does not leave")
            outside.sendto(b"\x80in", (PUBLIC, port))
            expect(heard(inside, b"\x80in", WAIT), "speech does not come in")
            time.sleep(pause)
    finally:
        inside.close()
        outside.close()


@row("D1", "registered for two hours, called after 95 % of them without a word")
def d1(_):
    x = fresh("udp") if _.transport == "udp" else fresh("tcp", 5061)
    try:
        register(x, granted=7200, asked=7200)
        time.sleep(6840)
        expect(x.transport == "tcp" or not tracked(x),
               "conntrack still knows the flow: nothing is shown by this")
        is_called(x, 30000)
        far_hangs_up(x)
    finally:
        x.close()


@row("D1", "registered by refreshes alone, always at one public port",
     "udp")
def d1_day(_):
    x = fresh("udp")
    user = "day"
    granted = 3600 if FULL else 900
    try:
        for n in range(24 if FULL else 6):
            # refreshed at 90 %
            register(x, 1 + n, granted=granted, asked=granted, user=user)
            expect(x.public == (PUBLIC, 5060), "at %s" % (x.public,))
            time.sleep(granted * 9 // 10)
            expect(not tracked(x), "conntrack still knows the flow")
            x.down(far_request(OPTIONS, 1 + n, tag=False,
                               uri="sip:alice@$flow;transport=$t"))
            x.up(far_response("200 OK", OPTIONS, 1 + n))
        unregister(x, 99, user=user)
    finally:
        x.close()


@row("D1", "who is not refreshed is gone soon after it has expired", "udp")
def d1_over(_):
    x = fresh("udp")
    try:
        register(x, granted=600)
        # the kernel's timers may be late by an eighth of their time
        for wait, open_ in ((590, True), (35, True), (90, False)):
            time.sleep(wait)
            text = far_request(OPTIONS, wait, tag=False, uri="sip:x@example.com")
            data = x.render(text, "server")
            x.outside.sendto(data, tuple(x.public))
            expect(heard(x.inside, data, 0.5) == open_, "after %d s more: "
                   "%r" % (wait, (shown("registrations"), shown("bindings"))))
            forget_flows()
        eventually(lambda: not shown("registrations"), "still registered", 60)
    finally:
        x.close()


@row("C13", "it rings for four minutes, and is answered")
def c13_ring(x):
    port = 30020 if x.transport == "udp" else 30030
    invite(x, port)
    x.down(response("180 Ringing", "INVITE", 1))
    time.sleep(240)
    accept(x)
    open_media(port)
    hang_up(x)


@row("C13", "who never answers is forgotten after 15 minutes of ringing")
def c13_ringing(x):
    port = 30040 if x.transport == "udp" else 30050
    invite(x, port)
    x.down(response("180 Ringing", "INVITE", 1))
    time.sleep(890)
    expect(calls(x), "forgotten too early")
    time.sleep(120)
    eventually(lambda: not calls(x) and not bound(port), "not forgotten")


@row("C13", "what is not even heard is forgotten after 32 seconds")
def c13_never(x):
    port = 30180 if x.transport == "udp" else 30190
    invite(x, port)
    time.sleep(30)
    expect(calls(x) and bound(port), "forgotten too early")
    time.sleep(10)
    eventually(lambda: not calls(x) and not bound(port), "not forgotten")


@row("C13", "on hold for ten minutes, then speech again")
def c13_hold(x):
    port = 30060 if x.transport == "udp" else 30070
    call(x, port)
    open_media(port)
    for cseq, direction in ((2, "inactive"), (3, "sendrecv")):
        x.up(request("INVITE", cseq, CONTACT, tag=True,
                     body=sdp(audio(port, "a=" + direction))))
        accept(x, cseq)
        time.sleep(600)
        open_media(port)
        expect(leaves_as(port) == port, "media leaves by another port")
    hang_up(x)


@row("C13", "hours with a session timer, then it runs out", "udp")
def c13_timer(x):
    port = 30080
    timer = "Session-Expires: 1800;refresher=uac"
    x.up(request("INVITE", 1, CONTACT, timer, body=sdp(audio(port))))
    x.down(response("200 OK", "INVITE", 1, FAR_CONTACT, timer, body=FAR_SDP))
    x.up(request("ACK", 1, tag=True))
    for n in range(24 if FULL else 4):
        time.sleep(900)
        x.up(request("UPDATE", 2 + n, CONTACT, timer, tag=True))
        x.down(response("200 OK", "UPDATE", 2 + n, FAR_CONTACT, timer))
    open_media(port)
    # not refreshed any more: neither speech nor other requests keep it
    talk(port, 1800, 20)
    expect(calls(x), "over too early")
    # its timer may be late by an eighth
    talk(port, 60 + 1800 // 8)
    eventually(lambda: not calls(x) and not bound(port), "it is not over")


@row("2.4", "without a session timer a silent call goes on while there is "
     "speech", "udp")
def speech(x):
    port = 30100
    idle = 7200 if FULL else 1200
    natctl("set", "call-idle-time", str(idle))
    try:
        call(x, port)
        talk(port, idle + 3600, 20)
        expect(calls(x) and bound(port), "speech has not kept it")
        time.sleep(2 * idle + 60)
        eventually(lambda: not calls(x) and not bound(port), "it is not over")
    finally:
        natctl("set", "call-idle-time", "default")


@row("2.4", "after a BYE without an answer it ends, speech or not")
def bye(x):
    port = 30120 if x.transport == "udp" else 30130
    call(x, port)
    talk(port, 60)
    x.up(request("BYE", 9, uri="sip:bob@203.0.113.9:5060", tag=True))
    talk(port, 30)
    expect(bound(port), "over too early")
    talk(port, 10)
    eventually(lambda: not calls(x) and not bound(port), "it is not over")
    # what flows goes on, and nobody else comes in
    talk(port, 20)
    shut_media(port)


@row("2.4", "an answer without ACK is no call of two hours")
def no_ack(x):
    port = 30140 if x.transport == "udp" else 30150
    x.up(request(OPTIONS, 1, call="p"))
    x.down(far_request("INVITE", 1, FAR_CONTACT, tag=False, body=FAR_SDP,
                       uri="sip:alice@example.com"))
    x.up(far_response("200 OK", "INVITE", 1, CONTACT, body=sdp(audio(port))))
    time.sleep(960)
    eventually(lambda: not calls(x) and not bound(port), "it goes on")
    x.fresh()
    x.up(request(OPTIONS, 1, call="o"))
    x.down(far_request("INVITE", 1, FAR_CONTACT, tag=False, body=FAR_SDP,
                       uri="sip:alice@example.com"))
    x.up(far_response("200 OK", "INVITE", 1, CONTACT, body=sdp(audio(port))))
    x.down(far_request("ACK", 1, uri="sip:alice@example.com"))
    time.sleep(7000 if FULL else 1800)
    expect(calls(x) and bound(port), "with an ACK it does not")
    # the phone hangs up: its side of the dialog is the called one
    ends = parties(2, "BYE", True, call="c")
    x.up(head("BYE sip:bob@203.0.113.9:5060 SIP/2.0",
              [VIA % ("B", 2), "Max-Forwards: 70", *ends], None, None))
    x.down(head("SIP/2.0 200 OK", [VIA % ("B", 2), *ends], None, None))


@row("E11", "a trunk's connection is idle for two hours", "tcp")
def e11(_):
    x = fresh("tcp", 5061)
    try:
        x.up(request(OPTIONS, 1))
        time.sleep(7200)
        call(x, 30160)
        open_media(30160)
        hang_up(x)
    finally:
        x.close()


if __name__ == "__main__":
    main()
