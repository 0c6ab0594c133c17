# SPDX-License-Identifier: GPL-2.0
"""Rows C: session descriptions and media"""

from siprows import *


def offer(x, port, *media, **words):
    """An INVITE whose SDP is known by its port; it stays unanswered"""
    x.fresh()
    x.up(request("INVITE", 1, CONTACT, body=sdp(*media, **words)))


@row("C1", "a client that writes its public address in SDP")
def c1(x):
    offer(x, 30000, audio(30000, "a=rtcp:30001 IN IP4 203.0.113.1"),
          address=PUBLIC, origin=PUBLIC)
    offer(x, 30000, audio(30000, "c=IN IP4 203.0.113.1",
                          "a=rtcp:30009"), address="10.9.9.9", origin=PUBLIC)


@row("C2", "media with ICE candidates stays as it is")
def c2(x):
    ice = ["a=ice-ufrag:x", "a=ice-pwd:y",
           "a=candidate:1 1 UDP 2130706431 10.0.0.2 30010 typ host",
           "a=candidate:2 1 UDP 1694498815 203.0.113.1 30010 typ srflx raddr "
           "10.0.0.2 rport 30010", "a=rtcp:30011 IN IP4 10.0.0.2"]
    offer(x, 30010, audio(30010, *ice), address=OWN)
    offer(x, 30010, audio(30010, ice[2]), address=OWN)
    # beside media without: each has the address it needs
    offer(x, 30012, audio(30010, *ice),
          "m=video 30012 RTP/AVP 31\nc=IN IP4 $me", address=OWN)
    # trickled: nothing is known yet
    offer(x, 9, audio(9, "a=ice-options:trickle"), address="0.0.0.0")


@row("C3", "o= is the same through a session, whatever c= says")
def c3(x):
    call(x, 30020)
    for cseq, address in ((2, "0.0.0.0"), (3, "$me")):
        x.up(request("INVITE", cseq, CONTACT, tag=True, body=sdp(
            audio(30020), address=address, version=cseq)))
        accept(x, cseq)
    hang_up(x)


@row("C4", "each c= from its own value")
def c4(x):
    offer(x, 30030, audio(30030, "c=IN IP4 $me"),
          "m=video 30040 RTP/AVP 31\nc=IN IP4 10.0.0.9",
          "m=text 30050 RTP/AVP 98", address="10.0.0.8")
    offer(x, 30030, audio(30030, "c=IN IP4 10.0.0.9"),
          "m=video 30040 RTP/AVP 31")


@row("C5", "hold in both manners keeps the media")
def c5(x):
    port = 30060 if x.transport == "udp" else 30064
    call(x, port)
    open_media(port)
    holds = (sdp(audio(port), address="0.0.0.0"),
             sdp(audio(port, "a=sendonly")), sdp(audio(port, "a=inactive")))
    for cseq, body in enumerate(holds, 2):
        x.up(request("INVITE", cseq, CONTACT, tag=True, body=body))
        accept(x, cseq)
        open_media(port)
    # longer than what a newer offer no longer has is kept (1 s here)
    time.sleep(1.2)
    open_media(port)
    hang_up(x)


@row("C6", "a rejected media keeps port 0, and its ports go with the answer")
def c6(x):
    port = 30070 if x.transport == "udp" else 30080
    video = "m=video %d RTP/AVP 31" % (port + 4)
    x.up(request("INVITE", 1, CONTACT, body=sdp(audio(port), video)))
    accept(x)
    open_media(port + 4)
    x.up(request("INVITE", 2, CONTACT, tag=True, body=sdp(
        audio(port), "m=video 0 RTP/AVP 31")))
    open_media(port + 4)
    accept(x, 2)
    eventually(lambda: not [b for b in shown("bindings") if
                            b["inside-local"]["port"] == port + 4],
               "video is still bound")
    open_media(port)
    x.up(request("INVITE", 3, CONTACT, tag=True,
                 body=sdp(audio(port), video)))
    accept(x, 3)
    open_media(port + 4)
    hang_up(x)


@row("C7", "RTCP where it says, parity and pairs kept")
def c7(x):
    base = 30100 if x.transport == "udp" else 30150
    offer(x, base, audio(base, "a=rtcp:%d IN IP4 $me" % (base + 7)))
    accept(x)
    open_media(base)
    open_media(base + 7)
    hang_up(x)
    offer(x, base, audio(base + 11))
    accept(x)
    open_media(base + 11)
    open_media(base + 12)
    hang_up(x)
    offer(x, base, audio(base + 20, "a=rtcp:%d" % (base + 20),
                         "a=rtcp-mux"))
    offer(x, base, audio("%d/2" % (base + 24)))
    accept(x)
    open_media(base + 27)
    hang_up(x)
    # where the same port is taken it moves, and its pair with it
    taken = Host("ROUTER").udp(base + 30, address=PUBLIC)
    try:
        x.fresh()
        text = request("INVITE", 1, CONTACT, body=sdp(
            audio("$rtp", "a=rtcp:$rtcp")))
        x.send("phone", x.render(text, "phone", rtp=base + 30,
                                 rtcp=base + 31))
        got = x.receive("server", len(x.render(
            text, "server", rtp=base + 30, rtcp=base + 31)))
        rtp = int(re.search(rb"m=audio (\d+)", got).group(1))
        want = x.render(text, "server", rtp=rtp, rtcp=rtp + 1)
        expect(got == want, difference(got, want))
        expect(rtp % 2 == 0 and rtp != base + 30, "port %d" % rtp)
        accept(x)
        open_media(base + 30, rtp)
        open_media(base + 31, rtp + 1)
        hang_up(x)
    finally:
        taken.close()


@row("C8", "any media, and eight of them")
def c8(x):
    base = 30200 if x.transport == "udp" else 30250
    offer(x, base, audio(base), "m=video %d RTP/AVPF 31" % (base + 2),
          "m=text %d RTP/AVP 98" % (base + 4),
          "m=application %d UDP/BFCP *" % (base + 6),
          "m=image %d udptl t38" % (base + 7),
          "m=audio %d RTP/SAVP 0" % (base + 8),
          "m=audio %d UDP/TLS/RTP/SAVPF 0" % (base + 10),
          "m=x-new %d RTP/AVP 0" % (base + 12))
    accept(x)
    for n in (0, 2, 3, 5, 6, 7, 9, 11, 12):
        open_media(base + n)
    hang_up(x)
    # an own address for what is translated, where TCP needs the session's
    offer(x, base, "m=message 2855 TCP/MSRP *\n"
          "a=path:msrp://10.0.0.2:2855/s;tcp",
          audio(base, "c=IN IP4 $me"), address=OWN)


@row("C9", "fax: added by re-INVITE, taken back where it is refused")
def c9(x):
    port = 30300 if x.transport == "udp" else 30310
    call(x, port)
    fax = "m=image %d udptl t38" % (port + 4)
    x.up(request("INVITE", 2, CONTACT, tag=True, body=sdp(fax)))
    shut_media(port + 4)
    refuse(x, "488 Not Acceptable Here", 2)
    open_media(port)
    eventually(lambda: not [b for b in shown("bindings") if
                            b["inside-local"]["port"] == port + 4],
               "the fax port is still bound")
    x.up(request("INVITE", 3, CONTACT, tag=True, body=sdp(fax)))
    open_media(port)
    accept(x, 3)
    open_media(port + 4)
    x.up(request("INVITE", 4, CONTACT, tag=True, body=sdp(audio(port))))
    accept(x, 4)
    open_media(port)
    hang_up(x)


def hears(port, far, source_port):
    """Media of somebody who has not been heard before"""
    return comes_in(port, port, far, source_port=source_port, wait=0.3)


PORTS = iter(range(42000, 60000))


def new_port():
    """One of the far side that has sent nothing yet"""
    return next(PORTS)


@row("C10", "early media of two branches, answered by the second")
def c10(x):
    port = 30320 if x.transport == "udp" else 30330
    x.up(request("INVITE", 1, CONTACT, body=sdp(audio(port))))
    shut_media(port)
    for tag, far in (("b1", SERVER), ("b2", SECOND)):
        text = response("183 Session Progress", "INVITE", 1, FAR_CONTACT,
                        body=FAR_SDP.replace(SERVER, far))
        x.down(text.replace(";tag=b$n", ";tag=" + tag))
        expect(comes_in(port, port, far), "no early media of " + tag)
    x.down(response("200 OK", "INVITE", 1, FAR_CONTACT, body=FAR_SDP.replace(
        SERVER, SECOND)).replace(";tag=b$n", ";tag=b2"))
    x.up(request("ACK", 1, uri="sip:bob@203.0.113.9:5060", tag=True).replace(
        ";tag=b$n", ";tag=b2"))
    expect(comes_in(port, port, SECOND), "no media of the second branch")
    x.up(request("BYE", 9, uri="sip:bob@203.0.113.9:5060", tag=True).replace(
        ";tag=b$n", ";tag=b2"))
    x.down(response("200 OK", "BYE", 9).replace(";tag=b$n", ";tag=b2"))
    # where hosts are named, the branch that lost is heard no more
    natctl("set", "media-named-only", "on")
    try:
        x.fresh()
        x.up(request("INVITE", 1, CONTACT, body=sdp(audio(port + 4))))
        for tag, far in (("b1", THIRD), ("b2", SECOND)):
            text = response("183 Session Progress", "INVITE", 1, FAR_CONTACT,
                            body=FAR_SDP.replace(SERVER, far))
            x.down(text.replace(";tag=b$n", ";tag=" + tag))
            expect(hears(port + 4, far, new_port()), "early media of " + tag)
        x.down(response("200 OK", "INVITE", 1, FAR_CONTACT).replace(
            ";tag=b$n", ";tag=b2"))
        eventually(lambda: not hears(port + 4, THIRD, new_port()),
                   "the branch that lost is heard")
        expect(hears(port + 4, SECOND, new_port()),
               "the branch that answered is not heard")
        # the other answers as well, and is left: the first goes on
        x.down(response("200 OK", "INVITE", 1, FAR_CONTACT,
                        body=FAR_SDP.replace(SERVER, THIRD)).replace(
                            ";tag=b$n", ";tag=b1"))
        expect(hears(port + 4, THIRD, new_port()), "nor who answers as well")
        for cseq, tag in ((3, "b1"), (4, "b2")):
            x.up(request("BYE", cseq, uri="sip:bob@203.0.113.9:5060",
                         tag=True).replace(";tag=b$n", ";tag=" + tag))
            x.down(response("200 OK", "BYE", cseq).replace(
                ";tag=b$n", ";tag=" + tag))
            time.sleep(1.5)
            if tag == "b1":
                expect(hears(port + 4, SECOND, new_port()),
                       "BYE to one branch has ended the other")
        expect(not hears(port + 4, SECOND, new_port()), "BYE has ended none")
    finally:
        natctl("set", "media-named-only", "off")


@row("C11", "offers that come late: 2xx and ACK, 1xx and PRACK, UPDATE")
def c11(x):
    port = 30340 if x.transport == "udp" else 30380
    # the phone calls without an offer, and answers in ACK
    x.up(request("INVITE", 1, CONTACT))
    x.down(response("200 OK", "INVITE", 1, FAR_CONTACT, body=FAR_SDP))
    x.up(request("ACK", 1, tag=True, body=sdp(audio(port))))
    open_media(port)
    hang_up(x)
    # it is called without an offer, and offers in 2xx
    x.fresh()
    x.up(reg(1, CONTACT, expires=600))
    x.down(reg_answer("200 OK", 1, CONTACT + ";expires=600"))
    x.down(far_request("INVITE", 1, FAR_CONTACT, tag=False,
                       uri="sip:alice@$flow;transport=$t"))
    x.up(far_response("200 OK", "INVITE", 1, CONTACT,
                      body=sdp(audio(port + 4))))
    x.down(far_request("ACK", 1, body=FAR_SDP,
                       uri="sip:alice@$flow;transport=$t"))
    open_media(port + 4)
    x.down(far_request("BYE", 2, uri="sip:alice@$flow;transport=$t"))
    x.up(far_response("200 OK", "BYE", 2))
    # 100rel: the offer in 183, the answer in PRACK, another in UPDATE
    x.fresh()
    x.up(request("INVITE", 1, CONTACT, "Require: 100rel"))
    x.down(response("183 Session Progress", "INVITE", 1, FAR_CONTACT,
                    "RSeq: 1", "Require: 100rel", body=FAR_SDP))
    x.up(request("PRACK", 2, "RAck: 1 1 INVITE", tag=True,
                 body=sdp(audio(port + 8))))
    x.down(response("200 OK", "PRACK", 2))
    open_media(port + 8)
    x.up(request("UPDATE", 3, CONTACT, tag=True,
                 body=sdp(audio(port + 8), "m=video %d RTP/AVP 31" % (
                     port + 12))))
    x.down(response("200 OK", "UPDATE", 3, FAR_CONTACT, body=FAR_SDP))
    open_media(port + 12)
    x.down(response("200 OK", "INVITE", 1, FAR_CONTACT))
    x.up(request("ACK", 1, tag=True))
    open_media(port + 8)
    hang_up(x)


@row("C12", "a refused re-INVITE or UPDATE leaves what runs")
def c12(x):
    port = 30420 if x.transport == "udp" else 30430
    call(x, port)
    for cseq, status in ((2, "491 Request Pending"), (3, "500 Error")):
        x.up(request("INVITE", cseq, CONTACT, tag=True,
                     body=sdp(audio(port + 4))))
        refuse(x, status, cseq)
        open_media(port)
    x.up(request("UPDATE", 4, CONTACT, tag=True, body=sdp(audio(port + 4))))
    x.down(response("488 Not Acceptable Here", "UPDATE", 4))
    open_media(port)
    expect(not [b for b in shown("bindings") if
                b["inside-local"]["port"] == port + 4], "still bound")
    hang_up(x)


@row("C13", "media lives as long as the call, not as long as packets flow")
def c13(x):
    port = 30440 if x.transport == "udp" else 30450
    natctl("set", "call-setup-time", "900")
    try:
        x.up(request("INVITE", 1, CONTACT, body=sdp(audio(port))))
        x.down(response("180 Ringing", "INVITE", 1))
        left = [c["expires"] for c in shown("calls") if x.n in c["key"]]
        expect(left and left[0] > 840, "a call that rings ends in %s" % left)
    finally:
        natctl("set", "call-setup-time", "10")
    accept(x)
    left = [c["expires"] for c in shown("calls") if x.n in c["key"]]
    expect(left and left[0] > 7000, "an answered call ends in %s" % left)
    open_media(port)
    forget_flows()
    open_media(port)
    if x.transport == "tcp":
        hang_up(x)
        return
    # nor is its signalling lost
    x.down(far_request("BYE", 3))
    x.up(far_response("200 OK", "BYE", 3))


@row("C14", "media from another host than signalling, on both sides")
def c14(x):
    port = 30460 if x.transport == "udp" else 30470
    x.up(request("INVITE", 1, CONTACT, body=sdp(audio(port))))
    accept(x, body=FAR_SDP.replace(SERVER, SECOND))
    expect(comes_in(port, port, SECOND), "media of another host")
    # hold in the manner of RFC 2543, of the far side and of the phone: there
    # is no media host, and the one there was comes back
    nobody = FAR_SDP.replace("c=IN IP4 203.0.113.9", "c=IN IP4 0.0.0.0")
    x.down(far_request("INVITE", 2, FAR_CONTACT, body=nobody,
                       uri="sip:alice@$flow;transport=$t"))
    x.up(far_response("200 OK", "INVITE", 2, CONTACT,
                      body=sdp(audio(port, "a=recvonly"))))
    x.down(far_request("ACK", 2, uri="sip:alice@$flow;transport=$t"))
    expect(comes_in(port, port, SECOND, 40010), "held by the far side")
    x.up(request("INVITE", 3, CONTACT, tag=True,
                 body=sdp(audio(port), address="0.0.0.0")))
    accept(x, 3, body=nobody)
    expect(comes_in(port, port, SECOND, 40020), "held by both")
    x.up(request("INVITE", 4, CONTACT, tag=True, body=sdp(audio(port))))
    accept(x, 4, body=FAR_SDP.replace(SERVER, SECOND))
    expect(comes_in(port, port, SECOND, 40030), "media after the hold")
    expect(leaves_as(port, 40032, SECOND) == port, "it leaves otherwise")
    hang_up(x)
    # an inside media server, where the administrator names it
    x.fresh()
    desk = "192.168.100.200"
    text = sdp(audio(port + 4), address="$media")
    x.up(request("INVITE", 1, CONTACT, body=text), media=(desk, desk))
    natctl("access-list", "add", "media", "permit", "host", desk)
    natctl("set", "media-from", "list", "media")
    try:
        x.fresh()
        x.up(request("INVITE", 1, CONTACT, body=text), media=(desk, PUBLIC))
        accept(x)
        expect(comes_in(port + 4, port + 4, host="DESK"),
               "media does not reach the media server")
        hang_up(x)
    finally:
        natctl("set", "media-from", "own")
        natctl("access-list", "delete", "media")




@row("5.9", "where wanted, media comes only from hosts that the far side names")
def only_named(x):
    port = 30800 if x.transport == "udp" else 30830
    # what is the default
    x.up(request("INVITE", 1, CONTACT, body=sdp(audio(port))))
    accept(x)
    expect(hears(port, STRANGER, 41000), "by default not from anybody")
    hang_up(x)
    natctl("set", "media-named-only", "on")
    try:
        # the host calls: nobody before an answer, then who is named in it
        x.fresh()
        x.up(request("INVITE", 1, CONTACT, body=sdp(audio(port + 4))))
        expect(not hears(port + 4, SECOND, 41002), "before an answer")
        x.down(response("183 Session Progress", "INVITE", 1, FAR_CONTACT,
                        body=FAR_SDP.replace(SERVER, SECOND)))
        expect(hears(port + 4, SECOND, 41004), "early media is not heard")
        expect(hears(port + 5, SECOND, 41006), "nor its RTCP")
        expect(not hears(port + 4, THIRD, 41008), "nobody has named it")
        accept(x, body=FAR_SDP.replace(SERVER, THIRD))
        expect(hears(port + 4, THIRD, 41010), "who answers is not heard")
        expect(hears(port + 4, SERVER, 41012), "nor who signals")
        expect(not hears(port + 4, STRANGER, 41014), "a stranger is heard")
        # media moves, and the new port knows those who were named
        x.up(request("INVITE", 2, CONTACT, tag=True,
                     body=sdp(audio(port + 8))))
        accept(x, 2, body=FAR_SDP.replace(SERVER, FOURTH))
        expect(hears(port + 8, FOURTH, 41016), "who answers is not heard")
        # those who were named before may send for the linger time
        eventually(lambda: not hears(port + 8, THIRD, new_port()),
                   "who was named before is still heard")
        expect(not hears(port + 8, STRANGER, 41018), "a stranger is heard")
        # on hold no host is named, and none is forgotten
        x.down(far_request("INVITE", 3, FAR_CONTACT,
                           body=FAR_SDP.replace(SERVER, "0.0.0.0")))
        x.up(far_response("200 OK", "INVITE", 3, CONTACT,
                          body=sdp(audio(port + 8))))
        x.down(far_request("ACK", 3))
        expect(hears(port + 8, FOURTH, 41020), "hold has shut it")
        expect(not hears(port + 8, STRANGER, 41022), "hold has opened it")
        hang_up(x)
        # the host is called: who was named in the offer
        x.fresh()
        x.up(reg(1, CONTACT, expires=600))
        x.down(reg_answer("200 OK", 1, CONTACT + ";expires=600"))
        x.down(far_request("INVITE", 1, FAR_CONTACT, tag=False,
                           uri="sip:alice@$flow;transport=$t",
                           body=FAR_SDP.replace(SERVER, SECOND)))
        x.up(far_response("200 OK", "INVITE", 1, CONTACT,
                          body=sdp(audio(port + 12))))
        expect(hears(port + 12, SECOND, 41024), "the caller is not heard")
        expect(not hears(port + 12, STRANGER, 41026), "a stranger is heard")
        x.down(far_request("ACK", 1, uri="sip:alice@$flow;transport=$t"))
        x.down(far_request("BYE", 2, uri="sip:alice@$flow;transport=$t"))
        x.up(far_response("200 OK", "BYE", 2))
    finally:
        natctl("set", "media-named-only", "off")


@row("C15", "media leaves from the port that was advertised")
def c15(x):
    port = 30480 if x.transport == "udp" else 30490
    taken = Host("ROUTER").udp(port, address=PUBLIC)
    try:
        text = request("INVITE", 1, CONTACT, body=sdp(audio("$rtp")))
        x.send("phone", x.render(text, "phone", rtp=port))
        got = x.receive("server", len(x.render(text, "server", rtp=port)))
        rtp = int(re.search(rb"m=audio (\d+)", got).group(1))
        accept(x)
        for address in (SERVER, SECOND):
            for there in (40000, 40010):
                out = leaves_as(port, there, address)
                expect(out == rtp, "it leaves as %d, not %d" % (out, rtp))
        hang_up(x)
    finally:
        taken.close()


@row("C16", "only the family that is translated")
def c16(x):
    port = 30500
    offer(x, port, audio(port, "a=altc:1 IP6 2001:db8::1 30500",
                         "a=altc:2 IP4 $me 30500",
                         "a=altc:3 IP4 10.0.0.9 30500"))
    offer(x, port, audio(port, "c=IN IP6 2001:db8::1"),
          "m=video 30510 RTP/AVP 31")
    x.fresh()
    x.up(request("INVITE", 1, CONTACT, body=sdp(
        audio(port), origin="$me").replace("c=IN IP4 $me",
                                           "c=IN IP6 2001:db8::1")))


@row("C17", "192.0.0.2 is an inside address as any other")
def c17(x):
    y = Flow(x.transport, 5067, address=SECOND, source="192.0.0.2")
    try:
        y.up(request("INVITE", 1, CONTACT, body=sdp(
            audio(30520), "b=AS:64")))
    finally:
        y.close()


@row("C18", "names, and lines that are missing")
def c18(x):
    x.up(request("INVITE", 1, CONTACT, body="v=0\n"
                 "o=- 1 1 IN IP4 phone.local\ns=-\nc=IN IP4 $me\nt=0 0\n"
                 "m=audio 30530 RTP/AVP 0\n"))
    for body in ("v=0\no=- 1 1 IN IP4 $me\ns=-\nt=0 0\n"
                 "m=audio 30530 RTP/AVP 0\n",
                 "v=0\ns=-\nc=IN IP4 phone.local\nt=0 0\n"
                 "m=audio 30530 RTP/AVP 0\n",
                 "v=0\ns=-\nt=0 0\nm=audio 30530 RTP/AVP 0\nc=IN IP4 $me\n"):
        x.fresh()
        x.up(request("INVITE", 1, CONTACT, body=body))


@row("C19", "MSRP, media on TCP, and attributes of others")
def c19(x):
    offer(x, 9, "m=message 2855 TCP/MSRP *",
          "a=path:msrp://10.0.0.2:2855/s1;tcp", "a=setup:active",
          address=OWN, origin="$me")
    offer(x, 9, "m=audio 9 TCP/RTP/AVP 0", "a=setup:active",
          "a=connection:new", address=OWN, origin="$me")
    offer(x, 30540, audio(30540, "a=setup:actpass", "a=crypto:1 x inline:y",
                          "a=fingerprint:sha-1 10:00:00:02",
                          "a=alt:1 1 : u p $me 30540",
                          "a=alt:2 2 : u p 10.0.0.9 30540", "a=X-nat:1",
                          "a=nortpproxy:yes"))


@row("C20", "a media port below 1024 stays, and the message passes")
def c20(x):
    before = counted("door-port-denied")
    offer(x, 900, audio(900), address=OWN, origin="$me")
    expect(counted("door-port-denied") == before + 1, "not counted")
