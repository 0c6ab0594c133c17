# SPDX-License-Identifier: GPL-2.0
"""Rows D: registrations, dialogs and methods"""

from siprows import *

OTHER_SBC = "198.18.0.21"
THIRD_SBC = "198.18.0.22"


def knocks(x, source, port=5060, tag="k"):
    """Does a request from another host, or port, of the far side come in"""
    text = far_request("OPTIONS", 1, tag=False, call=tag,
                       uri="sip:nobody@example.com")
    data = x.render(text, "server")
    outside = Host("SERVER").udp(port, address=source)
    try:
        outside.sendto(data, tuple(x.public))
        return heard(x.inside, data, 0.5)
    finally:
        outside.close()


@row("D1", "a registered phone is reached after a long silence", "udp")
def d1(x):
    register(x, granted=7200, asked=7200)
    expect(near(left(x), [7232]), "left: %s" % left(x))
    forget_flows()
    x.down(far_request("INVITE", 1, FAR_CONTACT, tag=False, body=FAR_SDP,
                       uri="sip:alice@$flow;transport=$t"))
    x.up(far_response("486 Busy Here", "INVITE", 1))
    forget_flows()
    # what the phone sends then leaves by the same port
    x.up(request("OPTIONS", 5))
    unregister(x)
    eventually(lambda: not registrations(x), "still registered")


@row("D2", "for as long as the registrar grants")
def d2(x):
    register(x, granted=60)
    expect(near(left(x), [92]), "left: %s" % left(x))
    x.up(reg(2, CONTACT, expires=600, user="$n"))
    x.down(reg_answer("200 OK", 2, CONTACT, "Expires: 120", user="$n"))
    expect(near(left(x), [152]), "left: %s" % left(x))
    x.up(reg(3, CONTACT, expires=300, user="$n"))
    x.down(reg_answer("200 OK", 3, CONTACT, user="$n"))
    expect(near(left(x), [332]), "left: %s" % left(x))
    unregister(x)


@row("D3", "without Expires for the registrar's default")
def d3(x):
    register(x, granted=None, asked=None)
    expect(near(left(x), [3632]), "left: %s" % left(x))
    unregister(x)


@row("D4", "a refused refresh changes nothing")
def d4(x):
    register(x)
    for cseq, status in enumerate(("100 Trying", "401 Unauthorized",
                                   "423 Interval Too Brief",
                                   "503 Unavailable", "302 Moved"), 2):
        x.up(reg(cseq, CONTACT, expires=600, user="$n"))
        x.down(reg_answer(status, cseq, user="$n"))
    expect(near(left(x), [632]), "left: %s" % left(x))
    unregister(x, 10)


@row("D5", "four lines of one phone share a door")
def d5(x):
    users = ["line%d$n" % n for n in range(4)]
    for user in users:
        register(x, user=user, call_id=user,
                 contact=CONTACT.replace("alice", user))
    expect(len(registrations(x)) == 4, "%r" % registrations(x))
    if x.transport == "udp":
        doors = [b for b in shown("bindings") if b["door"] and
                  b["inside-local"]["port"] == 5060]
        expect(len(doors) == 1 and doors[0]["uses"] >= 4, "%r" % doors)
    for user in users[:-1]:
        unregister(x, user=user, call_id=user,
                   contact=CONTACT.replace("alice", user))
    if x.transport == "udp":
        forget_flows()
    x.down(far_request("OPTIONS", 7, uri="sip:line3$n@$flow;transport=$t"))
    unregister(x, user=users[3], call_id=users[3],
               contact=CONTACT.replace("alice", users[3]))


@row("D6", "the 200 lists the phone's Contact as it wrote it")
def d6(x):
    # from a port that is not the Contact's
    y = Flow(x.transport, 40010, address=SECOND)
    contact = "Contact: \"A\" <sip:alice@$door;transport=$t;x=10.0.0.2>"
    try:
        text = reg(1, contact, expires=600)
        y.send("phone", y.render(text, "phone", door="10.0.0.2"))
        got = y.receive("server", len(y.render(text, "server",
                                               door=PUBLIC)))
        if not got.endswith(b"\r\n\r\n"):
            got += y.receive("server", 6) if x.transport == "tcp" else b""
        door = re.search(rb"Contact:.*@([0-9.:]+);", got).group(1).decode()
        want = y.render(text, "server", door=door)
        expect(got == want, difference(got, want))
        y.down(reg_answer(
            "200 OK", 1, contact + ";expires=600, <sip:alice@198.51.100.1>;"
            "expires=9", "Contact: <sip:alice@203.0.113.1:9>"),
            door=("10.0.0.2", door))
    finally:
        y.close()


@row("D7", "a malformed expiry is the default, and passes")
def d7(x):
    for cseq, expires in enumerate(("\"3600\"", "soon", "99999999999"), 1):
        contact = CONTACT + ";expires=" + expires
        x.up(reg(cseq, contact, user="$n"))
        x.down(reg_answer("200 OK", cseq, contact, user="$n"))
        expect(near(left(x), [3632]), "%s: left: %s" % (expires, left(x)))
    x.up(reg(5, CONTACT, expires="never", user="$n"))
    x.down(reg_answer("200 OK", 5, CONTACT, "Expires: x", user="$n"))
    expect(near(left(x), [3632]), "left: %s" % left(x))
    unregister(x)


@row("D8", "calls from those that the registrar names, or from everybody",
     "udp")
def d8(x):
    register(x, more=("Service-Route: <sip:%s;lr>" % OTHER_SBC,
                      "Path: <sip:198.18.0.23;lr>"))
    expect(knocks(x, SERVER, 5080), "another port of the registrar")
    expect(knocks(x, OTHER_SBC, 5090), "the provider's second SBC")
    expect(knocks(x, "198.18.0.23"), "a proxy of the Path")
    expect(not knocks(x, THIRD_SBC), "a stranger gets in")
    unregister(x)
    eventually(lambda: not registrations(x), "still registered")
    natctl("set", "registrar-only", "off")
    try:
        x.fresh()
        register(x, 11)
        expect(knocks(x, THIRD_SBC, 5061), "not open for everybody")
        unregister(x, 12)
    finally:
        natctl("set", "registrar-only", "on")


@row("2.5", "registered by somebody else (To differs from From)")
def third_party(x):
    def by_desk(text):
        return text.replace("From: <sip:$n@", "From: <sip:desk@")

    x.up(by_desk(reg(1, CONTACT, user="$n", expires=600)))
    x.down(by_desk(reg_answer("200 OK", 1, CONTACT + ";expires=600",
                              user="$n")))
    expect(near(left(x), [632]), "left: %s" % left(x))
    x.down(far_request("OPTIONS", 1, uri="sip:alice@$flow;transport=$t"))
    # the desk's own registration is another one, and goes by itself
    x.up(reg(2, CONTACT, user="$n" + "x", call_id="q", expires=300))
    x.down(reg_answer("200 OK", 2, CONTACT + ";expires=300", call_id="q",
                      user="$n" + "x"))
    expect(near(left(x), [332, 632]), "left: %s" % left(x))
    unregister(x, user="$nx", call_id="q")
    eventually(lambda: near(left(x), [632]), "left: %s" % left(x))
    # a Contact of another host is his own to register, and is only passed on
    before = counted("door-other-host")
    other = "Contact: <sip:bob@192.168.100.200:5060;transport=$t>"
    x.up(reg(3, other, user="$ny", call_id="z", expires=600))
    x.down(reg_answer("200 OK", 3, other + ";expires=600", user="$ny",
                      call_id="z"))
    expect(counted("door-other-host") == before + 1, "not counted")
    expect(near(left(x), [632]), "left: %s" % left(x))
    unregister(x)


@row("D9", "REFER: blind and attended, from inside and to inside")
def d9(x):
    port = 31000 if x.transport == "udp" else 31010
    call(x, port)
    # blind, by the phone, to a third; then to itself at another user
    for cseq, target in ((2, "sip:carol@example.com"),
                         (3, "sip:carol@$flow;transport=$t")):
        x.up(request("REFER", cseq, CONTACT, "Refer-To: <%s>" % target,
                     "Referred-By: <sip:alice@10.0.0.2>", tag=True,
                     uri="sip:bob@203.0.113.9:5060"))
        x.down(response("202 Accepted", "REFER", cseq, FAR_CONTACT))
        x.down(far_request("NOTIFY", 10 + cseq, FAR_CONTACT, "Event: refer",
                           "Subscription-State: terminated;reason=noresource",
                           uri="sip:alice@$flow;transport=$t",
                           body="SIP/2.0 200 OK\n", kind="message/sipfrag"))
        x.up(far_response("200 OK", "NOTIFY", 10 + cseq))
    # attended: the target's dialog is the server's
    x.up(request("REFER", 4, CONTACT, "r: <sip:carol@203.0.113.9?"
                 "Replaces=c1%4010.0.0.2%3Bto-tag%3D1%3Bfrom-tag%3D2>",
                 tag=True, uri="sip:bob@203.0.113.9:5060"))
    # and the phone is asked: to the other end, and to its own address
    x.down(far_request("REFER", 20, FAR_CONTACT,
                       "Refer-To: <sip:carol@203.0.113.9>",
                       uri="sip:alice@$flow;transport=$t"))
    x.up(far_response("202 Accepted", "REFER", 20, CONTACT))
    x.down(far_request("REFER", 21, FAR_CONTACT,
                       "Refer-To: <sip:alice@$flow;transport=$t?"
                       "Replaces=c1%4010.0.0.2%3Bto-tag%3D1>",
                       uri="sip:alice@$flow;transport=$t"))
    open_media(port)
    # the new call with Replaces takes the same port; the old one ends, the
    # media of the new one goes on
    old = x.n
    x.down(far_request("INVITE", 22, FAR_CONTACT, "Replaces: c%s@10.0.0.2;"
                       "to-tag=a;from-tag=b" % old, tag=False, body=FAR_SDP,
                       uri="sip:alice@$flow;transport=$t", call="new"))
    x.up(far_response("200 OK", "INVITE", 22, CONTACT,
                      body=sdp(audio(port)), call="new"))
    x.down(far_request("ACK", 22, uri="sip:alice@$flow;transport=$t",
                       call="new"))
    hang_up(x, 30)
    time.sleep(1.5)
    open_media(port)
    x.down(far_request("BYE", 23, uri="sip:alice@$flow;transport=$t",
                       call="new"))
    x.up(far_response("200 OK", "BYE", 23, call="new"))


@row("D10", "subscriptions: NOTIFY comes in while they last")
def d10(x):
    event = "Event: dialog"
    x.up(request("SUBSCRIBE", 1, CONTACT, event, "Expires: 300"))
    x.down(response("200 OK", "SUBSCRIBE", 1, FAR_CONTACT, "Expires: 200"))
    rows = [c for c in shown("calls") if x.n in c["key"]]
    expect(rows and rows[0]["state"] == "subscribed" and
           near([rows[0]["expires"]], [232]), "%r" % rows)
    notify = far_request("NOTIFY", 1, FAR_CONTACT, event,
                         "Subscription-State: active;expires=200",
                         uri="sip:alice@$flow;transport=$t",
                         body="<a>10.0.0.2</a>\n",
                         kind="application/dialog-info+xml")
    x.down(notify)
    x.up(far_response("200 OK", "NOTIFY", 1, CONTACT))
    if x.transport == "udp":
        # from another port of the server, and after a long silence
        forget_flows()
        expect(knocks(x, SERVER, 5099), "NOTIFY from another port")
        expect(not knocks(x, THIRD_SBC, 5062), "a stranger gets in")
        x.down(notify)
    x.up(request("SUBSCRIBE", 2, CONTACT, event, "Expires: 0", tag=True))
    x.down(response("200 OK", "SUBSCRIBE", 2, FAR_CONTACT, "Expires: 0"))
    x.down(far_request("NOTIFY", 2, event, "Subscription-State: terminated",
                       uri="sip:alice@$flow;transport=$t"))
    # the phone as the one that is asked
    x.fresh()
    x.down(far_request("SUBSCRIBE", 1, FAR_CONTACT, event, tag=False,
                       uri="sip:alice@example.com"))
    x.up(far_response("200 OK", "SUBSCRIBE", 1, CONTACT, "Expires: 60"))
    x.up(request("NOTIFY", 1, CONTACT, event, "Subscription-State: active",
                 tag=True))
    x.up(request("PUBLISH", 3, event, body="<a/>\n",
                 kind="application/pidf+xml", call="p"))


@row("D11", "every method passes, its headers translated")
def d11(x):
    for cseq, method in enumerate((
            "PRACK", "UPDATE", "INFO", "MESSAGE", "PUBLISH", "NEWMETHOD",
            "!interesting-Method0123456789_*+`.%indeed'~"), 1):
        x.up(request(method, cseq, CONTACT, call=str(cseq)))
        x.down(response("200 OK", method, cseq, FAR_CONTACT, call=str(cseq)))
        x.down(far_request(method, cseq, FAR_CONTACT, call="f%d" % cseq,
                           uri="sip:alice@$flow;transport=$t"))
        x.up(far_response("501 Not Implemented", method, cseq, CONTACT,
                          call="f%d" % cseq))


@row("D12", "100 calls on one flow, each by itself")
def d12(x):
    n = 100 if os.environ.get("FULL") else 18
    base = 22000 if x.transport == "udp" else 23000
    for i in range(n):
        x.up(request("INVITE", 1, CONTACT, call="m%d" % i,
                     body=sdp(audio(base + 4 * i))))
    for i in range(n):
        if i % 3 == 2:
            x.down(response("486 Busy Here", "INVITE", 1, call="m%d" % i))
        else:
            x.down(response("200 OK", "INVITE", 1, FAR_CONTACT, body=FAR_SDP,
                            call="m%d" % i))
            x.up(request("ACK", 1, tag=True, call="m%d" % i))
    for i in range(0, n, 3):
        x.up(request("BYE", 2, tag=True, call="m%d" % i))
        x.down(response("200 OK", "BYE", 2, call="m%d" % i))
    up = [i for i in range(n) if i % 3 == 1]
    eventually(lambda: len([b for b in shown("bindings") if base <=
                            b["inside-local"]["port"] < base + 4 * n]) ==
               2 * len(up), "not just the media of those that go on")
    for i in up[::5]:
        open_media(base + 4 * i)
    for i in up:
        x.up(request("BYE", 3, tag=True, call="m%d" % i))
        x.down(response("200 OK", "BYE", 3, call="m%d" % i))


@row("D13", "with no port left a message passes as it is, and is counted")
def d13(x):
    port = 24000 if x.transport == "udp" else 24010
    natctl("set", "bindings-max", "0")
    try:
        before = counted("limit-bindings")
        x.raw("phone", x.render(request(
            "INVITE", 1, CONTACT, body=sdp(audio(port))), "phone"))
        expect(counted("limit-bindings") > before, "not counted")
    finally:
        natctl("set", "bindings-max", "default")
    x.up(request("INVITE", 2, CONTACT, body=sdp(audio(port))))


@row("D14", "long and unknown headers pass")
def d14(x):
    x.up(request("INVITE", 1, CONTACT, "X-Long: " + "10.0.0.2 " * 1000,
                 "User-Agent: " + "x" * 600, "Warning: 399 h \"y\"",
                 "X-1: 1", "X-2: 2"))


@row("D15", "OPTIONS as a sign of life passes both ways, and binds nothing")
def d15(x):
    for cseq in range(1, 11):
        x.up(request("OPTIONS", cseq, call="o%d" % cseq))
        x.down(response("200 OK", "OPTIONS", cseq, call="o%d" % cseq))
        x.down(far_request("OPTIONS", cseq, tag=False, call="q%d" % cseq,
                           uri="sip:pbx@example.com"))
        x.up(far_response("200 OK", "OPTIONS", cseq, CONTACT,
                          call="q%d" % cseq))
    expect(not [c for c in shown("calls") if x.n in c["key"]], "a call")
