#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Messages that are hard to read, after the cases of RFC 4475 and by its names.

torture.py udp | tcp

None holds the phone's own address or the public one. So each passes, in both
directions, byte for byte, whatever the router makes of it.
"""

import sys

from exchange import Failure, Flow, Server, run
from netns import Host

SDP = ("v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\n"
       "c=IN IP4 192.0.2.4\r\nt=0 0\r\nm=audio 49217 RTP/AVP 0 12\r\n"
       "m=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n")


def request(name, method="OPTIONS", uri="sip:user@example.com", body="",
            length=None, version="SIP/2.0", start=None, **headers):
    """A message where nothing is wrong but what the case says. A header whose
    value is None is left out; X__Y becomes X-Y."""
    fields = {
        "To": "sip:user@example.com",
        "From": "<sip:caller@example.net>;tag=323",
        "Max-Forwards": "70",
        "Call-ID": name + ".asdjkhf20394@example.net",
        "CSeq": "60 " + method,
        "Via": "SIP/2.0/UDP host5.example.net;branch=z9hG4bKkdjuw" + name,
        "Contact": "<sip:caller@host5.example.net>"}
    if body:
        fields["Content-Type"] = "application/sdp"
    fields.update({k.replace("__", "-"): v for k, v in headers.items()})
    fields.setdefault("Content-Length", str(
        len(body.encode()) if length is None else length))
    lines = [start or "%s %s %s" % (method, uri, version)]
    lines += ["%s: %s" % (k, v) for k, v in fields.items() if v is not None]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("latin-1")


def response(name, start, **headers):
    return request(name, start=start, **headers)


def cases():
    """(name, message)"""
    yield "wsinv", (
        "INVITE sip:vivekg@chair.example.com;unknownparam SIP/2.0\r\n"
        "TO :\r\n sip:vivekg@chair.example.com ;   tag    = 1918181833n\r\n"
        "from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n"
        "  ;\r\n  tag = 98asjd8\r\nMaX-fOrWaRdS: 0068\r\n"
        "Call-ID: wsinv.1@192.0.2.1\r\nContent-Length   : %d\r\n"
        "cseq: 0009\r\n  INVITE\r\nVia  : SIP  /   2.0\r\n /UDP\r\n"
        "    192.0.2.2;branch=390skdjuw\r\ns :\r\n"
        "NewFangledHeader:   newfangled value\r\n continued value\r\n"
        "UnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"
        "Content-Type: application/sdp\r\n"
        "Route:\r\n <sip:services.example.com;lr;unknown=value;no-value>\r\n"
        "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n"
        "  branch  =   z9hG4bK9ikj8  ,\r\n SIP  /    2.0   / UDP  "
        "192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n"
        "m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n"
        "      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\n%s" % (
            len(SDP), SDP)).encode()
    yield "intmeth", request(
        "intmeth", "!interesting-Method0123456789_*+`.%indeed'~",
        "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,"
        "weird!*pas$wo~d_too.(doesn't-it)@example.com",
        To="\"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f\" <sip:a@example.com>",
        From="token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;tag=a")
    yield "esc01", request(
        "esc01", "INVITE", "sip:sips%3Auser%40example.com@example.net",
        SDP, To="sip:%75se%72@example.com",
        Contact="<sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue>")
    yield "escnull", request(
        "escnull", "REGISTER", "sip:example.com",
        Contact="<sip:%00@host5.example.com>, <sip:%00%00@host5.example.com>")
    yield "esc02", request("esc02", "RE%47IST%45R", "sip:registrar.example.com",
                           Contact="<sip:alias1@host1.example.com>")
    yield "lwsdisp", request(
        "lwsdisp", From="caller<sip:caller@example.com>;tag=323")
    long = "longvalue" * 40
    yield "longreq", request(
        "longreq", "INVITE", "sip:user@example.com", SDP,
        To="\"I have a user name of %s\" <sip:user@example.com:6000;"
        "unknownparam1=%s>" % (long, long),
        Via="SIP/2.0/TCP sip33.example.com\r\n" + "".join(
            "v: SIP/2.0/TCP sip%d.example.com;branch=z9hG4bK%s\r\n" % (n, long)
            for n in range(8)) + "Via: SIP/2.0/UDP 192.0.2.9",
        Unknown__Long=long * 5,
        Contact="<sip:amazinglylongcallername%s@host5.example.net>" % long)
    one = request("dblreq", "REGISTER", "sip:example.com")
    yield "dblreq", one + request("dblreq", "INVITE", body=SDP)
    yield "semiuri", request("semiuri", uri="sip:user;par=u%40example.net"
                             "@example.com")
    yield "transports", request(
        "transports", Via="\r\nVia: ".join(
            "SIP/2.0/%s t%d.example.com;branch=z9hG4bK%d" % (t, n, n)
            for n, t in enumerate(("UDP", "SCTP", "TLS", "UNKNOWN", "TCP"))))
    parts = ("--7a9cbec02ceef655\r\nContent-Type: application/sdp\r\n\r\n" +
             SDP + "\r\n--7a9cbec02ceef655\r\n"
             "Content-Type: application/octet-stream\r\n\r\n" +
             bytes(range(256)).decode("latin-1") + "\r\n--7a9cbec02ceef655--")
    yield "mpart01", request(
        "mpart01", "MESSAGE", body=parts, length=len(parts.encode("latin-1")),
        Content__Type="multipart/mixed;boundary=7a9cbec02ceef655")
    yield "unreason", response("unreason", "SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd")
    yield "noreason", response("noreason", "SIP/2.0 100 ")
    yield "badinv01", request("badinv01", "INVITE", body=SDP,
                              To="<sip:j.user@example.com> ;;,;,,",
                              Via="SIP/2.0/UDP 192.0.2.15;;,;,,",
                              Contact="\"Joe\" <sip:joe@example.org>;;;;")
    yield "clerr", request("clerr", "INVITE", body=SDP, length=9999)
    yield "ncl", request("ncl", "INVITE", body=SDP, length=-999)
    yield "scalar02", request(
        "scalar02", "REGISTER", "sip:example.com", CSeq="36893488147419103232 "
        "REGISTER", Max__Forwards="300", Expires="1000000000000000000000",
        Contact="<sip:user@host129.example.com>;expires=280297596632815")
    yield "scalarlg", response(
        "scalarlg", "SIP/2.0 503 Service Unavailable",
        CSeq="9292394834772304023312 OPTIONS", Retry__After="949302838503028"
        "349304023988", Warning="1812 overture \"In Progress\"")
    yield "quotbal", request("quotbal", "INVITE", body=SDP,
                             To="\"Mr. J. User <sip:j.user@example.com>")
    yield "ltgtruri", request("ltgtruri", "INVITE",
                              "<sip:user@example.com>", SDP)
    yield "lwsruri", request("lwsruri", "INVITE", "sip:user@example.com; lr",
                             SDP)
    yield "lwsstart", request("lwsstart", start="INVITE  sip:user@example.com"
                              "  SIP/2.0", body=SDP, CSeq="1 INVITE")
    yield "trws", request("trws", start="OPTIONS sip:remote@example.com "
                          "SIP/2.0  ")
    yield "escruri", request("escruri", "INVITE", "sip:user@example.com?"
                             "Route=%3Csip:example.com%3E", SDP)
    yield "baddate", request("baddate", "INVITE", body=SDP,
                             Date="Fri, 01 Jan 2010 16:00:00 EST")
    yield "regbadct", request("regbadct", "REGISTER", "sip:example.com",
                              Contact="sip:user@example.com?Route=%3Csip:"
                              "sip.example.com%3E")
    yield "badaspec", request("badaspec", To="\"Watson, Thomas\" < "
                              "sip:t.watson@example.org >")
    yield "baddn", request("baddn", From="Bell, Alexander "
                           "<sip:a.g.bell@example.com>;tag=43")
    yield "badvers", request("badvers", version="SIP/7.0",
                             Via="SIP/7.0/UDP c.example.com;branch=z9hG4bKk")
    yield "mismatch01", request("mismatch01", CSeq="8 INVITE")
    yield "mismatch02", request("mismatch02", "NEWMETHOD", CSeq="8 INVITE",
                                body=SDP)
    yield "bigcode", response("bigcode", "SIP/2.0 4294967301 better not break")
    yield "badbranch", request("badbranch",
                               Via="SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK")
    yield "insuf", request("insuf", "INVITE", body=SDP, To=None, From=None,
                           Max__Forwards=None)
    yield "unkscm", request("unkscm", uri="nobodyKnowsThisScheme:totallyopaque")
    yield "novelsc", request("novelsc", uri="soap.beep://192.0.2.103:3002")
    yield "unksm2", request("unksm2", "REGISTER", "sip:example.com",
                            To="isbn:2983792873", From="<http://www.example."
                            "com>;tag=3234", Contact="<name:John_Smith>")
    yield "bext01", request("bext01", Require="nothingSupportsThis,\r\n "
                            "nothingSupportsThisEither")
    yield "invut", request("invut", "INVITE", body="<audio>\r\n</audio>\r\n",
                           Content__Type="application/unknownformat")
    yield "regaut01", request("regaut01", "REGISTER", "sip:example.com",
                              Authorization="NoOneKnowsThisScheme opaque-data")
    yield "multi01", request(
        "multi01", "INVITE", body=SDP, Call__ID="a@example.net\r\n"
        "Call-ID: b@example.net", CSeq="5 INVITE\r\nCSeq: 59 INVITE",
        Max__Forwards="70\r\nMax-Forwards: 5")
    yield "mcl01", request("mcl01", body="There's no way to know how many "
                           "octets are supposed to be here.\r\n",
                           Content__Length="13\r\nContent-Length: 5",
                           Content__Type="text/plain")
    yield "bcast", response("bcast", "SIP/2.0 200 OK",
                            Via="SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK13\r\n"
                            "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4b2")
    yield "zeromf", request("zeromf", Max__Forwards="0")
    yield "cparam01", request("cparam01", "REGISTER", "sip:example.com",
                              Contact="sip:+19725552222@gw1.example.net;"
                              "unknownparam")
    yield "cparam02", request("cparam02", "REGISTER", "sip:example.com",
                              Contact="<sip:+19725552222@gw1.example.net;"
                              "unknownparam>")
    yield "regescrt", request("regescrt", "REGISTER", "sip:example.com",
                              Contact="<sip:user@example.com?Route=%3Csip:"
                              "sip.example.com%3E>")
    yield "sdp01", request("sdp01", "INVITE", body=SDP, Accept="text/nobody")
    yield "inv2543", request("inv2543", "INVITE", "sip:UserB@example.com", SDP,
                             Content__Length=None, CSeq="0 INVITE",
                             Via="SIP/2.0/UDP iftgw.example.com",
                             Max__Forwards=None, Contact=None)


def udp(phone, server):
    inside, outside = phone.udp(5060), server.udp(5060)
    inside.settimeout(30)
    outside.settimeout(30)
    for name, text in cases():
        inside.sendto(text, (server.address(), 5060))
        try:
            got, peer = outside.recvfrom(65536)
        except TimeoutError:
            raise Failure("%s: lost" % name)
        if got != text:
            raise Failure("%s: changed: %r" % (name, got))
        outside.sendto(text, peer)
        try:
            got = inside.recv(65536)
        except TimeoutError:
            raise Failure("%s: lost on its way in" % name)
        if got != text:
            raise Failure("%s: changed on its way in: %r" % (name, got))


def tcp(phone, server):
    flows, names = [], []
    for name, text in cases():
        for chunks in ([text], [text[:len(text) // 2],
                                text[len(text) // 2:]]):
            flows.append(Flow(len(flows) + 1, phone, 49500, {
                "phone": (chunks, text), "server": (chunks, text)},
                apart=True))
            names.append("%d %s" % (len(flows), name))
    try:
        run(flows, Server(server))
    except Failure as e:
        raise Failure("%s\n%s" % (e, ", ".join(names)))


if __name__ == "__main__":
    try:
        {"udp": udp, "tcp": tcp}[sys.argv[1]](Host("PHONE"), Host("SERVER"))
        print("figure: %d messages" % len(list(cases())))
    except Failure as failure:
        sys.exit("%s" % failure)
