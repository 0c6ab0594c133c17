# SPDX-License-Identifier: GPL-2.0
"""The walker of H.323 finds what the ASN.1 says is there.

Every component of RAS, call signalling and H.245 that can hold an address, and
random values of whole messages with all their options and with additions that
nobody knows, are encoded by asn1tools (tests/net/peer/h323asn1.py), and read by
the walker (tests/unit/h323_read). Each address is to be found where it stands,
with its port and the name of its component, and nothing besides; nothing is to
be found in tokens, in prefixes, and in what was not understood.
"""

import argparse
import json
import os
import random
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests/net/peer"))

import h323asn1                                             # noqa: E402
from h323 import Signal, q931, tpkt, tunnel                 # noqa: E402
from h323fields import addresses, changed, h225, h245, packed, read, \
    value, what                                             # noqa: E402

ROOTS = (("ras", "RasMessage", "H323-MESSAGES"),
         ("signalling", "H323-UU-PDU", "H323-MESSAGES"),
         ("control", "MultimediaSystemControlMessage",
          "MULTIMEDIA-SYSTEM-CONTROL"))
# what stands in mandatory components that a test does not care for
FILLER = b"oooo"
OURS = ("10.222.", "fd00:2222:")


def readings(pdus):
    """What the walker says of [(kind, PDU)]"""
    said = subprocess.run(
        [os.path.join(TOP, "tests/unit/h323_read")], check=True, text=True,
        input="".join("%s %s\n" % (kind, data.hex()) for kind, data in pdus),
        stdout=subprocess.PIPE).stdout.splitlines()
    assert len(said) == len(pdus)
    return [json.loads(line) for line in said]


def name(path):
    """What the walker calls the component at the end of a path"""
    if path.endswith(":transportID"):
        return "transportID"
    return path.replace("[]", "").replace(":localAreaAddress", "").rsplit(
        ".", 1)[-1]


def encoded(kind, content, size):
    if kind == "ras":
        return h323asn1.encode("RasMessage", content, size)
    if kind == "control":
        return tpkt(h323asn1.encode("MultimediaSystemControlMessage",
                                    content, size))
    return tpkt(q931(0x62, h323asn1.encode(
        "H323-UserInformation", {"h323-uu-pdu": content}, size)))


def every():
    """[(kind, PDU, [(path, address, port)], note)]: each component"""
    for kind, root, module in ROOTS:
        for path in addresses(root, module):
            for size in ("full", "trimmed"):
                for address in ("10.222.3.77", "fd00:2222::4d"):
                    where = (h245 if kind == "control" else h225)(
                        address, 30721)
                    content = value(path, where)
                    if kind == "signalling":
                        content.setdefault("h323-message-body",
                                           ("facility", None))
                    content = h323asn1.make(root, content, module)
                    found = [(path, address, 30721)]
                    yield kind, encoded(kind, content, size), found, path
                    if kind == "control":
                        yield "signalling", Signal(
                            "facility", None, size=size,
                            **tunnel(content)).octets(), found, \
                            "tunnelled " + path


class Dice:
    """Random values of the ASN.1"""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def size(self, kind, module, most):
        bounds = kind.get("size")
        if not bounds or bounds[0] is None:
            low, high = 0, most
        else:
            low, high = bounds[0] if isinstance(bounds[0], tuple) else \
                (bounds[0], bounds[0])
            low = h323asn1._bound(low, module)
            high = h323asn1._bound(high, module)
            if high == "MAX":
                high = low + most
        return self.random.randint(low, min(high, low + self.random.choice(
            [0, 1, 2, most, 5 * most])))

    def octets(self, number):
        return bytes(self.random.randrange(256) for _ in range(number))

    def integer(self, kind, module):
        bounds = kind.get("restricted-to")
        if not bounds:
            return self.random.choice([0, 1, -1, 127, 128, 255, 256, -129,
                                       65535, 2 ** 31, -2 ** 31])
        low, high = bounds[0] if isinstance(bounds[0], tuple) else \
            (bounds[0], bounds[0])
        low = h323asn1._bound(low, module)
        high = h323asn1._bound(high, module)
        if low == "MIN":
            low = -100
        if high == "MAX":
            high = low + self.random.choice([0, 1, 200, 70000, 2 ** 31])
        return self.random.choice([low, high, self.random.randint(low, high),
                                   self.random.randint(low,
                                                       min(high, low + 3))])

    def message(self, root, module, kind):
        """A value; its octet strings hold no encoding"""
        self.number = 0
        content = self.value({"type": root}, module, self.random.choice(
            [3, 5, 8, 12]), self.random.choice([.1, .3, .6, .9]))
        if kind == "signalling":
            for part in ("h4501SupplementaryService", "h245Control"):
                content.pop(part, None)
        return content

    def value(self, kind, module, depth, often):
        kind, module, known = h323asn1.resolve(kind, module)
        dice = self.random
        if known == "TransportAddress" and dice.random() < .8:
            self.number += 1
            address = "10.222.%d.%d" % divmod(self.number, 256) \
                if dice.random() < .5 else "fd00:2222::%x" % self.number
            return (h245 if module[0] == "M" else h225)(
                address, dice.randint(1, 65535))
        kinds = {"SEQUENCE": self.sequence, "CHOICE": self.choice,
                 "SEQUENCE OF": self.list}
        if kind["type"] in kinds:
            return kinds[kind["type"]](kind, module, depth, often)
        return self.simple(kind, module)

    def sequence(self, kind, module, depth, often):
        content = {}
        for member, added in h323asn1.members(kind):
            optional = added or member.get("optional") or "default" in member
            if optional and (depth <= 0 or self.random.random() > often):
                continue
            content[member["name"]] = self.value(member, module, depth - 1,
                                                 often)
        if None in kind["members"] and self.random.random() < .03:
            more = sum(a for _, a in h323asn1.members(kind)) + \
                self.random.randint(0, 4)
            content["+%d" % more] = self.octets(self.random.randint(1, 20))
        return content

    def choice(self, kind, module, depth, often):
        ways = [m for m, _ in h323asn1.members(kind)]
        if depth <= -6:
            # a value of a type that holds itself ends somewhere
            ways = [m for m in ways if h323asn1.resolve(m, module)[0]["type"]
                    not in ("SEQUENCE", "CHOICE", "SEQUENCE OF")] or ways
        member = self.random.choice(ways)
        return member["name"], self.value(member, module, depth - 1, often)

    def list(self, kind, module, depth, often):
        number = self.size(kind, module, 3)
        if depth <= 0:
            number = min(number, h323asn1._least_size(kind, module))
        return [self.value(kind["element"], module, depth - 1, often)
                for _ in range(number)]

    def simple(self, kind, module):
        what_, dice = kind["type"], self.random
        if what_ == "INTEGER":
            return self.integer(kind, module)
        if what_ == "BOOLEAN":
            return dice.random() < .5
        if what_ == "NULL":
            return None
        if what_ == "ENUMERATED":
            return dice.choice([v for v in kind["values"] if v])[0]
        if what_ == "OBJECT IDENTIFIER":
            return "0.0.8.%d.%d" % (dice.randint(0, 3000), dice.randint(0, 9))
        if what_ == "OCTET STRING":
            return self.octets(self.size(kind, module, 20))
        if what_ == "BIT STRING":
            bits = self.size(kind, module, 40)
            return self.octets((bits + 7) // 8), bits
        if what_ == "BMPString":
            return "".join(chr(dice.randrange(32, 2000)) for _ in range(
                self.size(kind, module, 4)))
        letters = "".join(
            x if isinstance(x, str) else "".join(
                chr(c) for c in range(ord(x[0]), ord(x[1]) + 1))
            for x in kind.get("from") or ["0123456789"])
        number = self.size(kind, module, 4)
        if what_ == "NumericString":
            # asn1tools pads an odd number of 4-bit characters wrongly
            number += number % 2 and (1 if kind.get("size") is None else -1)
        return "".join(dice.choice(letters) for _ in range(max(0, number)))


def anything(seed, number):
    """The same of random values"""
    dice = Dice(seed)
    made = failed = 0
    while made < number:
        kind, root, module = dice.random.choice(ROOTS)
        content = dice.message(root, module, kind)
        try:
            data = encoded(kind, content, dice.random.choice(
                ["full", "trimmed"]))
        except Exception:               # pylint: disable=broad-except
            # a value that is none: a string shorter than it may be
            failed += 1
            assert failed < number
            continue
        if len(data) > 60000:
            continue
        found = []

        def note(path, address, found=found):
            where = read(address)
            if where and where[0].startswith(OURS):
                found.append((path, *where))
            return address

        changed(root, content, note, module)
        made += 1
        yield kind, data, found, "value %d of seed %d" % (made, seed)


def wrong(said, data, found, loose):
    """Why the reading of a PDU is not what stands in it, or None"""
    if said["result"] or said["dropped"] and not loose:
        return "result %d, %d dropped" % (said["result"], said["dropped"])
    hits = [h for h in said["hits"]
            if not bytes.fromhex(h["address"]).startswith(FILLER)]
    if loose:
        marks = [packed("10.222.0.0")[:2], packed("fd00:2222::")[:4]]
        hits = [h for h in hits if bytes.fromhex(h["address"]).startswith(
            tuple(marks))]
    hits = iter(hits)
    hit = next(hits, None)
    for path, address, port in found:
        rule = what(path)
        if rule == "alone":
            continue
        if hit is None or hit["address"] != packed(address).hex():
            if rule == "either":
                continue
            return "%s is not found" % path
        if hit["port"] != port:
            return "%s: port %d is read as %d" % (path, port, hit["port"])
        if rule != "either" and hit["field"] != name(path):
            return "%s is called %s" % (path, hit["field"])
        at = hit["at"]
        if data[at:at + len(packed(address))] != packed(address):
            return "%s is not at %d" % (path, at)
        hit = next(hits, None)
    if hit is not None:
        return "something is found that is not there: %r" % hit
    return None


def check(title, cases, loose=False):
    cases = list(cases)
    bad, number, nodes = [], 0, 0
    for (_, data, found, note), said in zip(
            cases, readings([c[:2] for c in cases])):
        reason = wrong(said, data, found, loose)
        number += len(said["hits"])
        nodes = max(nodes, said["nodes"])
        if reason:
            bad.append("%s: %s\n#   %s" % (note, reason, data.hex(" ", 4)))
    for text in bad[:5]:
        print("# " + text)
    print("%s - %s # %d PDUs, %d addresses found, %d wrong, %d nodes at "
          "most" % ("not ok" if bad else "ok", title, len(cases), number,
                    len(bad), nodes))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--values", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    check("every component of the ASN.1 that can hold an address", every())
    for part in range(0, args.values, 5000):
        check("random values, %d and on" % part,
              anything(args.seed + part, min(5000, args.values - part)),
              True)


if __name__ == "__main__":
    main()
