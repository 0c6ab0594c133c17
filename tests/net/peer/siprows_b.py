# SPDX-License-Identifier: GPL-2.0
"""Rows B: bodies and their length"""

from siprows import *


@row("B1", "the length is that of the body, in the form it had")
def b1(x):
    body = sdp(audio(30000))
    for cseq, length in enumerate(("Content-Length: #CL#", "l:#CL#",
                                   "CONTENT-LENGTH  :\n  #CL#",
                                   "Content-Length: #CL#\nl: #CL#"), 1):
        text = request("INVITE", cseq, CONTACT, body=body)
        x.up(text.replace("Content-Length: #CL#", length))


@row("B2", "without Content-Length a datagram is all body", "udp")
def b2(x):
    x.up(request("INVITE", 1, CONTACT, body=sdp(audio(30010))).replace(
        "Content-Length: #CL#\n", ""))
    x.up(request("INVITE", 1, CONTACT, body=sdp(
        audio(30010)) + "\n").replace("Content-Length: #CL#\n", ""))


@row("B3", "bytes behind the body are carried along", "udp")
def b3(x):
    body = sdp(audio(30020))
    text = request("INVITE", 1, CONTACT, body=body)
    for more in (b"\r\n\r\n", b"INVITE sip:10.0.0.2 SIP/2.0\r\n\r\n"):
        x.deliver("phone", x.render(text, "phone") + more,
                  lambda side, more=more: x.render(text, side) + more)


@row("B4", "headers in a body are none")
def b4(x):
    frag = "SIP/2.0 200 OK\nContact: <sip:alice@10.0.0.2:5060>\n" \
        "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1\n"
    for kind in ("message/sipfrag;version=2.0", "message/sip",
                 "application/pidf+xml", "application/dialog-info+xml"):
        x.up(request("NOTIFY", 1, CONTACT, "Event: refer",
                     "Subscription-State: active;expires=60",
                     body=frag, kind=kind))
        x.down(far_request("NOTIFY", 2, "Event: refer", tag=False,
                           uri="sip:bob@example.com",
                           body=frag.replace("10.0.0.2", PUBLIC), kind=kind))
        x.fresh()


PART = "--b\nContent-Type: application/sdp\n%s\n%s\n"
ISUP = "--b\nContent-Type: application/isup;version=itu-t92+\n" \
    "Content-Disposition: signal;handling=optional\n\n\x0110.0.0.2\x7f\n"


def multipart(*parts):
    return "preamble 10.0.0.2\n" + "".join(parts) + "--b--\nc=IN IP4 10.0.0.2"


MIXED = "multipart/mixed;boundary=b"


@row("B5", "SDP in a part of a body, nested too; off unless switched on")
def b5(x):
    offer = sdp(audio(30030))
    same = offer.replace("$me", OWN)
    before = counted("body-multipart")
    x.up(request("INVITE", 1, CONTACT, body=multipart(PART % ("", same), ISUP),
                 kind=MIXED))
    expect(counted("body-multipart") > before, "not counted")
    natctl("set", "allow-multipart", "on")
    try:
        x.fresh()
        x.up(request("INVITE", 1, CONTACT, body=multipart(
            ISUP, PART % ("", offer), ISUP), kind=MIXED))
        accept(x)
        open_media(30030)
        hang_up(x)
        # its own length, folded headers, quotes, other parts, in a part
        x.fresh()
        lengths = [len(lines(x.render("\n\n" + offer, side).decode()[4:]))
                   for side in ("phone", "server")]
        inner = "--in ner\nContent-Type:\n application/SDP;charset=utf-8\n" \
            "Content-Length: $length\n\n" + offer + "\n--in ner  \n" \
            "Content-Type: text/plain\n\nc=IN IP4 10.0.0.2\n--in ner--\n"
        x.up(request("INVITE", 1, CONTACT, body=multipart(
            "--b\nContent-Type: multipart/alternative; x=1;"
            "boundary=\"in ner\"\n\n" + inner,
            "--b\nContent-Type: application/pidf+xml\n\n<a>10.0.0.2</a>\n",
            "--b\nContent-Type: application/rs-metadata+xml\n\n<r/>\n",
            "--b\n\nno type 10.0.0.2\n"),
            kind="multipart/related; boundary=b;type=\"application/sdp\""),
            length=tuple(lengths))
        # what cannot be told apart passes as it is, and is counted
        for bad in (multipart(PART % ("", same)).replace("--b--", "--c--"),
                    "--b\nContent-Type: application/sdp\nContent-Length: 3\n\n"
                    + same + "\n--b--\n",
                    same):
            x.fresh()
            before = counted("body-malformed")
            text = x.render(request("INVITE", 1, body=bad, kind=MIXED),
                            "phone")
            x.raw("phone", text)
            expect(counted("body-malformed") == before + 1, "not counted")
    finally:
        natctl("set", "allow-multipart", "off")


@row("B6", "SDP in any message, ports where it is an offer or answer")
def b6(x):
    x.down(far_request("OPTIONS", 1, tag=False, uri="sip:bob@example.com"))
    x.up(far_response("200 OK", "OPTIONS", 1, CONTACT,
                      body=sdp(audio(30040))))
    for method in ("MESSAGE", "INFO", "PUBLISH", "NOTIFY"):
        x.up(request(method, 2, CONTACT, body=sdp(audio(30040)), call=method))
    expect(not [b for b in shown("bindings")
                if b["inside-local"]["port"] == 30040], "a port is bound")


@row("B7", "signed, encrypted and encoded bodies stay")
def b7(x):
    natctl("set", "allow-multipart", "on")
    try:
        offer = sdp(audio(30050)).replace("$me", OWN)
        before = counted("body-encoded")
        for kind in ("multipart/signed;boundary=b;protocol=\"x\"",
                     "multipart/encrypted;boundary=b"):
            x.up(request("INVITE", 1, body=multipart(PART % ("", offer)),
                         kind=kind, call=kind[10:13]))
        x.up(request("INVITE", 1, body=offer, kind="application/pkcs7-mime;"
                     "smime-type=enveloped-data", call="p7"))
        x.up(request("INVITE", 1, "Content-Encoding: gzip", body=offer,
                     call="gz"))
        x.up(request("INVITE", 1, "e: deflate", body=offer, call="e"))
        x.up(request("INVITE", 1, body=multipart(PART % (
            "Content-Transfer-Encoding: base64\n", offer)), kind=MIXED,
            call="b64"))
        expect(counted("body-encoded") == before + 5, "not counted")
    finally:
        natctl("set", "allow-multipart", "off")


@row("B8", "only what says that it is SDP")
def b8(x):
    for kind in ("text/plain", "application/sdpx", "application/x-sdp",
                 "text/sdp", "application/sdp/x"):
        offer = sdp(audio(30060)).replace("$me", OWN)
        x.up(request("MESSAGE", 1, body=offer, kind=kind))
        x.fresh()
    x.up(request("INVITE", 1, body=sdp(audio(30060)),
                 kind="Application / SDP ; charset=utf-8"))


@row("B9", "a body of 12 KB")
def b9(x):
    more = ["a=x-note:%d 10.0.0.2 %s" % (i, "y" * 90) for i in range(110)]
    x.up(request("INVITE", 1, CONTACT, body=sdp(audio(30070, *more))))
    expect(len(x.render(request("INVITE", 1, body=sdp(audio(30070, *more))),
                        "phone")) > 12000, "too short")
    more = ["m=text %d RTP/AVP 98" % (31000 + 2 * i) for i in range(40)]
    text = x.render(request("INVITE", 1, body=sdp(*more), call="many"),
                    "phone")
    x.raw("phone", text.replace(
        b"10.0.0.2:%d" % x.port, b"192.0.2.200:5060", 1))
