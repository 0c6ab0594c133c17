#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Messages that are hard to read: the 49 of RFC 4475 and the 12 of RFC 5118, by
their names, each with the fault or the oddity that its section describes.

torture.py foreign {udp|tcp} [--family 6]
torture.py own {udp|tcp} [--family 6]
torture.py inward {udp|tcp} [--family 6]

foreign: none holds the phone's own address or the public one, so each passes,
in both directions, byte for byte, whatever the router makes of it.
own: the phone has put its own addresses in. What can be understood arrives with
the public ones in their places, all other bytes as they were; what cannot be
understood, and what is not to be touched, arrives as it was.
inward: the server has put the phone's public address into the Request-URI.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import time

from dialog import difference, literal
from exchange import Failure
from netns import Host, unsent


class Foreign:
    """Where a message has an address, it is the one of the RFC or like it"""

    def via(self, default):
        return default

    contact = media = uri = port = via


class Own(Foreign):
    """They are the phone's, or what the outside sees instead"""

    def __init__(self, via, contact, media, ports=None):
        self.texts, self.ports = (via, contact, media), ports or {}
        self.used = set()

    def via(self, _):
        return self.texts[0]

    def contact(self, _):
        return self.texts[1]

    def media(self, _):
        return self.texts[2]

    def port(self, default):
        self.used.add(default)
        return self.ports.get(default, default)


class Inward(Foreign):
    """The Request-URI is the phone's; one with a fault keeps that"""

    def __init__(self, to):
        self.to = to

    def uri(self, default):
        return self.to if re.fullmatch("sip:[^ <>?]*", default) else default


def sdp(v):
    return ("v=0\r\no=mhandley 29739 7272939 IN IP4 %s\r\ns=-\r\n"
            "c=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP 0 12\r\n"
            "m=video %d RTP/AVP 31\r\na=rtpmap:31 LPC\r\n" % (
                v.media("192.0.2.3"), v.media("192.0.2.4"), v.port(49217),
                v.port(3227)))


def request(v, name, method="OPTIONS", uri="sip:user@example.com", body="",
            length=None, version="SIP/2.0", start=None, **headers):
    """A message where nothing is wrong but what the case says. A header whose
    value is None is left out; X__Y becomes X-Y."""
    fields = {
        "To": "sip:user@example.com",
        "From": "<sip:caller@example.net>;tag=323",
        "Max-Forwards": "70",
        "Call-ID": name + ".asdjkhf20394@example.net",
        "CSeq": "60 " + method,
        "Via": "SIP/2.0/UDP %s;branch=z9hG4bKkdjuw%s" % (
            v.via("host5.example.net"), name),
        "Contact": "<sip:caller@%s>" % v.contact("host5.example.net")}
    if body:
        fields["Content-Type"] = "application/sdp"
    fields.update({k.replace("__", "-"): x for k, x in headers.items()})
    fields.setdefault("Content-Length", str(
        len(body.encode("latin-1")) if length is None else length))
    lines = [start or "%s %s %s" % (method, v.uri(uri), version)]
    lines += ["%s: %s" % (k, x) for k, x in fields.items() if x is not None]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("latin-1")


def response(v, name, start, **headers):
    return request(v, name, start=start, **headers)


# Nobody can say what these mean, so that they pass as they are and are counted:
# a start line or a number that is not SIP's, a header that has to be there once
# and is not, a length that cannot be.
UNTOUCHED = {
    "clerr", "ncl", "scalar02", "scalarlg", "ltgtruri", "lwsruri", "lwsstart",
    "trws", "badvers", "mismatch01", "mismatch02", "bigcode", "insuf",
    "unkscm", "novelsc", "multi01", "mcl01"}


def valid(v):
    """RFC 4475 section 3.1.1"""
    body = sdp(v)
    yield "wsinv", (
        "INVITE %s;unknownparam SIP/2.0\r\n"
        "TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = "
        "1918181833n\r\n"
        "from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n"
        "  ;\r\n  tag = 98asjd8\r\nMaX-fOrWaRdS: 0068\r\n"
        "Call-ID: wsinv.1@192.0.2.1\r\nContent-Length   : %d\r\n"
        "cseq: 0009\r\n  INVITE\r\nVia  : SIP  /   2.0\r\n /UDP\r\n"
        "    %s;branch=390skdjuw\r\ns :\r\n"
        "NewFangledHeader:   newfangled value\r\n continued newfangled "
        "value\r\n"
        "UnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"
        "Content-Type: application/sdp\r\n"
        "Route:\r\n <sip:services.example.com;lr;unknownwith=value;"
        "unknown-no-value>\r\n"
        "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n"
        "  branch  =   z9hG4bK9ikj8  ,\r\n SIP  /    2.0   / UDP  "
        "192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n"
        "m:\"Quoted string \\\"\\\"\" <sip:jdrosen@%s> ; newparam =\r\n"
        "      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\n%s" % (
            v.uri("sip:vivekg@chair-dnrc.example.com"), len(body),
            v.via("192.0.2.2"), v.contact("example.com"), body)).encode()
    yield "intmeth", request(
        v, "intmeth", "!interesting-Method0123456789_*+`.%indeed'~",
        "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,"
        "weird!*pas$wo~d_too.(doesn't-it)@example.com",
        To="\"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f\" <sip:1_unusual.URI~(to-be!"
        "sure)&isn't+it$/crazy?,/;;*@example.com>",
        From="token1~` token2'+_ token3*%!.- <sip:mundane@example.com>"
        ";fromParam''~+*_!.-%=\"\xd1\x80\xd0\xb0\xd0\xb1\xd0\xbe\xd1\x82\";"
        "tag=_token~1'+`*%!-.",
        Via="SIP/2.0/UDP %s;branch=z9hG4bK.'~+*_!.-%%intmeth" % v.via(
            "host1.example.com"),
        extensionHeader="\xef\xbb\xbf\xe5\xa4\xa7\xe5\x81\x9c\xe9\x9b\xbb")
    yield "esc01", request(
        v, "esc01", "INVITE", "sip:sips%3Auser%40example.com@example.net",
        body, To="sip:%75se%72@example.com",
        From="<sip:I%20have%20spaces@example.net>;tag=938",
        Contact="<sip:cal%%6Cer@%s;%%6C%%72;n%%61me=v%%61lue%%25%%34%%31>"
        % v.contact("host5.example.net"))
    yield "escnull", request(
        v, "escnull", "REGISTER", "sip:example.com",
        To="sip:null-%00-null@example.com",
        From="sip:null-%00-null@example.com;tag=839923423",
        Contact="<sip:%%00@%s>\r\nContact: <sip:%%00%%00@%s>" % (
            v.contact("host5.example.com"), v.contact("host5.example.com")))
    yield "esc02", request(
        v, "esc02", "RE%47IST%45R", "sip:registrar.example.com",
        To="\"%Z%45\" <sip:resource@example.com>",
        From="\"%Z%45\" <sip:resource@example.com>;tag=f232jadfj23",
        Contact="<sip:alias1@%s>" % v.contact("host1.example.com"))
    yield "lwsdisp", request(
        v, "lwsdisp", To="\"User\"<sip:user@example.com>",
        From="caller<sip:caller@example.com>;tag=323")
    long = "longvalue" * 40
    yield "longreq", request(
        v, "longreq", "INVITE", "sip:user@example.com", body,
        To="\"I have a user name of %s\" <sip:user@example.com:6000;"
        "unknownparam1=%s;%s=shortvalue;verylonguniqueparameternamewith"
        "novalue>" % (long, long, long),
        From="sip:%s@example.net;tag=12%s424;unknownheaderparam%s=sp" % (
            long, "982" * 50, long),
        Call__ID="longreq.one%s" % ("really" * 20 + "longcallid"),
        Via="SIP/2.0/TCP %s\r\n" % v.via("sip33.example.com") + "".join(
            "v: SIP/2.0/TCP sip%d.example.com;branch=z9hG4bK%s\r\n" % (
                n, long) for n in range(29, 10, -1)) +
        "Via: SIP/2.0/TCP host.example.com;received=192.0.2.5;"
        "branch=very%s" % ("long" * 50),
        Unknown__Long__Name="%s;%s=%s" % (long, long, long),
        Contact="<sip:amazinglylongcallername%s@%s>" % (
            long[:90], v.contact("host5.example.net")))
    yield "dblreq", request(
        v, "dblreq", "REGISTER", "sip:example.com",
        To="sip:j.user@example.com", Contact="sip:j.user@%s" % v.contact(
            "host.example.com")) + request(
        Foreign(), "dblreq.two", "INVITE", "sip:joe@example.com",
        sdp(Foreign()))
    yield "semiuri", request(
        v, "semiuri", uri="sip:user;par=u%40example.net@example.com",
        To="sip:j_user@example.com", Accept="application/sdp, "
        "application/pkcs7-mime,\r\n        multipart/mixed, "
        "multipart/signed,\r\n        message/sip, message/sipfrag")
    yield "transports", request(
        v, "transports", Via="\r\nVia: ".join(
            "SIP/2.0/%s %s;branch=z9hG4bK%d" % (
                t, v.via("t0.example.com") if n == 0 else
                "t%d.example.com" % n, n)
            for n, t in enumerate(("UDP", "SCTP", "TLS", "UNKNOWN", "TCP"))))
    parts = ("--7a9cbec02ceef655\r\nMIME-Version: 1.0\r\nContent-Type: "
             "text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\nHello\r\n"
             "--7a9cbec02ceef655\r\nContent-Type: application/sdp\r\n\r\n" +
             sdp(Foreign()) + "\r\n--7a9cbec02ceef655\r\n"
             "Content-Type: application/octet-stream\r\n\r\n" +
             bytes(range(256)).decode("latin-1") + "\r\n--7a9cbec02ceef655--")
    yield "mpart01", request(
        v, "mpart01", "MESSAGE", "sip:kumiko@example.org", parts,
        Content__Type="multipart/mixed;boundary=7a9cbec02ceef655")
    yield "unreason", response(
        v, "unreason", "SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe \xd1\x81"
        "\xd1\x82\xd0\xbe", Via="SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK13",
        CSeq="35 INVITE")
    yield "noreason", response(
        v, "noreason", "SIP/2.0 100 ", CSeq="35 INVITE",
        Via="SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe")


def invalid(v):
    """RFC 4475 sections 3.1.2 and 3.2"""
    yield "badinv01", request(
        v, "badinv01", "INVITE", body=sdp(v), To="<sip:j.user@example.com>",
        From="sip:caller@example.net;tag=134161461246",
        Via="SIP/2.0/UDP %s;;,;,," % v.via("192.0.2.15"),
        Contact="\"Joe\" <sip:joe@%s>;;;;" % v.contact("example.org"))
    yield "clerr", request(v, "clerr", "INVITE", body=sdp(v), length=9999)
    yield "ncl", request(v, "ncl", "INVITE", body=sdp(v), length=-999)
    yield "scalar02", request(
        v, "scalar02", "REGISTER", "sip:example.com",
        CSeq="36893488147419103232 REGISTER", Max__Forwards="300",
        Expires="1000000000000000000000",
        Contact="<sip:user@%s>;expires=280297596632815" % v.contact(
            "host129.example.com"))
    yield "scalarlg", response(
        v, "scalarlg", "SIP/2.0 503 Service Unavailable",
        Via="SIP/2.0/TCP host129.example.com;branch=z9hG4bKzzxdiwo34sw",
        CSeq="9292394834772304023312 OPTIONS", Retry__After="949302838503028"
        "349304023988", Warning="1812 overture \"In Progress\"")
    yield "quotbal", request(
        v, "quotbal", "INVITE", body=sdp(v),
        To="\"Mr. J. User <sip:j.user@example.com>")
    yield "ltgtruri", request(v, "ltgtruri", "INVITE",
                              "<sip:user@example.com>", sdp(v))
    yield "lwsruri", request(v, "lwsruri", "INVITE",
                             "sip:user@example.com; lr", sdp(v))
    yield "lwsstart", request(
        v, "lwsstart", body=sdp(v), CSeq="1 INVITE",
        start="INVITE  sip:user@example.com  SIP/2.0")
    yield "trws", request(
        v, "trws", start="OPTIONS sip:remote@example.com SIP/2.0  ")
    yield "escruri", request(
        v, "escruri", "INVITE",
        "sip:user@example.com?Route=%3Csip:example.com%3E", sdp(v))
    yield "baddate", request(v, "baddate", "INVITE", body=sdp(v),
                             Date="Fri, 01 Jan 2010 16:00:00 EST")
    yield "regbadct", request(
        v, "regbadct", "REGISTER", "sip:example.com",
        Contact="sip:user@%s?Route=%%3Csip:sip.example.com%%3E" % v.contact(
            "example.com"))
    yield "badaspec", request(v, "badaspec", To="\"Watson, Thomas\" < "
                              "sip:t.watson@example.org >")
    yield "baddn", request(v, "baddn", From="Bell, Alexander "
                           "<sip:a.g.bell@example.com>;tag=43")
    yield "badvers", request(
        v, "badvers", uri="sip:t.watson@example.org", version="SIP/7.0",
        Via="SIP/7.0/UDP %s;branch=z9hG4bKkdjuw" % v.via("c.example.com"))
    yield "mismatch01", request(v, "mismatch01", CSeq="8 INVITE")
    yield "mismatch02", request(v, "mismatch02", "NEWMETHOD", CSeq="8 INVITE",
                                body=sdp(v))
    yield "bigcode", response(
        v, "bigcode", "SIP/2.0 4294967301 better not break the receiver",
        Via="SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe",
        CSeq="353494 INVITE")
    yield "badbranch", request(
        v, "badbranch", Via="SIP/2.0/UDP %s;branch=z9hG4bK" % v.via(
            "192.0.2.1"))


def application(v):
    """RFC 4475 sections 3.3 and 3.4"""
    yield "insuf", request(v, "insuf", "INVITE", body=sdp(v), To=None,
                           From=None, Max__Forwards=None)
    yield "unkscm", request(v, "unkscm",
                            uri="nobodyKnowsThisScheme:totallyopaquecontent")
    yield "novelsc", request(v, "novelsc", uri="soap.beep://192.0.2.103:3002")
    yield "unksm2", request(
        v, "unksm2", "REGISTER", "sip:example.com", To="isbn:2983792873",
        From="<http://www.example.com>;tag=3234233",
        Contact="<name:John_Smith>")
    yield "bext01", request(
        v, "bext01", Require="nothingSupportsThis,\r\n "
        "nothingSupportsThisEither", Proxy__Require="noProxiesSupportThis,\r\n"
        " norDoAnyProxiesSupportThis")
    yield "invut", request(v, "invut", "INVITE", body="<audio>\r\n "
                           "<pcmu port=\"443\"/>\r\n</audio>\r\n",
                           Content__Type="application/unknownformat")
    yield "regaut01", request(
        v, "regaut01", "REGISTER", "sip:example.com",
        To="sip:j.user@example.com",
        Authorization="NoOneKnowsThisScheme opaque-data=here")
    yield "multi01", request(
        v, "multi01", "INVITE", body=sdp(v), Call__ID="multi01.98asdh@192.0."
        "2.1\r\nCall-ID: multi01.98asdh@192.0.2.2",
        CSeq="5 INVITE\r\nCSeq: 59 INVITE",
        Max__Forwards="70\r\nMax-Forwards: 5",
        From="sip:caller@example.com;tag=3413415\r\n"
        "From: sip:caller@example.net;tag=2923420123")
    yield "mcl01", request(
        v, "mcl01", body="There's no way to know how many octets are supposed "
        "to be here.\r\n", Content__Length="13\r\nContent-Length: 5",
        Content__Type="text/plain")
    yield "bcast", response(
        v, "bcast", "SIP/2.0 200 OK", CSeq="33 INVITE",
        Via="SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\r\n"
        "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23")
    yield "zeromf", request(v, "zeromf", Max__Forwards="0")
    yield "cparam01", request(
        v, "cparam01", "REGISTER", "sip:example.com",
        Contact="sip:+19725552222@%s;unknownparam" % v.contact(
            "gw1.example.net"))
    yield "cparam02", request(
        v, "cparam02", "REGISTER", "sip:example.com",
        Contact="<sip:+19725552222@%s;unknownparam>" % v.contact(
            "gw1.example.net"))
    yield "regescrt", request(
        v, "regescrt", "REGISTER", "sip:example.com",
        Contact="<sip:user@%s?Route=%%3Csip:sip.example.com%%3E>" % v.contact(
            "example.com"))
    yield "sdp01", request(v, "sdp01", "INVITE", body=sdp(v),
                           Accept="text/nobody-knows-this")
    yield "inv2543", request(
        v, "inv2543", "INVITE", "sip:UserB@example.com", sdp(v),
        Content__Length=None, CSeq="0 INVITE", From="sip:UserA@example.com",
        Via="SIP/2.0/UDP %s" % v.via("iftgw.example.com"),
        Max__Forwards=None, Contact=None,
        Record__Route="<sip:UserB@example.com;maddr=ss1.example.com>")


def version6(v):
    """RFC 5118 section 4"""
    def one(name, *more, **headers):
        headers.setdefault("Via", "SIP/2.0/UDP %s;branch=z9hG4bKas3-111" %
                           v.via("[2001:db8::9:1]"))
        headers.setdefault("Contact", "\"Caller\" <sip:caller@%s>" %
                           v.contact("[2001:db8::1]"))
        return request(v, name, *more, **headers)

    def body(*media):
        """media: what stands below each c=, and m="""
        text = "v=0\r\no=assistant 971731711378798081 0 IN IP6 %s\r\ns=-\r\n" % (
            v.media("2001:db8::20"))
        return text + "".join(media)

    session = lambda: "c=IN IP6 %s\r\nt=3338481189 3370017201\r\n" % v.media(
        "2001:db8::20")
    audio = lambda: "m=audio %d RTP/AVP 0 12\r\na=rtpmap:0 PCMU/8000\r\n" % (
        v.port(6000))
    yield "ipv6-good", one("ipv6-good", "REGISTER", "sip:[2001:db8::10]")
    yield "ipv6-bad", one("ipv6-bad", "REGISTER", "sip:2001:db8::10")
    yield "port-ambiguous", one("port-ambiguous", "REGISTER",
                                "sip:[2001:db8::10:5070]")
    yield "port-unambiguous", one("port-unambiguous", "REGISTER",
                                  "sip:[2001:db8::10]:5070")
    for name, received in (("via-received-param-with-delim",
                            "[2001:db8::9:255]"),
                           ("via-received-param-no-delim",
                            "2001:db8::9:255")):
        yield name, one(
            name, "BYE", "sip:[2001:db8::10]", Contact=None,
            Via="SIP/2.0/UDP %s;received=%s;branch=z9hG4bKas3-111" % (
                v.via("[2001:db8::9:1]"), received))
    yield "ipv6-in-sdp", one("ipv6-in-sdp", "INVITE", body=body(
        session(), audio(), "m=video %d RTP/AVP 31\r\n" % v.port(6024)))
    yield "mult-ip-in-header", one(
        "mult-ip-in-header", "BYE", "sip:user@host.example.com", Contact=None,
        Via="SIP/2.0/UDP %s;branch=z9hG4bKas3-111\r\nVia: SIP/2.0/UDP "
        "192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144\r\nVia: SIP/2.0/TCP "
        "[2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200" %
        v.via("[2001:db8::9:1]:6050"))
    yield "mult-ip-in-sdp", one("mult-ip-in-sdp", "INVITE", body=body(
        "t=0 0\r\n", audio(), session().split("t=")[0],
        "m=video 6002 RTP/AVP 31\r\nc=IN IP4 192.0.2.1\r\n"))
    yield "ipv4-mapped-ipv6", one(
        "ipv4-mapped-ipv6", "INVITE", body="v=0\r\no=alice 1 1 IN IP6 "
        "::ffff:192.0.2.10\r\ns=-\r\nc=IN IP6 ::ffff:192.0.2.10\r\nt=0 0\r\n"
        "m=audio 49170 RTP/AVP 0\r\n", Via="SIP/2.0/UDP %s;branch=z9hG4bKas"
        "3\r\nVia: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19" %
        v.via("[2001:db8::9:1]"))
    for name, colons in (("ipv6-bug-abnf-3-colons", ":::"),
                         ("ipv6-correct-abnf-2-colons", "::")):
        yield name, one(name, To="<sip:user@[2001:db8%s192.0.2.1]>" % colons)


CASES = {4: (valid, invalid, application), 6: (version6,)}
NAMES = {family: [name for section in sections
                  for name, _ in section(Foreign())]
         for family, sections in CASES.items()}
MEDIA = re.compile(rb"\r\nm=\w+ (\d+) ")


def case(v, name, family):
    for section in CASES[family]:
        for found, text in section(v):
            if found == name:
                return text


def natctl(*words):
    return json.loads(subprocess.run(
        [os.environ["NATCTL"], "-n", os.environ["ROUTER"], "-j", "show",
         *words], check=True, capture_output=True).stdout)


def passed():
    """How often something was passed because it could not be understood"""
    return sum(r["count"] for r in natctl("statistics")["reasons"] if
               r["name"] in ("malformed", "not-protocol", "half-closed",
                             "framing"))


class Torture:
    """Both ends of the phone's flow, and how the outside sees it"""

    def __init__(self, transport, family):
        self.family, self.tcp = family, transport == "tcp"
        self.phone, self.server = Host("PHONE"), Host("SERVER")
        self.own = self.phone.address(family)
        self.faults = []
        self.registrations = 0
        self.halves = False
        # a stream needs the length that this one does not have
        self.untouched = UNTOUCHED | ({"inv2543"} if self.tcp else set())
        if self.tcp:
            self.listener = self.server.listener(5060, family)
        else:
            self.inside = self.phone.udp(5060, family)
            self.outside = self.server.udp(5060, family)

    # --- the flow ------------------------------------------------------------

    def begin(self):
        """On TCP each message has a connection of its own"""
        self.port = 5060
        if self.tcp:
            self.inside = self.phone.tcp(0, self.family)
            self.inside.connect((self.server.address(self.family), 5060))
            self.outside = self.listener.accept()[0]
            self.port = self.inside.getsockname()[1]
            self.peer = self.outside.getpeername()
        self.inside.settimeout(30)
        self.outside.settimeout(30)

    def end(self):
        if self.tcp:
            self.inside.close()
            self.outside.close()

    def out(self, text, last=True):
        """From the phone to the server"""
        if self.tcp:
            return self.through(self.inside, self.outside, text, last)
        self.inside.sendto(text, (self.server.address(self.family), 5060))
        got, self.peer = self.outside.recvfrom(65536)
        return got

    def back(self, text, last=True):
        if self.tcp:
            return self.through(self.outside, self.inside, text, last)
        self.outside.sendto(text, self.peer)
        return self.inside.recv(65536)

    def through(self, source, sink, text, last):
        source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in (text[:len(text) // 2],
                      text[len(text) // 2:]) if self.halves else (text,):
            source.sendall(piece)
            while unsent(source):
                time.sleep(0.001)
        if not last:
            return sink.recv(65536)
        # messages that promise more than they have are let go then
        source.shutdown(socket.SHUT_WR)
        got = b""
        while True:
            data = sink.recv(65536)
            if not data:
                return got
            got += data

    # --- how each end writes the phone's addresses ---------------------------

    def texts(self):
        host = literal(self.own)
        return "%s:%d" % (host, self.port), host + ":5060", self.own

    def seen(self):
        host = self.contact.rpartition(":")[0]
        return "%s:%d" % (host, self.peer[1]), self.contact, host.strip("[]")

    def register(self, expires, last):
        """A door for the Contact; the phone gets back what it wrote"""
        self.registrations += 1
        text = request(
            Own(*self.texts()), "door", "REGISTER", "sip:example.com",
            CSeq="%d REGISTER" % self.registrations,
            To="<sip:door@example.com>", Expires=str(expires))
        got = self.out(text, last)
        self.contact = re.search(rb"\r\nContact: <sip:caller@([^>]*)>",
                                 got).group(1).decode()
        start = got.index(b"\r\n")
        answer = b"SIP/2.0 200 OK" + got[start:]
        want = b"SIP/2.0 200 OK" + text[text.index(b"\r\n"):]
        if not expires:
            drop = re.compile(rb"\r\nContact:[^\r]*")
            answer, want = drop.sub(b"", answer), drop.sub(b"", want)
        came = self.back(answer, last)
        if came != want:
            raise Failure("the answer to REGISTER: %s" % difference(
                came, want))
        if literal(self.own) in self.contact:
            raise Failure("registered as %s" % self.contact)

    # --- the tests -----------------------------------------------------------

    def each(self, test):
        for self.halves in (False, True)[:1 + self.tcp]:
            for name in NAMES[self.family]:
                self.begin()
                try:
                    test(name)
                except (Failure, OSError) as e:
                    self.faults.append("%s: %s" % (name, e or "lost"))
                self.end()
        self.halves = False
        if self.faults:
            raise Failure("\n".join(self.faults))
        print("figure: %d messages" % len(NAMES[self.family]))

    def foreign(self):
        def test(name):
            text = case(Foreign(), name, self.family)
            for way in self.out, self.back:
                got = way(text)
                if got != text:
                    raise Failure("%s: %s" % (
                        way.__name__, difference(got, text)))
        self.each(test)

    def with_own(self):
        told = {}

        def test(name):
            v = Own(*self.texts())
            text = case(v, name, self.family)
            got = self.out(text)
            want = text
            if name not in self.untouched:
                ports = {int(a): int(b) for a, b in zip(
                    MEDIA.findall(text), MEDIA.findall(got))}
                told.update((p, ports[p]) for p in v.used if p in ports)
                want = case(Own(*self.seen(), ports), name, self.family)
            if got != want:
                raise Failure(difference(got, want))

        before = passed()
        self.keep(test)
        count = (1 + self.tcp) * len(self.untouched & set(
            NAMES[self.family]))
        if passed() - before < count:
            raise Failure("%d counted, not %d" % (passed() - before, count))
        # the phone's ports have bindings, and they are what it was told
        bound = {b["inside-local"]["port"]: b["inside-global"]["port"]
                 for b in natctl("bindings")}
        if not told or not told.items() <= bound.items():
            raise Failure("bound are %s, told was %s" % (bound, told))

    def inward(self):
        def test(name):
            # the flow's first packet is the phone's, and so is the door
            if self.tcp:
                self.out(b"\r\n\r\n", False)
            text = case(Inward("sip:caller@" + self.contact), name,
                        self.family)
            want = text
            # nobody knows whose call it is where To cannot be read
            if name not in self.untouched | {"quotbal"}:
                want = case(Inward("sip:caller@" + self.texts()[1]), name,
                            self.family)
            got = self.back(text)
            if got != want:
                raise Failure(difference(got, want))

        self.keep(test)

    def keep(self, test):
        """While the phone is registered"""
        self.begin()
        self.register(3600, False)
        self.end()
        try:
            self.each(test)
        finally:
            self.begin()
            self.register(0, False)
            self.end()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("foreign", "own", "inward"))
    parser.add_argument("transport", choices=("udp", "tcp"))
    parser.add_argument("--family", type=int, default=4)
    args = parser.parse_args()
    torture = Torture(args.transport, args.family)
    {"foreign": torture.foreign, "own": torture.with_own,
     "inward": torture.inward}[args.kind]()


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit("%s" % failure)
