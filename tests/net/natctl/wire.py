#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The netlink family without natctl: what the kernel itself says to requests
that natctl would not send. Numbers come from the specification.

Prints lines of KTAP.
"""

import errno
import os
import pathlib
import socket
import struct
import sys

import yaml

TOP = pathlib.Path(os.environ["NF_ALG_TOP"])
SPEC = yaml.safe_load((TOP / "uapi" / "nf_nat_alg.yaml").read_text("utf-8"))
SETS = {s["name"]: {a["name"]: n for n, a in enumerate(s["attributes"], 1)}
        for s in SPEC["attribute-sets"]}
OPS = {o["name"]: (n, o) for n, o in
       enumerate(SPEC["operations"]["list"], 1)}

NLMSG_ERROR, NLMSG_DONE = 2, 3
REQUEST, ACK, REPLACE, DUMP = 1, 4, 0x100, 0x300
SOL_NETLINK, EXT_ACK, CAP_ACK = 270, 11, 10
TCP, UDP, ESP = 6, 17, 50
ESP_SERVICE = 6


def attribute(kind, data):
    if isinstance(data, list):
        data = b"".join(data)
        kind |= 0x8000
    return (struct.pack("=HH", 4 + len(data), kind) + data +
            b"\0" * (-len(data) % 4))


def u8(value):
    return struct.pack("=B", value)


def u16(value):
    return struct.pack("=H", value)


def u32(value):
    return struct.pack("=I", value)


def text(value):
    return value.encode() + b"\0"


def walk(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


class Family:
    """A socket, and the family's number"""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.settimeout(20)
        self.sock.bind((0, 0))
        for option in EXT_ACK, CAP_ACK:
            self.sock.setsockopt(SOL_NETLINK, option, 1)
        self.number = 0
        name = attribute(2, text(SPEC["name"]))
        _, answers, _ = self.ask(16, 3, 0, name)
        for kind, data in walk(answers[0]):
            if kind == 1:
                self.number = struct.unpack("=H", data)[0]

    def ask(self, family, command, flags, body):
        """(errno, answers, (sentence, kind of the attribute at fault))"""
        payload = struct.pack("=BBH", command, 1, 0) + body
        request = struct.pack("=IHHII", 16 + len(payload), family,
                              REQUEST | ACK | flags, 1, 0) + payload
        self.sock.send(request)
        answers = []
        while True:
            data = self.sock.recv(65536)
            while data:
                length, kind, flags = struct.unpack_from("=IHH", data)
                body = data[16:length]
                data = data[(length + 3) & ~3:]
                if kind == NLMSG_DONE:
                    return 0, answers, ("", None)
                if kind == NLMSG_ERROR:
                    return self.verdict(body, flags, request, answers)
                answers.append(body[4:])

    @staticmethod
    def verdict(body, flags, request, answers):
        error = -struct.unpack_from("=i", body)[0]
        sentence, fault = "", None
        if flags & 0x200:
            for kind, data in walk(body[20:]):
                if kind == 1:
                    sentence = data.rstrip(b"\0").decode()
                if kind == 2:
                    at = struct.unpack("=I", data)[0]
                    fault = struct.unpack_from("=H", request,
                                               at + 2)[0] & 0x3fff
        return error, answers, (sentence, fault)

    def command(self, name, body=b"", flags=0):
        return self.ask(self.number, OPS[name][0], flags, body)


def say(good, what, why=""):
    global failed
    if not good:
        print("# " + why)
        failed = True
    print(("ok - " if good else "not ok - ") + what)


def refused(what, name, body, error, words, fault=None, flags=0):
    """The kernel refuses, with a sentence and the attribute at fault"""
    got, _, (sentence, at) = family.command(name, body, flags)
    say(got == error and words in sentence and at == fault,
        "%s: %s" % (what, words),
        "errno %s, sentence \"%s\", attribute %s; not %s, %s, %s" %
        (errno.errorcode.get(got, got), sentence, at,
         errno.errorcode.get(error, error), words, fault))


def done(what, name, body=b"", flags=0):
    got, answers, (sentence, _) = family.command(name, body, flags)
    say(got == 0, what, "errno %s, sentence \"%s\"" % (got, sentence))
    return answers


def service(protocol=1, transport=TCP, port=5060, **more):
    s = SETS["service"]
    body = attribute(s["protocol"], u32(protocol)) + \
        attribute(s["transport"], u8(transport)) + \
        attribute(s["port"], u16(port))
    if "vrf" in more:
        body += attribute(s["vrf"], u32(more["vrf"]))
    if "list" in more:
        body += attribute(s["access-list"], text(more["list"]))
    return body


def rule(name="wire", action=1, **more):
    s = SETS["access-list"]
    body = attribute(s["name"], text(name)) if name is not None else b""
    if action is not None:
        body += attribute(s["action"], u8(action))
    for key in "sequence", "start", "step":
        if key in more:
            body += attribute(s[key], u32(more[key]))
    for key in "address", "wildcard":
        if key in more:
            body += attribute(s[key], more[key])
    return body


def setting(*parts):
    s, option = SETS["setting"], SETS["option"]
    body = b""
    for number, value in parts:
        body += attribute(option["setting"],
                          [attribute(s["option"], u32(number)),
                           attribute(s["value"], u32(value))])
    return body


failed = False
family = Family()
say(family.number > 0, "the family is there")
S, A, O, T, E = (SETS[n] for n in
                 ("service", "access-list", "option", "translation",
                  "endpoint"))
UNKNOWN = attribute(200, b"from the future")

# services
refused("service", "service-add", b"", errno.EINVAL, "needs a protocol")
refused("service", "service-add", attribute(S["protocol"], u32(1)),
        errno.EINVAL, "needs a transport")
refused("service", "service-add", attribute(S["protocol"], u32(1)) +
        attribute(S["transport"], u8(TCP)), errno.EINVAL, "needs a port")
refused("service", "service-add", service(port=0), errno.ERANGE,
        "between 1 and 65535", S["port"])
for protocol in 0, 5, 77, 0xffffffff:
    refused("service of protocol %d" % protocol, "service-add",
            service(protocol), errno.EPROTONOSUPPORT,
            "no services of that protocol", S["protocol"])
for transport in 0, 1, 132, 255:
    refused("service over %d" % transport, "service-add",
            service(transport=transport), errno.EPROTONOSUPPORT,
            "not carried by that transport", S["transport"])
refused("service", "service-add", service(vrf=1), errno.ENODEV,
        "no such VRF", S["vrf"])
refused("service", "service-add", service(vrf=0xffffffff), errno.ENODEV,
        "no such VRF", S["vrf"])
for bad in "", "x" * 32, "a b", "a\x1b[2J", "\xe9":
    refused("service for %r" % bad, "service-add", service(list=bad),
            errno.EINVAL, "1 to 31 letters, digits", S["access-list"])
    refused("rule of %r" % bad, "access-list-add", rule(bad), errno.EINVAL,
            "1 to 31 letters, digits", A["name"])
done("an unknown attribute is ignored", "service-add", service() + UNKNOWN)
refused("service", "service-add", service(), errno.EEXIST, "exists already",
        S["port"])
refused("service", "service-add", service(3), errno.EADDRINUSE,
        "service of another protocol", S["port"])
refused("service", "service-delete", service(port=1), errno.ENOENT,
        "no such service", S["port"])
refused("service", "service-delete", service(list="wire"), errno.ENOENT,
        "does not have that access list", S["access-list"])
done("a service is given another list", "service-add", service(list="wire"),
     REPLACE)
done("and deleted with it", "service-delete", service(list="wire"))
for number in range(1024):
    if family.command("service-add", service(port=20000 + number))[0]:
        break
refused("1025 services", "service-add", service(port=1), errno.ENOSPC,
        "1024 services, which is the most")
say(len(family.command("service-get", UNKNOWN, DUMP)[1]) == 1024,
    "all of them are listed, over many messages")
done("flush", "service-flush", UNKNOWN)

# access lists
refused("rule", "access-list-add", rule(None), errno.EINVAL, "name is 1 to 31")
for length in 0, 3, 5, 17, 64:
    refused("address of %d bytes" % length, "access-list-add",
            rule(address=b"x" * length), errno.EINVAL, "4 or 16 bytes",
            A["address"])
refused("rule", "access-list-add", rule(action=None), errno.EINVAL,
        "either permits or denies")
refused("rule", "access-list-add", rule(action=2), errno.EINVAL,
        "either permits or denies", A["action"])
refused("rule", "access-list-add", rule(sequence=0), errno.ERANGE,
        "begin at 1", A["sequence"])
refused("rule", "access-list-add", rule(address=b"12345"), errno.EINVAL,
        "4 or 16 bytes", A["address"])
refused("rule", "access-list-add", rule(wildcard=b"1234"), errno.EINVAL,
        "needs an address", A["wildcard"])
refused("rule", "access-list-add",
        rule(address=b"1234", wildcard=b"1" * 16), errno.EINVAL,
        "not of the same family", A["wildcard"])
done("rule", "access-list-add", rule(address=b"\x0a\0\0\1") + UNKNOWN)
refused("rule", "access-list-add", rule(address=b"\x0a\0\0\1"), errno.EEXIST,
        "equal rule", A["action"])
refused("rule", "access-list-add", rule(sequence=10), errno.EEXIST,
        "rule of this number", A["sequence"])
done("rule replaced", "access-list-add", rule(action=0, sequence=10), REPLACE)
refused("list", "access-list-delete", rule("none", None), errno.ENOENT,
        "no such access list", A["name"])
refused("list", "access-list-delete", rule(action=None, sequence=0),
        errno.ERANGE, "begin at 1", A["sequence"])
refused("list", "access-list-delete", rule(action=None, sequence=7),
        errno.ENOENT, "no rule of this number", A["sequence"])
refused("list", "access-list-resequence", rule(action=None, start=0),
        errno.ERANGE, "begin at 1", A["start"])
refused("list", "access-list-resequence", rule(action=None, step=0),
        errno.ERANGE, "at least 1", A["step"])
refused("list", "access-list-resequence", rule("none", None), errno.ENOENT,
        "no such access list", A["name"])
for number in range(1023):
    if family.command("access-list-add", rule("l%d" % number))[0]:
        break
refused("1025 lists", "access-list-add", rule("more"), errno.ENOSPC,
        "1024 access lists, which is the most", A["name"])
refused("1025 lists", "service-add", service(list="more"), errno.ENOSPC,
        "1024 access lists, which is the most", S["access-list"])
for number in range(1023):
    family.command("access-list-delete", rule("l%d" % number, None))
done("list deleted", "access-list-delete", rule(action=None))
say(not family.command("access-list-get", b"", DUMP)[1], "no list is left")

# options
refused("option", "option-set", b"", errno.EINVAL, "no option to set")
refused("option", "option-set", attribute(O["setting"], [b""]), errno.EINVAL,
        "needs an option and a value", O["setting"])
for number in 0, 99, 0xffffffff:
    refused("option %d" % number, "option-set", setting((number, 5)),
            errno.ENOENT, "no such option", O["setting"])
refused("option", "option-set", setting((5, 6000), (5, 1)), errno.ERANGE,
        "out of the option's range", O["setting"])
refused("option", "option-set", setting((1, 30000), (2, 30000)),
        errno.EINVAL, "must be below the highest", O["setting"])
refused("options", "option-set", setting(*[(5, 6000)] * 300), errno.E2BIG,
        "too many settings", O["setting"])


def value_of(number):
    for answer in family.command("option-get", b"", DUMP)[1]:
        parts = dict(walk(answer))
        if parts[O["option"]] == u32(number):
            return struct.unpack("=I", parts[O["value"]])[0]
    return None


say(value_of(5) == 5000, "a refused request sets nothing")
done("two at once", "option-set", setting((1, 50000), (2, 60000)) + UNKNOWN)
say((value_of(1), value_of(2)) == (50000, 60000), "both are set")
done("and back", "option-set", setting((2, 32767), (1, 16384)))

# clear
refused("clear", "translation-clear",
        attribute(T["inside-local"], [attribute(E["port"], u16(5))]),
        errno.EINVAL, "4 or 16 bytes", T["inside-local"])
refused("clear", "translation-clear",
        attribute(T["inside-global"], [attribute(E["address"], b"12345")]),
        errno.EINVAL, "4 or 16 bytes", E["address"])
answer = done("clear", "translation-clear", UNKNOWN)
say(dict(walk(answer[0]))[T["cleared"]] == u32(0), "nothing was cleared")

# tunnels
U, I = SETS["tunnel"], SETS["spi"]


def endpoint(kind, address):
    return attribute(U[kind], [attribute(E["address"], address)])


def tunnel(**less):
    parts = {"inside-local": endpoint("inside-local", b"\x0a\0\0\2"),
             "inside-global": endpoint("inside-global", b"\xc0\0\2\1"),
             "outside-global": endpoint("outside-global", b"\xc6\x33\x64\x09"),
             "zone": attribute(U["zone"], u16(40000))}
    parts.update({key.replace("_", "-"): value for key, value in less.items()})
    return b"".join(parts.values())


def spi(number, **more):
    body = [attribute(I["spi"], u32(number))] if number is not None else []
    body += [attribute(I[key], u8(value)) for key, value in more.items()]
    return attribute(U["spi"], body)


for what, words in (("inside-local", "needs an inside host"),
                    ("outside-global", "needs a gateway"),
                    ("inside-global", "needs a public address"),
                    ("zone", "needs a conntrack zone")):
    refused("tunnel", "tunnel-add", tunnel(**{what: b""}), errno.EINVAL, words)
for what in "inside-local", "outside-global", "inside-global":
    refused("tunnel", "tunnel-add", tunnel(**{what: endpoint(what, b"12345")}),
            errno.EINVAL, "4 or 16 bytes", E["address"])
refused("tunnel", "tunnel-add",
        tunnel(outside_global=endpoint("outside-global", b"1" * 16)),
        errno.EINVAL, "gateway are not of the same family",
        U["outside-global"])
refused("tunnel", "tunnel-add",
        tunnel(inside_global=endpoint("inside-global", b"1" * 16)),
        errno.EINVAL, "public address are not of the same family",
        U["inside-global"])
refused("tunnel", "tunnel-add", tunnel() + attribute(U["vrf"], u32(1)),
        errno.ENODEV, "no such VRF", U["vrf"])
for number in None, 0:
    refused("tunnel", "tunnel-add", tunnel() + spi(number), errno.EINVAL,
            "an SPI is between 1", U["spi"])
refused("tunnel", "tunnel-add", tunnel() + spi(5, evidence=99), errno.EINVAL,
        "no such evidence", I["evidence"])
refused("tunnel", "tunnel-add", tunnel() + spi(5) * 129, errno.E2BIG,
        "at most 128 SPIs", U["spi"])
refused("tunnel", "tunnel-add", tunnel() +
        attribute(U["cookie"], struct.pack("=Q", 0)), errno.EINVAL,
        "cookie is not 0", U["cookie"])
refused("tunnel", "tunnel-add", tunnel() +
        attribute(U["cookie"], struct.pack("=Q", 1)) * 65, errno.E2BIG,
        "at most 64 cookies", U["cookie"])
refused("tunnel", "tunnel-add", tunnel(), errno.ENOENT, "no esp service")
done("an esp service", "service-add", service(ESP_SERVICE, ESP, 0))
refused("tunnel", "tunnel-add",
        tunnel(zone=attribute(U["zone"], u16(7))), errno.ERANGE,
        "not between tunnel-zone-low", U["zone"])
done("tunnel", "tunnel-add", tunnel() + spi(5, inbound=1, firm=1) +
     spi(5, inbound=1) + UNKNOWN)
refused("tunnel", "tunnel-add", tunnel(), errno.EEXIST, "exists already",
        U["inside-local"])
done("tunnel replaced", "tunnel-add", tunnel() + spi(6, inbound=1), REPLACE)
say([dict(walk(answer))[U["spi-in"]] for answer in
     family.command("tunnel-get", b"", DUMP)[1]] == [u32(6)],
    "it has the new SPI alone")
done("tunnel deleted", "tunnel-delete", tunnel() + UNKNOWN)
refused("tunnel", "tunnel-delete", tunnel(), errno.ENOENT, "no such tunnel",
        U["inside-local"])
done("flush", "service-flush")

# every list, with an attribute of the future
for name, (_, op) in OPS.items():
    if "dump" in op:
        done("%s ignores what it does not know" % name, name, UNKNOWN, DUMP)
# nonsense does no harm
for length in range(0, 64, 3):
    for name in OPS:
        if name != "event-ntf":
            family.command(name, os.urandom(length))
say(True, "random attributes are survived")
family.command("service-flush")
sys.exit(failed)
