# SPDX-License-Identifier: GPL-2.0
"""Rows A: addresses, and who may rewrite which"""

from siprows import *


@row("A1", "addresses that are not ours stay")
def a1(x):
    text = request(
        "INVITE", 1, "Contact: <sip:alice@10.9.9.9:5060>",
        "Record-Route: <sip:10.0.0.3;lr>, <sip:192.168.1.1;lr>",
        "Route: <sip:10.0.0.2.example.com;lr>",
        body=sdp(audio(30000), address="10.9.9.9", origin="192.168.1.1"),
        via="Via: SIP/2.0/$T 10.9.9.9:5060;branch=z9hG4bK$n1")
    x.up(text)
    x.down(response("200 OK", "INVITE", 1, "Contact: <sip:bob@10.9.9.8>",
                    body=sdp(audio(30002), address="10.9.9.8",
                             origin="10.9.9.8"),
                    via="Via: SIP/2.0/$T 10.9.9.9:5060;branch=z9hG4bK$n1"))


def known_public(x):
    """What the client has learned by STUN: its own public endpoint"""
    x.up(request("OPTIONS", 1))
    return "%s:%d" % tuple(x.public)


@row("A2", "a client that writes its public address gets it back")
def a2(x):
    p = known_public(x)
    via = "Via: SIP/2.0/$T %s;branch=z9hG4bK$n2" % p
    contact = "Contact: <sip:alice@%s>" % p
    x.up(request("INVITE", 2, contact, via=via,
                 body=sdp(audio(30000), address=PUBLIC, origin=PUBLIC)))
    x.down(response("200 OK", "INVITE", 2, FAR_CONTACT, body=FAR_SDP,
                    via=via + ";received=203.0.113.1"))
    x.down(far_request("BYE", 3, uri="sip:alice@" + p))
    x.up(far_response("200 OK", "BYE", 3, contact))
    expect(not [c for c in shown("calls") if x.n in c["key"]],
           "there is a call for it")


@row("A3", "with rport the answer comes to the source port", "udp")
def a3(x):
    y = Flow("udp", 40000, address=SECOND)
    try:
        via = "Via: SIP/2.0/UDP 10.0.0.2:5060;rport;branch=z9hG4bK$n"
        y.up(request("OPTIONS", 1, via=via))
        expect(y.public[1] == 40000, "source port %d" % y.public[1])
        y.down(response("200 OK", "OPTIONS", 1, via=via.replace(
            "rport", "rport=40000;received=203.0.113.1")))
    finally:
        y.close()


@row("A4", "sent-by, received and rport agree, or none is touched")
def a4(x):
    via = "Via: SIP/2.0/$T $flow;branch=z9hG4bK$n1"
    x.up(request("OPTIONS", 1, via=via))
    port = (x.port, x.public[1])
    x.down(response("200 OK", "OPTIONS", 1,
                    via=via + ";received=$me;rport=$port"), port=port)
    plain = "Via: SIP/2.0/$T 10.0.0.2:%d;rport;branch=z9hG4bK$n2" % x.port
    x.up(request("OPTIONS", 2, via=plain))
    x.down(response("200 OK", "OPTIONS", 2, via=plain.replace(
        "rport", "received=203.0.113.1;rport=%d" % x.public[1])))
    # the same answer once more, and one of a branch that never was
    x.down(response("200 OK", "OPTIONS", 1,
                    via=via + ";received=$me;rport=$port"), port=port)
    x.down(response("200 OK", "OPTIONS", 1, via="Via: SIP/2.0/$T %s:%d;"
                    "branch=z9hG4bKother" % tuple(x.public)))


@row("A5", "every header that says where to send, and no other")
def a5(x):
    x.up(request(
        "INVITE", 1, CONTACT,
        "Record-Route: <sip:$flow;lr>, <sip:203.0.113.8;lr>",
        "Path: <sip:$flow;lr>", "Route: <sip:10.0.0.2;lr>",
        "Refer-To: <sip:carol@$flow?Replaces=1%4010.0.0.2>",
        "Referred-By: <sip:alice@10.0.0.2>", "Reply-To: <sip:a@10.0.0.2>",
        "P-Asserted-Identity: <sip:alice@10.0.0.2>",
        "Remote-Party-ID: <sip:alice@10.0.0.2>;party=calling",
        "Diversion: <sip:alice@10.0.0.2>", "History-Info: <sip:a@10.0.0.2>",
        "Alert-Info: <http://10.0.0.2/ring>", "Warning: 399 10.0.0.2 \"x\"",
        "User-Agent: 10.0.0.2", "X-Address: <sip:alice@10.0.0.2:5060>"))
    x.down(response(
        "200 OK", "INVITE", 1, FAR_CONTACT,
        "Record-Route: <sip:$flow;lr>, <sip:203.0.113.8;lr>",
        "X-Address: <sip:203.0.113.1:5060>"))
    x.down(far_request("BYE", 2, "Route: <sip:$flow;lr>",
                       "X-Address: <sip:203.0.113.1>"))


@row("A6", "no port in, no port out, unless it is another one")
def a6(x):
    y = Flow("udp", 5070, address=SECOND) if x.transport == "udp" else x
    try:
        if x.transport == "udp":
            x.up(request("OPTIONS", 1, "Contact: <sip:alice@$me>",
                         via="Via: SIP/2.0/UDP $me;branch=z9hG4bK$n"))
            expect(x.public[1] == 5060, "public port %d" % x.public[1])
            x.down(response("200 OK", "OPTIONS", 1,
                            via="Via: SIP/2.0/UDP $me;branch=z9hG4bK$n"))
        y.up(request("OPTIONS", 2, "Contact: <sip:alice@$flow>, sip:$flow"))
        y.up(request("MESSAGE", 3, "Contact: <sip:alice@10.0.0.2.>",
                     "X: <sip:10.0.0.2>"))
    finally:
        if y is not x:
            y.close()


@row("A7", "Call-ID, CSeq, tags, branch and all that quotes them stay")
def a7(x):
    x.up(request("INVITE", 1, CONTACT,
                 "Replaces: 1@10.0.0.2;to-tag=10.0.0.2;from-tag=2",
                 "Join: 1@10.0.0.2;to-tag=1;from-tag=2",
                 "Target-Dialog: 1@10.0.0.2;local-tag=1;remote-tag=2",
                 "In-Reply-To: 1@10.0.0.2, 2@10.0.0.2",
                 "RAck: 1 2 INVITE", "RSeq: 5",
                 via="Via: SIP/2.0/$T $flow;branch=z9hG4bK10.0.0.2"))
    x.up(request("REFER", 2, CONTACT, tag=True, uri="sip:bob@203.0.113.9:5060"
                 ) .replace("Content-Length", "Refer-To: <sip:c@203.0.113.9"
                            "?Replaces=9@10.0.0.2;to-tag=3;from-tag=4>\n"
                            "Content-Length"))


@row("A8", "From and To stay, and with identities on come back as they were")
def a8(x):
    ends = ["From: \"10.0.0.2\" <sip:alice@10.0.0.2:5060>;tag=1",
            "To: <sip:bob@203.0.113.9>", "Call-ID: $n@10.0.0.2"]

    def message(start, cseq, host, *more, answer=False):
        mine = [e.replace("alice@10.0.0.2", "alice@" + host) for e in ends]
        return head(start, [VIA % ("O", cseq), *mine,
                            "CSeq: %d OPTIONS" % cseq, *more], None, None)

    start = "OPTIONS sip:bob@203.0.113.9 SIP/2.0"
    x.up(message(start, 1, "10.0.0.2"))
    x.down(message("SIP/2.0 200 OK", 1, "10.0.0.2"))
    natctl("set", "identities", "on")
    try:
        x.up(message(start, 2, "$me",
                     "P-Asserted-Identity: <sip:alice@$me>, <tel:1>",
                     "Reply-To: <sip:alice@$me>",
                     "Referred-By: <sip:alice@$me>",
                     "Referred-By: <sip:alice@10.0.0.2>;cid=\"1@x\""))
        x.down(message("SIP/2.0 200 OK", 2, "$me"))
    finally:
        natctl("set", "identities", "off")


@row("A9", "credentials and signatures stay")
def a9(x):
    x.up(request("INVITE", 1, CONTACT,
                 "Authorization: Digest username=\"a\", realm=\"10.0.0.2\", "
                 "nonce=\"n\", uri=\"sip:10.0.0.2:5060\", response=\"0\"",
                 "Proxy-Authorization: Digest uri=\"sip:10.0.0.2\"",
                 "Identity: abc;info=<http://10.0.0.2/c>",
                 "Date: Sat, 13 Nov 2010 23:29:00 GMT"))
    x.down(response("401 Unauthorized", "INVITE", 1, "WWW-Authenticate: Digest"
                    " realm=\"203.0.113.1\", domain=\"sip:203.0.113.1:5060\""))


@row("A10", "display names, users and parameters are told from hosts")
def a10(x):
    x.up(request(
        "INVITE", 1, "Contact: \"<sip:q@10.0.0.2:5060>, \\\" ;\" "
        "<sip:a%40b;x=1@$flow;p=1?h=10.0.0.2>;q=1, <sip:$flow>;p=a@b,\n"
        " sip:a@$flow;q=.5",
        "Contact: <sip:10.0.0.2@example.com>, <tel:+1-10.0.0.2>",
        "Contact: <sips:a@10.0.0.2>, <http://10.0.0.2/>"))


@row("A11", "only the topmost Via")
def a11(x):
    x.up(request("OPTIONS", 1, via="Via: SIP/2.0/$T pc.example.com;"
                 "branch=z9hG4bK$na\nVia: SIP/2.0/$T 10.0.0.2:%d;"
                 "branch=z9hG4bK$nb" % x.port))
    x.up(request("OPTIONS", 2, via="Via: SIP/2.0/$T $flow;branch=z9hG4bK$nc, "
                 "SIP/2.0/$T 10.0.0.2:%d;branch=z9hG4bK$nd" % x.port))


@row("A12", "compact forms and any case")
def a12(x):
    body = sdp(audio(30010))
    x.up("INVITE sip:bob@example.com SIP/2.0\n"
         "v: SIP/2.0/$T $flow;branch=z9hG4bK$n\nMAX-FORWARDS: 70\n"
         "f: <sip:alice@10.0.0.2>;tag=a$n\nt:<sip:bob@example.com>\n"
         "I : c$n@10.0.0.2\ncSEQ: 1 INVITE\nm:<sip:alice@$flow>\n"
         "r: <sip:carol@$flow>\nb: <sip:alice@10.0.0.2>\ns: 10.0.0.2\n"
         "k: 100rel\no: x\nC: application/SDP\nL: #CL#\n\n" + body)


@row("A13", "folded lines stay folded")
def a13(x):
    x.up("INVITE sip:bob@example.com SIP/2.0\n"
         "Via:\n SIP/2.0/$T\n\t$flow\n ;branch=z9hG4bK$n\n"
         "From: <sip:alice@10.0.0.2>\n ;tag=a$n\nTo:\n <sip:bob@example.com>\n"
         "Call-ID: c$n@10.0.0.2\nCSeq: 1\n INVITE\n"
         "Contact: \"A\n B\"\n\t<sip:alice@$flow>\n ;q=1\n ,\n <sip:a@$flow>\n"
         "Subject: x\n sip:10.0.0.2\nContent-Type:\n application/sdp\n"
         "Content-Length:\n #CL#\n\n" + sdp(audio(30020)))


@row("A14", "all Contacts, and *")
def a14(x):
    x.up(request("OPTIONS", 1, "Contact: <sip:a@$flow>, <sip:b@10.0.0.9>",
                 "Contact: <sip:c@$flow>", "m: sip:d@$flow, <sip:e@$flow>"))
    x.up(reg(2, "Contact: *", expires=0))


@row("A15", "parameters of a URI stay; maddr goes with its host")
def a15(x):
    x.up(request(
        "OPTIONS", 1,
        "Contact: <sip:alice@$flow;transport=$t;lr;ob;gr=urn:uuid:10.0.0.2>;"
        "+sip.instance=\"<urn:uuid:10.0.0.2>\";reg-id=1",
        "Contact: <sip:alice@$flow;maddr=$me;ttl=1>",
        "Contact: <sip:alice@10.0.0.2:%d;maddr=10.0.0.9>" % x.port,
        "Contact: <sip:alice@example.com;maddr=10.0.0.2>"))
    via = "Via: SIP/2.0/$T $flow;maddr=$me;branch=z9hG4bK$n"
    x.up(request("OPTIONS", 2, via=via))
    x.down(response("200 OK", "OPTIONS", 2, via=via))


@row("A16", "any port for signalling")
def a16(x):
    y = Flow(x.transport, 1023, remote=443, address=SECOND)
    try:
        y.up(request("OPTIONS", 1, "Contact: <sip:alice@$flow>"))
        y.down(response("200 OK", "OPTIONS", 1))
    finally:
        y.close()


@row("A17", "neighbours find each other at their public addresses", "udp")
def a17(x):
    desk = Flow("udp", 5072, host="DESK", address=SECOND)
    try:
        registered(x, "alice")
        registered(desk, "bob")
        # alice asks bob directly: both are translated, on the way there and
        # on the way back
        text = "OPTIONS sip:bob@%s SIP/2.0\n" \
            "Via: SIP/2.0/UDP %s;rport;branch=z9hG4bK1\n" \
            "From: <sip:alice@example.com>;tag=1\n" \
            "To: <sip:bob@example.com>\nCall-ID: hairpin\n" \
            "CSeq: 1 OPTIONS\nContact: <sip:alice@%s>\n" \
            "Content-Length: 0\n\n"
        alice_out = "%s:%d" % tuple(x.public)
        bob_out = "%s:%d" % tuple(desk.public)
        x.inside.sendto(lines(text % (
            bob_out, "10.0.0.2:5060", "10.0.0.2:5060")).encode(),
            tuple(desk.public))
        if not select.select([desk.inside], [], [], WAIT)[0]:
            raise Failure("the neighbour hears nothing")
        got, source = desk.inside.recvfrom(4096)
        want = lines(text % ("192.168.100.200:5072", "10.0.0.2:5060",
                             alice_out)).encode()
        expect(got == want, difference(got, want))
        expect(source[:2] == tuple(x.public), "it comes from %s" % (source,))
        answer = "SIP/2.0 200 OK\n" \
            "Via: SIP/2.0/UDP 10.0.0.2:5060;rport=%d;received=203.0.113.1;" \
            "branch=z9hG4bK1\nFrom: <sip:alice@example.com>;tag=1\n" \
            "To: <sip:bob@example.com>;tag=2\nCall-ID: hairpin\n" \
            "CSeq: 1 OPTIONS\nContact: <sip:bob@%s>\nContent-Length: 0\n\n"
        desk.inside.sendto(lines(answer % (
            x.public[1], "192.168.100.200:5072")).encode(), source)
        if not select.select([x.inside], [], [], WAIT)[0]:
            raise Failure("the answer does not come back")
        got, source = x.inside.recvfrom(4096)
        want = lines(answer % (x.public[1], bob_out)).encode()
        expect(got == want, difference(got, want))
        expect(source[:2] == tuple(desk.public), "from %s" % (source,))
    finally:
        desk.close()


def at_door(host, user, address):
    """A phone of TCP: it has registered its port 5060, where it listens. Its
    flow, what it listens with, and its door's public endpoint"""
    x = Flow("tcp", host=host, address=address)
    contact = "Contact: <sip:%s@$door;transport=tcp>" % user
    text = reg(1, contact, user=user, expires=600)
    own = x.own + ":5060"
    x.send("phone", x.render(text, "phone", door=own))
    have = b""
    while not have.endswith(b"\r\n\r\n"):
        have += x.receive("server", 1)
    door = re.search(rb"Contact:.*@([0-9.:]+);", have).group(1).decode()
    want = x.render(text, "server", door=door)
    expect(have == want, difference(have, want))
    x.down(reg_answer("200 OK", 1, contact + ";expires=600", user=user),
           door=(own, door))
    name, _, port = door.partition(":")
    return x, Host(host).listener(5060), (name, int(port or 5060))


def leaves(x, user, door):
    x.up(reg(2, "Contact: <sip:%s@$door;transport=tcp>;expires=0" % user,
             user=user), door=(x.own + ":5060", "%s:%d" % door))
    x.down(reg_answer("200 OK", 2, user=user))


@row("A17", "and over TCP, from any port of theirs", "tcp")
def a17_tcp(_):
    alice, listens, alice_door = at_door("PHONE", "alice", SECOND)
    bob, answers, bob_door = at_door("DESK", "bob", THIRD)
    sockets = [alice, listens, bob, answers]
    try:
        # alice asks bob on a connection of her own
        call = Host("PHONE").tcp(40050)
        sockets.append(call)
        call.settimeout(WAIT)
        answers.settimeout(WAIT)
        call.connect(bob_door)
        taken, source = answers.accept()
        sockets.append(taken)
        taken.settimeout(WAIT)
        expect(source[0] == PUBLIC, "it comes from %s" % (source,))
        text = "OPTIONS sip:bob@%s SIP/2.0\n" \
            "Via: SIP/2.0/TCP %s;rport;branch=z9hG4bK1\n" \
            "From: <sip:alice@example.com>;tag=1\n" \
            "To: <sip:bob@example.com>\nCall-ID: hairpin-tcp\n" \
            "CSeq: 1 OPTIONS\nContact: <sip:alice@%s;transport=tcp>\n" \
            "Content-Length: 0\n\n"
        answer = "SIP/2.0 200 OK\n" \
            "Via: SIP/2.0/TCP 10.0.0.2:40050;rport=%d;received=203.0.113.1;" \
            "branch=z9hG4bK1\nFrom: <sip:alice@example.com>;tag=1\n" \
            "To: <sip:bob@example.com>;tag=2\nCall-ID: hairpin-tcp\n" \
            "CSeq: 1 OPTIONS\nContact: <sip:bob@%s;transport=tcp>\n" \
            "Content-Length: 0\n\n"
        at = "%s:%d"
        for sender, receiver, sent, want in (
                (call, taken, text % (at % bob_door, "10.0.0.2:40050",
                                      "10.0.0.2:5060"),
                 text % ("192.168.100.200:5060", "10.0.0.2:40050",
                         at % alice_door)),
                (taken, call, answer % (source[1], "192.168.100.200:5060"),
                 answer % (source[1], at % bob_door))):
            sender.sendall(lines(sent).encode())
            want, got = lines(want).encode(), b""
            while len(got) < len(want):
                got += receiver.recv(4096)
            expect(got == want, difference(got, want))
        # who has no door is a stranger here
        stranger = Host("DESK").tcp(40051)
        sockets.append(stranger)
        leaves(bob, "bob", bob_door)
        time.sleep(2)
        stranger.settimeout(2)
        try:
            stranger.connect(alice_door)
            raise Failure("who has no door comes in")
        except OSError:
            pass
        leaves(alice, "alice", alice_door)
    finally:
        for s in sockets:
            s.close()


def registered(x, user):
    contact = "Contact: <sip:%s@$flow>" % user
    x.up(reg(1, contact, user=user, expires=600))
    x.down(reg_answer("200 OK", 1, contact + ";expires=600", user=user))


@row("A18", "behind a second NAT the address of that is written")
def a18(x):
    natctl("set", "external-address", "192.0.2.77")
    y = Flow(x.transport, 5066, address=SECOND)
    y.public_address = "192.0.2.77"
    try:
        y.up(request("INVITE", 1, CONTACT, body=sdp(audio(30030))))
        y.down(response("200 OK", "INVITE", 1, FAR_CONTACT, body=FAR_SDP))
        y.down(far_request("BYE", 2))
        # what is not ours stays ours to leave
        y.raw("server", y.render(far_request(
            "OPTIONS", 3, uri="sip:alice@203.0.113.1:5066"), "phone"))
    finally:
        natctl("set", "external-address", "default")
        y.close()
