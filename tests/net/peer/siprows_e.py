# SPDX-License-Identifier: GPL-2.0
"""Rows E: transport"""

import random

from siprows import *


@row("E1", "a message cut anywhere", "tcp")
def e1(x):
    text = request("INVITE", 1, CONTACT, body=sdp(audio(25000)))
    whole = len(x.render(text, "phone"))
    cuts = range(1, whole) if os.environ.get("FULL") else \
        sorted(random.sample(range(1, whole), 24))
    for cut in cuts:
        data, want = x.render(text, "phone"), x.render(text, "server")
        x.send("phone", data[:cut])
        time.sleep(0.003)
        x.send("phone", data[cut:])
        got = x.receive("server", len(want))
        expect(got == want, "cut at %d: %s" % (cut, difference(got, want)))


@row("E2", "three messages and a half in a segment", "tcp")
def e2(x):
    texts = [request("INVITE", n, CONTACT, body=sdp(audio(25010)))
             for n in range(1, 5)]
    data = b"".join(x.render(t, "phone") for t in texts)
    want = b"".join(x.render(t, "server") for t in texts)
    cut = len(data) - 300
    x.send("phone", data[:cut])
    time.sleep(0.05)
    x.send("phone", data[cut:])
    got = x.receive("server", len(want))
    expect(got == want, difference(got, want))


@row("E3", "with loss and packets out of order", "tcp")
def e3(x):
    for ns, device in (("PHONE", "eth0"), ("SERVER", "eth0")):
        subprocess.run(["tc", "-n", os.environ[ns], "qdisc", "add", "dev",
                        device, "root", "netem", "delay", "2ms", "2ms",
                        "loss", "5%"], check=True)
    try:
        for cseq in range(1, 31):
            x.up(request("INVITE", cseq, CONTACT, body=sdp(audio(25020))))
            x.down(response("100 Trying", "INVITE", cseq))
    finally:
        for ns, device in (("PHONE", "eth0"), ("SERVER", "eth0")):
            subprocess.run(["tc", "-n", os.environ[ns], "qdisc", "del", "dev",
                            device, "root"], check=True)


@row("E4", "messages of full segments grow")
def e4(x):
    for more in range(700, 706) if x.transport == "udp" else range(800, 812):
        x.up(request("INVITE", 1, CONTACT, "X: " + "y" * more,
                     body=sdp(audio(25030, "a=x:" + "z" * 100))))


@row("E5", "what is not SIP passes on every SIP port")
def e5(x):
    strangers = (b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00",
                 b"GET / HTTP/1.1\r\nHost: 10.0.0.2\r\n\r\n",
                 b"\x00\x01\x00\x00\x21\x12\xa4\x42" + b"t" * 12,
                 bytes(range(256)), b"SIP/2.0\r\n", b"INVITE 10.0.0.2\r\n")
    for n, data in enumerate(strangers):
        remote = (5060, 443)[n % 2]
        y = Flow(x.transport, 26000 + n, remote=remote, address=SECOND)
        try:
            y.raw("phone", data)
            y.raw("server", data)
            # and SIP after it, on TCP, is no SIP any more
            if x.transport == "tcp":
                y.raw("phone", y.render(reg(1, "Contact: <sip:a@$flow>"),
                                        "phone"))
        finally:
            y.close()


@row("E6", "keepalives, and messages right behind them")
def e6(x):
    text = request("INVITE", 1, CONTACT, body=sdp(audio(25040)))
    x.deliver("phone", b"\r\n\r\n" + x.render(text, "phone"),
              lambda side: b"\r\n\r\n" + x.render(text, side))
    for data in (b"\r\n\r\n", b"\r\n") if x.transport == "tcp" else \
            (b"", b"\r\n", b"\r\n\r\n", b"\0\0\0\0", b"jaK", b"\0"):
        x.raw("phone", data)
        x.raw("server", data)
    x.up(request("OPTIONS", 2))


@row("E7", "STUN on the flow of SIP", "udp")
def e7(x):
    stun = b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(range(12))
    x.up(request("OPTIONS", 1))
    x.raw("phone", stun)
    x.raw("server", b"\x01\x01\x00\x0c\x21\x12\xa4\x42" + bytes(24))
    x.up(request("OPTIONS", 2))


@row("E8", "datagrams in fragments", "udp")
def e8(x):
    big = "y" * 4000
    x.up(request("INVITE", 1, CONTACT, "X: " + big,
                 body=sdp(audio(25050))))
    x.down(response("200 OK", "INVITE", 1, FAR_CONTACT, "X: " + big,
                    body=FAR_SDP))
    # one that is longer than a link only after it was translated
    for n in range(1090, 1120, 4):
        x.up(request("INVITE", 2, CONTACT, "X: " + "y" * n,
                     body=sdp(audio(25050))))


@row("E9", "outbound and alias: the connection is kept, and is the door",
     "tcp")
def e9(x):
    y = Flow("tcp", 5060, address=SECOND)
    contact = "Contact: <sip:alice@$flow;transport=tcp;ob>;reg-id=1;" \
        "+sip.instance=\"<urn:uuid:1>\""
    try:
        y.up(reg(1, contact, expires=600, user="$n"))
        y.down(reg_answer("200 OK", 1, contact + ";expires=600", user="$n"))
        doors = [b for b in shown("bindings") if b["transport"] == "tcp" and
                 y.n in b.get("key", "")]
        expect(not doors, "a door that nobody needs: %r" % doors)
        y.down(far_request("INVITE", 1, FAR_CONTACT, tag=False,
                           uri="sip:alice@$flow;transport=tcp;ob"))
        y.fresh()
        via = "Via: SIP/2.0/TCP $flow;alias;branch=z9hG4bK$n"
        y.up(request("OPTIONS", 1, via=via))
        y.down(response("200 OK", "OPTIONS", 1, via=via))
    finally:
        y.close()


@row("E10", "a source port of its own, Contact and Via 5060", "tcp")
def e10(x):
    y = Flow("tcp", 40020, address=SECOND)
    inside = "10.0.0.2:5060"
    contact = "Contact: <sip:alice@$door;transport=tcp>"
    try:
        text = request("INVITE", 1, contact, body=sdp(audio(25060)),
                       via="Via: SIP/2.0/TCP $via;branch=z9hG4bK$n")
        # which public port the door has is seen when it is there
        y.send("phone", y.render(text, "phone", door=inside, via=inside))
        eventually(lambda: door_of(inside), "no door")
        y.outside.recv(65536)
        y.fresh()
        door = inside, door_of(inside)
        via = inside, "203.0.113.1:%d" % y.public[1]
        y.up(text, door=door, via=via)
        y.down(response("200 OK", "INVITE", 1, FAR_CONTACT, body=FAR_SDP,
                        via="Via: SIP/2.0/TCP $via;branch=z9hG4bK$n"), via=via)
        y.down(far_request("BYE", 3, uri="sip:alice@$door;transport=tcp"),
               door=door)
        y.up(far_response("200 OK", "BYE", 3))
    finally:
        y.close()


def door_of(inside):
    """Where the world finds this port of TCP"""
    for b in shown("bindings"):
        if b["transport"] == "tcp" and inside == "%s:%d" % (
                b["inside-local"]["address"], b["inside-local"]["port"]):
            return "%s:%d" % (b["inside-global"]["address"],
                              b["inside-global"]["port"])
    return None


@row("E11", "conntrack's time is never made shorter", "tcp")
def e11(x):
    x.up(request("OPTIONS", 1))
    out = subprocess.run(
        ["ip", "netns", "exec", os.environ["ROUTER"], "conntrack", "-L", "-p",
         "tcp", "--dport", "5060", "--state", "ESTABLISHED"],
        check=True, capture_output=True, text=True).stdout
    seconds = [int(line.split()[2]) for line in out.split("\n")
               if "sport=%d " % x.port in line]
    expect(seconds and seconds[0] > 400000, "%s in %s" % (seconds, out))


@row("E12", "a Via of UDP in a message on TCP", "tcp")
def e12(x):
    vias = "Via: SIP/2.0/TCP $flow;branch=z9hG4bK$na\n" \
        "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK$nb"
    x.up(request("OPTIONS", 1, via=vias))
    x.down(response("200 OK", "OPTIONS", 1, via=vias))
    only = "Via: SIP/2.0/UDP $flow;branch=z9hG4bK$nc"
    x.up(request("OPTIONS", 2, via=only))
    x.down(response("200 OK", "OPTIONS", 2, via=only))


@row("E13", "SIP over WebSocket passes", "tcp")
def e13(x):
    y = Flow("tcp", 26100, remote=443, address=SECOND)
    try:
        y.raw("phone", b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n"
              b"Sec-WebSocket-Protocol: sip\r\n\r\n")
        y.raw("server", b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        y.raw("phone", b"\x82\x7e\x01\x00" + y.render(
            reg(1, "Contact: <sip:a@$flow;transport=ws>"), "phone"))
    finally:
        y.close()
    x.up(request("OPTIONS", 1, via="Via: SIP/2.0/WS 10.0.0.2:%d;"
                 "branch=z9hG4bK$n" % x.port))


@row("E14", "transport tokens in any form")
def e14(x):
    # x has white space that a comparison of "UDP " does not see
    x.up(request("OPTIONS", 1, via="Via: SIP  /  2.0 /\t$T   $flow  ; "
                 "branch = z9hG4bK$n"))
    x.down(response("200 OK", "OPTIONS", 1, via="Via: SIP  /  2.0 /\t$T   "
                    "$flow  ; branch = z9hG4bK$n"))
    for n, token in enumerate(("TLS", "SCTP", "TLS-SCTP", "UNKNOWN")):
        x.up(request("OPTIONS", 2, via="Via: SIP/2.0/%s 10.0.0.2:%d;branch="
                     "z9hG4bK$n%d" % (token, x.port, n)))


@row("E15", "offloads on and off, and no checksum; TCP as well", "udp")
def e15(x):
    def offloads(state):
        # without them a wrong checksum is a lost packet
        words = "tso gso gro tx rx".split()
        subprocess.run(
            ["ip", "netns", "exec", os.environ["ROUTER"], "ethtool", "-K",
             "wan"] + [w for o in words for w in (o, state)],
            check=False, capture_output=True)

    y = Flow("tcp", address=SECOND)
    try:
        for state in ("off", "on"):
            offloads(state)
            for cseq in range(1, 4):
                for flow in (x, y):
                    flow.up(request("INVITE", cseq, CONTACT, "X: " + "y" * 999,
                                    body=sdp(audio(25070))))
                    flow.down(response("180 Ringing", "INVITE", cseq))
    finally:
        offloads("on")
        y.close()
    x.inside.setsockopt(socket.SOL_SOCKET, 11, 1)     # SO_NO_CHECK
    try:
        x.up(request("INVITE", 9, CONTACT, body=sdp(audio(25070))))
    finally:
        x.inside.setsockopt(socket.SOL_SOCKET, 11, 0)
