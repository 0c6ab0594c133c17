# SPDX-License-Identifier: GPL-2.0
"""Which components of H.323's messages hold addresses, and whose.

The components are found in the ASN.1: every TransportAddress that a message
can hold, in its root and its extensions, down to where a type would hold
itself. What is to happen to each is said by the rules below. They were made from
H.225.0, H.245 and H.460.18, and owe nothing to the router's tables: one checks
the other.

A component is named by its path: ".name" in a SEQUENCE, ":name" of a CHOICE,
"[]" in a list.
"""

import re
import socket

import h323asn1

# (components whose path has this, what is to happen). The first that fits.
#   alone      never touched
#   udp tcp    the sender's own address becomes the public one, with the port
#              that stands for it outside; the receiver's public one becomes
#              its own again, where the line says so
#   either     the Recommendations do not say; the message is not to suffer
RULES = (
    # never inside tokens, they are signed
    (r"(crypto)?Tokens\[\]", "alone"),
    # an echo of what was not understood
    (r":functionNotUnderstood", "alone"),
    # prefixes of gateways are only to be skipped
    (r"supportedPrefixes\[\]\.prefix", "alone"),
    # no protocol of ours
    (r"\.sctp\[\]", "either"),
    # what a feature means by it, only that feature knows
    (r"\.content:(transport|alias)", "either"),
    # aliases that are addresses of call signalling
    (r":transportID$", "tcp"),
    (r"\.annexE\[\]$", "udp"),
    (r"\.(rasAddress|replyAddress)(\[\])?$", "udp"),
    (r"\.(rtpAddress|rtcpAddress|rtcpAddresses)\.(send|recv)Address$", "udp"),
    (r"\.(h245|callSignall?ing)\.(send|recv)Address$", "tcp"),
    (r"\.data\[\]\.(send|recv)Address$", "tcp"),
    (r"(m|multiplexedM)edia(Control)?Channel$", "udp"),
    (r"\.keepAliveChannel$", "udp"),
    (r"\.networkAddress:localAreaAddress$", "tcp"),
    (r"\.signalAddress$", "tcp"),
    (r"(C|c)allSignalAddress(\[\])?$", "tcp"),
    (r"\.(h245Address|alternativeAddress)$", "tcp"),
)

# where the receiver finds its own inside address again
REVERSED = re.compile(
    r"(:setup\.destCallSignalAddress|:admissionRequest\.destCallSignalAddress"
    r"|:unregistrationRequest\.callSignalAddress\[\])$")


def what(path):
    """The rule for a component"""
    for pattern, happens in RULES:
        if re.search(pattern, path):
            return happens
    raise KeyError("no rule for %s" % path)


def addresses(name, module="H323-MESSAGES", within=()):
    """The paths of every TransportAddress in a type"""
    yield from _walk({"type": name}, module, "", within)


def _walk(kind, module, path, names):
    kind, module, name = h323asn1.resolve(kind, module)
    if name == "TransportAddress":
        yield path
        return
    if name:
        if name in names:
            return
        names = names + (name,)
    if kind["type"] == "SEQUENCE":
        for member, _ in h323asn1.members(kind):
            yield from _walk(member, module, path + "." + member["name"],
                             names)
    elif kind["type"] == "CHOICE":
        for member, _ in h323asn1.members(kind):
            yield from _walk(member, module, path + ":" + member["name"],
                             names)
    elif kind["type"] == "SEQUENCE OF":
        yield from _walk(kind["element"], module, path + "[]", names)


def value(path, leaf):
    """The least value that has this at that path"""
    for step in reversed(re.findall(r"\[\]|[.:][^.:\[]+", path)):
        if step == "[]":
            leaf = [leaf]
        elif step[0] == ".":
            leaf = {step[1:]: leaf}
        else:
            leaf = (step[1:], leaf)
    return leaf


def merge(base, more):
    """A value with the components of both; lists: of the second"""
    if isinstance(base, dict) and isinstance(more, dict):
        return {k: merge(base[k], more[k]) if k in base and k in more
                else base.get(k, more.get(k)) for k in {**base, **more}}
    if isinstance(base, tuple) and isinstance(more, tuple) and \
            base[0] == more[0]:
        return base[0], merge(base[1], more[1])
    return more


class Inner:
    """An encoding in an OCTET STRING, or with ahead of it in a TPKT"""

    def __init__(self, name, content, module="MULTIMEDIA-SYSTEM-CONTROL"):
        self.name, self.module = name, module
        self.value = h323asn1.make(name, content, module)

    def octets(self):
        return h323asn1.encode(self.name, sealed(self.value))


def sealed(content):
    """The value with every Inner encoded"""
    if isinstance(content, Inner):
        return content.octets()
    if isinstance(content, dict):
        return {k: sealed(v) for k, v in content.items()}
    if isinstance(content, tuple):
        return content[0], sealed(content[1])
    if isinstance(content, list):
        return [sealed(item) for item in content]
    return content


def changed(name, content, change, module="H323-MESSAGES", path=""):
    """The value with change(path, address) in place of each address"""
    return _change({"type": name}, module, content, change, path)


def _change(kind, module, content, change, path):
    kind, module, name = h323asn1.resolve(kind, module)
    if name == "TransportAddress":
        return change(path, content)
    if isinstance(content, Inner):
        other = Inner.__new__(Inner)
        other.name, other.module = content.name, content.module
        other.value = changed(content.name, content.value, change,
                              content.module, path)
        return other
    if kind["type"] == "SEQUENCE":
        kinds = {m["name"]: m for m, _ in h323asn1.members(kind)}
        return {k: v if k not in kinds else _change(
            kinds[k], module, v, change, path + "." + k)
            for k, v in content.items()}
    if kind["type"] == "CHOICE":
        for member, _ in h323asn1.members(kind):
            if member["name"] == content[0]:
                return content[0], _change(member, module, content[1], change,
                                           path + ":" + content[0])
        return content
    if kind["type"] == "SEQUENCE OF":
        return [_change(kind["element"], module, item, change, path + "[]")
                for item in content]
    return content


# --- addresses ---------------------------------------------------------------

def packed(address):
    return socket.inet_pton(
        socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def text(data):
    return socket.inet_ntop(
        socket.AF_INET6 if len(data) == 16 else socket.AF_INET, bytes(data))


def h225(address, port):
    ip = packed(address)
    return ("ipAddress" if len(ip) == 4 else "ip6Address",
            {"ip": ip, "port": port})


def h245(address, port):
    ip = packed(address)
    return ("unicastAddress",
            ("iPAddress" if len(ip) == 4 else "iP6Address",
             {"network": ip, "tsapIdentifier": port}))


def read(address):
    """(address, port) of one of either kind that has them, or None"""
    kind, content = address
    if kind in ("unicastAddress", "multicastAddress"):
        kind, content = content
    if not isinstance(content, dict):
        return None
    for ip, port in (("ip", "port"), ("network", "tsapIdentifier")):
        if ip in content and port in content:
            return text(content[ip]), content[port]
    return None


def replaced(address, to):
    """The same with another (address, port)"""
    kind, content = address
    if kind in ("unicastAddress", "multicastAddress"):
        return kind, replaced(content, to)
    content = dict(content)
    for ip, port in (("ip", "port"), ("network", "tsapIdentifier")):
        if ip in content:
            content[ip], content[port] = packed(to[0]), to[1]
    return kind, content
